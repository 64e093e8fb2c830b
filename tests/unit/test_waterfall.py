"""The yearly settlement: no cent is lost, nobody pays back, the order holds, and later figures are made up for."""

import datetime as dt
import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kavelmon.contracts import contract as contracts
from kavelmon.contracts.contract import Contract, NotFrozen
from kavelmon.contracts.money import divided
from kavelmon.contracts.settlement import DESTINATIONS
from kavelmon.contracts.waterfall import compare, distribute, opening, revise, run, statement
from kavelmon.model import KavelmonError

BASE = {
    "id": "proef",
    "title": "Proef",
    "area": "achterhoek",
    "laws": ["Zvw"],
    "pre_period": {"first": 2015, "last": 2019},
    "start": 2023,
    "minimum_savings_rate": 0,
    "providers": {"p_min": 0.2, "p_max": 0.5, "split": {"Alle": 1}},
    "payers": {"share": 0.3},
    "quality": {
        "indicator": [{"id": "a", "base": 0, "target": 1}],
        "frozen": {"file": "a.toml", "sha256": "0" * 64, "date": dt.date(2022, 12, 31)},
    },
}
# interest 40,000 and principal 100,000 in the first year
LOAN = {
    "rate": 0.04,
    "kind": "linear",
    "arrears_rate": 0.05,
    "draw": [{"year": 2023, "amount": 1_000_000, "use": "interventie"}],
}
EXPECTED = 10_000_000


def agreed(**changed):
    return Contract.model_validate({**BASE, **changed})


def year(when, saving, score=0.5, status="definite", per_law=None, **more):
    return statement(when, EXPECTED, EXPECTED - saving, per_law, score, status, **more)


def paid(one):
    """Return what each destination gets, in euros, without what gets nothing."""
    return {d: one.paid_cents(d) / 100 for d in DESTINATIONS if one.paid_cents(d)}


def lines(one):
    return {(p.line, p.of_year, p.destination, p.party): p.amount_cents / 100 for p in one.payments}


# ---------------------------------------------------------------------------------------------------- what always holds

shares = st.integers(0, 1000).map(lambda n: n / 1000)
# of all sizes: whole numbers over one wide range would mostly be small ones
cents = st.integers(-3000, 3000).map(lambda c: c / 100)
amounts = st.builds(
    lambda whole, part: whole + part,
    st.sampled_from([-400_000, 0, 100_000, 300_000, 700_000, 1_500_000, 3_000_000]),
    cents,
)


@st.composite
def any_contract(draw, bases=("net_of_debt", "gross")):
    low, high = sorted(draw(st.tuples(st.integers(0, 500), st.integers(0, 500))))
    payers = draw(st.integers(0, 500))
    curve = sorted(draw(st.lists(st.integers(0, 100), min_size=2, max_size=2, unique=True)))
    cuts = [0, *sorted(draw(st.lists(st.integers(0, 100), max_size=3))), 100]
    loan = {
        "rate": draw(st.integers(0, 2500)) / 10_000,
        "kind": draw(st.sampled_from(["annuity", "linear"])),
        "grace": draw(st.integers(0, 3)),
        "term_from": draw(st.sampled_from(["first_draw", "start"])),
        "arrears_rate": draw(st.integers(0, 2500)) / 10_000,
        "draw": [
            {"year": y, "amount": draw(st.sampled_from([0.01, 12_345.67, 300_000, 2_000_000])), "use": "interventie"}
            for y in draw(st.lists(st.integers(2021, 2026), min_size=1, max_size=3))
        ],
    }
    return agreed(
        laws=draw(st.lists(st.sampled_from(["Zvw", "Wlz", "Wmo"]), min_size=1, unique=True)),
        minimum_savings_rate=draw(st.sampled_from([0, 0, 0.013, 0.05])),
        first_euro=draw(st.booleans()),
        base=draw(st.sampled_from(bases)),
        deficit_banking=draw(st.booleans()),
        loan=draw(st.none() | st.just(loan)),
        providers={
            "p_min": low / 1000,
            "p_max": high / 1000,
            "q_lo": curve[0] / 100,
            "q_hi": curve[1] / 100,
            "split": {f"aanbieder {i}": (b - a) / 100 for i, (a, b) in enumerate(itertools.pairwise(cuts))},
        },
        payers={"share": payers / 1000},
    )


