"""From figures to scores: each indicator placed against the country, groups of indicators, and a total.

Arrays have one row per unit (a wijk or gemeente) and one column per indicator, or per group. NaN is what is not known;
it is never filled in. The formulas are those of the OECD/JRC *Handbook on Constructing Composite Indicators* (2008),
weighted by the people, households or dwellings that a figure is of.
"""

from collections.abc import Callable, Sequence

import numpy as np

from kavelmon.model import KavelmonError

SCALES = ("percentile", "z", "minmax")
LEAST_OF_GROUP = 0.5  # of the weights of its indicators, for a group to have a score
LEAST_GROUPS = 4  # groups with a score, for a unit to have a total
WINSOR = 3.0  # z-scores beyond it say no more than that a unit is far out
_NEAR = 1e-12  # relative: figures that are as near as this are the same figure
TIE = 1e-9  # totals are sums of the same parts in another order: less apart than this is the same total


def percentile(x: np.ndarray, weights: np.ndarray, direction: int = 1) -> np.ndarray:
    """Return where each unit stands: the percentage of the weight below it, and half of what is equal to it.

    Parameters
    ----------
    x
        Figures, shape (n,).
    weights
        What each figure is of (adults, households, ...), shape (n,), not negative.
    direction
        1 when a higher figure gives a higher score, -1 when it gives a lower one.

    Returns
    -------
    numpy.ndarray
        0 to 100, shape (n,); NaN where the figure or its weight is missing: these count in nobody's percentile.

    Examples
    --------
    >>> percentile(np.array([10, 20, 20, 30, np.nan]), np.array([100, 200, 100, 600, 50]))
    array([ 5., 25., 25., 70., nan])
    """
    out, known = np.full(len(x), np.nan), _known(x, weights)
    if not known.any():
        return out
    values, at = np.unique(x[known], return_inverse=True)
    held = np.bincount(at, weights=weights[known], minlength=len(values))
    below = np.cumsum(held) - held
    place = (100 * (below + held / 2) / held.sum())[at]
    out[known] = place if direction > 0 else 100 - place
    return out


def z(x: np.ndarray, weights: np.ndarray, direction: int = 1) -> np.ndarray:
    """Return the distance to the weighted mean in weighted standard deviations, at most `WINSOR` either way.

    Parameters and shapes are those of `percentile`.

    Examples
    --------
    >>> z(np.array([10, 20, 20, 30, np.nan]), np.array([100, 200, 100, 600, 50])).round(6)
    array([-2.236068, -0.745356, -0.745356,  0.745356,       nan])
    """
    known = _known(x, weights)
    mean = weighted_mean(x, weights)
    spread = np.sqrt(weighted_mean((x - mean) ** 2, weights))
    return np.where(known, direction * np.clip((x - mean) / spread, -WINSOR, WINSOR), np.nan)


def minmax(x: np.ndarray, weights: np.ndarray, direction: int = 1) -> np.ndarray:
    """Return 0 for the lowest figure, 100 for the highest, and the rest in proportion; the other way round for -1.

    Parameters and shapes are those of `percentile`.

    Examples
    --------
    >>> minmax(np.array([0.0, 1, 10]), np.ones(3), -1)
    array([100.,  90.,   0.])
    """
    known = _known(x, weights)
    low, high = np.nanmin(np.where(known, x, np.nan)), np.nanmax(np.where(known, x, np.nan))
    place = 100 * (x - low) / (high - low)
    return np.where(known, place if direction > 0 else 100 - place, np.nan)


def placed(
    values: np.ndarray, x: np.ndarray, weights: np.ndarray, direction: int = 1, scale: str = "percentile"
) -> np.ndarray:
    """Return the score that other figures have among those of the units.

    Parameters
    ----------
    values
        Figures of areas, shape (m,).
    x, weights, direction, scale
        The units, as in `percentile`; and one of `SCALES`.

    Returns
    -------
    numpy.ndarray
        Shape (m,), NaN where the figure is; a figure that a unit has gets the score of that unit.
    """
    known = _known(x, weights)
    x, weights = x[known], weights[known]
    if scale == "percentile":
        order = np.argsort(x, kind="stable")
        held = np.concatenate([[0.0], np.cumsum(weights[order])])
        # a sum over a sum of equal figures is that figure but for its last bits
        room = _NEAR * np.maximum(np.abs(values), 1)
        below = held[np.searchsorted(x[order], values - room, side="left")]
        upto = held[np.searchsorted(x[order], values + room, side="right")]
        place = 100 * (below + upto) / 2 / held[-1]
    elif scale == "minmax":
        place = np.clip(100 * (values - x.min()) / (x.max() - x.min()), 0, 100)
    else:
        mean = weighted_mean(x, weights)
        spread = np.sqrt(weighted_mean((x - mean) ** 2, weights))
        return np.where(np.isnan(values), np.nan, direction * np.clip((values - mean) / spread, -WINSOR, WINSOR))
    return np.where(np.isnan(values), np.nan, place if direction > 0 else 100 - place)


def weighted_mean(x: np.ndarray, weights: np.ndarray) -> float:
    """Return the weighted mean of what is known."""
    known = _known(x, weights)
    return float((x[known] * weights[known]).sum() / weights[known].sum()) if known.any() else np.nan


