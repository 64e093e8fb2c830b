"""What is divided by a count is made again when the count is new, whoever was asked and whoever answered."""

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from kavelmon import paths, store
from kavelmon.live.wire import Patience
from tests.sources.loopback import Fault, Loopback
from tests.sources.updating import Place

LENDER, BORROWER = TWO = ("cbs_84799ned", "ggd_85012ned")
WHOLE = Patience(connect_s=5, silence_s=10, answer_s=60, tries=2, pause_s=0.01, pause_most_s=0.05)
WINTERSWIJK = "GM0294"


def denominators(place: Place) -> set[float]:
    """The denominators of the borrower's figures of Winterswijk."""
    table = pq.read_table(paths.version_of(place.store) / store.OPEN)
    mine = pc.and_(pc.equal(table["source"], BORROWER), pc.equal(table["region"], WINTERSWIJK))
    return {*table.filter(mine)["denominator"].to_pylist()}


@pytest.fixture(scope="module")
def held(publishers: Loopback, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A store of both."""
    publishers.restore()
    place = Place(tmp_path_factory.mktemp("lending") / "place")
    assert not place.update(publishers, TWO, WHOLE).failed
    return place


def another_count(server: Loopback) -> None:
    """Let the lender's publisher have another count."""
    server.modify("84799NED", modified="2026-05-01T02:00:00")
    server.set_value("84799NED", {"WijkenEnBuurten": WINTERSWIJK}, "k_65JaarOfOuder", "9999")


@pytest.fixture(scope="module")
def fresh(held: Place, publishers: Loopback, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The tables of a store that is made at once when there is another count."""
    another_count(publishers)
    made = Place(tmp_path_factory.mktemp("fresh") / "place")
    assert not made.update(publishers, TWO, WHOLE).failed
    assert 9999.0 in denominators(made)
    publishers.restore()
    return made.figures()


@pytest.fixture
def place(held: Place, server: Loopback, tmp_path: Path) -> Place:
    """A store of both, and then another count at the lender's publisher."""
    assert 9999.0 not in denominators(held)
    another_count(server)
    return held.copy(tmp_path / "place")


def test_when_only_the_lender_is_asked(fresh: dict[str, bytes], place: Place, server: Loopback) -> None:
    found = place.update(server, [LENDER], WHOLE)
    assert {*found.changed} == {LENDER, BORROWER}
    assert found.changed[BORROWER].changed == 1  # how many carers there are is a share of that count
    assert place.figures() == fresh
    assert {*place.update(server, TWO, WHOLE).unchanged} == {*TWO}


def test_when_the_borrower_cannot_be_reached(fresh: dict[str, bytes], place: Place, server: Loopback) -> None:
    server.faults.append(Fault("503", "85012NED", times=None))
    found = place.update(server, TWO, WHOLE)
    assert {*found.failed} == {BORROWER}
    assert place.figures() == fresh


def test_when_the_answers_of_the_borrower_are_gone_its_figures_stay(place: Place, server: Loopback) -> None:
    before = denominators(place)
    (place.archive.folder / "sources" / f"{BORROWER}.json").unlink()
    assert not place.update(server, [LENDER], WHOLE).failed
    assert denominators(place) == before
    assert not place.update(server, TWO, WHOLE).failed  # asked again, they are there
