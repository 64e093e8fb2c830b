"""Whatever goes wrong on the way, a store is the old one bit for bit, or a complete new one."""

import errno
import os
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kavelmon import attempts, page_texts, put
from kavelmon.live.wire import Patience
from kavelmon.model import KavelmonError
from tests.sources.loopback import Fault, Loopback
from tests.sources.updating import (
    FILE,
    HASTE,
    LAYER,
    ODATA4,
    SOURCES,
    STATLINE,
    Place,
    small_catalogue,
    something_newer,
    written_elsewhere,
)

# each kind of question in an update, as its address shows it
QUESTIONS = {
    STATLINE: ("TableInfos", "DataProperties", "/Marges", "/RegioS", r"UntypedDataSet\?(?!.*skip)", "skip=", "count"),
    ODATA4: ("Properties", "MeasureCodes", "Dimensions", r"Observations\?", "count"),
    LAYER: ("hits", "startIndex"),
    FILE: ("gemeente.csv",),
}
ROWS = {STATLINE: r"UntypedDataSet\?(?!.*skip)", ODATA4: r"Observations\?", LAYER: "startIndex", FILE: "gemeente.csv"}
QUICK = (
    "500",
    "503",
    "404",
    "html",
    "redirect",
    "empty",
    "wrong_type",
    "silent",
    "loop",
    "cut_json",
    "cut",
    "reset",
    "huge",
)
SLOW = ("stall", "drip")
SAID = {
    "500": {"failed"},
    "503": {"failed"},
    "404": {"gone"},
    "html": {"incomplete"},
    "redirect": {"moved"},
    "empty": {"incomplete"},
    "wrong_type": {"incomplete"},
    # a list of categories that came short may hold a topic that is asked, or none
    "silent": {"incomplete", "renamed", "unexpected", "unreadable"},
    "loop": {"incomplete", "unexpected"},
    "cut_json": {"incomplete", "differs"},
    "cut": {"incomplete", "unreachable"},
    "reset": {"unreachable", "incomplete"},
    "huge": {"unexpected"},
    "stall": {"silent"},
    "drip": {"silent"},
    "flipped": {"differs"},
}


@pytest.fixture(scope="module")
def own_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KAVELMON_DATA_SOURCES", str(small_catalogue(tmp_path_factory.mktemp("declared"))))
        yield


@pytest.fixture(scope="module")
def places(
    own_catalogue: None, publishers: Loopback, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], tuple[Place, Place]]]:
    """By source: a place that holds it, and one that holds what is published after that."""
    folder = tmp_path_factory.mktemp("places")
    known: dict[str, tuple[Place, Place]] = {}

    def of(source: str) -> tuple[Place, Place]:
        if source not in known:
            publishers.restore()
            old = Place(folder / f"{source}-old")
            if source in (STATLINE, ODATA4):  # of a layer or file there is nothing older: the store holds the other two
                assert not old.update(publishers, [source]).failed
            else:
                old = of(STATLINE)[0].copy(folder / f"{source}-old")
            something_newer(publishers)
            new = old.copy(folder / f"{source}-new")
            assert list(new.update(publishers, [source]).changed) == [source]
            assert new.figures() != old.figures()
            known[source] = old, new
        publishers.restore()
        something_newer(publishers)
        return known[source]

    yield of
    publishers.restore()


def suffer(
    server: Loopback, places: Callable, source: str, fault: Fault, folder: Path, patience: Patience = HASTE
) -> Place:
    """Update while something goes wrong; check that the store is the old or the new one, and what was said."""
    old, new = places(source)
    server.faults.append(fault)
    place = old.copy(folder)
    before = place.tree()
    outcome = place.update(server, [source], patience)
    assert fault.done, f"{fault.kind} at {fault.match} never happened"
    if source in outcome.failed:
        kind, said = outcome.failed[source]
        assert place.tree() == before, "the store is not the old one"
        assert kind in SAID[fault.kind] | ({"differs"} if source == FILE else set()), (kind, said)
        assert kind in page_texts.ATTEMPTS or kind == "unreadable"
        assert re.search(r"https?://|50140NED|03759ned|gemeente|vektis", said), said
        assert said.count("\n") == 0
    else:
        same = place.figures() == new.figures()
        assert same, f"{fault.kind} at {fault.match}: neither the old store nor the new one"
    server.faults.clear()
    return place


