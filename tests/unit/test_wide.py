"""The wide table that loaders return: put together page by page, its figures on the disk until they are asked for."""

import errno
import gc
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kavelmon import shelf
from kavelmon.model import SourceError
from kavelmon.sources.spool import Spool
from kavelmon.sources.wide import IMPOSSIBLE, KEY, Wide, is_blank, together

NAMES = [*KEY, "margin"]
CELLS = st.tuples(
    st.sampled_from(["GM0197", "GM0222", "WK019701", "BU01970001", "NL"]),
    st.sampled_from(["2018", "2019", "2020"]),
    st.sampled_from(["", "65+"]),
    st.sampled_from(["value", "lower", "upper"]),
)
FIGURE = st.one_of(st.just(np.nan), st.floats(-1e6, 1e6).map(lambda x: round(x, 1)))


def page(rows: list[tuple], topics: dict[str, list[float]], blank: dict[str, list[bool]], first: int) -> pd.DataFrame:
    """Rows as `tables.cells` gives them."""
    found: dict = {name: pd.Categorical([row[n] for row in rows]) for n, name in enumerate(NAMES)}
    found |= {"_line": np.arange(first, first + len(rows)), **topics}
    found |= {is_blank(topic): np.array(told, dtype=bool) for topic, told in blank.items()}
    return pd.DataFrame(found | {"_file": shelf.constant("bron.csv", len(rows))})


@settings(max_examples=60, deadline=None)
@given(data=st.data(), keys=st.lists(CELLS, unique=True, min_size=1, max_size=40), size=st.integers(1, 12))
def test_pages_give_the_table_that_plain_loops_give(data, keys, size):
    figures = {t: data.draw(st.lists(FIGURE, min_size=len(keys), max_size=len(keys))) for t in ("ziek", "moe")}
    told = data.draw(st.lists(st.booleans(), min_size=len(keys), max_size=len(keys)))
    pages = []
    for n, first in enumerate(range(0, len(keys), size)):
        cut = slice(first, first + size)
        topics = {topic: column[cut] for topic, column in figures.items()}
        # every second page comes from a file that tells nothing of it
        pages.append(page(keys[cut], topics, {} if n % 2 else {"moe": told[cut]}, first + 2))
    if not any(key[3] == "value" for key in keys):
        with pytest.raises(SourceError, match=r"bron\.csv: no rows with the value itself, only margins"):
            together(pages)
        return
    wide = together(iter(pages))
    wanted = sorted(key[:3] for key in keys if key[3] == "value")
    assert wide.index.tolist() == wanted
    at = {key: n for n, key in enumerate(keys)}
    for kind in {key[3] for key in keys}:
        columns = getattr(wide, kind)
        assert [*columns] == ["ziek", "moe"]
        for topic in columns:
            found = [figures[topic][at[(*key, kind)]] if (*key, kind) in at else np.nan for key in wanted]
            np.testing.assert_array_equal(columns[topic], found)
    blank = [told[n] and not n // size % 2 for n in range(len(keys))]
    assert [*wide.reasons] == (["moe"] if any(blank) else [])
    for columns in (wide.value, wide.reasons):
        with pytest.raises(KeyError):
            columns["niemand"]
    assert wide.reasons.get("ziek") is None
    for reasons in wide.reasons.values():
        assert reasons.tolist() == [IMPOSSIBLE * blank[at[(*key, "value")]] for key in wanted]
    for number, key in enumerate(wanted):
        assert wide.row_of(*key) == number
    assert wide.row_of("GM9999", "2018", "") is None
    np.testing.assert_array_equal(wide.frame["ziek"], wide.value["ziek"])


def test_one_key_twice_is_refused_with_both_places():
    rows = [("GM0197", "2019", "", "value"), ("GM0222", "2019", "", "value"), ("GM0197", "2019", "", "value")]
    pages = [page(rows[:2], {"ziek": [1.0, 2.0]}, {}, 2), page(rows[2:], {"ziek": [3.0]}, {}, 2)]
    with pytest.raises(SourceError) as told:
        together(pages)
    assert str(told.value) == (
        "bron.csv, line 2 and bron.csv, line 2: the same key twice (GM0197, 2019); keep one of the two rows or files"
    )


def test_a_source_without_rows_is_refused():
    none = page([], {"ziek": []}, {}, 2)
    for pages, name in (([], "a source"), ([none, none], r"bron\.csv")):
        with pytest.raises(SourceError, match=f"^{name}: no rows of a gemeente, wijk, buurt or the country; fetch"):
            together(pages)


def test_nothing_of_a_spool_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gc.collect()  # what other tests let go
    opened = len(os.listdir("/proc/self/fd"))
    spool = Spool()
    spool.add({"ziek": np.arange(5.0)})
    spool.add({"ziek": np.array([np.nan, 7.5])})
    assert os.listdir(tmp_path) == []
    np.testing.assert_array_equal(spool.column("ziek"), [0, 1, 2, 3, 4, np.nan, 7.5])
    assert len(os.listdir("/proc/self/fd")) == opened + 1
    del spool
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) == opened


def test_counts_are_floats_so_that_one_can_be_taken_out():
    frame = pd.DataFrame({"region": ["GM0197"], "period": ["2020"], "age": [""], "aantal": [3]}).set_index(KEY)
    assert Wide.of(frame).value["aantal"].dtype == float


def test_a_folder_that_is_not_there_is_named(tmp_path, monkeypatch, recwarn):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "weg"))
    with pytest.raises(FileNotFoundError, match="weg"):
        Spool()
    gc.collect()
    assert not recwarn.list


def test_a_disk_that_is_full_at_the_end_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = Spool()
    spool.add({"ziek": np.arange(5.0)})

    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("pyarrow.parquet.ParquetWriter.close", full)
        with pytest.raises(OSError, match="No space left") as told:
            spool.column("ziek")
    assert told.value.filename == str(tmp_path)


def test_a_disk_without_room_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Path("/dev/full").open("r+b"))  # noqa: SIM115
    spool = Spool()
    with pytest.raises(OSError, match="No space left") as told:
        spool.add({"ziek": np.random.default_rng(1).random(100_000)})
    assert (told.value.errno, told.value.filename) == (errno.ENOSPC, str(tmp_path))
