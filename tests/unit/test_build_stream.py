"""The building of a store, one indicator after another: what it takes in memory, and what it writes."""

import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kavelmon import build, measure, observe, packing, paths, shelf, store
from kavelmon.build import Work
from kavelmon.carry import Carried
from kavelmon.declarations import Catalogue
from kavelmon.model import Edition, Indicator, KavelmonError
from kavelmon.source_model import Disclosure, Source
from kavelmon.sources.tables import KEY, Wide

pytestmark = pytest.mark.usefixtures("own_store")


def source(name: str, **more: object) -> Source:
    shape = {"publisher": "Niemand", "title": "VERZONNEN", "table": name, "kind": "table", "licence": "CC0"}
    return Source.model_validate({"id": name, "files": (f"{name}.csv",), "region_year": 2020, **shape, **more})


def count(name: str, *editions: Edition, scale: float = 0) -> Indicator:
    return Indicator(id=name, title=name, unit="mensen", rollup="sum", scale=scale, edition=editions)


def share(name: str, *editions: Edition) -> Indicator:
    return Indicator(id=name, title=name, domain="zorg", unit="%", edition=editions)


def catalogue(sources: list[Source], denominators: list[Indicator], indicators: list[Indicator]) -> Catalogue:
    by_id = [{one.id: one for one in some} for some in (sources, denominators, indicators)]
    return Catalogue(*by_id)


def wide(rows: dict[tuple[str, str], dict[str, float]], age: str = "") -> Wide:
    frame = pd.DataFrame([{"region": r, "period": p, "age": age, **figures} for (r, p), figures in rows.items()])
    return Wide.of(frame.set_index(KEY).sort_index())


def made(known: Catalogue, wides: dict[str, Wide], target: Path, **more: object) -> dict:
    work = Work(known, target, store.regions(), **more)
    for name, one in wides.items():
        build.take(work, known.source(name), one, lambda _: None)
    return build.write(work, target, False, lambda _: None)


def held(indicator: str) -> pd.DataFrame:
    return store.read([indicator]).set_index(["source", "region", "period"])


def observations(**columns: list) -> pd.DataFrame:
    """Rows as they are written, all alike but for the columns given."""
    length = len(next(iter(columns.values())))
    texts = {"indicator": "ziek", "source": "bron", "level": "GM", "region": "GM0197", "period": "2020", "age": ""}
    numbers = dict.fromkeys(("value", "numerator", "denominator", "lower", "upper"), np.nan)
    more = {"region_year": 2020, "method": "", "status": "ok", "estimated": ""}
    return pd.DataFrame({**texts, **numbers, **more, **columns}, index=range(length))[store.COLUMNS]


# memory

POOLS: list[pa.MemoryPool] = []  # what was taken from a pool and is still cached is given back to it later


def peak(number: int, target: Path, periods: int = 2) -> float:
    """Build a store of so many indicators of one source; return the most that was held of it at once, in bytes."""
    regions = [f"BU0197{n:04}" for n in range(6000)]
    index = pd.MultiIndex.from_product([regions, [str(2020 - n) for n in range(periods)], [""]], names=KEY)
    figures = Wide(index, Drawn(len(index)))
    ill = Edition(source="bron", numerator="ziek", denominator="mensen")
    indicators = [share(f"ziek_{n:03}", ill) for n in range(number)]
    known = catalogue([source("bron")], [count("mensen", Edition(source="bron", value="mensen"))], indicators)
    store.regions()
    before, pool = pa.default_memory_pool(), pa.proxy_memory_pool(pa.default_memory_pool())
    POOLS.append(pool)
    pa.set_memory_pool(pool)
    tracemalloc.start()
    try:
        package = made(known, {"bron": figures}, target, brought={"bron": {}})
        most = tracemalloc.get_traced_memory()[1] + pool.max_memory()
    finally:
        tracemalloc.stop()
        pa.set_memory_pool(before)
    assert package["sources"][0]["rows"] == (number + 1) * len(index)
    return most


class Drawn(dict):
    """Columns that are made when they are asked for, as those of a table are read from the disk."""

    def __init__(self, length: int):
        super().__init__(mensen=length, ziek=length)

    def __getitem__(self, topic: str) -> np.ndarray:
        length = super().__getitem__(topic)
        return np.full(length, 100.0) if topic == "mensen" else np.arange(length, dtype=float) % 90


def test_what_is_held_does_not_grow_with_the_number_of_indicators(tmp_path):
    peak(2, tmp_path / "first")  # what is imported and cached once
    few, many = peak(4, tmp_path / "few"), peak(40, tmp_path / "many")
    assert many < 1.5 * few


def test_of_a_row_of_a_table_is_held_where_it_belongs_and_no_more(tmp_path):
    peak(2, tmp_path / "first")
    few, many = peak(1, tmp_path / "few", periods=8), peak(1, tmp_path / "many", periods=32)
    assert (many - few) / (24 * 6000) < 200


