"""`kavelmon update` as who calls it sees it: what is said, and the exit code that a script goes by."""

import re
from functools import partial
from pathlib import Path

import pytest

from kavelmon import declarations, paths
from kavelmon.live import command
from kavelmon.live.update import update
from tests.sources.loopback import Fault, Loopback
from tests.sources.updating import HASTE, LAYER, STATLINE


@pytest.fixture
def asking(server: Loopback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Loopback:
    """The command, that asks the publishers on this machine."""
    monkeypatch.setenv("KAVELMON_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(command, "update", partial(update, hosts=server.hosts, patience=HASTE))
    return server


def test_the_exit_code_tells_how_much_was_brought(asking: Loopback, capsys: pytest.CaptureFixture[str]) -> None:
    asking.faults.append(Fault("404", "50140NED", times=None))
    assert command.run([STATLINE], dry_run=False) == 2
    said = capsys.readouterr().out
    assert f"NOT RENEWED {STATLINE}: https://dataderden.cbs.nl/" in said
    assert "1 of 1 sources keep the figures that were held, if any" in said
    assert "nothing new; " in said
    assert command.run([STATLINE, LAYER], dry_run=False) == 1
    assert f"{LAYER}: 345 areas" in capsys.readouterr().out
    asking.faults.clear()
    assert command.run([STATLINE, LAYER], dry_run=False) == 0
    said = capsys.readouterr().out
    assert f"unchanged since the last time: {LAYER}" in said
    assert f"1 source(s) renewed, in {paths.user_store()}" in said
    declarations.default.cache_clear()


def test_who_stops_it_is_told_what_is_there(
    asking: Loopback, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "update", stopped)
    assert command.run([STATLINE], dry_run=False) == 130
    assert capsys.readouterr().err.startswith("stopped; the figures are the old ones or, all of them, the new ones")


def test_what_is_provisional_now_is_told(asking: Loopback, capsys: pytest.CaptureFixture[str]) -> None:
    source, table = "cbs_70072ned", "70072ned"
    assert command.run([source], dry_run=False) == 0
    for row in asking.table(table).dimensions["Perioden"]:
        row["Status"] = "Voorlopig"
    asking.modify(table, modified="2026-05-01T02:00:00")
    capsys.readouterr()
    assert command.run([source], dry_run=False) == 0
    said = capsys.readouterr().out
    number = re.search(r"70072ned: ([\d,]+) figures \(([\d,]+) the same with another status or margin\)", said)
    assert number, said
    assert number[1] == number[2]
    asking.modify(table, modified="2026-05-02T02:00:00")
    asking.set_value(table, {"RegioS": "GM0294"}, "TotaleBevolking", "1")
    assert command.run([source], dry_run=False) == 0
    assert f"{source}: {number[1]} figures (2 changed)" in capsys.readouterr().out
    declarations.default.cache_clear()
