"""What people read on screen, in Dutch; the only place that holds such sentences."""

import html
from collections.abc import Mapping

DOMAINS = {
    "gezondheid": "Gezondheid",
    "zorg": "Zorg",
    "omgeving": "Omgeving",
    "aanbod": "Aanbod",
}
LEVELS = {"NL": "Nederland", "GM": "gemeente", "WK": "wijk", "BU": "buurt", "GEBIED": "heel het gebied", "REST": "rest"}
LEVELS_PLURAL = {"GM": "gemeenten", "WK": "wijken", "BU": "buurten"}
WORDS = {
    "better": "gunstiger",
    "worse": "ongunstiger",
    "similar": "ongeveer gelijk",
    "higher": "hoger",
    "lower": "lager",
    "none": "–",
}
SYMBOLS = {"better": "●", "worse": "◆", "similar": "○", "higher": "■", "lower": "■", "none": ""}
METHODS = {"model": "modelschatting", "survey": "enquête", "register": "registratie"}
STATUSES = {
    "ok": "",
    "provisional": "Voorlopig cijfer.",
    "suppressed": "Te weinig mensen om te tonen, of door de bron niet gepubliceerd.",
    "missing": "Geen cijfer in deze bron.",
    "not_asked": "Niet gevraagd in dit jaar.",
}
MARGINS = {
    "bron": "95 %-marges van de bron",
    "byar": "95 %-interval uit het aantal (Byar)",
    "wilson": "95 %-interval uit het aantal (Wilson)",
}
NO_MARGINS = "De bron geeft geen marges. Daarom geen oordeel, alleen hoger, lager of ongeveer gelijk."
JUDGED = "Oordeel op grond van de marges: alleen als het verschil met Nederland groter is dan toeval."
SITES = {1: "umc", 2: "ziekenhuis", 3: "buitenpolikliniek", 4: "kinderziekenhuis"}
NO_VALUE = "–"
WITH_MARGINS = "Gemeten met marges:"
TAG_OLD = "ouder dan 3 jaar"
TAG_PROVISIONAL = "voorlopig"
TAG_ESTIMATED = "benaderd"
TAG_PART = "onvolledig"
MODEL = "Geschatte cijfers (model). Kleine verschillen tussen wijken kunnen toeval zijn."
OVERVIEW = (
    "Elke rij zet het gebied naast Nederland. "
    "Gunstiger of ongunstiger staat er alleen als de marges bekend zijn en het verschil groter is dan toeval. "
    "Geeft de bron geen marges, dan staat er hoger, lager of ongeveer gelijk: dat is geen oordeel."
)
NOT_HERE = "Voor dit gebied geeft deze bron geen cijfer."
NO_DATA = "Nog geen gegevens over dit onderwerp voor dit gebied."
NO_SHAPES = "Van dit niveau hebben we geen kaart. De cijfers staan in de tabel."
ERROR = "Deze figuur kan niet worden getoond. De cijfers staan in de tabel."
PAGE_ERROR = "De pagina werkt even niet. Probeer het opnieuw."


def escape(text: object) -> str:
    """Return text that is safe inside HTML and its attributes."""
    return html.escape(str(text), quote=True)


def older(year: str, newer: str) -> str:
    """Say that a figure is older than three years, and which edition is newer."""
    text = f"Dit cijfer is ouder dan drie jaar ({year})."
    return f"{text} Nieuwer: {newer}." if newer else f"{text} Een nieuwere uitgave is ons niet bekend."


def too_little(coverage: float) -> str:
    """Say that too little of an area is known to give a figure."""
    return f"Te weinig cijfers: bekend voor {coverage * 100:.0f} % van het gebied."


def covered(coverage: float) -> str:
    """Say over what part of an area a figure was computed."""
    return f"Berekend over {coverage * 100:.0f} % van het gebied."


def estimated(reason: str) -> str:
    """Say that a figure is an approximation, and why."""
    return f"Benaderd: {reason.rstrip('.')}."


def not_whole(reason: str) -> str:
    """Say why an area is not made of whole gemeenten of the source."""
    return f"Niet te berekenen: {reason}."


def summed(level: str) -> str:
    """Say that a national figure is not published but summed."""
    return f"som van {LEVELS_PLURAL[level]}"


def trend_label(indicator: str, area: str) -> str:
    """Say what a trend shows, for people who do not see it."""
    return f"Verloop van {indicator} in {area} en Nederland. De cijfers staan in de tabel."


def without_shape(names: list[str], year: int) -> str:
    """Say which units have figures and no place on the map."""
    shown = ", ".join(names[:5]) + (" en andere" if len(names) > 5 else "")
    return f"{len(names)} zonder grens op de kaart van {year}: {shown}."


def breaks(found: Mapping[int, str]) -> str:
    """Return the breaks of a series as one sentence each."""
    return " ".join(f"Breuk {year}: {text.rstrip('.')}." for year, text in sorted(found.items()))
