"""Numbers as Dutch readers write them: 1.234,5 and a real minus sign."""

import math

NBSP = "\u00a0"


def number(value: float, decimals: int = 0, *, sign: bool = False) -> str:
    """Write a number with decimal comma and, from four digits, a thousands dot.

    Examples
    --------
    >>> number(1234.56, 1)
    '1.234,6'
    >>> number(-0.04, 1)
    '0,0'
    """
    if value is None or math.isnan(value):
        return "–"
    text = f"{abs(value):,.{decimals}f}".translate(str.maketrans(",.", ".,"))
    if not any(c in "123456789" for c in text):
        return text
    return ("−" if value < 0 else "+" if sign else "") + text


def sign_of(unit: str) -> str:
    """Return the sign that stands with a figure itself: ``%``, ``€`` or ``km``; empty when there is none.

    Examples
    --------
    >>> sign_of("euro per verzekerde"), sign_of("adressen per km²")
    ('€', '')
    """
    return next((sign for start, sign in (("%", "%"), ("euro", "€"), ("km", "km")) if unit.startswith(start)), "")


def added_unit(unit: str) -> str:
    """Return what a unit adds to a figure that has its own %, € or km sign.

    Examples
    --------
    >>> added_unit("euro per verzekerde"), added_unit("%"), added_unit("km over de weg")
    ('per verzekerde', '', 'over de weg')
    """
    return unit.removeprefix("%").removeprefix("euro").removeprefix("km ").strip()


def with_unit(value: float, unit: str, decimals: int = 1) -> str:
    r"""Write a number with its unit: ``16,2 %``, ``€ 3.211``, ``1,4 km``; long units are left to the caption.

    Examples
    --------
    >>> with_unit(3210.84, "euro per verzekerdejaar", 0)
    '€\xa03.211'
    """
    if value is None or math.isnan(value):
        return "–"
    text = number(value, decimals)
    sign = sign_of(unit)
    return f"€{NBSP}{text}" if sign == "€" else f"{text}{NBSP}{sign}" if sign else text


def about(count: float) -> str:
    """Write a number of people as a round one: two figures that count, because it is an estimate.

    Examples
    --------
    >>> about(39213), about(874), about(42)
    ('39.000', '870', 'minder dan 100')
    """
    if count is None or math.isnan(count):
        return ""
    if count < 100:
        return "minder dan 100"
    step = 10 ** (math.floor(math.log10(count)) - 1)
    return number(round(count / step) * step)
