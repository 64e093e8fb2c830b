"""Classes with round breaks, for maps and their legends."""

import math
from collections.abc import Iterable

import numpy as np


def class_breaks(values: Iterable[float], n: int = 5) -> list[float]:
    """Return the round numbers that part `values` in at most `n` classes of about equal size, none of them empty.

    A value belongs to class ``bisect.bisect_right(breaks, value)``: a break is the first number of the next class.
    Few different values each get a class of their own; NaN is left out.

    Examples
    --------
    >>> class_breaks([12.3, 14.1, 14.9, 15.2, 16.0, 16.4, 17.7, 18.3, 19.5, 21.0])
    [14.5, 15.5, 17.0, 18.5]
    """
    known = np.array([v for v in values if math.isfinite(v)], dtype=float)
    distinct = np.unique(known)
    if len(distinct) <= n:
        return distinct[1:].tolist()
    best = [float(distinct[len(distinct) // 2])]
    # Coarse steps first; where many values are equal the quantiles of all of them leave too few breaks
    for spread, parts in ((known, n), (known, 4 * n), (distinct, n)):
        cuts = np.quantile(spread, np.arange(1, n) / n)
        width = max((cuts[-1] - cuts[0]) / parts, np.diff(distinct).min() * 1.001, abs(distinct).max() * 1e-9, 1e-12)
        power = math.floor(math.log10(width))
        step = max(m for m in (1, 2, 5) if m == 1 or m * 10.0**power <= width) * 10.0**power
        breaks: list[float] = []
        for cut in (round(round(cut / step) * step, max(0, -power)) for cut in cuts):
            below = breaks[-1] if breaks else -math.inf
            if cut <= distinct[-1] and ((distinct >= below) & (distinct < cut)).any():
                breaks.append(cut)
        if len(breaks) >= len(best):
            best = breaks
        if len(best) == n - 1:
            break
    return best
