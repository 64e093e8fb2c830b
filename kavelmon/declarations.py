"""Read the TOML declarations into one catalogue; every fault is reported at once."""

import datetime as dt
import difflib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from kavelmon import abolished, licences, paths
from kavelmon.expressions import ExpressionError, names_in
from kavelmon.model import Area, CatalogueError, Correction, Edition, Indicator, Missing, NotFoundError
from kavelmon.source_model import Source

_T = TypeVar("_T", bound=BaseModel)

# folder, attribute of Catalogue, class
_KINDS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("sources", "sources", Source),
    ("denominators", "denominators", Indicator),
    ("indicators", "indicators", Indicator),
    ("kavels", "areas", Area),
    ("missing", "missing", Missing),
    ("corrections", "corrections", Correction),
)


class Local(BaseModel):
    """What a region's own table declares beside the catalogue; it is kept with its figures in the user's own store.

    Attributes
    ----------
    source
        Whose figures they are.
    denominators, indicators
        What the catalogue lacks, by id.
    editions
        One more edition of indicators that the catalogue has, by id of the indicator.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Source
    denominators: dict[str, Indicator] = {}
    indicators: dict[str, Indicator] = {}
    editions: dict[str, Edition] = {}


@dataclass(frozen=True)
class Catalogue:
    """Everything that is declared, by id."""

    sources: dict[str, Source] = field(default_factory=dict)
    denominators: dict[str, Indicator] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)
    missing: dict[str, Missing] = field(default_factory=dict)
    corrections: dict[str, Correction] = field(default_factory=dict)

    def indicator(self, indicator_id: str) -> Indicator:
        """Return an indicator or a denominator by its id.

        Raises
        ------
        NotFoundError
            When there is none; the message names the ids nearest to it.
        """
        return _lookup({**self.denominators, **self.indicators}, indicator_id, "indicator")

    def source(self, source_id: str) -> Source:
        """Return a source by its id; raises `NotFoundError`."""
        return _lookup(self.sources, source_id, "source")

    def area(self, area_id: str) -> Area:
        """Return an area by its id; raises `NotFoundError`."""
        return _lookup(self.areas, area_id, "area")

    def joined(self, own: Iterable[Local]) -> "Catalogue":
        """Return the catalogue with what regions' own tables declare; their editions come after the declared ones.

        Raises
        ------
        CatalogueError
            An id that stands for two things, or a table that refers to what is not there (any more).
        """
        sources, denominators, indicators = dict(self.sources), dict(self.denominators), dict(self.indicators)
        own, faults = sorted(own, key=lambda one: one.source.id), []
        for one in own:
            twice = sources.keys() & {one.source.id} | denominators.keys() & one.denominators.keys()
            twice |= indicators.keys() & one.indicators.keys()
            faults += [f'{one.source.id}: "{i}" is declared already; give it another id' for i in sorted(twice)]
            sources[one.source.id] = one.source
            denominators |= one.denominators
            indicators |= one.indicators
        for one in own:
            for name, edition in one.editions.items():
                if name not in indicators:
                    nearest = near(name, indicators)
                    faults.append(f'{one.source.id}: "{name}" is no indicator (any more); nearest: {nearest}')
                    continue
                item = indicators[name]
                indicators[name] = item.model_copy(update={"edition": (*item.edition, edition)})
        catalogue = Catalogue(sources, denominators, indicators, self.areas, self.missing, self.corrections)
        faults = faults or _references(catalogue)
        if faults:
            raise CatalogueError(
                f"{len(faults)} fault(s) in what regions' own tables declare; mend the table and add it again, or take "
                "it out with `kavelmon local remove ID`:\n" + "\n".join(faults)
            )
        return catalogue

    def in_domain(self, domain: str) -> list[Indicator]:
        """Return the indicators of one domain, by theme and title."""
        return sorted((i for i in self.indicators.values() if i.domain == domain), key=lambda i: (i.theme, i.title))


def near(word: str, known: Iterable[str], most: int = 3) -> str:
    """Return the names nearest to `word` as a phrase, for an error message."""
    known = list(known)
    hits = difflib.get_close_matches(word, known, n=most, cutoff=0.5) or sorted(known)[:most]
    return ", ".join(hits) or "none"


def _lookup(known, key, what):
    try:
        return known[key]
    except KeyError:
        raise NotFoundError(
            f'unknown {what} "{key}"; nearest: {near(str(key), known)}; `kavelmon check` lists all {len(known)}'
        ) from None


def load(folder: Path | None = None) -> Catalogue:
    """Read and check every TOML file below `folder` (default: the bundled catalogue).

    Raises
    ------
    CatalogueError
        With one line per fault: file, key, what was found, what is allowed.
    """
    folder = folder or paths.data_sources()
    faults: list[str] = []
    found: dict[str, dict] = {}
    for sub, attribute, cls in _KINDS:
        found[attribute] = {}
        for path in sorted((folder / sub).glob("*.toml")):
            name = f"{sub}/{path.name}"
            if (item := read_file(path, name, cls, faults)) is not None:
                found[attribute][path.stem] = item
    if not any(found.values()) and not faults:
        faults.append(f"{folder}: no TOML file found; expected the folders {', '.join(k for k, _, _ in _KINDS)}")
    catalogue = Catalogue(**found)
    faults += _references(catalogue)
    if faults:
        raise CatalogueError(f"{len(faults)} fault(s) in the catalogue:\n" + "\n".join(faults))
    return catalogue


@cache
def default() -> Catalogue:
    """Return the bundled catalogue with what the tables in the user's own store declare, read once."""
    version = paths.version_of(paths.user_store())
    catalogue = load().joined(kept(version).values())
    days = fetched(version)
    sources = {name: _as_held(source, days.get(name)) for name, source in catalogue.sources.items()}
    return replace(catalogue, sources=sources)


