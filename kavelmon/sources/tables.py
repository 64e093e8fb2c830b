"""Tables with one row per region: StatLine exports and what others made of them.

StatLine pads its keys with spaces and numbers its topics (``Roker_11``); that number moves between editions, so topics
are found by their base name.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from kavelmon.model import COUNTRY, SourceError
from kavelmon.regions import Regions, gemeente_of, level_of
from kavelmon.source_model import Reading, Source
from kavelmon.sources import files, forms, periods

KEY = ["region", "period", "age"]
IMPOSSIBLE, TAKEN_OUT = 1, 2  # there can be no figure; there was one, and it was wrong
_BLANK = " is blank"  # behind the name of a topic: whether its cell is
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


@dataclass(frozen=True)
class Wide:
    """What a loader returns: one row per region, period and age, one column per topic (floats, NaN = missing).

    Attributes
    ----------
    lower, upper
        The same rows; None when the source publishes no margins.
    reasons
        The same rows: why there is no figure, where the source tells (`IMPOSSIBLE`, `TAKEN_OUT`), else 0; None when it
        tells of none.
    provisional
        Periods that the publisher calls provisional.
    """

    frame: pd.DataFrame
    lower: pd.DataFrame | None = None
    upper: pd.DataFrame | None = None
    reasons: pd.DataFrame | None = None
    provisional: tuple[str, ...] = ()


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
    parts = [_one(source, path, sorted(set(topics)), regions) for path in paths]
    return together(parts)


def together(parts: list[pd.DataFrame]) -> Wide:
    """Put what `cells` gave of each part of a source into one wide table; a key may stand there once."""
    every = pd.concat(parts, ignore_index=True)
    _refuse_double(every)
    provisional = every.loc[every["_provisional"], "period"].unique() if "_provisional" in every else ()
    every = every.drop(columns=["_line", "_file", "_provisional"], errors="ignore")
    blanks = [column for column in every if column.endswith(_BLANK)]
    kinds = {}
    for kind, rows in every.groupby("margin"):
        kinds[str(kind)] = rows.drop(columns="margin").set_index(KEY).sort_index()
    if "value" not in kinds:
        raise SourceError(f"{parts[0]['_file'].iat[0]}: no rows with the value itself, only margins; fetch it again")
    blank = kinds["value"][blanks].fillna(False).astype(bool)
    frame = kinds["value"].drop(columns=blanks)
    margins = {k: kinds[k].drop(columns=blanks).reindex(frame.index) for k in ("lower", "upper") if k in kinds}
    reasons = blank.rename(columns=lambda name: name.removesuffix(_BLANK)).astype("int8") * IMPOSSIBLE
    return Wide(
        frame,
        margins.get("lower"),
        margins.get("upper"),
        reasons if blank.to_numpy().any() else None,
        tuple(sorted(map(str, provisional))),
    )


def _one(source: Source, path: Path, topics: list[str], regions: Regions) -> pd.DataFrame:
    form = forms.recognised(path, source, topics, regions)
    source, raw = form.source, form.frame
    if len(raw) < source.read.rows:
        raise SourceError(
            f"{path.name}: {len(raw)} rows, expected {source.read.rows}; the file may be cut off, fetch it again (or, "
            f"if the publisher took rows out, change read.rows in sources/{source.id}.toml)"
        )
    raw["_line"] = form.lines
    out = checked(cells(source, raw, path, topics, regions), source, path, topics, regions)
    return out.assign(_provisional=out["period"].isin(form.provisional))


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

    def text(column: str) -> pd.Series:
        return raw[columns.get(column, column)].astype("str").str.strip()

    codes = _codes(text(read.region), source, path, raw["_line"], regions)
    out = pd.DataFrame({"region": codes, "_line": raw["_line"]})
    out["period"] = text(period).map(lambda p: _period(p, path)) if period else _fixed_period(source, path)
    out["age"] = _translated(text(read.age), read.ages, path, raw["_line"]) if read.age else TOTAL
    out["margin"] = _translated(text(read.margin), MARGINS, path, raw["_line"]) if read.margin else "value"
    for topic in topics:
        column = raw[columns.get(topic, topic)]
        out[topic] = files.to_numbers(column.reset_index(drop=True), path, read)
    if source.kind == "statline":
        missing = {t: text(t)[out[t].isna()] for t in topics}
        if any((words == ".").any() for words in missing.values()) if untyped is None else untyped:
            for topic, words in missing.items():
                out[is_blank(topic)] = (words == "").reindex(out.index, fill_value=False)
    out = out[out["region"].notna() & ~out["region"].isin(read.drop)]
    out["_file"] = path.name
    return out


def is_blank(topic: str) -> str:
    """Return the name of the column that tells where a topic is blank."""
    return f"{topic}{_BLANK}"


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


def _codes(cells: pd.Series, source: Source, path: Path, lines: pd.Series, regions: Regions) -> pd.Series:
    read = source.read
    if read.region_labels:
        known = {**codes_by_name(source, source.period or str(source.region_year), regions), "NEDERLAND": COUNTRY}
        codes = cells.str.upper().map(known).fillna(cells.map(plain).map(known))
        codes = codes.mask(cells.str.contains(_OTHER_LEVELS))  # the province of Groningen is not the gemeente
        wrong = codes.isna() & ~cells.str.contains(_OTHER_LEVELS)
    else:
        codes = (read.region_prefix + cells).mask(cells.isin(["NL00", "NL01", "NL"]), COUNTRY)
        other = codes.str.contains(_OTHER_LEVELS)
        good = codes.map(level_of).ne("") | codes.isin(read.drop)
        wrong = ~good & ~other
    codes = codes.where(codes.fillna("").map(level_of).ne("") | codes.isin(read.drop))
    if wrong.any():
        first = wrong[wrong].index[0]
        raise SourceError(
            f'{path.name}, line {lines[first]}, column "{read.region}": {cells[first]!r} is no region that is known in '
            f"the indeling of this file; allowed: codes as GM0294, WK029400, BU02940000"
            f"{' or names as CBS writes them' if read.region_labels else ''}; mend it, or declare it in [read]"
        )
    return codes


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


def _translated(cells: pd.Series, words: dict[str, str], path: Path, lines: pd.Series) -> pd.Series:
    out = cells.map(words)
    if out.isna().any():
        first = out[out.isna()].index[0]
        raise SourceError(
            f"{path.name}, line {lines[first]}: {cells[first]!r} is not expected there; allowed: {', '.join(words)}; "
            "when the publisher added it, declare it in [read]"
        )
    return out


def _refuse_double(rows: pd.DataFrame) -> None:
    double = rows.duplicated([*KEY, "margin"], keep=False)
    if double.any():
        first = rows[double].sort_values([*KEY, "margin"], kind="stable").head(2)
        places = " and ".join(f"{f}, line {n}" for f, n in zip(first["_file"], first["_line"], strict=True))
        key = ", ".join(str(v) for v in first.iloc[0][KEY] if v)
        raise SourceError(f"{places}: the same key twice ({key}); keep one of the two rows or files")


def checked(out: pd.DataFrame, source: Source, path: Path, topics: list[str], regions: Regions) -> pd.DataFrame:
    """Drop rows of abolished gemeenten that are empty; refuse unknown ones and a file that lacks some."""
    gemeente = out["region"].map(lambda c: c if c.startswith("GM") else gemeente_of(c) if c[:2] in ("WK", "BU") else "")
    kept = []
    for period, rows in out.groupby("period", sort=False):
        year = source.indeling(str(period))
        valid = regions.valid(year)
        codes = gemeente[rows.index]
        known = codes.isin(valid) | codes.eq("")
        stray = rows[~known & rows[topics].notna().any(axis=1)] if topics else rows[~known]
        if len(stray):
            raise SourceError(
                f"{path.name}, line {stray['_line'].iat[0]}: {stray['region'].iat[0]} does not exist in the indeling "
                f"of {year} (period {period}); mend the code, or region_year in sources/{source.id}.toml"
            )
        rows, present = rows[known], set(rows["region"][known & rows["region"].str.startswith("GM")])
        must = regions.gemeenten(year) & regions.gemeenten(year, month_day="12-31")
        if source.read.complete and present and (absent := sorted(must - present)):
            raise SourceError(
                f"{path.name}: {len(absent)} gemeenten of {period} are not there ({', '.join(absent[:4])}"
                f"{', ...' if len(absent) > 4 else ''}; found {len(present)}, expected {len(must)}); the file may be "
                "cut off, fetch it again"
            )
        kept.append(rows)
    return pd.concat(kept)