def any_statement(draw, one, when, status, score):
    saving = draw(amounts)
    # the first law saves something, so that there is a key for the payers
    parts = [draw(st.integers(1, 10**8)) / 100, *(draw(amounts) for _ in one.laws[1:])]
    return year(when, saving, score, status, dict(zip(one.laws, parts, strict=True)))


@st.composite
def any_history(draw):
    """Return a contract and up to eight years, some of them settled on provisional figures and revised later."""
    one, known, found, open_years = draw(any_contract()), {}, [], {}
    for when in range(2023, 2023 + draw(st.integers(3, 8))):
        for earlier in [y for y in open_years if draw(st.booleans())]:
            score = draw(st.none() | shares) if known[earlier] is None else draw(st.just(known[earlier]) | shares)
            found.append(any_statement(draw, one, earlier, "definite", score))
            del open_years[earlier]
        known[when] = draw(st.none() | shares)
        status = draw(st.sampled_from(["provisional", "provisional", "definite"]))
        if status == "provisional":
            open_years[when] = True
        found.append(any_statement(draw, one, when, status, known[when]))
    return one, found


@settings(max_examples=300, deadline=None)
@given(history=any_history())
def test_what_always_holds(history):
    one, years = history
    result = run(one, years)
    principal = 0
    for found in result.years:
        outflow = sum(p.amount_cents for p in found.payments)
        assert outflow == found.distributable_cents
        assert outflow == found.own_cents + found.true_up_cents - found.claim_cents + found.released_cents
        assert all(p.amount_cents > 0 for p in found.payments)
        assert min(found.claim_cents, found.arrears_cents, found.bank_cents, found.balance_cents) >= 0
        due = found.due_interest_cents + found.due_principal_cents
        assert found.arrears_cents == due - found.interest_cents - found.principal_cents
        # the order: interest, then repayment, and what comes after only when both are met
        assert not found.principal_cents or found.interest_cents == found.due_interest_cents
        fresh = sum(
            p.amount_cents
            for p in found.payments
            if p.line in ("year", "true_up") and p.destination not in ("interest", "principal")
        )
        assert not (fresh or found.revolving_cents) or found.arrears_cents == 0
        principal += found.principal_cents
    if one.loan:
        assert principal <= one.loan.schedule(one.start).drawn_cents
    state = result.state
    # over all years: what was recognised is paid, stands apart, or is still to be settled
    everything = sum(p.amount_cents for p in result.payments) - sum(y.released_cents for y in result.years)
    assert everything == sum(g.amount_cents for g in state.gates.values()) - sum(state.true_ups.values())
    apart = sum(y.escrow_cents - y.released_cents for y in result.years)
    assert apart == sum(state.escrow.values()) >= 0
    assert all(sum(mine.values()) == 0 for mine in state.owed.values())


@settings(max_examples=200, deadline=None)
@given(one=any_contract(bases=("net_of_debt",)), saving=amounts, more=amounts.map(abs), score=st.none() | shares)
def test_more_saving_is_less_for_nobody(one, saving, more, score):
    """To the cent: with largest remainders one of three parts can give up one cent when there is more to divide."""
    laws = dict.fromkeys(one.laws, 1)
    before, after = (run(one, [year(2023, s, score, per_law=laws)]).years[-1] for s in (saving, saving + more))
    for to in DESTINATIONS:
        assert after.paid_cents(to) >= before.paid_cents(to) - 1
    for to in ("interest", "principal"):
        assert after.paid_cents(to) >= before.paid_cents(to)
    assert after.arrears_cents <= before.arrears_cents


