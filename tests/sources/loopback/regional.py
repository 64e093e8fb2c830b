"""Regionale kerncijfers (70072ned), an UntypedDataSet of 2015 without its DataProperties.

From the export: keys, their order and every cell. Made up: the tree of groups (its titles follow those of StatLine as
far as they are known), the titles of topics, units. Base names repeat (counts and percentages, income and
standardised income, land use three times), and no group holds the same base name twice.
"""

import re
from pathlib import Path

from tests.sources.loopback.exports import read
from tests.sources.loopback.making import (
    DOUBLE,
    LONG,
    TEXT,
    Column,
    dimension,
    info,
    periods,
    properties,
    region_names,
    rows_of,
    shared,
)
from tests.sources.loopback.table import Table

_PEOPLE, _HOMES, _LEARNING, _WORK = "Bevolking", "Bouwen en wonen", "Onderwijs", "Arbeid"
_INCOME, _FIRMS, _FARMS, _TRAFFIC = "Inkomen", "Bedrijfsvestigingen", "Landbouw", "Verkeer en vervoer"
_NEAR, _WASTE, _LAND, _REGIONS = (
    "Nabijheid voorzieningen",
    "Milieu",
    "Oppervlakte en bodemgebruik",
    "Regionale indelingen",
)
# the last topic of each group, by its number
_GROUPS: list[tuple[int, tuple[str, ...], str]] = [
    (3, (_PEOPLE, "Bevolkingssamenstelling op 1 januari"), "aantal"),
    (12, (_PEOPLE, "Leeftijdsgroepen, aantallen"), "aantal"),
    (21, (_PEOPLE, "Leeftijdsgroepen, relatief"), "%"),
    (24, (_PEOPLE, "Demografische druk"), "%"),
    (28, (_PEOPLE, "Burgerlijke staat, aantallen"), "aantal"),
    (29, (_PEOPLE, "Burgerlijke staat, relatief"), "aantal"),
    (33, (_PEOPLE, "Burgerlijke staat, relatief"), "%"),
    (42, (_PEOPLE, "Migratieachtergrond, aantallen"), "aantal"),
    (51, (_PEOPLE, "Migratieachtergrond, relatief"), "%"),
    (56, (_PEOPLE, "Stedelijkheid"), "aantal"),
    (57, (_PEOPLE,), "aantal inwoners per km²"),
    (63, (_PEOPLE, "Bevolkingsontwikkeling"), "aantal"),
    (68, (_PEOPLE, "Overledenen naar doodsoorzaak"), "aantal"),
    (81, (_PEOPLE, "Bevolkingsontwikkeling"), "aantal"),
    (85, (_PEOPLE, "Particuliere huishoudens, aantallen"), "aantal"),
    (88, (_PEOPLE, "Particuliere huishoudens, relatief"), "%"),
    (89, (_PEOPLE, "Particuliere huishoudens, aantallen"), "aantal"),
    (99, (_HOMES,), "aantal"),
    (107, (_LEARNING, "Leerlingen en studenten"), "aantal"),
    (111, (_LEARNING, "Gediplomeerden"), "aantal"),
    (116, (_WORK, "Banen, aantallen"), "x 1 000"),
    (120, (_WORK, "Banen, relatief"), "%"),
    (139, (_INCOME, "Inkomen van personen"), "1 000 euro"),
    (147, (_INCOME, "Besteedbaar inkomen van huishoudens"), "1 000 euro"),
    (155, (_INCOME, "Gestandaardiseerd inkomen van huishoudens"), "1 000 euro"),
    (167, ("Sociale zekerheid",), "aantal"),
    (175, (_FIRMS,), "aantal"),
    (186, (_FARMS, "Landbouwhuisdieren"), "aantal"),
    (194, (_FARMS, "Cultuurgrond"), "%"),
    (199, (_FARMS, "Mest en mineralen"), "kg"),
    (207, (_TRAFFIC, "Motorvoertuigen, aantallen"), "aantal"),
    (208, (_TRAFFIC, "Motorvoertuigen, relatief"), "per 1 000 inwoners"),
    (212, (_TRAFFIC, "Lengte van wegen"), "km"),
    (237, (_NEAR,), "km"),
    (246, (_WASTE, "Huishoudelijk afval"), "1 000 kg"),
    (252, (_LAND, "Oppervlakte"), "km²"),
    (258, (_LAND, "Bodemgebruik, oppervlakte"), "ha"),
    (264, (_LAND, "Bodemgebruik, relatief"), "%"),
    (270, (_LAND, "Bodemgebruik, per inwoner"), "m²"),
]
_NUMBERS = 309  # the first topic behind the pairs of code and name


def key_figures(data: Path) -> Table:
    """Return 70072ned."""
    frame = read(next((data / "cbs" / "statline_csv").glob("70072ned_UntypedDataSet_*.csv")), ";").drop(columns="ID")
    topics = []
    for key in frame.columns[2:]:
        number = int(key.rsplit("_", 1)[1])
        path, unit = _group(number)
        topics.append((path, _column(key, frame[key].unique(), unit)))
    about = info(
        "70072ned",
        "Regionale kerncijfers Nederland",
        catalog="CBS",
        period="2015",
        modified="2018-05-30T02:00:00",
        source="CBS.",
    )
    return Table(
        "70072ned",
        "opendata.cbs.nl",
        about,
        properties(
            [dimension("RegioS", "Regio's", "GeoDimension"), dimension("Perioden", "Perioden", "TimeDimension")], topics
        ),
        {
            "RegioS": rows_of(dict.fromkeys(frame["RegioS"]), region_names(data)),
            "Perioden": [{**row, "Status": None} for row in periods(["2015"])],
        },
        {name: shared(frame[name]) for name in frame.columns},
    )


def _group(number: int) -> tuple[tuple[str, ...], str]:
    if number >= _NUMBERS:
        return (_REGIONS, "Aantallen"), "aantal"
    if number > _GROUPS[-1][0]:  # a code and a name for each of nineteen divisions
        return (_REGIONS, f"Indeling {(number - _GROUPS[-1][0] + 1) // 2}"), "code"
    return next((path, unit) for last, path, unit in _GROUPS if number <= last)


def _column(key: str, cells: list[str], unit: str) -> Column:
    """Say what a column holds, from its cells."""
    if re.match(r"(Code|Naam|KoppelvariabeleRegioCode)_", key):
        return key, TEXT, "naam" if key.startswith("Naam") else "code", 0
    numbers = [cell.strip() for cell in cells if cell.strip() not in ("", ".")]
    decimals = max((len(n.partition(".")[2]) for n in numbers), default=0)
    return key, DOUBLE if decimals else LONG, unit, decimals
