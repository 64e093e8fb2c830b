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
    if unit.startswith("%"):
        return f"{text}{NBSP}%"
    if unit.startswith("euro"):
        return f"€{NBSP}{text}"
    if unit.startswith("km"):
        return f"{text}{NBSP}km"
    return text