@settings(max_examples=200, deadline=None)
@given(one=any_contract(), saving=amounts, scores=st.tuples(shares, shares).map(sorted))
def test_higher_quality_is_more_for_providers_and_the_same_total(one, saving, scores):
    laws = dict.fromkeys(one.laws, 1)
    low, high = (run(one, [year(2023, saving, q, per_law=laws)]).years[-1] for q in scores)
    assert high.providers_cents >= low.providers_cents
    assert high.distributable_cents == low.distributable_cents
    if one.base == "net_of_debt":
        assert abs(high.payers_cents - low.payers_cents) <= 1
        assert high.revolving_cents <= low.revolving_cents


@given(one=any_contract(), saving=amounts, score=shares)
def test_definite_figures_that_are_the_provisional_ones_change_nothing(one, saving, score):
    laws = dict.fromkeys(one.laws, 1)
    first = [year(2023, saving, score, "provisional", laws)]
    then = [year(2024, 0, score, per_law=laws)]
    plain = run(one, [*first, *then])
    assert run(one, [*first, year(2023, saving, score, "definite", laws), *then]).payments == plain.payments


@given(total=st.integers(0, 10**12), keys=st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any))
def test_divided(total, keys):
    parts = divided(total, keys)
    assert sum(parts) == total
    for part, key in zip(parts, keys, strict=True):
        assert abs(part - Fraction(total * key, sum(keys))) < 1


def test_divided_over_nobody():
    assert divided(0, [0, 0]) == [0, 0]
    with pytest.raises(KavelmonError) as error:
        divided(5, [0, 0])
    assert str(error.value) == "5 cents and nobody to divide them over; give at least one key above 0"


# ------------------------------------------------------------------------------------------------- what can be divided


def test_the_minimum():
    """2 % of 10 million: 199,999 is not shared; 200,000 is, whole."""
    one = agreed(minimum_savings_rate=0.02)
    assert paid(run(one, [year(2023, 199_999)]).years[0]) == {}
    assert run(one, [year(2023, 200_000)]).years[0].distributable_cents == 20_000_000


def test_only_above_the_minimum():
    one = agreed(minimum_savings_rate=0.02, first_euro=False)
    assert run(one, [year(2023, 250_000)]).years[0].distributable_cents == 5_000_000


def test_a_minimum_of_chance():
    """1.645 times a standard deviation of 2 % is 3.29 %."""
    one = agreed(minimum_savings_rate="placebo")
    found = run(one, [year(2023, 328_999, placebo_sd=0.02), year(2024, 329_000, placebo_sd=0.02)]).years
    assert [f.threshold_cents for f in found] == [32_900_000] * 2
    assert [f.distributable_cents for f in found] == [0, 32_900_000]


def test_deficits_are_made_good_first():
    years = [year(2023, -300_000), year(2024, 200_000), year(2025, 250_000), year(2026, 100_000)]
    banked = run(agreed(deficit_banking=True), years).years
    assert [f.distributable_cents / 100 for f in banked] == [0, 0, 150_000, 100_000]
    assert [f.bank_cents / 100 for f in banked] == [300_000, 100_000, 0, 0]
    assert [f.distributable_cents / 100 for f in run(agreed(), years).years] == [0, 200_000, 250_000, 100_000]


def test_shares_of_everything():
    """Gross: of 1,000,000 providers 35 % and payers 30 %, though 140,000 goes to the loan first."""
    found = run(agreed(base="gross", loan=LOAN), [year(2023, 1_000_000)]).years[0]
    assert paid(found) == {
        "interest": 40_000,
        "principal": 100_000,
        "providers": 350_000,
        "payers": 300_000,
        "revolving": 210_000,
    }


def test_shares_of_everything_as_far_as_it_goes():
    """Of 200,000 they ask 130,000 and 60,000 is left: 35 to 30, and nothing for the revolving fund."""
    found = run(agreed(base="gross", loan=LOAN), [year(2023, 200_000)]).years[0]
    assert paid(found) == {"interest": 40_000, "principal": 100_000, "providers": 32_307.69, "payers": 27_692.31}


