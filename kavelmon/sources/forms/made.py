"""A table with labels, made one with codes: every label must stand for something, and nothing may be missing."""

from collections.abc import Callable, Sequence
from math import prod
from pathlib import Path

import numpy as np
import pandas as pd

from kavelmon.model import SourceError
from kavelmon.regions import Regions
from kavelmon.source_model import Source
from kavelmon.sources import periods
from kavelmon.sources.forms import coded, digits, labels, titles
from kavelmon.sources.forms.layout import AGE, MARGIN, PERIOD, REGION, REST, WHERE, Table

_SMALL = ("WijkenEnBuurten", "Wijken")
_MANY = 30  # so many whole numbers are no coincidence where a figure has a decimal
_NAMED = {AGE: "the age group", MARGIN: "value and bounds", PERIOD: "the period"}


def codes(
    table: Table, source: Source, asked: Sequence[str], path: Path, regions: Regions
) -> tuple[pd.DataFrame, Source, np.ndarray, tuple[str, ...]]:
    """Turn the labels of a table into codes and its numbers into plain ones.

    Returns
    -------
    tuple
        The frame with the columns of `source.read`, the source that fits it, the line of each row, the periods that
        the file calls provisional.

    Raises
    ------
    SourceError
        For a label that stands for nothing that is known, a breakdown that is not there or that the source does not
        know, rows that are missing, and numbers that can be read in two ways.
    """
    read, frame = source.read, table.frame
    _breakdowns(table, source, path)
    out = pd.DataFrame(index=frame.index)
    labelled, marked = _periods(table, source, path)
    if read.period:
        out[read.period] = labelled
    if read.age:
        out[read.age] = _turned(table, AGE, labels.age(source), path, tuple(read.ages), "the age groups")
    if read.margin:
        words = ("Waarde", "Ondergrens 95%-interval", "Bovengrens 95%-interval")
        out[read.margin] = _turned(table, MARGIN, labels.margin, path, words, "these margins")
    for key, wanted in read.where.items():
        out[key] = _where(table, key, wanted, path)
    whole = out.assign(region=table.codes or frame[REGION])
    _complete(whole, table, path)
    out[read.region] = _regions(table, labelled, source, path, regions)
    for name, plain in zip(asked, _numbers(table, source, asked, path), strict=True):
        out[name] = plain.cells
        marked = marked | np.array(plain.marked, dtype=bool)
    provisional = sorted({periods.parse(p).label for p in labelled[marked]})
    kept = (out[read.region] != labels.OTHER).to_numpy()
    if not any(code[:2] in ("GM", "WK", "BU") for code in set(out.loc[kept, read.region])):
        some = ", ".join(dict.fromkeys(frame[REGION]))
        raise SourceError(
            f'{path.name}, line {table.lines[0]}, column "{table.titles[REGION]}": no gemeenten, wijken or buurten '
            f"(found: {some[:100]}); no area is built from larger regions: choose the gemeenten when exporting"
        )
    update = {"region_labels": False, "region_prefix": "", "decimal": ".", "missing": ("", "."), "delimiter": ""}
    fitting = read.model_copy(update=update | {"columns": {}, "names": {}, "rows": 0})  # a choice may have fewer rows
    return (
        out[kept].reset_index(drop=True),
        source.model_copy(update={"read": fitting}),
        np.array(table.lines)[kept],
        tuple(provisional),
    )


def _breakdowns(table: Table, source: Source, path: Path) -> None:
    """Refuse a table without a breakdown that is declared, and one that is broken down by more than that."""
    read = source.read
    declared = {AGE: read.age, MARGIN: read.margin, PERIOD: read.period, **{f"{WHERE}{k}": k for k in read.where}}
    for role, key in declared.items():
        if key and role not in table.frame.columns:
            raise SourceError(
                f'{path.name}, line {table.line}: no column "{key}" (found: {_shown(table.titles.values())}); its '
                f"figures could be of any: {_NAMED.get(role, f'of {key} only {read.where.get(key)} is read')}; leave "
                f"{key} in the table when exporting"
            )
    for role in (c for c in table.frame.columns if c.startswith(REST)):
        there = list(dict.fromkeys(table.frame[role]))
        if titles.key_of(table.titles[role]) == "Marges" and all(labels.margin(c) == "MW00000" for c in there):
            continue
        if len(there) > 1 or not labels.total(there[0]):
            raise SourceError(
                f'{path.name}, line {table.lines[0]}, column "{table.titles[role]}": found {_shown(there)}; allowed: '
                f"its total only, this source has no such breakdown; choose the total when exporting"
            )


def _shown(values: object, most: int = 4) -> str:
    every = list(dict.fromkeys(values))  # type: ignore[call-overload]
    return ", ".join(f'"{v}"' for v in every[:most]) + (", ..." if len(every) > most else "")


def _periods(table: Table, source: Source, path: Path) -> tuple[pd.Series, np.ndarray]:
    """Return the period of each row, and which rows bear a mark of provisional figures."""
    if PERIOD not in table.frame.columns:
        period = labels.period_of_file(source, path)
        return pd.Series(period, index=table.frame.index), np.zeros(len(table.frame), dtype=bool)
    bare = table.frame[PERIOD].map(lambda c: digits.without_marks(c)[0])
    marked = table.frame[PERIOD].map(lambda c: digits.without_marks(c)[1]).to_numpy(dtype=bool)
    known = {p: labels.period(p) for p in bare.unique()}
    fixed = "" if source.read.period else labels.period_of_file(source, path)
    for i, text in enumerate(bare):
        place = f'{path.name}, line {table.lines[i]}, column "{table.titles[PERIOD]}": {text!r}'
        if not known[text]:
            raise SourceError(
                f"{place} is no period (allowed: 2020, 2020*, 2020 4e kwartaal, 2017-2020); mend it, or export the "
                "table again"
            )
        if fixed and periods.parse(known[text]).label != fixed:
            raise SourceError(f"{place} is another period than that of the source ({fixed}); choose {fixed} only")
    return bare.map(known), marked


