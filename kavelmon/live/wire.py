"""One question to a publisher: bounded in time and size, asked again when it fails, kept when it is whole."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import requests
import tenacity
import urllib3

from kavelmon.live.archive import Answer, Archive
from kavelmon.live.hosts import Address, bases
from kavelmon.model import KavelmonError, SourceError

Check = Callable[[bytes], Any]
_T = TypeVar("_T")


class FetchError(SourceError):
    """A publisher gave no answer that can be used; what is held of the source stays as it is.

    Attributes
    ----------
    kind
        What went wrong, as `kavelmon.texts.ATTEMPTS` has a sentence for it.
    """

    def __init__(self, text: str, kind: str) -> None:
        super().__init__(text)
        self.kind = kind


class AgainError(FetchError):
    """What came does not belong together: it changed under way, or an answer stopped short."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text}; run `kavelmon update` again", "incomplete")


def twice(bring: Callable[[], _T]) -> _T:
    """Bring something; what came and does not belong together is asked once more, then refused."""
    try:
        return bring()
    except AgainError:
        return bring()


def to_blame(fault: Exception) -> bool:
    """Tell whether what came may be to blame for a fault, so that the next run has to ask it anew."""
    return not isinstance(fault, FetchError) or isinstance(fault, AgainError) or fault.kind in ("renamed", "unexpected")


class _PassingError(FetchError):
    """A fault that may be over when asked again."""

    def __init__(self, text: str, kind: str, wait_s: float = 0.0) -> None:
        super().__init__(text, kind)
        self.wait_s = wait_s


@dataclass(frozen=True)
class Patience:
    """How long a publisher is waited for.

    Attributes
    ----------
    connect_s, silence_s
        For a connection, and for the next bytes.
    answer_s
        For one whole answer.
    tries
        How often a question is asked.
    pause_s
        Before the second time; twice as long before each next one, at most `pause_most_s`.
    most_bytes
        Of one answer.
    """

    connect_s: float = 15.0
    silence_s: float = 60.0
    answer_s: float = 600.0
    tries: int = 4
    pause_s: float = 2.0
    pause_most_s: float = 60.0
    most_bytes: int = 300_000_000


class Wire:
    """Asks publishers, and keeps what they answer."""

    def __init__(
        self, archive: Archive, hosts: Mapping[str, str] | None = None, patience: Patience | None = None
    ) -> None:
        self.archive = archive
        self.patience = patience or Patience()
        self.asked = 0
        self._bases = bases(hosts)
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "kavelmon (open health statistics)"

    def get(
        self,
        address: Address,
        check: Check,
        *,
        licence: str,
        version: str = "",
        again: Answer | None = None,
        resume: bool = False,
    ) -> tuple[Answer, Any]:
        """Ask one question, and return the answer with what `check` made of it.

        Parameters
        ----------
        check
            Makes something of the body; raises ValueError when it is not whole. Nothing is kept then.
        version
            What names the state of the table. With a version a question that was answered before is not asked again.
        again
            The answer of the last time: the publisher may say that it still holds.
        resume
            Take the answer that a run which was cut off had brought already.

        Raises
        ------
        FetchError
            No whole answer, after every try.
        """
        for kept in (
            self.archive.find(address.url, version) if version else None,
            self.archive.pending(address.url) if resume else None,
        ):
            if kept:
                try:
                    return kept, check(self.archive.body(kept))
                except (KavelmonError, ValueError):
                    self.archive.forget([kept])  # a disk that failed: it is asked as if it had never come
        patience = self.patience

        def pause(state: tenacity.RetryCallState) -> float:
            fault = state.outcome.exception() if state.outcome else None
            longer = patience.pause_s * 2 ** (state.attempt_number - 1)
            return min(max(longer, getattr(fault, "wait_s", 0.0)), patience.pause_most_s)

        asking = tenacity.Retrying(
            stop=lambda state: state.attempt_number >= _tries(state, patience),
            wait=pause,
            retry=tenacity.retry_if_exception_type(_PassingError),
            reraise=True,
        )
        try:
            answer, made = asking(self._once, address, check, licence, version, again)
        except _PassingError as fault:
            raise FetchError(f"{fault}; asked more than once; the figures that are held stay", fault.kind) from None
        if resume:
            self.archive.await_end(answer)
        return answer, made

    def _once(
        self, address: Address, check: Check, licence: str, version: str, again: Answer | None
    ) -> tuple[Answer, Any]:
        self.asked += 1
        url, patience = address.url, self.patience
        headers = {"Accept-Encoding": "gzip"}
        if again is not None:
            headers |= {"If-None-Match": again.etag} if again.etag else {}
            headers |= {"If-Modified-Since": again.modified} if again.modified else {}
        try:
            with self._session.get(
                address.at(self._bases[address.host]),
                headers=headers,
                stream=True,
                allow_redirects=False,
                timeout=(patience.connect_s, patience.silence_s),
            ) as response:
                if response.status_code == 304 and again is not None:
                    return again, check(self.archive.body(again))
                _refuse(response, url)
                body = self._body(response, url)
                etag, modified = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            raise _PassingError(f"{url}: no answer in {patience.silence_s:g} s", "silent") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            reason = str(error.args[0] if error.args else error)
            raise _PassingError(f"{url}: the connection failed ({reason[:160]})", "unreachable") from None
        try:
            made = check(body)
        except ValueError as error:
            raise _PassingError(f"{url}: {error}", "incomplete") from None
        return self.archive.keep(body, url=url, version=version, licence=licence, etag=etag, modified=modified), made

    def _body(self, response: requests.Response, url: str) -> bytes:
        """Read a body, within the time and size that an answer may take."""
        until, body = time.monotonic() + self.patience.answer_s, bytearray()
        said = response.headers.get("Content-Length", "")
        while chunk := response.raw.read1(1 << 20, decode_content=True):
            body += chunk
            if time.monotonic() > until:
                raise _PassingError(f"{url}: not whole after {self.patience.answer_s:g} s", "silent")
            if len(body) > self.patience.most_bytes:
                raise FetchError(f"{url}: more than {self.patience.most_bytes:,} bytes; ask for less", "unexpected")
        plain = not response.headers.get("Content-Encoding")
        if plain and said.isdecimal() and len(body) != int(said):
            raise _PassingError(f"{url}: {len(body):,} of {int(said):,} bytes came", "incomplete")
        return bytes(body)


