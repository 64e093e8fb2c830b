"""Samples: weights, means, and the difference of two proportions."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from kavelmon.stats import checks
from kavelmon.stats.intervals import Interval, plain, wilson


class Difference(NamedTuple):
    """The difference of two proportions with its interval.

    Attributes
    ----------
    difference, lower, upper
        First minus second, and its limits, from -1 to 1: floats, or arrays with the shape of the input.
    """

    difference: Any
    lower: Any
    upper: Any


def effective_n(weights: ArrayLike) -> float:
    """Return the effective number of respondents of a weighted sample, (Σw)²/Σw² (Kish 1965, Survey Sampling).

    Equal weights give their number; the more they differ, the less a respondent tells.

    Parameters
    ----------
    weights
        One per respondent, above 0, on any scale.

    Raises
    ------
    StatisticsError
        Without weights, or for one that is not above 0.

    Examples
    --------
    >>> round(effective_n([1, 1, 2, 4]), 6)
    2.909091
    """
    checks.numbers("weights", weights, least=1)
    known = checks.positive("weights", weights)
    return float(known.sum() ** 2 / (known**2).sum())


def weighted_wilson(proportion: float, weights: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return the Wilson interval of a weighted proportion: that of an unweighted sample of `effective_n` respondents.

    Parameters
    ----------
    proportion
        The weighted share, from 0 to 1.
    weights
        One per respondent, above 0.

    Raises
    ------
    StatisticsError
        For a proportion outside 0 to 1 (a percentage, for instance), and as `effective_n`.

    Examples
    --------
    >>> [round(b, 6) for b in weighted_wilson(0.65, [1] * 100)]
    [0.552544, 0.736358]
    """
    number = effective_n(weights)
    return wilson(checks.share("proportion", proportion) * number, number, confidence=confidence)


def mean_t(values: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return the interval of the mean of a simple random sample, by Student's t with n-1 degrees of freedom.

    Parameters
    ----------
    values
        At least two, in any unit.

    Raises
    ------
    StatisticsError
        For fewer than two values, or one that is missing.

    Examples
    --------
    >>> [round(b, 4) for b in mean_t([2.1, 2.5, 2.9, 3.3])]
    [1.8783, 3.5217]
    """
    known = checks.numbers("values", values, least=2)
    return mean_t_summary(known.mean(), known.std(ddof=1), known.size, confidence=confidence)


def mean_t_summary(mean: ArrayLike, sd: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return what `mean_t` gives, from the mean, standard deviation (of n-1) and number of each sample.

    Raises
    ------
    StatisticsError
        For input that is missing, a negative `sd`, or an `n` below 2.

    Examples
    --------
    >>> [round(b, 4) for b in mean_t_summary(2.7, 0.516398, 4)]
    [1.8783, 3.5217]
    """
    level = checks.confidence_level(confidence)
    mean, sd, n = checks.together(
        mean=checks.numbers("mean", mean), sd=checks.counts("sd", sd), n=checks.counts("n", n)
    )
    checks.within("n", n, 2, None, "a sample that says how much it varies has 2 or more")
    half = special.stdtrit(n - 1, (1 + level) / 2) * sd / np.sqrt(n)
    return Interval(plain(mean - half), plain(mean + half))


def newcombe(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, *, confidence: float = 0.95) -> Difference:
    """Return the difference of two independent proportions with its interval.

    Newcombe 1998, Statistics in Medicine 17:873, method 10: from the Wilson intervals of the two.

    Parameters
    ----------
    x1, n1, x2, n2
        How many of how many in the first and in the second group, one shape.

    Returns
    -------
    Difference
        x1/n1 - x2/n2 with its limits.

    Raises
    ------
    StatisticsError
        As `wilson`.

    Examples
    --------
    >>> [round(b, 4) for b in newcombe(56, 70, 48, 80)]
    [0.2, 0.0524, 0.3339]
    """
    x1, n1 = checks.part_of("x1", x1, "n1", n1)
    x2, n2 = checks.part_of("x2", x2, "n2", n2)
    x1, n1, x2, n2 = checks.together(x1=x1, n1=n1, x2=x2, n2=n2)
    one, two = x1 / n1, x2 / n2
    low1, high1 = wilson(x1, n1, confidence=confidence)
    low2, high2 = wilson(x2, n2, confidence=confidence)
    lower = one - two - np.hypot(one - low1, high2 - two)
    upper = one - two + np.hypot(high1 - one, two - low2)
    return Difference(plain(one - two), plain(lower), plain(upper))