# what figures are divided by


def test_each_source_is_divided_by_the_count_that_fits_best(tmp_path):
    known = catalogue(
        [source("oud"), source("telling"), source("enquete"), source("panel")],
        [
            count(
                "mensen", Edition(source="oud", value="n", estimated="Geschat."), Edition(source="telling", value="n")
            ),
            count(
                "helpers",
                Edition(source="panel", value="deel", denominator="mensen", estimated="Deel maal mensen."),
                scale=100,
            ),
        ],
        [
            share("ziek", *(Edition(source=s, numerator="z", denominator="mensen") for s in ("enquete", "telling"))),
            share("moe", Edition(source="enquete", value="m", denominator="helpers", estimated="Geschat.")),
        ],
    )
    before = {"oud": wide({("GM0197", "2018"): {"n": 100}, ("GM0222", "2019"): {"n": 210}})}
    made(known, before, paths.user_store(), brought={"oud": {}})
    now = {
        "telling": wide({(g, "2019"): {"n": n, "z": 25} for g, n in (("GM0197", 200), ("GM0222", 250), ("NL", 900))}),
        "enquete": wide({("GM0197", "2018"): {"z": 30, "m": 5}, ("GM0222", "2019"): {"z": 42, "m": np.nan}}),
        "panel": wide({("GM0197", "2020"): {"deel": 50}, ("GM0222", "2020"): {"deel": np.nan}}),
    }
    made(known, now, paths.user_store(), brought={name: {} for name in now})
    ill = held("ziek")
    ours = ["denominator", "value", "estimated"]
    assert ill.loc[("telling", "GM0222", "2019"), ours].tolist() == [250, 10, ""]  # its own
    assert ill.loc[("enquete", "GM0222", "2019"), ours].tolist() == [210, 20, "Geschat."]  # lent; declared first
    assert ill.loc[("enquete", "GM0197", "2018"), ours].tolist() == [100, 30, "Geschat."]
    tired = held("moe").loc[("enquete", "GM0197", "2018"), ours]  # 50 % of the 200 of the nearest year
    assert tired.tolist() == [100, 5, "Geschat.; noemer van 2020; Deel maal mensen.; noemer van 2019"]
    assert held("mensen").index.unique("source").tolist() == ["oud", "telling"]


def test_a_figure_over_a_hidden_count_of_another_source_is_hidden(tmp_path):
    guarded = source("eigen", disclosure=Disclosure(count_min=10))
    known = catalogue(
        [guarded, source("open")],
        [count("mensen", Edition(source="eigen", value="n"))],
        [share("ziek", Edition(source="open", value="z", denominator="mensen"))],
    )
    people = {"GM0197": 3, "GM0222": 200, "GM0294": 300, "GM1509": 400}
    figures = {
        "eigen": wide({(g, "2020"): {"n": n} for g, n in people.items()}),
        "open": wide({(g, "2020"): {"z": 40} for g in people}),
    }
    made(known, figures, paths.user_store(), brought={name: {} for name in figures})
    hidden, over = (held(name).droplevel(["source", "period"])["status"] == "suppressed" for name in ("mensen", "ziek"))
    assert hidden["GM0197"]
    assert 1 < hidden.sum() < len(people)
    assert over.to_dict() == hidden.to_dict()
    assert held("ziek").loc[over.to_numpy(), ["value", "denominator"]].isna().all(axis=None)


def test_a_guarded_source_of_which_nothing_is_asked_has_no_rows(tmp_path):
    known = catalogue(
        [source("eigen", disclosure=Disclosure(count_min=10))],
        [count("mensen", Edition(source="eigen", value="n", periods=("2015",)))],
        [],
    )
    package = made(known, {"eigen": wide({("GM0197", "2020"): {"n": 300}})}, paths.user_store(), brought={"eigen": {}})
    assert [(one["name"], one["rows"]) for one in package["sources"]] == [("eigen", 0)]


# what is brought


