"""Raw answers of publishers, kept as they came: each with its address, time, hash and licence, never written again."""

import datetime as dt
import gzip
import hashlib
import json
import os
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kavelmon.model import KavelmonError

PENDING_S = 24 * 3600


@dataclass(frozen=True)
class Answer:
    """One answer of a publisher.

    Attributes
    ----------
    url
        As the publisher has it.
    version
        What names the state of the publisher's table when it was asked; "" where the publisher names none.
    sha256, bytes
        Of the body as it came.
    at
        When it had arrived (ISO 8601, UTC).
    licence
        Under which its figures may be used.
    etag, modified
        What the publisher said to ask by next time.
    """

    url: str
    version: str
    sha256: str
    bytes: int
    at: str
    licence: str
    etag: str = ""
    modified: str = ""


class Archive:
    """A folder of answers: bodies by their hash, and beside them what is known of each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, url: str, version: str) -> Answer | None:
        """Return the answer of a publisher to a question, asked when its table had this version."""
        found = self._record(self._of(url, version))
        if found is None:
            return None
        answer = Answer(**found)
        return answer if self._body(answer.sha256).is_file() else None

    def holds(self, answers: Iterable[Answer]) -> bool:
        """Tell whether the bodies of answers are still there."""
        return all(self._body(answer.sha256).is_file() for answer in answers)

    def last(self, source: str) -> dict[str, Any] | None:
        """Return what was brought of a source the last time it was complete."""
        return self._record(self.folder / "sources" / f"{source}.json")

    def complete(self, source: str, content: dict[str, Any]) -> None:
        """Keep what was brought of a source, now that all of it is there; what was brought before stays beside it."""
        name = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
        self._write(self.folder / "sources" / source / f"{name}.json", content)
        self._write(self.folder / "sources" / f"{source}.json", content)

    def keep(self, body: bytes, **known: str) -> Answer:
        """Keep the body of an answer; the same body is kept once, and never written again."""
        sha256 = hashlib.sha256(body).hexdigest()
        path = self._body(sha256)
        if not path.is_file() or self._read(sha256)[1]:
            with _draft(path) as draft:
                draft.write_bytes(gzip.compress(body, compresslevel=1, mtime=0))
                draft.chmod(0o444)
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        answer = Answer(sha256=sha256, bytes=len(body), at=now, **known)
        self._write(self._of(answer.url, answer.version), asdict(answer))
        return answer

    def pending(self, url: str) -> Answer | None:
        """Return the answer that a run brought which did not come to its end, of the last day."""
        path = self._waiting(url)
        found = self._record(path)
        if found is None or time.time() - path.stat().st_mtime > PENDING_S:
            return None
        answer = Answer(**found)
        return answer if self._body(answer.sha256).is_file() else None

    def await_end(self, answer: Answer) -> None:
        """Keep an answer at hand until the run is complete."""
        self._write(self._waiting(answer.url), asdict(answer))

    def ended(self, answers: Iterable[Answer]) -> None:
        """Forget that answers were kept at hand: their source is complete now."""
        for answer in answers:
            self._waiting(answer.url).unlink(missing_ok=True)

    def forget(self, answers: Iterable[Answer]) -> None:
        """Ask these questions anew the next time; what was answered stays."""
        for answer in answers:
            self._of(answer.url, answer.version).unlink(missing_ok=True)
            self._waiting(answer.url).unlink(missing_ok=True)

    def body(self, answer: Answer) -> bytes:
        """Return the body of an answer.

        Raises
        ------
        KavelmonError
            The file is not there or is not what came any more; it is taken away, so that it is asked anew.
        """
        body, why = self._read(answer.sha256)
        if why:
            raise KavelmonError(
                f"{self._body(answer.sha256)}: not what {answer.url} answered on {answer.at[:10]} ({why}); it is taken "
                "away: run `kavelmon update` again, then it is asked anew"
            )
        return body

    def _read(self, sha256: str) -> tuple[bytes, str]:
        """Read a body; what is not what came any more is taken away, and the reason told."""
        path = self._body(sha256)
        try:
            body = gzip.decompress(path.read_bytes())
        except (OSError, EOFError, ValueError, zlib.error) as error:
            body, why = b"", str(error)
        else:
            why = "" if hashlib.sha256(body).hexdigest() == sha256 else "its hash differs"
        if why:
            path.unlink(missing_ok=True)
        return body, why

    def _body(self, sha256: str) -> Path:
        return self.folder / "answers" / sha256[:2] / f"{sha256}.gz"

    def _of(self, url: str, version: str) -> Path:
        name = hashlib.sha256(f"{url}\n{version}".encode()).hexdigest()
        return self.folder / "questions" / name[:2] / f"{name}.json"

    def _waiting(self, url: str) -> Path:
        return self.folder / "pending" / f"{hashlib.sha256(url.encode()).hexdigest()}.json"

    def _record(self, path: Path) -> dict[str, Any] | None:
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:  # a disk that was full, or a hand: as good as not there
            return None

    def _write(self, path: Path, content: dict[str, Any]) -> None:
        with _draft(path) as draft:
            draft.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False), encoding="utf-8")


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """Write a file beside its place and put it there in one step; whoever is killed leaves the old one or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
