"""What is said of the difference between expected and actual cost, in Dutch: verdicts, their reasons, and cautions.

The word "besparing" is kept for a change since the start that a rule allows to be called one; a difference in level
with the Netherlands is never called that.
"""

from collections.abc import Sequence

from kavelmon import numerals
from kavelmon.numerals import NBSP

VERDICTS = {
    "none": "Dit is geen aantoonbare besparing",
    "possible": "Mogelijk een besparing, nog onzeker",
    "shown": "Aantoonbare besparing",
    "higher": "Kosten hoger dan verwacht",
    "lower": "Kosten lager dan verwacht, in een wat-als",
    "early": "Nog niet te zeggen: te weinig jaren",
    "context": "Achtergrond: verschil in niveau met Nederland",
    "approximate": "Alleen een benadering: geen oordeel",
}
NOT_HIGHER = "Kosten niet aantoonbaar hoger dan verwacht"  # where they were higher, and it may be chance
CHANCE = "niet te onderscheiden van toeval"
GOOD, EDGE, BAD = "In orde", "Grensgeval", "Niet in orde"
SPACE, TIME, BEFORE = "andere gebieden", "eerder begin", "verloop vooraf"

METHODS = {
    "level": "vergeleken met Nederland (niveau)",
    "own_norm": "zoals vooraf, met de landelijke groei (eigen norm)",
    "trend": "eigen groei van vooraf doorgetrokken",
    "synthetic": "met gemeenten die erop lijken (synthetische controle)",
}

LEVEL = (
    "Dit is het verschil met wat mensen van dezelfde leeftijd en hetzelfde geslacht in Nederland kosten. Het is er ook "
    "als niemand iets doet, en het is geen basis voor uitbetaling."
)
WHAT_IF = "Dit is een wat-als: voor dit gebied is geen begin vastgelegd. Gerekend is alsof het in {year} begon."
OTHER_START = "Dit is een wat-als: het vastgelegde begin is {declared}, gerekend is met {year}."
PART_OF = (
    "Dit gebied is een deel van de kavel {kavel}, die in {year} begon. Het oordeel over de hele kavel geldt; dit is "
    "een wat-als."
)
NOT_DECLARED = "Zolang er geen begin is vastgelegd, heet dit nooit een besparing."
NOT_PAID = "Deze methode is een gevoeligheidstoets en nooit de basis voor uitbetaling."
APPROXIMATE = (
    "van een wijk of buurt zijn geen zorgkosten openbaar: gerekend is met de verhouding van de hele gemeente en het "
    "aandeel in de inwoners"
)
APPROXIMATE_VERDICT = (
    "Dit zegt niets over het gebied zelf: het is het deel van de kosten van de gemeente dat bij de inwoners past."
)
NO_CELLS = (
    "Per zorgsoort is hier niets te zien. De cijfers naar leeftijd en geslacht mogen niet worden meegeleverd; wie de "
    "bestanden van Vektis zelf ophaalt en inleest, ziet ze wel."
)
TOO_FEW = "Er zijn minstens twee jaren vóór het begin nodig, vanaf {first}, en een jaar met cijfers daarna."
NOT_ADDABLE = "De bedragen per zorgsoort tellen niet op tot dat van alle zorg: elke zorgsoort heeft een eigen norm."
ONLY_ZVW = "Alleen kosten onder de Zorgverzekeringswet; Wlz, Wmo en Jeugdwet tellen niet mee."
FLAGGED = "De periode vooraf bevat {years}, het eerste jaar na een breuk in de cijfers: {text}"
ACROSS = "Tussen de periode vooraf en {year} ligt een breuk in de cijfers ({when}): {text}"
ACROSS_BOTH = (
    "Zo'n breuk zit ook in de verwachting, want die is van hetzelfde jaar. Een gebied dat van de betrokken zorg meer "
    "of minder gebruikt dan Nederland, kan er toch door verschuiven."
)
TODAY = "Het gebied van nu, in alle jaren; wie er toen bij hoorde, kan anders zijn geweest."

LAW_MEASURED = "Gemeten: de kosten per gemeente zijn openbaar."
LAW_APPROXIMATE = "Benaderd: van een deel van een gemeente zijn geen kosten openbaar."
LAW_MISSING = {
    "Wlz": "Geen bedrag: gebruik en kosten per gemeente zijn niet als open cijfer gevonden.",
    "Wmo": "Geen bedrag: voor dit gebied is geen aantal mensen met hulp bekend.",
    "Jeugdwet": "Geen bedrag: voor dit gebied is geen aantal jongeren met jeugdzorg bekend.",
}
LAW_COUNTED = {
    "Wmo": "Wel een aantal mensen met hulp, geen kosten per gemeente.",
    "Jeugdwet": "Wel een aantal jongeren met jeugdzorg, geen kosten per gemeente.",
}
LAW_ESTIMATED = "Geraamd: aantal × een bedrag dat is ingevuld."

