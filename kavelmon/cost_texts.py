"""What the page on cost and its division says, in Dutch; what is said of one result: `kavelmon.savings_texts`."""

TITLE = "Kosten en verdeling"

PAGE = {
    "costKicker": TITLE,
    "costScope": (
        "Zorgkosten uit de Zorgverzekeringswet (Zvw), {first}–{last}. Wlz, Wmo en Jeugdwet tellen hier niet mee."
    ),
    "costFirst": (
        "Wat wordt hier vergeleken? Wat de zorg kostte, met wat zij volgens de eigen verhouding van vóór de start zou "
        "hebben gekost. Een verschil is pas een besparing als het geen toeval kan zijn. Alleen lagere kosten dan "
        "Nederland zeggen niets: volgens die maat zou {example} {amount} per jaar „besparen” zonder iets te doen."
    ),
    "costAsk": "Kan dit toeval zijn?",
    "costHead": "Werkelijke en verwachte kosten",
    "costSum": "Som van {first} tot en met {last}",
    "costActual": "werkelijk",
    "costExpected": "verwacht zonder kavel",
    "costDifference": "verschil: {verdict}",
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
    "costStart": "start",
    "costByYear": "Toon als tabel",
    "costExpectedShort": "verwacht",
    "costDifferenceShort": "verschil",
    "fallAssumptions": "Aannamen",
    "fallYearOne": "jaar 1",
    "fallStepsLabel": "Jaar 1 in stappen: {list}.",
    "fallDecadeLabel": "Verdeling per jaar over {n} jaar; de bedragen staan in de tabel.",
    "costYear": "jaar",
    "costShare": "in procent",
    "costP": "kans op toeval (p)",
    "costPre": "Het hangt af van de jaren vooraf",
    "costPreHow": (
        "De verwachting gebruikt de jaren vóór de start. Wie andere jaren kiest, krijgt een ander bedrag. Daarom staan "
        "alle mogelijke perioden er."
    ),
    "costPreOf": "jaren vooraf",
    "costHolds": "boven toeval uit",
    "costYes": "ja",
    "costNo": "nee",
    "costBreak": "met 2015, direct na een breuk",
    "costMethods": "Andere manieren van rekenen",
    "costMethod": "methode",
    "costPayable": "mag basis zijn voor uitbetaling",
    "costSpan": "met gewichten die even goed passen",
    "costLeast": "Wat is hier hooguit te zien?",
    "costNotes": "Wat u moet weten",
    "costLaws": "Per wet",
    "costLawsHow": "Alleen van de Zvw zijn de kosten per gemeente openbaar.",
    "costLaw": "wet",
    "costKnown": "gemeten",
    "costUnknown": "geen bedrag per gemeente: {why}",
    "costGroups": "Per zorgsoort",
    "costNothing": "Voor dit gebied is geen uitkomst te geven.",
    "costArea": "Gebied",
    "costReference": "Vergeleken met",
    "costRef_NL": "heel Nederland",
    "costRef_others": "Nederland zonder de kavels",
    "fallHead": "Als er wel een besparing is: wie krijgt wat?",
    "fallTag": "Rekenvoorbeeld, geen cijfers van {area}",
    "fallLead": (
        "Eerst rente en aflossing van de lening, dan aanbieders en bekostigers. Wat overblijft gaat naar het "
        "revolverend fonds voor nieuwe interventies. Verander een aanname en alles rekent mee."
    ),
    "fallAssumption": "aanname",
    "fallFixed": (
        "Vastgelegd: de volgorde, de looptijd van tien jaar, en dat aanbieders bij meer kwaliteit een groter deel "
        "krijgen."
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
    "fallEscrow": "wacht op kwaliteit",
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
    "fallBusy": "De verdeling wordt berekend.",
    "fallGone": "De verdeling kan nu niet worden berekend. Laad de pagina opnieuw.",
    "fallCsv": "Verdeling (CSV)",
    "costCsv": "Kosten (CSV)",
    "file_cost": "kosten",
    "part_rente": "rente",
    "part_aflossing": "aflossing",
    "part_aanbieders": "aanbieders",
    "part_bekostigers": "bekostigers",
    "part_fonds": "revolverend fonds",
    "part_alles": "besparing",
}

# The fields of the form, every one an assumption: what it is called, its unit, the least and the most
FIELDS: dict[str, tuple[str, str, float, float]] = {
    "saving": ("Besparing per jaar", "euro", -1_000_000_000, 1_000_000_000),
    "expected": ("Verwachte kosten per jaar", "euro", 1, 100_000_000_000),
    "quality": ("Kwaliteitsscore", "0 tot 1", 0, 1),
    "loan": ("Lening in jaar 1", "euro", 0, 1_000_000_000),
    "loan2": ("Extra lening in jaar 2", "euro", 0, 1_000_000_000),
    "rate": ("Rente", "% per jaar", 0, 25),
    "kind": ("Aflossen", "", 0, 0),
    "grace": ("Jaren zonder aflossing", "jaar", 0, 9),
    "p_min": ("Deel aanbieders bij lage kwaliteit", "%", 0, 100),
    "p_max": ("Deel aanbieders bij hoge kwaliteit", "%", 0, 100),
    "payers": ("Deel bekostigers", "%", 0, 100),
    "msr": ("Kleinste besparing die telt", "% van verwacht", 0, 25),
    "base": ("Delen van", "", 0, 0),
    "deficit": ("Tekort eerst inhalen", "", 0, 0),
}
CHOICES = {
    "kind": {"annuity": "elk jaar hetzelfde bedrag", "linear": "elk jaar evenveel aflossing"},
    "base": {"net_of_debt": "wat na rente en aflossing overblijft", "gross": "de hele besparing"},
    "deficit": {"false": "nee", "true": "ja"},
}
LAWS = {
    "Wlz": "het gebruik per gemeente is niet als open cijfer gevonden",
    "Wmo": "er zijn aantallen cliënten per gemeente, geen kosten",
    "Jeugdwet": "er zijn aantallen jongeren met jeugdzorg, geen kosten",
}


def no_number(name: str, found: str) -> str:
    """Say that a field holds no number."""
    return f"{FIELDS[name][0]}: „{found}” is geen getal."


def out_of_bounds(name: str, found: str, least: str, most: str) -> str:
    """Say that a field lies outside what is allowed."""
    title, unit, *_ = FIELDS[name]
    return f"{title}: {found} kan niet. Geef een getal van {least} tot {most} ({unit})."


def too_much(percent: str) -> str:
    """Say that providers and payers together get more than there is."""
    both = f"{FIELDS['p_max'][0]} en {FIELDS['payers'][0].lower()}"
    return f"{both} zijn samen {percent} %. Samen mogen zij hoogstens 100 % zijn."


def upside_down() -> str:
    """Say that more quality would give providers less."""
    return f"{FIELDS['p_max'][0]} is kleiner dan bij lage kwaliteit. Meer kwaliteit geeft altijd een groter deel."


def larger_than_expected() -> str:
    """Say that a saving cannot be more than the cost that was expected."""
    return f"{FIELDS['saving'][0]} is groter dan {FIELDS['expected'][0].lower()}: dat kan niet."


def other(text: str) -> str:
    """Say what else is wrong with a contract."""
    return f"Dit contract kan niet: {text}"
