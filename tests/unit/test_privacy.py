"""Disclosure control on small tables made in the test: what is hidden, what is not, and what can be deduced."""

import ast
import dataclasses
import itertools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import kavelmon
from kavelmon import declarations, privacy, store
from kavelmon.declarations import Catalogue
from kavelmon.model import Area, Edition, Indicator, KavelmonError, Member
from kavelmon.privacy import suppress
from kavelmon.regions import gemeente_of, level_of
from kavelmon.source_model import Disclosure, Source
from kavelmon.store import COLUMNS

PACKAGE = Path(kavelmon.__file__).parent
AGES = {"18-65": "a", "65+": "b", "18+": "c"}


def edition(**given) -> Edition:
    return Edition(source="eigen", **{"denominator": "inwoners", **given})


SHARE = Indicator(
    id="klacht",
    title="Klacht",
    unit="%",
    edition=(edition(numerator="n"), Edition(source="cbs", numerator="n", denominator="inwoners")),
)
COUNT = Indicator(
    id="clienten", title="Clienten", unit="personen", rollup="sum", edition=(edition(value="n", denominator=""),)
)
MEDIAN = Indicator(
    id="mediaan", title="M", unit="euro", rollup="none", rollup_reason="Mediaan.", edition=(edition(value="m"),)
)
GOOD, FAIR, BAD = (
    Indicator(id=name, title=name, unit="%", edition=(edition(value=name),)) for name in ("goed", "matig", "slecht")
)
AMOUNT = Indicator(id="kosten", title="Kosten", unit="euro per inwoner", edition=(edition(numerator="k"),))
RATE = Indicator(id="delicten", title="Delicten", unit="per 1.000", scale=1000, edition=(edition(numerator="k"),))
ANSWERED = Indicator(
    id="ingevuld", title="Ingevuld", unit="mensen", rollup="sum", edition=(edition(value="n", denominator=""),)
)
PEOPLE = Indicator(
    id="inwoners",
    title="Inwoners",
    unit="mensen",
    rollup="sum",
    edition=(Edition(source="cbs", value="n"), Edition(source="eigen", value="m")),
)
SOURCE = Source(
    id="eigen",
    publisher="GGD",
    title="Eigen tabel",
    table="",
    kind="table",
    licence="overeenkomst",
    files=("x.csv",),
    read={"ages": {v: k for k, v in AGES.items()}},
    disclosure=Disclosure(),
)


def knowing(rule: Disclosure | str = SOURCE.disclosure, areas=(), **source) -> Catalogue:
    items = (SHARE, COUNT, MEDIAN, GOOD, FAIR, BAD, AMOUNT, RATE, ANSWERED)
    made = Source.model_validate({**SOURCE.model_dump(), "disclosure": rule, **source})
    cbs = Source.model_validate({**SOURCE.model_dump(), "id": "cbs", "disclosure": "publisher"})
    return Catalogue(
        sources={"eigen": made, "cbs": cbs},
        indicators={i.id: i for i in items},
        denominators={"inwoners": PEOPLE},
        areas={a.id: a for a in areas},
    )


def table(cells: dict, indicator: Indicator = SHARE, age: str = "", source: str = "eigen") -> pd.DataFrame:
    """Rows of {region, or (region, age): (numerator or count, denominator)}; None is what the source left out."""
    keys = [key if isinstance(key, tuple) else (key, age) for key in cells]
    rows = pd.DataFrame(keys, columns=["region", "age"])
    x, d = (np.array([math.nan if v is None else float(v) for v in side]) for side in zip(*cells.values(), strict=True))
    mean = indicator.rollup == "mean"
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(d > 0, x / d * indicator.per, math.nan) if mean else x
    rows = rows.assign(value=value, numerator=x if mean else math.nan, denominator=d, lower=math.nan, upper=math.nan)
    rows = rows.assign(indicator=indicator.id, source=source, level=rows["region"].map(level_of), region_year=2020)
    return rows.assign(
        period="2020", method="", estimated="", status=np.where(np.isnan(x), "suppressed", "ok").astype(object)
    )[COLUMNS]


def hidden(rows: pd.DataFrame) -> set:
    away = rows[rows["value"].isna()]
    return set(away["region"]) if set(away["age"]) <= {""} else set(zip(away["region"], away["age"], strict=True))


