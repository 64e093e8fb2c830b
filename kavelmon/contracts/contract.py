"""A contract between the parties of a kavel: read, checked, warned of, and the quality that it pays for."""

import datetime as dt
import hashlib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from kavelmon import contract_texts
from kavelmon.contracts import money, terms
from kavelmon.contracts.clauses import Contract, Indicator
from kavelmon.contracts.loan import TERM
from kavelmon.declarations import near
from kavelmon.model import KavelmonError, NotFoundError

if TYPE_CHECKING:  # a page that divides does without pandas; only tables need it
    import pandas as pd

__all__ = ["Contract", "NotFrozen", "Quality", "Scored", "not_frozen", "quality", "read", "verify_frozen", "warnings"]

LEAST_COVERAGE = Fraction(3, 4)

# Who always takes part: "de gemeente, een zorgverzekeraar en minstens een GGZ en/of een VVT-aanbieder, een
# welzijnsaanbieder, een ziekenhuis en de huisartsen"
_MANDATORY: dict[str, tuple[str, ...]] = {
    "gemeente": ("gemeente",),
    "zorgverzekeraar": ("zorgverzekeraar",),
    "ggz_of_vvt": ("ggz", "vvt"),
    "welzijn": ("welzijn",),
    "ziekenhuis": ("ziekenhuis",),
    "huisartsen": ("huisartsen",),
}
# "In ieder geval moeten hierin vertegenwoordigd zijn: de aanbieders, de inwoners en de bekostigers"
_INTEGRATOR: dict[str, tuple[str, ...]] = {
    "aanbieders": ("ggz", "vvt", "welzijn", "ziekenhuis", "huisartsen"),
    "inwoners": ("inwoners",),
    "bekostigers": ("gemeente", "zorgverzekeraar", "zorgkantoor"),
}


class NotFrozen(KavelmonError):  # noqa: N818 - what it is, not what went wrong
    """The indicators were not recorded before the performance year; nothing can be paid."""


@dataclass(frozen=True)
class Scored:
    """One indicator of quality: its figure (None when unknown), and how far it came from base (0) to target (1)."""

    id: str
    value: Fraction | None
    score: Fraction | None
    weight: Fraction


@dataclass(frozen=True)
class Quality:
    """How good care and health are, by what the parties agreed on.

    Attributes
    ----------
    score
        0 to 1: the weighted mean; None when less than `LEAST_COVERAGE` of the weight has a figure.
    indicators
        Each one by itself.
    coverage
        The share of the weight that has a figure, 0 to 1.
    """

    score: Fraction | None
    indicators: tuple[Scored, ...]
    coverage: Fraction

    def table(self) -> "pd.DataFrame":
        """Return one row per indicator."""
        return money.table(self.indicators)


def read(path: Path) -> Contract:
    """Read a contract.

    Raises
    ------
    CatalogueError
        Every fault at once: file, key, what was found, what is allowed and what to do.
    """
    return terms.read(path, Contract, "`kavelmon local templates FOLDER` writes contract_voorbeeld.toml to begin with")


def warnings(contract: Contract) -> tuple[str, ...]:
    """Return what is unusual in a contract, as Dutch sentences; none of it keeps anybody from settling it."""
    roles = {party.role for party in contract.party}
    seated = {party.role for party in contract.party if party.integrator}
    found = []
    if missing := [name for name, any_of in _MANDATORY.items() if roles.isdisjoint(any_of)]:
        found.append(contract_texts.missing_roles(missing))
    if groups := [name for name, any_of in _INTEGRATOR.items() if seated.isdisjoint(any_of)]:
        found.append(contract_texts.missing_groups(groups))
    if strangers := sorted(contract.providers.split.keys() - {party.name for party in contract.party}):
        found.append(contract_texts.no_party(strangers))
    return (*found, *unusual(contract))


def unusual(contract: Contract) -> tuple[str, ...]:
    """Return what in the terms themselves is otherwise than in the Kavelmodel, whoever the parties are."""
    found = []
    if contract.providers.p_min == contract.providers.p_max:
        found.append(contract_texts.NO_CURVE)
    if contract.providers.p_max + contract.payers.share == 1:
        found.append(contract_texts.NOTHING_LEFT)
    if contract.loan and contract.loan.term != TERM:
        found.append(contract_texts.other_term(contract.loan.term))
    return tuple(found)


