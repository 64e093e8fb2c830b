"""Which gemeenten or wijken lie side by side, and how long the border is that they have in common."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import numpy as np
import shapely

from kavelmon import geometry, store
from kavelmon.model import NotFoundError

LEAST_M = 10.0  # of border: shapes are rounded to about a metre, so a corner of four units may be drawn as a short line
_METRES = "EPSG:28992"


@dataclass(frozen=True, eq=False)
class Graph:
    """Units and their neighbours, as lists one after another; n units, m entries (each border stands there twice).

    The neighbours of unit ``i`` are ``to[start[i]:start[i + 1]]``, in rising order.

    Attributes
    ----------
    codes
        The n units, sorted.
    start
        Where the neighbours of each unit begin in `to`; shape (n + 1,).
    to
        Neighbours, as places in `codes`; shape (m,).
    border
        Metres of border in common with each neighbour in `to`, at least `LEAST_M`; shape (m,).
    outline
        Metres around each unit, along neighbours, coast, water and the borders of the country; shape (n,).
    absent
        Codes that were asked and that have no shape, or one that is another area by now; sorted.
    """

    codes: tuple[str, ...]
    start: np.ndarray
    to: np.ndarray
    border: np.ndarray
    outline: np.ndarray
    absent: tuple[str, ...] = ()


def neighbours(level: str, year: int, codes: Collection[str] | None = None) -> Graph:
    """Return which units have a border in common; a point in common, or less than `LEAST_M`, is none.

    The shapes are land with the smaller waters; large water is left out of them, and gaps below 150 m are closed. So
    units on two sides of a river, where their border runs in it, are neighbours; those on two sides of a wide one, of
    a sea arm or a lake are not, bridge or no bridge. An island has no neighbours, save that in the layer of 2024 flats
    make short borders between Texel, Vlieland and Terschelling, and between Schiermonnikoog and the coast.

    Parameters
    ----------
    level, year
        ``GM`` or ``WK``, and the indeling of the codes.
    codes
        Only these, and borders among them; default: every unit of the indeling.

    Returns
    -------
    Graph
        Units with a shape that is their area, lengths in metres; the arrays cannot be written to. Shapes are of the
        layer that `geometry.shapes` takes, borders being simplified (50 m for wijken, 100 m for gemeenten).

    Raises
    ------
    NotFoundError
        No shapes of this level; an indeling without a list of its units.
    SourceError
        No file of boundaries.
    """
    whole = _country(level, year)
    return whole if codes is None else _among(whole, codes)


@lru_cache(maxsize=8)
def _country(level: str, year: int) -> Graph:
    drawn = geometry.shapes(level, year)
    listed, other = _listed(level, year, drawn)
    usable = drawn[drawn["code"].isin(listed) & ~drawn["code"].isin(other)].sort_values("code")
    lines = shapely.boundary(usable.geometry.to_crs(_METRES).to_numpy())
    here, there = shapely.STRtree(lines).query(lines, predicate="intersects")
    once = here < there
    here, there = here[once], there[once]
    # Neighbours have the same points along their border: a layer that is no such coverage cannot be made (see
    # `sources.boundaries.simplify`), so that what is in common needs no tolerance; of points in common the length is 0
    metres = shapely.length(shapely.intersection(lines[here], lines[there]))
    border = metres >= LEAST_M
    pairs = here[border], there[border], metres[border]
    codes = tuple(usable["code"])
    return _graph(codes, *pairs, shapely.length(lines), tuple(sorted(listed - set(codes))))


def _listed(level: str, year: int, drawn: gpd.GeoDataFrame) -> tuple[set[str], set[str]]:
    """Return the units of an indeling, and those of them whose code is drawn as another area."""
    regions, of = store.regions(), int(drawn.attrs["region_year"])
    if level == "GM":
        # their history is known, so names need not tell: the layer of 2019 has none, and one that grew kept its name
        listed = set(regions.gemeenten(year))
        return listed, set(regions.changed(year, of) & listed)
    names = {code: name for (code, when), name in regions.small.items() if when == year and code.startswith(level)}
    if not names:
        known = sorted({when for code, when in regions.small if code.startswith(level)})
        raise NotFoundError(
            f"no list of level {level} for {year}; there are lists of {', '.join(map(str, known))}: use one of these"
        )
    return set(names), set(geometry.renamed(names, drawn)) if of != year else set()


def _graph(
    codes: tuple[str, ...],
    here: np.ndarray,
    there: np.ndarray,
    metres: np.ndarray,
    outline: np.ndarray,
    absent: tuple[str, ...],
) -> Graph:
    """Return a graph from pairs of which each stands there once."""
    sides = np.concatenate([here, there]), np.concatenate([there, here])
    order = np.lexsort(sides[::-1])
    start = np.concatenate([[0], np.cumsum(np.bincount(sides[0], minlength=len(codes)))])
    made = Graph(codes, start, sides[1][order], np.tile(metres, 2)[order], outline, absent)
    for array in (made.start, made.to, made.border, made.outline):
        array.setflags(write=False)  # one graph serves every caller
    return made


def _among(whole: Graph, codes: Collection[str]) -> Graph:
    """Return the part of a graph that is these codes and the borders among them."""
    asked = set(codes)
    kept = np.array([code in asked for code in whole.codes], dtype=bool)
    place = np.cumsum(kept) - 1
    here = np.repeat(np.arange(len(whole.codes)), np.diff(whole.start))
    chosen = kept[here] & kept[whole.to] & (here < whole.to)
    names = tuple(code for code, there in zip(whole.codes, kept, strict=True) if there)
    pairs = place[here[chosen]], place[whole.to[chosen]], whole.border[chosen]
    return _graph(names, *pairs, whole.outline[kept], tuple(sorted(asked - set(names))))
