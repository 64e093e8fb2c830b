import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kavelmon import cells, rollup, store
from kavelmon.model import Edition, Indicator, NotAggregable
from kavelmon.rollup import MIN_COVERAGE, Parts, country, parts_of, roll_up
from kavelmon.source_model import Source

SHARE = Indicator(id="x", title="X", unit="%", edition=(Edition(source="s", value="v", denominator="inwoners"),))
COUNT = Indicator(id="n", title="N", unit="inwoners", rollup="sum", edition=(Edition(source="s", value="v"),))
CODES = ["GM0197", "GM0222", "GM0294", "GM1509", "GM1586", "GM1859", "GM1876", "GM1955"]


def rows(values, denominators, codes=CODES, **columns) -> pd.DataFrame:
    frame = pd.DataFrame({"region": codes[: len(values)], "value": values, "denominator": denominators})
    base = {"level": "GM", "region_year": 2020, "period": "2020", "numerator": np.nan, "lower": np.nan, "upper": np.nan}
    texts = {"method": "", "status": "ok", "estimated": "", "age": ""}
    frame = frame.assign(**{**base, **texts, **columns})
    return frame.assign(status=frame["status"].where(frame["value"].notna(), "suppressed"))


def whole(frame: pd.DataFrame) -> Parts:
    columns = cells.of_frame(frame)
    rows = np.arange(len(frame))
    return Parts(columns, rows, np.ones(len(frame)), dict.fromkeys(columns.region, 1.0), "GM")


parts = st.lists(st.tuples(st.floats(0, 100), st.floats(1, 1e6)), min_size=2, max_size=8)


@given(parts, st.randoms())
def test_a_share_is_a_ratio_of_sums_in_any_order(figures, random):
    values, weights = zip(*figures, strict=True)
    frame = rows(values, weights)
    out = roll_up(SHARE, SHARE.edition[0], whole(frame))
    people = 0.0
    for value, weight in figures:
        people += value / 100 * weight
    assert out["value"] == pytest.approx(100 * people / sum(weights))
    assert min(values) - 1e-9 <= out["value"] <= max(values) + 1e-9
    order = list(range(len(frame)))
    random.shuffle(order)
    again = roll_up(SHARE, SHARE.edition[0], whole(frame.iloc[order]))
    assert again["value"] == pytest.approx(out["value"])


@given(parts)
def test_a_roll_up_of_roll_ups_is_the_roll_up(figures):
    values, weights = zip(*figures, strict=True)
    frame = rows(values, weights)
    half = len(frame) // 2
    sides = [roll_up(SHARE, SHARE.edition[0], whole(part)) for part in (frame[:half], frame[half:]) if len(part)]
    together = rows([s["value"] for s in sides], [s["denominator"] for s in sides])
    if len(sides) == 2 and not any(math.isnan(s["denominator"]) for s in sides):
        out = roll_up(SHARE, SHARE.edition[0], whole(together))
        assert out["value"] == pytest.approx(roll_up(SHARE, SHARE.edition[0], whole(frame))["value"])


def test_a_rate_is_not_the_mean_of_rates():
    out = roll_up(SHARE, SHARE.edition[0], whole(rows([10.0, 50.0], [900.0, 100.0])))
    assert out["value"] == pytest.approx(14.0)


def test_below_the_coverage_there_is_no_figure_and_it_says_so():
    out = roll_up(SHARE, SHARE.edition[0], whole(rows([10.0, math.nan], [700.0, 300.0])))
    assert math.isnan(out["value"])
    assert out["coverage"] == pytest.approx(0.7)
    assert out["note"] == "Te weinig cijfers: bekend voor 70 % van het gebied."


def test_at_the_coverage_there_is_a_figure_over_what_is_known():
    out = roll_up(
        SHARE, SHARE.edition[0], whole(rows([10.0, math.nan], [MIN_COVERAGE * 1000, 1000 * (1 - MIN_COVERAGE)]))
    )
    assert out["value"] == pytest.approx(10.0)
    assert out["coverage"] == pytest.approx(0.8)


def test_a_count_of_an_incomplete_area_is_not_given():
    out = roll_up(COUNT, COUNT.edition[0], whole(rows([10.0, math.nan], [math.nan, math.nan])))
    assert math.isnan(out["value"])


def test_a_median_is_refused_with_its_reason():
    median = SHARE.model_copy(update={"rollup": "none", "rollup_reason": "Een mediaan is geen som."})
    with pytest.raises(NotAggregable, match="Een mediaan is geen som"):
        roll_up(median, median.edition[0], whole(rows([1.0, 2.0], [1.0, 1.0])))
    single = roll_up(median, median.edition[0], whole(rows([1.0], [1.0])))
    assert single["value"] == 1.0


