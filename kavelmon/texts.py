"""What people read on screen, in Dutch; the only place that holds such sentences."""

import datetime as dt
import html
from collections.abc import Mapping

DOMAINS = {
    "gezondheid": "Gezondheid",
    "zorg": "Zorg",
    "omgeving": "Omgeving",
    "aanbod": "Aanbod",
}
# How a domain is read: title, the question it answers, the themes of the catalogue in it
GROUPS: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "gezondheid": (
        ("Ervaren gezondheid", "Hoe gaat het met mensen?", ("ervaren gezondheid", "ziekte en beperking")),
        ("Mentaal en sociaal", "Hoe voelen mensen zich?", ("mentale gezondheid", "sociale gezondheid")),
        ("Leefstijl", "Hoe leven mensen?", ("leefstijl",)),
        ("Meedoen", "Doen mensen mee?", ("meedoen",)),
        ("Jongvolwassenen", "Hoe gaat het met mensen van 16 tot en met 25 jaar?", ("jongvolwassenen",)),
        ("Sterfte", "", ("sterfte",)),
    ),
    "zorg": (
        ("Zorgkosten", "Wat kost de zorg uit de basisverzekering?", ("zorgkosten totaal",)),
        (
            "Zorgkosten per soort zorg",
            "Waar gaat het geld heen?",
            (
                "huisartsenzorg",
                "medisch-specialistische zorg",
                "ggz",
                "geneesmiddelen",
                "wijkverpleging",
                "kortdurend verblijf",
                "paramedische zorg",
                "hulpmiddelen",
                "mondzorg",
                "geboortezorg",
                "ziekenvervoer",
                "zorg over de grens",
                "overige zorg",
            ),
        ),
        ("Wmo en jeugdzorg", "Hoeveel mensen krijgen hulp van de gemeente?", ("Wmo", "jeugdzorg")),
        ("Mantelzorg", "Wie zorgt er voor een ander?", ("informele zorg",)),
        ("Medicijnen", "", ("medicijnen",)),
    ),
    "omgeving": (
        ("Bestaanszekerheid", "Kunnen mensen rondkomen?", ("bestaanszekerheid", "inkomen en vermogen")),
        ("Werk en opleiding", "", ("werk",)),
        ("Veiligheid en contact", "", ("veiligheid", "sociale omgeving")),
        (
            "Wonen en woonomgeving",
            "Hoe is het om hier te wonen?",
            ("wonen", "woonomgeving", "leefbaarheid", "groen en ruimte", "milieu", "mobiliteit"),
        ),
        ("Bevolking", "Wie wonen hier?", ("bevolking",)),
    ),
    "aanbod": (
        ("Huisarts en apotheek", "Hoe dichtbij is de eerste hulp?", ("eerstelijnszorg",)),
        ("Ziekenhuiszorg", "", ("ziekenhuiszorg",)),
        ("Sport en bewegen", "", ("sport en bewegen",)),
        ("Voorzieningen", "Wat is er in de buurt?", ("voorzieningen",)),
    ),
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
    "impossible": "Kan hier niet voorkomen, zegt de bron.",
}
NO_MARGINS = "Bij dit cijfer zijn geen marges. Daarom geen oordeel, alleen hoger, lager of ongeveer gelijk."
JUDGED = "Oordeel op grond van de marges: alleen als het verschil met Nederland groter is dan toeval."
SITES = {1: "umc", 2: "ziekenhuis", 3: "buitenpolikliniek", 4: "kinderziekenhuis"}
NO_VALUE = "–"
START = "Start kavel"
OF_COUNTRY = "Zoals de bron het geeft; waar die geen cijfer van Nederland geeft, de som van de delen."
MODEL = "Geschatte cijfers (model). Kleine verschillen tussen wijken kunnen toeval zijn."
ERROR = "Deze figuur kan niet worden getoond. De cijfers staan in de tabel."
NOT_HERE = "Voor dit gebied geeft deze bron geen cijfer."


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


def only_per_gemeente(named: list[str]) -> str:
    """Say that a figure is there for whole gemeenten only; `named` are those around the area with their figures."""
    return "Alleen per gemeente bekend" + (f": {', '.join(named)}." if named else ".")


