"""What can be wrong with the numbers of one figure: out of bounds, not adding up, or under its source's threshold."""

import math
from dataclasses import dataclass

from kavelmon.local.columns import Figure
from kavelmon.local.grid import Faults
from kavelmon.local.numbers import half_unit
from kavelmon.model import Indicator
from kavelmon.privacy import entry
from kavelmon.source_model import Disclosure

_ADVICE = 'leave the figure empty and write status "suppressed"'


@dataclass(frozen=True)
class Read:
    """A figure with its numbers; NaN where a cell is empty."""

    figure: Figure
    region: str
    period: str
    status: str
    value: float
    numerator: float
    denominator: float
    lower: float
    upper: float
    n: float

    @property
    def key(self) -> tuple[str, str, str]:
        """What there may be one figure of: indicator, region, period."""
        return self.figure.indicator, self.region, self.period

    @property
    def known(self) -> bool:
        """Whether there is a figure at all."""
        return not (math.isnan(self.value) and math.isnan(self.numerator))

    def where(self, *names: str) -> int:
        """Return the first of some columns that the table has."""
        return next(self.figure.columns[name] for name in (*names, "region") if name in self.figure.columns)


def within(one: Read, item: Indicator, faults: Faults) -> None:
    """Note what cannot be right in a figure by itself."""

    def wrong(text: str, *names: str) -> None:
        faults.add(one.figure.row, one.where(*names), text)

    for name in ("numerator", "denominator", "n"):
        if getattr(one, name) < 0:
            wrong("less than 0; a number of people or events is 0 or more", name)
    if item.rollup == "sum":
        if not math.isnan(one.numerator) or not math.isnan(one.denominator):
            wrong(
                'a count has no numerator and denominator; put it in column "waarde" alone', "numerator", "denominator"
            )
        return
    if one.denominator == 0:
        wrong("a denominator of 0: there is nobody to have a figure of; take this row out", "denominator")
        return
    if item.unit.startswith("%") and one.numerator > one.denominator:
        wrong(
            "the numerator is larger than the denominator, which cannot be of a percentage; are the columns swapped?",
            "numerator",
        )
        return
    if item.unit == "%" and abs(one.value) > 100:
        wrong("a percentage of more than 100; mend it, or the unit of the indicator", "value")
    _adds_up(one, item, wrong)
    if math.isnan(one.lower) != math.isnan(one.upper):
        wrong(
            "one margin without the other; give both or none",
            "upper" if math.isnan(one.upper) else "lower",
            "lower",
            "upper",
        )
    value = one.value if not math.isnan(one.value) else one.numerator / one.denominator * item.per
    slack = 0.0 if math.isnan(one.value) else half_unit(one.figure.cells["value"])
    if one.lower > value + slack:
        wrong("the margins do not contain the value: the lower one lies above it; are columns swapped?", "lower")
    if one.upper < value - slack:
        wrong("the margins do not contain the value: the upper one lies below it; are columns swapped?", "upper")


def _adds_up(one: Read, item: Indicator, wrong) -> None:
    if any(math.isnan(x) for x in (one.value, one.numerator, one.denominator)):
        return
    made = one.numerator / one.denominator * item.per
    near = 1e-6 * max(1.0, abs(made)) + half_unit(one.figure.cells["value"])
    if abs(made - one.value) <= near:
        return
    share = one.numerator / one.denominator
    if item.per != 1 and abs(share - one.value) <= 1e-6 + half_unit(one.figure.cells["value"]) and one.value <= 1:
        wrong(f'given from 0 to 1, but the unit is "{item.unit}"; multiply it by {item.per:g}', "value")
    else:
        wrong(
            f"is not numerator / denominator x {item.per:g}; mend one of the three, or leave out the numerator "
            "(for weighted figures of a survey)",
            "value",
        )


def as_shares(found: list[Read], item: Indicator, reference: float, faults: Faults) -> None:
    """Note percentages that are all given from 0 to 1; with numerators each was judged by itself.

    Parameters
    ----------
    found
        All figures of one indicator.
    reference
        The value of the country, where it is known: rare things are rare everywhere.
    """
    alone = [one for one in found if not math.isnan(one.value) and math.isnan(one.numerator)]
    if not item.unit.startswith("%") or not alone or any(abs(one.value) > 1 for one in alone):
        return
    between = [one for one in alone if 0 < abs(one.value) < 1]
    if between and not abs(reference) <= 1:
        one = between[0]
        faults.add(
            one.figure.row,
            one.where("value"),
            f'given from 0 to 1 (all {len(alone)} figures of {item.id}), but the unit is "{item.unit}"; multiply by '
            "100 (when it is as rare as that, give numerator and denominator, which shows it)",
        )


def under_threshold(one: Read, item: Indicator, rule: Disclosure, faults: Faults) -> None:
    """Note a figure of too few people, without saying of how few."""
    n = one.n if not math.isnan(one.n) else one.denominator
    persons, total = _observed(one, item, n)
    for sort, name, text in entry.too_few(item, rule, value=one.value, persons=persons, total=total, n=n):
        columns = {"n": ("n" if not math.isnan(one.n) else "denominator",), "persons": ("numerator", "value")}
        faults.add(
            one.figure.row,
            one.where(*columns.get(sort, ("value",))),
            f"holds a cell under the threshold of its source: {text} ({name} = {getattr(rule, name)}); {_ADVICE}",
        )


def _observed(one: Read, item: Indicator, n: float) -> tuple[float, float]:
    """Return how many people with the property, and how many in all, were observed; NaN where it is not known."""
    if math.isnan(one.numerator):
        return one.value / item.per * n, n
    if math.isnan(one.denominator):
        return one.numerator, one.denominator
    return one.numerator * n / one.denominator, n
