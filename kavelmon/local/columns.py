"""Which column of a region's own table is what: the long form and the wide one, brought to one list of figures."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from kavelmon.declarations import near
from kavelmon.local.grid import Grid
from kavelmon.model import SourceError

# the documented name first; then what else is understood
ALIASES = {
    "indicator": "indicator onderwerp",
    "region": "gebied region regio gebiedscode regiocode gm_code gemeentecode wijkcode buurtcode code",
    "period": "periode period jaar peiljaar year",
    "value": "waarde value cijfer percentage",
    "numerator": "teller numerator",
    "denominator": "noemer denominator",
    "lower": "ondergrens lower",
    "upper": "bovengrens upper",
    "n": "aantal n waarnemingen respondenten",
    "status": "status",
    "name": "gebiedsnaam gebied_naam region_name",  # for the reader of the table; it is not stored
}
NUMBERS = ("value", "numerator", "denominator", "lower", "upper", "n")
KEYS = ("region", "period")
_FIELDS = {alias: name for name, aliases in ALIASES.items() for alias in aliases.split()}
_WIDE = {f"_{alias}": name for name in NUMBERS for alias in ALIASES[name].split()}


@dataclass(frozen=True)
class Figure:
    """One figure as it stands in the table: its cells as text, and the column in which each stands."""

    row: int
    indicator: str
    cells: dict[str, str]
    columns: dict[str, int]


@dataclass(frozen=True)
class Layout:
    """What the columns of a grid are.

    Attributes
    ----------
    keys
        Column of region, period, name, status and (in the long form) indicator.
    topics
        Per indicator the columns with its numbers; of the long form one topic, called "".
    """

    keys: dict[str, int]
    topics: dict[str, dict[str, int]]

    @property
    def figures(self) -> set[int]:
        """The columns with numbers."""
        return {column for columns in self.topics.values() for column in columns.values()}


def plain(name: str) -> str:
    """Return a name as it is compared: small letters, no accents, underscores for blanks."""
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "_".join(text.strip().lower().replace("-", " ").split())


def layout_of(grid: Grid, indicators: Collection[str]) -> tuple[Layout, list[str]]:
    """Return what the columns are, with what is wrong with them.

    Parameters
    ----------
    indicators
        Ids that the table may hold.
    """
    keys: dict[str, int] = {}
    topics: dict[str, dict[str, int]] = {}
    faults: list[str] = []
    long = any(_FIELDS.get(plain(name)) in ("indicator", "value") for name in grid.columns)
    for number, name in enumerate(grid.columns):
        word = plain(name)
        topic, what = ("", _FIELDS.get(word, "")) if long or word in _FIELDS else _topic(word, indicators)
        place = topics.setdefault(topic, {}) if what in NUMBERS else keys
        if not what:
            faults.append(_not_read(grid, number, long, indicators))
        elif what in place:
            other = grid.called(place[what])
            faults.append(
                f"{grid.name}, {grid.at(grid.top, number)}: is the same as column {other} "
                f"({ALIASES[what].split()[0]}); keep one"
            )
        else:
            place[what] = number
    missing = _missing(grid, keys, topics, long, indicators)
    # of a first row that is no header nothing is repeated
    return Layout(keys, topics), [*faults, *missing] if keys or topics else missing


def _topic(word: str, indicators: Collection[str]) -> tuple[str, str]:
    """Return the indicator that a wide column is of, and what of it."""
    if word in indicators:
        return word, "value"
    for ending, what in _WIDE.items():
        if word.endswith(ending) and word.removesuffix(ending) in indicators:
            return word.removesuffix(ending), what
    return "", ""


def _not_read(grid: Grid, number: int, long: bool, indicators: Collection[str]) -> str:
    documented = [aliases.split()[0] for aliases in ALIASES.values()]
    known = documented if long else [*documented, *indicators]
    return (
        f"{grid.name}, {grid.at(grid.top, number)}: is not read; nearest: {near(plain(grid.columns[number]), known)}; "
        "rename the column or take it out"
    )


def _missing(grid: Grid, keys: dict, topics: dict, long: bool, indicators: Collection[str]) -> list[str]:
    if not keys and not topics:
        return [
            f"{grid.name}, row {grid.top}: none of the {len(grid.columns)} columns is known, so that the column names "
            "seem to be missing; put these on the first row: indicator, gebied, periode, waarde; bring totals per "
            "region and period, no row per person"
        ]
    if not set(KEYS) & set(keys):
        raise SourceError(
            f"{grid.name}, row {grid.top}: no column for the region and none for the period (gebied, periode), as in a "
            "table with one row a person, so nothing of it was stored; bring totals per region and period"
        )
    needed = [*KEYS, "indicator"] if long else list(KEYS)
    found = [
        f'{grid.name}, row {grid.top}: column "{ALIASES[key].split()[0]}" is missing (understood too: '
        f"{', '.join(ALIASES[key].split()[1:])}); add it"
        for key in needed
        if key not in keys
    ]
    if not any({"value", "numerator"} & set(columns) for columns in topics.values()):
        more = (
            "" if long else f"; or columns that are called as an indicator ({', '.join(sorted(indicators)[:3])}, ...)"
        )
        found.append(f'{grid.name}, row {grid.top}: column "waarde" (or "teller") is missing; add it{more}')
    return found


def figures_of(grid: Grid, layout: Layout) -> list[Figure]:
    """Return the figures of a table, row by row; a topic of the wide form without any cell filled has none."""
    found = []
    for row, cells in grid.lines:
        keys = {name: cells[column] for name, column in layout.keys.items()}
        for topic, columns in layout.topics.items():
            held = {name: cells[column] for name, column in columns.items()}
            if topic and not any(held.values()):
                continue
            found.append(Figure(row, topic or keys.get("indicator", ""), {**keys, **held}, {**layout.keys, **columns}))
    return found
