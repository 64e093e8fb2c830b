"""What the page Kavelselectie says, in Dutch, and what is said of a wijk or an area from its figures."""

from collections.abc import Sequence

OWN = (
    "Dit is een eigen uitwerking van kavelmon, niet de lijst van HealthKIC: welke cijfers HealthKIC gebruikte en hoe "
    "zwaar die telden, is nooit gepubliceerd."
)

OWN_AREA = "Eigen gebied"
NO_PART = "Geen deel van dit gebied was in {year} een wijk met dezelfde grens."

# What the page says; {names} are filled in by the page
PAGE = {
    "selKicker": "Kavelselectie",
    "selHead": "Waar is een kavel kansrijk?",
    "selLead": (
        "Elke wijk van Nederland langs de criteria voor een kavel. Een kavel is een gebied waar partijen gezondheid "
        "anders aanpakken. Hoe hoger de score, hoe beter een wijk bij de criteria past, voor zover er cijfers zijn."
    ),
    "selOwn": OWN,
    "selUnits": "wijken ({year})",
    "selScored": "met een score",
    "selMeasured": "van {all} criteria met eigen cijfers",
    "selYears": "peiljaren van de cijfers",
    "selBest": "De {n} wijken met de hoogste score liggen in {names}.",
    "selFirm": (
        "Hoe zeker is dat? De plaats hangt af van hoe u rekent. Met twee andere rekenmanieren blijven er {least} tot "
        "{most} van deze {n} over."
    ),
    "selWeights": "Wat weegt het zwaarst?",
    "selWeightsHow": "Schuif, en kaart en lijst veranderen mee. 0 is: telt niet mee.",
    "selReset": "Alles even zwaar",
    "selNoFigures": "geen open cijfers",
    "selFill": "Zou te vullen zijn met: {sources}.",
    "selAllZero": "Alle gewichten staan op 0. Zet er ten minste vier hoger.",
    "selLost": "Met een groep op 0 hebben {n} wijken te weinig groepen over voor een score.",
    "selNeeds": "Geen score bij deze gewichten.",
    "selFew": (
        "Met deze gewichten tellen maar {n} groepen mee. Voor een score zijn er {least} nodig. "
        "Geef meer groepen een gewicht."
    ),
    "selColour": "Kleur de kaart naar",
    "selTotal": "Score",
    "selSure": "Zekerheid van de plaats",
    "selFifths": "laagste||midden||hoogste",
    "selGroupLegend": "0–20|20–40|40–60|60–80|80–100",
    "selSureLegend": "meer dan 800|tot 800|tot 400|tot 200|tot 100",
    "selSureLegendHead": "Plaatsen tussen 5 % en 95 %: hoe donkerder, hoe zekerder",
    "selTotalLegendHead": "Vijf even grote groepen wijken",
    "selGroupLegendHead": "Plaats tussen alle inwoners van Nederland (0 = laagste, 100 = hoogste)",
    "selRings": "Rondjes: de {n} hoogste wijken.",
    "selRingless": "Daarvan staan er {n} niet op de kaart: {names}.",
    "selOnly": "Alleen {name} is gekleurd.",
    "selShowAll": "Toon alles",
    "selInheritedGroup": (
        "Deze groep bestaat uit cijfers van gemeenten. Wijken van één gemeente hebben dezelfde kleur."
    ),
    "selMap": "Kaart van {n} wijken naar {what}. De lijst ernaast zegt hetzelfde in tekst.",
    "selNoShape": (
        "{n} wijken van {year} staan niet op de kaart (gearceerd), omdat hun grens later anders is. In de lijst staan "
        "ze wel."
    ),
    "selHatched": "niet bekend",
    "selNoScore": "geen score",
    "selListHead": "De wijken, hoogste eerst",
    "selFind": "Zoek wijk of gemeente",
    "selAll": "heel Nederland",
    "selPV": "Provincie",
    "selGG": "GGD-regio",
    "selZK": "Zorgkantoor",
    "selSize": "Inwoners",
    "selAnySize": "alle wijken",
    "selFrom": "vanaf {n}",
    "selPlace": "plaats",
    "selName": "wijk",
    "selScore": "score",
    "selInterval": "plaats bij andere gewichten",
    "selChance": "hoe vaak bij hoogste {n}",
    "selPeople": "inwoners",
    "selPeopleOf": "inwoners {year}",
    "selShown": "{n} van {all} wijken",
    "selOnlyRows": "Alleen: {what}.",
    "selEveryRow": "Alle wijken; zonder plaats: te weinig cijfers of geen inwoners.",
    "selMore": "Toon meer",
    "selNothing": "Geen wijk past bij deze keuze.",
    "selHowSure": (
        "We nemen {draws} keer andere gewichten, rond de gekozen gewichten. In 90 % van de gevallen ligt de plaats "
        "tussen deze twee. Daarnaast staat hoe vaak de wijk dan bij de hoogste {n} hoort. Dit gaat "
        "alleen over de weging. Fouten in de cijfers zitten er niet in, want de bronnen geven per wijk geen marges. In "
        "kleine wijken zijn die fouten het grootst."
    ),
    "selStale": "Hoe zeker de plaatsen zijn, wordt opnieuw berekend.",
    "selFresh": "Berekend. Het hoogst staat nu {name}.",
    "selGone": "Zekerheid kan nu niet opnieuw worden berekend.",
    "selPlaceOf": "Plaats {rank} van {all}, score {score}.",
    "selCertain": "Met andere gewichten plaats {low} tot {high}; in {top} van de gevallen bij de hoogste {n}.",
    "selPick": "Kies een wijk op de kaart of in de lijst: dan ziet u wat haar score optilt en omlaag trekt.",
    "selNone": "Te weinig cijfers voor een score: {known} van de {least} groepen die nodig zijn.",
    "selLimits": "Er ontbreken cijfers: {names}. Afhankelijk daarvan ligt de score tussen {low} en {high}.",
    "selOther": "Deze wijk kreeg na {year} een andere grens of een andere naam. Cijfers van later horen daar niet bij.",
    "selEmpty": "Hier woont niemand, dus er is geen score.",
    "selSmall": "weinig inwoners",
    "selGaps": "cijfers ontbreken",
    "selRest": "Alle andere cijfers samen: {n} punten.",
    "selBack": "Terug naar de lijst",
    "selLifts": "Wat tilt de score op",
    "selSinks": "Wat trekt de score omlaag",
    "selPoints": "{n} punten",
    "selAllFigures": "Alle cijfers van deze wijk",
    "selInherited": "gemeentecijfer",
    "selMiddle": "De streep is het midden (50).",
    "selCompare": "Vergelijk",
    "selInCompare": "Uit de vergelijking",
    "selCompareHead": "Vergelijken",
    "selCompareHint": "Kies tot vier wijken of gebieden met de knop Vergelijk.",
    "selFull": "Er staan er vier naast elkaar. Haal er een weg om een ander te kiezen.",
    "selFullShort": "Vergelijking vol",
    "selAdded": "{name} staat in de vergelijking.",
    "selRemoved": "{name} is uit de vergelijking.",
    "selPlacing": "Uw gebied wordt langs de criteria gelegd. Dat duurt enkele seconden.",
    "selPlaced": "Uw gebied: {name}. Score {score}; hoger dan {n} van even grote gebieden.",
    "selPlaceOfArea": "hoger dan {n} van even grote gebieden",
    "selCompose": "Stel een gebied samen met deze wijk",
    "selCsv": "Lijst (CSV)",
    "selToml": "Instellingen (TOML)",
    "selAreasHead": "Gebieden: voorgedragen en gevonden",
    "selAreasLead": (
        "Een kavel is meestal groter dan een wijk. Een groter gebied ligt bijna altijd dichter bij het gemiddelde. "
        "Daarom staat elk gebied hier ook tussen {n} willekeurige, aaneengesloten gebieden met evenveel inwoners."
    ),
    "selFour_kansrijk": "Kansrijk",
    "selFour_waarom": "Onderzoek waarom",
    "selFour_gemist": "Gemiste kans",
    "selFour_niet": "Niet",
    "selFourHow_kansrijk": "Bekend als kavel of voorgedragen, en de cijfers zijn hoog",
    "selFourHow_waarom": "Bekend als kavel of voorgedragen, maar de cijfers zijn niet hoog",
    "selFourHow_gemist": "Voor zover bekend niet voorgedragen, wel hoge cijfers",
    "selFourHow_niet": "Voor zover bekend niet voorgedragen, geen hoge cijfers",
    "selFourNone": "Geen van de gebieden in de tabel.",
    "selFourRule": (
        "Hoog is: hoger dan {n} % van de gebieden met evenveel inwoners; een paar punten daaromheen kan toeval zijn. "
        "Voorgedragen zijn de bekende kavels en wat in "
        "het eigen traject staat; de namen van de 21 gebieden van 2020 zijn nooit gepubliceerd."
    ),
    "selKind_found": "gevonden",
    "selKind_known": "bekende regio",
    "selKind_nominated": "bekende kavel",
    "selKind_own": "eigen gebied",
    "selSearchNote": (
        "Gevonden gebieden zijn gezocht met gelijke gewichten, rond de hoogste wijken, aaneengesloten en compact. "
        "Er kunnen betere zijn."
    ),
    "selUnplaced": "Niet te plaatsen, want geen deel was in {year} een wijk met dezelfde grens: {names}.",
    "selArea": "gebied",
    "selAgainstWijken": "hoger dan dit deel van de wijken",
    "selAgainstAreas": "hoger dan dit deel van even grote gebieden",
    "selParts": "{n} wijken in {towns}",
    "selFunnelHead": "Het traject: van lang naar kort",
    "selFunnelLead": (
        "HealthKIC ging in 2020 van 21 mogelijke kavels naar 14, naar 8 in gesprek, naar 3 tot 5. Elke stap heeft een "
        "datum, een reden en een besluit; wie afvalt, hoort waarom."
    ),
    "selExample": "Voorbeeld: gebieden en dagen zijn verzonnen",
    "selExampleHow": (
        "Dit is een voorbeeld met verzonnen gebieden. Een regio kan een eigen traject bijhouden en hier laten zien."
    ),
    "selDate": "datum",
    "selCriteriaHead": "De criteria, en welke een cijfer hebben",
    "selCriteriaLead": (
        "Elf criteria van deskundigen (Delphi) en zes voorwaarden. Waar geen cijfer kan, oordelen mensen: 0, 1, 2 of "
        "onbekend, met bewijs en datum. Die oordelen tellen nooit mee in de score."
    ),
    "selCriterion": "criterium",
    "selMeasuredBy": "cijfers",
    "selRemark": "wat dat zegt en niet zegt",
    "selPeopleJudge": "oordeel van mensen: {ask}",
    "selSameAs": "zie {code}",
    "selMissing": "ontbreekt: {names}",
    "selHigher": "hoger telt als kansrijker",
    "selLower": "lager telt als kansrijker",
    "selConfidence": "Achter elk cijfer staat hoe goed het bij het criterium past: A goed, B matig, C zwak.",
    "selCoverageHead": "Welke cijfers, en hoe volledig",
    "selKnown": "wijken met cijfer",
    "selPeriod": "jaar",
    "selSource": "bron",
    "selDoubles": "{a} en {b} gaan bijna gelijk op (r = {r}). Samen tellen zij eigenlijk hetzelfde dubbel.",
    "selScales": (
        "Met gelijke gewichten en een andere rekenmanier verandert de volgorde. Van de {n} hoogste wijken blijven er "
        "{zTop} over met z-scores, en {minmaxTop} met min-max. De hele volgorde lijkt er meer op: {z} en {minmax} (1 "
        "is gelijk)."
    ),
    "selInfluence": (
        "Even zwaar wegen is niet even veel invloed. Van de verschillen tussen wijken komt nu: {parts}. Een groep die "
        "weinig verschilt of een andere tegenwerkt, telt minder door; onder nul werkt zij de uitkomst tegen."
    ),
    "selMoved": "Laat u één cijfer weg, dan verschuift deze wijk hooguit {n} plaatsen.",
    "selCoverageOpen": "Toon de {n} cijfers",
    "selCriteriaOpen": "Toon de {n} criteria",
    "selFunnelTable": "Toon als tabel",
    "selGroup": "groep",
    "selGroups": "Score per groep",
    "selHowSureHead": "Hoe zeker is een plaats?",
    "selMoreTowns": "en {n} andere",
    "selNone0": "te weinig cijfers",
    "selOf": "van",
    "selAnother": "Een ander gebied langs de criteria? Stel het samen, en kies daar Langs de criteria.",
    "selPlaceScore": "score 0–100",
    "selValue": "hier",
    "selLess": "minder dan",
    "selOver": "meer dan",
    "selWords": "De {n} hoogste van Nederland in woorden, bij gelijke gewichten",
    "selBadLink": "De link klopt niet helemaal ({names}). U ziet wat er wel is.",
}

