"""Loan, waterfall and saving against figures that were worked out apart from this package, or are published."""

import datetime as dt

import pytest

from kavelmon.contracts.contract import Contract
from kavelmon.contracts.loan import schedule
from kavelmon.contracts.money import rounded
from kavelmon.contracts.waterfall import run, statement

# ---------------------------------------------------------------------------------------------------------------- loan

# P = 1,000,000 at 4 % in ten years: year, interest, principal, balance
ANNUITY = {
    1: ("40000.00", "83290.94", "916709.06"),
    2: ("36668.36", "86622.58", "830086.47"),
    10: ("4741.96", "118548.98", "0.00"),
}


def euros(amount):
    return f"{rounded(amount) / 100:.2f}"


def test_annuity():
    found = schedule({2023: 1_000_000}, 0.04)
    assert {euros(e.interest + e.principal) for e in found.unrounded} == {"123290.94"}
    for year, line in ANNUITY.items():
        one = found.unrounded[year - 1]
        assert (one.year, *map(euros, (one.interest, one.principal, one.balance))) == (2022 + year, *line)


def test_the_two_totals_of_interest():
    """Without rounding 232,909.44; what is paid in cents is 232,909.45, and so is the sum of rounded lines."""
    found = schedule({2023: 1_000_000}, 0.04)
    assert found.unrounded_interest_cents == 23_290_944
    assert found.interest_cents == 23_290_945
    assert sum(rounded(e.interest) for e in found.unrounded) == 23_290_945


def test_what_is_paid_of_an_annuity():
    found = schedule({2023: 1_000_000}, 0.04)
    first, second, *_, last = found.due
    assert (first.interest_cents, first.principal_cents, first.balance_cents) == (4_000_000, 8_329_094, 91_670_906)
    assert (second.interest_cents, second.principal_cents) == (3_666_836, 8_662_258)
    assert (last.interest_cents, last.balance_cents) == (474_196, 0)
    assert sum(d.principal_cents for d in found.due) == 100_000_000


def test_linear():
    found = schedule({2023: 1_000_000}, 0.04, "linear")
    paid = [d.interest_cents + d.principal_cents for d in found.due]
    assert (paid[0], paid[1], paid[9]) == (14_000_000, 13_600_000, 10_400_000)
    assert found.interest_cents == found.unrounded_interest_cents == 22_000_000


# ----------------------------------------------------------------------------------------------------------- waterfall

# interest 200,000 and principal 500,000 in the first year: 5,000,000 at 4 %, linear, ten years
CONTRACT = Contract.model_validate(
    {
        "id": "vectors",
        "title": "Vectors",
        "area": "achterhoek",
        "laws": ["Zvw"],
        "pre_period": {"first": 2015, "last": 2022},
        "start": 2023,
        "loan": {
            "rate": 0.04,
            "kind": "linear",
            "arrears_rate": 0.04,
            "draw": [{"year": 2023, "amount": 5_000_000, "use": "interventie"}],
        },
        "providers": {"p_min": 0.2, "p_max": 0.5, "split": {"Alle": 1}},
        "payers": {"share": 0.3},
        "quality": {
            "indicator": [{"id": "a", "base": 0, "target": 1}],
            "frozen": {"file": "a.toml", "sha256": "0" * 64, "date": dt.date(2022, 12, 31)},
        },
    }
)
EXPECTED = 20_000_000
# saving, quality: interest, principal, providers, payers, revolving, arrears
ROWS = [
    (3_000_000, 0.6, (200_000, 500_000, 874_000, 690_000, 736_000, 0)),
    (3_000_000, 0, (200_000, 500_000, 460_000, 690_000, 1_150_000, 0)),
    (3_000_000, 1, (200_000, 500_000, 1_150_000, 690_000, 460_000, 0)),
    *((700_000, q, (200_000, 500_000, 0, 0, 0, 0)) for q in (0, 0.6, 1, None)),
    *((600_000, q, (200_000, 400_000, 0, 0, 0, 100_000)) for q in (0, 0.6, 1, None)),
    *((-1_000_000, q, (0, 0, 0, 0, 0, 700_000)) for q in (0, 0.6, 1, None)),
]


@pytest.mark.parametrize(("saving", "score", "expected"), ROWS)
def test_waterfall(saving, score, expected):
    one = run(CONTRACT, [(2023, EXPECTED, EXPECTED - saving, None, score)]).years[0]
    names = ("interest", "principal", "providers", "payers", "revolving", "arrears")
    assert tuple(getattr(one, f"{n}_cents") for n in names) == tuple(100 * amount for amount in expected)
    assert one.escrow_cents == 0


def test_quality_that_is_not_known():
    """The largest part that providers could get stands apart; it does not go to the revolving fund."""
    one = run(CONTRACT, [(2023, EXPECTED, 17_000_000, None, None)]).years[0]
    found = (one.providers_cents, one.escrow_cents, one.payers_cents, one.revolving_cents)
    assert found == (0, 115_000_000, 69_000_000, 46_000_000)


# ---------------------------------------------------------------------------------------------------------- Kinzigtal


def test_gesundes_kinzigtal_2013():
    """Published (OptiMedis, December 2015): 5.5 million of 75.5 expected, 33,000 members, about 170 euros each."""
    one = statement(2013, 75.5e6, 70.0e6)
    assert one.saving_cents == 550_000_000
    assert float(one.relative) == pytest.approx(0.0728477, abs=5e-8)
    assert one.saving_cents / 100 / 33_000 == pytest.approx(170, rel=0.02)


def test_gesundes_kinzigtal_2012():
    """Published (OptiMedis, 8 July 2014): 4.6 million, 146 euros for each of 31,000 insured; both are rounded."""
    one = statement(2012, 75.5e6, 70.9e6)
    assert one.saving_cents / 100 / 31_000 == pytest.approx(146, rel=0.02)
