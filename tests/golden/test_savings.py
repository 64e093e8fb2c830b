"""Savings: a worked vector, published numbers, the kavels to the cent, the own norm by plain loops from raw files."""

import math
import os

import numpy as np
import plainly
import pytest

from kavelmon import declarations, figures, store
from kavelmon.savings import estimate, methods, panel
from kavelmon.sources import files, vektis

CENT = 0.005
PRE = range(2015, 2021)
BY_FIRST = {2015: 30_862_315.61, 2016: 26.28e6, 2018: 18.42e6, 2019: 13.41e6}
BEFORE_MERGER = 2019  # of a gemeente that was divided on 1 January 2021 earlier files hold what is not hers


# ------------------------------------------------------------------------------------------------- worked by hand


def test_the_worked_vector():
    rates = np.array([[2000.0, 6000.0], [2100.0, 6400.0]])  # young and old, 2019 and 2020
    insured = np.array([[800.0, 200.0], [780.0, 220.0]])
    actual, expected = np.array([2_660_000.0, 2_850_000.0]), (rates * insured).sum(axis=1)
    assert expected.tolist() == [2_800_000.0, 3_046_000.0]
    before = np.array([True, False])
    assert methods.theta(actual, expected, before) == pytest.approx(0.95, rel=1e-12)
    ratio = methods.own_norm(actual, expected, before)
    assert (ratio * expected)[1] == pytest.approx(2_893_700, rel=1e-12)
    assert methods.saving((ratio * expected)[1], actual[1]) == pytest.approx(43_700, abs=1e-6)
    assert methods.moved(actual, expected, ratio)[1] == pytest.approx(0.015102, abs=5e-7)
    assert methods.saving(expected[1] * methods.level(actual)[1], actual[1]) == pytest.approx(196_000, abs=1e-6)


def test_gesundes_kinzigtal():
    # OptiMedis, 2013: EUR 75.5 million expected, 5.5 million less was spent, about EUR 170 for each of 33,000 insured
    assert methods.saving(75.5e6, 70.0e6) == 5.5e6
    assert methods.share(75.5e6, 70.0e6) == pytest.approx(0.0728477, abs=5e-8)
    assert methods.saving(75.5e6, 70.0e6) / 33_000 == pytest.approx(170, rel=0.02)


# -------------------------------------------------------------------------------------------------- the first kavel


@pytest.fixture(scope="module")
def achterhoek():
    return estimate("achterhoek")


def test_achterhoek_to_the_cent(achterhoek):
    assert achterhoek.theta == pytest.approx(0.9787767, abs=5e-8)
    assert achterhoek.actual_eur == pytest.approx(957_516_315.58, abs=CENT)
    assert achterhoek.saving_eur == pytest.approx(30_862_315.61, abs=CENT)
    assert (achterhoek.pre, achterhoek.year, achterhoek.start, achterhoek.what_if) == ((2015, 2020), 2023, 2021, False)


def test_achterhoek_beside_the_country_without_kavels():
    found = estimate("achterhoek", reference="others")
    assert found.theta == pytest.approx(0.9779546, abs=5e-8)
    assert found.saving_eur == pytest.approx(31_470_388.82, abs=CENT)


def test_the_amount_hangs_on_the_years_before(achterhoek):
    found = achterhoek.pre_periods.set_index("first")["saving_eur"]
    assert found[2015] == pytest.approx(BY_FIRST[2015], abs=CENT)
    for first, amount in BY_FIRST.items():
        assert found[first] == pytest.approx(amount, abs=5_000 if first > 2015 else CENT)
        assert estimate("achterhoek", pre=(first, 2020)).saving_eur == pytest.approx(found[first], abs=CENT)
    assert achterhoek.pre_periods["flagged"].tolist() == [True, False, False, False, False]


def test_the_level_is_no_saving():
    found = estimate("ede", "level")
    assert found.difference_eur == pytest.approx(25_716_388.74, abs=CENT)
    assert math.isnan(found.saving_eur)
    assert found.verdict.kind == "context"
    assert "besparing" not in found.text.lower() + " ".join(found.notes).lower()
    assert not found.payable
    theirs = figures.value("zvw_kosten_verhouding", "ede", "2023")
    assert 1 - found.share == pytest.approx(theirs["value"], rel=1e-12)


def test_an_area_has_the_sums_of_its_page(achterhoek):
    for name, mine in (("zvw_kosten_vergelijkbaar", achterhoek.actual_eur), ("zvw_kosten_verwacht", None)):
        theirs = figures.value(name, "achterhoek", "2023")
        held = theirs["numerator"] if mine else theirs["value"]
        assert held == (mine or pytest.approx(achterhoek.expected_eur / achterhoek.theta, rel=1e-14))


# -------------------------------------------------------------------------------------- from the raw files, by loops


@pytest.fixture(scope="module")
def plain(shared_data):
    if not list((shared_data / "vektis").glob("vektis_*_gemeente.csv")):
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop("needs the yearly files of Vektis in ../shared/data/vektis")
    return plainly.Raw(shared_data)