WIJK = {"WK022201": (200, 1000), "BU02220101": (90, 300), "BU02220102": (70, 350), "BU02220103": (40, 350)}


def with_buurten(**numbers) -> dict:
    """One wijk and its buurten of 100, 200, 300 ... people, with these numbers of persons; the wijk is their sum."""
    cells = {f"BU022201{n:02}": (x, 100 * n) for n, x in enumerate(numbers.values(), 1)}
    return {**cells, "WK022201": (sum(numbers.values()), 50 * len(cells) * (len(cells) + 1))}


# what a source declares


def test_figures_of_a_publisher_are_left_as_they_are():
    rows = table({**WIJK, "BU02220104": (1, 3)})
    assert privacy.protect(rows, knowing("publisher")) is rows


def test_every_bundled_source_is_under_the_control_of_its_publisher():
    assert {s.disclosure for s in declarations.default().sources.values()} == {"publisher"}


def test_thresholds_are_those_of_the_method_unless_a_source_says_otherwise():
    rule = Disclosure()
    assert (rule.n_min, rule.cell_min, rule.count_min, rule.p_max) == (30, 5, 10, 0.90)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "streng",
            'use "publisher" (made public under its own control), or a table [disclosure] with n_min, cell_min, '
            "count_min, p_max",
        ),
        ({"p_max": 0.5}, "Value error, p_max = 0.5: of two groups one is always half or more; use more than 0.5"),
        ({"n_min": 0}, "Input should be greater than or equal to 1"),
        ({"cell_min": "vijf"}, "Input should be a valid integer, unable to parse string as an integer"),
        ({"p_max": 90}, "Input should be less than or equal to 1"),
        ({"minimum": 5}, "Extra inputs are not permitted"),
    ],
)
def test_a_fault_in_the_thresholds_is_one_sentence(given, said):
    with pytest.raises(ValidationError) as fault:
        knowing(given)
    assert [error["msg"] for error in fault.value.errors()] == [said]
    assert fault.value.errors()[0]["loc"][0] == "disclosure"


@pytest.mark.parametrize("kind", ["vektis", "points"])
def test_a_kind_with_tables_of_its_own_takes_no_thresholds(kind):
    with pytest.raises(ValidationError, match=f'of kind "{kind}": thresholds reach observations only'):
        knowing({}, kind=kind)


@pytest.mark.parametrize(
    ("rule", "source", "said"),
    [
        (
            {"observations": "ingevult"},
            {},
            'sources/eigen.toml: [disclosure]: "ingevult" has no edition of this source; nearest: ingevuld; name '
            "indicators or denominators that have one",
        ),
        (
            {"categories": [["goed", "matig", "slech"]]},
            {},
            'sources/eigen.toml: [disclosure]: "slech" has no edition of this source; nearest: slecht, klacht; name '
            "indicators or denominators that have one",
        ),
    ],
)
def test_a_name_that_the_thresholds_do_not_know_is_refused(rule, source, said):
    with pytest.raises(KavelmonError) as fault:
        privacy.protect(table(WIJK), knowing(rule, **source))
    assert str(fault.value) == said


def test_a_survey_must_say_who_answered():
    strange = Indicator(id="klacht", title="x", unit="%", edition=(edition(value="n", denominator="volwassenen"),))
    catalogue = knowing(method="survey")
    catalogue = dataclasses.replace(catalogue, indicators={**catalogue.indicators, "klacht": strange})
    with pytest.raises(KavelmonError) as fault:
        privacy.protect(table(WIJK), catalogue)
    assert str(fault.value) == (
        'sources/eigen.toml: [disclosure]: the denominator of klacht ("volwassenen") does not count who answered this '
        'survey, so that n_min cannot be judged; add observations = "..." with the id of what does'
    )


def test_an_age_group_that_cannot_be_added_up_is_refused():
    rows = pd.concat([table(WIJK, age="18+"), table(WIJK, age="ouderen")])
    with pytest.raises(KavelmonError) as fault:
        privacy.protect(rows, knowing())
    assert str(fault.value) == (
        'sources/eigen.toml: read.ages: "ouderen" is no age group that disclosure control can add up; '
        'write "18-65" (up to 65), "18-64" (with 64) or "65+"'
    )


