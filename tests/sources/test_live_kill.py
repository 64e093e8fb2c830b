"""An update that is killed at any moment leaves the old store or the new one, and the next one completes."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sources.loopback import Loopback
from tests.sources.updating import ODATA4, STATLINE, Place, something_newer

BOTH = (STATLINE, ODATA4)


def begun(server: Loopback, place: Place) -> subprocess.Popen:
    """Start `kavelmon update` as its user does."""
    hosts = " ".join(f"{host}={base}" for host, base in server.hosts.items())
    known = {**os.environ, "KAVELMON_STORE": str(place.store), "KAVELMON_HOSTS": hosts}
    only = [word for source in BOTH for word in ("--only", source)]
    command = [sys.executable, "-m", "kavelmon", "update", *only]
    return subprocess.Popen(command, env=known, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.fixture(scope="module")
def places(publishers: Loopback, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Place, float]]:
    """What was held, what is published since, and how long an update takes here, in seconds."""
    folder = tmp_path_factory.mktemp("killed")
    publishers.restore()
    old = Place(folder / "old")
    old.folder.mkdir()
    assert not old.update(publishers, BOTH).failed
    something_newer(publishers)
    new = old.copy(folder / "new")
    began = time.monotonic()
    run = begun(publishers, new)
    said, _ = run.communicate()
    assert run.returncode == 0, said
    assert "2 source(s) renewed" in said
    yield old, new, time.monotonic() - began
    publishers.restore()


def killed(server: Loopback, places: tuple[Place, Place, float], folder: Path, moments: list[float]) -> tuple[int, int]:
    """Kill an update at each moment (a share of how long one takes); return how many stores were old and new."""
    old, new, whole_s = places
    was, now = old.tree(), new.figures()
    found = [0, 0]
    for number, moment in enumerate(moments):
        place = old.copy(folder / f"{number}")
        run = begun(server, place)
        time.sleep(moment * whole_s)
        run.kill()
        run.communicate()
        if place.tree() == was:
            found[0] += 1
        else:
            # the new one is pointed to, or lies ready beside the old one, that is still pointed to
            assert place.figures() in (now, old.figures()), (
                f"killed after {moment:.2f}: neither the old nor the new one"
            )
            found[1] += 1
        if number % 5 == 0:
            assert not place.update(server, BOTH).failed
            assert place.figures() == now
            assert not list(place.folder.glob(".kavelmon-*")), "a draft was left"
        shutil.rmtree(place.folder)
    return found[0], found[1]


def test_an_update_that_is_killed(
    publishers: Loopback, places: tuple[Place, Place, float], tmp_path: Path, record_property: Callable
) -> None:
    before, after = killed(publishers, places, tmp_path, [0.6, 0.9])
    record_property("updates killed, stores lost 0", before + after)


@pytest.mark.slow
def test_an_update_that_is_killed_at_fifty_moments(
    publishers: Loopback, places: tuple[Place, Place, float], tmp_path: Path, record_property: Callable
) -> None:
    chance = random.Random(15)
    before, after = killed(publishers, places, tmp_path, [chance.uniform(0.2, 1.0) for _ in range(50)])
    assert before > 5
    record_property("updates killed, stores lost 0", before + after)
