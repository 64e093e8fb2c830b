"""The loan to a kavel: what is due each year, when it is drawn over several years and repaid over ten.

A draw is made on 1 January and payments fall on 31 December, so that a draw bears a whole year's interest in its year.
What is due is worked out anew each year from the balance and the years that are left; a later draw is thereby spread
over the rest of the term, and the last year repays all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from kavelmon.contracts.money import cents, exact, rounded, table
from kavelmon.model import KavelmonError

if TYPE_CHECKING:  # a page that divides does without pandas; only tables need it
    import pandas as pd

Kind = Literal["annuity", "linear"]
TERM = 10  # years; fixed by the Kavelmodel: "een looptijd van tien jaar"


@dataclass(frozen=True)
class Due:
    """What is due in one year, in cents; paid on the cent, so that the principal adds up to what was drawn.

    Attributes
    ----------
    drawn_cents
        On 1 January.
    interest_cents, principal_cents
        On 31 December.
    balance_cents
        After that.
    """

    year: int
    drawn_cents: int
    interest_cents: int
    principal_cents: int
    balance_cents: int


@dataclass(frozen=True)
class Exact:
    """The same in cents without rounding, to compare with formulas; nobody can pay these."""

    year: int
    interest: Fraction
    principal: Fraction
    balance: Fraction


@dataclass(frozen=True)
class Schedule:
    """What is due in every year.

    Attributes
    ----------
    due
        What is paid: each line rounded to the cent, the next line worked out from the rounded balance.
    unrounded
        The same lines with no rounding.
    """

    due: tuple[Due, ...]
    unrounded: tuple[Exact, ...]

    @property
    def interest_cents(self) -> int:
        """All interest that is paid: the sum of the rounded lines."""
        return sum(d.interest_cents for d in self.due)

    @property
    def unrounded_interest_cents(self) -> int:
        """All interest with no rounding in between, rounded once; a few cents from `interest_cents`."""
        return rounded(sum((e.interest for e in self.unrounded), Fraction(0)))

    @property
    def drawn_cents(self) -> int:
        """Everything that is drawn."""
        return sum(d.drawn_cents for d in self.due)

    def of(self, year: int) -> Due:
        """Return what is due in a year; nothing outside the term."""
        return next((d for d in self.due if d.year == year), Due(year, 0, 0, 0, 0))

    def table(self) -> "pd.DataFrame":
        """Return one row per year, in euros."""
        return table(self.due)


def annuity(balance: Fraction, rate: Fraction, years: int) -> Fraction:
    """Return the yearly payment P·i / (1 - (1 + i)^-n) that repays a balance; without interest P / n.

    Examples
    --------
    >>> round(float(annuity(Fraction(1_000_000), Fraction(4, 100), 10)), 2)
    123290.94
    """
    return balance * rate / (1 - (1 + rate) ** -years) if rate else balance / years


def schedule(
    draws: Mapping[int, Any] | Iterable[tuple[int, Any]],
    rate: Any,
    kind: Kind = "annuity",
    years: int = TERM,
    grace: int = 0,
    term_from: int | None = None,
) -> Schedule:
    """Return what is due each year on a loan that is drawn over several years.

    Parameters
    ----------
    draws
        Year and amount in euros; more than one in a year is allowed.
    rate
        Interest per year on the balance, 0 to 0.25.
    kind
        ``annuity``: interest and principal together are the same each year; ``linear``: the principal is.
    years
        The term: all is repaid in its last year.
    grace
        Years at the beginning of the term in which only interest is due.
    term_from
        First year of the term; None for the year of the first draw. Draws before it bear interest only.

    Raises
    ------
    KavelmonError
        No draws, an amount that is not above 0, a rate, term or grace that cannot be, a draw after the term.

    Examples
    --------
    >>> found = schedule({2023: 1_000_000}, 0.04)
    >>> found.due[0].interest_cents, found.due[0].principal_cents
    (4000000, 8329094)
    >>> found.interest_cents, found.unrounded_interest_cents
    (23290945, 23290944)
    """
    drawn: dict[int, int] = {}
    for year, amount in draws.items() if isinstance(draws, Mapping) else draws:
        found = cents(amount, f"draw of {year}")
        if found <= 0:
            raise KavelmonError(f"draw of {year} = {amount}; an amount is in euros, above 0; leave out a year without")
        drawn[year] = drawn.get(year, 0) + found
    interest = exact(rate, "rate")
    _check(drawn, interest, kind, years, grace)
    first = min(drawn) if term_from is None else term_from
    last = first + years - 1
    if late := [year for year in sorted(drawn) if year > last]:
        raise KavelmonError(f"draw of {late[0]}: the term ends in {last}; draw before, or agree on a later term")
    due, unrounded = [], []
    paid, pure = 0, Fraction(0)  # the balance as it is paid, and with no rounding
    for year in range(min(*drawn, first), last + 1):
        paid, pure = paid + drawn.get(year, 0), pure + drawn.get(year, 0)
        left = last - year + 1 if year >= first + grace else 0
        charge, principal = rounded(paid * interest), _principal(Fraction(paid), interest, kind, left)
        # of the rounded payment, so that an annuity is the same amount each year, to the cent
        part = rounded(principal + paid * interest) - charge if kind == "annuity" else rounded(principal)
        paid -= part
        due.append(Due(year, drawn.get(year, 0), charge, part, paid))
        charge_pure, part_pure = pure * interest, _principal(pure, interest, kind, left)
        pure -= part_pure
        unrounded.append(Exact(year, charge_pure, part_pure, pure))
    return Schedule(tuple(due), tuple(unrounded))


def _principal(balance: Fraction, rate: Fraction, kind: Kind, left: int) -> Fraction:
    """Return the principal that is due when so many years are left, this one included; none in years of grace."""
    if not left:
        return Fraction(0)
    return balance / left if kind == "linear" else annuity(balance, rate, left) - balance * rate


def _check(drawn: Mapping[int, int], rate: Fraction, kind: str, years: int, grace: int) -> None:
    if not drawn:
        raise KavelmonError("draws: none; give at least one year with its amount in euros")
    if not 0 <= rate <= Fraction(1, 4):
        raise KavelmonError(f"rate = {float(rate):g}; a rate per year is a number from 0 to 0.25; write 4 % as 0.04")
    if kind not in ("annuity", "linear"):
        raise KavelmonError(f'kind = "{kind}"; use "annuity" or "linear"')
    if years < 1:
        raise KavelmonError(f"years = {years}; a term is at least one year; the Kavelmodel has {TERM}")
    if not 0 <= grace < years:
        raise KavelmonError(f"grace = {grace}; years without repayment are 0 to {years - 1}, less than the term")
