"""From figures to scores and ranks: published vectors, laws that hold for every input, and the same by plain loops."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kavelmon.model import KavelmonError
from kavelmon.selection import candidates, resampling, robust, scores

X = np.array([10, 20, 20, 30, np.nan])
PEOPLE = np.array([100.0, 200, 100, 600, 50])
SCORING = {"percentile": scores.percentile, "z": scores.z, "minmax": scores.minmax}
HOW = {"least": 4, "draws": 200, "concentration": 10.0, "seed": 7, "first": 3}
GROUPS = 5


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-9, nan_ok=True)


def same(one, other):
    """Tell whether two results of resampling are equal, to the last unit and draw."""
    return all(
        np.array_equal(getattr(one, n), getattr(other, n), equal_nan=True) for n in ("median", "low", "high", "top")
    )


# ------------------------------------------------------------------------------------------------------- what is drawn

units = st.integers(4, 12)
figures = st.integers(-20, 20).map(float)  # few enough for ties; sums of them are exact
some = st.one_of(figures, figures, figures, st.just(math.nan))
directions = st.sampled_from((1, -1))


@st.composite
def columns(draw, of=some):
    """A column of figures with at least two that differ, and weights."""
    number = draw(units)
    x = np.array(draw(st.lists(of, min_size=number, max_size=number)))
    assume(len(np.unique(x[~np.isnan(x)])) > 1)
    return x, np.array(draw(st.lists(st.integers(1, 1000).map(float), min_size=number, max_size=number)))


@st.composite
def cases(draw, missing=True):
    """Scores of indicators (0 to 100, or missing), their weights and groups, and weights of the groups."""
    number = draw(st.integers(4, 10))
    group = np.array([g for g in range(GROUPS) for _ in range(draw(st.integers(1, 3)))])
    points = st.one_of(*[st.integers(0, 100).map(float)] * 3, *[st.just(math.nan)] * missing)
    row = st.lists(points, min_size=len(group), max_size=len(group))
    scored = np.array(draw(st.lists(row, min_size=number, max_size=number)))
    importance = np.array(draw(st.lists(st.sampled_from((0.5, 1.0, 2.0)), min_size=len(group), max_size=len(group))))
    weights = np.array(draw(st.lists(st.integers(1, 5).map(float), min_size=GROUPS, max_size=GROUPS)))
    return scored, importance, group, weights / weights.sum()


# -------------------------------------------------------------------------------------------------- published vectors


def test_percentiles_of_the_published_vector():
    """The weight below and half of what is equal; a missing figure stays missing and counts in nobody's place."""
    assert scores.percentile(X, PEOPLE) == near([5, 25, 25, 70, math.nan])
    assert scores.percentile(X, PEOPLE, -1) == near([95, 75, 75, 30, math.nan])


def test_z_of_the_published_vector():
    """Mean 25 and standard deviation 6.708203932, both weighted: so much above the mean is a score of 1."""
    assert scores.weighted_mean(X, PEOPLE) == 25
    assert scores.z(X, PEOPLE) == pytest.approx(
        [-2.236068, -0.745356, -0.745356, 0.745356, math.nan], abs=5e-7, nan_ok=True
    )
    assert scores.z(X, PEOPLE, -1) == near(-scores.z(X, PEOPLE))
    [one] = scores.placed(np.array([25 + 6.708203932]), X, PEOPLE, scale="z")
    assert one == pytest.approx(1, abs=1e-9)


def test_z_ends_at_three():
    """A unit that is far out is no more than far out, on either side."""
    x, people = np.array([0.0] * 50 + [1000, -1000]), np.ones(52)
    assert scores.z(x, people)[-2:].tolist() == [3, -3]
    assert scores.z(x, people, -1)[-2:].tolist() == [-3, 3]


def test_minmax_and_its_other_direction():
    """The lowest has 0 and the highest 100; with direction -1 these two change places and the rest goes along."""
    x, people = np.array([2.0, 4, 12, math.nan]), np.array([1.0, 5, 1, 9])
    assert scores.minmax(x, people) == near([0, 20, 100, math.nan])
    assert scores.minmax(x, people, -1) == near([100, 80, 0, math.nan])


