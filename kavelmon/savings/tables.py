"""The tables and ranges that go with an estimate: every period, method and year, and what other weights would give."""

import numpy as np
import pandas as pd

from kavelmon.savings import luck, methods, verdict
from kavelmon.savings.case import Case, Outcome, Pre
from kavelmon.savings.result import METHOD_COLUMNS, PRE_COLUMNS, YEAR_COLUMNS

_NAN = float("nan")


def periods(case: Case, method: str, possible: list[Pre], column: int, msr: float | str) -> pd.DataFrame:
    """Return every admissible period before the start with what it comes to."""
    rows = []
    for pre in possible:
        found = case.outcome(method, pre)
        share, placebos = float(found.share[0, column]), case.placebos(found.share[:, column])
        theta, p, least = float(found.ratio[0, column]), placebos.p(share), luck.least_saving(msr, placebos)
        expected = theta * float(case.costs.expected[column])
        flag = bool(verdict.flagged(case.held.breaks, pre))
        saving = expected - float(case.costs.actual[column])
        holds = verdict.above(share, p, least)
        rows.append((*pre, theta, expected, saving, share, p, least, holds, flag))
    return pd.DataFrame(rows, columns=PRE_COLUMNS)


def side_by_side(case: Case, pre: Pre, column: int) -> pd.DataFrame:
    """Return what every method comes to; of the level there is no p, for it asks another question."""
    rows = []
    for method in methods.METHODS:
        found = case.outcome(method, pre)
        theta, share = float(found.ratio[0, column]), float(found.share[0, column])
        p = _NAN if method == "level" else case.placebos(found.share[:, column]).p(share)
        expected = theta * float(case.costs.expected[column])
        difference = expected - float(case.costs.actual[column])
        rows.append((method, theta, expected, difference, share, p, method in methods.PAYABLE))
    return pd.DataFrame(rows, columns=METHOD_COLUMNS)


def by_year(case: Case, found: Outcome, start: int, method: str) -> pd.DataFrame:
    """Return every year since the start with what the method comes to."""
    rows = []
    for column, year in enumerate(case.held.years):
        if year >= start:
            theta, share = float(found.ratio[0, column]), float(found.share[0, column])
            expected, actual = theta * float(case.costs.expected[column]), float(case.costs.actual[column])
            p = _NAN if method == "level" else case.placebos(found.share[:, column]).p(share)
            rows.append((year, theta, expected, actual, expected - actual, share, p))
    return pd.DataFrame(rows, columns=YEAR_COLUMNS)


def weights(case: Case, found: Outcome) -> dict[str, float]:
    """Return the weights of donors above zero by gemeente, largest first."""
    assert found.weights is not None
    codes = np.array(case.held.codes)[case.pool]
    order = np.argsort(-found.weights, kind="stable")
    return {str(codes[n]): float(found.weights[n]) for n in order if found.weights[n] > 0}


def span(case: Case, pre: Pre, year: int) -> tuple[float, float]:
    """Return the lowest and highest saving (EUR) over all weights that fit equally well."""
    column = case.held.column(year)
    low, high = case.reach(pre, year)
    base, actual = float(case.costs.expected[column]), float(case.costs.actual[column])
    return low * base - actual, high * base - actual
