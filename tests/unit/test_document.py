"""What a page shows as data: rules on made-up rows, and the real documents against plain recomputation."""

import gzip
import json
import math
import os
import subprocess
import sys
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kavelmon import attempts, declarations, figures, geometry, licences, numerals, paths, texts
from kavelmon.analysis import compare
from kavelmon.dashboard import collect, monitor, prepared, standouts
from kavelmon.dashboard.shapes import Layers
from kavelmon.model import NotFoundError
from kavelmon.stats.classes import class_breaks, class_labels


@cache
def real(area: str) -> tuple[dict, dict]:
    core, units = (json.loads(gzip.decompress(part)) for part in prepared.read(area))
    return core, units


# the rule that chooses which edition stands for an indicator

ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(2012, 2024), st.booleans(), st.booleans()), min_size=1
)


@given(ROWS)
def test_the_newest_figure_with_margins_goes_before_the_default(raw: list[tuple[int, int, int, bool, bool]]) -> None:
    rows = sorted({(e, n): (e, n, str(year), value, value and margins) for e, n, year, value, margins in raw}.values())
    picked = compare.picked(rows)
    assert set(picked) == {"", *(row[2] for row in rows)}
    known = {(row[0], row[1]): row for row in rows}
    for year, key in picked.items():
        edition, _, period, value, margins = known[key]
        if year:
            assert period == year
        with_value = [row for row in rows if row[3] and year in ("", row[2])]
        assert value == bool(with_value)
        if with_value:
            first = min(row[0] for row in with_value)
            assert margins or edition == first, "without margins it is the default edition"
            newest = [row[2] for row in with_value if row[0] == first][-1]
            assert edition == first or period >= newest, "an older one with margins does not go before it"


# what stands out

WORDS = ("better", "worse", "similar", "higher", "lower", "none")
SOURCES = {"bron": {"publisher": "Uitgever"}}


def item(number: int, domain: str, group: str, word: str, value: float, nl: float, year: int) -> dict:
    edition = {
        "source": "bron",
        "periods": [str(year)],
        "value": [value],
        "lower": [value - 1],
        "upper": [value + 1],
        "nl": [nl],
        "word": [word],
        "judged": [1],
        "status": ["ok"],
        "spread": [[0.0, 40.0, 60.0, 100.0, 342]],
        "breaks": [],
    }
    return {
        "title": f"Indicator {number}", "domain": domain, "group": group, "sign": "%", "unit": "", "decimals": 1,
        "pick": {"": [0, 0]}, "editions": [edition], "firm": {"": 1},
    }  # fmt: skip


FIGURE = st.floats(0, 100).map(lambda v: round(v, 1))
ITEMS = st.lists(
    st.tuples(st.sampled_from(list(texts.DOMAINS)), st.sampled_from("abcdef"), st.sampled_from(WORDS), FIGURE, FIGURE,
              st.integers(2010, 2025)),
    max_size=40,
)  # fmt: skip


@given(ITEMS)
def test_at_most_five_stand_out_ungunstig_first(raw: list[tuple]) -> None:
    items = [item(n, *one) for n, one in enumerate(raw)]
    found = standouts.of(items, SOURCES)
    words = [items[one["item"]]["editions"][0]["word"][0] for one in found]
    order = {"worse": 0, "better": 1, "higher": 2, "lower": 2}
    assert len(found) <= 5
    assert [order[word] for word in words] == sorted(order[word] for word in words)
    domains = [items[one["item"]]["domain"] for one in found]
    groups = [(items[one["item"]]["domain"], items[one["item"]]["group"]) for one in found]
    assert all(domains.count(domain) <= 3 for domain in domains)
    assert len(set(groups)) == len(groups)
    newest = max((year for *_, year in raw), default=0)
    for one in found:
        assert raw[one["item"]][5] >= newest - standouts.RECENT_YEARS
        value, nl, year = raw[one["item"]][3:]
        margins = f"({numerals.number(value - 1, 1)}–{numerals.number(value + 1, 1)})"
        shown = (
            f"{numerals.number(value, 1)}\u00a0% {margins} tegen {numerals.number(nl, 1)}\u00a0% (Uitgever, {year})."
        )
        assert one["text"].endswith(shown)