@pytest.mark.parametrize("scale", SCORING)
def test_a_figure_of_nobody_has_no_score(scale):
    """A weight of 0, or one that is missing, is no weight: that figure has no score and moves no other."""
    people = np.array([100.0, 0, 100, 600, 50])
    there = SCORING[scale](X[[0, 2, 3]], people[[0, 2, 3]])
    for weight in (0.0, math.nan):
        people[1] = weight
        assert SCORING[scale](X, people) == near([there[0], math.nan, there[1], there[2], math.nan])


def test_ranks_with_ties():
    """Equal totals share the best place, and the next one counts them all; sums in another order are equal."""
    assert scores.ranks(np.array([70.0, 90, 70, math.nan, 60])) == near([2, 1, 2, math.nan, 4])
    assert scores.ranks(np.array([0.1 + 0.2, 0.3, 0.4])).tolist() == [2, 2, 1]
    assert scores.ranks(np.array([[1.0, 2], [2, 1]])).tolist() == [[2, 1], [1, 2]]
    assert np.isnan(scores.ranks(np.array([math.nan, math.nan]))).all()


def test_an_indicator_that_tells_no_unit_from_another_is_refused():
    """One value everywhere, or none at all, is an error that names the indicator; so is an unknown scale."""
    x, people = np.array([[5.0, 1], [5, 2], [math.nan, 3]]), np.ones((3, 2))
    with pytest.raises(KavelmonError) as error:
        scores.scored(x, people, [1, 1], "percentile", ["roker", "obesitas"])
    assert str(error.value) == (
        "roker: every unit has the same figure (5), so that it tells none from another; leave it out of the indicators"
    )
    none = np.column_stack([x[:, 1], np.full(3, math.nan)])
    with pytest.raises(KavelmonError, match=r"^obesitas: no unit has a figure; leave it out of the indicators$"):
        scores.scored(none, people, [1, 1], "z", ["roker", "obesitas"])
    with pytest.raises(KavelmonError, match=r'^scale "rank" is not known; use percentile, z, minmax$'):
        scores.scored(x, people, [1, 1], "rank", ["roker", "obesitas"])


# ------------------------------------------------------------------------------------------------------- laws of scores


@pytest.mark.parametrize("scale", SCORING)
@given(column=columns(), direction=directions, more=st.integers(-1000, 1000))
def test_a_constant_changes_nothing(scale, column, direction, more):
    """A figure of which everyone has as much more places everyone as before."""
    x, people = column
    assert SCORING[scale](x + more, people, direction) == near(SCORING[scale](x, people, direction))


@pytest.mark.parametrize("scale", SCORING)
@given(column=columns(), direction=directions)
def test_the_opposite_figure_in_the_opposite_direction_changes_nothing(scale, column, direction):
    """Those who do not smoke, lower being better, place everyone as those who smoke do, higher being better."""
    x, people = column
    assert SCORING[scale](-x, people, -direction) == near(SCORING[scale](x, people, direction))


@pytest.mark.parametrize("scale", SCORING)
@given(column=columns(), direction=directions, data=st.data())
def test_the_order_of_units_changes_nothing(scale, column, direction, data):
    """Units in another order have the same scores, in that order."""
    x, people = column
    order = np.array(data.draw(st.permutations(range(len(x)))))
    assert SCORING[scale](x[order], people[order], direction) == near(SCORING[scale](x, people, direction)[order])


@pytest.mark.parametrize("scale", SCORING)
@given(column=columns(), at=st.integers(0, 3))
def test_a_missing_figure_is_missing_for_that_unit_alone(scale, column, at):
    """A unit that loses its figure loses its score; nobody else does."""
    x, people = column
    without = x.copy()
    without[at] = math.nan
    assume(len(np.unique(without[~np.isnan(without)])) > 1)
    mine = np.isnan(SCORING[scale](without, people))
    assert np.array_equal(mine, np.isnan(without))


