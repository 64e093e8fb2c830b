"""The rows of one indicator: their columns, the order they are kept in, and the shelves they lie on.

While they are made, text is kept as categories: a row then takes less than a tenth of what it takes as strings.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pandas.api.types import union_categoricals

from kavelmon.model import KavelmonError

KEY = ["indicator", "source", "region", "region_year", "period", "age"]
SCHEMA = pa.schema(
    [
        ("indicator", pa.string()),
        ("source", pa.string()),
        ("level", pa.string()),  # NL, GM, WK, BU or REST
        ("region", pa.string()),
        ("region_year", pa.int16()),
        ("period", pa.string()),
        ("age", pa.string()),  # "" = not broken down
        ("value", pa.float64()),
        ("numerator", pa.float64()),  # as published; NaN where value * denominator / per stands for it
        ("denominator", pa.float64()),
        ("lower", pa.float64()),  # 95 % margins
        ("upper", pa.float64()),
        ("method", pa.string()),  # where the margins come from: "" or "bron"
        ("status", pa.string()),
        ("estimated", pa.string()),  # why a figure is an approximation; "" = it is not
    ]
)
COLUMNS = SCHEMA.names
TEXT = [field.name for field in SCHEMA if field.type == pa.string()]
# a missing value always has a reason
STATUSES = ("ok", "provisional", "suppressed", "missing", "not_asked", "impossible")
# rows of one indicator lie together by these three shelves, so that a slice is read without the rest
SHELVES = {"NL": "GM", "REST": "GM", "GM": "GM", "WK": "WK", "BU": "BU"}
_ORDER = ["source", "age", "period", "level", "region", "region_year"]  # within a shelf
# text is written as it is made, as numbers of a few words, and read as text
_CODED = pa.schema([(f.name, pa.dictionary(pa.int32(), f.type) if f.type == pa.string() else f.type) for f in SCHEMA])
_PACKED = 2**16  # rows, at most, in a row group
_WAITING = 100_000  # so many rows wait to be packed, at most, or one shelf: some take longer to make, some to pack


def constant(text: str, length: int) -> pd.Categorical:
    """Return a column that holds one text."""
    return coded(np.zeros(length, dtype=np.int8), [text])


def coded(codes: np.ndarray, texts: Sequence[str]) -> pd.Categorical:
    """Return a column of texts by their number; a text may have more than one."""
    few = len(texts) <= len(STATUSES)  # the same few words are asked for over and over
    kind, numbers = (_few_in_order if few else _in_order)(tuple(texts))
    return pd.Categorical.from_codes(numbers[codes], dtype=kind)


def _in_order(texts: tuple[str, ...]) -> tuple[pd.CategoricalDtype, np.ndarray]:
    """Return texts in alphabetical order as what a column can hold, and the number of each of them there."""
    found = pd.Index(sorted({*texts}), dtype="str")
    return pd.CategoricalDtype(found), found.get_indexer(list(texts)).astype(np.min_scalar_type(-max(len(found), 1)))


_few_in_order = lru_cache(_in_order)


def stacked(parts: Sequence[pd.DataFrame], columns: Sequence[str] = COLUMNS) -> pd.DataFrame:
    """Put rows below each other, text (strings or categories) as categories in alphabetical order.

    Parameters
    ----------
    parts
        At least one frame that has the columns.
    """
    made = {}
    for name in columns:
        if name in TEXT:
            made[name] = united([_categories(part[name]) for part in parts])
        else:
            made[name] = _joined([part[name].to_numpy() for part in parts])
    return pd.DataFrame(made, copy=False)


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if len(parts) > 1 else parts[0]


def united(parts: Sequence[pd.Categorical]) -> pd.Categorical:
    """Put columns of text below each other, their categories in alphabetical order."""
    first = parts[0].categories
    if len(parts) == 1 and first.is_monotonic_increasing:
        return parts[0]
    if first.is_monotonic_increasing and all(part.categories.equals(first) for part in parts):
        return pd.Categorical.from_codes(_joined([part.codes for part in parts]), dtype=parts[0].dtype)
    return union_categoricals(parts, sort_categories=True)


def _categories(column: pd.Series) -> pd.Categorical:
    found = column.array if isinstance(column.array, pd.Categorical) else pd.Categorical(column)
    return found if found.categories.dtype == "str" else found.rename_categories(found.categories.astype("str"))


def plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with text as strings."""
    return rows[COLUMNS].astype(dict.fromkeys(TEXT, "str"))


