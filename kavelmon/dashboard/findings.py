"""What the statistics find in the figures of a document, as sentences and lists that the browser shows."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from kavelmon import declarations, method_texts, numerals
from kavelmon.analysis.compare import earlier, firm, records
from kavelmon.analysis.funnel import kind_of, plot, size_of
from kavelmon.analysis.trend import course
from kavelmon.analysis.unequal import between
from kavelmon.model import Edition, Indicator
from kavelmon.stats.intervals import standard_error

GRID = 24  # sizes at which the limits of a funnel are given; between them they are straight
Say = Callable[[str], int]  # the number of a sentence


def trend(item: Indicator, edition: Edition, own: pd.DataFrame, nl: pd.DataFrame, say: Say) -> int | None:
    """Return the sentence on the last segment of a series; None under three points."""
    breaks = item.breaks_of(edition)
    parts = course(own, breaks)
    if item.rollup == "sum" or not parts or np.isnan(parts[-1]["per_year"]):
        return None
    last = parts[-1]
    there = [one for one in course(nl, breaks) if (one["start"], one["end"]) == (last["start"], last["end"])]
    country = there[-1] if there and own["region"].iat[0] != nl["region"].iat[0] else None
    return say(method_texts.trend(last, country, numerals.sign_of(item.unit), item.decimals))


def since(item: Indicator, edition: Edition, own: pd.DataFrame, say: Say) -> int | None:
    """Return the sentence that compares the last figure with the first one of its segment; None without margins."""
    found = earlier(item, own, item.breaks_of(edition))
    if found is None or not found["judged"]:
        return None
    return say(method_texts.earlier(found["since"], found["word"]))


def unequal(
    item: Indicator, edition: Edition, own: pd.DataFrame, wijken: pd.DataFrame | None, orders: Mapping, say: Say
) -> dict[str, list]:
    """Return by period the sentences on the spread between wijken and whether it follows income."""
    if wijken is None or item.rollup != "mean":
        return {}
    catalogue = declarations.default()
    model = catalogue.source(edition.source).method == "model"
    counted = catalogue.indicator(edition.denominator).unit if edition.denominator else ""
    whole = {row["period"]: row for row in records(own)}
    sign, found = numerals.sign_of(item.unit), {}
    for period, part in wijken.groupby("period"):
        row = between(item, part, {} if model else orders, whole[period])
        if np.isnan(row["lowest"]):
            continue
        said = [method_texts.spread(row, sign, item.decimals, counted)]
        if model:
            said.append(method_texts.INCOME_IN_MODEL)
        elif not np.isnan(row["sii"]):
            said.append(method_texts.slope(row, sign, item.decimals))
        found[str(period)] = [say(text) for text in said]
    return found


def aged(item: Indicator, found: pd.DataFrame | None, periods: list[str], say: Say) -> list[int | None]:
    """Return per period the sentence on what a figure would be with the ages of the Netherlands."""
    if found is None:
        return []
    sign = numerals.sign_of(item.unit)
    rows = found.set_index("period").reindex(periods)
    return [
        None
        if np.isnan(row["standardised"])
        else say(method_texts.aged(row["standardised"], row["reference"], sign, item.decimals, row["note"]))
        for row in records(rows)
    ]


def sample(item: Indicator, own: pd.DataFrame, say: Say) -> list[int | None]:
    """Return per period how large a simple sample has such margins; only of percentages with margins of the source."""
    out: list[int | None] = []
    for row in records(own):
        known = item.unit.startswith("%") and row["method"] == "bron" and row["lower"] < row["upper"]
        share = row["value"] / 100
        if not known or not 0 < share < 1:
            out.append(None)
            continue
        error = standard_error(row["lower"], row["upper"]) / 100
        out.append(say(method_texts.sample(share * (1 - share) / error**2)))
    return out


class Funnels:
    """The funnel plots of a document: points of all gemeenten, of each edition in its newest year."""

    def __init__(self) -> None:
        self.lists: list[dict[str, list[str]]] = []
        self._number: dict[tuple[str, ...], int] = {}

    def of(
        self, item: Indicator, edition: Edition, country: pd.DataFrame | None, own: pd.DataFrame, nl: pd.DataFrame
    ) -> dict | None:
        """Return the funnel of one edition: sizes and figures of units, limits on a grid of sizes, the own point."""
        kind, _ = kind_of(item, edition)
        if not kind or country is None or item.incomparable:
            return None
        known = own[own["value"].notna()]
        if known.empty:
            return None
        row = known.iloc[[-1]]
        period = str(row["period"].iat[0])
        centre = nl.set_index("period")["value"].get(period, np.nan)
        made = plot(item, edition, country[country["period"] == period], centre)
        size = size_of(kind, edition, row)[0] if made is not None else np.nan
        if made is None or not np.isfinite(size):
            return None
        points = made.points.sort_values("region", ignore_index=True)
        sizes = np.sort(points["size"].to_numpy())
        grid = sizes[np.unique(np.linspace(0, len(sizes) - 1, GRID).round().astype(int))]
        if size > grid[-1]:  # an area may be larger than any gemeente
            grid = np.append(grid, np.geomspace(grid[-1], size, 4)[1:])
        limits = made.limits(grid)
        at = made.limits(np.array([size])).iloc[0][["lower95", "upper95"]].tolist()
        figure = float(row["value"].iat[0])
        way = "in" if at[0] <= figure <= at[1] else "above" if figure > at[1] else "below"
        digits = item.decimals + 1
        return {
            "kind": kind,
            "period": period,
            "list": self._list(points),
            "size": [round(v) for v in points["size"]],
            "value": points["value"].round(digits).tolist(),
            "grid": [round(v) for v in grid],
            "limits": [limits[c].round(digits).tolist() for c in ("lower95", "upper95", "lower998", "upper998")],
            "own": [round(size), round(figure, digits)],
            "way": way,
        }

    def _list(self, points: pd.DataFrame) -> int:
        key = tuple(points["region"])
        if key not in self._number:
            self._number[key] = len(self.lists)
            self.lists.append({"codes": list(key), "names": points["region_name"].tolist()})
        return self._number[key]


def firm_up(items: list[dict[str, Any]]) -> None:
    """Say of each indicator in which years its difference stands when all comparisons of that year are allowed for."""
    for item in items:
        item["firm"] = {}
    for year in sorted({year for item in items for year in item["pick"]}):
        chosen = [(item, *item["pick"][year]) for item in items if year in item["pick"]]
        rows = [(item, item["editions"][e], at) for item, e, at in chosen]
        p = [np.nan if edition["p"][at] is None else edition["p"][at] for _, edition, at in rows]
        for (item, edition, at), stands in zip(rows, firm(np.array(p, dtype=float)), strict=True):
            if stands and edition["word"][at] not in ("similar", "none"):
                item["firm"][year] = 1
