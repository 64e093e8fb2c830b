"""A real Chromium on a real server, with a total deadline on everything: a hung page keeps sending heartbeats."""

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request

from kavelmon import serving

LOOPBACK = {"localhost", "127.0.0.1"}
READY_S = 40  # a cell is given up after serving.CELL_S; a page takes some two seconds


def poll(answer: Callable[[], Any], deadline_s: float, every_s: float = 0.2) -> Any:
    """Return the first answer that is true, or the last one when the deadline has passed."""
    end = time.monotonic() + deadline_s
    while not (last := answer()) and time.monotonic() < end:
        time.sleep(every_s)
    return last


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def notebook(path: Path, *cells: str, title: str = "") -> Path:
    """Write a notebook with these cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel} | ({"title": title} if title else {})
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells], metadata=metadata), path
    )
    return path


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Server:
    """A server that runs, seen from outside."""

    port: int
    pid: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
        """Ask for a path exactly as it is written; a browser would tidy `..` away."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read().decode("utf-8", "replace"))

    def knows(self, kernel: str) -> bool:
        return self.ask(f"/api/kernels/{kernel}").status == 200

    def kernels(self) -> list[int]:
        """Process ids of its kernels: its children, because they are started by it alone."""
        children = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                state, parent = stat.read_text().rpartition(")")[2].split()[:2]
                if int(parent) == self.pid and state != "Z":
                    children.append(int(stat.parent.name))
        return children


@contextlib.contextmanager
def voila(notebooks: Path, log: Path) -> Iterator[Server]:
    """Run the very server of `kavelmon dashboard`; what it says is kept in `log`."""
    port = free_port()
    with log.open("wb") as out, serving.running(notebooks, port, stdout=out, stderr=out) as process:
        yield Server(port, process.pid, log)


@dataclass
class Visit:
    """One page in a browser of its own, and all that it did."""

    page: Page
    server: Server
    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    paths: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._request)
        self.page.on("websocket", lambda socket: self.hosts.add(urlsplit(socket.url).hostname or ""))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https"):
            self.hosts.add(parts.hostname or "")
            self.paths.append(parts.path)

    def open(self, path: str, until: str = "", deadline_s: float = READY_S) -> "Visit":
        """Open a path, and wait for what `until` selects."""
        self.page.goto(self.server.url + path, wait_until="commit", timeout=deadline_s * 1000)
        if until:
            self.page.locator(until).first.wait_for(timeout=deadline_s * 1000)
        return self

    def anew(self) -> "Visit":
        """Leave the page that is open, with what it did wrong: it is of a test before."""
        self.page.goto("about:blank")
        self.errors.clear()
        return self

    @property
    def kernel(self) -> str:
        """The id of its kernel."""
        text = self.page.locator("#jupyter-config-data").text_content() or "{}"
        return str(json.loads(text)["kernelId"])

    def marks(self, number: int, figure: str = "[role=img]", deadline_s: float = 10) -> int:
        """Return how many marks a figure has, after waiting for `number`."""
        selector = f"{figure} .role-mark path, {figure} .role-mark circle"
        poll(lambda: self.page.locator(selector).count() == number, deadline_s)
        return self.page.locator(selector).count()

    def check(self) -> None:
        """Fail on whatever a page may never do."""
        assert self.errors == [], self.errors  # this module is not rewritten by pytest: it says nothing by itself
        assert self.hosts <= LOOPBACK, self.hosts


@contextlib.contextmanager
def visit(browser: Browser, server: Server, **options: Any) -> Iterator[Visit]:
    """Open a browser window that shares nothing with another one, and close it as a visitor does."""
    context = browser.new_context(**options)
    page = context.new_page()
    page.set_default_timeout(READY_S * 1000)
    try:
        yield Visit(page, server)
    finally:
        if not page.is_closed():
            with contextlib.suppress(Error), page.expect_event("close", timeout=5000):
                page.close(run_before_unload=True)
        context.close()