def test_margins_of_independent_samples_are_combined():
    frame = rows([20.0, 30.0], [1000.0, 3000.0], lower=[18.0, 27.0], upper=[22.0, 33.0])
    out = roll_up(SHARE, SHARE.edition[0], whole(frame))
    assert (out["value"], out["lower"], out["upper"]) == pytest.approx((27.5, 25.195, 29.805), abs=5e-4)
    assert out["method"] == "bron"


def test_an_area_of_one_gemeente_keeps_the_published_figure_and_its_margins():
    frame = rows([20.0], [1000.0], lower=[18.3], upper=[22.9])
    out = roll_up(SHARE, SHARE.edition[0], whole(frame))
    assert (out["value"], out["lower"], out["upper"]) == (20.0, 18.3, 22.9)


def test_a_published_figure_is_not_an_approximation_whatever_its_denominator_is():
    frame = rows([20.0], [1000.0], estimated="noemer van 2020")
    assert roll_up(SHARE, SHARE.edition[0], whole(frame))["estimated"] == ""


def test_what_is_approximated_is_marked():
    frame = rows([20.0, 30.0], [1000.0, 3000.0], estimated=["noemer van 2020", ""])
    assert roll_up(SHARE, SHARE.edition[0], whole(frame))["estimated"] == "noemer van 2020"


def test_a_merged_gemeente_is_made_of_its_whole_predecessors():
    old = rows([10.0, 20.0, 30.0], [100.0, 100.0, 200.0], codes=["GM0951", "GM0881", "GM0962"], region_year=2016)
    parts = parts_of(cells.of_frame(old), ["GM1954"], store.regions())
    assert {parts.cells.region[n] for n in parts.rows} == {"GM0951", "GM0881", "GM0962"}
    assert roll_up(SHARE, SHARE.edition[0], parts)["value"] == pytest.approx(22.5)


def test_an_heir_of_a_divided_gemeente_counts_its_share_by_inhabitants_and_says_so():
    """Of the 14,318 inhabitants of Haaren 5,827 went to Oisterwijk (GM0824) and 1,442 to Tilburg (GM0855)."""
    old = cells.of_frame(rows([10.0, 20.0, 30.0], [100.0, 100.0, 300.0], codes=["GM0788", "GM0824", "GM0855"]))
    share = 5827 / 14318
    out = roll_up(SHARE, SHARE.edition[0], parts_of(old, ["GM0824"], store.regions()))
    assert out["value"] == pytest.approx((20.0 * 100 + 10.0 * 100 * share) / (100 + 100 * share))
    assert out["denominator"] == pytest.approx(100 + 100 * share)
    assert "Haaren is op 1 januari 2021 verdeeld over vier gemeenten: 41 % ervan telt hier mee" in out["estimated"]
    both = roll_up(SHARE, SHARE.edition[0], parts_of(old, ["GM0824", "GM0855"], store.regions()))
    assert both["denominator"] == pytest.approx(400 + 100 * (5827 + 1442) / 14318)


def test_a_count_of_an_heir_counts_its_share_too():
    old = rows([1000.0, 500.0], [math.nan, math.nan], codes=["GM0788", "GM0855"])
    out = roll_up(COUNT, COUNT.edition[0], parts_of(cells.of_frame(old), ["GM0855"], store.regions()))
    assert out["value"] == pytest.approx(500 + 1000 * 1442 / 14318)


def test_an_area_of_wijken_says_what_is_known_of_the_gemeente_only():
    frame = cells.of_frame(rows([12.5], [300.0], codes=["GM0294"]))
    out = roll_up(SHARE, SHARE.edition[0], parts_of(frame, ["WK029400", "WK029401"], store.regions()))
    assert math.isnan(out["value"])
    assert out["note"] == "Alleen per gemeente bekend: Winterswijk 12,5\u00a0%."


def test_a_wijk_without_a_row_of_its_own_is_made_of_its_buurten():
    codes = ["BU02940000", "BU02940001", "BU02940100"]
    frame = cells.of_frame(rows([10.0, 30.0, 90.0], [100.0, 300.0, 500.0], codes=codes, level="BU"))
    out = roll_up(SHARE, SHARE.edition[0], parts_of(frame, ["WK029400"], store.regions()))
    assert out["value"] == pytest.approx(25.0)


def test_all_heirs_of_a_divided_gemeente_together_do():
    heirs = ["GM0757", "GM0824", "GM0855", "GM0865"]
    old = rows([10.0, 20.0, 30.0, 40.0, 50.0], [100.0] * 5, codes=[*heirs, "GM0788"])
    out = roll_up(SHARE, SHARE.edition[0], parts_of(cells.of_frame(old), heirs, store.regions()))
    assert out["value"] == pytest.approx(30.0)


