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


@pytest.fixture
def place(server: Loopback, tmp_path: Path) -> Place:
    """A store of both, and then another count at the lender's publisher."""
    place = Place(tmp_path / "place")
    assert not place.update(server, TWO, WHOLE).failed
    before = denominators(place)
    server.modify("84799NED", modified="2026-05-01T02:00:00")
    server.set_value("84799NED", {"WijkenEnBuurten": WINTERSWIJK}, "k_65JaarOfOuder", "9999")
    assert 9999.0 not in before
    return place


@pytest.fixture
def fresh(place: Place, server: Loopback, tmp_path: Path) -> dict[str, bytes]:
    """The tables of a store that is made at once of what is published now."""
    made = Place(tmp_path / "fresh")
    assert not made.update(server, TWO, WHOLE).failed
    assert 9999.0 in denominators(made)
    return made.figures()


def test_when_only_the_lender_is_asked(place: Place, server: Loopback, fresh: dict[str, bytes]) -> None:
    found = place.update(server, [LENDER], WHOLE)
    assert {*found.changed} == {LENDER, BORROWER}
    assert found.changed[BORROWER].changed == 1  # how many carers there are is a share of that count
    assert place.figures() == fresh
    assert {*place.update(server, TWO, WHOLE).unchanged} == {*TWO}


def test_when_the_borrower_cannot_be_reached(place: Place, server: Loopback, fresh: dict[str, bytes]) -> None:
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
