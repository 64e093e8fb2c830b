"""The documents of all declared areas, for `kavelmon.dashboard.prepared`; run as a module it makes them."""

import datetime as dt
import os
import sys
from collections.abc import Callable, Iterator
from importlib import metadata

from kavelmon import colours, declarations, linked, page_texts, store, texts
from kavelmon.dashboard import document, prepared
from kavelmon.dashboard.collect import collect, ordered


def every(say: Callable[[str], None] = lambda _: None, *, workers: int = 1) -> Iterator[tuple[dict, tuple[dict, dict]]]:
    """Yield each area that is offered (id, title, kind) with the two parts of its document."""
    areas = ordered(declarations.default().areas.values())
    collected = collect(areas, say, workers=workers)
    for area in areas:
        say(f"the page of {area.id}")
        yield {"id": area.id, "title": area.title, "kind": area.kind}, document.build(area, collected, areas)


def common(areas: list[dict]) -> dict:
    """Return what the pages of all areas share.

    Parameters
    ----------
    areas
        The areas that have a document: id, title, kind.
    """
    named = {
        "ink": colours.INK,
        "ink2": colours.INK_2,
        "kavel": colours.KAVEL,
        "good": colours.GOOD,
        "bad": colours.BAD,
        "same": colours.SAME,
        "border": colours.BORDER,
        "rule": colours.RULE,
        "none": colours.MAP_NONE,
        "hatch": colours.MAP_HATCH,
    }
    return {
        "areas": areas,
        "texts": page_texts.PAGE,
        "colours": {**named, "map": list(colours.MAP)},
        "specs": linked.specs(),
        "version": f"{metadata.version('kavelmon')}-{store.version()}",
        "date": texts.date(newest()),
    }


def newest() -> dt.date:
    """Return the day on which the newest of the figures were fetched."""
    days = [s.accessed for s in declarations.default().sources.values() if isinstance(s.accessed, dt.date)]
    return max(days)


if __name__ == "__main__":  # a process of its own: what this imports would stay in that of a server
    print(
        prepared.folder(
            lambda text: print(f"  {text}", file=sys.stderr, flush=True), workers=min(os.cpu_count() or 1, 4)
        )
    )
