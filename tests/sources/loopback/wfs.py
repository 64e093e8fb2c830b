"""PDOK's WFS of the CBS: gebiedsindelingen and wijkenbuurten."""

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tests.sources.loopback import layers
from tests.sources.loopback.answers import Answer, Request, as_json, not_found

if TYPE_CHECKING:
    from tests.sources.loopback.server import Loopback

_SERVICES = ("gebiedsindelingen", "wijkenbuurten")
_FORMATS = ("application/json", "json", "geojson", "application/json; subtype=geojson")
_XML = "text/xml; charset=UTF-8"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def answer(server: "Loopback", request: Request) -> Answer:
    """Answer GetFeature, and GetCapabilities with the names of the layers."""
    parts = request.parts
    known = {(service, str(year)) for service, year, _ in layers.NAMES}
    if len(parts) != 5 or parts[0] != "cbs" or parts[3:] != ["wfs", "v1_0"] or (parts[1], parts[2]) not in known:
        return not_found()
    service, year = parts[1], int(parts[2])
    options = request.options
    if options.get("service", "").upper() != "WFS":
        return _exception("MissingParameterValue", "service", "WFS request error. SERVICE must be WFS.")
    names = [name for s, y, name in layers.NAMES if (s, y) == (service, year)]
    asked = options.get("request", "").lower()
    if asked == "getcapabilities":
        return Answer(_capabilities(service, names).encode(), content_type=_XML)
    if asked != "getfeature":
        return _exception("InvalidParameterValue", "request", f"Unknown request '{options.get('request', '')}'.")
    layer = options.get("typenames", options.get("typename", "")).removeprefix(f"{service}:")
    if layer not in names:
        return _exception("InvalidParameterValue", "typename", f"TYPENAME '{layer}' doesn't exist in this server.")
    srs = _srs(options.get("srsname", ""))
    if not srs:
        return _exception("InvalidParameterValue", "srsname", f"Invalid SRSNAME '{options['srsname']}'.")
    return _features(server, options, service, year, layer, srs)


def _features(server: "Loopback", options: dict[str, str], service: str, year: int, name: str, srs: str) -> Answer:
    layer = layers.load(server.data, service, year, name)
    total = len(layer.properties)
    try:
        start = max(0, int(options.get("startindex", 0)))
        count = int(options.get("count", options.get("maxfeatures", server.features)))
    except ValueError:
        return _exception("InvalidParameterValue", "count", "COUNT and STARTINDEX must be whole numbers.")
    if options.get("resulttype", "").lower() == "hits":
        return Answer(_hits(total).encode(), content_type=_XML)
    if options.get("outputformat", "") not in _FORMATS:
        return _exception("InvalidParameterValue", "outputformat", "Only GeoJSON is served here.")
    lonlat = srs == layers.LONLAT and not server.ignore_srs
    shapes = layer.lonlat if lonlat else layer.metres
    shown = range(start, min(total, start + min(count, server.features)))
    features = [
        {
            "type": "Feature",
            "id": f"{name}.{i + 1}",
            "properties": layer.properties[i],
            "geometry": _swapped(shapes[i]) if server.swap_axes else shapes[i],
        }
        for i in shown
    ]
    content: dict[str, object] = {"type": "FeatureCollection", "numberMatched": total, "name": name}
    if not lonlat:
        content["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    return as_json({**content, "features": features})


def _srs(asked: str) -> str:
    """Return the system that is meant, ``""`` for one that is not served."""
    if not asked:
        return layers.RD
    found = re.fullmatch(
        r"(?:EPSG:|urn:ogc:def:crs:EPSG:[^:]*:|https?://www\.opengis\.net/def/crs/EPSG/\w+/)(\d+)", asked
    )
    code = f"EPSG:{found[1]}" if found else ""
    return code if code in (layers.RD, layers.LONLAT) else ""


def _swapped(geometry: dict) -> dict:
    def turn(part: list) -> list:
        return [part[1], part[0], *part[2:]] if isinstance(part[0], (int, float)) else [turn(p) for p in part]

    return {**geometry, "coordinates": turn(geometry["coordinates"])}


def _hits(total: int) -> str:
    return (
        f'{_HEAD}<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" '
        f'timeStamp="2026-01-01T00:00:00" numberMatched="{total}" numberReturned="0"></wfs:FeatureCollection>'
    )


def _capabilities(service: str, names: list[str]) -> str:
    found = "".join(f"<FeatureType><Name>{service}:{name}</Name></FeatureType>" for name in names)
    return (
        f'{_HEAD}<wfs:WFS_Capabilities xmlns:wfs="http://www.opengis.net/wfs/2.0" version="2.0.0">'
        f"<FeatureTypeList>{found}</FeatureTypeList></wfs:WFS_Capabilities>"
    )


def _exception(code: str, where: str, text: str) -> Answer:
    body = (
        f'{_HEAD}<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1" version="2.0.0">'
        f'<ows:Exception exceptionCode="{code}" locator="{where}"><ows:ExceptionText>{escape(text)}</ows:ExceptionText>'
        "</ows:Exception></ows:ExceptionReport>"
    )
    return Answer(body.encode(), 400, _XML)