# what is too small


@pytest.mark.parametrize(
    ("x", "d", "shown"),
    [
        (15, 29, False),
        (15, 30, True),
        (4, 100, False),
        (5, 40, True),
        (0, 100, False),
        (96, 100, False),
        (35, 40, True),
        (36, 40, False),
        (36, 41, True),
        (90, 100, True),
        (91, 100, False),
        (9, 100, False),
        (10, 100, True),
        (10, None, False),
    ],
)
def test_a_share_is_shown_from_the_thresholds_on(x, d, shown):
    out = privacy.protect(table({"GM0222": (x, d)}), knowing())
    assert out["value"].notna().item() == shown
    assert out["numerator"].notna().item() == shown
    assert out["status"].item() == ("ok" if shown else "suppressed")


@pytest.mark.parametrize(("x", "shown"), [(9, False), (10, True), (0, False)])
def test_a_count_is_shown_from_its_threshold_on(x, shown):
    assert privacy.protect(table({"GM0222": (x, None)}, COUNT), knowing())["value"].notna().item() == shown


def test_margins_go_with_the_figure_and_the_denominator_stays():
    rows = table({"GM0222": (3, 100)}).assign(lower=1.0, upper=9.0, method="bron", status="provisional")
    out = privacy.protect(rows, knowing()).iloc[0]
    assert np.isnan([out[c] for c in ("value", "numerator", "lower", "upper")]).all()
    assert (out["denominator"], out["status"], out["method"]) == (100, "suppressed", "")


def test_a_figure_that_is_never_added_up_needs_its_number_of_observations():
    rows = pd.concat([table({"GM0222": (31000, 40)}, MEDIAN), table({"GM0197": (31000, 29)}, MEDIAN)])
    assert hidden(privacy.protect(rows, knowing())) == {"GM0197"}


def test_a_figure_of_nobody_is_not_hidden_and_hides_nothing():
    cells = {**WIJK, "BU02220104": (0, 0)}
    rows = table(cells)
    pd.testing.assert_frame_equal(privacy.protect(rows, knowing()), rows)


def test_persons_where_rounding_says_that_nobody_lives_are_hidden():
    out = privacy.protect(table({**WIJK, "BU02220104": (1, 0)}), knowing()).set_index("region")
    assert np.isnan(out.loc["BU02220104", "numerator"])


def test_who_answered_decides_where_a_source_counts_them():
    answers = table({"GM0222": (29, None), "GM0197": (30, None), "GM0294": (300, None)}, ANSWERED)
    shares = table({"GM0222": (300, 1000), "GM0197": (300, 1000), "GM0294": (300, 1000)})
    out = privacy.protect(pd.concat([answers, shares]), knowing({"observations": "ingevuld"}, method="survey"))
    out = out[out["indicator"] == "klacht"]
    assert "GM0222" in hidden(out)
    # 15 of 1,000 are 4.5 of the 300 that answered
    few = pd.concat([answers, table({"GM0294": (15, 1000)})])
    out = privacy.protect(few, knowing({"observations": "ingevuld", "p_max": 1}, method="survey"))
    assert out["value"].isna().iloc[-1]


# what would give it away


def test_of_a_total_never_exactly_one_part_is_hidden():
    out = privacy.protect(table(with_buurten(a=3, b=40, c=60, d=80)), knowing({"p_max": 1}))
    assert hidden(out) == {"BU02220101", "BU02220102"}


def test_what_is_hidden_together_must_hold_enough_for_who_knows_the_rule():
    # 3 + 5 = 8: the second one was hidden for the first, so it holds 5 or more, and the first 3 or less
    out = privacy.protect(table(with_buurten(a=3, b=5, c=60, d=80)), knowing({"p_max": 1}))
    assert hidden(out) == {"BU02220101", "BU02220102", "BU02220103"}


def test_a_total_that_is_no_row_is_taken_to_be_known():
    cells = with_buurten(a=3, b=40, c=60)
    del cells["WK022201"]
    assert hidden(privacy.protect(table(cells), knowing({"p_max": 1}))) == {"BU02220101", "BU02220102"}


