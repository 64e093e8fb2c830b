"""Make a store from a folder of exports: the user's own, or the bundled snapshot."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa

from kavelmon import attempts, measure, paths, privacy, store
from kavelmon.declarations import Catalogue
from kavelmon.model import KavelmonError, Source, SourceError
from kavelmon.regions import Regions, gemeente_of
from kavelmon.sources import boundaries, files, others, sites, tables, vektis
from kavelmon.store import OPEN, VEKTIS

MAX_SNAPSHOT_BYTES = 20_000_000
_DRAFT = ".kavelmon-"
# a region's list comes first, since every loader checks its codes against it; points need boundaries
_ORDER = ("regions", "boundaries", "odata4", "table", "statline", "offences", "vektis", "points")
Say = Callable[[str], None]


@dataclass
class _Work:
    """What has been read so far."""

    catalogue: Catalogue
    folder: Path
    regions: Regions | None = None
    layers: list[pd.DataFrame] = field(default_factory=list)
    sites: list[pd.DataFrame] = field(default_factory=list)
    rows: dict[str, pd.DataFrame] = field(default_factory=dict)
    inputs: dict[str, list[Path]] = field(default_factory=dict)
    tables: dict[str, pa.Table] = field(default_factory=dict)


def build(catalogue: Catalogue, folder: Path, target: Path, *, bundled: bool = False, say: Say = print) -> dict:
    """Read every declared source that has files in `folder`, and write a store.

    The store that was in `target` stays as it was until the new one is complete.

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
    work = _Work(catalogue, folder)
    todo = sorted(catalogue.sources.values(), key=lambda s: (_ORDER.index(s.kind), s.id))
    listed = [p for s in todo if s.kind == "regions" for p in files.find(folder, s.files)]
    if listed:
        work.regions, work.tables["regions.parquet"], work.tables["herindelingen.parquet"] = _regions(work, listed)
    for number, source in enumerate(todo, 1):
        found = files.find(folder, source.files)
        if not found:
            if bundled:
                raise SourceError(f"{source.id}: no file fits {', '.join(source.files)} below {folder}; add it")
            continue
        say(f"[{number}/{len(todo)}] {source.id}: {', '.join(p.name for p in found[:3])}{' ...' if found[3:] else ''}")
        work.inputs[source.id] = found
        try:
            _load(work, source, found, bundled)
        except SourceError as error:
            if target == paths.user_store():  # its page says so, beside the figures that stay
                attempts.note({source.id: str(error)}, ())
            raise
    if not work.rows:
        raise KavelmonError(f"{folder}: no file of any declared source; `kavelmon check` lists the file names expected")
    package = _write(work, target, bundled, say)
    if target == paths.user_store():
        attempts.note({}, list(work.inputs))
    return package


def _load(work: _Work, source: Source, found: list[Path], bundled: bool) -> None:
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
        return
    work.regions = work.regions or store.regions()
    pairs = measure.asked_of(work.catalogue, source)
    topics = measure.topics_of(pairs)
    if source.kind == "vektis":
        wide = _vektis(work, source, found, bundled)
    elif source.kind == "points":
        if not work.layers:
            raise SourceError(f"{source.id}: sites need the boundaries; add their files to the folder")
        wide, spots = sites.load(source, found, topics, pd.concat(work.layers), work.regions)
        work.sites.append(spots)
    else:
        loader = {"odata4": others.odata4, "offences": others.offences}.get(source.kind, tables.load)
        wide = loader(source, found, topics, work.regions)
    work.rows[source.id] = measure.observe(source, wide, pairs)


def _vektis(work: _Work, source: Source, found: list[Path], bundled: bool) -> tables.Wide:
    assert work.regions is not None
    cells = vektis.read(source, found, work.regions)
    kavels = {code for area in work.catalogue.areas.values() if area.kind == "kavel" for code in area.codes}
    national = vektis.rates(cells)
    work.tables["vektis_rates.parquet"] = pa.Table.from_pandas(national, preserve_index=False)
    if not bundled:
        work.tables["vektis_cells.parquet"] = pa.Table.from_pandas(cells.frame, preserve_index=False)
    reference = {"kosten_verwacht": national, "kosten_verwacht_zonder_kavels": vektis.rates(cells, kavels)}
    return vektis.wide(cells, reference)


def _regions(work: _Work, found: Iterable[Path]) -> tuple[Regions, pa.Table, pa.Table]:
    """Read the gemeenten of 2016, the herindelingen, and the names of gemeenten and wijken."""
    by_name = {p.name: p for p in found}

    def table(name: str, columns: list[str]) -> pd.DataFrame:
        if name not in by_name:
            raise SourceError(f"{name}: not there; it goes with {', '.join(sorted(by_name))}; add it to the folder")
        frame = files.table_of(by_name[name])
        files.require(frame, columns, by_name[name])
        return frame[columns]

    base = table("gebieden_2016.csv", ["gm_code", "gm_naam"])
    all_codes = table("gemeenten_codes_all_v4.csv", ["gm_code", "title_in_RegioS"])
    moved = table("herindelingen.csv", ["date", "from_code", "to_code", "kind", "inwoners"])
    moved["inwoners"] = files.to_numbers(moved["inwoners"], by_name["herindelingen.csv"])
    names = dict(zip(base["gm_code"], base["gm_naam"], strict=True))
    names |= dict(zip(all_codes["gm_code"], all_codes["title_in_RegioS"], strict=True))
    large = pd.DataFrame({"code": list(names), "name": list(names.values()), "region_year": 0})
    large["base"] = large["code"].isin(base["gm_code"])
    areas = {c for area in work.catalogue.areas.values() for c in area.codes}
    small = []
    for name, code, title, year in _SMALL:
        frame = table(name, [code, title]).set_axis(["code", "name"], axis=1)
        frame = frame.assign(
            code=frame["code"].str.strip(), name=frame["name"].str.strip(), region_year=year, base=False
        )
        wijk = frame["code"].str.startswith("WK")
        near = frame["code"].str.startswith("BU") & frame["code"].map(gemeente_of).isin(areas)
        small.append(frame[wijk | near])
    every = pd.concat([large, *small]).sort_values(["region_year", "code"]).astype({"region_year": "int16"})
    moved = moved.sort_values(["date", "from_code", "to_code"])
    regions = Regions(frozenset(base["gm_code"]), moved, names)
    return regions, pa.Table.from_pandas(every, preserve_index=False), pa.Table.from_pandas(moved, preserve_index=False)