def test_a_source_that_was_brought_says_so_and_replaces_what_was_held(tmp_path):
    known = catalogue(
        [source("bron"), source("kaart", kind="regions")], [count("mensen", Edition(source="bron", value="n"))], []
    )
    target = paths.user_store()
    file = tmp_path / "bron.csv"
    file.write_text("n", encoding="utf-8")
    first = made(known, {"bron": wide({("GM0197", "2019"): {"n": 5}})}, target, inputs={"bron": [file]})
    assert first["sources"][0]["inputs"] == [{"file": "bron.csv", "bytes": 1, "sha256": store.sha256(file)}]
    asked = {"accessed": "2026-01-02", "inputs": [{"url": "https://niemand.nl"}]}
    second = made(
        known,
        {"bron": wide({("GM0222", "2020"): {"n": 7}})},
        target,
        brought={"bron": asked, "kaart": asked},
        tables={"regions.parquet": pa.table({"code": ["GM0197"]})},
    )
    bron, kaart = second["sources"]
    assert {name: bron[name] for name in ("accessed", "inputs", "periods", "rows")} == {
        **asked,
        "periods": ["2020"],
        "rows": 1,
    }
    assert (kaart["name"], kaart["table"], kaart["rows"]) == ("kaart", "regions.parquet", 0)
    assert held("mensen").index.tolist()[0] == ("bron", "GM0222", "2020")
    assert ("bron", "GM0197", "2019") not in held("mensen").index
    assert store.Store(paths.version_of(target)).indicators() == {"mensen"}


def test_a_source_is_what_it_was_when_it_was_read(tmp_path):
    known = catalogue([source("bron")], [count("mensen", Edition(source="bron", value="n"))], [])
    work = Work(known, tmp_path, store.regions(), brought={"bron": {}})
    seen = known.source("bron").model_copy(update={"provisional": ("2020",)})
    build.take(work, seen, wide({("GM0197", "2019"): {"n": 5}, ("GM0197", "2020"): {"n": 6}}), lambda _: None)
    build.write(work, paths.user_store(), False, lambda _: None)
    assert held("mensen")["status"].tolist() == ["ok", "provisional"]


def test_what_stays_is_not_lost_when_its_store_goes_meanwhile(tmp_path):
    known = catalogue([source("bron")], [count("mensen", Edition(source="bron", value="n"))], [])
    made(known, {"bron": wide({("GM0197", "2019"): {"n": 5}})}, paths.user_store(), brought={"bron": {}})
    folder = paths.version_of(paths.user_store())
    stays = Carried(store.Store(folder), described=[{"name": "bron"}])
    (rows,) = stays.rows(store.OPEN, "mensen")["bron"]
    assert rows["value"].tolist() == [5]
    (folder / store.OPEN).unlink()
    with pytest.raises(KavelmonError, match="gone while it was read"):
        stays.rows(store.OPEN, "mensen")


# what is written


def test_rows_are_written_in_one_order_whatever_they_came_in(tmp_path):
    rows = observations(
        region=["GM0197", "NL", "BU01970001", "GM0197", "GM0197"],
        level=["GM", "NL", "BU", "GM", "GM"],
        age=["", "", "", "65+", ""],
        source=["bron", "bron", "bron", "bron", "aarde"],
        value=[1.0, 2.0, np.nan, 4.0, 5.0],
    )
    first, second = tmp_path / "one.parquet", tmp_path / "two.parquet"
    with packing.write_observations(first) as add:
        add(rows)
    with packing.write_observations(second) as add:
        add(shelf.stacked([rows.iloc[[4]]]))
        add(rows.iloc[:0])
        add(rows.iloc[[2, 0, 1]].astype({"region_year": "int16"}))
        add(rows.iloc[[3]])
    assert first.read_bytes() == second.read_bytes()
    found = pa.parquet.ParquetFile(first)
    assert found.schema_arrow.equals(shelf.SCHEMA)
    shelves = [found.read_row_group(n).to_pandas() for n in range(found.num_row_groups)]
    assert [list(zip(s["source"], s["age"], s["region"], strict=True)) for s in shelves] == [
        [("bron", "", "BU01970001")],
        [("aarde", "", "GM0197"), ("bron", "", "GM0197"), ("bron", "", "NL"), ("bron", "65+", "GM0197")],
    ]
    assert shelves[0]["value"].isna().all()
    assert found.read_row_group(0)["value"].null_count == 1


def test_two_rows_with_one_key_are_refused_and_no_rows_make_no_file(tmp_path):
    twice = observations(region=["GM0197", "GM0222", "GM0197"], value=[1.0, 2.0, 3.0])
    path = tmp_path / "one.parquet"
    with packing.write_observations(path) as add:
        add(twice.iloc[:0])
    assert not path.exists()
    for cuts in (slice(0, 3),), (slice(0, 1), slice(2, 3)):
        with pytest.raises(KavelmonError, match=r"two observations have one key: .*GM0197"):
            written(path, [twice.iloc[cut] for cut in cuts])


def written(path: Path, frames: list[pd.DataFrame]) -> None:
    with packing.write_observations(path) as add:
        for frame in frames:
            add(frame)


def keyed(key: tuple) -> tuple:
    indicator, source, level, region, year, period, age = key
    return indicator, source, age, period, level, region, year


KEYS = st.tuples(
    st.sampled_from(["moe", "ziek"]),
    st.sampled_from(["aarde", "bron"]),
    st.sampled_from(["GM", "WK", "NL"]),
    st.sampled_from(["0197", "0222", "0294"]),
    st.sampled_from([2019, 2020]),
    st.sampled_from(["2018", "2019", "2020"]),
    st.sampled_from(["", "65+"]),
)


