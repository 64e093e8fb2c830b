"""The statistics against statsmodels and scipy, that were written by others, over grids and random input."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import spatial, stats
from statsmodels.stats import meta_analysis, multitest, proportion, rates, weightstats

from kavelmon.stats import dispersion, funnel, inequality, intervals, multiple, peers, samples, trend

LEVELS = (0.8, 0.95, 0.998)
GRID = [(x, n) for n in (1, 2, 9, 100, 12_345) for x in sorted({0, 1, n // 3, n - 1, n})]
EXACT = {"rel": 1e-9, "abs": 1e-12}
# The first example of each may have to import
some = settings(deadline=None)


@pytest.mark.parametrize("level", LEVELS)
def test_quantile(level):
    assert intervals.quantile(level) == pytest.approx(stats.norm.ppf((1 + level) / 2), **EXACT)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("x", "n"), GRID)
def test_wilson(x, n, level):
    oracle = proportion.proportion_confint(x, n, alpha=1 - level, method="wilson")
    assert intervals.wilson(x, n, confidence=level) == pytest.approx(np.clip(oracle, 0, 1), **EXACT)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("x", [0, 1, 2, 5, 9, 10, 65, 1045])
def test_poisson_exact(x, level):
    lower, upper = intervals.poisson_exact(x, confidence=level)
    oracle = rates.confint_poisson(x, 1, method="exact-c", alpha=1 - level)
    assert (lower, upper) == pytest.approx(np.nan_to_num(oracle), **EXACT)
    # what exact means: at each limit the count itself, or one further out, has half of the chance that is left
    assert stats.poisson.cdf(x, upper) == pytest.approx((1 - level) / 2, **EXACT)
    if x:
        assert stats.poisson.sf(x - 1, lower) == pytest.approx((1 - level) / 2, **EXACT)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("expected", [0.3, 1, 7.5, 15, 200])
def test_ratio_limits(expected, level):
    lower, upper = funnel.ratio_limits(expected, confidence=level)
    tail = (1 - level) / 2
    assert lower == pytest.approx(stats.chi2.ppf(tail, 2 * expected) / 2 / expected, **EXACT)
    assert upper == pytest.approx(stats.chi2.ppf(1 - tail, 2 * expected + 2) / 2 / expected, **EXACT)


@some
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=20), st.sampled_from(LEVELS))
def test_mean(values, level):
    found = samples.mean_t(values, confidence=level)
    oracle = weightstats.DescrStatsW(values).tconfint_mean(alpha=1 - level)
    assert found == pytest.approx(oracle, rel=1e-7, abs=1e-7)


counts = st.tuples(st.integers(1, 300), st.integers(0, 300)).map(lambda p: (p[0], p[0] + p[1]))


@some
@given(counts, counts, st.sampled_from(LEVELS))
def test_newcombe(one, two, level):
    found = samples.newcombe(*one, *two, confidence=level)
    oracle = proportion.confint_proportions_2indep(*one, *two, method="newcomb", compare="diff", alpha=1 - level)
    assert found[1:] == pytest.approx(oracle, rel=1e-7, abs=1e-9)


points = st.lists(
    st.tuples(st.integers(2000, 2030), st.floats(-50, 50), st.floats(0.5, 5)),
    min_size=3,
    max_size=10,
    unique_by=lambda p: p[0],
)


@some
@given(points, st.sampled_from(LEVELS))
def test_slope(rows, level):
    years, values, errors = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    assume(np.ptp(values) > 1e-6)  # of points that are all equal the others say 0 / 0
    design = sm.add_constant(years - 2015)
    for scale, kind in (("fixed", "fixed scale"), ("estimated", "nonrobust")):
        found = trend.slope(years, values, errors, scale=scale, confidence=level)
        oracle = sm.WLS(values, design, weights=1 / errors**2).fit(cov_type=kind, use_t=scale == "estimated")
        assert found.per_year == pytest.approx(oracle.params[1], rel=1e-7, abs=1e-9)
        assert (found.lower, found.upper) == pytest.approx(oracle.conf_int(1 - level)[1], rel=1e-6, abs=1e-6)
        assert found.p == pytest.approx(oracle.pvalues[1], rel=1e-5, abs=1e-6)
        assert found.dispersion == pytest.approx(oracle.ssr / (len(rows) - 2), rel=1e-6, abs=1e-9)
    found = trend.slope(years, values, confidence=level)
    oracle = stats.linregress(years, values)
    assert found.per_year == pytest.approx(oracle.slope, rel=1e-7, abs=1e-9)
    assert found.p == pytest.approx(oracle.pvalue, rel=1e-5, abs=1e-6)


@some
@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0.5, 5)), min_size=5, max_size=5))
def test_recent_trend(rows):
    values, errors = (np.array(column) for column in zip(*rows, strict=True))
    found = trend.recent_trend(range(2020, 2025), values, values - 1.96 * errors, values + 1.96 * errors)
    slopes = []
    for k in (np.arange(5), *(np.delete(np.arange(5), i) for i in range(5))):
        fit = sm.WLS(values[k], sm.add_constant(np.arange(1, 6))[k], weights=1 / errors[k] ** 2)
        slopes.append(fit.fit(cov_type="fixed scale"))
    chi2 = slopes[0].tvalues[1] ** 2
    assert found.chi2 == pytest.approx(chi2, rel=1e-6, abs=1e-9)
    signs = {np.sign(s.params[1]) for s in slopes}
    if min(abs(s.params[1]) for s in slopes) > 1e-9 and abs(chi2 - stats.chi2.ppf(0.998, 1)) > 1e-6:
        trending = len(signs) == 1 and stats.chi2.sf(chi2, 1) < 0.002
        assert found.word == ("no change" if not trending else "up" if signs == {1} else "down")


def test_recent_trend_is_tested_at_two_in_a_thousand():
    assert pytest.approx(stats.chi2.ppf(0.998, 1), rel=1e-12) == trend.RECENT_CHI2


wijken = st.lists(
    st.tuples(st.floats(1, 90), st.integers(1, 9000), st.integers(1, 9)), min_size=3, max_size=20
).filter(lambda rows: len({r for _, _, r in rows}) > 1)  # fmt: skip


@some
@given(wijken, st.sampled_from(LEVELS))
def test_slope_index(rows, level):
    values, people, ranking = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    found = inequality.slope_index(values, people, ranking, confidence=level)
    below = np.array([people[ranking < r].sum() + people[ranking == r].sum() / 2 for r in ranking]) / people.sum()
    np.testing.assert_allclose(inequality.mid_ranks(people, ranking), below)
    oracle = sm.WLS(values, sm.add_constant(below), weights=people).fit()
    assert found.sii == pytest.approx(oracle.params[1], rel=1e-6, abs=1e-6)
    assert (found.lower, found.upper) == pytest.approx(oracle.conf_int(1 - level)[1], rel=1e-5, abs=1e-5)
    assert found.mean == pytest.approx(weightstats.DescrStatsW(values, people).mean, **EXACT)


@some
@given(st.lists(st.tuples(st.floats(-50, 50), st.integers(1, 500)), min_size=1, max_size=15))
def test_spread(rows):
    values, people = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    oracle = weightstats.DescrStatsW(values, people)
    assert inequality.spread(values, people).sd == pytest.approx(oracle.std, rel=1e-7, abs=1e-7)


@some
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_benjamini_hochberg(p):
    oracle = multitest.multipletests(p, method="fdr_bh")[1]
    np.testing.assert_allclose(multiple.benjamini_hochberg(p), oracle, atol=1e-300)


@some
@given(st.floats(-20, 20), st.floats(-20, 20), st.floats(0.1, 20), st.sampled_from(LEVELS))
def test_p_of_difference(value, reference, half, level):
    error = half / stats.norm.ppf((1 + level) / 2)
    oracle = 2 * stats.norm.sf(abs(value - reference), scale=error)
    found = multiple.p_of_difference(value, reference, value - half, value + half, confidence=level)
    assert found == pytest.approx(oracle, rel=1e-6, abs=1e-12)


@pytest.mark.filterwarnings("ignore::RuntimeWarning:statsmodels")
@some
@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(0.05, 1)), min_size=3, max_size=20))
def test_over_dispersion_is_that_of_dersimonian_and_laird(rows):
    y, error = (np.array(column) for column in zip(*rows, strict=True))
    oracle = meta_analysis.combine_effects(y, error**2, method_re="dl")
    target = np.average(y, weights=1 / error**2)  # theirs is the mean of the units; a funnel has a target of its own
    found = dispersion.overdispersion(dispersion.z_scores(y, error, target), error, trim="none")
    assert found.tau2 == pytest.approx(max(0, oracle.tau2), rel=1e-6, abs=1e-9)
    assert found.phi == pytest.approx(oracle.q / len(rows), rel=1e-6, abs=1e-9)


@some
@given(st.integers(0, 1000))
def test_distances(seed):
    table = pd.DataFrame(np.random.default_rng(seed).normal(size=(12, 4)), columns=list("abcd"))
    oracle = spatial.distance.cdist(table, table.iloc[[0]], "seuclidean", V=table.var(ddof=0))[:, 0]
    np.testing.assert_allclose(peers.distances(table, 0) * np.sqrt(4), oracle)
