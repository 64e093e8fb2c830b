"""What a settled contract says on screen and in its report, in Dutch."""

from collections.abc import Sequence

from kavelmon import numerals
from kavelmon.contract_texts import MADE_UP as MADE_UP
from kavelmon.contract_texts import listed
from kavelmon.numerals import NBSP

GIVEN = (
    "Deze cijfers geven de partijen zelf. Kavelmon heeft niet getoetst of het verschil toeval kan zijn, en noemt het "
    "geen uitkomst van het Kavelmodel."
)
NOTHING = "Er is niets te verdelen."
NO_INDICATOR = "kavelmon kent deze indicator niet"
NO_FIGURE = "er is geen cijfer van dat jaar"
ONLY_MODEL = "er is alleen een modelschatting, en die is niet geschikt voor effectmeting"
NOT_SHARED = "de cijfers van {publisher} mogen niet worden doorgegeven"


def years(found: Sequence[int]) -> str:
    """Write years as people do: a run of three or more by its ends.

    Examples
    --------
    >>> years([2021]), years([2021, 2023]), years([2021, 2022, 2023])
    ('2021', '2021 en 2023', '2021 tot en met 2023')
    """
    if len(found) > 2 and found[-1] - found[0] == len(found) - 1:
        return f"{found[0]} tot en met {found[-1]}"
    return listed(str(year) for year in found)


def by_chance(title: str, found: Sequence[int]) -> str:
    """Say, before any amount, that parties would divide what may be chance."""
    when = years(found)
    return (
        f"{title}. Met de cijfers van {when} zouden partijen verdelen wat niet te onderscheiden is van toeval, of van "
        "wat er zonder Kavelmodel ook was gebeurd."
    )


def no_quality(indicator: str, why: str) -> str:
    """Say why an indicator has no figure."""
    return f"Geen cijfer voor {indicator}: {why}."


def unknown_quality(coverage: float) -> str:
    """Say that too little is known for a score."""
    known = f"{numerals.number(100 * coverage)}{NBSP}%"
    return f"Er is geen kwaliteitsscore: van {known} van het gewicht is een cijfer bekend, nodig is minstens 75{NBSP}%."


# ------------------------------------------------------------------------------------------ the contract in words

