"""Make a store from a folder of exports: the user's own, or the bundled snapshot."""

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from kavelmon import attempts, carry, corrections, measure, packing, paths, privacy, put, shelf, store
from kavelmon.declarations import Catalogue, Local
from kavelmon.finished import Finished, together
from kavelmon.local import kinds
from kavelmon.model import KavelmonError, SourceError
from kavelmon.regions import Regions
from kavelmon.source_model import Source
from kavelmon.sources import boundaries, files, gemeenten, memberships, others, sites, tables, vektis
from kavelmon.store import MEMBERSHIPS, OPEN, VEKTIS

MAX_SNAPSHOT_BYTES = 20_000_000
# a region's list comes first, since every loader checks its codes against it; points need boundaries
_ORDER = ("regions", "boundaries", "odata4", "table", "statline", "offences", "vektis", "points")
Say = Callable[[str], None]


@dataclass
class Work:
    """What has been read so far, and what goes of the store that is there.

    Attributes
    ----------
    wides
        The figures of sources, by id.
    seen
        Those sources, as they were when they were read: a publisher may say more than is declared.
    rows
        Observations of regions' own tables, by id of the source.
    layers, light
        Boundaries as published, and as they are kept (`boundaries.lighter`).
    memberships
        The rows of lists that say in which region each gemeente lies.
    inputs
        The files that a source was read from.
    brought
        What is kept of how a source was brought from where it is published: the day (``accessed``), ``inputs``.
    away
        Ids of sources and lists that are taken out.
    """

    catalogue: Catalogue
    folder: Path
    regions: Regions | None = None
    layers: list[gpd.GeoDataFrame] = field(default_factory=list)
    light: list[gpd.GeoDataFrame] = field(default_factory=list)
    sites: list[pd.DataFrame] = field(default_factory=list)
    memberships: list[pd.DataFrame] = field(default_factory=list)
    wides: dict[str, tables.Wide] = field(default_factory=dict)
    seen: dict[str, Source] = field(default_factory=dict)
    rows: dict[str, pd.DataFrame] = field(default_factory=dict)
    inputs: dict[str, list[Path]] = field(default_factory=dict)
    brought: dict[str, dict] = field(default_factory=dict)
    tables: dict[str, pa.Table] = field(default_factory=dict)
    local: dict[str, Local] = field(default_factory=dict)
    lists: dict[str, pd.DataFrame] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)


def build(catalogue: Catalogue, folder: Path, target: Path, *, bundled: bool = False, say: Say = print) -> dict:
    """Read every declared source that has files in `folder`, and write a store.

    The store that was in `target` stays as it was until the new one is complete. Of a user's own store the sources that
    `folder` does not bring stay in it, a region's own tables among them.

    Parameters
    ----------
    bundled
        Make the snapshot that goes with the package: every source must be there, buurten only of the declared areas,
        no cell of Vektis.
    say
        Called with a sentence at each step.

    Returns
    -------
    dict
        The content of ``datapackage.json``.

    Raises
    ------
    SourceError, KavelmonError
        Nothing is written then.
    """
    if not folder.is_dir():
        raise KavelmonError(f"{folder}: no such folder; give the folder that holds the exports: --from FOLDER")
    with nullcontext() if bundled else put.locked(target):
        return _built(Work(catalogue, folder), target, bundled, say)


def _built(work: Work, target: Path, bundled: bool, say: Say) -> dict:
    catalogue, folder = work.catalogue, work.folder
    todo = sorted(
        (s for s in catalogue.sources.values() if s.kind != "local"), key=lambda s: (_ORDER.index(s.kind), s.id)
    )
    listed = [p for s in todo if s.kind == "regions" for p in files.find(folder, s.files)]
    if listed:
        near = {code for area in catalogue.areas.values() for code in area.codes}
        work.regions, named, moved = gemeenten.read(listed, near)
        work.tables |= {"regions.parquet": named, "herindelingen.parquet": moved}
        _lists(work, work.regions)
    for number, source in enumerate(todo, 1):
        found = files.find(folder, source.files)
        if not found:
            if bundled and source.bundled:
                raise SourceError(f"{source.id}: no file fits {', '.join(source.files)} below {folder}; add it")
            continue
        say(f"[{number}/{len(todo)}] {source.id}: {', '.join(p.name for p in found[:3])}{' ...' if found[3:] else ''}")
        work.inputs[source.id] = found
        try:
            _load(work, source, found, bundled, say)
        except SourceError as error:
            if target == paths.user_store():  # its page says so, beside the figures that stay
                attempts.note({source.id: str(error)}, ())
            raise
    if not work.wides:
        raise KavelmonError(f"{folder}: no file of any declared source; `kavelmon check` lists the file names expected")
    package = write(work, target, bundled, say)
    if target == paths.user_store():
        attempts.note({}, list(work.inputs))
    return package


