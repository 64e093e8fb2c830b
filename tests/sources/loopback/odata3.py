"""OData v3 of StatLine: the apps ODataApi, ODataFeed and ODataCatalog, on both hosts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np

from tests.sources.loopback import atom
from tests.sources.loopback.answers import JSON3, Answer, Request, as_json, dump, not_found, odata_error
from tests.sources.loopback.filters import Filter, FilterError
from tests.sources.loopback.table import PROPERTY, Table

if TYPE_CHECKING:
    from tests.sources.loopback.server import Loopback

APPS = {"odataapi": "ODataApi", "odatafeed": "ODataFeed", "odatacatalog": "ODataCatalog"}
DATA = ("UntypedDataSet", "TypedDataSet")
TOO_MANY = "query returns more than 10000 records"
# what the catalog prints there; it resolves nowhere
INTERNAL = {"dataderden.cbs.nl": "https://dataderden.prod.cbsp.nl"}
CATALOG = (  # noqa: SIM905
    "Updated ID Identifier Title ShortTitle ShortDescription Summary Modified MetaDataModified ReasonDelivery "
    "ExplanatoryText OutputStatus Source Language Catalog Frequency Period SummaryAndLinks ApiUrl FeedUrl "
    "DefaultPresentation DefaultSelection GraphTypes RecordCount ColumnCount SearchPriority"
).split()


@dataclass
class Query:
    """A request to one of the apps."""

    server: "Loopback"
    host: str
    app: str
    options: dict[str, str]

    @property
    def as_xml(self) -> bool:
        """Api speaks JSON; Feed and catalog speak Atom unless they are asked for JSON."""
        wanted = self.options.get("$format", "json" if self.app == "ODataApi" else "atom")
        return wanted.split(";")[0] not in ("json", "application/json")

    @property
    def base(self) -> str:
        return f"{self.server.hosts[self.host]}/{self.app}"

    def whole(self, name: str, default: int) -> int:
        try:
            return int(self.options.get(name, default))
        except ValueError:
            raise FilterError(f"Incorrect format for {name} argument '{self.options[name]}'.") from None


def answer(server: "Loopback", request: Request) -> Answer:
    """Answer a request to one of the apps."""
    path = request.parts
    app = APPS.get(path[0].lower()) if path else None
    asked = Query(server, request.host, app or "", request.options)
    try:
        if app == "ODataCatalog":
            return _catalog(asked, path[1:])
        if not app or len(path) < 3 or path[1].lower() != "odata":
            return not_found()
        table = server.find(path[2], request.host)
        if table is None:
            return not_found()
        return _table(asked, table, path[3:])
    except FilterError as error:
        return odata_error(400, str(error))


def _table(asked: Query, table: Table, path: list[str]) -> Answer:
    metadata = f"{asked.base}/OData/{table.id}/$metadata"
    if not path:
        return _root(asked, table, metadata)
    name, rest = path[0], path[1:]
    if name == "$metadata":
        return Answer(atom.metadata(table).encode(), content_type="application/xml;charset=utf-8")
    if name not in _sets(table):
        return not_found()
    if rest == ["$count"]:  # of the whole set, whatever the filter
        return Answer(str(_length(table, name)).encode(), content_type="text/plain;charset=utf-8")
    if rest:
        return not_found()
    data = name in DATA
    if asked.app == "ODataApi" and "$skip" in asked.options:
        return odata_error(400, "Query option 'Skip' is not allowed.")
    rows = range(_length(table, name))
    if condition := asked.options.get("$filter"):
        look = Filter(condition)
        if data and (look.names & set(table.topics()) or look.joints > asked.server.most_or):
            return odata_error(500, TOO_MANY)
        columns = {d: table.columns[d] for d in table.dimensions} if data else _columns(metadata_rows(table, name))
        rows = np.flatnonzero(look(columns)).tolist() if len(rows) else rows
    rows = rows[asked.whole("$skip", 0) :]
    top = asked.whole("$top", len(rows))
    rows = rows[:top]
    if asked.app == "ODataApi" and data and len(rows) > asked.server.limit:
        return odata_error(500, TOO_MANY)
    page = asked.server.page if asked.app == "ODataFeed" else len(rows)
    following = _next(asked, table, name, len(rows)) if len(rows) > page else ""
    names = _selected(asked, ["ID", *table.columns] if data else list(_keys(metadata_rows(table, name))))
    shown = rows[:page]
    if data:
        cells = ",".join(table.rows(names, shown, as_typed=name == "TypedDataSet"))
    else:
        held = metadata_rows(table, name)
        cells = ",".join(dump({k: held[i][k] for k in names if k in held[i]}) for i in shown)
    return _shown(asked, f"{metadata}#Cbs.OData.WebAPI.{name}", cells, following)


def _shown(asked: Query, metadata: str, cells: str, following: str) -> Answer:
    link = f',"odata.nextLink":{dump(following)}' if following else ""
    text = f'{{"odata.metadata":{dump(metadata)},"value":[{cells}]{link}}}'
    if asked.as_xml:
        return Answer(atom.feed(text).encode(), content_type="application/atom+xml;type=feed;charset=utf-8")
    return Answer(text.encode(), content_type=JSON3)


def _root(asked: Query, table: Table, metadata: str) -> Answer:
    written = "OData" if asked.app == "ODataApi" else "odata"
    value = [{"name": n, "url": f"{asked.base}/{written}/{table.id}/{n}"} for n in _sets(table)]
    if asked.as_xml:
        return Answer(atom.service(value).encode(), content_type="application/xml;charset=utf-8")
    return as_json({"odata.metadata": metadata, "value": value}, content_type=JSON3)


def _sets(table: Table) -> list[str]:
    return ["TableInfos", *DATA, "DataProperties", "CategoryGroups", *table.dimensions]


def _length(table: Table, name: str) -> int:
    return len(table) if name in DATA else len(metadata_rows(table, name))


def metadata_rows(table: Table, name: str) -> list[dict]:
    """Return the rows of a set that is no data."""
    if name == "TableInfos":
        return [table.info]
    if name == "DataProperties":
        return [{k: row[k] for k in PROPERTY if k in row} for row in table.properties]
    return table.groups if name == "CategoryGroups" else table.dimensions[name]


def _keys(rows: Sequence[dict]) -> dict[str, None]:
    return {key: None for row in rows for key in row}


def _columns(rows: Sequence[dict]) -> dict[str, list]:
    return {key: [row.get(key) for row in rows] for key in _keys(rows)}


def _selected(asked: Query, names: list[str]) -> list[str]:
    wanted = [n.strip() for n in asked.options.get("$select", "").split(",") if n.strip()]
    if absent := [n for n in wanted if n not in names and n != "*"]:
        raise FilterError(f"Could not find a property named '{absent[0]}'.")
    return names if not wanted or "*" in wanted else wanted


def _next(asked: Query, table: Table, name: str, matched: int) -> str:
    """Return the link to the next page, spelled as the service spells it."""
    page = asked.server.page
    options = [f"$format={quote(asked.options['$format'])}"] if "$format" in asked.options else []
    options += [f"{o}={quote(asked.options[o], safe='')}" for o in ("$filter", "$select") if o in asked.options]
    if "$top" in asked.options:
        options.append(f"$top={matched - page}")
    options.append(f"$skip={asked.whole('$skip', 0) + page}")
    base = asked.server.next_host or asked.server.hosts[asked.host]
    return f"{base}/{asked.app}/OData/{table.id}/{name}/?{'&'.join(options)}"


def _catalog(asked: Query, path: list[str]) -> Answer:
    metadata = f"{asked.base}/$metadata"
    if not path:
        value = [{"name": n, "url": f"{asked.base}/{n}"} for n in ("Tables",)]
        if asked.as_xml:
            return Answer(atom.service(value).encode(), content_type="application/xml;charset=utf-8")
        return as_json({"odata.metadata": metadata, "value": value}, content_type=JSON3)
    if path[0] != "Tables":
        return not_found()
    rows = catalog_rows(asked)
    if path[1:] == ["$count"]:
        return Answer(str(len(rows)).encode(), content_type="text/plain;charset=utf-8")
    if condition := asked.options.get("$filter"):
        rows = [rows[i] for i in np.flatnonzero(Filter(condition)(_columns(rows)))]
    for part in reversed([p.split() for p in asked.options.get("$orderby", "").split(",") if p.strip()]):
        rows = sorted(rows, key=lambda row, key=part[0]: str(row.get(key, "")), reverse=part[-1] == "desc")
    rows = rows[asked.whole("$skip", 0) :]
    rows = rows[: asked.whole("$top", len(rows))]
    names = _selected(asked, CATALOG)
    cells = ",".join(dump({k: row[k] for k in names if k in row}) for row in rows)
    return _shown(asked, f"{metadata}#Tables", cells, "")


def catalog_rows(asked: Query) -> list[dict]:
    """Return the rows of the catalog: those of the tables that are served, then those that were only recorded."""
    rows = []
    base = INTERNAL.get(asked.host, asked.server.hosts[asked.host])
    for table in asked.server.tables_of(asked.host):
        address = {app: f"{base}/{app}/OData/{table.id}" for app in ("ODataApi", "ODataFeed")}
        row = {
            **table.info,
            "Updated": table.info["Modified"],
            "SummaryAndLinks": table.info["Summary"]
            + "".join(f'<br /><a href="{a}">{a}</a>' for a in address.values()),
            "ApiUrl": address["ODataApi"],
            "FeedUrl": address["ODataFeed"],
            "RecordCount": len(table),
            "ColumnCount": len(table.columns),
        }
        rows.append({key: row[key] for key in CATALOG})
    rows += asked.server.listed(asked.host)
    return [{**row, "ID": number} for number, row in enumerate(rows)]
