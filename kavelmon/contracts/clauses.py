"""The terms of a contract between the parties of a kavel: what a TOML file can say, and what cannot be agreed on.

What the Kavelmodel fixes is no key: that interest and repayment go first, that the revolving fund gets the remainder,
and that the share of providers rises with quality. Everything else is an assumption of those who write the contract.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from kavelmon.contracts.loan import TERM, Schedule, schedule
from kavelmon.contracts.terms import SOME, Amount, Fault, Rate, Sentence, Share, Terms, at, refused, within
from kavelmon.model import Identifier, Year

Law = Literal["Zvw", "Wlz", "Wmo", "Jeugdwet", "overig"]
Role = Literal[
    "gemeente",
    "zorgverzekeraar",
    "zorgkantoor",
    "ggz",
    "vvt",
    "welzijn",
    "ziekenhuis",
    "huisartsen",
    "inwoners",
    "kavelmanager",
    "operator",
    "integrator",
    "investeringsfonds",
    "overig",
]
LAWS: tuple[Law, ...] = get_args(Law)
# the id of an area or a code, as in kavelmon.model; one pattern, so that a wrong one is one fault
Place = Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*|GM\d{4}|WK\d{4}[0-9A-Z]{2}|BU\d{4}[0-9A-Z]{4})$")]
MOST_OF_NORM = "0.25"  # a minimum savings rate above a quarter of all cost is a slip of the pen

_REFUSED_METHODS = {
    "level": "no basis for payment: an area that was cheap before would be paid without doing anything",
    "trend": "no basis for payment: a line drawn on from a few years is a check of the outcome, and not its measure",
}


def _method(value: Any) -> Any:
    if isinstance(value, str) and value in _REFUSED_METHODS:
        raise refused(f'{_REFUSED_METHODS[value]}; use "own_norm" or "synthetic"')
    return value


def _minimum(value: Any) -> Any:
    if value == "placebo":
        return value
    try:
        found = Decimal(str(value))
    except ArithmeticError:
        found = Decimal("NaN")
    if isinstance(value, bool) or not found.is_finite() or not 0 <= found <= Decimal(MOST_OF_NORM):
        raise refused(f'give a share of the expected cost from 0 to {MOST_OF_NORM} (0.02 is 2 %), or "placebo"')
    return found


def _once(values: tuple[str, ...]) -> tuple[str, ...]:
    if twice := sorted({v for v in values if values.count(v) > 1}):
        raise refused(f"{', '.join(twice)} stands there twice; keep one")
    return values


def _as_codes(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class PrePeriod(Terms):
    """The years before the contract that the expected cost is worked out from, both included."""

    first: Year
    last: Year

    @classmethod
    def _between(cls, parts: Mapping[str, Any]) -> Iterable[Fault]:
        if {"first", "last"} <= parts.keys() and parts["last"] < parts["first"]:
            yield Fault(("last",), parts["last"], f"lies before first ({parts['first']}); give the last year")


class Draw(Terms):
    """An amount (euros) that is drawn from the loan on 1 January of a year, and what it is used for."""

    year: Year
    amount: Amount
    use: Literal["aanloop_governance", "aanloop_data", "interventie"]


class Loan(Terms):
    """The private loan of the investment fund.

    Attributes
    ----------
    rate, arrears_rate
        Per year: on the balance, and on what was due and could not be paid. Agreed on beforehand, never a part of what
        is saved.
    grace
        Years at the beginning of the term in which only interest is due.
    term, term_from
        Years, counted from the year of the first draw or from the first performance year (``start``).
    """

    rate: Rate
    kind: Literal["annuity", "linear"] = "annuity"
    grace: int = Field(default=0, ge=0)
    term: int = Field(default=TERM, ge=1, le=30)
    term_from: Literal["first_draw", "start"] = "first_draw"
    arrears_rate: Rate
    draw: Annotated[tuple[Draw, ...], SOME]

    def first(self, start: int) -> int:
        """Return the first year of the term."""
        return start if self.term_from == "start" else min(d.year for d in self.draw)

    def schedule(self, start: int) -> Schedule:
        """Return what is due each year."""
        draws = [(d.year, d.amount) for d in self.draw]
        return schedule(draws, self.rate, self.kind, self.term, self.grace, self.first(start))

    @classmethod
    def _between(cls, parts: Mapping[str, Any]) -> Iterable[Fault]:
        if {"grace", "term"} <= parts.keys() and parts["grace"] >= parts["term"]:
            yield Fault(("grace",), parts["grace"], f"must be less than the term ({parts['term']} years)")


class Providers(Terms):
    """The share of the providers: `p_min` up to a quality of `q_lo`, `p_max` from `q_hi`, a straight line in between.

    `split` gives each organisation its share of it, by name; the shares add up to 1.
    """

    p_min: Share
    p_max: Share
    q_lo: Share = Decimal(0)
    q_hi: Share = Decimal(1)
    split: Annotated[dict[Sentence, Share], SOME]

    @classmethod
    def _between(cls, parts: Mapping[str, Any]) -> Iterable[Fault]:
        for low, high, equal in (("p_min", "p_max", True), ("q_lo", "q_hi", False)):
            if {low, high} <= parts.keys() and not (parts[low] < parts[high] or (equal and parts[low] == parts[high])):
                than = "at least" if equal else "more than"
                yield Fault((high,), str(parts[high]), f"must be {than} {low} ({parts[low]})")
        if "split" in parts and (total := sum(parts["split"].values())) != 1:
            yield Fault(("split",), str(total), "the shares of the providers must add up to 1; mend the shares")


class Payers(Terms):
    """The share of the payers, divided over the laws by what each of them saves (none below zero)."""

    share: Share
    split: Literal["pro rata"] = "pro rata"


class Indicator(Terms):
    """An indicator of quality: 0 at `base`, 1 at `target`, which may be the lower one; `weight` in the score."""

    id: Identifier
    base: Decimal
    target: Decimal
    weight: Annotated[Decimal, within("0.000001", 1000, "a weight is a number above 0, such as 1 or 2.5")] = Decimal(1)

    @classmethod
    def _between(cls, parts: Mapping[str, Any]) -> Iterable[Fault]:
        if {"base", "target"} <= parts.keys() and parts["base"] == parts["target"]:
            yield Fault(("target",), str(parts["target"]), "is the same as base; give what is to be reached")


class Frozen(Terms):
    """Where and when the indicators were recorded: a file beside the contract, its sha256, and the date."""

    file: Annotated[str, Field(pattern=r"^([^/\\]+)?$")] = ""
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    date: dt.date | None = None


class QualityTerms(Terms):
    """The indicators that the share of the providers depends on. Without `frozen` nothing can be paid."""

    indicator: Annotated[tuple[Indicator, ...], SOME]
    frozen: Frozen | None = None

    @classmethod
    def _between(cls, parts: Mapping[str, Any]) -> Iterable[Fault]:
        ids = [one.id for one in parts.get("indicator", ())]
        for place, name in enumerate(ids):
            if name in ids[:place]:
                yield Fault(("indicator", place, "id"), name, "stands there twice, so that it counts twice; keep one")


class Party(Terms):
    """A party to the contract; `integrator` says whether it sits in the integrator."""

    name: Sentence
    role: Role
    integrator: bool = False


class Contract(Terms):
    """A contract; the name of its file is the id.

    Attributes
    ----------
    area
        Id of an area, or codes.
    laws
        Whose cost is counted.
    method
        How the expected cost is worked out: ``own_norm`` (the area's own ratio before, on national rates) or
        ``synthetic``.
    start
        First performance year.
    reference
        ``NL``, or ``others``: the Netherlands without kavels.
    minimum_savings_rate
        Least saving that is shared, of the expected cost; ``placebo``: what chance alone gives, told with each year.
    first_euro
        Whether all is shared once the minimum is reached, or only what is above it.
    base
        What shares are taken of: what is left after interest and repayment (``net_of_debt``), or everything
        (``gross``), as far as what is left allows.
    deficit_banking
        Whether a year of higher cost is made good first by what later years save.
    """

    id: Identifier
    title: Sentence
    area: Annotated[tuple[Place, ...], BeforeValidator(_as_codes), SOME]
    laws: Annotated[tuple[Law, ...], SOME, AfterValidator(_once)]
    method: Annotated[Literal["own_norm", "synthetic"], BeforeValidator(_method)] = "own_norm"
    pre_period: PrePeriod
    start: Year
    reference: Literal["NL", "others"] = "others"
    minimum_savings_rate: Annotated[Decimal | Literal["placebo"], BeforeValidator(_minimum)] = Decimal("0.02")
    first_euro: bool = True
    base: Literal["net_of_debt", "gross"] = "net_of_debt"
    deficit_banking: bool = False
    rounding: Literal["largest_remainder"] = "largest_remainder"
    loan: Loan | None = None
    providers: Providers
    payers: Payers
    quality: QualityTerms
    party: tuple[Party, ...] = ()

    @classmethod
    def _between(cls, parts: Mapping[str, Any]) -> Iterable[Fault]:
        p, q = at(parts, "providers", "p_max"), at(parts, "payers", "share")
        if p is not None and q is not None and p + q > 1:
            most = f"with payers.share ({q}) more than 1; lower one of the two, p_max to at most {1 - q}"
            yield Fault(("providers", "p_max"), str(p), most)
        start, first, last = parts.get("start"), at(parts, "pre_period", "first"), at(parts, "pre_period", "last")
        if start is None or last is None:
            return
        if last >= start:
            yield Fault(
                ("pre_period", "last"), last, f"the pre-period must end before the start ({start}); end it earlier"
            )
        if first is not None and isinstance(parts.get("loan"), Loan):
            yield from _draws(parts["loan"], start, first, last)


def _draws(loan: Loan, start: int, pre_first: int, pre_last: int) -> Iterable[Fault]:
    last = loan.first(start) + loan.term - 1
    if last < start:
        yield Fault(("loan", "term"), loan.term, f"the loan ends in {last}, before the start ({start}); draw later")
    for place, draw in enumerate(loan.draw):
        key = ("loan", "draw", place, "year")
        if draw.year > last:
            yield Fault(key, draw.year, f"a draw after the term, which ends in {last}; draw earlier")
        elif draw.year < pre_first:
            yield Fault(key, draw.year, f"a draw before the pre-period, which begins in {pre_first}; draw later")
        elif draw.use == "interventie" and draw.year <= pre_last:
            # what is spent on people then would be in the cost that stands for "without the Kavelmodel"
            yield Fault(key, draw.year, f"an intervention in the pre-period, which ends in {pre_last}; draw after it")
