"""The cells of one source and period as arrays of numbers, and which of them are too small to be shown."""

import dataclasses

import numpy as np
import pandas as pd

from kavelmon.declarations import Catalogue, near
from kavelmon.model import Edition, KavelmonError
from kavelmon.source_model import Disclosure, Source
from kavelmon.store import with_numerators

KEY = ["indicator", "region", "age"]
COUNT, SHARE, RATE, AMOUNT = "count", "share", "rate", "amount"
# An amount (euros, kilometres) has no cell_min: what is left open of it must be this part of it, as +- 10 % (p %-rule).
_AMOUNT_WIDTH = 0.2
_SMALL = 1e-6  # of rounding: 4.9999999 persons are 5


@dataclasses.dataclass(frozen=True)
class Cells:
    """Cells of one source, period and indeling.

    Attributes
    ----------
    frame
        indicator, region, level, age, kind, status, estimated, and `label` (the index of the row it comes from).
    x
        Persons with the property (numerators), or the count or sum; NaN is hidden.
    d
        Denominators, which are public; NaN for counts.
    n
        Number of observations behind the cell: the denominator where the source does not count them apart.
    rows
        The first so many cells are rows; those behind them are sums and parts that no row is of.
    """

    frame: pd.DataFrame
    x: np.ndarray
    d: np.ndarray
    n: np.ndarray
    rule: Disclosure
    rows: int

    @property
    def nobody(self) -> np.ndarray:
        """Rows that are of no people at all, as everybody can see; what is counted of them is none."""
        return self.d[: self.rows] == 0

    @property
    def absent(self) -> np.ndarray:
        """Cells that hold nothing because nothing was measured, not because it was hidden."""
        return (self.frame["status"] == "missing").to_numpy()

    @property
    def kind(self) -> np.ndarray:
        """Kind of each cell: count, share, rate or amount."""
        return self.frame["kind"].to_numpy()


def cells_of(rows: pd.DataFrame, catalogue: Catalogue, rule: Disclosure, answers: pd.Series | None) -> Cells:
    """Return the cells of one source, period and indeling, in the order of their key.

    Parameters
    ----------
    answers
        Number of observations by region and age; None where the denominators are these.
    """
    rows = rows.assign(label=rows.index).sort_values(KEY, ignore_index=True)
    x = np.full(len(rows), np.nan)
    kind = np.full(len(rows), AMOUNT, dtype=object)
    for name, part in rows.groupby("indicator"):
        item = catalogue.indicator(str(name))
        sums = item.rollup == "mean"
        x[part.index] = with_numerators(part, item.per)["numerator"] if sums else part["value"]
        kind[part.index] = COUNT if item.rollup == "sum" else kind_of(item.unit, item.scale)
    x[rows["value"].isna()] = np.nan
    d = np.where(kind == COUNT, np.nan, rows["denominator"].to_numpy(dtype=float))
    x[d == 0] = 0.0
    n = d
    if answers is not None:
        n = answers.reindex(pd.MultiIndex.from_frame(rows[["region", "age"]])).to_numpy(dtype=float)
    frame = rows[[*KEY, "level", "status", "estimated", "label"]].assign(kind=kind)
    return Cells(frame, x, d, n, rule, len(frame))


def kind_of(unit: str, scale: float) -> str:
    """Return what a mean is made of: a share of persons, events per so many persons, or an amount."""
    return SHARE if unit.startswith("%") else RATE if scale else AMOUNT


