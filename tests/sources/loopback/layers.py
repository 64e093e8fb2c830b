"""The layers of PDOK's WFS, from the files with boundaries."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from tests.sources.loopback.exports import read
from tests.sources.loopback.making import region_names

LONLAT, RD = "EPSG:4326", "EPSG:28992"
SENTINEL = -99997
Properties = dict[str, object]
# what others made of the counts of PDOK, by the name that it has there
_COUNTS = {
    "aantal_inwoners": "aantal_inwoners",
    "mannen": "mannen",
    "vrouwen": "vrouwen",
    "aantal_huishoudens": "huishoudens",
    "bevolkingsdichtheid_inwoners_per_km2": "bevolkingsdichtheid",
    "omgevingsadressendichtheid": "omgevingsadressendichtheid",
    "stedelijkheid_adressen_per_km2": "stedelijkheid",
}
_WIJK_COUNTS = {
    "aantal_inwoners": "inwoners",
    "aantal_huishoudens": "huishoudens",
    "bevolkingsdichtheid_inwoners_per_km2": "dichtheid",
    "omgevingsadressendichtheid": "adressendichtheid",
    "huisartsenpraktijk_gemiddelde_afstand_in_km": "afstandHuisarts",
}


@dataclass
class Layer:
    """Properties and shapes, in degrees as in the file."""

    properties: list[Properties]
    lonlat: list[dict]

    @cached_property
    def metres(self) -> list[dict]:
        """The shapes in RD, to the millimetre; some seconds' work for the wijken, done once."""
        moved = gpd.GeoSeries([shapely.geometry.shape(shape) for shape in self.lonlat], crs=LONLAT).to_crs(RD)
        rounded = shapely.transform(moved.to_numpy(), lambda xy: xy.round(3))
        return [json.loads(text) for text in shapely.to_geojson(rounded)]


def _features(data: Path, file: str) -> list[dict]:
    return json.loads((data / "geo" / file).read_text("utf-8"))["features"]


def _divided(rubric: str, year: int, code: str, name: str) -> Callable[[Path, list[dict]], Iterable[Properties | None]]:
    """Give features the properties of gebiedsindelingen; None leaves one out."""

    def make(data: Path, features: list[dict]) -> Iterable[Properties | None]:
        names = region_names(data)
        for number, feature in enumerate(features, start=1):
            found = feature["properties"]
            key = str(found[code])
            label = found[name] if name else names[key]
            if key[2:6] == "0998" or (key.startswith("WK") and key.endswith("99") and label == "Groot water"):
                yield None
                continue
            yield {"id": number, "statcode": key, "jrstatcode": f"{year}{key}", "statnaam": label, "rubriek": rubric}

    return make


def _ggd(year: int) -> Callable[[Path, list[dict]], Iterable[Properties]]:
    """Find the codes of GGD-regio's by their names."""

    def make(data: Path, features: list[dict]) -> Iterable[Properties]:
        codes = {name.removesuffix(" (GG)"): code for code, name in region_names(data).items() if code.startswith("GG")}
        for number, feature in enumerate(features, start=1):
            name = feature["properties"]["ggdregio"]
            known = {"statcode": codes[name], "jrstatcode": f"{year}{codes[name]}", "statnaam": name}
            yield {"id": number, **known, "rubriek": "ggdregio"}

    return make


def _gemeenten(data: Path, features: list[dict]) -> Iterable[Properties]:
    """Give gemeenten the properties of wijkenbuurten; a count that is not there has the sentinel."""
    for feature in features:
        found = feature["properties"]
        code = found["gemeentecode"]
        counts = {name: found.get(own) for name, own in _COUNTS.items()}
        start = {"gemeentecode": code, "gemeentenaam": found["gemeentenaam"], "water": _water(code, "")}
        yield start | {name: SENTINEL if value is None else value for name, value in counts.items()}


def _wijken(data: Path, features: list[dict]) -> Iterable[Properties]:
    """Give wijken of 2024 the properties of wijkenbuurten, with the counts of another selection of that year."""
    table = read(next((data / "env").glob("cbs_85984NED_*.csv"))).set_index("code")
    numbers = table[list(_WIJK_COUNTS.values())].apply(pd.to_numeric)
    known = numbers.to_dict("index")
    for feature in features:
        found = {key: feature["properties"][key] for key in ("wijkcode", "wijknaam", "gemeentecode", "gemeentenaam")}
        counts = known.get(found["wijkcode"], {})
        own = {name: counts.get(column) for name, column in _WIJK_COUNTS.items()}
        yield {**found, "water": _water(found["wijkcode"], found["wijknaam"])} | {
            name: SENTINEL if value is None or pd.isna(value) else _whole(value) for name, value in own.items()
        }


def _whole(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _water(code: str, name: str) -> str:
    """Say whether it is water; wijken on land end in 99 as well, so it is the name that tells."""
    return "B" if code[2:6] == "0998" else "JA" if name == "Groot water" else "NEE"


_GM22, _GM24 = "gemeente_2022_pdok_gegeneraliseerd.geojson", "gemeenten_2024_geoinzicht.geojson"
# a file has one degree of detail, so what is generalised and what is not are the same
_DIVISIONS = {
    ("gemeente", 2019): ("gemeente_2019_heart.geojson", "statcode", ""),
    ("gemeente", 2022): (_GM22, "statcode", "statnaam"),
    ("gemeente", 2023): ("gemeenten_2023_geoinzicht.geojson", "gemeentecode", "gemeentenaam"),
    ("gemeente", 2024): (_GM24, "gemeentecode", "gemeentenaam"),
    ("gemeente", 2025): (_GM24, "gemeentecode", "gemeentenaam"),  # none changed since 2024
    ("wijk", 2022): ("wijk_2022_tmap.geojson", "statcode", "statnaam"),
    ("wijk", 2024): ("wijken_2024_geoinzicht.geojson", "wijkcode", "wijknaam"),
    ("provincie", 2022): ("provincie_2022_tmap.geojson", "statcode", "statnaam"),
}
_MAKERS: dict[tuple[str, int, str], tuple[str, Callable]] = {
    ("wijkenbuurten", 2023, "gemeenten"): ("gemeenten_2023_geoinzicht.geojson", _gemeenten),
    ("wijkenbuurten", 2024, "gemeenten"): (_GM24, _gemeenten),
    ("wijkenbuurten", 2024, "wijken"): ("wijken_2024_geoinzicht.geojson", _wijken),
}
for (_name, _year), (_file, _code, _label) in _DIVISIONS.items():
    for _end in ("", "_gegeneraliseerd"):
        _MAKERS["gebiedsindelingen", _year, _name + _end] = (_file, _divided(_name, _year, _code, _label))
for _end in ("", "_gegeneraliseerd"):
    for _year in (2022, 2025):  # the outer borders of both years are near enough to tell where a gemeente lies
        _MAKERS["gebiedsindelingen", _year, f"ggdregio{_end}"] = ("ggdregio_certegis.geojson", _ggd(_year))
NAMES = tuple(_MAKERS)


@lru_cache
def load(data: Path, service: str, year: int, name: str) -> Layer:
    """Return a layer, read once for all servers of a process."""
    file, make = _MAKERS[service, year, name]
    features = _features(data, file)
    made = list(make(data, features))
    kept = [(p, f) for p, f in zip(made, features, strict=True) if p is not None]
    return Layer([p for p, _ in kept], [feature["geometry"] for _, feature in kept])