def test_a_fault_in_the_rows_of_each_publisher(
    publishers: Loopback, places: Callable, tmp_path: Path, record_property: Callable
) -> None:
    tried = 0
    # all of them on one publisher, some on each other one; the slow test below has all of them everywhere
    some = {STATLINE: QUICK, ODATA4: QUICK[4::4], LAYER: QUICK[5::4], FILE: ("flipped", *QUICK[6::4])}
    for source, kinds in some.items():
        for kind in kinds:
            suffer(publishers, places, source, Fault(kind, ROWS[source]), tmp_path / f"{source}-{kind}")
            tried += 1
    record_property("faults tried, stores lost 0", tried)


def test_a_fault_in_each_kind_of_question(
    publishers: Loopback, places: Callable, tmp_path: Path, record_property: Callable
) -> None:
    tried = 0
    for source, questions in QUESTIONS.items():
        for number, question in enumerate(questions):
            kind = ("html", "reset", "cut_json")[number % 3]
            suffer(publishers, places, source, Fault(kind, question), tmp_path / f"{source}-{number}")
            tried += 1
    record_property("faults tried, stores lost 0", tried)


@pytest.mark.parametrize("source", SOURCES)
def test_after_a_fault_the_next_run_completes(
    source: str, publishers: Loopback, places: Callable, tmp_path: Path
) -> None:
    place = suffer(publishers, places, source, Fault("cut", ROWS[source]), tmp_path / "place")
    assert place.figures() != places(source)[1].figures()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KAVELMON_STORE", str(place.store))
        assert set(attempts.failed()) == {source}
        assert not place.update(publishers, [source]).failed
        assert place.figures() == places(source)[1].figures()
        assert attempts.failed() == {}


@pytest.mark.parametrize("kind", SLOW)
def test_an_answer_that_does_not_come_to_its_end(
    kind: str, publishers: Loopback, places: Callable, tmp_path: Path
) -> None:
    once = Patience(connect_s=5, silence_s=0.8, answer_s=1.2, tries=1)
    suffer(publishers, places, STATLINE, Fault(kind, ROWS[STATLINE]), tmp_path / "place", once)


def test_what_is_over_soon_does_no_harm(publishers: Loopback, places: Callable, tmp_path: Path) -> None:
    place = suffer(publishers, places, STATLINE, Fault("503", "", times=1, retry_after=0), tmp_path / "place")
    assert place.figures() == places(STATLINE)[1].figures()


@pytest.mark.parametrize("kind", ["silent", "cut_json"])
def test_an_answer_that_came_short_once_is_asked_again(
    kind: str, publishers: Loopback, places: Callable, tmp_path: Path
) -> None:
    place = suffer(publishers, places, STATLINE, Fault(kind, ROWS[STATLINE], times=1, rows=40), tmp_path / "place")
    assert place.figures() == places(STATLINE)[1].figures()


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        (
            lambda s: s.rename_topic("50140NED", "SterkEenzaam", "ErnstigEenzaam"),
            "renamed",
            'topic "SterkEenzaam" is not',
        ),
        (lambda s: s.remove_topic("50140NED", "SterkEenzaam"), "renamed", 'topic "SterkEenzaam" is not there any more'),
        (lambda s: s.withdraw("50140NED"), "gone", "not there (404)"),
        (lambda s: s.set_value("50140NED", {"RegioS": "GM0294"}, "SterkEenzaam", "x"), "unreadable", "is no number"),
    ],
    ids=["renamed", "removed", "withdrawn", "no number"],
)
def test_what_a_publisher_changed_is_refused(
    change: Callable, kind: str, said: str, publishers: Loopback, places: Callable, tmp_path: Path
) -> None:
    old, _ = places(STATLINE)
    change(publishers)
    place = old.copy(tmp_path / "place")
    before = place.tree()
    outcome = place.update(publishers, [STATLINE])
    assert set(outcome.failed) == {STATLINE}
    assert outcome.failed[STATLINE][0] == kind
    assert said in outcome.failed[STATLINE][1]
    assert place.tree() == before


def test_what_a_publisher_takes_out_is_told(publishers: Loopback, places: Callable, tmp_path: Path) -> None:
    old, _ = places(STATLINE)
    publishers.drop_rows("50140NED", lambda row: row["RegioS"] == "GM0294")
    place = old.copy(tmp_path / "place")
    told = place.update(publishers, [STATLINE], dry_run=True).changed[STATLINE]
    assert told.came == told.changed == 0
    assert 5 < told.gone < 20


