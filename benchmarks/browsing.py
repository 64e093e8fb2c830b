"""A real Chromium on the real server, for measuring: the page keeps the time itself, so that driving it adds none."""

import contextlib
import importlib.metadata
import inspect
import json
import os
import platform
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from kavelmon import paths, serving

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
WINDOW = {"width": 1280, "height": 1000}
VISIT_S = 60
# A page without its kernel is ended after serving.IDLE_S + serving.CULL_EVERY_S; one that says goodbye at once.
GONE_S = serving.IDLE_S + serving.CULL_EVERY_S + 10

MONITOR, EMPTY = "/voila/render/kavelmonitor.ipynb", "/voila/render/leeg.ipynb"
EMPTY_CELL = "import ipywidgets as w\n\nw.Dropdown(options=['een', 'twee'])"
_SHOWN = "#kavelmon-cells:not(.kavelmon-unseen) "
VALUES = ".km-profile .km-own b"
MAP_MARKS = ".km-map-card .km-figure svg .mark-shape path"
TREND_MARKS = ".km-stack > :last-child .km-figure svg .mark-symbol path"
FIRST_VIEW = {
    MONITOR: [_SHOWN + part for part in (VALUES, MAP_MARKS, TREND_MARKS)],
    EMPTY: [_SHOWN + ".widget-dropdown select"],
}
# A frame in which all of them can be seen, and the next one: by then it has been painted. The time is that of the page.
_PROBE = """(() => {
  if (location.protocol === "about:") return;
  const also = { visibilityProperty: true, opacityProperty: true };
  const seen = (wanted) => document.querySelector(wanted)?.checkVisibility(also);
  const say = () => console.info(JSON.stringify({ seen: performance.now(), start: performance.timeOrigin }));
  const look = () => {
    if (!WANTED.every(seen)) return requestAnimationFrame(look);
    requestAnimationFrame(say);
  };
  requestAnimationFrame(look);
})()"""

_SHOWS = """() => [location.href, document.readyState, document.body.innerText.slice(0, 200),
  document.querySelectorAll(".lm-Widget:empty, [aria-busy=true]").length].join(" | ")"""


@dataclass
class Server:
    """A server that runs, seen from outside."""

    port: int
    pid: int

    def url(self, path: str) -> str:
        return f"http://localhost:{self.port}{path}"

    def kernels(self) -> list[int]:
        """Return the process ids of its kernels: its children."""
        children = Path(f"/proc/{self.pid}/task").glob("*/children")
        return [int(pid) for found in children for pid in found.read_text().split() if _alive(pid)]

    def calm(self, kernels: int = 0, deadline_s: float = GONE_S) -> float:
        """Wait until it has so many kernels and none of its processes works, and return how long that took."""
        start = time.monotonic()
        spent = -1.0
        while time.monotonic() - start < deadline_s:
            found = self.kernels()
            before, spent = spent, sum(map(_cpu_s, (self.pid, *found)))
            if len(found) == kernels and spent - before <= 0.02:
                return time.monotonic() - start
            time.sleep(0.5)
        raise TimeoutError(f"{len(self.kernels())} kernels instead of {kernels} after {deadline_s:.0f} s")


def _alive(pid: str) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def _cpu_s(pid: int) -> float:
    with contextlib.suppress(OSError):
        user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return 0.0


