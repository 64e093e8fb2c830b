"""Over-dispersion: how much more units differ than chance explains, on scales on which size alone sets the error.

Spiegelhalter 2005, Statistics in Medicine 24:1185; Spiegelhalter et al. 2012, JRSS A 175:1.
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from kavelmon.stats import checks
from kavelmon.stats.intervals import Interval, plain, quantile

FEWEST_UNITS = 3  # of fewer nobody can say how much units differ
Trim = Literal["winsorise", "truncate", "none"]


class Transformed(NamedTuple):
    """Figures on a scale on which their standard error depends on size alone.

    Attributes
    ----------
    y, error
        Figure and standard error: floats, or arrays with the shape of the input.
    """

    y: Any
    error: Any


@dataclass(frozen=True)
class Overdispersion:
    """How much more units differ than chance explains.

    Attributes
    ----------
    phi
        Mean squared z. By chance alone it is about 1 untrimmed, 0.68 winsorised and 0.44 truncated by 10 %.
    tau2
        Variance between units on the transformed scale; 0 when chance explains it all. Trimming makes it smaller than
        the true one, so that limits err on the side of pointing a unit out.
    units
        How many units were counted.
    """

    phi: float
    tau2: float
    units: int


def arcsine(numerator: ArrayLike, denominator: ArrayLike) -> Transformed:
    """Return proportions as arcsin √p, of which the standard error is 1/(2√n) whatever p is.

    Raises
    ------
    StatisticsError
        For input that is missing, negative, or a part above its whole.

    Examples
    --------
    >>> [round(x, 4) for x in arcsine(64, 100)]
    [0.9273, 0.05]
    """
    part, whole = checks.part_of("numerator", numerator, "denominator", denominator)
    return Transformed(plain(np.arcsin(np.sqrt(part / whole))), plain(1 / (2 * np.sqrt(whole))))


def log_ratio(observed: ArrayLike, expected: ArrayLike) -> Transformed:
    """Return observed / expected as its logarithm, with standard error 1/√E (NHS Digital, SHMI methodology).

    Raises
    ------
    StatisticsError
        For input that is missing, an expected number that is not above 0, or no event at all in a unit: 0 has no
        logarithm.

    Examples
    --------
    >>> [round(x, 4) for x in log_ratio(125, 100)]
    [0.2231, 0.1]
    """
    events, number = _ratio(observed, expected)
    step = 'use scale="root", or join the unit with a neighbour'
    checks.within("observed", events, 0, None, "0 events have no logarithm", step, strict=True)
    return Transformed(plain(np.log(events / number)), plain(1 / np.sqrt(number)))


def root_ratio(observed: ArrayLike, expected: ArrayLike) -> Transformed:
    """Return observed / expected as its square root, with standard error 1/(2√E); it allows units without events.

    Raises
    ------
    StatisticsError
        For input that is missing or negative, or an expected number that is not above 0.

    Examples
    --------
    >>> [round(x, 4) for x in root_ratio(144, 100)]
    [1.2, 0.05]
    """
    events, number = _ratio(observed, expected)
    return Transformed(plain(np.sqrt(events / number)), plain(1 / (2 * np.sqrt(number))))


def z_scores(y: ArrayLike, error: ArrayLike, target: float, *, tau2: float = 0.0) -> Any:
    """Return how many standard errors figures are from a target: (y - target) / √(error² + tau2).

    Parameters
    ----------
    y, error, target
        On one scale, such as that of `arcsine`; errors above 0.
    tau2
        Variance between units that is not held against them.

    Examples
    --------
    >>> z_scores([0.4, 0.9], [0.1, 0.2], 0.5)
    array([-1.,  2.])
    """
    at, spread = checks.together(y=checks.numbers("y", y), error=checks.positive("error", error))
    middle, between = checks.single("target", target), checks.single("tau2", checks.counts("tau2", tau2))
    return plain((at - middle) / np.sqrt(spread**2 + between))


def left_by_trimming(trim: Trim, share: float) -> float:
    """Return what trimming leaves of the mean square of a standard normal z: 1 without trimming.

    Examples
    --------
    >>> round(left_by_trimming("winsorise", 0.1), 4), round(left_by_trimming("truncate", 0.1), 4)
    (0.6787, 0.4377)
    """
    if trim == "none" or share == 0:
        return 1.0
    at = float(special.ndtri(1 - share))
    inside = 1 - 2 * share - 2 * at * float(np.exp(-at * at / 2) / np.sqrt(2 * np.pi))
    return inside / (1 - 2 * share) if trim == "truncate" else inside + 2 * share * at * at


def overdispersion(
    z: ArrayLike, error: ArrayLike, *, trim: Trim = "winsorise", share: float = 0.1, consistent: bool = False
) -> Overdispersion:
    """Return over-dispersion by the method of moments (DerSimonian and Laird 1986; Spiegelhalter 2005).

    φ = Σz²/n, and τ² = (nφ - (n-1)) / (Σw - Σw²/Σw) with w = 1/error², 0 when that is negative.

    Parameters
    ----------
    z
        Without over-dispersion, one per unit.
    error
        Standard errors on the transformed scale, one per unit, above 0.
    trim
        So that the outliers that are looked for do not hide themselves: ``winsorise`` sets the lowest and highest
        `share` to the quantile there (proportions), ``truncate`` leaves them out (as SHMI does), ``none`` does neither.
    share
        From 0 to below 0.5.
    consistent
        As published τ² is too small: trimming takes from chance itself (`left_by_trimming`), and where units differ in
        size it takes most from the large ones. With this τ² is the variance that makes the trimmed mean square of
        difference / √(error² + τ²) what it is for a standard normal (Paule and Mandel 1982, J Res NBS 87:377, trimmed).

    Raises
    ------
    StatisticsError
        For fewer than three units, or input that is missing.

    Examples
    --------
    >>> found = overdispersion([-3, -1, 0, 1, 3], [0.1] * 5, trim="none")
    >>> found.phi, round(found.tau2, 3)
    (4.0, 0.04)
    """
    checks.one_of("trim", trim, get_args(Trim))
    checks.within("share", share, 0, 0.49, "less than half is trimmed at each end", "write for instance 0.1")
    found, spread = checks.together(z=checks.numbers("z", z), error=checks.positive("error", error))
    if trim == "truncate":
        low, high = np.quantile(found, [share, 1 - share])
        kept = (found >= low) & (found <= high)
    else:
        kept = np.ones(found.shape, dtype=bool)
    checks.numbers("z, after trimming," if trim == "truncate" else "z", found[kept], least=FEWEST_UNITS)
    if consistent:
        usual = left_by_trimming(trim, share)
        phi = _trimmed_square(found, trim, share) / usual
        return Overdispersion(phi, _paule_mandel(found * spread, spread, trim, share, usual), int(kept.sum()))
    squares = _trimmed_square(found, trim, share) * kept.sum()
    weight = 1 / spread[kept] ** 2
    tau2 = (squares - (kept.sum() - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    return Overdispersion(float(squares / kept.sum()), max(0.0, float(tau2)), int(kept.sum()))


def _trimmed_square(z: np.ndarray, trim: Trim, share: float) -> float:
    if trim == "none":
        return float((z**2).mean())
    low, high = np.quantile(z, [share, 1 - share])
    if trim == "truncate":
        z = z[(z >= low) & (z <= high)]
    return float((np.clip(z, low, high) ** 2).mean())


def _paule_mandel(difference: np.ndarray, error: np.ndarray, trim: Trim, share: float, usual: float) -> float:
    """Return the variance between units at which their trimmed mean square is the usual one; it falls as that grows."""

    def too_wide(tau2: float) -> bool:
        return _trimmed_square(difference / np.sqrt(error**2 + tau2), trim, share) > usual

    low, high = 0.0, float((difference**2).max())
    if high == 0 or not too_wide(0.0):
        return 0.0
    while too_wide(high):
        high *= 2
    for _ in range(60):  # halving to the precision of a float
        middle = (low + high) / 2
        low, high = (middle, high) if too_wide(middle) else (low, middle)
    return (low + high) / 2


def adjusted_limits(target: float, error: ArrayLike, tau2: float, *, confidence: float = 0.95) -> Interval:
    """Return limits on the transformed scale that allow for over-dispersion: target ± z √(error² + tau2).

    Examples
    --------
    >>> [round(b, 4) for b in adjusted_limits(0.0, 0.1, 0.02)]
    [-0.3395, 0.3395]
    """
    middle, between = checks.single("target", target), checks.single("tau2", checks.counts("tau2", tau2))
    half = quantile(confidence) * np.sqrt(checks.positive("error", error) ** 2 + between)
    return Interval(plain(middle - half), plain(middle + half))


def _ratio(observed: ArrayLike, expected: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    events, number = checks.together(
        observed=checks.counts("observed", observed), expected=checks.positive("expected", expected)
    )
    return events, number