def test_one_part_and_its_total_are_one_figure():
    cells = {"BU02220101": (3, 100), "WK022201": (3, 100), "WK022202": (40, 200), "WK022203": (50, 300)}
    cells["GM0222"] = (93, 600)
    assert hidden(privacy.protect(table(cells), knowing({"p_max": 1}))) == {"BU02220101", "WK022201", "WK022202"}


def test_a_rest_category_is_a_part_of_the_country():
    cells = {"NL": (1043, 9100), "GM0222": (500, 4000), "GM0197": (540, 5000), "REST": (3, 100)}
    assert hidden(privacy.protect(table(cells), knowing({"p_max": 1}))) == {"REST", "GM0222"}


def test_people_whom_no_part_counts_are_not_given_away():
    cells = with_buurten(a=30, b=40, c=60)
    cells["WK022201"] = (132, 640)  # 2 of 40 people live in none of the buurten
    assert hidden(privacy.protect(table(cells), knowing({"p_max": 1}))) == {"BU02220101", "BU02220102"}


def test_people_without_a_row_of_their_own_protect_nobody():
    # the third buurt has no row of 65+: it is the second one that must go with the first
    young = {"BU02220101": (30, 100), "BU02220102": (40, 200), "BU02220103": (90, 300), "WK022201": (160, 600)}
    old = {"BU02220101": (3, 100), "BU02220102": (40, 200), "WK022201": (46, 303)}
    both = {"BU02220101": (33, 200), "BU02220102": (80, 400), "BU02220103": (93, 303), "WK022201": (206, 903)}
    rows = pd.concat([table(young, age="18-65"), table(old, age="65+"), table(both, age="18+")], ignore_index=True)
    out = privacy.protect(rows, knowing({"p_max": 1}))
    assert {("BU02220101", "65+"), ("BU02220102", "65+")} <= hidden(out)
    # 3 of 3 people of 65+ live in the third one, as its other figures would tell
    assert hidden(out) & {("BU02220103", "18-65"), ("BU02220103", "18+")}


def test_counts_that_do_not_add_up_by_rounding_hide_nothing():
    cells = {"WK022201": (132, 607), "BU02220101": (30, 105), "BU02220102": (42, 200), "BU02220103": (60, 300)}
    assert hidden(privacy.protect(table(cells), knowing({"p_max": 1}))) == set()


def test_what_the_source_left_out_is_not_given_away_either():
    cells = {**WIJK, "BU02220101": (None, 300)}
    assert hidden(privacy.protect(table(cells), knowing())) == {"BU02220101", "BU02220102"}


def test_a_level_between_that_is_not_there_does_not_hide_the_sum():
    cells = {"GM0222": (200, 1000), "WK022201": (100, 500), "BU02220201": (3, 100), "BU02220202": (97, 400)}
    out = privacy.protect(table(cells), knowing({"p_max": 1}))
    assert hidden(out) == {"BU02220201", "BU02220202"}
    assert not privacy.audit(out, knowing({"p_max": 1}))["exposed"].any()


def of_ages(young: dict, old: dict) -> pd.DataFrame:
    both = {r: (young[r][0] + old[r][0], young[r][1] + old[r][1]) for r in young}
    parts = ((young, "18-65"), (old, "65+"), (both, "18+"))
    return pd.concat([table(cells, age=age) for cells, age in parts], ignore_index=True)


def test_age_groups_add_up_as_regions_do():
    rows = of_ages({"GM0222": (30, 300)}, {"GM0222": (3, 100)})
    assert hidden(privacy.protect(rows, knowing({"p_max": 1}))) == {("GM0222", "65+"), ("GM0222", "18-65")}


def test_age_groups_that_overlap_without_a_common_total_add_up_too():
    groups = {"18-50": (40, 200), "50+": (44, 300), "18-65": (42, 400), "65+": (42, 100)}
    rows = pd.concat([table({"GM0222": cell}, age=age) for age, cell in groups.items()], ignore_index=True)
    assert hidden(privacy.protect(rows, knowing({"p_max": 1}))) == set()
    groups = {"18-50": (40, 200), "50+": (44, 300), "18-65": (81, 400), "65+": (3, 100)}
    rows = pd.concat([table({"GM0222": cell}, age=age) for age, cell in groups.items()], ignore_index=True)
    assert len(hidden(privacy.protect(rows, knowing({"p_max": 1})))) == 2


