"""Every figure a second time: from the raw exports with plain loops (`plainly`), against what kavelmon says.

One test per indicator and edition (and one per denominator and edition), so that a failure names it. Below them the
golden figures: literal values that were known before either of the two computations was written.
"""

import csv
import math

import plainly
import pytest

from kavelmon import figures, store
from kavelmon.model import NotFoundError

EVERYWHERE = ("NL", "achterhoek", "ede", "mijnstreek", "zuid_limburg", "GM0294", "GM0917", "GM0014")
EARLIER = ("NL", "achterhoek", "zuid_limburg", "GM0014")  # where herindelingen and gaps matter
WIJKEN = ("WK029400", "WK091700", "WK001400", "WK091720", "WK022810", "WK036300")
MARGINS = ("lower", "upper")
SIDES = ("numerator", "denominator", *MARGINS)
# Two formulas for RD coordinates differ by half a metre: 0.001 km. Weights are exact there too.
RD = "afstand_ziekenhuis_hemelsbreed"

EDITIONS = [
    pytest.param(kind, name, edition["source"], id=f"{name}-{edition['source']}")
    for kind in ("indicators", "denominators")
    for name, item in plainly.declared(kind).items()
    for edition in item["edition"]
]


@pytest.fixture(scope="session")
def plain(shared_data):
    return plainly.Figures(shared_data)


@pytest.fixture(scope="module", autouse=True)
def _read_once():
    """Let kavelmon read the same slice of its store once: one test asks it of many regions."""
    read, held = store.read, {}

    def remembered(indicators, **chosen):
        key = tuple(indicators), *((k, tuple(sorted(v))) for k, v in sorted(chosen.items()))
        if key not in held:
            held.clear()
            held[key] = read(indicators, **chosen)
        return held[key].copy()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "read", remembered)
        yield


def said(indicator, region, period, edition, age=None):
    """Return what kavelmon says; without a figure, a dict without a value."""
    try:
        return figures.value(indicator, region, period, edition=edition, age=age)
    except NotFoundError:
        return {"value": None}


def differences(mine, theirs, absolute=None):
    """Return a line for each thing in which two figures differ."""
    if mine["value"] is None or theirs["value"] is None:
        if mine["value"] is theirs["value"]:
            return []
        share = f", {mine['coverage']:.1%} of the denominator is known" if "coverage" in mine else ""
        return [f"value {mine['value']} from the raw files{share}; kavelmon {theirs['value']}"]
    found = []
    names = ("value", "denominator") if absolute else ("value", *SIDES)
    for name in names:
        one, other = mine[name], theirs[name]
        tolerance = {"abs_tol": absolute} if absolute and name == "value" else {"rel_tol": 1e-9, "abs_tol": 1e-12}
        if one is not other and (one is None or other is None or not math.isclose(one, other, **tolerance)):
            found.append(f"{name} {one} from the raw files; kavelmon {other}")
    return found


@pytest.mark.parametrize(("kind", "name", "source"), EDITIONS)
def test_recomputed(plain, kind, name, source):
    item = plainly.declared(kind)[name]
    [edition] = [e for e in item["edition"] if e["source"] == source]
    age = plainly.default_age(edition)
    periods = plain.periods(edition, age)
    assert periods, "nothing is published"
    wrong = []
    complete = plainly.source_of(edition).get("read", {}).get("complete", True)
    for period in sorted({periods[0], periods[-1]}) if complete else periods:
        rows = plain.rows(edition, period, age)
        if kind == "denominators":
            regions = ("NL", "achterhoek") if period == periods[-1] else ()
        else:
            wijken = [w for w in WIJKEN if w in rows][:3]
            regions = (*EVERYWHERE, *wijken) if period == periods[-1] else (*EARLIER, *wijken[:1])
        for region in regions:
            mine = plain.figure(item, edition, period, region)
            theirs = said(name, region, period, source)
            if kind == "denominators":
                mine, theirs = ({"value": f["value"]} | dict.fromkeys(SIDES) for f in (mine, theirs))
            lines = differences(mine, theirs, 0.001 if name == RD else None)
            wrong += [f"{name}, {source}, {region}, {period}: {line}" for line in lines]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("age", ["18-65", "65+"])
@pytest.mark.parametrize("name", ["ervaren_gezondheid", "mantelzorger", "obesitas"])
@pytest.mark.parametrize("source", ["rivm_50090ned", "ggd_85012ned"])
def test_other_ages(plain, name, source, age):
    item = plainly.declared("indicators")[name]
    [edition] = [e for e in item["edition"] if e["source"] == source]
    period = max(plain.periods(edition, age))
    wrong = []
    for region in ("NL", "achterhoek", "zuid_limburg", "GM0294"):
        mine = plain.figure(item, edition, period, region, age)
        wrong += [f"{region}, {period}: {d}" for d in differences(mine, said(name, region, period, source, age))]
    assert not wrong, "\n".join(wrong)


def golden(indicator, region, period, edition="", name="value"):
    return figures.value(indicator, region, period, edition=edition)[name]


