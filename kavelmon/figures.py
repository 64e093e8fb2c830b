"""Figures of any region: what the page shows, the API returns and the command line prints.

Everything goes through `series`; so these three cannot differ.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kavelmon import cells, declarations, store
from kavelmon.cells import Cells
from kavelmon.model import COUNTRY, Area, Edition, Indicator, NotAggregable, NotFoundError
from kavelmon.places import Place, place
from kavelmon.regions import gemeente_of
from kavelmon.rollup import country, interval, parts_of, roll_up
from kavelmon.weights import changed, weighing

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
    as_it_was: bool = False,
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
    as_it_was
        The area as it was made up in each year, by the dates of its members; else today's area in every year.

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
    frames = []
    for item in items:
        for choice in wanted[item.id]:
            wanted_age = default_age(choice) if age is None else _known_age(age, item, choice)
            rows = [c for c in cells_of(item, choice, spot, level, wanted_age) if period in ("", c.period)]
            found = series(item, choice, rows, spot, level, latest=latest, as_it_was=as_it_was)
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


def cells_of(item: Indicator, edition: Edition, spot: Place, level: str = "", age: str | None = None) -> list[Cells]:
    """Return the observations of an edition that a question needs, by period; wijken and buurten only where it does.

    An indicator without any gemeente row in an edition is made of wijken, or buurten.
    """
    key = (edition.source, default_age(edition) if age is None else age)
    levels = {"NL", "REST", "GM"} | ({level} if level else set()) | {c[:2] for c in spot.codes if c[:2] in _UNIT_LEVELS}
    found = cells.load(item.id, levels).get(key, [])
    if any("GM" in one.rows for one in found):
        return found
    return cells.load(item.id).get(key, [])


def series(
    item: Indicator,
    edition: Edition,
    rows: Iterable[Cells],
    spot: Place,
    level: str,
    *,
    latest: bool = False,
    as_it_was: bool = False,
) -> pd.DataFrame:
    """Return the figures of one edition for a place, or for each unit of `level` inside it, by period.

    With `latest` only the last period that has a figure; the last one of all when none has.
    """
    found: list[dict[str, Any]] = []
    for one in sorted(rows, key=lambda c: c.period, reverse=True):
        columns = _units(item, edition, one, spot, level, as_it_was)
        size = len(columns["region"])
        columns |= {"period": [one.period] * size, "age": [one.age] * size}
        columns.setdefault("region_year", [one.year] * size)
        found.append(columns)
        if latest and size and not np.isnan(np.asarray(columns["value"], dtype=float)).all():
            found = found[-1:]
            break
    found = found[:1] if latest else found[::-1]
    nothing = {"method": "", "status": "", "estimated": "", "note": ""}
    made: dict[str, Any] = {}
    for name in COLUMNS:
        parts = [c[name] if name in c else [nothing.get(name, np.nan)] * len(c["region"]) for c in found]
        made[name] = (
            np.concatenate([np.asarray(p, dtype=float) for p in parts])
            if name in _FLOATS and parts
            else [v for p in parts for v in p]
        )
    frame = pd.DataFrame(made, columns=COLUMNS).astype({**dict.fromkeys(_FLOATS, float), "region_year": "int16"})
    return frame.assign(indicator=item.id, edition=edition.source, unit=item.unit)


def newest(item: Indicator, edition: Edition, spot: Place) -> dict[str, Any] | None:
    """Return the last figure of an edition for a place, with its `period`; the last row of all when none has a figure.

    It is the last row of `series` without a frame around it: some ten times as fast, for who is still choosing.
    """
    found = None
    for one in reversed(cells_of(item, edition, spot)):
        columns = _units(item, edition, one, spot, "", as_it_was=False)
        row = {name: content[0] for name, content in columns.items()} | {"period": one.period}
        if not np.isnan(row["value"]):
            return row
        found = found or row
    return found


_FLOATS = ("value", "numerator", "denominator", "lower", "upper", "coverage")


def _units(item: Indicator, edition: Edition, part: Cells, spot: Place, level: str, as_it_was: bool) -> dict[str, Any]:
    """Return one row per unit, of one period: as published where that is possible, else rolled up."""
    regions = store.regions()
    codes = spot.codes_on(part.year) if as_it_was else spot.codes
    if level == "GM" and codes and not as_it_was:  # today's gemeenten: a merged one is the sum of its predecessors
        return _gemeenten(item, edition, part, {c if c.startswith("GM") else gemeente_of(c) for c in codes})
    if level or spot.level == "REST":
        rows = part.rows.get(level or "REST", np.array([], dtype=int))
        if codes and len(rows):
            rows = parts_of(part, codes, regions, level=level, then=as_it_was).rows
        return _published(item, edition, part, rows)
    if spot.level == "NL":
        found = country(item, edition, part, _every(edition, part), weighing(edition, part))
        return _row(found, COUNTRY, "NL", spot.title)
    small = spot.level in ("WK", "BU")  # one code stands for itself, with the name that it has in that year
    found = _one(item, edition, part, codes, then=as_it_was or small)
    return _row(found, spot.id, spot.level, regions.name(spot.id, part.year) if small else spot.title)


def _row(figure: dict, code: str, level: str, title: str) -> dict[str, Any]:
    return {name: [content] for name, content in figure.items()} | {
        "region": [code],
        "level": [level],
        "region_name": [title],
    }


def _gemeenten(item: Indicator, edition: Edition, part: Cells, codes: Collection[str]) -> dict[str, Any]:
    """Return today's gemeenten: as published where nothing was merged or divided since, else the sum of the parts."""
    regions = store.regions()
    other = changed(part.year, regions.current_year)
    wanted = sorted(codes)
    rows = np.array([part.at[c] for c in wanted if c in part.at and c not in other], dtype=int)
    kept = _published(item, edition, part, rows)
    there = set(kept["region"])
    for code in wanted:
        if code not in there:
            figure = _row(_one(item, edition, part, (code,)), code, "GM", "")
            for name in kept:
                kept[name] = [*kept[name], *figure.get(name, [np.nan if name in _FLOATS else ""])]
    order = sorted(range(len(wanted)), key=lambda n: kept["region"][n])
    kept = {name: [content[n] for n in order] for name, content in kept.items()}
    kept["region_name"] = [regions.name(c) for c in kept["region"]]
    return kept | {"region_year": [regions.current_year] * len(wanted)}


