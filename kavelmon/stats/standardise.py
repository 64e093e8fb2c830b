"""Standardisation: what a figure would be if areas had the same ages, so that it can be compared between them.

Age bands run along the last axis: arrays of one area have one value per band, tables have areas by bands.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from kavelmon.stats import checks
from kavelmon.stats.intervals import count_limits, plain, quantile

FEWEST_EVENTS = 10
# European Standard Population 2013 (Eurostat, Revision of the European Standard Population, 2013), bands of five years
ESP2013_BANDS = (*(f"{first}-{first + 4}" for first in range(0, 90, 5)), "90+")
ESP2013 = (
    5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000,
    7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000,
)  # fmt: skip


@dataclass(frozen=True)
class DirectRate:
    """A directly standardised rate: floats for one area, arrays for more.

    Attributes
    ----------
    value, lower, upper
        Per so many people as was asked; NaN where there are fewer than `FEWEST_EVENTS` events in total.
    events
        How many there are in total.
    reason
        Why there is no figure; empty where there is one.
    """

    value: Any
    lower: Any
    upper: Any
    events: Any
    reason: Any


@dataclass(frozen=True)
class IndirectRatio:
    """An indirectly standardised ratio (SMR): floats for one area, arrays for more.

    Attributes
    ----------
    observed, expected
        Events that there are, and that there would be with the rates of the reference.
    ratio, lower, upper
        Observed over expected with its limits: 1 is as in the reference.
    """

    observed: Any
    expected: Any
    ratio: Any
    lower: Any
    upper: Any


@dataclass(frozen=True)
class DirectMean:
    """A directly standardised mean or percentage: floats for one area, arrays for more.

    Attributes
    ----------
    value, lower, upper
        In the unit of the input; the limits are NaN when no standard errors were given.
    crude
        The mean over the people that live there, not standardised.
    """

    value: Any
    lower: Any
    upper: Any
    crude: Any


def direct(
    counts: ArrayLike,
    populations: ArrayLike,
    weights: ArrayLike,
    *,
    per: float = 100_000,
    confidence: float = 0.95,
) -> DirectRate:
    """Return the directly standardised rate, that of a standard population with the area's rate in each age band.

    The limits are those of Dobson et al. 1991, Statistics in Medicine 10:457: DSR + √(var(DSR)/O) · (limit of O - O).
    Below `FEWEST_EVENTS` events in total they do not hold, and neither value nor limits are given: they are NaN, and
    `reason` says why.

    Parameters
    ----------
    counts
        Events per band, 0 or more; shape (..., bands).
    populations
        People or person-years per band, above 0; the same shape.
    weights
        The standard population, one number per band on any scale, such as `ESP2013`.
    per
        The rate is per so many people.

    Raises
    ------
    StatisticsError
        For input that is missing, negative counts, a band without people, or bands that do not match.

    Examples
    --------
    >>> found = direct([127, 25, 18], [636, 558, 609], [5000, 5500, 5500], per=1000)
    >>> round(found.value, 3), round(found.lower, 3), round(found.upper, 3)
    (87.963, 75.184, 102.283)
    >>> direct([3, 2, 1], [636, 558, 609], [5000, 5500, 5500]).reason
    'fewer than 10 events'
    """
    (events, people), number = checks.bands(
        counts=checks.counts("counts", counts), populations=checks.positive("populations", populations)
    )
    share = checks.weights_of(weights, number)
    total = events.sum(axis=-1)
    value = (share * events / people).sum(axis=-1)
    variance = (share**2 * events / people**2).sum(axis=-1)
    enough, per = total >= FEWEST_EVENTS, checks.single("per", per, positive=True)
    low, high = count_limits(total, confidence=confidence)
    spread = np.sqrt(variance / np.where(enough, total, 1.0))
    value, lower, upper = (
        plain(np.where(enough, rate * per, np.nan))
        for rate in (value, value + spread * (low - total), value + spread * (high - total))
    )
    reason = np.where(enough, "", f"fewer than {FEWEST_EVENTS} events")
    return DirectRate(value, lower, upper, plain(total), reason if reason.ndim else str(reason))


def indirect(
    observed: ArrayLike,
    populations: ArrayLike,
    reference_counts: ArrayLike,
    reference_populations: ArrayLike,
    *,
    confidence: float = 0.95,
) -> IndirectRatio:
    """Return the indirectly standardised ratio: events over those expected with the rate of the reference in each band.

    The expected number is taken as fixed; the limits are those of the observed count (`count_limits`), so that few
    events are allowed. Ratios of two areas cannot be compared with each other, only with the reference.

    Parameters
    ----------
    observed
        Events: in total, shape (...), or per band, shape (..., bands).
    populations
        People per band, 0 or more; shape (..., bands).
    reference_counts, reference_populations
        Events and people of the reference, one number per band; people above 0.

    Raises
    ------
    StatisticsError
        For input that is missing or negative, bands that do not match, or when nothing is expected.

    Examples
    --------
    >>> found = indirect(12, [1000, 2000], [50, 80], [10_000, 8000])
    >>> found.expected, round(found.ratio, 4), round(found.lower, 4), round(found.upper, 4)
    (25.0, 0.48, 0.2477, 0.8385)
    """
    people = np.atleast_1d(checks.counts("populations", populations))
    number = people.shape[-1]
    cases, reference = checks.together(
        reference_counts=np.atleast_1d(checks.counts("reference_counts", reference_counts)),
        reference_populations=np.atleast_1d(checks.positive("reference_populations", reference_populations)),
    )
    if cases.shape != (number,):
        found = f"reference_counts has {cases.size} bands and populations has {number}"
        checks.refuse(found, "both have the same bands", "cut the reference into the bands of the populations")
    events = checks.counts("observed", observed)
    if events.shape == people.shape:
        events = events.sum(axis=-1)
    elif events.shape not in ((), people.shape[:-1]):
        allowed = "it is a total per unit or a count per band of populations"
        checks.refuse(f"observed has {checks.size(events.shape)}", allowed, "give it one of these two shapes")
    expected = checks.positive("the expected number of events", (people * cases / reference).sum(axis=-1))
    events = np.broadcast_to(events, expected.shape)
    lower, upper = (limit / expected for limit in count_limits(events, confidence=confidence))
    return IndirectRatio(*(plain(a) for a in (events, expected, events / expected, lower, upper)))


def direct_means(
    values: ArrayLike,
    populations: ArrayLike,
    weights: ArrayLike,
    standard_errors: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> DirectMean:
    """Return the directly standardised mean of figures that are given per age band, such as percentages with margins.

    Parameters
    ----------
    values
        A mean or percentage per band; shape (..., bands).
    populations
        People per band, above 0, the same shape. They only make the crude mean, that is not standardised.
    weights
        The standard population, one number per band on any scale.
    standard_errors
        Of the values, the same shape, 0 or more; the bands are independent samples. Without them there are no limits
        (NaN).

    Raises
    ------
    StatisticsError
        For input that is missing, a band without people, or bands that do not match.

    Examples
    --------
    >>> found = direct_means([80, 60], [900, 300], [1, 1], [1.5, 2])
    >>> found.value, round(found.lower, 2), round(found.upper, 2), found.crude
    (70.0, 67.55, 72.45, 75.0)
    """
    (value, people), number = checks.bands(
        values=checks.numbers("values", values), populations=checks.positive("populations", populations)
    )
    share = checks.weights_of(weights, number)
    crude = (value * people).sum(axis=-1) / people.sum(axis=-1)
    mean = (share * value).sum(axis=-1)
    half = np.full_like(mean, np.nan)
    z = quantile(confidence)
    if standard_errors is not None:
        allowed, step = "a standard error is 0 or more", "give its size, without a sign"
        known = checks.within("standard_errors", standard_errors, 0, None, allowed, step)
        (_, error), _ = checks.bands(values=value, standard_errors=known)
        half = z * np.sqrt(((share * error) ** 2).sum(axis=-1))
    return DirectMean(plain(mean), plain(mean - half), plain(mean + half), plain(crude))
