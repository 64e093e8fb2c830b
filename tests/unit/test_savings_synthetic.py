"""Weights of a synthetic control: the best there are, one and the same, and how far others that fit as well reach."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize, nnls

from kavelmon.model import KavelmonError
from kavelmon.savings import synthetic

SEEDS = st.integers(0, 10_000)


def drawn(seed, years=6, donors=40, areas=5):
    """Return areas (b, t) and donors (t, j) that look like costs over expected costs."""
    rng = np.random.default_rng(seed)
    pool = 1 + 0.06 * rng.normal(size=(1, donors)) + 0.015 * rng.normal(size=(years, donors))
    return 1 + 0.05 * rng.normal(size=(areas, 1)) + 0.015 * rng.normal(size=(areas, years)), pool


def loss(w, y, pool, ridge=synthetic.RIDGE):
    spread = ((pool - pool.mean(axis=1, keepdims=True)) ** 2).mean()
    return ((y - pool @ w) ** 2).mean() + ridge * spread * ((w - 1 / len(w)) ** 2).sum()


@settings(deadline=None)
@given(SEEDS, st.sampled_from([2, 3, 6, 9]), st.sampled_from([2, 5, 40, 120]))
def test_nothing_near_is_better(seed, years, donors):
    areas, pool = drawn(seed, years, donors)
    rng = np.random.default_rng(seed)
    for y, w in zip(areas, synthetic.weights(areas, pool), strict=True):
        assert w.min() >= 0
        assert w.sum() == pytest.approx(1, abs=1e-9)
        best = loss(w, y, pool)
        for other in rng.dirichlet(np.ones(donors), 20):
            for step in (1e-4, 1e-2, 1.0):
                assert loss(w + step * (other - w), y, pool) >= best * (1 - 1e-9) - 1e-15
        # the conditions of Karush, Kuhn and Tucker: one slope where weight is, none lower elsewhere
        spread = ((pool - pool.mean(axis=1, keepdims=True)) ** 2).mean()
        slope = -2 / years * pool.T @ (y - pool @ w) + 2 * synthetic.RIDGE * spread * (w - 1 / donors)
        scale = np.sqrt(spread) * np.abs(y - pool.mean(axis=1)).max() + spread
        assert np.ptp(slope[w > 1e-9]) <= 1e-6 * scale
        assert (slope >= slope[w > 1e-9].max() - 1e-6 * scale).all()


@pytest.mark.parametrize("seed", range(3))
def test_other_solvers_end_in_the_same_weights(seed):
    areas, pool = drawn(seed, years=8, donors=12)
    spread = ((pool - pool.mean(axis=1, keepdims=True)) ** 2).mean()
    ridge = np.sqrt(synthetic.RIDGE * spread * len(pool)) * np.eye(12)
    for y, w in zip(areas, synthetic.weights(areas, pool), strict=True):
        rows = np.vstack([pool, ridge, np.full((1, 12), 1e4)])
        theirs, _ = nnls(rows, np.concatenate([y, ridge.sum(axis=1) / 12, [1e4]]))
        assert w == pytest.approx(theirs, abs=2e-5)
        found = minimize(
            lambda v, y=y: 1e4 * loss(v, y, pool),
            np.full(12, 1 / 12),
            method="SLSQP",
            bounds=[(0, 1)] * 12,
            constraints={"type": "eq", "fun": lambda v: v.sum() - 1},
            options={"ftol": 1e-14, "maxiter": 500},
        )
        near = found.x / found.x.sum()  # it keeps to the sum only nearly
        assert loss(w, y, pool) <= loss(near, y, pool) * (1 + 1e-6)
        assert w == pytest.approx(near, abs=5e-3)


@given(SEEDS, st.floats(1e-3, 1e6), st.floats(-100, 100))
@settings(deadline=None)
def test_neither_unit_nor_level_matters(seed, factor, shift):
    areas, pool = drawn(seed)
    moved = synthetic.weights(factor * areas + shift * factor, factor * pool + shift * factor)
    assert moved == pytest.approx(synthetic.weights(areas, pool), abs=1e-5)


@given(SEEDS)
@settings(deadline=None)
def test_the_order_of_donors_does_not_matter(seed):
    areas, pool = drawn(seed)
    order = np.random.default_rng(seed).permutation(pool.shape[1])
    assert synthetic.weights(areas, pool[:, order]) == pytest.approx(synthetic.weights(areas, pool)[:, order], abs=1e-7)


@given(SEEDS)
@settings(deadline=None)
def test_an_area_never_has_a_donor_that_it_may_not_have(seed):
    areas, pool = drawn(seed)
    allowed = np.random.default_rng(seed).random((len(areas), pool.shape[1])) > 0.6
    allowed[:, 0] = True
    found = synthetic.weights(areas, pool, allowed)
    assert (found[~allowed] == 0).all()
    assert found.sum(axis=1) == pytest.approx(np.ones(len(areas)))


def test_of_weights_that_fit_equally_well_the_most_equal_ones():
    pool = np.array([[1.0, 1, 3, 3], [2, 2, 4, 4]])
    assert synthetic.weights(np.array([2.0, 3]), pool) == pytest.approx([0.25] * 4, abs=1e-9)
    assert synthetic.weights(np.array([1.0, 2]), pool) == pytest.approx([0.5, 0.5, 0, 0], abs=1e-3)


def test_donors_that_are_all_the_same():
    assert synthetic.weights(np.array([5.0, 6]), np.ones((2, 3))) == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((np.ones(3), np.ones((2, 4))), "shape"),
        ((np.array([1.0, np.nan]), np.ones((2, 4))), "no number"),
        ((np.ones(2), np.ones((2, 4)), np.zeros((1, 4), dtype=bool)), "no donor left"),
        ((np.ones(2), np.ones((2, 4)), None, 0.0), "above 0"),
    ],
)
def test_what_cannot_be_solved_is_refused(given, said):
    with pytest.raises(KavelmonError, match=said):
        synthetic.weights(*given)


# -------------------------------------------------------------------------------- over all weights that fit as well


@pytest.mark.parametrize("seed", range(4))
def test_the_range_holds_whatever_fits_as_well(seed):
    areas, pool = drawn(seed, years=4, donors=15)
    rng = np.random.default_rng(seed)
    after = pool[-1] + 0.02 * rng.normal(size=15)
    for y, chosen in zip(areas, synthetic.weights(areas, pool), strict=True):
        low, high = synthetic.span(y, pool, after, chosen, tolerance=0.01)
        assert low <= after @ chosen <= high
        most = synthetic.rmspe(y - pool @ chosen) + 0.01 * y.mean()
        inside = 0
        for other in rng.dirichlet(np.full(15, 0.3), 3000):
            # from the chosen weights towards others, as far as the fit allows
            for step in (1.0, 0.5, 0.2, 0.05):
                w = chosen + step * (other - chosen)
                if synthetic.rmspe(y - pool @ w) <= most:
                    inside += 1
                    assert low - 1e-9 <= after @ w <= high + 1e-9
                    break
        assert inside > 100


def test_the_range_is_no_wider_than_weights_that_fit():
    # two donors, one year: weights w and 1 - w, gap 2 (0.5 - w), at most the radius
    y, pool, after = np.array([2.0]), np.array([[1.0, 3.0]]), np.array([10.0, 20.0])
    low, high = synthetic.span(y, pool, after, np.array([0.5, 0.5]), tolerance=0.1)
    assert (low, high) == pytest.approx((15 - 1, 15 + 1), abs=1e-3)


@given(SEEDS)
@settings(deadline=None, max_examples=10)
def test_the_range_grows_with_the_tolerance(seed):
    areas, pool = drawn(seed, donors=20, areas=1)
    [chosen] = synthetic.weights(areas, pool)
    after = pool[-1] ** 2
    ranges = [synthetic.span(areas[0], pool, after, chosen, t) for t in (1e-4, 1e-3, 1e-2)]
    lows, highs = zip(*ranges, strict=True)
    assert list(lows) == sorted(lows, reverse=True)
    assert list(highs) == sorted(highs)


def test_a_range_without_room_is_refused():
    with pytest.raises(KavelmonError, match="give a share above 0"):
        synthetic.span(np.array([2.0]), np.array([[1.0, 3.0]]), np.array([1.0, 2.0]), np.array([0.5, 0.5]), 0.0)