def test_a_group_of_all_ages_and_last_years_are_read():
    ages = {"": (60, 500), "18-64": (57, 400), "65+": (3, 100)}
    rows = pd.concat([table({"GM0222": cell}, age=age) for age, cell in ages.items()], ignore_index=True)
    assert hidden(privacy.protect(rows, knowing({"p_max": 1}))) == {("GM0222", "65+"), ("GM0222", "18-64")}


def test_the_total_of_a_declared_area_is_taken_to_be_known():
    codes = ["GM0222", "GM0197", "GM0294", "GM1509"]
    cells = dict(zip(codes, [(3, 5000), (70, 9000), (50, 4000), (60, 3000)], strict=True))
    assert hidden(privacy.protect(table(cells), knowing({"p_max": 1}))) == {"GM0222", "GM1509"}
    area = Area(id="twee", title="Twee", member=(Member(code="GM0222"), Member(code="GM0197")))
    out = privacy.protect(table(cells), knowing({"p_max": 1}, areas=[area]))
    assert {"GM0222", "GM0197"} <= hidden(out)


def test_the_answers_to_one_question_are_everybody():
    rows = pd.concat([table({"GM0222": (x, 200)}, i) for i, x in ((GOOD, 110), (FAIR, 86), (BAD, 4))])
    apart = privacy.protect(rows, knowing())
    assert set(apart.loc[apart["value"].isna(), "indicator"]) == {"slecht"}
    together = privacy.protect(rows, knowing({"categories": [["goed", "matig", "slecht"]]}))
    assert set(together.loc[together["value"].isna(), "indicator"]) == {"slecht", "goed"}
    sums = privacy.protect(rows[:2], knowing({"sums": {"goed": ["matig"]}}))
    assert sums["value"].notna().all()


def test_answers_over_different_people_do_not_add_up():
    rows = pd.concat([table({"GM0222": (50, d)}, i) for i, d in ((GOOD, 200), (FAIR, 300), (BAD, 200))])
    with pytest.raises(KavelmonError, match="add up in no region, since their denominators differ"):
        privacy.protect(rows, knowing({"categories": [["goed", "matig", "slecht"]]}))


def test_an_indicator_and_its_opposite_are_hidden_alike():
    cells = with_buurten(a=3, b=5, c=60, d=80)
    opposite = {region: (d - x, d) for region, (x, d) in cells.items()}
    one, other = table(cells, GOOD), table(opposite, BAD)
    out = privacy.protect(pd.concat([one, other], ignore_index=True), knowing({"p_max": 1}))
    assert hidden(out[out["indicator"] == "goed"]) == hidden(out[out["indicator"] == "slecht"]) != set()


def test_a_figure_over_a_hidden_denominator_is_hidden_with_it():
    cells = {"GM0222": (9, None), "GM0197": (80, None), "GM0294": (900, None)}
    people = table(cells, PEOPLE)
    shares = table({code: (x / 2, x) for code, (x, _) in cells.items()})
    public = table({code: (x / 2, x) for code, (x, _) in cells.items()}, source="cbs")
    out = privacy.protect(pd.concat([people, shares, public], ignore_index=True), knowing({"n_min": 1, "cell_min": 1}))
    gone = out["region"].isin(["GM0222", "GM0197"])
    assert out.loc[gone & (out["indicator"] == "inwoners"), "value"].isna().all()
    assert out.loc[gone, ["value", "numerator", "denominator"]].isna().all().all()
    assert out.loc[~gone, "value"].notna().all()


@pytest.mark.parametrize("item", [AMOUNT, RATE])
def test_amounts_and_events_are_kept_from_subtraction_too(item):
    cells = with_buurten(a=2000, b=9000, c=8000, d=7000)
    cells["BU02220101"] = (2000, 20)
    cells["WK022201"] = (26000, 920)
    assert hidden(privacy.protect(table(cells, item), knowing())) == {"BU02220101", "BU02220102"}


# properties, on tables of a gemeente or two with everything that may be wrong with them


