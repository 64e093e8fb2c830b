"""A region's own tables in the user's own store: they join the rest, lose nothing, and are never half there."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import kavelmon as km
from kavelmon import build, declarations, local, own, packing, paths, store
from kavelmon.dashboard import sharing
from kavelmon.model import CatalogueError, NotFoundError, SourceError

TOML = """
publisher = "Gemeente Winterswijk"
title = "Eigen tabel"
licence = "overeenkomst met de gemeente"
method = "register"
region_year = 2024
"""
OPEN, GUARDED = 'disclosure = "publisher"\n', "[disclosure]\np_max = 1\n"
NEW = """
[indicator.valongevallen]
title = "Ouderen met een valongeval"
domain = "gezondheid"
theme = "leefstijl"
unit = "%"
denominator_title = "inwoners van 65 jaar en ouder"
denominator_unit = "inwoners"
"""
# the eight gemeenten of the Achterhoek; persons and denominators are made up
PERSONS = {
    "GM0197": (301, 7102),
    "GM0222": (580, 12840),
    "GM0294": (320, 7532),
    "GM1509": (402, 9110),
    "GM1586": (299, 7011),
    "GM1859": (455, 10420),
    "GM1876": (430, 9880),
    "GM1955": (377, 8815),
}
LIST = """id;titel;soort;gebied;begin;bron;licentie
valpreventie;Valpreventie;interventie;GM0294 GM0197;2023;Gemeente Winterswijk;CC BY 4.0
"""


def long(persons: dict[str, tuple[int, int]] = PERSONS) -> str:
    rows = [f"valongevallen;{code};2023;{x};{d}" for code, (x, d) in persons.items()]
    return "\n".join(["indicator;gebied;periode;teller;noemer", *rows]) + "\n"


pytestmark = pytest.mark.usefixtures("own_store")


def folder(tmp_path: Path, name: str = "vallen", text: str = "", toml: str = TOML + OPEN + NEW, **more: str) -> Path:
    target = tmp_path / f"eigen-{name}"
    target.mkdir(exist_ok=True)
    (target / f"{name}.csv").write_text(text or long(), encoding="utf-8")
    (target / f"{name}.toml").write_text(toml, encoding="utf-8")
    for file, content in more.items():
        (target / f"{file}.csv").write_text(content, encoding="utf-8")
    return target


def add(source: Path, target: Path) -> list[str]:
    said: list[str] = []
    own.add(source, target, say=said.append)
    return said


def tree(target: Path) -> dict[str, bytes]:
    return {p.relative_to(target).as_posix(): p.read_bytes() for p in target.rglob("*") if p.is_file()}


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "kavelmon", *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, timeout=120)


def test_an_own_table_is_read_like_any_other(tmp_path, own_store):
    before = km.observations("eenzaam", "achterhoek")
    add(folder(tmp_path), own_store)
    found = km.value("valongevallen", "achterhoek")
    persons, people = (sum(pair[n] for pair in PERSONS.values()) for n in (0, 1))
    assert (found["numerator"], found["denominator"]) == (persons, people)
    assert found["value"] == pytest.approx(100 * persons / people)
    assert (found["coverage"], found["licence"]) == (1.0, "overeenkomst met de gemeente")
    assert km.value("valongevallen", "GM0294")["value"] == pytest.approx(100 * 320 / 7532)
    assert "valongevallen" in set(km.catalogue()["indicator"])
    assert km.observations("eenzaam", "achterhoek").equals(before)


def test_one_more_edition_stands_beside_the_national_one(tmp_path, own_store):
    national = km.value("eenzaam", "GM0294")
    rows = "indicator;gebied;periode;waarde\neenzaam;GM0294;2024;44,1\neenzaam;GM0197;2024;42,9\n"
    add(folder(tmp_path, "panel", rows, TOML + OPEN), own_store)
    assert km.value("eenzaam", "GM0294") == national
    mine = km.value("eenzaam", "GM0294", edition="panel")
    assert (mine["value"], mine["period"]) == (44.1, "2024")
    people = km.value("inwoners_18plus", "GM0294")
    assert mine["denominator"] == pytest.approx(people["value"], rel=0.05)


def test_adding_keeps_what_is_there_and_removing_takes_one(tmp_path, own_store):
    add(folder(tmp_path), own_store)
    first = km.observations("valongevallen", "achterhoek", level="GM")
    rows = "indicator;gebied;periode;waarde\neenzaam;GM0294;2024;44,1\n"
    add(folder(tmp_path, "panel", rows, TOML + OPEN, interventies=LIST), own_store)
    assert km.observations("valongevallen", "achterhoek", level="GM").equals(first)
    assert local.interventions("achterhoek")["id"].tolist() == ["valpreventie"]
    own.remove("vallen", own_store, say=lambda _: None)
    assert "valongevallen" not in declarations.default().indicators
    assert km.value("eenzaam", "GM0294", edition="panel")["value"] == 44.1
    with pytest.raises(NotFoundError, match=r'"vallen" is not in your own store .*; nearest: .*panel'):
        own.remove("vallen", own_store, say=lambda _: None)
    own.remove("panel", own_store, say=lambda _: None)
    assert local.interventions()["id"].tolist() == ["valpreventie"]
    own.remove("interventies", own_store, say=lambda _: None)
    assert local.interventions().empty
    assert not store.Store(paths.version_of(own_store)).exists()
    assert km.value("eenzaam", "GM0294")["edition"] == "rivm_50090ned"


def test_a_table_that_another_adds_to_stays(tmp_path, own_store):
    add(folder(tmp_path), own_store)
    rows = "indicator;gebied;periode;waarde\nvalongevallen;GM0294;2024;4,4\n"
    more = '[indicator.valongevallen]\ndenominator = "inwoners_65plus"\n'
    add(folder(tmp_path, "later", rows, TOML + OPEN + more), own_store)
    before = tree(own_store)
    with pytest.raises(CatalogueError, match='later: "valongevallen" is no indicator'):
        own.remove("vallen", own_store, say=lambda _: None)
    assert tree(own_store) == before
    add(folder(tmp_path), own_store)  # again, itself
    assert km.value("valongevallen", "GM0294", edition="later")["value"] == 4.4


def test_the_same_folder_gives_the_same_store(tmp_path, own_store):
    add(folder(tmp_path, interventies=LIST), own_store)
    before = tree(own_store)
    add(folder(tmp_path, interventies=LIST), own_store)
    assert tree(own_store) == before


def test_a_build_keeps_own_tables_and_own_tables_keep_a_build(tmp_path, own_store, shared_data):
    exports = tmp_path / "exports"
    exports.mkdir()
    shutil.copy(shared_data / "ggd/50140NED_TypedDataSet_22092025_192544.csv", exports)
    shutil.copy(shared_data / "vektis/vektis_2023_gemeente.csv", exports)
    build.build(declarations.load(), exports, own_store, say=lambda _: None)
    built = {p.name: p.read_bytes() for p in paths.version_of(own_store).iterdir()}
    described = json.loads(built["datapackage.json"])["sources"]
    add(folder(tmp_path, interventies=LIST), own_store)
    now = {p.name: p.read_bytes() for p in paths.version_of(own_store).iterdir()}
    for name in ("vektis.parquet", "vektis_cells.parquet", "vektis_rates.parquet", "vektis-voorwaarden.md"):
        assert now[name] == built[name]
    package = json.loads(now["datapackage.json"])
    assert [s for s in package["sources"] if s["name"] != "vallen"] == described
    whole = tree(own_store)
    figure = km.value("valongevallen", "achterhoek")
    build.build(declarations.load(), exports, own_store, say=lambda _: None)
    assert {p.name: p.read_bytes() for p in paths.version_of(own_store).iterdir()} == now
    assert set(tree(own_store)) <= set(whole)
    assert km.value("valongevallen", "achterhoek") == figure
    own.remove("vallen", own_store, say=lambda _: None)
    own.remove("interventies", own_store, say=lambda _: None)
    assert {p.name: p.read_bytes() for p in paths.version_of(own_store).iterdir()} == built


def test_a_refused_table_changes_nothing(tmp_path, own_store):
    add(folder(tmp_path), own_store)
    before = tree(own_store)
    with pytest.raises(SourceError, match="persons"):
        add(
            folder(tmp_path, "mis", "indicator;gebied;periode;waarde;bsn\neenzaam;GM0294;2024;44;1\n", TOML + OPEN),
            own_store,
        )
    with pytest.raises(SourceError, match="under the threshold"):
        add(folder(tmp_path, text=long({**PERSONS, "GM0294": (3, 7532)}), toml=TOML + GUARDED + NEW), own_store)
    assert tree(own_store) == before


STEPS = [(packing, "write_table"), (packing, "write_observations"), (store, "provenance"), (store, "sha256")]


@pytest.mark.parametrize(("module", "step"), STEPS)
def test_a_full_disk_leaves_the_store_bit_for_bit(tmp_path, own_store, monkeypatch, module, step):
    add(folder(tmp_path, interventies=LIST), own_store)
    before = tree(own_store)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, step, full)
    changed = folder(tmp_path, text=long({**PERSONS, "GM0294": (333, 7532)}), interventies=LIST.replace("2023", "2022"))
    with pytest.raises(OSError, match="No space left"):
        add(changed, own_store)
    assert tree(own_store) == before
    assert {p.name for p in own_store.parent.iterdir()} == {own_store.name, f"{own_store.name}.lock"}


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


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_one_that_is_killed_leaves_the_old_store_or_the_new_one(tmp_path, own_store, steps):
    add(folder(tmp_path, interventies=LIST), own_store)
    old = tree(own_store)
    version = paths.version_of(own_store)
    changed = folder(tmp_path, text=long({**PERSONS, "GM0294": (333, 7532)}), interventies=LIST)
    call = [sys.executable, "-c", KILLED, str(steps), "local", "add", str(changed)]
    ended = subprocess.run(call, capture_output=True, timeout=120, env=os.environ.copy())
    declarations.default.cache_clear()
    if ended.returncode == -signal.SIGKILL and paths.version_of(own_store) == version:
        assert {name: old[name] for name in old} == {n: b for n, b in tree(own_store).items() if n in old}
        assert km.value("valongevallen", "GM0294")["numerator"] == 320
    else:
        assert km.value("valongevallen", "GM0294")["numerator"] == 333
        assert all((version / name).read_bytes() == old[f"{version.name}/{name}"] for name in os.listdir(version))
    add(changed, own_store)
    assert km.value("valongevallen", "GM0294")["numerator"] == 333


def test_what_would_give_a_hidden_figure_away_is_hidden(tmp_path, own_store):
    header, *rows = long().splitlines()
    text = "\n".join([f"{header};status", *(f"{row};" for row in rows)])
    hidden = text.replace("GM0294;2023;320;7532;", "GM0294;2023;;7532;suppressed")
    assert hidden != text
    said = add(folder(tmp_path, text=hidden, toml=TOML + GUARDED + NEW), own_store)
    found = km.observations("valongevallen", "achterhoek", level="GM").set_index("region")
    assert found["status"].to_dict()["GM0294"] == "suppressed"
    assert (found["status"] == "suppressed").sum() == 2  # one more: the total of the Achterhoek may be known elsewhere
    assert any("1 figures hidden" in one for one in said)


def test_no_hash_of_a_guarded_table_is_kept(tmp_path, own_store):
    add(folder(tmp_path, toml=TOML + GUARDED + NEW), own_store)
    [entry] = store.Store(paths.version_of(own_store)).sources.values()
    assert entry["inputs"] == [{"file": "vallen.csv"}]


# the command line


def test_the_commands_say_what_they_did(tmp_path, own_store):
    made = command("local", "templates", tmp_path / "begin")
    assert made.returncode == 0, made.stderr
    assert command("local", "templates", tmp_path / "begin").returncode == 2
    checked = command("local", "check", tmp_path / "begin")
    assert checked.returncode == 0, checked.stderr
    assert "wmo_lokaal: right; 4 figures, 1 indicators, 2 regions, 2022, 2023" in checked.stdout
    assert not own_store.exists()
    added = command("local", "add", tmp_path / "begin")
    assert added.returncode == 0, added.stderr
    assert "not in a published file: Gemeente Winterswijk, Hulp bij het huishouden" in added.stderr
    assert "wmo_lokaal: in " in command("check").stdout
    assert json.loads(command("value", "hulp_huishouden_65plus", "GM0294", "--json").stdout)["numerator"] == 840
    assert command("local", "remove", "wmo_lokaal").returncode == 0
    assert command("value", "hulp_huishouden_65plus", "GM0294").returncode == 2


def test_an_error_on_the_command_line_repeats_no_person(tmp_path, own_store):
    text = "indicator;gebied;periode;waarde;naam cliënt\neenzaam;GM0294;2024;44;Jansen\n"
    for word in ("check", "add"):
        done = command("local", word, folder(tmp_path, "mis", text, TOML + OPEN))
        assert done.returncode == 2
        assert done.stderr.startswith("kavelmon: mis.csv: looks like data of persons")
        assert "Jansen" not in done.stderr + done.stdout
        assert "Traceback" not in done.stderr
    assert not own_store.exists()
    assert not paths.attempts().exists()


def test_own_folder_is_named_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("KAVELMON_LOCAL", str(folder(tmp_path)))
    done = command("local", "check")
    assert "vallen: right; 8 figures" in done.stdout


# what may be passed on


def test_what_is_under_an_agreement_is_named_and_kept_back(tmp_path, own_store):
    more = LIST.replace("CC BY 4.0", "overeenkomst").replace("valpreventie", "wandelen")
    add(folder(tmp_path, interventies=LIST, interventies_ook=more), own_store)
    assert sharing.kept_back() == [
        "Gemeente Winterswijk, Eigen tabel (vallen): overeenkomst met de gemeente",
        "1 interventions and provisions of Gemeente Winterswijk: overeenkomst",
    ]
