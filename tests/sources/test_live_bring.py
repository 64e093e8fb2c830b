"""What comes over the wire is what the exports hold: the same figures, row for row."""

from pathlib import Path

import pytest

from kavelmon import declarations, paths, store
from kavelmon.build import Work, build
from kavelmon.declarations import Catalogue
from kavelmon.live import layers, odata4, sources, statline, wfs
from kavelmon.live.wire import Patience, Wire
from kavelmon.regions import Regions
from kavelmon.source_model import Fetch
from kavelmon.sources import boundaries, files, others, tables
from tests.sources.alike import same
from tests.sources.loopback import Loopback
from tests.sources.updating import Place

OLD = "cbs_70072ned_2015"
STATLINE = ("cbs_84799ned", "rivm_50140ned", "ggd_85012ned", "ggd_83674ned", OLD)
# an old export, that nobody fetches any more: its names stand there twice, as a count and as a percentage
AGES = ("JongerDan5Jaar", *(f"k_{a}Jaar" for a in ("5Tot10", "10Tot15", "15Tot20", "20Tot25", "25Tot45", "45Tot65")))
KEYS_TWICE = Fetch(
    service="odata3",
    host="opendata.cbs.nl",
    verified=True,
    topics={
        "TotaleOppervlakte_km2": "Oppervlakte/TotaleOppervlakte",
        **{
            f"{name}_aantal": f"Leeftijdsgroepen, aantallen/{name}"
            for name in (*AGES, "k_65Tot80Jaar", "k_80JaarOfOuder")
        },
    },
)


def quiet(*_: object) -> None:
    """Nobody watches."""


@pytest.mark.parametrize("name", STATLINE)
def test_statline_gives_what_its_export_holds(
    name: str, catalogue: Catalogue, regions: Regions, wire: Wire, shared_data: Path
) -> None:
    source = catalogue.source(name)
    if name == OLD:
        source = source.model_copy(update={"fetch": KEYS_TWICE})
    topics = sources.topics_of(catalogue, source)
    brought, before = sources.bring(catalogue, source, wire, quiet)
    assert before is None
    (part,) = brought.parts
    fetched = statline.load(source, [part], topics, regions, wire.archive)
    export = tables.load(source, files.find(shared_data, source.files), topics, regions)
    assert len(export.frame) > 300
    assert export.frame.notna().any(axis=1).sum() > 300
    same(fetched, export)


def test_only_what_is_needed_is_asked(catalogue: Catalogue, wire: Wire, server: Loopback) -> None:
    source = catalogue.source("ggd_85012ned")
    sources.bring(catalogue, source, wire, quiet)
    (query,) = {q for _, path, q in server.requests if path.endswith("UntypedDataSet") and "skip" not in q}
    assert "startswith(RegioS,'GM')" in query
    assert "startswith(RegioS,'GG')" not in query
    select = query.split("$select=")[1].split("&")[0].split(",")
    asked = sources.topics_of(catalogue, source)
    assert {c.rsplit("_", 1)[0] for c in select} == {"ID", "Leeftijd", "Marges", "RegioS", *asked}


def test_odata4_gives_what_its_pages_hold(
    catalogue: Catalogue, regions: Regions, wire: Wire, shared_data: Path
) -> None:
    source = catalogue.source("cbs_03759ned")
    topics = sources.topics_of(catalogue, source)
    brought, _ = sources.bring(catalogue, source, wire, quiet)
    fetched = odata4.load(source, list(brought.parts), topics, regions, wire.archive)
    export = others.odata4(source, files.find(shared_data, source.files), topics, regions)
    same(fetched, export)


def test_boundaries_of_the_map_service_are_those_of_its_file(
    catalogue: Catalogue, wire: Wire, shared_data: Path
) -> None:
    for name in ("gemeente_2022", "gemeente_2024"):
        source = catalogue.source(name)
        brought, _ = sources.bring(catalogue, source, wire, quiet)
        work = Work(catalogue, shared_data, store.regions())
        sources.read(work, source, brought, wire.archive, quiet)
        (path,) = files.find(shared_data, source.files)
        of_file = boundaries.read_layer(
            path, level="GM", year=source.region_year, code=source.read.region, name=source.read.columns["name"]
        )
        (fetched,) = work.layers
        assert list(fetched["code"]) == list(of_file["code"])
        there, here = (layer.to_crs(boundaries.RD).geometry for layer in (fetched, of_file))
        # the service gives metres, the files degrees: the way back and forth costs a millimetre or so, and a shape that
        # crosses itself is mended a little otherwise
        assert (there.symmetric_difference(here).area / here.area).max() < 1e-5
        assert (there.hausdorff_distance(here) < 0.01).mean() > 0.97


