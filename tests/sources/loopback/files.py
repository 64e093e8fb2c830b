"""Publishers that give whole files: Vektis."""

import hashlib
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING

from tests.sources.loopback.answers import Answer, Request, not_found

if TYPE_CHECKING:
    from tests.sources.loopback.server import Loopback

_FOLDER = "/uploads/Docs per pagina/Open Data Bestanden"
YEARS = range(2011, 2024)


@dataclass
class File:
    """A file with its time of change, in seconds since 1970."""

    content: bytes
    modified: float

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:16]}"'

    def answer(self, request: Request) -> Answer:
        """Give the file, or 304 when the client has it."""
        given = {name.lower(): value for name, value in request.headers.items()}
        kept = {"ETag": self.etag, "Last-Modified": formatdate(self.modified, usegmt=True)}
        if "if-none-match" in given:  # goes before the date, as HTTP has it
            tags = [tag.strip().removeprefix("W/") for tag in given["if-none-match"].split(",")]
            same = self.etag in tags or "*" in tags
        else:
            same = "if-modified-since" in given and _not_after(self.modified, given["if-modified-since"])
        return Answer(b"", 304, "", kept) if same else Answer(self.content, 200, "text/csv", kept)


def _not_after(modified: float, date: str) -> bool:
    try:
        return int(modified) <= parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError):
        return False


def vektis_path(year: int) -> str:
    """Return the (decoded) path of the gemeente file of a year."""
    folder = "Gemeentebestanden 2011-2016" if year <= 2016 else str(year)
    end = "_versie2" if year == 2020 else ""
    return f"{_FOLDER}/{folder}/Vektis Open Databestand Zorgverzekeringswet {year} - gemeente{end}.csv"


_YEAR_OF = {vektis_path(year): year for year in YEARS}


def vektis(server: "Loopback", request: Request) -> Answer:
    """Answer with the file of a year."""
    year = _YEAR_OF.get(request.path)
    source = server.data / "vektis" / f"vektis_{year}_gemeente.csv"
    if year is None or not source.is_file():
        return not_found()
    file = File(source.read_bytes(), source.stat().st_mtime)
    return server.files.setdefault((request.host, request.path), file).answer(request)