def _tries(state: tenacity.RetryCallState, patience: Patience) -> int:
    """Return how often a question is asked: what is not there (404) was seen in outages, but is most often gone."""
    fault = state.outcome.exception() if state.outcome else None
    return min(2, patience.tries) if getattr(fault, "kind", "") == "gone" else patience.tries


def _refuse(response: requests.Response, url: str) -> None:
    status, seen = response.status_code, response.headers
    if response.is_redirect or 300 <= status < 400:
        where = seen.get("Location", "nowhere")
        raise FetchError(
            f"{url}: sends on to {where}; only the publisher's own address is asked: look whether it moved, and mend "
            "[fetch] of the source",
            "moved",
        )
    if status == 404:
        raise _PassingError(f"{url}: not there (404); look whether the publisher withdrew or renamed it", "gone")
    if status == 429 or status >= 500:
        wait = seen.get("Retry-After", "")
        raise _PassingError(
            f"{url}: the publisher's server failed ({status})", "failed", float(wait) if wait.isdecimal() else 0.0
        )
    if status != 200:
        raise FetchError(f"{url}: answered {status} {response.reason}; mend [fetch] of the source", "refused")


def json_object(body: bytes) -> dict[str, Any]:
    """Read an answer as a JSON object; raises ValueError in words for one that is not."""
    start = body.lstrip()[:200].decode("utf-8", "replace")
    if not start:
        raise ValueError("an empty answer")
    if start.startswith("<"):
        raise ValueError(f"a page in place of figures ({' '.join(start.split())[:60]!r})")
    try:
        content = json.loads(body)
    except ValueError as error:
        raise ValueError(f"cut off or no JSON ({error})") from None
    if not isinstance(content, dict):
        raise ValueError(f"a {type(content).__name__} in place of a JSON object")
    return content


def count(body: bytes) -> int:
    """Read an answer that is a number; raises ValueError for another one. Some servers mark its encoding in front."""
    text = body.decode("utf-8-sig").strip()
    if not text.isdecimal():
        raise ValueError(f"no number ({text[:80]!r})")
    return int(text)


def rows(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of an OData answer; raises ValueError when there are none to be had."""
    found = content.get("value")
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        said = content.get("odata.error") or content.get("error") or content
        raise ValueError(f'no list "value" ({str(said)[:120]})')
    return found
