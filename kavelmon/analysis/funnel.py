"""Which units differ more from the Netherlands than their size explains: funnel plots (Spiegelhalter 2005)."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from kavelmon import declarations, figures, method_texts
from kavelmon.model import COUNTRY, Edition, Indicator, NotFoundError
from kavelmon.stats.funnel import (
    INNER,
    OUTER,
    Funnel,
    adjusted_limits,
    outside,
    overdispersion,
    proportion_funnel,
    proportion_limits,
    ratio_funnel,
    ratio_limits,
    z_scores,
)
from kavelmon.stats.intervals import Interval, standard_error

Kind = Literal["proportion", "ratio", "cost", ""]
# How much the care cost of one person differs from that of others of the same age and sex, as a share of it. No open
# Dutch figure is known; the minimum savings rates of Medicare's Shared Savings Program (42 CFR 425.604) imply some 2.1.
CV_OF_COST = 2.1
COST, COST_EACH = "zvw_kosten_verhouding", "zvw_kosten_vergelijkbaar"
FEWEST = 20  # units, or the spread between them is not known well enough
_PEOPLE = ("inwoners", "huishoudens", "mantelzorgers")
COLUMNS = ["region", "region_name", "value", "size", "lower95", "upper95", "lower998", "upper998", "z", "outside"]


@dataclass(frozen=True)
class FunnelPlot:
    """The points and the limits of a funnel plot, in the unit of the indicator.

    Attributes
    ----------
    kind
        ``proportion`` of people, ``ratio`` (events against what the national rate gives) or ``cost`` (actual against
        expected).
    period, centre
        The year, and the figure of the Netherlands.
    points
        One row per unit, the columns `COLUMNS`: `size` is what the width of the funnel depends on (people, or people in
        a sample with the same margins), the limits are those at that size, `outside` is ``"99.8"``, ``"95"`` or ``""``.
    phi, tau2
        Over-dispersion, and the variance between units that the limits allow for.
    per
        Multiplier from events / people to the unit of the indicator; of a ratio.
    """

    kind: Kind
    period: str
    centre: float
    points: pd.DataFrame
    phi: float
    tau2: float
    per: float = 1.0

    def limits(self, size: np.ndarray) -> pd.DataFrame:
        """Return the limits at sizes of one's own: lower95, upper95, lower998, upper998."""
        found: dict[str, np.ndarray] = {}
        for level, name in ((INNER, "95"), (OUTER, "998")):
            if self.kind == "proportion":
                bounds = proportion_limits(min(self.centre / 100, 1.0), size, tau2=self.tau2, confidence=level)
                scale = 100.0
            elif self.kind == "ratio":
                expected = size * self.centre / self.per
                bounds, scale = ratio_limits(expected, tau2=self.tau2, scale="root", confidence=level), self.centre
            else:
                around = adjusted_limits(0.0, CV_OF_COST / np.sqrt(size), self.tau2, confidence=level)
                bounds, scale = Interval(np.exp(around.lower), np.exp(around.upper)), self.centre
            found |= {f"lower{name}": bounds.lower * scale, f"upper{name}": bounds.upper * scale}
        return pd.DataFrame(found)


def funnel(indicator: str, *, level: str = "GM", period: str = "", edition: str = "") -> FunnelPlot:
    """Return the funnel plot of an indicator over all gemeenten or wijken of the Netherlands.

    Limits allow for over-dispersion: gemeenten differ by more than chance (age, income, supply), and without that
    nearly every large one would be an outlier. A unit outside is different from most; that is not yet good or bad.

    Parameters
    ----------
    indicator
        Id of an indicator.
    level
        ``GM`` or ``WK``.
    period
        One period; the newest one when left out.
    edition
        Source id; empty for the default edition.

    Returns
    -------
    FunnelPlot

    Raises
    ------
    NotFoundError
        An unknown indicator, level or period, figures that no funnel can be made of (modelled estimates, distances,
        money), or fewer than `FEWEST` units.

    Examples
    --------
    >>> found = funnel("woninginbraak")
    >>> found.kind, bool(found.tau2 > 0)
    ('ratio', True)
    """
    item = declarations.default().indicator(indicator)
    found = figures.observations(indicator, COUNTRY, level=level, period=period, edition=edition)
    choice = item.editions(found["edition"].iat[0])[0] if len(found) else item.edition[0]
    kind, reason = kind_of(item, choice)
    if not kind:
        raise NotFoundError(f"{indicator}: no funnel plot. {reason}")
    found = found[found["value"].notna()]
    found = found[found["period"] == found["period"].max()]
    country = figures.observations(indicator, COUNTRY, edition=choice.source).set_index("period")["value"]
    made = plot(item, choice, found, country.get(found["period"].iat[0], np.nan) if len(found) else np.nan)
    if made is None and kind == "proportion" and (found["value"] < 0).any():
        raise NotFoundError(f"{indicator}: no funnel plot. {method_texts.NO_FUNNEL}")
    if made is None:
        raise NotFoundError(
            f"{indicator}: fewer than {FEWEST} units of level {level} of which the size that chance depends on is "
            "known; ask another period or edition"
        )
    return made


