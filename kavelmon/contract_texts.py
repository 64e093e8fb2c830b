"""What contract, loan and settlement say on screen, in Dutch. Sentences of at most some twenty words."""

from collections.abc import Iterable

from kavelmon.numerals import NBSP, number

LAWS = {
    "Zvw": "zorgverzekeraars (Zvw)",
    "Wlz": "zorgkantoor (Wlz)",
    "Wmo": "gemeenten (Wmo)",
    "Jeugdwet": "gemeenten (Jeugdwet)",
    "overig": "overige bekostigers",
}
DESTINATIONS = {
    "interest": "rente",
    "principal": "aflossing",
    "providers": "aanbieders",
    "escrow": "apart gezet voor aanbieders",
    "payers": "bekostigers",
    "revolving": "revolving fund",
}
LINES = {
    "year": "dit jaar",
    "true_up": "nabetaling over een eerder jaar",
    "release": "vrij uit wat apart stond",
    "correction": "herverdeling over een eerder jaar",
}
USES = {
    "aanloop_governance": "aanloop: organisatie en afspraken",
    "aanloop_data": "aanloop: gegevens",
    "interventie": "interventies",
}
GROUPS = {"aanbieders": "de aanbieders", "inwoners": "de inwoners", "bekostigers": "de bekostigers"}

ARREARS = "Een achterstand komt voor rekening van de integrator en wordt eerst ingehaald."
RUN_UP = "Nog geen prestatiejaar: er is niets te verdelen. Wat aan rente en aflossing verschuldigd is, blijft staan."
NO_SAVING = "De kosten zijn niet lager dan verwacht. Er is niets te verdelen."
BANKED = "De relatieve kostenreductie vult eerst tekorten van eerdere jaren aan."
ESCROW = "De kwaliteitsscore is nog niet bekend. Het deel van de aanbieders staat apart."
PROVISIONAL = "Voorlopige cijfers: een verschil met de definitieve cijfers wordt in een later jaar verrekend."
LAWS_DIFFER = "De bedragen per wet tellen niet op tot het totaal. Ze dienen alleen als verdeelsleutel."
MADE_UP = "Dit is een rekenvoorbeeld met verzonnen getallen. Het zegt niets over een echte kavel."
MAIN_ASSUMPTION = "De effecten in dit scenario zijn invoer van de gebruiker, geen uitkomst van kavelmon."

_NO_PAYOUT = "Er wordt niets uitgekeerd"
_ROLES = {
    "gemeente": "de gemeente",
    "zorgverzekeraar": "een zorgverzekeraar",
    "ggz_of_vvt": "een ggz- of vvt-aanbieder",
    "welzijn": "een welzijnsaanbieder",
    "ziekenhuis": "een ziekenhuis",
    "huisartsen": "de huisartsen",
}


def amount(amount_cents: int) -> str:
    """Write cents as euros without the sign, as in a table.

    Examples
    --------
    >>> amount(123456789), amount(-5)
    ('1.234.567,89', '−0,05')
    """
    sign = "−" if amount_cents < 0 else ""
    return f"{sign}{number(abs(amount_cents) // 100)},{abs(amount_cents) % 100:02d}"


def money(amount_cents: int) -> str:
    r"""Write cents as euros.

    Examples
    --------
    >>> money(123456789), money(-5)
    ('€\xa01.234.567,89', '−€\xa00,05')
    """
    sign = "−" if amount_cents < 0 else ""
    return f"{sign}€{NBSP}{amount(abs(amount_cents))}"


def listed(names: Iterable[str]) -> str:
    """Write names as a phrase: ``a, b en c``."""
    *most, last = names
    return f"{', '.join(most)} en {last}" if most else last


def not_frozen(why: str, to_do: str) -> str:
    """Say that nothing is paid because the indicators were not agreed on beforehand."""
    return f"indicatoren niet vooraf vastgesteld: {why}. {_NO_PAYOUT}; {to_do}."


NOTHING_RECORDED = "[quality.frozen] ontbreekt"
RECORD = "leg ze vast in een bestand en noem dat in [quality.frozen] met file, sha256 en date"


def lacking(keys: Iterable[str]) -> str:
    """Say which parts of the record of the indicators are missing."""
    return f"in [quality.frozen] ontbreekt {listed(keys)}"


