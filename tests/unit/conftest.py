from collections.abc import Iterator
from pathlib import Path

import pytest

from kavelmon import declarations


@pytest.fixture
def own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The place of the user's own store; there is none in it yet, and what it will declare is read anew."""
    folder = tmp_path / "user" / "store"
    monkeypatch.setenv("KAVELMON_STORE", str(folder))
    declarations.default.cache_clear()
    yield folder
    monkeypatch.undo()
    declarations.default.cache_clear()
