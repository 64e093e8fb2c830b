"""Cost in parts: per law what is known and what is not, per care group by a norm of its own."""

import math
import os

import pytest

from kavelmon import declarations, figures, store
from kavelmon import savings_texts as texts
from kavelmon.model import Area, KavelmonError, NotFoundError
from kavelmon.savings import estimate, others, panel, parts
from kavelmon.sources import files, vektis

AREAS = ("achterhoek", "ede", "GM0344", "WK022801")
SOME = ("msz", "wijkverpleging")  # of the care groups: each takes half a second
FROM = 2015  # the first file that is read: no period before a start begins earlier


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(others, "AREAS", 300)


def by_law(area, **given):
    return parts.by_law(area, **given).set_index("law")


# ------------------------------------------------------------------------------------------------------------- by law


@pytest.mark.parametrize("area", AREAS)
def test_every_law_has_a_row_and_a_sentence(area):
    found = parts.by_law(area)
    assert found["law"].tolist() == list(parts.LAWS)
    assert list(found.columns) == parts.LAW_COLUMNS
    assert all(note.endswith(".") for note in found["note"])
    assert set(found["basis"]) <= {"measured", "counted", "missing"}
    assert found.loc[found["basis"] == "missing", "source"].eq("").all()
    assert found.loc[found["basis"] != "missing", "source"].ne("").all()


def test_cost_of_the_zvw_is_the_figure_of_the_page():
    for area in ("achterhoek", "ede", "GM0344"):
        row, page = by_law(area).loc["Zvw"], figures.value("zvw_kosten_vergelijkbaar", area, "2023")
        assert row["cost_eur"] == page["numerator"]
        assert (row["basis"], row["year"], row["note"]) == ("measured", "2023", texts.LAW_MEASURED)
        assert row["source"].startswith("Vektis, ")


def test_cost_of_the_zvw_in_a_wijk_says_that_it_is_an_approximation():
    found, held = by_law("WK022801").loc["Zvw"], panel.panel()
    assert found["note"] == texts.LAW_APPROXIMATE
    whole = by_law("GM0228").loc["Zvw", "cost_eur"]
    costs = panel.of_area(panel.found("WK022801"), held)
    assert found["cost_eur"] == costs.actual[-1]
    assert 0 < found["cost_eur"] < whole


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize(("law", "indicator"), parts.COUNTS.items())
def test_people_are_those_of_the_page(area, law, indicator):
    row = by_law(area).loc[law]
    try:
        page = figures.value(indicator, area)
    except (NotFoundError, KavelmonError):
        page = {}
    if not page.get("numerator"):
        assert (row["basis"], row["note"]) == ("missing", texts.LAW_MISSING[law])
        assert math.isnan(row["people"])
        return
    assert (row["basis"], row["people"], row["year"]) == ("counted", page["numerator"], page["period"])
    assert row["note"].startswith(texts.LAW_COUNTED[law])
    assert row["source"] == page["source"]
    assert math.isnan(row["cost_eur"])  # nobody publishes what one of them costs


def test_these_areas_have_both_a_count_and_none():
    found = {(area, law): by_law(area).loc[law, "basis"] for area in AREAS for law in parts.COUNTS}
    assert set(found.values()) == {"counted", "missing"}
    assert found["achterhoek", "Wmo"] == "counted"
    assert found["WK022801", "Jeugdwet"] == "missing"


def test_of_the_wlz_nothing_is_known():
    found = by_law("achterhoek").loc["Wlz"]
    assert (found["basis"], found["note"]) == ("missing", texts.LAW_MISSING["Wlz"])
    assert math.isnan(found["cost_eur"])
    assert math.isnan(found["people"])


def test_what_is_estimated_in_a_count_is_said():
    page = figures.value("jeugdzorg", "achterhoek")
    assert page["estimated"]
    assert page["estimated"] in by_law("achterhoek").loc["Jeugdwet", "note"]


def test_people_times_what_one_costs_is_an_estimate():
    plain = by_law("achterhoek")
    found = by_law("achterhoek", unit_costs={"Wmo": (3_500.5, "raming van de gemeente")})
    assert found.loc["Wmo", "cost_eur"] == plain.loc["Wmo", "people"] * 3_500.5
    assert found.loc["Wmo", "unit_cost_eur"] == 3_500.5
    assert found.loc["Wmo", "note"].endswith(texts.LAW_ESTIMATED)
    assert found.loc["Wmo", "source"] == f"{plain.loc['Wmo', 'source']}; raming van de gemeente"
    assert math.isnan(found.loc["Jeugdwet", "cost_eur"])
    for law in ("Zvw", "Wlz", "Jeugdwet"):
        assert (
            found.loc[law]
            .drop(["cost_eur", "people", "unit_cost_eur"])
            .equals(plain.loc[law].drop(["cost_eur", "people", "unit_cost_eur"]))
        )


