"""`pip install .` brings everything that kavelmon needs, and nothing that it may not hand on."""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAX_WHEEL_BYTES = 25_000_000
BUNDLED = "kavelmon/_bundled/"
LEFT_BEHIND = ("__pycache__", ".ipynb_checkpoints")


def run(*command: object, **options) -> str:
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=240, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """A copy of what a wheel is built from, with what a user's own work leaves behind in it."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    for name in ("kavelmon", "data_sources", "notebooks"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    for name in ("notebooks/.ipynb_checkpoints", "kavelmon/__pycache__", "data_sources/__pycache__"):
        (folder / name).mkdir()
        (folder / name / "stray.pyc").touch()
    if (ROOT / ".gitignore").is_file():
        shutil.copy(ROOT / ".gitignore", folder)
    return folder


@pytest.fixture(scope="module")
def wheel(checkout, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    # the build backend of this environment where there is one; else pip fetches it
    isolated = ["--no-build-isolation"] if importlib.util.find_spec("hatchling") else []
    run(sys.executable, "-m", "pip", "wheel", checkout, "--no-deps", *isolated, "-w", target)
    (made,) = target.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def content(wheel) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "pip", "install", wheel, "--no-deps", "--no-index", "--target", target)
    return target


@pytest.fixture
def call(installed, tmp_path):
    """Run something from an empty folder, with the installed package and not the checkout on the path."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KAVELMON", "PYTHON"))}
    env = kept | {"PYTHONPATH": str(installed), "HOME": str(tmp_path), "KAVELMON_STORE": str(tmp_path / "none")}
    return lambda *command: run(*command, env=env, cwd=tmp_path)


def test_catalogue_snapshot_and_notebooks_come_along_unchanged(checkout, content):
    for name in ("data_sources", "notebooks"):
        kept = [p for p in (checkout / name).rglob("*") if p.is_file() and not set(LEFT_BEHIND) & set(p.parts)]
        expected = {BUNDLED + p.relative_to(checkout).as_posix(): p.read_bytes() for p in kept}
        assert {k: v for k, v in content.items() if k.startswith(f"{BUNDLED}{name}/")} == expected
    assert BUNDLED + "data_sources/snapshot/datapackage.json" in content
    assert BUNDLED + "notebooks/kavelmonitor.ipynb" in content


def test_every_file_of_the_package_comes_along(checkout, content):
    kept = [p for p in (checkout / "kavelmon").rglob("*") if p.is_file() and not set(LEFT_BEHIND) & set(p.parts)]
    expected = {p.relative_to(checkout).as_posix() for p in kept}
    assert {k for k in content if k.startswith("kavelmon/") and not k.startswith(BUNDLED)} == expected
    assert any(k.endswith("licenses/LICENSE") for k in content)


def test_wheel_is_small(wheel):
    assert wheel.stat().st_size < MAX_WHEEL_BYTES


def test_wheel_holds_no_published_file(content, shared_data):
    assert not [name for name in content if fnmatch(name, "*vektis_20*")]
    tables = [name for name in content if name.endswith((".csv", ".xlsx", ".geojson"))]
    # examples of a region's own tables, made up; a table that somebody put beside them stays at home
    examples = {p.name for p in (ROOT / "data_sources" / "local" / "templates").glob("*.csv")}
    assert {name.rsplit("/local/templates/", 1)[-1] for name in tables} == examples
    published = [p for p in shared_data.rglob("*") if p.is_file() and p.stat().st_size]
    hashes = {hashlib.sha256(p.read_bytes()).digest() for p in published}
    assert not [name for name, data in content.items() if hashlib.sha256(data).digest() in hashes]


def test_api_gives_figures_from_the_installed_snapshot(call):
    said = call(sys.executable, "-c", "import kavelmon as km; print(km.value('inwoners', 'NL', '2020'))")
    assert "'value': 17407585.0" in said


def test_module_prints_json(call):
    found = json.loads(call(sys.executable, "-m", "kavelmon", "value", "zvw_kosten_totaal", "ede", "2023", "--json"))
    assert round(found["value"], 2) == 2854.76
    assert (found["region_name"], found["unit"]) == ("Ede", "euro per verzekerde")


def test_script_is_installed_and_says_an_error_in_a_sentence(call, installed):
    (script,) = (installed / "bin").glob("kavelmon*")
    assert "inwoners" in call(sys.executable, script, "value", "inwoners", "NL", "2020")
    with pytest.raises(AssertionError, match=r"^kavelmon: unknown indicator") as caught:
        call(sys.executable, script, "value", "niets", "NL")
    assert "Traceback" not in str(caught.value)


def test_every_path_lies_in_the_installed_package(call, installed):
    code = (
        "import json, kavelmon; from kavelmon import paths, store;"
        "held = [str(s.folder) for s in store.stores()];"
        "own = [kavelmon.__file__, paths.data_sources(), paths.snapshot(), paths.notebooks(), paths.STATIC];"
        "print(json.dumps([*map(str, own), *held]))"
    )
    used = [Path(text) for text in json.loads(call(sys.executable, "-c", code))]
    assert len(used) == 6
    assert all(path.exists() and path.is_relative_to(installed) for path in used)
