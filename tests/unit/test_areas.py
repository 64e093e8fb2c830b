"""Areas that anybody puts together: what is in them, what is said of codes, and that their figures are the API's."""

import json
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kavelmon import areas, cli, declarations, figures, places, store
from kavelmon.dashboard import composing, selecting
from kavelmon.model import CatalogueError, NotFoundError

GEMEENTEN = sorted(store.regions().gemeenten(2026))
WIJKEN = sorted({c for (c, year) in store.regions().small if year == 2024 and c.startswith("WK")})


def said(codes) -> list[tuple[str, str]]:
    return [(r.kind, r.code) for r in areas.compose(codes).remarks]


def test_a_wijk_in_a_chosen_gemeente_counts_once_and_that_is_said():
    found = areas.compose(["WK029401", "GM0294", "BU02940102"])
    assert found.codes == ("GM0294",)
    assert [r.dutch for r in found.remarks] == [
        "Wijk 01 Land (WK029401) ligt in Winterswijk (GM0294) en telt één keer.",
        "Miste (BU02940102) ligt in Winterswijk (GM0294) en telt één keer.",
    ]
    assert not found.faults


def test_a_buurt_in_a_chosen_wijk_counts_once():
    assert areas.compose(["BU02940102", "WK029401"]).codes == ("WK029401",)


def test_a_code_that_was_given_twice_counts_once():
    assert said(["gm0294", "GM0294 "]) == [("double", "GM0294")]


@pytest.mark.parametrize(
    ("code", "heirs"),
    [
        ("GM0951", ["GM1954"]),  # Nuth: Beekdaelen, 2019
        ("GM0788", ["GM0824", "GM0865", "GM0757", "GM0855"]),  # Haaren: 5,827, 4,900, 2,149 and 1,442 inhabitants
        ("GM0424", ["GM1942"]),  # Muiden: Gooise Meren; the part that went to Weesp had no inhabitants
        ("GM0083", ["GM1949"]),  # Menaldumadeel: Menameradiel (2011), Waadhoeke (2018)
    ],
)
def test_an_abolished_code_comes_with_its_successors(code, heirs):
    (remark,) = areas.compose([code, "GM0294"]).faults
    assert [c for c, _ in remark.others][: len(heirs)] == heirs
    assert "bestaat niet meer" in remark.dutch
    assert heirs[0] in remark.english


def test_an_unknown_code_comes_with_those_nearest_to_it():
    assert said(["GM9999"]) == [("unknown", "GM9999"), ("empty", "")]
    (remark,) = areas.compose(["WK029407", "GM0294"]).faults
    assert {c for c, _ in remark.others} == {"WK029400", "WK029401"}
    with pytest.raises(NotFoundError, match=r"GM9999.*nearest"):
        areas.own(["GM9999"])
    with pytest.raises(NotFoundError, match="give at least one"):
        areas.own([])
    assert said(["<script>", "NL"])[0][0] == "unknown"


def test_the_same_area_has_the_same_id_in_any_order():
    one, other = (areas.own(codes)[0] for codes in (["GM0294", "WK019704"], ["WK019704", "GM0294", "GM0294"]))
    assert one.id == other.id
    assert one.codes == ("GM0294", "WK019704")


@pytest.mark.parametrize(
    ("codes", "title"),
    [
        (["GM0294"], "Winterswijk"),
        (["GM0294", "GM0197"], "Aalten en Winterswijk"),
        (["GM0294", "GM0197", "GM0222", "GM1859"], "Aalten, Doetinchem en 2 andere"),
        (["WK029401"], "Wijk 01 Land (Winterswijk)"),
        (["WK029401", "WK029400", "WK019704"], "3 wijken in Aalten en Winterswijk"),
        (["GM0294", "WK019704"], "1 gemeente en 1 wijk in Aalten en Winterswijk"),
    ],
)
def test_an_area_without_a_name_is_called_after_its_parts(codes, title):
    assert areas.own(codes)[0].title == title


def test_a_declared_area_is_found_by_its_id_and_any_other_by_codes():
    assert areas.find("achterhoek").id == "achterhoek"
    assert areas.find("gm0294, gm0197").codes == ("GM0197", "GM0294")
    with pytest.raises(NotFoundError, match="nearest: achterhoek"):
        areas.find("achterhok")


@given(st.lists(st.sampled_from([*GEMEENTEN, *WIJKEN]), min_size=1, max_size=30), st.randoms())
@settings(max_examples=60)
def test_no_part_of_a_composed_area_lies_in_another_and_nothing_is_lost(codes, shuffle):
    found = areas.compose(codes)
    assert not found.faults
    kept = set(found.codes)
    for code in codes:
        assert code in kept or kept & set(places.around(code))
    for code in kept:
        assert not kept & set(places.around(code))
    shuffle.shuffle(codes)
    assert areas.compose(codes).codes == found.codes
    assert set(places.place(codes).codes) == kept  # the API counts once too