def test_providers_and_laws():
    """By key, and by what each law saves; a law that costs more gets nothing."""
    one = agreed(
        laws=["Zvw", "Wlz", "Wmo"],
        providers={"p_min": 0.5, "p_max": 0.5, "split": {"A": 0.333, "B": 0.333, "C": 0.334}},
    )
    found = run(one, [year(2023, 100, per_law={"Zvw": 60, "Wlz": 80, "Wmo": -40})]).years[0]
    assert lines(found) == {
        ("year", 2023, "providers", "A"): 16.65,
        ("year", 2023, "providers", "B"): 16.65,
        ("year", 2023, "providers", "C"): 16.70,
        ("year", 2023, "payers", "Zvw"): 12.86,
        ("year", 2023, "payers", "Wlz"): 17.14,
        ("year", 2023, "revolving", ""): 20,
    }


# ------------------------------------------------------------------------------------------------------------- arrears


def test_arrears_bear_interest_and_go_first():
    found = run(agreed(loan=LOAN), [year(2023, -1), year(2024, 150_000), year(2025, 1_000_000)]).years
    # 140,000 unpaid; then 36,000 + 40,000 + 5 % of 140,000, and 200,000 of principal
    assert [f.arrears_cents / 100 for f in found] == [140_000, 133_000, 0]
    assert [f.arrears_charge_cents / 100 for f in found] == [0, 7_000, 6_650]
    assert paid(found[1]) == {"interest": 83_000, "principal": 67_000}
    assert (found[2].interest_cents, found[2].principal_cents) == (3_865_000, 23_300_000)
    assert found[0].notes == (
        "De kosten zijn niet lager dan verwacht. Er is niets te verdelen.",
        "Er blijft €\xa0140.000,00 aan rente en aflossing staan. Een achterstand komt voor rekening van de integrator "
        "en wordt eerst ingehaald.",
    )


def test_what_is_due_before_the_first_performance_year():
    """A draw for the run-up bears interest before anything can be saved; it becomes arrears."""
    loan = {**LOAN, "term_from": "start", "draw": [{"year": 2021, "amount": 1_000_000, "use": "aanloop_data"}]}
    one = agreed(loan=loan)
    found = run(one, [year(2023, 1_000_000)]).years
    assert [(f.year, f.status, f.arrears_cents / 100) for f in found] == [
        (2021, "run_up", 40_000),
        (2022, "run_up", 82_000),
        (2023, "definite", 0),
    ]
    assert (found[2].interest_cents, found[2].principal_cents) == (12_610_000, 10_000_000)
    assert opening(one).arrears_cents == 8_200_000
    assert distribute(year(2023, 1_000_000), one) == found[2]


def test_without_a_loan():
    assert paid(run(agreed(), [year(2023, 100)]).years[0]) == {"providers": 35, "payers": 30, "revolving": 35}


# ------------------------------------------------------------------------------------- provisional and definite figures


def test_more_than_was_thought():
    """The difference is a line of its own in the next year, at the quality of the year that it is of."""
    found = run(
        agreed(),
        [year(2023, 1000, 1, "provisional"), year(2023, 1400, 1), year(2024, 100, 0)],
    ).years
    assert paid(found[0]) == {"providers": 500, "payers": 300, "revolving": 200}
    assert lines(found[1]) == {
        ("true_up", 2023, "providers", "Alle"): 200,
        ("true_up", 2023, "payers", "Zvw"): 120,
        ("true_up", 2023, "revolving", ""): 80,
        ("year", 2024, "providers", "Alle"): 20,
        ("year", 2024, "payers", "Zvw"): 30,
        ("year", 2024, "revolving", ""): 50,
    }
    assert (found[1].own_cents, found[1].true_up_cents, found[1].claim_cents) == (10_000, 40_000, 0)


def test_less_than_was_thought():
    """Nobody pays back: 600 too much is set off against 400 and then 200 of the years that follow."""
    result = run(
        agreed(),
        [year(2023, 1000, status="provisional"), year(2023, 400), year(2024, 400), year(2025, 500), year(2026, 100)],
    )
    assert [f.claim_cents / 100 for f in result.years] == [0, 400, 200, 0]
    assert [f.distributable_cents / 100 for f in result.years] == [1000, 0, 300, 100]
    assert result.years[1].notes == ("Over eerdere jaren was €\xa0400,00 te veel uitgekeerd. Dat is nu verrekend.",)
    assert result.state.true_ups == {}


