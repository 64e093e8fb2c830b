"""How much of a saving can be chance: the same calculation for areas in which nothing began.

Placebos, as in Abadie, Diamond & Hainmueller (2010): whatever moves cost in areas without a Kavelmodel moves it in the
kavel too, and how far it moves them is the yardstick. Nothing is assumed of distributions. All savings here are shares
of the expected cost, so that areas of different size can be laid side by side.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kavelmon.model import KavelmonError

ALPHA = 0.10  # two-sided
POWER = 0.80
MSR = 0.02  # least saving that counts, of the expected cost
MAX_FIT = 0.02  # RMSPE before the start, of the mean: what fits worse says nothing, and is no yardstick
Z95 = 1.645  # msr = "placebo": so many standard deviations of the placebos


@dataclass(frozen=True, eq=False)
class Placebos:
    """Savings of areas in which nothing began, shape (j,), as shares of their expected cost."""

    found: np.ndarray

    def __len__(self) -> int:
        return len(self.found)

    @cached_property
    def sizes(self) -> np.ndarray:
        """How far each is from zero, largest first."""
        return np.sort(np.abs(self.found))[::-1]

    @property
    def sd(self) -> float:
        """Their standard deviation (j - 1); NaN of fewer than two."""
        return float(self.found.std(ddof=1)) if len(self) > 1 else float("nan")

    @property
    def mean(self) -> float:
        """Their mean: what areas of this size come to with nothing done; not zero where large cities move otherwise."""
        return float(self.found.mean()) if len(self) else float("nan")

    def p(self, saving: float) -> float:
        """Return the two-sided chance of a saving at least so far from zero: (1 + those that are) / (1 + j).

        Examples
        --------
        >>> Placebos(np.array([-0.03, 0.01, 0.02])).p(0.02)
        0.75
        """
        if not len(self) or np.isnan(saving):
            return float("nan")
        # the last digits of a sum over gemeenten differ with their order
        return float((1 + (self.sizes >= abs(saving) * (1 - 1e-12)).sum()) / (1 + len(self)))

    def p_higher(self, saving: float) -> float:
        """Return twice the chance of a saving so low: the p of cost that is higher, on its own side of the placebos.

        Where large cities, of which no placebo is made, move otherwise than the rest, the placebos are not around zero:
        their mean is then below it, and more of them seem to cost more than expected than to cost less.
        """
        if not len(self) or np.isnan(saving):
            return float("nan")
        return float(min(2 * (1 + (self.found <= saving + 1e-12).sum()) / (1 + len(self)), 1.0))

    def luck(self, msr: float) -> float:
        """Return the share that saves at least the least that counts, with nothing done."""
        return float((self.found >= msr).mean()) if len(self) else float("nan")

    def margin(self, level: float) -> float:
        """Return the half width of an interval: the size that at least a share `level` of the placebos stays within."""
        return float(np.quantile(self.sizes, level, method="higher")) if len(self) else float("nan")

    def threshold(self, alpha: float = ALPHA) -> float:
        """Return the size above which `p` is at most `alpha`; infinite where there are too few placebos for that."""
        allowed = int(np.floor(alpha * (1 + len(self)) + 1e-9)) - 1  # so many may be as large
        if allowed < 0 or not len(self):
            return float("inf")
        return float(self.sizes[allowed]) if allowed < len(self) else 0.0

    def power(self, effect: float, msr: float = MSR, alpha: float = ALPHA) -> float:
        """Return the chance that a true effect is told from chance: p at most `alpha` and at least `msr` saved.

        An effect of share e takes that share off the cost of a placebo, so that its saving s becomes s + e (1 - s).
        """
        if not len(self):
            return float("nan")
        changed = self.found + effect * (1 - self.found)
        return float(((changed > self.threshold(alpha)) & (changed >= msr)).mean())

    def detectable(self, msr: float = MSR, alpha: float = ALPHA, power: float = POWER) -> float:
        r"""Return the smallest true effect that would be told from chance with a given power.

        .. math:: \delta = \frac{c - q}{1 - q}

        with c the larger of `threshold` and `msr`, and q the saving that a share `power` of the placebos lies above.
        Were the placebos normal around zero, that would be (1.645 + 0.842) = 2.49 standard deviations. It knows nothing
        of the area but its size, so it can be told before anything is agreed.
        """
        if not len(self):
            return float("nan")
        low = float(np.quantile(self.found, 1 - power, method="lower"))
        least = max(self.threshold(alpha), msr)
        return max((least - low) / (1 - low), 0.0) if np.isfinite(least) else float("nan")


def near(p: float, limit: float, number: int) -> bool:
    """Tell whether other placebos, drawn in the same way, could put a p on the other side of a limit.

    So when it lies within 1.96 standard errors of the draw, the square root of limit (1 - limit) / number.
    """
    return abs(p - limit) <= 1.96 * math.sqrt(limit * (1 - limit) / max(number, 1))


def least_saving(msr: float | str, placebos: Placebos) -> float:
    """Return the least saving that counts, as a share: a number, or "placebo" for 1.645 standard deviations of these.

    Raises
    ------
    KavelmonError
        A number that is no share, or another word.
    """
    if msr == "placebo":
        return Z95 * placebos.sd
    if isinstance(msr, str) or not 0 <= msr < 1:
        raise KavelmonError(f'msr = {msr!r}; give a share of the expected cost (0 to 1, as 0.02), or "placebo"')
    return float(msr)