def too_late(date: str, start: int) -> str:
    """Say that the indicators were recorded after the performance year had begun."""
    return f"in [quality.frozen] is date {date}, en prestatiejaar {start} begon op 1 januari"


def earlier(start: int) -> str:
    """Say until when indicators can be recorded."""
    return f"leg ze vast vóór 1 januari {start}, of laat het eerste prestatiejaar later beginnen"


def no_file(name: str) -> str:
    """Say that the recorded indicators cannot be found."""
    return f"in [quality.frozen] is file {name}, en dat bestand is er niet"


def changed(name: str, found: str, agreed: str) -> str:
    """Say that the recorded indicators were changed after they had been recorded."""
    return f"{name} is veranderd (de sha256 is {found[:12]}…, in [quality.frozen] staat {agreed[:12]}…)"


def different(name: str, ids: Iterable[str]) -> str:
    """Say that the contract names other indicators than the recorded file."""
    return f"het contract en {name} verschillen bij {listed(ids)}"


PUT_BACK = "zet het afgesproken bestand terug"
SAME_LIST = "neem de indicatoren over zoals ze zijn vastgelegd"


def unreadable(name: str) -> str:
    """Say that the recorded indicators cannot be read."""
    return f"{name} is geen lijst van indicatoren in TOML"


def missing_roles(roles: Iterable[str]) -> str:
    """Warn of roles that every kavel has and that nobody in the contract has."""
    return f"In het contract ontbreekt {listed(_ROLES[r] for r in roles)}. In elke kavel doen die in ieder geval mee."


def missing_groups(groups: Iterable[str]) -> str:
    """Warn of groups that the integrator must hold and that nobody in the contract stands for."""
    return f"In de integrator ontbreken {listed(GROUPS[g] for g in groups)}. Alle drie de groepen horen daarin."


def no_party(names: Iterable[str]) -> str:
    """Warn of organisations that share in the part of the providers and are no party."""
    return f"Deelt mee en is geen partij in het contract: {listed(names)}."


def other_term(years: int) -> str:
    """Warn of a term that is not that of the Kavelmodel."""
    return f"De lening loopt {years} jaar. In het Kavelmodel is dat tien jaar."


NO_CURVE = "Het deel van de aanbieders hangt niet af van kwaliteit. In het Kavelmodel is dat wel zo."
NOTHING_LEFT = "Bij de hoogste kwaliteit blijft er niets over voor het revolving fund."


def below_threshold(saving_cents: int, threshold_cents: int) -> str:
    """Say that the reduction is too small to share."""
    return (
        f"De relatieve kostenreductie ({money(saving_cents)}) is kleiner dan het afgesproken minimum "
        f"({money(threshold_cents)}). Er is niets te verdelen."
    )


def netted(amount_cents: int) -> str:
    """Say that too much was paid earlier and is set off now."""
    return f"Over eerdere jaren was {money(amount_cents)} te veel uitgekeerd. Dat is nu verrekend."


def in_arrears(amount_cents: int) -> str:
    """Say that interest or repayment could not be met."""
    return f"Er blijft {money(amount_cents)} aan rente en aflossing staan. {ARREARS}"


# ------------------------------------------------------------------------------------------------- scenario

VARIANTS = {"low": "laag", "middle": "midden", "high": "hoog"}
ROLES = {"invests": "investeert", "benefits": "profiteert", "even": "gelijk"}
SCENARIO = {
    "matrix": "Minder kosten min uitgaven, alle jaren samen, in euro: {variant}",
    "intervention": "Interventie",
    "together": "Samen",
    "outcome": "Uitkomst",
    "variant": "Variant",
    "net": "Saldo",
    "payback": "Terugverdiend in",
    "never": "niet in deze jaren",
    "laws": "Wie investeert en wie profiteert",
    "law": "Wet",
    "saved": "Minder kosten",
    "cost": "Uitgaven",
    "role": "Rol",
    "notes": "Let op",
    "sources": "Waar de getallen vandaan komen",
    "year": "Jaar",
    "rows": "Alle jaren",
    "undiscounted": "Niets is contant gemaakt: een euro van later telt even zwaar.",
    "more_use": "Onder nul bij „minder kosten” is meer gebruik: zorg die naar deze wet verschuift.",
}


def years_of(title: str, first: int, last: int) -> str:
    """Name a scenario with its years."""
    return f"{title}: {first} tot en met {last}" if last > first else f"{title}: {first}"
