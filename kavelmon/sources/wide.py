"""The wide table that every loader returns, and how it is put together of what was read page by page."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kavelmon import shelf
from kavelmon.model import SourceError

KEY = ["region", "period", "age"]
IMPOSSIBLE, TAKEN_OUT = 1, 2  # there can be no figure; there was one, and it was wrong
_BLANK = " is blank"  # behind the name of a topic: whether its cell is


@dataclass(frozen=True)
class Wide:
    """What a loader returns: one row per region, period and age, one column per topic (floats, NaN = missing).

    Attributes
    ----------
    lower, upper
        The same rows; None when the source publishes no margins.
    reasons
        The same rows: why there is no figure, where the source tells (`IMPOSSIBLE`, `TAKEN_OUT`), else 0; None when it
        tells of none.
    provisional
        Periods that the publisher calls provisional.
    """

    frame: pd.DataFrame
    lower: pd.DataFrame | None = None
    upper: pd.DataFrame | None = None
    reasons: pd.DataFrame | None = None
    provisional: tuple[str, ...] = ()


def is_blank(topic: str) -> str:
    """Return the name of the column that tells where a topic is blank."""
    return f"{topic}{_BLANK}"


def together(parts: list[pd.DataFrame]) -> Wide:
    """Put what `cells` gave of each part of a source into one wide table; a key may stand there once.

    The parts are emptied, so that a large table is not held twice.
    """
    name = str(parts[0]["_file"].iat[0])
    every = stacked(parts)
    _refuse_double(every)
    provisional = every.loc[every["_provisional"], "period"].unique() if "_provisional" in every else ()
    rows = _rows_of(every)
    if "value" not in rows:
        raise SourceError(f"{name}: no rows with the value itself, only margins; fetch it again")
    of_value = rows["value"]
    key = {column: every[column].array.take(of_value).remove_unused_categories() for column in KEY}
    index = pd.MultiIndex(levels=[c.categories for c in key.values()], codes=[c.codes for c in key.values()], names=KEY)
    figures: dict[str, dict[str, np.ndarray]] = {kind: {} for kind in rows}
    blanks: dict[str, np.ndarray] = {}
    for column in [c for c in every if c not in (*KEY, "margin", "_line", "_file", "_provisional")]:
        cells = every.pop(column).to_numpy()
        if column.endswith(_BLANK):
            blanks[column.removesuffix(_BLANK)] = cells[of_value].astype(np.int8) * IMPOSSIBLE
            continue
        for kind, places in rows.items():
            figures[kind][column] = np.where(places < 0, np.nan, cells[places])
    frames = {kind: pd.DataFrame(columns, index=index, copy=False) for kind, columns in figures.items()}
    return Wide(
        frames["value"],
        frames.get("lower"),
        frames.get("upper"),
        pd.DataFrame(blanks, index=index, copy=False) if any(told.any() for told in blanks.values()) else None,
        tuple(sorted(map(str, provisional))),
    )


def stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Put what `cells` gave below each other, text as categories in alphabetical order; the parts are emptied."""
    made: dict[str, np.ndarray | pd.Categorical] = {}
    columns = [{str(name): column.array for name, column in part.items()} for part in parts]
    lengths = [len(part) for part in parts]
    parts.clear()
    for name in dict.fromkeys(name for part in columns for name in part):
        # only some parts may tell where a cell is blank
        given = [part.pop(name, np.zeros(length, bool)) for part, length in zip(columns, lengths, strict=True)]
        text = isinstance(given[0].dtype, pd.CategoricalDtype)
        made[name] = shelf.united(given) if text else np.concatenate(given)
    return pd.DataFrame(made, copy=False)


def _rows_of(every: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return of each kind of margin the rows in the order of the keys of the values; -1 where a value has none."""
    key = np.zeros(len(every), dtype=np.int64)
    for name in KEY:
        column = every[name].cat
        key = key * max(len(column.categories), 1) + column.codes.to_numpy()
    margin = every["margin"].cat
    rows = {kind: np.flatnonzero(margin.codes == code) for code, kind in enumerate(margin.categories)}
    rows = {str(kind): places[np.argsort(key[places])] for kind, places in rows.items() if len(places)}
    if "value" not in rows:
        return rows
    wanted = key[rows["value"]]
    for kind, places in rows.items():
        near_ = np.minimum(np.searchsorted(key[places], wanted), len(places) - 1)
        rows[kind] = np.where(key[places[near_]] == wanted, places[near_], -1)
    return rows


def _refuse_double(rows: pd.DataFrame) -> None:
    double = rows.duplicated([*KEY, "margin"], keep=False)
    if double.any():
        first = rows[double].sort_values([*KEY, "margin"], kind="stable").head(2)
        places = " and ".join(f"{f}, line {n}" for f, n in zip(first["_file"], first["_line"], strict=True))
        key = ", ".join(str(v) for v in first.iloc[0][KEY] if v)
        raise SourceError(f"{places}: the same key twice ({key}); keep one of the two rows or files")
