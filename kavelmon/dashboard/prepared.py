"""The prepared documents of the pages: where they are kept, and that they are of today's figures.

A viewer's kernel reads a document as bytes and passes it on. It imports no pandas for that, so nothing here may.
"""

import gzip
import hashlib
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import platformdirs

from kavelmon import paths

PARTS = ("core", "units")
OF_COST = ("cost",)
INDEX, COMMON, COUNTRY = "index.json", "common.json.gz", "country.json.gz"
SELECTION, COST = "selection.json.gz", "cost.json.gz"
OWN, WIJKEN = "eigen", "wijken"  # folders: documents of areas that somebody put together, shapes of wijken by gemeente
PAGES = "KAVELMON_PAGES"  # set by a server for its kernels: the folder that it has looked up already
# What documents are not made of; a change in these makes no new ones
_OTHER_CODE = frozenset(
    {
        "api",
        "brand",
        "build",
        "charts",
        "cli",
        "composing",
        "costing",
        "kernels",
        "maps",
        "measure",
        "monitor",
        "publish",
        "scripts",
        "selecting",
        "serving",
        "sharing",
    }
    | {"start", "start_map", "vega"}
)
_KEEP_OWN = 200  # documents of areas that somebody put together
_MAKING_S = 120  # the longest that making one of those may take
_KEEP = 3  # versions: of the store before and of another checkout
_LEVEL = 6


def key() -> str:
    """Return what the documents are made of as one hash: catalogue, stores, code."""
    found = hashlib.sha256()
    for path in _made_of():
        found.update(path.name.encode())
        # a table is described by the hash in datapackage.json; that it is there at all can be seen from its size
        found.update(str(path.stat().st_size).encode() if path.suffix == ".parquet" else path.read_bytes())
    return found.hexdigest()[:20]


def _made_of() -> Iterator[Path]:
    sources = paths.data_sources()
    yield from (p for folder in sorted(sources.iterdir()) if folder.is_dir() for p in sorted(folder.glob("*.toml")))
    code = (p for p in sorted(paths.PACKAGE.rglob("*.py")) if p.stem not in _OTHER_CODE and p.parent.name != "sources")
    yield from code
    own = paths.user_store()
    pointer = own / "current"
    version = own / pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else own
    for folder in (paths.snapshot(), version):
        if folder.is_dir():
            yield from sorted(p for p in folder.iterdir() if p.suffix in (".parquet", ".json"))


def _own_state() -> str:
    """Return what can change while a server runs: which version of the user's own store counts."""
    pointer = paths.user_store() / "current"
    return pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else ""


def _root() -> Path:
    return Path(platformdirs.user_cache_dir("kavelmon")) / "pages"


def ready() -> Path | None:
    """Return the folder of the documents of today's figures; None when they are not made yet."""
    found = _root() / key()
    return found if (found / INDEX).is_file() else None


@cache
def folder(say: Callable[[str], None] = lambda _: None) -> Path:
    """Return the folder of the documents of today's figures; they are made when they are not there yet.

    A kernel of a server makes none, because its visitor would wait for a minute: it shows what the server began with
    until the documents of a newer store are there.
    """
    given = os.environ.get(PAGES)
    if given and json.loads((Path(given) / INDEX).read_text(encoding="utf-8"))["of"] == _own_state():
        return Path(given)
    found = _root() / key()
    if (found / INDEX).is_file():
        return found
    if given:
        return Path(given)
    from filelock import FileLock

    found.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{found}.lock"):  # the second of two processes waits for what the first one makes
        if not (found / INDEX).is_file():
            make(found, say)
    return found


