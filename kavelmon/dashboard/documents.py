"""The documents of all declared areas, for `kavelmon.dashboard.prepared`; run as a module it makes them."""

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path

import geopandas as gpd
import shapely

from kavelmon import areas, colours, declarations, linked, memberships, page_texts, silhouettes, store, texts
from kavelmon.dashboard import cost_document, document, national, prepared, selection_document
from kavelmon.dashboard.collect import collect, ordered
from kavelmon.model import Area
from kavelmon.regions import gemeente_of


def every(folder: Path, say: Callable[[str], None] = lambda _: None) -> Iterator[tuple[dict, tuple[dict, dict]]]:
    """Yield each area that is offered (id, title, kind) with the two parts of its document.

    What the page of any other area needs of the country is kept in `folder`.
    """
    offered = prepared_areas()
    collected = collect(offered, say)
    national.write(collected, folder)
    for area in offered:
        say(f"the page of {area.id}")
        yield {"id": area.id, "title": area.title, "kind": area.kind}, document.build(area, collected, offered)


def prepared_areas() -> list[Area]:
    """Return the areas that have a document before anybody asks for it: all declared ones, but the networks."""
    return ordered(area for area in declarations.default().areas.values() if area.kind != "netwerk")


def own(codes: Sequence[str]) -> tuple[dict, dict]:
    """Return the two parts of the document of an area that somebody put together.

    Raises
    ------
    NotFoundError
        Codes that are unknown or abolished.
    """
    area = areas.find(",".join(codes))
    declared = prepared_areas()
    collected = collect([area], known=national.read(prepared.folder()))
    return document.build(area, collected, [*declared, area])


def common(offered: list[dict]) -> dict:
    """Return what the pages of all areas share.

    Parameters
    ----------
    offered
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
    networks = [a for a in ordered(declarations.default().areas.values()) if a.kind == "netwerk"]
    return {
        "areas": offered,
        "networks": [{"id": a.id, "title": a.title, "kind": a.kind} for a in networks],
        "texts": page_texts.PAGE,
        "colours": {**named, "map": list(colours.MAP)},
        "specs": linked.specs(),
        "version": f"{metadata.version('kavelmon')}-{store.version()}",
        "date": texts.date(newest()),
    }


def selection() -> dict:
    """Return every wijk of the Netherlands on the criteria for a kavel."""
    return selection_document.build()


def cost() -> dict:
    """Return what care cost in every kavel and region, next to what was expected."""
    offered = cost_document.areas()
    return {**cost_document.common(offered), "of": {area.id: cost_document.build(area) for area in offered}}


def shapes() -> tuple[dict, dict[str, dict]]:
    """Return what an area is put together from: the gemeenten of the country, and by gemeente its wijken.

    Shapes are SVG path data in one frame.
    """
    regions = store.regions()
    frame = silhouettes.national(_FINE, _FINE)
    country, wijken = (_drawn(frame, silhouettes.layer(level), smallest) for level, smallest in _LEVELS.items())
    inside: dict[str, dict] = {}
    for row in wijken:
        inside.setdefault(gemeente_of(row[0]), {"wijken": []})["wijken"].append(row)
    names = [[c, regions.name(c, silhouettes.year())] for c in sorted(row[0] for row in wijken)]
    return {
        "size": [frame.width, frame.height],
        "year": silhouettes.year(),
        "gemeenten": country,
        "wijken": names,
        "regions": [[a.id.upper(), a.title, list(a.codes)] for a in memberships.regions()],
    }, inside


_FINE = 12_000  # units along the longer side: some 25 m, so that a wijk of a town keeps its shape
_LEVELS = {"GM": 400, "WK": 60}  # the smallest part that is drawn, in square units


def _drawn(frame: silhouettes.Frame, layer: gpd.GeoDataFrame, smallest: float) -> list[list]:
    """Return of each shape its code, name, path, and the box around it."""
    placed = shapely.coverage_simplify(frame.put(layer.geometry.array), 8 if smallest > 100 else 3)
    boxes = shapely.bounds(placed).round().astype(int).tolist()
    regions = store.regions()
    names = [regions.name(code, int(layer.attrs["region_year"])) for code in layer["code"]]
    paths = [silhouettes.path(shape, tolerance=0, smallest=smallest) for shape in placed]
    return [list(row) for row in sorted(zip(layer["code"], names, paths, boxes, strict=True))]


def newest() -> dt.date:
    """Return the day on which the newest of the figures were fetched."""
    days = [s.accessed for s in declarations.default().sources.values() if isinstance(s.accessed, dt.date)]
    return max(days)


def _kept(name: str, codes: Sequence[str]) -> list[str]:
    """Keep the document of an area of codes under a name; return what is wrong with them (Dutch)."""
    found = areas.compose(codes)
    if found.faults and not areas.declared(codes):
        return [remark.dutch for remark in found.faults]
    core, units = own(codes)
    prepared.keep_own(name, core=core, units=units)
    return []


def _kept_cost(name: str, codes: Sequence[str]) -> list[str]:
    """Keep the cost of an area of codes under a name; return why there is none (Dutch)."""
    found = cost_document.asked(",".join(codes))
    if isinstance(found, str):
        return [found]
    prepared.keep_own(name, cost=found)
    return []


def main(arguments: Sequence[str]) -> int:
    """Make the documents of all declared areas; or, of a part, a name and codes, that of one area under that name."""
    if arguments:
        part, name, *codes = arguments
        faults = _kept_cost(name, codes) if part in prepared.OF_COST else _kept(name, codes)
        if faults:
            print(json.dumps(faults, ensure_ascii=False))
        return prepared.FAULTS if faults else 0

    def say(text: str) -> None:
        print(f"  {text}", file=sys.stderr, flush=True)

    print(prepared.folder(say))
    return 0


if __name__ == "__main__":  # a process of its own: what this imports would stay in that of a server
    sys.exit(main(sys.argv[1:]))