def _as_held(source: Source, day: str | None) -> Source:
    """Return a source with what is true of the figures that are held: of a file, or as they were published that day."""
    if day:
        return source.model_copy(update={"accessed": dt.date.fromisoformat(day)})
    return source.model_copy(update={"notes": (*source.file_notes, *source.notes)}) if source.file_notes else source


def fetched(version: Path) -> dict[str, str]:
    """Return the day on which each source in a store was brought from where it is published."""
    package = version / "datapackage.json"
    if not package.is_file():
        return {}
    found = json.loads(package.read_text(encoding="utf-8"))["sources"]
    return {one["name"]: one["accessed"] for one in found if "made" in one}


def kept(version: Path) -> dict[str, Local]:
    """Return what the regions' own tables in a store declare, by id of the source; nothing when there is no store."""
    package = version / "datapackage.json"
    if not package.is_file():
        return {}
    try:
        found = json.loads(package.read_text(encoding="utf-8")).get("local", {})
        return {name: Local.model_validate(one) for name, one in found.items()}
    except ValueError as error:
        raise CatalogueError(
            f"{package}: not what kavelmon writes there ({str(error).splitlines()[0]}); make the store again"
        ) from None


def read_file(path: Path, name: str, cls: type[_T], faults: list[str]) -> _T | None:
    """Read one TOML file as a declaration; what is wrong with it is added to `faults`, and then there is none."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{name}: not valid TOML: {error}; mend that line (the file must be UTF-8)")
        return None
    if "id" in raw:
        faults.append(f"{name}: id = {raw['id']!r}; leave it out, the file name is the id")
        return None
    try:
        return cls.model_validate({"id": path.stem, **raw}, strict=None)
    except ValidationError as error:
        for e in error.errors():
            key = ".".join(str(part) for part in e["loc"]) or "(whole file)"
            shown = "" if e["type"] == "missing" else f" = {_shown(e['input'])}"
            allowed = f"; allowed: {', '.join(cls.model_fields)}" if e["type"] == "extra_forbidden" else ""
            faults.append(f"{name}: {key}{shown}: {e['msg']}{allowed}")
        return None


def read_area(path: Path, faults: list[str]) -> Area | None:
    """Read one file of an area; what is wrong with it is added to `faults`, and then there is no area."""
    return read_file(path, path.name, Area, faults)


def _shown(value):
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _references(catalogue):
    # figures under an agreement were never made public: nobody but the region knows what their cells may show
    faults = [
        f'sources/{s.id}.toml: disclosure: missing, and the licence is "{s.licence}"; give a [disclosure] table with '
        'its thresholds, or disclosure = "publisher" when the figures are public already'
        for s in catalogue.sources.values()
        if licences.terms(s.licence) == "agreement" and "disclosure" not in s.model_fields_set
    ]
    for sub, items in (("denominators", catalogue.denominators), ("indicators", catalogue.indicators)):
        for item in items.values():
            where = f"{sub}/{item.id}.toml"
            if sub == "indicators" and not item.domain:
                faults.append(f"{where}: domain: missing; use gezondheid, zorg, omgeving or aanbod")
            if sub == "denominators" and item.rollup != "sum":
                faults.append(f'{where}: rollup = "{item.rollup}"; a denominator is a count: use rollup = "sum"')
            if sub == "indicators" and item.id in catalogue.denominators:
                faults.append(f"{where}: the id exists in denominators/ too; rename one of the two")
            for number, edition in enumerate(item.edition):
                key = f"edition.{number}"
                if edition.source not in catalogue.sources:
                    faults.append(
                        f'{where}: {key}.source = "{edition.source}": no such file in sources/; '
                        f"nearest: {near(edition.source, catalogue.sources)}"
                    )
                if edition.denominator and edition.denominator not in catalogue.denominators:
                    faults.append(
                        f'{where}: {key}.denominator = "{edition.denominator}": no such file in denominators/; '
                        f"nearest: {near(edition.denominator, catalogue.denominators)}"
                    )
                faults += _ages(catalogue, edition, f"{where}: {key}.ages", one=sub == "denominators")
                for formula in filter(None, (edition.value, edition.numerator)):
                    try:
                        names_in(formula)
                    except ExpressionError as error:
                        faults.append(f"{where}: {key}: {error}")
    for area in catalogue.areas.values():
        where = f"kavels/{area.id}.toml"
        faults += [
            f'{where}: kernset: "{k}" is no indicator; nearest: {near(k, catalogue.indicators)}'
            for k in area.kernset
            if k not in catalogue.indicators
        ]
        codes = [m.code for m in area.member if m.valid_to is None]
        faults += [f"{where}: member {c} stands there twice; keep one" for c in sorted({*codes}) if codes.count(c) > 1]
        if not codes and area.kind != "land":
            faults.append(f"{where}: member: none of today; give at least one [[member]] without valid_to")
        faults += [
            f"{where}: member {m.code}: valid_to {m.valid_to} lies before valid_from {m.valid_from}"
            for m in area.member
            if _year(m.valid_to, 9999) < _year(m.valid_from, 0)
        ]
        faults += abolished.faults(area, abolished.codes())
    named = [(f"corrections/{c.id}.toml", c.source) for c in catalogue.corrections.values()]
    named += [(f"missing/{m.id}.toml", source) for m in catalogue.missing.values() for source in m.sources]
    faults += [
        f'{where}: source "{source}": no such file in sources/; nearest: {near(source, catalogue.sources)}'
        for where, source in named
        if source not in catalogue.sources
    ]
    return faults


def _ages(catalogue, edition, where, one):
    """Check age groups; a denominator counts one of them, since it is joined without age."""
    source = catalogue.sources.get(edition.source)
    known = sorted({*source.read.ages.values()}) if source else []
    unknown = [a for a in edition.ages if a not in known]
    faults = [f'{where}: "{a}" is no age group of {edition.source}; allowed: {", ".join(known)}' for a in unknown]
    if one and len(known) > 1 and len(edition.ages) != 1:
        faults.append(
            f"{where}: {len(edition.ages)} given; name the one that this denominator counts: {', '.join(known)}"
        )
    return faults


def _year(moment, absent):
    return absent if moment is None else getattr(moment, "year", moment)