def test_a_change_never_runs_over_a_break() -> None:
    one = item_of_three_years(["none", "none", "worse"])
    [edition] = one["editions"]
    assert standouts.of([one], SOURCES)[0]["text"].endswith("Sinds 2016: +3,0 procentpunt, landelijk +0,5.")
    edition["breaks"] = [[2020, 0]]
    assert standouts.of([one], SOURCES)[0]["text"].endswith("tegen 10,0\u00a0% (Uitgever, 2020).")


def item_of_three_years(words: list[str]) -> dict:
    edition = {
        "source": "bron", "periods": ["2012", "2016", "2020"], "value": [10.0, 12.0, 15.0], "nl": [9.0, 9.5, 10.0],
        "lower": [9.0, 11.0, 14.0], "upper": [11.0, 13.0, 16.0], "word": words, "judged": [1, 1, 1],
        "status": ["ok", "ok", "ok"],
        "spread": [None, None, [5.0, 9.0, 11.0, 20.0, 342]], "breaks": [[2016, 0]],
    }  # fmt: skip
    return {**item(0, "zorg", "a", "worse", 0, 0, 2020), "pick": {"": [0, 2]}, "editions": [edition]}


def test_since_when_never_runs_over_a_break_nor_over_a_year_that_is_not_judged() -> None:
    one = item_of_three_years(["worse"] * 3)
    [edition] = one["editions"]

    def text() -> str:
        return standouts.of([one], SOURCES)[0]["text"].partition("(Uitgever, 2020).")[2]

    assert text() == " Dat is zo sinds 2016."
    edition["breaks"] = []
    assert text() == " Dat is zo sinds 2012."
    edition["judged"] = [0, 1, 1]
    assert text() == " Dat is zo sinds 2016."
    edition |= {"judged": [1, 1, 1], "value": [10.0, None, 15.0]}
    assert text() == " Sinds 2012: +5,0 procentpunt, landelijk +1,0."
    edition |= {"value": [10.0, 12.0, 15.0], "word": ["worse", "similar", "worse"]}
    assert "Dat is zo sinds" not in text()


# the real documents


@pytest.mark.parametrize("area", ["achterhoek", "ede", "mijnstreek", "zuid_limburg", "nl"])
def test_every_figure_is_that_of_the_api(area: str) -> None:
    core, _ = real(area)
    numbers = {(i["id"], e["source"]): (i, e) for i in core["items"] for e in i["editions"]}
    groups = compare.ids_by_edition(collect.items())
    assert set(numbers) == {(i, e) for e, ids in groups.items() for i in ids}
    for source, ids in groups.items():
        for name, rows in figures.observations(ids, area, edition=source).groupby("indicator"):
            one, edition = numbers[name, source]
            assert edition["periods"] == rows["period"].tolist()
            for shown, row in zip(edition["value"], rows["value"], strict=True):
                assert (shown is None) == math.isnan(row)
                assert shown is None or numerals.number(shown, one["decimals"]) == numerals.number(row, one["decimals"])


def test_the_spread_is_that_of_the_gemeenten() -> None:
    core, _ = real("achterhoek")
    for name in ("roker", "zvw_kosten_vergelijkbaar", "afstand_huisarts"):
        one = next(i for i in core["items"] if i["id"] == name)
        edition = one["editions"][0]
        rows = figures.observations(name, "nl", level="GM", edition=edition["source"])
        for period, (low, q1, q3, high, number) in zip(edition["periods"], edition["spread"], strict=True):
            values = sorted(v for v in rows.loc[rows["period"] == period, "value"] if not math.isnan(v))
            assert number == len(values)

            def cut(share: float, values: list[float] = values) -> float:  # by hand: linear between the two neighbours
                at = share * (len(values) - 1)
                below = int(at)
                above = min(below + 1, len(values) - 1)
                return values[below] + (at - below) * (values[above] - values[below])

            expected = [cut(share) for share in (0, 0.25, 0.75, 1)]
            assert [low, q1, q3, high] == pytest.approx(expected, abs=0.5 * 10 ** -one["decimals"] + 1e-9)


