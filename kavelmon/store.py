"""The one table of observations: its columns, where it is kept, how a slice of it is read.

One row per observation. Key: indicator, source, region, region_year, period, age.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kavelmon import paths, shelf
from kavelmon.model import KavelmonError
from kavelmon.regions import Regions
from kavelmon.shelf import COLUMNS, KEY, SHELVES
from kavelmon.source_model import Source

CELLS = "vektis_cells.parquet"  # never in the bundled store
MEMBERSHIPS = "memberships.parquet"
SITE_COLUMNS = ["source", "name", "type", "lon", "lat"]
ALWAYS = ("", "~")  # from the first period to the last one
_Names = Collection[str]
OPEN, VEKTIS = "observations.parquet", "vektis.parquet"  # the second can be taken out: its terms are its own


@dataclass(frozen=True)
class Store:
    """One folder of tables, made by `write`; the bundled one or the user's own."""

    folder: Path

    def exists(self) -> bool:
        """Tell whether there is a complete store in the folder."""
        return (self.folder / "datapackage.json").is_file()

    @property
    def package(self) -> dict:
        """The content of ``datapackage.json``: the sources with their inputs, and the tables."""
        return _package(self.folder, (self.folder / "datapackage.json").stat().st_mtime_ns)

    @property
    def sources(self) -> dict[str, dict]:
        """The sources that this store holds figures of, by id; a table that was taken out takes its sources along."""
        return {s["name"]: s for s in self.package["sources"] if (self.folder / s["table"]).is_file()}

    def tables(self) -> list[Path]:
        """Return the tables of observations that are there."""
        return [path for path in (self.folder / OPEN, self.folder / VEKTIS) if path.is_file()]

    def indicators(self, name: str = "") -> set[str]:
        """Return the indicators and denominators that there are rows of (in the table of that name)."""
        paths = [path for path in self.tables() if name in ("", path.name)]
        return {group.indicator for path in paths for group in _file(path, path.stat().st_mtime_ns)[1]}

    def groups(self, indicators: _Names, shelves: _Names) -> list[pa.Table]:
        """Return the rows of some indicators on some shelves, one table per file that has any."""
        found = []
        for path in self.tables():
            file, groups = _file(path, path.stat().st_mtime_ns)
            numbers = [n for n, group in enumerate(groups) if group.indicator in indicators and group.shelf in shelves]
            if numbers:
                found.append(file.read_row_groups(numbers))
        return found

    def pieces(
        self, name: str, indicator: str, columns: list[str] | None = None, periods: tuple[str, str] = ALWAYS
    ) -> Iterator[pa.Table]:
        """Yield the rows of an indicator in one table piece by piece, in the order in which they were written.

        Text comes as numbers and a dictionary: in a seventh of the time that it takes as strings.

        Parameters
        ----------
        periods
            The first and the last one: pieces that hold none between these are left out.
        """
        path = self.folder / name
        file, groups = _file(path, path.stat().st_mtime_ns, True)
        for number, group in enumerate(groups):
            if group.indicator == indicator and group.first <= periods[1] and periods[0] <= group.last:
                yield file.read_row_group(number, columns=columns, use_threads=False)

    def length(self, indicator: str) -> int:
        """Return the number of rows of an indicator."""
        groups = (group for path in self.tables() for group in _file(path, path.stat().st_mtime_ns)[1])
        return sum(group.rows for group in groups if group.indicator == indicator)


class _Group(NamedTuple):
    """What a row group holds: of which indicator, on which shelf, from which period to which, and how many rows."""

    indicator: str
    shelf: str
    first: str
    last: str
    rows: int


@cache
def _file(path: Path, _changed: int, coded: bool = False) -> tuple[pq.ParquetFile, list[_Group]]:
    """Return a table of observations, and what each of its row groups holds."""
    file = pq.ParquetFile(path, read_dictionary=list(shelf.TEXT) if coded else None)
    at = [COLUMNS.index(name) for name in ("indicator", "level", "period")]
    found = []
    for number in range(file.num_row_groups):
        group = file.metadata.row_group(number)
        indicator, level, period = (group.column(n).statistics for n in at)
        found.append(_Group(indicator.min, SHELVES[level.min], period.min, period.max, group.num_rows))
    return file, found


@cache
def _package(folder: Path, _changed: int) -> dict:
    path = folder / "datapackage.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise KavelmonError(f"{path}: no complete JSON ({error}); make the store again with `kavelmon build`") from None


def _own() -> Store:
    """Return the user's own store: the version that its pointer names."""
    return Store(paths.version_of(paths.user_store()))


def stores() -> list[Store]:
    """Return the stores that figures come from: the user's own first, then the bundled one."""
    found = [s for s in (_own(), Store(paths.snapshot())) if s.exists()]
    if not found:
        raise KavelmonError(
            f"no figures: neither {paths.user_store()} nor {paths.snapshot()} holds a store; "
            "reinstall kavelmon, or make one with `kavelmon build --from FOLDER`"
        )
    return found


def held() -> dict[str, dict]:
    """Return what is known of each source that figures are held of; a source of the user's own goes first."""
    return {name: entry for store in reversed(stores()) for name, entry in store.sources.items()}


def cells_of(columns: Collection[str]) -> pd.DataFrame | None:
    """Return columns of the cells of Vektis by age and sex; None unless the user's own store holds them."""
    path = next((p for s in stores() if (p := s.folder / CELLS).is_file()), None)
    return None if path is None else pq.read_table(path, columns=list(columns)).to_pandas()


