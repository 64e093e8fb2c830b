"""How a figure moves through the years: within a segment, never over a break."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from kavelmon import declarations, figures
from kavelmon.model import COUNTRY, Area, Break
from kavelmon.stats.intervals import standard_error
from kavelmon.stats.trend import recent_trend, segments, slope

COLUMNS = [
    "indicator",
    "edition",
    "region",
    "start",
    "end",
    "points",
    "per_year",
    "lower",
    "upper",
    "p",
    "word",
    "recent",
    "provisional",
]


def trend(indicator: str, region: str | Area | Iterable[str] = COUNTRY, *, edition: str = "") -> pd.DataFrame:
    """Return the slope of an indicator in each segment of its series.

    Weighted least squares where every point has margins (weights 1 / se²), else ordinary ones. The margins say which
    points are surer; how sure the slope is comes from the residuals, because years differ by more than the chance of
    counting alone. Years are used as they are: nothing is interpolated between surveys.

    Parameters
    ----------
    indicator, region, edition
        As in `kavelmon.observations`.

    Returns
    -------
    pandas.DataFrame
        One row per segment between breaks: indicator, edition, region, start, end (years), points, per_year (unit per
        year, NaN under three points), lower, upper (95 %), p, word (``up``, ``down`` or ``similar``; ``few`` under five
        points), recent (the five-point test of `kavelmon.stats.trend.recent_trend`, empty without margins) and
        provisional (whether the last point is).

    Raises
    ------
    NotFoundError
        An unknown indicator, region or edition.

    Examples
    --------
    >>> trend("inwoners", "ede").loc[0, "word"]
    'up'
    """
    item = declarations.default().indicator(indicator)
    frame = figures.observations(indicator, region, edition=edition)
    if frame.empty:
        return pd.DataFrame(columns=COLUMNS)
    breaks = item.breaks_of(item.editions(frame["edition"].iat[0])[0])
    same = {name: frame[name].iat[0] for name in ("indicator", "edition", "region")}
    return pd.DataFrame([same | one for one in course(frame, breaks)], columns=COLUMNS)


def course(frame: pd.DataFrame, breaks: Iterable[Break]) -> list[dict]:
    """Return the slope in each segment of one series, oldest first; `frame` as `kavelmon.observations` gives it."""
    known = frame[frame["value"].notna()].sort_values("period")
    years = known["period"].str[:4].astype(int).to_numpy()
    found = []
    for number in np.unique(part := segments(years, [b.year for b in breaks])):
        rows = known[part == number]
        at = years[part == number]
        bounded = rows[["lower", "upper"]].notna().all(axis=None)
        errors = standard_error(rows["lower"].to_numpy(), rows["upper"].to_numpy()) if bounded else None
        if errors is not None and not (errors > 0).all():
            bounded, errors = False, None
        fit = slope(at, rows["value"].to_numpy(), errors, scale="estimated")
        margins = (rows["lower"].to_numpy(), rows["upper"].to_numpy())
        found.append(
            {
                "start": int(at[0]),
                "end": int(at[-1]),
                "points": len(rows),
                "per_year": fit.per_year,
                "lower": fit.lower,
                "upper": fit.upper,
                "p": fit.p,
                "word": fit.word,
                "recent": recent_trend(at, rows["value"].to_numpy(), *margins).word if bounded else "",
                "provisional": rows["status"].iat[-1] == "provisional",
            }
        )
    return found
