"""What a user's own store keeps when it is made again: every source that the new one does not bring itself."""

import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kavelmon import paths
from kavelmon.declarations import Local, kept, near
from kavelmon.model import KavelmonError, NotFoundError
from kavelmon.store import MEMBERSHIPS, VEKTIS, Store

BOUNDARIES, SITES = "boundaries.parquet", "sites.parquet"
INTERVENTIONS, JUDGEMENTS, STAGES = "interventions.parquet", "judgements.parquet", "stages.parquet"
LISTS = (INTERVENTIONS, JUDGEMENTS, STAGES)  # a column "list" tells which list a row is of
_REGIONS = ("regions.parquet", "herindelingen.parquet")
_OF_VEKTIS = ("vektis_rates.parquet", "vektis_cells.parquet")


@dataclass(frozen=True)
class Carried:
    """What stays of a store.

    Attributes
    ----------
    store
        Where its observations are read from, indicator by indicator (`rows`).
    tables
        Other tables, by name.
    layers
        Boundaries that are not read anew.
    described
        The entries of the sources in ``datapackage.json``.
    local
        What regions' own tables declare.
    lists
        Rows of a region's own lists, by the file that holds all lists of their kind.
    """

    store: Store | None = None
    tables: dict[str, pa.Table] = field(default_factory=dict)
    layers: gpd.GeoDataFrame | None = None
    described: list[dict[str, Any]] = field(default_factory=list)
    local: dict[str, Local] = field(default_factory=dict)
    lists: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing stays."""
        return not self.described and not self.lists

    @cached_property
    def indicators(self) -> dict[str, frozenset[str]]:
        """The indicators that rows may stay of, by name of the table."""
        return (
            {path.name: frozenset(self.store.indicators(path.name)) for path in self.store.tables()}
            if self.store
            else {}
        )

    def rows(self, name: str, indicator: str) -> dict[str, Iterator[pd.DataFrame]]:
        """Return the observations of an indicator that stay in a table, by source; they are read when they are asked.

        Each comes in the order in which it was written, text as categories.

        Raises
        ------
        KavelmonError
            They are not there any more.
        """
        if not self.store or indicator not in self.indicators.get(name, ()):
            return {}
        staying = {entry["name"] for entry in self.described}
        there = {s for piece in self._pieces(name, indicator, ["source"]) for s in piece["source"].unique().to_pylist()}
        return {source: self._of(name, indicator, source) for source in there & staying}

    def _of(self, name: str, indicator: str, source: str) -> Iterator[pd.DataFrame]:
        for rows in self._pieces(name, indicator):
            if len(mine := rows.filter(pc.equal(rows["source"], source))):
                yield mine.to_pandas()

    def _pieces(self, name: str, indicator: str, columns: list[str] | None = None) -> Iterator[pa.Table]:
        assert self.store
        try:
            yield from self.store.pieces(name, indicator, columns)
        except FileNotFoundError:
            raise KavelmonError(
                f"{self.store.folder}: gone while it was read; another run renewed it: do this one again"
            ) from None


def of(target: Path, away: Collection[str], layers: Collection[tuple[str, int]] = ()) -> Carried:
    """Return what stays of the store in `target` when some sources and lists of it go.

    Parameters
    ----------
    away
        Ids of the sources and lists that are brought anew, or taken out.
    layers
        Level and year of the boundaries that are brought anew.
    """
    store = Store(paths.version_of(target))
    if not store.exists():
        return Carried()
    described = [entry for entry in store.package["sources"] if entry["name"] not in away]
    staying = {entry["name"] for entry in described}
    return Carried(
        store,
        _tables(store.folder, described, staying),
        _layers(store.folder, layers),
        described,
        {name: one for name, one in kept(store.folder).items() if name in staying},
        lists(target, away),
    )


def held(target: Path) -> list[str]:
    """Return the ids of the sources and lists in the store in `target`."""
    store = Store(paths.version_of(target))
    named = [entry["name"] for entry in store.package["sources"]] if store.exists() else []
    return [*named, *(name for rows in lists(target, ()).values() for name in sorted(rows["list"].unique()))]


def lists(target: Path, away: Collection[str]) -> dict[str, pd.DataFrame]:
    """Return the rows of a region's own lists in the store in `target`, by file, without those of some lists."""
    store, found = Store(paths.version_of(target)), {}
    for name in LISTS if store.exists() else ():
        if (store.folder / name).is_file():
            rows = pq.read_table(store.folder / name).to_pandas()
            rows = rows[~rows["list"].isin(list(away))]
            if len(rows):
                found[name] = rows
    return found


def known(target: Path, name: str) -> None:
    """Raise `NotFoundError` when the store in `target` holds no source or list of that id."""
    ids = held(target)
    if name not in ids:
        nearest = f"nearest: {near(name, ids)}" if ids else "it holds nothing"
        raise NotFoundError(f'"{name}" is not in your own store ({target}); {nearest}')


def discard(target: Path) -> None:
    """Take a store away of which nothing stays; who reads meanwhile finds all of it or nothing."""
    version = paths.version_of(target)
    (target / paths.POINTER).unlink(missing_ok=True)
    shutil.rmtree(version, ignore_errors=True)


def _tables(folder: Path, described: list[dict[str, Any]], staying: set[str]) -> dict[str, pa.Table]:
    """Return the tables beside the observations whose source stays."""
    names = [entry["table"] for entry in described]
    wanted = [*(_REGIONS if _REGIONS[0] in names else ()), *(_OF_VEKTIS if VEKTIS in names else ())]
    found = {name: pq.read_table(folder / name) for name in wanted if (folder / name).is_file()}
    for name in (SITES, MEMBERSHIPS):
        if (folder / name).is_file():
            rows = pq.read_table(folder / name)
            rows = rows.filter(pc.is_in(rows["source"], pa.array(sorted(staying), pa.string())))
            if rows.num_rows:
                found[name] = rows
    return found


def _layers(folder: Path, brought: Collection[tuple[str, int]]) -> gpd.GeoDataFrame | None:
    if not (folder / BOUNDARIES).is_file():
        return None
    found = gpd.read_parquet(folder / BOUNDARIES)
    new = [key in brought for key in zip(found["level"], found["region_year"].astype(int), strict=True)]
    found = found[[not one for one in new]]
    return found if len(found) else None
