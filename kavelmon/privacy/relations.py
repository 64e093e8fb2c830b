"""Which cells add up to which: regions, ages, and the answers to one question.

Two kinds. A whole relation holds a total and its parts; every one of them is a cell. In one of parts only the total is
no row of the table. Somebody may know it from elsewhere, and it is treated as if he does.
"""

import dataclasses
import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from kavelmon.declarations import Catalogue
from kavelmon.model import COUNTRY, REST, KavelmonError
from kavelmon.privacy.cells import Cells
from kavelmon.regions import gemeente_of, level_of
from kavelmon.source_model import Source

_OPEN_END = 200  # no one is as old
_LEVELS = ("BU", "WK", "GM")


@dataclasses.dataclass(frozen=True)
class Relation:
    """Cells whose signed sum is `total`: a total (+) and its parts (-), or parts that together are one.

    Attributes
    ----------
    whole
        Whether the sum is known from the table; else the cells are parts of a total that is no row of it.
    people
        The number of people that the cells are the answers of, where all cells count the same ones; else NaN.
    """

    cells: np.ndarray
    signs: np.ndarray
    total: float = 0.0
    whole: bool = True
    people: float = np.nan


def relations_of(cells: Cells, catalogue: Catalogue, source: Source) -> tuple[Cells, list[Relation]]:
    """Return all additive relations between cells, in a fixed order.

    Returns
    -------
    cells : Cells
        With a cell for each sum or part between rows that is no row itself.
    relations : list of Relation
        Together they span everything that adds up within the table.
    """
    grid = _Grid(cells)
    found: list[Relation] = []
    for name, own in cells.frame.groupby("indicator"):
        if catalogue.indicator(str(name)).rollup == "none":
            continue
        codes, ages = list(dict.fromkeys(own["region"])), sorted(own["age"].unique())
        families, apart = _families(codes)
        for age in ages:
            for parent, children in families:
                kids = [grid.at(name, child, age) for child in children]
                found.append(_sum_of(grid.at(name, parent, age), kids))
            for parent, children in [*apart, *_areas(catalogue, codes)]:
                listed = [n for n in (grid.row(name, child, age) for child in children) if n is not None]
                if len(listed) > 1 and grid.row(name, parent, age) is None:
                    found.append(Relation(np.array(listed), np.ones(len(listed)), whole=False))
        inside = list(dict.fromkeys([*codes, *(parent for parent, _ in families)]))
        for band in _bands(ages, source):
            for code in inside:
                numbers = np.array([grid.at(name, code, age) for age in band])
                found.append(Relation(numbers, np.array(list(band.values()), dtype=float)))
    found += _questions(cells, grid, source)
    return _peopled(grid.filled(), found), found


def _peopled(cells: Cells, relations: list[Relation]) -> Cells:
    """Give the cells that are no rows the people whom the denominators of a total and its other parts leave them."""
    d = cells.d.copy()
    todo = [r for r in relations if r.whole and np.isnan(r.people) and (r.cells >= cells.rows).any()]
    while todo:
        alone = [
            r for r in todo if np.isnan(d[r.cells]).sum() == 1 and np.isnan(d[r.cells[r.cells >= cells.rows]]).any()
        ]
        for relation in alone:
            unknown = np.isnan(d[relation.cells])
            if unknown.any():
                left = float(relation.signs[~unknown] @ d[relation.cells[~unknown]])
                d[relation.cells[unknown]] = max(0.0, -left * float(relation.signs[unknown][0]))
        if not alone:
            break
    extra = np.arange(len(d)) >= cells.rows
    n = np.where(extra & np.isnan(cells.n) & (not cells.rule.observations), d, cells.n)
    return dataclasses.replace(cells, d=d, n=n)


def _sum_of(total: int, parts: list[int]) -> Relation:
    return Relation(np.array([total, *parts]), np.array([1.0, *[-1.0] * len(parts)]))


class _Grid:
    """The number of each cell; one that no row is of gets a number when it is first asked for."""

    def __init__(self, cells: Cells):
        self.cells = cells
        keys = cells.frame[["indicator", "region", "age"]].itertuples(index=False, name=None)
        self.known: dict[tuple, int] = {key: number for number, key in enumerate(keys)}

    def row(self, *key) -> int | None:
        number = self.known.get(key)
        return number if number is not None and number < self.cells.rows else None

    def at(self, *key) -> int:
        return self.known.setdefault(key, len(self.known))

    def filled(self) -> Cells:
        """Return the cells with those that are no rows: hidden, of an unknown number of people."""
        cells, extra = self.cells, list(self.known)[self.cells.rows :]
        if not extra:
            return cells
        more = pd.DataFrame(extra, columns=["indicator", "region", "age"])
        kinds = cells.frame.drop_duplicates("indicator").set_index("indicator")["kind"]
        more = more.assign(
            level=more["region"].map(level_of), kind=more["indicator"].map(kinds), status="", estimated=""
        )
        unknown = np.full(len(extra), np.nan)
        return dataclasses.replace(
            cells,
            frame=pd.concat([cells.frame, more], ignore_index=True),
            x=np.concatenate([cells.x, unknown]),
            d=np.concatenate([cells.d, unknown]),
            n=np.concatenate([cells.n, unknown]),
        )


