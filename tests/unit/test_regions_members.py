"""Who was a member of an area when; and codes that are gone."""

import datetime as dt

import pytest

from kavelmon import abolished, declarations, store
from kavelmon.model import Area, CatalogueError, Member

BEFORE = {"GM0888", "GM0899", "GM0917", "GM0928", "GM0882", "GM0965", "GM1883", "GM0971", "GM0986"}


def test_montferland_left_the_achterhoek_and_came_back():
    area = declarations.default().area("achterhoek")
    with_montferland = {year for year in range(2011, 2027) if "GM1955" in area.codes_on(year)}
    assert with_montferland == {2011, 2012, 2013, 2014, 2015, 2016, 2024, 2025, 2026}
    assert area.codes_on(2026) == area.codes


def test_the_mijnstreek_had_three_other_gemeenten_before_2019():
    area = declarations.default().area("mijnstreek")
    assert set(area.codes_on(2018)) == BEFORE | {"GM0951", "GM0881", "GM0962"}
    assert set(area.codes_on(2019)) == BEFORE | {"GM1954"}
    assert area.codes_on(2019) == area.codes


@pytest.mark.parametrize(("area", "before", "since"), [("zuid_limburg", 18, 16), ("mijnstreek", 12, 10)])
def test_dated_members_are_what_todays_area_is_made_of(area, before, since):
    found = declarations.default().area(area)
    for year in range(2011, 2027):
        codes = set(found.codes_on(year))
        assert len(codes) == (before if year < 2019 else since)
        assert codes == set(store.regions().shares(found.codes, year).weights)
        assert store.regions().existing(codes, year) == codes


def test_every_declared_member_was_there_when_it_was_one():
    for area in declarations.default().areas.values():
        for year in range(2011, 2027):
            assert set(area.codes_on(year)) <= store.regions().gemeenten(year), (area.id, year)


def test_a_year_holds_from_its_first_to_its_last_day():
    member = Member(code="GM0294", valid_from=2012, valid_to=2014)
    assert (member.first_day, member.last_day) == (dt.date(2012, 1, 1), dt.date(2014, 12, 31))
    area = Area(id="x", title="X", member=(member,))
    assert [year for year in range(2010, 2017) if area.codes_on(year)] == [2012, 2013, 2014]
    exact = Member(code="GM0294", valid_from=dt.date(2012, 1, 2), valid_to=dt.date(2014, 1, 1))
    assert [y for y in range(2010, 2017) if Area(id="x", title="X", member=(exact,)).codes_on(y)] == [2013, 2014]


def test_an_undated_gemeente_is_what_it_was_made_of():
    regions = store.regions()
    assert regions.existing(["GM1954", "GM0294"], 2018) == {"GM0951", "GM0881", "GM0962", "GM0294"}
    assert regions.existing(["WK029401"], 2015) == {"WK029401"}
    # the same code, and no other: Leeuwarden of 2015 is Leeuwarden of 2015
    assert regions.existing(["GM0080"], 2015) == {"GM0080"}
    # of Winsum 11,947 went to Het Hogeland (four whole gemeenten besides), 1,558 to Westerkwartier
    assert regions.existing(["GM1966"], 2018) == {"GM0005", "GM1651", "GM1663", "GM0053"}
    assert "GM0053" not in regions.existing(["GM1969"], 2018)
    # no heir got half of Boarnsterhim in another case; here Leeuwarden got the most
    assert "GM0055" not in regions.existing(["GM1940"], 2013)


TOML = """
title = "Ergens"
kind = "regio"
[[member]]
code = "GM0962"
{dates}
"""


@pytest.mark.parametrize("dates", ["", "valid_to = 2019", "valid_to = 2019-01-01", "valid_from = 2020-01-01"])
def test_a_member_that_is_gone_is_a_fault_that_says_what_it_became(tmp_path, dates):
    (tmp_path / "kavels").mkdir()
    (tmp_path / "kavels" / "ergens.toml").write_text(TOML.format(dates=dates), encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        declarations.load(tmp_path)
    said = str(error.value)
    assert "kavels/ergens.toml: member GM0962: valid_to = " in said
    assert "abolished on 2019-01-01 and became GM1954; give valid_to = 2018-12-31" in said


def test_every_heir_of_a_divided_gemeente_is_named():
    area = Area(id="x", title="X", member=(Member(code="GM0788"),))
    (fault,) = abolished.faults(area, abolished.codes())
    assert "became GM0757, GM0824, GM0855, GM0865;" in fault


@pytest.mark.parametrize("dates", ["valid_to = 2018", "valid_to = 2018-12-31", "valid_from = 2010\nvalid_to = 2012"])
def test_a_member_until_it_was_abolished_is_right(tmp_path, dates):
    (tmp_path / "kavels").mkdir()
    text = TOML.format(dates=dates) + '[[member]]\ncode = "GM1954"\nvalid_from = 2019-01-01\n'
    (tmp_path / "kavels" / "ergens.toml").write_text(text, encoding="utf-8")
    assert declarations.load(tmp_path).area("ergens").codes == ("GM1954",)
