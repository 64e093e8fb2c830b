"""A region's own tables, made up on real codes since no region has given one: each fault at its row and column."""

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kavelmon import declarations, local, paths
from kavelmon.model import KavelmonError, SourceError

TODAY = dt.date(2025, 9, 1)
OPEN = """
publisher = "Gemeente Winterswijk"
title = "Eigen tabel"
licence = "CC BY 4.0"
method = "register"
region_year = 2024
disclosure = "publisher"
"""
GUARDED = OPEN.replace('disclosure = "publisher"', "[disclosure]\np_max = 1")
NEW = """
[indicator.valongevallen]
title = "Ouderen met een valongeval"
domain = "gezondheid"
unit = "%"
[indicator.cursisten]
title = "Deelnemers aan cursussen"
domain = "aanbod"
unit = "personen"
rollup = "sum"
[indicator.ritten]
title = "Ambulanceritten"
domain = "zorg"
unit = "per 1.000 inwoners"
scale = 1000
"""
LONG = """indicator;gebied;periode;teller;noemer
valongevallen;GM0294;2023;320;7532
valongevallen;GM0197;2023;301;7102
valongevallen;GM0222;2023;580;12840
"""
VALUES = """indicator;gebied;periode;waarde
eenzaam;GM0294;2024;44,1
eenzaam;GM0197;2024;42,9
eenzaam;GM0222;2024;46,2
"""
SHARES = VALUES.replace("44,1", "0,441").replace("42,9", "0,429").replace("46,2", "0,5")
MARGINS = """gebied;periode;eenzaam;eenzaam_ondergrens;eenzaam_bovengrens
GM0294;2024;44,1;40,2;48,0
GM0197;2024;42,9;38,9;46,9
"""


def xlsx(path: Path, rows: list[list], *, sheet: str = "Blad1", more: dict[str, list[list]] | None = None) -> Path:
    """Write a workbook as Excel does: numbers as numbers, text as text."""
    sheets = {sheet: rows, **(more or {})}

    def cell(column: int, row: int, value: object) -> str:
        at = f"{chr(65 + column)}{row}"
        if isinstance(value, int | float):
            return f'<c r="{at}"><v>{value}</v></c>'
        return f'<c r="{at}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>' if value != "" else ""

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds, links, listed = "", "", ""
    with zipfile.ZipFile(path, "w") as book:
        for number, (name, content) in enumerate(sheets.items(), 1):
            body = "".join(
                f'<row r="{r}">{"".join(cell(c, r, v) for c, v in enumerate(one))}</row>'
                for r, one in enumerate(content, 1)
            )
            text = f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'
            book.writestr(f"xl/worksheets/sheet{number}.xml", text)
            kinds += (
                f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="application/vnd.openxmlformats-'
                'officedocument.spreadsheetml.worksheet+xml"/>'
            )
            links += f'<Relationship Id="r{number}" Type="{office}/worksheet" Target="worksheets/sheet{number}.xml"/>'
            listed += f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"/>'
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.'
            'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            f'spreadsheetml.sheet.main+xml"/>{kinds}</Types>',
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships">{links}</Relationships>'
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>',
        )
    return path


@pytest.fixture(autouse=True)
def no_store(monkeypatch, tmp_path):
    monkeypatch.setenv("KAVELMON_STORE", str(tmp_path / "none"))


@pytest.fixture
def put(tmp_path) -> Callable[..., Path]:
    """Write a table and its TOML into a folder."""
    folder = tmp_path / "eigen"

    def put(content: str | bytes, toml: str = OPEN + NEW, name: str = "tabel.csv") -> Path:
        folder.mkdir(exist_ok=True)
        raw = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(raw)
        if toml:
            (folder / Path(name).with_suffix(".toml")).write_text(toml, encoding="utf-8")
        return folder

    return put


def read(folder: Path):
    return local.read(folder, declarations.load(), today=TODAY)


def refused(folder: Path) -> str:
    with pytest.raises((SourceError, KavelmonError)) as error:
        read(folder)
    return str(error.value)


def table(folder: Path, name: str = "tabel") -> pd.DataFrame:
    return read(folder).tables[name].rows


# what is right


