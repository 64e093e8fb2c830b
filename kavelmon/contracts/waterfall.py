"""Who gets which part of a relative cost reduction: interest, repayment, providers, payers, then the revolving fund.

The order is that of the Kavelmodel: the revolving fund is filled after the year's interest and repayment are met. What
cannot be met becomes arrears, a liability of the integrator. A year can be settled on provisional figures; a later
definite statement changes what is divided in the next year that is settled, and nothing that was paid is taken back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from kavelmon import contract_texts
from kavelmon.contracts.contract import Contract, NotFrozen, not_frozen
from kavelmon.contracts.distribution import ESCROW, REVOLVING, provider_share, shared
from kavelmon.contracts.distribution import gates as gated
from kavelmon.contracts.loan import Due
from kavelmon.contracts.money import rounded
from kavelmon.contracts.settlement import (
    DESTINATIONS,
    Destination,
    Gate,
    Payment,
    Result,
    State,
    Statement,
    YearResult,
    fitted,
    statement,
)
from kavelmon.contracts.trueup import Source, contradiction, corrected, nonzero, released, set_off
from kavelmon.model import KavelmonError

__all__ = ["Difference", "compare", "distribute", "opening", "provider_share", "revise", "run", "statement"]

_DEBTS: tuple[Destination, ...] = ("interest", "principal")


@dataclass(frozen=True)
class Difference:
    """What a destination gets under two contracts, in cents; year None is all years together."""

    year: int | None
    destination: Destination
    first_cents: int
    second_cents: int
    difference_cents: int


def run(contract: Contract, years: Iterable[Statement | Sequence[Any]]) -> Result:
    """Settle a contract year by year.

    Parameters
    ----------
    years
        Statements, or tuples of the arguments of `statement`, in the order in which they are settled. A second one of
        a year replaces the first; what that changes is settled with the next new year.

    Raises
    ------
    NotFrozen
        The indicators were not recorded before the first performance year.
    KavelmonError
        Years that are missing or not in order, a definite statement that is changed, laws that do not fit.
    """
    results, state = _run_up(contract)
    for given in years:
        one = given if isinstance(given, Statement) else statement(*given)
        if one.year in state.statements:
            state = revise(one, contract, state)
        else:
            results.append(distribute(one, contract, state))
            state = results[-1].state
    return Result(contract, tuple(results), state)


def opening(contract: Contract) -> State:
    """Return the state at the beginning of the first performance year, with what was due before and is not paid."""
    return _run_up(contract)[1]


def distribute(one: Statement, contract: Contract, state: State | None = None) -> YearResult:
    """Settle one year.

    Parameters
    ----------
    state
        After the year before; None for the first performance year.

    Raises
    ------
    NotFrozen
        The indicators were not recorded before the first performance year.
    KavelmonError
        Not the next year, or laws that do not fit the contract.
    """
    state = state or opening(contract)
    if why := not_frozen(contract):
        raise NotFrozen(why)
    if one.year != state.year + 1:
        raise KavelmonError(f"{one.year}: the next year to settle is {state.year + 1}; give every year, in order")
    return _settled(one.year, contract, state, fitted(one, contract))


def revise(one: Statement, contract: Contract, state: State) -> State:
    """Return the state with another statement of a year that was settled; the next new year makes up for it.

    Raises
    ------
    KavelmonError
        A year that was not settled, a definite statement that is changed, a quality that is known no longer.
    """
    old = state.statements.get(one.year)
    if old is None:
        raise KavelmonError(f"{one.year}: was not settled, so there is nothing to revise; settle it first")
    one = fitted(one, contract)
    if why := contradiction(old, one):
        raise KavelmonError(f"{one.year}: {why}")
    if not any(v > 0 for v in one.per_law_cents.values()):
        one = replace(one, per_law_cents=old.per_law_cents)  # the key of what was paid; a loss has no key of its own
    statements = {**state.statements, one.year: one}
    gates = gated(contract, statements.values())
    true_ups = dict(state.true_ups)
    for year, gate in gates.items():  # a bank lets one year's figures change what later years had to divide
        true_ups[year] = true_ups.get(year, 0) + gate.amount_cents - state.gates[year].amount_cents
    owed = {year: dict(mine) for year, mine in state.owed.items()}
    for base, left in state.bases.get(one.year, ()):
        mine = owed.setdefault(one.year, {})
        for sign, said in ((1, one), (-1, old)):
            for key, amount in shared(contract, said, base, left).items():
                mine[key] = mine.get(key, 0) + sign * amount
    return replace(state, statements=statements, gates=gates, true_ups=nonzero(true_ups), owed=owed)


def compare(first: Contract, second: Contract, years: Iterable[Statement | Sequence[Any]]) -> tuple[Difference, ...]:
    """Return what each destination gets under two contracts, per year and in all, on the same figures."""
    known = list(years)
    results = run(first, known), run(second, known)
    paid = [{(y.year, d): y.paid_cents(d) for y in result.years for d in DESTINATIONS} for result in results]
    when = sorted({year for one in paid for year, _ in one})
    rows: list[Difference] = []
    for year in (*when, None):
        for to in DESTINATIONS:
            one, other = (
                sum(amount for (y, d), amount in found.items() if d == to and year in (None, y)) for found in paid
            )
            rows.append(Difference(year, to, one, other, other - one))
    return tuple(rows)


def _run_up(contract: Contract) -> tuple[list[YearResult], State]:
    """Settle the years from the first draw to the start: nothing can be divided, so what is due becomes arrears."""
    first = min([contract.start, *(d.year for d in contract.loan.draw)] if contract.loan else [contract.start])
    state, results = State(first - 1), []
    for year in range(first, contract.start):
        results.append(_settled(year, contract, state, None))
        state = results[-1].state
    return results, state


def _settled(year: int, contract: Contract, state: State, one: Statement | None) -> YearResult:
    """Settle one year; without a statement it is one before the first performance year."""
    loan = contract.loan
    due = loan.schedule(contract.start).of(year) if loan else Due(year, 0, 0, 0, 0)
    charge = rounded(Fraction(loan.arrears_rate) * state.arrears_cents) if loan else 0
    interest = due.interest_cents + state.arrears_interest_cents + charge
    principal = due.principal_cents + state.arrears_principal_cents
    statements = {**state.statements, **({year: one} if one else {})}
    gates = gated(contract, statements.values())
    freed, escrow, owed = released(state)
    late = [Source("true_up", y, a, a) for y, a in sorted(state.true_ups.items()) if a > 0]
    own = [Source("year", year, gates[year].amount_cents, gates[year].amount_cents)] if one else []
    true_up = sum(s.amount for s in late)
    claims, claimed = set_off(state.true_ups, [*late, *own])
    sources = [*own, *late, *freed]  # in this order they pay interest and principal: a year's own saving goes first
    distributable = sum(s.amount for s in sources)
    owing, bases = [interest, principal], dict(state.bases)
    for source in sources:
        _debts(source, owing)
        if source.line == "release":
            source.paid[REVOLVING] = source.free
        elif source.free:
            source.paid |= (shares := shared(contract, statements[source.of_year], source.amount, source.free))
            bases[source.of_year] = (*bases.get(source.of_year, ()), (source.amount, source.free))
            if ESCROW in shares:
                escrow[source.of_year] = escrow.get(source.of_year, 0) + shares[ESCROW]
    if not any(owing):  # else what is moved could reach the revolving fund before interest and repayment are met
        sources += [corrected(y, mine, sources) for y, mine in sorted(owed.items())]
    payments = tuple(
        Payment(year, s.of_year, s.line, to, who, amount)
        for s in sources
        for (to, who), amount in s.paid.items()
        if amount
    )
    after = State(
        year=year,
        statements=statements,
        gates=gates,
        true_ups=claims,
        bases=bases,
        escrow=nonzero(escrow),
        owed={y: nonzero(mine) for y, mine in owed.items() if any(mine.values())},
        arrears_interest_cents=owing[0],
        arrears_principal_cents=owing[1],
    )
    by = {d: sum(p.amount_cents for p in payments if p.destination == d) for d in DESTINATIONS}
    gate = gates[year] if one else Gate(0, 0, 0, 0)
    return YearResult(
        year=year,
        status=one.status if one else "run_up",
        quality=one.quality if one else None,
        expected_cents=one.expected_cents if one else 0,
        actual_cents=one.actual_cents if one else 0,
        saving_cents=one.saving_cents if one else 0,
        threshold_cents=gate.threshold_cents,
        own_cents=gate.amount_cents,
        true_up_cents=true_up,
        claim_cents=claimed,
        released_cents=sum(s.amount for s in freed),
        distributable_cents=distributable,
        due_interest_cents=interest,
        due_principal_cents=principal,
        arrears_charge_cents=charge,
        **{f"{d}_cents": amount for d, amount in by.items()},  # type: ignore[arg-type]
        provider_share=provider_share(contract, one.quality if one else None),
        arrears_cents=sum(owing),
        balance_cents=due.balance_cents,
        bank_cents=gate.bank_after_cents,
        payments=payments,
        notes=_notes(one, gate, claimed, sum(owing)),
        state=after,
    )


def _debts(source: Source, owing: list[int]) -> None:
    """Pay interest, and then principal, from what comes in; `owing` becomes what is left of both."""
    for place, to in enumerate(_DEBTS):
        source.paid[to, ""] = part = min(source.free, owing[place])
        source.free -= part
        owing[place] -= part


def _notes(one: Statement | None, gate: Gate, claimed: int, arrears: int) -> tuple[str, ...]:
    if one is None:
        return (contract_texts.RUN_UP, *((contract_texts.in_arrears(arrears),) if arrears else ()))
    found = []
    if one.saving_cents <= 0:
        found.append(contract_texts.NO_SAVING)
    elif one.saving_cents < gate.threshold_cents:
        found.append(contract_texts.below_threshold(one.saving_cents, gate.threshold_cents))
    elif gate.bank_before_cents and gate.bank_after_cents < gate.bank_before_cents:
        found.append(contract_texts.BANKED)
    if claimed:
        found.append(contract_texts.netted(claimed))
    if gate.amount_cents and one.quality is None:
        found.append(contract_texts.ESCROW)
    if sum(one.per_law_cents.values()) != one.saving_cents:
        found.append(contract_texts.LAWS_DIFFER)
    if one.status == "provisional":
        found.append(contract_texts.PROVISIONAL)
    if arrears:
        found.append(contract_texts.in_arrears(arrears))
    return tuple(found)
