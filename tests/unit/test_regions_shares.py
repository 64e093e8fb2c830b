"""Today's area in the gemeenten of another year: whole through merges, by inhabitants through splits."""

import csv
import datetime as dt
from collections import defaultdict
from time import perf_counter

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kavelmon import store, texts
from kavelmon.model import NotFoundError
from kavelmon.regions import Divided, Regions, region_kind

HAAREN = 5827 + 4900 + 2149 + 1442  # inhabitants that went to Oisterwijk, Vught, Boxtel and Tilburg, as CBS gives them
HEIRS_OF_HAAREN = ["GM0824", "GM0865", "GM0757", "GM0855"]
YEARS = range(2011, 2027)
some_gemeenten = st.sets(st.sampled_from(sorted(store.regions().gemeenten(2026))), min_size=1)


@pytest.fixture(scope="module")
def regions() -> Regions:
    return store.regions()


def test_a_gemeente_that_never_changed_is_itself(regions):
    found = regions.shares("GM0294", 2011)
    assert (found.weights, found.divided) == ({"GM0294": 1.0}, ())


def test_merged_gemeenten_count_whole(regions):
    assert regions.shares("GM1954", 2018).weights == {"GM0951": 1.0, "GM0881": 1.0, "GM0962": 1.0}
    assert regions.shares("GM1954", 2019).weights == {"GM1954": 1.0}


@pytest.mark.parametrize(("heir", "people"), [*zip(HEIRS_OF_HAAREN, (5827, 4900, 2149, 1442), strict=True)])
def test_of_a_divided_gemeente_the_inhabitants_that_came_count(regions, heir, people):
    found = regions.shares([heir], 2020)
    assert found.weights == {heir: 1.0, "GM0788": pytest.approx(people / HAAREN)}
    assert found.divided == (Divided("GM0788", "Haaren", dt.date(2021, 1, 1), found.weights["GM0788"], 4),)
    assert regions.shares([heir], 2021).divided == ()


def test_heirs_together_hold_the_whole_of_a_divided_gemeente(regions):
    found = regions.shares(HEIRS_OF_HAAREN, 2020)
    assert found.weights == dict.fromkeys([*HEIRS_OF_HAAREN, "GM0788"], 1.0)
    assert found.divided == ()


def test_where_only_land_went_elsewhere_the_gemeente_is_whole(regions):
    # Muiden 2016: 6,206 inhabitants to Gooise Meren, 235 hectares without any to Weesp, which is Amsterdam since 2022
    assert regions.shares("GM1942", 2015).weights == {"GM0381": 1.0, "GM0424": 1.0, "GM0425": 1.0}
    assert regions.shares("GM1942", 2015).divided == ()
    assert regions.shares("GM0363", 2015).weights == {"GM0363": 1.0, "GM0457": 1.0}


def test_a_renamed_gemeente_of_which_a_part_went_elsewhere(regions):
    # De Fryske Marren (2015) was De Friese Meren (2014): 26,921 of the 27,501 of Skarsterlân, 783 of the 19,478 of
    # Boarnsterhim, Lemsterland and Gaasterlân-Sleat
    found = regions.shares("GM1940", 2013)
    skarsterlan, boarnsterhim = 26921 / (26921 + 580), 783 / (6018 + 11024 + 1653 + 783)
    expected = {"GM0082": 1.0, "GM0653": 1.0, "GM0051": skarsterlan, "GM0055": boarnsterhim}
    assert found.weights == pytest.approx(expected)
    assert {d.name: d.heirs for d in found.divided} == {"Skarsterlân": 2, "Boarnsterhim": 4}
    assert regions.shares("GM1940", 2015).weights == {"GM1921": 1.0}
    assert regions.shares("GM1940", 2015, {"GM1940"}).weights == {"GM1940": 1.0}


def test_a_merger_halfway_the_year_follows_the_codes_of_the_file(regions):
    assert regions.shares("GM0363", 2022, {"GM0363", "GM0457"}).weights == {"GM0363": 1.0, "GM0457": 1.0}
    assert regions.shares("GM0363", 2022, {"GM0363"}).weights == {"GM0363": 1.0}


def two_splits() -> Regions:
    """A became B and C (30 and 70 people), then C became D and E (20 and 80)."""
    columns = ["date", "from_code", "to_code", "kind", "inwoners"]
    moved = [
        ("2018-01-01", "GM0001", "GM0002", "split", 30),
        ("2018-01-01", "GM0001", "GM1903", "split", 70),
        ("2020-01-01", "GM1903", "GM1904", "split", 20),
        ("2020-01-01", "GM1903", "GM1905", "split", 80),
    ]
    return Regions(frozenset({"GM0001", "GM0002"}), pd.DataFrame(moved, columns=columns), {})


