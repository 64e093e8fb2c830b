"""Expected cost by level, own norm and own trend: laws that hold for every input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kavelmon.model import KavelmonError
from kavelmon.savings import methods

YEARS = np.arange(2015, 2024)
BEFORE = YEARS <= 2020
EUROS = st.floats(1e5, 1e9)
COSTS = hnp.arrays(float, (3, len(YEARS)), elements=EUROS)
FACTOR = st.floats(1e-3, 1e3)


def share(actual, expected):
    return methods.moved(actual, expected, methods.own_norm(actual, expected, BEFORE))


@given(COSTS, COSTS, FACTOR, FACTOR)
def test_the_own_norm_asks_nothing_of_levels(actual, expected, one, other):
    # an area that always costs twice the norm has moved as much as one that costs half of it
    assert share(one * actual, other * expected) == pytest.approx(share(actual, expected), rel=1e-9, abs=1e-9)


@given(COSTS, COSTS, FACTOR)
def test_savings_in_euro_grow_with_the_currency(actual, expected, factor):
    ratio = methods.own_norm(actual, expected, BEFORE)
    again = methods.own_norm(factor * actual, factor * expected, BEFORE)
    assert again == pytest.approx(ratio, rel=1e-12)
    small, large = methods.saving(ratio * expected, actual), methods.saving(again * factor * expected, factor * actual)
    assert large == pytest.approx(factor * small, rel=1e-9, abs=1e-6 * factor * np.abs(actual).max())


@given(COSTS, COSTS)
def test_before_the_start_the_own_norm_saves_nothing_on_balance(actual, expected):
    ratio = methods.own_norm(actual, expected, BEFORE)
    balance = methods.saving(ratio * expected, actual)[:, BEFORE].sum(axis=1)
    assert balance == pytest.approx(0, abs=1e-9 * np.abs(actual).sum())


@given(COSTS, COSTS)
def test_areas_are_worked_out_apart(actual, expected):
    together = methods.own_norm(actual, expected, BEFORE)
    for row in range(len(actual)):
        assert methods.own_norm(actual[row], expected[row], BEFORE) == pytest.approx(together[row], rel=1e-12)
        assert methods.theta(actual[row], expected[row], BEFORE) == pytest.approx(together[row, -1], rel=1e-12)


@given(st.floats(0.5, 2), st.floats(-0.05, 0.05), COSTS)
def test_an_area_that_keeps_to_its_trend_saves_nothing(level, slope, expected):
    actual = expected * level * np.exp(slope * (YEARS - 2018))
    ratio = methods.trend(actual, expected, YEARS, BEFORE)
    assert methods.moved(actual, expected, ratio) == pytest.approx(0, abs=1e-9)
    found, _, when = methods.log_slope(actual, expected, YEARS, BEFORE)
    assert found == pytest.approx(slope, abs=1e-9)
    assert when == 2017.5


def test_the_trend_is_the_least_squares_line():
    rng = np.random.default_rng(4)
    expected = rng.uniform(1, 2, len(YEARS))
    actual = expected * rng.uniform(0.9, 1.1, len(YEARS))
    slope, middle = np.polyfit(YEARS[BEFORE] - 2015, np.log(actual / expected)[BEFORE], 1)
    ratio = methods.trend(actual, expected, YEARS, BEFORE)
    assert np.log(ratio) == pytest.approx(middle + slope * (YEARS - 2015), rel=1e-9)


def test_without_years_before_there_is_no_norm():
    none, one = np.zeros(3, dtype=bool), np.array([True, False, False])
    with pytest.raises(KavelmonError, match="no year before the start"):
        methods.own_norm(np.ones(3), np.ones(3), none)
    with pytest.raises(KavelmonError, match="needs at least 2"):
        methods.trend(np.ones(3), np.ones(3), np.arange(3), one)


def test_a_saving_is_what_was_not_spent():
    assert methods.saving(100.0, 90.0) == 10.0
    assert methods.share(100.0, 110.0) == pytest.approx(-0.1)
