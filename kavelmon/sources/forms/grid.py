"""The cells of a downloaded file, as rows of text: what surrounds a table (its title, its source line) told apart."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from kavelmon.model import SourceError
from kavelmon.sources import files

# the last line of a download by table layout; the second is that of StatLine until 2018
_FOOTER = re.compile(r"(?:Bron|Source)\s*:|©|\(c\) ", re.IGNORECASE)
_DELIMITERS = (";", "\t", ",")  # a decimal comma makes a comma the least certain of them
_SOME = 60  # lines that tell how the columns are separated
_AROUND = 6  # lines that have no columns: a title, a source line, blank ones


@dataclass(frozen=True)
class Grid:
    """The rows of a table, without blank ones, its title and its last lines.

    Attributes
    ----------
    rows, lines
        Cells without blanks around them, all rows as long as the longest; and the line of each row in the file.
    titled
        Whether a title stood above it.
    footer
        The line that says where it comes from; empty when there was none.
    """

    rows: list[list[str]]
    lines: list[int]
    titled: bool
    footer: str


def header(text: str, sign: str) -> list[str]:
    """Return the names on the first line of a CSV."""
    return [c.strip() for c in next(csv.reader([text.split("\n", 1)[0]], delimiter=sign), [])]


def delimiter(text: str) -> str:
    """Return what separates the columns: the first of ``;``, tab and ``,`` that most lines have equally often.

    Empty when none of them does.
    """
    lines = [line for line in text.split("\n", _SOME)[:_SOME] if line.strip()]
    for sign in _DELIMITERS:
        try:
            numbers = Counter(len(row) for row in csv.reader(lines, delimiter=sign) if len(row) > 1)
        except csv.Error:  # a quote that nothing closes makes one cell of all that follows
            continue
        if numbers and 2 * max(numbers.values()) > len(lines) - _AROUND:
            return sign
    return ""


def read(path: Path) -> Grid:
    """Read the cells of a CSV or xlsx file.

    Raises
    ------
    SourceError
        Empty, not UTF-8, cut off inside a cell, or with rows of unequal length.
    """
    cells = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    rows = [(line, [c.replace("\u00a0", " ").strip() for c in row]) for line, row in cells]
    rows = [(line, row) for line, row in rows if any(row)]
    if not rows:
        raise SourceError(f"{path.name}: the file is empty; export the table again")
    footer = ""
    while len(rows) > 1 and _alone(rows[-1][1]) and _FOOTER.match(rows[-1][1][0]):
        footer = rows.pop()[1][0]
    width = Counter(len(row) for _, row in rows).most_common(1)[0][0]
    titled = False
    while width > 1 and rows and _alone(rows[0][1]):
        titled = bool(rows.pop(0))
    for line, row in rows:
        if len(row) != width:
            raise SourceError(
                f"{path.name}, line {line}: {len(row)} columns where the other lines have {width}; the file may be cut "
                "off or hold a stray separator, export the table again"
            )
    if not rows:
        raise SourceError(f"{path.name}: no table below its title; export the table again")
    return Grid([row for _, row in rows], [line for line, _ in rows], titled, footer)


def _alone(row: list[str]) -> bool:
    """Tell whether a row has something in its first cell only."""
    return bool(row[0]) and not any(row[1:])


def _csv(path: Path) -> list[tuple[int, list[str]]]:
    text = files.text_of(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text) or _DELIMITERS[0], strict=True)
    rows, line = [], 1
    try:
        for row in reader:
            rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise SourceError(
            f"{path.name}, line {line}: the cells cannot be told apart ({error}); the file may be cut off, export the "
            "table again"
        ) from None
    return rows


def _xlsx(path: Path) -> list[tuple[int, list[str]]]:
    try:
        frame = pd.read_excel(path, engine="calamine", header=None, dtype=object, keep_default_na=False)
    except Exception as error:  # the library raises many kinds for a file that is cut or no such file
        raise SourceError(f"{path.name}: no readable xlsx file ({error}); export the table again") from None
    return [(n + 1, [_text(v) for v in row]) for n, row in enumerate(frame.itertuples(index=False))]


def _text(value: object) -> str:
    """Write a cell of a workbook; a number there has a decimal point, and one figure more makes that certain."""
    if isinstance(value, float):
        if value != value:
            return ""
        return str(int(value)) if value.is_integer() else f"{np.format_float_positional(value)}0"
    return str(value)
