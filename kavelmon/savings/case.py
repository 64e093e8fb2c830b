"""One area and all that its cost is laid beside: its placebos, its donors, and what each method makes of them."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from kavelmon.model import NotFoundError
from kavelmon.savings import methods, others, synthetic
from kavelmon.savings.luck import MAX_FIT, Placebos
from kavelmon.savings.others import Rules, Stack
from kavelmon.savings.panel import Costs, Panel

Pre = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one method with one period before the start says of an area and its placebos.

    Attributes
    ----------
    ratio
        What actual over expected would have been without a Kavelmodel, shape (b, t); row 0 is the area.
    share
        Saving as a share of the expected cost, shape (b, t).
    weights
        Of the donors, shape (j,), for a synthetic control; else None.
    fit
        RMSPE of the area before the start, as a share of its mean ratio.
    """

    ratio: np.ndarray
    share: np.ndarray
    weights: np.ndarray | None
    fit: float


@dataclass(frozen=True, eq=False)
class Case:
    """An area, its placebos and its donors.

    Attributes
    ----------
    pool
        The donors, bool, shape (g,).
    """

    held: Panel
    costs: Costs
    stack: Stack
    pool: np.ndarray
    rules: Rules
    _known: dict = field(default_factory=dict)

    @property
    def years(self) -> np.ndarray:
        """The years, shape (t,)."""
        return np.array(self.held.years)

    def between(self, first: int, last: int) -> np.ndarray:
        """Return which years lie in a period, bool, shape (t,)."""
        return (self.years >= first) & (self.years <= last)

    def outcome(self, method: str, pre: Pre, *, single: bool = False) -> Outcome:
        """Return what a method says, for the area and its placebos in the same way.

        Parameters
        ----------
        single
            Also for single gemeenten, where there are areas of the same size. Only of a synthetic control that makes a
            difference: it takes time, and is made for `others.SYNTHETIC` areas. Rows that are left out are NaN.

        Raises
        ------
        NotFoundError
            An unknown method.
        KavelmonError
            Too few years or donors.
        """
        every = single or method != "synthetic" or not self.enough
        for key in ((method, pre, True), (method, pre, every)):
            if key in self._known:
                return self._known[key]
        self._known[method, pre, every] = self._worked_out(method, pre, every)
        return self._known[method, pre, every]

    def _worked_out(self, method: str, pre: Pre, every: bool) -> Outcome:
        actual, expected, before = self.stack.actual, self.stack.expected, self.between(*pre)
        weights = None
        if method == "level":
            ratio = methods.level(actual)
        elif method == "own_norm":
            ratio = methods.own_norm(actual, expected, before)
        elif method == "trend":
            ratio = methods.trend(actual, expected, self.years, before)
        elif method == "synthetic":
            areas, single = self.stack.areas, self.stack.single
            rows = np.r_[0, areas.start : min(areas.stop, areas.start + others.SYNTHETIC)]
            if every:
                rows = np.r_[rows, single.start : single.stop]
            donors = self.held.ratio[self.pool].T
            found = synthetic.weights((actual / expected)[rows][:, before], donors[before], self._allowed(rows))
            ratio, weights = np.full(actual.shape, np.nan), found[0]
            ratio[rows] = found @ donors.T
            own = (actual / expected)[rows][:, before]
            gap = np.sqrt(((own - ratio[rows][:, before]) ** 2).mean(axis=1)) / own.mean(axis=1)
            # what nothing is read from is no yardstick either: no mean of four cities runs as a row of villages does
            ratio[rows[1:][gap[1:] > MAX_FIT]] = np.nan
        else:
            raise NotFoundError(f'method "{method}" is not known; use {", ".join(methods.METHODS)}')
        own = (actual / expected)[0, before]
        fit = float(synthetic.rmspe(own - ratio[0, before]) / own.mean())
        return Outcome(ratio, methods.moved(actual, expected, ratio), weights, fit)

    def _allowed(self, rows: np.ndarray) -> np.ndarray:
        """Return which donors each row may have, shape (b, j): none of its own gemeenten, and of its neighbours."""
        members = self.stack.members[rows]
        away = members[:, self.pool]
        if not self.rules.adjacent:
            away = away | ((members.astype(int) @ others.touching(self.held)[:, self.pool].astype(int)) > 0)
        return ~away

    @property
    def apart(self) -> float:
        """How many areas of this size fit side by side; no more than there are different ones to be made."""
        return min(self.stack.apart, float(self.different(others.AREAS)))

    @cached_property
    def enough(self) -> bool:
        """Whether there are areas of the same size enough to be judged by."""
        return self.different(others.AREAS) >= others.LEAST_AREAS

    def different(self, number: int) -> int:
        """Return how many of the first areas are not the same as another one of them."""
        return len(np.unique(self.stack.members[self.stack.areas][:number], axis=0))

    def placebos(self, figures: np.ndarray) -> Placebos:
        """Return the rows of some figures, shape (b,), that an area is judged by: areas of its size, else gemeenten."""
        return Placebos(self.others(figures))

    def others(self, figures: np.ndarray) -> np.ndarray:
        """Return those rows of some figures, shape (b, ...), without what was left out."""
        found = figures[self.stack.areas] if self.enough else figures[self.stack.single]
        return found[np.isfinite(found).reshape(len(found), -1).all(axis=1)]

    def singles(self, figures: np.ndarray) -> Placebos:
        """Return the rows of single gemeenten."""
        return Placebos(figures[self.stack.single])

    def in_time(self, method: str, pre: Pre, back: int) -> tuple[int, float, float] | None:
        """Return what a start that was none comes to: its year, the mean saving from then to the real start, and p.

        None when fewer than two years would be left before it.
        """
        fake = pre[1] + 1 - back
        if fake - pre[0] < 2:
            return None
        found = self.outcome(method, (pre[0], fake - 1)).share[:, self.between(fake, pre[1])].mean(axis=1)
        return fake, float(found[0]), self.placebos(found).p(float(found[0]))

    def slope(self, pre: Pre) -> tuple[float, float]:
        """Return how much the ratio moved per year before the start, as a share, and p among the placebos."""
        found, _, _ = methods.log_slope(self.stack.actual, self.stack.expected, self.years, self.between(*pre))
        return float(found[0]), self.placebos(found).p(float(found[0]))

    def reach(self, pre: Pre, year: int) -> tuple[float, float]:
        """Return the lowest and highest ratio of a synthetic control over all weights that fit equally well."""
        chosen = self.outcome("synthetic", pre).weights
        mine = self._allowed(np.array([0]))[0]
        donors, before = self.held.ratio[self.pool].T[:, mine], self.between(*pre)
        assert chosen is not None
        last = donors[self.held.column(year)]
        return synthetic.span(self.costs.ratio[before], donors[before], last, chosen[mine])