def test_along_a_chain_of_splits_the_share_is_a_product():
    regions = two_splits()
    assert regions.shares("GM1905", 2019).weights == {"GM1903": 0.8}
    found = regions.shares("GM1905", 2017)
    assert found.weights == {"GM0001": pytest.approx(0.7 * 0.8)}
    assert [(d.code, d.share) for d in found.divided] == [("GM1903", 0.8), ("GM0001", pytest.approx(0.56))]
    both = regions.shares(["GM1904", "GM1905"], 2017)
    assert both.weights == {"GM0001": 0.7}
    assert [d.code for d in both.divided] == ["GM0001"]
    every = regions.shares(["GM0002", "GM1904", "GM1905"], 2017)
    assert (every.weights, every.divided) == ({"GM0001": 1.0, "GM0002": 1.0}, ())


@given(some_gemeenten, st.sampled_from(YEARS))
def test_an_area_and_the_rest_of_the_country_share_every_gemeente_between_them(area, year):
    regions = store.regions()
    inside = regions.shares(area, year).weights
    outside = regions.shares(regions.gemeenten(2026) - area, year).weights
    assert {*inside, *outside} == regions.gemeenten(year)
    for code in regions.gemeenten(year):
        assert inside.get(code, 0.0) + outside.get(code, 0.0) == pytest.approx(1.0)


@given(some_gemeenten, st.sampled_from(YEARS))
def test_whole_gemeenten_are_those_that_nothing_was_taken_from(area, year):
    regions = store.regions()
    found = regions.shares(area, year)
    codes, reason = regions.predecessors(area, year)
    assert {*found.weights} <= codes
    if not reason:
        assert found.weights == dict.fromkeys(codes, 1.0)
        assert found.divided == ()
    assert {d.code for d in found.divided if d.code in found.weights} <= {
        c for c, share in found.weights.items() if share < 1
    }
    assert bool(found.divided) == any(share < 1 for share in found.weights.values())


def plainly(transfers: list[dict], area: set[str], year: int) -> dict[str, float]:
    """The same by following each inhabitant forwards: where do those of a gemeente of `year` live today?"""
    by_date: dict[str, list[dict]] = defaultdict(list)
    for row in transfers:
        if row["date"] > f"{year}-01-01":
            by_date[row["date"]].append(row)
    found = {}
    for start in store.regions().gemeenten(year):
        people = {start: 1.0}
        for date in sorted(by_date):
            moved: dict[str, float] = defaultdict(float)
            for code, part in people.items():
                rows = [r for r in by_date[date] if r["from_code"] == code]
                total = sum(float(r["inwoners"] or 1) for r in rows)
                for row in rows:
                    moved[row["to_code"]] += part * float(row["inwoners"] or 1) / total
                if not rows:
                    moved[code] += part
            people = moved
        if share := sum(part for code, part in people.items() if code in area):
            found[start] = share
    return found


def test_shares_are_those_that_plain_loops_over_the_published_list_give(regions, shared_data):
    with (shared_data / "regions" / "herindelingen.csv").open(encoding="utf-8", newline="") as file:
        transfers = list(csv.DictReader(file))
    heirs = sorted({t["to_code"] for t in transfers} & regions.gemeenten(2026))
    for year in YEARS:
        for code in heirs:
            assert regions.shares(code, year).weights == pytest.approx(plainly(transfers, {code}, year)), (code, year)
        together = {*heirs[::2], *HEIRS_OF_HAAREN}
        assert regions.shares(together, year).weights == pytest.approx(plainly(transfers, together, year)), year


def test_asking_again_costs_next_to_nothing(regions):
    area = frozenset(regions.gemeenten(2026))
    regions.shares(area, 2011, area)
    start = perf_counter()
    for _ in range(1000):
        regions.shares(area, 2011, area)
    assert perf_counter() - start < 0.5


def test_a_wijk_is_refused(regions):
    with pytest.raises(NotFoundError, match='"WK029401" is no gemeente code'):
        regions.shares(["GM0294", "WK029401"], 2020)


def test_the_sentence_about_a_divided_gemeente(regions):
    (haaren,) = regions.shares("GM0757", 2020).divided
    sentence = "Haaren is op 1 januari 2021 verdeeld over vier gemeenten: 15 % ervan telt hier mee, naar inwoners."
    assert haaren.text == sentence
    assert "minder dan 1 % ervan" in texts.divided("X", dt.date(2021, 1, 1), 2, 0.001)
    assert "meer dan 99 % ervan" in texts.divided("X", dt.date(2021, 1, 1), 12, 0.999)


@pytest.mark.parametrize(
    ("code", "kind"),
    [("GG1413", "GG"), ("ZK04", "ZK"), ("CR14", "CR"), ("PV25", "PV"), ("VR24", "VR"), ("GM0294", ""), ("GG14", "")],
)
def test_kinds_of_regions(code, kind):
    assert region_kind(code) == kind
