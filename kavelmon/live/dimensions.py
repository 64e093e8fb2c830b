"""What is asked of each dimension of a table of StatLine, and how many rows that makes."""

from dataclasses import dataclass

from kavelmon.live.properties import Row
from kavelmon.live.wire import FetchError
from kavelmon.regions import COUNTRIES, level_of
from kavelmon.source_model import Source
from kavelmon.sources import periods
from kavelmon.sources.tables import MARGINS

_MOST_TERMS = 20  # a server fails on a filter of too many


@dataclass(frozen=True)
class Dimension:
    """One dimension of a table: what is asked of it."""

    key: str
    padded: tuple[str, ...]  # keys of all its categories, as the table has them
    asked: frozenset[str]  # keys that are wanted, without blanks
    clause: str = ""  # the filter that asks them; "" = everything is asked


def asked_of(source: Source, table: str, key: str, rows: list[Row]) -> Dimension:
    """Return what is asked of one dimension: the codes that the declaration names, or all of them."""
    read = source.read
    titles = {str(row["Key"]).strip(): str(row.get("Title") or "").strip() for row in rows}
    padded = tuple(str(row["Key"]) for row in rows)
    if len(titles) < len(rows):
        raise FetchError(f"{table}: {key} has a category twice; look at the table", "unexpected")
    if key == read.region:
        return _regions(source, key, padded)
    if key == read.period:
        return _periods(source, table, key, padded)
    if key == read.age:
        wanted = {code for code, title in titles.items() if code in read.ages or title in read.ages}
        words = ", ".join(read.ages)
    elif key == read.margin:
        wanted = {code for code, title in titles.items() if code in MARGINS or title in MARGINS}
        words = "MW00000"
    elif key in read.where:
        wanted, words = {read.where[key]} & titles.keys(), read.where[key]
    elif len(titles) == 1:
        return Dimension(key, padded, frozenset(titles))
    else:
        raise FetchError(
            f'{table}: the table has a dimension "{key}" ({", ".join(list(titles.values())[:3])}, ...) that '
            f"sources/{source.id}.toml does not name; give the code that is meant in [read.where]",
            "unexpected",
        )
    if not wanted:
        raise FetchError(
            f"{table}: {key} has none of the categories that are asked ({words}); it has "
            f"{', '.join(f'{c} {t}' for c, t in list(titles.items())[:5])}; mend [read] of sources/{source.id}.toml",
            "renamed",
        )
    return _chosen(key, padded, wanted)


def _regions(source: Source, key: str, padded: tuple[str, ...]) -> Dimension:
    assert source.fetch
    codes = [p.strip() for p in padded]
    levels = source.fetch.levels or ("NL", "GM", "WK", "BU")
    # the country by its own codes: what begins alike may be something else, and is left out
    asked = {c for c in codes if c.startswith(levels) and (c in COUNTRIES or not c.startswith("NL"))}
    if len(asked) == len(codes) and all(c in COUNTRIES or level_of(c) for c in codes):
        return Dimension(key, padded, frozenset(codes))
    terms = [f"{key} eq '{p}'" for p in padded if p.strip() in asked and p.startswith("NL")]
    begun = [level for level in levels if level != "NL" and any(c.startswith(level) for c in asked)]
    terms += [f"startswith({key},'{level}')" for level in begun]
    return Dimension(key, padded, frozenset(asked), f"({' or '.join(terms)})")


def _periods(source: Source, table: str, key: str, padded: tuple[str, ...]) -> Dimension:
    assert source.fetch
    try:
        known = periods.yearly([p.strip() for p in padded])
    except ValueError as error:
        raise FetchError(f"{table}: {key}: {error}", "unexpected") from None
    asked = {code for code in known if not source.fetch.since or code[:4] >= source.fetch.since}
    if not asked:
        raise FetchError(f"{table}: {key} has no years ({', '.join(p.strip() for p in padded[:4])}, ...)", "unexpected")
    if len(asked) == len(padded):
        return Dimension(key, padded, frozenset(asked))
    if len(asked) <= _MOST_TERMS:
        return _chosen(key, padded, asked)
    kind = next(iter(asked))[4:6]
    clause = f"substringof('{kind}',{key})"
    if source.fetch.since:
        clause += f" and {key} ge '{source.fetch.since}'"
    return Dimension(key, padded, frozenset(asked), f"({clause})")


def _chosen(key: str, padded: tuple[str, ...], wanted: set[str]) -> Dimension:
    if len(wanted) == len(padded) or len(wanted) > _MOST_TERMS:
        return Dimension(key, padded, frozenset(p.strip() for p in padded))
    terms = " or ".join(f"{key} eq '{p.replace(chr(39), chr(39) * 2)}'" for p in padded if p.strip() in wanted)
    return Dimension(key, padded, frozenset(wanted), f"({terms})" if len(wanted) > 1 else terms)


def expected(dimensions: list[Dimension]) -> int:
    """Return how many rows are asked of a table that has one for every combination."""
    number = 1
    for dimension in dimensions:
        number *= len(dimension.asked)
    return number
