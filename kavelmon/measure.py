"""From a wide table to observations: evaluate the formulas of the catalogue, then give each row its denominator."""

import numpy as np
import pandas as pd

from kavelmon.declarations import Catalogue
from kavelmon.expressions import evaluate, names_in
from kavelmon.model import COUNTRY, Edition, Indicator
from kavelmon.regions import Regions, level_of
from kavelmon.source_model import Source
from kavelmon.sources.tables import Wide
from kavelmon.store import COLUMNS


def asked_of(catalogue: Catalogue, source: Source) -> list[tuple[Indicator, Edition]]:
    """Return the indicators and denominators that have an edition from a source."""
    items = [*catalogue.denominators.values(), *catalogue.indicators.values()]
    return [(item, edition) for item in items for edition in item.editions(source.id)]


def topics_of(pairs: list[tuple[Indicator, Edition]]) -> set[str]:
    """Return the columns that formulas use."""
    return {name for _, e in pairs for formula in (e.value, e.numerator) if formula for name in names_in(formula)}


def observe(source: Source, wide: Wide, pairs: list[tuple[Indicator, Edition]]) -> pd.DataFrame:
    """Return the observations of one source, still without denominators.

    A topic that is empty for every region in a period was not asked then: that is said once, for the country. One that
    is empty for every region of a level is not published at that level, and has no rows there.
    """
    index = wide.frame.index.to_frame(index=False)
    index["level"] = index["region"].map(level_of)
    index["source"] = source.id
    years = {p: source.indeling(p) for p in index["period"].unique()}
    index["region_year"] = index["period"].map(years)
    parts = []
    for item, edition in pairs:
        rows = index.assign(indicator=item.id, numerator=np.nan, lower=np.nan, upper=np.nan, method="")
        if edition.value:
            rows["value"] = np.asarray(evaluate(edition.value, wide.frame), dtype=float)
            for side, frame in (("lower", wide.lower), ("upper", wide.upper)):
                if frame is not None and edition.value in frame:
                    rows[side] = frame[edition.value].to_numpy()
            rows.loc[rows["lower"].notna() & rows["upper"].notna(), "method"] = "bron"
            known = rows["value"].notna()
        else:
            rows["numerator"] = np.asarray(evaluate(edition.numerator, wide.frame), dtype=float)
            rows["value"] = np.nan
            known = rows["numerator"].notna()
        for column, wanted in (("period", edition.periods), ("age", edition.ages)):
            if wanted:
                rows, known = rows[rows[column].isin(wanted)], known[rows[column].isin(wanted)]
        rows["status"] = np.where(known, "ok", np.where(rows["level"].isin(["WK", "BU"]), "suppressed", "missing"))
        rows.loc[known & rows["period"].isin(source.provisional), "status"] = "provisional"
        asked = known.groupby([rows["period"], rows["age"]]).transform("any")
        given = known.groupby([rows["period"], rows["age"], rows["level"]]).transform("any")
        silent = rows[~asked].drop_duplicates(["period", "age"])
        silent = silent.assign(region=COUNTRY, level="NL", status="not_asked")
        rows = pd.concat([rows[given], silent])
        rows["estimated"] = edition.estimated
        parts.append(rows)
    return pd.concat(parts, ignore_index=True).assign(denominator=np.nan)[COLUMNS] if parts else _none()


def _none() -> pd.DataFrame:
    return pd.DataFrame(columns=COLUMNS)


def add_denominators(rows: pd.DataFrame, catalogue: Catalogue, counts: pd.DataFrame, regions: Regions) -> pd.DataFrame:
    """Give each observation its denominator, and compute the values that are numerator / denominator.

    The denominator of the same source and period comes first. Where there is none, the edition declared first that has
    the region in the same period; else the nearest period in which the code stood for the same area. Such a row is
    marked: "noemer van 2020" and the reason of a denominator that is itself an approximation.

    Parameters
    ----------
    counts
        Observations of the denominators, of every store that may lend one.
    """
    own = rows["indicator"].isin(catalogue.denominators)
    shares = rows["indicator"].isin(
        [i.id for i in catalogue.denominators.values() if any(e.denominator for e in i.edition)]
    )
    made = _of_shares(_joined(rows[shares], catalogue, counts, regions), catalogue)
    counts = pd.concat([counts[~counts["indicator"].isin(made["indicator"].unique())], made], ignore_index=True)
    return pd.concat([rows[own & ~shares], made, _joined(rows[~own], catalogue, counts, regions)], ignore_index=True)


