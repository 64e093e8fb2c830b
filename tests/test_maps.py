"""Maps: classes that readers can trust, nothing from outside, nothing run that a name holds."""

import html as markup
import json
import re
from bisect import bisect_right

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from kavelmon import colours, maps
from kavelmon.model import Indicator, NotFoundError
from kavelmon.stats.classes import class_breaks

EVIL = "<img src=x onerror=alert(1)>`${1}'\"</script>{{ 7 * 7 }}{% raise %}"


def grid(names: list[str], code: str = "WK0222{:02}") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"level": "WK", "region_year": 2022, "code": [code.format(i) for i in range(len(names))], "name": names},
        geometry=[shapely.box(6 + i / 10, 52, 6.1 + i / 10, 52.1) for i in range(len(names))],
        crs=4326,
    )


def page_of(chart: maps.AreaMap) -> str:
    """Return the page inside the frame."""
    return markup.unescape(re.search(r'srcdoc="([^"]*)"', maps.html(chart))[1])


def features_of(chart: maps.AreaMap) -> list[dict]:
    return json.loads(re.search(r"_add\((\{.*\})\);", page_of(chart))[1])["features"]


def legend_of(chart: maps.AreaMap) -> list[str]:
    return [re.sub("<[^>]+>", "", item) for item in re.findall(r"<li>(.*?)</li>", chart.legend)]


@pytest.fixture
def six() -> gpd.GeoDataFrame:
    return grid(["A", "B", "C", "D", "E", "F"])


VALUES = {f"WK0222{i:02}": value for i, value in enumerate([12.34, 14.1, 15.0, 16.6, 17.2, 19.0])}


class TestClassBreaks:
    @given(st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), max_size=60), st.integers(2, 7))
    def test_increasing_and_every_class_holds_a_value(self, values, n):
        breaks = class_breaks(values, n)
        assert breaks == sorted(set(breaks))
        assert len(breaks) < n
        assert {bisect_right(breaks, v) for v in values} == (set(range(len(breaks) + 1)) if values else set())

    @given(st.lists(st.integers(0, 1000).map(lambda i: i / 10), min_size=30, max_size=200))
    def test_breaks_are_not_finer_than_the_figures(self, values):
        assert all(round(b, 1) == b for b in class_breaks(values))

    @given(st.permutations([3.0, 8.5, 9.5, 12.0, 14.2, 18.8, 22.0, 30.5]))
    def test_order_does_not_matter(self, values):
        assert class_breaks(values) == class_breaks(sorted(values))

    @pytest.mark.parametrize(
        ("values", "breaks"),
        [
            ([], []),
            ([5.0], []),
            ([5.0, 5.0, float("nan")], []),
            ([1, 2, 2, 3], [2, 3]),
            ([0.0] * 50 + [1, 2, 3, 4, 5, 6], [1, 2, 4, 5]),
            (range(101), [20, 40, 60, 80]),
            ([3011, 3034, 3102, 3187, 3240, 3266, 3301, 3355], [3060, 3160, 3240, 3280]),
        ],
    )
    def test_known_answers(self, values, breaks):
        assert class_breaks(values) == breaks


class TestChoropleth:
    def test_classes_and_legend_speak_of_the_same_numbers(self, six):
        chart = maps.choropleth(six, VALUES, title="Ernstig overgewicht, 2020", unit="%")
        assert legend_of(chart) == ["tot 14", "14–15", "15–16,5", "16,5–17", "17 en meer"]
        assert chart.title == "Ernstig overgewicht, 2020 (%)"
        assert features_of(chart)[0]["properties"]["tekst"] == "<b>A</b><br>12,3\u00a0%"

    def test_a_figure_is_classed_as_it_is_written(self):
        """14,46 is written as 14,5: it does not stand in the class "tot 14,5"."""
        shapes = grid(list("ABCDEF"))
        values = dict(zip(shapes["code"], [13.0, 14.46, 14.8, 15.2, 15.6, 16.4], strict=True))
        chart = maps.choropleth(shapes, values, title="x", unit="%")
        breaks = class_breaks([13.0, 14.5, 14.8, 15.2, 15.6, 16.4])
        assert legend_of(chart)[0] == f"tot {breaks[0]:g}".replace(".", ",")
        assert colours.MAP[bisect_right(breaks, 14.5)] in page_of(chart)

    @pytest.mark.parametrize(
        ("values", "legend"),
        [
            ({"WK022200": 7.0}, ["7", "geen cijfer"]),
            ({"WK022200": 7.0, "WK022201": 9.5}, ["tot 9,5", "9,5 en meer", "geen cijfer"]),
            ({"WK022200": None, "WK022201": float("nan"), "WK999999": 4.0}, ["geen cijfer"]),
            (
                {code: -value for code, value in VALUES.items()},
                ["tot −17", "−17 tot −16,5", "−16,5 tot −14", "−14 en meer"],
            ),
            ({code: value * 300 for code, value in VALUES.items()}, ["tot 4.200", "4.200–4.500"]),
        ],
    )
    def test_few_no_negative_and_large_figures(self, six, values, legend):
        assert legend_of(maps.choropleth(six, values, title="x", unit="y"))[: len(legend)] == legend

    def test_a_shape_without_a_figure_is_hatched_and_in_the_legend_only_then(self, six):
        whole = maps.choropleth(six, VALUES, title="x", unit="%")
        assert "geen cijfer" not in page_of(whole)
        part = maps.choropleth(six, {k: v for k, v in VALUES.items() if k != "WK022202"}, title="x", unit="%")
        assert features_of(part)[-1]["properties"]["tekst"] == "<b>C</b><br>geen cijfer"
        assert "url(#geen-cijfer)" in page_of(part)

    def test_outline_points_selection_and_extra_lines(self, six):
        border = grid(["Gemeente"], "GM{:04}")
        sites = pd.DataFrame({"name": ["Slingeland"], "lon": [6.05], "lat": [52.05], "kind": ["ziekenhuis"]})
        lines = {"WK022200": "Nederland: 14,1 %"}
        chart = maps.choropleth(
            six, VALUES, title="x", unit="%", texts=lines, outline=border, points=sites, highlight=["WK022203"]
        )
        page = page_of(chart)
        assert features_of(chart)[0]["properties"]["tekst"].endswith("<br>Nederland: 14,1 %")
        assert [page.count(f'"{part}"') for part in ("vorm", "grens", "keuze", "plek")] == [1, 1, 1, 1]
        assert legend_of(chart)[-1] == "ziekenhuis"
        assert colours.SELECT in page

    def test_names_on_the_map_leave_out_the_number_of_the_wijk(self):
        chart = maps.choropleth(grid(["Wijk 01 Groenlo", "Wijk 02"]), {}, title="x", unit="%")
        assert [name for *_, name in json.loads(chart.dressing)[2]] == ["Groenlo", "Wijk 02"]
        many = maps.choropleth(grid([str(i) for i in range(31)]), {}, title="x", unit="%")
        assert json.loads(many.dressing)[2] == []

    def test_no_shapes(self, six):
        with pytest.raises(NotFoundError, match='map "x": no shapes'):
            maps.choropleth(six.iloc[:0], VALUES, title="x", unit="%")


