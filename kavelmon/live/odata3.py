"""StatLine by OData v3: what is asked of a table, and whether all of it came.

Facts of the protocol that this module rests on: keys are padded with blanks to a width of the table's own, in rows and
in filters; topics carry the number of their place; the feed gives pages of 10,000 rows with a link to the next one;
the count says nothing of a filter; an answer may stop short without saying so.
"""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from kavelmon.live import wire
from kavelmon.live.archive import Answer
from kavelmon.live.hosts import Address
from kavelmon.live.parts import Part, Step
from kavelmon.live.properties import Properties, Row, Topic
from kavelmon.live.wire import FetchError, Wire
from kavelmon.regions import level_of
from kavelmon.source_model import Source
from kavelmon.sources import periods
from kavelmon.sources.tables import MARGINS

SET = "UntypedDataSet"  # the typed one has null for every reason why there is no figure
_MOST_TERMS = 20  # a server fails on a filter of too many
_COUNTRIES = ("NL00", "NL01", "NL")


@dataclass(frozen=True)
class Dimension:
    """One dimension of a table: what is asked of it."""

    key: str
    padded: tuple[str, ...]  # keys of all its categories, as the table has them
    asked: frozenset[str]  # keys that are wanted, without blanks
    clause: str = ""  # the filter that asks them; "" = everything is asked


def bring(source: Source, topics: list[str], wire_: Wire, step: Step) -> list[Part]:
    """Bring every table of a source; a table that changed under way is asked once more."""
    assert source.fetch
    parts = []
    for period, table in (source.fetch.tables or {"": source.table}).items():
        if source.fetch.since and period and period < source.fetch.since:
            continue
        try:
            parts.append(_table(source, period, table, topics, wire_, step))
        except _AgainError:
            parts.append(_table(source, period, table, topics, wire_, step))
    return parts


