"""StatLine by OData v3: what is asked of a table, and whether all of it came.

Facts of the protocol that this module rests on: keys are padded with blanks to a width of the table's own, in rows and
in filters; topics carry the number of their place; the feed gives pages of 10,000 rows with a link to the next one;
the count says nothing of a filter; an answer may stop short without saying so.
"""

import hashlib
import json
import re
from functools import partial
from urllib.parse import quote, unquote, urlsplit

from kavelmon.live import pages, wire
from kavelmon.live.archive import Answer
from kavelmon.live.dimensions import Dimension, asked_of, expected
from kavelmon.live.hosts import Address
from kavelmon.live.pages import Page
from kavelmon.live.parts import Brought, Part, Step
from kavelmon.live.properties import Properties, Row, Topic
from kavelmon.live.wire import AgainError, FetchError, Wire
from kavelmon.model import KavelmonError
from kavelmon.source_model import Source

SET = "UntypedDataSet"  # the typed one has null for every reason why there is no figure


def bring(source: Source, before: Brought | None, topics: list[str], wire_: Wire, step: Step) -> list[Part]:
    """Bring every table of a source; what came of a table and does not belong together is asked once more."""
    assert source.fetch
    held = {part.period for part in before.parts if part.answers} if before else set()
    known = {(part.period, part.table): part for part in before.parts} if before else {}
    parts: list[Part] = []
    gone: FetchError | None = None
    for period, table in (source.fetch.tables or {"": source.table}).items():
        if source.fetch.since and period and period < source.fetch.since:
            continue
        try:
            had = known.get((period, table))
            parts.append(wire.twice(partial(_table, source, period, table, topics, had, wire_, step)))
        except FetchError as error:
            unsure = error.kind in ("gone", "renamed", "unexpected") and not isinstance(error, AgainError)
            if not unsure or not period or period in held or source.fetch.sure_of(period):
                raise
            gone = error  # one year of a series was never seen: the others are worth having
            parts.append(Part.none(period, table, str(error)))
    if gone and not any(part.answers for part in parts):
        raise gone
    return parts


def described(host: str, table: str, licence: str, wire_: Wire) -> Properties:
    """Ask what a table says of its topics, and nothing else."""
    return Properties.of(table, _Feed(host, table, licence, wire_).ask("DataProperties")[1])


def _table(
    source: Source, period: str, table: str, topics: list[str], known: Part | None, wire_: Wire, step: Step
) -> Part:
    assert source.fetch
    feed = _Feed(source.fetch.host, table, source.licence, wire_)
    try:
        return _asked(source, period, table, topics, known, feed, step)
    except Exception as error:  # also of a form that nobody thought of
        if wire.to_blame(error):
            feed.forget()
        raise


def _asked(
    source: Source, period: str, table: str, topics: list[str], known: Part | None, feed: "_Feed", step: Step
) -> Part:
    step(table, 0, 0)
    about = feed.ask("TableInfos")
    described = feed.ask("DataProperties")
    version = _version(table, about, described)
    properties = Properties.of(table, described[1])
    found, lacks = _resolved(source, period, properties, topics, frozenset(known.keys) if known else frozenset())
    feed.version = version
    answers: dict[str, tuple[Answer, ...]] = {"info": tuple(about[0]), "properties": tuple(described[0])}
    dimensions = []
    for key in properties.dimensions:
        pages, rows = feed.ask(key)
        answers[key] = tuple(pages)
        dimensions.append(asked_of(source, table, key, rows))
    columns = [*properties.dimensions, *dict.fromkeys(t.key for topic in found.values() for t in topic)]
    number = feed.pages(columns, dimensions, known, step)
    _complete(feed, dimensions, number)
    feed.version = ""
    if _version(table, feed.ask("TableInfos"), described) != version:
        raise AgainError(f"{table}: its publisher changed it while it was fetched")
    answers["pages"] = tuple(feed.answers)
    keys = {name: tuple(t.key for t in topic) for name, topic in found.items()}
    units = {name: topic[0].unit for name, topic in found.items()}
    return Part(period, table, version, answers, lacks, number, keys, units)