def other_borders(names: list[str], year: int) -> str:
    """Say that wijken or buurten had other borders then."""
    more = f" en {len(names) - 2} andere" if len(names) > 2 else ""
    return (
        f"In {year} hadden {' en '.join(names[:2])}{more} andere grenzen."
        if len(names) > 1
        else (f"In {year} had {names[0]} andere grenzen.")
    )


def estimated(reason: str) -> str:
    """Say that a figure is an approximation, and why."""
    return f"Benaderd: {reason.rstrip('.')}."


def not_whole(reason: str) -> str:
    """Say why an area is not made of whole gemeenten of the source."""
    return f"Niet te berekenen: {reason}."


_NUMBERS = ("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien")


def divided(name: str, day: dt.date, heirs: int, share: float) -> str:
    """Say that a gemeente was split, and how much of it (0 to 1) counts in an area.

    Examples
    --------
    >>> divided("Haaren", dt.date(2021, 1, 1), 4, 0.15)
    'Haaren is op 1 januari 2021 verdeeld over vier gemeenten: 15 % ervan telt hier mee, naar inwoners.'
    """
    among = _NUMBERS[heirs] if heirs < len(_NUMBERS) else str(heirs)
    part = "minder dan 1 %" if share < 0.01 else "meer dan 99 %" if share > 0.99 else f"{share * 100:.0f} %"
    return f"{name} is op {date(day)} verdeeld over {among} gemeenten: {part} ervan telt hier mee, naar inwoners."


def group_of(domain: str, theme: str) -> tuple[str, str]:
    """Return the group that a theme is shown in, and its question; a theme without one is a group of its own."""
    for title, question, themes in GROUPS.get(domain, ()):
        if theme in themes:
            return title, question
    return theme[:1].upper() + theme[1:], ""


def group_rank(domain: str, theme: str) -> tuple[int, int, int]:
    """Return where a theme comes among the groups of its domain; unknown ones come last."""
    domains = list(DOMAINS)
    first = domains.index(domain) if domain in domains else len(domains)
    for number, (_, _, themes) in enumerate(GROUPS.get(domain, ())):
        if theme in themes:
            return first, number, themes.index(theme)
    return first, len(GROUPS.get(domain, ())), 0


_MONTHS = (
    "januari februari maart april mei juni juli augustus september oktober november december".split()  # noqa: SIM905
)


