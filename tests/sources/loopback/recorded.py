"""Tables whose answers were recorded: of v3 80137ned and 83599NED, of v4 03759ned and 80072ned."""

import json
from pathlib import Path
from typing import Any

from tests.sources.loopback.making import (
    DOUBLE,
    dimension,
    info,
    number_text,
    properties,
    region_names,
    rows_of,
    shared,
)
from tests.sources.loopback.table import INFO, Table, typed
from tests.sources.loopback.table4 import Table4

_QUARTERS = {"01": "1e", "02": "2e", "03": "3e", "04": "4e"}
_OBSERVATION = ("Id", "Measure", "ValueAttribute", "Value", "StringValue")


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def labour_accounts(data: Path) -> Table:
    """Return 80137ned; only its TypedDataSet was recorded."""
    folder = data / "recorded" / "odata_v3"

    def part(number: int) -> list[dict]:
        return _json(folder / f"meta_{number}.json")["value"]

    described = part(7)
    told, rows = part(2)[0], sorted(part(8), key=lambda row: row["ID"])
    dimensions = {"Persoonskenmerken": part(4), "BedrijfstakkenSBI93": part(5), "Perioden": part(6)}
    topics = {row["Key"]: row for row in described if row["Type"] == "Topic"}
    columns = {name: shared([row[name] for row in rows]) for name in dimensions}
    for key, topic in topics.items():
        values = [row[key] for row in rows]
        texts = {v: number_text("" if v is None else repr(v), topic["Decimals"]) for v in set(values)}
        assert all(typed(text, topic["Datatype"]) == value for value, text in texts.items()), key
        columns[key] = [texts[value] for value in values]
    about = {key: told[key] for key in INFO if key in told}
    return Table("80137ned", "opendata.cbs.nl", about, described, dimensions, columns, part(3))


def vacancies(data: Path) -> Table:
    """Return 83599NED; only its UntypedDataSet was recorded. Titles of branches are those of another table."""
    folder = data / "recorded" / "odata_v3"
    pages = [_json(folder / f"tables_{number}.json")["value"] for number in (2, 3)]
    rows = sorted((row for page in pages for row in page), key=lambda row: row["ID"])
    names = ["BedrijfstakkenBranchesSBI2008", "RegioS", "Perioden"]  # the last one runs fastest
    columns = {name: shared([row[name] for row in rows]) for name in [*names, "OpenstaandeVacatures_1"]}
    codes = {name: list(dict.fromkeys(columns[name])) for name in names}
    quarters = {code: f"{code[:4]} {_QUARTERS[code[-2:]]} kwartaal" for code in codes["Perioden"]}
    listed = _json(data / "recorded" / "odata_v4" / "meta_11.json")["value"]
    branches = {row["Identifier"]: row["Title"] for row in listed}
    about = info(
        "83599NED",
        "Vacatures; SBI 2008, regio",
        catalog="CBS",
        period="2011 1e kwartaal - 2020 2e kwartaal",
        modified="2020-08-14T02:00:00",
        source="CBS.",
    )
    return Table(
        "83599NED",
        "opendata.cbs.nl",
        about,
        properties(
            [
                dimension(names[0], "Bedrijfstakken/branches (SBI 2008)"),
                dimension(names[1], "Regio's", "GeoDimension"),
                dimension(names[2], "Perioden", "TimeDimension"),
            ],
            [((), ("OpenstaandeVacatures_1", DOUBLE, "x 1 000", 1))],
        ),
        {
            names[0]: rows_of(codes[names[0]], branches),
            names[1]: rows_of(codes[names[1]], region_names(data)),
            names[2]: rows_of(codes[names[2]], quarters, Status="Definitief"),
        },
        columns,
    )


def population(data: Path) -> Table4:
    """Return the slice of 03759ned that was kept (totals of ages, sexes and marital states)."""
    folder = data / "cbs" / "odata_v4_03759ned"
    dimensions = _json(folder / "dimensions.json")["value"]
    about = _json(folder / "properties.json")
    del about["@odata.context"]
    pages = sorted(folder.glob("observations-page-*.json"))
    observations = [row for page in pages for row in _json(page)["value"]]
    about["ObservationCount"] = len(observations)  # those that are here
    codes = {f"{d['Identifier']}Codes": _json(folder / f"codes-{d['Identifier']}.json")["value"] for d in dimensions}
    groups = {}
    for row in dimensions:
        if row["ContainsGroups"]:  # the sets were not kept: each group is called after its id
            ids = dict.fromkeys(code["DimensionGroupId"] for code in codes[f"{row['Identifier']}Codes"])
            groups[f"{row['Identifier']}Groups"] = [
                {"Id": name, "Index": i, "Title": name, "Description": None, "ParentId": None}
                for i, name in enumerate(name for name in ids if name is not None)
            ]
    measures = _json(folder / "measure-codes.json")["value"]
    return Table4("03759ned", about, dimensions, measures, codes, groups, observations)


def sick_leave(data: Path) -> Table4:
    """Return 80072ned as v4 gave it in 2020."""
    folder = data / "recorded" / "odata_v4"

    def part(number: int) -> Any:
        return _json(folder / f"meta_{number}.json")

    about = part(7)
    del about["@odata.context"]
    names = [*_OBSERVATION, "BedrijfskenmerkenSBI2008", "Perioden"]
    rows = [{name: row.get(name) for name in names} for row in part(4)["value"]]
    codes = {"PeriodenCodes": part(9)["value"], "BedrijfskenmerkenSBI2008Codes": part(11)["value"]}
    groups = {"PeriodenGroups": part(8)["value"], "BedrijfskenmerkenSBI2008Groups": part(10)["value"]}
    return Table4("80072ned", about, part(6)["value"], part(5)["value"], codes, groups, rows)