class _Feed:
    """One table at one publisher."""

    def __init__(self, host: str, table: str, licence: str, wire_: Wire) -> None:
        self.host, self.table, self.licence, self.wire = host, table, licence, wire_
        self.version = ""
        self.answers: list[Answer] = []
        self.about: dict[str, list[Answer]] = {}

    def forget(self) -> None:
        """Ask all of it anew the next time."""
        self.wire.archive.forget([*self.answers, *(answer for found in self.about.values() for answer in found)])

    def ask(self, name: str) -> tuple[list[Answer], list[Row]]:
        """Ask all rows of a set that describes the table; the feed gives these by the page, too."""
        path, query = f"/ODataFeed/odata/{self.table}/{name}", "$format=json"
        answers: list[Answer] = []
        rows: list[Row] = []
        link = None
        while True:
            answer, content = self.wire.get(
                Address(self.host, path, query), _listed, licence=self.licence, version=self.version
            )
            if _same_again(answers, answer, link):
                break
            answers.append(answer)
            self.about[name] = answers
            rows += content["value"]
            link = content.get("odata.nextLink")
            if not link and (not content["value"] or name == "TableInfos"):
                break
            # where the publisher says that this was all, the row after it is asked: a list can stop short
            query = self._next(str(link), name, len(rows)) if link else f"$format=json&$skip={len(rows)}"
            if any(urlsplit(a.url).query == query for a in answers):
                raise AgainError(f"{answer.url}: its link leads to a page that was read already")
        return answers, rows

    def count(self) -> int | None:
        """Return how many rows the table has, whatever is asked of it; None where the publisher does not say."""
        path = f"/ODataFeed/odata/{self.table}/{SET}/$count"
        try:
            address = Address(self.host, path)
            answer, number = self.wire.get(address, wire.count, licence=self.licence, version=self.version)
        except FetchError as error:
            if error.kind in ("gone", "refused"):
                return None
            raise
        self.about["$count"] = [answer]
        return number

    def pages(self, columns: list[str], dimensions: list[Dimension], last: Part | None, step: Step) -> int:
        """Ask the rows, page by page, until nothing comes any more; return their number."""
        filtered = [d for d in dimensions if d.clause]
        query = f"$format=json&$select={','.join([pages.NUMBER, *columns])}"
        if filtered:
            query += "&$filter=" + quote(" and ".join(d.clause for d in filtered), safe="$(),'")
        path = f"/ODataFeed/odata/{self.table}/{SET}"
        if last and self._still(last, Address(self.host, path, query).url):
            self.answers += last.answers["pages"]
            step(self.table, last.rows, last.rows)
            return last.rows
        # a bar is full when all rows that fit the filter came: not every combination need be there
        most = min(expected(dimensions), self.count() or expected(dimensions))
        number, asked, seen, link = 0, query, {query}, ""
        while True:
            answer, page = self.wire.get(
                Address(self.host, path, asked),
                lambda body: pages.read(body, columns),
                licence=self.licence,
                version=self.version,
            )
            if _same_again(self.answers, answer, link):
                break
            self.answers.append(answer)
            if not len(page.columns):
                break
            self._known(page, dimensions)
            number += len(page.columns)
            step(self.table, number, most)
            link = page.link
            # where the publisher says that this was all, the row after it is asked: an answer can stop short
            asked = self._next(link, SET, number) if link else f"{query}&$skip={number}"
            if asked in seen:
                raise AgainError(f"{answer.url}: its link leads to a page that was read already")
            seen.add(asked)
        if not number:
            raise FetchError(
                f"{answer.url}: no rows; look whether the codes in [read] are still those of the table", "unexpected"
            )
        return number

    def _still(self, last: Part, first: str) -> bool:
        """Tell whether the pages of the last time are what would come now, and are still what came then.

        They were found whole when they were kept: all that can have happened to them since shows in their hashes.
        """
        kept, archive = last.answers.get("pages", ()), self.wire.archive
        if last.version != self.version or not kept or kept[0].url != first:
            return False
        try:
            for answer in kept:
                if not archive.find(answer.url, answer.version):
                    return False  # to be asked anew
                archive.body(answer)
        except KavelmonError:
            return False  # a disk that failed: asked as if it had never come
        return True

    def _known(self, page: Page, dimensions: list[Dimension]) -> None:
        """Raise for a row of a category that is not among those of its dimension: their list came short."""
        for dimension in dimensions:
            codes = {str(code).strip() for code in page.columns[dimension.key].unique().to_pylist()}
            if odd := sorted(codes - {p.strip() for p in dimension.padded}):
                raise AgainError(f"{self.table}: rows of {dimension.key} {odd[0]}, that its list does not have")

    def _next(self, link: str, name: str, number: int) -> str:
        """Return the query of a link to the next page; its host is not used: some publishers print an inner one."""
        parts = urlsplit(link)
        skip = re.search(r"[$]skip=(\d+)", unquote(parts.query))
        if not parts.path.rstrip("/").lower().endswith(f"/{self.table}/{name}".lower()):
            raise FetchError(f"{self.table}: its next page would be {link}; that is another table", "unexpected")
        if skip and int(skip[1]) != number:
            raise AgainError(f"{self.table}: {number:,} rows came, and the next page begins after {int(skip[1]):,}")
        return parts.query


