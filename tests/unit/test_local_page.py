"""Interventions and provisions on the page: marks on trends, points on the map, a list in words."""

import geopandas as gpd
import pandas as pd
import pytest

from kavelmon import declarations, geometry, local, store
from kavelmon.dashboard import interventions
from kavelmon.dashboard.shapes import Layers
from kavelmon.local import lists

LIST = """id;titel;domein;soort;gebied;lon;lat;begin;eind;doelgroep;tekst;bron;licentie
val;Welzijn op recept in alle kernen;zorg;interventie;GM0294 GM0197;;;2023;;65-plussers;Elke kern doet mee.;Gemeente;CC0
tuin;Beweegtuin;omgeving;voorziening;;6,7190;51,9710;2022-05-01;2024;;;Gemeente;overeenkomst
weer;Zonder jaar;zorg;interventie;GM0222;;;;;;;Gemeente;CC0
land;Rookvrij;gezondheid;interventie;NL;;;2020;;;;VWS;CC0
"""


@pytest.fixture
def held(tmp_path, monkeypatch) -> pd.DataFrame:
    (tmp_path / "interventies.csv").write_text(LIST, encoding="utf-8")
    found = local.read(tmp_path, declarations.load()).lists["interventies"]

    def kept(area):
        return lists.inside(found, local.places.place(area).codes).reset_index(drop=True)

    monkeypatch.setattr(local, "interventions", kept)
    return found


def layers(codes: tuple[str, ...]) -> Layers:
    found = Layers(codes)
    names = [store.regions().name(c) for c in codes]
    found.place("GM", 2024, pd.DataFrame({"region": codes, "region_name": names}))
    found.packed()
    return found


def test_what_is_said_of_each(held):
    area = declarations.default().area("achterhoek")
    said = {one["title"]: one["text"] for one in interventions.of(area, layers(area.codes))}
    assert said["Welzijn op recept in alle kernen"] == (
        "Interventie vanaf 2023, voor 65-plussers, in Aalten, Winterswijk. Elke kern doet mee. Bron: Gemeente."
    )
    wijk = store.regions().name(held.set_index("id")["at"]["tuin"])
    assert (
        said["Beweegtuin"] == f"Voorziening vanaf 1 mei 2022 tot en met 2024, in {wijk} (Winterswijk). Bron: Gemeente."
    )


def test_a_point_is_drawn_in_its_gemeente_and_an_area_is_not(held):
    area = declarations.default().area("achterhoek")
    made = layers(area.codes)
    found = {one["id"]: one["at"] for one in interventions.of(area, made)}
    assert found["interventies/val"] == []
    x, y = found["interventies/tuin"]
    # the same place by other means: as a share of the frame that the gemeenten span
    shapes = geometry.shapes("GM", 2024, area.codes)
    west, south, east, north = gpd.GeoSeries(shapes.geometry).total_bounds
    width, height = made.packed()["size"]
    assert x == pytest.approx((6.7190 - west) / (east - west) * width, abs=2)
    assert y == pytest.approx((north - 51.9710) / (north - south) * height, abs=2)


def test_dated_interventions_are_marks_on_trends(held):
    area = declarations.default().area("achterhoek")
    marks = interventions.events(interventions.of(area, layers(area.codes)))
    assert sorted((m["year"], m["title"]) for m in marks) == [(2020, "Rookvrij"), (2023, "Welzijn op recept in…")]
    assert all(len(m["title"]) <= 24 for m in marks)


def test_other_areas_have_their_own_and_the_country_what_is_of_all(held):
    ede, country = (declarations.default().area(name) for name in ("ede", "nl"))
    assert [one["title"] for one in interventions.of(ede, layers(ede.codes))] == ["Rookvrij"]
    assert [one["title"] for one in interventions.of(country, Layers(()))] == ["Rookvrij"]


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Valpreventie", "Valpreventie"),
        ("x" * 24, "x" * 24),
        ("x" * 25, "x" * 23 + "…"),
        ("Welzijn op recept voor iedereen", "Welzijn op recept voor…"),
    ],
)
def test_a_mark_has_a_title_that_fits(title, short):
    assert interventions.short(title) == short
