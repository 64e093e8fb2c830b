"""Put a complete store in its place: who reads meanwhile finds the old one or the new one."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kavelmon import paths, store
from kavelmon.model import KavelmonError


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
    lock = FileLock(path)
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


@contextmanager
def drafted(target: Path) -> Iterator[Path]:
    """Give a folder beside `target` to make a store in; it is gone afterwards, with what killed runs left there."""
    prefix = f".kavelmon-{target.name}-"
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=prefix) as temporary:
        yield Path(temporary)


def publish(fresh: Path, target: Path) -> None:
    """Put a complete store in a folder of its own below `target`, then point to it in one step.

    Its files are on the disk before the pointer is: after a power cut it names the old store or the new one, whole.
    """
    name = store.sha256(fresh / "datapackage.json")[:16]
    before = paths.version_of(target)
    target.mkdir(exist_ok=True)
    known = _whole(target / name)
    if not known:
        if (target / name).exists():  # what was left when its deletion was cut off
            (target / name).rename(fresh.parent / "left")
        for path in fresh.iterdir():
            _to_disk(path)
        _to_disk(fresh)
        fresh.rename(target / name)
        _to_disk(target)
    draft = fresh.parent / paths.POINTER
    try:
        draft.write_text(name, encoding="utf-8")
        _to_disk(draft)
        draft.replace(target / paths.POINTER)
        _to_disk(target)
    except OSError:
        if not known:
            shutil.rmtree(target / name, ignore_errors=True)
        raise
    for old in target.iterdir():  # the one before stays for whoever is reading it
        if old.is_dir() and old not in (target / name, before):
            shutil.rmtree(old, ignore_errors=True)


def swap(fresh: Path, target: Path, old: Path) -> None:
    """Put the new snapshot in place of the old one; a failure between the two renames puts the old one back."""
    if target.exists():
        target.rename(old)
    try:
        fresh.rename(target)
    except BaseException:  # Ctrl-C, too
        if old.exists():
            old.rename(target)
        raise


def _whole(folder: Path) -> bool:
    """Tell whether every table is there that the store in a folder says it has."""
    if not (folder / "datapackage.json").is_file():
        return False
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        sizes = {one["path"]: one["bytes"] for one in package["resources"]}
    except (ValueError, KeyError):
        return False
    return all((folder / n).is_file() and (folder / n).stat().st_size == size for n, size in sizes.items())


def _to_disk(path: Path) -> None:
    """Wait until a file, or the list of names in a folder, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