def test_a_unit_cost_of_nothing_is_a_cost_of_nothing():
    assert by_law("ede", unit_costs={"Wmo": (0, "proef")}).loc["Wmo", "cost_eur"] == 0


def test_a_unit_cost_of_people_who_are_not_counted_gives_no_amount():
    found = by_law("WK022801", unit_costs={"Jeugdwet": (10_000, "proef")}).loc["Jeugdwet"]
    assert found["basis"] == "missing"
    assert math.isnan(found["cost_eur"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"Zvw": (1, "x")}, 'unit cost of "Zvw": nobody is counted under it; use Wmo or Jeugdwet'),
        ({"wmo": (1, "x")}, "use Wmo or Jeugdwet"),
        ({"Wmo": (-1, "x")}, "not below 0"),
        ({"Wmo": (float("nan"), "x")}, "not below 0"),
        ({"Wmo": (1, " ")}, "say where the number comes from"),
    ],
)
def test_a_unit_cost_that_cannot_be_is_refused(given, said):
    with pytest.raises(KavelmonError, match=said):
        parts.by_law("achterhoek", given)


def test_gemeenten_with_wijken_of_another_one():
    mixed = by_law(["GM0222", "WK029401"])
    whole, part = (by_law(area).loc["Zvw", "cost_eur"] for area in ("GM0222", "WK029401"))
    assert mixed.loc["Zvw", "cost_eur"] == pytest.approx(whole + part, rel=1e-12)
    assert mixed.loc["Zvw", "note"] == texts.LAW_APPROXIMATE


def test_the_country_is_no_area():
    for ask in (parts.by_law, parts.by_group):
        with pytest.raises(NotFoundError, match="its own yardstick"):
            ask("nl")


# -------------------------------------------------------------------------------------------------------- care groups


def test_without_cells_it_is_said_what_to_do():
    with pytest.raises(NotFoundError, match="kavelmon build --from FOLDER"):
        parts.by_group("achterhoek")
    with pytest.raises(NotFoundError, match="reference"):
        parts.by_group("achterhoek", "BE")


@pytest.fixture(scope="module")
def with_cells(shared_data, keep_cells):
    """A user's own store with the cells of Vektis, as `kavelmon build` makes it."""
    source = declarations.default().source("vektis_open")
    found = [p for p in files.find(shared_data, source.files) if int(p.stem.split("_")[1]) >= FROM]
    if not found:
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop("needs the yearly files of Vektis in ../shared/data/vektis")
    cells = vektis.read(source, found, store.regions())
    keep_cells(cells.frame)


@pytest.mark.parametrize("reference", panel.REFERENCES)
def test_a_group_is_its_own_estimate(with_cells, monkeypatch, reference):
    monkeypatch.setattr(parts, "GROUPS", dict.fromkeys(SOME))
    found = parts.by_group("achterhoek", reference)
    assert list(found.columns) == parts.GROUP_COLUMNS
    assert found["group"].tolist() == sorted(SOME)
    for row in found.itertuples():
        one = estimate("achterhoek", reference=reference, group=row.group)
        told = (one.pre, one.year, one.expected_eur, one.actual_eur, one.difference_eur, one.share, one.p)
        assert (row.pre, row.year, row.expected_eur, row.actual_eur, row.difference_eur, row.share, row.p) == told
        assert row.kind == one.verdict.kind
        title = declarations.default().indicator(f"zvw_kosten_{row.group}").title
        assert title.startswith(f"{row.title} per ")  # an amount, and not one per person
        assert row.actual_eur == figures.value(f"zvw_kosten_{row.group}", "achterhoek", "2023")["numerator"]


def test_another_start_is_that_of_every_group(with_cells, monkeypatch):
    monkeypatch.setattr(parts, "GROUPS", dict.fromkeys(SOME))
    assert set(parts.by_group("ede", start=2019)["pre"]) == {(FROM, 2018)}
    assert parts.by_group("ede", start=2024).empty  # too early: nothing is said of any


def test_a_group_that_was_booked_otherwise_has_no_row(with_cells, monkeypatch):
    moved = "herstel_en_kortdurend_verblijf"
    monkeypatch.setattr(parts, "GROUPS", dict.fromkeys((moved, "wijkverpleging")))
    assert parts.by_group("ede")["group"].tolist() == ["wijkverpleging"]
    assert estimate("ede", group=moved).verdict.kind == "early"  # no two years before the start without a break


def test_groups_of_a_wijk_are_approximations(with_cells, monkeypatch):
    monkeypatch.setattr(parts, "GROUPS", dict.fromkeys(SOME))
    found = parts.by_group(Area(id="w", title="W", member=panel.found("WK022801").member))
    assert set(found["kind"]) == {"approximate"}
    assert found["p"].isna().all()
