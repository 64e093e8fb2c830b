"""One area and all that its cost is laid beside: its placebos, its donors, and what each method makes of them."""

from dataclasses import dataclass, field

import numpy as np

from kavelmon.model import NotFoundError
from kavelmon.savings import methods, others, synthetic
from kavelmon.savings.luck import Placebos
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
        """Return what a method says, for the area and every placebo in the same way.

        Parameters
        ----------
        single
            Also for single gemeenten, where there are areas of the same size: those are the last rows, and only a
            synthetic control takes time for them.

        Raises
        ------
        NotFoundError
            An unknown method.
        KavelmonError
            Too few years or donors.
        """
        rows = None if single or method != "synthetic" or not self.enough else self.stack.areas.stop
        for key in ((method, pre, None), (method, pre, rows)):
            if key in self._known:
                return self._known[key]
        self._known[method, pre, rows] = self._worked_out(method, pre, slice(rows))
        return self._known[method, pre, rows]

    def _worked_out(self, method: str, pre: Pre, rows: slice) -> Outcome:
        actual, expected, before = self.stack.actual[rows], self.stack.expected[rows], self.between(*pre)
        weights = None
        if method == "level":
            ratio = methods.level(actual)
        elif method == "own_norm":
            ratio = methods.own_norm(actual, expected, before)
        elif method == "trend":
            ratio = methods.trend(actual, expected, self.years, before)
        elif method == "synthetic":
            donors = self.held.ratio[self.pool].T
            every = synthetic.weights((actual / expected)[:, before], donors[before], self._allowed(rows))
            ratio, weights = every @ donors.T, every[0]
        else:
            raise NotFoundError(f'method "{method}" is not known; use {", ".join(methods.METHODS)}')
        own = (actual / expected)[0, before]
        fit = float(synthetic.rmspe(own - ratio[0, before]) / own.mean())
        return Outcome(ratio, methods.moved(actual, expected, ratio), weights, fit)

    def _allowed(self, rows: slice) -> np.ndarray:
        """Return which donors each row may have, shape (b, j): none of its own gemeenten, and of its neighbours."""
        members = self.stack.members[rows]
        away = members[:, self.pool]
        if not self.rules.adjacent:
            away = away | ((members.astype(int) @ others.touching(self.held)[:, self.pool].astype(int)) > 0)
        return ~away

    @property
    def enough(self) -> bool:
        """Whether there are areas of the same size enough to be judged by."""
        return self.stack.different >= others.LEAST_AREAS

    def placebos(self, figures: np.ndarray) -> Placebos:
        """Return the rows of some figures, shape (b,), that an area is judged by: areas of its size, else gemeenten."""
        return Placebos(figures[self.stack.areas] if self.enough else figures[self.stack.single])

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
        mine = self._allowed(slice(1))[0]
        donors, before = self.held.ratio[self.pool].T[:, mine], self.between(*pre)
        assert chosen is not None
        last = donors[self.held.column(year)]
        return synthetic.span(self.costs.ratio[before], donors[before], last, chosen[mine])