@pytest.mark.parametrize("scale", SCORING)
@given(column=columns(), direction=directions)
def test_a_higher_figure_never_has_a_lower_score(scale, column, direction):
    """Scores follow the figures, or turn them round, and stay within the best and the worst of the scale."""
    x, people = column
    found = SCORING[scale](x, people, direction)
    worst, best = scores.WORST_BEST[scale]
    known = np.flatnonzero(~np.isnan(x))
    for one, other in itertools.combinations(known, 2):
        assert direction * (x[one] - x[other]) * (found[one] - found[other]) >= -1e-9
    assert (found[known] >= worst - 1e-9).all()
    assert (found[known] <= best + 1e-9).all()


@pytest.mark.parametrize("scale", SCORING)
@given(column=columns(), direction=directions)
def test_the_mean_place_is_the_middle(scale, column, direction):
    """Weighted by what they are of, percentiles average 50 and z-scores, none being cut off, 0."""
    x, people = column
    found = SCORING[scale](x, people, direction)
    if scale == "percentile":
        assert scores.weighted_mean(found, people) == near(50)
    elif scale == "z":
        assume((np.abs(found[~np.isnan(found)]) < 3).all())
        assert scores.weighted_mean(found, people) == near(0)
    else:
        assert sorted(found[~np.isnan(found)])[:: (~np.isnan(found)).sum() - 1] == near([0, 100])


@pytest.mark.parametrize("scale", SCORING)
@given(column=columns(), direction=directions)
def test_a_figure_that_a_unit_has_gets_its_score(scale, column, direction):
    """An area is placed as a unit with the same figure is."""
    x, people = column
    assert scores.placed(x, x, people, direction, scale) == near(SCORING[scale](x, people, direction))


@pytest.mark.parametrize("scale", SCORING)
@given(column=columns(), direction=directions, value=figures)
def test_a_figure_that_no_unit_has_lies_between(scale, column, direction, value):
    """An area is placed between the units around it, and at an end beyond them."""
    x, people = column
    [place] = scores.placed(np.array([value]), x, people, direction, scale)
    found = SCORING[scale](x, people, direction)
    below, above = found[x < value], found[x > value]
    for one in below:
        assert direction * (place - one) >= -1e-9
    for one in above:
        assert direction * (one - place) >= -1e-9


def test_a_figure_within_rounding_of_that_of_a_unit_gets_its_score():
    """A sum over a sum of equal figures is that figure up to rounding, and is placed as it is."""
    x, people = np.array([0.1, 0.3, 0.5]), np.array([1.0, 8, 1])
    # three parts of one gemeente, all with its figure of 0.3
    rolled = (0.3 * 7.0 + 0.3 * 13.0 + 0.3 * 11.0) / (7.0 + 13.0 + 11.0)
    assert rolled != 0.3
    assert math.isclose(rolled, 0.3)
    assert scores.placed(np.array([rolled]), x, people) == near([50])


# -------------------------------------------------------------------------------------------------- groups and totals


def test_a_group_needs_half_of_its_weight():
    """Of weights 1, 1 and 2 the heavy one alone will do, a light one alone will not; the mean is of what is known."""
    importance, group = np.array([1.0, 1, 2]), np.zeros(3, dtype=int)
    rows = np.array([[10.0, 20, 60], [math.nan, math.nan, 60], [10, 20, math.nan], [10, math.nan, math.nan]])
    assert scores.grouped(rows, importance, group, 1)[:, 0] == near([37.5, 60, 15, math.nan])


def test_a_group_without_indicators_has_no_score():
    """A group that nothing measures is empty, and the groups beside it are not."""
    found = scores.grouped(np.array([[10.0], [20]]), np.ones(1), np.array([1]), 3)
    assert np.isnan(found[:, [0, 2]]).all()
    assert found[:, 1].tolist() == [10, 20]


def test_a_total_needs_four_groups():
    """Three known groups make no total, four do; the total is the mean of those, by their weights."""
    weights = np.array([0.4, 0.2, 0.2, 0.1, 0.1])
    rows = np.array([[50.0, 60, 70, 80, math.nan], [50, 60, 70, math.nan, math.nan], [math.nan] * 5])
    assert scores.totals(rows, weights) == near([(20 + 12 + 14 + 8) / 0.9, math.nan, math.nan])


