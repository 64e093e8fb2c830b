"""One small question to each publisher: whether the table is there, and has what the catalogue asks."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from kavelmon.declarations import Catalogue
from kavelmon.live import odata3, odata4, units, wfs
from kavelmon.live.archive import Archive
from kavelmon.live.hosts import Address, bases
from kavelmon.live.sources import topics_of
from kavelmon.live.update import MALFORMED, chosen
from kavelmon.live.wire import FetchError, Patience, Wire
from kavelmon.model import KavelmonError
from kavelmon.source_model import Source

PATIENCE = Patience(connect_s=10, silence_s=30, answer_s=60, tries=2)


@dataclass(frozen=True)
class Found:
    """What a publisher answered on one source."""

    source: str
    right: bool
    text: str


def ask(
    catalogue: Catalogue,
    only: Collection[str] = (),
    hosts: Mapping[str, str] | None = None,
    patience: Patience = PATIENCE,
) -> Iterator[Found]:
    """Ask of every published source, or of those named, whether its tables and topics are there; nothing is kept."""
    with TemporaryDirectory(prefix="kavelmon-") as folder:
        wire = Wire(Archive(Path(folder)), hosts, patience)
        for source in chosen(catalogue, only):
            assert source.fetch
            sure = "" if source.fetch.verified is True else ", not verified before"
            try:
                said = _asked(catalogue, source, wire, hosts)
                yield Found(source.id, not said, f"{source.id}: {'; '.join(said) or 'as declared'}{sure}")
            except (KavelmonError, requests.RequestException) as error:
                yield Found(source.id, False, f"{source.id}: no answer that can be used: {error}{sure}")
            except MALFORMED as error:
                odd = f"of a form that its publisher never gave ({type(error).__name__}: {str(error)[:120]})"
                yield Found(source.id, False, f"{source.id}: no answer that can be used: {odd}{sure}")


def _asked(catalogue: Catalogue, source: Source, wire: Wire, hosts: Mapping[str, str] | None) -> list[str]:
    """Return what is not as declared."""
    assert source.fetch
    service, fetch = source.fetch.service, source.fetch
    if service == "odata3":
        tables = fetch.tables or {"": source.table}
        return [
            fault for period, table in tables.items() for fault in _statline(catalogue, source, period, table, wire)
        ]
    if service == "odata4":
        answer = wire.get(
            Address(fetch.host, f"{odata4.BASE}/{source.table}/MeasureCodes"), odata4.codes, licence=source.licence
        )[1]
        return [
            f'measure "{m}" is not there'
            for m in sorted(odata4.others.measures_of(topics_of(catalogue, source)))
            if m not in answer
        ]
    if service == "wfs":
        return [] if wfs.number(source, fetch.layer, wire) else [f"{fetch.layer} is empty"]
    faults = []
    for period, path in fetch.tables.items():
        address = Address(fetch.host, path).at(bases(hosts)[fetch.host])
        said = requests.head(address, timeout=PATIENCE.silence_s, allow_redirects=False)
        if said.status_code != 200:
            faults.append(f"the file of {period} answers {said.status_code}")
        elif said.headers.get("Content-Type", "").startswith("text/html"):
            faults.append(f"there is a page in place of the file of {period}")
    return faults


def _statline(catalogue: Catalogue, source: Source, period: str, table: str, wire: Wire) -> list[str]:
    """Ask what a table of StatLine says of itself."""
    assert source.fetch
    where = f"{table} ({period})" if period else table
    try:
        properties = odata3.described(source.fetch.host, table, source.licence, wire)
    except FetchError as error:  # the tables of other periods are asked all the same
        return [f"{where}: {error}"]
    faults: list[str] = []
    named: dict[str, str] = {}
    for name in topics_of(catalogue, source):
        try:
            topic = properties.resolve(name, source.fetch.topics.get(name))
        except FetchError as error:
            faults.append(str(error))
            continue
        named |= {name: topic[0].unit} if topic else {}
        if not topic and name not in source.fetch.absent.get(period, ()):
            faults.append(f'{where}: topic "{name}" is not there; nearest: {properties.nearest(name)}')
    return faults + units.mistaken(catalogue, source, where, named)