def test_a_claim_is_set_off_against_a_better_year_first():
    """600 too much of 2023 against 500 too little of 2024: nothing is paid, and 100 stays open."""
    result = run(
        agreed(),
        [
            year(2023, 1000, status="provisional"),
            year(2024, 1000, status="provisional"),
            year(2023, 400),
            year(2024, 1500),
            year(2025, 0),
        ],
    )
    assert (result.years[2].true_up_cents, result.years[2].claim_cents) == (50_000, 50_000)
    assert (result.years[2].payments, result.state.true_ups) == ((), {2023: -10_000})


def test_the_saving_of_the_year_itself_pays_what_is_due_first():
    """Of 2024 200,000 pays 136,000; the 50,000 that 2023 had more is shared whole."""
    found = run(
        agreed(loan=LOAN), [year(2023, 200_000, 0, "provisional"), year(2023, 250_000, 0), year(2024, 200_000, 0)]
    ).years[1]
    assert lines(found) == {
        ("year", 2024, "interest", ""): 36_000,
        ("year", 2024, "principal", ""): 100_000,
        ("year", 2024, "providers", "Alle"): 12_800,
        ("year", 2024, "payers", "Zvw"): 19_200,
        ("year", 2024, "revolving", ""): 32_000,
        ("true_up", 2023, "providers", "Alle"): 10_000,
        ("true_up", 2023, "payers", "Zvw"): 15_000,
        ("true_up", 2023, "revolving", ""): 25_000,
    }


def test_nothing_moves_to_the_revolving_fund_while_there_are_arrears():
    """Providers got 60,000 too much of 2023; what comes free for them of 2024 is not moved while interest is unpaid."""
    years = [
        year(2023, 340_000, 1, "provisional"),
        year(2024, 336_000, None, "provisional"),
        year(2023, 340_000, 0),
        year(2024, 336_000, 0),
        year(2025, 0),
    ]
    result = run(agreed(loan=LOAN), years)
    # due 132,000; of the 100,000 that stood apart 40,000 is for the providers
    assert paid(result.years[2]) == {"interest": 32_000, "principal": 28_000, "providers": 40_000}
    assert result.state.owed == {2023: {("providers", "Alle"): -6_000_000, ("revolving", ""): 6_000_000}}


def test_a_claim_stays_open():
    state = run(agreed(), [year(2023, 1000, status="provisional"), year(2023, 400), year(2024, 100)]).state
    assert state.true_ups == {2023: -50_000}


def test_quality_that_becomes_known():
    """50 of 100 stands apart; at a score of 0 providers get 20 of it, and the revolving fund the rest."""
    found = run(agreed(), [year(2023, 100, None), year(2023, 100, 0), year(2024, 0)]).years
    assert paid(found[0]) == {"escrow": 50, "payers": 30, "revolving": 20}
    assert lines(found[1]) == {("release", 2023, "providers", "Alle"): 20, ("release", 2023, "revolving", ""): 30}
    assert "De kwaliteitsscore is nog niet bekend. Het deel van de aanbieders staat apart." in found[0].notes


def test_what_comes_out_of_escrow_pays_what_is_due_before_the_revolving_fund():
    one = agreed(loan=LOAN)
    found = run(one, [year(2023, 340_000, None), year(2023, 340_000, 0), year(2024, 0)]).years
    assert paid(found[0]) == {
        "interest": 40_000,
        "principal": 100_000,
        "escrow": 100_000,
        "payers": 60_000,
        "revolving": 40_000,
    }
    assert paid(found[1]) == {"interest": 36_000, "principal": 24_000, "providers": 40_000}
    assert found[1].arrears_cents == 7_600_000


def test_quality_that_stays_unknown_stays_apart():
    result = run(agreed(), [year(2023, 100, None), year(2024, 100, 1)])
    assert result.state.escrow == {2023: 5000}


def test_quality_that_changes():
    """From 0 to 1 moves 30 of 100 to providers, out of what the revolving fund would get later: 20, and then 10."""
    found = run(
        agreed(),
        [year(2023, 100, 0, "provisional"), year(2023, 100, 1), year(2024, 40, 0), year(2025, 100, 0)],
    ).years
    assert paid(found[1]) == {"providers": 8 + 20, "payers": 12}
    assert lines(found[2])["correction", 2023, "providers", "Alle"] == 10
    assert paid(found[2]) == {"providers": 30, "payers": 30, "revolving": 40}


