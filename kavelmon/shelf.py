"""The rows of one indicator: their columns, and the shelves they lie on.

While they are made, text is kept as categories: a row then takes less than a tenth of what it takes as strings.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import union_categoricals

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
