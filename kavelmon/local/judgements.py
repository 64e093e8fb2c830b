"""Lists of judgements: what people say of the criteria that no figure can tell, with their evidence."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from kavelmon.carry import JUDGEMENTS
from kavelmon.criteria import Criteria, Criterion, read_criteria
from kavelmon.local.columns import plain
from kavelmon.local.grid import shown
from kavelmon.local.listing import Columns, Context, Kind, area_of, day, opened

VALUES = ("0", "1", "2", "onbekend")  # not, partly, fully; words as much as numbers: they are never summed
UNKNOWN = VALUES[-1]
SCHEMA = pa.schema(
    [("list", pa.string()), ("row", pa.int32())]
    + [(n, pa.string()) for n in ("area", "criterion", "judgement", "evidence", "date", "assessor")]
)
_COLUMNS = Columns(
    {
        "area": "gebied area",
        "criterion": "criterium criterion",
        "judgement": "oordeel judgement",
        "evidence": "bewijs evidence",
        "date": "datum date",
        "assessor": "beoordelaar beoordelaar_functie_of_organisatie assessor",
    },
    needed=("area", "criterion", "judgement", "date", "assessor"),
    present=("evidence",),
    days=("date",),
    people=("assessor",),
)


def read(path: Path, context: Context) -> pd.DataFrame:
    """Read a list of judgements and check every cell of it.

    Returns
    -------
    pandas.DataFrame
        The columns of `SCHEMA`: `area` as `kavelmon.local.listing.area_of` gives it, the id of the criterion, one of
        `VALUES`, and the date in ISO form.

    Raises
    ------
    SourceError
        What looks personal, before anything else; else every fault with its row and column.
    """
    found = opened(path, _COLUMNS)
    criteria = read_criteria(catalogue=context.catalogue)
    by_name = {name: one for one in criteria.criteria for name in (one.id, one.code.lower())}
    asked = {name: one.id for name, one in by_name.items() if one.ask}
    rows: list[dict] = []
    first: dict[tuple[str, str, str], int] = {}
    for row, held, wrong in found.rows():
        area, text = area_of(held["area"], context) if held["area"] else ("", "")
        if text:
            wrong("area", text)
        name = held["criterion"].lower()
        if name in by_name and name not in asked:
            wrong("criterion", _elsewhere(by_name[name], criteria))
        elif name and name not in asked:
            wrong("criterion", f"{shown(held['criterion'])} is no criterion; allowed: {_codes(criteria)}")
        judgement = plain(held["judgement"])
        if judgement and judgement not in VALUES:
            wrong("judgement", f"{shown(held['judgement'])} is no judgement; allowed: {', '.join(VALUES)}")
        if judgement in VALUES[:-1] and not held["evidence"]:
            wrong("evidence", f'empty; say what the judgement rests on, or write "{UNKNOWN}" as the judgement')
        date, text = day(held["date"], context.today) if held["date"] else ("", "")
        if text:
            wrong("date", text)
        criterion = asked.get(name, "")
        one = {"list": path.stem, "row": row, "area": area, "criterion": criterion, "judgement": judgement}
        rows.append({**one, "evidence": held["evidence"], "date": date, "assessor": held["assessor"]})
        key = area, criterion, date
        if all(key) and (before := first.setdefault(key, row)) != row:
            wrong("date", f"the same area, criterion and date as on row {before}; keep one judgement a day")
    found.faults.close()
    return pd.DataFrame(rows)[SCHEMA.names]


def _elsewhere(one: Criterion, criteria: Criteria) -> str:
    """Return why a criterion is not judged under its own name."""
    meant = criteria.meant(one)
    if meant.ask:
        return f"{one.code} says the same as {meant.code}; write {meant.code}"
    return f"{one.code} is for figures, not for a judgement; allowed: {_codes(criteria)}"


def _codes(criteria: Criteria) -> str:
    return ", ".join(one.code for one in criteria.asked)


def together(every: pd.DataFrame) -> list[str]:
    """Return a fault for each judgement of one area, criterion and date that two lists hold."""
    double = every[every.duplicated(["area", "criterion", "date"])]
    faults = []
    for one in double.itertuples():
        same = (every["area"] == one.area) & (every["criterion"] == one.criterion) & (every["date"] == one.date)
        lists = " and ".join(dict.fromkeys(every.loc[same, "list"]))
        faults.append(f"{lists}: both hold {one.criterion} of {one.area} on {one.date}; keep one judgement a day")
    return faults


KIND = Kind("kavelselectie_oordelen", JUDGEMENTS, SCHEMA, ("list", "row"), "judgements", read, together)