def _turned(
    table: Table, role: str, word_of: Callable[[str], str], path: Path, allowed: Sequence[str], what: str
) -> pd.Series:
    cells = table.frame[role]
    known = {c: word_of(c) for c in cells.unique()}
    for i, cell in enumerate(cells):
        if not known[cell]:
            raise SourceError(
                f'{path.name}, line {table.lines[i]}, column "{table.titles[role]}": found {cell!r}; allowed: '
                f"{_shown(allowed, 6)}; choose only {what} that are read when exporting, or declare it in [read]"
            )
    return cells.map(known)


def _where(table: Table, key: str, wanted: str, path: Path) -> pd.Series:
    """Return a declared breakdown, with the code that is wanted in place of the label of its total."""
    cells = table.frame[f"{WHERE}{key}"]
    there = list(cells.unique())
    totals = [c for c in there if labels.total(c)]
    if wanted not in there and not (labels.total(wanted) and len(totals) == 1):
        raise SourceError(
            f'{path.name}, line {table.lines[0]}, column "{table.titles[f"{WHERE}{key}"]}": found {_shown(there)}; '
            f"allowed: {wanted}{' or its one total' if labels.total(wanted) else ', whose label is not known'}; choose "
            "it when exporting, or download the raw table, with codes"
        )
    return cells if wanted in there else cells.replace({totals[0]: wanted})


def _complete(whole: pd.DataFrame, table: Table, path: Path) -> None:
    """Refuse a table that has not every region for every choice: its end was lost, or rows were taken out."""
    names = list(whole.columns)
    double = whole.duplicated(names, keep=False)
    if double.any():
        same = whole[double].sort_values(names, kind="stable").head(2)
        one, two = (table.lines[i] for i in same.index)
        key = ", ".join(_choice(table, same.index[0], REGION))
        raise SourceError(f"{path.name}, lines {one} and {two}: the same key twice ({key}); keep one of the two")
    expected = prod(whole[name].nunique() for name in names)
    if len(whole) != expected:
        rows = whole.groupby([n for n in names if n != "region"], sort=False)["region"].transform("size")
        which = ", ".join(_choice(table, rows.idxmin()))
        raise SourceError(
            f"{path.name}, line {table.lines[-1]}: {len(whole)} rows, expected {expected}: every region for every "
            f"choice (fewest: {which}); the file may be cut off, export the table again, without hiding rows"
        )


def _choice(table: Table, row: int, *more: str) -> list[str]:
    """Return what a row is of, in the words of the file."""
    roles = [r for r in table.frame.columns if r in (PERIOD, AGE, MARGIN) or r.startswith(WHERE)]
    return [table.frame.at[row, role] for role in (*roles, *more)]


def _regions(table: Table, labelled: pd.Series, source: Source, path: Path, regions: Regions) -> pd.Series:
    """Return the region code of each row; `labels.OTHER` for a level that no area is built from."""
    cells = pd.Series(table.codes) if table.codes else table.frame[REGION]
    shown = "Codering" if table.codes else table.titles[REGION]
    small = source.read.region in _SMALL or titles.key_of(table.titles[REGION]) in _SMALL
    if small and not cells.map(lambda c: bool(labels.CODE.fullmatch(c))).all():
        raise SourceError(
            f'{path.name}, line {table.lines[0]}, column "{shown}": found {_shown(cells)}; names of wijken and buurten '
            "are not unique, allowed: codes; choose the topic Codering along with the others when exporting"
        )
    years = {p: source.indeling(periods.parse(p).label) for p in labelled.unique()}
    names = {year: labels.Names(source, year, regions) for year in set(years.values())}
    pairs = list(zip(labelled.map(years), cells, strict=True))
    known = {(year, label): names[year].of(label) for year, label in set(pairs)}
    for i, pair in enumerate(pairs):
        if not known[pair].code:
            raise coded.unknown(path, table.lines[i], shown, pair[1], known[pair].why)
    return pd.Series([known[pair].code for pair in pairs], index=table.frame.index)


def _numbers(table: Table, source: Source, asked: Sequence[str], path: Path) -> list[digits.Plain]:
    columns = [digits.Column(table.titles[name], list(table.frame[name]), table.lines) for name in asked]
    sure = source.read.decimal if "decimal" in source.read.model_fields_set else ""
    out = digits.plain(columns, path, sure, table.others)
    shares = [p for name, p in zip(asked, out, strict=True) if table.units[name].startswith(("%", "procent"))]
    numbers = [c for p in shares for c in p.cells if c not in ("", digits.UNKNOWN)]
    if source.method != "register" and len(numbers) >= _MANY and all(map(str.isdigit, numbers)):
        raise SourceError(
            f"{path.name}, line {table.lines[0]}: all {len(numbers)} percentages are whole numbers (found: "
            f"{', '.join(numbers[:3])}; expected: one decimal, as {source.table} has); they were rounded: export the "
            "table again, and do not open it in between"
        )
    return out