def test_a_group_of_weight_0_is_none_of_the_four():
    """What does not count cannot make up for what is lacking."""
    weights = np.array([0.25, 0.25, 0.25, 0.25, 0])
    assert np.isnan(scores.totals(np.array([[50.0, 60, 70, math.nan, 80]]), weights)).all()
    assert scores.totals(np.array([[50.0, 60, 70, 80, 90]]), weights) == near([65])


@given(case=cases())
def test_groups_and_totals_by_plain_loops(case):
    """Every group and total is the weighted mean of what is known of it, where enough is."""
    scored, importance, group, weights = case
    groups = scores.grouped(scored, importance, group, GROUPS)
    totals = scores.totals(groups, weights)
    for row, found, total in zip(scored.tolist(), groups.tolist(), totals.tolist(), strict=True):
        means = []
        for number in range(GROUPS):
            at = np.flatnonzero(group == number).tolist()
            known = [n for n in at if not math.isnan(row[n])]
            enough = sum(importance[n] for n in known) >= sum(importance[n] for n in at) / 2
            below = sum(importance[n] for n in known)
            means.append(sum(row[n] * importance[n] for n in known) / below if enough else math.nan)
        assert found == near(means)
        known = [n for n in range(GROUPS) if not math.isnan(means[n])]
        mean = sum(means[n] * weights[n] for n in known) / sum(weights[n] for n in known) if known else math.nan
        assert total == near(mean if len(known) >= 4 else math.nan)


@given(case=cases(), data=st.data())
def test_bounds_enclose_every_total_that_can_be(case, data):
    """Whatever the missing figures are, the total with them lies within the bounds; equal bounds say that none is."""
    scored, importance, group, weights = case
    low, high = scores.bounds(scored, importance, group, weights, "percentile", np.full(len(scored), math.nan))
    chosen = data.draw(st.lists(st.floats(0, 100), min_size=scored.size, max_size=scored.size))
    filled = np.where(np.isnan(scored), np.reshape(chosen, scored.shape), scored)
    total = scores.totals(scores.grouped(filled, importance, group, GROUPS), weights)
    assert (low <= total + 1e-9).all()
    assert (total <= high + 1e-9).all()
    assert np.array_equal(high - low > 1e-9, np.isnan(scored).any(axis=1))


@given(case=cases())
def test_bounds_enclose_the_total(case):
    """A total is always one of those that can be."""
    scored, importance, group, weights = case
    total = scores.totals(scores.grouped(scored, importance, group, GROUPS), weights)
    low, high = scores.bounds(scored, importance, group, weights, "percentile", total)
    known = ~np.isnan(total)
    assert (low[known] <= total[known]).all()
    assert (total[known] <= high[known]).all()


def test_bounds_enclose_the_total_beside_a_group_that_is_known_for_less_than_half():
    """A total is always one of those that can be."""
    scored = np.array([[10.0, 10, 10, 10, 100, math.nan, math.nan]])
    importance, group, weights = np.ones(7), np.array([0, 1, 2, 3, 4, 4, 4]), np.full(GROUPS, 0.2)
    [total] = scores.totals(scores.grouped(scored, importance, group, GROUPS), weights)
    [low], _ = scores.bounds(scored, importance, group, weights, "percentile", np.array([total]))
    assert total == near(10)
    assert low <= total


@given(case=cases(), at=st.integers(0, 3), column=st.integers(0, GROUPS - 1))
def test_a_missing_figure_takes_the_total_of_that_unit_alone(case, at, column):
    """A unit that loses a score may lose its total; who else had one keeps it, unchanged."""
    scored, importance, group, weights = case
    without = scored.copy()
    without[at, column] = math.nan
    before, after = (scores.totals(scores.grouped(s, importance, group, GROUPS), weights) for s in (scored, without))
    others = np.arange(len(scored)) != at
    assert np.array_equal(before[others], after[others], equal_nan=True)