@pytest.fixture(scope="module")
def rates(plain):
    kavels = {
        member["code"]
        for area in plainly.declared("kavels").values()
        if area["kind"] == "kavel"
        for member in area["member"]
        if "valid_to" not in member
    }
    return {
        "NL": {year: plain.vektis_rates(year) for year in plain.vektis_cells},
        "others": {year: plain.vektis_rates(year, kavels) for year in plain.vektis_cells},
    }


def spent(plain, rates, code, year):
    """Return cost and expected cost of today's gemeente in a year; None where it was not made of whole gemeenten."""
    cells = plain.vektis_cells[str(year)]
    when = plainly.indeling(plainly.declared("sources")["vektis_open"], str(year))
    parts = plain.gemeenten.made_of(code, when, set(cells))
    if parts is None:
        return None
    rows = [(key, cell) for part in parts for key, cell in cells[part].items()]
    actual = math.fsum(cost for _, (_, cost, _) in rows)
    return actual, math.fsum(years * rates[str(year)][key] for key, (years, _, _) in rows)


@pytest.mark.parametrize("reference", ["NL", "others"])
def test_the_own_norm_of_every_gemeente_by_plain_loops(plain, rates, reference):
    held = panel.panel(reference)
    before = np.isin(held.years, PRE)
    ratio = methods.own_norm(held.actual, held.expected, before)
    divided = set()
    for row, code in enumerate(held.codes):
        sums = {year: spent(plain, rates[reference], code, year) for year in held.years}
        if any(found is None for found in sums.values()):
            divided.add(code)
            continue
        theta = math.fsum(sums[y][0] for y in PRE) / math.fsum(sums[y][1] for y in PRE)
        for column, year in enumerate(held.years):
            actual, expected = sums[year]
            assert held.actual[row, column] == pytest.approx(actual, abs=CENT), (code, year)
            assert held.expected[row, column] == pytest.approx(expected, abs=CENT), (code, year)
            mine = ratio[row, column] * held.expected[row, column] - held.actual[row, column]
            assert mine == pytest.approx(theta * expected - actual, abs=2 * CENT), (code, year)
    assert divided == set(held.estimated)  # and these say so
    assert len(held.codes) - len(divided) == 338


def test_a_divided_gemeente_goes_by_its_shares(plain, rates):
    held = panel.panel()
    for code in held.estimated:  # from the files on that know the new gemeenten they are theirs whole
        for year in range(2019, held.years[-1] + 1):
            actual, expected = spent(plain, rates["NL"], code, year)
            column = held.column(year)
            assert held.actual[held.at[code], column] == pytest.approx(actual, abs=CENT)
            assert held.expected[held.at[code], column] == pytest.approx(expected, abs=CENT)
    old = plain.vektis_cells["2015"]["GM0788"]  # Haaren, gone over four gemeenten
    whole = math.fsum(cost for _, cost, _ in old.values())
    own = sum(math.fsum(c for _, c, _ in plain.vektis_cells["2015"][code].values()) for code in held.estimated)
    mine = sum(held.actual[held.at[code], held.column(2015)] for code in held.estimated)
    assert mine == pytest.approx(own + whole, abs=CENT)


# ------------------------------------------------------------------------------------------------------ care groups


@pytest.fixture(scope="module")
def with_cells(plain, shared_data, keep_cells):
    """A user's own store with the cells of Vektis, as `kavelmon build` makes it."""
    source = declarations.default().source("vektis_open")
    cells = vektis.read(source, files.find(shared_data, source.files), store.regions())
    keep_cells(cells.frame)


@pytest.mark.parametrize("group", ["msz", "wijkverpleging"])
def test_a_care_group_by_plain_loops(plain, with_cells, group):
    held = panel.panel(group=group)
    year, column = "2023", held.column(2023)
    cells = plain.vektis_cells[year]
    total, insured = {}, {}
    for code, of_code in cells.items():
        if code != "REST":
            for key, (years, _, groups) in of_code.items():
                total[key] = total.get(key, 0.0) + groups.get(group, 0.0)
                insured[key] = insured.get(key, 0.0) + years
    for row, code in enumerate(held.codes):
        of_code = cells[code]
        actual = math.fsum(groups.get(group, 0.0) for _, _, groups in of_code.values())
        expected = math.fsum(years * total[key] / insured[key] for key, (years, _, _) in of_code.items())
        assert held.actual[row, column] == pytest.approx(actual, abs=CENT)
        assert held.expected[row, column] == pytest.approx(expected, abs=CENT)
        assert held.insured[row, column] == pytest.approx(math.fsum(y for y, _, _ in of_code.values()), abs=1e-6)


@pytest.mark.parametrize("reference", ["NL", "others"])
def test_the_care_groups_together_are_all_care(with_cells, reference):
    whole, found = panel.panel(reference), [panel.panel(reference, group) for group in vektis.GROUPS]
    for name in ("actual", "expected"):
        both = sum(getattr(one, name)[:, -1] for one in found)
        assert both == pytest.approx(getattr(whole, name)[:, -1], rel=1e-9)


def test_a_care_group_of_an_area_has_the_cost_of_its_page(with_cells):
    found = estimate("achterhoek", group="msz")
    assert found.actual_eur == figures.value("zvw_kosten_msz", "achterhoek", "2023")["numerator"]
    assert found.pre == (2015, 2020)
    assert any("tellen niet op" in note for note in found.notes)
