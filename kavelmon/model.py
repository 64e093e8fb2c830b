"""What the catalogue declares: sources, indicators and areas; and the errors that users see."""

import datetime as dt
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

Domain = Literal["gezondheid", "zorg", "omgeving", "aanbod"]
Better = Literal["higher", "lower", "none"]
Method = Literal["model", "survey", "register"]
Rollup = Literal["mean", "sum", "none"]

DOMAINS: tuple[str, ...] = get_args(Domain)
COUNTRY = "NL"
REST = "REST"  # a source's own rest category: counted in national totals, in no area

RegionCode = Annotated[str, Field(pattern=r"^(GM\d{4}|WK\d{4}[0-9A-Z]{2}|BU\d{4}[0-9A-Z]{4})$")]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Year = Annotated[int, Field(ge=2000, le=2100)]


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


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reading(_Declared):
    """How the tables of one source are laid out; every key has a default for the StatLine form."""

    region: str = "RegioS"
    region_prefix: str = ""
    region_labels: bool = False
    level: Literal["", "GM", "WK", "BU"] = ""
    period: str = ""
    age: str = ""
    ages: dict[str, str] = {}
    margin: str = ""
    delimiter: str = ""
    decimal: Literal[".", ","] = "."
    missing: tuple[str, ...] = ("", ".")
    json_path: str = ""
    columns: dict[str, str] = {}
    periods: dict[str, str] = {}
    where: dict[str, str] = {}
    drop: tuple[str, ...] = ()
    names: dict[str, str] = {}
    complete: bool = True
    rows: int = 0


class Disclosure(_Declared):
    """What a region's own table must hold for a figure to be shown: the ``[disclosure]`` of a source.

    Attributes
    ----------
    n_min
        Least number of observations behind a figure: who answered, or the denominator.
    cell_min
        Least number of persons with the property, and of persons without it.
    count_min
        Least number that is shown of a count or sum of units.
    p_max
        Largest share that may have one and the same property, or not have it; 1 for what is rare by nature.
    observations
        The indicator or denominator of the same source that counts the observations, where the denominator does not.
    categories
        Groups of indicators that are the answers to one question: together they are everybody.
    sums
        Indicators that are the sum of others over the same denominator (``eenzaam`` of ``matig`` and ``ernstig``).
    """

    n_min: int = Field(default=30, ge=1)
    cell_min: int = Field(default=5, ge=1)
    count_min: int = Field(default=10, ge=1)
    p_max: float = Field(default=0.90, le=1)
    observations: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    categories: tuple[Annotated[tuple[Identifier, ...], Field(min_length=2)], ...] = ()
    sums: dict[Identifier, Annotated[tuple[Identifier, ...], Field(min_length=1)]] = {}

    @property
    def named(self) -> tuple[str, ...]:
        """Every indicator or denominator that it names."""
        groups = (*self.categories, *((total, *parts) for total, parts in self.sums.items()), (self.observations,))
        return tuple(sorted({name for group in groups for name in group if name}))

    @model_validator(mode="after")
    def _possible(self) -> "Disclosure":
        if self.p_max <= 0.5:
            raise ValueError(f"p_max = {self.p_max}: of two groups one is always half or more; use more than 0.5")
        return self


def _control(given: Any) -> str:
    """Tell which of the two forms of `Source.disclosure` was given."""
    return "publisher" if given == "publisher" else "thresholds" if isinstance(given, dict | Disclosure) else "neither"


class Source(_Declared):
    """One edition of one source.

    Attributes
    ----------
    kind
        The loader in `kavelmon.sources` that reads it; ``local`` for a region's own table (`kavelmon.local`).
    method
        How its figures come about: ``model`` (small-area estimates), ``survey`` or ``register``.
    region_year
        The indeling (year of the municipal division) of its regions; 0 when it is the year of each period.
    region_years
        The indeling per period, where it follows neither rule.
    files
        File names (patterns) by which the export is found in a folder.
    denominators
        The denominator of an age group that is not the source's first one ("65+" = "inwoners_65plus").
    provisional
        Periods whose figures the publisher calls provisional.
    correlation
        Between the errors of gemeenten, from 0 to 1. Left out: 0 for a survey, that samples each gemeente on its own,
        and 1 for estimates of one model, that share its coefficients (conservative).
    disclosure
        "publisher" for figures that were made public under their publisher's own control; else the thresholds.
    """

    id: Identifier
    publisher: str
    title: str
    table: str
    kind: Literal["statline", "table", "vektis", "odata4", "offences", "points", "regions", "boundaries", "local"]
    method: Method = "register"
    licence: str
    url: str = ""
    accessed: dt.date | Literal["onbekend"] = "onbekend"
    region_year: int = 0
    region_years: dict[str, Year] = {}
    period: str = ""
    files: tuple[str, ...]
    notes: tuple[str, ...] = ()
    newer: str = ""
    provisional: tuple[str, ...] = ()
    denominators: dict[str, Identifier] = {}
    correlation: Annotated[float, Field(ge=0, le=1)] | None = None
    read: Reading = Reading()
    disclosure: Annotated[
        Annotated[Disclosure, Tag("thresholds")] | Annotated[Literal["publisher"], Tag("publisher")],
        Discriminator(
            _control,
            custom_error_type="disclosure",
            custom_error_message='use "publisher" (made public under its own control), or a table [disclosure] with '
            "n_min, cell_min, count_min, p_max",
        ),
    ] = "publisher"

    @model_validator(mode="after")
    def _within_reach(self) -> "Source":
        if self.disclosure != "publisher" and self.kind in ("vektis", "points", "regions", "boundaries"):
            raise ValueError(
                f'[disclosure] of a source of kind "{self.kind}": thresholds reach observations only, and this kind '
                "keeps other tables beside them; leave it out, or bring the figures as a table"
            )
        return self

    @property
    def shared_error(self) -> float:
        """The correlation between the errors of gemeenten: as declared, else by the method."""
        return self.correlation if self.correlation is not None else float(self.method == "model")

    def indeling(self, period: str) -> int:
        """Return the year of the municipal division that figures of `period` use."""
        return self.region_years.get(period) or self.region_year or int(period[:4])


class Break(_Declared):
    """A break in a series: no line runs from before `year` to `year` or later."""

    year: Year
    text: str


class Edition(_Declared):
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


class Indicator(_Declared):
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


class Member(_Declared):
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


class Event(_Declared):
    """Something that happened in an area and that a trend marks, with the sentence that explains it."""

    year: Year
    title: Annotated[str, Field(max_length=24)]
    text: str
    source: str = ""


class Area(_Declared):
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


class Missing(_Declared):
    """Something that the mission names and that no file at hand holds."""

    id: Identifier
    title: str
    domain: Domain
    publisher: str
    table: str = ""
    note: str
    verified: bool = False
