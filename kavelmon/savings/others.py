"""The areas in which nothing began: donors for a synthetic control, and placebos of the size of an area."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kavelmon import contiguous
from kavelmon.adjacency import Graph, neighbours
from kavelmon.model import KavelmonError
from kavelmon.savings.panel import Costs, Panel, kavels

LIKE = 0.20  # of the insured years: a placebo area is at most this much smaller or larger
AREAS = 2000  # with 500 a p of 0.10 still moves by 0.03 with the draw, with these by half of that
SYNTHETIC = 500  # of those that a synthetic control is made for, of which 2,000 take five seconds
LEAST_AREAS = 19  # different ones; with fewer no p of 0.05 can come out
SMALLEST = 0.25  # of the mean gemeente of the area: a smaller donor, or single placebo, is mostly noise
_SEED = 2021


@dataclass(frozen=True)
class Rules:
    """Which gemeenten may be donors.

    Attributes
    ----------
    smallest
        Least insured years, as a share of the mean gemeente of the area; 0 for any size.
    adjacent
        Whether gemeenten that border on the area may be: they share its hospitals, so that what a Kavelmodel does may
        spill over to them; without them there are fewer, and less alike.
    """

    smallest: float = SMALLEST
    adjacent: bool = True


@dataclass(frozen=True, eq=False)
class Stack:
    """An area and its placebos, one under the other; row 0 is the area.

    Attributes
    ----------
    actual, expected
        EUR, shape (b, t).
    members
        Which gemeenten each row is made of, bool, shape (b, g).
    areas, single
        The rows of contiguous areas of the same size, and those of single gemeenten.
    apart
        How many areas of this size fit side by side in the country: those that are drawn overlap, and are no more than
        so many independent cases.
    """

    actual: np.ndarray
    expected: np.ndarray
    members: np.ndarray
    areas: slice
    single: slice
    apart: float


def usable(held: Panel, costs: Costs) -> np.ndarray:
    """Return which gemeenten can be a yardstick for an area, bool, shape (g,).

    Those outside it and outside every declared kavel, with a figure above zero in every year, and never made of a part
    of a divided gemeente: unchanged, or merged from whole ones.
    """
    outside = kavels() | set(costs.gemeenten)
    whole = np.isfinite(held.actual) & np.isfinite(held.expected) & (held.actual > 0) & (held.expected > 0)
    named = np.array([code not in outside and code not in held.estimated for code in held.codes])
    return named & whole.all(axis=1)


def donors(held: Panel, costs: Costs, year: int, rules: Rules) -> np.ndarray:
    """Return which gemeenten are donors for an area, bool, shape (g,).

    Parameters
    ----------
    year
        In which insured years are counted: the last one before the start.
    """
    column = held.column(year)
    mean = costs.insured[column] / max(len(costs.gemeenten), 1)
    found = usable(held, costs) & (held.insured[:, column] >= rules.smallest * mean)
    if not rules.adjacent:
        mine = np.array([code in costs.gemeenten for code in held.codes])
        found &= ~touching(held)[mine].any(axis=0)
    return found


@lru_cache(maxsize=4)
def touching(held: Panel) -> np.ndarray:
    """Return which gemeenten have a border in common, bool, shape (g, g)."""
    graph = neighbours("GM", held.indeling)
    place = np.array([held.at[code] for code in graph.codes])
    near = np.zeros((len(held.codes), len(held.codes)), dtype=bool)
    near[place[np.repeat(np.arange(len(place)), np.diff(graph.start))], place[graph.to]] = True
    return near


def stack(
    held: Panel,
    costs: Costs,
    pool: np.ndarray,
    year: int,
    number: int | None = None,
    seed: int = _SEED,
) -> Stack:
    """Return an area with its placebos.

    Parameters
    ----------
    pool
        The gemeenten that are single placebos, bool, shape (g,).
    year
        In which the size is compared, by insured years.
    number, seed
        How many contiguous areas (default `AREAS`). One that is drawn twice stands there twice, for it is as likely
        again. Were doubles left out, areas of odd shapes would count for more the more are drawn, and p would move with
        their number (Achterhoek: 0.100 with 500, 0.078 with 5,000; with doubles 0.10 whatever their number).
    """
    column = held.column(year)
    mine = np.array([code in costs.gemeenten for code in held.codes])
    able = usable(held, costs)
    size = float(costs.insured[column])
    drawn = _drawn(held, able.tobytes(), column, (1 - LIKE) * size, (1 + LIKE) * size, number or AREAS, seed)
    alone = np.flatnonzero(pool & able)
    singles = np.zeros((len(alone), len(held.codes)), dtype=bool)
    singles[np.arange(len(alone)), alone] = True
    members = np.vstack([mine[None], drawn, singles])
    # a figure that is missing is of a gemeente that no placebo holds
    placebos = [members[1:].astype(float) @ np.nan_to_num(array) for array in (held.actual, held.expected)]
    actual, expected = (
        np.vstack([own[None], rest]) for own, rest in zip((costs.actual, costs.expected), placebos, strict=True)
    )
    first = 1 + len(drawn)
    apart = float(held.insured[able, column].sum() / size)
    return Stack(actual, expected, members, slice(1, first), slice(first, len(members)), apart)


@lru_cache(maxsize=64)
def _drawn(
    held: Panel, able: bytes, column: int, smallest: float, largest: float, number: int, seed: int
) -> np.ndarray:
    """Return contiguous areas of a size, bool, shape (m, g); no rows where none can be made."""
    codes = [code for code, fits in zip(held.codes, np.frombuffer(able, dtype=bool), strict=True) if fits]
    if not codes:
        return np.zeros((0, len(held.codes)), dtype=bool)
    graph = neighbours("GM", held.indeling, codes)
    place = np.array([held.at[code] for code in graph.codes])
    areas = _areas(graph, held.insured[place, column], smallest, largest, number, seed)
    every = np.zeros((len(areas), len(held.codes)), dtype=bool)
    for row, units in enumerate(areas):
        every[row, place[units]] = True
    return every


def _areas(graph: Graph, people: np.ndarray, smallest: float, largest: float, number: int, seed: int) -> list:
    try:
        return contiguous.random_areas(graph, people, smallest, largest, number, seed)
    except KavelmonError:  # no areas of this size: the caller says so
        return []
