"""Where the catalogue, the snapshot, the notebooks and a user's own store live."""

import errno
import os
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).parent
_BUNDLED = PACKAGE / "_bundled"
# An installed wheel carries catalogue and notebooks inside the package; a checkout has them beside it.
_ROOT = _BUNDLED if _BUNDLED.is_dir() else PACKAGE.parent

STATIC = PACKAGE / "static"
POINTER = "current"  # in a user's own store: the file that names the version that counts


def data_sources() -> Path:
    """Return the folder of the catalogue; ``KAVELMON_DATA_SOURCES`` names another one."""
    return Path(os.environ.get("KAVELMON_DATA_SOURCES") or _ROOT / "data_sources")


def snapshot() -> Path:
    """Return the folder of the bundled store."""
    return data_sources() / "snapshot"


def user_store() -> Path:
    """Return the folder of the user's own store, which goes before the bundled one; it need not exist."""
    return Path(os.environ.get("KAVELMON_STORE") or Path(platformdirs.user_data_dir("kavelmon")) / "store")


def version_of(store: Path) -> Path:
    """Return the folder of the complete store that counts below `store`: the one that its pointer names.

    Raises
    ------
    FileNotFoundError
        The pointer names no store: a hand or a disk that failed. Nothing is taken in its place.
    """
    pointer = store / POINTER
    if not pointer.is_file():
        return store
    name = pointer.read_text(encoding="utf-8").strip()
    if not name or not (store / name / "datapackage.json").is_file():
        known = ", ".join(sorted(p.parent.name for p in store.glob("*/datapackage.json"))) or "none is there"
        raise FileNotFoundError(
            errno.ENOENT,
            f'names no store ("{name}"); write one of the folders beside it in it ({known}), or delete it: the bundled '
            "figures are shown then",
            str(pointer),
        )
    return store / name


def local() -> Path:
    """Return the folder in which a region puts its own tables; ``KAVELMON_LOCAL`` names another one."""
    return Path(os.environ.get("KAVELMON_LOCAL") or data_sources() / "local")


def templates() -> Path:
    """Return the folder of the examples of a region's own tables."""
    return data_sources() / "local" / "templates"


def attempts() -> Path:
    """Return the file that names the sources that could not be renewed; it lies beside the user's own store."""
    store = user_store()
    return store.with_name(f"{store.name}-attempts.json")


def answers() -> Path:
    """Return the folder of the raw answers of publishers; it lies beside the user's own store."""
    store = user_store()
    return store.with_name(f"{store.name}-answers")


def notebooks() -> Path:
    """Return the folder of the notebooks that Voilà publishes."""
    return _ROOT / "notebooks"
