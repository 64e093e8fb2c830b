"""Lists that say in which region each gemeente lies: GGD, zorgkantoor, COROP, provincie, veiligheidsregio."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from kavelmon.model import SourceError
from kavelmon.regions import Regions, region_kind
from kavelmon.source_model import Source
from kavelmon.sources import files

SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("code", pa.string()),
        ("name", pa.string()),
        ("gemeente", pa.string()),
        ("year", pa.int16()),  # the indeling of the gemeenten
        ("derived", pa.bool_()),  # carried forward from an older list through the herindelingen, not official
        ("share", pa.float64()),  # of the inhabitants of the gemeente; NaN where the list is not certain
        ("source", pa.string()),
    ]
)
_SORTED = ["kind", "year", "code", "gemeente"]
_SHARE, _OTHERS = "share", "other_regions"


def is_list(source: Source) -> bool:
    """Tell whether a source of regions is such a list: it declares the column that holds the code of the region."""
    return "code" in source.read.columns


def joined(lists: Iterable[pd.DataFrame]) -> pa.Table:
    """Join the rows of lists into one table of `SCHEMA`, sorted."""
    every = pd.concat([*lists], ignore_index=True).sort_values(_SORTED)
    return pa.Table.from_pandas(every, schema=SCHEMA, preserve_index=False).replace_schema_metadata(None)


def read(found: Iterable[tuple[Source, Path]], regions: Regions) -> pd.DataFrame:
    """Read the lists of a folder, with the columns of `SCHEMA`.

    Raises
    ------
    SourceError
        For a list that does not hold every gemeente of its year once, or a code that is no region.
    """
    frames = [_read(source, path, regions) for source, path in found]
    every = pd.concat(frames, ignore_index=True)
    named = dict(every.loc[every["name"] != "", ["code", "name"]].itertuples(index=False, name=None))
    every["name"] = every["code"].map(named)
    if len(without := every[every["name"].isna()]):
        code, source = without.iloc[0][["code", "source"]]
        raise SourceError(f"{source}: no list gives the name of {code}; add a list that does")
    return every


def _read(source: Source, path: Path, regions: Regions) -> pd.DataFrame:
    read = source.read
    raw = files.table_of(path)
    files.require(raw, [read.region, *read.columns.values()], path)
    codes = raw[read.columns["code"]].str.strip()
    if (wrong := codes[codes.map(region_kind) == ""]).size:
        line = int(wrong.index[0]) + 2
        raise SourceError(
            f'{path.name}, line {line}, column "{read.columns["code"]}": {wrong.iloc[0]!r} is no code of a region; '
            "allowed: GG0111, ZK01, CR01, PV20, VR01; mend it"
        )
    gemeenten = raw[read.region].str.strip()
    _complete(gemeenten, source, path, regions)
    derived = _SHARE in raw
    frame = pd.DataFrame(
        {
            "kind": codes.map(region_kind),
            "code": codes,
            "name": raw[read.columns["name"]].map(_plain) if "name" in read.columns else "",
            "gemeente": gemeenten,
            "year": source.region_year,
            "derived": derived,
            "share": files.to_numbers(raw[_SHARE], path) if derived else 1.0,
            "source": source.id,
        }
    )
    return pd.concat([frame, _others(raw, frame, path)]) if _OTHERS in raw else frame


def _complete(gemeenten: pd.Series, source: Source, path: Path, regions: Regions) -> None:
    must = regions.gemeenten(source.region_year)
    if twice := sorted(gemeenten[gemeenten.duplicated()]):
        raise SourceError(f"{path.name}: {twice[0]} stands there twice; keep one row for each gemeente")
    if odd := sorted(must ^ set(gemeenten)):
        what = "is not there" if odd[0] in must else f"is no gemeente of {source.region_year}"
        raise SourceError(
            f"{path.name}: {odd[0]} {what}; the list must hold the {len(must)} gemeenten of {source.region_year}: "
            "mend the file, or region_year in its declaration"
        )


def _others(raw: pd.DataFrame, frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return a row for each other region that a part of a gemeente lies in (``ZK21:0.023``); words give none."""
    parts = raw[_OTHERS].str.extractall(r"(?P<code>[A-Z]{2}\d+):(?P<share>[0-9.]+)").droplevel(1)
    own = frame.loc[parts.index]
    found = own.assign(code=parts["code"], name="", share=parts["share"].astype(float))
    sums = frame["share"].add(found.groupby(level=0)["share"].sum(), fill_value=0.0)
    if len(wrong := np.flatnonzero((sums - 1).abs() > 0.0015)):
        line = int(wrong[0]) + 2
        raise SourceError(
            f"{path.name}, line {line}: the shares of {frame['gemeente'].iloc[wrong[0]]} add up to "
            f"{sums.iloc[wrong[0]]:.3f}; they must add up to 1: mend {_SHARE} or {_OTHERS}"
        )
    return found


def _plain(name: str) -> str:
    """Leave out the addition of CBS for a level: ``Groningen (PV)``."""
    return name.strip().removesuffix(" (CR)").removesuffix(" (PV)")
