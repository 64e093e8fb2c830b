"""Files at addresses that a publisher lists: asked again only when they changed, and known by their hash."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from kavelmon.live.archive import Answer, Archive
from kavelmon.live.hosts import Address
from kavelmon.live.parts import Brought, Part, Step
from kavelmon.live.wire import FetchError, Wire
from kavelmon.source_model import Source


def bring(source: Source, before: Brought | None, wire_: Wire, step: Step) -> list[Part]:
    """Bring every file of a source."""
    assert source.fetch
    known = {part.period: part.answers["file"][0] for part in before.parts} if before else {}
    return [
        _file(source, period, path, known.get(period), wire_, step)
        for period, path in source.fetch.tables.items()
        if not source.fetch.since or period >= source.fetch.since
    ]


def _file(source: Source, period: str, path: str, before: Answer | None, wire_: Wire, step: Step) -> Part:
    assert source.fetch
    step(path.rsplit("/", 1)[-1], 0, 0)
    address = Address(source.fetch.host, path)
    again = before if before and before.url == address.url and wire_.archive.holds([before]) else None
    answer, _ = wire_.get(address, _text, licence=source.licence, again=again, resume=True)
    wanted = source.fetch.sha256.get(period)
    if wanted and answer.sha256 != wanted:
        wire_.archive.forget([answer])
        raise FetchError(
            f"{address.url}: not the file of {period} that is known (sha256 {answer.sha256[:12]}..., expected "
            f"{wanted[:12]}...); look what the publisher changed, and put the new hash in [fetch.sha256] of "
            f"sources/{source.id}.toml",
            "differs",
        )
    step(path.rsplit("/", 1)[-1], 1, 1)
    return Part(period, path, answer.sha256, {"file": (answer,)}, (), 1)


def _text(body: bytes) -> int:
    """Raise ValueError for a page in place of a file."""
    start = body.lstrip()[:15].lower()
    if not start:
        raise ValueError("an empty file")
    if start.startswith((b"<!doctype", b"<html")):
        raise ValueError("a page in place of a file")
    return len(body)


@contextmanager
def folder(parts: list[Part], archive: Archive) -> Iterator[list[Path]]:
    """Lay the files in a folder under names that their loader knows; they are gone afterwards."""
    with TemporaryDirectory(prefix="kavelmon-") as temporary:
        paths = []
        for part in parts:
            ending = Path(part.table).suffix or ".csv"
            path = Path(temporary) / f"{part.period}{ending}"
            path.write_bytes(archive.body(part.answers["file"][0]))
            if hashlib.sha256(path.read_bytes()).hexdigest() != part.version:
                raise FetchError(f"{path.name}: not written whole; look whether the disk is full", "incomplete")
            paths.append(path)
        yield paths
