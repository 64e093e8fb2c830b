"""Intervals of proportions, counts, rates and means.

Single numbers in give floats out; arrays (or columns of a table) in give arrays of the same shape out. What is not
known is left out by the caller: NaN is refused. `confidence` is a share: 0.95 for 95 % intervals, 0.998 for 99.8 %.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from kavelmon.stats import checks

EXACT_BELOW = 10  # events; from here on Byar's approximation is as good and is what public health bodies publish


class Interval(NamedTuple):
    """A confidence interval.

    Attributes
    ----------
    lower, upper
        Limits: floats, or arrays with the shape of the input.
    """

    lower: Any
    upper: Any


def plain(array: ArrayLike) -> Any:
    """Return a float for a single number, else the array."""
    return float(array) if np.ndim(array) == 0 else np.asarray(array)  # type: ignore[arg-type]


def quantile(confidence: float) -> float:
    """Return z, how many standard errors a two-sided normal interval reaches to each side.

    Examples
    --------
    >>> round(quantile(0.95), 6), round(quantile(0.998), 6)
    (1.959964, 3.090232)
    """
    return float(-special.ndtri((1 - checks.confidence_level(confidence)) / 2))


def wilson(numerator: ArrayLike, denominator: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return the Wilson score interval of a proportion (Wilson 1927, JASA 22:209).

    Parameters
    ----------
    numerator, denominator
        How many of how many: 0 <= numerator <= denominator, denominator > 0, one shape. They need not be whole.

    Returns
    -------
    Interval
        From 0 to 1.

    Raises
    ------
    StatisticsError
        For input that is missing, negative, or a part above its whole.

    Examples
    --------
    >>> [round(b, 6) for b in wilson(65, 100)]
    [0.552544, 0.736358]
    >>> wilson([65, 20], 100).lower.round(6)
    array([0.552544, 0.133367])
    """
    z = quantile(confidence)
    part, whole = checks.part_of("numerator", numerator, "denominator", denominator)
    middle, below = 2 * part + z * z, 2 * (whole + z * z)
    spread = z * np.sqrt(z * z + 4 * part * (1 - part / whole))
    # none and all give 0 and 1 exactly, which floats miss by their last digit
    lower = np.where(part == 0, 0.0, (middle - spread) / below)
    upper = np.where(part == whole, 1.0, (middle + spread) / below)
    return Interval(plain(lower), plain(upper))


def byar(count: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return Byar's limits of a Poisson count (Breslow and Day 1987, IARC Scientific Publications 82, p. 69).

    Good from some ten events; `count_limits` takes the exact ones below that.

    Parameters
    ----------
    count
        Events, 0 or more; need not be whole.

    Raises
    ------
    StatisticsError
        For a count that is missing or negative.

    Examples
    --------
    >>> [round(b, 6) for b in byar(65)]
    [50.163188, 82.849139]
    """
    lower, upper = _byar(checks.counts("count", count), quantile(confidence))
    return Interval(plain(lower), plain(upper))


def poisson_exact(count: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return the exact limits of a Poisson count (Garwood 1936, Biometrika 28:437).

    They are χ²(α/2, 2x)/2 and χ²(1-α/2, 2x+2)/2, the quantiles of χ² with 2x and 2x+2 degrees of freedom.

    Parameters
    ----------
    count
        Events, 0 or more. Of 0 the lower limit is 0; between whole counts the limits run on smoothly.

    Raises
    ------
    StatisticsError
        For a count that is missing or negative.

    Examples
    --------
    >>> [round(b, 6) for b in poisson_exact(9)], round(poisson_exact(0).upper, 6)
    ([4.115373, 17.084803], 3.688879)
    """
    lower, upper = _exact(checks.counts("count", count), (1 - checks.confidence_level(confidence)) / 2)
    return Interval(plain(lower), plain(upper))


def count_limits(count: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return the limits of a Poisson count: exact below `EXACT_BELOW` events, Byar's from there.

    This is the rule of the Office for Health Improvement and Disparities (Fingertips technical guidance).

    Parameters
    ----------
    count
        Events, 0 or more.

    Raises
    ------
    StatisticsError
        For a count that is missing or negative.

    Examples
    --------
    >>> [round(b, 3) for b in count_limits([9, 65]).lower]
    [np.float64(4.115), np.float64(50.163)]
    """
    return Interval(*(plain(limit) for limit in _limits(checks.counts("count", count), confidence)))


def rate(count: ArrayLike, population: ArrayLike, *, per: float = 1.0, confidence: float = 0.95) -> Interval:
    """Return the limits of a rate, those of its count divided by the population that is taken as fixed.

    Parameters
    ----------
    count
        Events, 0 or more. There may be more events than people.
    population
        People or person-years, above 0, one for each count or one for all.
    per
        The rate is per so many people, such as 100 000.

    Raises
    ------
    StatisticsError
        For input that is missing, a negative count, or a population that is not above 0.

    Examples
    --------
    >>> [round(b, 3) for b in rate(5, 100, per=100)]
    [1.623, 11.668]
    """
    events, people = checks.counts("count", count), checks.positive("population", population)
    events, people = checks.together(count=events, population=people)
    lower, upper = _limits(events, confidence)
    per = checks.single("per", per, positive=True)
    return Interval(plain(lower / people * per), plain(upper / people * per))


def standard_error(lower: ArrayLike, upper: ArrayLike, *, confidence: float = 0.95) -> Any:
    """Return the standard error that symmetric limits imply: their distance divided by 2z.

    Parameters
    ----------
    lower, upper
        Limits at `confidence`, in any unit and of one shape, lower <= upper.

    Returns
    -------
    float or ndarray
        In the unit of the limits; 0 where the two are equal.

    Raises
    ------
    StatisticsError
        For limits that are missing or swapped.

    Examples
    --------
    >>> round(standard_error(27, 33), 6)
    1.53064
    """
    z = quantile(confidence)
    low, high = checks.ordered(lower, upper)
    return plain((high - low) / (2 * z))


def _byar(events: np.ndarray, z: float) -> tuple[np.ndarray, np.ndarray]:
    some = np.where(events > 0, events, 1.0)  # only so that nothing is divided by 0
    lower = np.where(events > 0, some * (1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3, 0.0)
    more = events + 1
    upper = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    return np.maximum(lower, 0.0), upper  # of very few events the cube is negative


def _exact(events: np.ndarray, tail: float) -> tuple[np.ndarray, np.ndarray]:
    # a χ² of 2x degrees of freedom, halved, is a gamma of shape x
    lower = np.where(events > 0, special.gammaincinv(np.where(events > 0, events, 1.0), tail), 0.0)
    return lower, special.gammainccinv(events + 1, tail)


def _limits(events: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    lower, upper = _byar(events, quantile(confidence))
    few = events < EXACT_BELOW
    if few.any():  # the exact ones take fifty times as long
        lower, upper = np.array(lower), np.array(upper)
        lower[few], upper[few] = _exact(events[few], (1 - confidence) / 2)
    return lower, upper
