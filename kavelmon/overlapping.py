"""Which areas share inhabitants, hold each other or lie side by side."""

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import pandas as pd
import shapely

from kavelmon import declarations, geometry, memberships, region_texts, store
from kavelmon.inhabitants import of_codes
from kavelmon.model import Area
from kavelmon.regions import gemeente_of, region_kind

COLUMNS = ["a", "b", "title_a", "title_b", "inhabitants", "share_of_a", "share_of_b", "relation"]


def overlap(areas: Iterable[Area | str] | None = None) -> pd.DataFrame:
    """Return every pair of areas that share inhabitants, or that touch.

    Parameters
    ----------
    areas
        Areas of today's gemeenten, wijken or buurten, or their ids or codes; default: the declared ones (without the
        country) and every region of `kavelmon.memberships`.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, one row per pair, in the order of `areas`. `inhabitants` live in both; the shares (0 to 1) are what
        that is of each. `relation` is what a is to b: "gelijk", "binnen", "bevat", "deels", or "grenst aan" when they
        have a border and nobody in common (whole gemeenten only: a wijk that lies at a border is not told).

    Raises
    ------
    NotFoundError
        An id or code that is not known.
    KavelmonError
        When the inhabitants of a member are not known.
    """
    if areas is None:
        declared = [a for a in declarations.default().areas.values() if a.kind != "land"]
        areas = [*declared, *memberships.regions()]
    found = [area for area in (a if isinstance(a, Area) else _named(a) for a in areas) if area.codes]
    atoms, people = _atoms(found)
    column = {code: number for number, code in enumerate(atoms)}
    inside = np.zeros((len(found), len(atoms)), dtype=bool)
    for row, area in enumerate(found):
        members = set(area.codes)
        inside[row] = [any(code in members for code in _around(atom)) for atom in atoms]
    shared = (inside * people) @ inside.T.astype(float)
    # counted in parts of areas, so that a gemeente and the wijken in it are compared as well
    common = inside.astype(int) @ inside.T.astype(int)
    near = _touching(inside, column)
    rows = []
    for a, b in zip(*np.nonzero(np.triu((common > 0) | near, 1)), strict=True):
        rows.append(
            {
                "a": found[a].id,
                "b": found[b].id,
                "title_a": found[a].title,
                "title_b": found[b].title,
                "inhabitants": shared[a, b],
                "share_of_a": shared[a, b] / shared[a, a],
                "share_of_b": shared[a, b] / shared[b, b],
                "relation": _relation(common[a, b], common[a, a], common[b, b]),
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _relation(common: int, of_a: int, of_b: int) -> str:
    if not common:
        return region_texts.TOUCHES
    if common == of_a:
        return region_texts.EQUAL if common == of_b else region_texts.WITHIN
    return region_texts.HOLDS if common == of_b else region_texts.PARTLY


def _around(code: str) -> tuple[str, ...]:
    """Return a code and those that it lies in."""
    if code.startswith("GM"):
        return (code,)
    return (code, gemeente_of(code)) if code.startswith("WK") else (code, f"WK{code[2:8]}", gemeente_of(code))


def _named(name: str) -> Area:
    return memberships.region(name) if region_kind(name.upper()) else declarations.default().area(name)


def _atoms(areas: Sequence[Area]) -> tuple[list[str], np.ndarray]:
    """Return the gemeenten, wijken and buurten that occur, and the people in each outside the smaller ones."""
    codes = {c for area in areas for code in area.codes for c in (code, gemeente_of(code)) if not code.startswith("GM")}
    codes |= {c for area in areas for c in area.codes}
    people = of_codes(codes)
    rest = dict(people)
    for code in codes:
        above = next((c for c in _around(code)[1:] if c in codes), None)
        if above:
            rest[above] -= people[code]
    atoms = sorted(codes)
    return atoms, np.array([rest[c] for c in atoms])


def _touching(inside: np.ndarray, column: dict[str, int]) -> np.ndarray:
    """Tell which areas have a border in common, by the shapes of their whole gemeenten."""
    near = np.zeros((len(column), len(column)), dtype=bool)
    for one, other in _borders():
        if one in column and other in column:
            near[column[one], column[other]] = True
    near |= near.T
    return (inside.astype(int) @ near.astype(int) @ inside.T.astype(int)) > 0


@cache
def _borders() -> frozenset[tuple[str, str]]:
    """Return the pairs of today's gemeenten whose shapes have a line in common."""
    shapes = geometry.shapes("GM", store.regions().current_year)
    codes, lines = shapes["code"].to_numpy(), shapes.geometry.to_numpy()
    one, other = shapes.sindex.query(lines, predicate="intersects")
    pairs = one < other
    one, other = one[pairs], other[pairs]
    border = shapely.length(shapely.intersection(lines[one], lines[other])) > 0
    return frozenset(zip(codes[one[border]], codes[other[border]], strict=True))
