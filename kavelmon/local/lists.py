"""Lists of interventions and provisions: what is done where, since when, for whom."""

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from kavelmon import geometry
from kavelmon.carry import INTERVENTIONS
from kavelmon.local import codes
from kavelmon.local.grid import Grid, shown
from kavelmon.local.listing import Columns, Context, Kind, Wrong, opened
from kavelmon.model import COUNTRY, DOMAINS, SourceError
from kavelmon.regions import Regions, gemeente_of
from kavelmon.sources import boundaries

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("list", "id", "title", "domain", "kind", "codes")]
    + [("lon", pa.float64()), ("lat", pa.float64()), ("at", pa.string())]
    + [(name, pa.string()) for name in ("begin", "end", "target", "text", "source", "licence")]
)
COLUMNS = SCHEMA.names
_ALIASES = {
    "id": "id",
    "title": "titel title naam",
    "domain": "domein domain",
    "kind": "soort kind",
    "codes": "gebied plaats place gebieden region code",
    "lon": "lon lengtegraad longitude",
    "lat": "lat breedtegraad latitude",
    "begin": "begin start vanaf",
    "end": "eind einde end tot",
    "target": "doelgroep target",
    "text": "tekst omschrijving toelichting text",
    "source": "bron source",
    "licence": "licentie licence",
}
_LAYOUT = Columns(
    _ALIASES,
    needed=("id", "title", "kind", "source", "licence"),
    days=("begin", "end"),
    figures=("lon", "lat"),
)
_KINDS = {"interventie": "interventie", "intervention": "interventie", "voorziening": "voorziening"}


def read(path: Path, context: Context) -> pd.DataFrame:
    """Read a list and check every cell of it.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`: `codes` with blanks between them, `lon` and `lat` in degrees, `at` the wijk that these lie in,
        `begin` and `end` a year or a date (ISO), or empty.

    Raises
    ------
    SourceError
        What looks personal, before anything else; else every fault with its row and column.
    """
    found = opened(path, _LAYOUT, _place)
    known, place = context.regions, found.place
    rows = []
    first: dict[str, int] = {}
    for row, held, wrong in found.rows():
        one = _one(held, known, wrong)
        if not one["codes"] and not any(held.get(name) for name in ("lon", "lat")):
            wrong("codes" if "codes" in place else "lon", "no place; give region codes, or lon and lat")
        if one["id"] and (before := first.setdefault(one["id"], row)) != row:
            wrong("id", f"the same id as on row {before}; give each its own")
        rows.append(one)
    found.faults.close()
    made = pd.DataFrame(rows).assign(list=path.stem)
    made["at"] = _wijken(made, found.sheet, place, known)
    return made[COLUMNS]


def _place(sheet: Grid, place: Mapping[str, int]) -> list[str]:
    if "codes" in place or {"lon", "lat"} <= set(place):
        return []
    return [f'{sheet.name}, row {sheet.top}: column "gebied" is missing, or "lon" and "lat"; add one of the two']


def _one(held: dict[str, str], known: Regions, wrong: Wrong) -> dict:
    if held["id"] and not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,60}", held["id"]):
        wrong("id", "no id; use small letters, digits, - and _")
    if held["kind"] and held["kind"].lower() not in _KINDS:
        wrong("kind", f"{shown(held['kind'])} is no kind; allowed: interventie, voorziening")
    domain = held.get("domain", "").lower() or "aanbod"
    if domain not in DOMAINS:
        wrong("domain", f"{shown(domain)} is no domain; allowed: {', '.join(DOMAINS)}")
    listed = sorted({*re.split(r"[\s,;+]+", held.get("codes", "").upper())} - {""})
    for code in listed:
        if text := codes.fault_of(code, known.current_year, known):
            wrong("codes", text)
    lon, lat = (_degrees(name, held, wrong) for name in ("lon", "lat"))
    if math.isnan(lon) != math.isnan(lat):
        wrong("lon" if math.isnan(lon) else "lat", "empty, and the other coordinate is not; give both or none")
    begin, end = (_moment(name, held, wrong) for name in ("begin", "end"))
    if begin and end and end < begin[: len(end)]:
        wrong("end", "lies before the begin; mend one of the two")
    return {
        **{name: held.get(name, "") for name in ("id", "title", "target", "text", "source", "licence")},
        "kind": _KINDS.get(held["kind"].lower(), ""),
        "domain": domain,
        "codes": " ".join(listed),
        "lon": lon,
        "lat": lat,
        "begin": begin,
        "end": end,
    }


