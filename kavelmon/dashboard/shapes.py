"""Geometry for the browser: flat, small whole numbers, one frame for all layers of an area."""

import math
from collections.abc import Collection, Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kavelmon import geometry
from kavelmon.regions import gemeente_of

_GRID = 2400  # whole numbers along the longer side: finer than a pixel on any screen
_FINE = 900  # in a layer of many shapes, what is smaller than the height divided by this is not seen
_MANY = 500
_NAMED = 60  # a layer of more shapes has no names on the map


class Layers:
    """The layers of one area, each of a level and a year, in one frame."""

    def __init__(self, codes: Collection[str]) -> None:
        self.codes = frozenset(codes)
        self._wanted: dict[tuple[str, int], set[str]] = {}
        self._drawn: dict[tuple[str, int], gpd.GeoDataFrame] = {}
        self._frame: tuple[float, float, float, float] | None = None  # west, north, and steps a degree

    def place(self, level: str, year: int, units: pd.DataFrame) -> tuple[str, list[str]]:
        """Return the name of the layer that units are drawn on, and the codes that have no place on it.

        A code that is another area by now has no place: it is never drawn as that area.
        """
        if level == "BU":
            return "", sorted(units["region"])
        found = self._layer(level, year)
        lost = geometry.missing_shapes(units["region"], found)
        if found.attrs["region_year"] != year:
            lost += geometry.renamed(dict(zip(units["region"], units["region_name"], strict=True)), found)
        key = (level, int(found.attrs["region_year"]))
        self._wanted.setdefault(key, set()).update(set(units["region"]) - set(lost))
        return f"{level}-{key[1]}", sorted(lost)

    def _layer(self, level: str, year: int) -> gpd.GeoDataFrame:
        if (level, year) not in self._drawn:
            self._drawn[level, year] = geometry.shapes(level, year)
        return self._drawn[level, year]

    def packed(self) -> dict:
        """Return every layer that was asked for: ``size`` of the frame, ``layers`` by name, ``year`` of each.

        A layer is a list of codes and, per code, polygons of rings; a ring is flat: x, y, then steps (dx, dy).
        Wijken bring the gemeenten of their year along, for the borders and names over them.
        """
        for level, year in list(self._wanted):
            if level == "WK":
                around = {gemeente_of(code) for code in self._wanted[level, year]}
                self._layer("GM", year)
                self._wanted.setdefault(("GM", year), set()).update(around)
        found = {}
        for (level, year), codes in self._wanted.items():
            frame = self._layer(level, year)
            found[f"{level}-{year}"] = frame[frame["code"].isin(codes)]
        if not found:
            return {"size": [1, 1], "layers": {}}
        bounds = np.array([frame.total_bounds for frame in found.values()])
        west, south = bounds[:, 0].min(), bounds[:, 1].min()
        east, north = bounds[:, 2].max(), bounds[:, 3].max()
        squeeze = math.cos(math.radians((south + north) / 2))
        scale = _GRID / max((east - west) * squeeze, north - south)
        self._frame = west, north, squeeze * scale, scale
        layers = {}
        for name, frame in found.items():
            lines = frame.geometry
            if len(frame) > _MANY:  # neighbours keep their common border
                lines = lines.simplify_coverage((north - south) / _FINE)
            flat = shapely.transform(
                lines.to_numpy(), lambda at: (at - [west, north]) * [squeeze * scale, -scale], include_z=False
            )
            layers[name] = {
                "codes": frame["code"].tolist(),
                "names": _names(frame, flat) if len(frame) <= _NAMED else [],
                "rings": [_polygons(one) for one in flat],
            }
        size = [(east - west) * squeeze * scale, (north - south) * scale]
        return {"size": [round(side) for side in size], "layers": layers}

    def at(self, lon: float, lat: float) -> list[int]:
        """Return where a point (degrees) is in the frame of `packed`: x, y; nowhere without a frame."""
        if self._frame is None or math.isnan(lon):
            return []
        west, north, east, south = self._frame
        return [round((lon - west) * east), round((north - lat) * south)]


def _names(frame: gpd.GeoDataFrame, flat: np.ndarray) -> list[list]:
    """Return where each name is written: inside its shape; and how large the shape is."""
    centres = shapely.get_point(shapely.maximum_inscribed_circle(flat), 0)
    return [
        [round(c.x), round(c.y), round(math.sqrt(a)), n or ""]
        for c, a, n in zip(centres, shapely.area(flat), frame["name"], strict=True)
    ]


def _polygons(shape: shapely.Geometry) -> list[list[list[int]]]:
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    largest = max(parts, key=shapely.area)
    drawn = ([_ring(p.exterior), *map(_ring, p.interiors)] for p in parts)
    kept = [[ring for ring in rings if len(ring) >= 8] for rings in drawn]
    kept = [rings for rings in kept if rings]
    return kept or [[_ring(largest.exterior)]]


def _ring(line: Iterable) -> list[int]:
    at = np.round(shapely.get_coordinates(line)).astype(int)
    steps = np.diff(at, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    return [*at[0].tolist(), *steps.ravel().tolist()]