def test_counts_of_a_register_become_observations(put):
    found = read(put(LONG)).tables["tabel"]
    rows = found.rows[found.rows["indicator"] == "valongevallen"].set_index("region")
    assert rows["numerator"].to_dict() == {"GM0294": 320, "GM0197": 301, "GM0222": 580}
    assert set(rows["region_year"]) == {2024}
    assert set(rows["status"]) == {"ok"}
    people = found.rows[found.rows["indicator"] == "tabel__noemer_valongevallen"].set_index("region")
    assert people["value"].to_dict() == {"GM0294": 7532, "GM0197": 7102, "GM0222": 12840}
    edition = found.local.indicators["valongevallen"].edition[0]
    assert (edition.numerator, edition.denominator) == ("teller", "tabel__noemer_valongevallen")


def test_a_survey_with_margins_in_the_wide_form_adds_an_edition(put):
    found = read(put(MARGINS)).tables["tabel"]
    assert found.rows[["value", "lower", "upper"]].iloc[0].tolist() == [44.1, 40.2, 48.0]
    assert set(found.rows["method"]) == {"bron"}
    edition = found.local.editions["eenzaam"]
    assert (edition.value, edition.denominator) == ("waarde", "inwoners_18plus")
    joined = declarations.load().joined([found.local]).indicator("eenzaam")
    assert [e.source for e in joined.edition][-1] == "tabel"
    assert len(joined.edition) == len(declarations.load().indicator("eenzaam").edition) + 1


@pytest.mark.parametrize("mark", [",", "."])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_decimal_mark_and_separator_show_from_the_table(put, mark, delimiter):
    text = VALUES.replace(",", mark).replace(";", delimiter)
    assert table(put(text))["value"].tolist() == [44.1, 42.9, 46.2]


def test_excel_is_read_with_its_own_numbers(tmp_path, put):
    folder = put("x", name="other.txt", toml="")
    xlsx(
        folder / "tabel.xlsx",
        [r.split(";") for r in VALUES.replace(",", ".").split("\n")[:1]]
        + [["eenzaam", "GM0294", 2024, 44.1], ["eenzaam", "GM0197", 2024, "42,9"]],
    )
    (folder / "tabel.toml").write_text(OPEN, encoding="utf-8")
    assert table(folder)["value"].tolist() == [44.1, 42.9]


def test_english_names_and_a_column_for_the_reader(put):
    text = "indicator,region,period,value,region_name\neenzaam,gm0294,2024,44.1,Winterswijk\n"
    assert table(put(text))["region"].tolist() == ["GM0294"]


def test_the_examples_are_right():
    found = read(paths.templates())
    lists = {"interventies", "kavelselectie_oordelen", "kavelselectie_traject"}
    assert set(found.ids) == {"wmo_lokaal", "ggd_lokaal", *lists}


# the likely mistakes: what is changed in a right table, and the place and words of the answer