def make(target: Path, say: Callable[[str], None] = lambda _: None) -> None:
    """Make the documents of all declared areas; who reads meanwhile finds all of them or none."""
    documents = importlib.import_module("kavelmon.dashboard.documents")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=".draft-"))
    try:
        index = []
        for area, parts in documents.every(draft, say):
            for name, content in zip(PARTS, parts, strict=True):
                (draft / f"{area['id']}.{name}.json.gz").write_bytes(packed(content))
            index.append(area)
        (draft / COMMON).write_bytes(packed(documents.common(index)))
        country, wijken = documents.shapes()
        (draft / COUNTRY).write_bytes(packed(country))
        say("the page Kavelselectie")
        (draft / SELECTION).write_bytes(packed(documents.selection()))
        say("the page Kosten en verdeling")
        (draft / COST).write_bytes(packed(documents.cost()))
        (draft / WIJKEN).mkdir()
        for gemeente, shapes in wijken.items():
            (draft / WIJKEN / f"{gemeente}.json.gz").write_bytes(packed(shapes))
        described = {"areas": index, "of": _own_state()}
        (draft / INDEX).write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")
        if target.exists():
            shutil.rmtree(target, ignore_errors=True)
        os.replace(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    versions = sorted((p.parent for p in target.parent.glob(f"*/{INDEX}")), key=lambda p: p.stat().st_mtime)
    for old in versions[:-_KEEP]:
        shutil.rmtree(old, ignore_errors=True)


def packed(content: dict) -> bytes:
    """Return a document as compressed JSON; the same content gives the same bytes."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return gzip.compress(text.encode("utf-8"), _LEVEL, mtime=0)


def areas() -> list[dict]:
    """Return the areas that have a document, as they are offered: id, title, kind."""
    return json.loads((folder() / INDEX).read_text(encoding="utf-8"))["areas"]


def common() -> bytes:
    """Return what the documents of all areas share, compressed: texts, colours, specs of figures, areas, version."""
    return (folder() / COMMON).read_bytes()


def country() -> bytes:
    """Return the gemeenten of the Netherlands with shapes and names, compressed: what an area is put together from."""
    return (folder() / COUNTRY).read_bytes()


def selection() -> bytes:
    """Return the scores of every wijk of the Netherlands with their shapes, compressed."""
    return (folder() / SELECTION).read_bytes()


def cost() -> bytes:
    """Return the cost of every area that is offered, compressed."""
    return (folder() / COST).read_bytes()


def wijken(gemeente: str) -> bytes:
    """Return the wijken of a gemeente with shapes and names, compressed; no bytes when it has none."""
    path = folder() / WIJKEN / f"{gemeente}.json.gz"
    return path.read_bytes() if re.fullmatch(r"GM\d{4}", gemeente) and path.is_file() else b""


def own(text: str) -> tuple[bytes, bytes] | list[str]:
    """Return the two parts of the document of an area that a text of codes names; made when it is not there yet.

    It is made in a process of its own, one at a time, so that neither a viewer's kernel nor the machine grows with what
    is asked for.

    Returns
    -------
    tuple of bytes, or list of str
        The parts; or the sentences (Dutch) that say what is wrong with the codes.
    """
    found = _asked(text, PARTS)
    if isinstance(found, list):
        return found
    core, units = found
    return core, units


def own_cost(text: str) -> tuple[bytes, ...] | list[str]:
    """Return the cost of an area that a text of codes names, as `own` returns its document; one part."""
    return _asked(text, OF_COST)


def _asked(text: str, parts: tuple[str, ...]) -> tuple[bytes, ...] | list[str]:
    codes = sorted({part.upper() for part in re.split(r"[\s,;+]+", text[:LONGEST]) if part})
    place = folder() / OWN
    name = hashlib.sha256(",".join(codes).encode()).hexdigest()[:16]
    if found := _own_parts(place, name, parts):
        return found
    from filelock import FileLock

    place.mkdir(exist_ok=True)
    with FileLock(place / ".lock", timeout=_MAKING_S):
        if found := _own_parts(place, name, parts):
            return found
        command = [sys.executable, "-m", "kavelmon.dashboard.documents", parts[0], name, *codes]
        env = os.environ | {PAGES: str(folder())}
        made = subprocess.run(command, env=env, capture_output=True, text=True, timeout=_MAKING_S, check=False)
        if made.returncode:
            faults = made.stdout.strip()
            if made.returncode == FAULTS and faults:
                return list(json.loads(faults))
            raise RuntimeError(f"the document of {','.join(codes)[:200]} could not be made: {made.stderr[-2000:]}")
        _prune(place, parts)
    found = _own_parts(place, name, parts)
    if not found:
        raise RuntimeError(f"the document of {','.join(codes)[:200]} is not there after it was made")
    return found


LONGEST = 40_000  # characters of an address: every wijk of the country fits, at nine each
FAULTS = 3  # the exit code that says: the codes are wrong, and standard output says how


def _own_parts(place: Path, name: str, parts: tuple[str, ...]) -> tuple[bytes, ...] | None:
    found = [place / f"{name}.{part}.json.gz" for part in parts]
    if not all(path.is_file() for path in found):
        return None
    for path in found:
        os.utime(path)  # what is looked at stays
    return tuple(path.read_bytes() for path in found)


def keep_own(name: str, **parts: dict) -> None:
    """Keep the document of an area that somebody put together; who reads meanwhile finds all its parts or none.

    Parameters
    ----------
    parts
        By name, as in `PARTS` or `OF_COST`.
    """
    place = folder() / OWN
    place.mkdir(exist_ok=True)
    for part, content in reversed(parts.items()):
        draft = place / f".{name}.{part}"
        draft.write_bytes(packed(content))
        draft.replace(place / f"{name}.{part}.json.gz")


def _prune(place: Path, parts: tuple[str, ...]) -> None:
    kept = sorted(place.glob(f"*.{parts[0]}.json.gz"), key=lambda path: -path.stat().st_mtime)
    for path in kept[_KEEP_OWN:]:
        for part in parts:
            path.with_name(path.name.replace(f".{parts[0]}.", f".{part}.")).unlink(missing_ok=True)


def read(area: str) -> tuple[bytes, bytes]:
    """Return the two parts of the document of an area, compressed.

    Raises
    ------
    KeyError
        An area that is not declared.
    """
    if area not in {one["id"] for one in areas()}:
        raise KeyError(area)
    core, units = ((folder() / f"{area}.{part}.json.gz").read_bytes() for part in PARTS)
    return core, units
