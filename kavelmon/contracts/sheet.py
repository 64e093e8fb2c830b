"""One table that people read: in a report, on a terminal and as CSV the same columns and rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from kavelmon import contract_texts
from kavelmon.numerals import NBSP, number

Kind = Literal["text", "year", "euro", "percent", "number", "share", "p"]
NONE = "–"
_DECIMALS = {"share": 2, "p": 3}
_MOST_DECIMALS = 2


@dataclass(frozen=True)
class Column:
    """A column: its Dutch title, and what its cells hold.

    Attributes
    ----------
    kind
        ``euro`` is whole cents, ``percent`` a share of 1 that is shown as a percentage, ``share`` and ``p`` a number of
        0 to 1 with two and three decimals; None is what is not known.
    decimals
        Of a ``number``; see `decimals`.
    """

    title: str
    kind: Kind = "text"
    decimals: int = 1

    @property
    def right(self) -> bool:
        """Whether its cells are aligned on the right, so that decimals stand below each other."""
        return self.kind not in ("text", "year")

    def shown(self, value: Any) -> str:
        """Return a cell as people read it."""
        if value is None:
            return NONE
        if self.kind == "euro":
            return contract_texts.amount(value)
        if self.kind == "percent":
            return f"{number(100 * float(value), 1)}{NBSP}%"
        if self.kind in ("text", "year"):
            return str(value)
        return number(float(value), _DECIMALS.get(self.kind, self.decimals))

    def plain(self, value: Any) -> str:
        """Return a cell as a spreadsheet reads it: a decimal comma, no thousands dot, no sign."""
        if value is None:
            return ""
        if self.kind == "euro":
            value = Decimal(value) / 100
            return f"{value:.2f}".replace(".", ",")
        if self.kind == "percent":
            return f"{float(100 * value):.4f}".replace(".", ",")
        if self.kind in ("text", "year"):
            return str(value)
        return f"{float(value):.6g}".replace(".", ",")


@dataclass(frozen=True)
class Sheet:
    """A table with a name (of its file), a title, and rows; of `total` the last row is the sum of the others."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: bool = False
    note: str = ""

    def shown(self) -> list[list[str]]:
        """Return the cells as people read them."""
        return [[c.shown(v) for c, v in zip(self.columns, row, strict=True)] for row in self.rows]

    def as_csv(self, remarks: Iterable[str] = ()) -> str:
        """Return the table as Dutch spreadsheets read it: semicolons and decimal commas; remarks begin with #."""
        lines = [f"# {' '.join(text.split())}" for text in (self.title, self.note, *remarks) if text]
        lines.append(";".join(_cell(self._head(c)) for c in self.columns))
        lines += [";".join(_cell(c.plain(v)) for c, v in zip(self.columns, row, strict=True)) for row in self.rows]
        return "\ufeff" + "".join(f"{line}\r\n" for line in lines)

    def as_text(self) -> str:
        """Return the table for a terminal."""
        cells = [[c.title for c in self.columns], *self.shown()]
        wide = [max(len(row[n]) for row in cells) for n in range(len(self.columns))]
        lines = [
            "  ".join(
                cell.rjust(w) if c.right else cell.ljust(w) for c, cell, w in zip(self.columns, row, wide, strict=True)
            ).rstrip()
            for row in cells
        ]
        if self.total and len(lines) > 1:
            lines.insert(-1, "-" * len(max(lines, key=len)))
        return "\n".join(lines)

    def records(self) -> list[dict[str, Any]]:
        """Return the rows by column, with euros for cents and floats for exact numbers."""
        names = [c.title for c in self.columns]
        return [dict(zip(names, map(_json, self.columns, row), strict=True)) for row in self.rows]

    def _head(self, column: Column) -> str:
        unit = {"euro": "euro", "percent": "%"}.get(column.kind, "")
        return f"{column.title} ({unit})" if unit else column.title


def _json(column: Column, value: Any) -> Any:
    if value is None or column.kind in ("text", "year"):
        return value
    return value / 100 if column.kind == "euro" else float(value)


def _cell(text: str) -> str:
    """Quote a cell where that is needed; what a spreadsheet would run as a formula is made plain text."""
    if text[:1] in ("=", "+", "@", "\t", "\r") or (text[:1] == "-" and not text[1:2].isdigit()):
        text = f"'{text}"
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if any(c in text for c in '";\n\r') else text


def decimals(values: Iterable[Any]) -> int:
    """Return how many decimals show all of some numbers, at most two.

    Examples
    --------
    >>> decimals([74, 8.5]), decimals([2, 1]), decimals([79.6905])
    (1, 0, 2)
    """
    known = [Decimal(str(float(v))) for v in values if v is not None]
    return next((n for n in range(_MOST_DECIMALS) if all(v == round(v, n) for v in known)), _MOST_DECIMALS)


def summed(rows: Sequence[Sequence[Any]], first: Sequence[Any]) -> tuple[Any, ...]:
    """Return the row of sums: `first` are its first cells, the rest adds up (None counts as nothing)."""
    rest = zip(*(row[len(first) :] for row in rows), strict=True)
    return (*first, *(_sum(column) for column in rest))


def _sum(values: Iterable[Any]) -> Any:
    known = [v for v in values if v is not None]
    return sum(known, start=Fraction(0) if any(isinstance(v, Fraction) for v in known) else 0) if known else None