SPREAD = (
    "Vergeleken met {number} getrokken aaneengesloten gebieden van dezelfde grootte ({different} verschillende), die "
    "elkaar overlappen; naast elkaar passen er {apart} in het land."
)
ONLY_SINGLE = "Er zijn geen aaneengesloten gebieden van deze grootte te maken; vergeleken is met {number} gemeenten."
NO_OTHERS = "Er zijn geen gebieden om mee te vergelijken."
CLOSE = "Dat ligt dicht bij de grens van {limit}: met andere getrokken gebieden kan deze toets anders uitvallen."
BAD_CHECK = "Niet alle toetsen zijn in orde ({names}): dit verschil kan ook een andere oorzaak hebben."
SPANS = "Andere gewichten die het verloop vooraf even goed volgen, kunnen het omgekeerde geven."
ONE_SIDE = "Aan deze kant liggen meer andere gebieden: {part} daarvan kostte minstens zo veel meer dan verwacht."
PERFECT = (
    "Vooraf past het verwachte precies. Met meer gemeenten dan jaren kan dat bijna altijd: het zegt niets over later."
)
RANGE = (
    "Met gemeenten die vooraf even goed passen, ligt het bedrag tussen {low} en {high}{zero}. Gekozen zijn de meest "
    "gelijke gewichten."
)
RANGE_ZERO = ": daaruit volgt geen conclusie"
NO_FIT = "De jaren vooraf passen slecht, meer dan 2 % ernaast: trek daarom geen conclusie."


def span(low: float, high: float) -> str:
    """Say between which amounts a synthetic control lies, since its weights are not the only ones that fit."""
    return RANGE.format(low=euros(low), high=euros(high), zero=RANGE_ZERO if low < 0 < high else "")


def no_room(apart: float) -> str:
    """Say that too few areas of a size can stand side by side for chance to be ruled out."""
    if apart < 2:
        return "Er zijn te weinig gebieden van deze grootte om toeval uit te sluiten."
    return (
        f"Naast elkaar passen er maar {apart:.0f} gebieden van deze grootte in het land: te weinig om toeval uit te "
        "sluiten."
    )


def spread(number: int, different: int, apart: float) -> str:
    """Say with how many areas an area is compared, and how many of them stand on their own."""
    drawn, unlike = numerals.number(number, 0), numerals.number(different, 0)
    return SPREAD.format(number=drawn, different=unlike, apart=f"{apart:.0f}")


def euros(amount: float) -> str:
    """Write an amount as people say it: in millions from a tenth of one on.

    Examples
    --------
    >>> euros(30_862_315.61).replace(NBSP, " "), euros(-43_700).replace(NBSP, " ")
    ('€ 30,9 miljoen', '−€ 43.700')
    """
    sign = "−" if round(amount) < 0 else ""
    if abs(amount) >= 100_000:
        return f"{sign}€{NBSP}{numerals.number(abs(amount) / 1e6, 1)}{NBSP}miljoen"
    return f"{sign}€{NBSP}{numerals.number(abs(amount), 0)}"


def percent(share: float, decimals: int = 1) -> str:
    """Write a share of 1 as a percentage."""
    return f"{numerals.number(100 * share, decimals)}{NBSP}%"


def chance(p: float) -> str:
    """Write a p-value: two decimals, three where it is near the limits of 0.05 and 0.10.

    Examples
    --------
    >>> chance(0.3154), chance(0.1018), chance(0.0479)
    ('0,32', '0,102', '0,048')
    """
    return numerals.number(p, 2 if p >= 0.2 else 3)


def p_is(p: float) -> str:
    """Write a p-value with its sign; one under a thousandth is not said to be nothing.

    Examples
    --------
    >>> p_is(0.1018).replace(NBSP, " "), p_is(0.0005).replace(NBSP, " ")
    ('p = 0,102', 'p < 0,001')
    """
    sign, value = ("<", numerals.number(0.001, 3)) if p < 0.001 else ("=", chance(p))
    return f"p{NBSP}{sign}{NBSP}{value}"


def part(p: float) -> str:
    """Write a share of other areas, with a decimal where it is near a limit."""
    return f"minder dan {percent(0.001)}" if p < 0.001 else percent(p, 0 if p >= 0.2 else 1)


