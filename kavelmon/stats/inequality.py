"""How unequal a figure is between the units of an area, and whether it follows their rank."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kavelmon.stats import checks
from kavelmon.stats.trend import fit_line, slope_limits

FEWEST_UNITS = 3


@dataclass(frozen=True)
class SlopeIndex:
    """The slope and the relative index of inequality.

    Attributes
    ----------
    sii, lower, upper
        Slope index with its limits, in the unit of the values: what the line has at the top of the ranking minus what
        it has at the bottom.
    rii, rii_lower, rii_upper
        Relative index: the slope index and its limits divided by the mean, that is taken as fixed; NaN when it is 0.
    mean
        Of the values, by population.
    units
        How many there are.
    """

    sii: float
    lower: float
    upper: float
    rii: float
    rii_lower: float
    rii_upper: float
    mean: float
    units: int


@dataclass(frozen=True)
class Spread:
    """How far units lie apart, in the unit of their values.

    Attributes
    ----------
    lowest, highest
        Least and greatest value.
    q1, median, q3
        The lowest value at or below which at least a quarter, half and three quarters of the people live.
    sd
        Standard deviation over the people, each having the value of their unit.
    """

    lowest: float
    q1: float
    median: float
    q3: float
    highest: float
    sd: float


def mid_ranks(populations: ArrayLike, ranking: ArrayLike) -> np.ndarray:
    """Return where on a scale from 0 to 1 the middle of each unit comes when people are put in order.

    Units of one rank share the middle of their people together.

    Parameters
    ----------
    populations
        People per unit, above 0.
    ranking
        By which units are put in order, low to high, such as mean income.

    Raises
    ------
    StatisticsError
        For input that is missing, lengths that differ, or a population that is not above 0.

    Examples
    --------
    >>> mid_ranks([100, 200, 100], [10, 20, 30])
    array([0.125, 0.5  , 0.875])
    """
    people, order = checks.together(
        populations=checks.positive("populations", populations), ranking=checks.numbers("ranking", ranking)
    )
    _, group = np.unique(order, return_inverse=True)
    sizes = np.bincount(group, weights=people)
    return ((np.cumsum(sizes) - sizes / 2) / sizes.sum())[group]


def slope_index(
    values: ArrayLike, populations: ArrayLike, ranking: ArrayLike, *, confidence: float = 0.95
) -> SlopeIndex:
    """Return the slope index of inequality by regression on the rank, and the relative one.

    Mackenbach and Kunst 1997, Social Science & Medicine 44:757. The values are regressed on `mid_ranks`, weighted by
    population; the slope is the difference between the two ends of the ranking. The relative index is the slope index
    divided by the mean (not the ratio of the two ends, that is called so too). The interval is that of the slope, from
    the scatter around the line by t with n-2 degrees of freedom; margins of the values themselves are not counted.

    Parameters
    ----------
    values
        One per unit; three units or more.
    populations
        People per unit that the value is of, above 0.
    ranking
        By which units are put in order, low to high: with mean income a positive index says that the figure is higher
        where people are richer.

    Raises
    ------
    StatisticsError
        For input that is missing, lengths that differ, fewer than three units, a population that is not above 0, or a
        ranking in which all units are equal.

    Examples
    --------
    >>> found = slope_index([50, 60, 70, 80], [100] * 4, [1, 2, 3, 4])
    >>> round(found.sii, 6), round(found.rii, 6)
    (40.0, 0.615385)
    """
    figures = checks.numbers("values", values, least=FEWEST_UNITS)
    people, order = checks.positive("populations", populations), checks.numbers("ranking", ranking)
    figures, people, order = checks.together(values=figures, populations=people, ranking=order)
    if np.ptp(order) == 0:
        checks.refuse("ranking is the same for every unit", "it puts units in order", "rank by something that differs")
    line = fit_line(mid_ranks(people, order), figures, people)
    lower, upper, _ = slope_limits(line, scale="estimated", confidence=confidence)
    mean = float(np.average(figures, weights=people))
    if mean == 0:
        return SlopeIndex(line.slope, lower, upper, np.nan, np.nan, np.nan, mean, int(figures.size))
    low, high = sorted((lower / mean, upper / mean))  # a negative mean turns them around
    return SlopeIndex(line.slope, lower, upper, line.slope / mean, low, high, mean, int(figures.size))


def spread(values: ArrayLike, populations: ArrayLike) -> Spread:
    """Return minimum, quartiles, maximum and standard deviation of a figure over the people of an area.

    Parameters
    ----------
    values
        One per unit, at least one.
    populations
        People per unit, above 0.

    Raises
    ------
    StatisticsError
        For input that is missing, lengths that differ, no unit at all, or a population that is not above 0.

    Examples
    --------
    >>> found = spread([10, 20, 40], [100, 200, 100])
    >>> found.lowest, found.q1, found.median, found.q3, found.highest, round(found.sd, 4)
    (10.0, 10.0, 20.0, 20.0, 40.0, 10.8972)
    """
    figures, people = checks.together(
        values=np.atleast_1d(checks.numbers("values", values, least=1)),
        populations=np.atleast_1d(checks.positive("populations", populations)),
    )
    low, q1, median, q3, high = np.quantile(figures, [0, 0.25, 0.5, 0.75, 1], weights=people, method="inverted_cdf")
    mean = np.average(figures, weights=people)
    sd = np.sqrt(np.average((figures - mean) ** 2, weights=people))
    return Spread(*(float(x) for x in (low, q1, median, q3, high, sd)))
