from collections.abc import Iterator
from pathlib import Path

import pytest

from kavelmon import declarations, store
from kavelmon.declarations import Catalogue
from kavelmon.live.archive import Archive
from kavelmon.live.wire import Patience, Wire
from kavelmon.regions import Regions
from tests.sources.loopback import Loopback

# short enough for a fault in every test, long enough for a machine that does other things too
HASTE = Patience(connect_s=5, silence_s=2, answer_s=4, tries=3, pause_s=0.01, pause_most_s=0.05, most_bytes=60_000_000)


@pytest.fixture(scope="session")
def publishers(shared_data: Path) -> Iterator[Loopback]:
    """The publishers, on this machine, with the real tables."""
    with Loopback(shared_data) as server:
        yield server


@pytest.fixture
def server(publishers: Loopback) -> Iterator[Loopback]:
    """The publishers, as they are when nothing is wrong."""
    publishers.clear()
    yield publishers
    publishers.faults.clear()
    publishers.restore()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return declarations.load()


@pytest.fixture(scope="session")
def regions() -> Regions:
    return store.regions()


@pytest.fixture
def wire(server: Loopback, tmp_path: Path) -> Wire:
    """Somebody who asks the publishers, and keeps what they answer in an empty folder."""
    return Wire(Archive(tmp_path / "answers"), server.hosts, HASTE)
