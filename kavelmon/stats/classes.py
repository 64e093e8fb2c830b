"""Classes with round breaks, for maps and their legends."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from kavelmon.numerals import number


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


def class_labels(breaks: Sequence[float], values: Sequence[float]) -> list[str]:
    """Return what stands below each class of a legend; `values` are the figures as written.

    Examples
    --------
    >>> class_labels([14.5, 16.0], [12.1, 15.0, 20.3])
    ['tot 14,5', '14,5–16', '16 en meer']
    """
    if not breaks:
        return [_short(one) for one in values[:1]]
    to = " tot " if breaks[0] < 0 else "–"
    between = [f"{_short(a)}{to}{_short(b)}" for a, b in pairwise(breaks)]
    return [f"tot {_short(breaks[0])}", *between, f"{_short(breaks[-1])} en meer"]


def _short(figure: float) -> str:
    """Write 16 as 16 and 14.5 as 14,5."""
    return number(figure, next(d for d in range(12) if d == 11 or round(figure, d) == figure))