def on_shelves(file: pa.parquet.ParquetFile) -> dict[tuple[str, str], list[list[dict]]]:
    """The row groups of each indicator and shelf, in their order."""
    found: dict[tuple[str, str], list[list[dict]]] = {}
    for number in range(file.num_row_groups):
        rows = file.read_row_group(number, columns=["indicator", "level", "value"]).to_pylist()
        on = {(row["indicator"], shelf.SHELVES[row["level"]]) for row in rows}
        assert len(on) == 1
        found.setdefault(on.pop(), []).append(rows)
    return found


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keys=st.lists(KEYS, min_size=1, unique=True), at_once=st.integers(1, 9), data=st.data())
def test_a_table_is_the_same_however_its_rows_come(tmp_path, monkeypatch, keys, at_once, data):
    monkeypatch.setattr(packing, "AT_ONCE", data.draw(st.integers(1, 12)))
    names = ["indicator", "source", "level", "region", "region_year", "period", "age"]
    rows = pd.DataFrame(sorted(keys, key=keyed), columns=names)
    rows["region"] = rows["level"] + rows["region"]
    every = observations(**rows.to_dict("list"), value=list(range(len(rows))))
    paths_ = [tmp_path / "whole.parquet", tmp_path / "some.parquet"]
    with packing.write_observations(paths_[0]) as add:
        for indicator in rows["indicator"].unique():
            add(every[every["indicator"] == indicator].sample(frac=1, random_state=1))
    with packing.write_observations(paths_[1]) as add:
        for _, mine in every.groupby("indicator"):
            for first in range(0, len(mine), at_once):
                add(mine.iloc[first : first + at_once])
    whole, some = (pa.parquet.ParquetFile(path) for path in paths_)
    assert on_shelves(whole) == on_shelves(some)
    assert max(whole.metadata.row_group(n).num_rows for n in range(whole.num_row_groups)) <= packing.AT_ONCE
    found = whole.read().to_pandas().sort_values("value", ignore_index=True)
    pd.testing.assert_frame_equal(found, every, check_dtype=False)
    for path in paths_:
        path.unlink()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.dictionaries(
        st.tuples(
            st.sampled_from(["NL", "GM0197", "GM0222", "WK019701", "BU01970001"]),
            st.sampled_from(["2018", "2019", "2020"]),
            st.sampled_from(["", "65+"]),
        ),
        st.sampled_from([1.0, 2.0, np.nan]),
        min_size=1,
    ),
    at_once=st.integers(1, 8),
)
def test_some_periods_at_a_time_give_what_all_at_once_give(monkeypatch, cells, at_once):
    frame = pd.DataFrame([{**dict(zip(KEY, key, strict=True)), "n": n} for key, n in cells.items()])
    table = Wide.of(frame.set_index(KEY).sort_index())
    item = count("mensen", Edition(source="bron", value="n", periods=("2018", "2019")))

    def observed() -> list[pd.DataFrame]:
        return [
            rows.drop(columns="place") for rows in measure.Figures(source("bron"), table).observe(item, item.edition[0])
        ]

    whole = observed()
    monkeypatch.setattr(observe, "AT_ONCE", at_once)
    some = observed()
    moments = [{*zip(rows["age"], rows["period"], strict=True)} for rows in some]
    assert [m for found in moments for m in sorted(found)] == sorted({m for found in moments for m in found})
    assert all(len(rows) <= at_once or len(found) == 1 for rows, found in zip(some, moments, strict=True))
    one, other = (
        shelf.plain(pd.concat(map(shelf.plain, found))).sort_values(store.KEY, ignore_index=True) if found else None
        for found in (whole, some)
    )
    assert (one is None) == (other is None)
    if one is not None:
        pd.testing.assert_frame_equal(one, other)


def test_what_was_not_asked_is_said_once_and_what_is_not_published_has_no_rows():
    figures = wide(
        {
            ("GM0197", "2019"): {"n": 5},
            ("GM0222", "2019"): {"n": np.nan},
            ("BU01970001", "2019"): {"n": np.nan},
            ("GM0197", "2020"): {"n": np.nan},
            ("GM0222", "2020"): {"n": np.nan},
        }
    )
    item = count("mensen", Edition(source="bron", value="n"))
    (rows,) = measure.Figures(source("bron"), figures).observe(item, item.edition[0])
    found = {(r.region, r.level, r.period): r.status for r in rows.itertuples()}
    assert found == {
        ("GM0197", "GM", "2019"): "ok",
        ("GM0222", "GM", "2019"): "missing",
        ("NL", "NL", "2020"): "not_asked",
    }
