"""What the catalogue declares: sources, indicators and areas; and the errors that users see."""

import datetime as dt
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from kavelmon.source_model import Declared, Identifier, Year

Domain = Literal["gezondheid", "zorg", "omgeving", "aanbod"]
Better = Literal["higher", "lower", "none"]
Rollup = Literal["mean", "sum", "none"]

DOMAINS: tuple[str, ...] = get_args(Domain)
COUNTRY = "NL"
REST = "REST"  # a source's own rest category: counted in national totals, in no area

RegionCode = Annotated[str, Field(pattern=r"^(GM\d{4}|WK\d{4}[0-9A-Z]{2}|BU\d{4}[0-9A-Z]{4})$")]


class KavelmonError(Exception):
    """An error that its reader can mend: it says what was found, what is allowed and what to do."""


class CatalogueError(KavelmonError):
    """One or more declarations are not right; the message lists every fault."""


class SourceError(KavelmonError):
    """A file of a source is not what its declaration says."""


class NotAggregable(KavelmonError):  # noqa: N818 - the name the field uses for this refusal
    """The figure of a larger area cannot be made from the figures of its parts."""


class NotFoundError(KavelmonError):
    """A name or code that is not known here."""


class Break(Declared):
    """A break in a series: no line runs from before `year` to `year` or later."""

    year: Year
    text: str


class Edition(Declared):
    """One way in which a source gives an indicator.

    Either `value` (a published rate, mean or count) or `numerator` (then the value is numerator / denominator * scale).
    Both are sums and products of column names; names that are no identifiers stand between backticks.
    """

    source: Identifier
    value: str = ""
    numerator: str = ""
    denominator: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    periods: tuple[str, ...] = ()
    ages: tuple[str, ...] = ()
    estimated: str = ""
    interval: Literal["", "byar", "wilson"] = ""
    breaks: tuple[Break, ...] = ()
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_formula(self) -> "Edition":
        if bool(self.value) == bool(self.numerator):
            raise ValueError("give either value or numerator, not both and not neither")
        if self.numerator and not self.denominator:
            raise ValueError("a numerator needs a denominator (the id of a file in denominators/)")
        return self


class Indicator(Declared):
    """One measure, or one denominator (then `domain` is empty)."""

    id: Identifier
    title: str
    domain: Literal["gezondheid", "zorg", "omgeving", "aanbod", ""] = ""
    theme: str = ""
    unit: str
    better: Better = "none"
    scale: float = Field(default=0, ge=0)
    decimals: int = Field(default=1, ge=0, le=3)
    relevance: float = Field(default=0, ge=0)
    rollup: Rollup = "mean"
    rollup_reason: str = ""
    incomparable: str = ""  # why an area is not compared with the country, the sentence that the page shows
    why: str = ""
    breaks: tuple[Break, ...] = ()
    edition: tuple[Edition, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> "Indicator":
        if self.rollup == "none" and not self.rollup_reason:
            raise ValueError('rollup = "none" needs a rollup_reason, the sentence that the page shows')
        if self.rollup == "mean" and any(not e.denominator for e in self.edition):
            raise ValueError('rollup = "mean" needs a denominator in every edition')
        sources = [e.source for e in self.edition]
        if len(set(sources)) < len(sources):
            raise ValueError("two editions name the same source")
        return self

    @property
    def per(self) -> float:
        """Multiplier from numerator / denominator to the value: 100 for percentages, 1 unless `scale` is given."""
        return self.scale or (100.0 if self.unit.startswith("%") else 1.0)

    def threshold(self, reference: float) -> float:
        """Return the smallest difference with `reference` that is called one, in the unit of the indicator.

        `relevance` where it is declared; else 1 for percentages and 2.5 % of the reference for other units.
        """
        return self.relevance or (1.0 if self.unit.startswith("%") else abs(reference) * 0.025)

    def editions(self, source: str = "") -> tuple[Edition, ...]:
        """Return the editions in declared order, or only that of `source`."""
        return tuple(e for e in self.edition if source in ("", e.source))

    def breaks_of(self, edition: Edition) -> tuple[Break, ...]:
        """Return the breaks in the series of one edition, in order."""
        return tuple(sorted({*self.breaks, *edition.breaks}, key=lambda b: b.year))


class Member(Declared):
    """One gemeente, wijk or buurt of an area, with the dates, or years, of its membership where they are known."""

    code: RegionCode
    valid_from: dt.date | Year | None = None
    valid_to: dt.date | Year | None = None

    @property
    def first_day(self) -> dt.date:
        """The first day of the membership; of a year 1 January, of an unknown one the first day there is."""
        return _day(self.valid_from, dt.date.min, 1, 1)

    @property
    def last_day(self) -> dt.date:
        """The last day of the membership; of a year 31 December, of an unknown one the last day there is."""
        return _day(self.valid_to, dt.date.max, 12, 31)


def _day(moment: dt.date | int | None, absent: dt.date, month: int, day: int) -> dt.date:
    return absent if moment is None else dt.date(moment, month, day) if isinstance(moment, int) else moment


class Event(Declared):
    """Something that happened in an area and that a trend marks, with the sentence that explains it."""

    year: Year
    title: Annotated[str, Field(max_length=24)]
    text: str
    source: str = ""


class Area(Declared):
    """One exactly agreed area: today's members are those without `valid_to`."""

    id: Identifier
    title: str
    kind: Literal["kavel", "regio", "netwerk", "land", "eigen"] = "eigen"
    description: str = ""
    start: dt.date | None = None
    kernset: tuple[Identifier, ...] = ()
    member: tuple[Member, ...] = ()
    event: tuple[Event, ...] = ()
    source: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of today's members, in order."""
        return tuple(sorted(m.code for m in self.member if m.valid_to is None))

    def codes_on(self, year: int) -> tuple[str, ...]:
        """Return the gemeente codes of those who were a member on 1 January of `year`, in order.

        They are codes as declared; `kavelmon.regions.Regions.existing` puts one that was not there yet in the indeling
        of that year.
        """
        day = dt.date(year, 1, 1)
        return tuple(sorted({m.code for m in self.member if m.first_day <= day <= m.last_day}))


class Missing(Declared):
    """Something that the mission names and that no file at hand holds."""

    id: Identifier
    title: str
    domain: Domain
    publisher: str
    table: str = ""
    note: str
    verified: bool = False
    sources: tuple[Identifier, ...] = ()  # any of these brings it, once it is fetched


class Cell(Declared):
    """One wrong figure of a source: what stands there as long as it is wrong, and what is used in its place."""

    region: str
    period: str
    age: str = ""
    topic: str
    expect: float
    use: float | None = None  # None: there is no figure


class Correction(Declared):
    """A known error of a source, with the evidence; of no use any more once the publisher mends it."""

    id: Identifier
    source: Identifier
    why: str
    evidence: str
    cell: tuple[Cell, ...] = Field(min_length=1)