@st.composite
def tables(draw):
    """A table of buurten, wijken and gemeenten, perhaps by age; cells left out, levels left out, sums that are off."""
    whole = draw(st.booleans())
    ages = draw(st.sampled_from([[""], ["18-65", "65+"]]))
    atoms = {}
    for gemeente, wijk in itertools.product(range(draw(st.integers(1, 2))), range(draw(st.integers(1, 3)))):
        for buurt in range(draw(st.integers(1, 4))):
            for age in ages:
                people = draw(st.integers(0, 150))
                x = draw(st.one_of(st.integers(0, min(8, people)), st.integers(0, people)))
                atoms[f"BU022{gemeente}{wijk:02}{buurt:02}", age] = np.array([x, people])
    cells: dict = {}
    for (code, age), atom in atoms.items():
        for region in (code, "WK" + code[2:8], gemeente_of(code)):
            for group in {age, "18+" if age else ""}:
                cells[region, group] = cells.get((region, group), 0) + atom
    levels = draw(st.sampled_from([("BU", "WK", "GM"), ("BU", "WK"), ("BU", "GM"), ("WK", "GM")]))
    kept = {}
    for (region, age), (x, d) in cells.items():
        if level_of(region) in levels:
            fate = "" if whole else draw(st.sampled_from([""] * 16 + ["no row", "left out", "off"]))
            x = {"left out": None, "off": min(x + 2, d)}.get(fate, x)
            kept |= {} if fate == "no row" else {(region, age): (x, d)}
    return table(kept or {"GM0222": (20, 100)})


rules = st.builds(
    Disclosure,
    n_min=st.sampled_from([1, 30]),
    cell_min=st.sampled_from([1, 3, 5]),
    p_max=st.sampled_from([0.8, 0.9, 1]),
)
thorough = settings(max_examples=60, deadline=None)


@thorough
@given(tables(), rules, st.randoms())
def test_doing_it_again_changes_nothing_and_the_order_does_not_matter(rows, rule, random):
    catalogue = knowing(rule)
    out = privacy.protect(rows, catalogue)
    pd.testing.assert_frame_equal(privacy.protect(out, catalogue), out)
    order = list(rows.index)
    random.shuffle(order)
    pd.testing.assert_frame_equal(privacy.protect(rows.loc[order], catalogue), out.loc[order])


@thorough
@given(tables(), rules)
def test_what_is_shown_is_as_it_was_and_large_enough(rows, rule):
    out = privacy.protect(rows, knowing(rule))
    shown = out["value"].notna()
    pd.testing.assert_frame_equal(out[shown], rows[shown])
    assert (out.loc[shown, "denominator"] >= rule.n_min).all()
    x, rest = out.loc[shown, "numerator"], (out["denominator"] - out["numerator"])[shown]
    assert (np.minimum(x, rest) >= rule.cell_min).all()
    pd.testing.assert_series_equal(out["denominator"], rows["denominator"])


def sums(rows: pd.DataFrame) -> dict:
    """The rows of the parts of each row that is a total of regions."""
    known = {(r, a): n for n, (r, a) in enumerate(zip(rows["region"], rows["age"], strict=True))}
    found: dict[int, list[int]] = {}
    for (region, age), number in known.items():
        wijk, gemeente = "WK" + region[2:8], gemeente_of(region)
        for parent in {"BU": [wijk, gemeente], "WK": [gemeente]}.get(level_of(region), []):
            if (parent, age) in known:
                found.setdefault(known[parent, age], []).append(number)
                break
    return found


@thorough
@given(tables(), rules)
def test_no_shown_total_has_exactly_one_hidden_part(rows, rule):
    dark = privacy.protect(rows, knowing(rule))["value"].isna() & (rows["denominator"] > 0)
    for total, parts in sums(rows).items():
        assert dark[total] or dark[parts].sum() != 1


@thorough
@given(tables(), rules)
def test_the_auditor_finds_nothing_and_calls_no_program_to_account(rows, rule):
    catalogue = knowing(rule)
    out = privacy.protect(rows, catalogue)
    left = privacy.audit(out, catalogue)
    exposed = left[left["exposed"]]
    # nothing but what could not be helped: nothing else was left to hide
    assert exposed.empty or out["value"].isna().all()


