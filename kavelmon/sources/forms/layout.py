"""The table in the rows of a download: which row names the columns, what stands in rows and what in columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from kavelmon.model import SourceError
from kavelmon.source_model import Source
from kavelmon.sources.forms import digits, labels, titles
from kavelmon.sources.forms.grid import Grid
from kavelmon.sources.forms.titles import Topic

REGION, PERIOD, AGE, MARGIN, SUBJECT = "region", "period", "age", "margin", "subject"
WHERE, REST = "where:", "rest:"  # before the key of a declared breakdown, before the title of any other
_REGIONS = ("RegioS", "Regio", "Regios", "WijkenEnBuurten", "Wijken")  # not Gemeente: a kind of region, in cells
_SUBJECTS = ("Onderwerp", "Onderwerpen")
_DEPTH = 25  # no header is higher


@dataclass
class Table:
    """A table with one row per region and breakdown, as it stands in the file.

    Attributes
    ----------
    frame
        Text: one column per breakdown (`REGION`, ...) and one per topic that is asked.
    lines
        The line of each row.
    titles
        The name of each column in the file.
    units
        The unit of each topic, where the form has one.
    line
        The line of the names.
    codes
        Region codes that stand beside the labels.
    others
        Cells of topics that are not asked.
    pivoted
        Whether it came by table layout.
    """

    frame: pd.DataFrame
    lines: list[int]
    titles: dict[str, str]
    units: dict[str, str]
    line: int
    codes: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    pivoted: bool = False


class Roles:
    """What a title of a breakdown stands for in a source."""

    def __init__(self, source: Source) -> None:
        read = source.read
        self.known = {"Perioden": PERIOD, "Periode": PERIOD} | dict.fromkeys(_SUBJECTS, SUBJECT)
        self.known |= dict.fromkeys(_REGIONS, REGION)
        self.known |= {key: f"{WHERE}{key}" for key in read.where}
        named = {read.region: REGION, read.period: PERIOD, read.age: AGE, read.margin: MARGIN}
        self.known |= {key: role for key, role in named.items() if key}

    def of(self, title: str) -> str:
        """Return the role of a title, with or without what stands between brackets behind it; empty when unknown."""
        bare = title.split(" (")[0]
        return self.known.get(titles.key_of(title)) or self.known.get(titles.key_of(bare), "")


def table(grid: Grid, source: Source, asked: Sequence[str], path: Path) -> Table:
    """Find the table in the rows of a file.

    Raises
    ------
    SourceError
        For a file without regions or without the topics that are asked, and for one that was cut off.
    """
    roles = Roles(source)
    named = [i for i, row in enumerate(grid.rows[:_DEPTH]) if any(map(roles.of, row))]
    last = named[-1] if named else 0
    found = {role for i in named for role in map(roles.of, grid.rows[i]) if role}
    if REGION not in found:
        there = ", ".join(f'"{c}"' for i in named or [0] for c in grid.rows[i] if c)
        raise SourceError(
            f"{path.name}, line {grid.lines[last]}: no column with regions (found: {there[:160]}); the export holds "
            "figures of the Netherlands only, or its regions were left out: choose Regio's when exporting"
        )
    if last + 1 == len(grid.rows):
        raise SourceError(f"{path.name}, line {grid.lines[last]}: no rows below the titles; export the table again")
    head = grid.rows[last]
    if not last and SUBJECT not in map(roles.of, head):
        return _flat(grid, source, asked, path, roles)
    if not grid.footer:
        raise SourceError(
            f'{path.name}, line {grid.lines[-1]}: the last line is a row of figures (found: "{grid.rows[-1][0]}"; '
            'expected: "Bron: CBS"); the file may be cut off, export the table again and leave its last line there'
        )
    return _pivoted(grid, last, source, asked, path, roles)


def _flat(grid: Grid, source: Source, asked: Sequence[str], path: Path, roles: Roles) -> Table:
    """Read a table whose first line names breakdowns and topics."""
    head, body, line = grid.rows[0], grid.rows[1:], grid.lines[0]
    if twice := [name for name in head if name and head.count(name) > 1]:
        raise SourceError(f'{path.name}, line {line}: column "{twice[0]}" stands there twice; keep one')
    columns: dict[str, int] = {}
    topics: list[Topic] = []
    codes: list[str] = []
    for j, name in enumerate(head):
        cells = [row[j] for row in body]
        if role := roles.of(name):
            columns.setdefault(role, j)
            continue
        topic = Topic.flat(j, name)
        if titles.key_of(titles.split(topic.path)[-1] if topic.path else "") == "Codering":
            codes = cells
        elif name in ("", "ID") or topic.textual:
            continue
        elif _breakdown(cells):
            columns[f"{REST}{name}"] = j
        else:
            topics.append(topic)
    found = titles.found(source, asked, topics, path, line)
    place = columns | {name: hits[0].column for name, hits in found.items()}
    return Table(
        pd.DataFrame({name: [row[j] for row in body] for name, j in place.items()}, dtype=str),
        grid.lines[1:],
        {name: head[j] for name, j in place.items()},
        {name: hits[0].unit for name, hits in found.items()},
        line,
        codes,
        [row[t.column] for t in topics for row in body if t.column not in place.values()],
    )


def _breakdown(cells: Sequence[str]) -> bool:
    """Tell whether cells are labels or codes, none of them a number."""
    known = [c for c in cells if c not in ("", digits.UNKNOWN)]
    return bool(known) and not any(digits.marks(digits.without_marks(c)[0]) for c in known)


def _pivoted(grid: Grid, last: int, source: Source, asked: Sequence[str], path: Path, roles: Roles) -> Table:
    """Read a table as it stood on the screen: breakdowns in rows and in columns, each row of titles one of them."""
    head, body, line = grid.rows[last], grid.rows[last + 1 :], grid.lines[last]
    own = [roles.of(c) for c in head]
    subject = own.index(SUBJECT) if SUBJECT in own else None
    if subject is None:
        width = 1 + max(j for j, role in enumerate(own) if role)
        while width < len(head) and not any(row[width] for row in grid.rows[:last]):
            width += 1  # a breakdown that the source does not know: no title above it
        rest = list(range(width))
        above = grid.rows[:last]
    else:
        width = subject + 2  # beside the topics stand their units; the title there is of what stands in the columns
        rest = list(range(subject))
        above = grid.rows[: last + 1]
    across = [_across(row, width, source, roles, path, grid.lines[i]) for i, row in enumerate(above)]
    row_roles = {j: own[j] or f"{REST}{head[j]}" for j in rest}
    shown = {role: head[j] for j, role in row_roles.items()} | {
        role: title for role, title, _ in across if role != SUBJECT
    }
    combos = [{role: cells[j] for role, _, cells in across if role != SUBJECT} for j in range(len(head) - width)]
    if subject is None:
        paths = [
            "/".join(c for role, _, cells in across if role == SUBJECT and (c := cells[j])) for j in range(len(combos))
        ]
        topics = [Topic(j, p or head[width + j], p or head[width + j], head[width + j]) for j, p in enumerate(paths)]
    else:
        topics = [Topic(j, row[subject], row[subject], row[subject + 1]) for j, row in enumerate(body)]
    found = titles.found(source, asked, topics, path, line)
    by_path = {hits[0].path: name for name, hits in found.items()}
    records: dict[tuple, dict[str, str]] = {}
    lines: dict[tuple, int] = {}
    for i, row in enumerate(body):
        for j, combo in enumerate(combos):
            name = by_path.get(topics[j if subject is None else i].path)
            if name is None:
                continue
            key = (*(row[c] for c in row_roles), *combo.values())
            if key not in records:
                records[key] = {role: row[c] for c, role in row_roles.items()} | combo
            record = records[key]
            lines.setdefault(key, grid.lines[last + 1 + i])
            if name in record:
                raise SourceError(
                    f'{path.name}, line {grid.lines[last + 1 + i]}: "{found[name][0].path}" stands there twice for '
                    f"{', '.join(key)}; keep one of the two"
                )
            record[name] = row[width + j]
    for key, record in records.items():
        if lacks := [name for name in asked if name not in record]:
            raise SourceError(
                f'{path.name}, line {lines[key]}: no figure of "{found[lacks[0]][0].path}" for {", ".join(key)}; the '
                "file may be cut off, export the table again with every topic for every choice"
            )
    names = [*dict.fromkeys([*row_roles.values(), *(r for r, _, _ in across if r != SUBJECT)]), *asked]
    return Table(
        pd.DataFrame(list(records.values()), columns=names, dtype=str),
        list(lines.values()),
        shown | {name: hits[0].path for name, hits in found.items()},
        {name: hits[0].unit for name, hits in found.items()},
        line,
        others=[c for row in body for c in row[width:]],
        pivoted=True,
    )


def _across(
    row: list[str], width: int, source: Source, roles: Roles, path: Path, line: int
) -> tuple[str, str, list[str]]:
    """Return what a row of titles above the figures is: its role, its title, its cells."""
    title = next((c for c in reversed(row[:width]) if c), "")
    cells = row[width:]
    role = roles.of(title) if title else _guessed(cells, source)
    if title and not role:
        role = f"{REST}{title}"
    if role != SUBJECT and not all(cells):
        raise SourceError(
            f"{path.name}, line {line}: a column without {title or role} (found: nothing in column "
            f"{width + cells.index('') + 1}; expected: it above every column); export the table again"
        )
    return role, title or {PERIOD: "Perioden", MARGIN: "Marges", AGE: source.read.age}.get(role, role), cells


def _guessed(cells: Sequence[str], source: Source) -> str:
    """Tell what a row of titles without a name is by what stands in it; topics when it is nothing else."""

    def kinds() -> Iterator[tuple[str, bool]]:
        yield PERIOD, all(labels.period(digits.without_marks(c)[0]) for c in cells)
        yield MARGIN, all(map(labels.margin, cells))
        yield AGE, bool(source.read.age) and all(map(labels.age(source), cells))

    return next((role for role, fits in kinds() if fits), SUBJECT)
