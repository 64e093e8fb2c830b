"""Herindelingen against the lists of CBS, the raw files of Vektis, and sums worked out by hand or in plain loops."""

import csv
import json
import math
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

import kavelmon as km
from kavelmon import concordance, declarations, store

SPLIT = {  # inhabitants that went over, as CBS gives them
    ("2021-01-01", "Haaren"): {"Oisterwijk": 5827, "Vught": 4900, "Boxtel": 2149, "Tilburg": 1442},
    ("2019-01-01", "Winsum"): {"Het Hogeland": 11947, "Westerkwartier": 1558},
    ("2018-01-01", "Littenseradiel"): {"Súdwest-Fryslân": 5411, "Leeuwarden": 3394, "Waadhoeke": 1878},
}
HEIRS = {
    "Boxtel": ("GM0757", 2149),
    "Vught": ("GM0865", 4900),
    "Oisterwijk": ("GM0824", 5827),
    "Tilburg": ("GM0855", 1442),
}
MIJNSTREEK = ["BEEK", "BEEKDAELEN", "BRUNSSUM", "HEERLEN", "KERKRADE", "LANDGRAAF", "SIMPELVELD", "SITTARD-GELEEN"]
MIJNSTREEK += ["STEIN", "VOERENDAAL"]
ZUID_LIMBURG = [*MIJNSTREEK, "EIJSDEN-MARGRATEN", "GULPEN-WITTEM", "MAASTRICHT", "MEERSSEN", "VAALS"]
ZUID_LIMBURG += ["VALKENBURG AAN DE GEUL"]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def transfers(shared_data) -> list[dict[str, str]]:
    return table(shared_data / "regions" / "herindelingen.csv")


# which gemeenten there are


def cbs_codes(folder: Path, year: int) -> set[str]:
    """The gemeenten of which CBS counted inhabitants on 1 January: lists of their own, and the table of population."""
    if year in (2017, 2020, 2026):
        return {row["gm_code"] for row in table(folder / f"gemeenten_{year}.csv")}
    return {r["gm_code"] for r in table(folder / "gemeente_bevolking_2019_2026.csv") if r[f"bevolking_1jan_{year}"]}


@pytest.mark.parametrize("year", [2017, *range(2019, 2027)])
def test_the_390_of_2016_become_the_gemeenten_of_cbs(shared_data, year):
    base = {row["gm_code"] for row in table(shared_data / "regions" / "gebieden_2016.csv")}
    found = concordance.flows(2016, year)
    assert set(found["from_code"]) == base
    assert len(base) == 390
    assert set(found["to_code"]) == store.regions().gemeenten(year) == cbs_codes(shared_data / "regions", year)