def shelves(levels: Collection[str]) -> frozenset[str]:
    """Return the shelves on which some levels lie; all of them when no level is named."""
    return frozenset(SHELVES[level] for level in levels or SHELVES)


def tables(indicators: Collection[str], shelves: Collection[str], sources: Collection[str] = ()) -> list[pa.Table]:
    """Return the rows of some indicators; a source in the user's own store replaces the bundled one whole."""
    found: list[pa.Table] = []
    seen: set[str] = set()
    for store in stores():
        wanted = [s for s in store.sources if s not in seen and (not sources or s in sources)]
        seen |= set(store.sources)
        if wanted:
            asked = pa.array(wanted)
            found += [t.filter(pc.is_in(t.column("source"), asked)) for t in store.groups(indicators, shelves)]
    return [t for t in found if t.num_rows]


def read(
    indicators: Collection[str],
    *,
    sources: Collection[str] = (),
    levels: Collection[str] = (),
    periods: Collection[str] = (),
    regions: Collection[str] = (),
) -> pd.DataFrame:
    """Read the rows of some indicators.

    Returns
    -------
    pandas.DataFrame
        The columns `COLUMNS`, text columns as plain strings, sorted by key.
    """
    found = tables(indicators, shelves(levels), sources)
    frame = pa.concat_tables(found).to_pandas() if found else pd.DataFrame(columns=COLUMNS)
    for name, values in (("level", levels), ("period", periods), ("region", regions)):
        frame = frame[frame[name].isin(values)] if values else frame
    return frame.sort_values(KEY, ignore_index=True)


def version() -> str:
    """Return what names the figures that are held: a short hash of what describes the stores."""
    described = b"".join((s.folder / "datapackage.json").read_bytes() for s in stores())
    return hashlib.sha256(described).hexdigest()[:8]


@cache
def regions() -> Regions:
    """Return the history of the gemeenten and the names of the regions."""
    folder = next(s.folder for s in stores() if (s.folder / "regions.parquet").is_file())
    return read_regions(folder)


@cache
def memberships() -> pd.DataFrame:
    """Return in which region each gemeente lies, by list; one in the user's own store replaces the same bundled one.

    Returns
    -------
    pandas.DataFrame
        kind (GG, ZK, CR, PV, VR), code and name of the region, gemeente, year (of the indeling of the list), derived
        (no official list), share (of the inhabitants of the gemeente; NaN where the list is not certain), source.
    """
    found: list[pd.DataFrame] = []
    seen: set[str] = set()
    for path in (s.folder / MEMBERSHIPS for s in stores()):
        if path.is_file():
            rows = pq.read_table(path).to_pandas()
            found.append(rows[~rows["source"].isin(seen)])
            seen |= set(rows["source"])
    if not found:
        raise KavelmonError(
            f"no store holds {MEMBERSHIPS}, the lists of GGD-regio's and others; reinstall kavelmon, or make a "
            "store of a folder that holds them: `kavelmon build --from FOLDER`"
        )
    return pd.concat(found).sort_values(["kind", "year", "code", "gemeente"], ignore_index=True)


def sites(source: str) -> pd.DataFrame:
    """Return the sites of one source: columns source, name, type, lon, lat; no rows when it has none."""
    folder = next((s.folder for s in stores() if source in s.sources), paths.snapshot())
    path = folder / "sites.parquet"
    found = pq.read_table(path).to_pandas() if path.is_file() else pd.DataFrame(columns=SITE_COLUMNS)
    return found[found["source"] == source]


def read_regions(folder: Path) -> Regions:
    """Read the history of the gemeenten from the tables in a folder."""
    names = pq.read_table(folder / "regions.parquet").to_pandas()
    transfers = pq.read_table(folder / "herindelingen.parquet").to_pandas()
    large = names["region_year"] == 0
    return Regions(
        frozenset(names.loc[names["base"], "code"]),
        transfers,
        # CBS tells the gemeente Utrecht from the province so; the lists here are of gemeenten
        dict(zip(names.loc[large, "code"], names.loc[large, "name"].str.removesuffix(" (gemeente)"), strict=True)),
        {(c, int(y)): n for c, y, n in names.loc[~large, ["code", "region_year", "name"]].itertuples(index=False)},
    )


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def provenance(source: Source, inputs: Iterable[Path], rows: Mapping[str, int], name: str) -> dict:
    """Describe one source of a store: whose figures, which table, periods, input files with hash, licence.

    Parameters
    ----------
    rows
        The number of its observations, by period.
    """
    accessed = source.accessed.isoformat() if isinstance(source.accessed, dt.date) else source.accessed
    return {
        "name": source.id,
        "publisher": source.publisher,
        "title": source.title,
        "table_id": source.table,
        "licence": source.licence,
        "accessed": accessed,
        "periods": sorted(rows),
        "table": name,
        "rows": sum(rows.values()),
        # a hash of a small table is a way to try what its hidden cells hold
        "inputs": [
            {"file": p.name}
            if source.disclosure != "publisher"
            else {"file": p.name, "bytes": p.stat().st_size, "sha256": sha256(p)}
            for p in inputs
        ],
    }


def with_numerators(rows: pd.DataFrame, per: float) -> pd.DataFrame:
    """Fill numerators that are not published with value * denominator / per."""
    implied = rows["value"] * rows["denominator"] / per
    return rows.assign(numerator=np.where(rows["numerator"].isna(), implied, rows["numerator"]))
