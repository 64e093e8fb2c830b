"""What every list of a region's own has in common: its columns, how it is opened and guarded, dates and areas in it."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa

from kavelmon import memberships, places
from kavelmon.declarations import Catalogue, near
from kavelmon.local import codes, gate, grid
from kavelmon.local.columns import plain
from kavelmon.local.grid import Faults, Grid, shown
from kavelmon.model import COUNTRY, Area, NotFoundError
from kavelmon.regions import Regions, region_kind

MADE_UP = "voorbeeld_"  # an area of an example: no gemeenten, no figures
Wrong = Callable[[str, str], None]  # notes what is wrong with a column of the row at hand


@dataclass(frozen=True)
class Context:
    """What a list is checked against: the catalogue, the regions, and the day after which nothing lies."""

    catalogue: Catalogue
    regions: Regions
    today: dt.date


def _right(every: pd.DataFrame) -> list[str]:
    """Return no fault: lists of most kinds have nothing to do with each other."""
    return []


@dataclass(frozen=True)
class Kind:
    """One kind of list.

    Attributes
    ----------
    prefix
        A file whose name begins with it is such a list, not a table of figures.
    file
        The table of a store that holds every list of this kind.
    schema
        Of that table; its column ``list`` is the id of the list that a row comes from.
    order
        The columns by which rows are kept.
    called
        What its rows are, in a message.
    read
        Reads one file, or raises `SourceError` with every fault.
    together
        Returns what is wrong with all lists of this kind as one.
    """

    prefix: str
    file: str
    schema: pa.Schema
    order: tuple[str, ...]
    called: str
    read: Callable[[Path, Context], pd.DataFrame]
    together: Callable[[pd.DataFrame], list[str]] = _right

    @property
    def columns(self) -> list[str]:
        """The columns of its table."""
        return list(self.schema.names)


@dataclass(frozen=True)
class Columns:
    """The columns that a kind of list understands.

    Attributes
    ----------
    aliases
        By field the names of its column, with blanks between them; the documented one first.
    needed
        Fields that must be there, and filled in in every row.
    present
        Fields that must be there, and may be empty in a row.
    days
        Fields in which a date with its day is in place.
    figures
        Fields that hold numbers.
    people
        Fields that name who judged or decided: a function or an organisation, never a person.
    """

    aliases: Mapping[str, str]
    needed: tuple[str, ...]
    present: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    @cached_property
    def fields(self) -> dict[str, str]:
        """The field of each name."""
        return {alias: name for name, aliases in self.aliases.items() for alias in aliases.split()}

    def documented(self, name: str) -> str:
        """Return what the column of a field is called in the documentation."""
        return self.aliases[name].split()[0]

    def faults(self, sheet: Grid, place: Mapping[str, int]) -> list[str]:
        """Return what is wrong with the header of a list."""
        found = []
        every = [self.documented(name) for name in self.aliases]
        for number, name in enumerate(sheet.columns):
            what = self.fields.get(plain(name))
            where = f"{sheet.name}, {sheet.at(sheet.top, number)}"
            if not what:
                found.append(f"{where}: is not read; nearest: {near(plain(name), every)}; rename it or take it out")
            elif place[what] != number:
                found.append(f"{where}: is the same as column {sheet.called(place[what])}; keep one")
        return found + [
            f'{sheet.name}, row {sheet.top}: column "{self.documented(name)}" is missing; add it'
            for name in (*self.needed, *self.present)
            if name not in place
        ]


@dataclass(frozen=True)
class Opened:
    """A list as it stands in its file, past the gate.

    Attributes
    ----------
    place
        The column (from 0) of each field that it has.
    """

    sheet: Grid
    place: dict[str, int]
    faults: Faults
    columns: Columns

    def rows(self) -> Iterator[tuple[int, dict[str, str], Wrong]]:
        """Give of each row its number, its cells by field, and what notes a fault in a field.

        An empty cell of a field that is needed is noted already.
        """
        for row, cells in self.sheet.lines:
            held = {name: cells[column] for name, column in self.place.items()}

            def wrong(name: str, text: str, row: int = row) -> None:
                self.faults.add(row, self.place[name], text)

            for name in self.columns.needed:
                if not held[name]:
                    wrong(name, "empty; fill it in")
            yield row, held, wrong


def opened(path: Path, columns: Columns, more: Callable[[Grid, Mapping[str, int]], list[str]] | None = None) -> Opened:
    """Open a list: what looks like data of persons is refused first, then a header that is wrong.

    Parameters
    ----------
    more
        Returns what else is wrong with the header.

    Raises
    ------
    SourceError
        With every fault of that kind.
    """
    sheet = grid.read(path)
    place = {columns.fields[word]: n for n, name in enumerate(sheet.columns) if (word := plain(name)) in columns.fields}

    def at(names: Collection[str]) -> set[int]:
        return {place[name] for name in names if name in place}

    gate.guard(sheet, days=at(columns.days), figures=at(columns.figures))
    gate.no_names(sheet, at(columns.people))
    grid.refuse([*columns.faults(sheet, place), *(more(sheet, place) if more else [])])
    return Opened(sheet, place, Faults(sheet), columns)


def day(cell: str, today: dt.date) -> tuple[str, str]:
    """Return a date in ISO form, and what is wrong with it; a date is empty when it is wrong.

    Examples
    --------
    >>> day("15-01-2020", dt.date(2026, 1, 1))
    ('2020-01-15', '')
    """
    for form in ("%Y-%m-%d", "%d-%m-%Y"):
        try:
            found = dt.datetime.strptime(cell, form).date()
        except ValueError:
            continue
        if found > today:
            return "", f"{found} lies in the future (today: {today}); mend the date"
        return found.isoformat(), ""
    return "", "no date; write a date with its day (2020-03-01)"


def area_of(cell: str, context: Context) -> tuple[str, str]:
    """Return an area as it is kept, and what is wrong with it.

    It is kept as its id, or as its codes in order with blanks between them; the codes of a declared area as its id, so
    that one area is never two.

    Parameters
    ----------
    cell
        An area id, a code of a region of the lists, codes of gemeenten, wijken and buurten, or an id of an example.
    """
    areas, regions = context.catalogue.areas, context.regions
    written = cell.lower()
    if re.fullmatch(rf"{MADE_UP}[a-z0-9_]+", written):
        return written, ""
    if written in areas and areas[written].kind != "land":
        return written, ""
    listed = sorted({*re.split(r"[\s,;+]+", cell.upper())} - {""})
    if COUNTRY in listed or written in areas:
        return "", "the whole country; write the area that can become a kavel"
    if len(listed) == 1 and region_kind(listed[0]):
        try:
            return memberships.region(listed[0]).id, ""
        except NotFoundError as error:
            return "", str(error)
    if not any(re.fullmatch(r"(GM|WK|BU)\w*|\d+", one) for one in listed):
        return "", (
            f"{shown(cell)} is no area; nearest: {near(written, areas)}; write an area id, region codes with blanks "
            f"between them, or {MADE_UP}... for one that is made up"
        )
    for code in listed:
        if text := codes.fault_of(code, regions.current_year, regions):
            return "", text
    same = (one.id for one in areas.values() if one.kind != "land" and one.codes == tuple(listed))
    return next(same, " ".join(listed)), ""


def keys_of(area: str | Area | Collection[str], catalogue: Catalogue) -> frozenset[str]:
    """Return the forms in which an area may be kept in a list: its id, and its codes.

    Raises
    ------
    NotFoundError
        An area that is not known, and no id of an example.

    Examples
    --------
    >>> sorted(keys_of(["GM0294", "GM0197"], Catalogue()))
    ['GM0197 GM0294']
    """
    if isinstance(area, str):
        area = area.strip().lower()
        listed = [one for one in re.split(r"[\s,;+]+", area.upper()) if one]
        if not area.startswith(MADE_UP):
            places.place(listed if len(listed) > 1 else area, catalogue)
    else:
        listed = [] if isinstance(area, Area) else [code.upper() for code in area]
        if listed:
            places.place(listed, catalogue)
    one = catalogue.areas.get(area) if isinstance(area, str) else area if isinstance(area, Area) else None
    names = {area if isinstance(area, str) else "", " ".join(sorted({*listed}))}
    if one:
        names |= {one.id, " ".join(one.codes)}
    names |= {other.id for other in catalogue.areas.values() if other.codes and " ".join(other.codes) in names}
    return frozenset(names - {""})