def test_the_units_are_those_of_the_api_and_have_a_class() -> None:
    core, units = real("zuid_limburg")
    number = next(n for n, i in enumerate(core["items"]) if i["id"] == "roker")
    part = units["items"][number][0]["WK"]["periods"][-1]
    names = units["lists"][part["list"]]
    rows = figures.observations("roker", "zuid_limburg", level="WK", period="2020").set_index("region")["value"]
    assert names["codes"] == sorted(rows.index)
    for code, value in zip(names["codes"], part["value"], strict=True):
        assert (value is None and math.isnan(rows[code])) or value == pytest.approx(rows[code], abs=0.05)
    lost = set(names["lost"])
    drawn = [v for n, v in enumerate(part["value"]) if v is not None and n not in lost]
    assert part["breaks"] == class_breaks(drawn)
    assert [core["said"][n] for n in part["classes"]] == class_labels(part["breaks"], drawn)


def test_a_missing_figure_always_has_a_reason() -> None:
    for area in ("achterhoek", "ede", "nl"):
        core, _ = real(area)
        for one in core["items"]:
            for edition in one["editions"]:
                for value, said in zip(edition["value"], edition["said"], strict=True):
                    assert value is not None or said, (area, one["id"], edition["source"])
                    assert all(core["said"][n].strip() for n in said)


def test_a_question_that_was_not_asked_is_said_so() -> None:
    core, _ = real("achterhoek")
    one = next(i for i in core["items"] if i["id"] == "veel_stress")
    edition = one["editions"][0]
    at = edition["periods"].index("2016")
    assert edition["value"][at] is None
    assert [core["said"][n] for n in edition["said"][at]] == ["Niet gevraagd in 2016."]


# shapes


def unpacked(flat: list[int]) -> np.ndarray:
    return np.cumsum(np.array(flat).reshape(-1, 2), axis=0)


def area_of(ring: np.ndarray) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def test_packed_shapes_keep_their_size_and_place() -> None:
    codes = list(declarations.default().area("achterhoek").codes)
    layers = Layers(codes)
    rows = pd.DataFrame({"region": codes, "region_name": codes})
    name, lost = layers.place("GM", 2024, rows)
    assert (name, lost) == ("GM-2024", [])
    packed = layers.packed()
    width, height = packed["size"]
    layer = packed["layers"]["GM-2024"]
    shapes = geometry.shapes("GM", 2024, codes).set_index("code")
    true = shapes.to_crs(28992).area
    found = {
        code: sum(area_of(unpacked(ring)) * (-1 if hole else 1) for rings in parts for hole, ring in enumerate(rings))
        for code, parts in zip(layer["codes"], layer["rings"], strict=True)
    }
    scale = sum(found.values()) / true.sum()
    for code, size in found.items():
        assert size / scale == pytest.approx(true[code], rel=0.01), code
    points = np.concatenate([unpacked(ring) for parts in layer["rings"] for rings in parts for ring in rings])
    assert points.min() >= -1
    assert points[:, 0].max() <= width + 1
    assert points[:, 1].max() <= height + 1


def test_a_code_without_a_shape_has_no_place() -> None:
    layers = Layers(["GM0222"])
    rows = pd.DataFrame({"region": ["GM0222", "GM9999"], "region_name": ["Doetinchem", "Nergens"]})
    assert layers.place("GM", 2024, rows)[1] == ["GM9999"]
    assert layers.place("BU", 2024, rows) == ("", ["GM0222", "GM9999"])


# licences, numerals, what could not be renewed, where documents come from


def test_every_licence_that_is_declared_is_known() -> None:
    judged = {s.licence: licences.terms(s.licence) for s in declarations.default().sources.values()}
    assert judged == {
        "CC BY 4.0": "open",
        "CC0": "open",
        "Vektis: eigen gebruik en onderzoek, niet commercieel": "non_commercial",
        "onbekend": "unknown",
        "onbekend: noem RIVM/VZinfo": "unknown",
    }
    assert licences.terms("Overeenkomst met GGD NOG, 2025") == "agreement"
    assert not licences.may_be_published("alle rechten voorbehouden")
    assert licences.of_page(["CC BY 4.0", "CC0"]) == "CC BY 4.0"


@given(st.floats(100, 1e8))
def test_a_number_of_people_is_round_and_near(count: float) -> None:
    text = numerals.about(count)
    shown = int(text.replace(".", ""))
    assert abs(shown - count) <= count * 0.05 + 0.5
    assert len(str(shown).rstrip("0")) <= 2 or shown < 100