def test_regions_of_a_map_are_those_of_the_list(catalogue: Catalogue, wire: Wire) -> None:
    """GGD-regio's of 2022 by the map, against the list of 2023 that was worked out by another hand."""
    source = catalogue.source("ggd_regio_2025").model_copy(update={"region_year": 2022})
    parts = wfs.bring(source, None, wire, quiet)
    found = layers.listed(source, parts, wire.archive).set_index("gemeente")["code"]
    assert len(found) == 345
    assert found.nunique() == 25
    lists = store.memberships()
    derived = lists[(lists["kind"] == "GG") & (lists["year"] == 2023)]
    main = derived.sort_values("share").drop_duplicates("gemeente", keep="last").set_index("gemeente")["code"]
    both = main.index.intersection(found.index)
    assert len(both) > 335
    different = [g for g in both if main[g] != found[g]]
    assert different == []


def test_what_is_unchanged_is_not_asked_again(catalogue: Catalogue, wire: Wire, server: Loopback) -> None:
    source = catalogue.source("cbs_84799ned")
    brought, _ = sources.bring(catalogue, source, wire, quiet)
    wire.archive.complete(source.id, brought.content())
    server.clear()
    again, before = sources.bring(catalogue, source, wire, quiet)
    assert before == brought
    assert again.parts[0].answers["pages"] == brought.parts[0].answers["pages"]
    assert sources.made_of(catalogue, again) == sources.made_of(catalogue, brought)
    assert {path.rsplit("/", 1)[-1] for _, path, _ in server.requests} == {"TableInfos", "DataProperties"}
    server.modify("84799NED", modified="2026-05-01T02:00:00")
    server.clear()
    newer, _ = sources.bring(catalogue, source, wire, quiet)
    assert newer.parts[0].version != brought.parts[0].version
    assert any(path.endswith("UntypedDataSet") for _, path, _ in server.requests)


def test_a_file_is_asked_again_only_when_it_changed(catalogue: Catalogue, wire: Wire, server: Loopback) -> None:
    source = catalogue.source("vektis_open")
    source = source.model_copy(
        update={"fetch": source.fetch.model_copy(update={"tables": {"2023": source.fetch.tables["2023"]}})}
    )
    catalogue = Catalogue(**{**vars(catalogue), "sources": {**catalogue.sources, source.id: source}})
    brought, _ = sources.bring(catalogue, source, wire, quiet)
    wire.archive.complete(source.id, brought.content())
    wire.archive.ended(brought.answers)
    (answer,) = brought.answers
    assert answer.etag
    assert answer.bytes > 2_000_000
    again, _ = sources.bring(catalogue, source, wire, quiet)
    assert again.parts == brought.parts  # "not modified"; the time of the first answer stays


def observed(folder: Path) -> dict[str, bytes]:
    """The tables of figures of a store."""
    return {p.name: p.read_bytes() for p in paths.version_of(folder).glob("*.parquet")}


def both_ways(names: tuple[str, ...], server: Loopback, shared_data: Path, tmp_path: Path) -> tuple[dict, dict]:
    """Return a store that an update made, and one that was built of the files of the same tables."""
    exports, known = tmp_path / "exports", declarations.load()
    exports.mkdir()
    for name in names:
        for path in files.find(shared_data, known.source(name).files):
            (exports / path.name).symlink_to(path)
    stores = []
    for way in ("updated", "built"):
        place = Place(tmp_path / way)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KAVELMON_STORE", str(place.store))
            if way == "built":
                build(known, exports, place.store, say=quiet)
            else:
                assert not place.update(server, names, Patience()).failed
        stores.append(observed(place.store))
    return stores[0], stores[1]


def test_an_update_makes_the_store_that_the_files_make(server: Loopback, shared_data: Path, tmp_path: Path) -> None:
    """The same tables, byte for byte: a survey with margins and one without, KWB to the buurten, OData v4."""
    names = ("cbs_84799ned", "rivm_50140ned", "ggd_85012ned", "cbs_03759ned")
    updated, built = both_ways(names, server, shared_data, tmp_path)
    assert built["observations.parquet"][:4] == b"PAR1"
    assert updated == built


@pytest.mark.slow
def test_an_update_of_every_table_makes_the_store_that_the_files_make(
    server: Loopback, shared_data: Path, tmp_path: Path
) -> None:
    names = (
        "cbs_84799ned",
        "rivm_50090ned",
        "rivm_50140ned",
        "ggd_83674ned",
        "ggd_85012ned",
        "cbs_03759ned",
        "vektis_open",
    )
    updated, built = both_ways(names, server, shared_data, tmp_path)
    assert {"vektis.parquet", "vektis_cells.parquet", "vektis_rates.parquet"} < set(built)
    assert updated == built
