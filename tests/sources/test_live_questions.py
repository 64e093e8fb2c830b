"""`kavelmon check --live` asks each publisher a small question, and says what is not as declared."""

from kavelmon.declarations import Catalogue
from kavelmon.live import questions
from tests.sources.conftest import HASTE
from tests.sources.loopback import Fault, Loopback


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
