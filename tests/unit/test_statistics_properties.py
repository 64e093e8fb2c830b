"""What holds for every input: the laws that the statistics of `kavelmon.stats` obey."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kavelmon.stats import (
    checks,
    dispersion,
    funnel,
    inequality,
    intervals,
    margins,
    multiple,
    peers,
    samples,
    standardise,
    trend,
)

confidences = st.floats(0.5, 0.999)
shares = st.tuples(st.integers(0, 10_000), st.integers(1, 10_000)).map(lambda p: (min(p), max(p)))
counts = st.floats(0, 1e6)


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-9)


# ------------------------------------------------------------------------------------------------------------ intervals

INTERVALS = {
    "wilson": lambda x, n, c: intervals.wilson(x, n, confidence=c),
    "byar": lambda x, n, c: intervals.byar(x, confidence=c),
    "poisson_exact": lambda x, n, c: intervals.poisson_exact(x, confidence=c),
    "count_limits": lambda x, n, c: intervals.count_limits(x, confidence=c),
    "rate": lambda x, n, c: intervals.rate(x, n, confidence=c),
    "mean_t_summary": lambda x, n, c: samples.mean_t_summary(x, 1 + n / 100, 12, confidence=c),
    "newcombe": lambda x, n, c: samples.newcombe(x, n, n - x, n + 7, confidence=c)[1:],
    "proportion_limits": lambda x, n, c: funnel.proportion_limits(x / n, n, confidence=c),
    "ratio_limits": lambda x, n, c: funnel.ratio_limits(n, confidence=c),
}
ESTIMATES = {
    "wilson": lambda x, n: x / n,
    "rate": lambda x, n: x / n,
    "newcombe": lambda x, n: x / n - (n - x) / (n + 7),
    "proportion_limits": lambda x, n: x / n,
    "ratio_limits": lambda x, n: 1.0,
}


@pytest.mark.parametrize("name", INTERVALS)
@given(share=shares, confidence=confidences)
def test_an_interval_contains_its_estimate(name, share, confidence):
    lower, upper = INTERVALS[name](*share, confidence)
    estimate = ESTIMATES.get(name, lambda x, n: x)(*share)
    assert lower <= estimate <= upper


@pytest.mark.parametrize("name", INTERVALS)
@given(share=shares, levels=st.tuples(confidences, confidences))
def test_a_higher_confidence_is_wider(name, share, levels):
    low, high = sorted(levels)
    assume(high - low > 1e-3)
    narrow, wide = (INTERVALS[name](*share, c) for c in (low, high))
    assert wide[0] <= narrow[0]
    assert narrow[1] <= wide[1]
    if name != "proportion_limits" or 0 < share[0] < share[1]:
        assert wide[1] - wide[0] > narrow[1] - narrow[0] or name in ("proportion_limits", "newcombe")


@given(shares, st.integers(2, 100))
def test_an_interval_narrows_with_more_observations(share, times):
    few, many = share, tuple(times * s for s in share)
    for bounds in (intervals.wilson, lambda x, n: samples.newcombe(x, n, n - x, n)[1:], intervals.rate):
        one, other = (high - low for low, high in (bounds(*few), bounds(*many)))
        assert other < one


@given(st.lists(shares, min_size=1, max_size=6), confidences)
def test_arrays_give_what_numbers_give_one_by_one(rows, confidence):
    x, n = (np.array(column) for column in zip(*rows, strict=True))
    for name, bounds in INTERVALS.items():
        alone = [bounds(*row, confidence) for row in rows] if name != "proportion_limits" else None
        if alone:
            together = bounds(x, n, confidence)
            np.testing.assert_allclose(np.column_stack(together), alone, rtol=1e-12)
    columns = pd.DataFrame({"x": x, "n": n})
    np.testing.assert_array_equal(intervals.wilson(columns["x"], columns["n"]), intervals.wilson(x, n))


def test_single_numbers_give_floats_that_unpack():
    lower, upper = found = intervals.wilson(65, 100)
    assert (type(lower), type(upper)) == (float, float)
    assert (found.lower, found.upper) == (lower, upper)


@given(counts)
def test_exact_limits_meet_byars_at_ten_events(count):
    exact, close = intervals.poisson_exact(count + 10), intervals.byar(count + 10)
    np.testing.assert_allclose(exact, close, rtol=0.01)  # 0.4 % at ten events, and closer from there


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=30), st.floats(0.1, 10))
def test_effective_number_is_at_most_the_number_and_does_not_know_the_scale(weights, factor):
    found = samples.effective_n(weights)
    assert 1 - 1e-9 <= found <= len(weights) + 1e-9
    assert samples.effective_n([factor * w for w in weights]) == near(found)
    assert samples.effective_n([factor] * len(weights)) == near(len(weights))


@given(st.floats(0.05, 0.95), st.lists(st.floats(0.1, 10), min_size=2, max_size=30))
def test_weights_widen_an_interval(proportion, weights):
    weighted = samples.weighted_wilson(proportion, weights)
    plain = samples.weighted_wilson(proportion, [1] * len(weights))
    assert weighted.upper - weighted.lower >= plain.upper - plain.lower - 1e-12


# -------------------------------------------------------------------------------------------------------------- margins

survey_parts = st.lists(
    st.tuples(st.floats(5, 95), st.floats(0.1, 4), st.floats(1, 1e5)), min_size=1, max_size=12
)  # fmt: skip


def area(rows):
    values, half, weights = (np.array(column) for column in zip(*rows, strict=True))
    return values, values - half, values + half, weights / weights.sum()


@given(survey_parts, st.floats(0, 1), st.floats(0, 1), st.sampled_from(["linear", "logit"]))
def test_correlation_only_widens_margins(rows, one, other, scale):
    low, high = sorted((one, other))
    loose, tied = (margins.combined_margins(*area(rows), correlation=c, scale=scale) for c in (low, high))
    assert tied.lower <= loose.lower + 1e-9
    assert loose.upper <= tied.upper + 1e-9


@given(st.floats(0.01, 0.99), st.floats(0.01, 2), st.floats(0, 1))
def test_one_part_keeps_its_margins(p, half, correlation):
    middle = math.log(p / (1 - p))
    lower, upper = (100 / (1 + math.exp(-(middle + side))) for side in (-half, half))
    found = margins.combined_margins([100 * p], [lower], [upper], [1], correlation=correlation, scale="logit")
    assert found == near((lower, upper))
    found = margins.combined_margins([5.0], [5.0 - half], [5.0 + half], [1], correlation=correlation)
    assert found == near((5.0 - half, 5.0 + half))


@given(st.lists(st.floats(0.02, 99.98), min_size=2, max_size=6), st.floats(0, 1))
def test_logit_margins_stay_between_nothing_and_everything(values, correlation):
    values = np.array(values)
    lower, upper = values / 2, (values + 100) / 2
    weights = np.full(values.size, 1 / values.size)
    found = margins.combined_margins(values, lower, upper, weights, correlation=correlation, scale="logit")
    assert 0 < found.lower < values.mean() < found.upper < 100


@given(st.lists(st.floats(20, 80), min_size=3, max_size=6))
def test_the_two_scales_agree_for_narrow_margins(values):
    values = np.array(values)
    parts = (values, values - 0.01, values + 0.01, np.full(values.size, 1 / values.size))
    linear, logit = (margins.combined_margins(*parts, correlation=0.3, scale=s) for s in ("linear", "logit"))
    assert logit == pytest.approx(linear, abs=1e-4)


def test_areas_by_parts_are_combined_at_once():
    values = np.array([[20.0, 30.0], [40.0, 10.0]])
    found = margins.combined_margins(values, values - 2, values + 3, [0.25, 0.75], correlation=0.5)
    for number, row in enumerate(values):
        alone = margins.combined_margins(row, row - 2, row + 3, [0.25, 0.75], correlation=0.5)
        assert (found.lower[number], found.upper[number]) == near(alone)


# ------------------------------------------------------------------------------------------------------ standardisation

bands = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 10_000), st.integers(1, 9000)), min_size=2, max_size=19)


@given(st.lists(st.tuples(st.integers(1, 1000), st.integers(1, 9000)), min_size=1, max_size=19), st.integers(1, 20))
def test_equal_rates_in_every_band_give_exactly_that_rate(rows, per_hundred):
    hundreds, weights = (np.array(column) for column in zip(*rows, strict=True))
    events = hundreds * per_hundred
    assume(events.sum() >= standardise.FEWEST_EVENTS)
    found = standardise.direct(events, hundreds * 100, weights, per=100)
    assert found.value == near(per_hundred)
    assert found.lower < per_hundred < found.upper
    means = standardise.direct_means(np.full(len(rows), per_hundred), hundreds, weights, np.ones(len(rows)))
    assert (means.value, means.crude) == near((per_hundred, per_hundred))


@given(bands, st.floats(0.01, 100), st.randoms(use_true_random=False))
def test_scale_of_the_standard_population_and_order_of_bands_do_not_matter(rows, factor, random):
    events, people, weights = (np.array(column) for column in zip(*rows, strict=True))
    assume(events.sum() >= standardise.FEWEST_EVENTS)
    found = standardise.direct(events, people, weights)
    order = random.sample(range(len(rows)), len(rows))
    for again in (
        standardise.direct(events, people, weights * factor),
        standardise.direct(events[order], people[order], weights[order]),
    ):
        assert (again.value, again.lower, again.upper) == near((found.value, found.lower, found.upper))
    ratios = [standardise.indirect(events[o], people[o], people[o], weights[o]) for o in (slice(None), order)]
    assert ratios[0].ratio == near(ratios[1].ratio)


@given(bands)
def test_the_own_population_as_standard_gives_the_crude_rate(rows):
    events, people, _ = (np.array(column) for column in zip(*rows, strict=True))
    assume(events.sum() >= standardise.FEWEST_EVENTS)
    found = standardise.direct(events, people, people, per=1)
    assert found.value == near(events.sum() / people.sum())
    means = standardise.direct_means(events / people, people, people)
    assert means.value == near(means.crude)
    assert math.isnan(means.lower)
    assert math.isnan(means.upper)


@given(st.lists(st.tuples(st.floats(1, 99), st.floats(0.1, 4), st.floats(1, 1e5)), min_size=1, max_size=12))
def test_a_standardised_mean_has_the_margins_of_an_area_of_independent_parts(rows):
    values, half, weights = (np.array(column) for column in zip(*rows, strict=True))
    errors = intervals.standard_error(values - half, values + half)
    found = standardise.direct_means(values, weights, weights, errors)
    parts = margins.combined_margins(*area(rows), correlation=0)
    assert (found.lower, found.upper) == near((parts.lower, parts.upper))


@given(bands, st.integers(1, 5))
def test_the_reference_itself_has_ratio_one(rows, part):
    events, people, _ = (np.array(column) for column in zip(*rows, strict=True))
    assume(events.sum() > 0)
    assert standardise.indirect(events, people, events, people).ratio == near(1)
    assert standardise.indirect(events.sum() * part, people * part, events, people).ratio == near(1)


def test_a_table_of_areas_is_standardised_at_once():
    events, people = np.array([[12, 3], [1, 2], [30, 40]]), np.array([[100, 90], [80, 70], [600, 500]])
    found = standardise.direct(events, people, [3, 1])
    alone = [standardise.direct(*row, [3, 1]) for row in zip(events, people, strict=True)]
    np.testing.assert_allclose(found.value, [one.value for one in alone], equal_nan=True)
    np.testing.assert_allclose(found.upper, [one.upper for one in alone], equal_nan=True)
    assert found.reason.tolist() == [one.reason for one in alone] == ["", "fewer than 10 events", ""]
    ratios = standardise.indirect(events.sum(axis=1), people, [5, 6], [50, 40])
    assert ratios.ratio[2] == standardise.indirect(70, people[2], [5, 6], [50, 40]).ratio


# --------------------------------------------------------------------------------------------------------- funnel plots

UNITS = 200_000


def flagged(found):
    return (found.outside != "").mean(), (found.outside == "99.8").mean()


def test_under_chance_a_funnel_of_proportions_flags_what_it_promises():
    random = np.random.default_rng(20260101)
    size = random.integers(2000, 50_000, UNITS)
    found = funnel.proportion_funnel(random.binomial(size, 0.3), size, target=0.3)
    assert flagged(found) == (pytest.approx(0.05, abs=0.002), pytest.approx(0.002, abs=0.0005))
    # a normal z winsorised at its deciles has mean square 0.8 * 0.4377 + 0.2 * 1.2816**2
    assert found.phi == pytest.approx(0.6786, abs=0.01)
    assert found.tau2 == 0


def test_under_chance_a_funnel_of_ratios_flags_what_it_promises():
    random = np.random.default_rng(20260102)
    expected = random.uniform(500, 5000, UNITS)
    found = funnel.ratio_funnel(random.poisson(expected), expected)
    assert flagged(found) == (pytest.approx(0.05, abs=0.003), pytest.approx(0.002, abs=0.0005))
    # a normal z within its deciles has mean square 0.4377
    assert found.phi == pytest.approx(0.4377, abs=0.01)


@pytest.mark.parametrize("scale", ["log", "root"])
def test_limits_with_over_dispersion_hold_what_they_promise(scale):
    random = np.random.default_rng(20260103)
    expected = random.uniform(500, 5000, UNITS)
    true = np.exp(random.normal(0, 0.1, UNITS))
    observed = random.poisson(expected * true)
    found = funnel.ratio_limits(expected, tau2=0.01 if scale == "log" else 0.0025, scale=scale)
    outside = (observed / expected < found.lower) | (observed / expected > found.upper)
    assert outside.mean() == pytest.approx(0.05, abs=0.004)


def test_over_dispersion_that_is_put_in_is_found():
    random = np.random.default_rng(20260104)
    expected = random.uniform(100, 5000, UNITS)
    y = random.normal(0, np.sqrt(1 / expected + 0.02))
    z = dispersion.z_scores(y, 1 / np.sqrt(expected), 0)
    found = dispersion.overdispersion(z, 1 / np.sqrt(expected), trim="none")
    assert found.tau2 == pytest.approx(0.02, rel=0.02)
    assert found.units == UNITS


funnels = st.lists(st.tuples(st.integers(1, 400), st.integers(400, 900)), min_size=6, max_size=40)


@given(funnels)
def test_over_dispersion_only_widens_and_wide_limits_lie_outside_the_narrow_ones(rows):
    some, every = (np.array(column) for column in zip(*rows, strict=True))
    for found in (
        funnel.proportion_funnel(some, every, adjust=True),
        funnel.ratio_funnel(some, every, adjust=True),
        funnel.ratio_funnel(some, every, scale="root", adjust=True),
        funnel.proportion_funnel(some, every),
        funnel.ratio_funnel(some, every),
    ):
        assert found.tau2 >= 0
        assert (found.limits998.lower <= found.limits95.lower).all()
        assert (found.limits95.upper <= found.limits998.upper).all()
        assert (found.limits95.lower <= found.target).all()
        assert (found.target <= found.limits95.upper).all()
    plain, wider = (funnel.proportion_limits(0.4, every, tau2=t) for t in (0, 0.01))
    assert (wider.lower < plain.lower).all()
    assert (plain.upper < wider.upper).all()


@given(funnels)
def test_who_is_outside_is_who_has_a_large_z(rows):
    some, every = (np.array(column) for column in zip(*rows, strict=True))
    found = funnel.proportion_funnel(some, every, adjust=True)
    assume((np.abs(np.abs(found.z) - intervals.quantile(0.95)) > 1e-9).all())
    assume((np.abs(np.abs(found.z) - intervals.quantile(0.998)) > 1e-9).all())
    kinds = np.select([np.abs(found.z) > intervals.quantile(c) for c in (0.998, 0.95)], ["99.8", "95"], "")
    # a limit that is cut off at 0 or 1 has no unit beyond it, whatever its z
    inside = (found.limits998.lower > 0) & (found.limits998.upper < 1)
    assert found.outside[inside].tolist() == kinds[inside].tolist()


# --------------------------------------------------------------------------------------------------------------- trends

series = st.lists(
    st.tuples(st.integers(2000, 2040), st.floats(-100, 100)), min_size=3, max_size=12, unique_by=lambda p: p[0]
)


@given(st.lists(st.integers(2000, 2040), min_size=1, max_size=20), st.lists(st.integers(2000, 2040), max_size=4))
def test_segments_part_years_at_breaks_and_nowhere_else(years, breaks):
    found = trend.segments(years, breaks)
    for year, number in zip(years, found, strict=True):
        assert number == sum(year >= b for b in set(breaks))


@given(series, st.floats(-1000, 1000), st.integers(-5, 5))
def test_the_slope_of_a_line_is_exact_and_nothing_that_is_added_changes_it(rows, level, rise):
    years, values = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    errors = 1 + np.abs(values) / 50
    for given_errors in (None, errors):
        assert trend.slope(years, level + rise * (years - 2020), given_errors).per_year == near(rise)
        found, raised = (trend.slope(years, values + add, given_errors) for add in (0, level))
        assert raised.per_year == pytest.approx(found.per_year, abs=1e-9)
        later = trend.slope(years + 7, values, given_errors)
        assert later.per_year == pytest.approx(found.per_year, abs=1e-9)
        turned = trend.slope(years, -values, given_errors)
        assert turned.per_year == near(-found.per_year)


@given(series, st.floats(0.5, 20))
def test_surer_points_give_a_narrower_slope(rows, error):
    years, values = zip(*rows, strict=True)
    rough, sure = (trend.slope(years, values, [e] * len(rows)) for e in (error, error / 3))
    assert sure.per_year == near(rough.per_year)
    assert sure.upper - sure.lower == near((rough.upper - rough.lower) / 3)
    assert rough.lower <= rough.per_year <= rough.upper


@given(st.floats(-1e3, 1e3), st.integers(3, 9), st.booleans())
def test_equal_values_have_no_slope_and_no_word(value, number, weighted):
    errors = np.linspace(0.1, 1, number) if weighted else None
    found = trend.slope(range(2010, 2010 + number), [value] * number, errors)
    assert (found.per_year, found.p) == (0, 1)
    assert found.word == ("similar" if number >= trend.FEWEST_FOR_A_WORD else "few")


def test_below_three_points_there_is_no_slope_and_below_five_no_word():
    for points in range(8):
        found = trend.slope(range(2012, 2012 + points), np.arange(points), np.full(points, 0.01))
        assert found.points == points
        assert math.isnan(found.per_year) == math.isnan(found.p) == (points < 3)
        assert found.word == ("up" if points >= 5 else "few")


def test_a_year_without_a_figure_is_left_out_and_not_filled_in():
    gap = trend.slope([2012, 2016, 2018, 2020, 2022], [1, 2, math.nan, 4, 3], [1, 1, math.nan, 1, 1])
    without = trend.slope([2012, 2016, 2020, 2022], [1, 2, 4, 3], [1, 1, 1, 1])
    assert gap == without


def test_irregular_years_are_used_as_they_are():
    values = [10, 14, 18, 20, 22]  # one a year
    assert trend.slope([2012, 2016, 2020, 2022, 2024], values).per_year == near(1)
    assert trend.slope(range(5), values).per_year > 2


FIVE = np.array([10.0, 11.0, 12.0, 13.0, 14.0])


def test_a_recent_trend_that_hangs_on_one_point_is_none():
    jump = np.array([10.3, 10.2, 9.9, 10.1, 14.0])  # without the last one it goes down
    found = trend.recent_trend(range(2020, 2025), jump, jump - 0.1, jump + 0.1)
    assert found.chi2 > trend.RECENT_CHI2
    assert (found.word, found.steady) == ("no change", False)


def test_a_recent_trend_needs_five_points_and_looks_at_the_last_five():
    args = FIVE, FIVE - 0.1, FIVE + 0.1
    assert trend.recent_trend(range(4), *(a[:4] for a in args)).word == "too few"
    assert trend.recent_trend([2020, 2021, 2022, 2023, 2024], *args).word == "up"
    falling = np.concatenate([FIVE[::-1] + 50, FIVE])
    assert trend.recent_trend(range(10), falling, falling - 0.1, falling + 0.1).word == "up"
    holed = np.where(np.arange(5) == 2, math.nan, FIVE)
    assert trend.recent_trend(range(5), holed, holed - 0.1, holed + 0.1).word == "too few"
    mixed = [3, 0, 4, 1, 2]
    assert trend.recent_trend(mixed, *(a[mixed] for a in args)).word == "up"


def test_a_recent_trend_of_wide_margins_is_none():
    assert trend.recent_trend(range(5), FIVE, FIVE - 9, FIVE + 9).word == "no change"


# ----------------------------------------------------------------------------------------------------------- inequality

wijken = st.lists(
    st.tuples(st.integers(1, 9000), st.integers(1, 12)), min_size=3, max_size=30
).filter(lambda rows: len({r for _, r in rows}) > 1)  # fmt: skip


@given(wijken, st.floats(1, 100), st.integers(-30, 30))
def test_a_slope_index_of_equal_values_is_nothing_and_of_a_line_is_exact(rows, level, rise):
    people, ranking = zip(*rows, strict=True)
    even = inequality.slope_index([level] * len(rows), people, ranking)
    assert (even.sii, even.rii) == (0, 0)
    line = inequality.slope_index(level + rise * inequality.mid_ranks(people, ranking), people, ranking)
    assert line.sii == pytest.approx(rise, abs=1e-6)
    assert line.mean == near(level + rise / 2)  # the mean rank is one half, by construction
    if abs(line.mean) > 1e-3:
        assert line.rii == near(line.sii / line.mean)
    assert line.lower <= line.sii + 1e-6
    assert line.sii <= line.upper + 1e-6


@given(wijken)
def test_ranks_do_not_depend_on_how_a_unit_is_cut_or_on_the_scale_of_the_ranking(rows):
    people, ranking = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    found = inequality.mid_ranks(people, ranking)
    assert ((found > 0) & (found < 1)).all()
    assert np.average(found, weights=people) == near(0.5)
    halves = inequality.mid_ranks(np.repeat(people / 2, 2), np.repeat(ranking, 2))
    np.testing.assert_allclose(halves[::2], found)
    np.testing.assert_allclose(inequality.mid_ranks(people, np.exp(ranking)), found)
    np.testing.assert_allclose(inequality.mid_ranks(people, -ranking), 1 - found)


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 6)), min_size=1, max_size=15))
def test_the_spread_is_that_of_the_people_one_by_one(rows):
    values, people = zip(*rows, strict=True)
    found = inequality.spread(values, people)
    everyone = np.sort(np.repeat(values, people))
    assert (found.lowest, found.highest) == (everyone[0], everyone[-1])
    for share, value in ((0.25, found.q1), (0.5, found.median), (0.75, found.q3)):
        assert value == everyone[math.ceil(share * len(everyone)) - 1]
    assert found.sd == near(everyone.std())


# ----------------------------------------------------------------------------------------------------- many comparisons

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@settings(deadline=None)  # the first one imports scipy.stats
@given(p_values, st.floats(0.001, 0.5), st.randoms(use_true_random=False))
def test_adjusted_p_rejects_no_more_than_p_itself_keeps_the_order_and_knows_no_order_of_rows(p, q, random):
    found = multiple.benjamini_hochberg(p)
    assert (found >= np.array(p) - 1e-12).all()
    assert (found <= q).sum() <= (np.array(p) <= q).sum()
    order = np.argsort(p, kind="stable")
    assert (np.diff(found[order]) >= 0).all()
    shuffled = random.sample(range(len(p)), len(p))
    np.testing.assert_allclose(multiple.benjamini_hochberg(np.array(p)[shuffled]), found[shuffled])


@settings(deadline=None)
@given(p_values, st.integers(0, 40))
def test_what_was_not_tested_stays_nan_and_does_not_count(p, at):
    holed = np.insert(np.array(p), min(at, len(p)), math.nan)
    found = multiple.benjamini_hochberg(holed)
    assert np.isnan(found).tolist() == np.isnan(holed).tolist()
    np.testing.assert_array_equal(found[~np.isnan(found)], multiple.benjamini_hochberg(p))


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(0.1, 20))
def test_p_of_a_difference_and_the_interval_say_the_same(value, reference, half):
    p = multiple.p_of_difference(value, reference, value - half, value + half)
    assume(abs(abs(value - reference) - half) > 1e-6)
    assert (p < 0.05) == (abs(value - reference) > half)


def test_p_is_missing_where_a_figure_is_or_where_margins_were_rounded_away():
    found = multiple.p_of_difference([1, np.nan, 2, 3], [0, 0, np.nan, 0], [0, 1, 1, 3], [2, 3, 3, 3])
    assert np.isnan(found).tolist() == [False, True, True, True]


# ---------------------------------------------------------------------------------------------------------------- peers

tables = st.lists(st.tuples(*[st.integers(-50, 50)] * 3), min_size=3, max_size=12).map(
    lambda rows: pd.DataFrame(
        rows, columns=["a", "b", "c"], dtype=float, index=[f"GM{i:04d}" for i in range(len(rows))]
    )
)


@given(tables, st.floats(0.1, 10), st.floats(-100, 100))
def test_distances_know_no_unit_of_measurement(table, factor, shift):
    assume((table.nunique() > 1).all())
    found = peers.distances(table, "GM0000")
    assert found["GM0000"] == 0
    assert (found >= 0).all()
    np.testing.assert_allclose(peers.distances(table * factor + shift, "GM0000"), found, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(peers.distances(table, "GM0000", {"a": factor, "b": factor, "c": factor}), found)
    np.testing.assert_allclose(peers.distances(table, table.loc["GM0000"]), found)
    back = peers.distances(table, "GM0001")
    assert back["GM0000"] == near(found["GM0001"])


def test_a_distance_of_one_is_one_standard_deviation_in_each_column():
    table = pd.DataFrame({"a": [0.0, 2.0], "b": [10.0, 30.0]}, index=["x", "y"])  # sd 1 and 10
    assert peers.distances(table, "x")["y"] == near(2)
    one = pd.Series({"a": 1.0, "b": 20.0})
    assert peers.distances(table, one).tolist() == near([1, 1])


def test_a_missing_column_is_left_out_of_its_pair_and_the_rest_counts_for_the_whole():
    table = pd.DataFrame(
        {"a": [0.0, 2.0, 2.0, 0.0], "b": [0.0, 2.0, np.nan, np.nan], "c": [0.0, 2.0, 2.0, np.nan]}, index=list("wxyz")
    )
    found = peers.distances(table, "w")
    assert found["y"] == near(np.sqrt(np.mean([(2 / table["a"].std(ddof=0)) ** 2, (2 / table["c"].std(ddof=0)) ** 2])))
    assert math.isnan(found["z"])  # one of three is too little
    assert peers.distances(table, "w", {"a": 1, "b": 0, "c": 0})["z"] == 0


def test_the_nearest_leave_out_oneself_and_whom_is_asked():
    table = pd.DataFrame({"a": [0.0, 1.0, 2.0, 5.0, np.nan]}, index=list("vwxyz"))
    assert peers.nearest(table, "v").index.tolist() == ["w", "x", "y"]
    assert peers.nearest(table, "v", k=1, exclude=["w"]).index.tolist() == ["x"]
    assert peers.nearest(table, pd.Series({"a": 4.0}), k=2).index.tolist() == ["y", "x"]


# --------------------------------------------------------------------------------------------------------------- checks


@given(shares, st.integers(-3, 3))
def test_float_noise_in_a_sum_of_parts_is_no_part_above_its_whole(share, ulps):
    _, n = share
    part = n * (1 + ulps * np.finfo(float).eps)
    assert intervals.wilson(part, n).upper == pytest.approx(1)
    with pytest.raises(checks.StatisticsError):
        intervals.wilson(n * (1 + 1e-6), n)


@pytest.mark.parametrize("trim", ["winsorise", "truncate", "none"])
def test_trimmed_over_dispersion_of_chance_alone_is_one_again_when_it_is_made_consistent(trim):
    rng = np.random.default_rng(20)
    z = rng.normal(size=200_000)
    found = dispersion.overdispersion(z, np.full(z.size, 0.1), trim=trim, consistent=True)
    assert found.phi == pytest.approx(1, abs=0.01)


def test_a_funnel_that_allows_for_over_dispersion_flags_the_promised_share():
    rng = np.random.default_rng(21)
    size = np.exp(rng.uniform(np.log(500), np.log(50_000), 4000)).round()
    share = np.sin(np.arcsin(np.sqrt(0.3)) + rng.normal(0, 0.05, size.size)) ** 2  # units differ by themselves
    found = funnel.proportion_funnel(rng.binomial(size.astype(int), share), size, target=0.3, adjust=True)
    assert (found.outside != "").mean() == pytest.approx(0.05, abs=0.01)
    assert (found.outside == "99.8").mean() == pytest.approx(0.002, abs=0.002)
