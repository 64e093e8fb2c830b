"""Logs of the way that areas go to become a kavel: from one state to the next, when, why and decided by whom."""

import math
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from kavelmon.carry import STAGES
from kavelmon.local.columns import plain
from kavelmon.local.grid import shown
from kavelmon.local.listing import Columns, Context, Kind, Wrong, area_of, day, opened

DROPPED = "afgevallen"  # the end, from anywhere
WAY = ("long", "potentieel", "verdiepende_gesprekken", "in_gesprek", "voorbereiding", "acceleratie", "uitvoering")
STATES = (*WAY, DROPPED)
SCHEMA = pa.schema(
    [("list", pa.string()), ("row", pa.int32())]
    + [(n, pa.string()) for n in ("date", "area", "from_state", "to_state", "reason", "decided_by")]
    + [("score", pa.float64()), ("card", pa.string())]
)
_COLUMNS = Columns(
    {
        "date": "datum date",
        "area": "gebied area",
        "from_state": "van from",
        "to_state": "naar to",
        "reason": "reden reason",
        "decided_by": "besluit_door besluit_door_functie_of_organisatie decided_by",
        "score": "score",
        "card": "kaart card",
    },
    needed=("date", "area", "to_state", "decided_by"),
    present=("from_state", "reason"),
    days=("date",),
    figures=("score",),
    people=("decided_by",),
)


@dataclass(frozen=True)
class _Here:
    """Where an area is after the rows so far; its state is empty after a row that cannot be read."""

    row: int
    state: str
    date: str


def read(path: Path, context: Context) -> pd.DataFrame:
    """Read a log and check every cell and every step of it.

    An area comes in with an empty `van`, and each next row begins where the one before ended. It goes forward only, or
    drops out for good. A step that leaves states out is read when its row says why.

    Returns
    -------
    pandas.DataFrame
        The columns of `SCHEMA`, in the order of the file: dates in ISO form, `from_state` empty where an area comes in.

    Raises
    ------
    SourceError
        What looks personal, before anything else; else every fault with its row and column.
    """
    found = opened(path, _COLUMNS)
    rows: list[dict] = []
    here: dict[str, _Here] = {}
    for row, held, wrong in found.rows():
        date, text = day(held["date"], context.today) if held["date"] else ("", "")
        if text:
            wrong("date", text)
        area, text = area_of(held["area"], context) if held["area"] else ("", "")
        if text:
            wrong("area", text)
        before, after = (_state(name, held, wrong) for name in ("from_state", "to_state"))
        if area:
            here[area] = _moved(here.get(area), _Here(row, after or "", date), before, held["reason"], wrong)
        score = _score(held.get("score", ""), wrong)
        one = {"list": path.stem, "row": row, "date": date, "area": area, "from_state": before or ""}
        one |= {"to_state": after or "", "reason": held["reason"], "decided_by": held["decided_by"]}
        rows.append({**one, "score": score, "card": held.get("card", "")})
    found.faults.close()
    return pd.DataFrame(rows)[SCHEMA.names]


def _state(name: str, held: dict[str, str], wrong: Wrong) -> str | None:
    """Return a state; empty where the cell is, None where it holds none."""
    state = plain(held[name])
    if not state or state in STATES:
        return state
    wrong(name, f"{shown(held[name])} is no state; allowed: {', '.join(STATES)}")
    return None


def _moved(last: _Here | None, now: _Here, before: str | None, reason: str, wrong: Wrong) -> _Here:
    """Return where an area is after a row, having noted what is wrong with the step.

    A step from or to a state that cannot be read is not judged: that state is a fault already.
    """
    if last and now.date and now.date < last.date:
        wrong("date", f"lies before {last.date}, the date of this area on row {last.row}; mend the order")
    if before is not None and now.state and (last is None or last.state):
        _step(last, before, now.state, reason, wrong)
    if last is None:
        return now
    return last if last.state == DROPPED else replace(now, date=max(now.date, last.date))


def _step(last: _Here | None, before: str, after: str, reason: str, wrong: Wrong) -> None:
    """Note what is wrong with one step of an area."""
    if last is None:
        if before:
            wrong("from_state", f'"{before}", but this is the first row of the area; leave it empty')
        elif after == DROPPED:
            wrong("to_state", f'"{after}", but the area did not come in yet; give the row with which it came in first')
        elif after != WAY[0] and not reason:
            wrong("reason", f'comes in after "{WAY[0]}"; say why, or give a row for every state')
        return
    if last.state == DROPPED:
        wrong("to_state", f"the area dropped out on row {last.row}, which is the end; take this row out")
        return
    if before != last.state:
        found = f'"{before}"' if before else "empty"
        wrong("from_state", f'{found}, but row {last.row} brought this area to "{last.state}"; mend one of the two')
    elif after == DROPPED:
        if not reason:
            wrong("reason", "empty; say why the area dropped out")
    elif WAY.index(after) <= WAY.index(before):
        what = "is where the area was already" if after == before else f'lies before "{before}"'
        wrong("to_state", f'"{after}" {what}; an area goes forward, or to "{DROPPED}"')
    elif WAY.index(after) > WAY.index(before) + 1 and not reason:
        left = ", ".join(WAY[WAY.index(before) + 1 : WAY.index(after)])
        wrong("reason", f"leaves out {left}; say why, or give a row for every state")


def _score(cell: str, wrong: Wrong) -> float:
    if not cell:
        return math.nan
    if not re.fullmatch(r"-?\d{1,6}([.,]\d+)?", cell):
        wrong("score", f"{shown(cell)} is no number; write it as 61,5, or leave it empty")
        return math.nan
    return float(cell.replace(",", "."))


def together(every: pd.DataFrame) -> list[str]:
    """Return a fault for each area that two logs hold: its steps follow each other in one."""
    lists = every.groupby("area")["list"].unique()
    return [
        f"{' and '.join(sorted(found))}: both hold {area}; keep all rows of an area in one list"
        for area, found in lists.items()
        if len(found) > 1
    ]


KIND = Kind("kavelselectie_traject", STAGES, SCHEMA, ("list", "row"), "transitions", read, together)
