"""The division of a saving as the page shows it: from the fields of a form to a contract, ten years, and what if."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from kavelmon import cost_texts, numerals
from kavelmon.contracts.clauses import Contract
from kavelmon.contracts.settlement import Result
from kavelmon.contracts.waterfall import run, statement
from kavelmon.model import KavelmonError

YEARS = 10
START = 2025  # of the example: any year will do
# The example that the page opens with: made up, every field of it an assumption
EXAMPLE: dict[str, Any] = {
    "saving": 3_000_000,
    "expected": 100_000_000,
    "quality": 0.6,
    "loan": 5_000_000,
    "loan2": 0,
    "rate": 4,
    "kind": "linear",
    "grace": 0,
    "p_min": 20,
    "p_max": 50,
    "payers": 30,
    "msr": 2,
    "base": "net_of_debt",
    "deficit": "false",
}
_SHARES = (
    1,
    "0.233",
    "0.2",
    "-0.333",
)  # of the saving of the example: what if it is less, little, or less than nothing


def example() -> dict[str, Any]:
    """Return the fields that the page opens with."""
    return dict(EXAMPLE)


def divide(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return ten equal years of a contract that somebody filled in, and one year of less.

    Parameters
    ----------
    given
        The fields of `kavelmon.cost_texts.FIELDS`; percentages as people write them.

    Returns
    -------
    dict
        ``years`` (one dict each, euros), ``totals`` by destination, ``whatIf``, ``notes``; or ``faults``: sentences,
        when the contract cannot be.
    """
    numbers, faults = _numbers(given)
    if faults:
        return {"faults": faults}
    try:
        contract = _contract(given, numbers)
        told = [_year(START + n, numbers["saving"], numbers) for n in range(YEARS)]
        result = run(contract, told)
    except (ValidationError, KavelmonError) as error:  # what the bounds of the fields let through
        return {"faults": [cost_texts.other(str(error))]}
    what_if = []
    for share in _SHARES:
        saving = numbers["saving"] * Decimal(str(share))
        one = run(contract, [_year(START, saving, numbers)]).years[-1]
        what_if.append(_plain(one) | {"saving": float(saving)})
    return {
        "years": [_plain(year) for year in result.years if year.status != "run_up"],
        "totals": _totals(result),
        "whatIf": what_if,
        "notes": list(dict.fromkeys(note for year in result.years for note in year.notes)),
    }


_NUMBERS = ("saving", "expected", "quality", "loan", "loan2", "rate", "grace", "p_min", "p_max", "payers", "msr")


def _numbers(given: Mapping[str, Any]) -> tuple[dict[str, Decimal], list[str]]:
    """Return the numbers of the form, and what is wrong with them as Dutch sentences."""
    found, faults = {}, []
    for name in _NUMBERS:
        text = str(given.get(name, EXAMPLE[name])).strip()
        try:
            value = Decimal(text.replace(",", "."))
        except InvalidOperation:
            value = Decimal("NaN")
        _, _, least, most = cost_texts.FIELDS[name]
        if not value.is_finite():
            faults.append(cost_texts.no_number(name, text[:40]))
        elif not Decimal(str(least)) <= value <= Decimal(str(most)):
            shown = (numerals.number(float(v), 0 if float(v).is_integer() else 2) for v in (value, least, most))
            faults.append(cost_texts.out_of_bounds(name, *shown))
        found[name] = value
    if faults:
        return found, faults
    if found["p_max"] + found["payers"] > 100:
        faults.append(cost_texts.too_much(numerals.number(float(found["p_max"] + found["payers"]), 0)))
    if found["p_max"] < found["p_min"]:
        faults.append(cost_texts.upside_down())
    if found["saving"] > found["expected"]:
        faults.append(cost_texts.larger_than_expected())
    return found, faults


def _contract(given: Mapping[str, Any], numbers: Mapping[str, Decimal]) -> Contract:
    percent = {name: numbers[name] / 100 for name in ("rate", "p_min", "p_max", "payers", "msr")}
    draws = [{"year": START, "amount": numbers["loan"], "use": "interventie"}]
    if numbers["loan2"]:
        draws.append({"year": START + 1, "amount": numbers["loan2"], "use": "interventie"})
    draws = [draw for draw in draws if draw["amount"]]
    loan = {
        "rate": percent["rate"],
        "arrears_rate": percent["rate"],
        "kind": given.get("kind", EXAMPLE["kind"]),
        "grace": int(numbers["grace"]),
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
            "deficit_banking": given.get("deficit") == "true",
            "loan": loan if draws else None,
            "providers": {"p_min": percent["p_min"], "p_max": percent["p_max"], "split": {"aanbieders": 1}},
            "payers": {"share": percent["payers"]},
            "quality": {
                "indicator": [{"id": "kwaliteit", "base": 0, "target": 1}],
                "frozen": {"file": "rekenvoorbeeld", "sha256": "0" * 64, "date": f"{START - 1}-12-31"},
            },
        }
    )


def _year(year: int, saving: Decimal, numbers: Mapping[str, Decimal]) -> Any:
    expected = numbers["expected"]
    return statement(year, expected, expected - saving, quality=numbers["quality"])


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
