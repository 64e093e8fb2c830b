"""One table of a region's own: from its file to declarations and observations, or to every fault at once."""

import datetime as dt
import math
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from kavelmon import regions
from kavelmon.declarations import Catalogue, Local, near
from kavelmon.local import checks, codes, columns, declared, gate, grid, numbers
from kavelmon.local.checks import Read
from kavelmon.local.columns import Figure
from kavelmon.local.grid import Faults, shown
from kavelmon.model import Indicator, SourceError
from kavelmon.source_model import Disclosure
from kavelmon.store import COLUMNS

STATUSES = {
    "": "ok",
    "ok": "ok",
    "definitief": "ok",
    "voorlopig": "provisional",
    "provisional": "provisional",
    "onderdrukt": "suppressed",
    "geheim": "suppressed",
    "suppressed": "suppressed",
    "ontbreekt": "missing",
    "missing": "missing",
}
_AMOUNTS = ("euro", "km", "m²", "m2", "hectare")


@dataclass(frozen=True)
class Table:
    """A table that was read and found right.

    Attributes
    ----------
    local
        What it declares.
    rows
        Its observations (`kavelmon.store.COLUMNS`), the counts that are its denominators among them.
    path
        Its file.
    """

    local: Local
    rows: pd.DataFrame
    path: Path


def read(
    path: Path,
    table: declared.LocalTable,
    catalogue: Catalogue,
    known: regions.Regions,
    references: Mapping[str, float],
    today: dt.date,
) -> Table:
    """Read a table and check every cell of it.

    Parameters
    ----------
    references
        The latest value of the country, by indicator.
    today
        No period lies after it.

    Raises
    ------
    SourceError
        What looks personal, before anything else; else every fault with its row and column.
    """
    sheet = grid.read(path, table.sheet)
    items = declared.known(table, catalogue)
    layout, wrong = columns.layout_of(sheet, items)
    amounts = any(unit in i.unit.lower() for i in items.values() for unit in _AMOUNTS)
    days = {layout.keys["period"]} if "period" in layout.keys else set()
    gate.guard(sheet, figures=layout.figures, days=days, amounts=amounts)
    grid.refuse(wrong)
    figures = columns.figures_of(sheet, layout)
    if not figures:
        raise SourceError(f"{path.name}: no figure below the column names; put the figures in it")
    found = _figures(path, sheet, figures, table, items, catalogue, known, today)
    faults = Faults(sheet)
    by_indicator: dict[str, list[Read]] = defaultdict(list)
    for one in found:
        by_indicator[one.figure.indicator].append(one)
    for name, group in by_indicator.items():
        _formula(group, items[name], table.indicator.get(name, declared.LocalIndicator()), faults)
    faults.close()
    for name, group in by_indicator.items():
        for one in group:
            checks.within(one, items[name], faults)
        checks.as_shares(group, items[name], references.get(name, math.nan), faults)
    faults.close()
    if isinstance(table.disclosure, Disclosure):
        _thresholds(path, by_indicator, items, table, table.disclosure, faults)
    counted = {n for n, group in by_indicator.items() if _is_counted(group)}
    divided = {n: _is_divided(group) for n, group in by_indicator.items()}
    observed = any(not math.isnan(one.n) for one in found)
    local = declared.local(path.stem, table, catalogue, path=path, counted=counted, divided=divided, observed=observed)
    return Table(local, _observations(local, found, counted), path)


def _figures(
    path: Path,
    sheet: grid.Grid,
    figures: list[Figure],
    table: declared.LocalTable,
    items: Mapping[str, Indicator],
    catalogue: Catalogue,
    known: regions.Regions,
    today: dt.date,
) -> list[Read]:
    """Read keys and numbers of every figure."""
    faults = Faults(sheet)
    mark = numbers.decimal_of(figures, table.decimal, faults)
    faults.close()
    judged: dict[tuple[str, int], str] = {}
    found, raw = [], []
    for figure in figures:
        if figure.indicator not in items:
            near_one = near(figure.indicator, items)
            text = "an unknown indicator" if figure.indicator else "no indicator"
            more = f"; nearest: {near_one}; a new one is declared in {path.stem}.toml under [indicator.<id>]"
            faults.add(figure.row, figure.columns["indicator"], text + more)
        period = _period(figure, today, faults)
        region = figure.cells["region"].upper()
        if year := table.region_year or int(period or 0):
            if (region, year) not in judged:
                judged[region, year] = codes.fault_of(region, year, known, catalogue.areas)
            if judged[region, year]:
                faults.add(figure.row, figure.columns["region"], judged[region, year])
        raw.append((figure, region, period))
        read = {name: numbers.number(figure, name, mark, faults) for name in columns.NUMBERS}
        found.append(Read(figure, region, period, _status(figure, read, faults), **read))
    keys = [(figure.row, (figure.indicator, region, period)) for figure, region, period in raw]
    ones = [
        one.denominator == 1 and one.numerator in (0, 1)
        for one in found
        if not math.isnan(one.numerator + one.denominator)
    ]
    gate.one_row_a_person(sheet, keys, ones)
    first: dict[tuple[str, str, str], int] = {}
    for one in found:
        if (row := first.setdefault(one.key, one.figure.row)) != one.figure.row:
            text = f"the same indicator, region and period as on row {row}; keep one of the two"
            faults.add(one.figure.row, one.figure.columns["region"], text)
    faults.close()
    return found


