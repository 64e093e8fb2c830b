"""Areas as candidates: any set of wijken or gemeenten, and areas that nobody nominated.

The figures of an area are rolled up (sums over sums of its wijken), then placed among the wijken of the country.
Averaging shrinks extremes, so that a large area seldom stands as high as the best wijk: each is placed among random
contiguous areas of its own size as well, and that is the fair comparison.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from kavelmon import areas, contiguous, figures, selection_texts, store
from kavelmon.adjacency import Graph, neighbours
from kavelmon.model import Area, KavelmonError, NotFoundError
from kavelmon.rollup import MIN_COVERAGE
from kavelmon.selection import scores
from kavelmon.selection.matrix import Column, Units
from kavelmon.selection.result import Selection

SMALLEST, LARGEST = 30_000, 300_000  # inhabitants of an area that is searched for
LIKE = 0.2  # areas of the same size: at most this share smaller or larger
PEERS = 300  # random areas of the same size
_SEED = 2020


@dataclass(frozen=True, eq=False)
class Candidate:
    """An area on the criteria.

    Attributes
    ----------
    title
        Its name.
    units
        Rows of the selection that it is made of.
    people
        Inhabitants of these.
    figures, scored
        The rolled-up figure of each indicator and its score among the units of the country, shape (k,). Of an area of
        today it is that of every other page; of one that the search found the sum over its units. NaN where figures of
        less than `kavelmon.rollup.MIN_COVERAGE` are known.
    groups, total
        Scores of the groups, shape (g,), and the total; NaN as in a selection.
    above
        The share (0 to 100) of the units of the country that have a lower total.
    mean
        The mean total of its own units, by inhabitants.
    peers
        Scores of the groups of random contiguous areas of the same size, shape (m, g); no rows where none can be made.
    stands
        The share (0 to 100) of these with a lower total; NaN without them.
    left_out
        Dutch sentences: parts that this selection has no figures of.
    """

    title: str
    units: np.ndarray
    people: float
    figures: np.ndarray
    scored: np.ndarray
    groups: np.ndarray
    total: float
    above: float
    mean: float
    peers: np.ndarray
    stands: float
    left_out: tuple[str, ...] = ()


def candidate(selection: Selection, area: str | Area | Iterable[str], title: str = "") -> Candidate:
    """Place an area among the wijken, or gemeenten, of a selection, and among areas of its own size.

    Parameters
    ----------
    area
        Id, code of a region, file, or codes, as in `kavelmon.area`.
    title
        Name of an area of codes.

    Raises
    ------
    NotFoundError
        An area that is not known, or of which no part is a unit of the selection.
    """
    found = area if isinstance(area, Area) else areas.find(area) if isinstance(area, str) else areas.own(area, title)[0]
    if not found.codes:
        raise NotFoundError(f"{found.title}: an area of wijken or gemeenten is placed, not the whole country")
    units, left_out = members(found.codes, selection.units)
    if not len(units):
        what = "wijk" if selection.units.level == "WK" else "gemeente"
        raise NotFoundError(
            f"{found.title}: no part of it is a {what} of {selection.units.year} within the same borders; name codes "
            f"of level {selection.units.level}, or of whole gemeenten"
        )
    known = np.array([_rolled_up(column, found) for column in selection.columns])
    return of_units(selection, units, title or found.title, tuple(left_out), known)


def _rolled_up(column: Column, area: Area) -> float:
    """Return the figure of an area of today as every page shows it; NaN where there is none."""
    try:
        found = figures.value(column.item.id, area, column.period, edition=column.edition, age=column.age or None)
    except NotFoundError:
        return float("nan")
    return float("nan") if found["value"] is None else float(found["value"])


def of_units(
    selection: Selection,
    units: np.ndarray,
    title: str,
    left_out: tuple[str, ...] = (),
    known: np.ndarray | None = None,
) -> Candidate:
    """Place some units together, given as rows of the selection.

    Parameters
    ----------
    known
        The figure of each indicator, shape (k,), where it is rolled up already from all parts of today's area. NaN, or
        left out: the figures of the units are summed.
    """
    placed, scored, groups = _placed(selection, [units], known)
    total = float(scores.totals(groups, selection.weights)[0])
    people = selection.units.people[units]
    peers = same_size(selection, float(people.sum()))
    own = selection.total[units]
    known = ~np.isnan(own)
    return Candidate(
        title,
        units,
        float(people.sum()),
        placed[0],
        scored[0],
        groups[0],
        total,
        _below(total, selection.total),
        scores.weighted_mean(own[known], people[known]),
        peers,
        _below(total, scores.totals(peers, selection.weights)),
        left_out,
    )


def _below(total: float, others: np.ndarray) -> float:
    """Return the percentage of some totals that is lower than one, half of those equal to it included."""
    others = others[~np.isnan(others)]
    if np.isnan(total) or not len(others):
        return float("nan")
    equal = np.abs(others - total) <= scores.TIE
    return float(100 * ((others < total) & ~equal).mean() + 50 * equal.mean())


def _placed(
    selection: Selection, sets: Sequence[np.ndarray], given: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the figures, their scores and the scores of the groups of sets of units: shapes (m, k), (m, k), (m, g)."""
    columns = len(selection.columns)
    found, scored = np.full((len(sets), columns), np.nan), np.full((len(sets), columns), np.nan)
    flat = np.concatenate(sets)
    begin = np.concatenate([[0], np.cumsum([len(one) for one in sets])[:-1]])
    people = np.add.reduceat(selection.units.people[flat], begin)
    for n in range(columns):
        known = ~np.isnan(selection.x[:, n])
        counts = np.where(known, selection.weight[:, n], 0)
        top, below = (
            np.add.reduceat(part[flat], begin) for part in (np.nan_to_num(selection.x[:, n]) * counts, counts)
        )
        covered = np.add.reduceat((selection.units.people * known)[flat], begin)
        enough = (below > 0) & (covered >= MIN_COVERAGE * people)
        found[enough, n] = top[enough] / below[enough]
        if given is not None and not np.isnan(given[n]):
            found[:, n] = given[n]
        c = selection.columns[n]
        scored[:, n] = scores.placed(
            found[:, n], selection.x[:, n], selection.weight[:, n], c.direction, selection.settings.scale
        )
    groups = scores.grouped(scored, selection.importance, selection.group, len(selection.groups))
    return found, scored, groups.round(scores.DECIMALS[selection.settings.scale])


