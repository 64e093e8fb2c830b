"""Lists of regions in the user's own store: those that it brought itself, beside the bundled ones."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from kavelmon import declarations, own, paths, store
from kavelmon.build import build
from kavelmon.live.wire import Patience
from tests.sources.loopback import Loopback
from tests.sources.updating import STATLINE, Place, quiet

LONGER = Patience(connect_s=5, silence_s=20, answer_s=60, tries=2, pause_s=0.01, pause_most_s=0.05)
NEWER = "ggd_regio_2025"
FILES = (
    "corop_membership_derived_2023.csv",
    "gebieden_2016.csv",
    "gemeente_provincie_2026.csv",
    "gemeenten_codes_all_v4.csv",
    "ggd_membership_2016.csv",
    "herindelingen.csv",
    "wijk_2022.csv",
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """An own store, which is that of whoever asks what is held."""
    found = Place(tmp_path / "place")
    monkeypatch.setenv("KAVELMON_STORE", str(found.store))
    for cached in (store.memberships, store.regions, declarations.default):
        cached.cache_clear()
    yield found
    monkeypatch.undo()
    for cached in (store.memberships, store.regions, declarations.default):
        cached.cache_clear()


@pytest.fixture
def exports(shared_data: Path, tmp_path: Path) -> Path:
    """A folder with lists of regions, and a table of figures of another source than those that are fetched here."""
    folder = tmp_path / "exports"
    folder.mkdir()
    for name in (
        *FILES,
        "cbs.v3.84799NED_WijkenEnBuurten.parquet",
        "cbs_85984NED_kerncijfers2024_selectie_via_woonikveilig.csv",
    ):
        (path,) = (p for p in shared_data.rglob(name) if p.is_file())
        (folder / name).symlink_to(path)
    for path in (shared_data / "cbs" / "odata_v4_03759ned").glob("observations-page-*.json"):
        (folder / path.name).symlink_to(path)
    return folder


def lists(place: Place) -> set[str]:
    """The sources of the lists in the own store."""
    return set(pq.read_table(paths.version_of(place.store) / "memberships.parquet")["source"].to_pylist())


def test_a_store_holds_the_lists_that_it_brought(server: Loopback, place: Place, exports: Path) -> None:
    bundled = store.memberships()
    assert {*place.update(server, [NEWER], LONGER).changed} == {NEWER}
    assert lists(place) == {NEWER}
    assert store.held()[NEWER]["table"] == "memberships.parquet"
    store.memberships.cache_clear()
    every = store.memberships()
    assert len(every) == len(bundled) + 342
    pd.testing.assert_frame_equal(every[every["source"] != NEWER].reset_index(drop=True), bundled)
    assert every[["kind", "year", "code", "gemeente"]].apply(tuple, axis=1).is_monotonic_increasing

    assert {*place.update(server, [STATLINE], LONGER).changed} == {STATLINE}
    assert lists(place) == {NEWER}

    build(declarations.load(), exports, place.store, say=quiet)
    of_files = {"corop_2016", "corop_2023", "ggd_regio_2016", "provincie_2026"}
    assert lists(place) == {NEWER, *of_files}
    tables = {name: entry["table"] for name, entry in store.Store(paths.version_of(place.store)).sources.items()}
    assert {name for name, table in tables.items() if table == "memberships.parquet"} == {NEWER, *of_files}
    assert tables["gemeentecodes"] == "regions.parquet"
    store.memberships.cache_clear()
    pd.testing.assert_frame_equal(store.memberships(), every)

    assert place.update(server, [NEWER, STATLINE], LONGER).unchanged == [NEWER, STATLINE]
    server.modify("50140NED", modified="2026-05-01T02:00:00")
    server.set_value("50140NED", {"RegioS": "GM0294"}, "SterkEenzaam", "31.5")
    assert {*place.update(server, [NEWER, STATLINE], LONGER).changed} == {STATLINE}
    assert lists(place) == {NEWER, *of_files}
    own.remove(NEWER, place.store, say=quiet)
    assert lists(place) == of_files


def test_a_list_of_the_user_goes_before_the_bundled_one(place: Place, exports: Path) -> None:
    bundled = store.memberships()
    path = exports / "gemeente_provincie_2026.csv"
    text = path.read_text(encoding="utf-8-sig")
    path.unlink()
    path.write_text(text.replace("GM0294,Winterswijk,PV25", "GM0294,Winterswijk,PV26"), encoding="utf-8")
    build(declarations.load(), exports, place.store, say=quiet)
    store.memberships.cache_clear()
    every = store.memberships()
    assert len(every) == len(bundled)
    moved = every[(every["source"] == "provincie_2026") & (every["gemeente"] == "GM0294")]
    assert moved["code"].tolist() == ["PV26"]
