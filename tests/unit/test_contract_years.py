"""The years that parties give: read with their contract beside them, and every fault said at once."""

import shutil
from fractions import Fraction

import pytest

from kavelmon import paths
from kavelmon.contracts import contract, years
from kavelmon.contracts.waterfall import run
from kavelmon.model import CatalogueError

TEMPLATES = paths.templates()
EXAMPLE = TEMPLATES / "contract_voorbeeld_jaren.toml"


@pytest.fixture
def agreed():
    return contract.read(TEMPLATES / "contract_voorbeeld.toml")


def changed(folder, *changes):
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    file = folder / "eigen.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_example_is_read_and_is_plainly_invented(agreed):
    found = years.read(EXAMPLE, agreed)
    assert [(one.year, one.status) for one in found.year] == [
        (2023, "definite"),
        (2024, "provisional"),
        (2024, "definite"),
        (2025, "provisional"),
    ]
    assert found.made_up
    assert {one.source for one in found.year} == {"rekenvoorbeeld, verzonnen"}
    assert "REKENVOORBEELD, VERZONNEN" in EXAMPLE.read_text(encoding="utf-8")


def test_a_year_by_hand(agreed):
    """2025: 107.6 million expected; 2.5 + 1.8 - 0.15 million less, the last two said as a reduction."""
    given = years.given(years.read(EXAMPLE, agreed).year[-1], agreed)
    one = given.statement
    assert (one.expected_cents, one.saving_cents) == (10_760_000_000, 415_000_000)
    assert one.per_law_cents == {"Zvw": 250_000_000, "Wlz": 180_000_000, "Wmo": -15_000_000}
    assert given.per_law["Wmo"] == (860_000_000, 875_000_000)
    # 3 of 4 and 3 of 4 with weights 2 and 1, and 1.2 of 1.5
    assert one.quality == (2 * Fraction(3, 4) + Fraction(3, 4) + Fraction(4, 5)) / 4


def test_the_example_is_settled(agreed):
    result = run(agreed, [years.given(one, agreed).statement for one in years.read(EXAMPLE, agreed).year])
    assert [y.year for y in result.years] == [2023, 2024, 2025]
    assert result.years[-1].claim_cents == 20_000_000  # 2024 was 200,000 too much


EVERY = "give the cost of each law that the contract counts, and of no other: Zvw, Wlz, Wmo"
REFUSALS = {
    "no source": (
        ('source = "rekenvoorbeeld, verzonnen"\nquality', "quality"),
        "year.0.source: missing; give it",
    ),
    "an empty source": (
        ('"rekenvoorbeeld, verzonnen"\nquality', '" "\nquality'),
        "year.0.source = ' ': is empty; say where the number comes from, or \"rekenvoorbeeld, verzonnen\"",
    ),
    "a year that is missing": (
        ("year = 2025", "year = 2026"),
        "year.3.year = 2026: the next year to settle is 2025; give every year from the start (2023) on, in order",
    ),
    "a law that is missing": (
        ("Wmo = { expected = 8_000_000, actual = 8_200_000 }", ""),
        f"year.0.law = 'Zvw, Wlz': {EVERY}",
    ),
    "a law that is not counted": (
        ("Wmo = { expected = 8_000_000", "Jeugdwet = { expected = 8_000_000"),
        f"year.0.law = 'Zvw, Wlz, Jeugdwet': {EVERY}",
    ),
    "a law that is none": (
        ("Wmo = { expected = 8_000_000", "AWBZ = { expected = 8_000_000"),
        "year.0.law.AWBZ.[key] = 'AWBZ': Input should be 'Zvw', 'Wlz', 'Wmo', 'Jeugdwet' or 'overig'",
    ),
    "cost and reduction": (
        ("{ expected = 35_000_000, saving", "{ expected = 35_000_000, actual = 1, saving"),
        "year.3.law.Wlz.actual = 'both': give one of actual (the cost as it was) and saving (expected - actual)",
    ),
    "neither": (
        ("expected = 60_000_000, actual = 60_400_000", "expected = 60_000_000"),
        "year.0.law.Zvw.actual = 'none of the two': give one of actual (the cost as it was) and saving (expected - "
        "actual)",
    ),
    "a reduction of more than there was": (
        ("saving = 1_800_000", "saving = 36_000_000"),
        "year.3.law.Wlz.saving = '36000000': is more than expected (35000000); a cost is not below 0, mend one of the "
        "two",
    ),
    "a cost below 0": (
        ("actual = 60_400_000", "actual = -1"),
        "year.0.law.Zvw.actual = -1: a cost is in euros, not below 0; a reduction goes into saving",
    ),
    "part of a cent": (
        ("actual = 60_400_000", "actual = 0.001"),
        "year.0.law.Zvw.actual = 0.001: an amount is in euros, at most 1000000000000, with at most two decimals",
    ),
    "quality above 1": (
        ("quality = 0.4", "quality = 40"),
        "year.0.quality = 40: a share is a number from 0 to 1; write 30 % as 0.3",
    ),
    "quality twice": (
        ("quality = 0.4\n", "quality = 0.4\nindicator = { eenzaam = 44 }\n"),
        "year.0.quality = '0.4': give the score or the figures of indicators, not both",
    ),
    "an indicator that was not agreed on": (
        ("eenzaam = 44.0", "roker = 14.0"),
        "year.2.indicator = 'roker': is no indicator of the contract; nearest: eenzaam, ervaren_gezondheid, "
        "ziekenhuisopnamen_vermijdbaar",
    ),
    "a status": (
        ('status = "definite"', 'status = "definitief"'),
        "year.0.status = 'definitief': Input should be 'provisional' or 'definite'",
    ),
    "definite figures that change": (
        ('status = "provisional"', 'status = "definite"'),
        "year.2 = 2024: its figures are definite; only a quality that was not known can be added",
    ),
    "a key that is not there": (
        ("quality = 0.4", "kwaliteit = 0.4"),
        "year.0.kwaliteit = 0.4: no such key; nearest: quality; allowed: year, status, source, law, "
        "quality, indicator, placebo_sd",
    ),
}


