"""What a document says before and beside its figures: the area, its domains, what happened there, the sources."""

import datetime as dt
from collections.abc import Sequence

from kavelmon import declarations, figures, licences, memberships, silhouettes, store, texts
from kavelmon.analysis.compare import records
from kavelmon.dashboard.units import Lists
from kavelmon.model import Area
from kavelmon.regions import gemeente_of
from kavelmon.source_model import Source


def described(area: Area, lists: Lists) -> dict:
    """Return the area itself: name, people, members, the regions that it lies in, its place on the map."""
    found = figures.value("inwoners", area)
    names = {c: _full_name(c) for c in area.codes}
    return {
        "id": ",".join(area.codes) if area.kind == "eigen" and area.id not in declarations.default().areas else area.id,
        "title": area.title,
        "kind": area.kind,
        "description": area.description,
        "start": area.start.isoformat() if area.start else "",
        "people": found.get("value"),
        "peopleYear": found.get("period", ""),
        "members": sorted(([c, n] for c, n in names.items()), key=lambda pair: (pair[0][:2], pair[1])),
        "wijken": lists.newest("WK"),
        "lies": _lies_in(area),
        "locator": silhouettes.locator(area.codes) if area.codes else "",
    }


def _lies_in(area: Area) -> list[list]:
    """Return the regions that an area lies in: kind, name, code, and the share of the area where it is a part of it."""
    if not area.codes:
        return []
    whole = all(code.startswith("GM") for code in area.codes)
    towns = sorted({code if code.startswith("GM") else gemeente_of(code) for code in area.codes})
    rows = records(memberships.of(towns))
    kinds = memberships.kinds()
    order = {kind: number for number, kind in enumerate(kinds)}
    rows.sort(key=lambda row: (order[row["kind"]], -row["inhabitants"]))
    return [
        [
            kinds[r["kind"]],
            r["name"],
            r["code"],
            round(r["share_of_area"], 3) if whole and r["share_of_area"] < 1 else None,
        ]
        for r in rows
        if r["code"].lower() != area.id
    ]


def _full_name(code: str) -> str:
    """Return the name of a member; of a wijk or buurt with that of its gemeente."""
    regions = store.regions()
    name = regions.name(code)
    return name if code.startswith("GM") else f"{name} ({regions.name(gemeente_of(code))})"


def domains(core_items: list[dict]) -> list[dict]:
    """Return the four domains with their groups, and what is missing in each."""
    counts = {d: sum(i["domain"] == d for i in core_items) for d in texts.DOMAINS}
    groups = {d: [[title, question] for title, question, _ in texts.GROUPS[d]] for d in texts.DOMAINS}
    return [
        {"id": d, "title": title, "count": counts[d], "groups": groups[d], "missing": _missing(d)}
        for d, title in texts.DOMAINS.items()
    ]


def _missing(domain: str) -> list[list[str]]:
    """Return what the mission names in a domain and these files lack: title and remark."""
    held = store.held()
    found = [
        m for m in declarations.default().missing.values() if m.domain == domain and not held.keys() & {*m.sources}
    ]
    return [[m.title, f"{m.note} ({m.publisher}{', ' + m.table if m.table else ''})"] for m in found]


def events(area: Area, areas: Sequence[Area]) -> list[dict]:
    """Return what happened in an area or the country, as marks of a trend."""
    found = [e for a in areas if a.kind == "land" for e in a.event]
    found += [] if area.kind == "land" else list(area.event)
    marks = [{"year": e.year, "title": e.title, "text": e.text} for e in found]
    if area.start:
        marks.append({"year": area.start.year, "title": texts.START, "text": texts.started(area.title, area.start)})
    return marks


def source_of(source: Source) -> dict:
    """Return what a page says of a source."""
    accessed = source.accessed
    return {
        "publisher": source.publisher,
        "title": source.title,
        "table": source.table,
        "method": source.method,
        "licence": source.licence,
        "terms": licences.terms(source.licence),
        "accessed": texts.date(accessed) if isinstance(accessed, dt.date) else accessed,
    }
