"""Layers of a map: the boundaries of a year, and which gemeente lies in which region by what was drawn together."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from kavelmon import store
from kavelmon.build import Work
from kavelmon.live import wfs
from kavelmon.live.archive import Archive
from kavelmon.live.parts import Part
from kavelmon.model import SourceError
from kavelmon.regions import Regions, gemeente_of, region_kind
from kavelmon.source_model import Source
from kavelmon.sources import boundaries


def draw(work: Work, source: Source, parts: list[Part], archive: Archive) -> None:
    """Take the boundaries of one level into the work, as light as they are kept.

    Raises
    ------
    SourceError
        A gemeente of that year is not there, or one too many; shapes that cannot be drawn.
    """
    how, (part,) = source.read, parts
    name = how.columns.get("name", "")
    layer = _shapes(part, archive, level=how.level, year=source.region_year, code=how.region, name=name, drop=how.drop)
    _whole(layer, part, store.regions())
    work.layers.append(layer)
    work.light.append(boundaries.lighter(layer))


def take(work: Work, source: Source, parts: list[Part], archive: Archive) -> None:
    """Take the list of a layer of regions into the work."""
    work.memberships.append(listed(source, parts, archive))


def listed(source: Source, parts: list[Part], archive: Archive) -> pd.DataFrame:
    """Return in which region each gemeente lies: the one that holds a point well inside it.

    Raises
    ------
    SourceError
        A gemeente lies in no region, or in two.
    """
    layer, inside = parts
    read, year = source.read, source.region_year
    columns = read.columns
    shapes = _shapes(layer, archive, level="RG", year=year, code=columns["code"], name=columns["name"])
    gemeenten = _shapes(inside, archive, level="GM", year=year, code="statcode", name="statnaam")
    _whole(gemeenten, inside, store.regions())
    shapes, gemeenten = shapes.to_crs(boundaries.RD), gemeenten.to_crs(boundaries.RD)
    spots = gpd.GeoDataFrame({"gemeente": gemeenten["code"]}, geometry=gemeenten.representative_point())
    joined = spots.sjoin(shapes, how="left", predicate="within")
    if len(joined) > len(gemeenten) or joined["code"].isna().any():
        odd = joined.loc[joined["code"].isna() | joined["gemeente"].duplicated(keep=False), "gemeente"].iat[0]
        raise SourceError(
            f"{layer.table} {year}: {odd} lies in no region, or in two; the layers of regions and gemeenten do not "
            "belong together: look at the publisher's edition of that year"
        )
    codes = joined["code"].astype(str)
    return pd.DataFrame(
        {
            "kind": codes.map(region_kind),
            "code": codes,
            "name": joined["name"].str.replace(r"\s*\((?:PV|CR|GG)\)$", "", regex=True),
            "gemeente": joined["gemeente"],
            "year": year,
            "derived": False,
            "share": 1.0,
            "source": source.id,
        }
    )


def _shapes(part: Part, archive: Archive, *, year: int, **how: Any) -> gpd.GeoDataFrame:
    named = Path(f"{part.table} {year} (as fetched)")
    return boundaries.read_features(wfs.features(part, archive), named, year=year, **how)


def _whole(layer: gpd.GeoDataFrame, part: Part, regions: Regions) -> None:
    """Raise for a layer of gemeenten, wijken or buurten that lacks a gemeente of its year, or has one too many."""
    year = int(layer["region_year"].iloc[0])
    drawn, listed = {gemeente_of(code) for code in layer["code"]}, regions.gemeenten(year)
    if odd := sorted(drawn ^ listed):
        name = regions.name(odd[0])
        what = f"{name} ({odd[0]}) is not there" if odd[0] in listed else f"{odd[0]} is no gemeente of {year}"
        raise SourceError(
            f"{part.table} {year}: {what}; the map must hold the {len(listed)} gemeenten of {year}: look at the "
            "publisher's edition of that year, or at the herindelingen that kavelmon knows"
        )
