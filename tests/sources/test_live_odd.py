"""Answers of a form that nobody thought of: they cost one source one run, and no other source anything."""

import dataclasses
import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kavelmon.declarations import Catalogue
from kavelmon.live import sources
from kavelmon.live.wire import Patience, Wire
from tests.sources.loopback import Fault, Loopback
from tests.sources.loopback.answers import Answer, Request
from tests.sources.updating import FILE, HASTE, LAYER, ODATA4, STATLINE, Place

LONGER = Patience(connect_s=5, silence_s=5, answer_s=20, tries=2, pause_s=0.01, pause_most_s=0.05)
Spoil = Callable[[Request, Answer], Answer]


def rows(change: Callable[[dict], object]) -> Callable[[bytes], bytes]:
    """Return what changes each row of an answer."""

    def body(whole: bytes) -> bytes:
        content = json.loads(whole)
        for row in content["value"]:
            change(row)
        return json.dumps(content).encode()

    return body


ODD = {
    "categories without a key": ("/RegioS", rows(lambda row: row.pop("Key", None))),
    "a category that is nothing": ("/RegioS", rows(lambda row: row.update(Key=None))),
    "rows without a number": ("UntypedDataSet", rows(lambda row: row.pop("ID", None))),
    "brackets without end": ("TableInfos", lambda _: b'{"value":' + b"[" * 200_000),
    "a group in a list": ("DataProperties", rows(lambda row: row.update(ParentID=[1]))),
    "another alphabet": ("DataProperties", lambda body: body.replace(b"e", b"\xe9")),
}


@pytest.fixture
def spoiled(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Spoil], None]]:
    """Let the publishers answer otherwise."""
    right = server.answer

    def spoil(how: Spoil) -> None:
        monkeypatch.setattr(server, "answer", lambda request: how(request, right(request)))

    yield spoil
    monkeypatch.undo()


@pytest.mark.parametrize("name", ODD)
def test_another_form(name: str, server: Loopback, spoiled: Callable, tmp_path: Path) -> None:
    path, change = ODD[name]
    place = Place(tmp_path / "place")

    def body(request: Request, answer: Answer) -> Answer:
        mine = request.path.endswith(path) and answer.status == 200
        return Answer(change(answer.body), 200, answer.content_type, answer.headers) if mine else answer

    spoiled(body)
    found = place.update(server, [STATLINE, LAYER], LONGER)
    assert {*found.failed} == {STATLINE}, found.failed
    assert {*found.changed} == {LAYER}
    assert "50140NED" in found.failed[STATLINE][1]
    spoiled(lambda _, answer: answer)
    assert not place.update(server, [STATLINE, LAYER], LONGER).failed


def test_a_wait_that_is_no_number_is_none(server: Loopback, spoiled: Callable, tmp_path: Path) -> None:
    refused = Answer(b"", 503, "text/plain", {"Retry-After": "\xb2"})
    spoiled(lambda request, answer: refused if request.path.endswith("TableInfos") else answer)
    assert "failed (503)" in Place(tmp_path / "place").update(server, [STATLINE], HASTE).failed[STATLINE][1]


def test_what_is_refused_when_it_is_read_is_asked_anew(server: Loopback, spoiled: Callable, tmp_path: Path) -> None:
    # of a table that has not every combination nobody can say how many rows are right
    server.drop_rows("70072ned", lambda row: row["RegioS"].startswith("PV20"))

    def short(request: Request, answer: Answer) -> Answer:
        if "UntypedDataSet" not in request.path or request.path.endswith("$count"):
            return answer
        content = json.loads(answer.body)
        content["value"] = [] if "$skip" in request.query else content["value"][:-40]
        content.pop("odata.nextLink", None)
        return Answer(json.dumps(content).encode(), answer.status, answer.content_type, answer.headers)

    place = Place(tmp_path / "place")
    spoiled(short)
    assert "gemeenten of 2015 are not there" in place.update(server, ["cbs_70072ned"], LONGER).failed["cbs_70072ned"][1]
    spoiled(lambda _, answer: answer)
    assert not place.update(server, ["cbs_70072ned"], LONGER).failed


@pytest.mark.slow
def test_files_that_came_are_not_asked_again_for_one_that_did_not(server: Loopback, tmp_path: Path) -> None:
    place = Place(tmp_path / "place")
    server.faults.append(Fault("404", "2023.*gemeente", times=None))
    first = place.update(server, [FILE], LONGER)
    assert {*first.failed} == {FILE}
    server.faults.clear()
    again = place.update(server, [FILE], LONGER)
    assert not again.failed
    assert again.asked < first.asked / 3
    assert not list((place.archive.folder / "pending").iterdir())


def test_what_cannot_be_kept_after_the_figures_are_in_place_is_said(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path / "place")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "store-answers/sources")

    monkeypatch.setattr("kavelmon.live.archive.Archive.complete", full)
    assert {*place.update(server, [STATLINE], LONGER).changed} == {STATLINE}
    monkeypatch.undo()
    assert not place.update(server, [STATLINE], LONGER).failed


