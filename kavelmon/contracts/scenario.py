"""What interventions could bring and cost, law by law, before they begin: who invests, and who benefits.

For intervention i, segment m, law l and year t, with N people, of whom a share is reached and the effect grows in:

    saved = N_mt · reach_im · ramp_it · avoided_iml · unit cost_l,    net = saved - cost_ilt

Nothing is discounted. The effects are the user's own input, each with its source; kavelmon knows none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from kavelmon import contract_texts
from kavelmon.contracts import terms
from kavelmon.contracts.clauses import LAWS, Law
from kavelmon.contracts.money import rounded, table
from kavelmon.contracts.terms import SOME, Fault, Sentence, Share, Source, Terms, within
from kavelmon.declarations import near
from kavelmon.model import Identifier, KavelmonError, Year

if TYPE_CHECKING:  # a page that divides does without pandas; only tables need it
    import pandas as pd

Variant = Literal["low", "middle", "high"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)


def _some(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


_NotBelow = Annotated[Decimal, within(0, 10**12, "a number is not below 0")]
# One for all years, or one per year of which the last one stays
_People = Annotated[tuple[_NotBelow, ...], BeforeValidator(_some), SOME]
_Ramp = Annotated[tuple[Share, ...], BeforeValidator(_some), SOME]
_Costs = Annotated[tuple[_NotBelow, ...], BeforeValidator(_some), SOME]


class Segment(Terms):
    """A group of people; `people` is one number, or one per year of which the last one stays."""

    id: Identifier
    title: Sentence
    people: _People
    source: Source


class Use(Terms):
    """Something that people use and a law pays, with what one of it costs (euros per `unit`)."""

    id: Identifier
    title: Sentence
    law: Law
    unit: Sentence
    unit_cost: _NotBelow
    source: Source


class Cost(Terms):
    """What an intervention costs, and under which law: euros, once in the first year and each year again."""

    law: Law
    once: _NotBelow = Decimal(0)
    per_year: _Costs = (Decimal(0),)
    source: Source


class Effect(Terms):
    """What one person who is reached uses less of, per year; below zero is more use, as where care moves."""

    segment: Identifier
    use: Identifier
    low: Decimal
    middle: Decimal
    high: Decimal
    source: Source

    @classmethod
    def _between(cls, parts: Mapping[str, Any]) -> Iterable[Fault]:
        for less, more in (("low", "middle"), ("middle", "high")):
            if {less, more} <= parts.keys() and parts[less] > parts[more]:
                yield Fault((more,), str(parts[more]), f"must be at least {less} ({parts[less]})")


class Intervention(Terms):
    """An intervention: whom it reaches (share of each segment), how its effect grows in, what it does and costs."""

    id: Identifier
    title: Sentence
    reach: Annotated[dict[Identifier, Share], SOME]
    ramp: _Ramp = (Decimal(1),)
    effect: Annotated[tuple[Effect, ...], SOME]
    cost: tuple[Cost, ...] = ()


class Scenario(Terms):
    """A scenario; the name of its file is the id. `start` is the first year, `years` how many."""

    id: Identifier
    title: Sentence
    start: Year
    years: int = Field(default=10, ge=1, le=50)
    segment: Annotated[tuple[Segment, ...], SOME]
    use: Annotated[tuple[Use, ...], SOME]
    intervention: Annotated[tuple[Intervention, ...], SOME]

    @property
    def made_up(self) -> bool:
        """Whether any number is said to be invented."""
        found = [*(s.source for s in self.segment), *(u.source for u in self.use)]
        for one in self.intervention:
            found += [*(e.source for e in one.effect), *(c.source for c in one.cost)]
        return terms.made_up(found)

    @classmethod
    def _between(cls, parts: Mapping[str, Any]) -> Iterable[Fault]:
        for name in ("segment", "use", "intervention"):
            ids = [one.id for one in parts.get(name, ())]
            for place, one in enumerate(ids):
                if one in ids[:place]:
                    yield Fault((name, place, "id"), one, "stands there twice; give each its own")
        if not {"segment", "use", "intervention"} <= parts.keys():
            return
        segments, uses = [s.id for s in parts["segment"]], [u.id for u in parts["use"]]
        for number, one in enumerate(parts["intervention"]):
            key = ("intervention", number)
            for name in one.reach:
                if name not in segments:
                    yield Fault((*key, "reach"), name, f"no [[segment]] with this id; nearest: {near(name, segments)}")
            for place, effect in enumerate(one.effect):
                at = (*key, "effect", place)
                if effect.segment not in one.reach:
                    near_by = near(effect.segment, one.reach)
                    yield Fault((*at, "segment"), effect.segment, f"reach does not have it; nearest: {near_by}")
                if effect.use not in uses:
                    yield Fault((*at, "use"), effect.use, f"no [[use]] with this id; nearest: {near(effect.use, uses)}")


@dataclass(frozen=True)
class Row:
    """What one intervention saves and costs under one law in one year, in cents."""

    variant: Variant
    year: int
    intervention: str
    law: Law
    saved_cents: int
    cost_cents: int
    net_cents: int


@dataclass(frozen=True)
class Balance:
    """What a law saves and pays in all years, in cents; `role` is ``invests``, ``benefits`` or ``even``."""

    variant: Variant
    law: Law
    saved_cents: int
    cost_cents: int
    net_cents: int
    role: Literal["invests", "benefits", "even"]


@dataclass(frozen=True)
class Outcome:
    """What a scenario comes to; methods are of one variant (``low``, ``middle`` or ``high``).

    Attributes
    ----------
    rows
        Each variant, year, intervention and law; everything else adds these up.
    notes
        What there is to say of it, as Dutch sentences.
    """

    scenario: Scenario
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def laws(self) -> tuple[Law, ...]:
        """The laws that save or pay anything."""
        return tuple(law for law in LAWS if any(r.law == law for r in self.rows))

    def of(self, variant: Variant = "middle") -> tuple[Row, ...]:
        """Return the rows of one variant."""
        if variant not in VARIANTS:
            raise KavelmonError(f'variant = "{variant}"; use "low", "middle" or "high"')
        return tuple(r for r in self.rows if r.variant == variant)

    def matrix(self, variant: Variant = "middle") -> "pd.DataFrame":
        """Return the net amount (euros) of each intervention under each law, all years together."""
        import pandas as pd

        rows = self.of(variant)
        return pd.DataFrame(
            {
                law: [
                    sum(r.net_cents for r in rows if (r.intervention, r.law) == (one.id, law)) / 100
                    for one in self.scenario.intervention
                ]
                for law in self.laws
            },
            index=pd.Index([one.id for one in self.scenario.intervention], name="intervention"),
        )

    def net_cents(self, variant: Variant = "middle") -> int:
        """Return what all interventions save less what they cost, under all laws and in all years."""
        return sum(r.net_cents for r in self.of(variant))

    def payback_year(self, variant: Variant = "middle") -> int | None:
        """Return the first year from which what was saved stays at least what was paid; None when there is none."""
        rows, total, since = self.of(variant), 0, None
        for year in range(self.scenario.start, self.scenario.start + self.scenario.years):
            total += sum(r.net_cents for r in rows if r.year == year)
            since = (since or year) if total >= 0 else None
        return since

    def balances(self, variant: Variant = "middle") -> tuple[Balance, ...]:
        """Return for each law what it saves and pays: who invests, and who benefits."""
        found = []
        for law in self.laws:
            mine = [r for r in self.of(variant) if r.law == law]
            saved, cost = sum(r.saved_cents for r in mine), sum(r.cost_cents for r in mine)
            role: Literal["invests", "benefits", "even"] = (
                "benefits" if saved > cost else "invests" if saved < cost else "even"
            )
            found.append(Balance(variant, law, saved, cost, saved - cost, role))
        return tuple(found)

    def table(self) -> "pd.DataFrame":
        """Return every row, in euros."""
        return table(self.rows)


def read(path: Path) -> Scenario:
    """Read a scenario.

    Raises
    ------
    CatalogueError
        Every fault at once: file, key, what was found, what is allowed and what to do.
    """
    return terms.read(path, Scenario, "`kavelmon local templates FOLDER` writes scenario_voorbeeld.toml to begin with")


def outcome(scenario: Scenario) -> Outcome:
    """Return what a scenario comes to, in all three variants."""
    people = {one.id: one.people for one in scenario.segment}
    uses = {one.id: one for one in scenario.use}
    rows = []
    for variant in VARIANTS:
        for place in range(scenario.years):
            for one in scenario.intervention:
                saved, cost = dict.fromkeys(LAWS, Fraction(0)), dict.fromkeys(LAWS, Fraction(0))
                for effect in one.effect:
                    reached = _in(people[effect.segment], place) * Fraction(one.reach[effect.segment])
                    use = uses[effect.use]
                    avoided = Fraction(getattr(effect, variant)) * Fraction(use.unit_cost)
                    saved[use.law] += reached * _in(one.ramp, place) * avoided
                for item in one.cost:
                    cost[item.law] += _in(item.per_year, place) + (Fraction(item.once) if place == 0 else 0)
                touched = {*(uses[e.use].law for e in one.effect), *(c.law for c in one.cost)}
                for law in (law for law in LAWS if law in touched):
                    gain, paid = rounded(saved[law] * 100), rounded(cost[law] * 100)
                    rows.append(Row(variant, scenario.start + place, one.id, law, gain, paid, gain - paid))
    notes = (*((contract_texts.MADE_UP,) if scenario.made_up else ()), contract_texts.MAIN_ASSUMPTION)
    return Outcome(scenario, tuple(rows), notes)


def _in(values: tuple[Decimal, ...], place: int) -> Fraction:
    """Return the value of a year; the last one stays."""
    return Fraction(values[min(place, len(values) - 1)])
