"""Bring a contract and the figures of its years together: those that parties give, or the open cost data."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from kavelmon import areas, declarations, figures, licences, settling_texts
from kavelmon.contracts import contract as contracts
from kavelmon.contracts import years as stated
from kavelmon.contracts.contract import Contract, NotFrozen, Quality
from kavelmon.contracts.money import cents
from kavelmon.contracts.settlement import Result, statement
from kavelmon.contracts.waterfall import run
from kavelmon.contracts.years import Given
from kavelmon.model import Area, KavelmonError, NotFoundError
from kavelmon.savings import Estimate, estimate, panel, verdict

MAY_BE_SHARED = ("shown", "possible")  # verdicts on which a difference may be called a saving
LAW = "Zvw"  # of which alone the cost per gemeente is public
_GIVE = "give the figures of the parties with --years YEARS.toml"


@dataclass(frozen=True)
class Settled:
    """A contract with its years settled.

    Attributes
    ----------
    given
        What is known of each year, in the order in which it was settled; a year can be there twice.
    estimates
        What may be said of the difference, one per year; empty when the parties gave the figures themselves.
    sources
        Ids of the sources that figures are from.
    made_up
        Whether any figure is said to be invented.
    """

    contract: Contract
    area: Area
    result: Result
    given: tuple[Given, ...]
    estimates: tuple[Estimate, ...] = ()
    sources: tuple[str, ...] = ()
    made_up: bool = False

    @property
    def weak(self) -> tuple[int, ...]:
        """The years in which something would be divided that no verdict allows to be called a saving."""
        pays = {y.year for y in self.result.years if y.own_cents}
        return tuple(
            e.year for e in self.estimates if e.year in pays and not (e.verdict.kind in MAY_BE_SHARED and e.payable)
        )

    @property
    def first(self) -> tuple[str, ...]:
        """What may be said, before any amount: Dutch sentences."""
        if not self.estimates:
            return (*((settling_texts.MADE_UP,) if self.made_up else ()), settling_texts.GIVEN)
        last = self.estimates[-1]
        what_if = last.notes[:1] if last.what_if else ()
        if self.weak:
            title = next(e for e in self.estimates if e.year == self.weak[-1]).verdict.title
            return (settling_texts.by_chance(title, self.weak), *what_if)
        pays = any(y.own_cents for y in self.result.years)
        return (f"{last.year}: {last.verdict.title}.", *what_if, *(() if pays else (settling_texts.NOTHING,)))

    @property
    def notes(self) -> tuple[str, ...]:
        """What is unusual in the contract, and what there is to say of its figures and years, each sentence once."""
        told: dict[str, list[int]] = {}
        every = [(one.statement.year, one.remarks) for one in self.given]
        every += [(one.year, one.notes) for one in self.estimates] + [(y.year, y.notes) for y in self.result.years]
        for year, texts in every:
            for text in texts:
                told.setdefault(text, []).append(year)
        said = [f"{settling_texts.years(sorted({*when}))}: {text}" for text, when in told.items()]
        return (*contracts.warnings(self.contract), *said)


def settle(path: Path, years: Path | None = None) -> Settled:
    """Read a contract, check that its indicators were recorded beforehand, and settle its years.

    Parameters
    ----------
    path
        The contract; the file of its indicators lies beside it.
    years
        The figures that the parties give; None for the open cost data, when the contract counts the Zvw only.

    Raises
    ------
    CatalogueError
        Every fault in one of the files: file, key, what was found, what is allowed.
    NotFrozen
        The indicators were not recorded before the first performance year, or are others now.
    KavelmonError
        An area, law, method, period or start for which open cost data give no figures.
    """
    contract = contracts.read(path)
    try:
        contracts.verify_frozen(contract, path.parent)
    except NotFrozen as error:
        raise NotFrozen(f"{path.name}: quality.frozen: {error}") from None
    try:
        area = area_of(contract)
    except NotFoundError as error:
        raise NotFoundError(f"{path.name}: area = {_listed(contract.area)}: {error}") from None
    if years is not None:
        found = stated.read(years, contract)
        given = tuple(stated.given(one, contract) for one in found.year)
        return Settled(contract, area, _run(contract, given, years.name), given, made_up=found.made_up)
    refuse(contract, area, path.name)
    estimates = tuple(_estimates(contract, area, path.name))
    told = [_given(contract, area, one) for one in estimates]
    given = tuple(one for one, _ in told)
    sources = dict.fromkeys((panel.SOURCE, *(name for _, names in told for name in names)))
    return Settled(contract, area, _run(contract, given, path.name), given, estimates, tuple(sources))


def _run(contract: Contract, given: tuple[Given, ...], name: str) -> Result:
    try:
        return run(contract, [one.statement for one in given])
    except KavelmonError as error:  # what only shows when years are settled one after the other
        raise KavelmonError(f"{name}: {error}") from None


def area_of(contract: Contract) -> Area:
    """Return the area of a contract; raises `NotFoundError` for one that is not there (any more)."""
    if len(contract.area) == 1:
        return areas.find(contract.area[0])
    return areas.own(contract.area)[0]


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def refuse(contract: Contract, area: Area, name: str) -> None:
    """Refuse a contract of which the open cost data give no years; `name` is that of its file.

    Raises
    ------
    KavelmonError
        A law without public cost, an area smaller than a gemeente, a start after the last year, a period that may not
        be a norm: each of them in one sentence, all at once.
    """
    found = []
    if other := ", ".join(law for law in contract.laws if law != LAW):
        laws = ", ".join(contract.laws)
        why = f"of {other} no cost per gemeente is public, and kavelmon does not guess it"
        found.append(f"laws = {laws}: {why}; {_GIVE}, or count {LAW} only")
    if small := ", ".join(code for code in area.codes if not code.startswith("GM")):
        why = f"{small}: smaller than a gemeente, of which no cost is public"
        found.append(f"area = {_listed(contract.area)}: {why}; take whole gemeenten, or {_GIVE}")
    held = panel.panel(contract.reference)
    start, last = contract.start, held.years[-1]
    begun = min(start, area.start.year) if area.start else start  # the norm is of years without a Kavelmodel
    pre, possible = contract.pre_period, verdict.admissible(held, begun)
    if start > last:
        why = f"the open cost data end in {last}, so that there is no performance year to settle"
        found.append(f"start = {start}: {why}; wait for newer figures, or {_GIVE}")
    elif not possible:
        why = f"before {begun} there are no two years that can be compared ({verdict.FIRST} is the first one)"
        found.append(f"start = {start}: {why}; begin later, or {_GIVE}")
    elif (pre.first, pre.last) not in possible:
        why = (
            f"a period before the start of a Kavelmodel ({begun}) runs to the year before it, from {verdict.FIRST} or "
            "later, across no break"
        )
        allowed = ", ".join(f"{a}-{b}" for a, b in possible)
        found.append(f"pre_period = {pre.first}-{pre.last}: {why}; use one of {allowed}")
    if found:
        raise KavelmonError("\n".join(f"{name}: {text}" for text in found))


def _estimates(contract: Contract, area: Area, name: str) -> list[Estimate]:
    rate = contract.minimum_savings_rate
    pre = (contract.pre_period.first, contract.pre_period.last)
    found = []
    for year in range(contract.start, panel.panel(contract.reference).years[-1] + 1):
        try:
            one = estimate(
                area,
                contract.method,
                pre,
                contract.reference,
                year,
                start=contract.start,
                msr="placebo" if isinstance(rate, str) else float(rate),
            )
        except KavelmonError as error:
            raise KavelmonError(f"{name}: {year}: {error}") from None
        found.append(one)
    return found


def _given(contract: Contract, area: Area, one: Estimate) -> tuple[Given, tuple[str, ...]]:
    """Return what an estimate comes to as a year of the contract, and the sources of its quality."""
    scored, remarks, sources = quality_of(contract, area, one.year)
    frame = figures.observations(panel.COST, area, period=str(one.year), edition=panel.SOURCE)
    status = "provisional" if (frame["status"] == "provisional").any() else "definite"
    sd = one.placebos.sd if contract.minimum_savings_rate == "placebo" else None
    score = scored.score
    said = statement(one.year, one.expected_eur, one.actual_eur, None, score, status, sd)  # type: ignore[arg-type]
    per_law = {LAW: (cents(one.expected_eur), cents(one.actual_eur))}
    publisher = declarations.default().source(panel.SOURCE).publisher
    return Given(said, per_law, publisher, scored, remarks), sources  # type: ignore[arg-type]


def quality_of(contract: Contract, area: Area, year: int) -> tuple[Quality, tuple[str, ...], tuple[str, ...]]:
    """Return the quality of a year by the figures that the stores hold of the area, why some are lacking, and sources.

    Figures of a model are left out: it is made of who lives somewhere, and does not see what people do there. So are
    figures that may not be passed on, since the score gives them away.
    """
    values: dict[str, Fraction | float | None] = {}
    remarks, sources = [], []
    for one in contract.quality.indicator:
        value, source, why = _figure(one.id, area, year)
        values[one.id] = value
        if why:
            remarks.append(settling_texts.no_quality(title_of(one.id), why))
        else:
            sources.append(source)
    found = contracts.quality(contract, values)
    if found.score is None:
        remarks.append(settling_texts.unknown_quality(float(found.coverage)))
    return found, tuple(remarks), tuple(sources)


def title_of(indicator: str) -> str:
    """Return what people call an indicator; its id where the catalogue does not have it."""
    known = declarations.default().indicators
    return known[indicator].title if indicator in known else indicator


def _figure(indicator: str, area: Area, year: int) -> tuple[float | None, str, str]:
    """Return the figure of a year with its source, or why there is none."""
    catalogue = declarations.default()
    if indicator not in catalogue.indicators:
        return None, "", settling_texts.NO_INDICATOR
    why = settling_texts.NO_FIGURE
    for edition in figures.editions(catalogue.indicators[indicator]):
        frame = figures.observations(indicator, area, period=str(year), edition=edition.source)
        frame = frame[frame["value"].notna()]
        if frame.empty:
            continue
        source = catalogue.source(edition.source)
        if source.method == "model":
            why = settling_texts.ONLY_MODEL
        elif not licences.may_be_published(source.licence):
            why = settling_texts.NOT_SHARED.format(publisher=source.publisher)
        else:
            return float(frame["value"].iloc[-1]), edition.source, ""
    return None, "", why
