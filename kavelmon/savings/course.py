"""Cost through the years, before the start and after it, of an area and of those that it is laid beside."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from kavelmon.model import Area
from kavelmon.savings import panel, tables
from kavelmon.savings.others import Rules
from kavelmon.savings.result import Estimate
from kavelmon.savings.run import case_of


@dataclass(frozen=True, eq=False)
class Course:
    """Every year of an estimate; shape (t,), and (j, t) of the others.

    Attributes
    ----------
    years
        Calendar years, the first one that of the period before the start.
    actual, expected
        EUR of the year itself.
    share
        Expected minus actual, as a share of expected.
    others
        The same share of areas in which nothing began.
    span
        Lowest and highest saving (EUR, in the year of the estimate) over all weights of a synthetic control that fit
        equally well before the start.
    """

    years: np.ndarray
    actual: np.ndarray
    expected: np.ndarray
    share: np.ndarray
    others: np.ndarray
    span: tuple[float, float]

    def band(self, level: float = 0.90) -> np.ndarray:
        """Return how far a share `level` of the others stays from zero in each year, as a share; shape (t,)."""
        return np.quantile(np.abs(self.others), level, axis=0, method="higher")

    def since(self, start: int) -> tuple[float, float]:
        """Return expected and actual cost of all years from `start` on together, EUR."""
        after = self.years >= start
        return float(self.expected[after].sum()), float(self.actual[after].sum())


def course(found: Estimate, area: str | Area | Iterable[str], rules: Rules | None = None) -> Course:
    """Return the years of an estimate.

    Parameters
    ----------
    found
        What `kavelmon.savings.estimate` gave for the area.
    area, rules
        As they were given to it.
    """
    held = panel.panel(found.reference, found.group)
    costs = panel.of_area(panel.found(area), held)
    case = case_of(held, costs, found.pre, found.year, rules or Rules())
    outcome = case.outcome(found.method, found.pre)
    kept = case.years >= found.pre[0]
    expected = outcome.ratio[0] * costs.expected
    return Course(
        case.years[kept],
        np.asarray(costs.actual)[kept],
        expected[kept],
        outcome.share[0, kept],
        case.others(outcome.share)[:, kept],
        tables.span(case, found.pre, found.year),
    )