# --------------------------------------------------------------------------------------------------------- resampling


def plain_certainty(groups, drawn, least, first):
    """Rank the units of every draw by counting who is above them, and take the place of 5, 50 and 95 % in order."""
    counts = {g for row in drawn.tolist() for g, weight in enumerate(row) if weight > 0}
    rows = [{g: v for g, v in enumerate(row) if g in counts and not math.isnan(v)} for row in groups.tolist()]
    there = [n for n, row in enumerate(rows) if len(row) >= least]
    ranks = {n: [] for n in there}
    for weights in drawn.tolist():
        total = {
            n: math.fsum(weights[g] * v for g, v in rows[n].items()) / math.fsum(weights[g] for g in rows[n])
            for n in there
        }
        for n in there:
            ranks[n].append(1 + sum(total[other] - total[n] > scores.TIE for other in there))
    out = {name: [math.nan] * len(rows) for name in ("median", "low", "high", "top")}
    for n, held in ranks.items():
        for name, share in (("median", 0.5), ("low", 0.05), ("high", 0.95)):
            out[name][n] = float(sorted(held)[round(share * (len(held) - 1))])
        out["top"][n] = sum(rank <= first for rank in held) / len(held)
    return out


@settings(max_examples=40)
@given(case=cases(), seed=st.integers(0, 1000), concentration=st.sampled_from((1.0, 10.0)))
def test_resampling_by_a_plain_loop_over_the_draws(case, seed, concentration):
    """The same draws, ranked unit by unit: the same places, exactly, with ties and missing groups."""
    scored, importance, group, weights = case
    weights[-1] = 0
    groups = scores.grouped(scored, importance, group, GROUPS).round(3)
    how = {**HOW, "draws": 120, "seed": seed, "concentration": concentration, "least": 3}
    found = resampling.resample(groups, weights, **how)
    drawn = resampling.draw_weights(weights, 120, concentration, seed)
    for name, mine in plain_certainty(groups, drawn, 3, HOW["first"]).items():
        theirs = getattr(found, name).tolist()
        assert theirs == (near(mine) if name == "top" else pytest.approx(mine, abs=0, nan_ok=True))


def test_drawn_weights():
    """Draws add up to 1, a group of weight 0 stays so, and their mean and spread are those of the distribution."""
    weights = np.array([0.5, 0.3, 0.0, 0.2])
    drawn = resampling.draw_weights(weights, 20_000, 10, 3)
    assert drawn.sum(axis=1) == near(np.ones(20_000))
    assert (drawn[:, 2] == 0).all()
    assert (drawn >= 0).all()
    variance = weights * (1 - weights) / (10 * 3 + 1)  # of a Dirichlet with 10 times 3 groups in all
    assert (np.abs(drawn.mean(axis=0) - weights) <= 5 * np.sqrt(variance / 20_000)).all()
    assert drawn.var(axis=0) == pytest.approx(variance, rel=0.05)
    assert np.array_equal(drawn, resampling.draw_weights(weights, 20_000, 10, 3))
    assert drawn == near(resampling.draw_weights(3 * weights, 20_000, 10, 3))
    assert not np.array_equal(drawn, resampling.draw_weights(weights, 20_000, 10, 4))


@given(case=cases(missing=False), concentration=st.sampled_from((1.0, 10.0)))
def test_identical_groups_and_equal_weights_leave_no_doubt(case, concentration):
    """When every group says the same of a unit, no weights can move it: its interval is its rank."""
    one = case[0][:, :1]
    groups, weights = np.repeat(one, GROUPS, axis=1), np.full(GROUPS, 0.2)
    found = resampling.resample(groups, weights, **{**HOW, "concentration": concentration})
    base = scores.ranks(scores.totals(groups, weights))
    for of in (found.median, found.low, found.high):
        assert np.array_equal(of, base)
    assert np.array_equal(found.top, (base <= HOW["first"]).astype(float))


