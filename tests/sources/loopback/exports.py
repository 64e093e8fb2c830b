"""Tables of OData v3 from the exports of their publishers."""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from tests.sources.loopback.making import (
    DOUBLE,
    MARGINS,
    TEXT,
    Column,
    dimension,
    info,
    number_text,
    periods,
    properties,
    region_names,
    rows_of,
    shared,
    texts_of,
)
from tests.sources.loopback.table import INFO, Table

_NAMING = [
    ("Gemeentenaam_1", TEXT, "naam", 0),
    ("SoortRegio_2", TEXT, "omschrijving", 0),
    ("Codering_3", TEXT, "code", 0),
]
_AGES = {"20300": "18 jaar of ouder", "53115": "18 tot 65 jaar", "80200": "65 jaar of ouder"}
_RIVM = {"catalog": "RIVM", "source": "RIVM, GGD'en en CBS."}


def read(path: Path, delimiter: str = ",") -> pd.DataFrame:
    """Read a CSV with every cell as text."""
    return pd.read_csv(path, sep=delimiter, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def kwb_2020(data: Path) -> Table:
    """Return 84799NED, of which everything was kept."""
    start = data / "cbs" / "odata_v3_84799NED_kwb2020" / "cbs.v3.84799NED"

    def part(name: str) -> pd.DataFrame:
        return pd.read_parquet(f"{start}_{name}.parquet")

    described = [_property(row) for row in part("DataProperties").to_dict("records")]
    types = {row["Key"]: row for row in described if row["Type"] == "Topic"}
    frame = part("TypedDataSet").drop(columns="ID")
    columns = {
        name: texts_of(
            frame[name], types[name]["Datatype"] if name in types else TEXT, types.get(name, {}).get("Decimals", 0)
        )
        for name in frame.columns
    }
    regions = part("WijkenEnBuurten")
    regions["Description"] = regions["Description"].astype(object).where(regions["Description"].notna(), None)
    told = json.loads(Path(f"{start}_Metadata.json").read_text("utf-8"))
    about = {**told, "ID": 0, "Description": told["ShortDescription"]}
    return Table(
        "84799NED",
        "opendata.cbs.nl",
        {key: about.get(key, "") for key in INFO},
        described,
        {"WijkenEnBuurten": regions.to_dict("records")},
        columns,
    )


def _property(row: dict) -> dict:
    """Return a row of DataProperties as on the wire: whole numbers, and only what belongs to its type."""
    known = {key: None if pd.isna(value) else value for key, value in row.items()}
    out = {"odata.type": known.pop("odata_type")}
    whole = ("ID", "Position", "ParentID", "MapYear", "Decimals")
    for key, value in known.items():
        belongs = {"MapYear": "GeoDetail"}.get(key, "Topic") == row["Type"]
        if belongs or key in ("ID", "Position", "ParentID", "Type", "Key", "Title", "Description"):
            out[key] = int(value) if key in whole and value is not None else value
    return out


def young_adults(data: Path) -> Table:
    """Return 50140NED from its TypedDataSet as CSV."""
    frame = read(next((data / "ggd").glob("50140NED_TypedDataSet_*.csv")), ";").drop(columns="ID")
    dims, topics = list(frame.columns[:3]), list(frame.columns[3:])
    columns = {name: shared(frame[name]) for name in dims}
    for name in topics:
        texts = {text: number_text(text, 1) for text in frame[name].unique()}
        columns[name] = [texts[text] for text in frame[name]]
    # CG is a "combinatie van gemeenten": the four gemeenten that are not there are the islands of Fryslân
    names = {**region_names(data), "CG01": "Friese Waddeneilanden (CG)"}
    return Table(
        "50140NED",
        "dataderden.cbs.nl",
        info(
            "50140NED",
            "Gezondheidsmonitor Jongvolwassenen; regio, 2024",
            period="2024",
            modified="2025-06-19T02:00:00",
            **_RIVM,
        ),
        properties(
            [
                dimension(dims[0], "Persoonskenmerken"),
                dimension(dims[1], "Marges"),
                dimension(dims[2], "Regio's", "GeoDimension"),
            ],
            [(("Gezondheidsmonitor jongvolwassenen",), (name, DOUBLE, "%", 1)) for name in topics],
        ),
        {
            "Persoonskenmerken": rows_of(["T009002"], {"T009002": "Totaal personen"}),
            "Marges": rows_of(["MW00000"], dict(MARGINS)),
            "RegioS": rows_of(frame["RegioS"], names),
        },
        columns,
    )


def per_neighbourhood(data: Path) -> Table:
    """Return 50090NED from its UntypedDataSet, which was saved as seven sheets: no margins, no other ages."""
    frame = _cached(sorted((data / "rivm").glob("buurtvergelijker_*.xlsx")), _sheets)
    dims = ["Leeftijd", "Marges", "WijkenEnBuurten", "Perioden"]
    topics: list[Column] = [*_NAMING, *((name, DOUBLE, "%", 1) for name in frame.columns[7:])]
    named = {**region_names(data), **_neighbourhoods(data)}
    return Table(
        "50090NED",
        "dataderden.cbs.nl",
        info(
            "50090NED",
            "Gezondheid per wijk en buurt; 2012/2016/2020",
            period="2012, 2016 en 2020",
            modified="2022-06-23T02:00:00",
            **_RIVM,
        ),
        properties(_wb_dimensions(), [(_path(name), column) for column in topics for name in column[:1]]),
        {
            "Leeftijd": rows_of(_AGES, _AGES),
            "Marges": rows_of(dict(MARGINS), dict(MARGINS)),
            "WijkenEnBuurten": _wb_rows(list(dict.fromkeys(frame["WijkenEnBuurten"])), named),
            "Perioden": periods(["2012", "2016", "2020"]),
        },
        {name: shared(frame[name]) for name in [*dims, *(key for key, *_ in topics)]},
    )


def _sheets(paths: list[Path]) -> pd.DataFrame:
    parts = [pd.read_excel(path, engine="calamine", dtype=str, keep_default_na=False) for path in paths]
    frame = pd.concat(parts, ignore_index=True)
    # the rows of one table again, in its own order
    return frame.iloc[frame["ID"].astype(int).argsort(kind="stable")].drop(columns="ID").reset_index(drop=True)


def perceived_health(data: Path) -> Table:
    """Return 50150NED: one topic, gemeenten and buurten, whoever is 18 or older."""
    frame = read(next((data / "rivm").glob("rivm_50150NED_*.csv")))
    # how wide the keys are there is not known for certain: 10, as in the other tables with wijken and buurten
    codes, value = frame["code"].str.ljust(10), frame.columns[-1]
    kinds = {"gemeente": "Gemeente", "buurt": "Buurt"}
    texts = {text: number_text(text, 1) for text in frame[value].unique()}
    columns = {
        "Leeftijd": ["20300"] * len(frame),
        "Marges": ["MW00000"] * len(frame),
        "WijkenEnBuurten": shared(codes),
        "Perioden": shared(frame["jaar"] + "JJ00"),
        "Gemeentenaam_1": shared(frame["gemeentenaam"].str.ljust(40)),
        "SoortRegio_2": shared(frame["type"].map(kinds).str.ljust(10)),
        "Codering_3": shared(frame["code"].str.ljust(20)),
        "GoedErvarenGezondheid_4": [texts[text] for text in frame[value]],
    }
    names = dict(zip(frame["code"], frame["naam"], strict=True))
    topics = [*_NAMING, ("GoedErvarenGezondheid_4", DOUBLE, "%", 1)]
    return Table(
        "50150NED",
        "dataderden.cbs.nl",
        info(
            "50150NED",
            "Gezondheid per wijk en buurt; 2012/2016/2020/2022/2024 (indeling 2024)",
            period="2012 t/m 2024",
            modified="2025-09-25T02:00:00",
            **_RIVM,
        ),
        properties(_wb_dimensions(), [(_path(column[0]), column) for column in topics]),
        {
            "Leeftijd": rows_of(_AGES, _AGES),
            "Marges": rows_of(dict(MARGINS), dict(MARGINS)),
            "WijkenEnBuurten": _wb_rows(list(dict.fromkeys(codes)), names),
            "Perioden": periods(["2012", "2016", "2020", "2022", "2024"]),
        },
        columns,
    )


def _path(key: str) -> tuple[str, ...]:
    return ("Regioaanduiding",) if key in {name for name, *_ in _NAMING} else ("Gezondheid en leefstijl",)


def _wb_dimensions() -> list[dict]:
    return [
        dimension("Leeftijd", "Leeftijd"),
        dimension("Marges", "Marges"),
        dimension("WijkenEnBuurten", "Wijken en buurten", "GeoDetail"),
        dimension("Perioden", "Perioden", "TimeDimension"),
    ]


def _wb_rows(codes: list[str], names: dict[str, str]) -> list[dict]:
    rows = rows_of(codes, names, Municipality="", DetailRegionCode="")
    for row, code in zip(rows, map(str.strip, codes), strict=True):
        if not code.startswith("NL"):
            row |= {"Municipality": "GM" + code[2:6], "DetailRegionCode": code}
    return rows


def _neighbourhoods(data: Path) -> dict[str, str]:
    """Return the names of 2020, of the table that has the same wijken and buurten."""
    path = data / "cbs" / "odata_v3_84799NED_kwb2020" / "cbs.v3.84799NED_WijkenEnBuurten.parquet"
    frame = pd.read_parquet(path, columns=["Key", "Title"])
    return dict(zip(frame["Key"].str.strip(), frame["Title"], strict=True))


def _cached(paths: list[Path], make: Callable[[list[Path]], pd.DataFrame]) -> pd.DataFrame:
    """Return what `make` reads from files, kept as Parquet for as long as they stay the same."""
    marks = "-".join(f"{p.stat().st_size:x}.{p.stat().st_mtime_ns:x}" for p in paths)
    folder = Path(tempfile.gettempdir()) / f"kavelmon-loopback-{os.getuid()}"
    kept = folder / f"{_digest(marks)}.parquet"
    if not kept.is_file():
        folder.mkdir(exist_ok=True, mode=0o700)
        making = folder / f"{kept.name}.{os.getpid()}"
        make(paths).astype("category").to_parquet(making)
        making.replace(kept)  # whoever reads meanwhile sees all of it or nothing
    return pd.read_parquet(kept)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
