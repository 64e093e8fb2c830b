"""What of a year's saving can be divided, and into which shares: a year by itself, without loan and history."""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil

from kavelmon.contracts.contract import Contract
from kavelmon.contracts.money import divided
from kavelmon.contracts.settlement import Gate, Key, Statement
from kavelmon.model import KavelmonError

# One-sided 95 % of a normal distribution
Z_PLACEBO = Fraction("1.645")
ESCROW: Key = ("escrow", "")
REVOLVING: Key = ("revolving", "")


def provider_share(contract: Contract, score: Fraction | None) -> Fraction:
    """Return the share of the providers at a quality score; the largest one when it is not known (for escrow)."""
    terms = contract.providers
    low, high = Fraction(terms.p_min), Fraction(terms.p_max)
    if score is None:
        return high
    at = (score - Fraction(terms.q_lo)) / (Fraction(terms.q_hi) - Fraction(terms.q_lo))
    return low + (high - low) * min(max(at, Fraction(0)), Fraction(1))


def gates(contract: Contract, statements: Iterable[Statement]) -> dict[int, Gate]:
    """Return what each year has to divide, after the minimum savings rate and the bank of deficits.

    A saving of at least the minimum counts whole, or only above it (``first_euro = false``); a smaller one not at all.
    With a bank, higher cost is added to it and lower cost goes into it first, also below the minimum.
    """
    found, bank = {}, 0
    for one in sorted(statements, key=lambda s: s.year):
        rate = contract.minimum_savings_rate
        least = Z_PLACEBO * (one.placebo_sd or 0) if rate == "placebo" else Fraction(rate)
        threshold = ceil(least * one.expected_cents)
        saving, before = one.saving_cents, bank
        amount = max(0, saving if contract.first_euro else saving - threshold) if saving >= threshold else 0
        if contract.deficit_banking:
            amount, bank = max(0, amount - bank), max(0, bank - saving)
        found[one.year] = Gate(threshold, before, amount, bank)
    return found


def shared(contract: Contract, one: Statement, base: int, left: int) -> dict[Key, int]:
    """Divide what is left after interest and repayment over providers, payers and the revolving fund, in cents.

    Parameters
    ----------
    base
        All that was to be divided, before interest and repayment.
    left
        What is left of it.

    Returns
    -------
    dict
        Amount of each organisation (or of the escrow), of each law, and of the revolving fund; they add up to `left`.

    Raises
    ------
    KavelmonError
        There is something for the payers, and no law saves anything.
    """
    if contract.base == "net_of_debt":
        base = left
    p, q = provider_share(contract, one.quality), Fraction(contract.payers.share)
    # of everything (gross) the shares may ask more than is left: then it is divided pro rata, and no remainder
    keys = [p * base, q * base, max(Fraction(0), left - (p + q) * base)]
    providers, payers, rest = divided(left, keys)
    found: dict[Key, int] = {}
    if one.quality is None:
        found[ESCROW] = providers
    else:
        split = contract.providers.split
        found |= {("providers", n): a for n, a in zip(split, divided(providers, [*split.values()]), strict=True)}
    savings = [max(0, one.per_law_cents[law]) for law in contract.laws]
    if payers and not any(savings):
        raise KavelmonError(
            f"{one.year}: per_law has no saving above 0, and there are {payers / 100:.2f} euros for the payers to "
            "divide by it; give what each law saves"
        )
    found |= {("payers", law): a for law, a in zip(contract.laws, divided(payers, savings), strict=True)}
    return {**found, REVOLVING: rest}
