"""CBS tables by OData v4: observations, one row per measure and combination of categories; the count knows filters."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pandas as pd

from kavelmon.live import wire
from kavelmon.live.archive import Answer, Archive
from kavelmon.live.hosts import Address
from kavelmon.live.parts import Part, Step
from kavelmon.live.wire import AgainError, FetchError, Wire
from kavelmon.regions import Regions
from kavelmon.source_model import Source
from kavelmon.sources import others, periods
from kavelmon.sources.tables import Wide

BASE = "/odata/v1/CBS"  # ids of tables are case-sensitive here


def bring(source: Source, topics: list[str], wire_: Wire, step: Step) -> list[Part]:
    """Bring the observations of a table that its declaration asks for."""
    return [wire.twice(partial(_table, source, topics, wire_, step))]


def _table(source: Source, topics: list[str], wire_: Wire, step: Step) -> Part:
    answers: dict[str, tuple[Answer, ...]] = {}
    try:
        return _asked(source, topics, answers, wire_, step)
    except Exception as error:
        if wire.to_blame(error):
            wire_.archive.forget(answer for found in answers.values() for answer in found)
        raise


def _asked(source: Source, topics: list[str], answers: dict[str, tuple[Answer, ...]], wire_: Wire, step: Step) -> Part:
    assert source.fetch
    table = source.table

    def ask(name: str, version: str = "") -> tuple[Answer, dict]:
        assert source.fetch
        address = Address(source.fetch.host, f"{BASE}/{table}/{name}")
        return wire_.get(address, wire.json_object, licence=source.licence, version=version)

    step(table, 0, 0)
    answer, properties = ask("Properties")
    answers["info"] = (answer,)
    changed = [str(properties.get(key) or "") for key in ("Modified", "ObservationsModified")]
    if not changed[0]:
        raise FetchError(f"{table}: its Properties do not say when it was changed; look at the table", "unexpected")
    answer, content = ask("MeasureCodes")
    version = f"{' '.join(changed)} {answer.sha256[:12]}"
    answers["measures"] = (answer,)
    units = {str(row.get("Identifier")): str(row.get("Unit") or "") for row in wire.rows(content)}
    measures = sorted(others.measures_of(topics))
    if absent := [m for m in measures if m not in units]:
        near = ", ".join(list(units)[:5])
        raise FetchError(
            f'{table}: measure "{absent[0]}" is not there any more (found: {near}, ...); mend the formulas that use '
            f"sources/{source.id}.toml",
            "renamed",
        )
    answer, content = ask("Dimensions")
    answers["dimensions"] = (answer,)
    clause = _clause(source, measures, [str(row.get("Identifier")) for row in wire.rows(content)])
    answer, content = ask(f"{source.read.period}Codes", version)
    answers[source.read.period] = (answer,)  # which of the years are provisional
    known = [str(row.get("Identifier")).strip() for row in wire.rows(content)]
    _years(source, known)
    asked = f"$filter={quote(clause, safe='$(),' + chr(39))}"
    counted, number = wire_.get(
        Address(source.fetch.host, f"{BASE}/{table}/Observations/$count", asked),
        wire.count,
        licence=source.licence,
        version=version,
    )
    answers["count"] = (counted,)
    rows = 0
    for answer, content in _pages(source, asked, version, wire_):
        answers["pages"] = (*answers.get("pages", ()), answer)
        rows += len(content["value"])
        step(table, rows, number)
        if odd := sorted({str(row.get(source.read.period)).strip() for row in content["value"]} - {*known}):
            raise AgainError(f"{table}: observations of {source.read.period} {odd[0]}, that its list does not have")
        if rows > number:
            break
    if rows != number:
        raise AgainError(f"{table}: {rows:,} observations came, {number:,} are there")
    if (again := ask("Properties")[1].get("Modified")) != properties.get("Modified"):
        raise AgainError(f"{table}: it was changed on {again}, while it was fetched")
    del answers["count"]  # no figures are made of it
    return Part("", table, version, answers, (), rows, {m: (m,) for m in measures}, {m: units[m] for m in measures})


def codes(body: bytes) -> dict[str, str]:
    """Return the unit of each measure, by its code."""
    return {str(row.get("Identifier")): str(row.get("Unit") or "") for row in wire.rows(wire.json_object(body))}


def _years(source: Source, known: list[str]) -> None:
    """Raise for a list of periods without years."""
    try:
        found = periods.yearly(known)
    except ValueError as error:
        raise FetchError(f"{source.table}: {source.read.period}: {error}", "unexpected") from None
    if not found:
        raise FetchError(f"{source.table}: {source.read.period} has no years ({', '.join(known[:4])})", "unexpected")


def _clause(source: Source, measures: list[str], dimensions: list[str]) -> str:
    """Return the filter: the measures, one code of every dimension that is not broken down, and the regions."""
    read, fetch = source.read, source.fetch
    assert fetch
    known = {read.region, read.period, *read.where}
    if odd := [d for d in dimensions if d not in known]:
        raise FetchError(
            f'{source.table}: the table has a dimension "{odd[0]}" that sources/{source.id}.toml does not name; give '
            "the code that is meant in [read.where]",
            "unexpected",
        )
    if absent := sorted(known - set(dimensions)):
        raise FetchError(
            f'{source.table}: dimension "{absent[0]}" is not there any more (found: {", ".join(dimensions)}); mend '
            f"[read] of sources/{source.id}.toml",
            "renamed",
        )
    terms = [f"Measure in ({','.join(f'{chr(39)}{m}{chr(39)}' for m in measures)})"]
    terms += [f"{key} eq '{code}'" for key, code in sorted(read.where.items())]
    levels = fetch.levels or ("NL", "GM")
    terms.append(f"({' or '.join(f'startswith({read.region},{chr(39)}{level}{chr(39)})' for level in levels)})")
    if fetch.since:
        terms.append(f"{read.period} ge '{fetch.since}JJ00'")
    return " and ".join(terms)


def _pages(source: Source, asked: str, version: str, wire_: Wire) -> Iterator[tuple[Answer, dict]]:
    """Yield the pages of observations, each with its answer, as far as their links lead."""
    assert source.fetch
    path, seen = f"{BASE}/{source.table}/Observations", set()
    while asked and asked not in seen:
        seen.add(asked)
        answer, content = wire_.get(
            Address(source.fetch.host, path, asked), _observations, licence=source.licence, version=version
        )
        yield answer, content
        if not content["value"] or not (to := content.get("@odata.nextLink")):
            return
        link = urlsplit(urljoin(answer.url, str(to)))  # which may be relative; its host is not used
        if not link.path.endswith(f"/{source.table}/Observations"):
            raise FetchError(
                f"{source.table}: its next page would be {link.geturl()}; that is another table", "unexpected"
            )
        asked = link.query


def _observations(body: bytes) -> dict:
    content = wire.json_object(body)
    for row in wire.rows(content):
        if lacking := {"Measure", "ValueAttribute", "Value"} - row.keys():
            raise ValueError(f"an observation without {sorted(lacking)[0]}")
    return content


def load(source: Source, parts: list[Part], topics: list[str], regions: Regions, archive: Archive) -> Wide:
    """Read the pages as those of a folder are."""
    (part,) = parts
    named = Path(f"{part.table} (as fetched)")
    pages = (wire.json_object(archive.body(answer))["value"] for answer in part.answers["pages"])
    return others.observations(source, [(named, pd.DataFrame(page)) for page in pages if page], topics, regions)
