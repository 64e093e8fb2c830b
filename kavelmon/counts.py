"""What figures are divided by: the count of one denominator at each place, lent by the source that fits best."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kavelmon import shelf
from kavelmon.regions import Regions

PLACE = ["level", "region", "region_year", "period"]
_OF_COUNT = ["source", *PLACE, "value", "estimated"]
_NONE = -1
_AT_ONCE = 2**15  # places


def counted(rows: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    """Return the observations of a denominator that hold a count, of the sources that have an edition of it."""
    return rows.loc[rows["value"].notna() & rows["source"].isin(list(order)), _OF_COUNT]


@dataclass(frozen=True)
class Lent:
    """The count at each place (NaN = none), and why it is an approximation ("" = it is not)."""

    count: np.ndarray
    why: pd.Categorical


class Counts:
    """What is known of one denominator.

    Parameters
    ----------
    parts
        What is `counted` of it, of any sources; of a source and region the earlier periods come first.
    order
        The sources that have an edition of it, as declared.
    """

    def __init__(self, parts: Sequence[pd.DataFrame], order: Sequence[str], regions: Regions):
        rows = shelf.stacked(parts or [shelf.SCHEMA.empty_table().to_pandas()], _OF_COUNT)
        self._order, self._regions = list(order), regions
        self._value, self._year = rows["value"].to_numpy(), rows["region_year"].to_numpy(dtype=np.int64)
        self._names: dict[str, pd.Index] = {}
        self._codes: dict[str, np.ndarray] = {}
        for name in ("source", "region", "period", "estimated"):
            text = rows[name].cat.remove_unused_categories().array
            self._names[name], self._codes[name] = text.categories, text.codes
        self._key = self._keys(self._codes["region"], self._codes["period"], self._year)
        self._of = {name: np.flatnonzero(self._codes["source"] == n) for n, name in enumerate(self._names["source"])}
        self._index = {name: pd.Index(self._key[of]) for name, of in self._of.items()}
        self._on = {
            key: np.sort(on) for key, on in rows.groupby(["level", "region_year"], observed=True).indices.items()
        }

    def at(self, places: pd.DataFrame, source: str) -> Lent:
        """Return the counts that the figures of a source are divided by.

        Its own count of the same period comes first. Where there is none, the edition declared first that has the
        region in the same period; else the nearest period in which the code stood for the same area. Such a count is
        an approximation: "noemer van 2020", and the reason of one that is itself an approximation.

        Parameters
        ----------
        places
            The columns `PLACE`, text as categories; each place once.
        """
        order = sorted(self._order, key=lambda name: name != source)
        some = [self._at(places.iloc[n : n + _AT_ONCE], order) for n in range(0, max(len(places), 1), _AT_ONCE)]
        return Lent(np.concatenate([one.count for one in some]), shelf.united([one.why for one in some]))

    def _at(self, places: pd.DataFrame, order: list[str]) -> Lent:
        region, period = (self._known(places[name].array, name) for name in ("region", "period"))
        key = self._keys(region, period, places["region_year"].to_numpy())
        row = np.full(len(places), _NONE)  # the one that lends its count
        for name in order:
            if name in self._of:
                open_ = np.flatnonzero(row == _NONE)
                found = self._index[name].get_indexer(key[open_])
                row[open_[found != _NONE]] = self._of[name][found[found != _NONE]]
        open_ = np.flatnonzero(row == _NONE)
        groups = places.iloc[open_].groupby(["period", "region_year", "level"], observed=True).indices
        rank = np.array([order.index(name) for name in self._names["source"]], dtype=np.int64)
        for (moment, year, level), numbers in groups.items():
            at = open_[numbers]
            row[at] = self._nearest(region[at], str(moment), int(year), str(level), rank)
        count = np.where(row == _NONE, np.nan, self._value[row] if len(self._value) else np.nan)
        return Lent(count, self._why(row, places))

    def _keys(self, region: np.ndarray, period: np.ndarray, year: np.ndarray) -> np.ndarray:
        """Return one number for each region, period and indeling."""
        key = (region.astype(np.int64) * len(self._names["period"]) + period) * 10_000 + year
        return np.where((region == _NONE) | (period == _NONE), _NONE, key)

    def _known(self, text: pd.Categorical, name: str) -> np.ndarray:
        """Return the own codes of texts."""
        return self._names[name].get_indexer(text.categories)[text.codes]

    def _nearest(self, region: np.ndarray, period: str, year: int, level: str, rank: np.ndarray) -> np.ndarray:
        """Return per region the row of the nearest period in which its code stood for the same area."""
        none = np.full(len(region), _NONE)
        on = [
            (at[~np.isin(self._codes["region"][at], self._changed(int(then), year))] if level == "GM" else at)
            for (where, then), at in self._on.items()
            if where == level and (level not in ("WK", "BU") or then == year)
        ]
        if not on:
            return none
        asked = np.zeros(len(self._names["region"]), dtype=bool)
        asked[region[region != _NONE]] = True
        rows = np.sort(np.concatenate(on))
        rows = rows[asked[self._codes["region"][rows]]]
        when = np.array([int(text[:4]) for text in self._names["period"]], dtype=np.int64)[self._codes["period"][rows]]
        rows = rows[np.lexsort([rank[self._codes["source"][rows]], np.abs(when - int(period[:4]))])]
        codes, first = np.unique(self._codes["region"][rows], return_index=True)
        best = np.full(len(asked), _NONE)
        best[codes] = rows[first]
        return np.where(region == _NONE, none, best[region])

    def _changed(self, year: int, other: int) -> np.ndarray:
        return self._names["region"].get_indexer(list(self._regions.changed(year, other)))

    def _why(self, row: np.ndarray, places: pd.DataFrame) -> pd.Categorical:
        """Return why the counts of some rows are approximations at the places to which they are lent."""
        lent = row != _NONE
        periods, reasons = self._names["period"], self._names["estimated"]
        of, reason = (self._codes[name][row[lent]].astype(np.int64) for name in ("period", "estimated"))
        other = self._known(places["period"].array, "period")[lent] != of
        pair = np.where(other, of + 1, 0) * max(len(reasons), 1) + reason
        texts, codes = [""], np.zeros(len(row), dtype=np.int32)
        kinds, which = np.unique(pair, return_inverse=True)
        for kind in kinds:
            moment, why = divmod(int(kind), max(len(reasons), 1))
            texts.append("; ".join(filter(None, (f"noemer van {periods[moment - 1]}" if moment else "", reasons[why]))))
        codes[lent] = which + 1
        return shelf.coded(codes, texts)
