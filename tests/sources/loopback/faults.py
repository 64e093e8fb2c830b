"""How an answer goes wrong when a test asks for it."""

import json
import re
import socket
import struct
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.sources.loopback.answers import JSON3, Answer, Request, odata_error

if TYPE_CHECKING:
    from tests.sources.loopback.server import Loopback

_ANSWERS = ("500", "503", "404", "html", "redirect", "empty")
_BODIES = ("wrong_type", "silent", "loop", "flipped", "cut_json", "bom")
_WIRES = ("cut", "reset", "drip", "stall", "huge")
KINDS = (*_ANSWERS, *_BODIES, *_WIRES)
_HTML = "<!DOCTYPE html><html><body><h1>Onderhoud</h1><p>Deze dienst is tijdelijk niet beschikbaar.</p></body></html>"
_BLOCK = b" " * 65_536


@dataclass
class Fault:
    """One way to misbehave.

    Parameters
    ----------
    kind
        One of `KINDS`. With a JSON body "cut" and "cut_json" leave half of it; "silent" leaves out the last `rows`
        rows and the link to the next page; "flipped" changes one digit; "bom" puts a byte order mark in front.
    match
        Regular expression on ``host/path?query``, decoded.
    times
        How often it happens; None for always.
    after
        How many matching requests go well first.
    rows
        How many rows "silent" leaves out.
    to
        Where "redirect" points; by default to another port of this machine.
    retry_after
        What "503" says in Retry-After, in seconds or as a date.
    pause
        Seconds between the bytes of "drip".
    """

    kind: str
    match: str = ""
    times: int | None = None
    after: int = 0
    rows: int = 1
    to: str = ""
    retry_after: int | str = 1
    pause: float = 0.05
    seen: int = field(default=0, init=False)  # matching requests so far
    done: int = field(default=0, init=False)  # of which went wrong

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is no fault; allowed: {', '.join(KINDS)}")

    def strikes(self, address: str) -> bool:
        """Say whether this request goes wrong, and count it."""
        if not re.search(self.match, address):
            return False
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.done >= self.times):
            return False
        self.done += 1
        return True

    @property
    def on_wire(self) -> bool:
        """Whether the sending goes wrong and not what is sent."""
        return self.kind in _WIRES

    def spoil(self, answer: Answer, server: "Loopback", request: Request) -> Answer:
        """Return what comes in place of the right answer."""
        match self.kind:
            case "500":
                return odata_error(500, "An error occurred while processing your request.")
            case "503":
                page = Answer(_HTML.encode(), 503, "text/html; charset=utf-8")
                page.headers["Retry-After"] = str(self.retry_after)
                return page
            case "404":
                return Answer(b"", 404, "text/html")
            case "html":
                return Answer(_HTML.encode(), 200, "text/html; charset=utf-8")
            case "redirect":
                return Answer(b"", 302, "text/html", {"Location": self.to or f"{server.elsewhere}/elsewhere"})
            case "empty":
                return Answer(b"", answer.status, answer.content_type)
        if answer.status != 200:
            return answer
        return Answer(
            self._body(answer.body, f"{server.hosts[request.host]}{quote(request.path)}?{request.query}"),
            200,
            answer.content_type,
            answer.headers,
        )

    def _body(self, body: bytes, address: str) -> bytes:
        if self.kind == "cut_json":
            return body[: len(body) // 2]
        if self.kind == "flipped":
            return _flipped(body)
        if self.kind == "bom":
            return b"\xef\xbb\xbf" + body
        try:
            content = json.loads(body)
        except ValueError:
            content = None
        if not isinstance(content, dict):  # a file: the last lines, or no object to put a link in
            if self.kind == "silent":
                return b"".join(body.splitlines(keepends=True)[: -self.rows])
            return b"[]" if self.kind == "wrong_type" else body
        rows = next((name for name in ("value", "features", "data") if isinstance(content.get(name), list)), "")
        if self.kind == "wrong_type":
            content = content[rows] if rows else [content]
        elif self.kind == "silent" and rows:
            content[rows] = content[rows][: -self.rows]
            content = {name: value for name, value in content.items() if not name.endswith("nextLink")}
        elif self.kind == "loop" and rows == "value":
            content["odata.nextLink" if "odata.metadata" in content else "@odata.nextLink"] = address
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()

    def send(self, handler: BaseHTTPRequestHandler, answer: Answer, stopped: threading.Event) -> None:
        """Send an answer and go wrong halfway; the connection ends with it."""
        handler.close_connection = True
        if self.kind == "stall":
            _until_gone(handler, stopped)
            return
        length = len(answer.body) if self.kind in ("cut", "reset") else None
        handler.send_response(answer.status)
        handler.send_header("Content-Type", answer.content_type or JSON3)
        if length is not None:
            handler.send_header("Content-Length", str(length))
        handler.send_header("Connection", "close")
        handler.end_headers()
        half = answer.body[: len(answer.body) // 2]
        if self.kind == "drip":
            at = 0
            while not stopped.wait(self.pause):
                handler.wfile.write(half[at : at + 1] or b" ")
                at += 1
        elif self.kind == "huge":
            handler.wfile.write(half)
            while not stopped.is_set():
                handler.wfile.write(_BLOCK)
        else:
            handler.wfile.write(half)
            if self.kind == "reset":
                # no lingering: closing sends RST in place of FIN
                handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                handler.connection.close()


def _flipped(body: bytes) -> bytes:
    """Change one digit near the middle, so that what is read stays readable; any byte when there is no digit."""
    middle = len(body) // 2
    digit = re.compile(rb"\d").search(body, middle) or re.compile(rb"\d").search(body)
    at = digit.start() if digit else middle
    other = b"%d" % ((int(body[at : at + 1]) + 1) % 10) if digit else bytes([body[at] ^ 1])
    return body[:at] + other + body[at + 1 :]


def _until_gone(handler: BaseHTTPRequestHandler, stopped: threading.Event) -> None:
    handler.connection.settimeout(0.1)
    while not stopped.is_set():
        try:
            if not handler.connection.recv(1):
                return
        except TimeoutError:
            continue
        except OSError:
            return
