"""What came and does not belong together is asked once more, then refused: of OData v4 and of a map service, too."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kavelmon.live.wire import Patience
from tests.sources.loopback import Fault, Loopback
from tests.sources.loopback.answers import Answer, Request
from tests.sources.updating import LAYER, ODATA4, Place

LONGER = Patience(connect_s=5, silence_s=10, answer_s=30, tries=2, pause_s=0.01, pause_most_s=0.05)
HITS = "resultType=hits"


def one_more(body: bytes) -> bytes:
    return body.replace(b'numberMatched="345"', b'numberMatched="346"')


def without_last_year(body: bytes) -> bytes:
    content = json.loads(body)
    return json.dumps(
        {**content, "value": [row for row in content["value"] if row["Identifier"] != "2024JJ00"]}
    ).encode()


WRONG = {
    "fewer areas than there are": (LAYER, HITS, one_more, "345 areas came, 346 are there"),
    "a list of periods that came short": (
        ODATA4,
        "PeriodenCodes",
        without_last_year,
        "Perioden 2024JJ00, that its list",
    ),
}


def spoiling(server: Loopback, asked: str, change: Callable[[bytes], bytes], times: int) -> Callable[[Request], Answer]:
    """Return how a server answers that gives the wrong answer to a question some times."""
    right, done = server.answer, []

    def answer(request: Request) -> Answer:
        found = right(request)
        if asked not in request.address or len(done) >= times:
            return found
        done.append(request)
        return Answer(change(found.body), found.status, found.content_type)

    return answer


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("times", [1, 99])
def test_it_is_asked_once_more(
    name: str, times: int, server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, asked, change, said = WRONG[name]
    place = Place(tmp_path / "place")
    monkeypatch.setattr(server, "answer", spoiling(server, asked, change, times))
    found = place.update(server, [source], LONGER)
    assert len([1 for request in server.requests if asked in "?".join(request)]) == 2
    if times == 1:
        assert not found.failed
    else:
        assert said in found.failed[source][1]
        monkeypatch.undo()
        assert not place.update(server, [source], LONGER).failed


@pytest.mark.parametrize("times", [1, None])
def test_observations_that_came_short_are_asked_once_more(times: int | None, server: Loopback, tmp_path: Path) -> None:
    server.faults.append(Fault("silent", r"Observations\?", times=times))
    place = Place(tmp_path / "place")
    found = place.update(server, [ODATA4], LONGER)
    assert bool(found.failed) == (times is None)
    assert server.faults[0].done == (1 if times else 2)
    server.faults.clear()
    assert not place.update(server, [ODATA4], LONGER).failed


def test_pages_may_be_linked_by_a_relative_address(server: Loopback, tmp_path: Path) -> None:
    place, other = Place(tmp_path / "place"), Place(tmp_path / "other")
    assert not other.update(server, [ODATA4], LONGER).failed
    server.page4, server.relative4 = 2_000, True
    server.clear()
    assert not place.update(server, [ODATA4], LONGER).failed
    assert len([path for _, path, _ in server.requests if path.endswith("/Observations")]) > 2
    assert place.figures() == other.figures()


def test_more_pages_than_there_are_observations_have_an_end(server: Loopback, tmp_path: Path) -> None:
    """A server that does not heed where a page begins, and always names a next one."""
    server.page4 = 2_000
    right = server.answer

    def answer(request: Request) -> Answer:
        if not request.path.endswith("/Observations"):
            return right(request)
        content = json.loads(right(Request(request.host, request.path, request.query.split("&$skip")[0], {})).body)
        start = int(request.options.get("$skip", 0))
        link = f"Observations?{request.query.split('&$skip')[0]}&$skip={start + 2_000}"
        return Answer(json.dumps({**content, "@odata.nextLink": link}).encode())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "answer", answer)
        found = Place(tmp_path / "place").update(server, [ODATA4], LONGER)
    assert "observations came" in found.failed[ODATA4][1]
    assert len(server.requests) < 40
