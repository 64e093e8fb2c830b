"""Funnel plots: which units differ more from a target than chance allows for their size (Spiegelhalter 2005)."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from kavelmon.stats import checks
from kavelmon.stats.dispersion import adjusted_limits, arcsine, log_ratio, overdispersion, root_ratio, z_scores
from kavelmon.stats.intervals import Interval, plain, poisson_exact, quantile

INNER, OUTER = 0.95, 0.998
RatioScale = Literal["log", "root"]


@dataclass(frozen=True)
class Funnel:
    """The units of a funnel plot and their limits; arrays have one value per unit.

    Attributes
    ----------
    value, target
        Proportions (0 to 1) or ratios.
    z
        Standardised difference with the target on the transformed scale, with over-dispersion when `adjusted`.
    limits95, limits998
        Within which 95 % and 99.8 % of the units lie by chance, at the size of each unit.
    outside
        ``"99.8"`` or ``"95"``, the widest limits that a unit is outside of; ``""`` inside.
    phi, tau2
        Over-dispersion as it was found.
    adjusted
        Whether limits and z allow for it.
    """

    value: np.ndarray
    target: float
    z: np.ndarray
    limits95: Interval
    limits998: Interval
    outside: np.ndarray
    phi: float
    tau2: float
    adjusted: bool


def proportion_limits(
    target: float, size: ArrayLike, *, tau2: float | None = None, confidence: float = 0.95
) -> Interval:
    """Return the limits between which proportions lie by chance: p0 ± z √(p0 (1 - p0) / n), from 0 to 1.

    Parameters
    ----------
    target
        The proportion p0, from 0 to 1.
    size
        How many people the proportion of a unit is of, above 0.
    tau2
        Over-dispersion on the scale of `arcsine`. With it, 0 included, limits are made on that scale and taken back.

    Raises
    ------
    StatisticsError
        For a target outside 0 to 1, or a size that is missing or not above 0.

    Examples
    --------
    >>> [round(b, 4) for b in proportion_limits(0.8, 100)]
    [0.7216, 0.8784]
    >>> [round(b, 4) for b in proportion_limits(0.8, 100, tau2=0.001)]
    [0.7, 0.8839]
    """
    middle, number = checks.share("target", target), checks.positive("size", size)
    if tau2 is None:
        half = quantile(confidence) * np.sqrt(middle * (1 - middle) / number)
        return Interval(plain(np.maximum(middle - half, 0.0)), plain(np.minimum(middle + half, 1.0)))
    bounds = adjusted_limits(np.arcsin(np.sqrt(middle)), 1 / (2 * np.sqrt(number)), tau2, confidence=confidence)
    # beyond 0 and 90 degrees the sine would turn back
    return Interval(*(plain(np.sin(np.clip(b, 0, np.pi / 2)) ** 2) for b in bounds))


def ratio_limits(
    expected: ArrayLike, *, tau2: float | None = None, scale: RatioScale = "log", confidence: float = 0.95
) -> Interval:
    """Return the limits between which observed / expected lies by chance around 1: the exact ones of Poisson.

    They are χ²(α/2, 2E)/2E and χ²(1-α/2, 2E+2)/2E.

    Parameters
    ----------
    expected
        Events that are expected of each unit, above 0.
    tau2
        Over-dispersion on the scale of `log_ratio` or `root_ratio`, as `scale` says. With it, 0 included, limits are
        made on that scale and taken back.

    Raises
    ------
    StatisticsError
        For an expected number that is missing or not above 0.

    Examples
    --------
    >>> [round(b, 4) for b in ratio_limits(20)]
    [0.6108, 1.5444]
    >>> [round(b, 4) for b in ratio_limits(20, tau2=0.02)]
    [0.5954, 1.6796]
    """
    checks.one_of("scale", scale, get_args(RatioScale))
    number = checks.positive("expected", expected)
    if tau2 is None:
        lower, upper = poisson_exact(number, confidence=confidence)
        return Interval(plain(lower / number), plain(upper / number))
    if scale == "log":
        bounds = adjusted_limits(0.0, 1 / np.sqrt(number), tau2, confidence=confidence)
        return Interval(*(plain(np.exp(b)) for b in bounds))
    bounds = adjusted_limits(1.0, 1 / (2 * np.sqrt(number)), tau2, confidence=confidence)
    return Interval(*(plain(np.maximum(b, 0.0) ** 2) for b in bounds))


def outside(value: ArrayLike, limits95: Interval, limits998: Interval) -> np.ndarray:
    """Return per unit the widest limits that it is outside of: ``"99.8"``, ``"95"`` or ``""``; on a limit is inside.

    Examples
    --------
    >>> outside([0.9, 1.2, 1.5], Interval(0.8, 1.1), Interval(0.7, 1.3)).tolist()
    ['', '95', '99.8']
    """
    at = checks.numbers("value", value)
    inner, outer = ((at < lower) | (at > upper) for lower, upper in (limits95, limits998))
    return np.where(outer, "99.8", np.where(inner, "95", ""))


def proportion_funnel(
    numerator: ArrayLike, denominator: ArrayLike, *, target: float | None = None, adjust: bool = False
) -> Funnel:
    """Return the funnel of proportions.

    Parameters
    ----------
    numerator, denominator
        How many of how many in each unit; three units or more.
    target
        From 0 to 1; the proportion of all units together when left out.
    adjust
        Whether to allow for over-dispersion: winsorised by 10 % and made consistent again, limits on the scale of
        `arcsine` and back.

    Raises
    ------
    StatisticsError
        For input that is missing, negative, a part above its whole, a target outside 0 to 1, or fewer than three units.

    Examples
    --------
    >>> proportion_funnel([30, 50, 55, 80], 100, target=0.5).outside.tolist()
    ['99.8', '', '', '99.8']
    """
    part, whole = checks.part_of("numerator", numerator, "denominator", denominator)
    middle = float(part.sum() / whole.sum()) if target is None else checks.share("target", target)
    y, error = arcsine(part, whole)
    centre = float(np.arcsin(np.sqrt(middle)))
    found = overdispersion(z_scores(y, error, centre), error, trim="winsorise", consistent=adjust)
    tau2 = found.tau2 if adjust else None
    inner, outer = (proportion_limits(middle, whole, tau2=tau2, confidence=level) for level in (INNER, OUTER))
    z = z_scores(y, error, centre, tau2=tau2 or 0.0)
    value = part / whole
    return Funnel(value, middle, z, inner, outer, outside(value, inner, outer), found.phi, found.tau2, adjust)


def ratio_funnel(
    observed: ArrayLike, expected: ArrayLike, *, scale: RatioScale = "log", adjust: bool = False
) -> Funnel:
    """Return the funnel of observed / expected around 1.

    Parameters
    ----------
    observed, expected
        Events in each unit, and those that the rates of a reference give there (`standardise.indirect`).
    scale
        Of z, φ and τ²: ``log`` (as SHMI), or ``root`` where units may have no events.
    adjust
        Whether to allow for over-dispersion: truncated by 10 % and made consistent again, limits on that scale and
        back.

    Raises
    ------
    StatisticsError
        For input that is missing or negative, an expected number that is not above 0, a unit without events on the log
        scale, or too few units (after truncation three).

    Examples
    --------
    >>> ratio_funnel([70, 95, 101, 104, 150], [100] * 5).outside.tolist()
    ['99.8', '', '', '', '99.8']
    """
    checks.one_of("scale", scale, get_args(RatioScale))
    events, number = checks.together(
        observed=checks.counts("observed", observed), expected=checks.positive("expected", expected)
    )
    y, error = log_ratio(events, number) if scale == "log" else root_ratio(events, number)
    centre = 0.0 if scale == "log" else 1.0
    found = overdispersion(z_scores(y, error, centre), error, trim="truncate", consistent=adjust)
    tau2 = found.tau2 if adjust else None
    inner, outer = (ratio_limits(number, tau2=tau2, scale=scale, confidence=level) for level in (INNER, OUTER))
    z = z_scores(y, error, centre, tau2=tau2 or 0.0)
    value = events / number
    return Funnel(value, 1.0, z, inner, outer, outside(value, inner, outer), found.phi, found.tau2, adjust)