def test_wijken_stand_in_where_there_are_no_gemeenten():
    frame = rows([10.0, 30.0], [100.0, 300.0], codes=["WK029400", "WK029401"], level="WK")
    parts = parts_of(cells.of_frame(frame), ["GM0294"], store.regions())
    assert parts.level == "WK"
    assert roll_up(SHARE, SHARE.edition[0], parts)["value"] == pytest.approx(25.0)
    wider = parts_of(cells.of_frame(frame), ["GM0294", "GM0197"], store.regions())
    for lacking, coverage in ((60.0, 400 / 460), (600.0, 0.4)):
        out = roll_up(SHARE, SHARE.edition[0], wider, lambda codes, lacking=lacking: dict.fromkeys(codes, lacking))
        assert out["coverage"] == pytest.approx(coverage)
        assert math.isnan(out["value"]) == (coverage < MIN_COVERAGE)


def test_a_country_of_which_gemeenten_are_absent_is_no_sum():
    frame = rows([10.0, 30.0], [math.nan, math.nan])
    assert country(COUNT, COUNT.edition[0], cells.of_frame(frame))["value"] == 40.0
    assert math.isnan(country(COUNT, COUNT.edition[0], cells.of_frame(frame), {*CODES})["value"])


def test_the_country_is_the_published_row_else_a_marked_sum():
    frame = rows([10.0, 30.0], [100.0, 300.0])
    assert country(SHARE, SHARE.edition[0], cells.of_frame(frame))["estimated"] == "som van gemeenten"
    published = pd.concat([frame, rows([26.0], [420.0], codes=["NL"], level="NL")], ignore_index=True)
    assert country(SHARE, SHARE.edition[0], cells.of_frame(published))["value"] == 26.0


@pytest.mark.parametrize("method", ["byar", "wilson"])
def test_counts_allow_an_interval_only_where_that_is_declared(method):
    frame = rows([math.nan, math.nan], [1000.0, 3000.0], numerator=[40.0, 60.0])
    frame = frame.assign(value=frame["numerator"] / frame["denominator"] * 100, status="ok")
    assert math.isnan(roll_up(SHARE, SHARE.edition[0], whole(frame))["lower"])
    edition = SHARE.edition[0].model_copy(update={"interval": method})
    out = roll_up(SHARE, edition, whole(frame))
    assert out["lower"] < out["value"] == 2.5 < out["upper"]
    assert out["method"] == method


@pytest.mark.parametrize(("method", "lower", "upper"), [("survey", 25.195, 29.805), ("model", 24.750, 30.250)])
def test_margins_of_estimates_of_one_model_do_not_cancel_out(monkeypatch, method, lower, upper):
    """Method notes 6.2: the errors of gemeenten are independent in a survey, and shared in a model."""
    sources = {"bron": Source(id="bron", publisher="A", title="B", table="C", kind="statline", method=method,
                              licence="CC BY 4.0", files=("x",))}  # fmt: skip
    monkeypatch.setattr(rollup.declarations, "default", lambda: SimpleNamespace(sources=sources))
    rows = pd.DataFrame({
        "region": ["GM0001", "GM0002"], "level": "GM", "value": [20.0, 30.0], "numerator": np.nan,
        "denominator": [1000.0, 3000.0], "lower": [18.0, 27.0], "upper": [22.0, 33.0], "method": "bron", "status": "ok",
        "estimated": "", "period": "2020", "region_year": 2020, "age": "",
    })  # fmt: skip
    item = Indicator(id="i", title="I", unit="%", edition=(Edition(source="bron", value="v", denominator="n"),))
    found = rollup.roll_up(item, item.edition[0], whole(rows))
    assert (found["value"], found["lower"], found["upper"]) == pytest.approx((27.5, lower, upper), abs=5e-4)
    assert Source(**sources["bron"].model_dump() | {"correlation": 0.5}).shared_error == 0.5


def test_a_wijk_that_had_other_borders_then_is_left_out_and_that_is_said():
    small = {("WK029400", 2020): "Oud", ("WK029400", 2024): "Heel anders", ("WK029401", 2024): "Wijk 01 Land"}
    held = dataclasses.replace(store.regions(), small=small)
    frame = cells.of_frame(rows([10.0, 30.0], [100.0, 300.0], codes=["WK029400", "WK029401"], level="WK"))
    out = roll_up(SHARE, SHARE.edition[0], parts_of(frame, ["WK029400"], held))
    assert math.isnan(out["value"])
    assert out["note"] == "In 2020 had Heel anders andere grenzen."
    out = roll_up(SHARE, SHARE.edition[0], parts_of(frame, ["WK029400", "WK029401"], held))
    assert math.isnan(out["value"])
    assert out["coverage"] == pytest.approx(0.5)
    as_it_was = parts_of(frame, ["WK029400"], held, then=True)
    assert roll_up(SHARE, SHARE.edition[0], as_it_was)["value"] == 10.0
