"""The figures that a selection is made of: one row per wijk or gemeente of one indeling, one column per indicator."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from kavelmon import cells, concordance, declarations, figures, store
from kavelmon.cells import Cells
from kavelmon.criteria import Proxy
from kavelmon.declarations import near
from kavelmon.model import COUNTRY, Indicator, KavelmonError, NotAggregable, NotFoundError
from kavelmon.regions import gemeente_of
from kavelmon.rollup import parts_of, roll_up

PEOPLE = "inwoners"
LEVELS = ("WK", "GM")
LEAST_UNITS = 0.5  # of the units with a figure of their own; with fewer, those of their gemeenten tell more


@dataclass(frozen=True, eq=False)
class Units:
    """The wijken or gemeenten that are placed against each other.

    Attributes
    ----------
    level, year
        ``WK`` or ``GM``, and the indeling.
    codes, names
        By code.
    people
        Inhabitants, shape (n,).
    """

    level: str
    year: int
    codes: tuple[str, ...]
    names: tuple[str, ...]
    people: np.ndarray

    @cached_property
    def at(self) -> dict[str, int]:
        """The number of each code."""
        return {code: number for number, code in enumerate(self.codes)}

    @cached_property
    def gemeenten(self) -> tuple[str, ...]:
        """The gemeente of each unit, in the same indeling."""
        return tuple(gemeente_of(code) for code in self.codes)


@dataclass(frozen=True, eq=False)
class Column:
    """The figures of one indicator for all units; arrays of shape (n,), NaN where a figure is missing.

    Attributes
    ----------
    proxy
        What the criteria say of it.
    edition, period, year
        Source, period, and the indeling in which it was published.
    inherited
        The figure is that of the gemeente: it tells the wijken of one gemeente not apart.
    value
        In the unit of the indicator.
    weight
        What each figure is of: its own denominator. Of an inherited figure the wijk has its share by inhabitants.
    lower, upper
        95 % margins, where the source gives them.
    national
        The figure of the Netherlands: published, else summed over gemeenten; NaN where there is none.
    moved
        How many units have no figure because their borders were others then.
    """

    proxy: Proxy
    item: Indicator
    edition: str
    period: str
    age: str
    year: int
    inherited: bool
    value: np.ndarray
    weight: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    national: float
    moved: int = 0

    @property
    def direction(self) -> int:
        """1 when a higher figure raises the score, else -1."""
        return 1 if self.proxy.direction == "higher" else -1


def units(level: str, year: int) -> Units:
    """Return the wijken or gemeenten of an indeling, with their inhabitants.

    Raises
    ------
    NotFoundError
        A level or year of which no list with inhabitants is held.
    """
    if level not in LEVELS:
        raise NotFoundError(f'unknown level "{level}"; use WK (wijken) or GM (gemeenten)')
    return _units(level, year, store.version())


@lru_cache(maxsize=8)
def _units(level: str, year: int, _held: str) -> Units:
    known: dict[int, tuple[int, Cells]] = {}
    for parts in cells.load(PEOPLE, (level,)).values():
        for one in parts:
            size = len(one.rows.get(level, ()))
            if size and one.period == str(one.year) and size > known.get(one.year, (0, one))[0]:
                known[one.year] = size, one
    listed = {y for _, y in store.regions().small} if level == "WK" else known.keys()
    possible = sorted(known.keys() & listed)
    if year not in possible:
        raise NotFoundError(
            f"no list of level {level} with inhabitants of {year}; there is one of {', '.join(map(str, possible))}"
        )
    found = known[year][1]
    rows = sorted(found.rows[level], key=lambda n: found.region[n])
    codes = tuple(found.region[n] for n in rows)
    names = tuple(store.regions().name(code, year) for code in codes)
    return Units(level, year, codes, names, np.nan_to_num(found.value[rows]))


def column(proxy: Proxy, base: Units) -> Column:
    """Return the figures of one indicator for all units.

    The period is the one whose indeling is nearest to that of the units, and of these the newest; figures of the units
    themselves go before those of their gemeenten. Figures of another indeling come along only where a unit is the same
    area in both, or is made of whole ones.

    Raises
    ------
    KavelmonError
        A median, class or sum; no figure of any unit.
    """
    item = declarations.default().indicator(proxy.id)
    if item.rollup != "mean":
        why = item.rollup_reason or "it is a number of things, which is larger in a larger unit"
        raise KavelmonError(f"{item.id}: cannot be weighed and summed ({why}); leave it out of the indicators")
    found = _choose(item, proxy, base.level, base.year)
    if base.level == "GM" and not found and (small := _choose(item, proxy, "WK", base.year)):
        found = small[0], _summed(item, *small)
    if base.level == "WK" and (not found or len(found[1].rows["WK"]) < LEAST_UNITS * len(base.codes)):
        gemeenten = _choose(item, proxy, "GM", base.year)
        if gemeenten:
            return _inherited(item, proxy, *gemeenten, base)
    if not found:
        raise KavelmonError(
            f"{item.id}: no figures of level {base.level} or GM in any store"
            f"{_asked(proxy)}; leave it out of the indicators"
        )
    edition, part = found
    own = _moved_wijken(part, base) if base.level == "WK" else _gemeenten(item, part, base.year)
    taken = [own.at.get(code, -1) for code in base.codes]
    return _column(item, proxy, edition, part, own, np.array(taken), base)


def _asked(proxy: Proxy) -> str:
    asked = [f"{k} {v}" for k, v in (("source", proxy.source), ("period", proxy.period), ("age", proxy.age)) if v]
    return f" ({', '.join(asked)})" if asked else ""


def _choose(item: Indicator, proxy: Proxy, level: str, year: int) -> tuple[str, Cells] | None:
    """Return the edition and period of a level that fit an indeling best."""
    options: list[tuple[int, int, int, str, Cells]] = []
    most = 0
    for order, edition in enumerate(item.editions(proxy.source)):
        age = proxy.age or figures.default_age(edition)
        for one in cells.load(item.id, (level,)).get((edition.source, age), []):
            rows = one.rows.get(level, ())
            if len(rows) and (not proxy.period or one.period == proxy.period) and not np.isnan(one.value[rows]).all():
                options.append((abs(one.year - year), -int(one.period[:4]), order, edition.source, one))
                most = max(most, len(rows))
    # a table of one region, however near its year is, places nobody in the country
    whole = [option for option in options if len(option[4].rows[level]) >= LEAST_UNITS * most]
    if not whole:
        return None
    best = min(whole, key=lambda option: option[:3])
    return best[3], best[4]


def _column(
    item: Indicator, proxy: Proxy, edition: str, part: Cells, own: Cells, taken: np.ndarray, base: Units
) -> Column:
    def pick(values: np.ndarray) -> np.ndarray:
        return np.where(taken >= 0, values[np.maximum(taken, 0)], np.nan)

    value = pick(own.value)
    weight = np.where(np.isnan(value), np.nan, pick(own.denominator))
    return Column(
        proxy,
        item,
        edition,
        part.period,
        part.age,
        part.year,
        False,
        np.where(np.nan_to_num(weight) > 0, value, np.nan),  # a figure of nobody is none
        weight,
        pick(own.lower),
        pick(own.upper),
        _national(item, edition, part),
        int((taken < 0).sum()),
    )


def _national(item: Indicator, edition: str, part: Cells) -> float:
    """Return the figure of the Netherlands as every page shows it: the published one, else the sum of gemeenten."""
    try:
        found = figures.value(item.id, COUNTRY, part.period, edition=edition, age=part.age or None)
    except NotFoundError:
        return float("nan")
    return float("nan") if found["value"] is None else float(found["value"])


def _moved_wijken(part: Cells, base: Units) -> Cells:
    """Return the rows of wijken that are one and the same area in the indeling of the units."""
    if part.year == base.year:
        return part
    regions, listed = store.regions(), _listed(part.year)

    def same(code: str) -> bool:
        # a year without a list of names tells nothing; its code then must do
        return code in base.at and (not listed or regions.same(code, part.year, base.year))

    changed = regions.changed(part.year, base.year)
    rows = [
        n for n in part.rows["WK"] if same(part.region[n]) and (listed or gemeente_of(part.region[n]) not in changed)
    ]
    return _only(part, rows)


def _only(part: Cells, rows: Collection[int]) -> Cells:
    at = [int(n) for n in rows]
    kept: dict[str, Any] = {name: getattr(part, name)[at] for name in cells.NUMBERS}
    kept |= {name: [getattr(part, name)[n] for n in at] for name in ("region", "level", *cells.TEXTS)}
    return replace(part, **kept)


def _summed(item: Indicator, source: str, part: Cells) -> Cells:
    """Return figures of gemeenten that are made of those of all their wijken, by the one roll-up; others are NaN."""
    codes = sorted(part.inside["WK"])
    every: dict[str, list[str]] = {}
    for code in _listed(part.year) or part.at:
        if code.startswith("WK"):
            every.setdefault(gemeente_of(code), []).append(code)
    edition = item.editions(source)[0]
    made = [roll_up(item, edition, parts_of(part, every.get(code, ()), store.regions(), then=True)) for code in codes]
    numbers: dict[str, Any] = {n: np.array([row[n] for row in made], dtype=float) for n in cells.NUMBERS}
    words: dict[str, Any] = {n: [str(row[n]) for row in made] for n in cells.TEXTS}
    return replace(part, region=codes, level=["GM"] * len(codes), **numbers, **words)


def _listed(year: int) -> frozenset[str]:
    """Return the wijken and buurten of a year; none where there is no list of that year."""
    return frozenset(code for code, when in store.regions().small if when == year)


def _gemeenten(item: Indicator, part: Cells, year: int) -> Cells:
    """Return the rows of gemeenten in another indeling, of those that can be made from whole ones."""
    rows = _only(part, part.rows["GM"])
    if part.year == year:
        return rows
    frame = _frame(item, rows)
    flow = concordance.flows(part.year, year, set(frame["region"]))
    whole = flow.groupby("to_code")["share"].agg(lambda shares: (shares == 1).all())
    has = frame.loc[frame["value"].notna(), "region"]
    lacking = set(flow.loc[~flow["from_code"].isin(has), "to_code"])
    possible = sorted(set(whole.index[whole]) - lacking)
    try:
        moved = concordance.convert(frame, year, rollup=item.rollup, per=item.per, codes=possible)
    except NotAggregable as refusal:
        raise KavelmonError(f"{item.id}: {refusal}") from None
    return cells.of_frame(moved.sort_values("region", ignore_index=True))


def _frame(item: Indicator, part: Cells) -> pd.DataFrame:
    """Return columns as rows, as `kavelmon.concordance.convert` takes them."""
    names = ("region", "level", *cells.NUMBERS, *cells.TEXTS)
    whole = {"indicator": item.id, "source": "", "region_year": part.year, "period": part.period, "age": part.age}
    return pd.DataFrame({name: getattr(part, name) for name in names}).assign(**whole)[store.COLUMNS]


def _inherited(item: Indicator, proxy: Proxy, edition: str, part: Cells, base: Units) -> Column:
    own = _gemeenten(item, part, base.year)
    taken = np.array([own.at.get(code, -1) for code in base.gemeenten])
    found = _column(item, proxy, edition, part, own, taken, base)
    people: dict[str, float] = {}
    for gemeente, number in zip(base.gemeenten, base.people, strict=True):
        people[gemeente] = people.get(gemeente, 0.0) + float(number)
    whole = np.array([people[gemeente] for gemeente in base.gemeenten])
    share = np.divide(base.people, whole, out=np.zeros(len(whole)), where=whole > 0)
    weight = found.weight * share
    return replace(found, inherited=True, value=np.where(np.nan_to_num(weight) > 0, found.value, np.nan), weight=weight)


def held(proxy: Proxy) -> bool:
    """Tell whether a store has figures of an indicator."""
    item = declarations.default().indicator(proxy.id)
    return any(proxy.source in ("", edition.source) for edition in figures.editions(item))


def unknown(code: str, base: Units) -> NotFoundError:
    """Return the error for a code that is no unit."""
    what = "wijk" if base.level == "WK" else "gemeente"
    return NotFoundError(f'"{code}" is no {what} of {base.year}; nearest: {near(code, base.codes)}')


def proxies(chosen: Collection[str], known: Mapping[str, Proxy]) -> list[Proxy]:
    """Return the indicators that are asked for, by id; all of them when none is named.

    Raises
    ------
    NotFoundError
        One that no criterion names.
    """
    if wrong := [name for name in chosen if name not in known]:
        nearest = near(wrong[0], known)
        raise NotFoundError(
            f'no criterion has an indicator "{wrong[0]}"; nearest: {nearest}; data_sources/criteria/ lists all '
            f"{len(known)}"
        )
    return [proxy for name, proxy in known.items() if not chosen or name in chosen]
