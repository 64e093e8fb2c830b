"""The figure of an area from the figures of its parts: the one implementation that page, API and command line use.

Numerators and denominators are summed, rates are never averaged (the ratio of sums). Today's members stand for every
year, so that a trend compares one and the same area; whole mergers are followed back.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kavelmon import declarations, texts
from kavelmon.model import COUNTRY, Edition, Indicator, NotAggregable
from kavelmon.regions import Regions, gemeente_of
from kavelmon.stats.intervals import rate, wilson
from kavelmon.stats.margins import combined_margins
from kavelmon.store import with_numerators

MIN_COVERAGE = 0.80
Weigh = Callable[[Collection[str]], dict[str, float]]
_UNITS = ("GM", "WK", "BU")


@dataclass(frozen=True)
class Parts:
    """The rows of an edition and period that together are one area."""

    rows: pd.DataFrame
    expected: frozenset[str]
    level: str
    reason: str = ""


def parts_of(rows: pd.DataFrame, codes: Collection[str], regions: Regions) -> Parts:
    """Choose the rows that make up today's area `codes` (GM, WK or BU codes).

    Parameters
    ----------
    rows
        Observations of one indicator, source, period and age.

    Returns
    -------
    Parts
        With the highest published level that fits: whole gemeenten, else wijken, else buurten. A code below the level
        of gemeente is taken as it is.
    """
    year = int(rows["region_year"].iat[0])
    by_level = {level: set(rows.loc[rows["level"] == level, "region"]) for level in _UNITS}
    expected = {c for c in codes if not c.startswith("GM")}
    present = by_level["GM"] or {gemeente_of(c) for c in by_level["WK"]}
    gemeenten, reason = regions.predecessors([c for c in codes if c.startswith("GM")], year, present)
    level = next((lv for lv in _UNITS if by_level[lv]), "GM")
    if level == "GM" or not gemeenten:
        units = {*gemeenten, *expected}
    else:
        units = {c for c in by_level[level] if gemeente_of(c) in gemeenten} | expected
        # a gemeente without any wijk in the file is not covered, and is said to be so
        units |= {g for g in gemeenten if g not in {gemeente_of(c) for c in units}}
    return Parts(rows[rows["region"].isin(units)], frozenset(units), level, reason)


def roll_up(item: Indicator, edition: Edition, parts: Parts, weigh: Weigh | None = None) -> dict:
    """Return one observation for the area: value, numerator, denominator, lower, upper, method, status, ...

    Parameters
    ----------
    weigh
        Gives the denominators of gemeenten that the file lacks, as far as they are known.

    Returns
    -------
    dict
        Also `coverage` (0 to 1, share of the denominator that is published) and `note` (a Dutch sentence, why there is
        no figure). No value is given when coverage is below `MIN_COVERAGE`, or the area cannot be made of whole units.

    Raises
    ------
    NotAggregable
        For medians, ranks and class codes, when there is more than one unit.
    """
    rows = parts.rows
    if len(parts.expected) == 1 and len(rows) == 1:
        return _single(item, edition, rows.iloc[0])
    if item.rollup == "none":
        raise NotAggregable(item.rollup_reason)
    out = _empty(rows)
    if rows.empty:
        return {**out, "note": texts.NOT_HERE}
    if parts.reason:
        return {**out, "note": texts.not_whole(parts.reason)}
    known = rows[rows["value"].notna() | rows["numerator"].notna()]
    if item.rollup == "mean":
        known = known[known["denominator"] > 0]
    out["coverage"] = _coverage(item, parts, known, weigh)
    if known.empty:
        return out
    if item.rollup == "sum":
        if out["coverage"] < 1:
            return {**out, "status": "missing", "note": texts.too_little(out["coverage"])}
        out |= {"value": float(known["value"].sum()), "status": _status(known)}
        return out | {"estimated": _reasons(known)}
    known = with_numerators(known, item.per)
    numerator, denominator = float(known["numerator"].sum()), float(known["denominator"].sum())
    if out["coverage"] < MIN_COVERAGE:
        return {**out, "status": "missing", "note": texts.too_little(out["coverage"])}
    out |= {
        "value": numerator / denominator * item.per,
        "numerator": numerator,
        "denominator": denominator,
        "status": _status(known),
        "estimated": _reasons(known),
    }
    if known["lower"].notna().all() and known["upper"].notna().all():
        source = declarations.default().sources.get(edition.source)
        shared = source.shared_error if source else 0.0
        shares = (known["denominator"] / denominator).to_numpy()
        lower, upper = combined_margins(
            known["value"].to_numpy(), known["lower"].to_numpy(), known["upper"].to_numpy(), shares, correlation=shared
        )
        out |= {"lower": lower, "upper": upper, "method": "bron"}
    return out | interval(item, edition, out)


def _single(item: Indicator, edition: Edition, row: pd.Series) -> dict:
    out = _empty(row.to_frame().T) | {k: row[k] for k in _FIELDS}
    out["coverage"] = 1.0 if not np.isnan(row["value"]) else 0.0
    if edition.value:  # a published figure is not less exact for a denominator that only a sum would need
        out["estimated"] = edition.estimated
    if item.rollup == "mean" and np.isnan(out["numerator"]):
        out["numerator"] = out["value"] * out["denominator"] / item.per
    return out | interval(item, edition, out)


def interval(item: Indicator, edition: Edition, out: dict) -> dict:
    """Return the interval that counts allow, where the edition says that they do and the source gives none."""
    if not edition.interval or out["method"] == "bron" or np.isnan(out["value"]):
        return {}
    bounds = rate if edition.interval == "byar" else wilson  # the limits of few events are exact ones
    lower, upper = bounds(out["numerator"], out["denominator"])
    return {"lower": lower * item.per, "upper": upper * item.per, "method": edition.interval}


_FIELDS = [
    "value",
    "numerator",
    "denominator",
    "lower",
    "upper",
    "method",
    "status",
    "estimated",
    "period",
    "region_year",
]


def _empty(rows: pd.DataFrame) -> dict:
    nothing = dict.fromkeys(("value", "numerator", "denominator", "lower", "upper"), np.nan)
    statuses = set(rows["status"]) if len(rows) else {"missing"}
    status = "suppressed" if "suppressed" in statuses else "missing"
    return {**nothing, "method": "", "status": status, "estimated": "", "coverage": 0.0, "note": ""}


def _coverage(item: Indicator, parts: Parts, known: pd.DataFrame, weigh: Weigh | None) -> float:
    """Return the share of the denominator that is published; parts of unknown size are counted, not weighed."""
    lost = parts.rows[~parts.rows["region"].isin(known["region"])]
    absent = parts.expected - set(parts.rows["region"])
    by_number = len(known) / (len(known) + len(lost) + len(absent)) if len(known) else 0.0
    if item.rollup == "sum" or not len(known):
        return by_number
    weights = weigh(absent) if weigh and absent else {}
    got = float(known["denominator"].sum())
    by_weight = got / (got + float(lost["denominator"].sum()) + sum(weights.values()))
    sizes_known = lost["denominator"].notna().all() and len(weights) == len(absent)
    return by_weight if sizes_known else min(by_weight, by_number)


def _status(known: pd.DataFrame) -> str:
    return "provisional" if (known["status"] == "provisional").any() else "ok"


def _reasons(known: pd.DataFrame) -> str:
    return "; ".join(dict.fromkeys(filter(None, known["estimated"])))


def country(
    item: Indicator, edition: Edition, rows: pd.DataFrame, every: Collection[str] = (), weigh: Weigh | None = None
) -> dict:
    """Return the figure of the Netherlands: the published one, else the sum of all gemeenten or wijken, so marked.

    Parameters
    ----------
    rows
        Observations of one indicator, source, period and age.
    every
        The gemeenten of the country, for a source that does not hold all of them.
    weigh
        As in `roll_up`.
    """
    published = rows[(rows["region"] == COUNTRY)]
    if len(published) and (published["value"].notna().all() or published["status"].iat[0] == "not_asked"):
        return _single(item, edition, published.iloc[0])
    level = next((lv for lv in _UNITS if (rows["level"] == lv).any()), "GM")
    units = rows[rows["level"] == level]
    if item.rollup == "none" or units.empty:
        return {**_empty(units), "note": item.rollup_reason}
    seen = {c if level == "GM" else gemeente_of(c) for c in units["region"]}
    expected = frozenset(units["region"]) | (frozenset(every) - seen)
    out = roll_up(item, edition, Parts(units, expected, level), weigh)
    if not np.isnan(out["value"]) and item.rollup == "mean":
        out["estimated"] = "; ".join(filter(None, [out["estimated"], texts.summed(level)]))
    return out
