"""Labels of regions, periods, age groups and margins, made codes."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kavelmon.model import COUNTRY, SourceError
from kavelmon.regions import COUNTRIES, Regions
from kavelmon.source_model import Source
from kavelmon.sources import periods

CODE = re.compile(r"NL(?:0[01])?|GM\d{4}|WK\d{4}\w\w|BU\d{4}\w{4}|[A-Z]{2}\d{2,4}")
# levels that no area is built from; a gemeente has a province or nothing in its brackets: (gemeente), (L.), (NH.)
_OTHER = re.compile(r"\((?:LD|PV|CR|CP|GG|CG|VR|AM|JZ|RE|ZK|LB|ZO|TO|RP|GA|KK|RG)\)$")
_OTHER_CODE = re.compile(r"(?!GM|WK|BU|NL)[A-Z]{2}\d{2,4}")
_PROVINCES = ("GRONINGEN", "UTRECHT")  # the two that a gemeente shares its name with; either has its level behind it
OTHER = "other"  # a region of a level that no area is built from

# Seen as codes and as labels, in RIVM 50090NED and 50120NED and in CBS tables; what was not seen is not guessed.
_AGES = {"20300": "18+", "53115": "18-65", "80200": "65+"}
_TOTAL_AGE = ("10000", "Totaal")
_MARGINS = (
    ("MW00000", re.compile(r"MW00000|Waarde", re.IGNORECASE)),
    ("MOG0095", re.compile(r"MOG0095|Ondergrens 95\s?%.*", re.IGNORECASE)),
    ("MBG0095", re.compile(r"MBG0095|Bovengrens 95\s?%.*", re.IGNORECASE)),
)
_MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)


def folded(name: str) -> str:
    """Return a name in capitals, without accents, with straight apostrophes and single blanks."""
    text = unicodedata.normalize("NFKD", name.replace("’", "'").replace("‘", "'").replace("`", "'"))
    return " ".join(text.encode("ascii", "ignore").decode().upper().split())


@dataclass(frozen=True)
class Found:
    """What a label stands for: a code, or `OTHER`; else which codes it could be, and why none was taken."""

    code: str = ""
    why: str = ""


class Names:
    """Region codes by label, in the indeling of one period."""

    def __init__(self, source: Source, year: int, regions: Regions) -> None:
        self.year = year
        self.regions = regions
        self.full: dict[str, list[str]] = {}
        self.short: dict[str, list[str]] = {}
        for code in sorted(regions.valid(year)):
            name = folded(regions.name(code))
            self.full.setdefault(name, []).append(code)
            self.short.setdefault(_short(name), []).append(code)
        self.dropped = frozenset(source.read.drop)
        self.own = {folded(n): c for n, c in source.read.names.items()}

    def of(self, label: str) -> Found:
        """Return the region that a label stands for."""
        name = folded(label)
        code = label if CODE.fullmatch(label) else self.own.get(name, "")
        if code in COUNTRIES:
            return Found(COUNTRY)
        if code.startswith("NL") and code not in self.dropped:
            return Found(why=f"is no country that is known ({', '.join(COUNTRIES)})")
        if code:
            return Found(OTHER if code in self.dropped or _OTHER_CODE.fullmatch(code) else code)
        if name == "NEDERLAND":
            return Found(COUNTRY)
        if _OTHER.search(name):
            return Found(OTHER)
        said = name.endswith(" (GEMEENTE)")
        name = name.removesuffix(" (GEMEENTE)")
        codes = self.full.get(name) or self.short.get(_short(name), [])
        if len(codes) > 1:
            those = " and ".join(f"{self.regions.name(c)} ({c})" for c in codes)
            return Found(why=f"fits {len(codes)} gemeenten: {those}")
        if codes and name in _PROVINCES and not said:
            return Found(why=f"fits a gemeente ({codes[0]}) and a province: write it with (gemeente) or (PV)")
        if codes:
            return Found(codes[0])
        return Found(why=f"is no gemeente in the indeling of {self.year}")


def _short(name: str) -> str:
    return re.sub(r"\s*\([^)]*\)$", "", name).strip()


def margin(label: str) -> str:
    """Return the code of a margin; empty for another interval than that of 95%.

    Examples
    --------
    >>> margin("Ondergrens 95%-interval"), margin("Ondergrens 90%-interval")
    ('MOG0095', '')
    """
    return next((code for code, words in _MARGINS if words.fullmatch(label.strip())), "")


def age(source: Source) -> Callable[[str], str]:
    """Return what turns a label or code of an age group into the word of ``[read.ages]`` for it; empty when none."""
    ages = source.read.ages
    by_group: dict[str, list[str]] = {}
    for word, group in ages.items():
        by_group.setdefault(group, []).append(word)

    def word_of(label: str) -> str:
        text = label.strip()
        if text in ages:
            return text
        if text in _TOTAL_AGE:
            return next((word for word in _TOTAL_AGE if word in ages), "")
        words = by_group.get(_AGES.get(text) or _group(text), [])
        return words[0] if len(words) == 1 else ""

    return word_of


def _group(text: str) -> str:
    """Write "18 jaar of ouder" as 18+, "18 tot 65 jaar" as 18-65."""
    if match := re.fullmatch(r"(\d+) jaar (?:of|en) ouder", text):
        return f"{match[1]}+"
    match = re.fullmatch(r"(\d+) tot (\d+) jaar", text)
    return f"{match[1]}-{match[2]}" if match else ""


def period(label: str) -> str:
    """Return the code of a period; empty when it is none.

    Examples
    --------
    >>> period("2020"), period("2020 4e kwartaal"), period("2019/'20"), period("2017-2020"), period("maart")
    ('2020JJ00', '2020KW04', '2019SJ00', '2017G400', '')
    """
    text = label.strip()
    try:
        periods.parse(text)
    except ValueError:
        pass
    else:
        return f"{text}JJ00" if re.fullmatch(r"\d{4}", text) else text
    if match := re.fullmatch(r"(\d{4}) ([1-4])e kwartaal", text):
        return f"{match[1]}KW0{match[2]}"
    if match := re.fullmatch(r"(\d{4}) ([12])e half ?jaar", text):
        return f"{match[1]}HJ0{match[2]}"
    if (match := re.fullmatch(r"(\d{4}) ([a-z]+)", text)) and match[2] in _MONTHS:
        return f"{match[1]}MM{_MONTHS.index(match[2]) + 1:02d}"
    if (match := re.fullmatch(r"(\d{4})/(?:'|\d\d)?(\d\d)", text)) and (int(match[1]) + 1) % 100 == int(match[2]):
        return f"{match[1]}SJ00"
    if match := re.fullmatch(r"(\d{4}) ?(?:-|–|tot en met) ?(\d{4})", text):
        years = int(match[2]) - int(match[1]) + 1
        return f"{match[1]}G{years}00" if 2 <= years <= 9 else ""
    return ""


def period_of_file(source: Source, path: Path) -> str:
    """Return the period of a file that has no column for it: as declared, or the year in its name.

    Raises
    ------
    SourceError
        When neither says it.
    """
    found = [source.period] if source.period else re.findall(r"(?<!\d)(20\d\d)(?!\d)", path.name)
    if not found:
        raise SourceError(f"{path.name}: no period; give period in sources/{source.id}.toml, or read.period its column")
    return found[0]


def total(label: str) -> bool:
    """Tell whether a code or label of a breakdown stands for everybody.

    Examples
    --------
    >>> total("T001038"), total("Totaal mannen en vrouwen"), total("Mannen")
    (True, True, False)
    """
    return bool(re.fullmatch(r"T\d{3,}\s*|10000|Totaal\b.*", label.strip(), re.IGNORECASE))
