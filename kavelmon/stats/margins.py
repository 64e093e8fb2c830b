"""The margins of an area from those of its parts."""

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from kavelmon.stats import checks
from kavelmon.stats.intervals import Interval, plain, quantile, standard_error

Scale = Literal["linear", "logit"]


def logit_error(lower: ArrayLike, upper: ArrayLike, *, per: float = 100.0, confidence: float = 0.95) -> Any:
    """Return the standard error of log(p/(1-p)) that the limits of a proportion imply.

    Limits that are asymmetric because they cannot pass 0 or the whole are nearly symmetric on this scale.

    Parameters
    ----------
    lower, upper
        Limits at `confidence`, of one shape, 0 < lower <= upper < per.
    per
        What is a whole: 100 for percentages, 1 for fractions.

    Returns
    -------
    float or ndarray
        Without a unit.

    Raises
    ------
    StatisticsError
        For limits that are missing, swapped, or not between 0 and `per`.

    Examples
    --------
    >>> round(logit_error(27, 33), 6)
    0.073072
    """
    z = quantile(confidence)
    low, high = checks.ordered(lower, upper)
    return plain((_logit("upper", high, per) - _logit("lower", low, per)) / (2 * z))


def combined_margins(
    values: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    shares: ArrayLike,
    *,
    correlation: float,
    scale: Scale = "linear",
    per: float = 100.0,
    confidence: float = 0.95,
) -> Interval:
    """Return the margins of an area, a weighted mean of parts of which the margins are known.

    Variance = Σw²se² + correlation · ((Σw se)² - Σw²se²), the variance of a sum of which every two terms are equally
    correlated.

    Parameters
    ----------
    values, lower, upper
        Estimates of the parts and their limits at `confidence`, in one unit. Parts run along the last axis, so that a
        table of areas by parts is done at once.
    shares
        What each part weighs, for each area or once for all; they sum to 1 along the last axis.
    correlation
        Between the errors of the parts, 0 to 1: 0 for independent samples, 1 for estimates of one model, of which the
        errors go up and down together (conservative). Nobody publishes it, so it has to be chosen, and stated.
    scale
        ``logit`` for asymmetric limits of percentages: the result stays between 0 and `per`. The errors of the parts
        are taken from the logit scale to that of the mean and back by the delta method.
    per
        What is a whole: 100 for percentages, 1 for fractions. Only the logit needs it.

    Returns
    -------
    Interval
        In the unit of the values, with the shape of the input without its last axis.

    Raises
    ------
    StatisticsError
        For input that is missing, limits that are swapped, shares that do not sum to 1, a correlation outside 0 to 1,
        and on the logit scale for values or limits that are not between 0 and `per`, or seem to be fractions.

    Examples
    --------
    >>> parts = dict(values=[20, 30], lower=[18, 27], upper=[22, 33], shares=[0.25, 0.75])
    >>> [[round(b, 3) for b in combined_margins(**parts, correlation=c)] for c in (0, 1)]
    [[25.195, 29.805], [24.75, 30.25]]
    """
    z, rho = quantile(confidence), checks.share("correlation", correlation)
    checks.one_of("scale", scale, get_args(Scale))
    if scale == "logit" and per == 100:
        checks.percentages(values, lower, upper)
    if scale == "logit":
        error = logit_error(lower, upper, per=per, confidence=confidence)
    else:
        error = standard_error(lower, upper, confidence=confidence)
    value = np.atleast_1d(checks.numbers("values", values))
    share = checks.shares("shares", shares)
    if share.ndim == 1:  # the same for every area
        share = np.broadcast_to(share, np.broadcast_shapes(share.shape, value.shape))
    value, error, share = checks.together(values=value, lower=np.atleast_1d(error), shares=share)
    mean = (share * value).sum(axis=-1)
    if scale == "logit":
        _logit("values", value, per)
        centre = _logit("values", mean, per)
        # d p / d logit(p) = p (1 - p); the whole cancels out in the ratio
        error = error * value * (per - value) / (mean * (per - mean))[..., None]
    errors = share * error
    independent = (errors**2).sum(axis=-1)
    half = z * np.sqrt(independent + rho * (errors.sum(axis=-1) ** 2 - independent))
    if scale == "logit":
        return Interval(plain(per * special.expit(centre - half)), plain(per * special.expit(centre + half)))
    return Interval(plain(mean - half), plain(mean + half))


def _logit(name: str, values: np.ndarray, per: float) -> np.ndarray:
    step = 'use scale="linear", or per=1 for fractions'
    inside = checks.within(
        name,
        values,
        0,
        checks.single("per", per, positive=True),
        "the logit scale has no 0 and no whole",
        step,
        strict=True,
    )
    return special.logit(inside / per)
