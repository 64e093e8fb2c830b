"""An area next to the Netherlands, to gemeenten like it, to another area, or to itself in an earlier year."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from kavelmon import declarations, figures, places
from kavelmon.model import COUNTRY, Area, Break, Indicator
from kavelmon.stats.compare import compare
from kavelmon.stats.multiple import benjamini_hochberg, p_of_difference
from kavelmon.stats.trend import segments

COLUMNS = [
    "indicator",
    "title",
    "edition",
    "period",
    "unit",
    "value",
    "lower",
    "upper",
    "reference",
    "difference",
    "difference_lower",
    "difference_upper",
    "threshold",
    "word",
    "judged",
    "p",
    "firm",
]
FALSE_DISCOVERIES = 0.05


def comparison(
    region: str | Area | Iterable[str],
    indicator: str | Sequence[str] | None = None,
    *,
    reference: str | Area | Iterable[str] = COUNTRY,
    period: str = "",
) -> pd.DataFrame:
    """Compare a region with the Netherlands or with another region, on one or on all indicators.

    The Netherlands is taken as fixed. Of another region both margins count: the standard error of a difference is the
    root of the sum of the squared ones, for independent samples. A difference is judged only where margins allow it,
    and counts only when it is at least the relevance threshold of the indicator as well.

    Parameters
    ----------
    region
        Area id, region code, `Area` or list of codes.
    indicator
        Id or ids; None for every indicator.
    reference
        ``"NL"``, or another region: an area id, a code, an `Area` or a list of codes.
    period
        Empty for the newest figure of each indicator.

    Returns
    -------
    pandas.DataFrame
        One row per indicator, of the edition with margins when that is as new as the default one. `word` is ``better``,
        ``worse``, ``similar``, ``higher``, ``lower`` or ``none``; `p` two-sided; `firm` whether the difference stands
        when all judged rows of this table are allowed for (Benjamini and Hochberg 1995, q = 0.05).

    Raises
    ------
    NotFoundError
        An unknown indicator or region.

    Examples
    --------
    >>> comparison("achterhoek", "zware_drinker").loc[0, "word"]
    'worse'
    """
    known = declarations.default()
    ids = [indicator] if isinstance(indicator, str) else indicator
    items = [known.indicator(i) for i in ids] if ids is not None else list(known.indicators.values())
    items = [i for i in items if figures.editions(i)]
    region, reference = (r if isinstance(r, str | Area) else tuple(r) for r in (region, reference))
    own, other = (by_edition(items, r) for r in (region, reference))
    fixed = places.place(reference).level == "NL"
    rows = []
    for item in items:
        found = chosen(item, own).get(period)
        if found is None:
            continue
        key = (item.id, figures.editions(item)[found[0]].source)
        row = own[key].iloc[found[1]]
        there = other[key].set_index("period").reindex([row["period"]]).iloc[0]
        rows.append(_row(item, row.to_dict(), there.to_dict(), fixed=fixed))
    frame = pd.DataFrame(rows, columns=[c for c in COLUMNS if c != "firm"])
    return frame.assign(firm=firm(frame["p"].to_numpy(dtype=float)) & frame["word"].ne("similar"))


def ids_by_edition(items: Iterable[Indicator]) -> dict[str, list[str]]:
    """Return the ids of the indicators that each edition gives."""
    groups: dict[str, list[str]] = {}
    for item in items:
        for edition in figures.editions(item):
            groups.setdefault(edition.source, []).append(item.id)
    return groups


def by_edition(
    items: Iterable[Indicator], region: str | Area | Sequence[str], *, level: str = "", as_it_was: bool = False
) -> dict[tuple[str, str], pd.DataFrame]:
    """Return the figures of a region, or of its units, by indicator and edition: one reading per edition."""
    found: dict[tuple[str, str], pd.DataFrame] = {}
    for name, ids in ids_by_edition(items).items():
        frame = figures.observations(ids, region, edition=name, level=level, as_it_was=as_it_was)
        found |= {(str(i), name): part for i, part in frame.groupby("indicator", sort=False)}
    return found


def _row(item: Indicator, row: Mapping, there: Mapping, *, fixed: bool) -> dict:
    lower, upper, against = row["lower"], row["upper"], there["value"]
    if item.incomparable or item.rollup == "sum":
        against = np.nan
    if not fixed:  # as if the other one were fixed, with the error of both
        lower, upper = _of_both(row, there)
    result = compare(row["value"], lower, upper, against, better=item.better, threshold=item.threshold(float(against)))
    out = {name: row[name] for name in ("indicator", "edition", "period", "unit", "value", "lower", "upper")}
    return out | {
        "title": item.title,
        "reference": against,
        "difference": result.difference,
        "difference_lower": lower - against,
        "difference_upper": upper - against,
        "threshold": item.threshold(float(against)),
        "word": result.word,
        "judged": result.judged,
        "p": p_of_difference(row["value"], against, lower, upper) if result.judged else np.nan,
    }


def _of_both(row: Mapping, there: Mapping) -> tuple[float, float]:
    if pd.isna([row["lower"], row["upper"], there["lower"], there["upper"]]).any():
        return np.nan, np.nan
    both = np.hypot(row["upper"] - row["lower"], there["upper"] - there["lower"]) / 2
    return row["value"] - both, row["value"] + both


def with_other(item: Indicator, own: pd.DataFrame, other: pd.DataFrame) -> list[tuple[str, bool]]:
    """Return per period of `own` the word of the comparison with another region, and whether margins judged it."""
    there = {row["period"]: row for row in records(other, _COMPARED)}
    nothing = dict.fromkeys(("value", "lower", "upper"), np.nan)
    found = [_row(item, row, there.get(row["period"], nothing), fixed=False) for row in records(own, _COMPARED)]
    return [(one["word"], one["judged"]) for one in found]


_COMPARED = ("indicator", "edition", "period", "unit", "value", "lower", "upper")


def records(frame: pd.DataFrame, names: Iterable[str] = ()) -> list[dict]:
    """Return the rows of a frame, of some columns or of all, as dicts; faster for a few rows than pandas does it."""
    columns = {name: frame[name].tolist() for name in names or frame.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def earlier(item: Indicator, frame: pd.DataFrame, breaks: Iterable[Break]) -> dict | None:
    """Compare the last figure of a series with the first one of its segment; None when there is no earlier one.

    Returns
    -------
    dict
        The row of `comparison` with `since`, the year that it is compared with.
    """
    known = frame[frame["value"].notna()].sort_values("period")
    if known.empty:
        return None
    part = segments(known["period"].str[:4].astype(int), [b.year for b in breaks])
    last = known[part == part[-1]]
    if len(last) < 2 or item.rollup == "sum":
        return None
    found = _row(item, last.iloc[-1].to_dict(), last.iloc[0].to_dict(), fixed=False)
    return found | {"since": last["period"].iat[0]}


def firm(p: np.ndarray) -> np.ndarray:
    """Return which of many differences stand when all are allowed for; a missing p (nothing was judged) never does."""
    return benjamini_hochberg(p) <= FALSE_DISCOVERIES


def chosen(item: Indicator, own: dict[tuple[str, str], pd.DataFrame]) -> dict[str, tuple[int, int]]:
    """Return which edition and which of its periods stand for an indicator: newest (key "") and in each year.

    The first declared edition that has a value is the default. One with margins goes before it when it is not older,
    because only figures with margins are judged.
    """
    rows = []
    for number, edition in enumerate(figures.editions(item)):
        frame = own.get((item.id, edition.source))
        for n, one in enumerate(() if frame is None else frame.itertuples()):
            rows.append((number, n, one.period, pd.notna(one.value), pd.notna(one.lower)))
    return picked(rows)


def picked(rows: Sequence[tuple[int, int, str, bool, bool]]) -> dict[str, tuple[int, int]]:
    """Choose from rows of edition number, period number, period, has a value, has margins, as `chosen` says."""
    found = {}
    for year in ["", *sorted({r[2] for r in rows})]:
        asked = [r for r in rows if year in ("", r[2])]
        newest: dict[int, tuple] = {}
        for row in asked:
            if row[3] or not newest.get(row[0], row)[3]:  # without any figure the newest year stands
                newest[row[0]] = row
        candidates = [r for r in newest.values() if r[3]] or list(newest.values())
        if not candidates:
            continue
        default = candidates[0]
        best = next((r for r in candidates if r[4] and r[2] >= default[2]), default)
        found[year] = (best[0], best[1])
    return found
