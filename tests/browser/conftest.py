import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from driving import Server, Visit, visit, voila
from monitoring import window
from playwright.sync_api import Browser, sync_playwright

from kavelmon import paths

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine; without one the tests are skipped, except in CI."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop(f"no Chromium: none of {', '.join(NAMES)} is on the path and CHROMIUM names none")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def voila_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Server]]:
    """Start a server on a folder of notebooks; it ends with the module."""
    logs, number = tmp_path_factory.mktemp("logs"), count()
    with ExitStack() as stack:
        yield lambda notebooks: stack.enter_context(voila(notebooks, logs / f"voila-{next(number)}.log"))


@pytest.fixture(scope="module")
def server(voila_server: Callable[[Path], Server]) -> Server:
    """Serve our own notebooks."""
    return voila_server(paths.notebooks())


@pytest.fixture
def page(chromium: Browser, server: Server) -> Iterator[Visit]:
    """A window of a laptop on that server."""
    with visit(chromium, server, **window(1280)) as found:
        yield found