def side(difference: float) -> str:
    """Write a difference with its side of what was expected.

    Examples
    --------
    >>> side(-266_069.0).replace(NBSP, " ")
    '€ 0,3 miljoen hoger'
    """
    return f"{euros(abs(difference))} {'lager' if difference >= 0 else 'hoger'}"


def difference(saving: float, share: float, year: int, low: float, high: float) -> str:
    """Say how much a year cost less or more, and between which bounds; its verdict goes before it."""
    more = "lager" if saving >= 0 else "hoger"
    return (
        f"In {year} waren de kosten {euros(abs(saving))} ({percent(abs(share))}) {more} dan verwacht. Met de marge "
        f"waar 90{NBSP}% van de andere gebieden binnen blijft, is dat {side(low)} tot {side(high)}."
    )


def level(difference: float, share: float, year: int) -> str:
    """Say what the level differs from the Netherlands; its verdict goes before it."""
    more = "lager" if difference >= 0 else "hoger"
    return (
        f"In {year} lagen de kosten {euros(abs(difference))} ({percent(abs(share))}) {more} dan de landelijke norm. "
        f"{LEVEL}"
    )


def by_chance(p: float, share: float, msr: float) -> str:
    """Say why a difference is not told from chance (how often others differ as much), or that it is too small."""
    small = f"het verschil is kleiner dan {percent(msr)} van de verwachte kosten"
    if p <= 0.10:  # then it is told from chance, and yet does not count
        return f"Dat telt niet: {small}."
    why = [
        f"van de andere gebieden, zonder kavel, wijkt {part(p)} minstens zo veel af"
        if p == p
        else "er is niets om mee te vergelijken"
    ]
    if abs(share) < msr:
        why.append(small)
    return f"Het verschil is {CHANCE}: {' en '.join(why)}."


def holds(number: int, of: int, same: bool) -> str:
    """Say in how many periods before the start the same comes out."""
    way = "wijst het steeds dezelfde kant op" if same else "wijst het niet steeds dezelfde kant op"
    return f"Met andere jaren vooraf {way}; bij {number} van de {of} perioden komt het boven toeval uit."


def checked(found: Sequence[tuple[str, str]]) -> str:
    """Say what the checks came to: pairs of name and state."""
    return "Toetsen: " + ", ".join(f"{name}: {state.lower()}" for name, state in found) + "."


def space(p: float, number: int) -> str:
    """Say how the area stands among others in which nothing began."""
    return (
        f"Van {numerals.number(number, 0)} andere gebieden wijkt {part(p)} minstens zo veel af, naar boven of naar "
        f"beneden ({p_is(p)})."
    )


def time(found: Sequence[tuple[int, float, float]]) -> str:
    """Say what came out with a start that was no start: year, share, p."""
    if not found:
        return "Er zijn te weinig jaren vooraf om een ander begin te proberen."
    told = [
        f"{percent(abs(share))} {'lager' if share >= 0 else 'hoger'} vanaf {year} ({p_is(p)})"
        for year, share, p in found
    ]
    return "Doen we alsof het eerder begon, dan komt eruit: " + " en ".join(told) + "."


def before(fit: float, slope: float, p: float, good: float) -> str:
    """Say how well the expected cost follows the actual cost before the start, and whether there was a trend."""
    told = f"Vooraf week het verwachte doorgaans {percent(fit)} af."
    if fit > good:
        told = f"{told[:-1]}; tot {percent(good, 0)} is in orde."
    if slope == slope:
        if abs(slope) < 0.0005:
            return f"{told} De kosten groeiden toen even snel als landelijk bij dezelfde leeftijden."
        way = "langzamer" if slope < 0 else "sneller"
        told += (
            f" De kosten groeiden toen al {percent(abs(slope))} per jaar {way} dan landelijk bij dezelfde leeftijden "
            f"({p_is(p)})."
        )
    return told


def detectable(share: float, euro: float, size: float) -> str:
    """Say what saving is the smallest that would be told from chance."""
    return (
        f"In een gebied van deze grootte komt een daling pas met 80{NBSP}% kans boven toeval uit vanaf "
        f"{percent(share)} van de verwachte kosten ({euros(euro)} per jaar): andere gebieden schommelen zelf "
        f"{percent(size)} (standaardafwijking)."
    )


def luck(share: float, msr: float) -> str:
    """Say how often the least saving that counts comes about with nothing done."""
    return (
        f"Een daling van {percent(msr)} of meer had ook {part(share)} van de andere gebieden, zonder kavel. Zo vaak "
        "zou een contract met die grens ook uitbetalen zonder dat er iets gebeurt."
    )
