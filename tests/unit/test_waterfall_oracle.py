"""The settlement beside a second one, written from the rules in plain loops, and under histories of every order."""

import itertools
from fractions import Fraction
from math import ceil, floor

from hypothesis import given, settings
from hypothesis import strategies as st
from test_waterfall import agreed, amounts, any_contract, any_statement, shares, year

from kavelmon.contracts.settlement import DESTINATIONS
from kavelmon.contracts.waterfall import run


def nearest(x):
    size = floor(abs(x) + Fraction(1, 2))
    return size if x >= 0 else -size


def plain_schedule(loan, start):
    drawn = {}
    for draw in loan.draw:
        drawn[draw.year] = drawn.get(draw.year, 0) + int(draw.amount * 100)
    first, rate, balance, found = min(drawn) if loan.term_from == "first_draw" else start, Fraction(loan.rate), 0, {}
    last = first + loan.term - 1
    for when in range(min(*drawn, first), last + 1):
        balance += drawn.get(when, 0)
        interest, left = nearest(balance * rate), last - when + 1
        if when < first + loan.grace:
            principal = 0
        elif loan.kind == "linear":
            principal = nearest(Fraction(balance, left))
        else:
            level = balance * rate / (1 - (1 + rate) ** -left) if rate else Fraction(balance, left)
            principal = nearest(level) - interest
        balance -= principal
        found[when] = interest, principal, balance
    assert balance == 0
    return found


def largest_remainders(total, keys):
    if not sum(keys):
        return [0 for _ in keys]
    exact = [total * key / sum(keys) for key in keys]
    parts = [floor(e) for e in exact]
    for place in sorted(range(len(parts)), key=lambda n: parts[n] - exact[n])[: total - sum(parts)]:
        parts[place] += 1
    return parts


def plain(contract, rows):
    """Settle definite years: by year the payments, arrears, balance and bank."""
    loan, known = contract.loan, {row[0]: row[1:] for row in rows}
    schedule = plain_schedule(loan, contract.start) if loan else {}
    begin = min(contract.start, *(d.year for d in loan.draw)) if loan else contract.start
    late_interest = late_principal = bank = 0
    found = {}
    for when in range(begin, max(known) + 1):
        interest, principal, balance = schedule.get(when, (0, 0, 0))
        charge = nearest(Fraction(loan.arrears_rate) * (late_interest + late_principal)) if loan else 0
        interest, principal = interest + late_interest + charge, principal + late_principal
        left, score = 0, None
        if when in known:
            expected, actual, score = known[when]
            saving, least = expected - actual, Fraction(contract.minimum_savings_rate) * expected
            left = max(0, saving if contract.first_euro else saving - ceil(least)) if saving >= least else 0
            if contract.deficit_banking:
                left, bank = max(0, left - bank), max(0, bank - saving)
        all_of_it = left
        paid = {"interest": min(left, interest)}
        left -= paid["interest"]
        paid["principal"] = min(left, principal)
        left -= paid["principal"]
        late_interest, late_principal = interest - paid["interest"], principal - paid["principal"]
        if left:
            base = left if contract.base == "net_of_debt" else all_of_it
            terms, share = contract.providers, Fraction(contract.providers.p_max)
            if score is not None:
                low, high = Fraction(terms.q_lo), Fraction(terms.q_hi)
                at = min(max((score - low) / (high - low), 0), 1)
                share = Fraction(terms.p_min) + (Fraction(terms.p_max) - Fraction(terms.p_min)) * at
            keys = [share * base, Fraction(contract.payers.share) * base]
            parts = largest_remainders(left, [*keys, max(left - sum(keys), Fraction(0))])
            to = "providers" if score is not None else "escrow"
            paid |= dict(zip((to, "payers", "revolving"), parts, strict=True))
        found[when] = ({d: paid.get(d, 0) for d in DESTINATIONS}, late_interest + late_principal, balance, bank)
    return found


@settings(max_examples=150, deadline=None)
@given(one=any_contract(), years=st.lists(st.tuples(amounts, st.none() | shares), min_size=1, max_size=12))
def test_definite_years_are_those_of_plain_loops(one, years):
    said = [
        year(one.start + n, saving, score, "definite", dict.fromkeys(one.laws, 1))
        for n, (saving, score) in enumerate(years)
    ]
    found = {
        y.year: ({d: y.paid_cents(d) for d in DESTINATIONS}, y.arrears_cents, y.balance_cents, y.bank_cents)
        for y in run(one, said).years
    }
    assert found == plain(one, [(s.year, s.expected_cents, s.actual_cents, s.quality) for s in said])


@settings(max_examples=40, deadline=None)
@given(one=any_contract(), data=st.data())
def test_definite_figures_in_any_order_come_to_the_same(one, data):
    draw, laws = data.draw, dict.fromkeys(one.laws, 1)
    number = draw(st.integers(2, 3))
    first = [year(one.start + n, draw(amounts), draw(st.none() | shares), "provisional", laws) for n in range(number)]
    then = [year(one.start + n, draw(amounts), draw(shares), "definite", laws) for n in range(number)]
    after = [year(one.start + number + n, 3_000_000, 0.5, "definite", laws) for n in range(4)]
    results = [run(one, [*first, *order, *after]) for order in itertools.permutations(then)]
    assert all(result.payments == results[0].payments for result in results)


@settings(max_examples=100, deadline=None)
@given(one=any_contract(), data=st.data())
def test_a_year_that_is_told_again_and_again_loses_no_cent(one, data):
    draw, known, history, when = data.draw, {}, [], one.start
    for _ in range(draw(st.integers(3, 12))):
        if known and draw(st.booleans()):
            which = draw(st.sampled_from(sorted(known)))
            score = draw(shares if known[which] is not None else st.none() | shares)
        else:
            which, when, score = when, when + 1, draw(st.none() | shares)
        known[which] = score
        history.append(any_statement(draw, one, which, "provisional", score))
    result = run(one, history)
    state = result.state
    paid = sum(p.amount_cents for p in result.payments) - sum(y.released_cents for y in result.years)
    assert paid == sum(g.amount_cents for g in state.gates.values()) - sum(state.true_ups.values())
    assert sum(y.escrow_cents - y.released_cents for y in result.years) == sum(state.escrow.values()) >= 0
    assert all(sum(mine.values()) == 0 for mine in state.owed.values())
    for y in result.years:
        assert all(p.amount_cents > 0 for p in y.payments)
        assert not y.revolving_cents or y.arrears_cents == 0


@settings(max_examples=100, deadline=None)
@given(saving=amounts.map(abs), low=st.integers(0, 500), share=st.integers(0, 500))
def test_shares_of_everything_never_exceed_what_is_left(saving, low, share):
    one = agreed(
        base="gross",
        providers={"p_min": low / 1000, "p_max": 0.5, "split": {"Alle": 1}},
        payers={"share": share / 1000},
        loan={
            "rate": 0.04,
            "arrears_rate": 0,
            "draw": [{"year": 2023, "amount": 4_000_000, "use": "interventie"}],
        },
    )
    found = run(one, [year(2023, saving, 1)]).years[0]
    left = found.distributable_cents - found.interest_cents - found.principal_cents
    asked = found.distributable_cents * (0.5 + share / 1000)
    assert found.providers_cents + found.payers_cents <= left
    assert (found.revolving_cents > 0) <= (asked < left + 1)