def _same_again(answers: list[Answer], answer: Answer, link: object) -> bool:
    """Tell whether a server that was asked what stands behind its end does not heed that, and gives its end again."""
    same = bool(answers) and answers[-1].sha256 == answer.sha256
    if same and link:
        raise AgainError(f"{answer.url}: its link leads to a page that was read already")
    return same


def _listed(body: bytes) -> dict:
    content = wire.json_object(body)
    wire.rows(content)
    return content


def _version(table: str, about: tuple[list[Answer], list[Row]], described: tuple[list[Answer], list[Row]]) -> str:
    """Name the state of a table: when it was changed, and by a hash what its topics are."""
    if len(about[1]) != 1 or not about[1][0].get("Modified"):
        raise FetchError(f"{table}: its TableInfos do not say when it was changed; look at the table", "unexpected")
    topics = hashlib.sha256(json.dumps(described[1], sort_keys=True).encode()).hexdigest()[:12]
    return f"{about[1][0]['Modified']} {about[1][0].get('MetaDataModified') or ''} {topics}"


def _resolved(
    source: Source, period: str, properties: Properties, topics: list[str], known: frozenset[str]
) -> tuple[dict[str, tuple[Topic, ...]], tuple[str, ...]]:
    """Return the topics of each name that is asked, and the names that the table does not have.

    A name that is `known`, because the table had it the last time, is not let go in silence.
    """
    assert source.fetch
    found, lacks = {}, []
    known_absent = source.fetch.absent.get(period, ())
    for name in topics:
        topic = properties.resolve(name, source.fetch.topics.get(name))
        if topic:
            found[name] = topic
        elif name in known_absent or not (source.fetch.sure_of(period) or name in known):
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


def _complete(feed: _Feed, dimensions: list[Dimension], number: int) -> None:
    """Raise when fewer or more rows came than the table has."""
    total = feed.count()
    full = 1
    for dimension in dimensions:
        full *= len(dimension.padded)
    wanted = expected(dimensions)
    if (not any(d.clause for d in dimensions) and total is not None) or (total is not None and number > total):
        wanted = total
    elif total != full:
        return  # not every combination is there, so that nobody can say how many rows fit the filter
    if number != wanted:
        raise AgainError(
            f"{feed.table}: {number:,} rows came, {wanted:,} are there; the publisher's server stopped short"
        )
