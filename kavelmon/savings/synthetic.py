"""Synthetic control: an area beside a weighted mean of others that ran as it did before the start.

Abadie, Diamond & Hainmueller (2010), J. Am. Stat. Assoc. 105:493-505. Only outcomes are matched, as in Arkhangelsky et
al. (2021), Am. Econ. Rev. 111:4088-4118. With more donors than years before the start many sets of weights fit equally
well. One of them is chosen by a stated small penalty, and `span` tells how far the answer moves over all of them.
"""

import numpy as np
from scipy.optimize import linprog

from kavelmon.model import KavelmonError

RIDGE = 1e-4  # of the variance between donors: of the pre-period fit it costs at most some 0.01 of their spread
TOLERANCE = 0.001  # of the mean before the start: weights whose RMSPE is at most this much higher fit equally well
_STEPS, _HALVINGS, _CUTS, _FACTOR = 100, 40, 400, 10.0
_EXACT = 1e-10  # of the spread of the donors
_BLOCK = 200_000  # multiplications
_ROUND = 1e-4  # of the radius of the ball of gaps


def weights(
    treated: np.ndarray, donors: np.ndarray, allowed: np.ndarray | None = None, ridge: float = RIDGE
) -> np.ndarray:
    r"""Return the weights of donors of one area, or of many at once.

    With :math:`y` the area, :math:`Y` its J donors over T years before the start and :math:`s^2` the mean square of the
    donors around their mean of the year, they are the one solution of

    .. math:: \min_w \frac1T \lVert y - Yw\rVert^2 + \rho s^2 \lVert w - 1/J\rVert^2, \quad w \ge 0, \quad \sum w = 1.

    Of weights that fit equally well the penalty takes the most equal ones; all else it hardly moves.

    Parameters
    ----------
    treated
        Shape (T,), or (B, T) for B areas.
    donors
        Shape (T, J).
    allowed
        Which donors each area may have, shape (B, J): a placebo is none of its own; left out: every one.
    ridge
        :math:`\rho`, above 0.

    Returns
    -------
    numpy.ndarray
        Shape (J,) or (B, J); 0 or more, each row adding up to 1.

    Raises
    ------
    KavelmonError
        Shapes that do not fit, numbers that are missing, an area without donors, no solution.

    Notes
    -----
    The dual has T unknowns, however many donors there are: with :math:`\nu` the residuals,
    :math:`w(\nu) = P(1/J + Y'\nu/\lambda)`, P the projection on the simplex, and :math:`\nu = y - Yw(\nu)`. It is
    strictly concave, and smooth but for kinks where a donor comes in: a few dozen Newton steps with a line search do.

    Examples
    --------
    >>> weights(np.array([2.0, 3.0, 4.0]), np.array([[1.0, 3.0], [2.0, 4.0], [3.0, 5.0]])).round(6).tolist()
    [0.5, 0.5]
    """
    single = np.ndim(treated) == 1
    y, pool = np.atleast_2d(np.asarray(treated, dtype=float)), np.asarray(donors, dtype=float)
    may = np.ones((len(y), pool.shape[-1]), dtype=bool) if allowed is None else np.atleast_2d(allowed)
    _refuse(y, pool, may, ridge)
    middle = pool.mean(axis=1, keepdims=True)
    spread = float(np.sqrt(((pool - middle) ** 2).mean()))
    equal = may / may.sum(axis=1, keepdims=True)
    if spread < 1e-14 * max(1.0, float(np.abs(pool).max())):  # donors that are all the same
        return equal[0] if single else equal
    # weights add up to 1, so a shift does not matter; in units of the spread nor does the scale
    found = _solved((y - middle.T) / spread, (pool - middle) / spread, may, equal, ridge * pool.shape[0])
    return found[0] if single else found


