"""The terms of figures: what may be shared, and under which licence; the only place that judges one."""

from collections.abc import Iterable
from typing import Literal

Terms = Literal["open", "non_commercial", "unknown", "agreement"]

_OPEN = ("CC BY 4.0", "CC0")
_NON_COMMERCIAL = ("Vektis",)
_AGREEMENT = ("overeenkomst",)


def terms(licence: str) -> Terms:
    """Return what the licence of a source allows; a licence that is not known here allows nothing.

    Examples
    --------
    >>> terms("CC BY 4.0"), terms("onbekend: noem RIVM/VZinfo")
    ('open', 'unknown')
    """
    if licence.startswith(_OPEN):
        return "open"
    if licence.startswith(_NON_COMMERCIAL):
        return "non_commercial"
    return "agreement" if licence.casefold().startswith(_AGREEMENT) else "unknown"


def may_be_published(licence: str) -> bool:
    """Tell whether figures under a licence may go into a file that anyone can pass on."""
    return terms(licence) in ("open", "non_commercial")


def of_page(licences: Iterable[str]) -> str:
    """Return the licence of our texts and design on a page that holds figures under these licences.

    The strictest terms decide: with results of Vektis a page may not be used commercially.

    Examples
    --------
    >>> of_page(["CC BY 4.0", "Vektis: eigen gebruik en onderzoek, niet commercieel"])
    'CC BY-NC 4.0'
    """
    return "CC BY-NC 4.0" if any(terms(one) == "non_commercial" for one in licences) else "CC BY 4.0"
