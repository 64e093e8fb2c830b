"""The figure of an area from the figures of its parts: the one implementation that page, API and command line use.

Numerators and denominators are summed, rates are never averaged (the ratio of sums). Today's area stands for every
year, so that a trend compares one and the same area: mergers are followed back whole, and of a gemeente that was
divided the share of its inhabitants counts that lives in the area now.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from kavelmon import declarations, numerals, texts
from kavelmon.cells import Cells
from kavelmon.model import COUNTRY, Edition, Indicator, NotAggregable
from kavelmon.regions import Regions, gemeente_of
from kavelmon.stats.intervals import rate, wilson
from kavelmon.stats.margins import combined_margins

MIN_COVERAGE = 0.80
Weigh = Callable[[Collection[str]], dict[str, float]]
_NAMED = 3  # so many gemeenten are named where only they have figures


@dataclass(frozen=True, eq=False)
class Parts:
    """The rows of an edition and period that together are one area.

    Attributes
    ----------
    rows
        Numbers of rows of `cells`.
    weights
        Which share of each row is in the area: 1, or less for a gemeente that was divided.
    expected
        Every region that the area is made of, with its share; those without a row are not covered.
    level
        The level of the rows.
    divided
        Dutch clauses: which gemeenten count for a share, and why.
    names
        Gives the name of a region.
    moved
        Wijken and buurten of which the code stood for another area then: their rows are left out.
    """

    cells: Cells
    rows: np.ndarray
    weights: np.ndarray
    expected: Mapping[str, float]
    level: str
    divided: tuple[str, ...] = ()
    names: Callable[[str], str] = str
    moved: frozenset[str] = frozenset()


def parts_of(cells: Cells, codes: Collection[str], regions: Regions, *, level: str = "", then: bool = False) -> Parts:
    """Choose the rows that make up an area.

    Parameters
    ----------
    cells
        Observations of one indicator, source, period and age.
    codes
        GM, WK and BU codes of today's area.
    level
        Only units of this level; empty for the highest published one that fits.
    then
        The codes are those of the indeling of the observations: nothing is followed back.

    Returns
    -------
    Parts
        Whole gemeenten where they are published, else their wijken, else their buurten. A code below the level of
        gemeente is taken where it stood for the same area; a wijk that has no row of its own, as its buurten.
    """
    large = [c for c in codes if c.startswith("GM")]
    divided: tuple[str, ...] = ()
    shares: dict[str, float] = dict.fromkeys(large, 1.0)
    chosen = level or cells.finest
    if large and not then:
        whole = "GM" in cells.rows and chosen == "GM"
        present = {cells.region[n] for n in cells.rows["GM"]} if whole else set(cells.inside["WK"])
        found = regions.shares(large, cells.year, present)
        shares = dict(found.weights)
        divided = tuple(one.text.rstrip(".") for one in found.divided)
    expected: dict[str, float] = {}
    for code in codes:
        if not code.startswith("GM"):
            own = code in cells.at and level in ("", cells.level[cells.at[code]])
            inner = [] if own or not code.startswith("WK") else cells.of_wijk.get(code[2:8], ())
            expected |= dict.fromkeys((cells.region[n] for n in inner), 1.0) or {code: 1.0}
    if chosen == "GM":
        expected |= shares
    else:
        inside = cells.inside[chosen]
        for gemeente, share in shares.items():
            # a gemeente without any wijk in the file is not covered, and is said to be so
            expected |= dict.fromkeys((cells.region[n] for n in inside.get(gemeente, ())), share) or {gemeente: share}
    moved = set() if then else {c for c in codes if not (c.startswith("GM") or regions.stands(c, cells.year))}
    there = sorted((cells.at[c], share) for c, share in expected.items() if c in cells.at and c not in moved)
    pairs = [(n, share) for n, share in there if level in ("", cells.level[n])]
    rows = np.array([n for n, _ in pairs], dtype=int)
    weights = np.array([share for _, share in pairs], dtype=float)
    return Parts(cells, rows, weights, expected, chosen, divided, regions.name, frozenset(moved))


def roll_up(item: Indicator, edition: Edition, parts: Parts, weigh: Weigh | None = None) -> dict:
    """Return one observation for the area: value, numerator, denominator, lower, upper, method, status, ...

    Parameters
    ----------
    weigh
        Gives the denominators of regions that the file lacks, as far as they are known.

    Returns
    -------
    dict
        Also `coverage` (0 to 1, share of the denominator that is published) and `note` (a Dutch sentence, why there is
        no figure). No value is given when coverage is below `MIN_COVERAGE`.

    Raises
    ------
    NotAggregable
        For medians, ranks and class codes, when there is more than one unit.
    """
    cells, rows, weights = parts.cells, parts.rows, parts.weights
    if len(parts.expected) == 1 and len(rows) == 1 and weights[0] == 1:
        return single(item, edition, cells, int(rows[0]))
    if item.rollup == "none":
        raise NotAggregable(item.rollup_reason)
    out = _empty(cells, rows)
    if not len(rows):
        return {**out, "note": _elsewhere(item, parts)}
    known = ~np.isnan(cells.value[rows]) | ~np.isnan(cells.numerator[rows])
    if item.rollup == "mean":
        known &= cells.denominator[rows] > 0
    out["coverage"] = _coverage(item, parts, known, weigh)
    if not known.any():
        return out
    rows, weights = rows[known], weights[known]
    if item.rollup == "sum":
        if out["coverage"] < 1:
            return {**out, "status": "missing", "note": _incomplete(parts, out["coverage"])}
        out |= {"value": float((weights * cells.value[rows]).sum()), "status": _status(cells, rows)}
        return out | {"estimated": _reasons(parts, rows)}
    counts = weights * cells.denominator[rows]
    numerator, denominator = float((weights * cells.numerators(rows, item.per)).sum()), float(counts.sum())
    if out["coverage"] < MIN_COVERAGE:
        return {**out, "status": "missing", "note": _incomplete(parts, out["coverage"])}
    out |= {
        "value": numerator / denominator * item.per,
        "numerator": numerator,
        "denominator": denominator,
        "status": _status(cells, rows),
        "estimated": _reasons(parts, rows),
    }
    lower, upper = cells.lower[rows], cells.upper[rows]
    if not (np.isnan(lower).any() or np.isnan(upper).any()):
        source = declarations.default().sources.get(edition.source)
        shared = source.shared_error if source else 0.0
        bounds = combined_margins(cells.value[rows], lower, upper, counts / denominator, correlation=shared)
        out |= {"lower": bounds.lower, "upper": bounds.upper, "method": "bron"}
    return out | interval(item, edition, out)


def single(item: Indicator, edition: Edition, cells: Cells, row: int) -> dict:
    """Return the figure of one region as it was published."""
    out: dict = {name: float(getattr(cells, name)[row]) for name in _NUMBERS}
    out |= {name: getattr(cells, name)[row] for name in ("method", "status", "estimated")}
    out |= {"coverage": 1.0 if not np.isnan(out["value"]) else 0.0, "note": ""}
    if edition.value:  # a published figure is not less exact for a denominator that only a sum would need
        out["estimated"] = edition.estimated
    if item.rollup == "mean" and np.isnan(out["numerator"]):
        out["numerator"] = out["value"] * out["denominator"] / item.per
    return out | interval(item, edition, out)


def interval(item: Indicator, edition: Edition, out: Mapping) -> dict:
    """Return the interval that counts allow, where the edition says that they do and the source gives none."""
    if not edition.interval or out["method"] == "bron" or np.isnan(out["value"]):
        return {}
    bounds = rate if edition.interval == "byar" else wilson  # the limits of few events are exact ones
    lower, upper = bounds(out["numerator"], out["denominator"])
    return {"lower": lower * item.per, "upper": upper * item.per, "method": edition.interval}


_NUMBERS = ("value", "numerator", "denominator", "lower", "upper")


def _empty(cells: Cells, rows: Iterable[int]) -> dict:
    nothing = dict.fromkeys(_NUMBERS, np.nan)
    status = "suppressed" if any(cells.status[n] == "suppressed" for n in rows) else "missing"
    return {**nothing, "method": "", "status": status, "estimated": "", "coverage": 0.0, "note": ""}


def _elsewhere(item: Indicator, parts: Parts) -> str:
    """Say why there is no figure: none at all, or only one of the gemeenten that the wijken of the area lie in."""
    cells = parts.cells
    if parts.moved:
        return texts.other_borders([parts.names(code) for code in sorted(parts.moved)], cells.year)
    around = sorted({gemeente_of(code) for code in parts.expected if not code.startswith("GM")})
    rows = [cells.at[code] for code in around if code in cells.at and not np.isnan(cells.value[cells.at[code]])]
    if not rows:
        return texts.NOT_HERE
    if len(rows) > _NAMED:
        return texts.only_per_gemeente([])
    named = (
        f"{parts.names(cells.region[n])} {numerals.with_unit(cells.value[n], item.unit, item.decimals)}" for n in rows
    )
    return texts.only_per_gemeente(list(named))


def _incomplete(parts: Parts, coverage: float) -> str:
    if parts.moved:
        return texts.other_borders([parts.names(code) for code in sorted(parts.moved)], parts.cells.year)
    return texts.too_little(coverage)


def _coverage(item: Indicator, parts: Parts, known: np.ndarray, weigh: Weigh | None) -> float:
    """Return the share of the denominator that is published; parts of unknown size are counted, not weighed."""
    number = int(known.sum())
    absent = [code for code in parts.expected if code not in parts.cells.at or code in parts.moved]
    by_number = number / (len(known) + len(absent)) if number else 0.0
    if item.rollup == "sum" or not number:
        return by_number
    sizes = parts.weights * parts.cells.denominator[parts.rows]
    lost = sizes[~known]
    found = weigh(absent) if weigh and absent else {}
    got = float(sizes[known].sum())
    away = sum(size * parts.expected[code] for code, size in found.items())
    by_weight = got / (got + float(np.nansum(lost)) + away)
    sizes_known = not np.isnan(lost).any() and len(found) == len(absent)
    return by_weight if sizes_known else min(by_weight, by_number)


def _status(cells: Cells, rows: Iterable[int]) -> str:
    return "provisional" if any(cells.status[n] == "provisional" for n in rows) else "ok"


def _reasons(parts: Parts, rows: Iterable[int]) -> str:
    return "; ".join(dict.fromkeys(filter(None, (*parts.divided, *(parts.cells.estimated[n] for n in rows)))))


def country(
    item: Indicator, edition: Edition, cells: Cells, every: Collection[str] = (), weigh: Weigh | None = None
) -> dict:
    """Return the figure of the Netherlands: the published one, else the sum of all gemeenten or wijken, so marked.

    Parameters
    ----------
    cells
        Observations of one indicator, source, period and age.
    every
        The gemeenten of the country, for a source that does not hold all of them.
    weigh
        As in `roll_up`.
    """
    published = cells.at.get(COUNTRY)
    if published is not None and (not np.isnan(cells.value[published]) or cells.status[published] == "not_asked"):
        return single(item, edition, cells, published)
    level = cells.finest
    rows = cells.rows.get(level, np.array([], dtype=int))
    if item.rollup == "none" or not len(rows):
        return {**_empty(cells, rows), "note": item.rollup_reason}
    there = [cells.region[n] for n in rows]
    seen = {c if level == "GM" else gemeente_of(c) for c in there}
    expected = dict.fromkeys([*there, *sorted(frozenset(every) - seen)], 1.0)
    out = roll_up(item, edition, Parts(cells, rows, np.ones(len(rows)), expected, level), weigh)
    if not np.isnan(out["value"]) and item.rollup == "mean":
        out["estimated"] = "; ".join(filter(None, [out["estimated"], texts.summed(level)]))
    return out
