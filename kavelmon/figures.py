"""Figures of any region: what the page shows, the API returns and the command line prints.

Everything goes through `series`; so these three cannot differ.
"""

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import pandas as pd

from kavelmon import declarations, store
from kavelmon.model import COUNTRY, Area, Edition, Indicator, NotAggregable, NotFoundError
from kavelmon.places import Place, place
from kavelmon.regions import gemeente_of, level_of
from kavelmon.rollup import Weigh, country, interval, parts_of, roll_up

COLUMNS = [
    "indicator",
    "edition",
    "region",
    "region_name",
    "level",
    "region_year",
    "period",
    "age",
    "value",
    "unit",
    "numerator",
    "denominator",
    "lower",
    "upper",
    "method",
    "status",
    "estimated",
    "coverage",
    "note",
]
_UNIT_LEVELS = ("GM", "WK", "BU")


def default_age(edition: Edition) -> str:
    """Return the age group that figures are of when nobody asks for another one: the first of edition or source."""
    source = declarations.default().source(edition.source)
    return next(iter(edition.ages or source.read.ages.values()), "")


def editions(item: Indicator) -> list[Edition]:
    """Return the editions that the stores hold figures of, in declared order."""
    held = store.held()
    return [e for e in item.edition if e.source in held]


def observations(
    indicator: str | Sequence[str],
    region: str | Area | Iterable[str] = COUNTRY,
    *,
    level: str = "",
    period: str = "",
    edition: str = "",
    age: str | None = None,
    latest: bool = False,
) -> pd.DataFrame:
    """Return the figures of one or more indicators.

    Parameters
    ----------
    indicator
        Id, or ids, of indicators or denominators.
    region
        Area id, code (GM, WK, BU, NL), `Area`, or list of codes.
    level
        Empty for the figure of the region itself; ``GM``, ``WK`` or ``BU`` for each unit inside it.
    period
        One period (``"2020"``); empty for all.
    edition
        Source id; empty for the default edition: the first declared one that has figures.
    age
        Age group of the source (``"65+"``); None for its first one.
    latest
        Only the last period that has a figure.

    Returns
    -------
    pandas.DataFrame
        The columns `COLUMNS`, one row per indicator, region and period. `value`, `lower` and `upper` are in `unit`;
        `coverage` is a share (0 to 1); NaN is a missing figure, with its reason in `status` and `note`.

    Raises
    ------
    NotFoundError
        An unknown indicator, region, level or edition.
    """
    items = [declarations.default().indicator(i) for i in ([indicator] if isinstance(indicator, str) else indicator)]
    if level and level not in _UNIT_LEVELS:
        raise NotFoundError(f'unknown level "{level}"; use GM, WK, BU, or leave it out for the region itself')
    spot = place(region)
    wanted = {i.id: [e for e in editions(i) if edition in ("", e.source)] for i in items}
    for item in items:
        if not wanted[item.id]:
            held = ", ".join(e.source for e in editions(item)) or "none in this store"
            raise NotFoundError(f'{item.id}: no figures of edition "{edition or "any"}"; editions: {held}')
    rows = _read(items, wanted, spot, level, period)
    frames = []
    for item in items:
        own = rows[rows["indicator"] == item.id]
        for choice in wanted[item.id]:
            of_edition = own[own["source"] == choice.source]
            wanted_age = default_age(choice) if age is None else _known_age(age, item, choice)
            found = series(item, choice, of_edition[of_edition["age"] == wanted_age], spot, level, latest=latest)
            if found["value"].notna().any() or choice is wanted[item.id][-1]:
                frames.append(found)
                break
    return pd.concat(frames, ignore_index=True)


def _known_age(age: str, item: Indicator, edition: Edition) -> str:
    known = {*declarations.default().source(edition.source).read.ages.values()} or {""}
    if age not in known:
        listed = ", ".join(sorted(known - {""})) or "none, its figures are not broken down"
        raise NotFoundError(f'{item.id}: no age group "{age}" in {edition.source}; age groups: {listed}')
    return age


