"""Read one published file, strictly: every value as text, every fault as a sentence that names file and line."""

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from kavelmon import shelf
from kavelmon.declarations import near
from kavelmon.model import SourceError
from kavelmon.source_model import Reading


def find(folder: Path, patterns: Iterable[str]) -> list[Path]:
    """Return the files below `folder` whose names fit one of the patterns, by name."""
    return sorted({p for pattern in patterns for p in folder.rglob(pattern) if p.is_file()}, key=lambda p: p.name)


def text_of(path: Path) -> str:
    """Return the text of a UTF-8 file, without its byte order mark."""
    raw = path.read_bytes()
    if not raw.strip():
        raise SourceError(f"{path.name}: the file is empty; fetch it again from its publisher")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SourceError(
            f"{path.name}, line {line}: byte 0x{raw[error.start]:02x} is not UTF-8 (found: probably latin-1 or "
            "Windows-1252; allowed: UTF-8); save the file as UTF-8 or fetch it again"
        ) from None


def json_of(path: Path) -> Any:
    """Return the content of a JSON file."""
    try:
        return json.loads(text_of(path))
    except json.JSONDecodeError as error:
        raise SourceError(
            f"{path.name}, line {error.lineno}: no complete JSON ({error.msg}); the file may be cut off, fetch it again"
        ) from None


def table_of(path: Path, read: Reading | None = None) -> pd.DataFrame:
    """Read a table (CSV, xlsx, Parquet or JSON, by the end of its name); row 0 stands on line 2 of a CSV.

    Returns
    -------
    pandas.DataFrame
        Text columns; those of Parquet and JSON keep their own types.

    Raises
    ------
    SourceError
        Empty, cut off, not UTF-8, rows of unequal length, a column name twice, or a format that is not known.
    """
    read = read or Reading()
    kind = path.suffix.lower()
    if kind == ".csv":
        frame = _csv(path, read.delimiter)
    elif kind == ".json":
        frame = _nested(json_of(path), read, path)
    elif kind in (".xlsx", ".parquet"):
        try:
            if kind == ".parquet":
                frame = pq.read_table(path).to_pandas(ignore_metadata=True)
            else:
                frame = pd.read_excel(path, engine="calamine", dtype=str, keep_default_na=False)
        except Exception as error:  # both libraries raise many kinds for a file that is cut or no such file
            raise SourceError(f"{path.name}: no readable {kind[1:]} file ({error}); fetch it again") from None
    else:
        raise SourceError(f"{path.name}: {kind or 'no extension'} is not read; allowed: .csv .xlsx .parquet .json")
    if frame.empty:
        raise SourceError(f"{path.name}: no rows below the header; the file may be cut off, fetch it again")
    return frame


