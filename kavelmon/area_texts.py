"""What is said of an area that somebody put together."""

from collections.abc import Mapping, Sequence

LEVELS = {"GM": ("gemeente", "gemeenten"), "WK": ("wijk", "wijken"), "BU": ("buurt", "buurten")}
_FIRST = 2  # so many parts are named in the title of an area without a name


def counted(counts: Mapping[str, int]) -> str:
    """Return of how many parts an area is made.

    Examples
    --------
    >>> counted({"GM": 1, "WK": 3})
    '1 gemeente en 3 wijken'
    """
    return joined([f"{n} {LEVELS[level][n != 1]}" for level, n in counts.items()])


def composed_of(counts: Mapping[str, int]) -> str:
    """Say of what an area is made."""
    return f"Zelf samengesteld gebied van {counted(counts)}."


def joined(parts: Sequence[str]) -> str:
    """Return some words as a list in a sentence."""
    return " en ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def several(names: Sequence[str]) -> str:
    """Return a title for an area that was given none.

    Examples
    --------
    >>> several(["Aalten", "Berkelland", "Doetinchem", "Winterswijk"])
    'Aalten, Berkelland en 2 andere'
    """
    rest = len(names) - _FIRST
    return joined(names) if rest < 2 else f"{', '.join(names[:_FIRST])} en {rest} andere"


def inside(counted: str, towns: Sequence[str]) -> str:
    """Return a title for an area of wijken or buurten."""
    return f"{counted} in {several(towns)}"


def remark(kind: str, code: str, name: str, others: Sequence[str]) -> str:
    """Say what is the matter with a code."""
    named = f"{name} ({code})" if name else code
    listed = joined(others)
    return {
        "unknown": f"{code} is geen code van een gebied." + (f" Bedoelt u {' of '.join(others)}?" if others else ""),
        "abolished": f"{named} bestaat niet meer. Het gebied hoort nu bij {listed}.",
        "inside": f"{named} ligt in {listed} en telt één keer.",
        "double": f"{named} stond er twee keer en telt één keer.",
        "empty": "Kies ten minste één gemeente, wijk of buurt.",
    }[kind]


# What the page says on which an area is put together
PAGE = {
    "areaNow": "van nu, in alle jaren",
    "areaNowNote": "De deelnemers wisselden. Dit is het gebied van nu, ook in de jaren van voor die wisseling.",
    "areaThen": "zoals het toen was",
    "areaThenNote": (
        "Elk jaar met de deelnemers van dat jaar. Een sprong kan dus komen doordat het gebied anders was samengesteld."
    ),
    "kind_eigen": "Eigen gebied",
    "liesIn": "In welke regio’s ligt dit gebied?",
    "liesPart": "{name} ({share} %)",
    "moreMembers": "en nog {n} andere",
    "own_BU": "buurt",
    "own_CR": "COROP-gebied: alle gemeenten",
    "own_GG": "GGD-regio: alle gemeenten",
    "own_GM": "gemeente",
    "own_PV": "provincie: alle gemeenten",
    "own_VR": "veiligheidsregio: alle gemeenten",
    "own_WK": "wijk",
    "own_ZK": "zorgkantoorregio: alle gemeenten",
    "ownAgain": "Stel het gebied opnieuw samen",
    "ownArea": "Eigen gebied",
    "ownCriteria": "Langs de criteria",
    "ownClear": "Begin opnieuw",
    "ownClick": "Klik op de kaart kiest",
    "ownCloser": "Kaart dichterbij",
    "ownCompose": "Pas dit gebied aan",
    "costsOf": "Kosten en verdeling",
    "ownCountry": "Heel Nederland",
    "ownDrop": "Haal {name} weg",
    "ownEmpty": "Kies een gemeente of wijk. Dan ziet u hier meteen hoe het gebied ervoor staat.",
    "ownFaulty": "Dit gebied bestaat niet zo",
    "ownFurther": "Kaart verder weg",
    "ownHead": "Stel uw kavel samen",
    "ownKicker": "Elk gebied kan een kavel zijn",
    "ownKnown": "Van {known} van de {all} indicatoren is er een cijfer van dit gebied.",
    "ownLead": (
        "Kies gemeenten of wijken: op de kaart, of door een naam te typen. "
        "U ziet meteen hoeveel mensen er wonen en hoe het gebied ervoor staat naast Nederland."
    ),
    "ownMade": "Samengesteld met kavelmon op {date}",
    "ownMaking": "De pagina van dit gebied wordt gemaakt",
    "ownMakingHint": "Dat duurt ongeveer tien seconden. Wie het gebied later opent, ziet het meteen.",
    "ownMap": "Kaart van Nederland om gebieden op te kiezen. Zonder muis kiest u met het zoekveld.",
    "ownNoFile": "In dit bestand staat geen gebied. Kies een bestand dat hier bewaard is (.toml).",
    "ownNoPeople": "aantal inwoners onbekend",
    "ownNothing": "Geen gebied met die naam.",
    "ownOpen": "Open de kavelmonitor",
    "ownParts": "Gekozen delen",
    "ownRead": "Open een bestand",
    "ownSave": "Bewaar als bestand",
    "ownSearch": "Zoek een gemeente, wijk of regio",
    "ownSearchHint": "bijvoorbeeld Winterswijk",
    "ownTake": "Kies {name}",
    "ownTitle": "Naam",
    "ownTitleHint": "Geef uw kavel een naam",
    "ownWhole": "hele gemeenten",
    "ownWijken": "wijken",
}