@pytest.mark.parametrize("seed", range(4))
def test_the_figures_while_choosing_are_those_of_the_api(seed):
    """Value by value against the frame of the API, whose roll-up is recomputed by plain loops in tests/golden."""
    pick = random.Random(seed)
    codes = [*pick.sample(GEMEENTEN, 3), *pick.sample(WIJKEN, 5)] if seed else pick.sample(WIJKEN, 4)
    shown = composing.profile(codes)
    assert len(shown["rows"]) == len({row[0] for row in shown["rows"]}) > 100
    known = 0
    for indicator, edition, period, value, word, _, remarks in shown["rows"]:
        frame = figures.observations(indicator, shown["codes"], edition=edition, period=period)
        there = frame["value"].iat[0]
        if value is None:
            assert math.isnan(there)
            assert word == "none"
            assert remarks
        else:
            known += 1
            assert value == pytest.approx(there, abs=0.51 * 10 ** -decimals(indicator))
    assert known > 5


def decimals(indicator: str) -> int:
    return declarations.default().indicator(indicator).decimals


def test_while_choosing_faults_are_said_and_the_rest_is_shown():
    shown = composing.profile(["GM0294", "GM0951", "GM9999"])
    assert shown["codes"] == ["GM0294"]
    assert shown["offer"][0] == ["GM1954", "Beekdaelen"]
    assert len(shown["said"]) == 2
    assert shown["people"] == figures.value("inwoners", "GM0294")["value"]
    assert composing.profile([]) == {"codes": [], "said": [], "offer": [], "people": None, "peopleYear": "", "rows": []}


def test_in_a_notebook_the_widget_brings_its_own_module(monkeypatch):
    monkeypatch.delenv("KAVELMON_VEGA_SERVED", raising=False)
    for name, page in (("Composing", composing.samenstellen()), ("Selecting", selecting.kavelselectie())):
        assert page._esm.count("as default") + page._esm.count("export default") == 1
        assert f"class {name}" in page._esm
        assert page.address == ""


def test_a_saved_area_is_read_again_and_a_wrong_one_is_refused_with_file_and_key(tmp_path):
    area, _ = areas.own(["GM0294", "WK019704", "BU02220106"], 'Een "eigen" gebied')
    file = tmp_path / "eigen_gebied.toml"
    areas.write(area, file)
    again = areas.read(file)
    assert (again.title, again.codes, again.kind) == (area.title, area.codes, "eigen")
    assert areas.find(str(file)) == again
    areas.write(declarations.default().area("mijnstreek"), tmp_path / "kopie.toml")
    assert areas.read(tmp_path / "kopie.toml").member == declarations.default().area("mijnstreek").member
    for text, named in (
        (
            'title = "A"\n[[member]]\ncode = "GM0951"\n',
            r"GM0951 \(Nuth\) does not exist any more; use GM1954 \(Beekdaelen\)",
        ),
        ('title = "A"\n[[member]]\ncode = "0294"\n', r"member\.0\.code = '0294'"),
        ('title = "A"\n', "at least one gemeente"),
        ('titel = "A"\n', "titel"),
        ("title = A\n", "not valid TOML"),
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(CatalogueError, match=named) as refusal:
            areas.read(file)
        assert "eigen_gebied.toml" in str(refusal.value)
    with pytest.raises(CatalogueError, match="no such file"):
        areas.find(str(tmp_path / "weg.toml"))
    with pytest.raises(CatalogueError, match="small letters"):
        areas.write(area, tmp_path / "Niet Goed.toml")
    assert not list(tmp_path.glob(".*"))


def test_an_area_is_asked_by_region_file_or_codes_on_the_command_line(tmp_path, capsys, monkeypatch):
    area, _ = areas.own(["GM0294", "GM0197"])
    areas.write(area, tmp_path / "grens.toml")
    people = {}
    for name in ("GM0294,GM0197", str(tmp_path / "grens.toml"), "GG6106", "zuid_limburg"):
        monkeypatch.setattr("sys.argv", ["kavelmon", "value", "inwoners", name, "2026", "--json"])
        with pytest.raises(SystemExit) as done:
            cli.main()
        assert not done.value.code
        people[name] = json.loads(capsys.readouterr().out)["value"]
    assert len(set(people.values())) == 2
    assert people["GG6106"] == people["zuid_limburg"]
    assert people["GM0294,GM0197"] == sum(figures.value("inwoners", c, "2026")["value"] for c in ("GM0294", "GM0197"))


def test_the_area_as_it_was_lacks_who_was_no_member_then():
    """Montferland (GM1955) was no member of the Achterhoek from 2017 to 2023."""
    now, then = (
        figures.observations("inwoners", "achterhoek", edition="cbs_70072ned_panel", as_it_was=way).set_index("period")[
            "value"
        ]
        for way in (False, True)
    )
    montferland = figures.observations("inwoners", "GM1955", edition="cbs_70072ned_panel").set_index("period")["value"]
    for year in ("2015", "2016"):
        assert now[year] == then[year]
    for year in ("2017", "2018", "2019"):
        assert now[year] - then[year] == montferland[year]


def test_a_wijk_without_a_figure_weighs_what_it_is_today():
    """Overstegen had other borders in 2020: what is known is all but its people, not three of four parts."""
    codes = ["GM0294", "GM0197", "WK022201", "WK022202"]
    found = figures.value("roker", codes, "2020", edition="rivm_50090ned")
    adults = figures.observations("inwoners_18plus", ["WK022202"], level="WK")
    newest = adults[adults["value"].notna() & (adults["region_year"] > 2020)].iloc[0]["value"]
    known = figures.value("roker", codes[:3], "2020", edition="rivm_50090ned")
    assert found["coverage"] == pytest.approx(known["denominator"] / (known["denominator"] + newest))
    assert found["value"] == pytest.approx(known["value"])
