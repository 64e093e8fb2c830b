"""Numbers as an export writes them, made plain; what can be read in two ways is refused, never guessed.

"1.234" is one and a bit with a decimal point, and more than a thousand with a decimal comma. Which of the two a file
means, its other cells tell: one file has one decimal mark.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from kavelmon.model import SourceError

UNKNOWN = "."  # StatLine: unknown, not reliable enough, or secret; a blank cell cannot exist on logical grounds
_SECRET = "x"  # of older tables; nothing that is read tells it from unknown
_NONE = ("-", "–", "—")
_MARKS = re.compile(r"\s*(\*{1,2})$")  # * provisional, ** revised provisional; beside a period, seldom beside a number
_GROUP = r"[1-9]\d{0,2}"
_READABLE = {
    ".": re.compile(rf"[-+]?(?:\d+|{_GROUP}(?:,\d{{3}})+|{_GROUP}(?: \d{{3}})+)(?:\.\d+)?", re.ASCII),
    ",": re.compile(rf"[-+]?(?:\d+|{_GROUP}(?:\.\d{{3}})+|{_GROUP}(?: \d{{3}})+)(?:,\d+)?", re.ASCII),
}
_BOTH = frozenset(_READABLE)


class Column(NamedTuple):
    """The cells of one topic, with the line of each and the name of the column in the file."""

    name: str
    cells: Sequence[str]
    lines: Sequence[int]


class Plain(NamedTuple):
    """Cells with a decimal point, "." or "" where there is no number; and which of them bear a mark of provisional."""

    cells: list[str]
    marked: list[bool]


def marks(cell: str) -> frozenset[str]:
    """Return the decimal marks with which a cell is a number; none when it is no number.

    Examples
    --------
    >>> sorted(marks("1.234")), sorted(marks("1.234,5")), sorted(marks("0.234")), sorted(marks("12.34,5"))
    ([',', '.'], [','], ['.'], [])
    """
    return frozenset(mark for mark, readable in _READABLE.items() if readable.fullmatch(cell))


def without_marks(cell: str) -> tuple[str, bool]:
    """Return a cell without its asterisks, and whether it had them.

    Examples
    --------
    >>> without_marks("2024**"), without_marks(" 12,3*"), without_marks("2020")
    (('2024', True), ('12,3', True), ('2020', False))
    """
    text = cell.replace("\u00a0", " ").strip()
    bare = _MARKS.sub("", text)
    return bare, bare != text


def plain(columns: Sequence[Column], path: Path, decimal: str = "", others: Iterable[str] = ()) -> list[Plain]:
    """Write the numbers of a file with a decimal point and nothing else.

    Parameters
    ----------
    decimal
        The mark that the form or the declaration is sure of; empty when the cells must tell.
    others
        Cells of other columns, asked when those of `columns` leave it open.

    Raises
    ------
    SourceError
        For a cell that is no number, for two decimal marks in one file, and where none of the cells tells which it is.
    """
    bare = [[without_marks(cell) for cell in column.cells] for column in columns]
    mark = decimal or _mark(columns, [[text for text, _ in cells] for cells in bare], path, others)
    out = []
    for column, cells in zip(columns, bare, strict=True):
        numbers = [_one(text, mark, column, i, path) for i, (text, _) in enumerate(cells)]
        out.append(
            Plain(
                numbers,
                [marked and number not in ("", UNKNOWN) for number, (_, marked) in zip(numbers, cells, strict=True)],
            )
        )
    return out


def _one(text: str, mark: str, column: Column, at: int, path: Path) -> str:
    if _missing(text):
        return UNKNOWN if text else ""
    if not _READABLE[mark].fullmatch(text):
        where = f'{path.name}, line {column.lines[at]}, column "{column.name}"'
        if text in _NONE:
            raise SourceError(
                f"{where}: {text!r} is no number (found: a dash, in older tables none at all; allowed: 0, or . or "
                "nothing where there is no figure); write what it stands for, or export the table again"
            )
        raise SourceError(
            f"{where}: {text!r} is no number (allowed: digits with a decimal "
            f"{'comma' if mark == ',' else 'point'}, or '', '.' for missing); mend that cell or export the table again"
        )
    return text.replace(" ", "").replace("," if mark == "." else ".", "").replace(",", ".").removeprefix("+")


def _missing(text: str) -> bool:
    return text in ("", UNKNOWN, _SECRET)


def _mark(columns: Sequence[Column], texts: list[list[str]], path: Path, others: Iterable[str]) -> str:
    """Tell which decimal mark a file has."""
    first: dict[str, tuple[Column, int, str]] = {}
    open_: tuple[Column, int, str] | None = None
    for column, cells in zip(columns, texts, strict=True):
        for i, text in enumerate(cells):
            if text.isdigit() or _missing(text):
                continue
            found = marks(text)
            if len(found) == 1:
                first.setdefault(next(iter(found)), (column, i, text))
            elif found and not text.lstrip("+-").replace(" ", "").isdigit():
                open_ = open_ or (column, i, text)
    if len(first) > 1:
        (one, i, a), (two, j, b) = first[","], first["."]
        raise SourceError(
            f'{path.name}: {a!r} (line {one.lines[i]}, column "{one.name}") has a decimal comma and {b!r} (line '
            f'{two.lines[j]}, column "{two.name}") a decimal point; a file has one of the two, export the table again'
        )
    if first:
        return next(iter(first))
    if open_ is None:
        return ","
    told = {next(iter(found)) for cell in others if len(found := marks(without_marks(cell)[0])) == 1}
    if len(told) == 1:
        return told.pop()
    column, i, text = open_
    raise SourceError(
        f'{path.name}, line {column.lines[i]}, column "{column.name}": {text!r} can be read with a decimal comma and '
        "with a decimal point, and no other cell tells which (allowed: one of the two); export a topic with decimals "
        "along with it, or give read.decimal"
    )
