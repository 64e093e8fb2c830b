"""Synthetic control against published numbers: California's Proposition 99, and another implementation.

Cigarette sales per head in 39 states, 1970-2000; California raised its tax in 1989. Abadie, Diamond & Hainmueller
(2010); numbers of outcomes only as in Arkhangelsky et al. (2021), Table 1: difference in differences -27.3, synthetic
control -19.6.
"""

import importlib
import os

import numpy as np
import pandas as pd
import pytest

from kavelmon.savings import luck, synthetic

START = 1989
WEIGHTS = {
    "Utah": 0.3939,
    "Montana": 0.2318,
    "Nevada": 0.2049,
    "Connecticut": 0.1091,
    "New Hampshire": 0.0454,
    "Colorado": 0.0148,
}
TINY = 1e-7  # a penalty that is no more than a way to choose


def needed(name):
    """Return a package that only these tests need; without it they are skipped, except in CI."""
    try:
        return importlib.import_module(name)
    except ImportError:
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        return stop(f"needs the package {name}: install the extra test")


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    """Packs per head, a row per year, a column per state."""
    rows = needed("synthdid").load_california_prop99()
    return rows.pivot(index="Year", columns="State", values="PacksPerCapita")


def split(sales, treated="California"):
    before = sales.index.to_numpy() < START
    return sales[treated].to_numpy(), sales.drop(columns=treated).to_numpy(), before


def test_difference_in_differences(sales):
    y, donors, before = split(sales)
    change = (y[~before].mean() - y[before].mean()) - (donors[~before].mean() - donors[before].mean())
    assert change == pytest.approx(-27.349111083614922, abs=1e-9)


def test_the_synthetic_control_is_the_published_one(sales):
    y, donors, before = split(sales)
    chosen = synthetic.weights(y[before], donors[before])
    gap = y - donors @ chosen
    assert -19.8 <= gap[~before].mean() <= -19.3
    assert synthetic.rmspe(gap[before]) == pytest.approx(1.6564, abs=5e-4)
    assert gap[~before][[0, -1]] == pytest.approx([-8.44, -26.60], abs=0.02)


def test_with_a_vanishing_penalty_the_weights_are_the_published_ones(sales):
    y, donors, before = split(sales)
    chosen = dict(
        zip(sales.columns.drop("California"), synthetic.weights(y[before], donors[before], ridge=TINY), strict=True)
    )
    for state, weight in WEIGHTS.items():
        assert chosen.pop(state) == pytest.approx(weight, abs=2e-4)
    assert max(chosen.values()) < 1e-3


def test_another_implementation_fits_no_better_and_has_the_same_weights(sales):
    y, donors, before = split(sales)
    names = sales.columns.drop("California")
    theirs = needed("pysyncon").Synth()
    Z0, Z1 = sales.loc[before, names], sales.loc[before, "California"]  # noqa: N806 - the names it uses
    # It puts every year in units of its own spread between states; as weights of years their squares undo that. A
    # loss in the hundreds makes its solver stop in the first corner, hence the hundredth
    theirs.fit(X0=Z0, X1=Z1, Z0=Z0, Z1=Z1, custom_V=0.01 * sales[before].var(axis=1).to_numpy())
    weights = np.asarray(theirs.W, dtype=float)
    mine = synthetic.weights(y[before], donors[before], ridge=TINY)
    loss = [float(((y[before] - donors[before] @ w) ** 2).mean()) for w in (mine, weights)]
    assert loss[0] == pytest.approx(loss[1], rel=1e-6)
    assert loss[0] <= loss[1] * (1 + 1e-8)
    assert mine == pytest.approx(weights, abs=1e-4)


def test_california_among_its_placebos(sales):
    ratios, gaps = {}, {}
    for state in sales.columns:
        # a placebo may not have California as its donor: something happened there
        y, donors, before = split(sales if state == "California" else sales.drop(columns="California"), state)
        gap = y - donors @ synthetic.weights(y[before], donors[before], ridge=TINY)
        ratios[state] = synthetic.rmspe(gap[~before]) / synthetic.rmspe(gap[before])
        gaps[state] = gap[~before].mean()
    own = gaps.pop("California")
    others = luck.Placebos(np.array(list(gaps.values())))
    assert sorted(ratios, key=ratios.get)[::-1].index("California") + 1 == 3
    assert others.sd == pytest.approx(10.78, abs=0.05)
    assert others.p(own) == pytest.approx((1 + sum(abs(g) >= abs(own) for g in gaps.values())) / 39)


def test_all_states_at_once_are_each_by_themselves(sales):
    before = sales.index.to_numpy() < START
    every = sales.to_numpy()[before]
    together = synthetic.weights(every.T, every, ~np.eye(39, dtype=bool))
    for n in range(39):
        away = np.arange(39) != n
        assert together[n, n] == 0
        # the penalty counts the spread of the pool that is given, which differs by the one state
        spread = [((a - a.mean(axis=1, keepdims=True)) ** 2).mean() for a in (every, every[:, away])]
        alone = synthetic.weights(every[:, n], every[:, away], ridge=synthetic.RIDGE * spread[0] / spread[1])
        assert together[n, away] == pytest.approx(alone, abs=1e-6)


def test_a_hand_example():
    donors, treated = np.array([[1.0, 3], [2, 4], [3, 5], [4, 6]]), np.array([2.0, 3, 4, 4])
    chosen = synthetic.weights(treated[:3], donors[:3])
    assert chosen == pytest.approx([0.5, 0.5], abs=1e-9)
    assert (treated - donors @ chosen)[3] == pytest.approx(-1, abs=1e-9)
    assert synthetic.span(treated[:3], donors[:3], donors[3], chosen, tolerance=1e-6) == pytest.approx([5, 5], abs=1e-4)