def pss_mb(pid: int) -> float:
    """Return what a process takes, with its share of the memory that it has in common with others."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


@contextlib.contextmanager
def deadline(seconds: int) -> Iterator[None]:
    """Raise in whatever runs when the time is over, and on SIGTERM, so that what was started is also ended."""

    def stop(number: int, _: object) -> None:
        raise TimeoutError(f"stopped by signal {number}" if number != signal.SIGALRM else f"not ready in {seconds} s")

    before = {number: signal.signal(number, stop) for number in (signal.SIGALRM, signal.SIGTERM)}
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if not found:
        raise SystemExit(f"no Chromium: none of {', '.join(CHROMIUMS)} is on the path and CHROMIUM names none")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def server(folder: Path, preheat: int = 0) -> Iterator[Server]:
    """Run the very server of `kavelmon dashboard` on the kavelmonitor and an empty page; `folder` is made."""
    folder.mkdir()
    shutil.copy(paths.notebooks() / "kavelmonitor.ipynb", folder)
    cell = nbformat.v4.new_code_cell(EMPTY_CELL)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel, "title": "Leeg"})
    nbformat.write(book, folder / "leeg.ipynb")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    with contextlib.ExitStack() as stack:
        more: dict[str, Any] = {}
        if "preheat" in inspect.signature(serving.running).parameters:
            more["preheat"] = preheat
        elif preheat:
            plain = serving.settings
            heated = lambda *args, **named: plain(*args, **named | {"preheat": preheat})  # noqa: E731
            stack.enter_context(mock.patch.object(serving, "settings", heated))
        log = stack.enter_context((folder.parent / f"{folder.name}.log").open("wb"))
        process = stack.enter_context(serving.running(folder, port, stdout=log, stderr=log, **more))
        yield Server(port, process.pid)


@contextlib.contextmanager
def window(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """Open a window that shares nothing with another one: its HTTP cache begins empty."""
    context = browser.new_context(viewport=WINDOW, **options)
    context.set_default_timeout(VISIT_S * 1000)
    try:
        yield context
    finally:
        with contextlib.suppress(Error):
            context.close()


@contextlib.contextmanager
def opened(context: BrowserContext) -> Iterator[Page]:
    """Open a page, and close it as a visitor does, so that it can end its kernel."""
    page = context.new_page()
    try:
        yield page
    finally:
        leave([page])


def leave(pages: list[Page]) -> None:
    for page in pages:
        with contextlib.suppress(Error), page.expect_event("close", timeout=5000):
            page.close(run_before_unload=True)


def watch(page: Page, wanted: list[str]) -> None:
    """Let every page that is opened here say when all of `wanted` can be seen."""
    page.add_init_script(_PROBE.replace("WANTED", json.dumps(wanted)))


def told(message: Any) -> bool:
    return message.type == "info" and message.text.startswith('{"seen"')


def visit(page: Page, url: str, wanted: list[str]) -> float:
    """Open an address and return the seconds from its GET until all of `wanted` can be seen."""
    watch(page, wanted)
    with page.expect_console_message(told, timeout=VISIT_S * 1000) as said:
        page.goto(url, wait_until="commit")
    return json.loads(said.value.text)["seen"] / 1000


class UnseenError(Exception):
    """Pages that had no first view in time, and what they showed instead."""


def together(pages: list[Page], url: str, wanted: list[str]) -> float:
    """Open an address in all pages at once; return the seconds from the first GET until the last has its first view."""
    found: dict[Page, dict[str, float]] = {}

    def listen(page: Page) -> None:
        watch(page, wanted)
        page.on("console", lambda message: found.update({page: json.loads(message.text)}) if told(message) else None)

    for page in pages:
        listen(page)
    for page in pages:
        page.evaluate("url => { setTimeout(() => { location.href = url; }, 200); }", url)
    end = time.monotonic() + VISIT_S
    while len(found) < len(pages):
        if time.monotonic() > end:
            shown = [page.evaluate(_SHOWS) for page in pages if page not in found]
            raise UnseenError(f"{len(shown)} of {len(pages)} visitors saw no figures after {VISIT_S} s: {shown}")
        pages[0].wait_for_timeout(100)
    return (max(one["start"] + one["seen"] for one in found.values()) - min(o["start"] for o in found.values())) / 1000


def moved(page: Page) -> Callable[[], int]:
    """Count what a page moves from now on: responses as they came, and the payload of its socket; return the count."""
    total = 0

    def add(size: int) -> None:
        nonlocal total
        total += size

    def frame(event: dict[str, Any]) -> None:
        text = event["response"]["payloadData"]  # of a binary frame: base64
        add(len(text) * 3 // 4 if event["response"]["opcode"] == 2 else len(text.encode()))

    session = page.context.new_cdp_session(page)
    session.on("Network.loadingFinished", lambda event: add(int(event["encodedDataLength"])))
    for way in ("Received", "Sent"):
        session.on(f"Network.webSocketFrame{way}", frame)
    session.send("Network.enable")
    return lambda: total


def machine(browser: Browser) -> str:
    """Describe what is measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    voila = importlib.metadata.version("voila")
    cores = f"{len(os.sched_getaffinity(0))} cores, {next(names, platform.machine())}"
    return f"{cores}; Chromium {browser.version}, Python {platform.python_version()}, Voilà {voila}"
