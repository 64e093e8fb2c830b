"""The years of a contract as its parties give them: cost per law, quality, status, and where each comes from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from kavelmon.contracts import terms
from kavelmon.contracts.clauses import Contract, Law
from kavelmon.contracts.contract import Quality, quality
from kavelmon.contracts.settlement import Statement, Status, statement
from kavelmon.contracts.terms import SOME, Euros, Fault, Sentence, Share, Signed, Source, Terms, within
from kavelmon.contracts.trueup import contradiction
from kavelmon.declarations import near
from kavelmon.model import Identifier
from kavelmon.model import Year as YearNumber


class Cost(Terms):
    """Cost under one law in a year, in euros: what was expected, and what it was, or by how much it was less."""

    expected: Euros
    actual: Euros | None = None
    saving: Signed | None = None

    @property
    def less(self) -> Decimal:
        """The relative cost reduction; below zero where cost is higher than expected."""
        return self.expected - self.actual if self.actual is not None else self.saving or Decimal(0)

    @classmethod
    def _between(cls, parts: Mapping[str, Any]) -> Iterable[Fault]:
        if {"actual", "saving"} <= parts.keys():
            if (parts["actual"] is None) == (parts["saving"] is None):
                found = "none of the two" if parts["actual"] is None else "both"
                yield Fault(
                    ("actual",), found, "give one of actual (the cost as it was) and saving (expected - actual)"
                )
            elif parts["saving"] is not None and parts.get("expected", parts["saving"]) < parts["saving"]:
                most = f"is more than expected ({parts['expected']}); a cost is not below 0, mend one of the two"
                yield Fault(("saving",), str(parts["saving"]), most)


class Year(Terms):
    """One year, as it is settled. A later one of the same year takes its place, while its figures are provisional.

    Attributes
    ----------
    source
        Where the figures come from; mandatory.
    law
        Cost of each law that the contract counts.
    quality, indicator
        The score (0 to 1), or the figures of the indicators; both left out while they are not known.
    placebo_sd
        For a contract with ``minimum_savings_rate = "placebo"``: a share of the expected cost.
    """

    year: YearNumber
    status: Status
    source: Source
    law: Annotated[dict[Law, Cost], SOME]
    quality: Share | None = None
    indicator: dict[Identifier, Decimal] = Field(default_factory=dict)
    placebo_sd: Annotated[Decimal, within(0, 1, "a share of the expected cost is from 0 to 1")] | None = None

    @classmethod
    def _between(cls, parts: Mapping[str, Any]) -> Iterable[Fault]:
        if parts.get("quality") is not None and parts.get("indicator"):
            yield Fault(("quality",), str(parts["quality"]), "give the score or the figures of indicators, not both")
        if "law" in parts and not sum(cost.expected for cost in parts["law"].values()):
            yield Fault(("law",), "0", "the expected cost of all laws together is above 0; give it")


class Years(Terms):
    """The years that parties give, in the order in which they are settled; the name of the file is the id."""

    id: Identifier
    title: Sentence
    year: Annotated[tuple[Year, ...], SOME]

    @property
    def made_up(self) -> bool:
        """Whether any number is said to be invented."""
        return terms.made_up(one.source for one in self.year)


@dataclass(frozen=True)
class Given:
    """What is given of a year: the statement to settle, expected and actual cost per law in cents, and its source.

    Attributes
    ----------
    quality
        The indicators, where their figures are known.
    remarks
        Dutch sentences on where they come from, or why there are none.
    """

    statement: Statement
    per_law: Mapping[Law, tuple[int, int]]
    source: str
    quality: Quality | None = None
    remarks: tuple[str, ...] = ()


def read(path: Path, contract: Contract) -> Years:
    """Read the years of a contract.

    Raises
    ------
    CatalogueError
        Every fault at once, also what does not go with the contract: file, key, what was found, what is allowed.
    """
    begin = "`kavelmon local templates FOLDER` writes contract_voorbeeld_jaren.toml to begin with"
    return terms.read(path, Years, begin, lambda raw: _beside(raw, contract))


def given(one: Year, contract: Contract) -> Given:
    """Return what a year comes to under its contract."""
    costs = {law: one.law[law] for law in contract.laws}
    cents = {law: (int(c.expected * 100), int((c.expected - c.less) * 100)) for law, c in costs.items()}
    expected, actual = (sum(pair[n] for pair in cents.values()) for n in (0, 1))
    found = quality(contract, one.indicator) if one.indicator else None
    score = found.score if found else one.quality
    laws: dict[str, Fraction] = {law: Fraction(e - a, 100) for law, (e, a) in cents.items()}
    totals = Fraction(expected, 100), Fraction(actual, 100)
    said = statement(one.year, *totals, laws, score, one.status, one.placebo_sd)
    return Given(said, cents, one.source, found)


def _beside(raw: Mapping[str, Any], contract: Contract) -> Iterable[Fault]:
    """Return what does not go with the contract; of years that are wrong by themselves only their place in the row."""
    rows = raw.get("year", ())
    last, before = contract.start - 1, dict[int, Statement]()
    for place, row in enumerate(rows if isinstance(rows, list) else ()):
        when = row.get("year") if isinstance(row, Mapping) else None
        if isinstance(when, int):
            if when > last + 1 or (when <= last and when < contract.start):
                must = f"the next year to settle is {last + 1}; give every year from the start ({contract.start})"
                yield Fault(("year", place, "year"), when, f"{must} on, in order")
            last = max(last, when)
        try:
            one = Year.model_validate(row)
        except ValidationError:
            continue
        faults = list(_of_year(one, contract))
        yield from (Fault(("year", place, *fault.key), fault.found, fault.text) for fault in faults)
        if faults:
            continue
        said = given(one, contract).statement
        if one.year in before and (why := contradiction(before[one.year], said)):
            yield Fault(("year", place), one.year, why)
        before[one.year] = said


def _of_year(one: Year, contract: Contract) -> Iterable[Fault]:
    if {*one.law} != {*contract.laws}:
        must = f"give the cost of each law that the contract counts, and of no other: {', '.join(contract.laws)}"
        yield Fault(("law",), ", ".join(one.law), must)
    ids = [i.id for i in contract.quality.indicator]
    for name in one.indicator:
        if name not in ids:
            yield Fault(("indicator",), name, f"is no indicator of the contract; nearest: {near(name, ids)}")
    if contract.minimum_savings_rate == "placebo" and one.placebo_sd is None:
        must = 'minimum_savings_rate = "placebo" needs it each year, as a share of the expected cost; give it'
        yield Fault(("placebo_sd",), None, must)