MISTAKES = {
    "unknown region": (LONG, "GM0197", "GM9999", 'row 3, column "gebied"', "there is no gemeente GM9999"),
    "a name": (LONG, "GM0197", "Aalten", 'row 3, column "gebied"', "write GM0197 for Aalten"),
    "digits of a code": (LONG, "GM0197", "197", 'row 3, column "gebied"', "write GM0197"),
    "abolished gemeente": (LONG, "GM0197", "GM0370", 'row 3, column "gebied"', "write GM0439 (Purmerend)"),
    "divided gemeente": (LONG, "GM0197", "GM0788", 'row 3, column "gebied"', "divided over GM0757 (Boxtel) and "),
    "wijk of an abolished gemeente": (LONG, "GM0197", "WK037000", 'row 3, column "gebied"', "write GM0439 (Purmerend)"),
    "area": (LONG, "GM0197", "achterhoek", 'row 3, column "gebied"', "a row per gemeente"),
    "GGD": (LONG, "GM0197", "GG1413", 'row 3, column "gebied"', "a row per gemeente"),
    "share": (SHARES, "44", "44", 'row 2, column "waarde"', "multiply by 100"),
    "text in a number": (LONG, "301", "3O1", 'row 3, column "teller"', "is no number"),
    "per cent sign": (VALUES, "42,9", "42,9%", 'row 3, column "waarde"', "no sign for per cent"),
    "mixed marks": (VALUES, "42,9", "42.9", 'row 3, column "waarde"', "one of the two"),
    "thousands or decimals": (LONG, "7102", "7.102", 'row 3, column "noemer"', "thousands or decimals"),
    "swapped": (LONG, "301;7102", "7102;301", 'row 3, column "teller"', "larger than the denominator"),
    "negative": (LONG, "301", "-301", 'row 3, column "teller"', "less than 0"),
    "above 100": (VALUES, "42,9", "429", 'row 3, column "waarde"', "more than 100"),
    "no year": (LONG, "GM0197;2023", "GM0197;Q3 2023", 'row 3, column "periode"', "is no year"),
    "a day": (LONG, "GM0197;2023", "GM0197;31-12-2023", 'row 3, column "periode"', "is no year"),
    "future": (LONG, "GM0197;2023", "GM0197;2099", 'row 3, column "periode"', "lies in the future"),
    "duplicate": (LONG, "GM0197", "GM0294", 'row 3, column "gebied"', "as on row 2"),
    "unknown indicator": (
        LONG,
        "valongevallen;GM0197",
        "valongeval;GM0197",
        'row 3, column "indicator"',
        "nearest: valongevallen",
    ),
    "no indicator": (LONG, "valongevallen;GM0197", ";GM0197", 'row 3, column "indicator"', "no indicator"),
    "margins": (MARGINS, "42,9", "48,9", 'row 3, column "eenzaam_bovengrens"', "do not contain the value"),
    "margins swapped": (MARGINS, "38,9;46,9", "46,9;38,9", 'row 3, column "eenzaam_ondergrens"', "do not contain"),
    "one margin": (MARGINS, "38,9;46,9", "38,9;", 'row 3, column "eenzaam_bovengrens"', "both or none"),
    "column gone": (LONG, "gebied", "wie", 'row 1, column "wie"', "is not read"),
    "column twice": (LONG, "teller", "noemer", 'row 1, column "noemer"', "stands there twice"),
    "column under two names": (LONG, "teller", "denominator", 'row 1, column "noemer"', 'same as column "denominator"'),
    "status": (LONG, "teller;noemer", "teller;status", 'row 2, column "status"', "is no status"),
    "ragged": (LONG, "301;7102", "301;7;102", "row 3", "6 cells, the first row has 5"),
    "quotes": (LONG, "301", '"301', "row 3", "quotation mark"),
    "wrong separator": (LONG, ";", "|", "row 1", "separate them by"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_row_and_column(put, name):
    content, old, new, place, words = MISTAKES[name]
    assert old in content
    message = refused(put(content.replace(old, new)))
    assert f"tabel.csv, {place}" in message
    assert words in message


def test_a_wijk_of_another_year_is_told_apart_from_one_that_never_was(put, monkeypatch):
    known = local.store.regions()
    of_2022 = sorted({c for c, y in known.small if y == 2022} - {c for c, y in known.small if y == 2024})
    code = next(c for c in of_2022 if c.startswith("WK") and f"GM{c[2:6]}" in known.valid(2024))
    message = refused(put(LONG.replace("GM0197", code)))
    assert f'row 3, column "gebied": {code} is a wijk in the indeling of' in message
    assert "not of 2024" in message
    message = refused(put(LONG.replace("GM0197", "WK029477")))
    assert "there is no wijk WK029477 in GM0294 (Winterswijk); nearest: WK0294" in message


def test_a_value_that_its_counts_do_not_give(put):
    text = "indicator;gebied;periode;waarde;teller;noemer\nvalongevallen;GM0294;2023;4,2;320;7532\n"
    assert table(put(text))["numerator"].iloc[0] == 320  # 4.2485, rounded
    message = refused(put(text.replace("4,2;", "4,3;")))
    assert 'row 2, column "waarde": is not numerator / denominator x 100' in message
    message = refused(put(text.replace("4,2;", "0,04;")))
    assert 'row 2, column "waarde": given from 0 to 1' in message


def test_encodings_and_nothing_at_all(put):
    assert "UTF-16" in refused(put(LONG.encode("utf-16")))
    text = LONG.replace("noemer", "noemer;gebiedsnaam").replace("\n", ";\n").replace("gebiedsnaam;", "gebiedsnaam")
    latin = text.replace("12840;", "12840;Súdwest")
    message = refused(put(latin.encode("latin-1")))
    assert "tabel.csv, line 4: byte 0xfa is not UTF-8" in message
    assert "the file is empty" in refused(put(" \n"))
    assert "no row below the column names" in refused(put(LONG.split("\n")[0] + "\n"))


def test_every_fault_is_told_at_once(put):
    message = refused(put(LONG.replace("GM0197;2023;301", "GM9999;2099;3O1")))
    for place in ('row 3, column "gebied"', 'row 3, column "periode"', 'row 3, column "teller"'):
        assert place in message
    assert message.startswith("3 faults; nothing was stored")


def test_in_excel_the_cell_is_named(put):
    folder = put("x", name="other.txt", toml="")
    rows = [["indicator", "gebied", "periode", "waarde"]]
    rows += [
        ["eenzaam", code, 2024, 44.0 + n] for n, code in enumerate(("GM0294", "GM0197", "GM0222", "GM1509", "GM1586"))
    ]
    rows.append(["eenzaam", "GM9999", 2024, 44])
    xlsx(folder / "tabel.xlsx", rows)
    (folder / "tabel.toml").write_text(OPEN, encoding="utf-8")
    assert 'tabel.xlsx, cell B7, column "gebied": there is no gemeente GM9999' in refused(folder)
    xlsx(folder / "tabel.xlsx", rows[:-1], more={"Toelichting": [["uitleg"]]})
    assert 'name the one with the figures in tabel.toml: sheet = "..."' in refused(folder)
    (folder / "tabel.toml").write_text('sheet = "Blad1"\n' + OPEN, encoding="utf-8")
    assert len(table(folder)) == 5


DECLARED = {
    "disclosure left out": (OPEN.replace('disclosure = "publisher"', ""), "tabel.toml: disclosure: missing"),
    "no licence": (OPEN.replace('licence = "CC BY 4.0"', ""), "tabel.toml: licence: missing"),
    "a new indicator without unit": (OPEN + NEW.replace('unit = "%"', ""), "indicator.valongevallen.unit: missing"),
    "a known indicator anew": (OPEN + '[indicator.eenzaam]\ntitle = "Eenzaam"', "is in the catalogue already"),
    "an unknown denominator": (OPEN + '[indicator.eenzaam]\ndenominator = "inwoner"', "nearest: inwoners"),
    "a key that is not known": ("licentie = 1\n" + OPEN, "tabel.toml: licentie:"),
    "no TOML": ("", "no tabel.toml beside it"),
}


@pytest.mark.parametrize("name", DECLARED)
def test_a_fault_in_the_toml(put, name):
    toml, words = DECLARED[name]
    assert words in refused(put(LONG, toml))


def test_an_indicator_without_any_figure(put):
    text = LONG.replace("noemer\n", "noemer;status\n").split("\n")[0] + "\nvalongevallen;GM0294;2023;;;missing\n"
    assert 'row 2, column "teller": every figure of valongevallen is empty' in refused(put(text))


def test_a_mean_needs_a_denominator(put):
    text = "indicator;gebied;periode;waarde\nvalongevallen;GM0294;2023;4,2\n"
    assert 'row 2, column "waarde": the figures of valongevallen have no denominator' in refused(put(text))
    named = NEW.replace('unit = "%"', 'unit = "%"\ndenominator = "inwoners_65plus"')
    assert read(put(text, OPEN + named)).tables["tabel"].local.indicators["valongevallen"].edition[0].denominator


# cells under a threshold

THRESHOLDS = {
    "few with": ("valongevallen;GM0197;2023;4;7102", "teller", "cell_min = 5"),
    "none with": ("valongevallen;GM0197;2023;0;7102", "teller", "cell_min = 5"),
    "few without": ("valongevallen;GM0197;2023;7098;7102", "teller", "cell_min = 5"),
    "few people": ("valongevallen;GM0197;2023;12;29", "noemer", "n_min = 30"),
}


@pytest.mark.parametrize("name", THRESHOLDS)
def test_a_cell_under_its_threshold_is_refused_without_being_told(put, name):
    row, column, rule = THRESHOLDS[name]
    message = refused(put(LONG + row.replace("GM0197", "GM1509") + "\n", GUARDED + NEW))
    assert f'row 5, column "{column}": holds a cell under the threshold' in message
    assert rule in message
    assert 'write status "suppressed"' in message
    numbers = row.split(";")[3:]
    assert not any(f" {n} " in message for n in numbers if n not in ("4", "0"))


def test_the_threshold_itself_is_enough(put):
    text = LONG + "valongevallen;GM1509;2023;5;30\nvalongevallen;GM1586;2023;25;30\n"
    assert len(table(put(text, GUARDED + NEW))) == 10


def test_counts_and_surveys_under_their_thresholds(put):
    count = "indicator;gebied;periode;waarde\ncursisten;GM0294;2023;10\n"
    assert len(table(put(count, GUARDED + NEW))) == 1
    message = refused(put(count.replace(";10", ";9"), GUARDED + NEW))
    assert 'row 2, column "waarde"' in message
    assert "count_min = 10" in message
    survey = GUARDED.replace("register", "survey")
    wide = "gebied;periode;eenzaam;eenzaam_aantal\nGM0294;2024;44,1;{n}\n"
    assert "aantal" in refused(put(wide.replace("{n}", ""), survey))
    assert len(table(put(wide.replace("{n}", "30"), survey))) == 2
    message = refused(put(wide.replace("{n}", "29"), survey))
    assert 'row 2, column "eenzaam_aantal"' in message
    assert "n_min = 30" in message
    message = refused(put(wide.replace("44,1;{n}", "10,0;49"), survey))
    assert 'column "eenzaam": ' in message
    assert "cell_min = 5" in message


def test_a_suppressed_cell_may_stay_empty(put):
    text = LONG.replace("noemer\n", "noemer;status\n").replace("301;7102", ";7102;suppressed")
    text = text.replace("7532\n", "7532;\n").replace("12840\n", "12840;voorlopig\n")
    rows = table(put(text, GUARDED + NEW))
    rows = rows[rows["indicator"] == "valongevallen"].set_index("region")
    assert rows["status"].to_dict() == {"GM0294": "ok", "GM0197": "suppressed", "GM0222": "provisional"}
    message = refused(put(text.replace(";7102;suppressed", "301;7102;suppressed"), GUARDED + NEW))
    assert 'row 3, column "status"' in message


# any right table comes back as it was given

CODES = sorted(local.store.regions().valid(2024))[:40]
FIGURES = st.dictionaries(
    st.tuples(st.sampled_from(CODES), st.integers(2012, 2025)),
    st.one_of(
        st.none(),
        st.integers(1, 10**6).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FIGURES, st.sampled_from(";,\t"), st.booleans())
def test_a_right_table_comes_back_exactly(tmp_path_factory, figures, delimiter, excel):
    figures = {key: pair for key, pair in figures.items() if pair != (0, 1) and pair != (1, 1)}
    if not any(figures.values()):
        return
    folder = tmp_path_factory.mktemp("eigen")
    rows: list[list] = [["indicator", "gebied", "periode", "teller", "noemer", "status"]]
    for (code, year), pair in figures.items():
        rows.append(["valongevallen", code, year, *(pair or ("", "")), "" if pair else "missing"])
    if excel:
        xlsx(folder / "tabel.xlsx", rows)
    else:
        text = "\r\n".join(delimiter.join(map(str, row)) for row in rows)
        (folder / "tabel.csv").write_text(text, encoding="utf-8-sig", newline="")
    (folder / "tabel.toml").write_text(OPEN + NEW, encoding="utf-8")
    found = table(folder)
    own = found[found["indicator"] == "valongevallen"]
    given_back = {(r.region, int(r.period)): None if np.isnan(r.numerator) else r.numerator for r in own.itertuples()}
    assert given_back == {key: pair[0] if pair else None for key, pair in figures.items()}
    people = found[found["indicator"] != "valongevallen"]
    assert {(r.region, int(r.period)): r.value for r in people.itertuples()} == {
        key: pair[1] for key, pair in figures.items() if pair
    }
