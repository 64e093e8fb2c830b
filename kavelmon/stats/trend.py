"""How a figure moves through the years: a straight line inside one segment, never across a break."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from kavelmon.stats import checks
from kavelmon.stats.intervals import quantile

FEWEST_POINTS = 3  # for a slope
FEWEST_FOR_A_WORD = 5
RECENT_POINTS = 5
RECENT_CHI2 = 9.54953570608324  # the 99.8 % point of χ² with one degree of freedom, as Fingertips writes it

Scale = Literal["fixed", "estimated"]
Word = Literal["up", "down", "similar", "few"]
RecentWord = Literal["up", "down", "no change", "too few"]


@dataclass(frozen=True)
class Line:
    """A straight line through points, by weighted least squares.

    Attributes
    ----------
    slope
        Rise per unit of x.
    information
        Σw(x - mean x)²: 1 over the variance of the slope when the weights are 1 over known variances.
    dispersion
        Weighted mean square of the residuals on n - 2 degrees of freedom; NaN for two points. With weights of known
        variances it is about 1 for points that lie on a line; far more says that they do not.
    points
        How many there are.
    """

    slope: float
    information: float
    dispersion: float
    points: int


@dataclass(frozen=True)
class Slope:
    """The slope of one segment.

    Attributes
    ----------
    per_year, lower, upper
        In the unit of the values per year; NaN below `FEWEST_POINTS` points.
    p
        Two-sided, of no slope; NaN below `FEWEST_POINTS` points.
    points
        How many years have a figure.
    dispersion
        As in `Line`; NaN without standard errors.
    word
        ``up`` or ``down`` when the interval excludes 0, else ``similar``; ``few`` below `FEWEST_FOR_A_WORD` points.
    """

    per_year: float
    lower: float
    upper: float
    p: float
    points: int
    dispersion: float
    word: Word


@dataclass(frozen=True)
class RecentTrend:
    """The outcome of the five-point test.

    Attributes
    ----------
    word
        ``up``, ``down``, ``no change`` or ``too few``.
    per_year
        Slope of the last five points; NaN when there are too few.
    chi2
        (slope / its standard error)², to be held against `RECENT_CHI2`; NaN when there are too few.
    steady
        Whether the slope keeps its sign with each one of the five left out.
    """

    word: RecentWord
    per_year: float
    chi2: float
    steady: bool


def segments(years: ArrayLike, breaks: Iterable[float]) -> np.ndarray:
    """Return the number of the segment of each year, from 0; a year of a break belongs to what comes after it.

    Parameters
    ----------
    years
        In any order.
    breaks
        Years from which a series is measured otherwise.

    Examples
    --------
    >>> segments([2012, 2016, 2020, 2022], [2016, 2022])
    array([0, 1, 1, 2])
    """
    starts = np.unique(checks.numbers("breaks", list(breaks)))
    return np.searchsorted(starts, checks.numbers("years", years), side="right")


def fit_line(x: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None) -> Line:
    """Fit a straight line by weighted least squares.

    Parameters
    ----------
    x, y
        At least two points, not all of one x.
    weights
        Above 0, one per point; all 1 when left out.

    Raises
    ------
    StatisticsError
        For input that is missing, lengths that differ, a weight that is not above 0, or points above each other.

    Examples
    --------
    >>> fit_line([0, 1, 3], [1, 3, 7]).slope
    2.0
    """
    at, high = checks.numbers("x", x, least=2), checks.numbers("y", y)
    weight = np.ones(at.shape) if weights is None else checks.positive("weights", weights)
    at, high, weight = checks.together(x=at, y=high, weights=weight)
    if np.ptp(at) == 0:
        checks.refuse(f"x is {at[0]:g} for every point", "a slope needs two different ones", "give points that differ")
    # taken from the first point, so that equal values give a slope of exactly 0
    rise = high - high[0]
    run = at - np.average(at, weights=weight)
    information = float((weight * run**2).sum())
    slope = float((weight * run * rise).sum() / information)
    residuals = rise - np.average(rise, weights=weight) - slope * run
    points = int(at.size)
    dispersion = float((weight * residuals**2).sum() / (points - 2)) if points > 2 else np.nan
    return Line(slope, information, dispersion, points)


def slope_limits(line: Line, *, scale: Scale, confidence: float = 0.95) -> tuple[float, float, float]:
    """Return the lower and upper limit of a slope, and the two-sided p of no slope.

    Parameters
    ----------
    scale
        ``fixed`` when the weights are 1 over known variances: a normal interval. ``estimated`` when they say no more
        than which points are surer: the variance comes from the residuals, the interval from t with n - 2 degrees of
        freedom.

    Examples
    --------
    >>> lower, upper, p = slope_limits(fit_line([0, 1, 2, 3], [0, 1, 1, 2]), scale="estimated")
    >>> round(lower, 4), round(upper, 4), round(p, 4)
    (-0.0085, 1.2085, 0.0513)
    """
    checks.one_of("scale", scale, get_args(Scale))
    reach, error = quantile(confidence), 1 / np.sqrt(line.information)
    freedom = line.points - 2
    if scale == "estimated":
        reach = float(special.stdtrit(freedom, (1 + confidence) / 2))
        error *= np.sqrt(line.dispersion)
    if error == 0:  # the points are on the line
        return line.slope, line.slope, float(line.slope == 0)
    t = -abs(line.slope) / error
    p = 2 * float(special.ndtr(t) if scale == "fixed" else special.stdtr(freedom, t))
    return float(line.slope - reach * error), float(line.slope + reach * error), p


def slope(
    years: ArrayLike,
    values: ArrayLike,
    standard_errors: ArrayLike | None = None,
    *,
    scale: Scale = "fixed",
    confidence: float = 0.95,
) -> Slope:
    """Return the slope of one segment by least squares, with weights 1/se² where standard errors are given.

    Years are used as they are: between surveys of 2012, 2016 and 2020 nothing is interpolated.

    Parameters
    ----------
    years
        The years of one segment (see `segments`), each once, in any order.
    values
        One per year; NaN for a year without a figure, which is left out.
    standard_errors
        Above 0, of every year that has a value. Without them the values weigh the same and the interval comes from how
        they scatter around the line.
    scale
        Only with standard errors: ``fixed`` takes them as they are; ``estimated`` widens or narrows them to how the
        points scatter, the right choice when `dispersion` is far above 1 (statsmodels' WLS does this by default).

    Returns
    -------
    Slope
        With NaN below three points, and no word of significance below five.

    Raises
    ------
    StatisticsError
        For lengths that differ, a year that comes twice, or a standard error that is missing or not above 0.

    Examples
    --------
    >>> found = slope([2012, 2016, 2020, 2022, 2024], [10, 12, 13, 15, 17], [0.5] * 5)
    >>> round(found.per_year, 4), round(found.lower, 4), round(found.upper, 4), found.word
    (0.5431, 0.4414, 0.6448, 'up')
    """
    checks.one_of("scale", scale, get_args(Scale))
    when, figures = checks.numbers("years", years), checks.numbers("values", values, missing=True)
    when, figures = (np.atleast_1d(a) for a in checks.together(years=when, values=figures))
    checks.different("years", when)
    known = ~np.isnan(figures)
    weights = None
    if standard_errors is not None:
        errors = checks.numbers("standard_errors", standard_errors, missing=True)
        _, errors = checks.together(years=when, standard_errors=errors)
        # what a year without a figure has for an error is of no matter
        weights = 1 / checks.positive("standard_errors", np.where(known, errors, 1.0))[known] ** 2
    points = int(known.sum())
    checks.confidence_level(confidence)
    if points < FEWEST_POINTS:
        return Slope(np.nan, np.nan, np.nan, np.nan, points, np.nan, "few")
    line = fit_line(when[known], figures[known], weights)
    how: Scale = "estimated" if weights is None else scale
    lower, upper, p = slope_limits(line, scale=how, confidence=confidence)
    word: Word = "few"
    if points >= FEWEST_FOR_A_WORD:
        word = "up" if lower > 0 else "down" if upper < 0 else "similar"
    return Slope(line.slope, lower, upper, p, points, np.nan if weights is None else line.dispersion, word)


def recent_trend(years: ArrayLike, values: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> RecentTrend:
    """Return the recent trend by the five-point test of Fingertips.

    The last five points get a line with weights 1/se², se = (upper - lower)/3.92. There is a trend when (slope/se)² is
    above `RECENT_CHI2` (p < 0.002) and the slope has the same sign with all five and with each one left out, so that no
    single point makes it (OHID, Fingertips technical guidance, recent trends). Fingertips numbers the points 1 to 5;
    here they stand at their real years, which for consecutive years is the same.

    Parameters
    ----------
    years
        Of one segment, each once, in any order.
    values, lower, upper
        Figures and their 95 % limits. A year of which one of the three is NaN is left out.

    Raises
    ------
    StatisticsError
        For lengths that differ, a year that comes twice, or limits that are swapped or equal.

    Examples
    --------
    >>> values = [7.0826, 7.1085, 7.2571, 7.4528, 7.6554]
    >>> recent_trend(range(2020, 2025), values, [v - 0.01 for v in values], [v + 0.01 for v in values]).word
    'up'
    """
    when, figures = checks.numbers("years", years), checks.numbers("values", values, missing=True)
    low, high = checks.ordered(lower, upper, missing=True, width=True)
    when, figures, low, high = (
        np.atleast_1d(a) for a in checks.together(years=when, values=figures, lower=low, upper=high)
    )
    checks.different("years", when)
    known = np.flatnonzero(~np.isnan(figures + low + high))
    last = known[np.argsort(when[known])][-RECENT_POINTS:]
    if last.size < RECENT_POINTS:
        return RecentTrend("too few", np.nan, np.nan, False)
    x, y, weights = when[last], figures[last], (3.92 / (high - low)[last]) ** 2
    line = fit_line(x, y, weights)
    sign = np.sign(line.slope)
    without = (np.delete(np.arange(RECENT_POINTS), one) for one in range(RECENT_POINTS))
    steady = all(np.sign(fit_line(x[k], y[k], weights[k]).slope) == sign != 0 for k in without)
    chi2 = line.slope**2 * line.information
    word: RecentWord = "no change"
    if steady and chi2 > RECENT_CHI2:
        word = "up" if sign > 0 else "down"
    return RecentTrend(word, line.slope, chi2, steady)
