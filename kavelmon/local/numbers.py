"""Read the numbers of a table whose decimal mark is not known, and refuse what can be read in two ways."""

import math
import re
from collections.abc import Iterable

from kavelmon.local.columns import NUMBERS, Figure
from kavelmon.local.grid import Faults, Number, shown

_PLAIN = re.compile(r"[-+]?\d+")
_MARKED = re.compile(r"[-+]?\d+([.,])\d+")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}([.,])\d{3}")


def decimal_of(figures: Iterable[Figure], declared: str, faults: Faults) -> str:
    """Return the decimal mark of a table: as declared, else the only one in use.

    Two marks in one table, and one that can be a mark of thousands, are noted as faults.
    """
    if declared:
        return declared
    first: dict[str, tuple[Figure, str]] = {}
    sure: set[str] = set()
    for figure in figures:
        for name in NUMBERS:
            cell = figure.cells.get(name, "")
            match = _MARKED.fullmatch(cell)
            if isinstance(cell, Number) or not match:
                continue
            first.setdefault(match[1], (figure, name))
            if not _THOUSANDS.fullmatch(cell):
                sure.add(match[1])
    if len(first) == 2:
        figure, name = max(first.values(), key=lambda one: (one[0].row, one[0].columns[one[1]]))
        marked = _MARKED.fullmatch(figure.cells[name])
        assert marked
        faults.add(
            figure.row,
            figure.columns[name],
            f"a decimal {_NAMES[marked[1]]}, and other numbers of the table have another mark; use one of the two, and "
            "no mark between thousands",
        )
    for mark, (figure, name) in first.items():
        if len(first) == 1 and mark not in sure:
            faults.add(
                figure.row,
                figure.columns[name],
                f"{shown(figure.cells[name])} can be thousands or decimals, and no other number of the table tells "
                f'which; give decimal = "," or "." in the TOML (then no mark between thousands)',
            )
    return next(iter(first), ".")


_NAMES = {",": "comma", ".": "point"}


def number(figure: Figure, name: str, mark: str, faults: Faults) -> float:
    """Return the number in a cell; NaN when it is empty, or wrong (which is noted)."""
    cell = figure.cells.get(name, "")
    if not cell:
        return math.nan
    if isinstance(cell, Number):
        return float(cell)
    match = _MARKED.fullmatch(cell)
    if _PLAIN.fullmatch(cell) or (match and match[1] == mark):
        return float(cell.replace(mark, "."))
    if match:  # the other mark: said once for the table when that was not declared
        text = (
            f"{shown(cell)} has another mark than the declared decimal {_NAMES[mark]}; write it with a {_NAMES[mark]}"
        )
    else:
        text = (
            f"{shown(cell)} is no number (allowed: digits with a decimal comma or point, no sign for per cent or "
            "thousands); mend it, or leave the cell empty with a status: suppressed or missing"
        )
    faults.add(figure.row, figure.columns[name], text)
    return math.nan


def half_unit(cell: str) -> float:
    """Return half a unit of the last decimal of a number as written: what rounding may have done.

    Examples
    --------
    >>> half_unit("12,5"), half_unit("12")
    (0.05, 0.5)
    """
    decimals = len(re.split(r"[.,]", cell)[1]) if re.search(r"[.,]", cell) else 0
    return 0.5 * 10.0**-decimals
