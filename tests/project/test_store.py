"""The stores: the snapshot can be made again, and a user's own store goes before it, whole or not at all."""

import datetime as dt
import errno
import importlib.metadata
import json
import os
import platform
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pytest
from packaging.requirements import Requirement

import kavelmon as km
from kavelmon import attempts, build, declarations, packing, paths, store
from kavelmon.dashboard import collect, document
from kavelmon.model import DOMAINS, SourceError

ROOT = Path(__file__).parents[2]
DATA_SOURCES = ROOT / "data_sources"
SNAPSHOT = DATA_SOURCES / "snapshot"
MAX_SNAPSHOT_BYTES = 20_000_000
# what decides the bytes of the tables, next to our own code
WRITERS = ("geopandas", "numpy", "pandas", "pyarrow", "pyogrio", "pyproj", "python-calamine", "shapely")
VEKTIS = {"vektis.parquet", "vektis_rates.parquet"}
SURVEY, EXPORT = "rivm_50140ned", "ggd/50140NED_TypedDataSet_22092025_192544.csv"
COSTS = "vektis/vektis_2023_gemeente.csv"


def snapshot_package() -> dict:
    return json.loads((SNAPSHOT / "datapackage.json").read_text(encoding="utf-8"))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with what is in it."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def contents(folder: Path) -> dict[str, bytes]:
    """What a store is made of, by name."""
    return {p.name: p.read_bytes() for p in folder.rglob("*") if p.suffix in (".parquet", ".json", ".md")}


def first_store() -> Path:
    return store.stores()[0].folder


@pytest.fixture(autouse=True)
def own_store(monkeypatch, tmp_path) -> Path:
    """The place of the user's own store; there is none in it yet."""
    folder = tmp_path / "user" / "store"
    monkeypatch.setenv("KAVELMON_STORE", str(folder))
    monkeypatch.delenv("KAVELMON_DATA_SOURCES", raising=False)
    return folder


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-P", "-m", "kavelmon", *map(str, arguments)]


def call(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=120)


# the snapshot


