"""The figures of sources in two states, held against each other indicator by indicator, some periods at a time."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kavelmon.live.ahead import ahead
from kavelmon.shelf import KEY, SCHEMA, TEXT
from kavelmon.store import ALWAYS, Store

_KEY = KEY[2:]  # of the figures of one indicator of one source
_NUMBERS = ("value", "lower", "upper")
_COLUMNS = ["source", *_KEY, *_NUMBERS, "status"]
_AT_ONCE = 2**17  # figures, as they are and as they were
_CODED = pa.dictionary(pa.int32(), pa.string())
_NOTHING = pa.schema([(name, _CODED if name in TEXT else SCHEMA.field(name).type) for name in _COLUMNS]).empty_table()


@dataclass
class Tally:
    """How many figures of a source there are, and how many of them are different; `changes.Change`."""

    figures: int = 0
    came: int = 0
    changed: int = 0
    gone: int = 0
    otherwise: int = 0
    periods: set[str] = field(default_factory=set)
    old_periods: set[str] = field(default_factory=set)

    def add(self, new: pa.Table, old: pa.Table) -> None:
        """Hold figures against what they were; each has a key of its own."""
        self.figures += len(new)
        self.periods |= set(new["period"].unique().to_pylist())
        self.old_periods |= set(old["period"].unique().to_pylist())
        if not len(new) or not len(old):
            self.came, self.gone = self.came + len(new), self.gone + len(old)
            return
        key = _keys(new, old)
        both, at_new, at_old = np.intersect1d(key[: len(new)], key[len(new) :], assume_unique=True, return_indices=True)
        self.came += len(new) - len(both)
        self.gone += len(old) - len(both)
        same = {name: _same(new[name].to_numpy()[at_new], old[name].to_numpy()[at_old]) for name in _NUMBERS}
        status = _codes(new, old, "status")[0]
        as_was = status[: len(new)][at_new] == status[len(new) :][at_old]
        self.changed += int((~same["value"]).sum())
        self.otherwise += int((same["value"] & ~(same["lower"] & same["upper"] & as_was)).sum())


def figures(asked: Mapping[str, Collection[str]], before: Collection[Store], now: Store) -> dict[str, Tally]:
    """Compare the figures of sources.

    Parameters
    ----------
    asked
        The indicators of each source.
    before
        Where its figures were: the first of these stores that holds the source.
    """
    was = {source: next((one for one in before if source in one.sources), None) for source in asked}
    told = {source: Tally() for source in asked}
    names = sorted({indicator for indicators in asked.values() for indicator in indicators})
    stores = [now, *(one for one in before if one in was.values())]
    for indicator, tables in ahead((name, found) for name in names for found in _pieces(stores, name)):
        for source in (source for source, indicators in asked.items() if indicator in indicators):
            held = was[source]
            old = _of_source(tables[stores.index(held, 1)], source) if held else _NOTHING
            told[source].add(_of_source(tables[0], source), old)
    return told


def _of_source(table: pa.Table, source: str) -> pa.Table:
    return table.filter(pc.equal(table["source"], source)) if len(table) else table


def _pieces(stores: list[Store], indicator: str) -> Iterator[list[pa.Table]]:
    """Yield keys and known figures of an indicator in each store, some periods at a time."""
    spans = [ALWAYS]
    if sum(one.length(indicator) for one in stores) > _AT_ONCE:
        rows: Counter[str] = Counter()
        for piece in (piece for one in stores for piece in _known(one, indicator, ["period", "value"], ALWAYS)):
            rows.update({one["values"]: one["counts"] for one in pc.value_counts(piece["period"]).to_pylist()})
        spans = _spans(rows)
    for span in spans:
        found = [[*_known(one, indicator, _COLUMNS, span)] for one in stores]
        yield [pa.concat_tables(pieces) if pieces else _NOTHING for pieces in found]


def _spans(rows: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return the first and last of as many periods as have so many rows together, of all of them."""
    spans: list[list[str]] = []
    held = 0
    for period, number in sorted(rows.items()):
        if not spans or held + number > _AT_ONCE:
            spans.append([])
            held = 0
        spans[-1].append(period)
        held += number
    return [(span[0], span[-1]) for span in spans]


def _known(held: Store, indicator: str, columns: list[str], span: tuple[str, str]) -> Iterator[pa.Table]:
    """Yield columns of the known figures of an indicator, of the periods of a span."""
    for path in held.tables():
        for piece in held.pieces(path.name, indicator, columns, span):
            mine = pc.is_valid(piece["value"])
            if span != ALWAYS:
                period = piece["period"].cast(pa.string())
                mine = pc.and_(mine, pc.and_(pc.greater_equal(period, span[0]), pc.less_equal(period, span[1])))
            if len(known := piece.filter(mine)):
                yield known


def _same(new: np.ndarray, old: np.ndarray) -> np.ndarray:
    return np.isclose(new, old, rtol=1e-9, atol=1e-12, equal_nan=True)


def _keys(new: pa.Table, old: pa.Table) -> np.ndarray:
    """Return one number for the key of each figure, first of the new ones, then of the old ones."""
    key = np.zeros(len(new) + len(old), dtype=np.int64)
    for name in _KEY:
        codes, size = _codes(new, old, name)
        key = key * size + codes
    return key


def _codes(new: pa.Table, old: pa.Table, name: str) -> tuple[np.ndarray, int]:
    """Return the number of each word of a column, of the new figures and of the old ones, and how many there are."""
    words = pa.chunked_array([*new[name].chunks, *old[name].chunks], new[name].type)
    coded = words if name in TEXT else words.dictionary_encode()
    every = coded.unify_dictionaries()
    codes = [chunk.indices.to_numpy(zero_copy_only=False) for chunk in every.chunks]
    return np.concatenate(codes).astype(np.int64), max(len(every.chunk(0).dictionary), 1)