def quality(contract: Contract, values: Mapping[str, Any]) -> Quality:
    """Return the quality score of a year.

    Each indicator scores clip((x - base) / (target - base), 0, 1); the score is their mean by weight.

    Parameters
    ----------
    values
        Figure of each indicator by its id, in the unit of base and target; None, NaN or left out when unknown.

    Raises
    ------
    NotFoundError
        An id that the contract does not have.
    KavelmonError
        A figure that is no number.
    """
    ids = [one.id for one in contract.quality.indicator]
    for name in values:
        if name not in ids:
            raise NotFoundError(f'quality: "{name}" is no indicator of {contract.id}; nearest: {near(name, ids)}')
    found = tuple(_scored(one, values.get(one.id)) for one in contract.quality.indicator)
    total = sum((one.weight for one in found), Fraction(0))
    known = [(one.weight, one.score) for one in found if one.score is not None]
    weight = sum((w for w, _ in known), Fraction(0))
    coverage = weight / total
    enough = coverage >= LEAST_COVERAGE
    score = sum((w * s for w, s in known), Fraction(0)) / weight if enough else None
    return Quality(score, found, coverage)


def _scored(one: Indicator, value: Any) -> Scored:
    weight = Fraction(one.weight)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Scored(one.id, None, None, weight)
    figure = money.exact(value, f"quality: {one.id}")
    base, target = Fraction(one.base), Fraction(one.target)
    return Scored(one.id, figure, min(max((figure - base) / (target - base), Fraction(0)), Fraction(1)), weight)


def not_frozen(contract: Contract) -> str:
    """Return why nothing can be paid under a contract, in Dutch; empty when its indicators were recorded in time."""
    frozen = contract.quality.frozen
    if frozen is None:
        return contract_texts.not_frozen(contract_texts.NOTHING_RECORDED, contract_texts.RECORD)
    if lacking := [key for key in ("file", "sha256", "date") if not getattr(frozen, key)]:
        return contract_texts.not_frozen(contract_texts.lacking(lacking), contract_texts.RECORD)
    if frozen.date is not None and frozen.date >= dt.date(contract.start, 1, 1):
        late = contract_texts.too_late(frozen.date.isoformat(), contract.start)
        return contract_texts.not_frozen(late, contract_texts.earlier(contract.start))
    return ""


def verify_frozen(contract: Contract, folder: Path) -> None:
    """Check that the indicators of a contract are those that were recorded before its first performance year.

    Parameters
    ----------
    folder
        Holds the recorded file: TOML with the same ``[[indicator]]`` tables as the contract.

    Raises
    ------
    NotFrozen
        Not recorded, recorded too late, changed afterwards, or other indicators than in the contract.
    """
    if why := not_frozen(contract):
        raise NotFrozen(why)
    frozen = contract.quality.frozen
    assert frozen is not None
    try:
        held = (folder / frozen.file).read_bytes()
    except OSError:
        raise _refusal(contract_texts.no_file(frozen.file), contract_texts.PUT_BACK) from None
    found = hashlib.sha256(held).hexdigest()
    if found != frozen.sha256:
        raise _refusal(contract_texts.changed(frozen.file, found, frozen.sha256), contract_texts.PUT_BACK)
    try:
        raw = tomllib.loads(held.decode("utf-8")).get("indicator")
        recorded = TypeAdapter(tuple[Indicator, ...]).validate_python(raw)
    except (ValueError, ValidationError):
        raise _refusal(contract_texts.unreadable(frozen.file), contract_texts.SAME_LIST) from None
    agreed = {*contract.quality.indicator}
    if other := sorted({one.id for one in agreed ^ {*recorded}}):
        raise _refusal(contract_texts.different(frozen.file, other), contract_texts.SAME_LIST)


def _refusal(why: str, to_do: str) -> NotFrozen:
    return NotFrozen(contract_texts.not_frozen(why, to_do))
