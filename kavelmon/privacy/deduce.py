"""What somebody who sees only the shown cells can deduce of the hidden ones.

He knows every shown cell, every denominator, what adds up to what, and that nobody counts for less than none or more
than once. That is a system of linear equations with bounds; the least and the most that a hidden cell can be are two
linear programmes. Nothing here knows which cells were hidden for what reason, or what they hold.
"""

import dataclasses
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from scipy.linalg import null_space
from scipy.optimize import linprog
from scipy.sparse import block_array, csr_array, hstack, identity
from scipy.sparse.csgraph import connected_components

from kavelmon import privacy
from kavelmon.declarations import Catalogue
from kavelmon.model import KavelmonError, NotFoundError
from kavelmon.privacy.cells import COUNT, SHARE, Cells, answers_of, cells_of, needs
from kavelmon.privacy.relations import Relation, relations_of, unlisted

_ROUNDS = 4  # of looking in random directions, before one cell is looked at after the other
_PLACE = ["source", "period", "region_year"]


def audit(rows: pd.DataFrame, catalogue: Catalogue, totals: pd.DataFrame | None = None) -> pd.DataFrame:
    """Audit published observations, where `totals` are known too; see `kavelmon.privacy.audit` and `check`."""
    found = [pd.DataFrame(columns=[*_PLACE, "indicator", "region", "age", "lower", "upper", "exact", "exposed"])]
    for place, cells, relations in published(rows, catalogue):
        relations = relations + _known(cells, place, totals)
        for system in systems(cells, relations):
            one = cells.frame.loc[system.cells, ["indicator", "region", "age"]]
            one[["lower", "upper"]] = np.array([system.range(n) for n in range(len(system.cells))])
            one["exact"] = system.determined()
            must = _of(needs(cells), system.cells)
            one["exposed"] = ~must.met(one["lower"].to_numpy(), one["upper"].to_numpy())
            found.append(one[one.index < cells.rows].assign(**dict(zip(_PLACE, place, strict=True))))
    return pd.concat(found, ignore_index=True)[found[0].columns].astype({"exact": bool, "exposed": bool})


def published(rows: pd.DataFrame, catalogue: Catalogue) -> Iterator[tuple[tuple, Cells, list[Relation]]]:
    """Give the cells and relations of each guarded source, period and indeling."""
    for name, rule in sorted(privacy.guarded(rows["source"].unique(), catalogue).items()):
        source = catalogue.source(name)
        own = rows[rows["source"] == name]
        answers = answers_of(own, catalogue, source)
        for (period, year), part in own[own["status"] != "not_asked"].groupby(["period", "region_year"]):
            cells = cells_of(part, catalogue, rule, at(answers, period, year))
            yield (name, period, year), *relations_of(cells, catalogue, source)


def at(answers: pd.Series | None, period: str, year: int) -> pd.Series | None:
    """Return the numbers of observations of one period, by region and age."""
    if answers is None:
        return None
    one = answers[(answers.index.get_level_values(2) == period) & (answers.index.get_level_values(3) == year)]
    return one.droplevel([2, 3])


def _known(cells: Cells, place: tuple, totals: pd.DataFrame | None) -> list[Relation]:
    if totals is None:
        return []
    numbers = {
        key: n for n, key in enumerate(cells.frame[["indicator", "region", "age"]].itertuples(index=False, name=None))
    }
    found = []
    for total in totals[(totals["source"] == place[0]) & (totals["period"] == place[1])].to_dict("records"):
        keys = [(total["indicator"], code, total["age"]) for code in total["codes"]]
        if absent := [
            code for (_, code, _), known in zip(keys, map(numbers.__contains__, keys), strict=True) if not known
        ]:
            raise NotFoundError(
                f"{total['indicator']}, {place[0]}, {place[1]}: no row of {absent[0]}; give codes that it has"
            )
        at_ = np.array([numbers[key] for key in keys])
        # everybody of these is in a cell
        found.append(Relation(at_, np.ones(len(at_)), total=float(total["numerator"]), people=np.inf))
    return found


def _of(must, cells):
    return type(must)(*(getattr(must, field.name)[cells] for field in dataclasses.fields(must)))


def systems(cells: Cells, relations: Iterable[Relation]) -> Iterator["System"]:
    """Give the equations of the hidden cells, in parts that have nothing to do with each other."""
    hidden = np.isnan(cells.x)
    upper = np.where((cells.kind == SHARE) & ~np.isnan(cells.d), cells.d, np.inf)
    numbers, signs, lines = [], [], []
    right: list[float] = []
    rest: list[float] = []
    for relation in relations:
        dark = hidden[relation.cells]
        if not relation.whole or not dark.any():
            continue
        numbers.append(relation.cells[dark])
        signs.append(relation.signs[dark])
        lines.append(np.full(int(dark.sum()), len(right)))
        right.append(relation.total - float(relation.signs[~dark] @ cells.x[relation.cells[~dark]]))
        rest.append(unlisted(cells, relation) if cells.kind[relation.cells[0]] != COUNT else 0.0)
    unknown = np.flatnonzero(hidden)
    if not len(unknown):
        return
    place = np.full(len(cells.x), -1)
    place[unknown] = np.arange(len(unknown))
    shape = (len(right), len(unknown))
    if right:
        matrix = csr_array(
            (np.concatenate(signs), (np.concatenate(lines), place[np.concatenate(numbers)])), shape=shape
        )
    else:
        matrix = csr_array(shape)
    several, group = connected_components(block_array([[None, matrix], [matrix.T, None]]), directed=False)
    for number in range(several):
        inside = np.flatnonzero(group[len(right) :] == number)
        if (unknown[inside] >= cells.rows).all():
            continue  # sums that no row is of
        part = matrix[:, inside]
        line = np.flatnonzero(np.diff(part.indptr))
        yield System(
            unknown[inside],
            part[line],
            np.array([right[n] for n in line]),
            upper[unknown[inside]],
            np.array([rest[n] for n in line]),
        )