def test_numbers_of_topics_that_shift_change_nothing(publishers: Loopback, places: Callable, tmp_path: Path) -> None:
    old, new = places(STATLINE)
    publishers.shift_suffixes("50140NED", by=3, start=5)
    publishers.add_topic("50140NED", "IetsNieuws", at=2)
    place = old.copy(tmp_path / "place")
    outcome = place.update(publishers, [STATLINE])
    assert not outcome.failed
    assert [topic.split("/")[-1] for topic in outcome.changed[STATLINE].topics] == ["IetsNieuws"]
    assert place.figures() == new.figures()


def test_links_to_a_host_that_nobody_can_reach_are_not_followed(
    publishers: Loopback, places: Callable, tmp_path: Path
) -> None:
    old, new = places(STATLINE)
    publishers.page, publishers.next_host = 100, "https://dataderden.prod.cbsp.nl"
    place = old.copy(tmp_path / "place")
    assert not place.update(publishers, [STATLINE]).failed
    assert place.figures() == new.figures()
    assert {host for host, *_ in publishers.requests} <= {"dataderden.cbs.nl", "datasets.cbs.nl", *publishers.hosts}


@pytest.mark.parametrize("broken", ["read", "write", "publish"])
def test_a_disk_that_is_full(
    broken: str, publishers: Loopback, places: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = places(STATLINE)
    place = old.copy(tmp_path / "place")
    before = place.tree()

    told: list[str] = []

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "store")

    really = pq.ParquetWriter.write_table

    def write(*them: object, **more: object) -> None:
        """Fill the disk while figures are put away, or while observations are packed, which a thread does."""
        packing = threading.current_thread() is not threading.main_thread()
        return full() if packing == (broken == "write") else really(*them, **more)

    monkeypatch.setattr(*((put, "publish", full) if broken == "publish" else (pq.ParquetWriter, "write_table", write)))
    with pytest.raises(OSError, match="No space left"):
        place.update(publishers, [STATLINE], say=told.append)
    assert ("writing the observations" in told) is (broken != "read")
    assert place.tree() == before
    monkeypatch.undo()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KAVELMON_DATA_SOURCES", os.environ.get("KAVELMON_DATA_SOURCES", ""))
        assert not place.update(publishers, [STATLINE]).failed
    assert place.figures() == new.figures()


def test_two_runs_do_not_cross(publishers: Loopback, places: Callable, tmp_path: Path) -> None:
    old, _ = places(STATLINE)
    place = old.copy(tmp_path / "place")
    with written_elsewhere(place.store), pytest.raises(KavelmonError, match="another `kavelmon update`"):
        place.update(publishers, [STATLINE])
    assert not place.update(publishers, [STATLINE]).failed


def test_a_dry_run_tells_and_writes_no_figures(publishers: Loopback, places: Callable, tmp_path: Path) -> None:
    old, new = places(STATLINE)
    place = old.copy(tmp_path / "place")
    before = place.tree()
    told = place.update(publishers, [STATLINE], dry_run=True).changed[STATLINE]
    assert (told.came, told.changed, told.gone, told.first) == (0, 1, 0, False)
    assert place.tree() == before
    asked = len(publishers.requests)
    assert place.update(publishers, [STATLINE]).changed[STATLINE] == told
    # the rows were brought already: what is asked again is whether they are still the newest
    assert all("UntypedDataSet" not in path for _, path, _ in publishers.requests[asked:])
    assert place.figures() == new.figures()


@pytest.mark.slow
def test_every_fault_in_every_question(
    publishers: Loopback, places: Callable, tmp_path: Path, record_property: Callable
) -> None:
    once = Patience(connect_s=5, silence_s=0.8, answer_s=1.2, tries=1, most_bytes=8_000_000)
    tried = 0
    for source, questions in QUESTIONS.items():
        for number, question in enumerate(questions):
            for kind in (*QUICK, *SLOW, *(("flipped",) if source == FILE else ())):
                patience = once if kind in SLOW else HASTE
                for after in (0, 1) if question in ("TableInfos", "Properties") else (0,):
                    place = suffer(
                        publishers,
                        places,
                        source,
                        Fault(kind, question, after=after),
                        tmp_path / f"{source}-{number}-{kind}-{after}",
                        patience,
                    )
                    assert not place.update(publishers, [source]).failed, f"after {kind} at {question}"
                    same = place.figures() == places(source)[1].figures()
                    assert same, f"after {kind} at {question} the next run did not make the new store"
                    tried += 1
    record_property("faults tried, stores lost 0", tried)
