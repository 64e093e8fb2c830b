"""Compare a figure with that of the Netherlands, and judge only where margins allow it."""

import math
from dataclasses import dataclass
from typing import Literal

from kavelmon.model import Better

Word = Literal["better", "worse", "similar", "higher", "lower", "none"]


@dataclass(frozen=True)
class Comparison:
    """How a figure compares.

    Attributes
    ----------
    word
        ``better`` or ``worse`` only when there are margins and a good side; ``higher``, ``lower`` and ``similar``
        without a judgement; ``none`` when one of the two figures is missing.
    difference
        Figure minus reference, in the unit of the figure; NaN when there is none.
    judged
        Whether margins were used.
    """

    word: Word
    difference: float
    judged: bool


def compare(
    value: float, lower: float, upper: float, reference: float, *, better: Better, threshold: float
) -> Comparison:
    """Compare a figure with a reference that is taken as fixed.

    With margins a difference counts when the interval excludes the reference and the difference is at least the
    relevance threshold; without margins only the threshold counts, and nothing is judged.

    Parameters
    ----------
    value, lower, upper, reference
        In one unit; `lower` and `upper` NaN when the source gives no margins.
    threshold
        Smallest relevant difference, same unit.

    Examples
    --------
    >>> compare(80.3, 79.5, 81.0, 79.1, better="higher", threshold=1).word
    'better'
    >>> compare(80.3, math.nan, math.nan, 79.1, better="higher", threshold=1).word
    'higher'
    """
    difference = value - reference
    judged = not (math.isnan(lower) or math.isnan(upper))
    if math.isnan(difference):
        return Comparison("none", math.nan, False)
    excluded = not judged or not lower <= reference <= upper
    if not excluded or abs(difference) < threshold:
        return Comparison("similar", difference, judged)
    up = difference > 0
    if not judged or better == "none":
        return Comparison("higher" if up else "lower", difference, judged)
    return Comparison("better" if up == (better == "higher") else "worse", difference, judged)
