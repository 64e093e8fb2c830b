"""Boundaries: real layers give whole coverages, and a faulty file gives a sentence."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kavelmon import paths
from kavelmon.model import SourceError
from kavelmon.sources.boundaries import locate, nearest_distance_km, read_layer, simplify, write

LAYERS = {
    ("GM", 2019): ("gemeente_2019_heart.geojson", "statcode", "", 355),
    ("GM", 2022): ("gemeente_2022_pdok_gegeneraliseerd.geojson", "statcode", "statnaam", 345),
    ("GM", 2024): ("gemeenten_2024_geoinzicht.geojson", "gemeentecode", "gemeentenaam", 342),
    ("WK", 2022): ("wijk_2022_tmap.geojson", "statcode", "statnaam", 3340),
    ("WK", 2024): ("wijken_2024_geoinzicht.geojson", "wijkcode", "wijknaam", 3393),
}


def square(x: float, y: float, size: float = 0.1) -> dict:
    return shapely.geometry.mapping(shapely.box(x, y, x + size, y + size))


def feature(code: str, geometry: object, name: str = "Ergens", **more) -> dict:
    return {"type": "Feature", "properties": {"statcode": code, "statnaam": name, **more}, "geometry": geometry}


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


ROW = [feature("GM0001", square(5.0, 52.0)), feature("GM0002", square(5.1, 52.0)), feature("GM0003", square(5.2, 52.0))]


@pytest.fixture
def read(tmp_path):
    def read(content: str | bytes, level: str = "GM", **more) -> gpd.GeoDataFrame:
        path = tmp_path / "grenzen.geojson"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_layer(path, level=level, year=2024, code="statcode", name="statnaam", **more)

    return read


@pytest.fixture(scope="module")
def layers(shared_data) -> dict[tuple[str, int], gpd.GeoDataFrame]:
    return {
        (level, year): read_layer(shared_data / "geo" / file, level=level, year=year, code=code, name=name)
        for (level, year), (file, code, name, _) in LAYERS.items()
    }


@pytest.fixture(scope="module")
def east(layers) -> list[gpd.GeoDataFrame]:
    """Every layer, as far as Achterhoek, Ede, Zuid-Limburg and, with islands and much water, Fryslân and Zeeland go."""
    newest = layers["GM", 2024]
    part = [*newest.cx[5.5:7, 50.7:52.3]["code"], "GM0096", "GM0715", "GM1900", "GM0060", "GM0072"]
    return [layer[("GM" + layer["code"].str[2:6]).isin(part)] for layer in layers.values()]


@pytest.fixture(scope="module")
def light(east) -> gpd.GeoDataFrame:
    return simplify(east)


def check_coverage(light: gpd.GeoDataFrame, layer: gpd.GeoDataFrame) -> None:
    """Check that the light layer holds the same areas, about as large, with shared borders."""
    ours = light[(light["level"] == layer["level"].iloc[0]) & (light["region_year"] == layer["region_year"].iloc[0])]
    assert ours["code"].tolist() == layer["code"].tolist()
    assert ours.is_valid_coverage()
    assert ours.is_valid.all()
    change = ours.to_crs(28992).area.to_numpy() / layer.to_crs(28992).area.to_numpy() - 1
    assert abs(change).max() < 0.2
    assert np.median(abs(change)) < 0.01


class TestRealFiles:
    @pytest.mark.parametrize("key", LAYERS)
    def test_every_area_is_there_and_valid(self, layers, key):
        layer = layers[key]
        assert len(layer) == LAYERS[key][3]
        assert layer["code"].is_unique
        assert layer["code"].is_monotonic_increasing
        assert layer.is_valid.all()
        assert set(layer.geom_type) <= {"Polygon", "MultiPolygon"}
        assert layer.crs.to_epsg() == 4326

    def test_buitenland_and_water_are_out_and_wijken_on_land_that_end_in_99_are_in(self, layers):
        assert not layers["GM", 2024]["code"].isin(["GM0998"]).any()
        wijken = layers["WK", 2024]
        assert not wijken["code"].str.startswith("WK0998").any()
        assert wijken.loc[wijken["code"].str.endswith("99"), "code"].tolist() == ["WK010699", "WK168199"]

    def test_neighbours_share_their_borders_after_simplification(self, light, east):
        for layer in east:
            check_coverage(light, layer)

    @pytest.mark.parametrize("key", LAYERS)
    def test_the_bundled_layers_are_whole_too(self, layers, key):
        check_coverage(gpd.read_parquet(paths.snapshot() / "boundaries.parquet"), layers[key])

    @pytest.mark.slow
    def test_the_bundled_file_is_what_the_sources_give(self, layers):
        bundled = gpd.read_parquet(paths.snapshot() / "boundaries.parquet")
        assert_geodataframe_equal(simplify(layers.values()), bundled, check_less_precise=True)

    @pytest.mark.parametrize("year", [2022, 2024])
    def test_wijken_nest_in_gemeenten(self, light, year):
        of_year = light[light["region_year"] == year]
        gemeenten = of_year[of_year["level"] == "GM"].set_index("code")
        wijken = of_year[of_year["level"] == "WK"]
        united = wijken.dissolve("GM" + wijken["code"].str[2:6])
        assert united.index.tolist() == gemeenten.index.tolist()
        assert shapely.equals(united.geometry.array, gemeenten.geometry.array).all()

    def test_rounded_clockwise_sorted_and_small(self, light):
        points = shapely.get_coordinates(light.geometry.array)
        assert (points == points.round(5)).all()
        assert not shapely.is_ccw(shapely.get_exterior_ring(shapely.get_parts(light.geometry.array))).any()
        assert light[["level", "region_year", "code"]].apply(tuple, axis=1).is_monotonic_increasing
        assert (paths.snapshot() / "boundaries.parquet").stat().st_size < 3_000_000

    def test_a_rebuild_gives_the_same_bytes(self, light, east, tmp_path):
        write(light[light["region_year"] == 2019], tmp_path / "one")
        write(simplify(east[:1]), tmp_path / "two")
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()

    def test_hospitals_lie_in_a_gemeente_and_near_their_own_town(self, shared_data, layers):
        sites = pd.read_csv(shared_data / "supply" / "ziekenhuislocaties_2025_algemeen_AMC-NL_PP.csv")
        gemeenten = layers["GM", 2024]
        towns = locate(sites, 28992, gemeenten).map(gemeenten.set_index("code")["name"])
        assert towns[sites["city"] == "Doetinchem"].eq("Doetinchem").all()
        assert (towns == sites["city"]).mean() > 0.8
        km = nearest_distance_km(layers["WK", 2024], sites)
        assert len(km) == 3393
        assert km["WK022201"] < 3
        assert 20 < km.max() < 60


class TestReading:
    def test_rd_metres_and_lonlat_give_the_same(self, read):
        metres = gpd.GeoDataFrame.from_features(ROW, crs=4326).to_crs(28992)
        ours = read(json.dumps(metres.to_geo_dict()))
        expected = read(collection(*ROW))
        assert ours.geom_equals_exact(expected, tolerance=1e-6).all()

    def test_separate_parts_of_one_code_become_one_area(self, read):
        layer = read(collection(*ROW, feature("GM0001", square(6.0, 52.0))))
        assert layer["code"].tolist() == ["GM0001", "GM0002", "GM0003"]
        assert layer.geom_type.tolist() == ["MultiPolygon", "Polygon", "Polygon"]

    def test_a_ring_that_crosses_itself_is_repaired(self, read):
        bow = {"type": "Polygon", "coordinates": [[[5, 52], [5.1, 52.1], [5.1, 52], [5, 52.1], [5, 52]]]}
        assert read(collection(feature("GM0001", bow))).is_valid.all()

    def test_height_and_spaces_in_a_code_do_no_harm(self, read):
        flat = {"type": "Polygon", "coordinates": [[[5, 52, 3], [5.1, 52, 3], [5.1, 52.1, 3], [5, 52, 3]]]}
        layer = read(collection(feature("GM0001  ", flat)))
        assert layer["code"].tolist() == ["GM0001"]
        assert not layer.has_z.any()

    def test_water_is_told_by_name_or_property_and_more_can_be_left_out(self, read):
        wijken = [
            feature("WK000101", square(5.0, 52.0)),
            feature("WK000199", square(5.1, 52.0), "Groot water"),
            feature("WK000299", square(5.2, 52.0), "Buitengebied"),
            feature("WK000303", square(5.3, 52.0), water="JA"),
            feature("WK036301", square(5.4, 52.0)),
            feature("WK099899", square(5.5, 52.0), "Buitenland"),
        ]
        assert read(collection(*wijken), "WK", drop=("WK0363*",))["code"].tolist() == ["WK000101", "WK000299"]

    @pytest.mark.filterwarnings("ignore:invalid value encountered")
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "the file is empty"),
            (b" \n", "the file is empty"),
            (collection(*ROW).encode()[:-40], "cut off or no JSON"),
            (b"<html>Service unavailable</html>", "cut off or no JSON"),
            (collection(*ROW).replace("Ergens", "Súdwest").encode("latin-1"), "is not UTF-8; save the file as UTF-8"),
            (b"[" * 200_000, "cut off or no JSON"),
            (b"[1, 2]", "expected a FeatureCollection"),
            (json.dumps(ROW[0]), "type 'Feature'"),
            (collection(), "expected a FeatureCollection with features"),
            (collection({"type": "Feature", "geometry": None}), 'no property "statcode"'),
            (collection(5), 'no property "statcode"'),
            (collection(*ROW).replace("statcode", "gm_code"), "nearest: gm_code"),
            (collection(feature("0001", square(5, 52))), 'statcode = "0001"'),
            (collection(feature("GM٠٠٠١", square(5, 52))), "looks like GM"),
            (collection(feature("WK000101", square(5, 52))), "a code of level GM"),
            (collection(feature("GM0001", None)), "feature 1 (GM0001): a geometry (None) without area"),
            (collection(ROW[0], feature("GM0002", {"type": "Point", "coordinates": [5, 52]})), "(GM0002): a geometry"),
            (collection(feature("GM0001", {"type": "Polygon", "coordinates": "x"})), "without area"),
            (collection(feature("GM0001", {"type": "Polygon", "coordinates": [[[5, 52], [6, 52]]]})), "without area"),
            (collection(*ROW).replace("5.2", "NaN"), "without area"),
            (collection(feature("GM0001", square(52.0, 5.0))), "outside the Netherlands"),
            (collection(feature("GM0001", square(600_000, 6_800_000, 9))), "outside the Netherlands"),
            (collection(ROW[0], ROW[0]), "GM0001 stands there 2 times"),
            (collection(ROW[0], feature("GM0001", square(6, 52), "Elders")), "(Ergens, Elders)"),
            (collection(feature("GM0998", square(5, 52))), "nothing remains"),
        ],
    )
    def test_a_fault_is_a_sentence_that_names_the_file(self, read, content, said):
        with pytest.raises(SourceError) as error:
            read(content)
        assert str(error.value).startswith("grenzen.geojson: ")
        assert said in str(error.value)

    def test_no_file(self, tmp_path):
        with pytest.raises(SourceError, match=r"weg\.geojson: cannot be read"):
            read_layer(tmp_path / "weg.geojson", level="GM", year=2024, code="statcode")

    @pytest.mark.filterwarnings("ignore:invalid value encountered")
    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_any_damage_gives_a_layer_or_a_sentence(self, read, data):
        good = collection(*ROW)
        at = data.draw(st.integers(0, len(good) - 1))
        junk = data.draw(st.sampled_from(["", "null", "{}", "[]", '"', "-", "1e999", "\x00", "é", "[[[", "}]"]))
        try:
            layer = read(good[:at] + junk + good[at + data.draw(st.integers(0, 30)) :])
        except SourceError:
            return
        assert layer.is_valid.all()


class TestSimplify:
    def test_slivers_and_overlaps_between_neighbours_go(self, read):
        notched = [
            [5.1, 52],
            [5.2, 52],
            [5.2, 52.1],
            [5.1, 52.1],
            [5.1, 52.08],
            [5.101, 52.05],
            [5.1, 52.02],
            [5.1, 52],
        ]
        rough = [ROW[0], feature("GM0002", {"type": "Polygon", "coordinates": [notched]})]
        rough.append(feature("GM0003", square(5.1995, 52.0)))
        layer = simplify([read(collection(*rough))])
        assert layer.is_valid_coverage()
        assert shapely.get_num_interior_rings(layer.union_all()) == 0

    def test_a_shape_under_another_one_is_named(self, read):
        layer = read(collection(*ROW, feature("GM0004", square(5.0, 52.0))))
        with pytest.raises(SourceError, match=r"GM000[14] cannot be drawn"):
            simplify([layer])

    def test_a_gemeente_without_wijken_is_named(self, read):
        wijk = read(collection(feature("WK000101", square(5, 52))), "WK")
        with pytest.raises(SourceError, match="boundaries of 2024: GM0002, GM0003 not in both files"):
            simplify([read(collection(*ROW)), wijk])


class TestPoints:
    @pytest.fixture
    def gemeenten(self, read) -> gpd.GeoDataFrame:
        return read(collection(*ROW))

    def test_inside_or_just_beside(self, gemeenten):
        points = pd.DataFrame({"x": [5.05, 5.31, 5.15], "y": [52.05, 52.05, 52.11]}, index=["a", "b", "c"])
        found = locate(points, 4326, gemeenten)
        assert found.to_dict() == {"a": "GM0001", "b": "GM0003", "c": "GM0002"}
        metres = gpd.GeoSeries(gpd.points_from_xy(points["x"], points["y"]), crs=4326).to_crs(28992)
        in_rd = pd.DataFrame({"x": metres.x.array, "y": metres.y.array}, index=points.index)
        assert locate(in_rd, "EPSG:28992", gemeenten).equals(found)

    @pytest.mark.parametrize("x", [5.6, 0.0, float("nan"), 1e9])
    def test_elsewhere_names_the_row(self, gemeenten, x):
        points = pd.DataFrame({"x": [5.05, x], "y": [52.05, 52.05]}, index=[7, 8])
        with pytest.raises(SourceError, match=r"row 8: x, y = .* no gemeente within 2 km"):
            locate(points, 4326, gemeenten)

    def test_no_points_no_codes(self, gemeenten):
        assert locate(pd.DataFrame({"x": [], "y": []}), 28992, gemeenten).empty

    def test_distance_in_km_to_the_nearest(self, gemeenten):
        inside = gemeenten.to_crs(28992).representative_point()
        points = pd.DataFrame({"x": [inside.x[0] + 3000, inside.x[0] + 90_000], "y": [inside.y[0] + 4000] * 2})
        assert nearest_distance_km(gemeenten, points)["GM0001"] == pytest.approx(5)

    @pytest.mark.parametrize("points", [pd.DataFrame({"x": [], "y": []}), pd.DataFrame({"x": [1.0], "y": [None]})])
    def test_no_distance_without_points(self, gemeenten, points):
        with pytest.raises(SourceError, match="points, not all with x and y in RD metres"):
            nearest_distance_km(gemeenten, points)