def _period(figure: Figure, today: dt.date, faults: Faults) -> str:
    cell = figure.cells["period"]
    match = re.fullmatch(r"(\d{4})(?:JJ00)?", cell)
    if not match or int(match[1]) < 2000:
        text = f"{shown(cell)} is no year; write a year from 2000 on, as 2024"
        faults.add(figure.row, figure.columns["period"], text)
        return ""
    if int(match[1]) > today.year:
        text = f"{match[1]} lies in the future (today: {today.year}); mend the year"
        faults.add(figure.row, figure.columns["period"], text)
        return ""
    return match[1]


def _status(figure: Figure, read: Mapping[str, float], faults: Faults) -> str:
    cell = figure.cells.get("status", "")
    empty = math.isnan(read["value"]) and math.isnan(read["numerator"])
    if cell.lower() not in STATUSES:
        text = f"{shown(cell)} is no status; allowed: {', '.join(filter(None, STATUSES))}, or empty"
        faults.add(figure.row, figure.columns["status"], text)
        return "missing"
    status = STATUSES[cell.lower()]
    if status in ("suppressed", "missing") and not empty:
        faults.add(
            figure.row, figure.columns["status"], f'"{cell}", and there is a figure; leave that empty, or the status'
        )
    if status == "provisional" and empty:
        faults.add(
            figure.row, figure.columns["status"], f'"{cell}", and there is no figure; give it, or write "missing"'
        )
    return "missing" if empty and status == "ok" else status


def _is_counted(group: list[Read]) -> bool:
    """Tell whether every figure of an indicator has its numerator, so that values are made of these."""
    known = [one for one in group if one.known]
    return bool(known) and all(not math.isnan(one.numerator) for one in known)


def _is_divided(group: list[Read]) -> bool:
    return any(not math.isnan(one.denominator) for one in group)


def _formula(group: list[Read], item: Indicator, one: declared.LocalIndicator, faults: Faults) -> None:
    """Note figures that lack what the others of their indicator have, or what a larger area is made of."""
    first = group[0]
    if not any(figure.known for figure in group):
        text = f"every figure of {item.id} is empty; leave its rows out, or give its figures"
        faults.add(first.figure.row, first.where("value", "numerator"), text)
        return
    if item.rollup == "sum":
        return
    divided = _is_divided(group)
    for figure in group:
        if divided and figure.known and math.isnan(figure.denominator):
            text = f"no denominator, which other figures of {item.id} have; give it in every row with a figure"
            faults.add(figure.figure.row, figure.where("denominator"), text)
    usual = declared.usual(one, item)
    if divided and one.denominator:
        text = f"a denominator, and indicator.{item.id}.denominator too; keep one of the two"
        faults.add(first.figure.row, first.where("denominator"), text)
    needs = item.rollup == "mean" or any(not math.isnan(f.numerator) for f in group)
    if needs and not divided and not usual:
        text = (
            f"the figures of {item.id} have no denominator, so that none can be made for an area; add a column "
            f'"noemer", or denominator under [indicator.{item.id}] (such as "inwoners"), or rollup = "none"'
        )
        faults.add(first.figure.row, first.where("numerator", "value"), text)


def _thresholds(
    path: Path,
    groups: Mapping[str, list[Read]],
    items: Mapping[str, Indicator],
    table: declared.LocalTable,
    rule: Disclosure,
    faults: Faults,
) -> None:
    for name, group in groups.items():
        for one in group:
            if table.method == "survey" and one.known and math.isnan(one.n) and items[name].rollup != "sum":
                text = 'a figure of a survey without how many people answered; give that in a column "aantal"'
                faults.add(one.figure.row, one.where("n", "value", "numerator"), text)
            checks.under_threshold(one, items[name], rule, faults)
    faults.close()


_NOTHING = {"numerator": np.nan, "denominator": np.nan, "lower": np.nan, "upper": np.nan, "method": ""}


def _observations(local: Local, found: list[Read], counted: set[str]) -> pd.DataFrame:
    source = local.source
    rows: list[dict] = []
    observed: dict[tuple[str, str], float] = {}
    places: dict[tuple[str, str], dict] = {}
    for one in found:
        name = one.figure.indicator
        place = {
            "source": source.id,
            "level": regions.level_of(one.region),
            "region": one.region,
            "region_year": source.indeling(one.period),
            "period": one.period,
            "age": "",
        }
        provisional = one.status == "ok" and one.period in source.provisional
        edition = local.editions.get(name) or local.indicators[name].edition[0]
        rows.append(
            {
                **place,
                "indicator": name,
                "value": np.nan if name in counted else one.value,
                "numerator": one.numerator,
                "denominator": np.nan,
                "lower": one.lower,
                "upper": one.upper,
                "method": "" if math.isnan(one.lower) else "bron",
                "status": "provisional" if provisional else one.status,
                "estimated": edition.estimated,
            }
        )
        if not math.isnan(one.denominator):
            of = declared.denominator_of(source.id, name)
            rows.append(
                {**place, **_NOTHING, "indicator": of, "value": one.denominator, "status": "ok", "estimated": ""}
            )
        if not math.isnan(one.n):
            key = one.region, one.period
            observed[key] = min(one.n, observed.get(key, math.inf))
            places[key] = place
    if (of := declared.observed_of(source.id)) in local.denominators:
        rows += [
            {**places[key], **_NOTHING, "indicator": of, "value": n, "status": "ok", "estimated": ""}
            for key, n in observed.items()
        ]
    return pd.DataFrame(rows)[COLUMNS]
