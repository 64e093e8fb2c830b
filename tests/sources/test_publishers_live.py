"""The real publishers, one small question each; only with ``KAVELMON_LIVE=1``, since a test asks no network."""

import os

import pytest

from kavelmon.declarations import Catalogue
from kavelmon.live import hosts, questions
from kavelmon.live.archive import Archive
from kavelmon.live.hosts import Address
from kavelmon.live.properties import Properties
from kavelmon.live.wire import Wire, json_object, rows

pytestmark = pytest.mark.skipif(
    os.environ.get("KAVELMON_LIVE") != "1", reason="asks the real publishers: KAVELMON_LIVE=1"
)


@pytest.fixture
def real(tmp_path) -> Wire:
    assert not os.environ.get(hosts.VARIABLE), f"{hosts.VARIABLE} names a mirror; this asks the publishers themselves"
    return Wire(Archive(tmp_path), patience=questions.PATIENCE)


@pytest.mark.parametrize(
    ("host", "table"), [("opendata.cbs.nl", "84799NED"), ("dataderden.cbs.nl", "50090NED")], ids=["CBS", "RIVM"]
)
def test_statline_says_what_topics_a_table_has(real: Wire, host: str, table: str) -> None:
    address = Address(host, f"/ODataFeed/odata/{table}/DataProperties", "$format=json")
    _, content = real.get(address, json_object, licence="CC BY 4.0")
    assert len(Properties.of(table, rows(content)).topics) > 30


def test_odata4_counts(real: Wire) -> None:
    clause = "$filter=Measure%20eq%20'M000352'%20and%20RegioS%20eq%20'NL01'%20and%20Perioden%20eq%20'2020JJ00'"
    clause += (
        "%20and%20Geslacht%20eq%20'T001038'%20and%20Leeftijd%20eq%20'10000'%20and%20BurgerlijkeStaat%20eq%20'T001019'"
    )
    address = Address("datasets.cbs.nl", "/odata/v1/CBS/03759ned/Observations/$count", clause)
    assert real.get(address, int, licence="CC BY 4.0")[1] == 1


@pytest.mark.parametrize("name", ["gemeente_2024", "vektis_open"])
def test_others_have_what_is_declared(catalogue: Catalogue, name: str) -> None:
    (found,) = questions.ask(catalogue, [name])
    assert found.right, found.text