def _known(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return ~np.isnan(x) & (np.nan_to_num(weights) > 0)


SCORING: dict[str, Callable[[np.ndarray, np.ndarray, int], np.ndarray]] = {
    "percentile": percentile,
    "z": z,
    "minmax": minmax,
}
DECIMALS = {"percentile": 3, "z": 5, "minmax": 5}  # of the score of a group: what is shown is what is ranked
WORST_BEST = {"percentile": (0.0, 100.0), "z": (-WINSOR, WINSOR), "minmax": (0.0, 100.0)}


def scored(
    x: np.ndarray, weights: np.ndarray, directions: Sequence[int], scale: str, names: Sequence[str]
) -> np.ndarray:
    """Return the scores of every indicator.

    Parameters
    ----------
    x, weights
        Shape (n, k).
    directions
        1 or -1 per indicator.
    scale
        One of `SCALES`.
    names
        Of the indicators, for the messages.

    Raises
    ------
    KavelmonError
        An unknown scale; an indicator that has no figure, or the same one everywhere: it tells no unit from another.
    """
    if scale not in SCALES:
        raise KavelmonError(f'scale "{scale}" is not known; use {", ".join(SCALES)}')
    out = np.full(x.shape, np.nan)
    for column, name in enumerate(names):
        found = x[_known(x[:, column], weights[:, column]), column]
        if not len(found):
            raise KavelmonError(f"{name}: no unit has a figure; leave it out of the indicators")
        if found.min() == found.max():
            raise KavelmonError(
                f"{name}: every unit has the same figure ({found[0]:g}), so that it tells none from another; "
                "leave it out of the indicators"
            )
        out[:, column] = SCORING[scale](x[:, column], weights[:, column], directions[column])
    return out


def grouped(scores: np.ndarray, importance: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    """Return the score of each group: the weighted mean of its indicators that are known.

    Parameters
    ----------
    scores
        Of the indicators, shape (n, k).
    importance
        Weight of each indicator in its group, shape (k,).
    group
        Number of the group of each indicator, shape (k,).
    groups
        How many groups there are; one without indicators has no score.

    Returns
    -------
    numpy.ndarray
        Shape (n, groups); NaN where less than `LEAST_OF_GROUP` of the weights is known.
    """
    out = np.full((len(scores), groups), np.nan)
    for number in range(groups):
        mine = group == number
        if not importance[mine].sum() > 0:
            continue
        known = ~np.isnan(scores[:, mine])
        weight = (known * importance[mine]).sum(axis=1)
        enough = weight >= LEAST_OF_GROUP * importance[mine].sum() - TIE
        total = (np.nan_to_num(scores[:, mine]) * importance[mine]).sum(axis=1)
        out[enough, number] = total[enough] / weight[enough]
    return out


def totals(groups: np.ndarray, weights: np.ndarray, least: int = LEAST_GROUPS) -> np.ndarray:
    """Return the total of each unit: the weighted mean of its groups.

    Parameters
    ----------
    groups
        Scores of the groups, shape (n, g).
    weights
        Of the groups, shape (g,), not negative; a group with weight 0 does not count.

    Returns
    -------
    numpy.ndarray
        Shape (n,); NaN for a unit with a score on fewer than `least` groups that count.
    """
    known = ~np.isnan(groups) & (weights > 0)
    weight = known @ weights
    total = np.nan_to_num(groups) @ weights
    return np.where(known.sum(axis=1) >= least, total / np.where(weight > 0, weight, 1), np.nan)


def ranks(scores: np.ndarray) -> np.ndarray:
    """Return 1 for the highest score, equal ones sharing the best place; NaN where there is no score.

    Parameters
    ----------
    scores
        Shape (n,) or (b, n): each row is ranked by itself.

    Examples
    --------
    >>> ranks(np.array([70.0, 90, 70, np.nan]))
    array([ 2.,  1.,  2., nan])
    """
    table = np.atleast_2d(scores)
    out = np.full(table.shape, np.nan)
    for row, line in enumerate(table):
        known = np.flatnonzero(~np.isnan(line))
        order = known[np.argsort(-line[known], kind="stable")]
        high = line[order]
        new = np.ones(len(order), dtype=bool)
        new[1:] = high[:-1] - high[1:] > TIE
        out[row, order] = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0)) + 1
    return out[0] if scores.ndim == 1 else out


def bounds(
    scores: np.ndarray,
    importance: np.ndarray,
    group: np.ndarray,
    weights: np.ndarray,
    scale: str,
    total: np.ndarray,
    decimals: int = 12,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest total that a unit could have, whatever its missing figures are.

    They are given for units without a total too: what is known of them leaves that much room. A group of which less
    than half is known counts here and not in `total`, which lies between the two all the same.

    Parameters
    ----------
    scores, importance, group, weights, scale
        As in `grouped`, `totals` and `scored`.
    total
        What is known of them gives, shape (n,).
    decimals
        To which the scores of groups are rounded.

    Returns
    -------
    low, high : numpy.ndarray
        Shape (n,): every missing figure at its worst, and at its best. Equal where nothing is missing.
    """
    out = []
    for extreme in WORST_BEST[scale]:
        filled = np.where(np.isnan(scores), extreme, scores)
        out.append(totals(grouped(filled, importance, group, len(weights)).round(decimals), weights, 1))
    return np.fmin(out[0], total), np.fmax(out[1], total)