def _published(item: Indicator, edition: Edition, part: Cells, rows: np.ndarray) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(part, name)[rows] for name in cells.NUMBERS}
    found |= {name: [getattr(part, name)[n] for n in rows] for name in (*cells.TEXTS, "region", "level")}
    if item.rollup == "mean":
        found["numerator"] = part.numerators(rows, item.per)
    if edition.interval:
        found |= _intervals(item, edition, found)
    if edition.value:
        found["estimated"] = [edition.estimated] * len(rows)
    regions = store.regions()
    found["region_name"] = [regions.name(code, part.year) for code in found["region"]]
    return found | {"coverage": (~np.isnan(found["value"])).astype(float), "note": [""] * len(rows)}


def _intervals(item: Indicator, edition: Edition, found: dict[str, Any]) -> dict[str, Any]:
    rows = [dict(zip(found, row, strict=True)) for row in zip(*found.values(), strict=True)]
    made = [interval(item, edition, row) for row in rows]
    return {k: [m.get(k, row[k]) for m, row in zip(made, rows, strict=True)] for k in ("lower", "upper", "method")}


def _one(item: Indicator, edition: Edition, part: Cells, codes: Collection[str], *, then: bool = False) -> dict:
    try:
        return roll_up(item, edition, parts_of(part, codes, store.regions(), then=then), weighing(edition, part))
    except NotAggregable as refusal:
        return {"value": np.nan, "status": "missing", "coverage": np.nan, "note": str(refusal)}


def _every(edition: Edition, part: Cells) -> frozenset[str]:
    """Return the gemeenten of the country, for a source that holds only some of them."""
    if declarations.default().source(edition.source).read.complete:
        return frozenset()
    regions = store.regions()
    return regions.gemeenten(part.year) & regions.gemeenten(part.year, month_day="12-31")


def value(
    indicator: str,
    region: str | Area | Iterable[str] = COUNTRY,
    period: str = "",
    *,
    edition: str = "",
    age: str | None = None,
    as_it_was: bool = False,
) -> dict:
    """Return one figure with everything that is known of it.

    Parameters
    ----------
    indicator, region
        As in `observations`.
    period
        One period (``"2020"``); empty for the latest one that has a figure.
    edition, age, as_it_was
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
    asked: dict[str, Any] = {"edition": edition, "age": age, "as_it_was": as_it_was}
    frame = observations(indicator, region, period=period, latest=not period, **asked)
    if frame.empty:
        item = declarations.default().indicator(indicator)
        every = observations(indicator, region, **asked)
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
