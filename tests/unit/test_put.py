"""One run at a time writes a store; a pointer or folder that is damaged is never taken for one, nor swept away."""

import shutil
import sys
from pathlib import Path

import pytest
from test_local_store import folder

from kavelmon import build, declarations, own, paths, put, store
from kavelmon.cli import main
from kavelmon.model import KavelmonError
from tests.sources.updating import written_elsewhere


def tree(top: Path) -> dict[str, bytes]:
    return {p.relative_to(top).as_posix(): p.read_bytes() for p in top.rglob("*") if p.is_file()}


def test_nothing_writes_while_another_run_does(own_store: Path, tmp_path: Path) -> None:
    own.add(folder(tmp_path), own_store)
    before = tree(own_store)
    with written_elsewhere(own_store):
        for work in (
            lambda: own.add(folder(tmp_path), own_store),
            lambda: own.remove("vallen", own_store),
            lambda: build.build(declarations.load(), tmp_path / "eigen-vallen", own_store),
        ):
            with pytest.raises(KavelmonError, match="another `kavelmon update`, `build` or `local` is writing"):
                work()
    assert tree(own_store) == before
    own.remove("vallen", own_store)


@pytest.mark.parametrize("text", ["", "0123456789abcdef", "\n"])
def test_a_pointer_to_no_store_is_refused_and_nothing_is_taken_away(
    own_store: Path, tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own.add(folder(tmp_path), own_store)
    version = paths.version_of(own_store).name
    (own_store / paths.POINTER).write_text(text, encoding="utf-8")
    before = tree(own_store)
    for command in (["local", "add", str(tmp_path / "eigen-vallen")], ["check"]):
        monkeypatch.setattr(sys, "argv", ["kavelmon", *command])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 2
        assert f"{own_store / paths.POINTER}: names no store" in (said := capsys.readouterr().err)
        assert f"write one of the folders beside it in it ({version})" in said
    assert tree(own_store) == before
    (own_store / paths.POINTER).write_text(version, encoding="utf-8")
    assert "vallen" in store.held()


def test_a_folder_that_was_left_half_deleted_is_not_taken_for_the_store(own_store: Path, tmp_path: Path) -> None:
    own.add(folder(tmp_path), own_store)
    version = paths.version_of(own_store)
    whole = tree(version)
    for damaged in ("missing", "shorter"):
        fresh = tmp_path / damaged / "store"
        shutil.copytree(version, fresh)
        table = version / store.OPEN
        table.write_bytes(table.read_bytes()[:100]) if damaged == "shorter" else table.unlink()
        put.publish(fresh, own_store)
        assert paths.version_of(own_store) == version
        assert tree(version) == whole


def test_drafts_of_another_store_stay(tmp_path: Path) -> None:
    with put.drafted(tmp_path / "een") as one, put.drafted(tmp_path / "ander") as other:
        assert one.is_dir()
        assert other.is_dir()
    assert list(tmp_path.iterdir()) == []
