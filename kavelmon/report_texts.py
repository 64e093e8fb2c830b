"""What the tables and the report of a settled contract say, in Dutch."""

from collections.abc import Sequence

from kavelmon.contract_texts import listed
from kavelmon.settling_texts import METHODS, REFERENCES

FUND = "investeringsfonds"
RECEIVER = {
    "interest": FUND,
    "principal": FUND,
    "escrow": "aanbieders, nog niet bekend welk deel",
    "revolving": "revolving fund",
}
REST = "het overige"
STATUS = {"provisional": "voorlopig", "definite": "definitief", "run_up": "aanloop"}
ROLE = {1: "profiteert: minder kosten dan verwacht", -1: "investeert: meer kosten dan verwacht", 0: "gelijk"}
YES = {True: "ja", False: "nee"}
TOGETHER = "Samen"
TITLES = {
    "jaren": "Cijfers per jaar",
    "te_verdelen": "Wat er te verdelen is",
    "verdeling": "Wie wat krijgt, per jaar",
    "naar_wie": "Wie wat krijgt, per partij",
    "lening_en_fonds": "Lening, achterstand en fonds",
    "per_wet": "Wie investeert en wie profiteert, per wet",
    "contract": "Het contract in woorden",
    "aflossing": "Wat er aan rente en aflossing is afgesproken",
    "indicatoren": "Indicatoren van kwaliteit",
    "kwaliteit": "Cijfers van de indicatoren",
    "partijen": "Partijen",
    "perioden_vooraf": "Alle mogelijke perioden vooraf",
    "betalingen": "Alle betalingen",
    "bronnen": "Bronnen",
}
NOTES = {
    "te_verdelen": (
        "„Nabetaling” en „verrekend”: definitieve cijfers van een eerder jaar gaven meer of minder dan de voorlopige."
    ),
    "verdeling": (
        "„Apart gezet” is het deel van de aanbieders zolang de kwaliteit niet bekend is. Onder nul komt het weer vrij."
    ),
    "lening_en_fonds": (
        "„Verschuldigd” is met de achterstand van het jaar ervoor, en de rente daarover. „Lening” is wat nog niet "
        "vervallen is. „Fonds” is wat er in het revolving fund is gestort; uitgaven daaruit zijn hier niet bekend."
    ),
    "per_wet": (
        "Over alle jaren samen, met de nieuwste cijfers van elk jaar. „Ontvangt” is wat de bekostigers van deze wet "
        "krijgen."
    ),
    "kwaliteit": "Een score is 0 bij de basis, 1 bij het doel, en daartussen naar verhouding.",
    "perioden_vooraf": (
        "De verwachte kosten hangen af van de jaren vooraf. Daarom staan alle perioden er die mogen; die van het "
        "contract is gemerkt. Wie er achteraf een kiest, kiest de uitkomst."
    ),
    "aflossing": "Wat er volgens het contract elk jaar verschuldigd is, zonder achterstand.",
}
COLUMNS = {
    "year": "Jaar",
    "status": "Status",
    "expected": "Verwacht",
    "actual": "Werkelijk",
    "saving": "Kostenreductie",
    "relative": "Deel van verwacht",
    "threshold": "Minimum",
    "quality": "Kwaliteit",
    "verdict": "Oordeel",
    "source": "Bron",
    "own": "Van dit jaar",
    "true_up": "Nabetaling",
    "claim": "Verrekend",
    "divided": "Te verdelen",
    "interest": "Rente",
    "principal": "Aflossing",
    "providers": "Aanbieders",
    "escrow": "Apart gezet",
    "payers": "Bekostigers",
    "revolving": "Revolving fund",
    "drawn": "Opgenomen",
    "due_interest": "Rente verschuldigd",
    "due_principal": "Aflossing verschuldigd",
    "paid_interest": "Rente betaald",
    "paid_principal": "Aflossing betaald",
    "arrears": "Achterstand",
    "balance": "Lening",
    "fund": "Fonds",
    "apart": "Apart",
    "bank": "Tekort aan te vullen",
    "law": "Wet",
    "receives": "Ontvangt",
    "role": "Rol",
    "to": "Bestemming",
    "for": "Waarvoor",
    "party": "Partij",
    "of_year": "Over jaar",
    "line": "Regel",
    "amount": "Bedrag",
    "indicator": "Indicator",
    "base": "Basis",
    "target": "Doel",
    "weight": "Gewicht",
    "figure": "Cijfer",
    "id": "Id",
    "score": "Score",
    "name": "Naam",
    "integrator": "In de integrator",
    "first": "Van",
    "last": "Tot en met",
    "p": "Kans op toeval (p)",
    "holds": "Boven toeval uit",
    "flagged": "Op een breuk",
    "chosen": "In het contract",
    "publisher": "Uitgever",
    "title": "Titel",
    "table": "Tabel",
    "licence": "Voorwaarden",
    "accessed": "Opgehaald",
}


def all_years(found: Sequence[int]) -> str:
    """Write years as a period."""
    return f"{found[0]}" if len(found) == 1 else f"{found[0]} tot en met {found[-1]}"


REPORT = {
    "skip": "Naar de inhoud",
    "kicker": "Kosten en verdeling",
    "contents": "Inhoud",
    "first": "Wat mag hier gezegd worden?",
    "per_year": "Per jaar",
    "short": "In het kort",
    "short_how": "Alle jaren samen, in euro: wat er te verdelen is, en waar het heen gaat.",
    "weak": "Dit verschil kan toeval zijn: lees eerst wat hier gezegd mag worden.",
    "division": "Wie krijgt wat?",
    "loan": "De lening en het fonds",
    "laws": "Per wet",
    "figures": "De cijfers",
    "contract": "Het contract in woorden",
    "contract_how": (
        "„Vastgelegd” is wat het Kavelmodel zelf vastlegt. „Aanname” is wat de partijen kiezen: een andere aanname "
        "geeft een andere uitkomst."
    ),
    "quality": "Kwaliteit",
    "method": "Hoe de verwachte kosten zijn bepaald",
    "notes": "Let op",
    "sources": "Bronnen en voorwaarden",
    "csv": "Alle tabellen, en elke betaling apart, staan als CSV naast dit bestand.",
    "of_parties": (
        "De cijfers zijn van de partijen; bij elk jaar staat waar ze vandaan komen. Wat ermee mag, bepalen de partijen."
    ),
    "cite": "Zo verwijst u hiernaar",
    "euro": "Alle bedragen zijn in euro, van het jaar zelf.",
}


def lead(area: str, when: Sequence[int]) -> str:
    """Say what a report is about."""
    return f"Wie krijgt wat van een relatieve kostenreductie? {area}, {all_years(when)}."


def made_on(date: str, version: str) -> str:
    """Say when and with what a report was made."""
    return f"Gemaakt op {date} met kavelmon {version}."


def method(name: str, first: int, last: int, reference: str) -> str:
    """Say how the expected cost was worked out."""
    return f"{METHODS[name]} Periode vooraf: {first} tot en met {last}. Vergeleken met {REFERENCES[reference]}."


def citation(title: str, area: str, when: Sequence[int], date: str, version: str, publishers: Sequence[str]) -> str:
    """Return how to refer to a report."""
    source = f" Bron: {listed(publishers)}." if publishers else ""
    what = f"{title}: verdeling van een relatieve kostenreductie, {area}, {all_years(when)}."
    return f"{what} kavelmon {version}, {date}.{source}"