@thorough
@given(tables(), rules)
def test_nothing_is_hidden_where_nothing_is_too_small(rows, rule):
    catalogue = knowing(rule)
    small = rows["denominator"].lt(rule.n_min) | rows["value"].isna()
    small |= np.minimum(rows["numerator"], rows["denominator"] - rows["numerator"]) < rule.cell_min
    small |= np.maximum(rows["value"], 100 - rows["value"]) > 100 * rule.p_max
    if not small.any() and all(
        (rows.loc[parts, ["numerator", "denominator"]].sum() == rows.loc[total, ["numerator", "denominator"]]).all()
        for total, parts in sums(rows).items()
    ):  # people whom no part counts would be a reason
        pd.testing.assert_frame_equal(privacy.protect(rows, catalogue), rows)


# the auditor


def test_the_auditor_says_what_is_possible():
    rows = table({"WK022201": (100, 400), "BU02220101": (None, 30), "BU02220102": (None, 100), "BU02220103": (60, 270)})
    found = privacy.audit(rows, knowing()).set_index("region")
    assert list(found.loc["BU02220101", ["lower", "upper"]]) == [0, 30]
    assert list(found.loc["BU02220102", ["lower", "upper"]]) == [10, 40]
    assert not found["exact"].any()


def test_the_auditor_finds_a_single_hidden_part():
    found = privacy.audit(table({**WIJK, "BU02220101": (None, 300)}), knowing()).iloc[0]
    assert (found["lower"], found["upper"], found["exact"], found["exposed"]) == (90, 90, True, True)


def test_the_auditor_needs_no_equation_to_find_what_bounds_give_away():
    # both persons and all of the people leave one possibility
    rows = table({"WK022201": (100, 400), "BU02220101": (None, 60), "BU02220102": (None, 38), "BU02220103": (2, 302)})
    found = privacy.audit(rows, knowing()).set_index("region")
    assert list(found.loc["BU02220101", ["lower", "upper"]]) == [60, 60]
    assert not found["exact"].any()
    assert found["exposed"].all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=4, max_size=4), st.sets(st.integers(0, 8), min_size=1))
def test_the_auditor_agrees_with_trying_all_tables(numbers, closed):
    """Two buurten by two ages with all their sums: every table of whole persons that fits is tried."""
    places = list(itertools.product(("BU02220101", "BU02220102", "WK022201"), ("18-65", "65+", "18+")))
    every = np.array(list(itertools.product(range(7), repeat=4)))  # buurt by age
    of_cell = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 1, 1]])
    of_cell = np.vstack([of_cell, of_cell[:3] + of_cell[3:]])
    exact, dark = of_cell @ np.array(numbers), np.isin(range(9), list(closed))
    rows = table({p: (None if n in closed else exact[n], 6 * of_cell[n].sum()) for n, p in enumerate(places)})
    tried = every @ of_cell.T
    fits = tried[(tried[:, ~dark] == exact[~dark]).all(axis=1)]
    audited = privacy.audit(rows, knowing()).set_index(["region", "age"])
    for n in np.flatnonzero(dark):
        one = audited.loc[places[n]]
        assert (round(one["lower"], 6), round(one["upper"], 6)) == (fits[:, n].min(), fits[:, n].max())


def test_a_total_from_elsewhere_can_give_a_cell_away():
    rows = privacy.protect(table(with_buurten(a=3, b=40, c=60, d=80)), knowing({"p_max": 1}))
    total = {"indicator": "klacht", "source": "eigen", "period": "2020", "age": ""}
    harmless = pd.DataFrame([{**total, "codes": ("BU02220103", "BU02220104"), "numerator": 140}])
    assert privacy.check(rows, knowing({"p_max": 1}), harmless).empty
    harmful = pd.DataFrame([{**total, "codes": ("BU02220102", "BU02220104"), "numerator": 120}])
    found = privacy.check(rows, knowing({"p_max": 1}), harmful)
    assert list(found["region"]) == ["BU02220101", "BU02220102"]
    assert list(found["lower"]) == [3, 40]
    with pytest.raises(KavelmonError, match="no row of BU99999999; give codes that it has"):
        privacy.check(rows, knowing(), pd.DataFrame([{**total, "codes": ("BU99999999",), "numerator": 1}]))


# who knows the rule and the program


