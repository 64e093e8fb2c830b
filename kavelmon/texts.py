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


def estimated(reason: str) -> str:
    """Say that a figure is an approximation, and why."""
    return f"Benaderd: {reason.rstrip('.')}."


def not_whole(reason: str) -> str:
    """Say why an area is not made of whole gemeenten of the source."""
    return f"Niet te berekenen: {reason}."


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


def not_asked(period: str) -> str:
    """Say that a question was not asked in a year."""
    return f"Niet gevraagd in {period}."


def people(about: str, noun: str) -> str:
    """Say how many people a percentage stands for."""
    return f"{about} {noun}" if about.startswith("minder") else f"ongeveer {about} {noun}"


def computed(rollup: str, denominator: str) -> str:
    """Say how the figure of an area is made of those of its parts."""
    if rollup == "sum":
        return "Som van de delen van het gebied."
    return f"Gemiddelde van de delen van het gebied, gewogen met: {denominator}. De leden van nu, in alle jaren."


def stands_out(title: str, period: str, reference: str, change: str) -> str:
    """Say what a figure is of and what it is in the Netherlands."""
    return f"{title}, {period}. In Nederland is dat {reference}.{change}"


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
START_COUNTRY = "Heel Nederland bekijken"
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
KINDS = {"kavel": "Kavel", "regio": "Regio", "eigen": "Eigen gebied", "land": "Land"}
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


