"""What statistics say on screen, in Dutch: trend, spread, age, margins. Sentences of at most some twenty words."""

from kavelmon.numerals import NBSP, about, number

MARGINS = {
    "bron": "95 %-marges van de bron; van een gebied uit de marges van zijn gemeenten, als losse steekproeven",
    "byar": "95 %-interval uit het aantal (Byar; Breslow en Day 1987), onder tien de exacte Poisson-grenzen",
    "wilson": "95 %-interval uit het aantal (Wilson 1927)",
}
NOT_FOR_EFFECT = "Modelschatting: niet geschikt om het effect van een interventie te meten."
NO_FUNNEL_MODEL = "Modelschattingen zijn al naar elkaar toe gerekend: een trechterfiguur zegt er niets over."
NO_FUNNEL = "Dit cijfer is geen deel van een groep mensen en geen aantal gebeurtenissen."
INCOME_IN_MODEL = "Het verband met inkomen tonen we niet: de schatting rekent zelf met inkomen."
RANKED_BY = {"inkomen_per_inwoner": "het inkomen", "woningwaarde": "de woningwaarde"}
_RECENT = {
    "up": "De laatste vijf metingen laten een stijging zien.",
    "down": "De laatste vijf metingen laten een daling zien.",
    "no change": "De laatste vijf metingen laten geen duidelijke verandering zien.",
}
_SURE = {
    "up": "Dat is meer dan toeval.",
    "down": "Dat is meer dan toeval.",
    "similar": "Dat kan toeval zijn.",
}
_THEN = {"better": "gunstiger", "worse": "ongunstiger", "higher": "hoger", "lower": "lager"}
# What a difference is in; of money and kilometres the unit stands with the figure itself
_STEP = {"%": "procentpunt"}


def trend(found: dict, country: dict | None, sign: str, decimals: int) -> str:
    """Say how a figure moves in its last segment: per year, with margins, and whether that may be chance."""
    unit = _STEP.get(sign, "")
    span = f"Van {found['start']} tot en met {found['end']}"
    digits = next((d for d in (decimals + 1, decimals + 2) if round(found["per_year"], d)), 0)
    if not digits:
        return f"{span}: vrijwel geen verandering per jaar."
    low, high = (number(found[k], digits, sign=True) for k in ("lower", "upper"))
    text = f"{span}: gemiddeld {_amount(found['per_year'], sign, digits)}{f' {unit}' if unit else ''} per jaar"
    if found["word"] in _SURE:
        text += f" ({low} tot {high})"
    if country is not None:
        text += f", landelijk {_amount(country['per_year'], sign, digits)}"
    more = [_SURE.get(found["word"], f"Met {found['points']} metingen is niet te zeggen of dat toeval is.")]
    more.append(_RECENT.get(found["recent"], ""))
    if found["provisional"]:
        more.append("Het laatste punt is voorlopig.")
    return " ".join([f"{text}.", *filter(None, more)])


def _amount(value: float, sign: str, decimals: int) -> str:
    text = number(value, decimals, sign=True)
    if sign == "€":
        return f"{text[:1]}€{NBSP}{text[1:]}" if text[:1] in "+−" else f"€{NBSP}{text}"
    return f"{text}{NBSP}{sign}" if sign not in ("", "%") else text


def earlier(year: str, word: str) -> str:
    """Say how a figure compares with that of an earlier year, when both have margins."""
    if word == "similar":
        return f"Vergeleken met {year}: ongeveer gelijk, of het verschil kan toeval zijn."
    return f"Vergeleken met {year}: {_THEN[word]}. Dat verschil is groter dan toeval."


# What half of lives or stands in a wijk; by area of land nobody does
_HALF = {
    "inwoners": "mensen woont",
    "huishoudens": "huishoudens woont",
    "mantelzorgers": "mantelzorgers woont",
    "woningen": "woningen staat",
    "adressen": "adressen ligt",
}


def spread(found: dict, sign: str, decimals: int, counted: str) -> str:
    """Say how far the wijken of an area lie apart; `counted` is what they are weighted with."""
    low, q1, q3, high = (_figure(found[k], sign, decimals) for k in ("lowest", "q1", "q3", "highest"))
    text = f"Tussen {found['units']} wijken loopt het van {low} tot {high}"
    if counted not in _HALF:
        return f"{text}."
    return f"{text}; ongeveer de helft van de {_HALF[counted]} in een wijk met {q1} tot {q3}."


def slope(found: dict, sign: str, decimals: int) -> str:
    """Say how a figure follows income from the lowest to the highest wijken (slope index of inequality)."""
    by = RANKED_BY.get(found["by"], found["by"])
    low, high = (number(found[k], decimals, sign=True) for k in ("sii_lower", "sii_upper"))
    if found["sii_lower"] <= 0 <= found["sii_upper"]:
        return f"Een verband met {by} van de wijk is niet duidelijk."
    amount = _figure(abs(found["sii"]), "" if sign == "%" else sign, decimals) + (" procentpunt" if sign == "%" else "")
    way = "hoger" if found["sii"] > 0 else "lager"
    return f"Waar {by} het hoogst is, is het {amount} {way} dan waar dat het laagst is ({low} tot {high})."


def _figure(value: float, sign: str, decimals: int) -> str:
    text = number(value, decimals)
    return f"€{NBSP}{text}" if sign == "€" else f"{text}{NBSP}{sign}" if sign else text


def aged(value: float, reference: float, sign: str, decimals: int, note: str) -> str:
    """Say what a figure would be with the ages of the Netherlands."""
    text = f"Met de leeftijden van Nederland zou het hier {_figure(value, sign, decimals)} zijn"
    text += f"; in Nederland is het {_figure(reference, sign, decimals)}. Twee groepen: 18 tot 65 jaar, en ouder."
    return f"{text} {note}".strip()


def sample(size: float) -> str:
    """Say how large a simple random sample has the same margins."""
    people = about(size)
    people = people if people.startswith("minder") else f"ongeveer {people}"
    return f"De marges zijn zo breed als bij een steekproef van {people} mensen."
