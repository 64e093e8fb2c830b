"""What a region's own table must not hold at all: it is refused, so that it is never asked to be hidden."""

from kavelmon.model import Indicator
from kavelmon.privacy.cells import COUNT, RATE, SHARE, kind_of
from kavelmon.source_model import Disclosure

_SMALL = 1e-6  # of rounding: 4.9999999 persons are 5


def too_few(
    item: Indicator, rule: Disclosure, *, value: float, persons: float, total: float, n: float
) -> list[tuple[str, str, str]]:
    """Return each threshold that one figure stays under.

    Parameters
    ----------
    value
        The figure, where it is a count.
    persons, total
        People with the property and people in all, of those who were observed; NaN is not judged.
    n
        Observations behind the figure; NaN is not judged.

    Returns
    -------
    list of (str, str, str)
        What is too small (``value``, ``n`` or ``persons``), the name of the threshold, and what is wrong in words.
    """
    kind = COUNT if item.rollup == "sum" else kind_of(item.unit, item.scale)
    if kind == COUNT:
        return [("value", "count_min", "a count that is too small")] if value < rule.count_min - _SMALL else []
    found = []
    if n < rule.n_min - _SMALL:
        found.append(("n", "n_min", "too few observations"))
    if kind in (SHARE, RATE) and persons < rule.cell_min - _SMALL:
        found.append(("persons", "cell_min", "too few people with the property"))
    if kind == SHARE and total - persons < rule.cell_min - _SMALL:
        found.append(("persons", "cell_min", "too few people without the property"))
    return found
