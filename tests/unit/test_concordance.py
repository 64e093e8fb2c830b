"""Figures from one indeling in another: exact through mergers, by inhabitants through splits, never taken apart."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kavelmon import concordance, redivided, region_texts, store
from kavelmon.concordance import convert, flows
from kavelmon.model import KavelmonError, NotAggregable, NotFoundError
from kavelmon.regions import same_name

YEARS = range(2011, 2027)
HAAREN = 5827 + 4900 + 2149 + 1442
SUM, MEAN = {"rollup": "sum"}, {"rollup": "mean", "per": 100.0}


def observed(values: dict[str, float], year: int, denominators: dict[str, float] | None = None, **columns):
    frame = pd.DataFrame({"region": list(values), "value": list(values.values())})
    frame["denominator"] = frame["region"].map(denominators or {})
    base = {
        **{"indicator": "x", "source": "s", "level": "GM", "region_year": year, "period": str(year), "age": ""},
        **{"numerator": np.nan, "lower": np.nan, "upper": np.nan, "method": "", "status": "ok", "estimated": ""},
    }
    return frame.assign(**{**base, **columns})[store.COLUMNS]


def values(frame: pd.DataFrame) -> dict[str, float]:
    return dict(zip(frame["region"], frame["value"], strict=True))


def every(year: int, number: float = 1.0) -> dict[str, float]:
    return dict.fromkeys(sorted(store.regions().gemeenten(year)), number)


# where gemeenten went


@pytest.mark.parametrize("early", YEARS)
@pytest.mark.parametrize("late", [2016, 2020, 2026])
def test_every_gemeente_goes_somewhere_and_wholly(early, late):
    if early > late:
        return
    found = flows(early, late)
    assert set(found["from_code"]) == store.regions().gemeenten(early)
    assert set(found["to_code"]) == store.regions().gemeenten(late)
    assert found.groupby("from_code")["share"].sum().to_numpy() == pytest.approx(1.0)
    assert found["share"].between(0, 1, inclusive="right").all()
    assert ((found["share"] < 1) == (found["estimated"] != "")).all()


def test_beekdaelen_is_three_gemeenten():
    found = flows(2018, 2019).query("to_code == 'GM1954'")
    assert dict(zip(found["from_code"], found["share"], strict=True)) == {"GM0951": 1, "GM0881": 1, "GM0962": 1}


def test_haaren_went_to_four():
    found = flows(2020, 2021).query("from_code == 'GM0788'").set_index("to_code")
    people = {"GM0824": 5827, "GM0865": 4900, "GM0757": 2149, "GM0855": 1442}
    assert dict(found["share"]) == pytest.approx({code: n / HAAREN for code, n in people.items()})
    assert "Haaren is op 1 januari 2021 verdeeld over vier gemeenten: 15 %" in found.loc["GM0757", "estimated"]


def test_where_only_land_went_nothing_goes():
    found = flows(2015, 2016).query("from_code == 'GM0424'")
    assert found[["to_code", "share", "estimated"]].to_numpy().tolist() == [["GM1942", 1.0, ""]]


def test_inhabitants_are_those_of_the_first_year():
    found = flows(2018, 2019)
    rows = store.read(["inwoners"], sources=["cbs_kwb_geoinzicht"], levels=["GM"], periods=["2018"])
    assert found["inhabitants"].sum() == pytest.approx(rows["value"].sum())


def test_a_merger_halfway_the_year_follows_the_codes_of_the_file():
    with_weesp = store.regions().gemeenten(2022)
    assert set(flows(2022, 2023, with_weesp).query("to_code == 'GM0363'")["from_code"]) == {"GM0363", "GM0457"}
    without = flows(2022, 2023, with_weesp - {"GM0457"})
    assert set(without.query("to_code == 'GM0363'")["from_code"]) == {"GM0363"}
    assert "GM0457" not in set(without["from_code"])


def test_backwards_only_the_same_and_the_renamed_are_there():
    found = flows(2016, 2015)
    pairs = dict(zip(found["from_code"], found["to_code"], strict=True))
    assert pairs["GM1945"] == "GM0241"  # Berg en Dal was Groesbeek
    assert pairs["GM0294"] == "GM0294"
    assert not {"GM1942", "GM0385"} & set(pairs)  # Gooise Meren is new, Edam-Volendam got Zeevang
    assert pairs["GM0457"] == "GM0457"  # Weesp got land, and nobody with it
    assert set(found["share"]) == {1.0}


# figures


amounts = st.floats(0.01, 1e7)


@st.composite
def country(draw, year: int) -> dict[str, float]:
    codes = sorted(store.regions().gemeenten(year))
    numbers = draw(st.lists(amounts, min_size=len(codes), max_size=len(codes)))
    return dict(zip(codes, numbers, strict=True))


@settings(max_examples=25, deadline=None)
@given(st.data(), st.sampled_from(YEARS), st.sampled_from(YEARS))
def test_a_sum_is_conserved(data, one, other):
    early, late = sorted((one, other))
    numbers = {c: data.draw(amounts) for c in data.draw(st.sets(st.sampled_from(sorted(every(early)))))}
    given_ = {**every(early), **numbers}
    found = convert(observed(given_, early), late, **SUM)
    assert set(found["region"]) == store.regions().gemeenten(late)
    assert found["value"].sum() == pytest.approx(sum(given_.values()), rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_by_way_of_a_year_in_between_is_the_same(data):
    early, middle, late = sorted(data.draw(st.tuples(*[st.sampled_from(YEARS)] * 3)))
    numbers = {c: data.draw(amounts) for c in data.draw(st.sets(st.sampled_from(sorted(every(early)))))}
    rows = observed({**every(early), **numbers}, early)
    assert values(convert(convert(rows, middle, **SUM), late, **SUM)) == pytest.approx(
        values(convert(rows, late, **SUM))
    )


@settings(max_examples=25, deadline=None)
@given(st.data(), st.sampled_from(YEARS))
def test_only_the_wanted_gemeenten_need_rows(data, early):
    late = 2026
    wanted = data.draw(st.sets(st.sampled_from(sorted(every(late))), min_size=1))
    flow = flows(early, late)
    numbers = {c: data.draw(amounts) for c in sorted(set(flow.loc[flow["to_code"].isin(wanted), "from_code"]))}
    found = values(convert(observed(numbers, early), late, codes=wanted, **SUM))
    assert found.keys() == wanted
    whole = values(convert(observed({**every(early), **numbers}, early), late, **SUM))
    assert found == pytest.approx({c: whole[c] for c in wanted})


def test_the_population_of_beekdaelen_in_2018_by_hand():
    # as they went over on 1 January 2019: Nuth 15,187, Onderbanken 7,782, Schinnen 12,758
    rows = observed({"GM0951": 15187, "GM0881": 7782, "GM0962": 12758}, 2018)
    found = convert(rows, 2019, codes=["GM1954"], **SUM)
    assert found[["region", "region_year", "value", "estimated"]].to_numpy().tolist() == [["GM1954", 2019, 35727, ""]]


def test_a_rate_moves_through_its_numerator_and_denominator():
    rates, people = {"GM0951": 10.0, "GM0881": 20.0, "GM0962": 30.0}, {"GM0951": 100, "GM0881": 200, "GM0962": 700}
    found = convert(observed(rates, 2018, people), 2019, codes=["GM1954"], **MEAN).iloc[0]
    assert (found["numerator"], found["denominator"]) == (10 + 40 + 210, 1000)
    assert found["value"] == 26.0


def test_a_rate_through_a_split_by_hand():
    # Boxtel 2021 = Boxtel 2020 and 2,149 of the 14,318 inhabitants of Haaren
    found = convert(
        observed({"GM0757": 10.0, "GM0788": 20.0}, 2020, {"GM0757": 30000, "GM0788": 14000}),
        2021,
        codes=["GM0757"],
        **MEAN,
    ).iloc[0]
    part = 2149 / 14318
    assert found["value"] == pytest.approx(100 * (3000 + part * 2800) / (30000 + part * 14000))
    assert found["estimated"].startswith("Haaren is op 1 januari 2021 verdeeld over vier gemeenten: 15 %")


def test_an_unchanged_gemeente_keeps_its_row_with_margins():
    rows = observed({"GM0294": 12.3}, 2018, lower=11.0, upper=13.0, method="bron")
    found = convert(rows, 2026, codes=["GM0294"], **MEAN).iloc[0]
    assert (found["value"], found["lower"], found["upper"], found["method"]) == (12.3, 11.0, 13.0, "bron")
    merged = convert(
        observed({"GM0265": 1.0, "GM0282": 1.0, "GM0241": 1.0}, 2014, lower=0.5), 2015, codes=["GM0241"], **SUM
    )
    assert np.isnan(merged["lower"].iat[0])


def test_a_part_that_is_not_known_makes_no_figure():
    rows = observed({"GM0951": 1.0, "GM0881": np.nan, "GM0962": 3.0}, 2018)
    rows["status"] = rows["status"].where(rows["value"].notna(), "suppressed")
    found = convert(rows, 2019, codes=["GM1954"], **SUM).iloc[0]
    assert np.isnan(found["value"])
    assert found["status"] == "suppressed"
    rows = observed({"GM0951": 1.0, "GM0881": 2.0, "GM0962": 3.0}, 2018)
    rows.loc[0, "status"] = "provisional"
    assert convert(rows, 2019, codes=["GM1954"], **SUM)["status"].tolist() == ["provisional"]


def test_the_indicator_says_how_it_moves():
    rows = store.read(["inwoners"], sources=["cbs_70072ned_panel"], levels=["GM"], periods=["2016"])
    assert convert(rows, 2026)["value"].sum() == rows["value"].sum() == 16979120
    classes = store.read(["leefbaarheid_klasse"], levels=["GM"], periods=["2016"])
    with pytest.raises(NotAggregable, match="is not one whole region of the other indeling"):
        convert(classes, 2019)
    same = convert(classes, 2019, codes=["GM0294"])
    assert values(same) == {"GM0294": values(classes)["GM0294"]}


# refusals


def test_a_code_that_stays_while_the_area_grew_is_another_area():
    rows = observed({"GM0014": 1.0, "GM0009": 1.0, "GM0017": 1.0}, 2018)
    with pytest.raises(NotAggregable, match=r"Groningen \(GM0014\) is not one whole region"):
        convert(rows, 2019, codes=["GM0014"], rollup="none")


@pytest.mark.parametrize(
    ("code", "early", "late", "said"),
    [
        ("GM0962", 2018, 2019, r"Schinnen \(GM0962\) of 2018 lies in Beekdaelen \(GM1954\), which holds more in 2019"),
        ("GM0014", 2018, 2019, r"Groningen .* lies in Groningen .*, which holds more"),
        ("GM0788", 2020, 2021, r"Haaren \(GM0788\) of 2020 was divided over Boxtel"),
    ],
)
def test_a_former_gemeente_is_not_taken_out_of_a_merged_one(code, early, late, said):
    there = convert(observed(every(early), early), late, **SUM)
    with pytest.raises(NotAggregable, match=said):
        convert(there, early, codes=[code], **SUM)
    with pytest.raises(NotAggregable, match="cannot be told from those figures"):
        convert(there, early, **SUM)


def test_a_rename_and_an_unchanged_gemeente_go_back():
    there = observed({"GM1945": 5.0, "GM0294": 7.0}, 2016)
    assert values(convert(there, 2015, codes=["GM0241", "GM0294"], **SUM)) == {"GM0241": 5.0, "GM0294": 7.0}


def test_too_many_inhabitants_without_a_row_are_refused():
    rows = observed({c: 1.0 for c in every(2018) if c not in ("GM0363", "GM0599")}, 2018)
    with pytest.raises(
        KavelmonError, match=r"of the inhabitants of 2026 \(level GM, 2 of 342 regions\) have no figure"
    ):
        convert(rows, 2026, **SUM)
    found = convert(observed({c: 1.0 for c in every(2018) if c != "GM0962"}, 2018), 2026, **SUM).set_index("region")
    assert np.isnan(found.loc["GM1954", "value"])
    assert found.loc["GM1954", "status"] == "missing"
    assert found["value"].notna().sum() == 341


@pytest.mark.parametrize(
    ("rows", "to_year", "error", "said"),
    [
        (observed({"GM1954": 1.0}, 2018), 2026, NotFoundError, '"GM1954" is not in the indeling of 2018'),
        (observed({"GM0294": 1.0, "WK029400": 1.0}, 2020), 2026, KavelmonError, "rows of level GM, WK"),
        (observed({"GM0294": 1.0}, 2020), 2010, NotFoundError, "2011 is the first year"),
        (observed({"WK029400": 1.0}, 2019), 2020, KavelmonError, "no list of level WK for 2019"),
    ],
)
def test_rows_that_cannot_be_placed_are_refused(rows, to_year, error, said):
    with pytest.raises(error, match=said):
        convert(rows.assign(source="cbs_84799ned"), to_year, **SUM)


def test_a_wanted_code_that_is_not_there_and_a_row_that_is_there_twice():
    with pytest.raises(NotFoundError, match='"GM0962" is not in the indeling of 2026'):
        convert(observed({"GM0294": 1.0}, 2018), 2026, codes=["GM0962"], **SUM)
    rows = observed({"GM0294": 1.0}, 2018)
    with pytest.raises(KavelmonError, match="GM0294 stands twice"):
        convert(pd.concat([rows, rows]), 2026, codes=["GM0294"], **SUM)


# wijken and buurten


def test_a_wijk_with_the_same_code_and_name_is_the_same_wijk():
    flow, sources, targets, reasons = redivided.small_flows("WK", 2020, 2024, overlay=True)
    names = store.regions().small
    assert (len(sources), len(targets)) == (3177, 3393)
    assert set(flow["share"]) == {1.0}
    assert set(flow["estimated"]) == {""}
    for code in flow["from_code"]:
        assert same_name(names[code, 2020], names[code, 2024])
    assert set(reasons) == targets - set(flow["to_code"])
    assert "borders of both years are not there" in reasons["WK003401"]


def test_changed_wijken_are_laid_over_each_other_and_marked():
    flow, _, targets, reasons = redivided.small_flows("WK", 2022, 2024, overlay=True)
    laid = flow[flow["estimated"] != ""]
    assert set(laid["estimated"]) == {region_texts.OVERLAY}
    assert "benaderd" in region_texts.OVERLAY
    assert len(laid) > 250
    assert (flow.groupby("from_code")["share"].sum() < 1 + 1e-9).all()
    assert len(reasons) < 0.01 * len(targets)
    # Skarsterlân is written without its hat in 2022: that is no other name
    assert flow.query("from_code == 'WK007407'")[["to_code", "share"]].to_numpy().tolist() == [["WK007407", 1.0]]
    # what comes out of it is near to what CBS counts two years later
    people = redivided.known_of(laid["to_code"], 2024)
    made = laid.groupby("to_code")["inhabitants"].sum()
    off = [abs(n / people[c] - 1) for c, n in made.items() if people.get(c, 0) > 500]
    assert np.median(off) < 0.03


def test_modelled_estimates_of_wijken_go_by_list_only():
    rows = store.read(["inwoners"], sources=["cbs_85318ned_tmap"], levels=["WK"], periods=["2022"])
    found = convert(rows, 2024)
    assert (found["estimated"] == region_texts.OVERLAY).sum() > 200
    assert found["value"].sum() == pytest.approx(rows["value"].sum(), rel=0.01)
    with pytest.raises(KavelmonError, match="a modelled estimate is not laid over other borders"):
        convert(rows.assign(source="rivm_50090ned"), 2024, **SUM)
    known = convert(rows.assign(source="rivm_50090ned"), 2024, codes=["WK029400"], **SUM)
    assert known["estimated"].tolist() == [""]


def test_buurten_go_by_list():
    flow, _, _, reasons = redivided.small_flows("BU", 2020, 2024, overlay=True)
    assert (flow["from_code"] == flow["to_code"]).all()
    assert reasons
    with pytest.raises(KavelmonError, match="no list of level BU for 2022; there are lists of 2020, 2024"):
        redivided.small_flows("BU", 2022, 2024, overlay=True)


def test_nothing_asked_nothing_given():
    assert convert(observed({}, 2018), 2026, **SUM).empty
    assert list(flows(2018, 2019).columns) == concordance.COLUMNS
