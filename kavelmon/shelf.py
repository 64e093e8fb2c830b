"""The rows of one indicator: their columns, the order they are kept in, and the shelves they lie on.

While they are made, text is kept as categories: a row then takes less than a tenth of what it takes as strings.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
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
_WAITING = 100_000  # so many rows wait to be packed, at most, or one shelf: some take longer to make, some to pack


def constant(text: str, length: int) -> pd.Categorical:
    """Return a column that holds one text."""
    return coded(np.zeros(length, dtype=np.int8), [text])


def coded(codes: np.ndarray, texts: Sequence[str]) -> pd.Categorical:
    """Return a column of texts by their number; a text may have more than one."""
    found = pd.Index(sorted({*texts}), dtype="str")
    return pd.Categorical.from_codes(found.get_indexer(list(texts))[codes], found)


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
    if first.is_monotonic_increasing and all(part.categories.equals(first) for part in parts):
        return pd.Categorical.from_codes(_joined([part.codes for part in parts]), dtype=parts[0].dtype)
    return union_categoricals(parts, sort_categories=True)


def _categories(column: pd.Series) -> pd.Categorical:
    found = column.array if isinstance(column.array, pd.Categorical) else pd.Categorical(column)
    return found if found.categories.dtype == "str" else found.rename_categories(found.categories.astype("str"))


def plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with text as strings."""
    return rows[COLUMNS].astype(dict.fromkeys(TEXT, "str"))


def shelves(rows: pd.DataFrame) -> Iterator[pa.Table]:
    """Cut the rows of one indicator, as `stacked` gives them, in shelves; each is sorted.

    Raises
    ------
    KavelmonError
        Two rows with one key; the message names the first.
    """
    level = rows["level"].cat
    shelf = np.array([SHELVES[name] for name in level.categories])[level.codes]
    keys = [rows[name].cat.codes.to_numpy() if name in TEXT else rows[name].to_numpy() for name in _ORDER]
    order = np.lexsort(keys[::-1]).astype(np.int32)
    _refuse_double(rows, order, keys)
    for name in np.unique(shelf):
        chosen = order[shelf[order] == name]
        columns = [_column(rows[field.name].array, field.type, chosen) for field in SCHEMA]
        yield pa.Table.from_arrays(columns, schema=_CODED)


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
    if not isinstance(column, pd.Categorical):
        return pa.array(column.to_numpy()[chosen], from_pandas=True).cast(kind)  # NaN is kept as null
    codes = column.codes[chosen]
    there = np.zeros(len(column.categories) + 1, dtype=bool)  # the last one stands for what is missing (-1)
    there[codes] = True
    words = pa.array(column.categories[there[:-1]], kind)
    number = np.append(np.cumsum(there[:-1], dtype=np.int32) - 1, np.int32(-1))[codes]
    return pa.DictionaryArray.from_arrays(pa.array(number, mask=number < 0 if there[-1] else None), words)


def _refuse_double(rows: pd.DataFrame, order: np.ndarray, keys: Sequence[np.ndarray]) -> None:
    """Raise for rows that have one key; those lie beside each other in `order`."""
    double = np.ones(max(len(order) - 1, 0), dtype=bool)
    for key in keys:
        double &= key[order[1:]] == key[order[:-1]]
    if double.any():
        first = rows.iloc[order[1:][double][0]][KEY].to_dict()
        raise KavelmonError(f"{int(double.sum())} observations have the key of another one; the first: {first}")
