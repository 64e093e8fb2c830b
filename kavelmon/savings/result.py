"""The answer to a question about savings: amounts that never come without their verdict."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kavelmon import savings_texts as texts
from kavelmon.savings import methods
from kavelmon.savings.case import Pre
from kavelmon.savings.luck import Placebos
from kavelmon.savings.verdict import Verdict

PRE_COLUMNS = ["first", "last", "theta", "expected_eur", "saving_eur", "share", "p", "msr", "holds", "flagged"]
METHOD_COLUMNS = ["method", "theta", "expected_eur", "difference_eur", "share", "p", "payable"]
YEAR_COLUMNS = ["year", "theta", "expected_eur", "actual_eur", "difference_eur", "share", "p"]
_NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Estimate:
    """Expected and actual cost of an area in a year, and what may be said of the difference.

    Amounts are EUR of the year itself, never to be shown without `verdict`; shares are of the expected cost; NaN is
    what cannot be told.

    Attributes
    ----------
    area, title
        Id and name.
    method, reference, group, pre, year, start
        What was asked; `start` is the first year with a Kavelmodel.
    what_if
        Whether no start was declared, or another one was asked.
    theta
        What actual over expected cost would have been in `year`; of the own norm the ratio of the years before.
    expected_eur, actual_eur, insured
        Cost without a Kavelmodel, cost as it was, insured years.
    difference_eur, saving_eur
        Expected minus actual. A level difference is no saving, nor is an approximation: `saving_eur` is NaN then.
    share
        `difference_eur` over `expected_eur`.
    p, p_single
        Two-sided, among contiguous areas of the same size and among single gemeenten.
    interval90, interval95
        `difference_eur` minus and plus the quantile of the placebos, EUR; NaN without areas of the same size.
    placebos
        Savings of the areas that it is judged by, with their spread.
    apart
        How many areas of this size fit side by side.
    msr, detectable
        The least saving that counts, and the smallest true one that this area would show with 80 % power.
    fit
        RMSPE before the start, as a share of the mean ratio.
    weights
        Of donors, by gemeente, largest first; only of a synthetic control.
    span
        Lowest and highest saving over all weights that fit equally well, EUR; only of a synthetic control.
    pre_periods, methods, by_year
        `PRE_COLUMNS`, every admissible period before the start; `METHOD_COLUMNS`, all methods side by side;
        `YEAR_COLUMNS`, every year since the start.
    notes
        Dutch sentences that go with the figures.
    """

    area: str
    title: str
    method: str
    reference: str
    group: str
    pre: Pre
    year: int
    start: int
    what_if: bool
    verdict: Verdict
    theta: float = _NAN
    expected_eur: float = _NAN
    actual_eur: float = _NAN
    insured: float = _NAN
    p: float = _NAN
    p_single: float = _NAN
    interval90: tuple[float, float] = (_NAN, _NAN)
    interval95: tuple[float, float] = (_NAN, _NAN)
    placebos: Placebos = field(default_factory=lambda: Placebos(np.empty(0)))
    apart: float = _NAN
    msr: float = _NAN
    detectable: float = _NAN
    fit: float = _NAN
    weights: dict[str, float] = field(default_factory=dict)
    span: tuple[float, float] = (_NAN, _NAN)
    pre_periods: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=PRE_COLUMNS))
    methods: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=METHOD_COLUMNS))
    by_year: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=YEAR_COLUMNS))
    notes: tuple[str, ...] = ()

    @property
    def difference_eur(self) -> float:
        """Expected minus actual, EUR."""
        return methods.saving(self.expected_eur, self.actual_eur)

    @property
    def saving_eur(self) -> float:
        """The difference, EUR; NaN where it is no saving: by the level method, and where it is an approximation."""
        return _NAN if self.method == "level" or self.verdict.kind == "approximate" else self.difference_eur

    @property
    def share(self) -> float:
        """The difference as a share of the expected cost."""
        return methods.share(self.expected_eur, self.actual_eur)

    @property
    def payable(self) -> bool:
        """Whether a contract may take this method, for this area, as the basis of a payout."""
        return self.method in methods.PAYABLE and self.verdict.kind not in ("approximate", "early")

    @property
    def reasons(self) -> tuple[str, ...]:
        """Dutch sentences after the title of the verdict: the amount with its bounds, and why."""
        if self.method == "level" and self.verdict.kind == "context":
            return (texts.level(self.difference_eur, self.share, self.year),)
        if np.isfinite(self.interval90).all():
            amount = texts.difference(self.difference_eur, self.share, self.year, *self.interval90)
            return (amount, *self.verdict.reasons)
        return self.verdict.reasons

    @property
    def text(self) -> str:
        """What may be said, in Dutch: that it is a what-if, the verdict, the amount, and why; `notes` go beside it."""
        # that it is a what-if goes before everything
        first = self.notes[:1] if self.what_if else ()
        return " ".join([*first, f"{self.verdict.title}.", *self.reasons, *self.verdict.checked])

    @property
    def least(self) -> str:
        """What the smallest saving is that this area could show, in Dutch; empty where that is not known."""
        if not np.isfinite(self.detectable):
            return ""
        whole = self.actual_eur if np.isnan(self.expected_eur) else self.expected_eur
        return texts.detectable(self.detectable, self.detectable * whole, self.placebos.sd)

    @property
    def luck(self) -> str:
        """How often other areas save the least that counts with nothing done, in Dutch; empty where not known."""
        return texts.luck(self.placebos.luck(self.msr), self.msr) if self.least else ""

    def power(self, effect: float) -> float:
        """Return the chance that a true saving of a share `effect` is told from chance in this area, 0 to 1.

        NaN where it is not known: when there are no areas of the same size.
        """
        return self.placebos.power(effect, self.msr) if np.isfinite(self.detectable) else _NAN
