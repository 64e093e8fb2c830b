"""An estimate as a whole: what it is laid beside, what it refuses, and how it is told."""

import datetime as dt
import json
import math

import numpy as np
import pytest

from kavelmon import figures, store
from kavelmon import savings_texts as texts
from kavelmon.adjacency import neighbours
from kavelmon.model import Area, KavelmonError, Member, NotFoundError
from kavelmon.savings import command, estimate, methods, others, panel, verdict
from kavelmon.savings.others import Rules


@pytest.fixture(scope="module")
def held():
    return panel.panel()


@pytest.fixture(autouse=True)
def few(request, monkeypatch):
    """Take fewer placebos where their number is not what is asked: a synthetic control of 2,000 takes seconds."""
    if "stack" not in request.fixturenames:
        monkeypatch.setattr(others, "AREAS", 300)


@pytest.fixture(scope="module")
def costs(held):
    return panel.of_area(panel.found("achterhoek"), held)


@pytest.fixture(scope="module")
def stack(held, costs):
    return others.stack(held, costs, others.donors(held, costs, 2020, Rules()), 2023)


# ------------------------------------------------------------------------------------------------------ the panel


def test_one_indeling_for_every_year(held):
    regions = store.regions()
    assert held.codes == tuple(sorted(regions.gemeenten(regions.current_year)))
    assert held.years == tuple(range(2011, 2024))
    assert np.isfinite(held.actual).all()
    assert held.refused == {}
    assert all("verdeeld" in text for text in held.estimated.values())


def test_the_country_costs_what_is_expected_of_it(held):
    # national rates give the national cost, whatever the gemeenten
    assert held.expected.sum(axis=0) == pytest.approx(held.actual.sum(axis=0), rel=1e-12)


def test_an_area_is_the_sum_of_its_gemeenten(held, costs):
    rows = [held.at[code] for code in costs.gemeenten]
    assert costs.actual == pytest.approx(held.actual[rows].sum(axis=0), rel=1e-14)
    assert costs.expected == pytest.approx(held.expected[rows].sum(axis=0), rel=1e-14)
    assert costs.insured == pytest.approx(held.insured[rows].sum(axis=0), rel=1e-14)


def test_all_heirs_of_a_divided_gemeente_together_are_exact(held):
    some, every = (panel.of_area(panel.found(codes), held) for codes in (["GM0757"], sorted(held.estimated)))
    assert "verdeeld" in some.estimated
    assert every.estimated == ""
    assert any("verdeeld" in note for note in estimate("GM0757").notes)


def test_a_wijk_has_the_ratio_of_its_gemeente(held):
    found, whole = estimate("WK029401"), estimate("GM0294")
    assert found.verdict.kind == "approximate"
    assert math.isnan(found.saving_eur)
    assert math.isnan(found.p)
    assert not found.payable
    assert found.theta == pytest.approx(whole.theta, rel=1e-12)
    assert found.share == pytest.approx(whole.share, rel=1e-12)
    assert 0 < found.insured < whole.insured
    assert texts.APPROXIMATE[1:] in " ".join(found.notes)


def test_wijken_and_gemeenten_mixed_are_an_approximation(held):
    mixed = panel.of_area(panel.found(["GM0222", "WK029401"]), held)
    whole = panel.of_area(panel.found("GM0222"), held)
    small = panel.of_area(panel.found("WK029401"), held)
    assert mixed.actual == pytest.approx(whole.actual + small.actual, rel=1e-12)
    assert mixed.approximate
    assert not whole.approximate
    with pytest.raises(KavelmonError, match="give the whole gemeenten"):
        estimate(["GM0222", "WK029401"], "synthetic")


def test_a_care_group_needs_the_cells():
    with pytest.raises(NotFoundError, match="kavelmon build --from"):
        estimate("achterhoek", group="msz")


# ----------------------------------------------------------------------------------------------------- the others


def test_no_placebo_is_a_kavel_or_the_area(held, costs, stack):
    away = [held.at[code] for code in panel.kavels() | set(costs.gemeenten)]
    assert not stack.members[1:, away].any()
    assert not others.donors(held, costs, 2020, Rules())[away].any()
    assert stack.members[0].sum() == 8


def test_placebos_are_of_the_same_size_and_hang_together(held, costs, stack):
    column = held.column(2023)
    size = stack.members[stack.areas].astype(float) @ held.insured[:, column] / costs.insured[column]
    assert size.min() >= 0.8
    assert size.max() <= 1.2
    rows = stack.members[stack.areas]
    assert len(rows) == others.AREAS
    assert len({tuple(np.flatnonzero(row)) for row in rows}) > 1500
    graph = neighbours("GM", held.indeling)
    place = {code: n for n, code in enumerate(graph.codes)}
    for row in rows[::100]:
        inside = {place[held.codes[n]] for n in np.flatnonzero(row)}
        reached, todo = set(), [min(inside)]
        while todo:
            unit = todo.pop()
            reached.add(unit)
            near = graph.to[graph.start[unit] : graph.start[unit + 1]]
            todo += [int(n) for n in near if n in inside and n not in reached]
        assert reached == inside