@given(case=cases(), data=st.data())
def test_permuting_units_permutes_what_resampling_says(case, data):
    """Certainty goes with the unit, whatever its place in the list."""
    scored, importance, group, weights = case
    groups = scores.grouped(scored, importance, group, GROUPS).round(3)
    order = np.array(data.draw(st.permutations(range(len(groups)))))
    plain, moved = (resampling.resample(g, weights, **HOW) for g in (groups, groups[order]))
    for name in ("median", "low", "high", "top"):
        assert np.array_equal(getattr(moved, name), getattr(plain, name)[order], equal_nan=True)


@given(case=cases())
def test_what_has_no_total_has_no_certainty_and_moves_no_one(case):
    """A unit of which too little is known is in nobody's way: without it the others have the same places."""
    scored, importance, group, weights = case
    groups = scores.grouped(scored, importance, group, GROUPS).round(3)
    found = resampling.resample(groups, weights, **HOW)
    known = ~np.isnan(scores.totals(groups, weights))
    assert np.array_equal(np.isnan(found.median), ~known)
    assume(known.any())
    alone = resampling.resample(groups[known], weights, **HOW)
    for name in ("median", "low", "high", "top"):
        assert np.array_equal(getattr(found, name)[known], getattr(alone, name))


@settings(max_examples=50)
@given(
    wobble=st.lists(st.lists(st.floats(-3, 3), min_size=GROUPS, max_size=GROUPS), min_size=2, max_size=10),
    shares=st.lists(st.integers(1, 5).map(float), min_size=GROUPS, max_size=GROUPS),
)
def test_interval_and_middle_are_the_rank_as_draws_come_near_the_weights(wobble, shares):
    """With the given weights as the mean, and draws close to them, units whose totals differ keep their own rank.

    Levels are 8 points apart and groups lie 3 points around them, so that totals differ by 2 or more.
    """
    groups = np.array(wobble) + 8 * np.arange(len(wobble))[:, None]
    weights = np.array(shares) / sum(shares)
    found = resampling.resample(groups, weights, **{**HOW, "concentration": 10_000.0})
    base = scores.ranks(scores.totals(groups, weights))
    assert base.tolist() == list(range(len(wobble), 0, -1))
    for of in (found.low, found.median, found.high):
        assert np.array_equal(of, base)


def test_most_intervals_hold_the_rank_and_middles_are_near():
    """At the moderate concentration, of units with chance scores, 5 to 95 % of 2,000 draws hold the rank of nearly all.

    It is no law: ranks of a mean are no mean of ranks (see the next test).
    """
    groups = np.random.default_rng(5).uniform(0, 100, (400, GROUPS)).round(3)
    weights = np.full(GROUPS, 0.2)
    found = resampling.resample(groups, weights, **{**HOW, "draws": 2000})
    base = scores.ranks(scores.totals(groups, weights))
    inside = (found.low <= base) & (base <= found.high)
    assert inside.mean() >= 0.99
    assert np.abs(found.median - base).max() <= 0.05 * 400
    assert np.corrcoef(found.median, base)[0, 1] > 0.999


def test_a_unit_that_is_average_everywhere_may_fall_outside_its_interval():
    """Its total is the highest under the given weights, and some specialist passes it under nearly all others."""
    groups = np.vstack([np.full((1, GROUPS), 50.0), 100 * np.repeat(np.eye(GROUPS), 4, axis=0) + 29.9])
    weights = np.full(GROUPS, 0.2)
    assert scores.ranks(scores.totals(groups, weights))[0] == 1
    found = resampling.resample(groups, weights, **{**HOW, "draws": 2000})
    assert found.low[0] > 1


def test_a_unit_that_is_best_on_every_group_is_always_first():
    """No weights can take its place; the same of the one that is worst on every group."""
    groups = np.vstack(
        [np.full(GROUPS, 90.0), np.random.default_rng(1).uniform(20, 80, (8, GROUPS)), np.full(GROUPS, 1.0)]
    )
    found = resampling.resample(groups, np.full(GROUPS, 0.2), **{**HOW, "concentration": 1.0})
    assert (found.low[0], found.median[0], found.high[0], found.top[0]) == (1, 1, 1, 1)
    assert (found.low[-1], found.median[-1], found.high[-1], found.top[-1]) == (10, 10, 10, 0)


