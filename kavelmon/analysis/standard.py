"""Figures as they would be with the ages of the Netherlands: an older area is not a sicker one."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from kavelmon import declarations, figures
from kavelmon.model import COUNTRY, Area, Edition, Indicator, NotFoundError
from kavelmon.stats.intervals import standard_error
from kavelmon.stats.standardise import direct_means

COLUMNS = [
    "indicator",
    "edition",
    "region",
    "period",
    "value",
    "standardised",
    "lower",
    "upper",
    "reference",
    "weights",
    "method",
    "note",
]
OLD = "65+"
# Of Vektis the ages are in the expected cost already: that of the Netherlands at the same ages and sexes.
INDIRECT = {"zvw_kosten_vergelijkbaar": "zvw_kosten_verhouding"}


def standardised(
    indicator: str, region: str | Area | Iterable[str] = COUNTRY, *, edition: str = "", period: str = ""
) -> pd.DataFrame:
    """Return figures of an indicator that have the ages of the Netherlands.

    *Direct* (RIVM and GGD, which give 18 to 65 and 65 and over): the rates of the region, weighted with the inhabitants
    of the Netherlands in those two bands in the same year, or the nearest with a count (CBS). Where a source gives only
    all adults and 65+, the rate of the younger ones is what remains. *Indirect* (cost, Vektis): actual over expected
    cost at the ages and sexes of the insured, times the figure of the Netherlands. The two populations, inhabitants and
    insured years, never mix.

    Parameters
    ----------
    indicator, region, edition, period
        As in `kavelmon.observations`.

    Returns
    -------
    pandas.DataFrame
        One row per period: indicator, edition, region, period, value (as it is), standardised, lower, upper (95 %,
        where both bands have margins), reference (the Netherlands), weights (of the young and the old band), method
        (``direct`` or ``indirect``) and note (a Dutch sentence).

    Raises
    ------
    NotFoundError
        An unknown indicator or region, or one without ages.

    Examples
    --------
    >>> found = standardised("eenzaam", "achterhoek", period="2020").iloc[0]
    >>> bool(found["standardised"] < found["value"])  # older people are lonelier, and the Achterhoek is older
    True
    """
    item = declarations.default().indicator(indicator)
    if item.id in INDIRECT:
        found = _indirect(item, region)
    else:
        choices = [e for e in figures.editions(item) if edition in ("", e.source) and has_ages(e)]
        if not choices:
            raise NotFoundError(
                f"{indicator}: no edition with the ages 18 to 65 and 65+; see catalogue() for the others"
            )
        region = region if isinstance(region, str | Area) else tuple(region)
        found = by_edition([item], region, choices[0])[item.id]
    return found[found["period"] == period] if period else found


def has_ages(edition: Edition) -> bool:
    """Return whether an edition gives all adults and those of 65 and over."""
    ages = tuple(declarations.default().source(edition.source).read.ages.values())
    return len(ages) > 1 and ages[0] == "18+" and OLD in ages and not edition.ages and edition.value != ""


def of_all(items: Iterable[Indicator], region: str | Area | tuple[str, ...]) -> dict[tuple[str, str], pd.DataFrame]:
    """Return the standardised figures of a region by indicator and edition, of all that have ages."""
    groups: dict[str, tuple[Edition, list[Indicator]]] = {}
    for item in items:
        for edition in figures.editions(item):
            if has_ages(edition):
                groups.setdefault(edition.source, (edition, []))[1].append(item)
    return {
        (name, source): found
        for source, (edition, members) in groups.items()
        for name, found in by_edition(members, region, edition).items()
    }


def by_edition(
    items: Iterable[Indicator], region: str | Area | tuple[str, ...], edition: Edition
) -> dict[str, pd.DataFrame]:
    """Return the standardised figures of a region in one edition, by indicator."""
    ids = [item.id for item in items]
    ages = tuple(declarations.default().source(edition.source).read.ages.values())
    asked = {age: figures.observations(ids, region, edition=edition.source, age=age) for age in ages}
    country = {age: _country(tuple(ids), edition.source, age) for age in ages}
    own, there = (
        {i: {age: frame[frame["indicator"] == i].set_index("period") for age, frame in found.items()} for i in ids}
        for found in (asked, country)
    )
    return {i: _direct(own[i], there[i]) for i in ids}


@lru_cache(maxsize=32)
def _country(ids: tuple[str, ...], source: str, age: str) -> pd.DataFrame:
    return figures.observations(ids, COUNTRY, edition=source, age=age)


def _direct(own: Mapping[str, pd.DataFrame], country: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Weigh the two bands of a region with those of the Netherlands, period by period."""
    rows = []
    adults = next(iter(own))
    for period, whole in own[adults].iterrows():
        bands = _bands(own, period)
        weights = [band["denominator"] for band in _bands(country, period)]
        out = {name: whole[name] for name in ("indicator", "edition", "region", "value")} | {"period": period}
        out |= {"standardised": np.nan, "lower": np.nan, "upper": np.nan, "method": "direct", "note": ""}
        out["reference"] = country[adults]["value"].get(period, np.nan)
        values = [band["value"] for band in bands]
        if len(bands) == 2 and len(weights) == 2 and np.isfinite([*values, *weights]).all():
            people = [band["denominator"] for band in bands]
            known = np.isfinite([band[side] for band in bands for side in ("lower", "upper")]).all()
            errors = [standard_error(band["lower"], band["upper"]) for band in bands] if known else None
            found = direct_means(values, people, weights, errors)
            out |= {"standardised": found.value, "lower": found.lower, "upper": found.upper}
            out["weights"] = tuple(round(w / sum(weights), 4) for w in weights)
            out["note"] = bands[0]["note"]
        rows.append(out)
    return pd.DataFrame(rows, columns=COLUMNS)


def _bands(frames: Mapping[str, pd.DataFrame], period: object) -> list[dict]:
    """Return the young and the old band of a period; the young one from the other two where a source leaves it out."""
    at = {age: frame.loc[period].to_dict() for age, frame in frames.items() if period in frame.index}
    whole, *_ = frames
    old = at.get(OLD)
    if old is None or whole not in at:
        return []
    young = next((row for age, row in at.items() if age not in (whole, OLD) and pd.notna(row["value"])), None)
    if young is not None:
        return [{**young, "note": ""}, old]
    count = at[whole]["denominator"] - old["denominator"]
    if not count > 0:
        return []
    rest = (at[whole]["value"] * at[whole]["denominator"] - old["value"] * old["denominator"]) / count
    nothing = {
        "lower": np.nan,
        "upper": np.nan,
        "note": "De groep van 18 tot 65 jaar is het verschil van de andere twee.",
    }
    return [{"value": rest, "denominator": count, **nothing}, old]


def _indirect(item: Indicator, region: str | Area | Iterable[str]) -> pd.DataFrame:
    region = region if isinstance(region, str | Area) else tuple(region)
    ratio = figures.observations(INDIRECT[item.id], region).set_index("period")
    own = figures.observations(item.id, region).set_index("period")
    country = figures.observations(item.id, COUNTRY).set_index("period")["value"]
    found = own[["indicator", "edition", "region", "value"]].assign(
        standardised=ratio["value"] * country,
        lower=np.nan,
        upper=np.nan,
        reference=country,
        weights=None,
        method="indirect",
        note="",
    )
    return found.reset_index()[COLUMNS]
