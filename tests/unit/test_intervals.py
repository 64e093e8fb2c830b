"""Golden figures: PHEindicatormethods 2.1.0 (numbers only), recomputed in the method notes of the project."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kavelmon.stats.intervals import byar, wilson
from kavelmon.stats.margins import combined_margins


@pytest.mark.parametrize(
    ("count", "n", "lower", "upper"),
    [
        (65, 100, 0.5525444329688797, 0.7363575175690247),
        (1045, 5000, 0.19795549880013, 0.22049130373189),
        (1, 100, 0.0017674320641, 0.0544861961787),
        (9856, 12345, 0.7912101752909, 0.8053640073615),
    ],
)
def test_wilson_golden(count, n, lower, upper):
    assert wilson(count, n) == pytest.approx((lower, upper), abs=1e-9)


@pytest.mark.parametrize(
    ("count", "lower", "upper"), [(65, 50.163187710459, 82.849138545940), (1045, 982.593201807333, 1110.331212985650)]
)
def test_byar_golden(count, lower, upper):
    assert byar(count) == pytest.approx((lower, upper), rel=1e-9)


@pytest.mark.parametrize(
    ("correlation", "lower", "upper"), [(0, 25.195, 29.805), (0.5, 24.963, 30.037), (1, 24.750, 30.250)]
)
def test_combined_margins_golden(correlation, lower, upper):
    bounds = combined_margins(
        np.array([20, 30]), np.array([18, 27]), np.array([22, 33]), np.array([0.25, 0.75]), correlation=correlation
    )
    assert bounds == pytest.approx((lower, upper), abs=5e-4)


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_intervals_contain_the_estimate_and_narrow_with_more(count, more):
    n = count + more
    lower, upper = wilson(count, n)
    assert 0 <= lower < count / n < upper <= 1
    wide, tight = wilson(count, n), wilson(100 * count, 100 * n)
    assert tight[1] - tight[0] < wide[1] - wide[0]
    lower, upper = byar(count)
    assert 0 <= lower < count < upper


@given(st.lists(st.tuples(st.floats(1, 99), st.floats(0.1, 5), st.floats(1, 1e5)), min_size=1, max_size=12))
def test_an_area_is_surer_than_the_mean_of_its_parts_and_correlation_only_widens(parts):
    values, half, weights = (np.array(column) for column in zip(*parts, strict=True))
    shares = weights / weights.sum()
    free = combined_margins(values, values - half, values + half, shares, correlation=0)
    tied = combined_margins(values, values - half, values + half, shares, correlation=1)
    assert tied[0] <= free[0] + 1e-9
    assert free[1] <= tied[1] + 1e-9
    assert tied[1] - tied[0] == pytest.approx(2 * float((shares * half).sum()))
