"""Judgements of people: with evidence and date, by a function and never a person, and never one number."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from kavelmon import declarations, local, own, paths
from kavelmon.local.gate import is_name
from kavelmon.local.judgements import SCHEMA
from kavelmon.model import NotFoundError, SourceError
from kavelmon.selection import scorecard

LIST = """gebied;criterium;oordeel;bewijs;datum;beoordelaar
achterhoek;D1;1;Er is een regiovisie.;2020-02-03;programmaleider
achterhoek;d01_gedeelde_visie;2;Alle partijen tekenden.;2020-09-01;programmaleider
achterhoek;D5;onbekend;;2020-02-03;programmaleider
GM0228;K6;0;https://voorbeeld.example/brief;03-02-2020;Zorgverzekeraar
voorbeeld_01;D10;2;Er is een stuurgroep.;2020-02-03;adviesbureau
"""


pytestmark = pytest.mark.usefixtures("own_store")


def folder(tmp_path: Path, text: str = LIST, name: str = "kavelselectie_oordelen") -> Path:
    target = tmp_path / "eigen"
    target.mkdir(exist_ok=True)
    (target / f"{name}.csv").write_text(text, encoding="utf-8")
    return target


def read(target: Path) -> pd.DataFrame:
    return local.read(target, declarations.load()).lists["kavelselectie_oordelen"]


def test_a_list_is_read_as_it_stands(tmp_path):
    found = read(folder(tmp_path))
    assert list(found.columns) == SCHEMA.names
    assert found["area"].tolist() == ["achterhoek"] * 3 + ["ede", "voorbeeld_01"]
    assert found["criterion"].tolist()[:2] == ["d01_gedeelde_visie"] * 2
    assert found["judgement"].tolist() == ["1", "2", "onbekend", "0", "2"]
    assert found["date"].tolist()[3] == "2020-02-03"


def test_the_card_has_every_question_and_the_latest_judgement(tmp_path):
    held = read(folder(tmp_path))
    card = scorecard.scorecard("achterhoek", held).set_index("code")
    assert card.index.tolist() == ["D1", "D5", "D6", "D7", "D8", "D10", "K6"]
    assert (card["judgement"]["D1"], card["date"]["D1"], card["earlier"]["D1"]) == ("2", "2020-09-01", 1)
    assert card["evidence"]["D1"] == "Alle partijen tekenden."
    assert (card["judgement"]["D5"], card["date"]["D5"]) == ("onbekend", "2020-02-03")
    assert (card["judgement"]["K6"], card["date"]["K6"], card["earlier"]["K6"]) == ("onbekend", "", 0)
    assert card["ask"].str.endswith("?").all()
    assert scorecard.scorecard(["GM0228"], held).set_index("code")["judgement"]["K6"] == "0"
    assert scorecard.scorecard(declarations.load().area("ede"), held).set_index("code")["judgement"]["K6"] == "0"
    assert scorecard.scorecard("voorbeeld_01", held).set_index("code")["judgement"]["D10"] == "2"


def test_the_order_of_the_rows_does_not_matter(tmp_path):
    held = read(folder(tmp_path))
    pd.testing.assert_frame_equal(
        scorecard.scorecard("achterhoek", held[::-1]), scorecard.scorecard("achterhoek", held)
    )


def test_a_later_unknown_goes_before_an_older_judgement(tmp_path):
    held = read(folder(tmp_path, LIST + "achterhoek;D1;onbekend;;2021-01-01;programmaleider\n"))
    card = scorecard.scorecard("achterhoek", held).set_index("code")
    assert (card["judgement"]["D1"], card["earlier"]["D1"]) == ("onbekend", 2)


@pytest.mark.parametrize("total", ["sum", "mean", "median", "max"])
def test_there_is_no_total(tmp_path, total):
    card = scorecard.scorecard("achterhoek", read(folder(tmp_path)))
    with pytest.raises(TypeError):
        getattr(card["judgement"], total)()


def test_an_unknown_area_has_no_card():
    with pytest.raises(NotFoundError, match='unknown region "achterhok"'):
        scorecard.scorecard("achterhok")


# faults

COLUMN = 'kavelselectie_oordelen.csv, row {}, column "{}": {}'.format
CODES = "D1, D5, D6, D7, D8, D10, K6"
FAULTS = {
    "a criterion of figures": (
        ";D5;",
        ";D2;",
        COLUMN(4, "criterium", f"D2 is for figures, not for a judgement; allowed: {CODES}"),
    ),
    "the same as another": (";D5;", ";K5;", COLUMN(4, "criterium", "K5 says the same as D10; write D10")),
    "no criterion": (
        ";D5;",
        ";D12;",
        COLUMN(4, "criterium", f"a text of 3 characters is no criterion; allowed: {CODES}"),
    ),
    "no judgement": (
        ";D5;onbekend;",
        ";D5;3;",
        COLUMN(4, "oordeel", "'3' is no judgement; allowed: 0, 1, 2, onbekend"),
    ),
    "no evidence": (
        "Er is een regiovisie.",
        "",
        COLUMN(2, "bewijs", 'empty; say what the judgement rests on, or write "onbekend" as the judgement'),
    ),
    "no area": (
        "GM0228",
        "zuid limburg",
        COLUMN(5, "gebied", "a text of 12 characters is no area; nearest: zuid_limburg"),
    ),
    "an empty area": ("GM0228", "", COLUMN(5, "gebied", "empty; fill it in")),
    "nobody": ("stuurgroep.;2020-02-03;adviesbureau", "x;2020-02-03;", COLUMN(6, "beoordelaar", "empty; fill it in")),
    "no date": ("03-02-2020", "2020", COLUMN(5, "datum", "no date; write a date with its day (2020-03-01)")),
    "the future": ("03-02-2020", "03-02-2999", COLUMN(5, "datum", "2999-02-03 lies in the future")),
    "twice a day": (
        "2020-09-01",
        "2020-02-03",
        COLUMN(3, "datum", "the same area, criterion and date as on row 2; keep one judgement a day"),
    ),
    "a column that is gone": ("bewijs", "waarom", 'row 1: column "bewijs" is missing; add it'),
    "a total": ("beoordelaar", "totaal", 'row 1, column "totaal": is not read'),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_list_is_named_with_its_row_and_column(tmp_path, name):
    old, new, words = FAULTS[name]
    assert old in LIST
    with pytest.raises(SourceError) as error:
        read(folder(tmp_path, LIST.replace(old, new, 1)))
    assert words in str(error.value)


PERSONS = {
    "a title": ("adviesbureau", "mevrouw De Vries", "the name of a person"),
    "initials": ("adviesbureau", "J.P. de Vries", "the name of a person"),
    "mail": ("adviesbureau", "j.vries@voorbeeld.nl", "an e-mail address"),
    "a number": ("Er is een stuurgroep.", "Volgens 111222333", "a number that can be a burgerservicenummer"),
    "a day": ("Er is een stuurgroep.", "Vries, 12-03-1951", "a date with its day"),
    "a column": ("beoordelaar", "achternaam", "a column with a name of a person"),
}


@pytest.mark.parametrize("name", PERSONS)
def test_a_list_that_looks_personal_is_refused_and_not_repeated(tmp_path, name):
    old, new, what = PERSONS[name]
    # with another fault beside it: what is personal is said first, and alone
    with pytest.raises(SourceError) as error:
        read(folder(tmp_path, LIST.replace(old, new, 1).replace(";D5;", ";D12;")))
    assert "looks like data of persons" in str(error.value)
    assert what in str(error.value)
    assert "ries" not in str(error.value)
    assert "no criterion" not in str(error.value)


def test_what_is_a_name():
    organisations = ["Programmaleider", "GGD Noord- en Oost-Gelderland", "Zorggroep Oost B.V.", "B.V. Zorg", "Menzis"]
    organisations += ["Dr. Leo Kannerhuis", "St. Elisabeth", "gemeente Ede, afdeling Wmo"]
    assert not [one for one in organisations if is_name(one)]
    assert all(
        is_name(one) for one in ("dhr. Jansen", "Mw. A. Bakker", "A. van der Berg", "J.P.Jansen", "de heer Smit")
    )


# the store


def test_judgements_are_kept_and_taken_out_again(tmp_path, own_store):
    assert scorecard.judgements().empty
    assert list(scorecard.judgements().columns) == SCHEMA.names
    assert set(scorecard.scorecard("achterhoek")["judgement"]) == {"onbekend"}
    target = folder(tmp_path)
    own.add(target, own_store, say=lambda _: None)
    pd.testing.assert_frame_equal(scorecard.judgements(), read(target), check_dtype=False)
    assert scorecard.scorecard("achterhoek").set_index("code")["judgement"]["D1"] == "2"
    own.remove("kavelselectie_oordelen", own_store, say=lambda _: None)
    assert scorecard.judgements().empty
    assert not paths.version_of(own_store).exists() or not list(paths.version_of(own_store).glob("*.parquet"))


def test_two_lists_hold_one_judgement_a_day(tmp_path, own_store):
    own.add(folder(tmp_path), own_store, say=lambda _: None)
    target = folder(tmp_path, LIST, "kavelselectie_oordelen_ook")
    (target / "kavelselectie_oordelen.csv").unlink()
    words = "both hold d01_gedeelde_visie of achterhoek on 2020-02-03; keep one judgement a day"
    with pytest.raises(SourceError, match=words):
        own.add(target, own_store, say=lambda _: None)
    text = LIST.replace("2020", "2021")
    own.add(folder(tmp_path, text, "kavelselectie_oordelen_ook"), own_store, say=lambda _: None)
    assert len(scorecard.judgements()) == 10
    assert scorecard.scorecard("achterhoek").set_index("code")["date"]["D1"] == "2021-09-01"


def test_the_command_line_says_what_a_list_holds(tmp_path, own_store):
    def command(*arguments: object) -> subprocess.CompletedProcess[str]:
        call = [sys.executable, "-m", "kavelmon", "local", *map(str, arguments)]
        return subprocess.run(call, capture_output=True, text=True, timeout=120)

    target = folder(tmp_path)
    assert command("check", target).stdout == "kavelselectie_oordelen: right; 5 judgements\n"
    assert not own_store.exists()
    own.add(target, own_store, say=lambda _: None)
    (target / "kavelselectie_oordelen.csv").rename(target / "kavelselectie_oordelen_ook.csv")
    refused = command("check", target)
    assert refused.returncode == 2
    assert "both hold d01_gedeelde_visie of achterhoek" in refused.stderr