STATES = {
    "long": "op de lange lijst",
    "potentieel": "mogelijk",
    "verdiepende_gesprekken": "verdiepende gesprekken",
    "in_gesprek": "in gesprek",
    "voorbereiding": "voorbereiding",
    "acceleratie": "acceleratie",
    "uitvoering": "uitvoering",
    "afgevallen": "afgevallen",
}


FEW_PEOPLE = 1000  # in a wijk with fewer a modelled figure says little, and a change of a few households much


def listed(words: Sequence[str]) -> str:
    """Return words as a phrase.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a en b', 'a, b en c')
    """
    return " en ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def place(name: str, gemeente: str, people: str, rank: str, ranked: str, score: str) -> str:
    """Say where a unit stands."""
    where = name if name == gemeente else f"{name} (gemeente {gemeente})"
    return f"{where} heeft {people} inwoners en staat op plaats {rank} van {ranked}, met een score van {score}."


def sure(low: str, high: str, draws: str, top: str, first: int) -> str:
    """Say how sure the place is."""
    return (
        f"Met {draws} keer andere gewichten ligt de plaats in 90 % van de gevallen tussen {low} en {high}; "
        f"in {top} van de gevallen hoort dit gebied bij de hoogste {first}."
    )


def groups(high: Sequence[str], low: Sequence[str]) -> str:
    """Say which groups score highest and lowest: each as "zorgkosten (85)"."""
    return f"Het hoogst scoren {listed(high)}, het laagst {listed(low)}."