def test_laws_that_change():
    """Zvw got 30 and should have had 15: the other law gets the difference from what Zvw gets next."""
    one = agreed(laws=["Zvw", "Wlz"])
    found = run(
        one,
        [
            year(2023, 100, 0, "provisional", {"Zvw": 100, "Wlz": 0}),
            year(2023, 100, 0, "definite", {"Zvw": 50, "Wlz": 50}),
            year(2024, 100, 0, "definite", {"Zvw": 100, "Wlz": 0}),
        ],
    ).years[1]
    assert lines(found)["year", 2024, "payers", "Zvw"] == 15
    assert lines(found)["correction", 2023, "payers", "Wlz"] == 15


def test_a_deficit_that_was_none():
    """The bank took 100 out of the second year; definite figures give it back, and what the first year saved."""
    found = run(
        agreed(deficit_banking=True),
        [year(2023, -100, status="provisional"), year(2024, 300), year(2023, 50), year(2025, 0)],
    ).years
    assert [f.distributable_cents / 100 for f in found] == [0, 200, 150]
    assert {(p.line, p.of_year) for p in found[2].payments} == {("true_up", 2023), ("true_up", 2024)}


# --------------------------------------------------------------------------------------------------- result and compare


def test_result():
    result = run(agreed(loan=LOAN), [(2023, EXPECTED, 9_000_000, None, 0.5), (2024, EXPECTED, 9_000_000, None, 0.5)])
    assert {(t.destination, t.party): t.amount_cents / 100 for t in result.totals} == {
        ("interest", ""): 76_000,
        ("principal", ""): 200_000,
        ("providers", "Alle"): 603_400,
        ("payers", "Zvw"): 517_200,
        ("revolving", ""): 603_400,
    }
    found = result.table()
    assert found["year"].tolist() == [2023, 2024]
    assert found["saving_eur"].tolist() == [1_000_000, 1_000_000]
    assert found["provider_share"].tolist() == [0.35, 0.35]
    assert not {"payments", "state", "notes"} & set(found.columns)
    assert result.payments_table()["amount_eur"].sum() == 2_000_000


def test_compare():
    rows = compare(agreed(), agreed(payers={"share": 0.1}), [year(2023, 100), year(2024, 100)])
    found = {(r.year, r.destination): (r.first_cents, r.second_cents, r.difference_cents) for r in rows}
    assert found[2023, "payers"] == (3000, 1000, -2000)
    assert found[None, "payers"] == (6000, 2000, -4000)
    assert found[None, "revolving"] == (7000, 11_000, 4000)
    assert sum(r.difference_cents for r in rows) == 0


def test_a_score_as_it_was_worked_out():
    one = agreed()
    assert year(2023, 1, contracts.quality(one, {"a": 0.25})).quality == Fraction(1, 4)
    assert year(2023, 1, contracts.quality(one, {})).quality is None


def test_laws_that_do_not_add_up_are_said():
    one = agreed(laws=["Zvw", "Wlz"])
    assert run(one, [year(2023, 100, per_law={"Zvw": 60, "Wlz": 30})]).years[0].notes == (
        "De bedragen per wet tellen niet op tot het totaal. Ze dienen alleen als verdeelsleutel.",
    )


def test_below_the_minimum_is_said():
    assert run(agreed(minimum_savings_rate=0.02), [year(2023, 100)]).years[0].notes == (
        "De relatieve kostenreductie (€\xa0100,00) is kleiner dan het afgesproken minimum (€\xa0200.000,00). "
        "Er is niets te verdelen.",
    )


# ------------------------------------------------------------------------------------------------------------ refusals


def made(*given, **changed):
    return lambda: run(agreed(**changed), given)


