"""95 % intervals from counts, and the margins of an area from those of its parts."""

import math
from statistics import NormalDist

import numpy as np

Z95 = NormalDist().inv_cdf(0.975)


def wilson(numerator: float, denominator: float, z: float = Z95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion (Wilson 1927, JASA 22:209).

    Examples
    --------
    >>> [round(b, 6) for b in wilson(65, 100)]
    [0.552544, 0.736358]
    """
    spread = z * math.sqrt(z * z + 4 * numerator * (1 - numerator / denominator))
    below = 2 * (denominator + z * z)
    return (2 * numerator + z * z - spread) / below, (2 * numerator + z * z + spread) / below


def byar(count: float, population: float, z: float = Z95) -> tuple[float, float]:
    """Return Byar's interval of a rate, count / population (Breslow and Day 1987, IARC 82, p. 69).

    Good from some ten events; below that it is slightly wide.

    Examples
    --------
    >>> [round(b, 6) for b in byar(65, 1)]
    [50.163188, 82.849139]
    """
    lower = 0.0 if count <= 0 else count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3
    more = count + 1
    upper = more * (1 - 1 / (9 * more) + z / (3 * math.sqrt(more))) ** 3
    return lower / population, upper / population


def combined_margins(
    values: np.ndarray, lower: np.ndarray, upper: np.ndarray, shares: np.ndarray, *, correlation: float
) -> tuple[float, float]:
    """Return the 95 % margins of a weighted mean of estimates with known margins.

    Variance = sum(w² se²) + correlation * ((sum w se)² - sum(w² se²)).

    Parameters
    ----------
    values, lower, upper
        Estimates of the parts and their 95 % margins, in one unit.
    shares
        Weights; they sum to 1.
    correlation
        Between the errors of the parts: 0 for independent samples, 1 for estimates of one model (conservative).

    Examples
    --------
    >>> import numpy as np
    >>> bounds = combined_margins(np.array([20, 30]), np.array([18, 27]), np.array([22, 33]),
    ...                           np.array([.25, .75]), correlation=0)
    >>> [round(float(b), 3) for b in bounds]
    [25.195, 29.805]
    """
    errors = shares * (upper - lower) / (2 * Z95)
    independent = float((errors**2).sum())
    variance = independent + correlation * (float(errors.sum()) ** 2 - independent)
    mean = float((values * shares).sum())
    return mean - Z95 * math.sqrt(variance), mean + Z95 * math.sqrt(variance)
