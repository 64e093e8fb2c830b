"""The gate before a region's own table: what looks like data of persons is refused before anything of it is stored.

A message names the file, the row and the column, never what stands there.
"""

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable

from kavelmon.local.grid import Grid
from kavelmon.model import SourceError

_COLUMNS = {
    "a number of a person": "bsn burgerservicenummer sofinummer pseudobsn persoonsnummer persoonid persoonsid "
    "patientnummer patientnr patientid clientnummer clientnr clientid dossiernummer polisnummer verzekerdenummer "
    "respondentnummer respondentid deelnemernummer deelnemerid kenteken rinpersoon",
    "a date of birth or death": "geboortedatum gebdatum geboortedag birthdate dateofbirth dob overlijdensdatum",
    "a name of a person": "voornaam voornamen achternaam familienaam voorletters initialen tussenvoegsel roepnaam "
    "naamclient clientnaam patientnaam naampatient deelnemernaam firstname lastname surname",
    "an address": "straat straatnaam huisnummer huisnr adres woonadres postadres address street postcode6 pc6",
    "how to reach a person": "email emailadres mail mailadres telefoon telefoonnummer telnr mobiel phone iban "
    "rekeningnummer bankrekening",
}
_WHAT = {word: what for what, words in _COLUMNS.items() for word in words.split()}
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[A-Za-z]{2,}")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}\s?[A-Z]{4}\s?(?:\d\s?){10}\b")
_PHONE = re.compile(r"(?<![\d.,])(?:\+31|0031|0)[\s-]?(?:\(0\))?[1-9](?:[\s-]?\d){8}(?!\d)")
_POSTCODE = re.compile(r"(?<!\w)[1-9]\d{3}\s?[A-Z]{2}(?!\w)")
_YEAR = re.compile(r"(?:19|20)\d\d\s")  # "2024 EU" in a sentence is no postcode
_DAY = re.compile(r"(?<!\d)(?:[0-3]?\d[-/.][01]?\d[-/.](?:19|20)\d\d|(?:19|20)\d\d[-/][01]\d[-/][0-3]\d)(?!\d)")
_NINE = re.compile(r"(?<![\d.,])\d{9}(?![\d.,])")
# a title before a name, or initials: "mevrouw De Vries", "J.P. Jansen"; not "Dr. Leo Kannerhuis", an organisation
_TITLE = re.compile(r"\b(?:dhr|mevr|mevrouw|meneer|mw|de heer)\b\.?\s*\w", re.IGNORECASE)
_INITIALS = re.compile(r"(?:^|\s)(?![BN]\.\s?V\.)(?:[A-Z]\.\s?)+(?:[a-z']+\s)*[A-Z][a-z]")
_FEW = 5  # rows of one key that may be a slip; more, and a third of the table, is one row a person


def is_bsn(digits: str) -> bool:
    """Tell whether a number passes the test of a burgerservicenummer ("elfproef").

    Examples
    --------
    >>> is_bsn("111222333"), is_bsn("111222334")
    (True, False)
    """
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return (
        len(digits) == 9
        and digits != "0" * 9
        and sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 11 == 0
    )


def personal(cell: str) -> str:
    """Return what a cell holds that belongs to a person, in words; empty when it looks like nothing of the kind."""
    if _EMAIL.search(cell):
        return "an e-mail address"
    if _IBAN.search(cell.upper()):
        return "an account number (IBAN)"
    if any(is_bsn(digits) for digits in _NINE.findall(cell)):
        return "a number that can be a burgerservicenummer"
    if _PHONE.search(cell):
        return "a telephone number"
    for match in _POSTCODE.finditer(cell.upper() if len(cell) <= 7 else cell):
        if len(match[0]) == len(cell) or not _YEAR.match(match[0]):
            return "a postcode with its letters"
    return ""


