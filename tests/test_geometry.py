"""Shapes of an area: the layer that fits, and codes that have no shape or the shape of another area."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from kavelmon import geometry
from kavelmon.model import NotFoundError, SourceError
from kavelmon.sources.boundaries import write

LAYERS = {
    ("GM", 2019): {"GM0236": "Geldermalsen", "GM0222": ""},
    ("GM", 2022): {"GM1960": "West Betuwe", "GM0222": "Doetinchem"},
    ("GM", 2024): {"GM0222": "Doetinchem"},
    ("WK", 2022): {"WK022201": "Centrum", "WK022202": "Wijk 02", "WK190103": "Nieuwerbrug aan den Rijn"},
    ("WK", 2024): {"WK022201": "Centrum", "WK022202": "Overstegen"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    rows = [
        (level, year, code, name, shapely.box(5 + i, 52, 6 + i, 53))
        for (level, year), names in LAYERS.items()
        for i, (code, name) in enumerate(names.items())
    ]
    columns = ["level", "region_year", "code", "name", "geometry"]
    target = tmp_path_factory.mktemp("snapshot")
    write(gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=4326), target / "boundaries.parquet")
    return target


@pytest.mark.parametrize(
    ("level", "asked", "drawn"),
    [
        ("GM", 2016, 2019),
        ("GM", 2019, 2019),
        ("GM", 2020, 2019),
        ("GM", 2021, 2022),
        ("GM", 2022, 2022),
        ("GM", 2023, 2024),
        ("GM", 2026, 2024),
        ("WK", 2020, 2022),
        ("WK", 2023, 2024),
    ],
)
def test_the_layer_that_fits_the_indeling(folder, level, asked, drawn):
    found = geometry.shapes(level, asked, folder=folder)
    assert found.attrs["region_year"] == drawn
    assert set(found["region_year"]) == {drawn}
    assert set(found["code"]) == set(LAYERS[level, drawn])


def test_only_the_codes_asked_and_those_without_a_shape_by_name(folder):
    asked = ["WK190103", "WK022201", "WK999999"]
    found = geometry.shapes("WK", 2020, asked, folder=folder)
    assert found["code"].tolist() == ["WK022201", "WK190103"]
    assert geometry.missing_shapes(asked, found) == ["WK999999"]
    assert found.crs.to_epsg() == 4326


def test_no_codes_no_shapes(folder):
    found = geometry.shapes("WK", 2020, [], folder=folder)
    assert found.empty
    assert geometry.missing_shapes(["WK022201"], found) == ["WK022201"]


def test_a_code_that_was_given_to_another_area_is_told(folder):
    ours = {"WK022201": "Wijk 01 Centrum", "WK022202": "Wijk 02", "WK190103": "Wijk 03 Bodegraven Zuid"}
    assert geometry.renamed(ours, geometry.shapes("WK", 2020, folder=folder)) == ["WK190103"]
    assert geometry.renamed(ours, geometry.shapes("WK", 2024, folder=folder)) == ["WK022202"]
    assert geometry.renamed({"GM0222": "Doetinchem"}, geometry.shapes("GM", 2019, folder=folder)) == []


def test_an_unknown_level_and_a_folder_without_the_file(folder, tmp_path):
    with pytest.raises(NotFoundError, match='no shapes of level "BU"; it holds GM, WK'):
        geometry.shapes("BU", 2020, folder=folder)
    with pytest.raises(SourceError, match=r"boundaries\.parquet: not there; `kavelmon snapshot` makes it"):
        geometry.shapes("GM", 2020, folder=tmp_path)


class TestBundled:
    """The wijken that figures of 2020 are drawn on, in the three areas that the package opens with."""

    @pytest.mark.parametrize(
        ("gemeenten", "wijken"),
        [
            (["GM0197", "GM1859", "GM1876", "GM0222", "GM1586", "GM1509", "GM0294"], 38),
            (["GM0228"], 17),
        ],
    )
    def test_every_wijk_has_its_shape(self, gemeenten, wijken):
        codes = geometry.shapes("WK", 2024)["code"]
        inside = [code for code in codes if "GM" + code[2:6] in gemeenten]
        assert len(geometry.shapes("WK", 2020, inside)) == wijken
