"""The division of a saving as the page shows it: from the fields of a form to a contract, ten years, and what if."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from kavelmon import cost_texts, numerals
from kavelmon.contract_texts import in_arrears, listed
from kavelmon.contracts.clauses import Contract
from kavelmon.contracts.contract import unusual
from kavelmon.contracts.settlement import Result
from kavelmon.contracts.waterfall import run, statement
from kavelmon.model import KavelmonError

YEARS = 10
START = 2025  # of the example: any year will do
# The example that the page opens with: made up, every field of it an assumption
EXAMPLE: dict[str, Any] = {
    "saving": 3_000_000,
    "first": "",  # as in the other years
    "expected": 100_000_000,
    "quality": 0.6,
    "msr": 2,
    "first_euro": "true",
    "deficit": "false",
    "loan": 5_000_000,
    "loan2": 0,
    "loan3": 0,
    "rate": 4,
    "arrears_rate": 4,
    "kind": "linear",
    "grace": 0,
    "p_min": 20,
    "p_max": 50,
    "q_lo": 0,
    "q_hi": 1,
    "payers": 30,
    "base": "net_of_debt",
}
_DRAWS = ("loan", "loan2", "loan3")
_NUMBERS = tuple(name for name in cost_texts.FIELDS if name not in cost_texts.CHOICES)
_THOUSANDS = re.compile(r"[-−]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?")
_DIGITS = 20  # before and after the decimal mark: a number that is longer is a slip, and sums with it take long


def example() -> dict[str, Any]:
    """Return the fields that the page opens with."""
    return dict(EXAMPLE)


def divide(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return ten years of a contract that somebody filled in, and what a first year of less comes to.

    Parameters
    ----------
    given
        The fields of `kavelmon.cost_texts.FIELDS`; numbers as people write them, percentages as percentages.

    Returns
    -------
    dict
        ``years`` (one dict each, euros), ``totals`` by destination, ``whatIf`` (rows of year 1, each with what it is),
        ``assumed`` and ``quality`` (sentences), ``notes``; or ``faults``: sentences, when the contract cannot be.
    """
    numbers, faults = _numbers(given)
    if faults:
        return {"faults": faults}
    try:
        contract = _contract(given, numbers)
        first = {**numbers, "saving": numbers["first"]}
        result = run(contract, [_year(START + n, numbers if n else first) for n in range(YEARS)])
    except (ValidationError, KavelmonError) as error:  # what the bounds of the fields let through
        return {"faults": [cost_texts.other(str(error))]}
    return {
        "years": [_plain(year) for year in result.years],
        "totals": _totals(result),
        "whatIf": _what_if(contract, result, first),
        "assumed": _assumed(numbers),
        "quality": _quality(contract, first),
        "notes": _notes(contract, result),
    }


def _notes(contract: Contract, result: Result) -> list[str]:
    """Return what there is to say of contract and years; what each year owes stands in the table of the loan."""
    unpaid = result.years[-1].arrears_cents
    found = [cost_texts.unpaid(_euro(unpaid), YEARS)] if unpaid else []
    owed = {in_arrears(year.arrears_cents) for year in result.years}
    said = (note for year in result.years for note in year.notes if note not in owed)
    return list(dict.fromkeys([*found, *unusual(contract), *said]))


def _what_if(contract: Contract, result: Result, numbers: Mapping[str, Decimal]) -> list[dict[str, Any]]:
    """Return year 1 as it was filled in, with just enough for interest and repayment, half of that, nothing, a loss."""
    first = result.years[0]
    due = Decimal(first.due_interest_cents + first.due_principal_cents) / 100
    least = Decimal(first.threshold_cents) / 100
    enough = max(due, least) if contract.first_euro else due + least
    savings = {
        "given": numbers["saving"],
        "enough": enough,
        "little": enough / 2,
        "nothing": Decimal(0),
        "more": -max(abs(numbers["saving"]), Decimal(1)),
    }
    rows = []
    for name, saving in savings.items():
        if saving <= numbers["expected"]:
            one = run(contract, [_year(START, {**numbers, "saving": round(saving, 2)})]).years[-1]
            rows.append({**_plain(one), "name": cost_texts.IF[name]})
    return rows


def _quality(contract: Contract, numbers: Mapping[str, Decimal]) -> str:
    """Say what quality changes; nothing where there is nothing to divide after interest and repayment."""
    ends = [run(contract, [_year(START, {**numbers, "quality": Decimal(score)})]).years[-1] for score in (0, 1)]
    if ends[0].providers_cents >= ends[1].providers_cents:
        return ""
    shown = [(_euro(one.providers_cents), _euro(one.revolving_cents)) for one in ends]
    less = {
        cost_texts.FUND: ends[0].revolving_cents - ends[1].revolving_cents,
        cost_texts.PAYERS: ends[0].payers_cents - ends[1].payers_cents,
    }
    return cost_texts.quality_moves(shown[0], shown[1], listed(name for name, amount in less.items() if amount > 0))


def _euro(cents: int) -> str:
    return f"{'−' if cents <= -50 else ''}€{numerals.NBSP}{numerals.number(abs(cents) / 100, 0)}"