def _load(work: Work, source: Source, found: list[Path], bundled: bool, say: Say) -> None:
    if source.kind == "regions":
        return
    if source.kind == "boundaries":
        read = source.read
        for path in found:
            layer = boundaries.read_layer(
                path,
                level=read.level,
                year=source.region_year,
                code=read.region,
                name=read.columns.get("name", ""),
                drop=read.drop,
            )
            work.layers.append(layer)
            work.light.append(boundaries.lighter(layer))
        return
    work.regions = work.regions or store.regions()
    topics = measure.topics_of(measure.asked_of(work.catalogue, source))
    if source.kind == "vektis":
        wide = of_vektis(work, source, found, bundled)
    elif source.kind == "points":
        if not work.layers:
            raise SourceError(f"{source.id}: sites need the boundaries; add their files to the folder")
        wide, spots = sites.load(source, found, topics, pd.concat(work.layers), work.regions)
        work.sites.append(spots)
    else:
        loader = {"odata4": others.odata4, "offences": others.offences}.get(source.kind, tables.load)
        wide = loader(source, found, topics, work.regions)
    take(work, source, wide, say)


def take(work: Work, source: Source, wide: tables.Wide, say: Say) -> None:
    """Take the figures of a source into the work, without its known errors."""
    known = [c for c in work.catalogue.corrections.values() if c.source == source.id]
    periods = {*source.provisional, *wide.provisional}
    work.seen[source.id] = source.model_copy(update={"provisional": tuple(sorted(periods))})
    work.wides[source.id] = corrections.applied(known, wide, say)


def of_vektis(work: Work, source: Source, found: list[Path], bundled: bool) -> tables.Wide:
    """Read files of Vektis, with the rates of the country, and the cells where they may be kept."""
    assert work.regions is not None
    cells = vektis.read(source, found, work.regions)
    kavels = {code for area in work.catalogue.areas.values() if area.kind == "kavel" for code in area.codes}
    national = vektis.rates(cells)
    work.tables["vektis_rates.parquet"] = pa.Table.from_pandas(national, preserve_index=False)
    if not bundled:
        work.tables[store.CELLS] = pa.Table.from_pandas(cells.frame, preserve_index=False)
    reference = {"kosten_verwacht": national, "kosten_verwacht_zonder_kavels": vektis.rates(cells, kavels)}
    return vektis.wide(cells, reference)


def _lists(work: Work, regions: Regions) -> None:
    """Read the lists that say in which region each gemeente lies."""
    lists = [s for s in work.catalogue.sources.values() if s.kind == "regions" and memberships.is_list(s)]
    if pairs := [(s, p) for s in sorted(lists, key=lambda s: s.id) for p in files.find(work.folder, s.files)]:
        work.memberships.append(memberships.read(pairs, regions))


def write(work: Work, target: Path, bundled: bool, say: Say) -> dict:
    """Write a store of what has been read and of what stays; the old one stays until the new one is complete."""
    layers = {(layer["level"].iloc[0], int(layer["region_year"].iloc[0])) for layer in work.layers}
    anew = {*work.inputs, *work.brought, *work.lists, *work.away}
    stays = carry.Carried() if bundled else carry.of(target, anew, layers)
    finished = _finished(work, bundled, say)
    if work.sites:
        more = [stays.tables[carry.SITES].to_pandas()] if carry.SITES in stays.tables else []
        work.tables[carry.SITES] = pa.Table.from_pandas(pd.concat([*more, *work.sites]), preserve_index=False)
    if work.memberships:
        more = [stays.tables[MEMBERSHIPS].to_pandas()] if MEMBERSHIPS in stays.tables else []
        work.tables[MEMBERSHIPS] = memberships.joined([*more, *work.memberships])
    work.tables |= kinds.tables(work.lists, stays.lists)
    say("writing the observations")
    with put.drafted(target) as temporary:
        fresh = temporary / "store"
        fresh.mkdir()
        for name, content in {**stays.tables, **work.tables}.items():
            packing.write_table(content, fresh / name)
        counted = _write_observations(finished, stays, fresh)
        say(f"{sum(sum(periods.values()) for periods in counted.values()):,} observations")
        _write_boundaries(work, stays, fresh)
        if (fresh / VEKTIS).is_file():
            shutil.copy(paths.PACKAGE / "static" / "vektis-voorwaarden.md", fresh)
        package = _package(work, counted, fresh, stays)
        text = json.dumps(package, indent=1, ensure_ascii=False, sort_keys=True)
        (fresh / "datapackage.json").write_text(text + "\n", encoding="utf-8")
        size = sum(p.stat().st_size for p in fresh.iterdir())
        if bundled and size > MAX_SNAPSHOT_BYTES:
            raise KavelmonError(f"the snapshot would be {size:,} bytes; at most {MAX_SNAPSHOT_BYTES:,} is allowed")
        if bundled:
            put.swap(fresh, target, temporary / "old")
        else:
            put.publish(fresh, target)
    say(f"{target}: {size / 1e6:.1f} MB, {len(package['sources'])} sources")
    return package


