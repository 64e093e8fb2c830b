"""Put a complete store in its place: who reads meanwhile finds the old one or the new one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kavelmon import store
from kavelmon.model import KavelmonError

DRAFT = ".kavelmon-"


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Keep other runs that would write the store in `target` away until this one is done.

    Raises
    ------
    KavelmonError
        Another one is at work.
    """
    path = target.with_name(f"{target.name}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, is_singleton=True)  # who holds it in this process may take it again
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise KavelmonError(
            f"{path}: another `kavelmon update`, `build` or `local` is writing {target}; wait until it is done"
        ) from None
    try:
        yield
    finally:
        lock.release()


def parent(target: Path) -> Path:
    """Make the folder that the store goes in, without what a killed build left there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f"{DRAFT}*"):
        shutil.rmtree(left, ignore_errors=True)
    return target.parent


def publish(fresh: Path, target: Path) -> None:
    """Put a complete store in a folder of its own below `target`, then point to it in one step."""
    name = store.sha256(fresh / "datapackage.json")[:16]
    target.mkdir(exist_ok=True)
    pointer = target / store.CURRENT
    before = pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else ""
    known = (target / name).is_dir()
    if not known:
        fresh.rename(target / name)
    draft = fresh.parent / store.CURRENT
    try:
        draft.write_text(name, encoding="utf-8")
        draft.replace(pointer)
    except OSError:
        if not known:
            shutil.rmtree(target / name, ignore_errors=True)
        raise
    for old in target.iterdir():  # the one before stays for whoever is reading it
        if old.is_dir() and old.name not in (name, before):
            shutil.rmtree(old, ignore_errors=True)


def swap(fresh: Path, target: Path, old: Path) -> None:
    """Put the new snapshot in place of the old one; a failure between the two renames puts the old one back."""
    if target.exists():
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