def _of_shares(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Turn denominators that are a share of another one (mantelzorgers: per cent of adults) into counts."""
    per = rows["indicator"].map(lambda i: catalogue.indicator(i).per).astype(float)
    return rows.assign(value=rows["value"] * rows["denominator"] / per, denominator=np.nan, lower=np.nan, upper=np.nan)


def _joined(rows: pd.DataFrame, catalogue: Catalogue, counts: pd.DataFrame, regions: Regions) -> pd.DataFrame:
    names = rows[["indicator", "source", "age"]].drop_duplicates()
    names["population"] = [_population(catalogue, *key) for key in names.itertuples(index=False)]
    rows = rows.merge(names, on=["indicator", "source", "age"], how="left")
    done = [rows[rows["population"] == ""]]
    for (population, source), group in rows[rows["population"] != ""].groupby(["population", "source"], sort=False):
        places = group[_PLACE].drop_duplicates()
        known = counts[(counts["indicator"] == population) & counts["value"].notna()]
        order = [e.source for e in catalogue.indicator(str(population)).edition]
        order.sort(key=lambda s: s != source)  # the source's own count first, the others as declared
        places = places.assign(**_lent(places, known[known["source"].isin(order)], order, regions))
        done.append(_rates(group.drop(columns="denominator").merge(places, on=_PLACE, how="left"), catalogue))
    return pd.concat(done, ignore_index=True)[COLUMNS]


_PLACE = ["level", "region", "region_year", "period"]


def _population(catalogue: Catalogue, indicator: str, source: str, age: str) -> str:
    edition = catalogue.indicator(indicator).editions(source)[0]
    by_age = {} if edition.ages else catalogue.source(source).denominators
    return by_age.get(age, edition.denominator) if edition.denominator else ""


def _rates(group: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Compute the values that are a numerator over a denominator; without a denominator there is no value."""
    per = group["indicator"].map({i: catalogue.indicator(i).per for i in group["indicator"].unique()})
    both = group["estimated"].ne("") & group["why"].ne("") & group["estimated"].ne(group["why"])
    group["estimated"] = group["estimated"].where(group["estimated"].ne(""), group["why"])
    group.loc[both, "estimated"] += "; " + group.loc[both, "why"]
    computed = group["value"].isna() & group["numerator"].notna() & (group["denominator"] > 0)
    group.loc[computed, "value"] = (group["numerator"] / group["denominator"] * per)[computed]
    without = group["value"].isna() & group["status"].isin(["ok", "provisional"])
    group.loc[without, "status"] = "missing"
    return group


def _lent(places: pd.DataFrame, known: pd.DataFrame, order: list[str], regions: Regions) -> dict[str, pd.Series]:
    """Return the count of each place (`denominator`) and why it is an approximation (`why`)."""
    found = pd.DataFrame({"value": np.nan, "why": ""}, index=places.index)
    keys = pd.MultiIndex.from_frame(places[["region", "region_year", "period"]])
    for candidate in order:
        lent = known[known["source"] == candidate].set_index(keys.names)[["value", "estimated"]]
        _take(found, lent.reindex(keys).set_index(places.index))
    for (period, year, level), rest in places[found["value"].isna()].groupby(["period", "region_year", "level"]):
        lent = _nearest(known, order, str(period), int(year), str(level), regions)
        _take(found, lent.reindex(rest["region"]).set_index(rest.index))
    return {"denominator": found["value"], "why": found["why"]}


def _take(found: pd.DataFrame, lent: pd.DataFrame) -> None:
    fill = found.loc[lent.index, "value"].isna() & lent["value"].notna()
    rows = fill[fill].index
    found.loc[rows, "value"] = lent.loc[rows, "value"]
    found.loc[rows, "why"] = lent.loc[rows, "estimated"]


def _nearest(
    known: pd.DataFrame, order: list[str], period: str, year: int, level: str, regions: Regions
) -> pd.DataFrame:
    """Return per region the count of the nearest period in which its code stood for the same area."""
    lent = known[known["level"] == level].copy()
    lent["distance"] = (lent["period"].str[:4].astype(int) - int(period[:4])).abs()
    lent["rank"] = lent["source"].map(order.index)
    if level in ("WK", "BU"):
        lent = lent[lent["region_year"] == year]
    elif level == "GM":
        changed = {y: regions.changed(int(y), year) for y in lent["region_year"].unique()}
        lent = lent[[c not in changed[y] for c, y in zip(lent["region"], lent["region_year"], strict=True)]]
    lent = lent.sort_values(["distance", "rank"], kind="stable").drop_duplicates("region").set_index("region")
    other = "noemer van " + lent["period"] + np.where(lent["estimated"] != "", "; ", "") + lent["estimated"]
    return pd.DataFrame({"value": lent["value"], "estimated": other.where(lent["period"] != period, lent["estimated"])})
