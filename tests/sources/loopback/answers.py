"""What comes in and what goes back over the wire, before a fault spoils it."""

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote_plus

JSON3 = "application/json;odata=minimalmetadata;streaming=true;charset=utf-8"
JSON4 = "application/json; odata.metadata=minimal; odata.streaming=true"


@dataclass(frozen=True)
class Request:
    """A request to a publisher: `path` is decoded, `query` is as it was sent."""

    host: str
    path: str
    query: str
    headers: dict[str, str]

    @property
    def parts(self) -> list[str]:
        return [part for part in self.path.split("/") if part]

    @property
    def options(self) -> dict[str, str]:
        """The query by name in lower case."""
        return {name.lower(): value for name, value in parse_qsl(self.query, keep_blank_values=True)}

    @property
    def seen(self) -> tuple[str, str, str]:
        """What a test reads: host, path and query, decoded."""
        return self.host, self.path, unquote_plus(self.query)

    @property
    def address(self) -> str:
        """What a fault is matched with."""
        host, path, query = self.seen
        return f"{host}{path}?{query}" if query else host + path


@dataclass
class Answer:
    """Status, body and headers of a response; Content-Length is added when it is sent."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


def as_json(content: object, status: int = 200, content_type: str = "application/json; charset=utf-8") -> Answer:
    return Answer(dump(content).encode(), status, content_type)


def dump(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def odata_error(status: int, message: str) -> Answer:
    """Answer as OData v3 reports an error."""
    body = {"odata.error": {"code": "", "message": {"lang": "en-US", "value": message}}}
    return as_json(body, status, JSON3)


def not_found() -> Answer:
    page = "<!DOCTYPE html><html><head><title>404 - File or directory not found.</title></head><body></body></html>"
    return Answer(page.encode(), 404, "text/html")