def _refuse(y: np.ndarray, pool: np.ndarray, may: np.ndarray, ridge: float) -> None:
    if pool.ndim != 2 or y.shape[1] != pool.shape[0] or may.shape != (len(y), pool.shape[1]):
        raise KavelmonError(
            f"treated has shape {y.shape}, donors {pool.shape}, allowed {may.shape}; give (B, T), (T, J) and (B, J)"
        )
    if not (np.isfinite(y).all() and np.isfinite(pool).all()):
        raise KavelmonError("a year of an area or donor has no number; leave out what is not complete")
    if not may.any(axis=1).all():
        raise KavelmonError("an area has no donor left; take a wider pool")
    if not ridge > 0:
        raise KavelmonError(f"ridge = {ridge}; give a number above 0, for without a penalty weights are not unique")


def _solved(y: np.ndarray, pool: np.ndarray, may: np.ndarray, equal: np.ndarray, penalty: float) -> np.ndarray:
    """Return the weights, from the dual; shapes (B, T), (T, J), (B, J), (B, J).

    From nearly equal weights the penalty is brought down step by step: from afar Newton steps on a dual with a kink for
    each donor zigzag, from the answer under a somewhat larger penalty a few of them are enough.
    """
    nu, now = np.zeros_like(y), max(penalty, float(pool.shape[0]))
    while True:
        nu, w = _newton(nu, y, pool, may, equal, now)
        if now <= penalty:
            return w
        now = max(penalty, now / _FACTOR)


def _newton(nu, y, pool, may, equal, penalty):
    """Return dual and weights under one penalty, from a first guess of the dual."""
    out_nu, out = np.empty_like(nu), np.empty_like(equal)
    rows = np.arange(len(y))  # those that are still going
    w = _project(equal + _times(nu, pool) / penalty, may)
    best = _dual(nu, w, y, pool, equal, penalty)
    pairs = (pool[:, None] * pool[None]).reshape(-1, pool.shape[1]).T
    for _ in range(_STEPS):
        slope = y - nu - _times(w, pool.T)
        rounding = 64 * np.finfo(float).eps * np.abs(_times(nu, pool)).max(axis=1) / penalty  # of the points projected
        going = np.abs(slope).max(axis=1) > _EXACT * (1 + np.abs(y).max(axis=1)) + rounding
        if not going.all():
            out_nu[rows[~going]], out[rows[~going]] = nu[~going], w[~going]
            if not going.any():
                return out_nu, out
            kept = (a[going] for a in (rows, nu, w, best, slope, y, may, equal))
            rows, nu, w, best, slope, y, may, equal = kept
        active = (w > 0).astype(float)
        count = active.sum(axis=1)
        mean = _times(active, pool.T) / count[:, None]
        curve = _times(active, pairs).reshape(-1, len(pool), len(pool))
        curve = (curve - count[:, None, None] * mean[:, :, None] * mean[:, None, :]) / penalty + np.eye(len(pool))
        step = np.linalg.solve(curve, slope[:, :, None])[:, :, 0]
        nu, w, best = _searched(nu, w, best, step, (step * slope).sum(axis=1), y, pool, may, equal, penalty)
    raise KavelmonError(f"no weights after {_STEPS} steps for {len(rows)} areas; take a larger ridge")


def _searched(nu, w, best, step, gain, y, pool, may, equal, penalty):
    """Return the next point of each row: the Newton step, halved until the dual rises enough."""

    def at(length, rest):
        tried = nu[rest] + length * step[rest]
        found = _project(equal[rest] + _times(tried, pool) / penalty, may[rest])
        dual = _dual(tried, found, y[rest], pool, equal[rest], penalty)
        least = best[rest] + 1e-4 * length * gain[rest] - 1e-15 * (1 + np.abs(best[rest]))
        return tried, found, dual, dual >= least

    tried, found, dual, good = at(1.0, slice(None))
    if good.all():
        return tried, found, dual
    next_nu, next_w, next_best = (np.where(good[:, None], tried, nu), found, np.where(good, dual, best))
    next_w[~good] = w[~good]
    rest, length = np.flatnonzero(~good), 0.5
    for _ in range(_HALVINGS):
        tried, found, dual, good = at(length, rest)
        done = rest[good]
        next_nu[done], next_w[done], next_best[done] = tried[good], found[good], dual[good]
        rest, length = rest[~good], length / 2
        if not len(rest):
            break
    return next_nu, next_w, next_best


