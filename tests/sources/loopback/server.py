"""The server: which publisher a request is for, and what tests can do to it."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.sources.loopback import files, odata3, odata4, sources, wfs
from tests.sources.loopback.answers import Answer, Request, not_found
from tests.sources.loopback.faults import Fault
from tests.sources.loopback.handler import Elsewhere, Handler, Server
from tests.sources.loopback.table import Table
from tests.sources.loopback.table4 import Table4

ANSWERS = {
    "opendata.cbs.nl": odata3.answer,
    "dataderden.cbs.nl": odata3.answer,
    "datasets.cbs.nl": odata4.answer,
    "service.pdok.nl": wfs.answer,
    "www.vektis.nl": files.vektis,
}


class Loopback:
    """Publishers on this machine, with the tables of a folder of published exports.

    Parameters
    ----------
    data
        The folder.
    port
        0 for one that the system chooses.

    Attributes
    ----------
    hosts : dict
        The address of each publisher here.
    requests, headers : list
        What was asked so far: (host, path, query), decoded, and the headers that went with it.
    faults : list of Fault
        The first one that fits a request spoils its answer.
    page, limit, page4, features : int
        Rows in a page of the Feed, most rows of the Api, rows in a page of v4, features in an answer of WFS.
    most_or : int
        How often a filter of v3 may say ``or``.
    next_host : str
        Where links to a next page of v3 point, when not here.
    relative4 : bool
        Links to a next page of v4 are relative to the address that was asked.
    ignore_srs, swap_axes : bool
        WFS answers in metres whatever is asked, or with latitude (and y) first.
    """

    def __init__(self, data: Path | str, port: int = 0) -> None:
        self.data = Path(data)
        self.requests: list[tuple[str, str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.faults: list[Fault] = []
        self.page, self.limit, self.page4, self.features = 10_000, 10_000, 100_000, 1_000
        self.most_or = 59
        self.next_host = ""
        self.relative4 = False
        self.ignore_srs = self.swap_axes = False
        self.stopped = threading.Event()
        self.files: dict[tuple[str, str], files.File] = {}
        self._tables: dict[str, Table | Table4] = {}
        self._copies: dict[str, str] = {}  # tables under another id, with their host
        self._withdrawn: set[str] = set()
        self._lock, self._loading = threading.Lock(), threading.RLock()
        self._servers = [_listen(self, port, Handler), _listen(self, 0, Elsewhere)]
        self.port, other = (server.server_address[1] for server in self._servers)
        self.hosts = {host: f"http://127.0.0.1:{self.port}/{host}" for host in ANSWERS}
        self.elsewhere = f"http://127.0.0.1:{other}"

    def __enter__(self) -> "Loopback":
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def clear(self) -> None:
        """Forget what was asked."""
        with self._lock:
            self.requests.clear()
            self.headers.clear()

    def restore(self) -> None:
        """Serve the tables and files again as they were at first, without a fault."""
        with self._loading:
            self._tables.clear()
            self._copies.clear()
            self._withdrawn.clear()
        self.files.clear()
        self.faults.clear()
        self.page, self.limit, self.page4, self.features = 10_000, 10_000, 100_000, 1_000
        self.most_or, self.next_host, self.relative4 = 59, "", False
        self.ignore_srs = self.swap_axes = False

    # Tables

    def find(self, table: str, host: str) -> Any:
        """Return a table of a host or None; v3 does not look at capitals, v4 does."""
        known = self._names(host)
        name = table if host == odata4.HOST else next((k for k in known if k.lower() == table.lower()), "")
        if name not in known or name in self._withdrawn:
            return None
        with self._loading:
            if name not in self._tables:
                self._tables[name] = sources.load(self.data, host, name).copy()
            return self._tables[name]

    def _names(self, host: str) -> list[str]:
        return [*sources.TABLES.get(host, {}), *(name for name, other in self._copies.items() if other == host)]

    def tables_of(self, host: str) -> list:
        """Return every table of a host that is not withdrawn."""
        found = (self.find(name, host) for name in self._names(host))
        return [table for table in found if table is not None]

    def listed(self, host: str) -> list[dict]:
        """Return what the recorded catalog lists besides."""
        return sources.listed(self.data) if host == "opendata.cbs.nl" else []

    def table(self, name: str) -> Any:
        """Return a table by its id, to look at or to change."""
        for host in sources.TABLES:
            if name in self._names(host) and (table := self.find(name, host)) is not None:
                return table
        raise KeyError(f"{name!r} is not served")

    # What a publisher may do

    def modify(self, table: str, modified: str = "", **more: object) -> None:
        """Change the date of a table, and whatever else TableInfos or Properties tell."""
        held = self.table(table)
        names = ["Modified"] if isinstance(held, Table) else ["Modified", "ObservationsModified", "ModificationDate"]
        held.info.update({**(dict.fromkeys(names, modified) if modified else {}), **more})

    def copy_table(self, table: str, new: str, **info: object) -> None:
        """Serve a table under another id as well, as if it were another edition, to be changed on its own."""
        held = self.table(table)
        host = next(host for host in sources.TABLES if table in self._names(host))
        other = held.copy()
        other.id = new
        other.info.update({"Identifier": new, **info})
        with self._loading:
            self._tables[new], self._copies[new] = other, host

    def withdraw(self, table: str) -> None:
        """Answer 404 to all that is asked of a table."""
        self.table(table)
        self._withdrawn.add(table)

    def set_value(self, table: str, where: dict[str, str], name: str, text: str) -> int:
        """Change the cells of a topic (base name or key; in v4 a measure) in the rows with the keys `where`."""
        return self.table(table).set_value(where, name, text)

    def set_status(self, table: str, dimension: str, code: str, status: str | None) -> None:
        """Change what is said of a period: Definitief, Voorlopig, NaderVoorlopig or nothing."""
        self.table(table).set_status(dimension, code, status)

    def drop_rows(self, table: str, predicate: Callable[[dict[str, str]], bool]) -> int:
        """Take out the rows for whose keys `predicate` holds, such as ``lambda row: row["RegioS"] == "GM0294"``."""
        return self.table(table).drop_rows(predicate)

    def add_rows(self, table: str, predicate: Callable[[dict[str, str]], bool], **codes: str) -> int:
        """Repeat rows with other keys: ``add_rows("50090NED", ..., Perioden="2024JJ00")``."""
        return self.table(table).add_rows(predicate, **codes)

    def rename_topic(self, table: str, name: str, new: str) -> None:
        """Give a topic another base name; its number stays."""
        self.table(table).rename_topic(name, new)

    def shift_suffixes(self, table: str, by: int = 1, start: int = 1) -> None:
        """Renumber the topics from number `start` on."""
        self.table(table).shift_suffixes(by, start)

    def remove_topic(self, table: str, name: str) -> None:
        """Take out a topic; the numbers of the others stay."""
        self.table(table).remove_topic(name)

    def add_topic(
        self, table: str, base: str, texts: str | list[str] = ".", *, at: int = 0, **properties: object
    ) -> str:
        """Put in a topic at number `at` (0: the last) and renumber those behind it; returns its key."""
        return self.table(table).add_topic(base, texts, at=at, **properties)

    def put(self, host: str, path: str, content: bytes, modified: float | None = None) -> None:
        """Serve `content` at a (decoded) path of Vektis, in place of what is there or as something new."""
        self.files[host, "/" + path.strip("/")] = files.File(content, time.time() if modified is None else modified)

    # Requests

    def note(self, request: Request) -> Fault | None:
        """Keep what is asked; return the fault that spoils the answer."""
        with self._lock:
            self.requests.append(request.seen)
            self.headers.append(request.headers)
            return next((fault for fault in self.faults if fault.strikes(request.address)), None)

    def answer(self, request: Request) -> Answer:
        """Return the right answer to a request."""
        if (request.host, request.path) in self.files:
            return self.files[request.host, request.path].answer(request)
        return ANSWERS[request.host](self, request) if request.host in ANSWERS else not_found()


def _listen(loopback: Loopback, port: int, handler: type[Handler]) -> Server:
    server = Server(("127.0.0.1", port), handler)
    server.loopback = loopback
    return server