FIXED, ASSUMED, GIVEN_BY = "vastgelegd", "aanname", "gegeven"
EURO = "euro"
KINDS_OF_TERMS = {FIXED: "Vastgelegd door het Kavelmodel", ASSUMED: "Aannamen van de partijen"}
FIXED_TERMS = (
    (
        "Relatieve kostenreductie",
        "De verwachte kosten (zonder Kavelmodel) min de werkelijke kosten.",
    ),
    (
        "Volgorde",
        "Eerst rente en aflossing, dan aanbieders en bekostigers. Het overige komt toe aan het revolving fund.",
    ),
    (
        "Revolving fund",
        "Wordt elk jaar aangevuld, nadat aan de rente en aflossing van dat jaar is voldaan.",
    ),
    (
        "Kwaliteit",
        "Aanbieders krijgen een groter deel naarmate kwaliteit van zorg en gezondheid hoger zijn. De indicatoren "
        "zijn vooraf vastgesteld.",
    ),
    (
        "Lening",
        "Een onderhandse lening, met een vooraf afgesproken vergoeding. Zij kan in meer jaren worden opgenomen.",
    ),
    ("Terugbetaling", "De integrator staat in voor de terugbetaling van de lening."),
)
PARTS = {
    "area": "Gebied",
    "laws": "Wetten die meetellen",
    "start": "Eerste prestatiejaar",
    "method": "Verwachte kosten",
    "pre_period": "Periode vooraf",
    "reference": "Landelijke vergelijking",
    "minimum_savings_rate": "Kleinste reductie die telt",
    "first_euro": "Boven het minimum",
    "deficit_banking": "Tekorten",
    "base": "Waarover delen worden berekend",
    "rounding": "Afronding",
    "loan": "Lening",
    "rate": "Rente",
    "kind": "Aflossen",
    "grace": "Jaren met alleen rente",
    "term": "Looptijd",
    "term_from": "Begin van de looptijd",
    "arrears_rate": "Rente over een achterstand",
    "draw": "Opname",
    "providers": "Deel aanbieders",
    "split": "Verdeling onder aanbieders",
    "payers": "Deel bekostigers",
    "payers_split": "Verdeling onder bekostigers",
    "quality": "Indicatoren van kwaliteit",
}
METHODS = {
    "own_norm": "De eigen verhouding van vóór de start, maal het landelijke verloop.",
    "synthetic": "Een gewogen gemiddelde van gemeenten met hetzelfde verloop vóór de start.",
}
REFERENCES = {"NL": "heel Nederland", "others": "Nederland zonder de kavels"}
FIRST_EURO = {
    True: "Is het minimum gehaald, dan telt de reductie vanaf de eerste euro.",
    False: "Alleen wat boven het minimum uitkomt, wordt verdeeld.",
}
DEFICITS = {
    True: "Een jaar met hogere kosten wordt eerst aangevuld uit latere jaren.",
    False: "Een jaar met hogere kosten telt later niet mee.",
}
BASES = {
    "net_of_debt": "Over wat na rente en aflossing overblijft.",
    "gross": "Over de hele reductie, voor zover er na rente en aflossing genoeg is.",
}
ROUNDINGS = {"largest_remainder": "Op de cent, naar de grootste rest: er raakt geen cent zoek."}
KINDS = {
    "annuity": "Annuïteit: elk jaar hetzelfde bedrag aan rente en aflossing.",
    "linear": "Lineair: elk jaar evenveel.",
}
TERM_FROM = {"first_draw": "Vanaf de eerste opname.", "start": "Vanaf het eerste prestatiejaar."}
PRO_RATA = "Naar de kostenreductie per wet; een wet met hogere kosten krijgt niets."
NO_LOAN = "Geen lening."
ROLES = {
    "gemeente": "gemeente",
    "zorgverzekeraar": "zorgverzekeraar",
    "zorgkantoor": "zorgkantoor",
    "ggz": "ggz",
    "vvt": "VVT",
    "welzijn": "welzijn",
    "ziekenhuis": "ziekenhuis",
    "huisartsen": "huisartsen",
    "inwoners": "inwoners",
    "kavelmanager": "kavelmanager",
    "operator": "operator",
    "integrator": "integrator",
    "investeringsfonds": "investeringsfonds",
    "overig": "overig",
}


def percent(share: object, decimals: int = 1) -> str:
    """Write a share of 1 as a percentage, without a decimal where it has none.

    Examples
    --------
    >>> percent(0.3).replace(NBSP, " "), percent(0.025).replace(NBSP, " ")
    ('30 %', '2,5 %')
    """
    value = 100 * float(share)  # type: ignore[arg-type]
    return f"{numerals.number(value, 0 if value == round(value) else decimals)}{NBSP}%"


def minimum(rate: object) -> str:
    """Say what the least reduction is that is shared."""
    if rate == "placebo":
        return "1,645 keer de standaardafwijking van gebieden zonder Kavelmodel: wat toeval alleen al geeft."
    return f"{percent(rate)} van de verwachte kosten."


def curve(p_min: object, p_max: object, q_lo: object, q_hi: object) -> str:
    """Say what part providers get at which quality."""
    low, high = (numerals.number(float(q), 2) for q in (q_lo, q_hi))  # type: ignore[arg-type]
    return f"{percent(p_min)} tot een score van {low}, oplopend tot {percent(p_max)} vanaf een score van {high}."


def per_year(rate: object) -> str:
    """Write a rate of interest."""
    return f"{percent(rate, 2)} per jaar."


def term(number: int) -> str:
    """Write the term of a loan; one that the Kavelmodel does not have says so."""
    return "Tien jaar." if number == 10 else f"{number} jaar. In het Kavelmodel is dat tien jaar."


def drawn(year: int, amount: str, use: str) -> str:
    """Write one draw."""
    return f"{amount} op 1 januari {year}, voor {use}."


def indicators(number: int) -> str:
    """Say how many indicators there are, and where they stand."""
    return f"{number}, elk met basis, doel en gewicht (zie „Indicatoren van kwaliteit”)."


def recorded(file: str, sha256: str, date: str) -> str:
    """Say where and when the indicators were recorded."""
    return (
        f"Vastgelegd op {date} in het bestand {file} (sha256 {sha256}). Kavelmon heeft nagegaan dat dit bestand "
        "sindsdien niet is veranderd en dezelfde indicatoren noemt. De datum is die van de partijen."
    )