def _read(items, wanted, spot, level, period):
    """Read only the levels that the question needs; wijken and buurten are most of the store."""
    levels = {"NL", "REST", "GM"} | ({level} if level else set()) | {level_of(c) for c in spot.codes}
    pairs = {(i.id, e.source) for i in items for e in wanted[i.id]}
    asked = {"sources": {source for _, source in pairs}, "periods": [period] if period else []}
    rows = store.read([i.id for i in items], levels=levels, **asked)
    # an indicator without any gemeente row in an edition is made of wijken, or buurten
    large = rows.loc[rows["level"] == "GM", ["indicator", "source"]].drop_duplicates()
    small = pairs - set(large.itertuples(index=False, name=None))
    if small:
        more = store.read(sorted({i for i, _ in small}), levels={"WK", "BU"} - levels, **asked)
        keys = zip(more["indicator"], more["source"], strict=True)
        rows = pd.concat([rows, more[[key in small for key in keys]]], ignore_index=True)
    return rows


def series(
    item: Indicator, edition: Edition, rows: pd.DataFrame, spot: Place, level: str, *, latest: bool = False
) -> pd.DataFrame:
    """Return the figures of one edition for a place, or for each unit of `level` inside it, by period.

    With `latest` only the last period that has a figure; the last one of all when none has.
    """
    frames: list[pd.DataFrame] = []
    for _, part in sorted(rows.groupby("period"), reverse=True):
        found = _units(item, edition, part, spot, level)
        year = found.get("region_year", part["region_year"].iat[0])
        frames.append(found.assign(period=part["period"].iat[0], region_year=year, age=part["age"].iat[0]))
        if latest and found["value"].notna().any():
            frames = frames[-1:]
            break
    if latest:
        frames = frames[:1]
    frame = pd.concat(frames[::-1], ignore_index=True) if frames else pd.DataFrame()
    frame = frame.reindex(columns=COLUMNS)
    texts = {c: frame[c].astype("object").fillna("") for c in ("method", "status", "estimated", "note", "age")}
    return frame.assign(**texts, indicator=item.id, edition=edition.source, unit=item.unit)


def _units(item: Indicator, edition: Edition, part: pd.DataFrame, spot: Place, level: str) -> pd.DataFrame:
    """Return one row per unit, of one period: as published where that is possible, else rolled up."""
    regions = store.regions()
    if level == "GM" and spot.codes:  # today's gemeenten: a merged one is the sum of its predecessors
        return _gemeenten(item, edition, part, {c if c.startswith("GM") else gemeente_of(c) for c in spot.codes})
    if level or spot.level == "REST":
        units = part[part["level"] == (level or "REST")]
        if spot.codes and len(units):
            units = parts_of(units, spot.codes, regions).rows
        return _published(item, edition, units)
    if spot.level == "NL":
        found = country(item, edition, part, _every(edition, part), _weigh(edition, part))
        figure = {"region": COUNTRY, "level": "NL", **found}
    else:
        figure = {"region": spot.id, "level": spot.level, **_one(item, edition, part, spot.codes)}
    small = spot.level in ("WK", "BU")  # a wijk has the name of the year that its code is of
    title = regions.name(spot.id, int(part["region_year"].iat[0])) if small else spot.title
    return pd.DataFrame([figure]).assign(region_name=title)


def _gemeenten(item: Indicator, edition: Edition, part: pd.DataFrame, codes: Collection[str]) -> pd.DataFrame:
    """Return today's gemeenten: as published where nothing was merged or divided since, else the sum of the parts."""
    regions = store.regions()
    changed = regions.changed(int(part["region_year"].iat[0]), regions.current_year)
    rows = part[(part["level"] == "GM") & part["region"].isin(set(codes) - changed)]
    kept = _published(item, edition, rows)
    made = [
        {"region": c, "level": "GM", **_one(item, edition, part, (c,))} for c in sorted({*codes} - {*rows["region"]})
    ]
    found = pd.concat([kept, pd.DataFrame(made)]) if made else kept
    found = found.sort_values("region", ignore_index=True)
    return found.assign(region_name=found["region"].map(regions.name), region_year=regions.current_year)


