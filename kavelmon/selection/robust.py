"""How sure a rank is: other weights, one indicator less, another scale, the margins of the figures themselves."""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from kavelmon.selection import scores
from kavelmon.selection.resampling import Certainty, draw_weights, ranked, summary
from kavelmon.selection.scores import grouped, ranks, totals

DOUBLE = 0.9  # of the correlation between two indicators of one group, above which they count the same thing twice
_Z = 1.959964


def with_margins(
    x: np.ndarray,
    weights: np.ndarray,
    errors: np.ndarray,
    directions: Sequence[int],
    importance: np.ndarray,
    group: np.ndarray,
    group_weights: np.ndarray,
    *,
    alike: np.ndarray,
    scale: str,
    least: int,
    draws: int,
    concentration: float,
    seed: int,
    first: int,
) -> Certainty:
    """Rank every unit under drawn weights and, in the same draws, figures drawn within their margins.

    Parameters
    ----------
    x, weights
        Figures and what they are of, shape (n, k).
    errors
        Standard errors of the figures, shape (n, k); NaN or 0 where the source gives no margins: that figure stays.
    directions, importance, group
        Per indicator, shape (k,).
    group_weights
        Shape (g,).
    alike
        Which units share one figure, as numbers from 0, shape (n, k): their errors are one error. Others are drawn
        apart. Of estimates by one model that is cautious: an error that all of them share would move no rank.
    """
    drawn = draw_weights(group_weights, draws, concentration, seed)
    chance = np.random.default_rng(seed + 1)
    size = np.nan_to_num(errors)
    moving = (size > 0).any(axis=0)
    fixed = np.column_stack(
        [scores.SCORING[scale](x[:, n], weights[:, n], int(directions[n])) for n in range(x.shape[1])]
    )
    lines = np.full((draws, len(x)), np.nan)
    for number in range(draws):
        now = fixed.copy()
        for column in np.flatnonzero(moving).tolist():
            moved = x[:, column] + chance.standard_normal(len(x))[alike[:, column]] * size[:, column]
            now[:, column] = scores.SCORING[scale](moved, weights[:, column], int(directions[column]))
        groups = grouped(now, importance, group, len(group_weights)).round(scores.DECIMALS[scale])
        lines[number] = totals(groups, drawn[number], least)
    there = np.flatnonzero(~np.isnan(lines).any(axis=0))
    return summary(ranked(lines[:, there]), there, len(x), first)


def standard_errors(lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Return standard errors from 95 % margins."""
    return (upper - lower) / (2 * _Z)


def without_one(
    scored: np.ndarray, importance: np.ndarray, group: np.ndarray, weights: np.ndarray, least: int
) -> np.ndarray:
    """Return by how many places the rank of each unit moves when one indicator is left out.

    Returns
    -------
    numpy.ndarray
        Shape (n, k): rank without the indicator minus rank with all. NaN where a unit has no total in one of the two,
        and for an indicator that is alone in its group: without it there is another set of groups.
    """
    base = ranks(totals(grouped(scored, importance, group, len(weights)), weights, least))
    out = np.full(scored.shape, np.nan)
    for column in range(scored.shape[1]):
        rest = importance.copy()
        rest[column] = 0
        if not rest[group == group[column]].sum() > 0:
            continue
        out[:, column] = ranks(totals(grouped(scored, rest, group, len(weights)), weights, least)) - base
    return out


def agreement(one: np.ndarray, other: np.ndarray) -> float:
    """Return Spearman's rank correlation between two totals, of the units that have both."""
    both = ~np.isnan(one) & ~np.isnan(other)
    return float(stats.spearmanr(one[both], other[both]).statistic)


def doubles(x: np.ndarray, group: np.ndarray) -> list[tuple[int, int, float, float]]:
    """Return the pairs of indicators of one group that tell nearly the same.

    Returns
    -------
    list of tuple
        Numbers of the two columns, Pearson's and Spearman's correlation, of pairs in which one of these is beyond
        `DOUBLE` either way.
    """
    found = []
    for one in range(x.shape[1]):
        for other in range(one + 1, x.shape[1]):
            both = ~np.isnan(x[:, one]) & ~np.isnan(x[:, other])
            if group[one] != group[other] or both.sum() < 3:
                continue
            a, b = x[both, one], x[both, other]
            if a.min() == a.max() or b.min() == b.max():
                continue
            r, rho = float(np.corrcoef(a, b)[0, 1]), float(stats.spearmanr(a, b).statistic)
            if max(abs(r), abs(rho)) > DOUBLE:
                found.append((one, other, r, rho))
    return found