@pytest.mark.parametrize("name", ["DataProperties", "/RegioS", "UntypedDataSet"])
def test_a_server_that_gives_its_end_again_and_again(
    name: str, server: Loopback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    right = server.answer

    def heedless(request: Request) -> Answer:
        kept = [part for part in request.query.split("&") if not part.startswith("$skip")]
        return right(replace(request, query="&".join(kept)) if request.path.endswith(name) else request)

    place = Place(tmp_path / "place")
    assert not place.update(server, [STATLINE], LONGER).failed
    monkeypatch.setattr(server, "answer", heedless)
    other = Place(tmp_path / "other")
    assert not other.update(server, [STATLINE], LONGER).failed
    assert other.figures() == place.figures()


def test_an_answer_that_a_disk_spoilt_is_asked_again(server: Loopback, tmp_path: Path) -> None:
    place = Place(tmp_path / "place")
    assert not place.update(server, [STATLINE], LONGER).failed
    figures = place.figures()
    shutil.rmtree(place.store)
    for number, path in enumerate(sorted((place.archive.folder / "answers").rglob("*.gz"))):
        path.chmod(0o644)
        path.write_bytes((b"", path.read_bytes()[:-20], gzip.compress(b'{"value":[]}'))[number % 3])
    again = place.update(server, [STATLINE], LONGER)
    assert not again.failed, again.failed
    assert place.figures() == figures


def test_a_topic_that_was_held_is_not_let_go_in_silence(server: Loopback, tmp_path: Path) -> None:
    place = Place(tmp_path / "place")
    source = "cbs_70072ned"  # nobody has seen this table: what it lacks at first is only told
    assert not place.update(server, [source], LONGER).failed
    held = next(iter(place.archive.last(source)["parts"][0]["keys"]))
    figures = place.figures()
    server.rename_topic("70072ned", held, "IetsAnders")
    server.modify("70072ned", modified="2026-05-01T02:00:00")
    found = place.update(server, [source], LONGER)
    assert found.failed[source][0] == "renamed"
    assert f'topic "{held}" is not there any more' in found.failed[source][1]
    assert place.figures() == figures


def test_a_year_that_nobody_saw_may_be_of_another_form(catalogue: Catalogue, server: Loopback, wire: Wire) -> None:
    source = catalogue.source("cbs_kwb")
    fetch = source.fetch.model_copy(update={"tables": {"2019": "84583NED", "2020": "84799NED"}})
    source = source.model_copy(update={"fetch": fetch})
    server.copy_table("84799NED", "84583NED")
    topics = server.table("84583NED").topics()
    for key, topic in topics.items():
        if key.startswith("k_"):
            topic["Unit"] = "%"
    parts = sources.bring(
        dataclasses.replace(catalogue, sources={**catalogue.sources, source.id: source}), source, wire, lambda *_: None
    )[0].parts
    assert [bool(part.answers) for part in parts] == [False, True]
    assert 'is in "%", and' in parts[0].lacks[0]


def test_a_count_may_begin_with_a_mark_of_its_encoding(server: Loopback, tmp_path: Path) -> None:
    server.faults.append(Fault("bom", r"/\$count"))
    assert not Place(tmp_path / "place").update(server, [STATLINE, ODATA4], LONGER).failed
    assert server.faults[0].done == 2


def test_a_country_that_is_not_the_netherlands_is_left_out(server: Loopback, tmp_path: Path) -> None:
    place, other = Place(tmp_path / "place"), Place(tmp_path / "other")
    assert not other.update(server, [STATLINE, ODATA4], LONGER).failed
    server.add_rows("50140NED", lambda row: row["RegioS"].startswith("NL"), RegioS="NL99")
    server.set_value("50140NED", {"RegioS": "NL99"}, "SterkEenzaam", "99.9")
    population = server.table("03759ned").observations
    population += [{**row, "RegioS": "NL99"} for row in population if row["RegioS"].strip() == "NL01"]
    server.table("03759ned").columns = {}
    assert not place.update(server, [STATLINE, ODATA4], LONGER).failed
    assert place.figures() == other.figures()


def test_a_row_that_is_wrong_is_named_by_its_number_at_the_publisher(server: Loopback, tmp_path: Path) -> None:
    server.page = 100
    table = server.table("50140NED")
    regions = [key.strip() for key in table.columns["RegioS"]]
    number = len(regions) - 1 - regions[::-1].index("GM0294")  # on one of the last pages
    assert number > server.page
    where = {key: table.columns[key][number].strip() for key in table.dimensions}
    assert server.set_value("50140NED", where, "SterkEenzaam", "x") == 1
    failed = Place(tmp_path).update(server, [STATLINE]).failed
    assert f"50140NED (as fetched; lines are IDs), line {number}, column" in failed[STATLINE][1]