def test_donors_by_rule(held, costs):
    every = others.donors(held, costs, 2020, Rules(smallest=0))
    some = others.donors(held, costs, 2020, Rules())
    apart = others.donors(held, costs, 2020, Rules(adjacent=False))
    least = 0.25 * costs.insured[held.column(2020)] / 8
    assert not every[[held.at[code] for code in held.estimated]].any()
    assert (some == (every & (held.insured[:, held.column(2020)] >= least))).all()
    near = {held.codes[n] for n in np.flatnonzero(some & ~apart)}
    assert {"GM0262", "GM0301"} <= near  # Lochem and Zutphen border on Bronckhorst
    assert "GM0363" not in near


def test_a_placebo_has_no_donor_of_its_own(held, costs):
    found = estimate("achterhoek", "synthetic", rules=Rules(adjacent=False))
    near = others.touching(held)[[held.at[code] for code in costs.gemeenten]].any(axis=0)
    assert not any(near[held.at[code]] for code in found.weights)
    assert sum(found.weights.values()) == pytest.approx(1)


# ------------------------------------------------------------------------------------------------ a whole estimate


def test_the_achterhoek_is_not_called_a_saving(stack):
    found = estimate("achterhoek")
    assert found.verdict.kind == "none"
    assert len(found.placebos) == others.AREAS == 2000
    assert texts.CHANCE in found.text
    # over many draws p is 0.10, so near the limit that the check says what hangs on the draw
    assert 0.08 < found.p < 0.11
    # a start that was none shows as much: the costs were going down before
    assert {c.name: c.state for c in found.verdict.checks} == {
        texts.SPACE: texts.EDGE,
        texts.TIME: texts.BAD,
        texts.BEFORE: texts.BAD,
    }
    assert "andere getrokken gebieden" in found.verdict.checks[0].text
    assert (found.pre_periods["saving_eur"] > 0).all()
    assert (found.verdict.holds, found.verdict.of) == (0, 5)
    assert found.interval90[0] < 0 < found.interval90[1]
    side = found.methods.set_index("method")
    assert side.loc["own_norm", "difference_eur"] == pytest.approx(found.saving_eur)
    assert side.loc["level", "difference_eur"] > found.saving_eur
    assert math.isnan(side.loc["level", "p"])
    assert not side.loc["trend", "payable"]


@pytest.mark.parametrize(
    ("area", "method"), [("achterhoek", "own_norm"), ("achterhoek", "level"), ("WK029401", "own_norm")]
)
def test_an_amount_comes_after_its_verdict(area, method):
    found = estimate(area, method)
    before = found.notes[0] + " " if found.what_if else ""
    assert found.text.startswith(f"{before}{found.verdict.title}. {found.reasons[0]}")
    assert "\u20ac" not in before


def test_other_weights_say_the_opposite():
    found = estimate("achterhoek", "synthetic")
    low, high = found.span
    assert low < 0 < found.saving_eur < high
    assert found.verdict.kind == "none"
    assert "geen conclusie" in " ".join(found.notes)
    with_more = estimate("achterhoek", "synthetic", rules=Rules(smallest=0))
    assert with_more.span[0] <= low + 1e3  # more donors, more weights that fit
    assert with_more.span[1] >= high - 1e3


def test_the_same_question_has_the_same_answer():
    one, other = (command.as_json(estimate("ede")) for _ in range(2))
    assert one == other


def test_what_can_show_is_known_of_others_only(held, costs, monkeypatch):
    before = estimate("achterhoek")
    monkeypatch.setattr(panel, "of_area", lambda *_: _planted(costs, held, 0.10))
    after = estimate("achterhoek")
    assert after.detectable == before.detectable
    assert after.share == pytest.approx(before.share + 0.10 * (1 - before.share), rel=1e-9)
    assert after.p < 0.01


def _planted(costs, held, effect):
    from dataclasses import replace

    return replace(costs, actual=np.where(np.array(held.years) > 2020, (1 - effect) * costs.actual, costs.actual))


def test_an_area_without_a_start_is_a_what_if():
    found = estimate("ede")
    assert found.what_if
    assert found.text.startswith("Dit is een wat-als")
    assert found.start == 2021
    assert estimate("ede", start=2022).pre == (2015, 2021)
    assert estimate("ede", pre=(2016, 2019)).start == 2020
    other = estimate("achterhoek", start=2022)
    assert other.what_if
    assert other.pre == (2015, 2020)  # the Kavelmodel was there in 2021, whatever start is tried
    with pytest.raises(KavelmonError, match="began in 2021; end it in 2020"):
        estimate("achterhoek", start=2023, pre=(2015, 2022))
    assert "het vastgelegde begin is 2021" in other.text


def test_a_what_if_is_never_called_a_saving():
    # nothing began in Utrecht; of many places that are tried some come out by chance
    found = estimate("GM0344")
    assert {c.state for c in found.verdict.checks} == {texts.GOOD}
    assert found.p <= 0.05
    assert found.verdict.kind == "lower"
    assert texts.NOT_DECLARED in found.text


