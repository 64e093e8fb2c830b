"""What the page on cost and its division says, in Dutch; what is said of one result: `kavelmon.savings_texts`."""

from kavelmon import numerals
from kavelmon.numerals import NBSP

TITLE = "Kosten en verdeling"
NO_COST = "Van dit gebied zijn geen zorgkosten te geven. Kies een gemeente, of een gebied van gemeenten."

PAGE = {
    "costKicker": TITLE,
    "costScope": (
        "Zorgkosten uit de Zorgverzekeringswet (Zvw), {first}–{last}. Wlz, Wmo en Jeugdwet tellen hier niet mee."
    ),
    "costScopeEarly": "Zorgkosten uit de Zorgverzekeringswet (Zvw). Wlz, Wmo en Jeugdwet tellen hier niet mee.",
    "fallApart": "Verschil tussen A en B: {list}.",
    "fallSame": "A en B zijn nu nog gelijk. Verander iets in contract B.",
    "costFirst": (
        "Wat wordt hier vergeleken? Wat de zorg kostte, met wat zij volgens de eigen verhouding van vóór de start zou "
        "hebben gekost. Een verschil is pas een besparing als het geen toeval kan zijn. Alleen lagere kosten dan "
        "Nederland zeggen niets: volgens die maat zou {example} {amount} per jaar „besparen”, ook als er niets "
        "verandert."
    ),
    "costAsk": "Kan dit toeval zijn?",
    "costHead": "Werkelijke en verwachte kosten",
    "costSum": "In {last}",
    "costActual": "werkelijk",
    "costExpected": "verwacht",
    "costChart": "Kosten per jaar, miljoen euro",
    "costChartHow": "De as begint niet bij 0. Band: daarbinnen blijft 90 % van de even grote gebieden.",
    "costChartLabel": "Werkelijke en verwachte kosten van {area} per jaar; de cijfers staan in de tabel hieronder.",
    "costOthers": "Verschil met de verwachting, in procent",
    "costOthersHow": "Elke grijze lijn is een van de {n} even grote gebieden zonder kavel.",
    "costOthersLabel": (
        "Verschil met de verwachting van {area}, tussen {n} even grote gebieden; de cijfers staan in de tabel."
    ),
    "costLess": "▲ minder kosten dan verwacht",
    "costMore": "▼ meer kosten dan verwacht",
    "costByYear": "Toon als tabel",
    "costExpectedShort": "verwacht",
    "costDifferenceShort": "lager (+) of hoger (−)",
    "costTogether": "{first}–{last} samen",
    "fallAssumptions": "Pas de aannamen aan",
    "fallYearOne": "jaar 1",
    "fallStepsLabel": "Jaar 1 in stappen: {list}.",
    "fallDecadeLabel": "Verdeling per jaar over {n} jaar{of}; de bedragen staan in de tabel.",
    "costYear": "jaar",
    "costShare": "in procent",
    "costP": "toeval (p)",
    "costPre": "Het hangt af van de jaren vooraf",
    "costPreHow": (
        "De verwachting gebruikt de jaren vóór de start. Wie andere jaren kiest, krijgt een ander bedrag. Daarom staan "
        "alle mogelijke perioden er."
    ),
    "costPreOf": "jaren vooraf",
    "costHolds": "boven toeval uit",
    "costYes": "ja",
    "costNo": "nee",
    "costBreak": "begint direct na een breuk",
    "costMethods": "Andere manieren van rekenen",
    "costMethod": "methode",
    "costPayable": "mag in een contract",
    "costLeast": "Vanaf wanneer valt een verandering op?",
    "costNotes": "Wat u moet weten",
    "costLaws": "Per wet",
    "costGroups": "Per zorgsoort",
    "costLower": "lager dan verwacht: {verdict}",
    "costHigher": "hoger dan verwacht: {verdict}",
    "costChartAxis": "De as begint niet bij 0.",
    "costOthersSome": "Elke grijze lijn is een even groot gebied zonder kavel: {k} van de {n}.",
    "costThis": "dit gebied",
    "costLeastHow": (
        "Dit is te weten voordat er iets wordt afgesproken: het hangt af van de grootte van het gebied, niet van de "
        "uitkomst."
    ),
    "costGroup": "zorgsoort",
    "costGroupsHow": (
        "Niet optelbaar: elke zorgsoort heeft een eigen norm. Van tien zorgsoorten komt er gemiddeld één alleen door "
        "toeval op een p van 0,10 of lager."
    ),
    "costPeople": "{n} mensen ({year})",
    "costUnit": "{law}: kosten per persoon per jaar, in euro",
    "costCounted": "Geraamd: {amount} per jaar",
    "costNoNumber": "Dat is geen getal van 0 of meer.",
    "costInYear": "{amount} in {year}",
    "costKavels": "Kavels en regio’s",
    "costTowns": "Gemeenten",
    "costOwn": "Eigen gebied",
    "costBusy": "De kosten worden berekend. Dat duurt enkele seconden.",
    "fallDebt": "rente en aflossing",
    "fallStays": "Hieronder staat nog de vorige uitkomst.",
    "part_apart": "wacht op kwaliteit",
    "costMonitor": "Kavelmonitor van dit gebied",
    "costArea": "Gebied",
    "costReference": "Vergeleken met",
    "costRef_NL": "heel Nederland",
    "costRef_others": "Nederland zonder de kavels",
    "fallHead": "Als er wel een besparing is: wie krijgt wat?",
    "fallTag": "Rekenvoorbeeld, geen cijfers van {area}",
    "fallLead": (
        "Eerst rente en aflossing van de lening, dan aanbieders en bekostigers. Wat overblijft gaat naar het "
        "revolving fund voor nieuwe interventies. Verander een aanname en alles rekent mee."
    ),
    "fallAssumption": "aanname",
    "fallFixed": (
        "Vastgelegd: de volgorde, de looptijd van tien jaar, en dat aanbieders bij meer kwaliteit een groter deel "
        "krijgen. In dit voorbeeld telt één wet (Zvw); afgerond wordt op de cent."
    ),
    "fallYear": "Jaar {n}, × 1.000 euro",
    "fallDecade": "Jaar 1 tot en met {n}, miljoen euro",
    "fallTable": "Wie krijgt wat, in euro",
    "fallWhere": "bestemming",
    "fallAll": "{n} jaar samen",
    "fallTogether": "Samen",
    "fallLoan": "Lening en fonds, in euro",
    "fallBalance": "lening aan het eind",
    "fallArrears": "achterstand",
    "fallFund": "fonds aan het eind",
    "fallIf": "Als het tegenvalt, in euro per jaar",
    "fallSaving": "besparing",
    "fallDivided": "te verdelen",
    "fallArrearsHow": "Een achterstand komt voor rekening van de integrator en wordt eerst ingehaald.",
    "fallOther": "Vergelijk met een tweede contract",
    "fallFirst": "contract A",
    "fallSecond": "contract B",
    "fallDifference": "verschil B − A",
    "fallReset": "Terug naar het voorbeeld",
    "fallWrong": "Zo kan het niet",
    "fallGone": "De verdeling kan nu niet worden berekend. Laad de pagina opnieuw.",
    "fallCsv": "Verdeling (CSV)",
    "costCsv": "Kosten (CSV)",
    "part_rente": "rente",
    "part_aflossing": "aflossing",
    "part_aanbieders": "aanbieders",
    "part_bekostigers": "bekostigers",
    "part_fonds": "revolving fund",
    "part_alles": "te verdelen",
    "part_over": "telt niet mee",
    "part_open": "niet betaald na jaar {n}",
    "fallBack": "Terug naar het voorbeeld.",
    "fallAdded": "Contract B staat naast contract A.",
    "fallRemoved": "Er is weer één contract.",
    "costShown": "{area}: {verdict}.",
}

