"""Which cells are hidden: those that are too small, and as few others as keep these from being found by subtraction.

After the first step each decision looks only at what is shown at that moment. So the outcome is a state in which
nothing that is shown gives anything away, and doing it again changes nothing. Which other cell is hidden follows from
the denominators, which are public, so that the choice says little of what the cells hold.
"""

import dataclasses
import heapq

import numpy as np
import pandas as pd

from kavelmon import privacy
from kavelmon.declarations import Catalogue
from kavelmon.privacy.cells import COUNT, SHARE, Cells, answers_of, cells_of, population, unsafe
from kavelmon.privacy.deduce import at, systems
from kavelmon.privacy.relations import Relation, relations_of, unlisted
from kavelmon.source_model import Disclosure, Source

_SMALL = 1e-6


def protect(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Hide what must not be shown of every guarded source; see `kavelmon.privacy.protect`."""
    index, rows = rows.index, rows.reset_index(drop=True)
    before = rows
    sources = sorted(privacy.guarded(rows["source"].unique(), catalogue).items())
    # numbers of people first: where one is hidden, no figure over it can be shown
    for name, rule in sources:
        counts = (rows["source"] == name) & rows["indicator"].isin({*catalogue.denominators, rule.observations})
        rows = _hidden(rows, counts, catalogue, catalogue.source(name), None)
    rows = _over_hidden(rows, before, catalogue)
    for name, rule in sources:
        source, own = catalogue.source(name), rows["source"] == name
        counts = rows["indicator"].isin({*catalogue.denominators, rule.observations})
        rows = _hidden(rows, own & ~counts, catalogue, source, answers_of(rows[own], catalogue, source))
    return rows.set_axis(index)


def _hidden(
    rows: pd.DataFrame, own: pd.Series, catalogue: Catalogue, source: Source, answers: pd.Series | None
) -> pd.DataFrame:
    assert isinstance(source.disclosure, Disclosure)
    labels: list[int] = []
    for (period, year), part in rows[own & (rows["status"] != "not_asked")].groupby(["period", "region_year"]):
        cells = cells_of(part, catalogue, source.disclosure, at(answers, str(period), year))
        table = Table(*relations_of(cells, catalogue, source))
        table.primary()
        table.secondary()
        of_none = cells.nobody & (part["value"].notna() | (part["numerator"] > 0))[cells.frame["label"]].to_numpy()
        labels += cells.frame.loc[np.isnan(table.x[: cells.rows]) | of_none, "label"].tolist()
    return _without(rows, rows.index.isin(labels))


def _without(rows: pd.DataFrame, away: np.ndarray) -> pd.DataFrame:
    """Take the figures out of some rows; a row that held none keeps its reason."""
    away = away & rows[list(privacy.HIDDEN)].notna().any(axis=1).to_numpy()
    rows = rows.copy()
    rows.loc[away, list(privacy.HIDDEN)] = np.nan
    rows.loc[away, ["status", "method"]] = ["suppressed", ""]
    return rows


def _over_hidden(rows: pd.DataFrame, before: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Hide each figure over a denominator that is hidden itself, and the denominator with it, whosever figure it is."""
    gone = before[before["value"].notna() & rows["value"].isna() & rows["indicator"].isin(list(catalogue.denominators))]
    if gone.empty:
        return rows
    secret = set(gone[["indicator", "region", "value"]].itertuples(index=False, name=None))
    of: dict[tuple[str, str, str], str] = {}
    for indicator, source, age in set(rows[["indicator", "source", "age"]].itertuples(index=False, name=None)):
        edition = catalogue.indicator(indicator).editions(source)[0]
        of[indicator, source, age] = population(edition, catalogue.source(source), age)
    keys = rows[["indicator", "source", "age", "region", "denominator"]].itertuples(index=False, name=None)
    over = np.array([(of[key[:3]], *key[3:]) in secret for key in keys])
    rows = _without(rows, over)
    rows.loc[over, "denominator"] = np.nan
    return rows


class Table:
    """The cells of one source, period and indeling while they are being hidden."""

    def __init__(self, cells: Cells, relations: list[Relation]):
        self.cells, self.relations = cells, relations
        self.x = cells.x.copy()
        self.fresh = np.zeros(len(self.x), dtype=bool)  # hidden here, so that their number is known
        self.row = np.arange(len(self.x)) < cells.rows
        self.hideable = self.row & (cells.d != 0)  # that nobody lives there is seen from the denominator
        # Who knows the rule knows that one of the hidden cells was shown but for another one, and holds cell_min. With
        # twice as many hidden together the other one can still be anything from none to cell_min.
        rule = cells.rule
        double = rule.model_copy(update={"cell_min": 2 * rule.cell_min - 1, "count_min": 2 * rule.count_min - 1})
        self.together = dataclasses.replace(cells, rule=double)
        self.size = np.where(np.isnan(cells.d), cells.x, cells.d)
        self.of: list[list[int]] = [[] for _ in self.x]
        self.rest = np.array([unlisted(cells, relation) for relation in relations])
        for number, relation in enumerate(relations):
            for cell in relation.cells:
                self.of[cell].append(number)

    def primary(self) -> None:
        """Hide the cells that are below the thresholds by themselves."""
        cells = self.cells
        small = unsafe(cells, cells.kind, cells.x, cells.d, cells.n)
        self._hide(np.flatnonzero(small & self.hideable & ~np.isnan(self.x)))

    def secondary(self) -> None:
        """Hide others: first by looking at each sum alone, then at all of them together, until both are content."""
        cleared: set[bytes] = set()
        while True:
            self._by_sums()
            more = self._by_systems(cleared)
            if not len(more):
                return
            self._hide(more)

    def _hide(self, numbers: np.ndarray) -> None:
        self.x[numbers] = np.nan
        self.fresh[numbers] = True

    def _by_sums(self) -> None:
        todo = list(range(len(self.relations)))
        waiting = set(todo)
        while todo:
            number = heapq.heappop(todo)
            waiting.discard(number)
            relation = self.relations[number]
            if not self.gives_away(relation, self.rest[number]):
                continue
            cell = self._least(relation.cells)
            if cell is None:
                continue
            self._hide(np.array([cell]))
            for other in {*self.of[cell], number} - waiting:
                heapq.heappush(todo, other)
                waiting.add(other)

    def _by_systems(self, cleared: set[bytes]) -> np.ndarray:
        """Return what is to be hidden so that less can be deduced from all sums together; nothing when all is well."""
        shown = dataclasses.replace(self.cells, x=self.x)
        found: set[int] = set()
        for system in systems(shown, self.relations):
            name = system.cells.tobytes()
            if name in cleared:
                continue
            more: set[int] = set()
            for cell in system.exposed(shown):
                near = {c for n in self.of[cell] if self.relations[n].whole for c in self.relations[n].cells}
                if near & more:
                    continue  # what is hidden for another one may be enough
                if (least := self._least(near)) is None:
                    least = self._least(
                        {c for one in system.cells for n in self.of[one] for c in self.relations[n].cells}
                    )
                if least is not None:
                    more.add(least)
            if not more:
                cleared.add(name)
            found |= more
        return np.array(sorted(found), dtype=int)

    def _least(self, numbers) -> int | None:
        """Return the shown cell of the fewest people; of equal ones the first by key."""
        shown = [int(n) for n in numbers if self.hideable[n] and not np.isnan(self.x[n])]
        return min(shown, key=lambda n: (self.size[n], n), default=None)

    def gives_away(self, relation: Relation, rest: float) -> bool:
        """Tell whether one sum gives away what is hidden of it: a single cell, or several that are too few together."""
        numbers, cells = relation.cells, self.cells
        shown = ~np.isnan(self.x[numbers])
        dark = ~shown & self.row[numbers]
        no_row = ~shown & ~dark
        if (relation.signs[no_row] > 0).any():
            return False  # the total is no row; what it is made of is looked at as parts only
        rest += float(np.nansum(cells.d[numbers[no_row]]))
        hidden = numbers[dark]
        if not relation.whole:
            hidden = hidden[~cells.absent[hidden]]
            new = hidden[self.fresh[hidden]]
            few = len(new) and _too_few(
                self.together, cells.kind[numbers[0]], float(cells.x[new].sum()), *self._people(new)
            )
            return len(hidden) == 1 or bool(few)
        if len(hidden) == 1:
            return True
        signs = relation.signs[dark]
        left = relation.total - float(relation.signs[shown] @ self.x[numbers[shown]])
        if not len(hidden):
            return self._rest_alone(relation, -left, rest)
        if (signs != signs[0]).any():
            return False  # only a difference is known
        d, n = self._people(hidden)
        if not np.isnan(relation.people):
            d, n = relation.people, cells.n[numbers[0]]
        n += 0 if cells.rule.observations else rest
        return _too_few(self.together, cells.kind[numbers[0]], left * signs[0], d + rest, n)

    def _people(self, numbers: np.ndarray) -> tuple[float, float]:
        return float(np.nansum(self.cells.d[numbers])), float(np.nansum(self.cells.n[numbers]))

    def _rest_alone(self, relation: Relation, left: float, rest: float) -> bool:
        """Tell whether people that no part counts are given away where all parts are shown."""
        parts = relation.signs[1:]
        if not np.isnan(relation.people) or relation.signs[0] < 0 or (parts > 0).any():
            return False
        kind = self.cells.kind[relation.cells[0]]
        if kind == COUNT:
            return left > _SMALL and _too_few(self.cells, kind, left, 0.0, 0.0)
        n = float(relation.signs @ self.cells.n[relation.cells]) if self.cells.rule.observations else rest
        return rest > 0 and n > 0 and _too_few(self.cells, kind, left, rest, n)


def _too_few(cells: Cells, kind: str, x: float, d: float, n: float) -> bool:
    """Tell whether people together are below the thresholds; figures that do not quite add up are put within bounds."""
    x = max(x, 0.0) if kind != SHARE else min(max(x, 0.0), d)
    return bool(unsafe(cells, *(np.array([one]) for one in (kind, x, d, n)))[0])
