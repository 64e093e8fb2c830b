"""Expected cost without the Kavelmodel: four ways to the ratio that it has to what national rates predict.

Pure functions of arrays with the years on the last axis; whatever stands before it (one area, or thousands of
placebos) goes along. `expected` is always what national rates by age and sex predict (EUR), so that ageing, prices and
national policy are in it already. Saving is expected minus actual: positive when care cost less than expected.
"""

import numpy as np

from kavelmon.model import KavelmonError

METHODS = ("level", "own_norm", "trend", "synthetic")
PAYABLE = ("own_norm", "synthetic")  # what a contract may name as the basis of a payout


def saving(expected: float, actual: float) -> float:
    """Return what care cost less than expected, in the unit of both.

    Examples
    --------
    Gesundes Kinzigtal, 2013 (OptiMedis, December 2015): EUR 75.5 million expected, 70.0 million spent.

    >>> saving(75.5e6, 70.0e6)
    5500000.0
    """
    return expected - actual


def share(expected: float, actual: float) -> float:
    """Return the saving as a share of the expected cost.

    Examples
    --------
    >>> round(share(75.5e6, 70.0e6), 7)
    0.0728477
    """
    return saving(expected, actual) / expected


def theta(actual: np.ndarray, expected: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return the own norm: actual over expected cost, both summed over the years before the start.

    Parameters
    ----------
    actual, expected
        EUR, shape (..., t).
    before
        Which years are before the start, bool, shape (t,).

    Returns
    -------
    numpy.ndarray
        Shape (...); a ratio.

    Raises
    ------
    KavelmonError
        No year before the start.
    """
    if not np.any(before):
        raise KavelmonError("no year before the start; give a period of at least one year")
    return np.asarray(actual)[..., before].sum(axis=-1) / np.asarray(expected)[..., before].sum(axis=-1)


def level(actual: np.ndarray) -> np.ndarray:
    """Return the ratio of the level method: 1, the national norm itself. Context, never a basis for payout.

    It takes for a result what an area had before anything began: half the gemeenten lie below the norm every year.
    """
    return np.ones_like(np.asarray(actual, dtype=float))


def own_norm(actual: np.ndarray, expected: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return the ratio of the own norm in every year: `theta`, on which national rates put the trend of the country.

    It is a difference in differences in ratios: the area may lie below or above the country, and is asked whether it
    moved. Parameters and errors as in `theta`; the shape is that of `actual`.
    """
    return np.broadcast_to(theta(actual, expected, before)[..., None], np.shape(actual)).copy()


def trend(actual: np.ndarray, expected: np.ndarray, years: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return the ratio that a straight line through the logarithms before the start comes to in every year.

    A check on what was going on already, never a basis for payout: a line of a few years that is drawn on for ten says
    more of chance than of the area.

    Parameters
    ----------
    years
        Shape (t,); others as in `theta`.

    Raises
    ------
    KavelmonError
        Fewer than two years before the start.
    """
    slope, middle, when = log_slope(actual, expected, years, before)
    return np.exp(middle[..., None] + slope[..., None] * (np.asarray(years, dtype=float) - when))


def log_slope(
    actual: np.ndarray, expected: np.ndarray, years: np.ndarray, before: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the line through the logarithms of actual over expected before the start.

    Returns
    -------
    slope
        Per year (about the share by which the ratio moves), shape (...).
    middle
        Logarithm of the ratio in the middle of the period, shape (...).
    when
        The middle of the period, in years.

    Raises
    ------
    KavelmonError
        Fewer than two years before the start.
    """
    if np.sum(before) < 2:
        raise KavelmonError(f"{int(np.sum(before))} year before the start; a line needs at least 2")
    x = np.asarray(years, dtype=float)[before]
    when = float(x.mean())
    y = np.log(np.asarray(actual)[..., before] / np.asarray(expected)[..., before])
    slope = (y * (x - when)).sum(axis=-1) / ((x - when) ** 2).sum()
    return slope, y.mean(axis=-1), when


def moved(actual: np.ndarray, expected: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """Return the saving per year as a share of the expected cost, `ratio` times what national rates predict."""
    return 1 - np.asarray(actual) / (ratio * np.asarray(expected))
