"""Outlines of the country and of areas as small SVG path data; a picture of where, not a map of figures.

Widths and heights are in the units of the picture's own `viewBox`. Shapes are simplified together, so that neighbours
keep one border, and rounded to whole units.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from kavelmon import colours, geometry
from kavelmon.model import NotFoundError

_NEWEST = 9999  # the layer nearest to this year is the newest one
_LOCATOR = 340  # high: twice the size at which it is shown, in about 6 kB


@dataclass(frozen=True)
class Frame:
    """A rectangle of lon/lat put on a picture, as wide for its height as it is on the ground.

    Attributes
    ----------
    west, north
        The corner that becomes (0, 0).
    across, down
        Units per degree.
    width, height
        The size of the picture.
    """

    west: float
    north: float
    across: float
    down: float
    width: int
    height: int

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a place lies in the picture."""
        return (lon - self.west) * self.across, (self.north - lat) * self.down

    def put(self, shape: BaseGeometry) -> BaseGeometry:
        """Return a shape in the units of the picture."""
        return shapely.transform(shape, lambda at: (at - [self.west, self.north]) * [self.across, -self.down])


def frame_of(bounds: Collection[float], width: float, height: float, margin: float = 2) -> Frame:
    """Return the largest frame of `bounds` (west, south, east, north) inside `width` by `height`.

    Examples
    --------
    >>> frame = frame_of((5, 52, 6, 53), 100, 100, margin=0)
    >>> frame.width, frame.height
    (61, 100)
    """
    west, south, east, north = bounds
    squeeze = math.cos(math.radians((south + north) / 2))
    down = min((width - 2 * margin) / ((east - west) * squeeze), (height - 2 * margin) / (north - south))
    across = down * squeeze
    size = (east - west) * across + 2 * margin, (north - south) * down + 2 * margin
    return Frame(west - margin / across, north + margin / down, across, down, math.ceil(size[0]), math.ceil(size[1]))


@dataclass(frozen=True)
class Outline:
    """The silhouette of an area: `border` is its outer edge, `parts` its gemeenten or wijken, as SVG path data."""

    width: int
    height: int
    border: str
    parts: tuple[str, ...]


def path(shape: BaseGeometry, tolerance: float = 0.6, smallest: float = 4) -> str:
    """Return SVG path data in whole units; islands and lakes below `smallest` square units are left out.

    The largest part always stays, however small it is.

    Examples
    --------
    >>> path(shapely.box(0, 0, 10, 5))
    'M10 0V5H0V0Z'
    """
    parts = sorted(_polygons(shape), key=lambda part: -part.area)
    kept = [part for number, part in enumerate(parts) if not number or part.area >= smallest]
    rings = []
    for part in kept:
        holes = [hole for hole in part.interiors if Polygon(hole).area >= smallest]
        rings += [_ring(ring, tolerance) for ring in (part.exterior, *holes)]
    return "".join(rings)


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    return [part for part in getattr(shape, "geoms", ()) for part in _polygons(part)]


def _ring(ring: BaseGeometry, tolerance: float) -> str:
    """Write one closed ring: absolute start, then relative steps; a ring that becomes a line is not written."""
    points = np.rint(shapely.get_coordinates(shapely.simplify(ring, tolerance))).astype(int)
    steps = np.diff(points, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    if len(steps) < 3:
        return ""
    x, y = points[0]
    data, last = f"M{x} {y}", ""
    for dx, dy in steps[:-1]:  # Z draws the last one
        x, y = x + dx, y + dy
        if dx == 0 or dy == 0:
            data, last = data + (f"V{y}" if dx == 0 else f"H{x}"), ""
        else:
            step = f"{dx}{'' if dy < 0 else ' '}{dy}"
            data += step if last == "l" and dx < 0 else f"{' ' if last == 'l' else 'l'}{step}"
            last = "l"
    return data + "Z"


def layer(level: str) -> gpd.GeoDataFrame:
    """Return the newest shapes of a level, GM or WK (lon/lat)."""
    return _layer(level)


@cache
def _layer(level: str) -> gpd.GeoDataFrame:
    return geometry.shapes(level, _NEWEST)


def year() -> int:
    """Return the year of the boundaries that are drawn."""
    return int(_layer("GM").attrs["region_year"])


@cache
def land() -> MultiPolygon:
    """Return the country, without the borders between gemeenten (lon/lat)."""
    return MultiPolygon(_polygons(shapely.coverage_union_all(_layer("GM").geometry.array)))


def shapes_of(codes: Collection[str]) -> gpd.GeoDataFrame:
    """Return the shapes of gemeenten or wijken in the newest layer (lon/lat).

    Raises
    ------
    NotFoundError
        When one of them has no shape: an area that lacks a part would be drawn as another area.
    """
    levels = sorted({code[:2] for code in codes} & {"GM", "WK"}) or ["GM"]
    found = pd.concat([_layer(level) for level in levels])
    found = found[found["code"].isin(list(codes))]
    if lost := geometry.missing_shapes(codes, found):
        raise NotFoundError(f"no outline without {', '.join(lost[:5])}: the newest boundaries have no such shape")
    if found.empty:
        raise NotFoundError("an outline of no codes; give at least one gemeente or wijk code")
    return found


def dissolved(codes: Collection[str]) -> BaseGeometry:
    """Return an area as one shape (lon/lat); raises `NotFoundError` as `shapes_of` does."""
    return shapely.coverage_union_all(shapes_of(codes).geometry.array)


@cache
def country(width: int = 300, height: int = _LOCATOR) -> Outline:
    """Return the outline of the Netherlands inside `width` by `height`."""
    frame = national(width, height)
    border = path(frame.put(land()))
    return Outline(frame.width, frame.height, border, (border,))


def national(width: int = 300, height: int = _LOCATOR) -> Frame:
    """Return the frame of `country`, to put something in its place."""
    return frame_of(land().bounds, width, height)


def area(codes: Collection[str], width: int = 230, height: int = 200) -> Outline:
    """Return the outline of an area and of its parts inside `width` by `height`; raises `NotFoundError`."""
    found = shapes_of(codes)
    frame = frame_of(found.total_bounds, width, height)
    parts = frame.put(found.geometry.array)
    # neighbours are simplified as one, so that they keep one border
    parts = shapely.coverage_simplify(parts, 1)
    border = path(shapely.coverage_union_all(parts), tolerance=0)
    return Outline(frame.width, frame.height, border, tuple(path(part, tolerance=0) for part in parts))


def locator(codes: Collection[str]) -> str:
    """Return a picture of the country with an area filled in: inline SVG, without a size and unseen by screen readers.

    Without codes, or with one that has no shape, the country alone.
    """
    outline = country()
    here = ""
    if codes:
        try:
            here = path(national().put(dissolved(codes)), smallest=1)
        except NotFoundError:
            here = ""
    filled = f'<path fill="{colours.KAVEL}" d="{here}"/>' if here else ""
    return (
        f'<svg aria-hidden="true" focusable="false" viewBox="0 0 {outline.width} {outline.height}">'
        f'<path fill="{colours.RANGE}" fill-rule="evenodd" d="{outline.border}"/>{filled}</svg>'
    )


def inside(shape: BaseGeometry, rest: BaseGeometry | None = None) -> Point:
    """Return a point well inside the largest part of a shape; outside `rest` where something of the shape is left."""
    left = shape.difference(rest) if rest is not None else shape
    parts = _polygons(left) or _polygons(shape)
    return Point(shapely.get_coordinates(shapely.maximum_inscribed_circle(max(parts, key=lambda p: p.area)))[0])