# The groups of the form, and its fields, every one an assumption: group, what it is called, unit, the least, the most
GROUPS = ("Uitkomst", "Lening", "Verdeling")
FIELDS: dict[str, tuple[str, str, str, float, float]] = {
    "saving": (GROUPS[0], "Besparing per jaar", "euro", -1_000_000_000, 1_000_000_000),
    "first": (GROUPS[0], "Besparing in jaar 1, als die anders is", "euro", -1_000_000_000, 1_000_000_000),
    "expected": (GROUPS[0], "Verwachte kosten per jaar", "euro", 1, 100_000_000_000),
    "quality": (GROUPS[0], "Kwaliteitsscore", "0 tot 1", 0, 1),
    "msr": (GROUPS[0], "Kleinste besparing die telt", "% van verwacht", 0, 25),
    "first_euro": (GROUPS[0], "Boven die grens telt", "", 0, 0),
    "deficit": (GROUPS[0], "Tekort eerst inhalen", "", 0, 0),
    "loan": (GROUPS[1], "Lening in jaar 1", "euro", 0, 1_000_000_000),
    "loan2": (GROUPS[1], "Lening in jaar 2", "euro", 0, 1_000_000_000),
    "loan3": (GROUPS[1], "Lening in jaar 3", "euro", 0, 1_000_000_000),
    "rate": (GROUPS[1], "Rente", "% per jaar", 0, 25),
    "arrears_rate": (GROUPS[1], "Rente over achterstand", "% per jaar", 0, 25),
    "kind": (GROUPS[1], "Aflossen", "", 0, 0),
    "grace": (GROUPS[1], "Jaren zonder aflossing", "jaar", 0, 9),
    "p_min": (GROUPS[2], "Deel aanbieders bij lage kwaliteit", "%", 0, 100),
    "p_max": (GROUPS[2], "Deel aanbieders bij hoge kwaliteit", "%", 0, 100),
    "q_lo": (GROUPS[2], "Lage kwaliteit is een score tot", "0 tot 1", 0, 1),
    "q_hi": (GROUPS[2], "Hoge kwaliteit is een score vanaf", "0 tot 1", 0, 1),
    "payers": (GROUPS[2], "Deel bekostigers", "%", 0, 100),
    "base": (GROUPS[2], "Delen van", "", 0, 0),
}
CHOICES = {
    "first_euro": {"true": "de hele besparing", "false": "alleen wat erboven ligt"},
    "deficit": {"false": "nee", "true": "ja"},
    "kind": {"linear": "elk jaar evenveel aflossing", "annuity": "elk jaar hetzelfde bedrag"},
    "base": {"net_of_debt": "wat na rente en aflossing overblijft", "gross": "de hele besparing"},
}
IF = {
    "given": "zoals ingevuld",
    "enough": "precies genoeg",
    "little": "de helft daarvan",
    "nothing": "niets",
    "more": "kosten hoger",
}


