"""What nobody may get round: a period that is picked, a yardstick of another size, a break that goes unsaid."""

import dataclasses
import datetime as dt
import math

import numpy as np
import pytest

from kavelmon import savings_texts as texts
from kavelmon.model import Area, Member
from kavelmon.savings import estimate, others, panel, parts, verdict
from kavelmon.savings.verdict import Check, judge

GOOD = [Check(name, texts.GOOD, "") for name in (texts.SPACE, texts.TIME, texts.BEFORE)]


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(others, "AREAS", 300)


def begun(*codes, year=2021):
    return Area(id="proef", title="Proef", start=dt.date(year, 1, 1), member=tuple(Member(code=c) for c in codes))


# ------------------------------------------------------------------------------------------ a period that is picked


@pytest.mark.parametrize("pre", [(2015, 2016), (2015, 2017), (2015, 2018), (2016, 2018), (2017, 2018)])
def test_a_period_that_leaves_out_the_last_years_does_not_make_a_saving(pre):
    # cost was going down in 2019 and 2020 already, before anything began: with a period that ends earlier that fall
    # is counted as a saving, and a short one sees no trend
    found = estimate("achterhoek", pre=pre)
    assert found.p <= 0.10
    assert found.share > found.msr
    assert found.verdict.kind == "none"
    states = {c.name: c.state for c in found.verdict.checks}
    whole = {c.name: c.state for c in estimate("achterhoek").verdict.checks}
    assert states[texts.TIME] == whole[texts.TIME] == texts.BAD
    assert states[texts.BEFORE] == whole[texts.BEFORE] == texts.BAD


def test_no_period_has_better_checks_than_the_longest_one():
    order = [texts.GOOD, texts.EDGE, texts.BAD]
    for area in ("ede", "GM0344"):
        whole = estimate(area).verdict.checks
        for pre in ((2016, 2020), (2018, 2020), (2019, 2020)):
            for own, longest in zip(estimate(area, pre=pre).verdict.checks[1:], whole[1:], strict=True):
                assert order.index(own.state) >= order.index(longest.state)


def test_what_comes_out_in_no_admissible_period_is_no_saving():
    none, one = [(0.03, 0.4, 0.02), (0.02, 0.3, 0.02)], [(0.03, 0.4, 0.02), (0.03, 0.04, 0.02)]
    for more in ({}, {"declared": False}):
        assert judge(0.05, 0.01, 0.02, GOOD, none, **more).kind == "none"
        assert judge(0.05, 0.01, 0.02, GOOD, one, **more).kind != "none"
    assert "bij 0 van de 2 perioden" in judge(0.05, 0.01, 0.02, GOOD, none).text
    assert judge(-0.05, 0.01, 0.02, GOOD, none).kind == "higher"  # of higher cost nothing is kept back


def test_the_worst_check_counts():
    good, edge, bad = (Check("x", state, "") for state in (texts.GOOD, texts.EDGE, texts.BAD))
    assert verdict.worst([good, bad, edge]) is bad
    assert verdict.worst([good, edge]) is edge
    assert verdict.worst([good]) is good


# --------------------------------------------------------------------------------------- a yardstick of another size


def test_gemeenten_of_any_size_are_no_yardstick_for_a_small_area():
    small, larger = estimate(begun("GM0093")), estimate(begun("GM0755"))  # 4,800 and 11,100 insured
    assert small.p <= 0.10  # among gemeenten of which most are five times as large
    assert small.placebos.sd < larger.placebos.sd  # and move less
    assert larger.insured > 2 * small.insured
    assert small.verdict.kind == "none"
    assert small.verdict.checks[0].state == texts.BAD
    assert "geen aaneengesloten gebieden van deze grootte" in small.verdict.checks[0].text
    # what an area of this size could show, and its bounds, are not known
    assert math.isnan(small.detectable)
    assert math.isnan(small.power(0.05))
    assert np.isnan(small.interval90).all()
    assert small.least == ""
    assert "nan" not in small.text
    assert np.isfinite(larger.interval90).all()
    assert math.isnan(estimate("GM0093", start=2024).detectable)


def test_nothing_is_told_from_others_of_another_size():
    for share in (0.05, -0.05):
        periods = [(share, 0.001, 0.02)]
        assert judge(share, 0.001, 0.02, GOOD, periods).kind != "none"
        assert judge(share, 0.001, 0.02, GOOD, periods, alike=False).kind == "none"
    assert verdict.in_space(0.001, 300, 1_000.0, alike=False).state == texts.BAD


# ------------------------------------------------------------------------------------------ a break that goes unsaid


def test_a_break_within_the_years_before_is_told():
    notes = " ".join(estimate("ede", start=2022).notes)  # of 2021 a part of the cost is not in the figures
    assert "De periode vooraf bevat 2021" in notes
    assert "De periode vooraf bevat 2021" not in " ".join(estimate("ede").notes)
    assert "breuk in de cijfers (2021)" in " ".join(estimate("ede").notes)


def test_a_care_group_that_was_booked_otherwise_since_has_no_row(monkeypatch):
    held, real = panel.panel(), estimate
    monkeypatch.setattr(panel, "panel", lambda reference="NL", group="": dataclasses.replace(held, group=group))
    monkeypatch.setattr(parts, "estimate", lambda area, **asked: real("achterhoek", start=asked.get("start")))
    monkeypatch.setattr(parts, "GROUPS", dict.fromkeys(("ggz", "geboortezorg", "msz")))
    assert parts.by_group("achterhoek")["group"].tolist() == ["msz"]  # of ggz in 2021 and 2022, of births in 2021
