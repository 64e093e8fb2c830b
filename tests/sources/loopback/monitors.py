"""Gezondheidsmonitor 2016 and 2020 (83674NED, 85012NED), whose exports have labels in place of codes.

The labels are kept as titles. Codes of regions are those of the CBS lists, of margins those of other tables of the same
survey; codes of ages in 2016 and the numbers of topics are made up.
"""

from pathlib import Path

from tests.sources.loopback.exports import read
from tests.sources.loopback.making import (
    DOUBLE,
    MARGINS,
    dimension,
    info,
    number_text,
    periods,
    properties,
    region_names,
    rows_of,
    shared,
)
from tests.sources.loopback.table import Table

_AGES = {
    "83674NED": {"20400": "Totaal", "53110": "19 tot 65 jaar", "80200": "65 jaar of ouder"},
    "85012NED": {"20300": "Totaal", "53115": "18 tot 65 jaar", "80200": "65 jaar of ouder"},
}
# labels that are spelled otherwise than in the lists
_SPELLED = {
    "GGD Regio Twente (GG)": "GG1106",
    "GGD Twente (GG)": "GG1106",
    "Veiligh. en Gez. Gelderland-Midden (GG)": "GG1911",
    "GGD Gelderland-Zuid": "GG2014",
    "GGD Haaglanden": "GG7014",
    "GGD Regio Utrecht": "GG2514",
    "Friese Waddeneilanden (CG)": "CG01",
}


def of_2016(data: Path) -> Table:
    return _monitor(data, "83674NED", "2016", "hackathon_Gezondheidsmonitor16_83674NED.csv")


def of_2020(data: Path) -> Table:
    return _monitor(data, "85012NED", "2020", "hackathon_Gezondheidsmonitor20_85012NED.csv")


def _monitor(data: Path, table: str, year: str, name: str) -> Table:
    frame = read(data / "ggd" / name)
    frame = frame.drop(columns=[frame.columns[0], "ID"])  # a row number, and another one
    titles = {
        "Leeftijd": _AGES[table],
        "Marges": dict(MARGINS),
        "RegioS": _regions(data, list(frame["RegioS"].unique())),
    }
    dims = [n for n in frame.columns if n in (*titles, "Perioden")]
    columns = {}
    for dim in dims:
        codes = {title: code for code, title in titles.get(dim, {f"{year}JJ00": year}).items()}
        width = 6 if dim == "RegioS" else 0
        columns[dim] = shared([codes[label].ljust(width) for label in frame[dim]])
    topics = []
    for number, topic in enumerate((n for n in frame.columns if n not in dims), start=1):
        texts = {text: number_text(text, 1) for text in frame[topic].unique()}
        columns[f"{topic}_{number}"] = [texts[text] for text in frame[topic]]
        topics.append((("Gezondheid en leefstijl",), (f"{topic}_{number}", DOUBLE, "%", 1)))
    kinds = {"RegioS": ("Regio's", "GeoDimension"), "Perioden": ("Perioden", "TimeDimension")}
    rows = {dim: rows_of(dict.fromkeys(columns[dim]), titles[dim]) for dim in dims if dim in titles}
    about = info(
        table,
        f"Gezondheidsmonitor; bevolking, regio, {year}",
        catalog="CBS",
        period=year,
        modified=f"{int(year) + 1}-06-01T02:00:00",
        source="GGD'en, CBS en RIVM.",
    )
    return Table(
        table,
        "opendata.cbs.nl",
        about,
        properties([dimension(dim, *kinds.get(dim, (dim,))) for dim in dims], topics),
        {dim: rows[dim] if dim in rows else periods([year]) for dim in dims},
        columns,
    )


def _regions(data: Path, labels: list[str]) -> dict[str, str]:
    """Return labels by code."""
    codes = {title: code for code, title in region_names(data).items()} | _SPELLED | {"Nederland": "NL01"}
    return {codes[label]: label for label in labels}
