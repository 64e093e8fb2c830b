"""From the answers of StatLine to a wide table: the rows of every page read as those of an export are."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from kavelmon import shelf
from kavelmon.live import dimensions, pages, wire
from kavelmon.live.ahead import ahead
from kavelmon.live.archive import Answer, Archive
from kavelmon.live.parts import Part
from kavelmon.live.properties import Properties
from kavelmon.regions import Regions
from kavelmon.source_model import Source
from kavelmon.sources import complete, files, periods, tables
from kavelmon.sources.tables import Wide

_AT_ONCE = 30_000  # rows, at least: three pages of StatLine
_PROVISIONAL, _FINAL = ("Voorlopig", "NaderVoorlopig"), "Definitief"


def load(source: Source, parts: list[Part], topics: list[str], regions: Regions, archive: Archive) -> Wide:
    """Read the answers of each table of a source, page by page.

    Raises
    ------
    SourceError
        For a code or number that is not as declared, and for a table that lacks gemeenten of its year.
    """
    names = sorted(set(topics))
    return tables.together(
        page for part in parts if part.answers for page in _part(source, part, names, regions, archive)
    )


def provisional(parts: list[Part], source: Source, archive: Archive) -> tuple[str, ...]:
    """Return the years whose figures are provisional: what the publisher says of a year goes before what is declared.

    Some tables say nothing of it (a status that is null), in v3 and v4 alike.
    """
    provisional: set[str] = set()
    final: set[str] = set()
    for part in parts:
        rows = _rows(part, source.read.period, archive) if source.read.period in part.answers else []
        said = {str(row.get("Key") or row.get("Identifier")).strip(): str(row.get("Status")).strip() for row in rows}
        for code, year in periods.yearly([*said]).items():
            if said[code] in _PROVISIONAL:
                provisional.add(year)
            elif said[code] == _FINAL:
                final.add(year)
    return tuple(sorted({*source.provisional} - final | provisional))


def _rows(part: Part, role: str, archive: Archive) -> list[dict]:
    return [row for answer in part.answers[role] for row in wire.rows(wire.json_object(archive.body(answer)))]


def _part(source: Source, part: Part, topics: list[str], regions: Regions, archive: Archive) -> Iterator[pd.DataFrame]:
    named, seen = Path(f"{part.table} (as fetched; lines are IDs)"), _as_fetched(source, part)
    pages = _pages(source, seen, part, named, topics, regions, archive)
    return complete.checked(pages, seen, named, topics, regions)


def _pages(
    declared: Source, source: Source, part: Part, named: Path, topics: list[str], regions: Regions, archive: Archive
) -> Iterator[pd.DataFrame]:
    """Read the pages of a table, some after another."""
    properties = Properties.of(part.table, _rows(part, "properties", archive))
    asked = {
        key: dimensions.asked_of(declared, part.table, key, _rows(part, key, archive)).asked
        for key in properties.dimensions
    }
    ages = _ages(declared, part, archive)
    wanted = {topic: part.keys[topic] for topic in topics if topic in part.keys}
    needed = [*asked, *dict.fromkeys(key for keys in wanted.values() for key in keys)]
    for rows in ahead(_rows_together(part.answers["pages"], needed, archive)):
        raw = _asked(rows, asked, ages, source.read.age)
        columns = {_part_of(topic, n): raw[key] for topic, keys in wanted.items() for n, key in enumerate(keys)}
        # a topic that the table does not have was not asked then
        columns |= {topic: pd.Series("", index=raw.index) for topic in topics if topic not in wanted}
        raw = pd.DataFrame({**{key: raw[key] for key in (*asked, "_line")}, **columns}, copy=False)
        cells = tables.cells(source, raw, named, list(columns), regions, untyped=True)
        for topic, keys in wanted.items():
            if len(keys) > 1:
                summed = [_part_of(topic, n) for n in range(len(keys))]
                cells[topic] = cells[summed].sum(axis=1, skipna=False)
                blank = [tables.is_blank(part) for part in summed]
                cells[blank[0]] = cells[blank].any(axis=1)
                cells = cells.drop(columns=[*summed[1:], *blank[1:]])
        yield cells


def _rows_together(answers: Iterable[Answer], needed: list[str], archive: Archive) -> Iterator[pa.Table]:
    """Yield the rows of some pages at a time, text as numbers of words: what is done once for all costs less so."""
    waiting: list[pa.Table] = []
    for answer in answers:
        waiting.append(pages.read(archive.body(answer), needed).columns)
        if sum(map(len, waiting)) >= _AT_ONCE:
            yield _coded(waiting)
            waiting.clear()
    if any(map(len, waiting)):
        yield _coded(waiting)


def _coded(parts: list[pa.Table]) -> pa.Table:
    every = pa.concat_tables(parts)
    text = {name: every[name].combine_chunks().dictionary_encode() for name in every.column_names[1:]}
    return pa.table({pages.NUMBER: every[pages.NUMBER], **text})


def _asked(rows: pa.Table, asked: dict[str, frozenset[str]], ages: dict[str, str], age: str) -> pd.DataFrame:
    """Return the rows that were asked, text as categories; age groups as the declaration has them."""
    raw = {name: rows[name].to_pandas() for name in rows.column_names[1:]}
    keep = np.ones(len(rows), dtype=bool)
    for key, codes in asked.items():
        raw[key] = pd.Series(files.words(raw[key]))
        keep &= raw[key].isin(list(codes)).to_numpy()
    if ages:
        texts = [ages.get(text, text) for text in raw[age].cat.categories.tolist()]
        raw[age] = pd.Series(shelf.coded(raw[age].cat.codes.to_numpy(), texts))
    found = pd.DataFrame({"_line": rows[pages.NUMBER].to_numpy(), **raw}, copy=False)
    return found if keep.all() else found[keep]


def _part_of(topic: str, number: int) -> str:
    """Name one of the topics that are summed; the first one goes by the name of the sum."""
    return f"{topic} + {number}" if number else topic


def _ages(source: Source, part: Part, archive: Archive) -> dict[str, str]:
    """Return the title of each age group that the declaration knows by its title, by code."""
    if not source.read.age:
        return {}
    titles = {str(r["Key"]).strip(): str(r.get("Title") or "").strip() for r in _rows(part, source.read.age, archive)}
    return {code: title for code, title in titles.items() if code not in source.read.ages and title in source.read.ages}


def _as_fetched(source: Source, part: Part) -> Source:
    """Return the declaration as it holds for rows with codes, where it describes a file that others made."""
    read = source.read.model_copy(
        update={
            "region_labels": False,
            "region_prefix": "",
            "columns": {},
            "periods": {},
            "decimal": ".",
            "missing": ("", "."),
            "period": source.read.period if source.read.period in part.answers else "",
        }
    )
    return source.model_copy(update={"read": read, "period": source.period or part.period})
