"""What the TOML beside a region's own table declares, and the declarations that follow from it."""

import datetime as dt
import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kavelmon.declarations import Catalogue, Local, near
from kavelmon.model import Better, Break, Edition, Identifier, Indicator, Year
from kavelmon.source_model import Disclosure, Method, Reading, Source

NUMERATOR, VALUE, DENOMINATOR, OBSERVED = "teller", "waarde", "noemer", "aantal"  # how formulas name the columns


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LocalIndicator(_Declared):
    """An indicator of the table: one of the catalogue (then only the last keys), or a new one.

    Attributes
    ----------
    denominator
        A denominator of the catalogue, where the table has no column for it.
    denominator_title, denominator_unit
        What the column with denominators counts.
    """

    title: str = ""
    domain: Literal["gezondheid", "zorg", "omgeving", "aanbod", ""] = ""
    theme: str = ""
    unit: str = ""
    better: Better = "none"
    scale: float = Field(default=0, ge=0)
    decimals: int = Field(default=1, ge=0, le=3)
    relevance: float = Field(default=0, ge=0)
    rollup: Literal["mean", "sum", "none"] = "mean"
    rollup_reason: str = ""
    incomparable: str = ""
    why: str = ""
    denominator: str = ""
    denominator_title: str = ""
    denominator_unit: str = ""
    estimated: str = ""
    interval: Literal["", "byar", "wilson"] = ""
    breaks: tuple[Break, ...] = ()
    notes: tuple[str, ...] = ()


class LocalTable(_Declared):
    """The TOML beside a table: whose it is, under which terms and control, and what it brings that is new.

    Attributes
    ----------
    region_year
        The indeling of the region codes; 0 when it is the year of each period.
    decimal
        The decimal mark; empty when it shows from the table.
    sheet
        The sheet of an Excel file, when several hold something.
    disclosure
        "publisher" when the figures have been made public, else the thresholds that they keep to.
    """

    publisher: str = Field(min_length=1)
    title: str = Field(min_length=1)
    table: str = ""
    licence: str = Field(min_length=1)
    method: Method
    region_year: Year | Literal[0] = 0
    accessed: dt.date | Literal["onbekend"] = "onbekend"
    url: str = ""
    decimal: Literal["", ",", "."] = ""
    sheet: str = ""
    provisional: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    correlation: float | None = Field(default=None, ge=0, le=1)
    disclosure: Literal["publisher"] | Disclosure
    indicator: dict[Identifier, LocalIndicator] = {}


# what is taken over as it is; an indicator of the catalogue has its part already
_OF_INDICATOR = tuple(n for n in LocalIndicator.model_fields if n in Indicator.model_fields and n != "breaks")
_OF_SOURCE = tuple(n for n in LocalTable.model_fields if n in Source.model_fields and n != "disclosure")