# What the kavelmonitor itself says; {names} are filled in by the page
PAGE = {
    **WORDS,
    "again": "Opnieuw proberen",
    "and": "en",
    "areaWord": "Gebied",
    "asTable": "Toon als tabel: {n} {level}",
    "attempt": "bijwerken op {on} is mislukt. U ziet de cijfers die er al waren.",
    "backToList": "Terug naar de lijst",
    "badLink": "De link klopt niet helemaal ({names}). U ziet wat er wel is.",
    "belowFrom": "Kaart en verloop hieronder: {source} ({kind}). Daarin is het {value}; Nederland {nl}.",
    "borders": "Grenzen {year}: CBS en Kadaster.",
    "break": "Breuk",
    "calculated": "Berekend",
    "cite": "Zo verwijst u hiernaar",
    "comparedWithCountry": "Vergeleken met Nederland",
    "compareWith": "Vergelijk met",
    "copyYourself": "Kopieer het adres van deze pagina: het opent deze keuze.",
    "courseOf": "Verloop volgens {source}",
    "countOnly": "Een aantal: niet te vergelijken met heel Nederland.",
    "country": "Nederland",
    "course": "Verloop",
    "coveredWord": "Berekend over",
    "csv": "Cijfers (CSV)",
    "chosenNow": "{name} gekozen:",
    "division": "gemeenten en wijken van {year}",
    "domains": "Domeinen",
    "edition": "Uitgave",
    "emptyDomain": "Nog geen gegevens over {domain}. De kavel kan een eigen tabel aanleveren.",
    "estimatedWord": "Benaderd",
    "euro": "euro",
    "fetched": "Opgehaald",
    "figure": "Cijfer",
    "figureFailed": ERROR,
    "figuresTerms": "De cijfers houden de voorwaarden van hun uitgevers. Die staan bij elke bron.",
    "highest": "Hoogste {level}",
    "highToLow": "Van hoog naar laag; de streep is Nederland",
    "howToRead": "Zo leest u de figuur",
    "indicator": "Indicator",
    "judgement": "Oordeel",
    "keep": "Bewaar",
    "keepOf": "Bewaar {kind}",
    "kernset": "Kernset",
    "keyAll": "alle {n} gemeenten",
    "keyJudged": (
        "Gunstiger of ongunstiger staat er alleen als de bron marges geeft en het verschil groter is dan toeval. "
        "Een vierkant is geen oordeel: hoger, lager of ongeveer gelijk."
    ),
    "keyCourse": "Verloop: de reeks die er is, soms uit een andere uitgave dan het cijfer.",
    "keyMiddle": "middelste helft daarvan",
    "keyNote": (
        "Nederland telt grote steden zwaarder mee. "
        "Daarom ligt de middelste helft van de gemeenten vaak rechts van de streep."
    ),
    "keyOwn": "{area}, vorm = oordeel",
    "kind": "Soort",
    "kind_eigen": "Eigen gebied",
    "kind_kavel": "Kavel",
    "kind_land": "Land",
    "kind_of_map": "de kaart",
    "kind_of_profile": "het overzicht",
    "kind_of_ranking": "de rangorde",
    "kind_of_trend": "het verloop",
    "kind_regio": "Regio",
    "lacking": "Wat we hier nog niet kunnen laten zien ({n})",
    "leftOut": "Niet in dit bestand, omdat de bron delen niet toestaat of geen licentie noemt: {names}.",
    "legend": "Legenda",
    "level": "Niveau",
    "level_BU": "buurt",
    "level_GM": "gemeente",
    "level_WK": "wijk",
    "levels_BU": "buurten",
    "levels_GM": "gemeenten",
    "levels_WK": "wijken",
    "licence": "Licentie",
    "licenceOurs": "Tekst en vormgeving: {licence}.",
    "lookInto": "Bekijk",
    "lowest": "Laagste {level}",
    "mapLabel": "Kaart van {item} in {area} per {level}, {year}. De cijfers staan in de tabel.",
    "margins": "marge",
    "maybeChance": "In vergelijking met Nederland: {word}. Het verschil is klein, of kan toeval zijn.",
    "method_model": "modelschatting",
    "method_register": "registratie",
    "method_survey": "enquête",
    "mind": "Let op",
    "model": MODEL,
    "name": "Naam",
    "newest": "nieuwste cijfers",
    "noFigure": "Geen cijfer.",
    "noFigureIn": "Geen cijfer over {year}.",
    "noFigureShort": "geen cijfer",
    "noMargins": "zonder marges",
    "nonCommercial": "Met cijfers van Vektis: niet-commercieel, bron: Vektis.",
    "noShapes": "Van dit niveau hebben we geen kaart. De cijfers staan in de tabel.",
    "notChance": "In vergelijking met Nederland: {word}. Het verschil is groter dan toeval.",
    "notCompared": "Dit cijfer vergelijken we niet met Nederland.",
    "nothingStandsOut": "Niets wijkt duidelijk af van Nederland.",
    "notThisYear": "Op dit niveau is er over {year} geen cijfer. Kies een ander jaar of niveau.",
    "noTrend": "Er is geen reeks om te tonen.",
    "noValue": "geen cijfer",
    "noValueFor": "Geen cijfer voor {area}.",
    "onePoint": "Er is één meting, die van {year}. Een verloop is nog niet te geven.",
    "only": "alleen {year}",
    "onlyGemeente": "Gemeentecijfer: per wijk niet beschikbaar.",
    "onlyWhole": "Deze bron geeft alleen een cijfer voor heel het gebied: per gemeente of wijk niet beschikbaar.",
    "openPoint": "Een open punt is een voorlopig cijfer.",
    "originAbove": "Het cijfer bovenaan",
    "originBelow": "Kaart, rangorde en verloop",
    "otherArea": "Ander gebied",
    "otherEditions": "Andere uitgaven",
    "peopleIn": "inwoners ({year})",
    "per": "Per {level}, {year}",
    "percent": "procent",
    "periods": "Peiljaren",
    "pictureKey": (
        "De streep is Nederland; rechts is gunstiger. Lichte balk: alle gemeenten; donkere: de middelste helft."
    ),
    "points": "procentpunt",
    "privacy": "Privacy",
    "privacyText": "Alleen totalen over groepen, nooit over personen. Deze pagina vraagt en bewaart niets van u.",
    "profileOf": "Kavelmonitor {area}",
    "ranking": "Rangorde",
    "rankingLabel": "Rangorde van {item} in {area}. De cijfers staan in de tabel.",
    "remark": "Opmerking",
    "rightIsHigher": "Waar geen kant gunstiger is, is rechts hoger.",
    "roundedAsShown": "Cijfers afgerond zoals ze op de pagina staan.",
    "share": "Deel",
    "shared": "Link gekopieerd. Wie hem opent, ziet deze keuze.",
    "showAll": "Toon alle {n} indicatoren",
    "showFewer": "Toon alleen wat gunstiger of ongunstiger is",
    "source": "Bron",
    "sourcesCount": "{n} bronnen",
    "sourcesHere": "Bronnen op deze pagina",
    "standsOut": "Opvallend",
    "table": "Tabel",
    "tableWord": "tabel",
    "tagEstimated": "benaderd",
    "tagOld": "ouder dan 3 jaar",
    "tagPart": "onvolledig",
    "tagProvisional": "voorlopig",
    "tally": "Aantal indicatoren per oordeel",
    "terms_agreement": "onder afspraak, niet te delen",
    "terms_non_commercial": "niet-commercieel, bron: Vektis",
    "terms_open": "{licence}",
    "terms_unknown": "licentie door de uitgever niet genoemd",
    "thinLines": "dunne lijnen zijn de {n} gemeenten",
    "topAndBottom": "De 8 hoogste en de 8 laagste; de streep is Nederland",
    "topic": "Onderwerp in de bron",
    "trendLabel": "Verloop van {item} in {area} en Nederland. De cijfers staan in de tabel.",
    "unitChosen": "{name} gekozen op kaart, rangorde en verloop.",
    "unjudged": "zonder oordeel",
    "unknownArea": "Dit gebied kennen we niet. Kies een gebied:",
    "unknownChance": (
        "In vergelijking met Nederland: {word}. Of dat toeval kan zijn, is niet bekend: de bron geeft geen marges."
    ),
    "versionWord": "Versie",
    "walk": "Kaart om in te zoomen",
    "walkFailed": "De kaart kan nu niet worden gemaakt.",
    "walkWait": "De kaart wordt gemaakt…",
    "whence": "Waar komt dit vandaan?",
    "whose": "Cijfer van {source}, {period} ({kind}).",
    "why": "Waarom",
    "without": "zonder vergelijking",
    "year": "Jaar",
}
