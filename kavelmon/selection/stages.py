"""The way of areas from a long list to a kavel: how many are in each state, and since when; from the log alone."""

import datetime as dt
from collections.abc import Iterable

import pandas as pd

from kavelmon import declarations, local, paths, store
from kavelmon.local import listing
from kavelmon.local import stages as logs
from kavelmon.local.stages import DROPPED, KIND, STATES, WAY
from kavelmon.model import Area

__all__ = ["DROPPED", "STATES", "WAY", "counts", "example", "history", "log", "where"]


def log() -> pd.DataFrame:
    """Return every transition that is kept in the user's own store.

    Returns
    -------
    pandas.DataFrame
        list, row, date (ISO), area (id, or codes with blanks between them), from_state (empty where an area comes in),
        to_state, reason, decided_by (a function or an organisation), score (NaN where none was given), card; no rows
        when nothing is kept. The rows of one area stand in their order.
    """
    return local.kept(KIND)


def example() -> pd.DataFrame:
    """Return the log that is an example, with the columns of `log`: made-up areas, as many as were published.

    Which areas were chosen was never published, so that nothing in it is an area of the Netherlands.
    """
    context = listing.Context(declarations.default(), store.regions(), dt.date.today())
    return logs.read(paths.templates() / f"{KIND.prefix}.csv", context)


def counts(log: pd.DataFrame, date: dt.date | str | None = None) -> dict[str, int]:
    """Return how many areas are in each state at the end of a day.

    Parameters
    ----------
    log
        As `log` or `example` gives it, or a part of it.
    date
        A date, or text in ISO form; None for after the last row.

    Returns
    -------
    dict
        By state, `STATES` in this order, those that dropped out last; together every area that had come in by then.
    """
    rows = log if date is None else log[log["date"] <= str(date)]
    last = rows.drop_duplicates("area", keep="last")["to_state"].value_counts()
    return {state: int(last.get(state, 0)) for state in STATES}


def history(log: pd.DataFrame) -> pd.DataFrame:
    """Return how many areas are in each state after every date on which something changed.

    Returns
    -------
    pandas.DataFrame
        date, and a column for each of `STATES`; by date.
    """
    found = [{"date": date, **counts(log, date)} for date in sorted(log["date"].unique())]
    return pd.DataFrame(found, columns=["date", *STATES])


def where(log: pd.DataFrame, area: str | Area | Iterable[str], date: dt.date | str | None = None) -> str:
    """Return the state that an area is in; empty when it did not come in.

    Parameters
    ----------
    log
        As `log` or `example` gives it, or a part of it.
    area
        Area id, id of an example (``voorbeeld_01``), code, `Area` or codes.
    date
        As in `counts`.

    Raises
    ------
    NotFoundError
        An unknown area.
    """
    keys = listing.keys_of(area if isinstance(area, str | Area) else tuple(area), declarations.default())
    rows = log[log["area"].isin(keys)]
    rows = rows if date is None else rows[rows["date"] <= str(date)]
    return str(rows["to_state"].iloc[-1]) if len(rows) else ""
