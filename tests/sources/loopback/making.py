"""What is the same for all tables that are made from an export: descriptions, titles, numbers as text."""

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from tests.sources.loopback.table import INFO, MISSING, right, typed

MARGINS = [
    ("MW00000", "Waarde"),
    ("MOG0095", "Ondergrens 95%-interval"),
    ("MBG0095", "Bovengrens 95%-interval"),
]
LONG, DOUBLE, TEXT = "Long", "Double", "String"
Column = tuple[str, str, str, int]  # key, datatype, unit, decimals


def info(table: str, title: str, *, catalog: str, period: str, modified: str, source: str) -> dict:
    """Return the row of TableInfos; what an export does not tell is empty."""
    told = {
        "ID": 0,
        "Title": title,
        "ShortTitle": title[:40],
        "Identifier": table,
        "Summary": title,
        "Modified": modified,
        "MetaDataModified": modified,
        "ReasonDelivery": "Actualisering",
        "OutputStatus": "Regulier",
        "Source": source,
        "Language": "nl",
        "Catalog": catalog,
        "Frequency": "Onregelmatig",
        "Period": period,
        "GraphTypes": "Table,Bar,Map",
        "SearchPriority": "2",
    }
    return {key: told.get(key, "") for key in INFO}


def words(key: str) -> str:
    """Return a title that a key may have come from, as an export does not tell it.

    Examples
    --------
    >>> words("k_65JaarOfOuder_12"), words("AfstandTotZiekenhuis_216")
    ('65 jaar of ouder', 'Afstand tot ziekenhuis')
    """
    base = re.sub(r"^k_|_\d+$", "", key)
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", base)
    text = " ".join(parts).lower()
    return text[:1].upper() + text[1:]


def dimension(key: str, title: str, kind: str = "Dimension") -> dict:
    """Return what DataProperties says of a dimension, without its place."""
    more = {
        "TimeDimension": {"ReleasePolicy": False},
        "GeoDimension": {"MapYear": None},
        "GeoDetail": {"MapYear": None},
    }
    return {"Type": kind, "Key": key, "Title": title, **more.get(kind, {})}


def properties(dimensions: Sequence[dict], topics: Iterable[tuple[tuple[str, ...], Column]]) -> list[dict]:
    """Return DataProperties: dimensions, then topics below the groups whose titles go with them."""
    rows: list[dict] = []

    def add(row: dict) -> int:
        start = {"odata.type": f"Cbs.OData.{row['Type']}", "ID": len(rows), "ParentID": None, "Description": ""}
        rows.append({**start, **row})
        return rows[-1]["ID"]

    for position, row in enumerate(dimensions):
        add({**row, "Position": position})
    known: dict[tuple[str, ...], int | None] = {(): None}
    for path, (key, datatype, unit, decimals) in topics:
        for depth in range(1, len(path) + 1):
            if path[:depth] not in known:
                group = {"Type": "TopicGroup", "Key": "", "Position": None, "Title": path[depth - 1]}
                known[path[:depth]] = add({**group, "ParentID": known[path[: depth - 1]]})
        number = int(key.rsplit("_", 1)[1])
        shown = "Relative" if unit.startswith(("%", "per ")) else "" if datatype == TEXT else "Absolute"
        add(
            {"Type": "Topic", "Key": key, "Title": words(key), "Position": number, "ParentID": known[path]}
            | {"Datatype": datatype, "Unit": unit, "Decimals": decimals, "Default": "Impossible"}
            | {"PresentationType": shown}
        )
    return rows


def rows_of(codes: Iterable[str], titles: dict[str, str], width: int = 0, **more: object) -> list[dict]:
    """Return the rows of a dimension, its keys padded."""
    extra = more or {"CategoryGroupID": None}
    return [
        {"Key": c.ljust(width), "Title": titles.get(c.strip(), c.strip()), "Description": None} | extra for c in codes
    ]


def periods(years: Iterable[str]) -> list[dict]:
    """Return the rows of Perioden for whole years."""
    return [{"Key": f"{y}JJ00", "Title": y, "Description": None, "Status": "Definitief"} for y in years]


def number_text(text: str, decimals: int) -> str:
    """Write a number as the UntypedDataSet does; one with more decimals than is said keeps them."""
    if not text:
        return MISSING
    fixed = f"{float(text):.{decimals}f}"
    return right(fixed if float(fixed) == float(text) else text)


def texts_of(column: pd.Series, datatype: str, decimals: int) -> list[str]:
    """Write a column of a TypedDataSet as the UntypedDataSet has it."""
    places, values = pd.factorize(column)
    if datatype == TEXT:
        texts = list(map(str, values))
    else:
        texts = [number_text(repr(value), decimals if datatype != LONG else 0) for value in values.tolist()]
        wrong = [t for t, v in zip(texts, values.tolist(), strict=True) if typed(t, datatype) != v]
        assert not wrong, f"{column.name}: {wrong[:3]} would not come over whole"
    texts.append(MISSING)  # at -1, where factorize puts what is missing
    return [texts[place] for place in places]


def shared(column: Sequence[str]) -> list[str]:
    """Return a list in which equal texts are one object."""
    places, values = pd.factorize(np.asarray(column, dtype=object))
    texts = values.tolist()
    return [texts[place] for place in places]


@lru_cache
def region_names(data: Path) -> dict[str, str]:
    """Return titles by code: country, landsdelen, provincies, all gemeenten ever, and GGD-regio's."""
    path = data / "cbs" / "odata_v4_03759ned" / "codes-RegioS.json"
    names = {row["Identifier"]: row["Title"] for row in json.loads(path.read_text("utf-8"))["value"]}
    ggd = pd.read_csv(data / "regions" / "ggd_regio_codes.csv", dtype=str)
    names |= {code: _ggd_title(name) for code, name in zip(ggd["ggd_code"], ggd["ggd_naam"], strict=True)}
    return names | {"NL00": "Nederland"}


def _ggd_title(name: str) -> str:
    own = name.startswith(("Veiligheids", "Dienst"))
    return f"{name if own else 'GGD ' + name} (GG)"