_SMALL = (
    ("cbs.v3.84799NED_WijkenEnBuurten.parquet", "Key", "Title", 2020),
    ("wijk_2022.csv", "statcode", "statnaam", 2022),
    ("cbs_85984NED_kerncijfers2024_selectie_via_woonikveilig.csv", "code", "name", 2024),
)


def _write(work: _Work, target: Path, bundled: bool, say: Say) -> dict:
    catalogue = work.catalogue
    rows = pd.concat(work.rows.values(), ignore_index=True)
    counts = rows[rows["indicator"].isin(catalogue.denominators)]
    if not bundled:  # what this folder lacks is lent by the stores that are there
        lent = store.read(list(catalogue.denominators))
        counts = pd.concat([counts, lent[~lent["source"].isin(list(work.rows))]], ignore_index=True)
    say("denominators")
    rows = measure.add_denominators(rows, catalogue, counts, work.regions or store.regions())
    rows = privacy.protect(rows, catalogue)  # before anything is written: what is hidden is kept nowhere
    if bundled:
        areas = {c for area in catalogue.areas.values() for c in area.codes}
        away = (rows["level"] == "BU") & ~rows["region"].map(gemeente_of).isin(areas)
        rows = rows[~away]
    kept_apart = rows["source"].map(lambda s: catalogue.source(s).kind == "vektis")
    if work.sites:
        work.tables["sites.parquet"] = pa.Table.from_pandas(pd.concat(work.sites), preserve_index=False)
    say(f"writing {len(rows):,} observations")
    with tempfile.TemporaryDirectory(dir=_parent(target), prefix=_DRAFT) as temporary:
        fresh = Path(temporary) / "store"
        fresh.mkdir()
        for name, content in work.tables.items():
            store.write_table(content, fresh / name)
        for name, part in ((OPEN, rows[~kept_apart]), (VEKTIS, rows[kept_apart])):
            if len(part):
                store.write_observations(part, fresh / name)
        if work.layers:
            boundaries.write(boundaries.simplify(work.layers), fresh / "boundaries.parquet")
        if kept_apart.any():
            shutil.copy(paths.PACKAGE / "static" / "vektis-voorwaarden.md", fresh)
        package = _package(work, rows, fresh)
        text = json.dumps(package, indent=1, ensure_ascii=False, sort_keys=True)
        (fresh / "datapackage.json").write_text(text + "\n", encoding="utf-8")
        size = sum(p.stat().st_size for p in fresh.iterdir())
        if bundled and size > MAX_SNAPSHOT_BYTES:
            raise KavelmonError(f"the snapshot would be {size:,} bytes; at most {MAX_SNAPSHOT_BYTES:,} is allowed")
        if bundled:
            _swap(fresh, target, Path(temporary) / "old")
        else:
            _publish(fresh, target)
    say(f"{target}: {size / 1e6:.1f} MB, {len(package['sources'])} sources")
    return package


def _package(work: _Work, rows: pd.DataFrame, folder: Path) -> dict:
    """Describe the store: every source with its inputs, every table with its hash."""
    described = []
    for name in sorted(work.inputs):
        source = work.catalogue.source(name)
        table = {"vektis": VEKTIS, "regions": "regions.parquet", "boundaries": "boundaries.parquet"}.get(
            source.kind, OPEN
        )
        described.append(store.provenance(source, work.inputs[name], rows[rows["source"] == name], table))
    resources = [
        {
            "name": p.stem.replace("_", "-"),
            "path": p.name,
            "bytes": p.stat().st_size,
            "hash": f"sha256:{store.sha256(p)}",
        }
        for p in sorted(folder.glob("*.parquet"))
    ]
    return {"name": "kavelmon", "resources": resources, "sources": described}


def _parent(target: Path) -> Path:
    """Make the folder that the store goes in, without what a killed build left there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f"{_DRAFT}*"):
        shutil.rmtree(left, ignore_errors=True)
    return target.parent


def _publish(fresh: Path, target: Path) -> None:
    """Put a complete store in a folder of its own below `target`, then point to it in one step."""
    name = store.sha256(fresh / "datapackage.json")[:16]
    target.mkdir(exist_ok=True)
    pointer = target / store.CURRENT
    before = pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else ""
    known = (target / name).is_dir()
    if not known:
        fresh.rename(target / name)
    draft = fresh.parent / store.CURRENT
    try:
        draft.write_text(name, encoding="utf-8")
        draft.replace(pointer)
    except OSError:
        if not known:
            shutil.rmtree(target / name, ignore_errors=True)
        raise
    for old in target.iterdir():  # the one before stays for whoever is reading it
        if old.is_dir() and old.name not in (name, before):
            shutil.rmtree(old, ignore_errors=True)


def _swap(fresh: Path, target: Path, old: Path) -> None:
    """Put the new snapshot in place of the old one; a failure between the two renames puts the old one back."""
    if target.exists():
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
