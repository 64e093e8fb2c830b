"""Which years are provisional: what the publisher says of them now, and what is declared where it says nothing."""

from pathlib import Path

import pandas as pd
import pytest

from kavelmon import paths
from kavelmon.declarations import Catalogue
from kavelmon.live import sources, statline
from kavelmon.live.wire import Patience, Wire
from tests.sources.loopback import Loopback
from tests.sources.updating import ODATA4, Place

LONGER = Patience(connect_s=5, silence_s=10, answer_s=30, tries=2, pause_s=0.01, pause_most_s=0.05)


def quiet(*_: object) -> None:
    """Nobody watches."""


def marked(place: Place) -> dict[str, str]:
    """Return the status of the figures of each year of which not all are final."""
    rows = pd.read_parquet(paths.version_of(place.store) / "observations.parquet")
    rows = rows[rows["value"].notna()]
    assert set(rows["status"]) <= {"ok", "provisional"}
    found = rows.groupby("period", observed=True)["status"].agg(lambda one: " ".join(sorted(set(one))))
    return found[found != "ok"].to_dict()


def test_a_year_of_odata4_is_provisional_until_its_publisher_says_otherwise(server: Loopback, tmp_path: Path) -> None:
    server.set_status("03759ned", "Perioden", "2024JJ00", "Voorlopig")
    server.set_status("03759ned", "Perioden", "2023JJ00", "NaderVoorlopig")
    place = Place(tmp_path / "place")
    assert not place.update(server, [ODATA4], LONGER).failed
    assert marked(place) == {"2023": "provisional", "2024": "provisional"}
    server.set_status("03759ned", "Perioden", "2023JJ00", "Definitief")
    server.modify("03759ned", modified="2026-05-01T02:00:00+02:00")
    assert {*place.update(server, [ODATA4], LONGER).changed} == {ODATA4}
    assert marked(place) == {"2024": "provisional"}
    assert place.update(server, [ODATA4], LONGER).unchanged == [ODATA4]


@pytest.mark.parametrize(
    ("status", "found"),
    [("Definitief", ()), ("Voorlopig", ("2015",)), (None, ("2015",)), ("Iets nieuws", ("2015",))],
)
def test_what_is_declared_stands_where_the_publisher_says_nothing(
    status: str | None, found: tuple[str, ...], catalogue: Catalogue, wire: Wire, server: Loopback
) -> None:
    server.set_status("70072ned", "Perioden", "2015JJ00", status)
    source = catalogue.source("cbs_70072ned").model_copy(update={"provisional": ("2015",)})
    brought, _ = sources.bring(catalogue, source, wire, quiet)
    assert statline.provisional(list(brought.parts), source, wire.archive) == found