@pytest.mark.parametrize(("change", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_refusals(tmp_path, agreed, change, sentence):
    with pytest.raises(CatalogueError) as error:
        years.read(changed(tmp_path, change), agreed)
    lines = str(error.value).splitlines()[1:]
    assert lines == [f"eigen.toml: {sentence}"]


def test_a_year_before_the_start(tmp_path, agreed):
    with pytest.raises(CatalogueError) as error:
        years.read(changed(tmp_path, ("year = 2023", "year = 2022")), agreed)
    must = "the next year to settle is 2023; give every year from the start (2023) on, in order"
    assert str(error.value).splitlines()[1:] == [
        f"eigen.toml: year.0.year = 2022: {must}",
        f"eigen.toml: year.1.year = 2024: {must}",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("year = []", "year = []: is empty; give at least one"),
        ("", "year: missing; give it"),
        ("year = 3", "year = 3: Input should be a valid tuple"),
        ("year = [3]", "year.0 = 3: Input should be a valid dictionary or instance of Year"),
    ],
)
def test_no_years(tmp_path, agreed, text, sentence):
    file = tmp_path / "eigen.toml"
    file.write_text(f'title = "Leeg"\n{text}\n', encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        years.read(file, agreed)
    assert str(error.value).splitlines()[1:] == [f"eigen.toml: {sentence}"]


def test_every_fault_at_once_also_between_file_and_contract(tmp_path, agreed):
    file = changed(
        tmp_path,
        ("quality = 0.4", "quality = 4"),
        ("Wmo = { expected = 8_300_000, actual = 8_500_000 }", ""),
        ("year = 2025", "year = 2027"),
    )
    with pytest.raises(CatalogueError) as error:
        years.read(file, agreed)
    first, *lines = str(error.value).splitlines()
    assert first == "3 fault(s) in eigen.toml:"
    assert [line.split(" = ")[0] for line in lines] == [
        "eigen.toml: year.0.quality",
        "eigen.toml: year.1.law",
        "eigen.toml: year.3.year",
    ]


def test_a_minimum_of_chance_needs_the_spread_of_others(tmp_path, agreed):
    with pytest.raises(CatalogueError) as error:
        years.read(EXAMPLE, agreed.model_copy(update={"minimum_savings_rate": "placebo"}))
    assert str(error.value).splitlines()[1] == (
        'contract_voorbeeld_jaren.toml: year.0.placebo_sd = None: minimum_savings_rate = "placebo" needs it each '
        "year, as a share of the expected cost; give it"
    )


def test_no_file(tmp_path, agreed):
    with pytest.raises(CatalogueError) as error:
        years.read(tmp_path / "geen.toml", agreed)
    assert str(error.value) == (
        f"{tmp_path / 'geen.toml'}: no such file; `kavelmon local templates FOLDER` writes "
        "contract_voorbeeld_jaren.toml to begin with"
    )


def test_contracts_and_years_in_a_folder_of_own_tables_are_no_tables(tmp_path, own_store):
    from kavelmon import declarations
    from kavelmon.local import read

    folder = tmp_path / "eigen"
    shutil.copytree(TEMPLATES, folder)
    found = read(folder, declarations.load())
    assert not [name for name in found.ids if name.startswith(("contract", "scenario"))]