def test_what_failed_is_kept_until_it_is_renewed(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("KAVELMON_STORE", str(tmp_path / "store"))
    assert attempts.failed() == {}
    attempts.note({"a": "no column", "b": "no file"}, ())
    assert {name: one["why"] for name, one in attempts.failed().items()} == {"a": "no column", "b": "no file"}
    attempts.note({}, ["a"])
    assert list(attempts.failed()) == ["b"]
    paths.attempts().write_text("{half", encoding="utf-8")
    assert attempts.failed() == {}
    assert not (tmp_path / "store").exists()


def test_a_kernel_of_a_server_makes_no_documents(tmp_path, monkeypatch) -> None:
    made = prepared.folder()
    monkeypatch.setattr(prepared, "make", lambda *_: pytest.fail("a visitor would wait for this"))
    monkeypatch.setenv(prepared.PAGES, str(made))
    store = tmp_path / "store"
    store.mkdir()
    (store / "current").write_text("0123456789abcdef", encoding="utf-8")
    monkeypatch.setenv("KAVELMON_STORE", str(store))
    prepared.folder.cache_clear()
    try:
        assert prepared.folder() == made, "what the server began with, until those of the new store are there"
    finally:
        prepared.folder.cache_clear()


def test_the_area_of_an_address_is_read_with_care(monkeypatch) -> None:
    for query, area in (("gebied=ede", "ede"), ("", ""), ("gebied=" + "x" * 90_000, "x" * 39_993), ("a=b&gebied=", "")):
        monkeypatch.setenv("QUERY_STRING", query)
        assert monitor.asked_area() == area
    monkeypatch.setenv("KAVELMON_VEGA_SERVED", "1")
    assert monitor.Kavelmonitor("bestaat niet").area == "achterhoek"  # its page says that there is no such area
    monkeypatch.delenv("KAVELMON_VEGA_SERVED")
    with pytest.raises(NotFoundError, match="bestaat niet"):
        monitor.Kavelmonitor("GM0951")


def test_an_area_of_codes_is_a_page_in_a_notebook_too(monkeypatch) -> None:
    monkeypatch.delenv("KAVELMON_VEGA_SERVED", raising=False)
    page = monitor.Kavelmonitor("WK029401,WK029400,WK019704")  # the area of tests in a browser: it is made once
    core = json.loads(gzip.decompress(page.core))
    assert core["area"]["id"] == "WK019704,WK029400,WK029401"
    assert sorted(code for code, _ in core["area"]["members"]) == ["WK019704", "WK029400", "WK029401"]


def test_a_viewers_kernel_imports_neither_pandas_nor_charts() -> None:
    prepared.folder()
    heavy = ("pandas", "numpy", "geopandas", "altair", "folium", "pyarrow", "pydantic")
    code = f"""
import sys
from kavelmon import dashboard
dashboard.kavelmonitor()
print([name for name in {heavy} if name in sys.modules])
"""
    served = os.environ | {"KAVELMON_VEGA_SERVED": "1"}
    call = [sys.executable, "-c", code]
    done = subprocess.run(call, capture_output=True, text=True, check=True, timeout=120, env=served)
    assert done.stdout.strip() == "[]"


def test_what_cannot_be_compared_is_not_compared() -> None:
    for area in ("achterhoek", "mijnstreek"):
        core, _ = real(area)
        apart = {i["id"]: i for i in core["items"] if i["apart"]}
        assert {"zvw_kosten_totaal", "ziekenhuislocaties", "buitenpoliklinieken"} == set(apart)
        for one in apart.values():
            for edition in one["editions"]:
                assert set(edition["word"]) == {"none"}
                assert edition["spread"] == []
        assert not {core["items"][s["item"]]["id"] for s in core["standouts"]} & set(apart)


def test_an_area_stands_next_to_the_ggd_regio_that_it_lies_in() -> None:
    core, _ = real("achterhoek")
    assert core["regional"] == [["gg1413", "GGD-regio Noord- en Oost-Gelderland"]]
    compared = 0
    for item in core["items"][::9]:
        for edition in item["editions"]:
            there = figures.observations(item["id"], "GG1413", edition=edition["source"]).set_index("period")["value"]
            for period, value in zip(edition["periods"], edition["others"]["gg1413"], strict=True):
                assert (value is None) == bool(np.isnan(there[period]))
                if value is not None:
                    compared += 1
                    assert value == pytest.approx(there[period], abs=0.51 * 10 ** -item["decimals"])
    assert compared > 50
    assert real("zuid_limburg")[0]["regional"] == []  # it is its GGD-regio