def kind_of(item: Indicator, edition: Edition) -> tuple[Kind, str]:
    """Return what sort of funnel figures allow; without one, the reason in Dutch."""
    if declarations.default().source(edition.source).method == "model":
        return "", method_texts.NO_FUNNEL_MODEL
    if item.id == COST:
        return "cost", ""
    if edition.interval == "byar":
        return "ratio", ""
    people = declarations.default().indicator(edition.denominator).unit if edition.denominator else ""
    if item.unit.startswith("%") and item.rollup == "mean" and people in _PEOPLE and item.per == 100:
        return "proportion", ""
    return "", method_texts.NO_FUNNEL


def _of_survey(edition: Edition) -> bool:
    return declarations.default().source(edition.source).method == "survey"


def plot(item: Indicator, edition: Edition, units: pd.DataFrame, centre: float) -> FunnelPlot | None:
    """Return the funnel plot of the units of one period around the figure of the Netherlands; None without enough."""
    kind, _ = kind_of(item, edition)
    rows = units[units["value"].notna() & (units["denominator"] > 0)]
    if kind == "proportion":
        if (rows["value"] < 0).any():  # a growth is no part of anything
            return None
        if _of_survey(edition):  # without margins nobody knows how many people were asked
            rows = rows[rows["value"].between(0, 100, inclusive="neither") & (rows["upper"] > rows["lower"])]
    elif kind == "cost":
        rows = rows[rows["value"] > 0]
    if not kind or len(rows) < FEWEST or not np.isfinite(centre) or centre <= 0:
        return None
    size = size_of(kind, edition, rows)
    if kind == "proportion":
        made = proportion_funnel(
            rows["value"].to_numpy() / 100 * size, size, target=min(centre / 100, 1.0), adjust=True
        )
    elif kind == "ratio":
        expected = rows["denominator"].to_numpy() * centre / item.per
        made = ratio_funnel(rows["numerator"].to_numpy(), expected, scale="root", adjust=True)
    else:
        made = _cost(rows["value"].to_numpy() / centre, size)
    plotted = FunnelPlot(kind, str(rows["period"].iat[0]), centre, pd.DataFrame(), made.phi, made.tau2, item.per)
    points = rows[["region", "region_name", "value"]].reset_index(drop=True).assign(size=size)
    points = points.join(plotted.limits(size)).assign(z=made.z, outside=made.outside)
    return replace(plotted, points=points[COLUMNS])


def size_of(kind: Kind, edition: Edition, rows: pd.DataFrame) -> np.ndarray:
    """Return what chance depends on: people, or of a survey the sample that has the same margins (Kish 1965).

    Of cost it is the expected cost divided by what one person costs in the Netherlands: people of average age.
    """
    if kind == "cost":
        each = figures.value(COST_EACH, COUNTRY, str(rows["period"].iat[0]))["value"]
        return rows["denominator"].to_numpy(dtype=float) / each
    if kind != "proportion" or not _of_survey(edition):
        return rows["denominator"].to_numpy(dtype=float)
    share = rows["value"].to_numpy() / 100
    return share * (1 - share) / (standard_error(rows["lower"], rows["upper"]) / 100) ** 2


def _cost(ratio: np.ndarray, people: np.ndarray) -> Funnel:
    """Return the funnel of actual over expected cost: on the logarithm, with the error that `CV_OF_COST` gives."""
    y, error = np.log(ratio), CV_OF_COST / np.sqrt(people)
    found = overdispersion(z_scores(y, error, 0.0), error, trim="truncate", consistent=True)
    inner, outer = (
        Interval(*(np.exp(b) for b in adjusted_limits(0.0, error, found.tau2, confidence=level)))
        for level in (INNER, OUTER)
    )
    z = z_scores(y, error, 0.0, tau2=found.tau2)
    return Funnel(ratio, 1.0, z, inner, outer, outside(ratio, inner, outer), found.phi, found.tau2, True)
