"""Sites of provisions as points: counted per gemeente, measured as straight-line distance, kept for the map."""

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import pandas as pd

from kavelmon.model import COUNTRY, SourceError
from kavelmon.regions import Regions
from kavelmon.source_model import Source
from kavelmon.sources import boundaries, files
from kavelmon.sources.tables import KEY, Wide

_RD_FROM = 1000.0  # no longitude is this large, every RD easting is


def load(
    source: Source, paths: Iterable[Path], topics: Iterable[str], layers: pd.DataFrame, regions: Regions
) -> tuple[Wide, pd.DataFrame]:
    """Read a list of sites.

    Topics are ``aantal`` (all sites of a gemeente), ``type_N`` (those of one type) and ``afstand_km`` (per wijk, the
    distance in km from a point inside it to the nearest site).

    Returns
    -------
    wide : Wide
        Every gemeente of the indeling, also those without a site (0), and the country.
    sites : pandas.DataFrame
        Columns source, name, type, lon, lat (WGS84 degrees).

    Raises
    ------
    SourceError
        A column, coordinate or topic that is not there, or a site that lies in no gemeente.
    """
    year, period = source.region_year, source.period
    gemeenten = layers[(layers["level"] == "GM") & (layers["region_year"] == _layer_year(layers, "GM", year))]
    parts = []
    for path in paths:
        part = _points(source, path)
        crs = 28992 if (part["x"].abs() > _RD_FROM).all() else 4326
        try:
            parts.append(part.assign(region=boundaries.locate(part, crs, gemeenten)))
        except SourceError as error:
            raise SourceError(f"{path.name}: {error} (row 0 stands on line 2)") from None
    points = pd.concat(parts, ignore_index=True)
    every = sorted(regions.gemeenten(year))
    columns = {}
    for topic in sorted(topics):
        if topic == "aantal" or topic.startswith("type_"):
            chosen = points if topic == "aantal" else points[points["type"] == float(topic.removeprefix("type_"))]
            counts = chosen.groupby("region").size().reindex(every, fill_value=0)
            columns[topic] = pd.concat([counts, pd.Series({COUNTRY: len(chosen)})])
        elif topic == "afstand_km":
            wijken = layers[(layers["level"] == "WK") & (layers["region_year"] == _layer_year(layers, "WK", year))]
            metres = gpd.GeoSeries(gpd.points_from_xy(points["x"], points["y"]), crs=crs).to_crs(boundaries.RD)
            spots = pd.DataFrame({"x": metres.x, "y": metres.y})
            columns[topic] = boundaries.nearest_distance_km(gpd.GeoDataFrame(wijken), spots)
        else:
            raise SourceError(f'{source.id}: unknown topic "{topic}"; allowed: aantal, type_1 to type_4, afstand_km')
    frame = pd.DataFrame(columns).rename_axis("region").reset_index().assign(period=period, age="")
    degrees = gpd.GeoSeries(gpd.points_from_xy(points["x"], points["y"]), crs=crs).to_crs(4326)
    sites = pd.DataFrame(
        {
            "source": source.id,
            "name": points["name"],
            "type": points["type"],
            "lon": degrees.x.round(5),
            "lat": degrees.y.round(5),
        }
    )
    return Wide.of(frame.set_index(KEY).sort_index()), sites.sort_values(["name", "lon"], ignore_index=True)


def _layer_year(layers: pd.DataFrame, level: str, year: int) -> int:
    """Return the boundary layer that lies nearest to a year."""
    return min(layers.loc[layers["level"] == level, "region_year"].unique(), key=lambda y: abs(int(y) - year))


def _points(source: Source, path: Path) -> pd.DataFrame:
    raw = files.table_of(path, source.read)
    names = source.read.columns
    files.require(raw, [names[c] for c in ("name", "x", "y")], path)
    points = pd.DataFrame({"name": raw[names["name"]].str.strip()})
    for column in ("x", "y"):
        points[column] = files.to_numbers(raw[names[column]], path)
    points["type"] = files.to_numbers(raw[names["type"]], path) if "type" in names else float("nan")
    empty = points.index[points[["x", "y"]].isna().any(axis=1)]
    if len(empty):
        raise SourceError(f"{path.name}, line {empty[0] + 2}: a site without coordinates; add them or take it out")
    return points
