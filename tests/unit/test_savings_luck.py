"""How much of a saving can be chance: placebos by plain loops, and laws that hold for every set of them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kavelmon.model import KavelmonError
from kavelmon.savings.luck import ALPHA, MSR, Placebos, least_saving

SHARES = st.lists(st.floats(-0.3, 0.3), min_size=1, max_size=80).map(np.array)
SHARE = st.floats(-0.3, 0.3)


@given(SHARES, SHARE)
def test_p_by_a_plain_loop(found, saving):
    larger = sum(1 for one in found.tolist() if abs(one) >= abs(saving) * (1 - 1e-12))
    assert Placebos(found).p(saving) == pytest.approx((1 + larger) / (1 + len(found)))


@given(SHARES, SHARE, st.sampled_from([0.05, 0.10, 0.2]))
def test_the_threshold_is_where_p_turns(found, saving, alpha):
    placebos = Placebos(found)
    if abs(abs(saving) - placebos.threshold(alpha)) > 1e-9:
        assert (abs(saving) > placebos.threshold(alpha)) == (placebos.p(saving) <= alpha + 1e-12)


@given(SHARES, st.randoms())
def test_the_order_of_placebos_does_not_matter(found, random):
    mixed = found.tolist()
    random.shuffle(mixed)
    one, other = Placebos(found), Placebos(np.array(mixed))
    assert one.p(0.02) == other.p(0.02)
    assert one.margin(0.9) == other.margin(0.9)
    assert one.power(0.03) == other.power(0.03)


@given(SHARES)
def test_an_interval_holds_at_least_its_share_of_the_placebos(found):
    placebos = Placebos(found)
    for level in (0.90, 0.95):
        assert (np.abs(found) <= placebos.margin(level)).mean() >= level - 1e-12


@given(st.lists(st.floats(-0.1, 0.1), min_size=20, max_size=80).map(np.array), st.sampled_from([0.0, MSR, 0.05]))
def test_the_smallest_effect_that_shows_does_show(found, msr):
    placebos = Placebos(found)
    effect = placebos.detectable(msr)
    assert placebos.power(effect + 1e-9, msr) >= 0.80 - 1e-9
    assert effect <= 0 or placebos.power(0.5 * effect, msr) <= placebos.power(effect + 1e-9, msr)


@given(SHARES)
def test_power_never_falls_as_the_effect_grows(found):
    powers = [Placebos(found).power(effect) for effect in (0.0, 0.01, 0.03, 0.1, 0.5)]
    assert powers == sorted(powers)


def test_under_no_effect_p_is_as_often_low_as_it_says():
    rng = np.random.default_rng(8)
    found = np.array([Placebos(draw[1:]).p(draw[0]) for draw in rng.standard_t(4, (4000, 200))])
    for level in (0.05, 0.10, 0.25, 0.5, 0.75):
        assert (found <= level).mean() == pytest.approx(level, abs=4 * math.sqrt(level * (1 - level) / 4000) + 1 / 201)


def test_what_shows_is_what_the_normal_would_give():
    # 1.645 + 0.842 standard deviations: the two-sided level of 10 % and a power of 80 %
    found = np.random.default_rng(3).normal(0, 0.01, 200_000)
    assert Placebos(found).detectable(0.0) == pytest.approx(0.0249, rel=0.02)
    assert Placebos(found).sd == pytest.approx(0.01, rel=0.01)
    assert Placebos(found).power(0.0249, 0.0) == pytest.approx(0.80, abs=0.01)


def test_without_placebos_nothing_is_known():
    none = Placebos(np.empty(0))
    assert all(math.isnan(v) for v in (none.p(0.1), none.sd, none.mean, none.margin(0.9), none.detectable()))
    assert none.threshold() == math.inf


def test_with_few_placebos_nothing_is_told_from_chance():
    few = Placebos(np.full(8, 0.001))
    assert few.threshold(ALPHA) == math.inf
    assert few.power(0.5) == 0
    assert math.isnan(few.detectable())


def test_the_least_saving_is_a_share_or_follows_the_placebos():
    placebos = Placebos(np.array([-0.01, 0.01, 0.03]))
    assert least_saving(0.02, placebos) == 0.02
    assert least_saving("placebo", placebos) == pytest.approx(1.645 * 0.02)
    for wrong in ("much", -0.1, 1.5):
        with pytest.raises(KavelmonError, match="give a share of the expected cost"):
            least_saving(wrong, placebos)
