"""Regions by a map: which gemeente lies in which, by the layers of one year that the publisher drew for each other."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from kavelmon import store
from kavelmon.build import Work
from kavelmon.live import wfs
from kavelmon.live.archive import Archive
from kavelmon.live.parts import Part
from kavelmon.model import SourceError
from kavelmon.regions import region_kind
from kavelmon.source_model import Source
from kavelmon.sources import boundaries, memberships


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
    shapes = boundaries.read_features(
        wfs.features(layer, archive),
        Path(f"{layer.table} {year} (as fetched)"),
        level="RG",
        year=year,
        code=read.columns["code"],
        name=read.columns["name"],
    ).to_crs(boundaries.RD)
    gemeenten = boundaries.read_features(
        wfs.features(inside, archive),
        Path(f"{inside.table} {year} (as fetched)"),
        level="GM",
        year=year,
        code="statcode",
        name="statnaam",
    ).to_crs(boundaries.RD)
    if odd := sorted(set(gemeenten["code"]) ^ store.regions().gemeenten(year)):
        raise SourceError(
            f"{inside.table} {year}: {odd[0]} is on one side only of the map and the list of gemeenten of {year}; look "
            "at the publisher's edition of that year, or at the herindelingen that kavelmon knows"
        )
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