@pytest.fixture(scope="module")
def rebuilt(shared_data, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("rebuilt") / "snapshot"
    build.build(declarations.load(), shared_data, target, bundled=True, say=lambda _: None)
    return target


def made_alike() -> bool:
    """Whether this machine has the pinned libraries and the kind of processor that the snapshot was made with."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = {r.name.lower(): r.specifier for r in map(Requirement, lines)}
    same = all(pins[name].contains(importlib.metadata.version(name)) for name in WRITERS)
    return same and (platform.system(), platform.machine()) == ("Linux", "x86_64")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_snapshot_is_made_again_from_the_published_files(rebuilt):
    names = {p.name for p in SNAPSHOT.iterdir()}
    assert {p.name for p in rebuilt.iterdir()} == names
    for name in sorted(n for n in names if n.endswith(".parquet")):
        reader = gpd.read_parquet if name == "boundaries.parquet" else pd.read_parquet
        made, kept = reader(rebuilt / name), reader(SNAPSHOT / name)
        if name == "boundaries.parquet":
            assert made.crs == kept.crs
            assert made.geometry.geom_equals_exact(kept.geometry, tolerance=1e-9).all()
            made, kept = made.drop(columns=made.geometry.name), kept.drop(columns=kept.geometry.name)
        pd.testing.assert_frame_equal(made, kept, check_exact=False, rtol=1e-9, atol=1e-12)
    made = json.loads((rebuilt / "datapackage.json").read_text(encoding="utf-8"))
    assert made["sources"] == snapshot_package()["sources"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_snapshot_is_made_again_byte_for_byte_with_the_pinned_libraries(rebuilt):
    if not made_alike():
        pytest.skip("other libraries, or another kind of machine, than the snapshot was made with")
    made, kept = tree(rebuilt), tree(SNAPSHOT)
    assert [name for name in kept if made.get(name) != kept[name]] == []
    assert set(made) == set(kept)


def test_snapshot_is_small_and_holds_nothing_but_its_tables():
    assert sum(p.stat().st_size for p in SNAPSHOT.iterdir()) <= MAX_SNAPSHOT_BYTES
    package = snapshot_package()
    listed = {r["path"] for r in package["resources"]}
    assert {p.name for p in SNAPSHOT.iterdir()} == listed | {"datapackage.json", "vektis-voorwaarden.md"}
    for resource in package["resources"]:
        path = SNAPSHOT / resource["path"]
        assert (resource["bytes"], resource["hash"]) == (path.stat().st_size, f"sha256:{store.sha256(path)}")


def test_vektis_lies_apart_with_its_terms_beside_it():
    sources = declarations.load().sources
    theirs = {s.id for s in sources.values() if s.kind == "vektis"}
    assert theirs
    assert {s["name"]: s["table"] for s in snapshot_package()["sources"] if s["name"] in theirs} == dict.fromkeys(
        theirs, "vektis.parquet"
    )
    assert set(pq.read_table(SNAPSHOT / "vektis.parquet")["source"].to_pylist()) == theirs
    assert not theirs & set(pq.read_table(SNAPSHOT / "observations.parquet")["source"].to_pylist())
    terms = (SNAPSHOT / "vektis-voorwaarden.md").read_text(encoding="utf-8")
    assert {"vektis.parquet", "vektis_rates.parquet", "Bron: Vektis"} <= set(re.findall(r"Bron: Vektis|[\w.]+", terms))


def test_no_cell_of_sex_age_and_gemeente_is_in_the_snapshot():
    for path in SNAPSHOT.glob("*.parquet"):
        columns = set(pq.read_schema(path).names)
        assert not ({"sex", "geslacht"} & columns and {"region", "gemeente", "gemeentenaam", "code"} & columns), path
    rates = pd.read_parquet(SNAPSHOT / "vektis_rates.parquet")
    assert list(rates.columns) == ["period", "sex", "age", "years", "cost_eur", "rate_eur"]
    assert not rates.duplicated(["period", "sex", "age"]).any()
    results = pd.read_parquet(SNAPSHOT / "vektis.parquet")
    assert set(results["age"]) == {""}
    assert set(results["level"]) <= {"NL", "REST", "GM"}
    assert not results.duplicated(["indicator", "region", "period"]).any()


def test_datapackage_names_the_origin_of_every_source(shared_data):
    catalogue = declarations.load()
    described = {s["name"]: s for s in snapshot_package()["sources"]}
    assert set(described) == {name for name, source in catalogue.sources.items() if source.bundled}
    published: dict[str, set[str]] = {}
    for path in shared_data.rglob("*"):
        if path.is_file():
            published.setdefault(path.name, set()).add(store.sha256(path))
    for name, source in described.items():
        declared = catalogue.source(name)
        assert (source["publisher"], source["licence"]) == (declared.publisher, declared.licence)
        assert source["publisher"].strip()
        assert source["licence"].strip()
        assert source["accessed"] == "onbekend" or dt.date.fromisoformat(source["accessed"]) <= dt.date.today()
        assert source["accessed"] == str(declared.accessed)
        assert source["inputs"], name
        for given in source["inputs"]:
            assert given["sha256"] in published[given["file"]], f"{name}: {given['file']}"


# without Vektis


@pytest.fixture
def without_vektis(monkeypatch, tmp_path) -> Path:
    folder = tmp_path / "data_sources"
    shutil.copytree(DATA_SOURCES, folder, ignore=shutil.ignore_patterns("vektis*.parquet"))
    assert VEKTIS & {p.name for p in SNAPSHOT.iterdir()} == VEKTIS
    monkeypatch.setenv("KAVELMON_DATA_SOURCES", str(folder))
    return folder


@pytest.mark.slow
def test_without_vektis_the_rest_works(without_vektis):
    assert km.value("inwoners", "NL", "2020")["value"] == 17407585
    held = km.catalogue().groupby("edition")["in_store"].all()
    bundled = [s.id for s in declarations.load().sources.values() if s.bundled]
    assert list(held[~held].index.intersection(bundled)) == ["vektis_open"]
    areas = [km.area("ede"), km.area("nl")]
    core, units = document.build(areas[0], collect.collect(areas), areas)
    assert {item["domain"] for item in core["items"]} == set(DOMAINS)
    assert "vektis_open" not in core["sources"]
    assert not [item["id"] for item in core["items"] if item["id"].startswith("zvw_")]
    assert len(units["items"]) == len(core["items"])
    frame = km.observations(["roker", "wmo_clienten", "afstand_huisarts"], "achterhoek", level="GM")
    assert frame["value"].notna().any()


def test_without_vektis_a_question_for_costs_is_answered_in_a_sentence(without_vektis):
    asked = call("value", "zvw_kosten_totaal", "NL")
    assert (asked.returncode, asked.stdout) == (2, "")
    assert re.fullmatch(r"kavelmon: zvw_kosten_totaal: no figures[^\n]+\n", asked.stderr)
    checked = call("check")
    assert checked.returncode == 0
    assert "vektis_open: not in any store" in checked.stdout


# the user's own store


def made(folder: Path, target: Path) -> None:
    build.build(declarations.load(), folder, target, say=lambda _: None)


@pytest.fixture(scope="module")
def exports(shared_data, tmp_path_factory) -> Callable[..., Path]:
    """Make a folder of exports: one survey, with the figure of Ede as given, and the costs of one year if asked."""

    def make(ede: str = "55.5", costs: bool = False) -> Path:
        folder = tmp_path_factory.mktemp("exports")
        header, *lines = (shared_data / EXPORT).read_text(encoding="utf-8").splitlines()
        column = header.split(";").index("HeeftSchulden_3")
        region = header.split(";").index("RegioS")
        changed = 0
        for number, line in enumerate(lines):
            cells = line.split(";")
            if cells[region].strip() == "GM0228":
                cells[column], changed = ede, changed + 1
                lines[number] = ";".join(cells)
        assert changed == 1
        text = "\n".join([header, *lines]) + "\n"
        (folder / Path(EXPORT).name).write_text(text, encoding="utf-8")
        if costs:
            shutil.copy(shared_data / COSTS, folder)
        return folder

    return make


def test_own_store_goes_before_the_bundled_one_source_by_source(exports, own_store):
    question = (["jongvolwassenen_schulden", "jongvolwassenen_gestrest"], "NL")
    bundled = km.observations(*question, level="GM")
    others = km.observations(["roker", "inwoners", "zvw_kosten_totaal"], "achterhoek")
    assert km.value("jongvolwassenen_schulden", "ede")["value"] == 8.0
    done = call("build", "--from", exports())
    assert done.returncode == 0, done.stderr
    assert km.value("jongvolwassenen_schulden", "ede")["value"] == 55.5
    ours = km.observations(*question, level="GM")
    ede = (ours["region"] == "GM0228") & (ours["indicator"] == "jongvolwassenen_schulden")
    assert ede.sum() == 1
    pd.testing.assert_frame_equal(ours[~ede], bundled[~ede])
    pd.testing.assert_frame_equal(km.observations(["roker", "inwoners", "zvw_kosten_totaal"], "achterhoek"), others)
    (line,) = [text for text in call("check").stdout.splitlines() if str(own_store) in text]
    assert line.strip().startswith(f"{SURVEY}: in ")


def test_own_store_keeps_the_origin_of_what_was_read(exports, own_store):
    folder = exports()
    made(folder, own_store)
    package = json.loads((first_store() / "datapackage.json").read_text(encoding="utf-8"))
    (source,) = package["sources"]
    (given,) = source["inputs"]
    assert (source["name"], source["publisher"]) == (SURVEY, "RIVM en GGD'en")
    assert given["sha256"] == store.sha256(folder / given["file"])
    assert given["sha256"] not in json.dumps(snapshot_package())


def test_own_store_is_made_alike_from_alike_files(exports, own_store):
    folder = exports(costs=True)
    made(folder, own_store)
    first = tree(own_store)
    made(folder, own_store)
    assert tree(own_store) == first
    assert {p.name for p in own_store.parent.iterdir()} == {own_store.name, f"{own_store.name}.lock"}


def test_own_store_holds_the_cells_of_vektis(exports, own_store):
    made(exports(costs=True), own_store)
    cells = pd.read_parquet(first_store() / "vektis_cells.parquet")
    assert {"period", "region", "sex", "age", "years", "kosten_totaal"} <= set(cells.columns)
    assert set(cells["period"]) == {"2023"}
    ede = cells[cells["region"] == "GM0228"]
    assert (len(ede), set(ede["sex"])) == (38, {"M", "V"})
    assert round(ede["kosten_totaal"].sum() / ede["years"].sum(), 2) == 2854.76
    assert round(km.value("zvw_kosten_totaal", "ede", "2023")["value"], 2) == 2854.76
    assert (first_store() / "vektis-voorwaarden.md").read_bytes() == (SNAPSHOT / "vektis-voorwaarden.md").read_bytes()


# what goes wrong


@pytest.fixture(scope="module")
def before_and_after(exports, tmp_path_factory) -> tuple[Path, Path, Path]:
    """A store, a folder of exports with another figure, and the store that is made of that folder."""
    folder, changed = tmp_path_factory.mktemp("stores"), exports("77.5", costs=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KAVELMON_STORE", str(folder / "none"))
        made(exports("11.5", costs=True), folder / "old")
        made(changed, folder / "new")
    assert tree(folder / "old") != tree(folder / "new")
    return folder / "old", changed, folder / "new"


@pytest.fixture
def kept(before_and_after, own_store) -> Callable[[], bool]:
    """A store that is there already, and whether it is still as it was, with nothing beside it."""
    shutil.copytree(before_and_after[0], own_store)
    before = tree(own_store)
    beside = {own_store.name, paths.attempts().name, f"{own_store.name}.lock"}  # the second says what was not renewed
    return lambda: tree(own_store) == before and {p.name for p in own_store.parent.iterdir()} <= beside


@pytest.mark.parametrize("name", [Path(EXPORT).name, Path(COSTS).name])
def test_a_bad_file_leaves_the_old_store(exports, own_store, kept, name):
    folder = exports(costs=True)
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])
    done = call("build", "--from", folder)
    assert done.returncode == 2
    assert re.search(rf"^kavelmon: {re.escape(name)}[^\n]+\n\Z", done.stderr, re.M)
    assert "Traceback" not in done.stderr
    assert kept()
    [(source, one)] = attempts.failed().items()
    assert source == (SURVEY if name == Path(EXPORT).name else "vektis_open")
    assert one["on"] == dt.date.today().isoformat()
    assert name in one["why"]
    assert re.search(rf"{source}: in .*; could not be renewed on {one['on']}: ", call("check").stdout)
    (folder / name).write_bytes(whole)
    made(folder, own_store)
    assert attempts.failed() == {}


def test_a_bad_file_makes_no_first_store(exports, own_store):
    folder = exports()
    (folder / Path(EXPORT).name).write_text("", encoding="utf-8")
    assert call("build", "--from", folder).returncode == 2
    assert not own_store.exists()
    assert {p.name for p in own_store.parent.iterdir()} <= {paths.attempts().name, f"{own_store.name}.lock"}


STEPS = [(packing, "write_table"), (packing, "write_observations"), (store, "provenance"), (store, "sha256")]


@pytest.mark.parametrize(("module", "step"), STEPS)
def test_a_full_disk_leaves_the_old_store(exports, own_store, kept, monkeypatch, module, step):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, step, full)
    with pytest.raises(OSError, match="No space left"):
        made(exports(costs=True), own_store)
    assert kept()


def test_a_store_that_cannot_be_put_in_place_leaves_the_old_one(exports, own_store, kept, monkeypatch):
    really = Path.replace

    def replace(self: Path, target: Path):
        if Path(target) == own_store / paths.POINTER:
            raise OSError(errno.EACCES, "Permission denied")
        return really(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(OSError, match="Permission denied"):
        made(exports(costs=True), own_store)
    assert kept()


def test_a_source_that_is_not_there_makes_no_snapshot(exports, tmp_path):
    with pytest.raises(SourceError, match="no file fits"):
        build.build(declarations.load(), exports(), tmp_path / "made", bundled=True, say=lambda _: None)
    assert not (tmp_path / "made").exists()


@pytest.fixture
def old_or_new(before_and_after, own_store) -> tuple[Path, Callable[[], str]]:
    """A folder of exports to read, and which store figures come from afterwards: old, new, or a description."""
    before, folder, after = before_and_after
    shutil.copytree(before, own_store)
    old, new = contents(before), contents(after)

    def which() -> str:
        first = first_store()
        if not first.is_relative_to(own_store):
            return f"neither: the own store is gone, figures come from {first}"
        held = contents(first)
        return "old" if held == old else "new" if held == new else f"neither: {sorted(held)}"

    return folder, which


def test_a_build_that_is_killed_leaves_the_old_store_or_the_new_one(old_or_new, own_store):
    folder, which = old_or_new
    chance = random.Random()
    ends = []
    for _ in range(5):
        builder = subprocess.Popen(command("build", "--from", folder), stderr=subprocess.PIPE, text=True)
        assert builder.stderr is not None
        waits = ("kavelmon", "denominators", "writing", "writing")
        until, moment = chance.choice(waits), chance.uniform(0, 0.25)
        while until != "kavelmon" and until not in (line := builder.stderr.readline()):
            assert line, "the build ended before it came that far"
        time.sleep(moment)
        builder.kill()
        builder.communicate(timeout=60)
        ends.append((until, round(moment, 3), which()))
        assert ends[-1][-1] in ("old", "new"), ends
    made(folder, own_store)
    assert which() == "new"


KILLED = """
import os, signal, sys
from kavelmon.cli import main

left, below = int(sys.argv.pop(1)), os.environ["KAVELMON_STORE"]

def watch(event, args):
    global left
    if event in ("os.rename", "os.remove", "os.rmdir") and any(str(a).startswith(below) for a in args[:2]):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
main()
"""


@pytest.mark.parametrize("step", [0, 1])
def test_a_build_that_is_killed_while_it_changes_places_leaves_the_old_store_or_the_new_one(old_or_new, step):
    folder, which = old_or_new
    ended = subprocess.run([sys.executable, "-P", "-c", KILLED, str(step), "build", "--from", str(folder)], timeout=120)
    assert ended.returncode in (0, -signal.SIGKILL)
    assert which() in (("new",) if ended.returncode == 0 else ("old", "new"))


def test_figures_can_be_read_while_a_store_is_made(old_or_new, own_store):
    folder, which = old_or_new
    builder = subprocess.Popen(command("build", "--from", folder), stderr=subprocess.DEVNULL)
    seen = set()
    while builder.poll() is None:
        seen.add(km.value("jongvolwassenen_schulden", "ede")["value"])
    seen.add(km.value("jongvolwassenen_schulden", "ede")["value"])
    assert builder.returncode == 0
    assert seen <= {11.5, 77.5}
    assert which() == "new"
    assert {*os.listdir(own_store.parent)} == {own_store.name, f"{own_store.name}.lock"}
