"""The boundaries that are held: which layer fits the indeling of a figure, and the shapes of an area from it."""

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path

import geopandas as gpd
import pyarrow.parquet as pq

from kavelmon import store
from kavelmon.model import NotFoundError, SourceError
from kavelmon.regions import same_name

FILE = "boundaries.parquet"


def shapes(
    level: str, region_year: int, codes: Collection[str] | None = None, *, folder: Path | None = None
) -> gpd.GeoDataFrame:
    """Read shapes of one level, of the layer whose year fits `region_year` best.

    That is the layer of the nearest year, the later one of two equally near, of all stores; of one year that of the
    user's own store goes first. With the bundled gemeenten of 2019, 2022 and 2024 this gives the same gemeenten for
    2020 (from 2019) and for 2023, 2025 and 2026 (from 2024); nothing was redivided in between. Before 2019 and in 2021
    some codes have no shape: ask `missing_shapes`, and name them to the reader.

    Parameters
    ----------
    level, region_year
        ``GM`` or ``WK``, and the indeling of the figures that are to be drawn.
    codes
        Only these, for example the wijken of one kavel; those without a shape are left out. Default: the country.
    folder
        Only the layers of this store; default those of the user's own and of the bundled one.

    Returns
    -------
    GeoDataFrame
        Columns level, region_year, code, name, geometry (lon/lat), by code; ``attrs["region_year"]`` is the year drawn.

    Raises
    ------
    NotFoundError, SourceError
        No layer of this level; no file of boundaries in the folder.
    """
    folders = [folder] if folder else [one.folder for one in store.stores()]
    files = [path for one in folders if (path := one / FILE).is_file()]
    if not files:
        raise SourceError(f"{folders[-1] / FILE}: not there; `kavelmon snapshot` makes it from the boundary files")
    layers = [(path, *layer) for path in files for layer in _layers(path, path.stat().st_mtime_ns)]
    # min takes the first of equals: the user's own store comes before the bundled one
    fitting = [(path, year) for path, of, year in layers if of == level]
    if not fitting:
        known = ", ".join(sorted({of for _, of, _ in layers}))
        raise NotFoundError(f'{FILE}: no shapes of level "{level}"; it holds {known}')
    path, year = min(fitting, key=lambda one: (abs(one[1] - region_year), -one[1]))
    rows = [("level", "==", level), ("region_year", "==", year)]
    if codes is not None:
        rows.append(("code", "in", [*codes] or [""]))  # pyarrow cannot type an empty list
    found = gpd.read_parquet(path, filters=rows)
    found.attrs["region_year"] = year
    return found


@cache
def _layers(path: Path, _changed: int) -> list[tuple[str, int]]:
    """Return level and year of the layers in a file."""
    rows = pq.read_table(path, columns=["level", "region_year"]).group_by(["level", "region_year"]).aggregate([])
    return [(row["level"], row["region_year"]) for row in rows.to_pylist()]


def missing_shapes(codes: Iterable[str], shapes: gpd.GeoDataFrame) -> list[str]:
    """Return the codes that have no shape, sorted: to be counted and named, never drawn as another area.

    Examples
    --------
    >>> missing_shapes(["GM0222", "GM0236"], gpd.GeoDataFrame({"code": ["GM0222"]}))
    ['GM0236']
    """
    return sorted(set(codes) - set(shapes["code"]))


def renamed(names: Mapping[str, str], shapes: gpd.GeoDataFrame) -> list[str]:
    """Return the codes whose shape has quite another name than the figure has, sorted.

    A gemeente that redivides its wijken may give an old code to another area: such a figure is not drawn either. A
    name on one side only ("Wijk 03" became "Kloosterburen") counts as another name: most of those areas did change.
    A layer without names (gemeenten 2019) tells nothing.

    Examples
    --------
    >>> drawn = gpd.GeoDataFrame({"code": ["WK190103", "WK007407"], "name": ["Nieuwerbrug", "Skarsterlan"]})
    >>> renamed({"WK190103": "Wijk 03 Bodegraven Zuid", "WK007407": "Skarsterlân"}, drawn)
    ['WK190103']
    """
    drawn = {code: name for code, name in zip(shapes["code"], shapes["name"], strict=True) if name and code in names}
    return sorted(code for code, name in drawn.items() if not same_name(names[code], name))