_RANGE = {"lon": (3.0, 7.5), "lat": (50.5, 54.0)}


def _degrees(name: str, held: dict[str, str], wrong: Wrong) -> float:
    cell = held.get(name, "")
    if not cell:
        return math.nan
    if not re.fullmatch(r"-?\d+([.,]\d+)?", cell):
        wrong(name, f"{shown(cell)} is no number; write degrees, as 6.72 (lon) and 51.97 (lat)")
        return math.nan
    value = float(cell.replace(",", "."))
    low, high = _RANGE[name]
    if not low <= value <= high:
        why = "metres (RD)" if value > 1000 else "outside the Netherlands, or lon and lat swapped"
        wrong(name, f"{why}; write degrees, {name} from {low:g} to {high:g}")
        return math.nan
    return value


def _moment(name: str, held: dict[str, str], wrong: Wrong) -> str:
    cell = held.get(name, "")
    if re.fullmatch(r"(19|20)\d\d", cell) or not cell:
        return str(cell)
    for form in ("%Y-%m-%d", "%d-%m-%Y"):
        try:
            return dt.datetime.strptime(cell, form).date().isoformat()
        except ValueError:
            continue
    wrong(name, "no date; write a year (2022) or a date (2022-03-01)")
    return ""


def _wijken(found: pd.DataFrame, sheet: Grid, place: dict[str, int], known: Regions) -> list[str]:
    """Return the wijk of each point, of the newest layer; empty where there is no point."""
    at = pd.Series("", index=found.index)
    points = found[found["lon"].notna()].rename(columns={"lon": "x", "lat": "y"})
    if points.empty:
        return at.tolist()
    wijken = geometry.shapes("WK", known.current_year)
    for number in points.index:
        try:
            one = boundaries.locate(points.loc[[number], ["x", "y"]].reset_index(drop=True), 4326, wijken)
        except SourceError:
            where = sheet.at(sheet.lines[number][0], place["lon"])
            raise SourceError(f"{sheet.name}, {where}: the point lies in no wijk; mend the coordinates") from None
        at[number] = one.iat[0]
    return at.tolist()


def inside(found: pd.DataFrame, place: Sequence[str]) -> pd.DataFrame:
    """Return what of a list is for an area: in it, or over all or part of it; that of the whole country too.

    Parameters
    ----------
    place
        The codes of the area (gemeenten, wijken or buurten); none for the country, of which everything is a part.
    """
    if not place:
        return found

    def near_to(codes_: str, at: str) -> bool:
        listed = codes_.split()
        if COUNTRY in listed or any(_overlap(one, other) for one in listed for other in place):
            return True
        # a point is in a buurt for certain only where that is asked as a wijk or gemeente
        return bool(at) and (at in place or gemeente_of(at) in place)

    return found[[near_to(c, a) for c, a in zip(found["codes"], found["at"], strict=True)]]


def _overlap(one: str, other: str) -> bool:
    """Tell whether one of two codes lies in the other, or is it."""
    if "GM" in (one[:2], other[:2]):
        return one[2:6] == other[2:6]
    return one[2:].startswith(other[2:]) or other[2:].startswith(one[2:])


KIND = Kind("interventies", INTERVENTIONS, SCHEMA, ("list", "id"), "interventions and provisions", read)