@pytest.mark.parametrize("double", [True, False])
def test_who_tries_every_table_still_does_not_know_a_hidden_number(monkeypatch, double):
    """Every table of three buurten; those that look alike once protected leave cell_min possibilities or more."""
    if not double:  # as it would be if what is hidden together had to be no more than each cell by itself
        start = suppress.Table.__init__

        def plain(self, cells, relations):
            start(self, cells, relations)
            self.together = cells

        monkeypatch.setattr(suppress.Table, "__init__", plain)
    # each table in a gemeente of its own, and all of them at once: that is a tenth of the work
    every, cells = list(itertools.product(range(7), repeat=3)), {}
    for number, persons in enumerate(every):
        one = with_buurten(**dict(zip("abc", persons, strict=True)))
        cells |= {code.replace("0222", f"{number:04}"): cell for code, cell in one.items()}
    out = privacy.protect(table(cells), knowing({"p_max": 1, "cell_min": 3}))
    alike: dict[tuple, list] = {}
    for persons, rows in zip(every, np.split(out["numerator"].fillna(-1).to_numpy(), len(every)), strict=True):
        alike.setdefault(tuple(rows), []).append(persons)
    left = [
        len({one[n] for one in fitting})
        for shown, fitting in alike.items()
        for n in range(3)
        if shown[n] < 0 and max(map(max, fitting)) < 6  # else tables that were not tried would fit too
    ]
    assert (min(left) >= 3) is double


# where it stands


def test_a_build_passes_through_it_before_anything_is_written():
    tree = ast.parse((PACKAGE / "build.py").read_text(encoding="utf-8"))
    made = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}

    def lines(within: str, *names: str) -> list[int]:
        calls = [n for n in ast.walk(made[within]) if isinstance(n, ast.Call)]
        return [n.lineno for n in calls if ast.unparse(n.func) in names]

    assert len(lines("_finished", "privacy.protect")) == 1
    assert max(lines("_finished", "measure.add_denominators")) < lines("_finished", "privacy.protect")[0]
    assert len(lines("write", "_finished")) == 1
    assert lines("write", "_finished")[0] < min(lines("write", "packing.write_table", "packing.write_observations"))


def test_observations_are_written_nowhere_else():
    writers = {
        p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py") if "write_observations(" in p.read_text()
    }
    assert writers == {"packing.py", "build.py"}


def test_figures_are_read_from_the_store_only():
    """Page, map, published file, API and command line see what was written, and nothing that lies beside it."""
    readers = ("read_csv(", "read_excel(", "read_parquet(", "read_table(", "ParquetFile(", "table_of(", "observe(")
    found = {
        p.relative_to(PACKAGE).as_posix()
        for p in PACKAGE.rglob("*.py")
        if any(call in p.read_text(encoding="utf-8") for call in readers)
    }
    makers = {"store.py", "measure.py", "observe.py", "geometry.py"}  # geometry reads boundaries
    makers |= {"abolished.py", "dashboard/national.py"}  # herindelingen; figures of the pages, read from the store
    makers |= {"carry.py", "local/__init__.py"}  # what stays of a store, and the interventions that are in it
    assert {p for p in found if not p.startswith("sources/")} == makers


def test_no_other_module_knows_a_threshold():
    names = ("n_min", "cell_min", "count_min", "p_max")
    dividing = (
        "contracts/",
        "settling",
        "cost_texts.py",
        "dashboard/dividing.py",
    )  # there p_max is a share of providers
    knowing_ones = set()
    for path in PACKAGE.rglob("*.py"):
        name, text = path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8")
        if any(word in text for word in names[: 3 if name.startswith(dividing) else 4]):
            knowing_ones.add(name)
    assert {p for p in knowing_ones if not p.startswith("privacy/")} == {"source_model.py"}


def test_nothing_is_kept_that_a_hidden_figure_could_be_tried_against(tmp_path):
    export = tmp_path / "tabel.csv"
    export.write_text("code;aantal\nBU00000001;3\n", encoding="utf-8")
    empty: dict[str, int] = {}  # observations by period
    guarded = store.provenance(SOURCE, [export], empty, "observations")
    assert guarded["inputs"] == [{"file": "tabel.csv"}]
    public = SOURCE.model_copy(update={"disclosure": "publisher"})
    assert set(store.provenance(public, [export], empty, "observations")["inputs"][0]) == {"file", "bytes", "sha256"}
