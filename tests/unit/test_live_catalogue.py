"""Where sources are published, as declared: hosts, tables and topics, against the lists of keys that were seen."""

import csv
import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest

from kavelmon import declarations, licences, measure, paths, store
from kavelmon.expressions import names_in
from kavelmon.live.hosts import BASES
from kavelmon.source_model import Source

HOSTS = {
    "odata3": {"opendata.cbs.nl", "dataderden.cbs.nl"},
    "odata4": {"datasets.cbs.nl"},
    "wfs": {"service.pdok.nl"},
    "files": {"www.vektis.nl"},
}
KINDS = {"odata3": {"statline"}, "odata4": {"odata4"}, "wfs": {"regions", "boundaries"}, "files": {"vektis"}}
# lists of keys beside the facts: of these a topic that is declared has to be in it
KEYS = {
    ("cbs_kwb", "2020"): "kwb2020_84799NED_dataproperties.csv",
    ("cbs_84799ned", ""): "kwb2020_84799NED_dataproperties.csv",
    ("cbs_kwb", "2025"): "kwb2025_86165NED_dataproperties.csv",
}

CATALOGUE = declarations.load()
SOURCES = CATALOGUE.sources
FETCHED = [s for s in SOURCES.values() if s.fetch]
LIVE = [s for s in SOURCES.values() if not s.bundled]
ITEMS = [*CATALOGUE.denominators.values(), *CATALOGUE.indicators.values()]

each = pytest.mark.parametrize("source", FETCHED, ids=lambda s: s.id)


@pytest.fixture(scope="module")
def facts(shared_data: Path) -> Path:
    folder = shared_data.parent / "facts"
    if not folder.is_dir():
        pytest.skip("needs ../shared/facts")
    return folder


def topics(source: Source) -> set[str]:
    return measure.topics_of(measure.asked_of(CATALOGUE, source))


def tables(source: Source) -> list[str]:
    assert source.fetch
    return list(source.fetch.tables.values()) or [source.table]


def names(source: Source, topic: str) -> list[list[str]]:
    """Return the base names by which a topic is looked for, those of a sum together."""
    assert source.fetch
    declared = source.fetch.topics.get(topic, topic)
    wanted = (declared,) if isinstance(declared, str) else declared
    return [[part.strip().rpartition("/")[2] for part in one.split(" + ")] for one in wanted]


@each
def test_a_published_source_names_a_host_of_its_service_and_a_kind_that_reads_it(source: Source) -> None:
    assert source.fetch
    assert source.fetch.host in HOSTS[source.fetch.service]
    assert source.fetch.host in BASES
    assert source.kind in KINDS[source.fetch.service]
    assert licences.terms(source.licence) != "unknown"  # what is fetched may at least be used


@each
def test_a_table_is_an_id_of_statline_and_every_file_an_address_below_the_host(source: Source) -> None:
    assert source.fetch
    if source.fetch.service in ("odata3", "odata4"):
        assert all(re.fullmatch(r"\d{5}[A-Za-z]{3}", table) for table in tables(source)), tables(source)
    if source.fetch.service == "files":
        assert all(re.fullmatch(r"/[\w./%-]+", address) for address in tables(source))
        assert source.fetch.sha256.keys() <= source.fetch.tables.keys()


@each
def test_what_is_asked_of_a_published_source_is_used(source: Source) -> None:
    assert source.fetch
    asked = topics(source)
    assert source.kind in ("boundaries", "regions") or asked, "no indicator or denominator has an edition of it"
    assert source.fetch.topics.keys() <= asked
    assert {name for found in source.fetch.absent.values() for name in found} <= asked
    periods = source.fetch.tables.keys()
    assert source.fetch.absent.keys() <= (periods or {source.period})
    if not isinstance(source.fetch.verified, bool):
        assert set(source.fetch.verified) <= periods


@each
def test_the_indeling_of_a_published_source_is_known(source: Source) -> None:
    assert source.fetch
    told = source.region_year or source.region_years or source.fetch.tables or source.read.period
    assert told, "neither region_year nor a period that tells it"
    if source.kind == "statline":
        assert bool(source.read.period) + bool(source.period) + bool(source.fetch.tables) == 1


def test_a_source_that_only_a_live_run_brings_is_in_no_bundled_table() -> None:
    assert not store.Store(paths.snapshot()).sources.keys() & {s.id for s in LIVE}


def test_a_source_that_only_a_live_run_brings_takes_no_file_of_another_one(shared_data: Path) -> None:
    files = [p.name for p in shared_data.rglob("*") if p.is_file()]
    for source in LIVE:
        for pattern in source.files:
            assert not [name for name in files if Path(name).match(pattern)], source.id


def test_a_source_names_each_edition_once() -> None:
    for item in ITEMS:
        double = [s for s, n in Counter(e.source for e in item.edition).items() if n > 1]
        assert not double, (item.id, double)


def test_two_declarations_do_not_bring_the_same_figures() -> None:
    asked: Counter[tuple] = Counter()
    for source in FETCHED:
        assert source.fetch
        broken = tuple(sorted(source.read.where.items()))
        for table in tables(source):
            layer = (source.fetch.layer, source.region_year) if source.fetch.layer else ()
            asked[source.fetch.host, table, broken, layer] += 1
    several = {key[1]: n for key, n in asked.items() if n > 1}
    # one year of the series stands in the snapshot too, under the name that its figures have there
    assert several == {"84799NED": 2}


