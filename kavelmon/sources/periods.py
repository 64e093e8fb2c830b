"""Period codes of StatLine: years, and what stands for a year."""

import re
from typing import NamedTuple

_CODE = re.compile(r"(?P<year>\d{4})(?P<kind>JJ|HJ|KW|MM|W1|SJ|X0|G[2-9]|[A-Z0-9]{2})(?P<number>\d{2})")
KINDS = {
    "JJ": "a year",
    "SJ": "a school year",
    "G4": "an average of four years",
    "HJ": "half a year",
    "KW": "a quarter",
    "MM": "a month",
    "W1": "a week",
    "X0": "a special period",
}
YEARLY = ("JJ", "G4", "SJ")  # in this order: where a table has years, nothing else of it is read


class Period(NamedTuple):
    """A period: the year it begins in, its kind (``JJ``, ``KW``, ...) and its number within the year."""

    year: int
    kind: str
    number: int

    @property
    def label(self) -> str:
        """The year under which a figure of this period is kept: of an average the last one, of a school year the first.

        Examples
        --------
        >>> parse("2020JJ00").label, parse("2017G400").label, parse("2022SJ00").label
        ('2020', '2020', '2022')
        """
        return str(self.year + (int(self.kind[1]) - 1 if re.fullmatch("G[2-9]", self.kind) else 0))


def parse(code: str) -> Period:
    """Read a period code; a day (``20060101``) has the kind ``day``, a bare year is a year.

    Raises
    ------
    ValueError
        For what is no period code.

    Examples
    --------
    >>> parse("2021KW03"), parse("2020")
    (Period(year=2021, kind='KW', number=3), Period(year=2020, kind='JJ', number=0))
    """
    text = code.strip()
    if match := re.fullmatch(r"(\d{4})(?:\.0)?", text):
        return Period(int(match[1]), "JJ", 0)
    if re.fullmatch(r"\d{8}", text):
        return Period(int(text[:4]), "day", int(text[4:]))
    if match := _CODE.fullmatch(text):
        return Period(int(match["year"]), match["kind"], int(match["number"]))
    raise ValueError(f"{code!r} is no period; allowed: 2020, 2020JJ00, 2017G400, 2022SJ00")


def yearly(codes: list[str]) -> dict[str, str]:
    """Return the codes of periods that stand for a year, with the year under which each is kept.

    Only one kind of them: years where there are any, else averages of four years, else school years.
    """
    known = {code: parse(code) for code in codes}
    for kind in YEARLY:
        if found := {code: period.label for code, period in known.items() if period.kind == kind and not period.number}:
            return found
    return {}
