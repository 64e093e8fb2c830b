"""What an update says is different: figures that came, changed or went."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kavelmon import packing, store
from kavelmon.live import changes, compared
from kavelmon.live.archive import Archive
from kavelmon.live.parts import Brought, Part
from kavelmon.store import Store

ROWS = {"level": "GM", "region_year": 2020, "age": "", "method": "", "status": "ok", "estimated": ""}


def made(folder: Path, figures: dict[tuple[str, str, str, str], float]) -> Store:
    """A store of figures by source, indicator, region and period."""
    folder.mkdir()
    with packing.write_observations(folder / store.OPEN) as add:
        for indicator in sorted({name for _, name, _, _ in figures}):
            found = [
                {"source": s, "region": r, "period": p, "value": v}
                for (s, i, r, p), v in figures.items()
                if i == indicator
            ]
            numbers = dict.fromkeys(("numerator", "denominator", "lower", "upper"), np.nan)
            add(pd.DataFrame(found).assign(indicator=indicator, **ROWS, **numbers)[store.COLUMNS])
    named = [{"name": name, "table": store.OPEN} for name in sorted({s for s, *_ in figures})]
    (folder / "datapackage.json").write_text(json.dumps({"sources": named}), encoding="utf-8")
    return Store(folder)


def change(before: list[Store], now: Store, tmp_path: Path) -> changes.Change:
    brought = Brought("bron", (Part("", "VERZONNEN", "1", {}),))
    told = compared.figures({"bron": {"ziek", "moe"}}, before, now)["bron"]
    return changes.of(told, brought, brought, Archive(tmp_path / "answers"))


def test_figures_that_came_changed_and_went_are_counted(tmp_path: Path) -> None:
    old = {
        ("bron", "ziek", "GM0197", "2019"): 1.0,
        ("bron", "ziek", "GM0222", "2019"): 2.0,
        ("bron", "ziek", "GM0294", "2019"): 3.0,
        ("bron", "moe", "GM0197", "2018"): np.nan,
        ("ander", "ziek", "GM0197", "2019"): 9.0,
    }
    new = {
        ("bron", "ziek", "GM0197", "2019"): 1.0 + 1e-12,
        ("bron", "ziek", "GM0222", "2019"): 2.5,
        ("bron", "ziek", "GM0294", "2019"): np.nan,
        ("bron", "ziek", "GM0197", "2020"): 4.0,
        ("bron", "moe", "GM0197", "2018"): 5.0,
    }
    older = made(tmp_path / "older", {("bron", "ziek", "GM0197", "1999"): 7.0})
    found = change([made(tmp_path / "old", old), older], made(tmp_path / "new", new), tmp_path)
    assert (found.first, found.figures) == (False, 4)
    assert (found.came, found.changed, found.gone) == (2, 1, 1)
    assert (found.periods, found.periods_gone) == (("2018", "2020"), ())


def test_the_first_figures_of_a_source_are_all_new(tmp_path: Path) -> None:
    new = {("bron", "ziek", "GM0197", "2019"): 1.0, ("bron", "ziek", "GM0222", "2019"): 2.0}
    found = change([], made(tmp_path / "new", new), tmp_path)
    assert (found.first, found.came, found.changed, found.gone) == (True, 2, 0, 0)


FIGURES = st.dictionaries(
    st.tuples(
        st.sampled_from(["bron", "ander"]),
        st.sampled_from(["ziek", "moe"]),
        st.sampled_from(["GM0197", "GM0222", "GM0294"]),
        st.sampled_from(["2018", "2019", "2020", "2021"]),
    ),
    st.sampled_from([1.0, 2.0, np.nan]),
    min_size=1,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=FIGURES, new=FIGURES, at_once=st.integers(1, 6), packed=st.integers(1, 5))
def test_some_periods_at_a_time_tell_the_same_as_all_at_once(tmp_path_factory, monkeypatch, old, new, at_once, packed):
    monkeypatch.setattr(compared, "_AT_ONCE", at_once)
    monkeypatch.setattr(packing, "AT_ONCE", packed)
    folder = tmp_path_factory.mktemp("both")
    before, now = made(folder / "old", old), made(folder / "new", new)
    found = compared.figures({name: {"ziek", "moe"} for name in ("bron", "ander")}, [before], now)
    for source, told in found.items():
        was, there = ({k: v for k, v in of.items() if k[0] == source and v == v} for of in (old, new))
        assert told.figures == len(there)
        assert told.came == len(there.keys() - was.keys())
        assert told.gone == len(was.keys() - there.keys())
        assert told.changed == sum(there[key] != was[key] for key in there.keys() & was.keys())
        assert told.otherwise == 0
        assert (told.periods, told.old_periods) == ({k[3] for k in there}, {k[3] for k in was})
