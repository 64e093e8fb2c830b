"""Ranks under weights that are drawn around the given ones; numbers only, so that a viewer's kernel can do it."""

import math
from dataclasses import dataclass

import numpy as np

from kavelmon.selection.scores import TIE

_SMALLEST = 1e-9  # of a drawn weight
_AT_ONCE = 100  # draws, so that the working memory stays under some 10 MB


@dataclass(frozen=True, eq=False)
class Certainty:
    """What resampling says of the rank of each unit; arrays of shape (n,), NaN for a unit without a total.

    Attributes
    ----------
    median, low, high
        Of the rank: the middle, and 5 and 95 %.
    top
        The share of draws (0 to 1) in which the unit is among the first `first`.
    """

    median: np.ndarray
    low: np.ndarray
    high: np.ndarray
    top: np.ndarray
    first: int
    draws: int


def draw_weights(weights: np.ndarray, draws: int, concentration: float, seed: int) -> np.ndarray:
    """Return weights drawn around the given ones from a Dirichlet distribution.

    Parameters
    ----------
    weights
        Of the groups, shape (g,), not negative; one with 0 stays 0.
    concentration
        How close draws stay: 10 is moderate, and with 1 and equal weights every division is as likely as another.

    Returns
    -------
    numpy.ndarray
        Shape (draws, g), each row adding up to 1.
    """
    counts = weights > 0
    share = weights[counts] / weights[counts].sum()
    out = np.zeros((draws, len(weights)))
    drawn = np.random.default_rng(seed).dirichlet(concentration * counts.sum() * share, draws)
    out[:, counts] = np.maximum(drawn, _SMALLEST)  # a unit that only has such groups still has a total
    return out / out.sum(axis=1, keepdims=True)


def resample(
    groups: np.ndarray, weights: np.ndarray, *, least: int, draws: int, concentration: float, seed: int, first: int
) -> Certainty:
    """Rank every unit under weights drawn around the given ones.

    Parameters
    ----------
    groups
        Scores of the groups, shape (n, g).
    weights
        Of the groups, shape (g,).
    least
        As in `kavelmon.selection.scores.totals`.
    first
        How many units are "the top".
    """
    drawn = draw_weights(weights, draws, concentration, seed)
    counts = weights > 0
    known = ~np.isnan(groups) & counts
    there = np.flatnonzero(known.sum(axis=1) >= least)
    scored_, known = np.nan_to_num(groups[there]), known[there].astype(float)
    whole = bool((known[:, counts] == 1).all())
    found = np.empty((draws, len(there)), dtype=np.int16 if len(there) < 2**15 else np.int32)
    for begin in range(0, draws, _AT_ONCE):
        part = drawn[begin : begin + _AT_ONCE]
        total = part @ scored_.T
        if not whole:
            total /= part @ known.T
        found[begin : begin + len(part)] = ranked(total)
    return summary(found, there, len(groups), first)


def ranked(total: np.ndarray) -> np.ndarray:
    """Return the ranks of each row, as `ranks` does, of totals that are all known."""
    order = np.argsort(-total, axis=1)
    high = np.take_along_axis(total, order, axis=1)
    place = np.broadcast_to(np.arange(total.shape[1]), total.shape).copy()
    place[:, 1:][high[:, :-1] - high[:, 1:] <= TIE] = 0
    place = np.maximum.accumulate(place, axis=1) + 1
    out = np.empty_like(place)
    np.put_along_axis(out, order, place, axis=1)
    return out


def summary(found: np.ndarray, there: np.ndarray, units: int, first: int) -> Certainty:
    """Return what ranks per draw, shape (draws, m), say of the units that they are of (rows `there` of `units`)."""
    draws = len(found)
    out = np.full((4, units), np.nan)
    out[3, there] = (found <= first).mean(axis=0)
    by_unit = np.sort(np.ascontiguousarray(found.T), axis=1)
    at = [round(share * (draws - 1)) for share in (0.5, 0.05, 0.95)]
    out[:3, there] = by_unit[:, at].T
    return Certainty(out[0], out[1], out[2], out[3], first, draws)


def shown(sure: Certainty) -> dict[str, list]:
    """Return ranks as whole numbers, and the chance to be in the top as a percentage; None where there is no rank."""
    whole = {n: [None if math.isnan(v) else int(v) for v in getattr(sure, n)] for n in ("median", "low", "high")}
    return {**whole, "top": [_percent(float(v)) for v in sure.top]}


def _percent(part: float) -> float | None:
    """Return a share as a whole percentage; 0.5 stands for less than 1, and 99.5 for more than 99."""
    if math.isnan(part):
        return None
    return 0.5 if 0 < part < 0.01 else 99.5 if 0.99 < part < 1 else round(100 * part)
