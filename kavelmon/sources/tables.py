"""Tables with one row per region: StatLine exports and what others made of them.

StatLine pads its keys with spaces and numbers its topics (``Roker_11``); that number moves between editions, so topics
are found by their base name.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kavelmon import shelf
from kavelmon.model import COUNTRY, SourceError
from kavelmon.regions import COUNTRIES, Regions, level_of
from kavelmon.source_model import Reading, Source
from kavelmon.sources import complete, files, forms, periods
from kavelmon.sources.wide import KEY, TAKEN_OUT, Wide, is_blank, together

__all__ = [
    "KEY",
    "MARGINS",
    "TAKEN_OUT",
    "TOTAL",
    "Wide",
    "cells",
    "is_blank",
    "load",
    "together",
]

TOTAL = ""  # the breakdown of a figure that is not broken down
MARGINS = {
    "MW00000": "value",
    "Waarde": "value",
    "MOG0095": "lower",
    "Ondergrens 95%-interval": "lower",
    "MBG0095": "upper",
    "Bovengrens 95%-interval": "upper",
}
# levels of StatLine that no area is built from: provincies, COROP, landsdelen, GGD-regio's, Caribbean, ...
_OTHER_LEVELS = re.compile(r"^(?:PV|CR|LD|GG|CG|VR|AM|JZ|RE|ZK|LB)\d+$|\((?:PV|CR|LD|GG|CG)\)$")


def plain(name: str) -> str:
    """Return a name in capitals, without accents and without what stands between brackets at its end.

    Examples
    --------
    >>> plain("Súdwest-Fryslân"), plain("Groningen (gemeente)")
    ('SUDWEST-FRYSLAN', 'GRONINGEN')
    """
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"\s*\([^)]*\)$", "", text).strip().upper()


def codes_by_name(source: Source, period: str, regions: Regions) -> dict[str, str]:
    """Return gemeente code by name in capitals, with and without the addition between brackets.

    A short name that two gemeenten share (Bergen) is left out; what the source calls them stands in its [read.names].
    """
    valid = sorted(regions.valid(source.indeling(period)))
    short = [plain(regions.name(c)) for c in valid]
    found = {n: c for n, c in zip(short, valid, strict=True) if short.count(n) == 1}
    found |= {regions.name(c).upper(): c for c in valid}
    return found | {n.upper(): c for n, c in source.read.names.items() if c in valid or not c.startswith("GM")}


def load(source: Source, paths: Iterable[Path], topics: Iterable[str], regions: Regions) -> Wide:
    """Read every file of a source.

    Parameters
    ----------
    topics
        Column names (base names for StatLine) that the catalogue asks for.

    Raises
    ------
    SourceError
        For a column, code, number, key or gemeente that is not as declared; the message names file and line.
    """
    names = sorted(set(topics))
    return together(part for path in paths for part in _of_file(source, path, names, regions))


def _of_file(source: Source, path: Path, topics: list[str], regions: Regions) -> Iterator[pd.DataFrame]:
    form = forms.recognised(path, source, topics, regions)
    source, raw = form.source, form.frame
    if len(raw) < source.read.rows:
        raise SourceError(
            f"{path.name}: {len(raw)} rows, expected {source.read.rows}; the file may be cut off, fetch it again (or, "
            f"if the publisher took rows out, change read.rows in sources/{source.id}.toml)"
        )
    raw["_line"] = form.lines
    rows = cells(source, raw, path, topics, regions)
    rows["_provisional"] = rows["period"].isin(form.provisional).to_numpy()
    yield from complete.checked([rows], source, path, topics, regions)


def cells(
    source: Source, raw: pd.DataFrame, path: Path, topics: list[str], regions: Regions, *, untyped: bool | None = None
) -> pd.DataFrame:
    """Read the rows of a table as published: codes, periods, age groups, margins and numbers.

    Parameters
    ----------
    raw
        Text as published, with its line in the column ``_line``.
    path
        Names the table in an error.
    untyped
        Whether a blank cell says something else than a point: that there can be no figure. None: when it has points.

    Returns
    -------
    pandas.DataFrame
        region, _line, period, age, margin ("value", "lower", "upper"), one column of floats per topic and, of an
        untyped table, one that tells where it `is_blank`, _file; without the rows of regions that no area is built
        from.

    Raises
    ------
    SourceError
        For a column, code or number that is not as declared.
    """
    read = source.read
    columns = {**_base_names(raw.columns), **read.columns}
    for key, wanted in read.where.items():
        files.require(raw, [columns.get(key, key)], path)
        raw = raw[raw[columns.get(key, key)].astype("str").str.strip() == wanted]
    if read.periods:
        raw = _unpivot(raw, read, path)
    period = "_period" if read.periods else read.period
    named = [c for c in (read.region, period, read.age, read.margin) if c]
    files.require(raw, [columns.get(c, c) for c in named] + [columns.get(t, t) for t in topics], path)

    def text(column: str) -> pd.Categorical:
        return files.words(raw[columns.get(column, column)])

    lines = raw["_line"].to_numpy()
    code = _codes(text(read.region), source, path, lines, regions)
    out: dict[str, Any] = {"region": code, "_line": lines}
    out["period"] = _periods(text(period), path) if period else shelf.constant(_fixed_period(source, path), len(raw))
    for name, column, known, always in (("age", read.age, read.ages, TOTAL), ("margin", read.margin, MARGINS, "value")):
        out[name] = _translated(text(column), known, path, lines) if column else shelf.constant(always, len(raw))
    words: dict[str, files.Distinct] = {}  # of topics that are text
    for topic in topics:
        column = raw[columns.get(topic, topic)]
        if pd.api.types.is_numeric_dtype(column.dtype):
            out[topic] = files.to_numbers(column, path, read, lines=lines)
        else:
            words[topic] = files.distinct(column)
            out[topic] = files.numbers_of(words[topic], str(column.name), path, read, lines=lines)
    if source.kind == "statline" and (_has_points(words) if untyped is None else untyped):
        nowhere = np.zeros(len(raw), dtype=bool)
        out |= {is_blank(topic): _blank(words[topic]) if topic in words else nowhere for topic in topics}
    out["_file"] = shelf.constant(path.name, len(raw))
    return pd.DataFrame(out, copy=False)[~code.isin(["", *read.drop])].reset_index(drop=True)


def _has_points(words: dict[str, files.Distinct]) -> bool:
    return any("." in column.texts for column in words.values())


def _blank(words: files.Distinct) -> np.ndarray:
    return np.append(words.texts == "", False)[words.codes]  # the last one stands for what is missing (-1)


def _base_names(names: Iterable[str]) -> dict[str, str]:
    """Map base names to the columns that have them; a base name that two columns share is left out."""
    found: dict[str, list[str]] = {}
    for name in map(str, names):
        found.setdefault(re.sub(r"_\d+$", "", name), []).append(name)
    return {base: full[0] for base, full in found.items() if len(full) == 1}


def _unpivot(raw: pd.DataFrame, read: Reading, path: Path) -> pd.DataFrame:
    """Turn columns that are periods (KL02 = 2002) into rows with the topic ``value``."""
    files.require(raw, read.periods, path)
    keys = [read.region, "_line"]
    long = raw.melt(id_vars=keys, value_vars=list(read.periods), var_name="_period", value_name="value")
    return long.assign(_period=long["_period"].map(read.periods))


def _codes(cells: pd.Categorical, source: Source, path: Path, lines: np.ndarray, regions: Regions) -> pd.Categorical:
    """Return the code of each region; none ("") of those that no area is built from."""
    read, texts = source.read, pd.Series(cells.categories, dtype="str")
    if read.region_labels:
        known = {**codes_by_name(source, source.period or str(source.region_year), regions), "NEDERLAND": COUNTRY}
        codes = texts.str.upper().map(known).fillna(texts.map(plain).map(known))
        codes = codes.mask(texts.str.contains(_OTHER_LEVELS))  # the province of Groningen is not the gemeente
        wrong = codes.isna() & ~texts.str.contains(_OTHER_LEVELS)
    else:
        codes = (read.region_prefix + texts).mask(texts.isin(COUNTRIES), COUNTRY)
        wrong = ~_read(codes, read) & ~codes.str.contains(_OTHER_LEVELS)
    codes = codes.fillna("")
    codes = codes.where(_read(codes, read), "")
    if wrong.any():
        first = _first(cells, wrong.to_numpy(dtype=bool))
        raise SourceError(
            f'{path.name}, line {lines[first]}, column "{read.region}": {cells[first]!r} is no region '
            "that is known in the indeling of this file; allowed: codes as GM0294, WK029400, BU02940000"
            f"{' or names as CBS writes them' if read.region_labels else ''}; mend it, or declare it in [read]"
        )
    return shelf.coded(cells.codes, codes.tolist())


def _read(codes: pd.Series, read: Reading) -> pd.Series:
    """Tell which codes are of areas whose figures are read, or are declared to be left out."""
    return codes.map(level_of).ne("") | codes.isin(read.drop)


def _first(cells: pd.Categorical, wrong: np.ndarray) -> int:
    """Return the first row that holds one of the texts that are wrong."""
    return int(np.flatnonzero(wrong[cells.codes])[0])


def _periods(cells: pd.Categorical, path: Path) -> pd.Categorical:
    return shelf.coded(cells.codes, [_period(text, path) for text in cells.categories.tolist()])


def _period(text: str, path: Path) -> str:
    """Write ``2020JJ00`` or ``2020.0`` as 2020; of the periods that stand for a year, the year it is kept under."""
    try:
        period = periods.parse(text)
    except ValueError as error:
        raise SourceError(f"{path.name}: period {error}; mend it") from None
    if period.kind not in periods.YEARLY:
        what = periods.KINDS.get(period.kind, "no year")
        raise SourceError(f"{path.name}: period {text!r} is {what}; only figures of years are read: leave it out")
    return period.label


def _fixed_period(source: Source, path: Path) -> str:
    if source.period:
        return source.period
    found = re.findall(r"(?<!\d)(20\d\d)(?!\d)", path.name)
    if not found:
        raise SourceError(f"{path.name}: no period; give period in sources/{source.id}.toml, or read.period its column")
    return found[0]


def _translated(cells: pd.Categorical, words: dict[str, str], path: Path, lines: np.ndarray) -> pd.Categorical:
    texts = cells.categories
    if (wrong := ~texts.isin(list(words))).any():
        first = _first(cells, wrong)
        raise SourceError(
            f"{path.name}, line {lines[first]}: {cells[first]!r} is not expected there; allowed: "
            f"{', '.join(words)}; when the publisher added it, declare it in [read]"
        )
    return shelf.coded(cells.codes, [words[text] for text in texts.tolist()])