def test_every_indicator_has_an_edition_in_the_snapshot_or_says_what_is_missing_until_it_is_fetched() -> None:
    live = {s.id for s in LIVE}
    alone = {i.id for i in CATALOGUE.indicators.values() if {e.source for e in i.edition} <= live}
    promised = {source for m in CATALOGUE.missing.values() for source in m.sources}
    unsaid = {i for i in alone if not promised & {e.source for e in CATALOGUE.indicators[i].edition}}
    # parts of a subject of which the missing entry names another part
    assert unsaid == {
        "jeugdhulp",
        "wmo_hulpmiddelen",
        "wmo_ondersteuning_thuis",
        "wmo_verblijf_en_opvang",
    }


def test_what_is_missing_until_it_is_fetched_is_brought_by_a_live_source() -> None:
    for item in CATALOGUE.missing.values():
        assert all(SOURCES[s].fetch for s in item.sources), item.id


def test_estimates_of_one_model_are_never_joined_with_those_of_another() -> None:
    for name in ("rivm_50120ned", "rivm_50150ned_live"):
        assert SOURCES[name].method == "model"
        assert any("niet te mengen" in note for note in SOURCES[name].notes)
        assert SOURCES[name].read.margin == "Marges"
        assert {*SOURCES[name].read.ages.values()} == {"18+", "18-65", "65+"}


def test_withdrawn_ages_of_the_forecast_are_not_asked() -> None:
    source = SOURCES["cbs_85171ned"]
    assert source.read.where["Leeftijd"] == "10000"
    assert not source.read.age
    assert not CATALOGUE.missing["bevolkingsprognose"].sources


def test_known_errors_name_a_topic_and_period_of_their_source() -> None:
    for correction in CATALOGUE.corrections.values():
        source = SOURCES[correction.source]
        pairs = measure.asked_of(CATALOGUE, source)
        asked = {name for _, e in pairs for formula in (e.value, e.numerator) if formula for name in names_in(formula)}
        cells = [(c.region, c.period, c.age, c.topic) for c in correction.cell]
        assert len(set(cells)) == len(cells), correction.id
        assert {c.topic for c in correction.cell} <= asked, correction.id
        assert all(c.use is None or c.use != c.expect for c in correction.cell), correction.id


def test_tables_are_those_that_were_seen(facts: Path) -> None:
    seen = (facts / "catalogue_tables.csv").read_text(encoding="utf-8")
    known = {table.upper() for table in re.findall(r"\d{5}[A-Za-z]{3}", seen)}
    known |= {table.upper() for table in re.findall(r"\d{5}[A-Za-z]{3}", (facts / "sources.md").read_text("utf-8"))}
    for source in FETCHED:
        assert source.fetch
        if source.fetch.service in ("odata3", "odata4"):
            assert {table.upper() for table in tables(source)} <= known, source.id


def test_files_are_at_the_addresses_that_were_seen(facts: Path) -> None:
    rows = csv.DictReader((facts / "vektis_urls.csv").read_text(encoding="utf-8").splitlines())
    known = {row["year"]: row["url"] for row in rows if row["level"] == "gemeente"}
    fetch = SOURCES["vektis_open"].fetch
    assert fetch
    assert {year: f"https://{fetch.host}{path}" for year, path in fetch.tables.items()} == known


def test_hashes_are_those_of_the_unedited_files(shared_data: Path) -> None:
    fetch = SOURCES["vektis_open"].fetch
    assert fetch
    for year, expected in fetch.sha256.items():
        content = (shared_data / "vektis" / f"vektis_{year}_gemeente.csv").read_bytes()
        assert hashlib.sha256(content).hexdigest() == expected, year


@pytest.mark.parametrize(("name", "period"), KEYS, ids=lambda part: part or "all")
def test_topics_of_a_verified_table_are_in_its_list_of_keys(facts: Path, name: str, period: str) -> None:
    source = SOURCES[name]
    assert source.fetch
    assert source.fetch.sure_of(period)
    text = (facts / KEYS[name, period]).read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    bases = Counter(re.sub(r"_\d+$", "", row.get("Key") or row.get("key") or "") for row in rows)
    lacking = {t for t in topics(source) if not any(all(b in bases for b in sum_) for sum_ in names(source, t))}
    assert lacking == set(source.fetch.absent.get(period, ()))
    for topic in topics(source) - lacking:
        first = next(sum_ for sum_ in names(source, topic) if all(b in bases for b in sum_))
        assert all(bases[base] == 1 for base in first), f"{topic}: {first} stands there more than once"


def test_topics_of_a_download_are_in_its_header(shared_data: Path) -> None:
    header = next((shared_data / "ggd").glob("50140NED_*.csv")).read_text(encoding="utf-8-sig").splitlines()[0]
    keys = {re.sub(r"_\d+$", "", key.strip('"')) for key in header.split(";")}
    assert topics(SOURCES["rivm_50140ned"]) <= keys


def test_topics_of_unlisted_tables_of_rivm_were_each_seen(facts: Path) -> None:
    text = (facts / "sources.md").read_text(encoding="utf-8")
    for name, table in (("rivm_50120ned", "50120NED"), ("rivm_50150ned_live", "50150NED")):
        line = next(row for row in text.splitlines() if row.startswith(f"- **{table} keys**"))
        keys = {re.sub(r"_\d+$", "", key) for key in re.findall(r"\w+_\d+", line)}
        assert topics(SOURCES[name]) <= keys, name