def test_golden_costs(shared_data):
    for period, euro in (("2011", 2120.40), ("2015", 2341.67), ("2020", 2611.70), ("2023", 3118.58)):
        assert round(golden("zvw_kosten_totaal", "NL", period), 2) == euro
    assert round(golden("zvw_kosten_totaal", "achterhoek", "2023"), 2) == 3210.84
    assert round(golden("zvw_kosten_totaal", "achterhoek", "2023", name="denominator"), 2) == 298213.53
    assert round(golden("zvw_kosten_totaal", "ede", "2023"), 2) == 2854.76
    assert round(golden("zvw_kosten_totaal", "REST", "2023", name="numerator"), 2) == 133179514.59
    assert round(golden("zvw_kosten_vergelijkbaar", "NL", "2023"), 2) == 3150.89


def test_golden_ratios(shared_data):
    known = {"GM0917": 1.243003, "GM0928": 1.210175, "GM0228": 0.931115, "achterhoek": 0.948214, "GM1598": 0.847309}
    for region, ratio in known.items():  # Heerlen, Kerkrade, Ede, Koggenland
        assert round(golden("zvw_kosten_verhouding", region, "2023"), 6) == ratio, region


def test_golden_people(shared_data):
    for region, count in (("NL", 17407585), ("GM0294", 28854), ("GM0917", 87086)):
        assert golden("inwoners", region, "2020") == count
    assert golden("ervaren_gezondheid", "GM0294", "2020", "rivm_50090ned") == 78.7


def test_published_totals_of_vektis(plain, shared_data):
    """Totals, insured years and care groups of every year against the check file, which counts the rest row in."""
    table = plain.raw.table("vektis_open")
    columns = plain.raw.vektis_groups
    with open(shared_data / "vektis/controle_nl_totalen_2011-2023_mln.csv", encoding="utf-8") as file:
        checks = list(csv.DictReader(file))
    assert [c["jaar"] for c in checks] == [str(y) for y in plainly.VEKTIS_YEARS]
    groups = sorted(set(columns.values()))
    told = {}
    for row in figures.observations(["zvw_kosten_totaal", *(f"zvw_kosten_{g}" for g in groups)]).to_dict("records"):
        told[row["indicator"].removeprefix("zvw_kosten_"), row["period"]] = row
    compared = 0
    for check in checks:
        year = check["jaar"]
        total = told["totaal", year]
        assert abs(total["numerator"] / 1e6 - float(check["totaal_mln"])) <= 0.05 + 1e-9, year
        assert round(total["denominator"]) == int(check["verzekerdejaren"]), year
        assert round(total["value"], 2) == float(check["per_verzekerde"]), year
        for group in groups:
            published = [float(check[c]) for c, g in columns.items() if g == group and check.get(c)]
            if not published:
                continue
            rounding = 0.05 * len(published) + 1e-6
            everything = table[year, "", "value"]["NL"][f"kosten_{group}"] + rest_of(plain, year, group)
            assert abs(everything / 1e6 - sum(published)) <= rounding, (year, group)
            if (group, year) in told:  # not where its periods begin later
                everything = told[group, year]["numerator"] + rest_of(plain, year, group)
                assert abs(everything / 1e6 - sum(published)) <= rounding, (year, group)
                compared += 1
    assert compared == 13 * 11 + 11 + 9  # eleven groups in all years, one from 2013 and one from 2015


def rest_of(plain, year, group):
    """Return the euros of a care group in the rest row, from the raw file."""
    [(_, _, costs)] = plain.raw.vektis_cells[year]["REST"].values()
    return costs.get(group, 0.0)


# method notes 4.2: euro per insured year in 2023, from 0-4 in steps of five years to 90+
MEN = (
    2710.46, 1527.35, 1286.43, 1326.76, 1316.82, 1387.62, 1480.46, 1555.26, 1715.50, 2000.83,
    2411.83, 3067.00, 3879.44, 4899.55, 6172.06, 7545.77, 8718.79, 9803.09, 11006.73,
)  # fmt: skip
WOMEN = (
    2192.12, 1259.88, 1157.73, 1560.15, 2009.71, 2561.67, 3107.96, 2732.07, 2382.73, 2485.42,
    2833.52, 3159.58, 3730.50, 4494.19, 5352.53, 6477.87, 7680.20, 8980.69, 9936.50,
)  # fmt: skip


def test_national_rates(plain):
    known = {(sex, i * 5): rate for sex, rates in (("M", MEN), ("V", WOMEN)) for i, rate in enumerate(rates)}
    path = plainly.DECLARED / "snapshot/vektis_rates.parquet"
    stored = {}
    for row in plainly.pq.read_table(path).to_pylist():
        first = int(row["age"].rstrip("+").split()[0])
        stored[row["period"], row["sex"], first] = row["rate_eur"]
    recomputed = plain.raw.vektis_rates("2023")
    for (sex, first), rate in known.items():
        assert abs(stored["2023", sex, first] - rate) <= 0.005 + 1e-9, (sex, first)
    for year in map(str, plainly.VEKTIS_YEARS):
        for (sex, first), rate in plain.raw.vektis_rates(year).items():
            assert math.isclose(stored[year, sex, first], rate, rel_tol=1e-9), (year, sex, first)
    assert len(known) == len(recomputed) == 38