def test_a_very_small_concentration_ranks_no_unit_without_a_total():
    """A unit that is best on all that is known of it is first in every draw, however far draws lie apart."""
    groups = np.vstack([[math.nan, *[99.0] * 4], np.random.default_rng(1).uniform(0, 90, (8, GROUPS))])
    found = resampling.resample(groups, np.full(GROUPS, 0.2), **{**HOW, "concentration": 0.001})
    assert found.high[0] == 1


# ------------------------------------------------------------------------------------------------------------- margins


def with_margins(x, errors, *, scale="percentile", group=None, alike=None, **more):
    number = x.shape[1]
    return robust.with_margins(
        x,
        np.ones_like(x),
        errors,
        [1] * number,
        np.ones(number),
        np.arange(number) if group is None else group,
        np.full(GROUPS, 1 / GROUPS),
        alike=np.tile(np.arange(len(x))[:, None], number) if alike is None else alike,
        scale=scale,
        **{**HOW, **more},
    )


def chance_figures(units=60, missing=0):
    rng = np.random.default_rng(11)
    x = rng.normal(50, 10, (units, GROUPS))
    x[rng.choice(units, missing, replace=False), 0] = math.nan
    return x


@pytest.mark.parametrize("scale", SCORING)
@pytest.mark.parametrize("none", [0.0, math.nan])
def test_margins_of_nothing_are_plain_resampling(scale, none):
    """Figures that are exact, or have no margins, move only with the weights."""
    x = chance_figures(missing=5)
    scored = scores.scored(x, np.ones_like(x), [1] * GROUPS, scale, ["a"] * GROUPS)
    groups = scores.grouped(scored, np.ones(GROUPS), np.arange(GROUPS), GROUPS).round(scores.DECIMALS[scale])
    plain = resampling.resample(groups, np.full(GROUPS, 1 / GROUPS), **HOW)
    assert same(with_margins(x, np.full_like(x, none), scale=scale), plain)


@pytest.mark.parametrize("scale", SCORING)
def test_margins_make_intervals_wider(scale):
    """The less sure the figures are, the wider the intervals of the ranks."""
    x = chance_figures()
    widths = [
        float(np.mean(found.high - found.low))
        for found in (with_margins(x, np.full_like(x, size), scale=scale, draws=400) for size in (0.0, 3.0, 10.0))
    ]
    assert widths == sorted(widths)
    assert widths[1] > 1.05 * widths[0]
    assert widths[2] > 1.2 * widths[1]


def test_units_that_share_a_figure_share_its_error():
    """What is one figure stays one figure in every draw: no rank between its units comes of its margins."""
    x = np.repeat(chance_figures(units=30), 2, axis=0)
    together = np.tile(np.repeat(np.arange(30), 2)[:, None], GROUPS)
    found = with_margins(x, np.full_like(x, 5.0), alike=together)
    for name in ("median", "low", "high"):
        ranked = getattr(found, name)
        assert np.array_equal(ranked[::2], ranked[1::2])


def test_margins_of_one_unit_move_that_unit():
    """Who has wide margins gets the wider interval; a unit far above the rest stays first all the same."""
    x = chance_figures()
    x[0] = 500
    errors = np.zeros_like(x)
    errors[:2] = 10
    plain, moved = with_margins(x, np.zeros_like(x), draws=400), with_margins(x, errors, draws=400)
    wider = (moved.high - moved.low) - (plain.high - plain.low)
    assert (moved.low[0], moved.high[0]) == (1, 1)
    assert wider[1] == wider.max() > 10


def test_margins_of_one_seed_are_the_same_again():
    """The same seed gives the same result, another one gives another."""
    x = chance_figures(20)
    one, again, other = (with_margins(x, np.full_like(x, 5.0), seed=seed) for seed in (7, 7, 8))
    assert same(one, again)
    assert not same(one, other)


