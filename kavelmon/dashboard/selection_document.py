"""The document of the page Kavelselectie: scores of every wijk, shapes, areas and criteria, as data for a browser."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence

import numpy as np
import shapely

from kavelmon import colours, declarations, geometry, memberships, numerals, selection_texts, silhouettes, store, texts
from kavelmon.criteria import Criterion
from kavelmon.dashboard import heading
from kavelmon.dashboard.collect import ordered
from kavelmon.model import Area, NotFoundError
from kavelmon.regions import Regions
from kavelmon.selection import candidates, promise, stages, wording
from kavelmon.selection.candidates import Candidate
from kavelmon.selection.matrix import Column, Units
from kavelmon.selection.resampling import shown
from kavelmon.selection.result import Selection
from kavelmon.selection.run import select_kavels
from kavelmon.selection.scores import LEAST_GROUPS

_HIGH = 3000  # units of the map from north to south, some 100 m each
_LINE, _SMALL = 1.2, 6  # how far a border may be drawn beside its place; the smallest part that is drawn
_BANDS = ((30_000, 75_000), (75_000, 150_000), (150_000, 300_000))  # inhabitants of areas that are searched for
_OF_EACH, _TRIED = 3, 25
_DESCRIBED = 7  # of the best units, in words


def build() -> dict:
    """Return everything that the page shows before anybody moves a weight."""
    found = select_kavels()
    base = found.units
    placed, lost = areas(found)
    return {
        "year": base.year,
        "least": LEAST_GROUPS,
        "first": found.settings.first,
        "draws": found.settings.draws,
        "settings": {k: v for k, v in found.settings.model_dump().items() if k != "weights"},
        "texts": selection_texts.PAGE,
        "colours": {
            "map": list(colours.MAP),
            "none": colours.MAP_NONE,
            "hatch": colours.MAP_HATCH,
            "ink": colours.INK,
            "border": colours.BORDER,
            "select": colours.SELECT,
        },
        "groups": _groups(found),
        "indicators": [_indicator(found, n, c) for n, c in enumerate(found.columns)],
        "codes": list(base.codes),
        "names": list(base.names),
        "people": [round(n) for n in base.people],
        **_places(base),
        "sure": shown(found.certainty),
        "moved": [
            None if math.isnan(r) else int(np.nanmax(np.abs(m)))
            for r, m in zip(found.rank, found.without_one, strict=True)
        ],
        "shapes": _shapes(base),
        "best": [wording.text(found, code) for code in found.frame["code"].head(_DESCRIBED)],
        "areas": placed,
        "unplaced": lost,
        "threshold": promise.THRESHOLD,
        "peers": candidates.PEERS,
        "criteria": [_criterion(found, one) for one in found.criteria.criteria],
        "doubles": found.doubles.to_dict("records"),
        "scales": {scale: [rho, shared] for scale, (rho, shared) in found.other_scales.items()},
        "traject": _traject(),
        "sources": {
            name: heading.source_of(declarations.default().source(name))
            for name in sorted({c.edition for c in found.columns})
        },
    }


def _plain(values: Iterable[float], decimals: int) -> list[float | None]:
    return [None if math.isnan(v) else round(float(v), decimals or None) for v in values]


def _groups(found: Selection) -> list[dict]:
    missing = declarations.default().missing
    rows = []
    for n, group in enumerate(found.criteria.groups):
        measured = bool((found.group == n).any())
        lacking = [name for one in found.criteria.by_group[group.id] for name in one.missing]
        rows.append(
            {
                "id": group.id,
                "title": group.title,
                "why": group.why,
                "scores": _plain(found.grouped[:, n], 3) if measured else None,
                "inherited": measured
                and all(c.inherited for c, g in zip(found.columns, found.group, strict=True) if g == n),
                "missing": [f"{missing[name].title} ({missing[name].publisher})" for name in dict.fromkeys(lacking)],
            }
        )
    return rows


def _indicator(found: Selection, n: int, c: Column) -> dict:
    coverage = found.coverage.iloc[n]
    return {
        "id": c.item.id,
        "title": c.item.title,
        "sign": numerals.sign_of(c.item.unit),
        "unit": _unit(c),
        "decimals": c.item.decimals,
        "group": int(found.group[n]),
        "weight": float(found.importance[n]),
        "direction": c.proxy.direction,
        "confidence": c.proxy.confidence,
        "why": c.proxy.why,
        "inherited": c.inherited,
        "period": c.period,
        "source": c.edition,
        # a mean of wijken stands for the country only where its source gives no figure of its own
        "national": round(
            c.national if not math.isnan(c.national) else float(coverage["mean"]), c.item.decimals or None
        ),
        "known": int(coverage["known"]),
        "values": _plain(c.value, c.item.decimals),
        "scores": _plain(found.scored[:, n], 1),
    }


def _unit(c: Column) -> str:
    """Return what the unit adds to a figure that stands behind its title."""
    unit = numerals.added_unit(c.item.unit)
    known = unit.startswith("verhouding") or c.item.title.lower().startswith(unit.lower())
    return "" if known else unit


def _places(base: Units) -> dict:
    """Return where each unit lies: its gemeente, and per kind of region the names and the region of each gemeente."""
    regions = store.regions()
    towns = sorted(set(base.gemeenten))
    at = {code: n for n, code in enumerate(towns)}
    rows = memberships.newest()
    kinds = {}
    for kind in ("PV", "GG", "ZK"):
        part = rows[(rows["kind"] == kind) & rows["counts"]]
        of = dict(zip(part["gemeente"], part["name"], strict=True))
        names = sorted(set(of.values()))
        kinds[kind] = {
            "names": names,
            "of": [_number(names, of.get(_today(regions, code, base.year))) for code in towns],
        }
    return {
        "towns": [regions.name(code) for code in towns],
        "town": [at[code] for code in base.gemeenten],
        "kinds": kinds,
        "now": [regions.name(_today(regions, code, base.year)) for code in towns],
        # of a wijk that got other borders or another code, figures of later years are of another area
        "same": [regions.same(code, base.year, _newest(regions)) for code in base.codes],
    }


def _number(names: list[str], name: str | None) -> int:
    return -1 if name is None else names.index(name)


def _newest(regions: Regions) -> int:
    """Return the year of the newest list of wijken."""
    return max(year for code, year in regions.small if code.startswith("WK"))


def _today(regions: Regions, code: str, year: int) -> str:
    """Return the gemeente in which most of a former one lies today."""
    while code not in regions.gemeenten(regions.current_year):
        step = next((s for s in regions.between(year, regions.current_year) if code in s.heirs), None)
        if step is None:
            return code
        code = max(step.heirs[code], key=lambda heir: heir[1])[0]
    return code


def _shapes(base: Units) -> dict:
    """Return the units as SVG path data in one frame; empty where a unit has no shape that is its own area."""
    drawn = geometry.shapes(base.level, base.year)
    other = geometry.renamed(dict(zip(base.codes, base.names, strict=True)), drawn)
    other = other if drawn.attrs["region_year"] != base.year else []
    frame = silhouettes.national(10 * _HIGH, _HIGH)
    placed = shapely.coverage_simplify(frame.put(drawn.geometry.array), _LINE)
    at = {code: n for n, code in enumerate(drawn["code"]) if code not in set(other)}
    rows = [at.get(code, -1) for code in base.codes]
    boxes = shapely.bounds(placed).round().astype(int).tolist()
    by_town: dict[str, list] = {}
    for code, shape in zip(drawn["code"], placed, strict=True):
        by_town.setdefault(code[2:6], []).append(shape)
    towns = (shapely.coverage_union_all(shapes) for shapes in by_town.values())
    return {
        "size": [frame.width, frame.height],
        "year": int(drawn.attrs["region_year"]),
        "paths": ["" if n < 0 else silhouettes.path(placed[n], tolerance=0, smallest=_SMALL) for n in rows],
        "boxes": [None if n < 0 else boxes[n] for n in rows],
        "towns": "".join(silhouettes.path(town, tolerance=0, smallest=_SMALL) for town in towns),
    }


def areas(found: Selection) -> tuple[list[dict], list[str]]:
    """Return the areas that were nominated with those that the search found, and the names of what has no place."""
    nominated, lost = _candidates(found, promise.preferred())
    known = [a for a in ordered(declarations.default().areas.values()) if a.kind == "regio"]
    regions, more = _candidates(found, known)
    searched: list[Candidate] = []
    for smallest, largest in _BANDS:
        apart = promise.beside(
            found, [*nominated, *regions, *searched], candidates.search(found, smallest, largest, _TRIED)
        )
        searched += apart[:_OF_EACH]
    kinds = (("nominated", nominated), ("known", regions), ("found", searched))
    return [_area(found, one, kind) for kind, listed in kinds for one in listed], [*lost, *more]


def _candidates(found: Selection, named: Iterable[str | Area]) -> tuple[list[Candidate], list[str]]:
    """Return areas on the criteria, and the names of those of which no part was a wijk then (buurten, new wijken)."""
    placed, lost = [], []
    for one in named:
        try:
            placed.append(candidates.candidate(found, one))
        except NotFoundError:
            lost.append(one.title if isinstance(one, Area) else one)
    return placed, lost


def own(codes: Sequence[str], title: str) -> dict:
    """Return an area that somebody put together: ``area`` as `areas` gives it, or ``said``, why there is none."""
    found = select_kavels()
    try:
        return {"area": _area(found, candidates.candidate(found, codes, title), "own")}
    except NotFoundError:
        return {"said": selection_texts.NO_PART.format(year=found.units.year)}


def _area(found: Selection, one: Candidate, kind: str) -> dict:
    regions = store.regions()
    held: dict[str, float] = {}
    for n in one.units:
        code = found.units.gemeenten[n]
        held[code] = held.get(code, 0.0) + float(found.units.people[n])
    towns = sorted(held, key=lambda code: -held[code])
    return {
        "title": one.title,
        "kind": kind,
        "people": round(one.people),
        "units": one.units.tolist(),
        "towns": [regions.name(code) for code in towns],
        "groups": _plain(one.groups, 3),
        "peers": [_plain(row, 1) for row in one.peers],
        "left": list(one.left_out),
    }


def _criterion(found: Selection, one: Criterion) -> dict:
    missing = declarations.default().missing
    return {
        "code": one.code,
        "short": one.short,
        "text": one.text,
        "kind": one.kind,
        "note": one.note,
        "ask": one.ask,
        "same": found.criteria.meant(one).code if one.same_as else "",
        "group": one.group,
        "indicators": [proxy.id for proxy in one.indicator],
        "missing": [missing[name].title for name in one.missing],
    }


def _traject() -> dict:
    """Return the way of the areas from the long list to a kavel: the region's own log, or the example."""
    own = stages.log()
    log = own if len(own) else stages.example()
    rows = stages.history(log).to_dict("records")
    return {
        "example": not len(own),
        "states": [[state, selection_texts.STATES[state]] for state in stages.STATES],
        "dates": [
            [texts.date(dt.date.fromisoformat(row["date"])), [row[state] for state in stages.STATES]] for row in rows
        ],
    }
