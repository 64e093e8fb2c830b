"""The one place where the statistics refuse bad input: one sentence, before a wrong figure comes out.

Every function gives its argument back as it is reckoned with, or raises `StatisticsError`. The sentence names the
argument, what was found and where (positions count from 0), what is allowed, and what to do.
"""

import math
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike

from kavelmon.model import KavelmonError

NOISE = 1e-9  # relative; a sum of parts may exceed its whole by what floats lose, but by no more


class StatisticsError(KavelmonError):
    """Input of which no sound figure can be made."""


def refuse(found: str, allowed: str, step: str) -> NoReturn:
    """Raise the sentence that says what was found, what is allowed and what to do.

    Raises
    ------
    StatisticsError
        Always.
    """
    raise StatisticsError(f"{found}, but {allowed}: {step}.")


def confidence_level(confidence: float) -> float:
    """Return a confidence level, a share between 0 and 1.

    Examples
    --------
    >>> confidence_level(95)
    Traceback (most recent call last):
    ...
    kavelmon.stats.checks.StatisticsError: confidence is 95, but it is a share between 0 and 1: write 0.95.
    """
    if isinstance(confidence, float) and 0 < confidence < 1:  # nearly always, and asked for very often
        return confidence
    level = single("confidence", confidence)
    if not 0 < level < 1:
        step = f"write {level / 100:g}" if 1 < level < 100 else "write for instance 0.95"
        refuse(f"confidence is {_shown(level)}", "it is a share between 0 and 1", step)
    return level


def numbers(name: str, values: ArrayLike, *, missing: bool = False, least: int = 0) -> np.ndarray:
    """Return values as an array of floats.

    Parameters
    ----------
    missing
        Whether NaN, None and pandas' NA may stand for what is not known; infinite is never allowed.
    least
        How many values there are at least.
    """
    if isinstance(values, float) and math.isfinite(values) and least <= 1:  # a page asks of thousands, one by one
        return np.asarray(values, dtype=float)
    try:
        convert = getattr(values, "to_numpy", None)
        array = convert(dtype=float, na_value=np.nan) if convert else np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        refuse(f"{name} holds something that is no number", "every value is a number", "turn texts into numbers first")
    bad = np.isinf(array) if missing else ~np.isfinite(array)
    if bad.any():
        step = "leave out what is not known" if np.isnan(array[bad]).any() else "look for a division by zero"
        refuse(f"{name} {_first(array, bad)}", "every value is a finite number", step)
    if array.size < least:
        found = f"{name} holds {array.size} value{'' if array.size == 1 else 's'}"
        allowed = f"at least {least} {'is' if least == 1 else 'are'} needed"
        refuse(found, allowed, "add what is lacking, or give no figure")
    return array


def single(name: str, value: ArrayLike, *, positive: bool = False) -> float:
    """Return one number, above 0 if it has to be."""
    array = numbers(name, value)
    if array.ndim:
        refuse(f"{name} has {size(array.shape)}", "it is one number for all", "give one number, or call once for each")
    if positive and array <= 0:
        refuse(f"{name} is {_shown(float(array))}", "it has to be above 0", "write for instance 100")
    return float(array)


def counts(name: str, values: ArrayLike) -> np.ndarray:
    """Return counts, that are 0 or more; sums of weights are counts too, so they need not be whole."""
    array = numbers(name, values)
    if (array < 0).any():
        step = "correct it, or leave out what is not known"
        refuse(f"{name} {_first(array, array < 0)}", "it has to be 0 or more", step)
    return array


def positive(name: str, values: ArrayLike) -> np.ndarray:
    """Return what something is divided by: populations, weights and expected counts, that are above 0."""
    array = numbers(name, values)
    if (array <= 0).any():
        step = "leave that one out, or join it with a neighbour"
        refuse(f"{name} {_first(array, array <= 0)}", "it has to be above 0", step)
    return array


def together(**arrays: np.ndarray) -> list[np.ndarray]:
    """Return arrays of one shape; a single number goes with any shape."""
    shapes = {name: array.shape for name, array in arrays.items() if array.ndim}
    if len(set(shapes.values())) > 1:
        one, first = next(iter(shapes.items()))
        other, second = next((n, s) for n, s in shapes.items() if s != first)
        refuse(
            f"{one} has {size(first)} and {other} has {size(second)}",
            "their values belong together one by one",
            "give both the same length",
        )
    if not shapes:
        return list(arrays.values())
    return [np.asarray(a) for a in np.broadcast_arrays(*arrays.values())]