class _AgainError(FetchError):
    """What came of a table does not belong together: it changed under way, or an answer stopped short."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text}; run `kavelmon update` again", "incomplete")


def _table(source: Source, period: str, table: str, topics: list[str], wire_: Wire, step: Step) -> Part:
    assert source.fetch
    feed = _Feed(source.fetch.host, table, source.licence, wire_)
    step(table, 0, 0)
    about = feed.ask("TableInfos")
    described = feed.ask("DataProperties")
    version = _version(table, about, described)
    properties = Properties.of(table, described[1])
    found, lacks = _resolved(source, period, properties, topics)
    feed.version = version
    answers: dict[str, tuple[Answer, ...]] = {"info": (about[0],), "properties": (described[0],)}
    dimensions = []
    for key in properties.dimensions:
        answer, rows = feed.ask(key)
        answers[key] = (answer,)
        dimensions.append(asked_of(source, table, key, rows))
    columns = [*properties.dimensions, *dict.fromkeys(t.key for t in found.values())]
    number = feed.pages(columns, [d for d in dimensions if d.clause], _expected(dimensions), step)
    try:
        _complete(feed, dimensions, number)
        feed.version = ""
        if _version(table, feed.ask("TableInfos"), described) != version:
            raise _AgainError(f"{table}: its publisher changed it while it was fetched")
    except _AgainError:
        wire_.archive.forget(feed.answers)
        raise
    answers["pages"] = tuple(feed.answers)
    keys, units = ({name: getattr(t, what) for name, t in found.items()} for what in ("key", "unit"))
    return Part(period, table, version, answers, lacks, number, keys, units)


class _Feed:
    """One table at one publisher."""

    def __init__(self, host: str, table: str, licence: str, wire_: Wire) -> None:
        self.host, self.table, self.licence, self.wire = host, table, licence, wire_
        self.version = ""
        self.answers: list[Answer] = []

    def ask(self, name: str) -> tuple[Answer, list[Row]]:
        """Ask a whole set of rows that describe the table."""
        path = f"/ODataFeed/odata/{self.table}/{name}"
        answer, content = self.wire.get(
            Address(self.host, path, "$format=json"), _listed, licence=self.licence, version=self.version
        )
        if "odata.nextLink" in content:
            raise FetchError(f"{answer.url}: more than one page of categories; that is not read", "unexpected")
        return answer, content["value"]

    def count(self) -> int | None:
        """Return how many rows the table has, whatever is asked of it; None where the publisher does not say."""
        path = f"/ODataFeed/odata/{self.table}/{SET}/$count"
        try:
            return self.wire.get(Address(self.host, path), int, licence=self.licence, version=self.version)[1]
        except FetchError as error:
            if error.kind in ("gone", "refused"):
                return None
            raise

    def pages(self, columns: list[str], filtered: list[Dimension], expected: int, step: Step) -> int:
        """Ask the rows, page by page, until nothing comes any more; return their number."""
        keep = frozenset(columns)
        query = f"$format=json&$select={','.join(['ID', *columns])}"
        if filtered:
            query += "&$filter=" + quote(" and ".join(d.clause for d in filtered), safe="$(),'")
        path = f"/ODataFeed/odata/{self.table}/{SET}"
        number, asked, seen = 0, query, {query}
        while True:
            answer, content = self._page(path, asked, keep)
            self.answers.append(answer)
            if not content["value"]:
                break
            number += len(content["value"])
            step(self.table, number, expected)
            link = content.get("odata.nextLink")
            # where the publisher says that this was all, the row after it is asked: an answer can stop short
            asked = self._next(str(link), number) if link else f"{query}&$skip={number}"
            if asked in seen:
                self.wire.archive.forget(self.answers)
                raise _AgainError(f"{answer.url}: its link leads to a page that was read already")
            seen.add(asked)
        if not number:
            self.wire.archive.forget(self.answers)
            raise FetchError(
                f"{answer.url}: no rows; look whether the codes in [read] are still those of the table", "unexpected"
            )
        return number

    def _page(self, path: str, query: str, keep: frozenset[str]) -> tuple[Answer, dict]:
        def whole(body: bytes) -> dict:
            content = _listed(body)
            for row in content["value"]:
                if lacking := keep - row.keys():
                    raise ValueError(f"a row without {sorted(lacking)[0]}; the table may just have been changed")
            return content

        return self.wire.get(Address(self.host, path, query), whole, licence=self.licence, version=self.version)

    def _next(self, link: str, number: int) -> str:
        """Return the query of a link to the next page; its host is not used: some publishers print an inner one."""
        parts = urlsplit(link)
        if not parts.path.rstrip("/").lower().endswith(f"/{self.table}/{SET}".lower()):
            self.wire.archive.forget(self.answers)
            raise FetchError(f"{self.table}: its next page would be {link}; that is another table", "unexpected")
        skip = re.search(r"[$]skip=(\d+)", unquote(parts.query))
        if skip and int(skip[1]) != number:
            self.wire.archive.forget(self.answers)
            raise _AgainError(f"{self.table}: {number:,} rows came, and the next page begins after {int(skip[1]):,}")
        return parts.query


def _listed(body: bytes) -> dict:
    content = wire.json_object(body)
    wire.rows(content)
    return content


def _version(table: str, about: tuple[Answer, list[Row]], described: tuple[Answer, list[Row]]) -> str:
    """Name the state of a table: when it was changed, and by a hash what its topics are."""
    if len(about[1]) != 1 or not about[1][0].get("Modified"):
        raise FetchError(f"{table}: its TableInfos do not say when it was changed; look at the table", "unexpected")
    topics = hashlib.sha256(described[0].sha256.encode()).hexdigest()[:12]
    return f"{about[1][0]['Modified']} {about[1][0].get('MetaDataModified') or ''} {topics}"


def _resolved(
    source: Source, period: str, properties: Properties, topics: list[str]
) -> tuple[dict[str, Topic], tuple[str, ...]]:
    """Return the topic of each name that is asked, and the names that the table does not have."""
    assert source.fetch
    found, lacks = {}, []
    known_absent = source.fetch.absent.get(period, ())
    for name in topics:
        topic = properties.resolve(name, source.fetch.topics.get(name))
        if topic is not None:
            found[name] = topic
        elif name in known_absent or not source.fetch.sure_of(period):
            lacks.append(name)
        else:
            raise FetchError(
                f'{properties.table}: topic "{name}" is not there any more; nearest: {properties.nearest(name)}; when '
                f"the publisher renamed it, put the new name in [fetch.topics] of sources/{source.id}.toml",
                "renamed",
            )
    if topics and not found:
        raise FetchError(
            f"{properties.table}: none of the topics that are asked is there ({', '.join(topics[:4])}, ...); mend "
            f"[fetch.topics] of sources/{source.id}.toml",
            "renamed",
        )
    return found, tuple(lacks)


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
    asked = {c for c in codes if c.startswith(levels) and (c in _COUNTRIES or level_of(c))}
    if len(asked) == len(codes):
        return Dimension(key, padded, frozenset(codes))
    clause = " or ".join(f"startswith({key},'{level}')" for level in levels if any(c.startswith(level) for c in codes))
    # what begins alike and is no region that is read (a country of another indeling) comes along and is left out
    return Dimension(key, padded, frozenset(c for c in codes if c.startswith(levels)), f"({clause})")


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


def _expected(dimensions: list[Dimension]) -> int:
    """Return how many rows are asked of a table that has one for every combination."""
    number = 1
    for dimension in dimensions:
        number *= len(dimension.asked)
    return number


def _complete(feed: _Feed, dimensions: list[Dimension], number: int) -> None:
    """Raise when fewer or more rows came than the table has."""
    total = feed.count()
    full = 1
    for dimension in dimensions:
        full *= len(dimension.padded)
    expected = _expected(dimensions)
    if not any(d.clause for d in dimensions) and total is not None:
        expected = total
    elif total != full:
        return  # not every combination is there, so that nobody can say how many rows fit the filter
    if number != expected:
        raise _AgainError(
            f"{feed.table}: {number:,} rows came, {expected:,} are there; the publisher's server stopped short"
        )
