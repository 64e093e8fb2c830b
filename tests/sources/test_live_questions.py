"""`kavelmon check --live` asks each publisher a small question, and says what is not as declared."""

import json

import pytest

from kavelmon.declarations import Catalogue
from kavelmon.live import questions
from tests.sources.loopback import Fault, Loopback
from tests.sources.loopback.answers import Answer, Request
from tests.sources.updating import HASTE


def asked(catalogue: Catalogue, server: Loopback, *only: str) -> dict[str, questions.Found]:
    return {found.source: found for found in questions.ask(catalogue, only, server.hosts, HASTE)}


def test_what_is_there_is_as_declared(catalogue: Catalogue, server: Loopback) -> None:
    names = ("cbs_84799ned", "rivm_50140ned", "ggd_85012ned", "cbs_03759ned", "gemeente_2022", "vektis_open")
    found = asked(catalogue, server, *names)
    assert {name: one.text for name, one in found.items() if not one.right} == {}
    assert found["rivm_50140ned"].text == "rivm_50140ned: as declared"
    assert found["vektis_open"].text == "vektis_open: as declared, not verified before"
    assert not any("UntypedDataSet" in path or path.endswith("Observations") for _, path, _ in server.requests)


def test_what_is_not_there_is_named(catalogue: Catalogue, server: Loopback) -> None:
    server.rename_topic("50140NED", "SterkEenzaam", "SterkEenzaamNu")
    server.withdraw("85012NED")
    server.faults.append(Fault("404", "2023.*gemeente"))
    found = asked(catalogue, server, "rivm_50140ned", "ggd_85012ned", "vektis_open", "corop_2026")
    assert not any(one.right for one in found.values())
    assert 'topic "SterkEenzaam" is not there; nearest: SterkEenzaamNu' in found["rivm_50140ned"].text
    assert "404" in found["ggd_85012ned"].text
    assert "the file of 2023 answers 404" in found["vektis_open"].text
    assert "(404)" in found["corop_2026"].text


FAULTS = {
    "html": "a page in place of figures",
    "redirect": "sends on to",
    "empty": "an empty answer",
    "503": "failed (503)",
    "cut_json": "cut off or no JSON",
    "wrong_type": "a list in place of a JSON object",
    "loop": "run `kavelmon update` again",
    "stall": "no answer in",
    "drip": "not whole after",
}


@pytest.mark.parametrize("kind", FAULTS)
def test_an_answer_that_is_none_is_a_sentence(kind: str, catalogue: Catalogue, server: Loopback) -> None:
    server.faults.append(Fault(kind, "50140NED/DataProperties"))
    found = asked(catalogue, server, "rivm_50140ned", "gemeente_2022")
    assert not found["rivm_50140ned"].right
    assert FAULTS[kind] in found["rivm_50140ned"].text
    assert found["gemeente_2022"].right
    assert len(server.requests) < 12
    assert {host for host, _, _ in server.requests} == {"dataderden.cbs.nl", "service.pdok.nl"}


def test_a_link_to_another_host_is_never_followed(
    catalogue: Catalogue, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = server.answer

    def elsewhere(request: Request) -> Answer:
        answer = right(request)
        if not request.path.endswith("DataProperties") or "skip" in request.query:
            return answer
        link = f"{server.elsewhere}/ODataFeed/odata/50140NED/DataProperties?$skip=9999"
        return Answer(json.dumps({**json.loads(answer.body), "odata.nextLink": link}).encode())

    monkeypatch.setattr(server, "answer", elsewhere)
    assert not asked(catalogue, server, "rivm_50140ned")["rivm_50140ned"].right
    assert {host for host, _, _ in server.requests} == {"dataderden.cbs.nl"}


def test_rows_of_another_form_are_a_sentence(
    catalogue: Catalogue, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = server.answer
    odd = Answer(b'{"value":[{"odata.type":[1],"Type":"Topic","ID":{},"ParentID":[2],"Key":null}]}')
    monkeypatch.setattr(server, "answer", lambda r: odd if r.path.endswith("DataProperties") else right(r))
    found = asked(catalogue, server, "rivm_50140ned", "gemeente_2022")
    assert (found["rivm_50140ned"].right, found["gemeente_2022"].right) == (False, True)


def test_a_page_in_place_of_a_file_is_named(catalogue: Catalogue, server: Loopback) -> None:
    server.faults.append(Fault("html", "2023.*gemeente"))
    found = asked(catalogue, server, "vektis_open")["vektis_open"]
    assert not found.right
    assert "a page in place of the file of 2023" in found.text