def column_of_persons(name: str) -> str:
    """Return what a column of this name holds of persons; empty when it is no such name.

    Examples
    --------
    >>> column_of_persons("Geboortedatum cliënt"), column_of_persons("aantal_clienten")
    ('a date of birth or death', '')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z]+\d?", re.sub(r"([a-z])([A-Z])", r"\1 \2", plain).lower())
    pairs = ["".join(pair) for pair in itertools.pairwise(words)]
    return next((_WHAT[word] for word in [*words, *pairs, "".join(words)] if word in _WHAT), "")


def guard(grid: Grid, *, figures: Collection[int] = (), days: Collection[int] = (), amounts: bool = False) -> None:
    """Refuse a table that looks like data of persons.

    Parameters
    ----------
    figures
        Columns (from 0) that hold numbers of the table itself, and are known by their names.
    days
        Columns in which a date with its day is in place: the period, or when something began.
    amounts
        Whether figures may be as large as euros: then one number of nine digits may pass the test by chance (1 in 11),
        and a column is refused when half of its numbers of nine digits do.

    Raises
    ------
    SourceError
        With the first cell of each column that looks personal.
    """
    found: dict[int, str] = {}
    for number, name in enumerate(grid.columns):
        if number not in figures and (what := column_of_persons(name) or personal(name)):
            found[number] = f"{grid.at(grid.top, number)}: a column with {what}"
            continue
        by_chance = amounts and number in figures
        for row, cells in grid.lines:
            cell = cells[number]
            what = personal(cell)
            if not what and number not in days and number not in figures and _DAY.search(cell):
                what = "a date with its day"
            if what and not (by_chance and cell.isdigit() and len(cell) == 9):
                found[number] = f"{grid.at(row, number)}: {what}"
                break
        if by_chance and number not in found:
            nine = [(row, cells[number]) for row, cells in grid.lines if re.fullmatch(r"\d{9}", cells[number])]
            passing = [row for row, cell in nine if is_bsn(cell)]
            if len(passing) > 1 and 2 * len(passing) >= len(nine):
                found[number] = f"{grid.at(passing[0], number)}: numbers that can be burgerservicenummers"
    refuse_persons(grid, found.values())


def no_names(grid: Grid, columns: Collection[int]) -> None:
    """Refuse a list that names persons where it may name functions and organisations only.

    Parameters
    ----------
    columns
        Those (from 0) that say who judged or decided.

    Raises
    ------
    SourceError
        With the first cell of each column that looks like a name.
    """
    found = []
    for number in sorted(columns):
        row = next((row for row, cells in grid.lines if is_name(cells[number])), 0)
        if row:
            found.append(f"{grid.at(row, number)}: the name of a person")
    if found:
        raise SourceError(
            f"{grid.name}: looks like data of persons, so nothing of it was stored: {'; '.join(found)}. Write a "
            'function or an organisation, such as "programmaleider" or "GGD Noord- en Oost-Gelderland"'
        )


def is_name(cell: str) -> bool:
    """Tell whether a cell looks like the name of a person: one with a title or initials.

    Examples
    --------
    >>> is_name("mevrouw De Vries"), is_name("J.P. Jansen"), is_name("Programmaleider, gemeente Ede")
    (True, True, False)
    """
    return bool(_TITLE.search(cell) or _INITIALS.search(cell))


def refuse_persons(grid: Grid, found: Iterable[str]) -> None:
    """Raise `SourceError` when something of persons was found."""
    if found := list(found):
        raise SourceError(
            f"{grid.name}: looks like data of persons, so nothing of it was stored: {'; '.join(found)}. Bring totals "
            "per region and period only, without this column"
        )


def one_row_a_person(grid: Grid, keys: list[tuple[int, tuple]], ones: list[bool]) -> None:
    """Refuse a table with many rows of one region and period, or whose counts are all 0 or 1 of 1.

    Parameters
    ----------
    keys
        Row and key of each figure.
    ones
        For each figure with a numerator and a denominator: whether it is 0 or 1 of 1.
    """
    often = Counter(key for _, key in keys)
    double = sum(n for n in often.values() if n > 1)
    rows = {key: row for row, key in reversed(keys)}
    first = min((rows[key] for key, n in often.items() if n > 1), default=0)
    many = double > _FEW and 3 * double > len(keys) and max(often.values(), default=0) > 2
    if many:
        refuse_persons(grid, [f"row {first}: {double} of {len(keys)} rows share a region and period"])
    if len(ones) >= _FEW and all(ones):
        refuse_persons(grid, ["row 2: every figure is 0 or 1 out of 1, as in one row a person"])
