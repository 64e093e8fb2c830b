"""Layers of maps that are not what they should be cost their own source one run, and no other source anything."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from kavelmon import geometry, paths, store
from kavelmon.live.wire import Patience
from kavelmon.sources import boundaries
from tests.sources.loopback import Loopback
from tests.sources.loopback.answers import Answer, Request
from tests.sources.updating import LAYER, STATLINE, Place

LONGER = Patience(connect_s=5, silence_s=20, answer_s=60, tries=2, pause_s=0.01, pause_most_s=0.05)
WIJKEN = "wijk_2022"


@pytest.fixture
def spoiled(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable]:
    """Let the service give other features of the gemeenten of 2022, and count them so."""
    right = server.answer

    def spoil(change: Callable[[list[dict]], list[dict]]) -> None:
        def answer(request: Request) -> Answer:
            found = right(request)
            if "2022" not in request.path or "gemeente_" not in request.query:
                return found
            if "hits" in request.query:
                every = json.loads(right(Request(request.host, request.path, FEATURES, {})).body)["features"]
                body = found.body.replace(b'"%d"' % len(every), b'"%d"' % len(change(every)))
            else:
                content = json.loads(found.body)
                body = json.dumps({**content, "features": change(content["features"])}).encode()
            return Answer(body, found.status, found.content_type)

        monkeypatch.setattr(server, "answer", answer)

    yield spoil
    monkeypatch.undo()


FEATURES = (
    "service=WFS&request=GetFeature&typeName=gebiedsindelingen:gemeente_gegeneraliseerd&outputFormat=application/json"
)


def code(feature: dict) -> str:
    return feature["properties"]["statcode"]


def lacking(features: list[dict]) -> list[dict]:
    return [f for f in features if code(f) != "GM0294"]


def abolished(features: list[dict]) -> list[dict]:
    one = next(f for f in features if code(f) == "GM0294")
    return [*features, {**one, "properties": {**one["properties"], "statcode": "GM0236", "statnaam": "Geldermalsen"}}]


def lying_over(features: list[dict]) -> list[dict]:
    other = next(f for f in features if code(f) == "GM0294")
    return [{**f, "geometry": other["geometry"]} if code(f) == "GM0222" else f for f in features]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lacking, "Winterswijk (GM0294) is not there; the map must hold the 345 gemeenten of 2022"),
        (abolished, "GM0236 is no gemeente of 2022"),
        (lying_over, "cannot be drawn without overlap"),
    ],
)
def test_a_layer_that_is_not_whole(
    change: Callable, said: str, server: Loopback, spoiled: Callable, tmp_path: Path
) -> None:
    place = Place(tmp_path / "place")
    spoiled(change)
    found = place.update(server, [LAYER, STATLINE], LONGER)
    assert {*found.failed} == {LAYER}, found.failed
    assert said in found.failed[LAYER][1]
    assert {*found.changed} == {STATLINE}
    spoiled(lambda features: features)
    assert {*place.update(server, [LAYER, STATLINE], LONGER).changed} == {LAYER}


@pytest.mark.slow
def test_wijken_of_a_year_nest_in_its_gemeenten_whichever_came_first(
    server: Loopback, spoiled: Callable, tmp_path: Path
) -> None:
    place = Place(tmp_path / "place")
    spoiled(lacking)
    assert {*place.update(server, [LAYER, WIJKEN], LONGER).changed} == {WIJKEN}
    spoiled(lambda features: features)
    assert {*place.update(server, [LAYER, WIJKEN], LONGER).changed} == {LAYER}
    drawn = gpd.read_parquet(paths.version_of(place.store) / "boundaries.parquet")
    gemeenten, wijken = (drawn[drawn["level"] == level] for level in ("GM", "WK"))
    united = wijken.geometry.groupby("GM" + wijken["code"].str[2:6]).agg(shapely.coverage_union_all)
    assert len(gemeenten) == 345
    assert shapely.equals(united.to_numpy(), gemeenten.sort_values("code").geometry.to_numpy()).all()
    assert list(drawn.columns) == boundaries.COLUMNS


def test_maps_are_drawn_on_the_boundaries_that_were_brought(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer layer is used for newer years, and a layer of the same year goes before the bundled one."""
    asked = [("GM", 2019), ("GM", 2022), ("GM", 2024), ("GM", 2026), ("WK", 2024)]
    bundled = {one: geometry.shapes(*one) for one in asked}
    before = store.version()
    place = Place(tmp_path / "place")
    assert {*place.update(server, [LAYER, "gemeente_2025"], LONGER).changed} == {LAYER, "gemeente_2025"}
    monkeypatch.setenv("KAVELMON_STORE", str(place.store))
    assert store.version() != before  # documents that were prepared with other borders are not taken for today's
    drawn = {one: geometry.shapes(*one) for one in asked}
    assert {one: layer.attrs["region_year"] for one, layer in drawn.items()} == {
        **{one: layer.attrs["region_year"] for one, layer in bundled.items()},
        ("GM", 2026): 2025,
    }
    for one in (("GM", 2019), ("GM", 2024), ("WK", 2024)):
        assert_geodataframe_equal(drawn[one], bundled[one])
    own = gpd.read_parquet(paths.version_of(place.store) / geometry.FILE, filters=[("region_year", "==", 2022)])
    assert_geodataframe_equal(drawn["GM", 2022], own)
    for one in (("GM", 2022), ("GM", 2026)):  # as light as what is bundled
        assert drawn[one].is_valid_coverage()
        points = {
            n: shapely.get_num_coordinates(found[one].geometry.to_numpy()).sum()
            for n, found in enumerate((drawn, bundled))
        }
        assert points[0] < 1.2 * points[1]
