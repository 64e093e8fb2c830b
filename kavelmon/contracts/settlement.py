"""What goes into a yearly settlement and what comes out: statements, payments, results, and what stays open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, get_args

from kavelmon.contracts.contract import Contract, Quality
from kavelmon.contracts.money import cents, exact, table
from kavelmon.model import KavelmonError

if TYPE_CHECKING:  # a page that divides does without pandas; only tables need it
    import pandas as pd

Status = Literal["provisional", "definite"]
Line = Literal["year", "true_up", "release", "correction"]
Destination = Literal["interest", "principal", "providers", "escrow", "payers", "revolving"]
Key = tuple[Destination, str]  # a destination, and the organisation or law in it

DESTINATIONS: tuple[Destination, ...] = get_args(Destination)  # in the order in which they are paid


@dataclass(frozen=True)
class Statement:
    """The cost of one year, made by `statement`.

    Attributes
    ----------
    expected_cents, actual_cents
        Cost without the Kavelmodel, and as it was.
    per_law_cents
        What each law saves; a key to divide by, that need not add up to the total.
    quality
        Score of 0 to 1; None when it is not known.
    placebo_sd
        Standard deviation of what areas without a contract seem to save, as a share of the expected cost.
    """

    year: int
    expected_cents: int
    actual_cents: int
    per_law_cents: Mapping[str, int] = field(repr=False)
    quality: Fraction | None
    status: Status
    placebo_sd: Fraction | None = None

    @property
    def saving_cents(self) -> int:
        """The relative cost reduction: expected minus actual cost; below zero when cost is higher than expected."""
        return self.expected_cents - self.actual_cents

    @property
    def relative(self) -> Fraction:
        """The relative cost reduction as a share of the expected cost."""
        return Fraction(self.saving_cents, self.expected_cents)


def statement(
    year: int,
    expected: Any,
    actual: Any,
    per_law: Mapping[str, Any] | None = None,
    quality: Any = None,
    status: Status = "definite",
    placebo_sd: Any = None,
) -> Statement:
    """Return the statement of a year.

    Parameters
    ----------
    expected, actual
        Euros.
    per_law
        Saving of each law in euros; may be left out when the contract counts one law.
    quality
        A score of 0 to 1, what `kavelmon.contracts.contract.quality` returns, or None when it is not known.
    status
        ``provisional`` figures are settled with a later ``definite`` statement of the same year.
    placebo_sd
        Share of the expected cost; for a contract with ``minimum_savings_rate = "placebo"``.

    Raises
    ------
    KavelmonError
        What is no number, below zero where that cannot be, or an unknown status.

    Examples
    --------
    >>> one = statement(2013, 75.5e6, 70.0e6)
    >>> one.saving_cents, round(float(one.relative), 7)
    (550000000, 0.0728477)
    """
    if status not in get_args(Status):
        raise KavelmonError(f'{year}: status = "{status}"; use "provisional" or "definite"')
    without, with_it = cents(expected, f"{year}: expected"), cents(actual, f"{year}: actual")
    if without <= 0:
        raise KavelmonError(f"{year}: expected = {expected}; the expected cost is in euros, above 0")
    if with_it < 0:
        raise KavelmonError(f"{year}: actual = {actual}; a cost is in euros, not below 0")
    laws = {law: cents(v, f"{year}: per_law {law}") for law, v in (per_law or {}).items()}
    score = quality.score if isinstance(quality, Quality) else quality
    score = None if score is None else exact(score, f"{year}: quality")
    if score is not None and not 0 <= score <= 1:
        raise KavelmonError(
            f"{year}: quality = {float(score):g}; a score is a number from 0 to 1, or None when unknown"
        )
    spread = None if placebo_sd is None else exact(placebo_sd, f"{year}: placebo_sd")
    if spread is not None and spread < 0:
        raise KavelmonError(f"{year}: placebo_sd = {float(spread):g}; a standard deviation is not below 0")
    return Statement(year, without, with_it, MappingProxyType(laws), score, status, spread)


def fitted(one: Statement, contract: Contract) -> Statement:
    """Return a statement with what its contract asks for.

    Raises
    ------
    KavelmonError
        Laws that the contract does not count, or lacks; no placebo where the contract needs it.
    """
    laws = one.per_law_cents
    if not laws and len(contract.laws) == 1:
        laws = {contract.laws[0]: one.saving_cents}
    if {*laws} != {*contract.laws}:
        raise KavelmonError(
            f"{one.year}: per_law has {', '.join(laws) or 'nothing'}; give the saving of each law that the contract "
            f"counts, and of no other: {', '.join(contract.laws)}"
        )
    if contract.minimum_savings_rate == "placebo" and one.placebo_sd is None:
        raise KavelmonError(
            f'{one.year}: placebo_sd is missing; minimum_savings_rate = "placebo" needs it each year, as a share of '
            "the expected cost"
        )
    return Statement(one.year, one.expected_cents, one.actual_cents, laws, one.quality, one.status, one.placebo_sd)


@dataclass(frozen=True)
class Gate:
    """What of a year's saving can be divided: after the minimum and the deficits of earlier years, in cents."""

    threshold_cents: int
    bank_before_cents: int
    amount_cents: int
    bank_after_cents: int


