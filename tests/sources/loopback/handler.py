"""The side of the server that speaks HTTP."""

import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tests.sources.loopback.answers import Answer, Request

if TYPE_CHECKING:
    from tests.sources.loopback.server import Loopback


class Server(ThreadingHTTPServer):
    """Listens on one port for a `Loopback`."""

    daemon_threads = True
    request_queue_size = 64
    loopback: "Loopback"

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that go away, which is what tests of faults make them do."""


class Handler(BaseHTTPRequestHandler):
    """Answers for all publishers: the first part of the path is the host."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body go in two pieces; they must not wait for each other
    server: Server

    def do_GET(self) -> None:
        request = self._request()
        loopback = self.server.loopback
        if loopback.stopped.is_set():  # a connection that was kept open
            self.close_connection = True
            return
        fault = loopback.note(request)
        if fault and fault.kind == "stall":
            fault.send(self, Answer(), loopback.stopped)
            return
        try:
            answer = loopback.answer(request)
        except Exception:  # a mistake here must be seen, not taken for a publisher that fails
            traceback.print_exc()
            answer = Answer(traceback.format_exc().encode(), 500, "text/plain; charset=utf-8")
        if fault and fault.on_wire:
            fault.send(self, answer, loopback.stopped)
        else:
            self._send(fault.spoil(answer, loopback, request) if fault else answer)

    do_HEAD = do_GET  # noqa: N815

    def _request(self) -> Request:
        path, _, query = self.path.partition("?")
        _, host, *rest = path.split("/", 2)
        return Request(host, "/" + unquote(rest[0] if rest else ""), query, dict(self.headers.items()))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Elsewhere(Handler):
    """Where a redirect leads: another port that answers an empty set, and notes that it was asked."""

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        self.server.loopback.note(Request("elsewhere", unquote(path), query, dict(self.headers.items())))
        self._send(Answer(b'{"value":[]}'))

    do_HEAD = do_GET  # noqa: N815
