"""The same answers as Atom and XML, which is what OData v3 gives to who does not ask for JSON."""

import json
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from tests.sources.loopback.table import Table

_SPACES = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" '
    'xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"'
)
_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_TYPES = {int: "Edm.Int64", float: "Edm.Double", bool: "Edm.Boolean"}


def feed(text: str) -> str:
    """Turn the JSON of a set into an Atom feed."""
    content = json.loads(text)
    entries = "".join(
        f'<entry><content type="application/xml"><m:properties>{_properties(row)}</m:properties></content></entry>'
        for row in content["value"]
    )
    link = content.get("odata.nextLink")
    following = f'<link rel="next" href={quoteattr(link.replace("$format=json&", ""))} />' if link else ""
    return f"{_HEAD}<feed {_SPACES}><id>{escape(content['odata.metadata'])}</id>{entries}{following}</feed>"


def _properties(row: dict) -> str:
    parts = []
    for name, value in row.items():
        if "." in name:  # odata.type is no property
            continue
        kind = f' m:type="{_TYPES[type(value)]}"' if type(value) in _TYPES else ""
        if value is None:
            parts.append(f'<d:{name} m:null="true" />')
        else:
            parts.append(f'<d:{name}{kind} xml:space="preserve">{escape(str(value))}</d:{name}>')
    return "".join(parts)


def service(sets: list[dict[str, str]]) -> str:
    """Write a root document as XML."""
    found = "".join(f'<collection href="{s["name"]}"><atom:title>{s["name"]}</atom:title></collection>' for s in sets)
    return (
        f'{_HEAD}<service xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom"><workspace>'
        f"<atom:title>Default</atom:title>{found}</workspace></service>"
    )


def metadata(table: "Table") -> str:
    """Write the names and types of the columns, as `$metadata` does."""
    kinds = {"Long": "Edm.Int64", "Integer": "Edm.Int32", "Double": "Edm.Double", "Float": "Edm.Single"}
    columns = "".join(
        f'<Property Name="{name}" Type="{kinds.get(table.datatype(name), "Edm.String")}" />' for name in table.columns
    )
    return (
        f'{_HEAD}<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">'
        '<edmx:DataServices><Schema Namespace="Cbs.OData.WebAPI"><EntityType Name="TypedDataSet">'
        f"{columns}</EntityType></Schema></edmx:DataServices></edmx:Edmx>"
    )
