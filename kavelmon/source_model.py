"""What a source declares: how its tables are laid out, where it is published, what must be hidden of its figures."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

Method = Literal["model", "survey", "register"]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
# the publishers that may be asked: a host is asked only when it stands here
Host = Literal["opendata.cbs.nl", "dataderden.cbs.nl", "datasets.cbs.nl", "service.pdok.nl", "www.vektis.nl"]
Year = Annotated[int, Field(ge=2000, le=2100)]


class Declared(BaseModel):
    """What a TOML file holds: no key that is not known, and no change after it was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reading(Declared):
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


class Fetch(Declared):
    """Where the figures of a source are published, and what is asked there: the ``[fetch]`` of a source.

    Attributes
    ----------
    service
        The protocol: ``odata3`` and ``odata4`` (StatLine), ``wfs`` (PDOK) or ``files`` (downloads).
    host
        The publisher's host, one of `Host`.
    verified
        Whether table, host and topics were seen in an answer of the publisher, or of which periods they were. Of a
        table that was not, a topic that turns out not to be there has no figures; of one that was, it is an error.
    tables
        The table of each period, for figures that a publisher puts in a new table every year (StatLine), or the address
        of each file below the host (``files``).
    topics
        Topics by another name than theirs, or whose name stands in the table more than once: name in the catalogue =
        the base name (of more than one, the first that is there), after as much of the titles of its groups as tells it
        from the others (``"Leeftijdsgroepen, relatief/JongerDan5Jaar"``).
    absent
        Topics that the table of a period (key) is known not to have.
    levels
        Prefixes of the codes that are asked of the regions; all of them when none is named.
    since
        The first year that is asked.
    layer
        The layer of a map service.
    sha256
        The hash of a file that does not change any more, by period.
    """

    service: Literal["odata3", "odata4", "wfs", "files"]
    host: Host
    verified: bool | tuple[str, ...]
    tables: dict[str, str] = {}
    topics: dict[str, str | tuple[str, ...]] = {}
    absent: dict[str, tuple[str, ...]] = {}
    levels: tuple[str, ...] = ()
    since: Annotated[str, Field(pattern=r"^(\d{4})?$")] = ""
    layer: str = ""
    sha256: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = {}

    @model_validator(mode="after")
    def _complete(self) -> "Fetch":
        if self.service == "wfs" and not self.layer:
            raise ValueError('service "wfs" needs a layer')
        if self.service == "files" and not self.tables:
            raise ValueError('service "files" needs tables: the address of each file below the host, by period')
        return self

    def sure_of(self, period: str) -> bool:
        """Tell whether the table of a period was seen in an answer of the publisher."""
        return self.verified if isinstance(self.verified, bool) else period in self.verified


class Disclosure(Declared):
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


class Source(Declared):
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
    fetch
        Where it is published; None when only a file brings it.
    bundled
        Whether the snapshot that goes with the package holds it; a source that it does not hold needs `fetch`.
    file_notes
        What is true of the bundled file only, and no longer when the figures came from where they are published.
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
    files: tuple[str, ...] = ()
    fetch: Fetch | None = None
    bundled: bool = True
    notes: tuple[str, ...] = ()
    file_notes: tuple[str, ...] = ()
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
        if not self.files and not self.fetch:
            raise ValueError("neither files nor [fetch]: say by which file names it is found, or where it is published")
        if not self.bundled and not self.fetch:
            raise ValueError("bundled = false needs [fetch]: where else would its figures come from?")
        return self

    @property
    def shared_error(self) -> float:
        """The correlation between the errors of gemeenten: as declared, else by the method."""
        return self.correlation if self.correlation is not None else float(self.method == "model")

    def indeling(self, period: str) -> int:
        """Return the year of the municipal division that figures of `period` use."""
        return self.region_years.get(period) or self.region_year or int(period[:4])