def _times(rows: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Return a product in blocks so small that BLAS keeps to one thread.

    On a busy machine threads that wait for each other made these products three times as slow.
    """
    out = np.empty((len(rows), table.shape[1]))
    size = max(1, _BLOCK // table.size)
    for begin in range(0, len(rows), size):
        np.matmul(rows[begin : begin + size], table, out=out[begin : begin + size])
    return out


def _dual(nu, w, y, pool, equal, penalty):
    return (
        (nu * y).sum(axis=1)
        - 0.5 * (nu**2).sum(axis=1)
        + 0.5 * penalty * ((w - equal) ** 2).sum(axis=1)
        - (nu * _times(w, pool.T)).sum(axis=1)
    )


def _project(points: np.ndarray, may: np.ndarray) -> np.ndarray:
    """Return the nearest weights to each row: 0 or more, adding up to 1, 0 where none may be (Duchi et al., 2008)."""
    inside = np.where(may, points, -np.inf)
    order = -np.sort(-inside, axis=1)
    order = np.where(np.isneginf(order), -1e300, order)
    number = np.arange(1, points.shape[1] + 1)
    with np.errstate(over="ignore"):
        excess = (np.cumsum(order, axis=1) - 1) / number
    last = (order > excess).sum(axis=1) - 1
    level = np.take_along_axis(excess, last[:, None], axis=1)
    return np.where(may, np.maximum(points - level, 0.0), 0.0)


def rmspe(gap: np.ndarray) -> np.ndarray:
    """Return the root of the mean square of gaps over the last axis, in their own unit."""
    return np.sqrt((np.asarray(gap, dtype=float) ** 2).mean(axis=-1))


def span(
    treated: np.ndarray, donors: np.ndarray, after: np.ndarray, chosen: np.ndarray, tolerance: float = TOLERANCE
) -> tuple[float, float]:
    r"""Return the lowest and highest synthetic figure over all weights that fit as well as the chosen ones.

    Parameters
    ----------
    treated, donors
        Of the years before the start, shapes (T,) and (T, J).
    after
        Of the donors in the year that is asked for, shape (J,).
    chosen
        What `weights` gave, shape (J,).
    tolerance
        Share of the mean of `treated`: weights fit equally well when their RMSPE is at most that of the chosen ones
        plus this share of the mean.

    Returns
    -------
    low, high : float
        In the unit of `after`. They hold the figure of the chosen weights. The set is a cone of second order; it is
        closed in from outside by linear programs with tangent planes, so that the range is never too small.

    Raises
    ------
    KavelmonError
        When a linear program has no answer.
    """
    y, pool, last = (np.asarray(a, dtype=float) for a in (treated, donors, after))
    gaps = pool - y[:, None]  # weights add up to 1: the gap of a mean is the mean of the gaps
    radius = float(np.linalg.norm(gaps @ chosen)) + tolerance * abs(float(y.mean())) * np.sqrt(len(y))
    if not radius > 0:
        raise KavelmonError(f"tolerance = {tolerance}; give a share above 0, for a fit without any gap leaves no room")
    # in units of the ball, so that the tolerance of the solver is small beside it
    low, high = (_furthest(gaps / radius, last, sign) for sign in (1.0, -1.0))
    return low, high


def _furthest(gaps: np.ndarray, last: np.ndarray, sign: float) -> float:
    """Return the lowest (1) or highest (-1) mean of `last` under weights whose gaps lie in the ball of radius 1."""
    number = len(last)
    centre = float(last.mean())
    width = float(np.abs(last - centre).max()) or 1.0
    planes = [*gaps, *-gaps]
    for _ in range(_CUTS):
        found = linprog(
            sign * (last - centre) / width,
            A_ub=np.array(planes),
            b_ub=np.ones(len(planes)),
            A_eq=np.ones((1, number)),
            b_eq=[1.0],
            bounds=(0, None),
            method="highs",
        )
        if found.x is None:
            raise KavelmonError(f"no weights fit ({found.message}); take a larger tolerance")
        gap = gaps @ found.x
        far = float(np.linalg.norm(gap))
        if far <= 1 + _ROUND:
            break
        planes.append(gap / far @ gaps)
    return sign * float(found.fun) * width + centre
