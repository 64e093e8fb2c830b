"""What a selection is asked for: wrong settings are refused in one sentence, right ones give the same result again."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kavelmon.model import KavelmonError, NotFoundError
from kavelmon.selection import scores, settings
from kavelmon.selection.run import select_kavels

GROUPS = ("gezondheidswinst", "urgentie", "zorgkosten", "overzicht", "participatie", "investeringsruimte")
MEASURED = GROUPS[:5]  # nothing measures the last one yet
LISTED = ", ".join(GROUPS)
FIELDS = "level, year, weights, scale, indicators, draws, concentration, seed, first, store"


@pytest.fixture(autouse=True)
def no_store(monkeypatch, tmp_path):
    monkeypatch.setenv("KAVELMON_STORE", str(tmp_path / "none"))


def refusal(kind, work, *args, **given):
    """Return the sentence with which something is refused, by exactly this kind of error."""
    with pytest.raises(KavelmonError) as error:
        work(*args, **given)
    assert type(error.value) is kind
    return str(error.value)


def read(tmp_path, content):
    file = tmp_path / "keuze.toml"
    file.write_text(content, encoding="utf-8")
    return settings.read(file)


# ------------------------------------------------------------------------------------------------------------- weights


@pytest.mark.parametrize(("weight", "shown"), [(-1, "-1"), (-0.001, "-0.001"), (math.nan, "nan"), (math.inf, "inf")])
def test_a_weight_that_is_no_weight(weight, shown):
    """Below zero, no number, or without end: the group, what was given and what is allowed."""
    assert refusal(KavelmonError, select_kavels, weights={"urgentie": weight}) == (
        f"weights: urgentie = {shown}; a weight is a number from 0 to 1000, such as 1 or 2.5"
    )


def test_a_weight_in_words():
    """A word is no number, and a line of text is no list of weights."""
    assert refusal(KavelmonError, select_kavels, weights={"urgentie": "veel"}) == (
        "weights.urgentie = 'veel': Input should be a valid number, unable to parse string as a number"
    )
    assert refusal(KavelmonError, select_kavels, weights="veel") == (
        "weights = 'veel': Input should be a valid dictionary"
    )


def test_weights_that_are_all_zero():
    """When no group counts, nothing can be ranked."""
    assert refusal(KavelmonError, select_kavels, weights=dict.fromkeys(GROUPS, 0)) == (
        "weights: every group has weight 0; give at least one a weight above 0"
    )


def test_a_group_that_is_not_known():
    """A name that is nearly right: the nearest, and all there are."""
    assert refusal(NotFoundError, select_kavels, weights={"urgent": 1}) == (
        f'weights: no group "urgent"; nearest: urgentie, zorgkosten; use {LISTED}'
    )


def test_fewer_groups_than_a_total_needs():
    """Weights of 0, or few indicators, leave too few groups: how many count, how many are needed, which there are."""
    assert refusal(KavelmonError, select_kavels, weights={"urgentie": 0, "zorgkosten": 0}) == (
        "weights: groups with a weight above 0 and figures: 3 (gezondheidswinst, overzicht, participatie); a total "
        f"needs 4 of 6. Give more groups a weight, or name more indicators; measured are {', '.join(MEASURED)}"
    )
    assert refusal(KavelmonError, select_kavels, indicators=["roker", "obesitas"]) == (
        "weights: groups with a weight above 0 and figures: 1 (gezondheidswinst); a total needs 4 "
        "of 6. Give more groups a weight, or name more indicators; measured are gezondheidswinst"
    )


def test_weights_add_up_to_1_over_what_is_measured():
    """A group that is not named has 1, one that nothing measures has 0, and what counts is the proportion."""
    found = settings.made(weights={"urgentie": 2, "participatie": 0}).weights_of(GROUPS, MEASURED)
    assert found == pytest.approx([0.2, 0.4, 0.2, 0.2, 0, 0])
    times_ten = {"gezondheidswinst": 10, "urgentie": 20, "zorgkosten": 10, "overzicht": 10, "participatie": 0}
    assert settings.made(weights=times_ten).weights_of(GROUPS, MEASURED) == pytest.approx(found)


def test_weights_of_any_size_add_up_to_1():
    """A number that is allowed is a weight, however large; a larger one is refused."""
    found = settings.made(weights=dict.fromkeys(GROUPS, 1000.0)).weights_of(GROUPS, MEASURED)
    assert found.sum() == pytest.approx(1)


# ------------------------------------------------------------------------------------------------- the other settings


def test_an_indicator_that_no_criterion_has():
    """The nearest one, and where all are listed."""
    assert refusal(NotFoundError, select_kavels, indicators=["rokers"]) == (
        'no criterion has an indicator "rokers"; nearest: roker; data_sources/criteria/ lists all 19'
    )


def test_an_indicator_with_one_value():
    """The same figure everywhere tells no unit from another; without any figure there is nothing to score."""
    x, people = np.array([[5.0, 1], [5, 2], [5, 3], [math.nan, 4]]), np.ones((4, 2))
    assert refusal(KavelmonError, scores.scored, x, people, [1, 1], "percentile", ["roker", "obesitas"]) == (
        "roker: every unit has the same figure (5), so that it tells none from another; leave it out of the indicators"
    )
    assert refusal(KavelmonError, scores.scored, x * math.nan, people, [1, 1], "z", ["roker", "obesitas"]) == (
        "roker: no unit has a figure; leave it out of the indicators"
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"level": "BU"}, "level = 'BU': Input should be 'WK' or 'GM'"),
        ({"scale": "rang"}, "scale = 'rang': Input should be 'percentile', 'z' or 'minmax'"),
        ({"draws": 10}, "draws = 10: Input should be greater than or equal to 100"),
        ({"concentration": 0}, "concentration = 0: Input should be greater than or equal to 0.1"),
        ({"first": 0}, "first = 0: Input should be greater than or equal to 1"),
        ({"seed": -1}, "seed = -1: Input should be greater than or equal to 0"),
        ({"weight": 1}, f"weight = 1: Extra inputs are not permitted; allowed: {FIELDS}"),
        ({"level": "BU", "draws": 1}, "level = 'BU': Input should be 'WK' or 'GM'; draws = 1: Input should be greater"),
    ],
)
def test_settings_that_are_wrong(given, said):
    """The key, what was found and what is allowed; every fault at once."""
    assert refusal(KavelmonError, select_kavels, **given).startswith(said)


def test_a_year_without_wijken():
    """An indeling of which no list is held: those that are."""
    assert refusal(NotFoundError, select_kavels, year=1999) == (
        "no list of level WK with inhabitants of 1999; there is one of 2020, 2022, 2024"
    )


def test_settings_of_other_figures_are_warned_of():
    """A result that may not be the one that was kept says so."""
    with pytest.warns(UserWarning, match="made with figures 00000000; now it is"):
        select_kavels(store="00000000", level="GM")


def test_settings_and_fields_by_name():
    """Either a whole set of settings or its fields: both would leave open which counts."""
    assert refusal(KavelmonError, select_kavels, settings.made(), level="GM") == (
        "give settings, or level by name; not both"
    )


# --------------------------------------------------------------------------------------------------------------- files


def test_a_file_that_is_no_toml(tmp_path):
    """The file, the line and what to do."""
    file = tmp_path / "keuze.toml"
    said = refusal(KavelmonError, read, tmp_path, 'level = "WK"\nscale = percentile\n')
    assert said.startswith(f"{file}: not valid TOML: Invalid value (at line 2, column 9); mend that line")
    file.write_bytes(b"\xff\xfe")
    assert refusal(KavelmonError, settings.read, file).endswith("; mend that line (the file must be UTF-8)")


def test_a_file_that_is_not_there(tmp_path):
    """The file, and the command that makes one."""
    file = tmp_path / "none.toml"
    assert refusal(KavelmonError, settings.read, file) == (
        f"{file}: no such file; `kavelmon selection --save FILE` makes one"
    )


def test_a_file_with_keys_that_are_wrong(tmp_path):
    """The file, each key, what was found and what is allowed."""
    assert refusal(KavelmonError, read, tmp_path, 'levle = "GM"\n') == (
        f"keuze.toml: levle = 'GM': Extra inputs are not permitted; allowed: {FIELDS}"
    )
    assert refusal(KavelmonError, read, tmp_path, 'level = "BU"\n[weights]\nurgentie = "veel"\n') == (
        "keuze.toml: level = 'BU': Input should be 'WK' or 'GM'; weights.urgentie = 'veel': Input should be a valid "
        "number, unable to parse string as a number"
    )


@given(
    level=st.sampled_from(("WK", "GM")),
    scale=st.sampled_from(scores.SCALES),
    weights=st.dictionaries(st.sampled_from(GROUPS), st.floats(0, 1e300)),
    indicators=st.lists(st.sampled_from(("roker", "obesitas", "aandeel_65plus")), unique=True),
    draws=st.integers(100, 10_000),
    concentration=st.floats(0.1, 10_000),
    seed=st.integers(0, 2**32),
)
def test_what_is_written_is_read_again(tmp_path_factory, **given):
    """Every allowed setting comes back from its file to the last digit."""
    one = settings.made(**given, store="0123abcd")
    assert read(tmp_path_factory.mktemp("settings"), settings.text(one)) == one


def test_a_file_without_anything_is_the_default(tmp_path):
    """What is not named has its default."""
    assert read(tmp_path, "") == settings.made()


def test_the_settings_of_a_result_give_that_result_again(tmp_path):
    """Saved and read, they give the same table: scores, ranks, and the places of every draw."""
    given = {"weights": {"urgentie": 2, "overzicht": 0.5}, "scale": "z", "draws": 100, "seed": 5, "level": "GM"}
    one = select_kavels(**given)
    again = select_kavels(read(tmp_path, settings.text(one.settings)))
    assert again.settings == one.settings
    assert one.settings.store  # it says of which figures it is
    pd.testing.assert_frame_equal(one.frame, again.frame, check_exact=True)
    other = select_kavels(**{**given, "seed": 6})
    assert not one.frame[["rank_low", "rank_high"]].equals(other.frame[["rank_low", "rank_high"]])


# ------------------------------------------------------------------------------------------------------------ one line


def test_weights_from_one_line():
    """Groups and numbers with commas between; spaces and a last comma do not matter, and nothing is no weight."""
    assert settings.parse_weights("urgentie=2,zorgkosten=0.5") == {"urgentie": 2.0, "zorgkosten": 0.5}
    assert settings.parse_weights(" urgentie = 2 , ") == {"urgentie": 2.0}
    assert settings.parse_weights("") == {}


@pytest.mark.parametrize("part", ["urgentie", "urgentie=veel", "=2", "urgentie=", "urgentie=2=3", "urgentie:2"])
def test_a_part_of_a_line_that_is_no_weight(part):
    """The part that is wrong, and how it is written."""
    assert refusal(KavelmonError, settings.parse_weights, f"zorgkosten=1,{part}") == (
        f'weights: "{part}" is no name and number; write group=number, as urgentie=2,zorgkosten=0.5'
    )


def test_a_group_that_stands_in_a_line_twice():
    """Which of the two counts cannot be told."""
    assert refusal(KavelmonError, settings.parse_weights, "urgentie=1,urgentie=2") == (
        'weights: "urgentie" stands there twice; write group=number, as urgentie=2,zorgkosten=0.5'
    )


def test_a_line_with_no_number_is_refused_where_it_is_used():
    """`nan` and `inf` can be read as numbers and are no weights."""
    for word in ("nan", "inf"):
        weights = settings.parse_weights(f"urgentie={word}")
        assert refusal(KavelmonError, settings.check_weights, weights, GROUPS).startswith(
            f"weights: urgentie = {word};"
        )
