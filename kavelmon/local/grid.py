"""Read a table of a region's own, CSV or Excel, as text with the place of each cell.

What stands in a cell that is wrong is repeated only when it is a number or a code: it may be a person's name.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import python_calamine

from kavelmon.model import SourceError
from kavelmon.sources import files

SUFFIXES = (".csv", ".xlsx")
_MOST = 20  # faults that are listed
_HARMLESS = re.compile(r"[-+]?[\d.,]{1,8}\s?[%€]?|\d{1,4}[A-Za-z][\d.,]{0,4}|(?:GM|WK|BU|GG|PV)\w{1,8}|\w\w?")


class Number(str):
    """A cell of Excel that holds a number, whatever the decimal mark on the screen."""


@dataclass(frozen=True)
class Grid:
    """A table as it stands in its file.

    Attributes
    ----------
    name
        Name of the file.
    columns
        The header, as written.
    lines
        Number of the row in the file, and its cells, as many as there are columns.
    excel
        Whether a cell has an address (B7).
    """

    name: str
    columns: list[str]
    lines: list[tuple[int, list[str]]]
    excel: bool = False
    top: int = 1  # the row of the header

    def at(self, row: int, column: int) -> str:
        """Return where a cell stands, in words; `column` counts from 0."""
        place = f"cell {_letters(column)}{row}" if self.excel else f"row {row}"
        return f"{place}, column {self.called(column)}"

    def called(self, column: int) -> str:
        """Return what a column is called in a message; its number when its name may be a person's."""
        name = self.columns[column]
        safe = re.fullmatch(r"[A-Za-zÀ-ž][\w .%/-]{0,40}", name) and not re.search(r"\d{4}", name)
        return f'"{name}"' if safe else f"{column + 1}"


class Faults:
    """The faults of one table, in the order in which they were found."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.found: list[str] = []

    def add(self, row: int, column: int, text: str) -> None:
        """Note what is wrong with a cell."""
        self.found.append(f"{self.grid.name}, {self.grid.at(row, column)}: {text}")

    def close(self) -> None:
        """Raise `SourceError` with every fault, when there is one."""
        refuse(self.found)


def refuse(found: Iterable[str]) -> None:
    """Raise `SourceError` with these faults, when there are any."""
    found = list(dict.fromkeys(found))
    if not found:
        return
    listed = found[:_MOST] + ([f"... and {len(found) - _MOST} more"] if len(found) > _MOST else [])
    count = f"{len(found)} faults; nothing was stored:\n" if len(found) > 1 else ""
    raise SourceError(count + "\n".join(listed))


def shown(cell: str) -> str:
    """Return the text of a cell for a message: only a number or a code, nothing that can be said of a person.

    Examples
    --------
    >>> shown("12,5"), shown("gm9999"), shown("Jansen")
    ("'12,5'", "'gm9999'", 'a text of 6 characters')
    """
    cell = cell.strip()
    if re.fullmatch(_HARMLESS, cell) or re.fullmatch(_HARMLESS, cell.upper()):
        return repr(str(cell))
    return f"a text of {len(cell)} character{'s' if len(cell) != 1 else ''}" if cell else "an empty cell"


def read(path: Path, sheet: str = "") -> Grid:
    """Read a table: the header on its first row, cells without blanks around them.

    Raises
    ------
    SourceError
        Empty, another encoding or separator, rows of unequal length, or a column name twice.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise SourceError(f"{path.name}: {path.suffix or 'no extension'} is not read; save it as .csv (UTF-8) or .xlsx")
    excel = path.suffix.lower() == ".xlsx"
    rows = _excel(path, sheet) if excel else _csv(path)
    rows = [(number, cells) for number, cells in rows if any(cells)]
    if not rows:
        raise SourceError(f"{path.name}: the file is empty; put the table in it, its column names on the first row")
    (top, columns), *lines = rows
    while columns and not columns[-1] and not any(cells[len(columns) - 1 :][:1] != [""] for _, cells in lines):
        columns = columns[:-1]
    grid = Grid(path.name, columns, [(n, cells[: len(columns)]) for n, cells in lines], excel, top)
    if not lines:
        raise SourceError(f"{path.name}: no row below the column names; put the figures in it")
    for number, name in enumerate(columns):
        if not name:
            where = grid.at(top, number)
            raise SourceError(f"{path.name}, {where}: a column without a name; name it or take it out")
        if name.casefold() in [other.casefold() for other in columns[:number]]:
            raise SourceError(f"{path.name}, {grid.at(top, number)}: a column that stands there twice; keep one")
    return grid


def _csv(path: Path) -> list[tuple[int, list[str]]]:
    raw = path.read_bytes()
    if not raw.strip():
        raise SourceError(f"{path.name}: the file is empty; put the table in it, its column names on the first row")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in raw[:200]:
        raise SourceError(
            f"{path.name}, row 1: UTF-16 (found), which is not read (allowed: UTF-8); save it in Excel as "
            '"CSV UTF-8 (door komma\'s gescheiden)" or as .xlsx'
        )
    text = files.text_of(path)
    header = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=header.count)
    if delimiter not in header:
        other = next((mark for mark in "|:" if mark in header), "")
        found = f'the column names are separated by "{other}"' if other else "one column only"
        raise SourceError(f'{path.name}, row 1: {found}; separate them by ";", "," or a tab')
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for cells in reader:
            rows.append((before + 1, [cell.strip() for cell in cells]))
            before = reader.line_num
    except csv.Error:
        raise SourceError(
            f"{path.name}, row {before + 1}: a quotation mark that is not closed or stands inside a cell; mend it"
        ) from None
    width = len(rows[0][1])
    for number, cells in rows:
        if cells and len(cells) != width and any(cells):
            raise SourceError(
                f"{path.name}, row {number}: {len(cells)} cells, the first row has {width}; the separator "
                f'"{delimiter}" may stand inside a cell: put that cell between quotation marks'
            )
    return rows


def _excel(path: Path, sheet: str) -> list[tuple[int, list[str]]]:
    if not path.stat().st_size:
        raise SourceError(f"{path.name}: the file is empty; put the table in it, its column names on the first row")
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except Exception:  # the library raises many kinds, and quotes what is in the file
        raise SourceError(f"{path.name}: no readable xlsx file; save it again in Excel as .xlsx, or as CSV") from None
    filled = {name: rows for name, rows in sheets.items() if any(cell != "" for row in rows for cell in row)}
    if sheet:
        if sheet not in sheets:
            raise SourceError(f'{path.name}: no sheet "{sheet}"; change the key sheet in {path.stem}.toml')
        filled = {sheet: sheets[sheet]}
    if len(filled) > 1:
        raise SourceError(
            f"{path.name}: {len(filled)} sheets hold something; name the one with the figures in {path.stem}.toml: "
            'sheet = "..."'
        )
    rows = next(iter(filled.values()), [])
    return [(number, [_text(cell) for cell in cells]) for number, cells in enumerate(rows, 1)]


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, int | float):
        return Number(int(cell) if float(cell).is_integer() else repr(cell))
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()[:10]
    return str(cell).strip()


def _letters(column: int) -> str:
    """Return what Excel calls a column.

    Examples
    --------
    >>> _letters(0), _letters(27)
    ('A', 'AB')
    """
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