class TestHtml:
    def test_nothing_comes_from_outside(self, six):
        page = page_of(maps.choropleth(six, VALUES, title="x", unit="%"))
        assert "cdn" not in page.lower()
        assert not re.search(r"<(?:script|img|link)[^>]+(?:src|href)=", page)
        assert "default-src 'none'" in page
        assert '<html lang="nl">' in page
        assert "sourceMappingURL" not in page

    def test_equal_maps_give_equal_text_and_a_notebook_shows_the_same(self, six):
        one, two = (maps.choropleth(six, VALUES, title="x", unit="%") for _ in range(2))
        assert maps.html(one) == two._repr_html_()

    def test_the_frame_has_a_dutch_title_and_no_rights_on_the_page(self, six):
        frame = maps.html(maps.choropleth(six, VALUES, title='Roken & "drinken"', unit="%"))
        assert '<iframe title="Kaart: Roken &amp; &quot;drinken&quot; (%)" sandbox="allow-scripts" srcdoc="' in frame
        assert "min(" in frame or "clamp(" in frame

    def test_no_text_is_run(self):
        shapes = grid([EVIL, "B"])
        sites = pd.DataFrame({"name": [EVIL], "lon": [6.05], "lat": [52.05], "kind": [EVIL]})
        chart = maps.choropleth(
            shapes, {"WK022200": 1}, title=EVIL, unit=EVIL, texts={"WK022200": EVIL}, points=sites, outline=shapes
        )
        page = page_of(chart)
        assert "<img" not in page
        assert page.count("</script>") == page.count("<script>")
        assert " 49" not in page
        told = features_of(chart)[0]["properties"]["tekst"]
        assert told.count("&lt;img src=x") == 2
        assert "{{" not in told

    def test_a_heavy_map_is_drawn_with_what_can_be_seen(self):
        ring = shapely.Point(6, 52).buffer(0.5, quad_segs=8000)
        shapes = grid(["A"]).set_geometry([ring], crs=4326)
        assert len(maps.html(maps.choropleth(shapes, {}, title="x", unit="%"))) < 300_000


class TestOfFigures:
    @pytest.fixture
    def item(self) -> Indicator:
        edition = {"source": "bron", "value": "x", "denominator": "inwoners"}
        return Indicator(id="roken", title="Rokers", domain="gezondheid", unit="%", edition=[edition])

    @staticmethod
    def units(level: str, year: int, **figures: float) -> pd.DataFrame:
        names = {"WK029400": "Wijk 00 Stad", "WK190103": "Wijk 03 Bodegraven Zuid", "GM0294": "Winterswijk"}
        rows = [
            {"region": c, "region_name": names.get(c, c), "level": level, "region_year": year, "value": v}
            for c, v in figures.items()
        ]
        return pd.DataFrame(rows).assign(period="2020", status="ok", edition="rivm_50090ned")

    def test_wijken_in_their_gemeente_and_no_figure_on_another_area(self, item):
        units = self.units("WK", 2020, WK029400=14.0, WK190103=20.0, WK039801=9.0)
        chart = maps.of_figures(item, units)
        assert chart.title == "Rokers, 2020 (%)"
        told = [feature["properties"]["tekst"] for feature in features_of(chart)]
        assert told == [
            "<b>Wijk 00 Stad</b><br>14,0\u00a0%<br>Winterswijk",
            "<b>Nieuwerbrug aan den Rijn</b><br>geen cijfer<br>Bodegraven-Reeuwijk",
        ]
        assert '"grens"' in page_of(chart)
        assert maps.without_shape(units).startswith("2 zonder grens op de kaart van 2022: Wijk 03 Bodegraven Zuid")

    def test_gemeenten_have_the_names_of_the_figures(self, item):
        units = self.units("GM", 2020, GM0294=14.0)
        assert features_of(maps.of_figures(item, units))[0]["properties"]["tekst"].startswith("<b>Winterswijk</b>")
        assert maps.without_shape(units) == ""

    def test_no_figures(self, item):
        with pytest.raises(NotFoundError, match="a map of no figures"):
            maps.of_figures(item, self.units("WK", 2020).reindex(columns=["region"]))
