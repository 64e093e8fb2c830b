"""Updates in the tests: a store of what was published, something newer, and whether a store is one or the other."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kavelmon import declarations, paths
from kavelmon.build import Say
from kavelmon.live.archive import Archive
from kavelmon.live.update import Outcome, update
from kavelmon.live.wire import Patience
from tests.sources.loopback import Loopback

STATLINE, ODATA4, LAYER, FILE = SOURCES = ("rivm_50140ned", "cbs_03759ned", "gemeente_2022", "vektis_open")
# short, but long enough for a machine that does other things too
HASTE = Patience(connect_s=5, silence_s=1, answer_s=2, tries=2, pause_s=0.01, pause_most_s=0.05, most_bytes=8_000_000)


def quiet(*_: object) -> None:
    """Nobody reads along."""


def small_catalogue(folder: Path) -> Path:
    """Return a folder of declarations in which Vektis has one year, so that an update of it takes a second."""
    for part in paths.data_sources().iterdir():
        (folder / part.name).symlink_to(part)
    (folder / "sources").unlink()
    shutil.copytree(paths.data_sources() / "sources", folder / "sources")
    declared = folder / "sources" / "vektis_open.toml"
    text = declared.read_text(encoding="utf-8")
    before, tables = text.split("[fetch.tables]\n")
    files, hashes = tables.split("[fetch.sha256]\n")
    last, known = (next(line for line in part.splitlines() if line.startswith("2023")) for part in (files, hashes))
    declared.write_text(f"{before}[fetch.tables]\n{last}\n[fetch.sha256]\n{known}\n", encoding="utf-8")
    return folder


def something_newer(server: Loopback) -> None:
    """Let every publisher have something new."""
    server.modify("50140NED", modified="2026-05-01T02:00:00")
    server.set_value("50140NED", {"RegioS": "GM0294"}, "SterkEenzaam", "31.5")
    server.modify("03759ned", modified="2026-05-01T02:00:00+02:00")
    server.set_value("03759ned", {"RegioS": "GM0294", "Perioden": "2024JJ00"}, "M000352", "30000")


@dataclass
class Place:
    """A user's own store with the answers that it was made of."""

    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def archive(self) -> Archive:
        return Archive(self.folder / "store-answers")

    def copy(self, folder: Path) -> "Place":
        shutil.copytree(self.folder, folder)
        return Place(folder)

    def update(
        self, server: Loopback, only: Sequence[str], patience: Patience = HASTE, say: Say = quiet, **more: bool
    ) -> Outcome:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KAVELMON_STORE", str(self.store))
            declarations.default.cache_clear()
            try:
                return update(
                    self.store, self.archive, only=only, hosts=server.hosts, patience=patience, say=say, **more
                )
            finally:
                declarations.default.cache_clear()

    def tree(self) -> dict[str, bytes]:
        """Every file of the store, with what is in it."""
        return {p.relative_to(self.store).as_posix(): p.read_bytes() for p in self.store.rglob("*") if p.is_file()}

    def figures(self) -> dict[str, bytes]:
        """The tables of the store that counts."""
        return {p.name: p.read_bytes() for p in paths.version_of(self.store).glob("*.parquet")}


@contextmanager
def written_elsewhere(target: Path) -> Iterator[None]:
    """Let another process hold the lock of a store."""
    code = (
        f"import sys, pathlib\nfrom kavelmon import put\nwith put.locked(pathlib.Path({str(target)!r})):\n"
        "    print('held', flush=True)\n    sys.stdin.read()"
    )
    call = [sys.executable, "-c", code]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        yield
        other.communicate("")
