"""What may be called a saving: the rules one by one, and the words that go with them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kavelmon import savings_texts as texts
from kavelmon.savings import panel, verdict
from kavelmon.savings.luck import Placebos
from kavelmon.savings.verdict import Check, judge

GOOD = [Check(name, texts.GOOD, "") for name in (texts.SPACE, texts.TIME, texts.BEFORE)]
SAME = [(0.03, 0.01, 0.02), (0.04, 0.01, 0.02), (0.001, 0.8, 0.02)]
MIXED = [(0.03, 0.01, 0.02), (-0.001, 0.9, 0.02)]


def checks(**states):
    names = {"space": texts.SPACE, "time": texts.TIME, "before": texts.BEFORE}
    return [Check(text, states.get(key, texts.GOOD), "") for key, text in names.items()]


@pytest.mark.parametrize(
    ("share", "p", "found", "periods", "more", "kind"),
    [
        (0.03, 0.01, GOOD, SAME, {}, "shown"),
        (0.03, 0.01, GOOD, MIXED, {}, "possible"),
        (0.03, 0.08, checks(space=texts.EDGE), SAME, {}, "possible"),
        (0.03, 0.01, checks(time=texts.EDGE), SAME, {}, "possible"),
        (0.03, 0.01, checks(time=texts.BAD), SAME, {}, "none"),
        (0.03, 0.01, checks(before=texts.BAD), SAME, {}, "none"),
        (0.03, 0.1001, GOOD, SAME, {}, "none"),
        (0.0199, 0.01, GOOD, SAME, {}, "none"),
        (0.03, math.nan, GOOD, SAME, {}, "none"),
        (0.03, 0.01, GOOD, SAME, {"payable": False}, "possible"),
        (0.03, 0.01, GOOD, SAME, {"declared": False}, "lower"),
        (0.03, 0.08, checks(space=texts.EDGE), SAME, {"declared": False}, "lower"),
        (0.03, 0.01, checks(time=texts.BAD), SAME, {"declared": False}, "none"),
        (0.03, 0.01, GOOD, SAME, {"spans_zero": True}, "none"),
        (0.03, 0.01, GOOD, SAME, {"fit": 0.021}, "none"),
        (0.03, 0.01, GOOD, SAME, {"apart": 8}, "none"),
        (-0.03, 0.01, GOOD, [(-0.03, 0.01, 0.02)], {}, "higher"),
        (-0.03, 0.01, checks(time=texts.BAD), [(-0.03, 0.01, 0.02)], {}, "higher"),
        (-0.03, 0.01, GOOD, [(-0.03, 0.01, 0.02)], {"p_higher": 0.11}, "none"),
        (0.03, 0.01, GOOD, SAME, {"p_higher": 1.0}, "shown"),
        (-0.03, 0.4, GOOD, [(-0.03, 0.4, 0.02)], {}, "none"),
    ],
)
def test_the_rule(share, p, found, periods, more, kind):
    assert judge(share, p, 0.02, found, periods, **more).kind == kind


@given(
    st.floats(-0.2, 0.2),
    st.floats(0.001, 1),
    st.lists(st.sampled_from([texts.GOOD, texts.EDGE, texts.BAD]), min_size=3, max_size=3),
    st.lists(st.tuples(st.floats(-0.2, 0.2), st.floats(0.001, 1), st.just(0.02)), min_size=1, max_size=6),
    st.booleans(),
    st.booleans(),
)
def test_shown_only_when_everything_agrees(share, p, states, periods, payable, zero):
    found = [
        Check(name, state, "") for name, state in zip((texts.SPACE, texts.TIME, texts.BEFORE), states, strict=True)
    ]
    said = judge(share, p, 0.02, found, periods, payable=payable, spans_zero=zero)
    if said.kind in ("shown", "possible"):
        assert share >= 0.02
        assert p <= 0.10
        assert texts.BAD not in states
        assert not zero
    if said.kind == "shown":
        assert set(states) == {texts.GOOD}
        assert all(one > 0 for one, _, _ in periods)
        assert payable
    if p > 0.10:
        assert texts.CHANCE in said.text
    elif abs(share) < 0.02:  # told from chance, and too small to count: it is one thing or the other
        assert "kleiner dan 2,0" in said.text
        assert texts.CHANCE not in said.text
    assert said.of == len(periods)
    assert said.holds == sum(q <= 0.10 and abs(s) >= 0.02 and (s > 0) == (share > 0) for s, q, _ in periods)
    assert f"{said.holds} van de {said.of}" in said.text


def test_in_space():
    ps = (0.001, 0.035, 0.05, 0.065, 0.082, 0.10, 0.118, 0.2)
    assert [verdict.in_space(p, 2000, 60.0).state for p in ps] == [
        *[texts.GOOD] * 2,
        *[texts.EDGE] * 4,
        *[texts.BAD] * 2,
    ]
    assert verdict.in_space(math.nan, 0, 0.0).state == texts.BAD


def test_what_hangs_on_the_draw_is_an_edge_case():
    # the standard error of 0.10 in 2,000 draws is 0.0067, in 500 draws 0.0134
    assert [verdict.in_space(0.112, n, 60.0).state for n in (500, 2000)] == [texts.EDGE, texts.EDGE]
    assert [verdict.in_space(0.115, n, 60.0).state for n in (500, 2000)] == [texts.EDGE, texts.BAD]
    assert [verdict.in_space(0.04, n, 60.0).state for n in (500, 2000)] == [texts.EDGE, texts.GOOD]
    near = verdict.in_space(0.094, 2000, 60.0)
    assert "dicht bij de grens van 10" in near.text
    assert "dicht bij" not in verdict.in_space(0.08, 2000, 60.0).text
    assert verdict.in_space(0.094, 2000, 8.0).state == texts.BAD  # too few side by side, whatever p is


def test_overlapping_areas_are_no_surer_than_areas_side_by_side():
    assert verdict.in_space(0.002, 500, 18.0).state == texts.EDGE
    assert verdict.in_space(0.002, 500, 8.0).state == texts.BAD
    assert "passen er maar 8" in verdict.in_space(0.002, 500, 8.0).text


def test_in_time():
    fine, large, rare, both = (2019, 0.01, 0.5), (2019, 0.03, 0.5), (2018, 0.01, 0.05), (2018, -0.03, 0.05)
    assert verdict.in_time([fine], 0.02).state == texts.GOOD
    assert verdict.in_time([fine, large], 0.02).state == texts.EDGE
    assert verdict.in_time([rare], 0.02).state == texts.EDGE
    assert verdict.in_time([fine, both], 0.02).state == texts.BAD
    assert verdict.in_time([], 0.02).state == texts.EDGE


def test_in_advance():
    nan = math.nan
    assert [verdict.in_advance(fit, nan, nan).state for fit in (0.01, 0.011, 0.02, 0.021)] == [
        texts.GOOD,
        texts.EDGE,
        texts.EDGE,
        texts.BAD,
    ]
    assert [verdict.in_advance(0.005, -0.01, p).state for p in (0.11, 0.10, 0.05)] == [
        texts.GOOD,
        texts.EDGE,
        texts.BAD,
    ]
    assert verdict.in_advance(1e-6, nan, nan).state == texts.EDGE  # a perfect fit tells nothing


def test_every_period_before_the_start():
    held = panel.panel()
    assert verdict.admissible(held, 2021) == [(first, 2020) for first in range(2015, 2020)]
    assert verdict.admissible(held, 2017) == [(2015, 2016)]
    assert verdict.admissible(held, 2016) == []
    assert verdict.crossed(held, (2014, 2020)) == [2015]
    assert verdict.flagged(held.breaks, (2015, 2020)) == [2015]
    assert verdict.flagged(held.breaks, (2016, 2020)) == []


def test_a_level_is_never_called_a_saving():
    for text in (texts.LEVEL, texts.METHODS["level"], texts.VERDICTS["context"], texts.level(25e6, 0.069, 2023)):
        assert "besparing" not in text.lower()


def test_an_amount_has_its_bounds():
    said = texts.difference(30_862_315.61, 0.0312, 2023, -266_069.0, 62e6).replace("\xa0", " ")
    assert said == (
        "In 2023 waren de kosten € 30,9 miljoen (3,1 %) lager dan verwacht. Met de marge waar 90 % van de andere "
        "gebieden binnen blijft, is dat € 0,3 miljoen hoger tot € 62,0 miljoen lager."
    )


def test_higher_cost_must_be_so_on_its_own_side():
    # of 100 placebos 12 cost 3 % more or worse, and none cost 3 % less
    found = np.concatenate([np.full(12, -0.04), np.full(88, 0.001)])
    placebos = Placebos(found)
    assert placebos.p(-0.03) == pytest.approx(13 / 101)
    assert placebos.p_higher(-0.03) == pytest.approx(26 / 101)
    assert placebos.p_higher(-0.05) == pytest.approx(2 / 101)
    assert placebos.p_higher(0.5) == 1.0
    assert math.isnan(placebos.p_higher(math.nan))
    said = judge(-0.03, 0.09, 0.02, GOOD, [(-0.03, 0.09, 0.02)], p_higher=26 / 101)
    assert said.kind == "none"
    assert "13 " in said.text or "12,9" in said.text


def test_luck_is_how_often_nothing_saves_enough():
    placebos = Placebos(np.array([-0.05, 0.01, 0.02, 0.03]))
    assert placebos.luck(0.02) == 0.5
    assert math.isnan(Placebos(np.empty(0)).luck(0.02))
    assert "50" in texts.luck(0.5, 0.02)
    assert "2,0" in texts.luck(0.5, 0.02)
