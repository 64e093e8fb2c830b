"""What is due on a loan: drawn over several years, repaid to the cent in its last year."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kavelmon.contracts.loan import annuity, schedule
from kavelmon.model import KavelmonError

draws = st.dictionaries(st.integers(2020, 2029), st.integers(1, 10**9).map(lambda c: c / 100), min_size=1, max_size=5)
rates = st.integers(0, 2500).map(lambda n: n / 10_000)


@given(draws=draws, rate=rates, kind=st.sampled_from(["annuity", "linear"]), grace=st.integers(0, 9))
def test_everything_is_repaid_to_the_cent(draws, rate, kind, grace):
    found = schedule(draws, rate, kind, grace=grace, term_from=2020)
    assert found.due[-1].year == 2029
    assert found.due[-1].balance_cents == 0
    assert found.unrounded[-1].balance == 0
    assert sum(d.principal_cents for d in found.due) == found.drawn_cents
    assert found.drawn_cents == sum(round(a * 100) for a in draws.values())
    balance = 0
    for one in found.due:
        balance += one.drawn_cents - one.principal_cents
        assert one.balance_cents == balance >= 0
        assert min(one.interest_cents, one.principal_cents) >= 0
        assert one.principal_cents == 0 or one.year >= 2020 + grace


@given(draws=draws, rate=rates, kind=st.sampled_from(["annuity", "linear"]))
def test_rounding_costs_no_more_than_some_cents(draws, rate, kind):
    found = schedule(draws, rate, kind, term_from=2020)
    assert abs(found.interest_cents - found.unrounded_interest_cents) <= 10


def test_a_later_draw_is_spread_over_the_rest_of_the_term():
    """1,000 in 2023 and 700 in 2026, linear without interest: 100 a year, and 200 from the second draw."""
    found = schedule([(2023, 1000), (2026, 700)], 0, "linear")
    assert [d.principal_cents for d in found.due] == [10_000] * 3 + [20_000] * 7


def test_two_draws_in_one_year_are_one():
    assert schedule([(2023, 400), (2023, 600)], 0.04) == schedule({2023: 1000}, 0.04)


def test_a_later_draw_of_an_annuity():
    """From the second draw the payment is that of the balance then, over the years that are left."""
    found = schedule({2023: 1_000_000, 2025: 500_000}, 0.04)
    payments = [e.interest + e.principal for e in found.unrounded]
    second = found.unrounded[1].balance + 50_000_000
    assert payments[0] == payments[1] == annuity(Fraction(100_000_000), Fraction(4, 100), 10)
    assert set(payments[2:]) == {annuity(second, Fraction(4, 100), 8)}


def test_grace():
    """Only interest is due for two years; the rest is repaid in eight."""
    found = schedule({2023: 800}, 0.05, "linear", grace=2)
    assert [(d.interest_cents, d.principal_cents) for d in found.due[:3]] == [(4000, 0), (4000, 0), (4000, 10_000)]
    assert len(found.due) == 10


def test_a_draw_before_the_term_bears_interest_only():
    found = schedule({2021: 1000}, 0.05, "linear", term_from=2023)
    assert [(d.year, d.interest_cents, d.principal_cents) for d in found.due[:3]] == [
        (2021, 5000, 0),
        (2022, 5000, 0),
        (2023, 5000, 10_000),
    ]
    assert found.due[-1].year == 2032


def test_a_year_outside_the_term():
    one = schedule({2023: 1000}, 0.05).of(2040)
    assert (one.year, one.interest_cents, one.principal_cents, one.balance_cents) == (2040, 0, 0, 0)


def test_table():
    found = schedule({2023: 1_000_000}, 0.04).table()
    assert list(found.columns) == ["year", "drawn_eur", "interest_eur", "principal_eur", "balance_eur"]
    assert found.iloc[0].tolist() == [2023, 1_000_000, 40_000, 83_290.94, 916_709.06]


REFUSALS = {
    "no draws": ({"draws": {}}, "draws: none; give at least one year with its amount in euros"),
    "negative": (
        {"draws": {2023: -5}},
        "draw of 2023 = -5; an amount is in euros, above 0; leave out a year without",
    ),
    "no number": ({"draws": {2023: "veel"}}, "draw of 2023 = 'veel'; give a number, such as 1250000 or 0.4"),
    "a rate of 400 %": (
        {"rate": 4},
        "rate = 4; a rate per year is a number from 0 to 0.25; write 4 % as 0.04",
    ),
    "kind": ({"kind": "bullet"}, 'kind = "bullet"; use "annuity" or "linear"'),
    "no term": ({"years": 0}, "years = 0; a term is at least one year; the Kavelmodel has 10"),
    "grace": ({"grace": 10}, "grace = 10; years without repayment are 0 to 9, less than the term"),
    "after the term": (
        {"draws": {2023: 5, 2033: 5}},
        "draw of 2033: the term ends in 2032; draw before, or agree on a later term",
    ),
}


@pytest.mark.parametrize(("changed", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_refusals(changed, sentence):
    with pytest.raises(KavelmonError) as error:
        schedule(**{"draws": {2023: 1000}, "rate": 0.04, **changed})
    assert str(error.value) == sentence
