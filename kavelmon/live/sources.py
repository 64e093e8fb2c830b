"""One source, from where it is published to what a store is made of: bring its answers, then read them."""

import datetime as dt
import hashlib
import json
from importlib import metadata
from typing import Any

from kavelmon import build, measure
from kavelmon.build import Say, Work
from kavelmon.declarations import Catalogue
from kavelmon.live import downloads, layers, odata3, odata4, statline, units, wfs
from kavelmon.live.archive import Archive
from kavelmon.live.parts import Brought, Step
from kavelmon.live.wire import Wire
from kavelmon.source_model import Source
from kavelmon.sources import tables


def topics_of(catalogue: Catalogue, source: Source) -> list[str]:
    """Return the topics that the catalogue asks of a source."""
    return sorted(measure.topics_of(measure.asked_of(catalogue, source)))


def bring(catalogue: Catalogue, source: Source, wire: Wire, step: Step) -> tuple[Brought, Brought | None]:
    """Bring the answers of a source; return them and those of the last time.

    Raises
    ------
    FetchError
        Not all of them came, or they are not what the declaration says; those of the last time stay.
    """
    assert source.fetch
    known = wire.archive.last(source.id)
    before = Brought.of(known) if known else None
    service, topics = source.fetch.service, topics_of(catalogue, source)
    if service == "odata3":
        parts = odata3.bring(source, before, topics, wire, step)
    elif service == "odata4":
        parts = odata4.bring(source, topics, wire, step)
    elif service == "wfs":
        parts = wfs.bring(source, before, wire, step)
    else:
        parts = downloads.bring(source, before, wire, step)
    parts = units.accepted(catalogue, source, before, parts)
    return Brought(source.id, tuple(parts), dt.datetime.now(dt.UTC).isoformat(timespec="seconds")), before


def made_of(catalogue: Catalogue, brought: Brought) -> str:
    """Return what names the figures that come of these answers under these declarations."""
    source = catalogue.source(brought.source)
    pairs = measure.asked_of(catalogue, source)
    # another version of the package may read the same answers in another way
    declared: list = [metadata.version("kavelmon"), source.model_dump(mode="json")]
    declared += [(i.id, i.per, e.model_dump(mode="json")) for i, e in pairs]
    if source.kind == "vektis":  # the norm leaves the kavels out
        declared += sorted(code for area in catalogue.areas.values() if area.kind == "kavel" for code in area.codes)
    declared += [c.model_dump(mode="json") for c in catalogue.corrections.values() if c.source == source.id]
    answers = [  # what a service says of itself bears the time at which it was asked
        (
            part.period,
            part.table,
            part.version,
            sorted(a.sha256 for role, found in part.answers.items() if role != "info" for a in found),
        )
        for part in brought.parts
    ]
    return hashlib.sha256(json.dumps([declared, answers], sort_keys=True, default=str).encode()).hexdigest()[:16]


def read(work: Work, source: Source, brought: Brought, archive: Archive, say: Say) -> None:
    """Read the answers of a source into the work.

    Raises
    ------
    SourceError, KavelmonError
        They are not what the declaration says, or not what came any more.
    """
    assert source.fetch
    assert work.regions is not None
    parts, topics = list(brought.parts), topics_of(work.catalogue, source)
    if source.kind == "boundaries":
        layers.draw(work, source, parts, archive)
    elif source.kind == "regions":
        layers.take(work, source, parts, archive)
    elif source.fetch.service == "files":
        with downloads.folder(parts, archive) as paths:
            whole = build.of_vektis(work, source, paths, False) if source.kind == "vektis" else None
            build.take(work, source, whole or tables.load(source, paths, topics, work.regions), say)
    else:
        load = odata4.load if source.fetch.service == "odata4" else statline.load
        seen = source.model_copy(update={"provisional": statline.provisional(parts, source, archive)})
        build.take(work, seen, load(seen, parts, topics, work.regions, archive), say)


def described(catalogue: Catalogue, brought: Brought) -> dict[str, Any]:
    """Return what a store keeps of where the figures of a source came from."""
    return {
        "accessed": brought.at[:10],
        "made": made_of(catalogue, brought),
        "tables": [
            {"table": part.table, "period": part.period, "version": part.version, "lacks": list(part.lacks)}
            for part in brought.parts
        ],
        "inputs": [{"url": a.url, "bytes": a.bytes, "sha256": a.sha256, "at": a.at} for a in brought.answers],
    }
