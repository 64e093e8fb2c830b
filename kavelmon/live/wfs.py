"""Boundaries by WFS (PDOK): the layer of one year, page by page, as many areas as the service says there are."""

import datetime as dt
import re
from functools import partial
from urllib.parse import quote

from kavelmon.live import wire
from kavelmon.live.archive import Answer, Archive
from kavelmon.live.hosts import Address
from kavelmon.live.parts import Brought, Part, Step
from kavelmon.live.wire import AgainError, Wire
from kavelmon.source_model import Source

RENEW_DAYS = 30
_PAGE = 1000  # the most that the service gives at once
GEMEENTEN = "gebiedsindelingen:gemeente_gegeneraliseerd"


def bring(source: Source, before: Brought | None, wire_: Wire, step: Step) -> list[Part]:
    """Bring a layer; regions come with the gemeenten of their year, that they are made up of."""
    assert source.fetch
    layers = [source.fetch.layer, *([GEMEENTEN] if source.kind == "regions" else [])]
    known = {part.table: part for part in before.parts if part.period == str(source.region_year)} if before else {}
    return [wire.twice(partial(_layer, source, layer, known.get(layer), wire_, step)) for layer in layers]


def _layer(source: Source, layer: str, before: Part | None, wire_: Wire, step: Step) -> Part:
    assert source.fetch
    year = source.region_year

    def ask(query: str, check: wire.Check, resume: bool) -> tuple[Answer, dict | int]:
        assert source.fetch
        return wire_.get(_address(source, layer, query), check, licence=source.licence, resume=resume)

    step(layer, 0, 0)
    hits, total = ask("resultType=hits", _hits, False)
    assert isinstance(total, int)
    if before and before.rows == total and _young(before) and wire_.archive.holds(before.answers["pages"]):
        return before
    pages, number = [], 0
    while number < total:
        # RD: what is asked without saying so, too; a server that answers otherwise is found by its numbers
        asked = f"outputFormat=application/json&srsName=EPSG:28992&count={_PAGE}&startIndex={number}"
        answer, content = ask(asked, _features, True)
        assert isinstance(content, dict)
        if not content["features"]:
            break
        pages.append(answer)
        number += len(content["features"])
        step(layer, number, total)
    if number != total or not total:
        wire_.archive.forget(pages)
        raise AgainError(f"{layer} {year}: {number:,} areas came, {total:,} are there")
    version = " ".join(answer.sha256[:12] for answer in pages)
    return Part(str(year), layer, version, {"info": (hits,), "pages": tuple(pages)}, (), number)


def _address(source: Source, layer: str, query: str) -> Address:
    assert source.fetch
    path = f"/cbs/{layer.partition(':')[0]}/{source.region_year}/wfs/v1_0"
    base = f"service=WFS&version=2.0.0&request=GetFeature&typeName={quote(layer, safe=':')}"
    return Address(source.fetch.host, path, f"{base}&{query}")


def number(source: Source, layer: str, wire_: Wire) -> int:
    """Ask how many areas a layer has."""
    return wire_.get(_address(source, layer, "resultType=hits"), _hits, licence=source.licence)[1]


def _young(part: Part) -> bool:
    """Tell whether a layer was brought of late: the service does not say when it was changed."""
    brought = min(dt.datetime.fromisoformat(answer.at) for answer in part.answers["pages"])
    return dt.datetime.now(dt.UTC) - brought < dt.timedelta(days=RENEW_DAYS)


def _hits(body: bytes) -> int:
    """Read the number of areas from the answer, which is XML."""
    text = body.decode("utf-8", "replace")
    found = re.search(r'numberMatched="(\d+)"', text)
    if not found:
        raise ValueError(f"no number of areas ({' '.join(text.split())[:80]!r})")
    return int(found[1])


def _features(body: bytes) -> dict:
    content = wire.json_object(body)
    if content.get("type") != "FeatureCollection" or not isinstance(content.get("features"), list):
        raise ValueError(f"no collection of areas ({str(content)[:80]})")
    return content


def features(part: Part, archive: Archive) -> list[dict]:
    """Return the areas of a layer, of all its pages."""
    return [f for answer in part.answers["pages"] for f in wire.json_object(archive.body(answer))["features"]]
