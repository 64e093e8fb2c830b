"""Observations as columns: the rows of one indicator, source, age and period, found by region code.

A figure of an area is a few sums over a few rows. On columns of numbers such a sum costs microseconds, so that the area
that somebody is putting together can be rolled up at every click, by the one roll-up that everything else uses.
"""

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from kavelmon import store
from kavelmon.regions import gemeente_of

NUMBERS = ("value", "numerator", "denominator", "lower", "upper")
TEXTS = ("method", "status", "estimated")
_UNITS = ("GM", "WK", "BU")


@dataclass(frozen=True, eq=False)
class Cells:
    """The observations of one indicator, source, age and period.

    Attributes
    ----------
    year
        The indeling of the regions.
    region, level
        Code and level of each row.
    value, numerator, denominator, lower, upper
        Arrays of float, one number per row; NaN is a missing one.
    method, status, estimated
        Words per row, as in the table of observations.
    """

    period: str
    year: int
    age: str
    region: list[str]
    level: list[str]
    value: np.ndarray
    numerator: np.ndarray
    denominator: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    method: list[str]
    status: list[str]
    estimated: list[str]

    @cached_property
    def at(self) -> dict[str, int]:
        """The number of the row of each region."""
        return {code: number for number, code in enumerate(self.region)}

    @cached_property
    def rows(self) -> dict[str, np.ndarray]:
        """The numbers of the rows of each level."""
        found: dict[str, list[int]] = {}
        for number, level in enumerate(self.level):
            found.setdefault(level, []).append(number)
        return {level: np.array(numbers) for level, numbers in found.items()}

    @cached_property
    def inside(self) -> dict[str, dict[str, list[int]]]:
        """Per level below gemeente: the numbers of the rows in each gemeente, by the gemeente that their codes name."""
        found: dict[str, dict[str, list[int]]] = {}
        for level in ("WK", "BU"):
            of_level = found.setdefault(level, {})
            for number in self.rows.get(level, ()):
                of_level.setdefault(gemeente_of(self.region[number]), []).append(int(number))
        return found

    @cached_property
    def of_wijk(self) -> dict[str, list[int]]:
        """The numbers of the rows of buurten, by the six characters that name their wijk."""
        found: dict[str, list[int]] = {}
        for number in self.rows.get("BU", ()):
            found.setdefault(self.region[number][2:8], []).append(int(number))
        return found

    @cached_property
    def finest(self) -> str:
        """The highest level below the country that has rows: GM, else WK, else BU; GM when there is none."""
        return next((level for level in _UNITS if level in self.rows), "GM")

    def numerators(self, rows: np.ndarray, per: float) -> np.ndarray:
        """Return numerators of some rows; value * denominator / per stands for those that are not published."""
        known = self.numerator[rows]
        return np.where(np.isnan(known), self.value[rows] * self.denominator[rows] / per, known)


Series = Mapping[tuple[str, str], list[Cells]]  # by source and age: the periods, oldest first


def of_table(table: pa.Table) -> dict[tuple[str, str], list[Cells]]:
    """Return the rows of one indicator by source and age; rows of one source, age and period need not lie together."""
    order = table.sort_by([(name, "ascending") for name in ("source", "age", "period", "level", "region")])
    words: dict[str, Any] = {
        name: _words(order.column(name)) for name in ("source", "age", "period", "level", "region", *TEXTS)
    }
    numbers = {name: order.column(name).to_numpy() for name in NUMBERS}
    years = order.column("region_year").to_numpy()
    keys = zip(words["source"], words["age"], words["period"], strict=True)
    found: dict[tuple[str, str], list[Cells]] = {}
    for (source, age, period), run in groupby(enumerate(keys), key=lambda pair: pair[1]):
        numbered = [n for n, _ in run]
        part = slice(numbered[0], numbered[-1] + 1)
        cells = Cells(
            period,
            int(years[part.start]),
            age,
            words["region"][part],
            words["level"][part],
            **{name: numbers[name][part] for name in NUMBERS},
            **{name: words[name][part] for name in TEXTS},
        )
        found.setdefault((source, age), []).append(cells)
    return found


def _words(column: pa.ChunkedArray) -> list[str]:
    """Return a column of words in which equal ones are one object: a million rows name some twenty thousand regions."""
    encoded = column.combine_chunks().dictionary_encode()
    known = [sys.intern(word) for word in encoded.dictionary.to_pylist()]
    return [known[number] for number in encoded.indices.to_numpy()]


def load(indicator: str, levels: Collection[str] = ()) -> Series:
    """Return the observations of an indicator on the shelves on which some levels lie (all levels when empty)."""
    return _load(indicator, store.shelves(levels), _stamp())


def _stamp() -> tuple[tuple[Path, int], ...]:
    """Return what changes when other figures are held."""
    return tuple((path, path.stat().st_mtime_ns) for one in store.stores() for path in one.tables())


@lru_cache(maxsize=600)  # every indicator on three combinations of shelves
def _load(indicator: str, shelves: frozenset[str], _held: tuple[tuple[Path, int], ...]) -> Series:
    tables = store.tables([indicator], shelves)
    return of_table(pa.concat_tables(tables)) if tables else {}


def of_frame(frame: pd.DataFrame) -> Cells:
    """Return the rows of one indicator, source, age and period as columns."""
    words = {name: frame[name].tolist() for name in ("region", "level", *TEXTS)}
    numbers = {name: frame[name].to_numpy(dtype=float) for name in NUMBERS}
    first = {name: frame[name].iat[0] for name in ("period", "region_year", "age")}
    return Cells(str(first["period"]), int(first["region_year"]), str(first["age"]), **words, **numbers)
