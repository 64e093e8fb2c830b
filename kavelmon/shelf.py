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
_ORDER = ["source", "age", "period", "level", "region"]  # within a shelf


_BEHIND = 2  # so many shelves wait to be packed, at most: some take longer to make, some to pack


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
            made[name] = np.concatenate([part[name].to_numpy() for part in parts])
    return pd.DataFrame(made, copy=False)


def united(parts: Sequence[pd.Categorical]) -> pd.Categorical:
    """Put columns of text below each other, their categories in alphabetical order."""
    first = parts[0].categories
    if first.is_monotonic_increasing and all(part.categories.equals(first) for part in parts):
        return pd.Categorical.from_codes(np.concatenate([part.codes for part in parts]), dtype=parts[0].dtype)
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
    _refuse_double(rows)
    level = rows["level"].cat
    shelf = np.array([SHELVES[name] for name in level.categories])[level.codes]
    order = np.lexsort([rows[name].cat.codes for name in reversed(_ORDER)])
    for name in np.unique(shelf):
        chosen = order[shelf[order] == name]
        yield pa.table([_column(rows[field.name], field.type, chosen) for field in SCHEMA], schema=SCHEMA)


@contextmanager
def packed(path: Path) -> Iterator[Callable[[pa.Table], None]]:
    """Write shelves as the row groups of one Parquet file; they are packed while the next ones are made.

    Yields
    ------
    function
        Takes the next shelf. There is no file as long as there is none.
    """
    opened: list[pq.ParquetWriter] = []
    behind: deque[Future[None]] = deque()
    # the thread is done before the file is closed
    with ExitStack() as stack, ThreadPoolExecutor(1) as thread:

        def pack(shelf: pa.Table) -> None:
            if not opened:
                writer = pq.ParquetWriter(path, SCHEMA, compression="zstd", compression_level=12)
                opened.append(stack.enter_context(writer))
            if len(behind) == _BEHIND:
                behind.popleft().result()
            behind.append(thread.submit(opened[0].write_table, shelf, row_group_size=shelf.num_rows))

        yield pack
        for last in behind:
            last.result()


def _column(column: pd.Series, kind: pa.DataType, chosen: np.ndarray) -> pa.Array:
    if not isinstance(column.array, pd.Categorical):
        return pa.array(column.to_numpy()[chosen], from_pandas=True).cast(kind)  # NaN is kept as null
    codes = column.array.codes[chosen]
    return pa.array(column.array.categories, kind).take(pa.array(codes, mask=codes < 0))


def _refuse_double(rows: pd.DataFrame) -> None:
    key = np.zeros(len(rows), dtype=np.int64)
    for name in KEY:
        codes, size = (
            pd.factorize(rows[name]) if name not in TEXT else (rows[name].cat.codes, rows[name].cat.categories)
        )
        key = key * (len(size) + 1) + np.asarray(codes, dtype=np.int64)
    double = pd.Series(key).duplicated().to_numpy()
    if double.any():
        first = rows.loc[double, KEY].iloc[0].to_dict()
        raise KavelmonError(f"{int(double.sum())} observations have the key of another one; the first: {first}")