class System:
    """Hidden cells with every equation that they stand in.

    Parameters
    ----------
    cells
        Their numbers, in the order of the columns of `matrix`.
    upper
        The most that each can be.
    rest
        The people of each total whom no part counts, and of whom any number may have the property.
    """

    def __init__(self, cells: np.ndarray, matrix: csr_array, right: np.ndarray, upper: np.ndarray, rest: np.ndarray):
        self.cells, self.matrix = cells, matrix
        more = np.flatnonzero(rest)
        open_parts = csr_array((-np.ones(len(more)), (more, np.arange(len(more)))), shape=(len(right), len(more)))
        # with an end to everything a programme always has an answer; far beyond all that the cells hold together
        self.limit = 1000.0 + 10 * np.abs(right).sum() + 10 * upper[np.isfinite(upper)].sum()
        self.upper = np.minimum(np.concatenate([upper, rest[more]]), self.limit)
        self._all = hstack([matrix, open_parts], format="csr")
        self.start = self._possible(right)
        self.right = self._all @ self.start

    def _possible(self, right: np.ndarray) -> np.ndarray:
        """Return numbers that the equations allow, or, where figures do not quite add up, those nearest to them."""
        lines, columns = self._all.shape
        if not lines:
            return np.zeros(columns)
        unit = identity(lines, format="csr")
        slack = hstack([self._all, unit, -unit], format="csr")
        weights = np.concatenate([np.zeros(columns), np.ones(2 * lines)])
        bounds = np.concatenate([self.upper, np.full(2 * lines, np.inf)])
        return np.clip(_solved(weights, slack, right, bounds)[:columns], 0, self.upper)

    def towards(self, weights: np.ndarray) -> np.ndarray:
        """Return the possible numbers of all cells for which a weighted sum of theirs is the least."""
        if not len(self.right):
            return np.where(weights < 0, self.upper, 0.0)
        found = _solved(weights, self._all, self.right, self.upper)
        return np.clip(found, 0, self.upper)

    def range(self, column: int) -> tuple[float, float]:
        """Return the least and the most that a cell can be."""
        weights = np.zeros(len(self.upper))
        weights[column] = 1.0
        least, most = self.towards(weights)[column], self.towards(-weights)[column]
        return float(least), np.inf if most >= self.limit else float(most)

    def determined(self) -> np.ndarray:
        """Tell of each cell whether the equations alone, without bounds, have one answer."""
        if not len(self.right):
            return np.zeros(len(self.cells), dtype=bool)
        free = null_space(self._all.toarray())
        return np.abs(free).sum(axis=1)[: len(self.cells)] < 1e-9

    def exposed(self, cells: Cells) -> np.ndarray:
        """Return the rows among the hidden cells of which too little stays open, in order.

        Every solution that is found on the way says of all cells that they can be so much; most need no programme of
        their own. What is exposed does not depend on which solutions these are.
        """
        must = _of(needs(cells), self.cells)
        size = len(self.cells)
        least = most = self.start[:size]
        random = np.random.default_rng(0)
        rows = self.cells < cells.rows
        for _ in range(_ROUNDS):
            todo = rows & ~must.met(least, most)
            if not todo.any():
                return self.cells[todo]
            weights = np.zeros(len(self.upper))
            weights[:size] = np.where(todo, random.choice([-1.0, 1.0], size), 0.0)
            for found in (self.towards(weights), self.towards(-weights)):
                least, most = np.minimum(least, found[:size]), np.maximum(most, found[:size])
        for column in np.flatnonzero(rows & ~must.met(least, most)):
            weights = np.zeros(len(self.upper))
            weights[column] = 1.0
            for sign in (1, -1):
                if must.met(least, most)[column]:
                    break
                found = self.towards(sign * weights)
                least, most = np.minimum(least, found[:size]), np.maximum(most, found[:size])
        return self.cells[rows & ~must.met(least, most)]


def _solved(weights: np.ndarray, matrix: csr_array, right: np.ndarray, upper: np.ndarray) -> np.ndarray:
    bounds = np.column_stack([np.zeros(len(upper)), upper])
    for presolve in (True, False):  # presolve may call a system without any room unsolvable that has one solution
        found = linprog(weights, A_eq=matrix, b_eq=right, bounds=bounds, method="highs", options={"presolve": presolve})
        if found.status == 0:
            return found.x
    raise KavelmonError(f"disclosure control: a linear programme was not solved ({found.message}); report this table")