def test_too_few_years():
    for start in (2016, 2024, 2030):
        found = estimate("ede", start=start)
        assert found.verdict.kind == "early"
        assert math.isnan(found.saving_eur)
        assert "te weinig jaren" in found.text
        # what would show can be told before anything began
        assert found.detectable == pytest.approx(estimate("ede").detectable)
        assert "80\xa0% kans" in found.least
        assert json.loads(command.as_json(found))["saving_eur"] is None
        assert command.as_text(found)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"pre": (2020, 2020)}, "two years or more"),
        ({"pre": (2009, 2012)}, "between 2011 and 2023"),
        ({"pre": (2015, 2021)}, "began in 2021; end it in 2020"),
        ({"pre": (2012, 2020)}, "runs across a break.*Begin in 2015"),
        ({"year": 2019}, "before the start, 2021"),
        ({"year": 2030}, "no costs of 2030"),
        ({"method": "guess"}, "use level, own_norm, trend, synthetic"),
        ({"reference": "BE"}, "use NL or others"),
        ({"group": "tandarts"}, 'care group "tandarts" is not known'),
        ({"msr": 3}, "msr = 3"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked, said):
    with pytest.raises(KavelmonError, match=said):
        estimate("achterhoek", **asked)


def test_the_country_is_no_area():
    with pytest.raises(NotFoundError, match="its own yardstick"):
        estimate("nl")


def test_a_city_of_which_few_fit_in_the_country_is_never_shown():
    found = estimate("GM0363")
    assert found.p < 0.05
    assert found.apart < 19
    assert found.verdict.checks[0].state == texts.EDGE
    assert found.verdict.kind != "shown"


def test_an_area_too_large_for_placebos_falls_back_on_gemeenten(held):
    codes = [code for code in held.codes if code not in panel.kavels() and code not in held.estimated][:200]
    area = Area(id="half", title="Half", start=dt.date(2021, 1, 1), member=tuple(Member(code=c) for c in codes))
    found = estimate(area)
    assert found.verdict.kind == "none"
    assert "te weinig gebieden van deze grootte" in found.text
    assert "perioden" not in found.text  # where nothing can be said, no period says anything


def test_what_is_made_of_a_divided_gemeente_is_never_shown(monkeypatch):
    payable = []
    real = verdict.judge
    monkeypatch.setattr(
        verdict, "judge", lambda *given, **more: payable.append(more["payable"]) or real(*given, **more)
    )
    estimate("GM0855")  # Tilburg, which got a part of Haaren
    estimate("GM0344")
    assert payable == [False, True]  # of what is not payable nothing is ever shown


def test_how_often_nothing_would_be_paid_for_is_told_with_the_least_that_shows():
    found = estimate("achterhoek")
    share = (found.placebos.found >= 0.02).mean()
    assert 0.02 < share < 0.25
    assert texts.part(share) in found.luck
    assert estimate("WK029401").luck == ""


def test_no_more_areas_side_by_side_than_there_are_different_ones(held):
    small = estimate("GM0093")  # Terschelling: hardly an area of its size can be made
    assert small.apart <= 20


def test_msr_by_the_placebos():
    found = estimate("achterhoek", msr="placebo")
    assert found.msr == pytest.approx(1.645 * found.placebos.sd)


# ------------------------------------------------------------------------------------------------ the command line


def test_as_json():
    found = estimate("achterhoek")
    told = json.loads(command.as_json(found))
    assert {"theta", "expected_eur", "actual_eur", "saving_eur", "p", "interval", "verdict"} <= told.keys()
    assert told["saving_eur"] == pytest.approx(30_862_315.61, abs=0.005)
    assert told["verdict"]["title"] == "Dit is geen aantoonbare besparing"
    assert [row["first"] for row in told["pre_periods"]] == list(range(2015, 2020))
    assert [row["method"] for row in told["methods"]] == list(methods.METHODS)
    assert told["methods"][0]["p"] is None


def test_as_text():
    for method in methods.METHODS:
        text = command.as_text(estimate("achterhoek", method))
        assert "nan" not in text
        assert "Vektis" in text
        assert ("saving_eur" in text.split("\n\n")[1]) == (method != "level")


def test_what_the_command_line_reads():
    assert command.period("") is None
    assert command.period("2016 - 2020") == (2016, 2020)
    assert command.least("placebo") == "placebo"
    assert command.least("0.03") == 0.03
    for wrong in ("2016", "a-b"):
        with pytest.raises(KavelmonError, match="as 2015-2020"):
            command.period(wrong)
    with pytest.raises(KavelmonError, match=r"as 0\.02"):
        command.least("veel")


def test_figures_of_the_page_are_those_of_the_estimate():
    found = estimate("mijnstreek")
    page = figures.value("zvw_kosten_vergelijkbaar", "mijnstreek", "2023")
    assert found.actual_eur == page["numerator"]
    assert found.insured == page["denominator"]
