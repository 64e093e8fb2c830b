"""What a selection is: scores, totals and ranks of all units, how sure they are, and what they are made of."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from kavelmon import store
from kavelmon.criteria import Criteria, Criterion
from kavelmon.selection import matrix, resampling, robust, scores
from kavelmon.selection.matrix import Column, Units
from kavelmon.selection.settings import Settings


@dataclass(frozen=True, eq=False)
class Selection:
    """Scores, ranks and their certainty; arrays have one row per unit, columns per indicator (k) or group (g).

    Attributes
    ----------
    settings
        With the version of the figures.
    criteria
        What was measured, and what was not.
    units, columns
        The wijken or gemeenten, and the figures of each indicator.
    importance, group
        Weight of each indicator inside its group, and the number of that group; shape (k,).
    weights
        Of the groups, adding up to 1; shape (g,).
    x, weight
        Figures and what they are of, shape (n, k).
    scored, grouped
        Scores of the indicators, shape (n, k), and of the groups, shape (n, g).
    total, rank
        Shape (n,); NaN for a unit of which too little is known.
    low, high
        The lowest and highest total that a unit can have, whatever its missing figures are; shape (n,).
    """

    settings: Settings
    criteria: Criteria
    units: Units
    columns: tuple[Column, ...]
    importance: np.ndarray
    group: np.ndarray
    weights: np.ndarray
    x: np.ndarray
    weight: np.ndarray
    scored: np.ndarray
    grouped: np.ndarray
    total: np.ndarray
    rank: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def directions(self) -> list[int]:
        """1 where a higher figure raises the score, else -1; one for each indicator."""
        return [column.direction for column in self.columns]

    @property
    def groups(self) -> tuple[str, ...]:
        """The ids of the groups, in order."""
        return tuple(group.id for group in self.criteria.groups)

    @cached_property
    def errors(self) -> np.ndarray:
        """Standard errors of the figures where the source gives margins; shape (n, k)."""
        return np.column_stack([robust.standard_errors(c.lower, c.upper) for c in self.columns])

    @property
    def alike(self) -> np.ndarray:
        """Which units share one figure: those of a gemeente where it is the gemeente's; numbers, shape (n, k)."""
        _, gemeente = np.unique(self.units.gemeenten, return_inverse=True)
        own = np.arange(len(gemeente))
        return np.column_stack([gemeente if column.inherited else own for column in self.columns])

    @cached_property
    def certainty(self) -> resampling.Certainty:
        """Ranks under drawn weights, and drawn figures where sources give margins."""
        s = self.settings
        how: dict = {"draws": s.draws, "concentration": s.concentration, "seed": s.seed, "first": s.first}
        how["least"] = scores.LEAST_GROUPS
        if np.isnan(self.errors).all():
            return resampling.resample(self.grouped, self.weights, **how)
        return robust.with_margins(
            self.x,
            self.weight,
            self.errors,
            self.directions,
            self.importance,
            self.group,
            self.weights,
            alike=self.alike,
            scale=s.scale,
            **how,
        )

    @cached_property
    def without_one(self) -> np.ndarray:
        """How many places each unit moves without each indicator; shape (n, k)."""
        return robust.without_one(self.scored, self.importance, self.group, self.weights, scores.LEAST_GROUPS)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The units, best first.

        Columns: code, name, gemeente, inhabitants, rank, score, rank_median, rank_low and rank_high (5 and 95 %),
        p_top (0 to 1), most_moved (places, when one indicator is left out), score_low and score_high (missing figures
        at worst and at best), groups_known, coverage (0 to 1, of the weight of the indicators), inherited (0 to 1, of
        what is known: figures of the gemeente), and the score of each group by its id.
        """
        sure, regions = self.certainty, store.regions()
        share = self._shares()
        known = ~np.isnan(self.scored)
        covered = known @ share
        inherited = np.array([column.inherited for column in self.columns])
        moved = np.where(np.isnan(self.without_one), 0, np.abs(self.without_one)).max(axis=1)
        out = pd.DataFrame(
            {
                "code": self.units.codes,
                "name": self.units.names,
                "gemeente": [regions.name(code) for code in self.units.gemeenten],
                "inhabitants": self.units.people,
                "rank": self.rank,
                "score": self.total,
                "rank_median": sure.median,
                "rank_low": sure.low,
                "rank_high": sure.high,
                "p_top": sure.top,
                "most_moved": np.where(np.isnan(self.rank), np.nan, moved),
                "score_low": self.low,
                "score_high": self.high,
                "groups_known": (~np.isnan(self.grouped)).sum(axis=1),
                "coverage": covered,
                "inherited": np.divide(
                    known @ (share * inherited), covered, where=covered > 0, out=np.zeros(len(known))
                ),
            }
        )
        out = out.assign(**{name: self.grouped[:, n] for n, name in enumerate(self.groups)})
        return out.sort_values(["rank", "code"], ignore_index=True)

    def _shares(self) -> np.ndarray:
        """Return which part of a total each indicator is when everything is known; shape (k,)."""
        inside = np.bincount(self.group, self.importance, len(self.groups))
        return self.weights[self.group] * self.importance / inside[self.group]

    def of(self, code: str) -> pd.DataFrame:
        """Return what the score of one unit is made of.

        Returns
        -------
        pandas.DataFrame
            One row per indicator: indicator, title, group, value, unit, national (that of the Netherlands), score,
            contribution (points of the total above or below the middle, given the weights), inherited, edition, period,
            confidence.

        Raises
        ------
        NotFoundError
            A code that is no unit of this selection.
        """
        at = self.number(code)
        known = ~np.isnan(self.scored[at])
        groups = ~np.isnan(self.grouped[at]) & (self.weights > 0)
        inside = np.bincount(self.group, self.importance * known, len(self.groups))
        share = np.where(groups, self.weights, 0)[self.group] * self.importance * known
        share = share / np.where(inside > 0, inside, 1)[self.group] / max(self.weights[groups].sum(), 1e-12)
        middle = sum(scores.WORST_BEST[self.settings.scale]) / 2
        return pd.DataFrame(
            {
                "indicator": [c.item.id for c in self.columns],
                "title": [c.item.title for c in self.columns],
                "group": [self.groups[n] for n in self.group],
                "value": self.x[at],
                "unit": [c.item.unit for c in self.columns],
                "national": [c.national for c in self.columns],
                "score": self.scored[at],
                "contribution": np.where(known, share * (np.nan_to_num(self.scored[at]) - middle), np.nan),
                "inherited": [c.inherited for c in self.columns],
                "edition": [c.edition for c in self.columns],
                "period": [c.period for c in self.columns],
                "confidence": [c.proxy.confidence for c in self.columns],
            }
        )

    def number(self, code: str) -> int:
        """Return the row of a unit; raises `NotFoundError` for a code that is none."""
        if code not in self.units.at:
            raise matrix.unknown(code, self.units)
        return self.units.at[code]

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """What each indicator has: one row each.

        Columns: indicator, title, group, criterion, confidence, edition, period, inherited, known (units with a
        figure), missing, moved (of these: because of other borders), mean (weighted, of the units), national,
        apart (whether these two are further apart than a difference that matters).
        """
        rows = []
        criterion = {proxy.id: one.code for one in self.criteria.criteria for proxy in one.indicator}
        for number, c in enumerate(self.columns):
            mean = scores.weighted_mean(self.x[:, number], self.weight[:, number])
            rows.append(
                {
                    "indicator": c.item.id,
                    "title": c.item.title,
                    "group": self.groups[self.group[number]],
                    "criterion": criterion[c.item.id],
                    "confidence": c.proxy.confidence,
                    "edition": c.edition,
                    "period": c.period,
                    "inherited": c.inherited,
                    "known": int((~np.isnan(c.value)).sum()),
                    "missing": int(np.isnan(c.value).sum()),
                    "moved": c.moved,
                    "mean": mean,
                    "national": c.national,
                    "apart": bool(abs(mean - c.national) > c.item.threshold(c.national)),
                }
            )
        return pd.DataFrame(rows)

    @property
    def without_number(self) -> list[Criterion]:
        """The criteria that no figure of this selection measures."""
        measured = {c.item.id for c in self.columns}
        meant = ((one, self.criteria.meant(one)) for one in self.criteria.criteria)
        return [one for one, same in meant if not measured & {proxy.id for proxy in same.indicator}]

    @cached_property
    def doubles(self) -> pd.DataFrame:
        """Pairs of indicators of one group that tell nearly the same: indicator, other, pearson, spearman."""
        ids = [c.item.id for c in self.columns]
        found = [(ids[a], ids[b], r, rho) for a, b, r, rho in robust.doubles(self.x, self.group)]
        return pd.DataFrame(found, columns=["indicator", "other", "pearson", "spearman"])

    @cached_property
    def other_scales(self) -> dict[str, tuple[float, int]]:
        """By other scale: Spearman's correlation of the totals, and how many of the top are in its top as well."""
        found = {}
        top = self.rank <= self.settings.first
        for scale in scores.SCALES:
            if scale != self.settings.scale:
                total = self._totals(scale)
                shared = int((top & (scores.ranks(total) <= self.settings.first)).sum())
                found[scale] = robust.agreement(self.total, total), shared
        return found

    @cached_property
    def influence(self) -> np.ndarray:
        """The share of the differences between totals that comes from each group; shape (g,), adding up to 1.

        It is the covariance of a group's part of the total with the total, over the variance of the total, of units
        with every group that counts: equal weights are no equal influence. NaN for a group that does not count.
        """
        counts = self.weights > 0
        whole = ~np.isnan(self.grouped[:, counts]).any(axis=1)
        total = self.grouped[np.ix_(whole, counts)] @ self.weights[counts]
        out = np.full(len(self.weights), np.nan)
        for n in np.flatnonzero(counts).tolist():
            out[n] = np.cov(self.weights[n] * self.grouped[whole, n], total)[0, 1] / total.var(ddof=1)
        return out

    def _totals(self, scale: str) -> np.ndarray:
        names = [c.item.id for c in self.columns]
        scored = scores.scored(self.x, self.weight, self.directions, scale, names)
        groups = scores.grouped(scored, self.importance, self.group, len(self.groups)).round(scores.DECIMALS[scale])
        return scores.totals(groups, self.weights)
