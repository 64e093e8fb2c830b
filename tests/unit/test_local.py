"""The gate before a region's own tables: nothing that looks like data of persons passes, and no message repeats it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kavelmon import declarations, local, store
from kavelmon.local import codes, gate, grid, lists
from kavelmon.model import SourceError

TOML = """
publisher = "Gemeente Winterswijk"
title = "Eigen tabel"
licence = "CC BY 4.0"
method = "register"
region_year = 2024
disclosure = "publisher"
"""
# made up, and passing the test of eleven: 9*1 + 8*1 + 7*1 + 6*2 + 5*2 + 4*2 + 3*3 + 2*3 - 1*3 = 66
BSN = "111222333"
IBAN = "NL91ABNA0417164300"


def write(folder: Path, text: str) -> Path:
    (folder / "tabel.csv").write_text(text, encoding="utf-8")
    (folder / "tabel.toml").write_text(TOML, encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def no_store(monkeypatch, tmp_path):
    monkeypatch.setenv("KAVELMON_STORE", str(tmp_path / "none"))


def refused(folder: Path) -> str:
    with pytest.raises(SourceError) as error:
        local.read(folder, declarations.load())
    return str(error.value)


COLUMNS = [
    "BSN",
    "burgerservicenummer",
    "Geboortedatum",
    "geboortedatum_client",
    "Voornaam",
    "achternaam",
    "Naam cliënt",
]
COLUMNS += [
    "straat",
    "Huisnummer",
    "adres",
    "postcode6",
    "E-mail",
    "telefoonnummer",
    "IBAN",
    "Patiëntnummer",
    "clientNummer",
]


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_of_persons_is_refused_by_its_name(tmp_path, name):
    folder = write(tmp_path, f"indicator;gebied;periode;waarde;{name}\neenzaam;GM0294;2024;44,1;x\n")
    message = refused(folder)
    assert "looks like data of persons" in message
    assert f'row 1, column "{name}"' in message


VALUES = {
    "a number of nine digits": BSN,
    "in a sentence": f"cliënt {BSN} is verhuisd",
    "mail": "j.jansen@voorbeeld.nl",
    "account": IBAN,
    "account with blanks": "NL91 ABNA 0417 1643 00",
    "mobile": "06-12345678",
    "abroad": "+31 6 12345678",
    "postcode": "7101 AB",
    "postcode in small letters": "7101ab",
    "in an address": "Markt 1, 7101 AB Winterswijk",
    "a day": "12-03-1951",
    "a day in ISO": "1951-03-12",
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("column", ["gebiedsnaam", "opmerking"])
def test_a_value_of_a_person_is_refused_and_not_repeated(tmp_path, name, column):
    value = VALUES[name]
    text = f"indicator;gebied;periode;waarde;{column}\neenzaam;GM0294;2024;44,1;Winterswijk\n"
    text += f"eenzaam;GM0197;2024;41;{value}\n"
    message = refused(write(tmp_path, text))
    assert "looks like data of persons" in message
    assert f'row 3, column "{column}"' in message
    for part in value.split():
        assert len(part) < 3 or part not in message


@pytest.mark.parametrize("column", ["indicator", "gebied", "periode", "waarde"])
def test_a_bsn_is_refused_in_any_column_of_a_table(tmp_path, column):
    cells = {"indicator": "eenzaam", "gebied": "GM0197", "periode": "2024", "waarde": "41"} | {column: BSN}
    # of a table without amounts: the catalogue has some, so that a lone number in a column of figures may be one
    text = f"indicator;gebied;periode;waarde\neenzaam;GM0294;2024;44,1\n{';'.join(cells.values())}\n"
    message = refused(write(tmp_path, text))
    assert 'row 3, column "' in message
    assert BSN not in message


@pytest.mark.parametrize("column", ["indicator", "gebied", "periode", "waarde", "status"])
def test_a_name_is_never_repeated(tmp_path, column):
    cells = {"indicator": "eenzaam", "gebied": "GM0197", "periode": "2024", "waarde": "41", "status": ""}
    cells[column] = "Jansen-de Vries"
    message = refused(write(tmp_path, f"{';'.join(cells)}\n{';'.join(cells.values())}\n"))
    assert f'row 2, column "{column}"' in message
    assert "Jansen" not in message


def test_a_table_without_header_does_not_tell_its_first_row(tmp_path):
    message = refused(write(tmp_path, "Jansen;vrouw;44\nDe Vries;man;51\n"))
    assert "row 1" in message
    assert "Jansen" not in message


def test_columns_of_figures_may_hold_amounts_but_no_column_of_bsns(tmp_path):
    header = "indicator;gebied;periode;waarde\n"
    amounts = "zvw_kosten_totaal;GM0294;2023;111222333\nzvw_kosten_totaal;GM0197;2023;100000001\n"
    assert len(local.read(write(tmp_path, header + amounts), declarations.load()).tables["tabel"].rows) == 2
    message = refused(write(tmp_path, header + amounts.replace("100000001", "123456782")))
    assert 'row 2, column "waarde": numbers that can be burgerservicenummers' in message


def test_one_row_a_person(tmp_path):
    rows = "".join(f"eenzaam;GM0294;2024;{n}\n" for n in range(40, 50))
    message = refused(write(tmp_path, "indicator;gebied;periode;waarde\n" + rows))
    assert "looks like data of persons" in message
    assert "row 2: 10 of 10 rows share a region and period" in message
    ones = "".join(f"eenzaam;GM{code};2024;{n % 2};1\n" for n, code in enumerate((294, 197, 222, 1509, 1586)))
    ones = ones.replace("GM294", "GM0294").replace("GM197", "GM0197").replace("GM222", "GM0222")
    message = refused(write(tmp_path, "indicator;gebied;periode;teller;noemer\n" + ones))
    assert "every figure is 0 or 1 out of 1" in message
    assert "none of the 2 columns is known" in refused(write(tmp_path, "leeftijd;geslacht\n51;v\n44;m\n"))
    assert "no column for the region" in refused(write(tmp_path, "indicator;waarde\neenzaam;1\neenzaam;0\n"))


HARMLESS = ["Winterswijk", "2024", "12,5", "GM0294", "In 2024 EU-subsidie", "0,123456789", "123456789", "tel 112"]


@pytest.mark.parametrize("cell", HARMLESS)
def test_what_is_no_persons_passes(cell):
    assert gate.personal(cell) == ""


@given(st.integers(0, 999_999_999))
def test_the_test_of_eleven_is_that_of_plain_arithmetic(number):
    digits = f"{number:09d}"
    total = 0
    for place, digit in enumerate(digits):
        total += int(digit) * (9 - place if place < 8 else -1)
    assert gate.is_bsn(digits) == (number != 0 and total % 11 == 0)


@given(st.text(max_size=30))
def test_what_a_message_shows_of_a_cell_holds_no_word(cell):
    shown = grid.shown(cell)
    assert len(cell.strip()) <= 13 or cell.strip() not in shown


# codes


def test_successors_are_followed_through_several_mergers():
    known = store.regions()
    assert codes.successors("GM0788", 2024, known) == {"GM0757", "GM0824", "GM0855", "GM0865"}  # Haaren, 2021
    assert codes.successors("GM0370", 2021, known) == frozenset()  # Beemster was there until 2022
    assert codes.successors("GM0370", 2024, known) == {"GM0439"}


def test_every_code_of_an_indeling_is_right_in_it():
    known = store.regions()
    for year in (2016, 2020, 2024):
        assert [c for c in known.valid(year) if codes.fault_of(c, year, known)] == []
    for (code, year), _ in list(known.small.items())[::37]:
        if f"GM{code[2:6]}" in known.valid(year):
            assert codes.fault_of(code, year, known) == ""


# interventions and provisions

LIST = """id;titel;domein;soort;gebied;lon;lat;begin;eind;doelgroep;tekst;bron;licentie
valpreventie;Valpreventie;zorg;interventie;GM0294 GM0197;;;2023;;65-plussers;Cursus in elke kern.;Gemeente;CC BY 4.0
beweegtuin;Beweegtuin;omgeving;voorziening;;6,7190;51,9710;2022-05-01;2024;iedereen;Openbaar.;Gemeente;CC BY 4.0
landelijk;Rookvrij;gezondheid;interventie;NL;;;2020;;iedereen;;VWS;CC0
"""


def of_list(folder: Path, text: str = LIST):
    (folder / "interventies.csv").write_text(text, encoding="utf-8")
    return local.read(folder, declarations.load()).lists["interventies"]


def test_a_list_gives_places_and_moments(tmp_path):
    found = of_list(tmp_path).set_index("id")
    assert list(found["codes"]) == ["GM0197 GM0294", "", "NL"]
    assert found["at"]["beweegtuin"].startswith("WK0294")
    assert (found["begin"]["beweegtuin"], found["end"]["beweegtuin"]) == ("2022-05-01", "2024")


def test_what_is_inside_an_area(tmp_path):
    found = of_list(tmp_path)

    def ids(*place: str) -> set[str]:
        return set(lists.inside(found, place)["id"])

    wijk = found.set_index("id")["at"]["beweegtuin"]
    assert ids("GM0294", "GM0222") == {"valpreventie", "beweegtuin", "landelijk"}
    assert ids("GM0197") == {"valpreventie", "landelijk"}
    assert ids("GM0228") == {"landelijk"}
    assert ids(wijk) == {"valpreventie", "beweegtuin", "landelijk"}
    assert ids("WK029499") == {"valpreventie", "landelijk"}
    assert ids() == {"valpreventie", "beweegtuin", "landelijk"}


WRONG = {
    "an abolished gemeente": ("GM0197", "GM0370", 'row 2, column "gebied"', "write GM0439"),
    "a kind": (";interventie;GM", ";cursus;GM", 'row 2, column "soort"', "interventie, voorziening"),
    "a domain": ("omgeving", "groen", 'row 3, column "domein"', "gezondheid, zorg, omgeving, aanbod"),
    "the sea": ("6,7190;51,9710", "3,5;53,5", 'row 3, column "lon"', "lies in no wijk"),
    "metres": ("6,7190", "246300", 'row 3, column "lon"', "metres (RD)"),
    "swapped": ("6,7190;51,9710", "51,9710;6,7190", 'row 3, column "lon"', "swapped"),
    "half a point": ("6,7190;", ";", 'row 3, column "lon"', "give both or none"),
    "no place": ("6,7190;51,9710", ";", 'row 3, column "gebied"', "no place"),
    "no date": ("2022-05-01", "mei 2022", 'row 3, column "begin"', "a year (2022) or a date"),
    "before it began": (";2024;", ";2021;", 'row 3, column "eind"', "lies before the begin"),
    "an id twice": ("beweegtuin;", "valpreventie;", 'row 3, column "id"', "as on row 2"),
    "no licence": ("Gemeente;CC BY 4.0\nbeweeg", "Gemeente;\nbeweeg", 'row 2, column "licentie"', "fill it in"),
    "a column": ("doelgroep", "doel", 'row 1, column "doel"', "is not read"),
    "a postcode": ("Openbaar.", "Parklaan 1, 7101 AB", 'row 3, column "tekst"', "postcode"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_in_a_list_is_named_with_its_row_and_column(tmp_path, name):
    old, new, place, words = WRONG[name]
    assert old in LIST
    with pytest.raises(SourceError) as error:
        of_list(tmp_path, LIST.replace(old, new, 1))
    assert f"interventies.csv, {place}" in str(error.value) or f"{place}: " in str(error.value)
    assert words in str(error.value)
