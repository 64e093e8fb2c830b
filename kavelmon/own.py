"""The user's own store: a region's own tables and lists are put in it, and taken out of it again."""

from pathlib import Path

from kavelmon import attempts, carry, declarations, local, paths, put, store
from kavelmon.build import Say, Work, write


def add(folder: Path, target: Path, *, say: Say = print) -> dict:
    """Put a region's own tables and lists in a user's own store; all that is there already stays.

    Parameters
    ----------
    folder
        Holds each table with its TOML beside it, and the lists (`kavelmon.local`).

    Returns
    -------
    dict
        The content of ``datapackage.json``.

    Raises
    ------
    SourceError, KavelmonError
        Nothing is written then.
    """
    with put.locked(target):
        return _added(folder, target, say)


def _added(folder: Path, target: Path, say: Say) -> dict:
    before = declarations.kept(paths.version_of(target))
    bundled = declarations.load()
    brought = local.read(folder, bundled, before.values())
    mine = {name: table.local for name, table in brought.tables.items()}
    others = [one for name, one in before.items() if name not in mine]
    work = Work(bundled.joined([*others, *mine.values()]), folder, store.regions())
    work.local, work.lists = mine, brought.lists
    work.rows = {name: table.rows for name, table in brought.tables.items()}
    work.inputs = {name: [table.path] for name, table in brought.tables.items()}
    return _renewed(work, target, say)


def remove(name: str, target: Path, *, say: Say = print) -> None:
    """Take one source, or one list, out of a user's own store.

    Raises
    ------
    NotFoundError
        It is not there.
    CatalogueError
        Another table adds to an indicator that this one declares.
    """
    with put.locked(target):
        _removed(name, target, say)


def _removed(name: str, target: Path, say: Say) -> None:
    carry.known(target, name)
    others = [one for key, one in declarations.kept(paths.version_of(target)).items() if key != name]
    work = Work(declarations.load().joined(others), target, away={name})
    if carry.of(target, work.away).empty:
        carry.discard(target)
        declarations.default.cache_clear()
        say(f"{target}: holds nothing any more")
        return
    _renewed(work, target, say)


def _renewed(work: Work, target: Path, say: Say) -> dict:
    package = write(work, target, False, say)
    declarations.default.cache_clear()
    if target == paths.user_store():
        attempts.note({}, list(work.inputs))
    return package
