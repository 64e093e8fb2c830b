"""Boundaries of gemeenten and wijken: from the GeoJSON files as published to the layers of the bundled snapshot."""

import json
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kavelmon.declarations import near
from kavelmon.model import SourceError

COLUMNS = ["level", "region_year", "code", "name", "geometry"]
LONLAT, RD = "EPSG:4326", "EPSG:28992"
TOLERANCE_M = {"GM": 100.0, "WK": 50.0, "BU": 20.0}  # a pixel or less when one area fills a map of 600 px
GAP_M = 150.0  # publishers simplify shape by shape; a gap narrower than this between two of them is no lake
DECIMALS = 5  # of a degree: about a metre
_CODES = {"GM": "GM[0-9]{4}", "WK": "WK[0-9]{4}[0-9A-Z]{2}", "BU": "BU[0-9]{4}[0-9A-Z]{4}"}
_CODES["RG"] = "(?:GG|ZK|CR|PV|VR)[0-9]+"  # regions, that gemeenten lie in
_COUNTRY = shapely.box(3.0, 50.5, 7.5, 54.0)  # lon, lat; territorial waters included
_AGAIN = "download the file again as GeoJSON"


def read_layer(
    path: Path, *, level: str, year: int, code: str, name: str = "", drop: tuple[str, ...] = ()
) -> gpd.GeoDataFrame:
    """Read one layer of one indeling (`level`, `year`) from GeoJSON in lon/lat or RD metres.

    `code` and `name` are properties of the features. Left out: "Buitenland" (gemeente 0998), codes that match a pattern
    of `drop`, and water wijken. Those end in 99, but so do wijken on land: the name ("Groot water") or the property
    ``water = "JA"`` has to say that it is water.

    Returns
    -------
    GeoDataFrame
        `COLUMNS` in lon/lat: valid polygons, one row per code, sorted by code; names are empty without `name`.

    Raises
    ------
    SourceError
        When the file is no such layer; it names the file, the feature, what was found and what to do.
    """
    return read_features(_features(path), path, level=level, year=year, code=code, name=name, drop=drop)


def read_features(
    features: list, path: Path, *, level: str, year: int, code: str, name: str = "", drop: tuple[str, ...] = ()
) -> gpd.GeoDataFrame:
    """Read the features of one layer as `read_layer` does; `path` names them in an error."""
    rows = []
    for number, feature in enumerate(features, start=1):
        where = f"{path.name}: feature {number}"
        properties = feature.get("properties") if isinstance(feature, dict) else None
        properties = properties if isinstance(properties, dict) else {}
        for key in filter(None, (code, name)):
            if properties.get(key) is None:
                raise SourceError(f'{where}: no property "{key}"; nearest: {near(key, properties)}; declare that one')
        found, label = str(properties[code]).strip(), str(properties[name]).strip() if name else ""
        if not re.fullmatch(_CODES[level], found):
            raise SourceError(f'{where}: {code} = "{found}"; a code of level {level} looks like {_CODES[level]}')
        water = properties.get("water") == "JA" or (found.endswith("99") and label == "Groot water")
        if not (water or found[2:6] == "0998" or any(fnmatchcase(found, pattern) for pattern in drop)):
            rows.append((level, year, found, label, _polygons(feature.get("geometry"), f"{where} ({found})")))
    if not rows:
        raise SourceError(f"{path.name}: nothing remains without water, Buitenland and drop = {drop}; look at drop")
    layer = gpd.GeoDataFrame(rows, columns=COLUMNS, geometry="geometry")
    layer = layer.set_crs(RD if np.abs(layer.total_bounds).max() > 180 else LONLAT).to_crs(LONLAT)
    if len(outside := layer[~layer.within(_COUNTRY)]):
        where = f"{path.name}: {outside['code'].iloc[0]} at {outside.total_bounds.round(1).tolist()}"
        raise SourceError(f"{where} lies outside the Netherlands; export lon/lat, in that order, or RD (EPSG:28992)")
    for twice, parts in layer[layer["code"].duplicated(keep=False)].groupby("code"):
        metres = parts.to_crs(RD)
        if parts["name"].nunique() > 1 or metres.area.sum() > 1.01 * metres.union_all().area:
            where = f"{path.name}: {twice} stands there {len(parts)} times ({', '.join(parts['name'])})"
            raise SourceError(f"{where}, and not as separate parts of one area; keep one")
    return layer.dissolve("code", as_index=False)[COLUMNS]


def _features(path: Path) -> list:
    try:
        content = json.loads((data := path.read_bytes()).decode("utf-8-sig"))
    except OSError as error:
        raise SourceError(f"{path.name}: cannot be read: {error.strerror}; look at {path.parent}") from None
    except UnicodeDecodeError as error:
        raise SourceError(f"{path.name}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        fault = f"cut off or no JSON: {error}" if data.strip() else "empty"
        raise SourceError(f"{path.name}: the file is {fault}; {_AGAIN}") from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features or content.get("type") != "FeatureCollection":
        found = f"type {content.get('type')!r}, features {str(features)[:20]}" if isinstance(content, dict) else content
        raise SourceError(f"{path.name}: {str(found)[:80]}; expected a FeatureCollection with features: {_AGAIN}")
    return features


def _polygons(geometry: object, where: str) -> shapely.Geometry:
    try:
        shape = shapely.force_2d(shapely.geometry.shape(geometry))
        # "structure" keeps the area of a ring that crosses itself and drops what is left of lines and points
        area = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError):
        area = shapely.Polygon()
    if area.is_empty or area.geom_type not in ("Polygon", "MultiPolygon") or not np.isfinite(area.bounds).all():
        found = geometry.get("type") if isinstance(geometry, dict) else geometry
        raise SourceError(f"{where}: a geometry ({found}) without area; expected a Polygon: {_AGAIN}")
    return area