def lifts(found: Sequence[str]) -> str:
    """Say what lifts the score most."""
    return f"Wat de score het meest optilt: {listed(found)}."


def sinks(found: Sequence[str]) -> str:
    """Say what pulls the score down most."""
    return f"Wat de score omlaag trekt: {listed(found)}." if found else "Geen cijfer trekt de score omlaag."


def measured(title: str, value: str, national: str, inherited: bool) -> str:
    """Return one figure beside that of the Netherlands."""
    whole = ", cijfer van de gemeente" if inherited else ""
    return f"{title[:1].lower()}{title[1:]} {value} (Nederland {national}{whole})"


def lacking(titles: Sequence[str], low: str, high: str) -> str:
    """Say what is not known, and how far the score can move because of that."""
    named = listed([f"{t[:1].lower()}{t[1:]}" for t in titles])
    return f"Niet bekend: {named}. Daarom ligt de score ergens tussen {low} en {high}."


def caution(people: float, moved: str) -> str:
    """Say what to be careful with."""
    said = f"Laat u één cijfer weg, dan verschuift de plaats hooguit {moved}."
    few = "Er wonen weinig mensen: schattingen voor zo'n klein gebied zijn onzeker." if people < FEW_PEOPLE else ""
    return f"{said} {few}".rstrip()


NO_SCORE = "Te weinig cijfers voor een score: {known} van de {least} groepen die nodig zijn."


def not_a_unit(name: str, level: str, year: int) -> str:
    """Say that a part of an area is not placed, because it is no wijk or gemeente of that year."""
    if level == "GM":
        return f"{name} is geen hele gemeente van {year} en telt niet mee."
    return f"{name} was in {year} geen wijk met dezelfde grens en telt niet mee."


def divided(name: str) -> str:
    """Say that a former gemeente, of which only a part lies in an area, is not placed."""
    return f"{name} is verdeeld over meer gemeenten en telt niet mee."


def of_towns(names: Sequence[str]) -> str:
    """Return a name for an area of some gemeenten, the largest first.

    Examples
    --------
    >>> of_towns(["Emmen"]), of_towns(["Emmen", "Pekela"]), of_towns(["Emmen", "Pekela", "Veendam", "Oldambt"])
    ('Emmen', 'Emmen en Pekela', 'Emmen, Pekela en 2 andere')
    """
    if len(names) > 3:
        return f"{', '.join(names[:2])} en {len(names) - 2} andere"
    return listed(names)