def date(day: dt.date) -> str:
    """Write a date.

    Examples
    --------
    >>> date(dt.date(2026, 1, 31))
    '31 januari 2026'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def started(area: str, day: dt.date) -> str:
    """Say when a kavel began."""
    return f"{area} begon als kavel op {date(day)}."


def not_asked(period: str, method: str) -> str:
    """Say that a question was not asked in a year; of a register, that there is no figure."""
    return f"Geen cijfer over {period}." if method == "register" else f"Niet gevraagd in {period}."


def people(about: str, noun: str) -> str:
    """Say how many people a percentage stands for."""
    return f"{about} {noun}" if about.startswith("minder") else f"ongeveer {about} {noun}"


def computed(rollup: str, denominator: str) -> str:
    """Say how the figure of an area is made of those of its parts."""
    if rollup == "sum":
        return "Som van de delen van het gebied."
    return f"Gemiddelde van de delen van het gebied, gewogen met: {denominator}. De leden van nu, in alle jaren."


# Nouns that "meer" and "minder" can stand before, at the start of the title of an indicator.
_COUNTED = ("Inwoners", "Jongvolwassenen", "Mantelzorgers", "Ouderen", "Huishoudens", "Kinderen", "Mensen")


def stands_out(title: str, up: bool, figures: str, publisher: str, period: str, more: str) -> str:
    """Say which way a figure differs from the Netherlands, with figure, margins, source and year.

    Examples
    --------
    >>> stands_out("Inwoners die roken", False, "14,8 % (14,1–15,5) tegen 16,7 %", "GGD'en", "2020", "")
    "Minder inwoners die roken dan in heel Nederland: 14,8 % (14,1–15,5) tegen 16,7 % (GGD'en, 2020)."
    """
    if title.startswith(_COUNTED) and " per " not in title:
        start = f"{'Meer' if up else 'Minder'} {title[0].lower()}{title[1:]} dan in heel Nederland"
    else:
        start = f"{title}: {'hoger' if up else 'lager'} dan in heel Nederland"
        return f"{start}, {figures} ({publisher}, {period}).{more}"
    return f"{start}: {figures} ({publisher}, {period}).{more}"


def against(value: str, margins: str, reference: str) -> str:
    """Put a figure and its margins next to that of the Netherlands."""
    return f"{value} ({margins}) tegen {reference}"


def already_since(year: str) -> str:
    """Say since when something is so."""
    return f" Dat is zo sinds {year}."


def changed(year: str, here: str, there: str) -> str:
    """Say how a percentage changed since a year, here and in the country."""
    return f" Sinds {year}: {here} procentpunt, landelijk {there}."


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


# The start page, the bar on top of every page and the footer.
BRAND = "kavelmon"
MENU = "Menu"
MENU_LABEL = "Werkbladen"
BAR_START = "Start"
START_TITLE = "Hoe gaat het met de gezondheid in uw kavel?"
START_LEAD = "Kies een gebied. U ziet gezondheid, zorg, omgeving en aanbod op één pagina, vergeleken met Nederland."
START_CHOOSE = "Kies een gebied"
START_COUNTRY = "heel Nederland"
START_ALSO = "Ook te bekijken:"
START_COMPOSE = "Ander gebied? Stel uw kavel samen"
START_OTHERS = "Andere werkbladen"
START_SHEETS = "Werkbladen"
START_FOUND = "Wat u hier vindt"
START_ABOUT = (
    "kavelmon laat zien hoe het gaat met de mensen in een kavel: een gebied waar gemeenten, zorg en inwoners samen "
    "aan gezondheid werken. De cijfers tellen wij niet zelf. Ze komen van openbare bronnen, en wij rekenen ze om naar "
    "het gebied. Bij elk cijfer staat van wie het is en van welk jaar."
)
DOMAIN_LINES = {
    "gezondheid": "Hoe mensen hun gezondheid ervaren, hoe ze leven en of ze meedoen.",
    "zorg": "Wat de zorg kost, en wie zorg of hulp krijgt of geeft.",
    "omgeving": "Wie er wonen, hoe ze rondkomen, en hoe veilig en groen het is.",
    "aanbod": "Hoe ver het is naar huisarts, apotheek, ziekenhuis en andere voorzieningen.",
}
KINDS = {"kavel": "Kavel", "regio": "Regio", "netwerk": "Netwerk", "eigen": "Eigen gebied", "land": "Land"}
FOOT_SOURCES = "Bronnen"
FOOT_LICENCE = "Licentie"
FOOT_LICENCES = "De licentie staat bij elk cijfer. De meeste cijfers mag u gebruiken als u de bron noemt (CC BY 4.0)."
FOOT_PRIVACY = "Privacy"
FOOT_PRIVATE = "Alleen totalen over groepen, nooit over personen. Deze pagina vraagt niets op bij andere websites."


def counted(number: str, one: str, many: str) -> str:
    """Return a number with its noun, on one line: ``1 gemeente``, ``8 gemeenten``."""
    return f"{number}\u00a0{one if number == '1' else many}"


def inhabitants(number: str, estimated: bool) -> str:
    """Return the number of people in an area."""
    return ("ongeveer " if estimated else "") + counted(number, "inwoner", "inwoners")


def map_of_areas(titles: list[str]) -> str:
    """Say what the map on the start page shows, for people who do not see it."""
    named = ", ".join(f"{number} {title}" for number, title in enumerate(titles, 1))
    return f"Kaart van Nederland met de gebieden: {named}."


def source_of_inhabitants(publisher: str, title: str, periods: list[str]) -> str:
    """Say where the numbers of people on the start page come from."""
    return f"Inwoners: {publisher}, {title} ({' en '.join(periods)})."


def not_commercial(publisher: str) -> str:
    """Say that the figures of a publisher may not be used commercially."""
    return f"Cijfers van {publisher} zijn niet voor commercieel gebruik."


def source_of_boundaries(publisher: str, year: int) -> str:
    """Say where the shapes on the start page come from."""
    return f"Grenzen: {publisher} ({year})."