def _csv(path: Path, delimiter: str) -> pd.DataFrame:
    text = text_of(path)
    header = text.split("\n", 1)[0]
    delimiter = delimiter or max(";,\t", key=header.count)
    if delimiter not in header:
        raise SourceError(
            f'{path.name}, line 1: no "{delimiter}" in the header (found: {header[:60]!r}); '
            f'the columns must be separated by "{delimiter}"'
        )
    try:
        names = next(iter(pd.read_csv(io.StringIO(header), sep=delimiter, header=None, dtype=str).values.tolist()))
    except pd.errors.ParserError:
        raise SourceError(
            f"{path.name}, line 1: a quotation mark that nothing closes (found: {header[:60]!r}); mend it, or fetch "
            "the file again"
        ) from None
    names = ["" if pd.isna(n) else str(n).strip() for n in names]
    if twice := [n for n in names if n and names.count(n) > 1]:
        raise SourceError(f'{path.name}, line 1: column "{twice[0]}" stands there twice; keep one')
    try:
        table = pa.csv.read_csv(
            io.BytesIO(text.encode()),
            read_options=pa.csv.ReadOptions(
                column_names=[str(i) for i in range(len(names))], skip_rows=1, use_threads=False
            ),
            parse_options=pa.csv.ParseOptions(delimiter=delimiter),
            convert_options=pa.csv.ConvertOptions(
                column_types={str(i): pa.string() for i in range(len(names))}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        reason = str(error).removeprefix("CSV parse error: ")
        raise SourceError(
            f"{path.name}: a row has another number of columns than the header ({reason[:160]}); "
            "the file may be cut off or hold a stray separator, fetch it again"
        ) from None
    return table.rename_columns([n or f"_{i}" for i, n in enumerate(names)]).to_pandas()


def _nested(content: Any, read: Reading, path: Path) -> pd.DataFrame:
    """Flatten JSON: a list of records, or an object of records by region code."""
    for part in filter(None, read.json_path.split("/")):
        if not isinstance(content, dict) or part not in content:
            found = ", ".join(list(content)[:5]) if isinstance(content, dict) else type(content).__name__
            raise SourceError(f'{path.name}: key "{part}" is not there (found: {found}); fetch the file again')
        content = content[part]
    if isinstance(content, dict):
        return pd.json_normalize([{read.region: code, **record} for code, record in content.items()])
    return pd.json_normalize(content)


def require(frame: pd.DataFrame, names: Iterable[str], path: Path) -> None:
    """Check that columns are there.

    Raises
    ------
    SourceError
        Naming the first absent column and the ones nearest to it.
    """
    for name in names:
        if name not in frame.columns:
            raise SourceError(
                f'{path.name}, line 1: column "{name}" is not there (found {len(frame.columns)} columns; nearest: '
                f"{near(name, map(str, frame.columns))}); when the publisher renamed it, change its declaration"
            )


class Distinct(NamedTuple):
    """A column by its different texts: which of them each cell holds (-1: it is missing), and the texts."""

    codes: np.ndarray
    texts: pd.Index


def distinct(column: pd.Series) -> Distinct:
    """Return a column as text without blanks around it.

    A table says the same few things over and over: whatever is done with its text is done once for each of them.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        texts = column.array.categories
        used = np.isin(np.arange(len(texts)), column.array.codes)
        codes = np.append(np.cumsum(used) - 1, -1)[column.array.codes]  # the last one stands for what is missing (-1)
        texts = texts[used]
    else:
        codes, texts = pd.factorize(column.astype("str"))
    plain, bare = pd.factorize(texts.astype("str").str.strip())
    return Distinct(np.append(plain, -1)[codes], bare)


def words(column: pd.Series) -> pd.Categorical:
    """Return a column as text without blanks around it, as categories; what is missing is no text ("")."""
    codes, texts = distinct(column)
    return shelf.coded(codes, [*texts.tolist(), ""] if (codes < 0).any() else texts.tolist())


def to_numbers(
    column: pd.Series, path: Path, read: Reading | None = None, *, lines: np.ndarray | None = None
) -> np.ndarray:
    """Turn the text of a column into numbers; the source's words for missing become NaN.

    Parameters
    ----------
    lines
        The line of each cell in its file; without it the first one stands on line 2.

    Raises
    ------
    SourceError
        For the first cell that is no number, with its line, text and column.
    """
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype=float, na_value=np.nan)
    return numbers_of(distinct(column), str(column.name), path, read, lines=lines)


def numbers_of(
    cells: Distinct, name: str, path: Path, read: Reading | None = None, *, lines: np.ndarray | None = None
) -> np.ndarray:
    """Turn a column, as `distinct` gives it, into numbers; see `to_numbers`."""
    read = read or Reading()
    text = pd.Series(cells.texts)
    text = text.mask(text.isin(read.missing))
    if read.decimal == ",":
        text = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if (wrong := text.notna().to_numpy() & ~np.isfinite(numbers)).any():
        first = int(np.flatnonzero(np.append(wrong, False)[cells.codes])[0])
        line = first + 2 if lines is None else lines[first]
        raise SourceError(
            f'{path.name}, line {line}, column "{name}": {text[cells.codes[first]]!r} is no number '
            f"(allowed: digits with a decimal {'comma' if read.decimal == ',' else 'point'}, "
            f"or {', '.join(map(repr, read.missing))} for missing); mend that cell or fetch the file again"
        )
    return np.append(numbers, np.nan)[cells.codes]  # the last one stands for what is missing (-1)
