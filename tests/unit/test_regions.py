"""The sets of gemeenten per year are those that CBS published: 418 (2011) to 342 (2023 and later)."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kavelmon import store
from kavelmon.model import NotFoundError
from kavelmon.regions import Regions, level_of

COUNTS = {
    2011: 418, 2012: 415, 2013: 408, 2014: 403, 2015: 393, 2016: 390, 2017: 388, 2018: 380, 2019: 355, 2020: 355,
    2021: 352, 2022: 345, 2023: 342, 2024: 342, 2025: 342, 2026: 342,
}  # fmt: skip


@pytest.fixture(scope="module")
def regions() -> Regions:
    return store.regions()


@pytest.mark.parametrize(("year", "count"), COUNTS.items())
def test_the_number_of_gemeenten_per_year(regions, year, count):
    assert len(regions.gemeenten(year)) == count


@pytest.mark.parametrize("year", [2017, 2020, 2026])
def test_the_codes_are_those_of_the_published_lists(regions, shared_data, year):
    published = pd.read_csv(shared_data / "regions" / f"gemeenten_{year}.csv", dtype=str)["gm_code"]
    assert regions.gemeenten(year) == set(published)


def test_a_year_before_the_first_transfer_is_refused(regions):
    with pytest.raises(NotFoundError, match="2011 is the first year"):
        regions.gemeenten(2009)


def test_beekdaelen_is_three_whole_gemeenten_before_2019(regions):
    assert regions.predecessors("GM1954", 2018) == (frozenset({"GM0951", "GM0881", "GM0962"}), "")
    assert regions.predecessors("GM1954", 2019) == (frozenset({"GM1954"}), "")


def test_a_divided_gemeente_makes_its_heirs_not_comparable(regions):
    codes, reason = regions.predecessors("GM0855", 2020)
    assert codes == {"GM0855", "GM0788"}
    assert reason == "Haaren is op 2021-01-01 verdeeld"


def test_a_merger_halfway_the_year_counts_when_the_file_still_has_the_old_gemeente(regions):
    assert regions.predecessors("GM0363", 2022, {"GM0363", "GM0457"})[0] == {"GM0363", "GM0457"}
    assert regions.predecessors("GM0363", 2022, {"GM0363"})[0] == {"GM0363"}


def test_a_code_that_stays_while_the_area_grows_is_a_changed_one(regions):
    assert "GM0014" in regions.changed(2018, 2020)
    assert "GM0294" not in regions.changed(2011, 2026)


@given(st.sampled_from(range(2011, 2027)))
def test_todays_gemeenten_without_a_division_cover_each_old_gemeente_once(year):
    regions = store.regions()
    whole = [regions.predecessors(c, year) for c in regions.gemeenten(2026)]
    parts = [code for codes, reason in whole if not reason for code in codes]
    assert len(parts) == len(set(parts))
    assert set(parts) <= regions.gemeenten(year)
    divided = {code for codes, reason in whole if reason for code in codes}
    assert set(parts) | divided == regions.gemeenten(year)


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("NL", "NL"),
        ("GM0294", "GM"),
        ("WK0363AB", "WK"),
        ("BU0363AB01", "BU"),
        ("GM29", ""),
        ("PV20", ""),
        ("", ""),
        ("REST", "REST"),
    ],
)
def test_levels(code, level):
    assert level_of(code) == level