def title(name: str) -> str:
    """Return what a field is called."""
    return FIELDS[name][1]


def how(theta: float, pre: tuple[int, int], reference: str, start: int) -> list[str]:
    """Say in a few sentences how the expected cost is made."""
    where = "landelijk" if reference == "NL" else "in Nederland zonder de kavels"
    return [
        f"Verwacht is wat mensen van dezelfde leeftijd en hetzelfde geslacht {where} kosten, maal de eigen verhouding "
        f"van {pre[0]}–{pre[1]} ({numerals.number(theta, 3)}).",
        f"Gerekend is met een begin in {start}. In 2020 en 2021 waren de kosten door corona anders dan anders.",
        f"Even grote gebieden zijn gemeenten die aan elkaar grenzen, met samen 80 tot 120{NBSP}% van de verzekerden. "
        "Zij overlappen elkaar.",
    ]


def otherwise(saving: str, first: str) -> str:
    """Say a saving that is another one in the first year."""
    return f"{saving} (in jaar 1 {first})"


def assumed(saving: str, quality: str, loan: str, rate: str, payers: str) -> str:
    """Say in one line what the figures of the division are made of."""
    return (
        f"Besparing per jaar {saving}, kwaliteitsscore {quality}, lening {loan} tegen {rate}{NBSP}%, bekostigers "
        f"{payers}{NBSP}%"
    )


def quality_moves(low: tuple[str, str], high: tuple[str, str], givers: str) -> str:
    """Say what quality changes: what providers and the fund get in year 1 with the lowest and the highest score."""
    return (
        f"Meer kwaliteit verschuift geld van {givers} naar de aanbieders; het totaal blijft gelijk. In jaar 1 geeft "
        f"score 0 de aanbieders {low[0]} en het fonds {low[1]}; score 1 geeft {high[0]} en {high[1]}."
    )


FUND, PAYERS = "het fonds", "de bekostigers"


def unpaid(amount: str, years: int) -> str:
    """Say that interest or repayment stays unpaid when the loan ends."""
    return f"Na jaar {years} is {amount} aan rente en aflossing nog niet betaald. De integrator staat daarvoor in."


def no_number(name: str, found: str) -> str:
    """Say that a field holds no number."""
    if not found:
        return f"{title(name)}: vul een getal in."
    return f"{title(name)}: „{found}” is geen getal."


def no_whole(name: str, found: str) -> str:
    """Say that a field holds a number of years that is not whole."""
    return f"{title(name)}: „{found}” is geen heel getal."


def out_of_bounds(name: str, found: str, least: str, most: str) -> str:
    """Say that a field lies outside what is allowed."""
    unit = FIELDS[name][2]
    named = "" if unit == f"{least} tot {most}" else f" ({unit})"
    return f"{title(name)}: {found} kan niet. Geef een getal van {least} tot {most}{named}."


def too_much(percent: str) -> str:
    """Say that providers and payers together get more than there is."""
    both = f"{title('p_max')} en {title('payers').lower()}"
    return f"{both} zijn samen {percent} %. Samen mogen zij hoogstens 100 % zijn."


def upside_down() -> str:
    """Say that more quality would give providers less."""
    return f"{title('p_max')} is kleiner dan bij lage kwaliteit. Meer kwaliteit geeft altijd een groter deel."


def crossed() -> str:
    """Say that the score of high quality must lie above that of low quality."""
    return "De score voor hoge kwaliteit moet hoger zijn dan die voor lage kwaliteit."


def larger_than_expected() -> str:
    """Say that a saving cannot be more than the cost that was expected."""
    return f"{title('saving')} is groter dan {title('expected').lower()}: dat kan niet."


def other(text: str) -> str:
    """Say what else is wrong with a contract."""
    return f"Dit contract kan niet: {text}"
