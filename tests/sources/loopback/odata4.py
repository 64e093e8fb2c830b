"""OData v4 of the CBS, which names tables with attention to capitals and pads nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np

from tests.sources.loopback.answers import JSON4, Answer, Request, as_json, dump
from tests.sources.loopback.filters import Filter, FilterError
from tests.sources.loopback.table4 import Table4

if TYPE_CHECKING:
    from tests.sources.loopback.server import Loopback

HOST = "datasets.cbs.nl"
_LISTED = (  # noqa: SIM905
    "Identifier Title Description Language Catalog Version VersionReason VersionNotes Status Modified DatasetType "
    "ObservationCount ObservationsModified"
).split()


def answer(server: "Loopback", request: Request) -> Answer:
    """Answer a request below ``/odata/v1/CBS``."""
    parts = request.parts
    if [part.lower() for part in parts[:3]] != ["odata", "v1", "cbs"]:
        return _error(404, "Resource not found.")
    base = f"{server.hosts[HOST]}/odata/v1/CBS"
    try:
        if len(parts) == 3:
            return _root(base, [(name, "EntitySet") for name in ("Catalogs", "Datasets")])
        if parts[3] == "Datasets":
            rows = [{k: t.info.get(k) for k in _LISTED} for t in server.tables_of(HOST)]
            return _rows(server, request, f"{base}/$metadata#Datasets", rows, "")
        table = server.find(parts[3], HOST)
        if table is None:
            return _error(404, f"Dataset '{parts[3]}' not found.")
        return _table(server, request, table, f"{base}/{table.id}", parts[4:])
    except (FilterError, ValueError) as error:
        return _error(400, str(error))


def _table(server: "Loopback", request: Request, table: Table4, base: str, path: list[str]) -> Answer:
    sets = _sets(table)
    if not path:
        return _root(base, [(name, "Singleton" if name == "Properties" else "EntitySet") for name in sets])
    name, rest = path[0], path[1:]
    if name == "$metadata":
        return _error(406, "Not acceptable.")
    if name not in sets or rest not in ([], ["$count"]):
        return _error(404, f"Resource not found for the segment '{name}'.")
    context = f"{base}/$metadata#{name}"
    if name == "Properties":
        return as_json({"@odata.context": context, **table.info}, content_type=JSON4)
    rows = table.observations if name == "Observations" else _metadata(table, name, base)
    if condition := request.options.get("$filter"):
        look = Filter(condition)
        if name == "Observations":
            known = {n: table.column(n) for n in look.names if rows and n in rows[0]}
        else:
            known = {n: [row.get(n) for row in rows] for n in look.names if rows and n in rows[0]}
        rows = [rows[i] for i in np.flatnonzero(look(known))] if rows else rows
    if rest:
        return Answer(str(len(rows)).encode(), content_type="text/plain")
    return _rows(server, request, context, rows, f"{base}/{name}")


def _rows(server: "Loopback", request: Request, context: str, rows: Sequence[dict], address: str) -> Answer:
    options = request.options  # $search is not looked at, as there
    start = {"@odata.context": context}
    if options.get("$count") == "true":
        start["@odata.count"] = len(rows)
    skip = int(options.get("$skip", 0))
    rows = rows[skip:]
    rows = rows[: int(options.get("$top", len(rows)))]
    shown = rows[: server.page4]
    if wanted := [n.strip() for n in options.get("$select", "").split(",") if n.strip()]:
        if shown and (absent := [n for n in wanted if n not in shown[0]]):
            raise FilterError(f"Could not find a property named '{absent[0]}'.")
        shown = [{name: row[name] for name in wanted} for row in shown]
    end = {}
    if len(rows) > len(shown):
        travel = [o for o in ("$filter", "$select") if o in options]
        more = [f"{o}={quote(options[o], safe='')}" for o in travel]
        more += [f"$top={len(rows) - len(shown)}"] if "$top" in options else []
        # how the service spells this link was never recorded
        place = address.rsplit("/", 1)[-1] if server.relative4 else address
        end["@odata.nextLink"] = f"{place}?{'&'.join([*more, f'$skip={skip + len(shown)}'])}"
    head, tail = dump(start)[:-1], dump(end)[1:-1]
    body = f'{head},"value":{dump(shown)}{"," if tail else ""}{tail}}}'
    return Answer(body.encode(), content_type=JSON4)


def _sets(table: Table4) -> list[str]:
    groups = "MeasureGroups" in table.groups
    found = ["MeasureGroups"] if groups else []
    found += ["MeasureCodes", "Dimensions"]
    for name in table.names():
        found += [f"{name}Groups"] if f"{name}Groups" in table.groups else []
        found.append(f"{name}Codes")
    return [*found, "Observations", "Properties"]


def _metadata(table: Table4, name: str, base: str) -> list[dict]:
    if name == "MeasureCodes":
        return table.measures
    if name == "Dimensions":
        own = {"CodesUrl": "Codes", "GroupsUrl": "Groups"}
        return [
            {k: f"{base}/{row['Identifier']}{own[k]}" if k in own and v else v for k, v in row.items()}
            for row in table.dimensions
        ]
    return table.groups[name] if name in table.groups else table.codes[name]


def _root(base: str, sets: list[tuple[str, str]]) -> Answer:
    value = [{"name": name, "kind": kind, "url": name} for name, kind in sets]
    return as_json({"@odata.context": f"{base}/$metadata", "value": value}, content_type=JSON4)


def _error(status: int, message: str) -> Answer:
    return as_json({"error": {"code": "", "message": message}}, status, JSON4)
