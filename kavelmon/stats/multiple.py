"""Many comparisons at once: how sure one difference is, and which ones stand when all are allowed for."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from kavelmon.stats import checks
from kavelmon.stats.intervals import plain, quantile


def p_of_difference(
    value: ArrayLike, reference: ArrayLike, lower: ArrayLike, upper: ArrayLike, *, confidence: float = 0.95
) -> Any:
    """Return the two-sided p of a difference with a reference that is taken as fixed, by the normal approximation.

    The standard error is (upper - lower) / 2z.

    Parameters
    ----------
    value, lower, upper
        Figures with their limits at `confidence`, one shape; NaN where they are missing.
    reference
        In the same unit, one for each or one for all; NaN where it is missing.

    Returns
    -------
    float or ndarray
        From 0 to 1. NaN where something is missing, and where the limits are equal: a source that rounds the margins
        away has not said how sure the figure is.

    Raises
    ------
    StatisticsError
        For infinite values, lengths that differ, or limits that are swapped.

    Examples
    --------
    >>> round(p_of_difference(80.3, 79.1, 79.5, 81.1), 4)
    0.0033
    """
    z = quantile(confidence)
    low, high = checks.ordered(lower, upper, missing=True)
    at, against, low, high = checks.together(
        value=checks.numbers("value", value, missing=True),
        reference=checks.numbers("reference", reference, missing=True),
        lower=low,
        upper=high,
    )
    width = np.where(high > low, high - low, np.nan)
    return plain(2 * special.ndtr(-np.abs(at - against) * 2 * z / width))


def benjamini_hochberg(p: ArrayLike) -> np.ndarray:
    """Return p-values adjusted for their number (Benjamini and Hochberg 1995, JRSS B 57:289).

    Of the differences whose adjusted p is at most q, on average no more than a share q is there by chance.

    Parameters
    ----------
    p
        From 0 to 1; NaN where nothing was tested. It stays NaN and does not count.

    Returns
    -------
    ndarray
        In the order of the input; never below `p`.

    Raises
    ------
    StatisticsError
        For a value outside 0 to 1.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, float("nan"), 0.03])
    array([0.03, 0.04,  nan, 0.04])
    """
    from scipy import stats  # takes long to import, and only this needs it

    found = checks.within("p", np.atleast_1d(p), 0, 1, "a p-value lies from 0 to 1", missing=True).copy()
    known = ~np.isnan(found)
    if known.any():
        found[known] = stats.false_discovery_control(found[known], method="bh")
    return found