def part_of(part_name: str, part: ArrayLike, whole_name: str, whole: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return parts and wholes; a part that exceeds its whole by float noise alone is made equal to it."""
    some, every = together(**{part_name: counts(part_name, part), whole_name: positive(whole_name, whole)})
    above = some > every * (1 + NOISE)
    if above.any():
        found = f"{part_name} {_first(some, above)} where {whole_name} is {_shown(every[_at(above)])}"
        refuse(found, "a part is at most its whole", "see whether the two are swapped or of different years")
    return np.minimum(some, every), every


def ordered(lower: ArrayLike, upper: ArrayLike, *, missing: bool = False, width: bool = False) -> list[np.ndarray]:
    """Return lower and upper limits; with `width` they may not be equal either."""
    low, high = numbers("lower", lower, missing=missing), numbers("upper", upper, missing=missing)
    low, high = together(lower=low, upper=high)
    bad = low > high
    if bad.any():
        found = f"lower {_first(low, bad)} where upper is {_shown(high[_at(bad)])}"
        refuse(found, "a lower limit is at most the upper one", "see whether the two are swapped")
    if width and (low == high).any():
        found = f"lower {_first(low, low == high)} and upper is the same"
        refuse(found, "only an interval with a width has a standard error", "ask the source for more decimals")
    return [low, high]


def share(name: str, value: float) -> float:
    """Return one number from 0 to 1, both included."""
    number = single(name, value)
    if not 0 <= number <= 1:
        refuse(f"{name} is {_shown(number)}", "it is a number from 0 to 1", "divide it by 100 if it is a percentage")
    return number


def within(
    name: str,
    values: ArrayLike,
    low: float,
    high: float | None,
    allowed: str,
    step: str = "correct it, or leave that one out",
    *,
    strict: bool = False,
    missing: bool = False,
) -> np.ndarray:
    """Return values from `low` to `high` (None: without end), the ends included unless `strict`."""
    array = numbers(name, values, missing=missing)
    top = np.inf if high is None else high
    bad = (array <= low) | (array >= top) if strict else (array < low) | (array > top)
    if bad.any():
        refuse(f"{name} {_first(array, bad)}", allowed, step)
    return array


def shares(name: str, values: ArrayLike) -> np.ndarray:
    """Return shares that sum to 1 along the last axis."""
    array = np.atleast_1d(counts(name, values))
    total = array.sum(axis=-1)
    off = np.abs(total - 1) > 1e-6
    if off.any():
        refuse(f"{name} sum to {_shown(total[_at(off)])}", "shares sum to 1", "divide each by their sum")
    return array


def percentages(values: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> list[np.ndarray]:
    """Return percentages with their margins, from 0 to 100; fractions that are called percentages are refused.

    Fractions are recognised where three or more values with all their margins lie within 0 and 1.
    """
    low, high = ordered(lower, upper)
    arrays = together(values=numbers("values", values), lower=low, upper=high)
    for name, array in zip(("values", "lower", "upper"), arrays, strict=True):
        outside = (array < 0) | (array > 100)
        if outside.any():
            refuse(f"{name} {_first(array, outside)}", "a percentage lies from 0 to 100", "correct it")
    if arrays[0].size >= 3 and all((a <= 1).all() for a in arrays):
        largest = _shown(max(float(a.max()) for a in arrays))
        found = f"values, lower and upper are called percentages and none of them is above {largest}"
        refuse(found, "percentages run from 0 to 100", "multiply fractions by 100, or say per=1")
    return arrays


def bands(**arrays: np.ndarray) -> tuple[list[np.ndarray], int]:
    """Return arrays of one shape with age bands along the last axis, and how many bands there are."""
    same = [np.atleast_1d(a) for a in together(**arrays)]
    return same, same[0].shape[-1]


def weights_of(weights: ArrayLike, number: int) -> np.ndarray:
    """Return the shares of a standard population, one per band, summing to 1."""
    array = counts("weights", weights)
    if array.shape != (number,):
        found = f"weights has {size(array.shape)} and there {'is' if number == 1 else 'are'} {number} per unit"
        refuse(found, "there is one weight for each band", "give counts, populations and weights the same bands")
    if not array.sum() > 0:
        refuse("weights are all 0", "a standard population has people", "give the people, or the share, of each band")
    return array / array.sum()


def one_of(name: str, value: Any, allowed: Sequence[str]) -> None:
    """Refuse a word that is not one of those that are allowed."""
    if value not in allowed:
        known = ", ".join(f'"{a}"' for a in allowed)
        refuse(f'{name} is "{value}"', f"it is one of {known}", "choose one of them")


def different(name: str, values: np.ndarray) -> None:
    """Refuse values of which two are equal, such as two figures of one year."""
    kinds, often = np.unique(values, return_counts=True)
    if (often > 1).any():
        found = f"{name} holds {_shown(kinds[often > 1][0])} more than once"
        refuse(found, "there is one value for each", "keep one of them")


def _at(bad: np.ndarray) -> tuple[int, ...]:
    """Return the index of the first True."""
    return tuple(int(i) for i in np.argwhere(bad)[0]) if bad.ndim else ()


def _first(array: np.ndarray, bad: np.ndarray) -> str:
    """Say what the first bad value is, and where it stands when there are more than one."""
    at = _at(bad)
    place = f" at position {at[0] if len(at) == 1 else at}" if at else ""
    return f"is {_shown(array[at])}{place}"


def _shown(number: float) -> str:
    return f"{float(number):.10g}"


def size(shape: tuple[int, ...]) -> str:
    """Say how large an array is.

    Examples
    --------
    >>> size((3,)), size((2, 19))
    ('3 values', 'shape (2, 19)')
    """
    return f"{shape[0]} value{'' if shape[0] == 1 else 's'}" if len(shape) == 1 else f"shape {shape}"