def _families(codes: list[str]) -> tuple[list[tuple[str, list[str]]], list[tuple[str, list[str]]]]:
    """Return the parents with their children: in the tree of the table, and of parents that may be no row of it.

    In the tree a level that the table has no row of is passed over, and a parent that is no row stands between a row
    above it and the rows below it.
    """
    listed = set(codes)
    tree: dict[str, list[str]] = {}
    todo = list(codes)
    seen = set(todo)
    levels = {level_of(c) for c in codes}
    while todo:
        code = todo.pop(0)
        above = [p for p in _ancestors(code) if level_of(p) in levels]
        if not any(p in listed for p in above):
            continue
        tree.setdefault(above[0], []).append(code)
        if above[0] not in seen:
            seen.add(above[0])
            todo.append(above[0])
    apart: dict[str, list[str]] = {}
    for code in codes:
        for parent in _ancestors(code)[:1]:
            apart.setdefault(parent, []).append(code)
    return sorted(tree.items()), sorted(apart.items())


def _ancestors(code: str) -> list[str]:
    """Return the wijk, gemeente and country that a region lies in, nearest first."""
    level = level_of(code)
    up = {"BU": ["WK" + code[2:8], gemeente_of(code), COUNTRY], "WK": [gemeente_of(code), COUNTRY]}
    return up.get(level, [COUNTRY] if level in ("GM", REST) else [])


def _areas(catalogue: Catalogue, codes: list[str]) -> list[tuple[str, list[str]]]:
    """Return the declared areas all of whose gemeenten are in the table: regions print the totals of these."""
    listed = set(codes)
    areas = [(area.id, list(area.codes)) for area in catalogue.areas.values() if area.kind != "land"]
    return [(name, members) for name, members in sorted(areas) if listed.issuperset(members)]


def _bands(ages: list[str], source: Source) -> list[dict[str, int]]:
    """Return how age groups add up: for each relation the sign of every group in it.

    Each group is an edge between the ages at which it begins and ends. The narrowest ones that are not made of others
    form a tree; any other group is the signed path between its two ends. These span all sums of groups.

    Examples
    --------
    >>> from kavelmon.privacy.relations import _bands
    >>> _bands(["18+", "18-65", "65+"], None)
    [{'18+': 1, '18-65': -1, '65+': -1}]
    """
    edges = sorted(_edges(ages, source).items(), key=lambda e: (e[1][1] - e[1][0], e[0]))
    ways: dict[int, dict[int, dict[str, int]]] = {}  # from each age to those it is joined with: the signed groups
    found = []
    for name, (start, end) in edges:
        for age in (start, end):
            ways.setdefault(age, {age: {}})
        if end in ways[start]:
            found.append({name: 1, **{part: -sign for part, sign in ways[start][end].items()}})
            continue
        left, right = dict(ways[start]), dict(ways[end])
        for a, to_start in left.items():
            for b, to_end in right.items():
                path = {**{p: -s for p, s in to_start.items()}, name: 1, **to_end}
                ways[a][b] = path
                ways[b][a] = {p: -s for p, s in path.items()}
    return found


def _edges(ages: Iterable[str], source: Source) -> dict[str, tuple[int, int]]:
    """Return the ages at which each group begins and ends; the group of all ages spans all others."""
    read: dict[str, tuple[int, int]] = {}
    for age in filter(None, ages):
        match = re.fullmatch(r"(\d+)(?:-(\d+)|\+)", age)
        if not match:
            raise KavelmonError(
                f'sources/{source.id}.toml: read.ages: "{age}" is no age group that disclosure control can add up; '
                'write "18-65" (up to 65), "18-64" (with 64) or "65+"'
            )
        read[age] = (int(match[1]), int(match[2] or _OPEN_END))
    starts = {start for start, _ in read.values()}
    # "18-64" beside "65+" is written with its last year, "18-65" without
    edges = {
        age: (start, end + 1 if end not in starts and end + 1 in starts else end) for age, (start, end) in read.items()
    }
    if "" in ages and edges:
        edges[""] = (min(s for s, _ in edges.values()), max(e for _, e in edges.values()))
    return edges


def _questions(cells: Cells, grid: _Grid, source: Source) -> list[Relation]:
    """Return how indicators add up over the same people: to everybody, or to another indicator."""
    rule, found = cells.rule, []
    for names, total in [(c, True) for c in rule.categories] + [((t, *parts), False) for t, parts in rule.sums.items()]:
        own = cells.frame[cells.frame["indicator"].isin(names)]
        for region, age in own[["region", "age"]].drop_duplicates().itertuples(index=False):
            numbers = np.array([grid.at(name, region, age) for name in names])
            people = cells.d[numbers[numbers < cells.rows]]
            if np.ptp(people) > 0.01 * people.max():
                raise KavelmonError(
                    f"sources/{source.id}.toml: [disclosure]: {', '.join(names)} add up in no region, since their "
                    f"denominators differ ({region}: {people.min():g} and {people.max():g}); give them one denominator"
                )
            signs = np.ones(len(names)) if total else np.array([1.0, *[-1.0] * (len(names) - 1)])
            if not (total and np.isnan(people[0])):
                found.append(Relation(numbers, signs, total=people[0] if total else 0.0, people=people[0]))
    return found


def unlisted(cells: Cells, relation: Relation) -> float:
    """Return the number of people of a total whom none of its parts counts; 0 when that is rounding, or not known.

    Counts that are rounded to 5 differ from their sum by at most 2.5 a part; those that are estimated, or of another
    year, by some per cent.
    """
    d = cells.d[relation.cells]
    if not relation.whole or not np.isnan(relation.people) or np.isnan(d).any():
        return 0.0
    rounded = 2.5 * len(d) if (d[1:] % 5 == 0).all() else 0.0
    estimated = 0.05 * d.max() if cells.frame["estimated"].to_numpy()[relation.cells].astype(bool).any() else 0.0
    missing = float(relation.signs @ d)
    return missing if missing > max(rounded, estimated, 1e-6) else 0.0