def test_standard_errors_of_margins():
    """95 % margins are 1.96 standard errors either way; without margins there is none."""
    found = robust.standard_errors(np.array([10.0, math.nan]), np.array([13.919928, 5.0]))
    assert found == near([1.0, math.nan])


# ------------------------------------------------------------------------------------------- one less, and doubles


def test_leaving_one_indicator_out():
    """How many places a unit moves, by ranking all again without it; of one that is alone in its group nothing is said.

    With all: 53.15, 50 and 45. Without the first: 47.65, 55.5 and 45. Without the second: 58.65, 44.5 and 45.
    """
    scored = np.array([[60.0, 40, 57, 57, 57], [40, 60, 50, 50, 50], [45, 45, 45, 45, 45]])
    group, weights = np.array([0, 0, 1, 2, 3]), np.array([0.55, 0.15, 0.15, 0.15])
    found = robust.without_one(scored, np.ones(5), group, weights, 4)
    assert found[:, 0].tolist() == [1, -1, 0]
    assert found[:, 1].tolist() == [0, 1, -1]
    assert np.isnan(found[:, 2:]).all()


@settings(max_examples=50)
@given(case=cases())
def test_leaving_one_out_is_ranking_without_that_column(case):
    """What moves is the rank of all the others' figures, as if that indicator had never been there."""
    scored, importance, group, weights = case
    found = robust.without_one(scored, importance, group, weights, 4)
    base = scores.ranks(scores.totals(scores.grouped(scored, importance, group, GROUPS), weights))
    for column in range(scored.shape[1]):
        rest = np.arange(scored.shape[1]) != column
        if (group == group[column]).sum() == 1:
            assert np.isnan(found[:, column]).all()
            continue
        groups = scores.grouped(scored[:, rest], importance[rest], group[rest], GROUPS)
        assert found[:, column] == near(scores.ranks(scores.totals(groups, weights)) - base)


def test_doubles_are_pairs_of_one_group_beyond_nine_tenths():
    """Either way up, in straight lines or in order only; pairs of two groups, or with nothing in common, are none."""
    x = np.arange(40.0)
    noise = np.random.default_rng(3).normal(0, 12, size=40)
    half = np.where(x < 38, math.nan, x)
    table = np.column_stack([x, 1 - 2 * x, np.exp(x), noise, x, np.full(40, 3.0), half])
    found = robust.doubles(table, np.array([0, 0, 0, 0, 1, 0, 0]))
    assert [(one, other) for one, other, _, _ in found] == [(0, 1), (0, 2), (1, 2)]
    assert found[0][2:] == near((-1, -1))
    assert found[1][3] == near(1)
    assert found[1][2] < robust.DOUBLE


@pytest.mark.parametrize(("r", "said"), [(0.91, True), (0.89, False), (-0.91, True)])
def test_nine_tenths_is_where_doubles_begin(r, said):
    """Two figures with just that correlation; their order tells less."""
    # straight lines crossed by a figure that has nothing to do with them, so that the correlation is exact
    x = np.repeat([-1.0, 1], 20)
    across = np.tile([-1.0, 1], 20)
    [*found] = robust.doubles(np.column_stack([x, r * x + math.sqrt(1 - r * r) * across]), np.zeros(2, dtype=int))
    assert bool(found) == said
    assert all(pair[2] == near(r) for pair in found)


def test_agreement_of_two_totals():
    """The rank correlation of units that have both: 1 for the same order, -1 for the opposite one."""
    one, other = np.array([1.0, 2, 3, math.nan]), np.array([10.0, 20, 300, 1])
    assert robust.agreement(one, other) == near(1)
    assert robust.agreement(one, -other) == near(-1)


def test_half_of_what_is_equal_is_below():
    """An area that is like all others stands in the middle of them; without a total, or others, it stands nowhere."""
    others = np.array([40.0, 50, 50 + 1e-12, 60, math.nan])
    assert candidates._below(50.0, others) == near(50)
    assert candidates._below(55.0, others) == near(75)
    assert math.isnan(candidates._below(math.nan, others))
    assert math.isnan(candidates._below(50.0, np.array([math.nan])))