def _assumed(numbers: Mapping[str, Decimal]) -> str:
    loan = sum(int(numbers[name]) for name in _DRAWS)
    plain = {
        name: numerals.number(float(numbers[name]), _decimals(numbers[name])) for name in ("quality", "rate", "payers")
    }
    said = _euro(int(numbers["saving"] * 100))
    if numbers["first"] != numbers["saving"]:
        said = cost_texts.otherwise(said, _euro(int(numbers["first"] * 100)))
    return cost_texts.assumed(said, plain["quality"], _euro(loan * 100), plain["rate"], plain["payers"])


def _decimals(value: Decimal, most: int = 2) -> int:
    return min(max(0, -int(value.normalize().as_tuple().exponent)), most)


def _numbers(given: Mapping[str, Any]) -> tuple[dict[str, Decimal], list[str]]:
    """Return the numbers of the form, and what is wrong with them as Dutch sentences."""
    found: dict[str, Decimal] = {}
    faults = []
    for name in _NUMBERS:
        text = str(given.get(name, EXAMPLE[name])).strip()
        if name == "first" and not text:
            found[name] = found["saving"]
            continue
        value = _number(text)
        *_, least, most = cost_texts.FIELDS[name]
        if not value.is_finite():
            faults.append(cost_texts.no_number(name, text[:40]))
        elif not Decimal(str(least)) <= value <= Decimal(str(most)):
            shown = (numerals.number(float(v), _decimals(Decimal(str(v)), 6)) for v in (value, least, most))
            faults.append(cost_texts.out_of_bounds(name, *shown))
        elif name == "grace" and value % 1:
            faults.append(cost_texts.no_whole(name, text[:40]))
        elif cost_texts.FIELDS[name][2] == "euro":
            value = round(value, 2)
        found[name] = value
    if faults:
        return found, faults
    if found["p_max"] + found["payers"] > 100:
        faults.append(cost_texts.too_much(numerals.number(float(found["p_max"] + found["payers"]), 0)))
    if found["p_max"] < found["p_min"]:
        faults.append(cost_texts.upside_down())
    if found["q_hi"] <= found["q_lo"]:
        faults.append(cost_texts.crossed())
    if max(found["saving"], found["first"]) > found["expected"]:
        faults.append(cost_texts.larger_than_expected())
    return found, faults


def _number(text: str) -> Decimal:
    """Read a number as Dutch people write it: 1.250.000,50; also 0.6, where a dot cannot be one of thousands."""
    plain = text.replace(" ", "").replace(numerals.NBSP, "").replace("€", "")
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(".", "")
    try:
        found = Decimal(plain.replace(",", ".").replace("−", "-"))
    except InvalidOperation:
        return Decimal("NaN")
    fits = found.is_finite() and abs(found.adjusted()) < _DIGITS and len(plain) <= 2 * _DIGITS
    return found if fits else Decimal("NaN")


def _contract(given: Mapping[str, Any], numbers: Mapping[str, Decimal]) -> Contract:
    shares = ("rate", "arrears_rate", "p_min", "p_max", "payers", "msr")
    percent = {name: numbers[name] / 100 for name in shares}
    draws = [
        {"year": START + n, "amount": numbers[name], "use": "interventie"}
        for n, name in enumerate(_DRAWS)
        if numbers[name]
    ]
    loan = {
        "rate": percent["rate"],
        "arrears_rate": percent["arrears_rate"],
        "kind": given.get("kind", EXAMPLE["kind"]),
        "grace": int(numbers["grace"]),
        "term_from": "start",
        "draw": draws,
    }
    return Contract.model_validate(
        {
            "id": "rekenvoorbeeld",
            "title": "Rekenvoorbeeld",
            "area": "achterhoek",
            "laws": ["Zvw"],
            "pre_period": {"first": START - 6, "last": START - 1},
            "start": START,
            "minimum_savings_rate": percent["msr"],
            "base": given.get("base", EXAMPLE["base"]),
            "first_euro": given.get("first_euro", EXAMPLE["first_euro"]) == "true",
            "deficit_banking": given.get("deficit", EXAMPLE["deficit"]) == "true",
            "loan": loan if draws else None,
            "providers": {name: percent.get(name, numbers[name]) for name in ("p_min", "p_max", "q_lo", "q_hi")}
            | {"split": {"aanbieders": 1}},
            "payers": {"share": percent["payers"]},
            "quality": {
                "indicator": [{"id": "kwaliteit", "base": 0, "target": 1}],
                "frozen": {"file": "rekenvoorbeeld", "sha256": "0" * 64, "date": f"{START - 1}-12-31"},
            },
        }
    )


def _year(year: int, numbers: Mapping[str, Decimal]) -> Any:
    expected = numbers["expected"]
    return statement(year, expected, expected - numbers["saving"], quality=numbers["quality"])


_AMOUNTS = {
    "divided": "distributable_cents",
    "rente": "interest_cents",
    "aflossing": "principal_cents",
    "aanbieders": "providers_cents",
    "bekostigers": "payers_cents",
    "fonds": "revolving_cents",
    "apart": "escrow_cents",
    "arrears": "arrears_cents",
    "balance": "balance_cents",
    "saving": "saving_cents",
}


def _plain(year: Any) -> dict[str, float]:
    return {name: getattr(year, field) / 100 for name, field in _AMOUNTS.items()}


def _totals(result: Result) -> dict[str, float]:
    names = [name for name in _AMOUNTS if name not in ("arrears", "balance")]
    return {name: sum(getattr(year, _AMOUNTS[name]) for year in result.years) / 100 for name in names}