def simplify(layers: Iterable[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Make layers light (`lighter`) and join them into one table (`joined`)."""
    return joined(lighter(layer) for layer in layers)


def joined(layers: Iterable[gpd.GeoDataFrame], staying: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """Join light layers into one table, with those that were joined before; sorted by level, year and code.

    Where there are wijken of the same year a gemeente is the union of its wijken, so that they nest.
    Exteriors run clockwise, as d3 and Vega draw them.
    Raises `SourceError` for a gemeente without wijken or the reverse, unless one of the two layers was there before.
    """
    new = {(layer["level"].iloc[0], int(layer["region_year"].iloc[0])): layer.copy() for layer in layers}
    light = {} if staying is None else {(of, int(year)): g.copy() for (of, year), g in staying.groupby(COLUMNS[:2])}
    light |= new
    for year in sorted({year for _, year in new if {("GM", year), ("WK", year)} <= light.keys()}):
        gemeenten, wijken = light["GM", year], light["WK", year]
        united = wijken.geometry.groupby("GM" + wijken["code"].str[2:6]).agg(shapely.coverage_union_all)
        if odd := sorted(set(united.index) ^ set(gemeenten["code"])):
            if not {("GM", year), ("WK", year)} <= new.keys():
                continue
            raise SourceError(f"boundaries of {year}: {', '.join(odd[:5])} not in both files; take both of one edition")
        gemeenten["geometry"] = gpd.GeoSeries(united.loc[gemeenten["code"]].array, index=gemeenten.index, crs=LONLAT)
    table = pd.concat(light.values()).sort_values(COLUMNS[:3], ignore_index=True)
    return table.set_geometry(table.normalize())


def lighter(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer of light shapes whose neighbours share their borders exactly.

    It is cleaned to a coverage (no overlaps, no slivers), simplified in RD metres by `TOLERANCE_M` and rounded to
    `DECIMALS`. Raises `SourceError` for a shape that lies under another one.
    """
    try:
        return _coverage(layer)
    except shapely.errors.ShapelyError as error:
        where = f"boundaries of {layer['region_year'].iloc[0]}, level {layer['level'].iloc[0]}"
        raise SourceError(f"{where}: cannot be drawn ({str(error)[:120]}); {_AGAIN}") from None


def _coverage(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    metres = layer.to_crs(RD).geometry
    # No snapping: with it GEOS (3.14) gives some wijken wholly to their neighbour
    cleaned = shapely.coverage_clean(metres.to_numpy(), gap_width=GAP_M, snapping_distance=0)
    light = gpd.GeoSeries(cleaned, crs=RD).simplify_coverage(TOLERANCE_M[layer["level"].iloc[0]])
    shapes = light.to_crs(LONLAT).to_numpy()
    for _ in range(5):  # rounding can make a thin part cross itself; cleaning then adds a point, to be rounded again
        shapes = shapely.transform(shapes, lambda lonlat: lonlat.round(DECIMALS))
        if shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes):
            break
        shapes = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
        shapes = shapely.coverage_clean(shapes, snapping_distance=0)
    result = layer.set_geometry(gpd.GeoSeries(shapes, index=layer.index, crs=LONLAT))
    lost = layer["code"][(result.to_crs(RD).area / metres.area - 1).abs() > 0.3]
    if len(lost) or not result.is_valid_coverage():
        where = f"boundaries of {layer['region_year'].iloc[0]}: {', '.join(lost[:5]) or 'some shapes'}"
        raise SourceError(f"{where} cannot be drawn without overlap; does another shape lie there? Mend the file")
    return result


def write(layers: gpd.GeoDataFrame, path: Path) -> None:
    """Write the table of `simplify` as GeoParquet; the same layers give the same bytes."""
    layers.to_parquet(path, index=False, compression="zstd", compression_level=19)


def locate(points: pd.DataFrame, crs: str | int, gemeenten: gpd.GeoDataFrame) -> pd.Series:
    """Return the gemeente code of each point (columns `x`, `y` in `crs`), by the index of `points`.

    A point in no gemeente but within 2 km of one, on a pier, gets the nearest; any other raises `SourceError`.
    """
    spots = gpd.GeoSeries(gpd.points_from_xy(points["x"], points["y"]), crs=crs).to_crs(RD)
    (row, nearest), metres = gemeenten.to_crs(RD).sindex.nearest(spots, return_all=False, return_distance=True)
    distance_km = pd.Series(metres / 1000, index=row).reindex(range(len(points)))
    for number in np.flatnonzero(~(distance_km <= 2)):
        where = f"row {points.index[number]}: x, y = {points[['x', 'y']].iloc[number].tolist()} ({crs})"
        raise SourceError(f"{where}: no gemeente within 2 km; mend the coordinates or their system")
    return pd.Series(gemeenten["code"].array[nearest], index=points.index, name="code")


def nearest_distance_km(shapes: gpd.GeoDataFrame, points: pd.DataFrame) -> pd.Series:
    """Return by code the straight line in km from a point inside each shape to the nearest point (`x`, `y` in RD)."""
    if points.empty or points[["x", "y"]].isna().any(axis=None):
        raise SourceError(f"{len(points)} points, not all with x and y in RD metres; give at least one, each with both")
    spots = gpd.GeoSeries(gpd.points_from_xy(points["x"], points["y"]), crs=RD)
    inside = shapes.to_crs(RD).representative_point()
    (row, _), metres = spots.sindex.nearest(inside, return_all=False, return_distance=True)
    return pd.Series(metres / 1000, index=shapes["code"].array[row], name="distance_km")
