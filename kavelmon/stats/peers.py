"""Which units are most like a given one: the distance in standardised columns."""

from collections.abc import Collection, Hashable, Mapping

import numpy as np
import pandas as pd

from kavelmon.stats import checks

ENOUGH = 0.5  # of the weight of the columns must be known of both


def distances(table: pd.DataFrame, own: Hashable | pd.Series, weights: Mapping[str, float] | None = None) -> pd.Series:
    """Return how far every unit is from one's own.

    Columns are standardised by the mean and the standard deviation of the units (NaN left out). The distance is the
    Euclidean one divided by the root of the number of columns, √(Σw d² / Σw): 1 is one standard deviation in each
    column. A column that one of the two lacks is left out of that pair, and what is left counts for the whole.

    Parameters
    ----------
    table
        One row per unit, numeric columns; NaN where a figure is missing.
    own
        The label of a row; or a Series with the same columns, for an area that is no row.
    weights
        Per column, 0 or more; all 1 when left out.

    Returns
    -------
    pandas.Series
        By the labels of the table, own row included (0). NaN for a unit of which less than half (by weight) is known.

    Raises
    ------
    StatisticsError
        For a row or column that is not there, a column in which units do not differ, or an own row of which less than
        half is known.

    Examples
    --------
    >>> units = pd.DataFrame({"density": [1.0, 2.0, 3.0], "over_65": [20.0, 22.0, 24.0]}, index=["a", "b", "c"])
    >>> distances(units, "a").round(3).to_dict()
    {'a': 0.0, 'b': 1.225, 'c': 2.449}
    """
    columns = list(table.columns)
    known = checks.numbers("table", table, missing=True, least=1)
    mine = checks.numbers("own", _own(table, own), missing=True)
    weight = _weights(columns, weights)
    some = ~np.isnan(known)
    number = np.maximum(some.sum(axis=0), 1)
    mean = np.where(some, known, 0.0).sum(axis=0) / number
    sd = np.sqrt((np.where(some, known - mean, 0.0) ** 2).sum(axis=0) / number)
    # float noise is no difference
    flat = (sd <= np.abs(mean) * checks.NOISE) & (weight > 0)
    if flat.any():
        name = columns[int(np.argmax(flat))]
        checks.refuse(f'column "{name}" is the same in every unit', "units differ in it", "leave that column out")
    if weight[~np.isnan(mine)].sum() < ENOUGH * weight.sum():
        found = f"own has {int((~np.isnan(mine)).sum())} of {len(columns)} columns"
        checks.refuse(found, "at least half of them (by weight) must be known", "leave out the columns that it lacks")
    gaps = (known - mine) / np.where(sd > 0, sd, 1.0)
    there = ~np.isnan(gaps)
    present = (weight * there).sum(axis=1)
    squares = (weight * np.where(there, gaps, 0.0) ** 2).sum(axis=1)
    enough = present >= ENOUGH * weight.sum()
    return pd.Series(np.where(enough, np.sqrt(squares / np.where(enough, present, 1.0)), np.nan), index=table.index)


def nearest(
    table: pd.DataFrame,
    own: Hashable | pd.Series,
    weights: Mapping[str, float] | None = None,
    *,
    k: int = 10,
    exclude: Collection[Hashable] = (),
) -> pd.Series:
    """Return the `k` units that are most like one's own with their distance, nearest first.

    Parameters
    ----------
    table, own, weights
        As in `distances`.
    k
        How many, 1 or more; fewer come back when there are not so many.
    exclude
        Labels that are not wanted. They count in the standardisation; the own row is never among the nearest.

    Raises
    ------
    StatisticsError
        As `distances`, and for a `k` below 1.

    Examples
    --------
    >>> units = pd.DataFrame({"density": [1.0, 2.0, 3.0]}, index=["a", "b", "c"])
    >>> nearest(units, "a", k=1).index.tolist()
    ['b']
    """
    checks.within("k", k, 1, None, "at least one is asked for", "write for instance 10")
    found = distances(table, own, weights)
    unwanted = set(exclude) if isinstance(own, pd.Series) else {*exclude, own}
    # a stable sort keeps units that are equally near in the order of the table
    return found[~found.index.isin(list(unwanted))].dropna().sort_values(kind="stable").head(k)


def _own(table: pd.DataFrame, own: Hashable | pd.Series) -> pd.Series:
    if isinstance(own, pd.Series):
        if absent := [c for c in table.columns if c not in own.index]:
            checks.refuse(f'own has no "{absent[0]}"', "it has every column of the table", "add it, as NaN if unknown")
        return own[list(table.columns)]
    if own not in table.index:
        checks.refuse(f'own is "{own}"', "it is a row of the table", "give one of its labels, or a Series")
    return table.loc[own]


def _weights(columns: list, weights: Mapping[str, float] | None) -> np.ndarray:
    if weights is None:
        return np.ones(len(columns))
    if absent := [name for name in weights if name not in columns]:
        checks.refuse(f'weights names "{absent[0]}"', "it names columns of the table", "correct the name")
    if lacking := [name for name in columns if name not in weights]:
        checks.refuse(
            f'weights has no "{lacking[0]}"', "it has every column of the table", "add it, 0 if it is not to count"
        )
    found = checks.counts("weights", [weights[name] for name in columns])
    if not found.sum() > 0:
        checks.refuse("weights are all 0", "at least one column counts", "give a weight above 0")
    return found
