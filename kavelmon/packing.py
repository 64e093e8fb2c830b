"""How the tables of a store are written: observations sorted on shelves, packed while the next ones are made."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kavelmon.model import KavelmonError
from kavelmon.shelf import COLUMNS, KEY, SCHEMA, SHELVES, TEXT, stacked

Add = Callable[[pd.DataFrame], None]
_ORDER = ["source", "age", "period", "level", "region", "region_year"]  # within a shelf
# text is written as it is made, as numbers of a few words, and read as text
_CODED = pa.schema([(f.name, pa.dictionary(pa.int32(), f.type) if f.name in TEXT else f.type) for f in SCHEMA])
AT_ONCE = 2**16  # rows, at most, in a row group
_WAITING = 100_000  # so many rows wait to be packed, at most, or one shelf: some take longer to make, some to pack
_HOW = {"compression": "zstd", "compression_level": 12}


@contextmanager
def write_observations(path: Path) -> Iterator[Add]:
    """Write a table of observations: schema checked, sorted, so that the same build gives the same bytes.

    Yields
    ------
    function
        Takes rows of one indicator: the indicators in alphabetical order, and of each its sources, too. Rows of one
        source may come in more than one frame: those of one shelf (`shelf.SHELVES`) in the order of age groups and
        periods; a frame itself has no order. Text may be kept as categories. There is no file as long as there are no
        rows.

    Raises
    ------
    KavelmonError
        Two rows with one key; the message names the first.
    """
    with _packed(path) as pack:
        lying = _Lying(pack)
        yield lying.add
        lying.end()


def write_table(content: pa.Table, path: Path) -> None:
    """Write another table as Parquet."""
    pq.write_table(content, path, **_HOW)


class _Lying:
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
        """Lay rows of one indicator behind those that lie there; see `write_observations`."""
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
            while sum(map(len, lying)) >= AT_ONCE:
                self._put(name, _cut(lying))

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
def _packed(path: Path) -> Iterator[Callable[[pa.Table], None]]:
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
                writer = pq.ParquetWriter(path, _CODED, store_schema=False, **_HOW)
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


def _cut(lying: list[pa.Table]) -> pa.Table:
    """Take a row group from what lies there; nothing else of it is held when that is handed on."""
    every = pa.concat_tables(lying)
    lying[:] = [_tidied(rest)] if len(rest := every.slice(AT_ONCE)) else []
    return _tidied(every.slice(0, AT_ONCE))


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
    """Raise for rows that have one key, or that of the row before; those lie beside each other. Return the last key.

    The level, which is no part of a key, follows from the region (`regions.level_of`).
    """
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
        raise KavelmonError(f"two observations have one key: {twice}")
    return last
