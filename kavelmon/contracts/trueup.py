"""How a settlement makes up for earlier years: escrow that comes free, claims that are set off, parts that move."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kavelmon.contracts.distribution import ESCROW, REVOLVING
from kavelmon.contracts.settlement import DESTINATIONS, Key, Line, State, Statement


@dataclass
class Source:
    """Money that comes in during a settlement, and where it went, in cents.

    Attributes
    ----------
    line, of_year
        What it is, and of which year it comes.
    amount
        All of it; shares of everything (``gross``) are taken of this.
    free
        What is left after interest, repayment and what was promised already.
    paid
        Where it went.
    """

    line: Line
    of_year: int
    amount: int
    free: int
    paid: dict[Key, int] = field(default_factory=dict)


def nonzero(amounts: Mapping[Any, int]) -> dict[Any, int]:
    """Return the amounts that are not zero."""
    return {key: amount for key, amount in amounts.items() if amount}


def contradiction(old: Statement, one: Statement) -> str:
    """Return why a statement cannot take the place of an earlier one of its year; empty when it can."""
    if old.status == "definite" and replace(one, quality=old.quality) != old:
        return "its figures are definite; only a quality that was not known can be added"
    if old.quality is not None and (one.quality is None or (old.status == "definite" and one.quality != old.quality)):
        return f"its quality is {float(old.quality):g} already; leave it as it is"
    return ""


def released(state: State) -> tuple[list[Source], dict[int, int], dict[int, dict[Key, int]]]:
    """Take out of escrow what stood apart for years whose quality is known now.

    Providers get their part (and payers theirs, where shares of everything left them short); the rest is free money
    that pays what is due and not yet met, and goes to the revolving fund after that.
    """
    owed = {year: dict(mine) for year, mine in state.owed.items()}
    sources, stays = [], {}
    for year, held in sorted(state.escrow.items()):
        if state.statements[year].quality is None:
            stays[year] = held
            continue
        mine, source = owed[year], Source("release", year, held, held)
        del mine[ESCROW]
        for key in sorted((k for k in mine if k[0] in ("providers", "payers")), key=lambda k: DESTINATIONS.index(k[0])):
            source.paid[key] = part = min(source.free, max(0, mine[key]))
            source.free -= part
            mine[key] -= part
        mine[REVOLVING] = mine.get(REVOLVING, 0) - source.free
        sources.append(source)
    return sources, stays, owed


def set_off(true_ups: Mapping[int, int], brought: list[Source]) -> tuple[dict[int, int], int]:
    """Set off what was divided too much against what there is to divide; return what stays open, and how much was."""
    stays, claimed = {}, 0
    for year, amount in sorted(true_ups.items()):
        claim = max(0, -amount)
        for source in brought:
            part = min(source.amount, claim)
            source.amount -= part
            source.free -= part
            claim -= part
            claimed += part
        if claim:
            stays[year] = -claim
    return stays, claimed


def corrected(year: int, mine: dict[Key, int], sources: list[Source]) -> Source:
    """Move this year's payments from who got too much of an earlier year to who got too little, as far as they go."""
    line = Source("correction", year, 0, 0)
    for debtor in [k for k, amount in mine.items() if amount < 0]:
        for source in sources:
            part = min(source.paid.get(debtor, 0), -mine[debtor])
            if part > 0:
                source.paid[debtor] -= part
                mine[debtor] += part
                line.free += part
    for creditor in sorted((k for k, amount in mine.items() if amount > 0), key=lambda k: DESTINATIONS.index(k[0])):
        line.paid[creditor] = part = min(line.free, mine[creditor])
        line.free -= part
        mine[creditor] -= part
    return line
