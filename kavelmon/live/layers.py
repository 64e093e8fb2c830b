"""Layers of a map: the boundaries of a year, and which gemeente lies in which region by what was drawn together."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from kavelmon import store
from kavelmon.build import Work
from kavelmon.live import wfs
from kavelmon.live.archive import Archive
from kavelmon.live.parts import Part
from kavelmon.model import SourceError
from kavelmon.regions import Regions, gemeente_of, region_kind
from kavelmon.source_model import Source
from kavelmon.sources import boundaries, memberships


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
    """Add the list of a layer of regions to the lists that are there; one of the same kind and year is replaced."""
    found = listed(source, parts, archive)
    held = work.tables.get(memberships.FILE)
    every = held.to_pandas() if held is not None else store.memberships()
    kind = found["kind"].iat[0]
    every = every[~((every["kind"] == kind) & (every["year"] == source.region_year) & (every["source"] == source.id))]
    every = pd.concat([every, found]).sort_values(["kind", "year", "code", "gemeente"], kind="stable")
    table = pa.Table.from_pandas(every, schema=memberships.SCHEMA, preserve_index=False)
    work.tables[memberships.FILE] = table.replace_schema_metadata(None)


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