def read(path: Path, catalogue: Catalogue, faults: list[str]) -> LocalTable | None:
    """Read the TOML of a table; None, with the faults noted, when it is not right.

    Parameters
    ----------
    catalogue
        What is declared already; an indicator of it cannot be declared anew.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{path.name}: not valid TOML: {error}; mend that line (the file must be UTF-8)")
        return None
    try:
        found = LocalTable.model_validate(raw)
    except ValidationError as error:
        for e in error.errors():
            key = ".".join(str(part) for part in e["loc"] if part not in ("literal['publisher']", "Disclosure"))
            if "disclosure" in key.split("."):
                faults.append(
                    f"{path.name}: {key}: {'missing' if e['type'] == 'missing' else e['msg']}; give a table "
                    '[disclosure] with its thresholds, or disclosure = "publisher" when the '
                    "figures are public already"
                )
                continue
            allowed = f"; allowed: {', '.join(LocalTable.model_fields)}" if e["type"] == "extra_forbidden" else ""
            faults.append(f"{path.name}: {key}: {'missing' if e['type'] == 'missing' else e['msg']}{allowed}")
        return None
    before = len(faults)
    for name, one in found.indicator.items():
        given = sorted(one.model_fields_set.intersection(_OF_INDICATOR))
        key = f"{path.name}: indicator.{name}"
        if name in catalogue.denominators:
            faults.append(f"{key}: is a denominator of the catalogue; give it another id")
        elif name in catalogue.indicators and given:
            faults.append(f"{key}: is in the catalogue already; leave out {', '.join(given)}, or give it another id")
        elif name not in catalogue.indicators:
            faults += [
                f"{key}.{needed}: missing; a new indicator has title, domain (gezondheid, zorg, omgeving or aanbod) "
                f"and unit (one of the catalogue has them already; nearest: {near(name, catalogue.indicators)})"
                for needed in ("title", "domain", "unit")
                if not getattr(one, needed)
            ]
        if one.denominator and one.denominator not in catalogue.denominators:
            faults.append(
                f'{key}.denominator = "{one.denominator}": is not in the catalogue; nearest: '
                f"{near(one.denominator, catalogue.denominators)}"
            )
    return found if len(faults) == before else None


def known(table: LocalTable, catalogue: Catalogue) -> dict[str, Indicator]:
    """Return the indicators that a table may hold: those of the catalogue and its own, the latter without formula."""
    return {
        **catalogue.indicators,
        **{n: _new(n, i) for n, i in table.indicator.items() if n not in catalogue.indicators},
    }


def _new(name: str, one: LocalIndicator) -> Indicator:
    given = {key: getattr(one, key) for key in _OF_INDICATOR}
    if one.rollup == "none" and not one.rollup_reason:
        given["rollup_reason"] = "Dit cijfer is niet op te tellen tot dat van een groter gebied."
    return Indicator.model_construct(id=name, edition=(), breaks=one.breaks, **given)


def is_id(name: str) -> bool:
    """Tell whether a file name can be the id of a source."""
    return re.fullmatch(r"[a-z][a-z0-9_]*", name) is not None and "__" not in name


def denominator_of(source: str, indicator: str) -> str:
    """Return the id of the denominator that a column of the table holds; ids of users have no double underscore."""
    return f"{source}__noemer_{indicator}"


def observed_of(source: str) -> str:
    """Return the id of what counts who answered."""
    return f"{source}__waarnemingen"


def local(
    name: str,
    table: LocalTable,
    catalogue: Catalogue,
    *,
    path: Path,
    counted: Collection[str],
    divided: Mapping[str, bool],
    observed: bool,
) -> Local:
    """Return the declarations of a table.

    Parameters
    ----------
    counted
        Indicators whose figures are numerators: then the value is computed.
    divided
        Per indicator of the table: whether a column holds its denominators.
    observed
        Whether a column holds how many people answered.
    """
    disclosure = table.disclosure
    if observed and isinstance(disclosure, Disclosure):
        disclosure = disclosure.model_copy(update={"observations": observed_of(name)})
    source = Source(
        id=name,
        kind="local",
        files=(path.name,),
        read=Reading(complete=False),
        disclosure=disclosure,
        **{key: getattr(table, key) for key in _OF_SOURCE},
    )
    found: dict[str, dict[str, Any]] = {"denominators": {}, "indicators": {}, "editions": {}}
    items = known(table, catalogue)
    for indicator, own in divided.items():
        one = table.indicator.get(indicator, LocalIndicator())
        item = items[indicator]
        edition = Edition(
            source=name,
            value="" if indicator in counted else VALUE,
            numerator=NUMERATOR if indicator in counted else "",
            denominator=denominator_of(name, indicator) if own else usual(one, item),
            estimated=one.estimated,
            interval=one.interval,
            breaks=one.breaks if indicator in catalogue.indicators else (),
            notes=one.notes,
        )
        if indicator in catalogue.indicators:
            found["editions"][indicator] = edition
        else:
            found["indicators"][indicator] = {**dict(item), "edition": (edition,)}
        if own:
            of = usual(one, item)
            unit = one.denominator_unit or (catalogue.denominators[of].unit if of else "personen")
            title = one.denominator_title or (catalogue.denominators[of].title if of else f"{unit} in de tabel")
            found["denominators"][denominator_of(name, indicator)] = _count(
                denominator_of(name, indicator), title, unit, name, DENOMINATOR
            )
    if observed and isinstance(disclosure, Disclosure):
        found["denominators"][observed_of(name)] = _count(
            observed_of(name), "Ingevulde vragenlijsten", "mensen", name, OBSERVED
        )
    return Local.model_validate({"source": source, **found})


def usual(one: LocalIndicator, item: Indicator) -> str:
    """Return the denominator that is declared of an indicator, here or in its first edition; empty for a count."""
    if item.rollup == "sum":
        return ""
    return one.denominator or next((e.denominator for e in item.edition if e.denominator), "")


def _count(name: str, title: str, unit: str, source: str, value: str) -> Indicator:
    return Indicator(
        id=name, title=title, unit=unit, rollup="sum", decimals=0, edition=(Edition(source=source, value=value),)
    )
