"""Money to the cent: euros in and out, integer cents in between, and a sum divided so that no cent is lost."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any

from kavelmon.model import KavelmonError

if TYPE_CHECKING:  # a page that divides does without pandas; only tables need it
    import pandas as pd

MOST_EUR = 10**12


def exact(value: Any, what: str = "number") -> Fraction:
    """Return a number without any rounding; of a float what its shortest decimal text says (0.1 is one tenth).

    Raises
    ------
    KavelmonError
        No number, or one without end.
    """
    if isinstance(value, Fraction):
        return value
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if isinstance(value, bool) or not found.is_finite():
        raise KavelmonError(f"{what} = {value!r}; give a number, such as 1250000 or 0.4")
    return Fraction(found)


def rounded(amount: Fraction) -> int:
    """Return the nearest whole number; a half goes away from zero.

    Examples
    --------
    >>> rounded(Fraction(5, 2)), rounded(Fraction(-5, 2)), rounded(Fraction(12, 5))
    (3, -3, 2)
    """
    size = floor(abs(amount) + Fraction(1, 2))
    return size if amount >= 0 else -size


def cents(euros: Any, what: str = "amount") -> int:
    """Return an amount in euros as whole cents.

    Raises
    ------
    KavelmonError
        No number, or more than `MOST_EUR`.

    Examples
    --------
    >>> cents(0.1), cents("12.345"), cents(-3)
    (10, 1235, -300)
    """
    found = exact(euros, what)
    if abs(found) > MOST_EUR:
        raise KavelmonError(f"{what} = {euros!r}; give euros, at most {MOST_EUR}")
    return rounded(found * 100)


def divided(total: int, keys: Sequence[Fraction | Decimal | int]) -> list[int]:
    """Divide whole cents by keys with largest remainders (Hamilton's method): the parts add up to the total.

    Each part is its exact share rounded down or up. More to divide can take one cent from a part (the Alabama paradox;
    Balinski and Young, Fair Representation, 1982); never more than one.

    Parameters
    ----------
    total
        In cents, not negative.
    keys
        Not negative; they need not add up to 1. All zero is allowed only for a total of zero.

    Examples
    --------
    >>> divided(100, [1, 1, 1])
    [34, 33, 33]
    """
    shares = [Fraction(k) for k in keys]
    if not (whole := sum(shares)):
        if total:
            raise KavelmonError(f"{total} cents and nobody to divide them over; give at least one key above 0")
        return [0 for _ in shares]
    wished = [total * share / whole for share in shares]
    parts = [floor(w) for w in wished]
    # of equal remainders the first one goes first, so that the same keys always give the same parts
    for place in sorted(range(len(parts)), key=lambda i: parts[i] - wished[i])[: total - sum(parts)]:
        parts[place] += 1
    return parts


def table(rows: Iterable[Any]) -> "pd.DataFrame":
    """Return frozen dataclasses of one kind as a table: a row each, and euros (``_eur``) for cents (``_cents``).

    What a row holds in turn (tuples of other rows, a state) is left out; exact numbers become floats.
    """
    import pandas as pd

    found = list(rows)
    if not found:
        return pd.DataFrame()
    names = [f.name for f in fields(found[0]) if f.repr]
    return pd.DataFrame(
        {_named(name): [_shown(name, getattr(row, name)) for row in found] for name in names},
    )


def _named(name: str) -> str:
    return f"{name.removesuffix('_cents')}_eur" if name.endswith("_cents") else name


def _shown(name: str, value: Any) -> Any:
    if name.endswith("_cents"):
        return None if value is None else value / 100
    return float(value) if isinstance(value, Fraction | Decimal) else value