REFUSALS = {
    "a year that is missing": (
        made(year(2023, 0), year(2025, 0)),
        "2025: the next year to settle is 2024; give every year, in order",
    ),
    "a year before the start": (
        made(year(2022, 0)),
        "2022: the next year to settle is 2023; give every year, in order",
    ),
    "no key for the laws": (
        made(year(2023, 0), laws=["Zvw", "Wlz"]),
        "2023: per_law has nothing; give the saving of each law that the contract counts, and of no other: Zvw, Wlz",
    ),
    "a law that is not counted": (
        made(year(2023, 0, per_law={"Zvw": 1, "Wmo": 1})),
        "2023: per_law has Zvw, Wmo; give the saving of each law that the contract counts, and of no other: Zvw",
    ),
    "no law saves": (
        made(year(2023, 100, per_law={"Zvw": -1})),
        "2023: per_law has no saving above 0, and there are 30.00 euros for the payers to divide by it; give what each "
        "law saves",
    ),
    "no placebo": (
        made(year(2023, 0), minimum_savings_rate="placebo"),
        '2023: placebo_sd is missing; minimum_savings_rate = "placebo" needs it each year, as a share of the expected '
        "cost",
    ),
    "definite figures that change": (
        made(year(2023, 100), year(2023, 200)),
        "2023: its figures are definite; only a quality that was not known can be added",
    ),
    "a definite quality that changes": (
        made(year(2023, 100, 0.5), year(2023, 100, 0.6)),
        "2023: its quality is 0.5 already; leave it as it is",
    ),
    "a quality that is forgotten": (
        made(year(2023, 100, 0.5, "provisional"), year(2023, 100, None)),
        "2023: its quality is 0.5 already; leave it as it is",
    ),
    "nothing to revise": (
        lambda: revise(year(2023, 100), agreed(), opening(agreed())),
        "2023: was not settled, so there is nothing to revise; settle it first",
    ),
    "status": (
        lambda: statement(2023, 1, 1, status="voorlopig"),
        '2023: status = "voorlopig"; use "provisional" or "definite"',
    ),
    "no expected cost": (
        lambda: statement(2023, 0, 1),
        "2023: expected = 0; the expected cost is in euros, above 0",
    ),
    "negative cost": (lambda: statement(2023, 1, -1), "2023: actual = -1; a cost is in euros, not below 0"),
    "no number": (
        lambda: statement(2023, float("nan"), 1),
        "2023: expected = nan; give a number, such as 1250000 or 0.4",
    ),
    "too much": (
        lambda: statement(2023, 1e13, 1),
        "2023: expected = 10000000000000.0; give euros, at most 1000000000000",
    ),
    "quality above 1": (
        lambda: statement(2023, 1, 1, None, 60),
        "2023: quality = 60; a score is a number from 0 to 1, or None when unknown",
    ),
    "a deviation below zero": (
        lambda: statement(2023, 1, 1, placebo_sd=-0.1),
        "2023: placebo_sd = -0.1; a standard deviation is not below 0",
    ),
}


@pytest.mark.parametrize(("work", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_refusals(work, sentence):
    with pytest.raises(KavelmonError) as error:
        work()
    assert str(error.value) == sentence


LATE = {"indicator": BASE["quality"]["indicator"], "frozen": {**BASE["quality"]["frozen"], "date": dt.date(2023, 6, 1)}}


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        (
            {"indicator": BASE["quality"]["indicator"]},
            "indicatoren niet vooraf vastgesteld: [quality.frozen] ontbreekt. Er wordt niets uitgekeerd; leg ze vast "
            "in een bestand en noem dat in [quality.frozen] met file, sha256 en date.",
        ),
        (
            LATE,
            "indicatoren niet vooraf vastgesteld: in [quality.frozen] is date 2023-06-01, en prestatiejaar 2023 begon "
            "op 1 januari. Er wordt niets uitgekeerd; leg ze vast vóór 1 januari 2023, of laat het eerste "
            "prestatiejaar later beginnen.",
        ),
    ],
)
def test_nothing_is_paid_on_indicators_that_were_not_recorded(terms, sentence):
    with pytest.raises(NotFrozen) as error:
        run(agreed(quality=terms), [year(2023, 100)])
    assert str(error.value) == sentence