@dataclass(frozen=True)
class Payment:
    """One amount that is paid; never below zero.

    Attributes
    ----------
    year, of_year
        When it is paid, and of which year it comes.
    line
        ``year``; ``true_up``: definite figures were better than provisional ones; ``release``: out of escrow, now that
        quality is known; ``correction``: quality or laws changed afterwards, taken from others in the same year.
    destination, party
        Party is the organisation (providers) or the law (payers), else empty.
    """

    year: int
    of_year: int
    line: Line
    destination: Destination
    party: str
    amount_cents: int


@dataclass(frozen=True)
class State:
    """What goes on from one year into the next, in cents.

    Attributes
    ----------
    year
        The last year that was settled.
    statements, gates
        What is known of each year now, and what was thereby to be divided.
    true_ups
        Of each year what is still to be divided (above zero) or was divided too much (below zero: a claim).
    bases
        Of each year the amounts that shares were taken of, with what was left after interest and repayment.
    escrow
        Of each year what stands apart for the providers.
    owed
        Of each year who is to get more (above zero) and who got too much, adding up to zero.
    arrears_interest_cents, arrears_principal_cents
        What was due and could not be paid: a liability of the integrator.
    """

    year: int
    statements: Mapping[int, Statement] = field(default_factory=dict)
    gates: Mapping[int, Gate] = field(default_factory=dict)
    true_ups: Mapping[int, int] = field(default_factory=dict)
    bases: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    escrow: Mapping[int, int] = field(default_factory=dict)
    owed: Mapping[int, Mapping[Key, int]] = field(default_factory=dict)
    arrears_interest_cents: int = 0
    arrears_principal_cents: int = 0

    @property
    def arrears_cents(self) -> int:
        """All that was due and could not be paid."""
        return self.arrears_interest_cents + self.arrears_principal_cents


@dataclass(frozen=True)
class YearResult:
    """The settlement of one year, in cents.

    Attributes
    ----------
    status
        ``provisional``, ``definite``, or ``run_up`` for a year before the first performance year.
    threshold_cents
        The least saving that is shared.
    own_cents, true_up_cents, claim_cents, released_cents
        What this year's saving, better definite figures and escrow bring, and what is set off because too much was
        divided earlier: together (the claim subtracted) `distributable_cents`.
    distributable_cents
        All that is divided: the sum of the payments.
    due_interest_cents, due_principal_cents
        With arrears; `arrears_charge_cents` is the interest on these.
    provider_share
        p(Q), 0 to 1; the largest one where quality is not known and the amount is in escrow.
    arrears_cents, balance_cents, bank_cents
        After this year: what is overdue, the rest of the loan that is not yet due, and deficits to be made good.
    notes
        What there is to say of it, as Dutch sentences.
    """

    year: int
    status: Literal["provisional", "definite", "run_up"]
    quality: Fraction | None
    expected_cents: int
    actual_cents: int
    saving_cents: int
    threshold_cents: int
    own_cents: int
    true_up_cents: int
    claim_cents: int
    released_cents: int
    distributable_cents: int
    due_interest_cents: int
    due_principal_cents: int
    arrears_charge_cents: int
    interest_cents: int
    principal_cents: int
    providers_cents: int
    escrow_cents: int
    payers_cents: int
    revolving_cents: int
    provider_share: Fraction
    arrears_cents: int
    balance_cents: int
    bank_cents: int
    payments: tuple[Payment, ...] = field(repr=False)
    notes: tuple[str, ...] = field(repr=False)
    state: State = field(repr=False)

    def paid_cents(self, destination: Destination) -> int:
        """Return what a destination gets."""
        return sum(p.amount_cents for p in self.payments if p.destination == destination)


@dataclass(frozen=True)
class Total:
    """What a destination, and a party in it, gets in all years together, in cents."""

    destination: Destination
    party: str
    amount_cents: int


@dataclass(frozen=True)
class Result:
    """All years of a contract."""

    contract: Contract
    years: tuple[YearResult, ...]
    state: State

    @property
    def payments(self) -> tuple[Payment, ...]:
        """Every payment, by year."""
        return tuple(p for year in self.years for p in year.payments)

    @property
    def totals(self) -> tuple[Total, ...]:
        """What each destination and party gets; escrow is what stood apart, also where it was released later."""
        keys = dict.fromkeys((p.destination, p.party) for p in self.payments)
        found = {k: sum(p.amount_cents for p in self.payments if (p.destination, p.party) == k) for k in keys}
        return tuple(Total(d, who, found[d, who]) for d, who in sorted(keys, key=lambda k: DESTINATIONS.index(k[0])))

    def table(self) -> "pd.DataFrame":
        """Return one row per year, in euros."""
        return table(self.years)

    def payments_table(self) -> "pd.DataFrame":
        """Return one row per payment, in euros."""
        return table(self.payments)