def _published(item: Indicator, edition: Edition, units: pd.DataFrame) -> pd.DataFrame:
    if item.rollup == "mean":
        units = store.with_numerators(units, item.per)
    if edition.interval:
        found = [interval(item, edition, row) for row in units.to_dict("records")]
        units = units.assign(**{k: [f.get(k, u) for f, u in zip(found, units[k], strict=True)] for k in _BOUNDS})
    if edition.value:
        units = units.assign(estimated=edition.estimated)
    names = [store.regions().name(c, y) for c, y in zip(units["region"], units["region_year"], strict=True)]
    return units.assign(region_name=names, coverage=units["value"].notna().astype(float))


_BOUNDS = ("lower", "upper", "method")


def _one(item: Indicator, edition: Edition, part: pd.DataFrame, codes: tuple[str, ...]) -> dict:
    parts = parts_of(part, codes, store.regions())
    try:
        return roll_up(item, edition, parts, _weigh(edition, part))
    except NotAggregable as refusal:
        return {"value": np.nan, "status": "missing", "coverage": np.nan, "note": str(refusal)}


def _weigh(edition: Edition, part: pd.DataFrame) -> Weigh:
    """Return what gives the denominators of gemeenten that a source lacks: of the nearest period, of the same area."""
    period, year = part["period"].iat[0], int(part["region_year"].iat[0])

    def weigh(codes: Collection[str]) -> dict[str, float]:
        if not edition.denominator or not codes:
            return {}
        counts = store.read([edition.denominator], levels=["GM"], regions=codes)
        changed = {y: store.regions().changed(int(y), year) for y in counts["region_year"].unique()}
        same = [c not in changed[y] for c, y in zip(counts["region"], counts["region_year"], strict=True)]
        counts = counts[counts["value"].notna() & np.array(same, dtype=bool)]
        order = [e.source for e in declarations.default().indicator(edition.denominator).edition]
        distance = (counts["period"].str[:4].astype(int) - int(period[:4])).abs()
        counts = counts.assign(distance=distance, rank=counts["source"].map(order.index))
        nearest = counts.sort_values(["distance", "rank"], kind="stable").drop_duplicates("region")
        return dict(zip(nearest["region"], nearest["value"], strict=True))

    return weigh


def _every(edition: Edition, part: pd.DataFrame) -> frozenset[str]:
    """Return the gemeenten of the country, for a source that holds only some of them."""
    if declarations.default().source(edition.source).read.complete:
        return frozenset()
    year = int(part["region_year"].iat[0])
    return store.regions().gemeenten(year) & store.regions().gemeenten(year, month_day="12-31")


def value(
    indicator: str,
    region: str | Area | Iterable[str] = COUNTRY,
    period: str = "",
    *,
    edition: str = "",
    age: str | None = None,
) -> dict:
    """Return one figure with everything that is known of it.

    Parameters
    ----------
    indicator, region
        As in `observations`.
    period
        One period (``"2020"``); empty for the latest one that has a figure.
    edition, age
        As in `observations`.

    Returns
    -------
    dict
        The columns of `observations`, `source` (publisher, title, table) and `licence`; None where one is missing.

    Raises
    ------
    NotFoundError
        An unknown indicator, region, edition, age or period.
    """
    frame = observations(indicator, region, period=period, edition=edition, age=age, latest=not period)
    if frame.empty:
        item = declarations.default().indicator(indicator)
        every = observations(indicator, region, edition=edition, age=age)
        periods = ", ".join(sorted(every.loc[every["value"].notna(), "period"].unique())) or "none"
        raise NotFoundError(f'{item.id}: no figure of period "{period}"; periods with a figure: {periods}')
    row = frame.iloc[-1].to_dict()
    source = declarations.default().source(row["edition"])
    row["source"] = f"{source.publisher}, {source.title}" + (f" ({source.table})" if source.table else "")
    row["licence"] = source.licence
    return {
        k: (None if isinstance(v, float) and np.isnan(v) else v.item() if isinstance(v, np.generic) else v)
        for k, v in row.items()
    }