def _finished(work: Work, bundled: bool, say: Say) -> Finished:
    """Look up all denominators, and hide what must not be shown."""
    catalogue = work.catalogue
    figures: dict[str, measure.Figures | measure.Given] = {
        name: measure.Figures(work.seen[name], wide) for name, wide in work.wides.items()
    }
    figures |= {name: measure.Given(catalogue.source(name), rows) for name, rows in work.rows.items()}
    say("denominators")
    # what this folder lacks is lent by the stores that are there
    lend = None if bundled else lambda name, sources: store.read([name], sources=sources)
    observed = measure.add_denominators(catalogue, figures, work.regions or store.regions(), lend)
    areas = frozenset(c for area in catalogue.areas.values() for c in area.codes) if bundled else None
    parts = [shelf.plain(some) for pair in together(observed, catalogue) for some in observed.of(*pair)]
    if not parts:
        return Finished(catalogue, observed, {}, areas)
    rows = pd.concat(parts, ignore_index=True)
    known = rows["value"].notna()
    rows = privacy.protect(rows, catalogue)  # before anything is written: what is hidden is kept nowhere
    if hidden := int((known & rows["value"].isna()).sum()):
        say(f"{hidden} figures hidden: they tell of too few people, or would give away one that does")
    return Finished(catalogue, observed, dict(iter(rows.groupby(["indicator", "source"]))), areas)


def _write_observations(finished: Finished, stays: carry.Carried, fresh: Path) -> Mapping[str, Counter[str]]:
    """Write the observations, one indicator after another; return how many each source has, by period."""
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    names = {indicator for indicator, _ in finished.observed.pairs}.union(*stays.indicators.values())
    with packing.write_observations(fresh / OPEN) as add, packing.write_observations(fresh / VEKTIS) as add_apart:
        for indicator in sorted(names):
            for name, write_ in ((OPEN, add), (VEKTIS, add_apart)):
                staying = stays.rows(name, indicator)
                made = {s.id for s in finished.sources(indicator) if (s.kind == "vektis") == (name == VEKTIS)}
                for source in sorted({*made, *staying}):
                    for rows in finished.of(indicator, source) if source in made else staying[source]:
                        write_(rows)
                        if source in made:
                            counted[source].update(rows["period"].value_counts()[lambda n: n > 0].to_dict())
    return counted


def _write_boundaries(work: Work, stays: carry.Carried, fresh: Path) -> None:
    if work.light or stays.layers is not None:
        boundaries.write(boundaries.joined(work.light, stays.layers), fresh / carry.BOUNDARIES)


def _package(work: Work, counted: Mapping[str, Mapping[str, int]], folder: Path, stays: carry.Carried) -> dict:
    """Describe the store: every source with its inputs, every table with its hash, what regions' own tables declare."""
    described = list(stays.described)
    for name in sorted({*work.inputs, *work.brought}):
        source = work.catalogue.source(name)
        regional = MEMBERSHIPS if memberships.is_list(source) else "regions.parquet"
        kept = {"vektis": VEKTIS, "regions": regional, "boundaries": carry.BOUNDARIES}.get(source.kind, OPEN)
        entry = store.provenance(source, work.inputs.get(name, []), counted.get(name, {}), kept)
        described.append(entry | work.brought.get(name, {}))
    resources = [
        {
            "name": p.stem.replace("_", "-"),
            "path": p.name,
            "bytes": p.stat().st_size,
            "hash": f"sha256:{store.sha256(p)}",
        }
        for p in sorted(folder.glob("*.parquet"))
    ]
    package: dict = {"name": "kavelmon", "resources": resources, "sources": sorted(described, key=lambda s: s["name"])}
    own = {**stays.local, **work.local}
    if own:
        package |= {"local": {name: one.model_dump(mode="json", exclude_unset=True) for name, one in own.items()}}
    return package