class Lying:
    """Rows of one indicator after another, on the shelves on which they wait until they are packed.

    Parameters
    ----------
    pack
        Takes what lies on a shelf, sorted.
    """

    def __init__(self, pack: Callable[[pa.Table], None]):
        self._pack, self._indicator = pack, ""
        self._shelves: dict[str, list[pa.Table]] = {}
        self._last: dict[str, tuple] = {}

    def add(self, rows: pd.DataFrame) -> None:
        """Lay rows of one indicator behind those that lie there; see `store.write_observations`."""
        if not len(rows):
            return
        rows = stacked([rows])
        (indicator,) = rows["indicator"].cat.remove_unused_categories().cat.categories
        if indicator != self._indicator:
            self.end()
            assert indicator > self._indicator, f"{indicator} after {self._indicator}"
            self._indicator = indicator
        columns = {name: rows[name].array for name in COLUMNS}
        level = columns["level"]
        shelf = np.array([SHELVES[name] for name in level.categories])[level.codes]
        order = np.lexsort([columns[name].codes if name in TEXT else columns[name].to_numpy() for name in _ORDER[::-1]])
        for name in map(str, np.unique(shelf)):
            chosen = order[shelf[order] == name]
            made = [_column(columns[field.name], field.type, chosen) for field in SCHEMA]
            lying = self._shelves.setdefault(name, [])
            lying.append(pa.Table.from_arrays(made, schema=_CODED))
            while sum(map(len, lying)) >= _PACKED:
                every = pa.concat_tables(lying)
                self._put(name, _tidied(every.slice(0, _PACKED)))
                lying[:] = [_tidied(rest)] if len(rest := every.slice(_PACKED)) else []

    def end(self) -> None:
        """Pack what lies on the shelves."""
        for name, lying in sorted(self._shelves.items()):
            if lying:
                self._put(name, _tidied(pa.concat_tables(lying)) if len(lying) > 1 else lying[0])
        self._shelves.clear()
        self._last.clear()

    def _put(self, name: str, shelf: pa.Table) -> None:
        self._last[name] = _refuse_double(shelf, self._last.get(name))
        self._pack(shelf)


@contextmanager
def packed(path: Path) -> Iterator[Callable[[pa.Table], None]]:
    """Write shelves as the row groups of one Parquet file; they are packed while the next ones are made.

    Yields
    ------
    function
        Takes the next shelf. There is no file as long as there is none.
    """
    opened: list[pq.ParquetWriter] = []
    behind: deque[tuple[int, Future[None]]] = deque()
    # the thread is done before the file is closed
    with ExitStack() as stack, ThreadPoolExecutor(1) as thread:

        def pack(shelf: pa.Table) -> None:
            if not opened:
                writer = pq.ParquetWriter(path, _CODED, compression="zstd", compression_level=12, store_schema=False)
                opened.append(stack.enter_context(writer))
            while behind and sum(rows for rows, _ in behind) + len(shelf) > _WAITING:
                behind.popleft()[1].result()
            behind.append((len(shelf), thread.submit(opened[0].write_table, shelf, row_group_size=len(shelf))))

        yield pack
        for _, last in behind:
            last.result()


def _column(column: pd.api.extensions.ExtensionArray, kind: pa.DataType, chosen: np.ndarray) -> pa.Array:
    """Return some cells of a column; of text the words that are there, in alphabetical order, and their numbers."""
    if not isinstance(column, pd.Categorical):
        return pa.array(column.to_numpy()[chosen], from_pandas=True).cast(kind)  # NaN is kept as null
    return _few(column.codes[chosen], pa.array(column.categories, kind))


def _few(codes: np.ndarray, words: pa.Array) -> pa.DictionaryArray:
    """Return a column without the words that are nowhere in it."""
    there = np.zeros(len(words) + 1, dtype=bool)  # the last one stands for what is missing (-1)
    there[codes] = True
    number = np.append(np.cumsum(there[:-1], dtype=np.int32) - 1, np.int32(-1))[codes]
    missing = number < 0 if there[-1] else None
    return pa.DictionaryArray.from_arrays(pa.array(number, mask=missing), words.filter(pa.array(there[:-1])))


def _tidied(every: pa.Table) -> pa.Table:
    """Return rows in one piece, with the words that are there, in alphabetical order."""
    columns = []
    for name, column in zip(every.column_names, every.unify_dictionaries().columns, strict=True):
        if name in TEXT:
            words = column.chunk(0).dictionary
            order = pc.sort_indices(words)
            rank = np.append(np.argsort(order.to_numpy()), -1)
            codes = column.combine_chunks().indices.fill_null(len(words)).to_numpy()
            columns.append(_few(rank[codes], words.take(order)))
        else:
            columns.append(column.combine_chunks())
    return pa.Table.from_arrays(columns, schema=_CODED)


def _refuse_double(shelf: pa.Table, before: tuple | None) -> tuple:
    """Raise for rows that have one key, or that of the row before; those lie beside each other. Return the last key."""
    same, further = (np.full(len(shelf) - 1, fill) for fill in (True, False))
    for name in _ORDER:
        column = shelf.column(name).chunk(0)
        key = (column.indices if name in TEXT else column).to_numpy()
        further |= same & (key[1:] > key[:-1])
        same &= key[1:] == key[:-1]
    first, last = (tuple(shelf[name][number].as_py() for name in _ORDER) for number in (0, len(shelf) - 1))
    double = np.append(first == before, same)
    assert (further | same).all(), "rows came in another order than they are kept in"
    assert before is None or before <= first, f"{first} came after {before}"
    if double.any():
        twice = {name: shelf[name][int(np.flatnonzero(double)[0])].as_py() for name in KEY}
        raise KavelmonError(f"{int(double.sum())} observations have the key of another one; the first: {twice}")
    return last