def answers_of(rows: pd.DataFrame, catalogue: Catalogue, source: Source) -> pd.Series | None:
    """Return the number of observations by region, age, period and indeling, as published; None where it is d itself.

    Raises
    ------
    KavelmonError
        For a name of which the source has no edition, and a survey of which nothing says how many people answered.
    """
    rule = source.disclosure
    assert isinstance(rule, Disclosure)
    where = f"sources/{source.id}.toml: [disclosure]"
    known = {
        i.id: i for i in (*catalogue.denominators.values(), *catalogue.indicators.values()) if i.editions(source.id)
    }
    if strange := [name for name in rule.named if name not in known]:
        raise KavelmonError(
            f'{where}: "{strange[0]}" has no edition of this source; nearest: {near(strange[0], known)}; '
            "name indicators or denominators that have one"
        )
    if rule.observations:
        found = rows[rows["indicator"] == rule.observations]
        return found.set_index(["region", "age", "period", "region_year"])["value"]
    for name in rows["indicator"].unique() if source.method == "survey" else ():
        denominator = known[name].editions(source.id)[0].denominator
        if known[name].rollup != "sum" and denominator not in known:
            raise KavelmonError(
                f'{where}: the denominator of {name} ("{denominator}") does not count who answered this survey, so '
                'that n_min cannot be judged; add observations = "..." with the id of what does'
            )
    return None


def population(edition: Edition, source: Source, age: str) -> str:
    """Return the id of the denominator of an edition for an age group."""
    by_age = {} if edition.ages else source.denominators
    return by_age.get(age, edition.denominator) if edition.denominator else ""


def unsafe(cells: Cells, kind: np.ndarray, x: np.ndarray, d: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Tell of groups of people (cells, or what is hidden of a total together) whether they are too small to be shown.

    A number that is not known is not large enough. Both sides of a share count: the people with the property and those
    without it; and more than `p_max` of either is as good as a name for all of them.
    """
    rule = cells.rule
    with np.errstate(divide="ignore", invalid="ignore"):
        per = np.where(d > 0, n / d, np.nan)  # observations a person
        counted = np.where(kind == COUNT, x >= rule.count_min - _SMALL, n >= rule.n_min - _SMALL)
        persons = np.isin(kind, (SHARE, RATE))
        counted &= ~persons | (x * per >= rule.cell_min - _SMALL)
        share = kind == SHARE
        counted &= ~share | ((d - x) * per >= rule.cell_min - _SMALL)
        counted &= ~share | (np.maximum(x, d - x) <= (rule.p_max + _SMALL) * d)
    return ~counted


@dataclasses.dataclass(frozen=True)
class Needs:
    """What must stay possible of each cell: `width` between the least and the most, at least `high`, at most `low`."""

    width: np.ndarray
    high: np.ndarray
    low: np.ndarray
    part: np.ndarray

    def met(self, least: np.ndarray, most: np.ndarray) -> np.ndarray:
        """Tell whether a range leaves enough open; a wider range never leaves less."""
        wide = (most - least >= self.width - _SMALL) & ((1 - self.part) * most >= least - _SMALL)
        return wide & (most >= self.high - _SMALL) & (least <= self.low + _SMALL)


def needs(cells: Cells) -> Needs:
    """Return how much must stay open of each cell for it to be protected.

    As many persons as the threshold less one, or all of those whom the public denominator leaves possible. And it must
    be possible that the cell is one which would have been shown, so that the sums say nothing certain of it: not that
    it is below the threshold, not that nearly all share the property.
    """
    rule, kind, d = cells.rule, cells.kind, cells.d
    with np.errstate(divide="ignore", invalid="ignore"):
        people = np.where((d > 0) & (cells.n > 0), d / cells.n, 1.0)  # persons an observation
    share, rate, count = kind == SHARE, kind == RATE, kind == COUNT
    width = np.where(count, max(1, rule.count_min - 1), max(1, rule.cell_min - 1) * people)
    width = np.where(share & (d < width), d, np.where(kind == AMOUNT, 0.0, width))
    edge = np.maximum(rule.cell_min * people, (1 - rule.p_max) * d)
    showable = share & (cells.n >= rule.n_min) & (2 * edge <= d)
    high = np.where(count, rule.count_min, np.where(rate, rule.cell_min * people, np.where(showable, edge, 0.0)))
    low = np.where(showable, d - edge, np.inf)
    return Needs(width, high, low, np.where(kind == AMOUNT, _AMOUNT_WIDTH, 0.0))