def test_the_answers_of_cbs_itself_hold_the_same_gemeenten(shared_data):
    counted: dict[str, set[str]] = defaultdict(set)
    for path in sorted((shared_data / "cbs" / "odata_v4_03759ned").rglob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        for row in content.get("value", []) if isinstance(content, dict) else []:
            region = str(row.get("RegioS", "")).strip()
            if region.startswith("GM") and row.get("Measure") == "M000352" and row.get("Value") is not None:
                counted[str(row["Perioden"])[:4]].add(region)
    assert len(counted) >= 8
    for year, codes in counted.items():
        assert store.regions().gemeenten(int(year)) == codes, year


# inhabitants


@pytest.mark.parametrize("late", [2017, 2018, 2019, 2021, 2022, 2023, 2026])
def test_the_inhabitants_of_2016_are_all_there_in_every_later_indeling(late):
    rows = store.read(["inwoners"], sources=["cbs_70072ned_panel"], levels=["GM"], periods=["2016"])
    moved = concordance.convert(rows, late)
    assert rows["value"].sum() == 16979120  # CBS: inhabitants on 1 January 2016
    assert math.isclose(moved["value"].sum(), 16979120, abs_tol=1e-6)


@pytest.mark.parametrize(("early", "late"), [(2016, 2026), (2012, 2016), (2013, 2021), (2019, 2023)])
def test_moved_inhabitants_are_those_of_plain_loops_over_the_published_list(transfers, early, late):
    source = {2012: "cbs_kwb_geoinzicht", 2019: "cbs_03759ned"}.get(early, "cbs_70072ned_panel")
    rows = store.read(["inwoners"], sources=[source], levels=["GM"], periods=[str(early)])
    people = dict(zip(rows["region"], rows["value"], strict=True))
    for date in sorted({t["date"] for t in transfers if f"{early}-01-01" < t["date"] <= f"{late}-01-01"}):
        after = dict(people)
        for old in {t["from_code"] for t in transfers if t["date"] == date}:
            heirs = [t for t in transfers if t["date"] == date and t["from_code"] == old]
            total = sum(int(t["inwoners"] or 1) for t in heirs)
            for heir in heirs:
                if part := int(heir["inwoners"] or 1) / total:
                    after[heir["to_code"]] = after.get(heir["to_code"], 0.0) + people[old] * part
            after[old] -= people[old]
            if not after[old]:
                del after[old]
        people = after
    moved = concordance.convert(rows, late)
    assert dict(zip(moved["region"], moved["value"], strict=True)) == pytest.approx(people)


def test_beekdaelen_by_hand(transfers):
    parts = {t["from_name"]: int(t["inwoners"]) for t in transfers if t["to_code"] == "GM1954"}
    assert parts == {"Nuth": 15187, "Onderbanken": 7782, "Schinnen": 12758}
    # CBS counted 35,727 inhabitants of Beekdaelen on 1 January 2019: to the person those who went over
    assert km.value("inwoners", "GM1954", "2019")["value"] == sum(parts.values()) == 35727


@pytest.mark.parametrize(("when", "name"), SPLIT)
def test_divided_gemeenten_by_hand(transfers, when, name):
    rows = [t for t in transfers if (t["date"], t["from_name"]) == (when, name)]
    assert {t["to_name"]: int(t["inwoners"]) for t in rows} == SPLIT[when, name]
    year, total = int(when[:4]), sum(SPLIT[when, name].values())
    found = concordance.flows(year - 1, year).query("from_code == @rows[0]['from_code']")
    shares = dict(zip(found["to_code"], found["share"], strict=True))
    assert shares == pytest.approx({t["to_code"]: int(t["inwoners"]) / total for t in rows})


@pytest.mark.parametrize("area", ["zuid_limburg", "mijnstreek"])
def test_the_inhabitants_of_an_area_do_not_jump_where_its_gemeenten_changed(area):
    codes = declarations.default().area(area)
    counts = {}
    for edition in ("cbs_kwb_geoinzicht", "cbs_70072ned_panel", "cbs_03759ned"):
        found = km.observations("inwoners", area, edition=edition)
        for period, value in zip(found["period"], found["value"], strict=True):
            rows = store.read(["inwoners"], sources=[edition], levels=["GM"], periods=[period])
            rows = rows[rows["region"].isin(codes.codes_on(int(period)))]
            assert value == rows["value"].sum(), (edition, period)
            counts.setdefault(period, value)
            assert abs(value / counts[period] - 1) < 0.001
    assert list(map(str, range(2012, 2027))) == sorted(counts)
    series = pd.Series(counts).sort_index()
    steps = series.pct_change().dropna().abs()
    assert steps.max() < 0.01  # 2022, with people from Ukraine, is the largest
    assert steps["2019"] <= steps.drop("2019").max()


# the cost of care, from the raw files


def vektis(path: Path) -> dict[str, tuple[float, float]]:
    """Cost and insured years by gemeente name, from the file as it was published."""
    cost: dict[str, list[float]] = defaultdict(list)
    years: dict[str, list[float]] = defaultdict(list)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        names = [n.strip().lower() for n in next(rows)]
        name, insured = names.index("gemeentenaam"), names.index("aantal_verzekerdejaren")
        costs = [i for i, n in enumerate(names) if n.startswith("kosten_")]
        for row in rows:
            gemeente = row[name].strip()
            if gemeente:
                cost[gemeente].append(math.fsum(float(row[i].replace(",", ".") or 0) for i in costs))
                years[gemeente].append(float(row[insured].replace(",", ".")))
    return {g: (math.fsum(cost[g]), math.fsum(years[g])) for g in cost}


@pytest.fixture(scope="module")
def files(shared_data) -> dict[int, dict[str, tuple[float, float]]]:
    found = {year: vektis(shared_data / "vektis" / f"vektis_{year}_gemeente.csv") for year in range(2011, 2024)}
    sizes = {year: len(found[year]) for year in found}
    assert sizes == {**dict.fromkeys(range(2011, 2019), 355), 2019: 352, 2020: 344, 2021: 344, 2022: 342, 2023: 342}
    return found


@pytest.mark.parametrize(("area", "names"), [("zuid_limburg", ZUID_LIMBURG), ("mijnstreek", MIJNSTREEK)])
def test_the_cost_of_an_area_is_the_sum_of_its_gemeenten_in_every_file(files, area, names):
    found = km.observations("zvw_kosten_totaal", area).set_index("period")
    assert sorted(found.index) == list(map(str, files))
    assert len(names) == len(declarations.default().area(area).codes)
    for year, rows in files.items():
        parts = [rows[name] for name in names]
        cost, insured = math.fsum(c for c, _ in parts), math.fsum(y for _, y in parts)
        row = found.loc[str(year)]
        assert row["numerator"] == pytest.approx(cost, rel=1e-9)
        assert row["denominator"] == pytest.approx(insured, rel=1e-9)
        assert row["value"] == pytest.approx(cost / insured, rel=1e-9)
        assert row["estimated"] == ""


@pytest.mark.parametrize("name", HEIRS)
def test_the_cost_of_an_heir_of_haaren_through_the_sets_of_the_files(files, name):
    code, people = HEIRS[name]
    share = people / (5827 + 4900 + 2149 + 1442)
    found = km.observations("zvw_kosten_totaal", code).set_index("period")
    for year, rows in files.items():
        cost, insured = rows[name.upper()]
        divided = "HAAREN" in rows
        assert divided == (year <= 2018)  # from the file over 2019 on the gemeenten are those of 2021 and later
        if divided:
            cost, insured = cost + share * rows["HAAREN"][0], insured + share * rows["HAAREN"][1]
        row = found.loc[str(year)]
        assert row["value"] == pytest.approx(cost / insured, rel=1e-9), year
        assert row["denominator"] == pytest.approx(insured, rel=1e-9), year
        assert ("Haaren is op 1 januari 2021 verdeeld over vier gemeenten" in row["estimated"]) == divided


def test_the_heirs_of_haaren_together_hold_all_of_it(files):
    found = km.observations("zvw_kosten_totaal", [code for code, _ in HEIRS.values()]).set_index("period")
    for year, rows in files.items():
        parts = [rows[name] for name in [*(n.upper() for n in HEIRS), "HAAREN"] if name in rows]
        row = found.loc[str(year)]
        assert row["value"] == pytest.approx(math.fsum(c for c, _ in parts) / math.fsum(y for _, y in parts), rel=1e-9)
        assert row["estimated"] == ""
