"""The gemeenten of a first year, what became of them, and the names of gemeenten, wijken and buurten."""

from collections.abc import Collection, Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa

from kavelmon.model import SourceError
from kavelmon.regions import Regions, gemeente_of
from kavelmon.sources import files

_SMALL = (
    ("cbs.v3.84799NED_WijkenEnBuurten.parquet", "Key", "Title", 2020),
    ("wijk_2022.csv", "statcode", "statnaam", 2022),
    ("cbs_85984NED_kerncijfers2024_selectie_via_woonikveilig.csv", "code", "name", 2024),
)


def read(found: Iterable[Path], near: Collection[str]) -> tuple[Regions, pa.Table, pa.Table]:
    """Read the gemeenten of 2016, the herindelingen, and the names of gemeenten and wijken.

    Parameters
    ----------
    near
        Gemeenten of which buurten are named, too.

    Returns
    -------
    tuple
        The regions, the table of names and that of herindelingen.

    Raises
    ------
    SourceError
        For a file or column that is not there.
    """
    by_name = {p.name: p for p in found}

    def table(name: str, columns: list[str]) -> pd.DataFrame:
        if name not in by_name:
            raise SourceError(f"{name}: not there; it goes with {', '.join(sorted(by_name))}; add it to the folder")
        frame = files.table_of(by_name[name])
        files.require(frame, columns, by_name[name])
        return frame[columns]

    base = table("gebieden_2016.csv", ["gm_code", "gm_naam"])
    all_codes = table("gemeenten_codes_all_v4.csv", ["gm_code", "title_in_RegioS"])
    moved = table("herindelingen.csv", ["date", "from_code", "to_code", "kind", "inwoners"])
    moved["inwoners"] = files.to_numbers(moved["inwoners"], by_name["herindelingen.csv"])
    names = dict(zip(base["gm_code"], base["gm_naam"], strict=True))
    names |= dict(zip(all_codes["gm_code"], all_codes["title_in_RegioS"], strict=True))
    large = pd.DataFrame({"code": list(names), "name": list(names.values()), "region_year": 0})
    large["base"] = large["code"].isin(base["gm_code"])
    small = []
    for name, code, title, year in _SMALL:
        frame = table(name, [code, title]).set_axis(["code", "name"], axis=1)
        frame = frame.assign(
            code=frame["code"].str.strip(), name=frame["name"].str.strip(), region_year=year, base=False
        )
        wijk = frame["code"].str.startswith("WK")
        buurt = frame["code"].str.startswith("BU") & frame["code"].map(gemeente_of).isin(near)
        small.append(frame[wijk | buurt])
    every = pd.concat([large, *small]).sort_values(["region_year", "code"]).astype({"region_year": "int16"})
    moved = moved.sort_values(["date", "from_code", "to_code"])
    regions = Regions(frozenset(base["gm_code"]), moved, names)
    return regions, pa.Table.from_pandas(every, preserve_index=False), pa.Table.from_pandas(moved, preserve_index=False)
