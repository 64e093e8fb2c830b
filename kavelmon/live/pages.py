"""One page of rows as StatLine answers it, read into columns: its rows never become objects one by one."""

import io
from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.json

from kavelmon.live import wire

NUMBER = "ID"  # of a row, within its table
_LINK = "odata.nextLink"


@dataclass(frozen=True)
class Page:
    """Rows of a table.

    Attributes
    ----------
    columns
        The column `NUMBER`, and text as it came of every column that was asked.
    link
        Where the next page is, as the publisher says; "" when it says that there is none.
    """

    columns: pa.Table
    link: str


def read(body: bytes, keys: Collection[str]) -> Page:
    """Read a page that must have the columns `keys`.

    Raises
    ------
    ValueError
        It is not whole, or a row lacks a column.
    """
    return _fast(body, keys) or _slow(body, keys)


def _fast(body: bytes, keys: Collection[str]) -> Page | None:
    """Read a page in which every row has every column; None when it is anything else."""
    row = pa.struct([(NUMBER, pa.int64()), *((key, pa.string()) for key in keys)])
    known = pa.schema([("value", pa.list_(row)), (_LINK, pa.string())])
    try:
        found = pa.json.read_json(
            io.BytesIO(body),
            pa.json.ReadOptions(use_threads=False, block_size=len(body) + 1),
            pa.json.ParseOptions(known, newlines_in_values=True, unexpected_field_behavior="ignore"),
        )
        found.validate(full=True)  # its text may be no UTF-8
    except pa.ArrowInvalid:
        return None
    if len(found) != 1 or found["value"].null_count:
        return None
    rows = found["value"].chunk(0).flatten()
    columns = pa.Table.from_arrays(rows.flatten(), [NUMBER, *keys])
    if rows.null_count or any(column.null_count for column in columns.columns):
        return None  # null, or not there at all: the other reader tells which
    return Page(columns, found[_LINK][0].as_py() or "")


def _slow(body: bytes, keys: Collection[str]) -> Page:
    """Read any other page, and say what is wrong with it."""
    content = wire.json_object(body)
    rows = wire.rows(content)
    for row in rows:
        if lacking := {NUMBER, *keys} - row.keys():
            raise ValueError(f"a row without {sorted(lacking)[0]}; the table may just have been changed")
    text = [pa.array([None if row[key] is None else str(row[key]) for row in rows], pa.string()) for key in keys]
    number = pa.array([int(row[NUMBER]) for row in rows], pa.int64())
    return Page(pa.Table.from_arrays([number, *text], [NUMBER, *keys]), str(content.get(_LINK) or ""))