def members(codes: Collection[str], base: Units) -> tuple[np.ndarray, list[str]]:
    """Return the units that an area of today is made of, and Dutch sentences about parts that are none of them."""
    regions = store.regions()
    chosen: set[int] = set()
    said: list[str] = []
    inside: dict[str, list[int]] = {}
    for number, gemeente in enumerate(base.gemeenten):
        inside.setdefault(gemeente, []).append(number)
    large = [code for code in codes if code.startswith("GM")]
    # together they may be the whole of one that was divided over them
    for old, share in (regions.shares(large, base.year).weights if large else {}).items():
        if share > 1 - 1e-9:
            chosen.update(inside.get(old, ()))
        else:
            said.append(selection_texts.divided(f"{regions.name(old)} ({old})"))
    for code in sorted(set(codes) - set(large)):
        if code in base.at and regions.stands(code, base.year):
            chosen.add(base.at[code])
        else:
            said.append(selection_texts.not_a_unit(f"{regions.name(code)} ({code})", base.level, base.year))
    return np.array(sorted(chosen), dtype=int), said


@lru_cache(maxsize=64)
def _drawn(base: Units, smallest: float, largest: float) -> tuple[np.ndarray, ...]:
    """Return random areas of a size as rows of the units; none where no such areas can be made."""
    graph, rows = _graph(base)
    try:
        found = contiguous.random_areas(graph, base.people[rows], smallest, largest, PEERS, _SEED)
    except KavelmonError:
        return ()
    return tuple(rows[one] for one in found)


def same_size(selection: Selection, people: float) -> np.ndarray:
    """Return the scores of the groups of random contiguous areas with as many inhabitants, shape (m, g)."""
    base = selection.units
    step = 10 ** max(np.floor(np.log10(max(people, 1))) - 1, 0)  # sizes that hardly differ share their areas
    size = round(people / step) * step
    drawn = _drawn(base, (1 - LIKE) * size, (1 + LIKE) * size)
    return _placed(selection, drawn)[2] if drawn else np.empty((0, len(selection.groups)))


@lru_cache(maxsize=4)
def _graph(base: Units) -> tuple[Graph, np.ndarray]:
    """Return which units lie side by side, and the row of each."""
    graph = neighbours(base.level, base.year, base.codes)
    return graph, np.array([base.at[code] for code in graph.codes])


def search(
    selection: Selection, smallest: float = SMALLEST, largest: float = LARGEST, most: int = 10
) -> list[Candidate]:
    """Return contiguous areas with a high score that nobody nominated, best first.

    Parameters
    ----------
    smallest, largest
        Inhabitants of an area.
    most
        How many areas; of two that overlap by more than 30 % of the inhabitants of the smaller one the better stays.

    Returns
    -------
    list of Candidate
        Each named after its gemeenten, the largest first. Growing is greedy: it finds good areas, and there may be
        better ones (`kavelmon.contiguous.grow` says how often).

    Raises
    ------
    KavelmonError
        Sizes that no area can have.
    """
    graph, rows = _graph(selection.units)
    worth = selection.total[rows]
    if selection.settings.scale == "z":
        worth = 50 * (1 + worth / scores.WINSOR)  # to points, which the search for compact areas counts in
    found = contiguous.search(graph, selection.units.people[rows], worth, smallest=smallest, largest=largest, most=most)
    made = [of_units(selection, rows[one.units], "") for one in found]
    named = [_named(selection.units, one) for one in made]
    return sorted(named, key=lambda one: -np.nan_to_num(one.total, nan=-np.inf))


def _named(base: Units, one: Candidate) -> Candidate:
    held: dict[str, float] = {}
    for n in one.units:
        held[base.gemeenten[n]] = held.get(base.gemeenten[n], 0.0) + float(base.people[n])
    order = sorted(held, key=lambda code: (-held[code], code))
    names = [store.regions().name(code) for code in order]
    return replace(one, title=selection_texts.of_towns(names))
