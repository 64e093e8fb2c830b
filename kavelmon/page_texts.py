"""What the kavelmonitor says in the browser, in Dutch; sentences that Python makes stand in `kavelmon.texts`."""

import datetime as dt

from kavelmon import area_texts, method_texts, texts

# What the kavelmonitor itself says; {names} are filled in by the page
PAGE = {
    **texts.WORDS,
    **area_texts.PAGE,
    "again": "Opnieuw proberen",
    "and": "en",
    "areaWord": "Gebied",
    "asTable": "Toon als tabel: {n} {level}",
    "backToList": "Terug naar de lijst",
    "badLink": "De link klopt niet helemaal ({names}). U ziet wat er wel is.",
    "belowFrom": (
        "Kaart, rangorde en verloop hieronder zijn een andere meting: {source} ({kind}). "
        "Daarin is het {value}; Nederland {nl}. Zet die cijfers niet naast het cijfer hierboven."
    ),
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
    "euro": "euro",
    "fetched": "Opgehaald",
    "figure": "Cijfer",
    "figureFailed": texts.ERROR,
    "figuresTerms": "De cijfers houden de voorwaarden van hun uitgevers. Die staan bij elke bron.",
    "highest": "Hoogste {level}",
    "highToLow": "Van hoog naar laag; de streep is Nederland",
    "howToRead": "Zo leest u de figuur",
    "indicator": "Indicator",
    "interventions": "Interventies en voorzieningen ({n})",
    "interventionsOnMap": "Een ruit op de kaart is een plek uit de lijst hieronder.",
    "judgement": "Oordeel",
    "keep": "Bewaar",
    "keepOf": "Bewaar {kind}",
    "kernset": "Kernset",
    "keyAll": "alle {n} gemeenten",
    "keyJudged": (
        "Gunstiger of ongunstiger staat er alleen als er marges zijn en het verschil groter is dan toeval. "
        "Een vierkant is geen oordeel: alleen hoger of lager."
    ),
    "keyCourse": "Verloop: de reeks die er is, soms uit een andere uitgave dan het cijfer.",
    "keyKeys": "Met het toetsenbord: pijl omhoog en omlaag loopt door de lijst, Enter kiest.",
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
    "counted": "aantal",
    "firmAll": (
        "Van {n} vergelijkingen met marges geven er {d} een verschil. Die blijven staan als we meetellen dat wie vaak "
        "vergelijkt ook door toeval verschillen vindt (Benjamini-Hochberg)."
    ),
    "firmSome": (
        "Van {n} vergelijkingen met marges geven er {d} een verschil. Daarvan blijven er {f} staan als we meetellen "
        "dat wie vaak vergelijkt ook door toeval verschillen vindt (Benjamini-Hochberg)."
    ),
    "method": "Methode",
    "methodThreshold": "Een verschil telt vanaf {least}.",
    "methodTrend": (
        "Helling per jaar met kleinste kwadraten, nooit over een breuk heen. "
        "Vanaf drie metingen een helling, vanaf vijf een oordeel over toeval."
    ),
    "noMarginsHere": "Geen.",
    "notForEffect": method_texts.NOT_FOR_EFFECT,
    "thinPeers": "dunne lijnen zijn de {n} vergelijkbare gemeenten",
    "trend": "verloop",
    "file_funnel": "trechter",
    "funnel": "Is het anders dan bij andere gemeenten? De trechterfiguur",
    "funnelHow": (
        "Elke stip is een gemeente; rechts staan de grote. Kleine gemeenten lopen door toeval verder uiteen, vandaar "
        "de trechter. In de donkere band ligt wat gewoon is (95 %), in de lichte bijna alles (99,8 %). De banden "
        "rekenen mee dat gemeenten ook zonder toeval verschillen. Erbuiten is anders, niet meteen beter of slechter."
    ),
    "funnelLabel": "Trechterfiguur van {item}: {area} tussen alle gemeenten.",
    "funnelOf_cost": "Kosten gedeeld door wat verwacht werd, {year}; van links naar rechts het aantal verzekerden",
    "funnelOf_proportion": (
        "Procent, {year}; van links naar rechts het aantal mensen, bij een enquête een steekproef met dezelfde marges"
    ),
    "funnelOf_ratio": "Per 1.000 inwoners, {year}; van links naar rechts het aantal inwoners",
    "funnel_above": "{area} ligt boven de trechter: hoger dan past bij toeval en gewone verschillen tussen gemeenten.",
    "funnel_below": "{area} ligt onder de trechter: lager dan past bij toeval en gewone verschillen tussen gemeenten.",
    "funnel_in": "{area} ligt in de trechter: dat past bij toeval en gewone verschillen tussen gemeenten.",
    "file_map": "kaart",
    "file_profile": "overzicht",
    "file_ranking": "rangorde",
    "file_trend": "verloop",
    "kind_netwerk": "Netwerk",
    "kind_of_funnel": "de trechterfiguur",
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
    "model": texts.MODEL,
    "name": "Naam",
    "newest": "verschilt per indicator",
    "noFigure": "Geen cijfer.",
    "noFigureIn": "Geen cijfer over {year}.",
    "noFigureShort": "geen cijfer",
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
    "seeBelow": "Kaart en verloop hieronder",
    "peers": "Vergelijkbare gemeenten",
    "peersHow": (
        "Gekozen op omvang, dichtheid, leeftijd, inkomen, huishoudens en groei, niet op gezondheid of kosten. "
        "Tussen haakjes de afstand: 0 is gelijk, 1 is in alles één standaardafwijking anders. Kavels doen niet mee. "
        "Bij elkaar geteld staan ze als één gebied in de tabel."
    ),
    "peersShort": "Vergelijkbaar",
    "peersWhich": "Welke {n} gemeenten zijn vergelijkbaar?",
    "per": "Per {level}, {year}",
    "percent": "procent",
    "periods": "Peiljaren",
    "pictureKey": (
        "Vet: {area}; daarnaast Nederland. "
        "De streep is Nederland; rechts is gunstiger, of hoger waar geen kant gunstiger is. "
        "Lichte balk: alle gemeenten; donkere: de middelste helft."
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
    "tapMap": "Klik of tik op een gebied voor naam en cijfer.",
    "tagOld": "ouder dan 3 jaar",
    "tagNewer": "er is ook {year}",
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
    "unknownCount": (
        "In vergelijking met Nederland: {word}. Dit is een telling zonder marges; een oordeel geven we niet."
    ),
    "unknownArea": "Dit gebied kennen we niet. Kies een gebied:",
    "unknownChance": (
        "In vergelijking met Nederland: {word}. "
        "Of dat toeval kan zijn, is niet bekend: bij dit cijfer zijn geen marges."
    ),
    "versionWord": "Versie",
    "walk": "Kaart om in te zoomen",
    "walkFailed": "De kaart kan nu niet worden gemaakt.",
    "walkWait": "De kaart wordt gemaakt…",
    "whence": "Waar komt dit vandaan?",
    "whose": "Cijfer van {source}, {period} ({kind}).",
    "why": "Waarom",
    "without": "zonder vergelijking",
    "yearWith": "{year} ({n} met cijfer)",
    "year": "Jaar",
}


def intervention(kind: str, begin: str, end: str, target: str, places: str, text: str, source: str) -> str:
    """Return what is said of an intervention or provision, after its title.

    Examples
    --------
    >>> intervention("interventie", "2023", "", "65-plussers", "Aalten", "In elke kern.", "Gemeente Aalten")
    'Interventie vanaf 2023, voor 65-plussers, in Aalten. In elke kern. Bron: Gemeente Aalten.'
    """
    since = f" vanaf {begin}" if begin else ""
    until = f" tot en met {end}" if end else ""
    whom = f", voor {target}" if target else ""
    where = f", in {places}" if places else ""
    more = f"{text.strip().rstrip('.')}. " if text.strip() else ""
    return f"{kind.capitalize()}{since}{until}{whom}{where}. {more}Bron: {source.rstrip('.')}."


# why the figures of a source could not be renewed, by the kind of fault
ATTEMPTS = {
    "unreachable": "de uitgever was niet bereikbaar",
    "silent": "de uitgever gaf niet op tijd antwoord",
    "failed": "de server van de uitgever gaf een fout",
    "gone": "de tabel staat niet meer op het bekende adres",
    "moved": "de uitgever verwijst naar een ander adres",
    "refused": "de uitgever weigerde de vraag",
    "incomplete": "niet alle cijfers kwamen binnen",
    "renamed": "de uitgever heeft de tabel veranderd",
    "differs": "de uitgever heeft het bestand veranderd",
    "unexpected": "het antwoord was anders dan verwacht",
    "unreadable": "de cijfers waren anders dan verwacht",
}


def attempt(on: dt.date, kind: str, since: str) -> str:
    """Say that figures could not be renewed and why, and from when (ISO 8601, or "") those are that are shown.

    Examples
    --------
    >>> attempt(dt.date(2026, 4, 2), "silent", "2026-03-12")[:70]
    'bijgewerkt 12 maart 2026, laatste poging op 2 april 2026 mislukt: de u'
    """
    held = f"bijgewerkt {texts.date(dt.date.fromisoformat(since))}, " if since else ""
    why = ATTEMPTS.get(kind, ATTEMPTS["unreadable"])
    return f"{held}laatste poging op {texts.date(on)} mislukt: {why}. U ziet de cijfers die er al waren."
