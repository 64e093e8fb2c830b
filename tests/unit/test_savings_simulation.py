"""Does the rule do what it says? Areas in which nothing began, and the same areas with a saving planted in them.

Contiguous areas of the country are drawn; each is judged beside placebos that do not overlap it, so that nothing of an
area goes into its own yardstick. The figures are real, and so is what moves them.
"""

import dataclasses
import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from kavelmon import contiguous
from kavelmon.adjacency import neighbours
from kavelmon.model import Area, Member
from kavelmon.savings import estimate, others, panel, tables
from kavelmon.savings.luck import ALPHA

NUMBER, SMALLEST, LARGEST, SEED = 60, 250_000, 350_000, 99
EFFECT = 0.03


@pytest.fixture(scope="module")
def found():
    """A row per area: the estimate with nothing, and with `EFFECT` off the cost since 2021."""
    held, real = panel.panel(), panel.of_area
    codes = [code for code in held.codes if code not in panel.kavels() and code not in held.estimated]
    graph = neighbours("GM", held.indeling, codes)
    people = held.insured[[held.at[code] for code in graph.codes], held.column(2023)]
    drawn = contiguous.random_areas(graph, people, SMALLEST, LARGEST, NUMBER, SEED)
    after = np.array(held.years) > 2020

    def planted(area, held):
        costs = real(area, held)
        return dataclasses.replace(costs, actual=np.where(after, (1 - effect) * costs.actual, costs.actual))

    rows = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(panel, "of_area", planted)
        patch.setattr(others, "AREAS", 500)
        patch.setattr(tables, "side_by_side", lambda *_: pd.DataFrame())  # other methods are not what is asked
        for number, units in enumerate(drawn):
            member = tuple(Member(code=graph.codes[n]) for n in units)
            area = Area(id=f"proef_{number}", title="Proef", start=dt.date(2021, 1, 1), member=member)
            row = {}
            for effect in (0.0, EFFECT):
                one = estimate(area)
                told = one.p <= ALPHA and one.share >= one.msr
                row |= {("kind", effect): one.verdict.kind, ("told", effect): told, ("p", effect): one.p}
            rows.append(row | {("said", EFFECT): one.power(EFFECT), ("least", EFFECT): one.detectable})
    return pd.DataFrame(rows)


def error(share):
    """Return two standard errors of a share of areas, as if they did not overlap."""
    return 2 * math.sqrt(share * (1 - share) / NUMBER)


def test_nothing_is_seldom_called_a_saving(found):
    called = found["kind", 0.0].isin(["possible", "shown"]).mean()
    assert called <= ALPHA
    assert found["told", 0.0].mean() <= ALPHA / 2 + error(ALPHA / 2)  # of both sides together it is ALPHA
    assert (found["kind", 0.0] == "shown").mean() <= ALPHA / 2


def test_p_is_as_often_low_as_it_says(found):
    for level in (0.10, 0.25, 0.50):
        assert (found["p", 0.0] <= level).mean() == pytest.approx(level, abs=error(level) + 0.03)


def test_a_planted_saving_is_seen_as_often_as_was_said(found):
    said = found["said", EFFECT].mean()
    assert found["told", EFFECT].mean() == pytest.approx(said, abs=error(said))
    assert 0.2 < said < 0.6  # 3 % in an area of this size is seen less than every other time
    assert found["least", EFFECT].mean() > EFFECT


def test_a_planted_saving_is_called_one_more_often_than_nothing_is(found):
    called = [found["kind", effect].isin(["possible", "shown"]).mean() for effect in (0.0, EFFECT)]
    assert called[1] > called[0] + 0.1
