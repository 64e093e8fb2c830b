"""How much a figure differs between the wijken of an area, and whether it follows income."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from kavelmon import declarations, figures
from kavelmon.model import Area, Indicator, NotFoundError
from kavelmon.stats.inequality import slope_index, spread

# By which wijken are put in order, the first one that is known for enough of them: low to high.
RANKINGS = ("inkomen_per_inwoner", "woningwaarde")
FEWEST = 5  # wijken; PHE asks five quantiles at least for a slope index
SAME = np.log(1.5)  # how many times more or fewer people a wijk may have, next to the others, to be the same one
KNOWN = 0.8  # of the people in the area must live in a wijk whose figure and rank are known


def inequality(
    indicator: str, region: str | Area | Iterable[str], *, by: str = "", period: str = "", edition: str = ""
) -> pd.DataFrame:
    """Return how unequal an indicator is between the wijken of a region.

    Parameters
    ----------
    indicator, region
        As in `kavelmon.observations`; the region needs wijken.
    by
        Indicator that puts the wijken in order, low to high; empty for income, or the value of dwellings where income
        is known for too few.
    period
        Empty for the last period with figures per wijk.
    edition
        Source id; empty for the default edition.

    Returns
    -------
    pandas.DataFrame
        One row: indicator, edition, period; of the spread units (wijken), known (share of the denominator), lowest,
        q1, q3, highest, sd (weighted, in the unit); of the slope by (what puts them in order), ranked (wijken),
        ranked_known (share of the denominator), sii (figure at the highest rank minus that at the lowest), sii_lower,
        sii_upper, rii (sii divided by the mean). NaN where fewer than `FEWEST` wijken, or less than `KNOWN` of the
        people, are known.

    Raises
    ------
    NotFoundError
        An unknown indicator, region or edition, or no figures per wijk.

    Examples
    --------
    >>> bool(inequality("ervaren_gezondheid", "achterhoek").loc[0, "sii"] > 0)
    True
    """
    item = declarations.default().indicator(indicator)
    frame = figures.observations(indicator, region, level="WK", period=period, edition=edition)
    known = frame[frame["value"].notna()]
    if known.empty:
        raise NotFoundError(f"{indicator}: no figures per wijk of this region; ask another region, period or edition")
    frame = frame[frame["period"] == known["period"].max()]
    own = figures.observations(
        indicator, region, period=frame["period"].iat[0], edition=frame["edition"].iat[0]
    ).to_dict("records")
    orders = {name: ranking(name, region) for name in ([by] if by else RANKINGS)}
    return pd.DataFrame([between(item, frame, orders, own[0])])


def ranking(name: str, region: str | Area | Iterable[str]) -> pd.DataFrame:
    """Return the newest figure per wijk of the indicator that puts wijken in order: value and denominator by code."""
    frame = figures.observations(name, region, level="WK")
    frame = frame[frame["value"].notna()]
    newest = frame[frame["period"] == frame["period"].max()] if len(frame) else frame
    return newest.set_index("region")[["value", "denominator"]]


def _same(ranked: pd.DataFrame, order: pd.DataFrame) -> pd.DataFrame:
    """Leave out wijken whose code stands for another area in the year of the ranking.

    A code may be used again; then the number of people jumps. The two denominators need not count the same people, so
    what is compared is how each differs from the middle of the area.
    """
    known = ranked[ranked["region"].isin(order.index)]
    ratio = known["denominator"].to_numpy() / order["denominator"].reindex(known["region"]).to_numpy()
    usual = np.nanmedian(ratio) if len(ratio) else np.nan
    return known[np.abs(np.log(ratio / usual)) < SAME]


def between(item: Indicator, frame: pd.DataFrame, orders: Mapping[str, pd.DataFrame], own: Mapping) -> dict:
    """Return the row of `inequality` for the wijken of one period.

    Parameters
    ----------
    frame
        The wijken, those without a figure too.
    orders
        The rankings, best first.
    own
        The figure of the whole area in that period: what its `coverage` lacks is in no wijk of the file.
    """
    known = frame[frame["value"].notna() & (frame["denominator"] > 0)]
    total = frame["denominator"].sum()
    if own["coverage"] > 0:  # of an area that is hardly known there is no denominator, and none is needed
        whole = own["denominator"] if own["denominator"] > 0 else known["denominator"].sum()
        total = max(total, whole / own["coverage"])
    out = {
        "indicator": item.id,
        "edition": frame["edition"].iat[0],
        "period": frame["period"].iat[0],
        "units": len(known),
        "known": known["denominator"].sum() / total if total else 0.0,
    }
    nothing: dict = dict.fromkeys(("lowest", "q1", "q3", "highest", "sd"), np.nan) | {"by": "", "ranked": 0}
    nothing |= dict.fromkeys(("ranked_known", "sii", "sii_lower", "sii_upper", "rii"), np.nan)
    if len(known) < FEWEST or out["known"] < KNOWN:
        return out | nothing
    wide = spread(known["value"].to_numpy(), known["denominator"].to_numpy())
    out |= nothing | {"lowest": wide.lowest, "q1": wide.q1, "q3": wide.q3, "highest": wide.highest, "sd": wide.sd}
    for name, order in orders.items():
        ranked = _same(known, order) if name != item.id else known.iloc[:0]
        share = ranked["denominator"].sum() / total if total else 0.0
        if len(ranked) < FEWEST or share < KNOWN:
            continue
        ranks = order["value"].reindex(ranked["region"]).to_numpy()
        index = slope_index(ranked["value"].to_numpy(), ranked["denominator"].to_numpy(), ranks)
        out |= {"by": name, "ranked": len(ranked), "ranked_known": share}
        return out | {"sii": index.sii, "sii_lower": index.lower, "sii_upper": index.upper, "rii": index.rii}
    return out
