"""The document of the page on cost: every figure is one that Python gives, and no amount stands without its verdict."""

import datetime as dt
import gzip
import json
import math

import numpy as np
import pytest

from kavelmon import area_texts, areas, cost_texts, declarations, savings_texts, store, texts
from kavelmon.dashboard import cost_document, costing, dividing, prepared
from kavelmon.model import Area, NotFoundError
from kavelmon.savings import estimate, others, panel, parts
from kavelmon.savings.course import course

EMPTY = area_texts.remark("empty", "", "", [])
MOST_BYTES = 200_000  # packed, of all areas that are offered: it comes with the page
AMOUNTS = ("band", "others", "byYear", "pre_periods", "methods", "span", "groups", "number")


@pytest.fixture(scope="module", autouse=True)
def few():
    """Take fewer placebos: their number is not what is asked here, and 2,000 take seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(others, "AREAS", 300)
        patch.setattr(others, "SYNTHETIC", 60)
        yield


@pytest.fixture(scope="module")
def achterhoek():
    return cost_document.build(declarations.default().area("achterhoek"))


@pytest.fixture(scope="module")
def wijk():
    return cost_document.build(areas.find("WK022801", "Mijn wijk"))


@pytest.fixture(scope="module")
def common():
    return cost_document.common(cost_document.areas())


def begun(code, year):
    return Area(id="vroeg", title="Vroeg", start=dt.date(year, 1, 1), member=areas.find(code).member)


def near(rows, frame, columns):
    """Tell whether rows of the document are the columns of a table, with nothing for what is not known."""
    assert len(rows) == len(frame)
    for row, told in zip(rows, frame[columns].itertuples(index=False), strict=True):
        for mine, its in zip(row, told, strict=True):
            if isinstance(its, str | tuple | bool | np.bool_):
                assert mine == (list(its) if isinstance(its, tuple) else its)
            elif math.isnan(its):
                assert mine is None
            else:
                assert mine == pytest.approx(its, abs=1e-6)


# ------------------------------------------------------------------------------------------------------------ an area


@pytest.mark.parametrize("reference", panel.REFERENCES)
def test_every_figure_is_one_of_the_estimate(achterhoek, reference):
    told, found = achterhoek["of"][reference], estimate("achterhoek", reference=reference)
    assert told["verdict"] == found.verdict.title
    assert told["kind"] == found.verdict.kind
    assert told["said"] == list(found.reasons)
    assert told["checks"] == [[c.name, c.state, c.text] for c in found.verdict.checks]
    assert (told["start"], told["pre"]) == (found.start, list(found.pre))
    assert told["least"] == found.least
    assert told["luck"] == found.luck
    assert told["whatIf"] == ""
    assert told["notes"] == list(found.notes)
    near(told["byYear"], found.by_year, ["year", "expected_eur", "actual_eur", "difference_eur", "share", "p"])
    near(told["pre_periods"], found.pre_periods, ["first", "last", "saving_eur", "share", "p", "holds", "flagged"])
    near([row[1:] for row in told["methods"]], found.methods, ["difference_eur", "share", "p", "payable"])
    assert [row[0] for row in told["methods"]] == [savings_texts.METHODS[name] for name in found.methods["method"]]


@pytest.mark.parametrize("reference", panel.REFERENCES)
def test_every_year_is_one_of_the_course(achterhoek, reference):
    told, found = achterhoek["of"][reference], estimate("achterhoek", reference=reference)
    run = course(found, "achterhoek")
    assert told["years"] == run.years.tolist() == list(range(2015, 2024))
    assert told["actual"] == pytest.approx(run.actual / 1e6, abs=5e-4)
    assert told["expected"] == pytest.approx(run.expected / 1e6, abs=5e-4)
    assert told["share"] == pytest.approx(100 * run.share, abs=5e-3)
    low, high = np.array(told["band"])
    assert (low + high) / 2 == pytest.approx(run.expected / 1e6, abs=1e-3)
    # 90 % of the others stay inside it
    share = (low - told["expected"]) / np.array(told["expected"])
    inside = (np.abs(run.others) <= -share + 1e-5).mean(axis=0)
    assert (inside >= 0.9).all()
    assert (inside < 0.95).all()
    assert told["number"] == len(run.others) == others.AREAS
    assert len(told["others"]) == cost_document.LINES
    assert np.array(told["others"]) == pytest.approx(100 * run.others[: cost_document.LINES], abs=0.051)
    assert told["span"] == savings_texts.span(*run.span)


@pytest.mark.parametrize("reference", panel.REFERENCES)
def test_the_sum_is_that_of_the_years_since_the_start(achterhoek, reference):
    told, found = achterhoek["of"][reference], estimate("achterhoek", reference=reference)
    since = found.by_year
    assert since["year"].tolist() == [2021, 2022, 2023]
    assert told["sum"]["actual"] == pytest.approx(since["actual_eur"].sum(), abs=0.51)
    assert told["sum"]["expected"] == pytest.approx(since["expected_eur"].sum(), abs=0.51)
    assert told["sum"]["difference"] == pytest.approx(since["difference_eur"].sum(), abs=0.51)
    last = told["byYear"][-1]
    assert told["actual"][-1] == pytest.approx(last[2] / 1e6, abs=5e-4)
    assert told["expected"][-1] == pytest.approx(last[1] / 1e6, abs=5e-4)


def test_the_course_ends_where_the_estimate_does():
    found = estimate("ede")
    run = course(found, "ede")
    assert run.actual[-1] == found.actual_eur
    assert run.expected[-1] == pytest.approx(found.expected_eur, rel=1e-12)
    assert run.share[-1] == pytest.approx(found.share, rel=1e-9)
    assert np.sort(run.others[:, -1]) == pytest.approx(np.sort(found.placebos.found), rel=1e-12)
    assert run.since(2023) == pytest.approx((found.expected_eur, found.actual_eur))
    whole = run.since(found.start)
    assert whole == pytest.approx((found.by_year["expected_eur"].sum(), found.by_year["actual_eur"].sum()))
    wide = run.band(1.0)
    assert (wide >= run.band(0.5)).all()
    assert wide == pytest.approx(np.abs(run.others).max(axis=0))
    assert run.span[0] < run.span[1]


def test_two_references_are_two_outcomes(achterhoek):
    assert list(achterhoek["of"]) == list(panel.REFERENCES)
    one, other = (achterhoek["of"][reference] for reference in panel.REFERENCES)
    assert one["actual"] == other["actual"]
    assert one["sum"]["difference"] != other["sum"]["difference"]
    assert "landelijk" in one["how"][0]
    assert "in Nederland zonder de kavels" in other["how"][0]
    assert "2015–2020 (0,979)" in one["how"][0]


def test_what_was_made_of_an_area_without_a_start_is_a_what_if():
    told = cost_document.build(declarations.default().area("ede"))["of"]["NL"]
    found = estimate("ede")
    assert told["whatIf"] == found.notes[0] == savings_texts.WHAT_IF.format(year=2021)
    assert told["notes"] == list(found.notes[1:])  # it is not said twice


def test_laws_are_those_of_the_parts(achterhoek):
    columns = ["law", "basis", "year", "people", "cost_eur", "note", "source"]
    told = parts.by_law("achterhoek")[columns].astype(object).itertuples(index=False, name=None)
    for mine, its in zip(achterhoek["laws"], told, strict=True):
        for cell, other in zip(mine, its, strict=True):
            if other is None or other != other:
                assert cell is None
            else:
                assert cell == (pytest.approx(other, abs=1e-6) if isinstance(other, float) else other)


def test_care_groups_are_those_of_the_parts(achterhoek, monkeypatch):
    assert achterhoek["of"]["NL"]["groups"] == []  # without the cells there is a sentence
    frame = parts.pd.DataFrame(
        [("msz", "Ziekenhuis", (2015, 2020), 2023, 2.0, 1.5, 0.5, 0.25, 0.31, "none")], columns=parts.GROUP_COLUMNS
    )
    monkeypatch.setattr(cost_document.parts, "by_group", lambda area, reference: frame)
    found = cost_document._groups(declarations.default().area("ede"), "NL")
    assert found == [["Ziekenhuis", [2015, 2020], 0.5, 0.25, 0.31]]


# ---------------------------------------------------------------------------- approximations, and what is too early


@pytest.mark.parametrize("reference", panel.REFERENCES)
def test_of_a_wijk_there_is_no_verdict_and_nothing_beside_it(wijk, reference):
    told, found = wijk["of"][reference], estimate("WK022801", reference=reference)
    assert (told["kind"], told["verdict"]) == ("approximate", savings_texts.VERDICTS["approximate"])
    assert told["said"] == [savings_texts.APPROXIMATE_VERDICT]
    assert "€" not in told["verdict"] + "".join(told["said"]) + told["whatIf"]
    assert told["checks"] == []
    assert told["least"] == ""
    assert not set(AMOUNTS) & set(told)
    assert len(told["how"]) == 2
    assert not any("Even grote gebieden" in text for text in told["how"])
    assert told["actual"][-1] == pytest.approx(found.actual_eur / 1e6, abs=5e-4)
    assert told["expected"][-1] == pytest.approx(found.expected_eur / 1e6, abs=5e-4)
    assert any(savings_texts.APPROXIMATE[1:] in note for note in told["notes"])


def test_of_gemeenten_it_is_said_what_areas_of_this_size_are(achterhoek):
    assert len(achterhoek["of"]["NL"]["how"]) == 3
    assert achterhoek["of"]["NL"]["how"][-1].startswith("Even grote gebieden")


def test_a_wijk_has_a_ratio_of_its_gemeente(wijk):
    whole = cost_document.build(areas.find("GM0228"))["of"]["NL"]
    assert wijk["of"]["NL"]["share"] == pytest.approx(whole["share"], abs=0.011)
    assert wijk["of"]["NL"]["sum"]["actual"] < whole["sum"]["actual"]


def test_without_areas_of_the_same_size_nothing_is_laid_beside_it():
    told = cost_document.build(areas.find("GM0088"))["of"]["NL"]  # Schiermonnikoog
    found = estimate("GM0088")
    assert math.isnan(found.interval90[0])
    assert not {"band", "others", "number"} & set(told)
    assert not any("Even grote gebieden" in text for text in told["how"])
    assert told["least"] == found.least == ""
    near(
        [row[:5] for row in told["byYear"]],
        found.by_year,
        ["year", "expected_eur", "actual_eur", "difference_eur", "share"],
    )
    chance = [[row[5] for row in told["byYear"]], [row[4:6] for row in told["pre_periods"]]]
    chance += [[row[3] for row in told["methods"]]]
    assert chance == [[None] * 3, [[None, None]] * 5, [None] * 4]  # of these nothing can be said
    json.dumps(told, allow_nan=False)


@pytest.mark.parametrize("year", [2024, 2026])
def test_too_early_says_what_would_show(year):
    area = begun("GM0344", year)
    told, found = cost_document.build(area)["of"]["NL"], estimate(area)
    assert (told["kind"], told["start"], told["pre"]) == ("early", year, [2015, year - 1])
    assert not {"years", "actual", "sum", "how", *AMOUNTS} & set(told)
    assert told["least"] == found.least != ""
    assert "80\xa0% kans" in told["least"]
    assert told["whatIf"] == ""
    assert told["said"] == [savings_texts.TOO_FEW.format(first=2015)]


def test_too_early_of_a_wijk_says_nothing_of_others():
    told = cost_document.build(begun("WK022801", 2024))["of"]["NL"]
    assert told["kind"] == "early"
    assert told["least"] == ""
    assert "years" not in told


# ------------------------------------------------------------------------------------------------------------ as JSON


def test_all_of_it_is_json(achterhoek, wijk, common):
    for content in (achterhoek, wijk, common, cost_document.build(begun("GM0344", 2024))):
        text = json.dumps(content, allow_nan=False, ensure_ascii=False)
        assert json.loads(text) == content  # no tuples, no numbers of numpy
        assert not {word for word in ("NaN", "Infinity", "<NA>") if word in text}


def test_what_comes_with_the_page_is_small(achterhoek, common):
    offered = cost_document.areas()
    held = prepared.packed({**common, "of": {area.id: achterhoek for area in offered}})
    assert len(held) < MOST_BYTES
    alone = prepared.packed(achterhoek)
    assert len(alone) < MOST_BYTES / 10
    assert json.loads(gzip.decompress(alone)) == achterhoek
    assert prepared.packed(achterhoek) == alone


# ------------------------------------------------------------------------------------------------- what areas share


def test_kavels_and_regions_are_offered():
    offered = cost_document.areas()
    assert [a.id for a in offered if a.id == "achterhoek"]
    assert {a.kind for a in offered} <= {"kavel", "regio"}
    assert "nl" not in {a.id for a in offered}
    known = declarations.default().areas.values()
    assert {a.id for a in offered} == {a.id for a in known if a.kind in ("kavel", "regio")}


def test_every_gemeente_of_today_can_be_chosen(common):
    regions = store.regions()
    assert {code for code, _ in common["towns"]} == set(regions.gemeenten(regions.current_year))
    names = [name for _, name in common["towns"]]
    assert names == sorted(names)
    assert all(name == regions.name(code) for code, name in common["towns"])


def test_the_form_has_every_field_with_its_example(common):
    assert [field[0] for field in common["fields"]] == list(cost_texts.FIELDS) == list(common["example"])
    for name, group, title, unit in common["fields"]:
        assert (group, title, unit) == cost_texts.FIELDS[name][:3]
        assert group in cost_texts.GROUPS
    for name, options in common["choices"].items():
        assert str(common["example"][name]) in options
    assert common["divided"] == dividing.divide(common["example"])


def test_the_level_is_told_with_an_amount_that_is_its_own(common):
    found = estimate(cost_document._EXAMPLE, "level")
    assert common["first"] == {"example": "Ede", "amount": savings_texts.euros(found.difference_eur)}
    assert found.difference_eur > 0  # else it would not be called a saving
    declared = declarations.default().areas.values()
    assert not any(cost_document._EXAMPLE in area.codes and area.start for area in declared)


def test_words_colours_figures_and_source(common):
    assert set(common["specs"]) == {"cost", "others", "steps", "decade"}
    assert list(common["colours"]) == ["rente", "aflossing", "aanbieders", "bekostigers", "fonds"]
    assert cost_texts.PAGE.items() <= common["texts"].items()
    assert common["texts"]["stateGood"] == savings_texts.GOOD
    assert [a["id"] for a in common["areas"]] == [a.id for a in cost_document.areas()]
    assert common["source"]["vektis_open"]["publisher"] == "Vektis"


# ------------------------------------------------------------------------------------------------ an area that is asked


def test_an_unknown_code_is_named_in_dutch():
    said = cost_document.asked("GM9999")
    assert said == areas.compose(["GM9999"]).faults[0].dutch
    assert said.startswith("GM9999 is geen code van een gebied.")


def test_every_wrong_code_is_named():
    said = cost_document.asked("GM9999,GM0222,GM0008")
    assert "GM9999" in said
    assert "GM0008" in said
    assert "GM0222 is" not in said
    assert EMPTY not in said


@pytest.mark.parametrize("codes", ["", " , ", ";"])
def test_no_codes_at_all_is_said(codes):
    assert cost_document.asked(codes) == EMPTY


def test_gemeenten_together(achterhoek):
    found = cost_document.asked("gm0222, GM1509;GM1586 GM1859+GM1876")
    assert found["area"]["id"] == areas.identity(["GM0222", "GM1509", "GM1586", "GM1859", "GM1876"])
    assert found["area"]["kind"] == "eigen"
    assert found["of"]["NL"]["start"] == 2021
    assert found["of"]["NL"]["whatIf"]
    assert set(found) == set(achterhoek)
    assert set(found["of"]["NL"]) == set(achterhoek["of"]["NL"])


def test_one_gemeente_has_its_own_name():
    found = cost_document.asked("GM0344")
    assert found["area"]["title"] == "Utrecht"
    assert found["of"]["NL"]["byYear"][-1][2] == pytest.approx(estimate("GM0344").actual_eur, abs=1e-6)


def test_a_region_by_its_code():
    found = cost_document.asked("gg1413")
    assert found["area"]["id"] == "gg1413"
    assert found["area"]["title"].startswith("GGD-regio ")
    assert found["laws"][0][4] == pytest.approx(estimate("gg1413").actual_eur, abs=1e-6)


def test_an_area_that_has_no_cost_is_said(caplog):
    assert cost_document.asked("nl") == cost_texts.NO_COST
    assert "no cost of nl" in caplog.text


def test_a_region_that_is_not_there():
    said = cost_document.asked("GG9999")
    assert said == cost_texts.NO_COST or "GG9999" in said


@pytest.mark.parametrize("codes", ["GM0222," * 5_000, "x" * prepared.LONGEST, ",".join(f"Q{n}" for n in range(40))])
def test_too_much_is_answered_as_well(codes):
    found = cost_document.asked(codes[: prepared.LONGEST])
    assert isinstance(found, dict) or 0 < len(found) <= cost_document.MOST + 1


# ---------------------------------------------------------------------------------------------------------- the widget


@pytest.fixture
def widget(monkeypatch):
    """The page with what it sends; its documents are not what is asked."""
    monkeypatch.setattr(prepared, "common", lambda: b"")
    monkeypatch.setattr(prepared, "cost", lambda: b"")

    def own_cost(codes):  # without the process of its own, which a test of the served page has
        answer = cost_document.asked(codes)
        return [answer] if isinstance(answer, str) else (prepared.packed(answer),)

    monkeypatch.setattr(prepared, "own_cost", own_cost)
    found = costing.kosten_en_verdeling()
    found.sent = []
    monkeypatch.setattr(costing.KostenEnVerdeling, "send", lambda self, content: self.sent.append(content))
    return found


def asked(widget, content):
    widget._asked(widget, content, [])
    return widget.sent.pop()


def test_the_widget_answers_what_is_asked(widget):
    answer = asked(widget, {"ask": "divide", "number": 3, "forms": [{}, {"payers": "20"}]})
    assert answer["number"] == 3
    assert answer["divided"] == [dividing.divide({}), dividing.divide({"payers": "20"})]
    assert asked(widget, {"ask": "divide", "number": 4, "forms": [{}, {}, {}]})["divided"] == [dividing.divide({})] * 2
    answer = asked(widget, {"ask": "area", "number": 5, "codes": "GM9999", "title": ""})
    assert (answer["number"], answer["said"]) == (5, cost_document.asked("GM9999"))
    answer = asked(widget, {"ask": "area", "number": 6, "codes": "GM0222,GM1509", "title": "Proef & <b>"})
    assert answer["area"]["area"]["title"] == "Proef & <b>"
    answer = asked(widget, {"ask": "area", "number": 7, "codes": "gg1413", "title": "Anders"})
    assert answer["area"]["area"]["title"].startswith("GGD-regio ")  # a region keeps its name


def test_a_title_is_not_longer_than_a_line(widget, monkeypatch):
    seen = []
    monkeypatch.setattr(costing, "area", lambda codes, title: seen.append((len(codes), len(title))) or {"said": "x"})
    asked(widget, {"ask": "area", "number": 1, "codes": "GM0222," * 50_000, "title": "t" * 10_000})
    assert seen == [(prepared.LONGEST, 60)]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"ask": "divide"},
        {"ask": "divide", "forms": "abc"},
        {"ask": "divide", "forms": [1]},
        {"ask": "divide", "forms": [["a"]]},
        {"ask": "divide", "forms": None},
        {"ask": "divide", "forms": [{"saving": None}]},
        {"ask": "divide", "forms": [{"kind": {"a": 1}, "base": [], "saving": []}]},
        {"ask": "divide", "forms": [{"kind": {"a": 1}, "base": []}]},
        {"ask": "divide", "forms": [{"unknown": "x"}]},
        {"ask": "area"},
        {"ask": "area", "codes": None, "title": None},
        {"ask": "area", "codes": {"a": 1}},
        {"ask": "area", "codes": "../../etc/passwd.toml"},
        {"ask": "area", "codes": "\x00"},
        {"ask": "area", "codes": "<script>alert(1)</script>"},
        {"ask": ["area"]},
        {"number": {"a": 1}, "ask": "area", "codes": ["GM9999"]},
    ],
)
def test_nonsense_is_answered_in_dutch_and_never_fails(widget, content):
    answer = asked(widget, content)
    assert answer["number"] == content.get("number")
    if "divided" in answer:
        assert all("years" in one or one["faults"] for one in answer["divided"])
    else:
        assert answer.get("said") or answer["sorry"] == texts.ERROR
    json.dumps(answer, allow_nan=False)


def test_what_fails_is_a_sentence_here_and_a_cause_in_the_log(widget, monkeypatch, caplog):
    def broken(*_):
        raise NotFoundError("a cause")

    monkeypatch.setattr(dividing, "divide", broken)
    assert asked(widget, {"ask": "divide", "number": 1, "forms": [{}]}) == {"number": 1, "sorry": texts.ERROR}
    assert "a cause" in caplog.text
