"""One table in every form that StatLine hands it out in: the same figures, or a sentence on what the file lacks."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kavelmon import declarations, measure, store
from kavelmon.model import SourceError
from kavelmon.source_model import Source
from kavelmon.sources import complete, files, forms, tables
from kavelmon.sources.forms import digits, labels, titles
from tests.sources.alike import same
from tests.sources.test_local_tables import xlsx

REGIONS = store.regions()
AGES = {"Totaal": "10000", "18 tot 65 jaar": "53115", "65 jaar of ouder": "80200"}
MARGINS = {"Waarde": "MW00000", "Ondergrens 95%-interval": "MOG0095", "Bovengrens 95%-interval": "MBG0095"}
MONITOR = {  # the titles of 2020, as far as their keys tell them
    "ErvarenGezondheidGoedZeerGoed": "Ervaren gezondheid (goed/zeer goed)",
    "EenOfMeerLangdurigeAandoeningen": "Eén of meer langdurige aandoeningen",
    "EenOfMeerLichamelijkeBeperkingen": "Lichamelijke beperkingen/Eén of meer lichamelijke beperkingen",
    "BeperkingInBewegen": "Lichamelijke beperkingen/Beperking in bewegen",
    "Overgewicht": "Onder- en overgewicht/Overgewicht",
    "ErnstigOvergewichtObesitas": "Onder- en overgewicht/Mate van overgewicht/Ernstig overgewicht (obesitas)",
    "VoldoetAanBeweegrichtlijn": "Bewegen en sport/Voldoet aan beweegrichtlijn",
    "WekelijksSporter": "Bewegen en sport/Wekelijks sporter",
    "Mantelzorger": "Mantelzorg geven/Mantelzorger",
    "ZwaarBelasteMantelzorgers": "Mantelzorg geven/Zwaar belaste mantelzorgers",
    "Rokers": "Rokers",
    "ZwareDrinker": "Alcoholgebruik/Zware drinker",
}


@dataclass
class Published:
    """A table as StatLine has it: labels, codes by label, figures with a decimal point, "." or "" for none."""

    name: str
    dims: list[str]  # titles of the breakdowns
    codes: dict[str, dict[str, str]]  # by title of a breakdown
    titles: dict[str, str]  # path of titles by key
    rows: Sequence[tuple[tuple[str, ...], list[str]]]
    unit: str = "%"

    def choices(self, dim: str) -> list[str]:
        return list(dict.fromkeys(labels[self.dims.index(dim)] for labels, _ in self.rows))

    def figure(self) -> dict[tuple[str, ...], list[str]]:
        return dict(self.rows)


def comma(cell: str) -> str:
    return cell.replace(".", ",") if cell != "." else cell


def text(rows: Iterable[Sequence[str]], *, sign: str = ";", quoted: bool = True, end: str = "\r\n") -> bytes:
    """Write rows as StatLine does: with a byte order mark, text between quotes, nothing bare."""
    out = io.StringIO()
    csv.writer(
        out, delimiter=sign, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator=end
    ).writerows(rows)
    return "\ufeff".encode() + out.getvalue().encode()


def keys_of(table: Published) -> list[str]:
    return [titles.key_of(d) for d in table.dims] + [f"{key}_{n}" for n, key in enumerate(table.titles, 1)]


def typed(table: Published) -> bytes:
    """Raw, typed: codes, a decimal point, nothing where there is no figure."""
    rows = [
        [str(i), *(table.codes[d][c] for d, c in zip(table.dims, labels, strict=True)), *(v.strip(".") for v in values)]
        for i, (labels, values) in enumerate(table.rows)
    ]
    return text([["ID", *keys_of(table)], *rows], quoted=False)


def untyped(table: Published) -> bytes:
    """Raw, untyped: padded codes, figures to the right in eight places."""
    rows = [
        [
            str(i),
            *(f"{table.codes[d][c]:<8}" for d, c in zip(table.dims, labels, strict=True)),
            *(v.rjust(8) for v in values),
        ]
        for i, (labels, values) in enumerate(table.rows)
    ]
    return text([["ID", *keys_of(table)], *rows])


def raw_labels(table: Published) -> bytes:
    """What clients make of a raw table: keys, labels, commas between columns."""
    rows = [[str(i), *labels, *values] for i, (labels, values) in enumerate(table.rows)]
    return text([["ID", *keys_of(table)], *rows], sign=",", quoted=False, end="\n")


def flat(table: Published, *, symbols: bool = True, sign: str = ";", end: str = "\n") -> bytes:
    """Titles with unit and groups, labels, a decimal comma."""
    head = [*table.dims, *(f"{path} ({table.unit})" for path in table.titles.values())]
    rows = [
        [*labels, *((comma(v).rjust(8) if v else v) if symbols else comma(v.strip(".")) for v in values)]
        for labels, values in table.rows
    ]
    return text([head, *rows], sign=sign, quoted=symbols, end=end)


def bare(table: Published) -> bytes:
    """Without symbols, with tabs: as somebody saves it once more."""
    return flat(table, symbols=False, sign="\t", end="\r\n")


def laid_out(table: Published, across: Sequence[str], *, named: bool = True, footer: str = "Bron: CBS") -> bytes:
    """As on the screen: some breakdowns above the columns, the topics below them."""
    down = [d for d in table.dims if d not in across]
    combos: list[tuple[str, ...]] = [()]
    for dim in across:
        combos = [(*c, label) for c in combos for label in table.choices(dim)]
    corner = [""] * (len(down) - 1)
    figure, keys = table.figure(), list(table.titles)
    head = [[*corner, dim if named else "", *(c[i] for c in combos for _ in keys)] for i, dim in enumerate(across)]
    head.append([*corner, "", *(table.titles[k].replace("/", "|") for _ in combos for k in keys)])
    head.append([*down, *(table.unit for _ in combos for _ in keys)])
    body = []
    beside = (tuple(c for d, c in zip(table.dims, key, strict=True) if d in down) for key, _ in table.rows)
    for choice in dict.fromkeys(beside):
        row = list(choice)
        for combo in combos:
            known = dict(zip(down, choice, strict=True)) | dict(zip(across, combo, strict=True))
            row += [comma(v) for v in figure[tuple(known[d] for d in table.dims)]]
        body.append(row)
    return text([["Gezondheidsmonitor; regio"], [""], [""], *head, *body, [footer]])


def in_columns(table: Published) -> bytes:
    return laid_out(table, [d for d in table.dims if d != "Regio's"])


def without_names(table: Published) -> bytes:
    return laid_out(table, [d for d in table.dims if d != "Regio's"], named=False)


def in_rows(table: Published) -> bytes:
    return laid_out(table, [])


def topics_down(table: Published) -> bytes:
    """As on the screen, the topics in the rows with their units beside them."""
    *across, last = [d for d in table.dims if d != "Regio's"]
    combos: list[tuple[str, ...]] = [()]
    for dim in (*across, last):
        combos = [(*c, label) for c in combos for label in table.choices(dim)]
    figure = table.figure()
    head = [["", "", dim, *(c[i] for c in combos)] for i, dim in enumerate(across)]
    head.append(["Regio's", "Onderwerp", last, *(c[-1] for c in combos)])
    body = []
    for region in table.choices("Regio's"):
        for n, path in enumerate(table.titles.values()):
            row = [region, path.replace("/", "|"), table.unit]
            for combo in combos:
                known = {"Regio's": region} | dict(zip((*across, last), combo, strict=True))
                row.append(comma(figure[tuple(known[d] for d in table.dims)][n]))
            body.append(row)
    return text([["Gezondheidsmonitor; regio"], [""], [""], *head, *body, ["Bron: CBS"]])


def old_site(table: Published) -> bytes:
    """The site until 2018: one line per group, all called Onderwerpen."""
    down, keys = table.dims, list(table.titles)
    paths = [titles.split(table.titles[k]) for k in keys]
    deep = max(map(len, paths))
    head = [
        ["Onderwerpen"] + [""] * (len(down) - 1) + [([p[0]] * (deep - len(p)) + p)[i] for p in paths]
        for i in range(deep)
    ]
    head.append([*down, *(table.unit for _ in keys)])
    body = [[*labels, *map(comma, values)] for labels, values in table.rows]
    footer = "© Centraal Bureau voor de Statistiek, Den Haag/Heerlen 10-10-2017"
    return text([["Gezondheidsmonitor"], *head, *body, [footer]])


FORMS: dict[str, tuple[Callable[[Published], bytes], str]] = {
    "raw, typed": (typed, "raw"),
    "raw, untyped": (untyped, "raw"),
    "raw with labels": (raw_labels, "raw"),
    "flat with symbols": (flat, "flat"),
    "flat without symbols, tabs": (bare, "flat"),
    "by table layout, choices above": (in_columns, "layout"),
    "by table layout, choices above, not named": (without_names, "layout"),
    "by table layout, choices beside": (in_rows, "layout"),
    "by table layout, topics beside": (topics_down, "layout"),
    "the site until 2018": (old_site, "layout"),
}


def load(source: Source, path: Path, asked: Iterable[str]) -> tuple[forms.Recognised, tables.Wide]:
    """Read a file as `tables.load` reads it once its form is known."""
    form = forms.recognised(path, source, asked, REGIONS)
    names = sorted(set(asked))
    raw = form.frame.assign(_line=form.lines)
    rows = tables.cells(form.source, raw, path, names, REGIONS)
    return form, tables.together(complete.checked([rows], form.source, path, names, REGIONS))


def asked_of(source_id: str) -> tuple[Source, list[str]]:
    catalogue = declarations.default()
    source = catalogue.source(source_id)
    return source, sorted(measure.topics_of(measure.asked_of(catalogue, source)))


@pytest.fixture(scope="module")
def monitor_2020(shared_data: Path) -> Published:
    """85012NED: every region, age group and margin of the real file, with the codes that its labels stand for."""
    frame = pd.read_csv(
        shared_data / "ggd/hackathon_Gezondheidsmonitor20_85012NED.csv", dtype=str, keep_default_na=False
    )
    known = {v: k for k, v in {c: REGIONS.name(c) for c in REGIONS.valid(2020)}.items()}
    codes = {}
    for n, label in enumerate(frame["RegioS"].unique()):
        level = label[-3:-1] if label.endswith(("(LD)", "(PV)", "(GG)", "(CG)")) else ""
        codes[label] = f"{level}{n:02d}" if level else known.get(label.removesuffix(" (gemeente)"), "NL01")
    keys = [k for k in MONITOR if k in frame.columns]
    rows = [((r["Leeftijd"], r["Marges"], r["RegioS"]), [r[k] for k in keys]) for r in frame.to_dict("records")]
    every = {"Leeftijd": AGES, "Marges": MARGINS, "Regio's": codes}
    return Published("85012NED", ["Leeftijd", "Marges", "Regio's"], every, {k: MONITOR[k] for k in keys}, rows)


@pytest.fixture(scope="module")
def young_2024(shared_data: Path) -> Published:
    """50140NED: every region of the real file, with labels for its codes and spaces between the words of its keys."""
    source, asked = asked_of("rivm_50140ned")
    frame = files.table_of(next(iter(files.find(shared_data, source.files))), source.read)
    columns = {name: next(c for c in frame.columns if titles.PLACE.sub("", c) == name) for name in asked}
    region = {}
    for code in frame["RegioS"].str.strip():
        name = REGIONS.name(code)
        shared = " (gemeente)" if name in ("Groningen", "Utrecht", "'s-Gravenhage") else ""
        region[
            "Nederland" if code == "NL01" else f"GGD {code} ({code[:2]})" if code[:2] in ("GG", "CG") else name + shared
        ] = code
    titles_of = {k: "".join(f" {c.lower()}" if c.isupper() else c for c in k).strip() for k in asked}
    titles_of = {k: t if titles.key_of(t) == k else k for k, t in titles_of.items()}
    rows = [
        (("Totaal personen", "Waarde", label), [r[c] for c in columns.values()])
        for label, r in zip(region, frame.to_dict("records"), strict=True)
    ]
    every = {"Persoonskenmerken": {"Totaal personen": "T009002"}, "Marges": MARGINS, "Regio's": region}
    return Published("50140NED", list(every), every, titles_of, rows)


class TestEveryForm:
    @pytest.mark.parametrize("name", FORMS)
    def test_of_the_monitor_gives_the_same_figures(self, name, monitor_2020, tmp_path, shared_data):
        source, asked = asked_of("ggd_85012ned")
        write, kind = FORMS[name]
        path = tmp_path / "85012NED_export.csv"
        path.write_bytes(write(monitor_2020))
        real = shared_data / "ggd/hackathon_Gezondheidsmonitor20_85012NED.csv"
        form, wide = load(source, path, asked)
        assert form.form == kind
        same(wide, tables.load(source, [real], asked, REGIONS))

    @pytest.mark.parametrize("name", [name for name in FORMS if "not named" not in name])
    def test_of_the_young_gives_the_same_figures(self, name, young_2024, tmp_path, shared_data):
        source, asked = asked_of("rivm_50140ned")
        write, kind = FORMS[name]
        path = tmp_path / "50140NED_export.csv"
        path.write_bytes(write(young_2024))
        form, wide = load(source, path, asked)
        assert form.form == kind
        same(wide, tables.load(source, files.find(shared_data, source.files), asked, REGIONS))

    @pytest.mark.parametrize("name", ["raw, typed", "flat with symbols", "by table layout, choices above"])
    def test_once_more_saved_in_a_spreadsheet(self, name, young_2024, tmp_path, shared_data):
        source, asked = asked_of("rivm_50140ned")
        rows = list(csv.reader(io.StringIO(FORMS[name][0](young_2024).decode("utf-8-sig")), delimiter=";"))
        path = tmp_path / "50140NED_export.xlsx"
        xlsx(path, [[_number(c) for c in row] for row in rows])
        form, wide = load(source, path, asked)
        assert form.form == FORMS[name][1]
        same(wide, tables.load(source, files.find(shared_data, source.files), asked, REGIONS))


def _number(cell: str) -> object:
    """What a spreadsheet makes of a cell: a number where it can."""
    try:
        return float(cell.strip().replace(",", "."))
    except ValueError:
        return cell


def test_a_choice_above_without_its_name_is_not_guessed(young_2024, tmp_path):
    source, asked = asked_of("rivm_50140ned")
    path = tmp_path / "50140NED.csv"
    path.write_bytes(without_names(young_2024))
    with pytest.raises(SourceError) as error:
        forms.recognised(path, source, asked, REGIONS)
    assert str(error.value).startswith(
        '50140NED.csv, line 7: no column "Persoonskenmerken" (found: "Regio\'s", "Marges"'
    )


class TestRealFiles:
    @pytest.mark.parametrize("source_id", ["ggd_85012ned", "ggd_83674ned", "rivm_50140ned", "cbs_70072ned_2015"])
    def test_in_the_declared_form_is_left_as_it_is(self, source_id, shared_data):
        source, asked = asked_of(source_id)
        (path,) = files.find(shared_data, source.files)
        form = forms.recognised(path, source, asked, REGIONS)
        assert form.form == "raw"
        assert form.source is source
        assert form.provisional == ()
        pd.testing.assert_frame_equal(form.frame, files.table_of(path, source.read))
        assert form.lines.tolist() == list(range(2, len(form.frame) + 2))

    def test_of_rivm_in_a_workbook_too(self, shared_data):
        source, asked = asked_of("rivm_50090ned")
        path = shared_data / "rivm/buurtvergelijker_2012_2012_65+.xlsx"
        form = forms.recognised(path, source, asked, REGIONS)
        assert form.source is source
        pd.testing.assert_frame_equal(form.frame, files.table_of(path, source.read))

    @pytest.mark.parametrize(
        ("name", "lacks"),
        [
            ("71950ned_TypedDataSet_29012025_112846", "line 1: no column with regions"),
            ("Dataset4_Gem_Levensverwachting_PER_PRO_filtered", "line 1: no column with regions"),
            ("Gezonde_levensverwachting__vanaf_1981_29012025_112744", "line 1: no column with regions"),
            ("klik_lv_ggd_20192022", "line 1: no column with regions"),
            (
                "Gezondheidsmonitor__bevolking_18_jaar_of_ouder__regio__2022_22012025_151906",
                "line 1: no topic that is called BeperkingInBewegen",
            ),
        ],
    )
    def test_of_others_is_refused_with_what_it_lacks(self, name, lacks, shared_data):
        source, asked = asked_of("ggd_85563ned")
        path = shared_data / f"ggd/gezondoudworden_{name}.csv"
        with pytest.raises(SourceError) as error:
            forms.recognised(path, source, asked, REGIONS)
        assert str(error.value).startswith(f"{path.name}, {lacks}")

    def test_an_export_of_larger_regions_only(self, shared_data):
        asked = ["Rokers", "OvermatigeDrinkersOnderBevolking"]
        path = shared_data / (
            "ggd/gezondoudworden_Gezondheidsmonitor__bevolking_18_jaar_of_ouder__regio__2022_22012025_151906.csv"
        )
        said = f"""{path.name}, line 2, column "Regio": no gemeenten, wijken or buurten (found: Nederland, GGD """
        with pytest.raises(SourceError) as error:
            forms.recognised(path, source_of(year="2022", age="", margin=""), asked, REGIONS)
        assert str(error.value).startswith(said)

    def test_keys_follow_from_titles(self, shared_data):
        about = pd.read_parquet(shared_data / "cbs/odata_v3_84799NED_kwb2020/cbs.v3.84799NED_DataProperties.parquet")
        about = about[about["Key"].fillna("") != ""]
        assert len(about) == 117
        assert [titles.key_of(t) for t in about["Title"]] == [titles.PLACE.sub("", k) for k in about["Key"]]


def source_of(year: str = "2020", **read) -> Source:
    declared = {
        "age": "Leeftijd",
        "margin": "Marges",
        "ages": {"Totaal": "18+", "65 jaar of ouder": "65+"},
        "complete": False,
    }
    return Source.model_validate(
        {
            "id": "monitor",
            "publisher": "CBS",
            "title": "Monitor",
            "table": "85012NED",
            "kind": "statline",
            "method": "survey",
            "licence": "CC BY 4.0",
            "region_year": 2020,
            "period": year,
            "files": ["*"],
            "read": declared | read,
        }
    )


HEAD = "Leeftijd;Marges;Regio's;Rokers (%);Alcoholgebruik/Zware drinker (%)\n"
GOOD = f"""{HEAD}Totaal;Waarde;Nederland;16,7;8,4
Totaal;Waarde;Aalten;15,1;.
Totaal;Waarde;Bergen (L.);;7,2
"""
TOPICS = ["Rokers", "ZwareDrinker"]


@pytest.fixture
def read(tmp_path) -> Callable[..., forms.Recognised]:
    def read(content: str | bytes, source: Source | None = None, asked: Sequence[str] = TOPICS) -> forms.Recognised:
        path = tmp_path / "f.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return forms.recognised(path, source or source_of(), asked, REGIONS)

    return read


class TestWhatComesOut:
    def test_is_what_a_raw_download_has(self, read):
        form = read(GOOD)
        assert form.frame.to_dict("list") == {
            "Leeftijd": ["Totaal"] * 3,
            "Marges": ["MW00000"] * 3,
            "RegioS": ["NL", "GM0197", "GM0893"],
            "Rokers": ["16.7", "15.1", ""],
            "ZwareDrinker": ["8.4", ".", "7.2"],
        }
        assert form.lines.tolist() == [2, 3, 4]
        assert not form.source.read.region_labels

    def test_larger_regions_go(self, read):
        form = read(GOOD + "Totaal;Waarde;Groningen (PV);20,1;8,0\nTotaal;Waarde;Groningen (gemeente);21,2;9,0\n")
        assert form.frame["RegioS"].tolist() == ["NL", "GM0197", "GM0893", "GM0014"]
        assert form.lines.tolist() == [2, 3, 4, 6]

    def test_another_code_of_a_country_is_refused_unless_it_is_declared(self, read):
        content = GOOD + "Totaal;Waarde;NL00;16,7;8,4\n"
        assert read(content).frame["RegioS"].tolist()[-1] == "NL"
        content = GOOD + "Totaal;Waarde;NL99;20,1;8,0\n"
        with pytest.raises(SourceError, match=r"line 5, .*'NL99' is no country that is known \(NL, NL00, NL01\)"):
            read(content)
        assert read(content, source_of(drop=("NL99",))).frame["RegioS"].tolist() == ["NL", "GM0197", "GM0893"]

    def test_provisional_marks_are_split_off(self, read):
        content = "Perioden;Regio's;Rokers (%)\n2012;Aalten;21,5\n2016*;Aalten;20,5\n2020**;Aalten;19,5*\n"
        form = read(content, yearly(), ["Rokers"])
        assert form.frame["Perioden"].tolist() == ["2012JJ00", "2016JJ00", "2020JJ00"]
        assert form.frame["Rokers"].tolist() == ["21.5", "20.5", "19.5"]
        assert form.provisional == ("2016", "2020")

    def test_a_mark_beside_a_figure_is_one_of_its_period(self, read):
        form = read("Perioden;Regio's;Rokers (%)\n2012;Aalten;21,5\n2016;Aalten;20,5*\n", yearly(), ["Rokers"])
        assert form.provisional == ("2016",)

    def test_marks_beside_the_periods_of_a_raw_download(self, read):
        form = read("ID;RegioS;Perioden;Rokers_1\n0;GM0197;2012JJ00;21.5\n1;GM0197;2016*;20.5\n", yearly(), ["Rokers"])
        assert form.frame["Perioden"].tolist() == ["2012JJ00", "2016"]
        assert form.provisional == ("2016",)

    @pytest.mark.parametrize("name", ["Perioden", ""])
    def test_periods_above_the_columns(self, name, read):
        rows = [f"{name};2016;2020*", ";Rokers;Rokers", "Regio's;%;%", "Aalten;21,5;20,5", "Bergen (L.);.;19,5"]
        form = read(layout(*rows, "Bron: CBS"), yearly(), ["Rokers"])
        assert form.frame.to_dict("list") == {
            "Perioden": ["2016JJ00", "2020JJ00", "2016JJ00", "2020JJ00"],
            "RegioS": ["GM0197", "GM0197", "GM0893", "GM0893"],
            "Rokers": ["21.5", "20.5", ".", "19.5"],
        }
        assert form.provisional == ("2020",)
        assert form.lines.tolist() == [7, 7, 8, 8]

    def test_codes_beside_the_labels_of_wijken(self, read):
        content = (
            "Wijken en buurten;Regioaanduiding/Gemeentenaam (naam);Regioaanduiding/Soort regio (omschrijving);"
            "Regioaanduiding/Codering (code);Bevolking/Aantal inwoners (aantal)\n"
            "Aalten;Aalten    ;Gemeente  ;GM0197    ;   27120\nAalten;Aalten    ;Buurt     ;BU01970000;    1250\n"
        )
        source = source_of(region="WijkenEnBuurten", age="", margin="")
        form = read(content, source, ["AantalInwoners"])
        assert form.frame["WijkenEnBuurten"].tolist() == ["GM0197", "BU01970000"]
        assert form.frame["AantalInwoners"].tolist() == ["27120", "1250"]

    def test_a_group_tells_two_topics_apart(self, read):
        head = "Regio's;Aantallen/Jonger dan 5 jaar (aantal);Leeftijdsgroepen, relatief/Jonger dan 5 jaar (%)"
        source = source_of(age="", margin="", columns={"jong": "Leeftijdsgroepen, relatief/JongerDan5Jaar"})
        form = read(f"{head}\nAalten;1340;5,1\n", source, ["jong"])
        assert form.frame["jong"].tolist() == ["5.1"]

    def test_a_title_may_be_named(self, read):
        form = read(GOOD.replace("Rokers", "Rookt wel eens"), source_of(columns={"Rokers": "Rookt wel eens"}))
        assert form.frame["Rokers"].tolist() == ["16.7", "15.1", ""]

    def test_a_raw_download_saved_with_decimal_commas(self, read):
        content = "ID;Leeftijd;Marges;RegioS;Rokers_1;ZwareDrinker_2\n0;80200;MW00000;GM0197;15,1;\n"
        form = read(content)
        assert form.frame.iloc[0].tolist() == ["0", "65 jaar of ouder", "MW00000", "GM0197", "15.1", ""]


def yearly() -> Source:
    return source_of(year="", age="", margin="", period="Perioden")


def layout(*rows: str) -> str:
    return "\n".join(["Gezondheidsmonitor", "", "", *rows]) + "\n"


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "no regions": (
        "Leeftijd;Marges;Rokers (%)\nTotaal;Waarde;16,7\n",
        'f.csv, line 1: no column with regions (found: "Leeftijd", "Marges", "Rokers (%)"); the export holds figures '
        "of the Netherlands only, or its regions were left out: choose Regio's when exporting",
    ),
    "no age groups": (
        "Marges;Regio's;Rokers (%);Zware drinker (%)\nWaarde;Aalten;16,7;8,4\n",
        'f.csv, line 1: no column "Leeftijd" (found: "Marges", "Regio\'s", "Rokers (%)", "Zware drinker (%)"); its '
        "figures could be of any: the age group; leave Leeftijd in the table when exporting",
    ),
    "no margins": (
        "Leeftijd;Regio's;Rokers (%);Zware drinker (%)\nTotaal;Aalten;16,7;8,4\n",
        'f.csv, line 1: no column "Marges" (found: "Leeftijd", "Regio\'s", "Rokers (%)", "Zware drinker (%)"); its '
        "figures could be of any: value and bounds; leave Marges in the table when exporting",
    ),
    "topics that fit none": (
        GOOD.replace("Zware drinker", "Overmatige drinkers"),
        'f.csv, line 1: no topic that is called ZwareDrinker; found 2 titles, nearest: "Alcoholgebruik/Overmatige '
        'drinkers"; choose the topics when exporting, or say which title it is in [read.columns] of '
        'sources/monitor.toml: ZwareDrinker = "its title"',
    ),
    "one topic twice": (
        GOOD.replace("Rokers (%)", "Rokers (%);Jongeren/Zware drinker (%)")
        .replace(",7;8,4", ",7;1,0;8,4")
        .replace("15,1;", "15,1;1,0;")
        .replace(";;7,2", ";;1,0;7,2"),
        'f.csv, line 1: "Jongeren/Zware drinker" and "Alcoholgebruik/Zware drinker" are both called ZwareDrinker; '
        "leave "
        "one of the two out when exporting, or say which in [read.columns] of sources/monitor.toml: ZwareDrinker = "
        '"its title"',
    ),
    "another age group": (
        GOOD.replace("Totaal", "18 tot 35 jaar"),
        'f.csv, line 2, column "Leeftijd": found \'18 tot 35 jaar\'; allowed: "Totaal", "65 jaar of ouder"; choose '
        "only the age groups that are read when exporting, or declare it in [read]",
    ),
    "another margin": (
        GOOD.replace("Waarde", "Ondergrens 90%-interval"),
        'f.csv, line 2, column "Marges": found \'Ondergrens 90%-interval\'; allowed: "Waarde", "Ondergrens '
        '95%-interval", "Bovengrens 95%-interval"; choose only these margins that are read when exporting, or declare '
        "it in [read]",
    ),
    "two gemeenten of one name": (
        GOOD.replace("Bergen (L.)", "Bergen"),
        "f.csv, line 4, column \"Regio's\": 'Bergen' fits 2 gemeenten: Bergen (NH.) (GM0373) and Bergen (L.) (GM0893); "
        "allowed: names as StatLine writes them, Groningen (gemeente), Bergen (L.), or codes as GM0294; mend it, or "
        "declare it in [read.names]",
    ),
    "gemeente or province": (
        GOOD.replace("Aalten", "Groningen"),
        "f.csv, line 3, column \"Regio's\": 'Groningen' fits a gemeente (GM0014) and a province: write it with "
        "(gemeente) or (PV); allowed: names as StatLine writes them, Groningen (gemeente), Bergen (L.), or codes as "
        "GM0294; mend it, or declare it in [read.names]",
    ),
    "no region": (
        GOOD.replace("Aalten", "Aaltem"),
        "f.csv, line 3, column \"Regio's\": 'Aaltem' is no gemeente in the indeling of 2020; allowed: names as "
        "StatLine "
        "writes them, Groningen (gemeente), Bergen (L.), or codes as GM0294; mend it, or declare it in [read.names]",
    ),
    "a total among the rows": (
        GOOD + "Totaal;Waarde;Totaal;999;999\n",
        "f.csv, line 5, column \"Regio's\": 'Totaal' is no gemeente in the indeling of 2020; allowed: names as "
        "StatLine "
        "writes them, Groningen (gemeente), Bergen (L.), or codes as GM0294; mend it, or declare it in [read.names]",
    ),
    "units below the titles": (
        GOOD.replace(HEAD, HEAD.replace(" (%)", "") + ";;;%;%\n"),
        'f.csv, line 2, column "Leeftijd": found \'\'; allowed: "Totaal", "65 jaar of ouder"; choose only the age '
        "groups that are read when exporting, or declare it in [read]",
    ),
    "one sex": (
        "Geslacht;" + GOOD.replace("\nTotaal", "\nMannen;Totaal"),
        'f.csv, line 2, column "Geslacht": found "Mannen"; allowed: its total only, this source has no such breakdown; '
        "choose the total when exporting",
    ),
    "another period": (
        "Perioden;" + GOOD.replace("\nTotaal", "\n2016;Totaal"),
        "f.csv, line 2, column \"Perioden\": '2016' is another period than that of the source (2020); choose 2020 only",
    ),
    "no period": (
        "Perioden;" + GOOD.replace("\nTotaal", "\nvorig jaar;Totaal"),
        "f.csv, line 2, column \"Perioden\": 'vorig jaar' is no period (allowed: 2020, 2020*, 2020 4e kwartaal, "
        "2017-2020); mend it, or export the table again",
    ),
    "the same row twice": (
        GOOD + "Totaal;Waarde;Aalten;15,1;.\n",
        "f.csv, lines 3 and 5: the same key twice (Totaal, Waarde, Aalten); keep one of the two",
    ),
    "cut at the end of a row": (
        GOOD + "65 jaar of ouder;Waarde;Nederland;9,9;6,1\n65 jaar of ouder;Waarde;Aalten;8,8;.\n",
        "f.csv, line 6: 5 rows, expected 6: every region for every choice (fewest: 65 jaar of ouder, Waarde); the file "
        "may be cut off, export the table again, without hiding rows",
    ),
    "cut inside a row": (
        GOOD + "Totaal;Waarde;Aa",
        "f.csv, line 5: 3 columns where the other lines have 5; the file may be cut off or hold a stray separator, "
        "export the table again",
    ),
    "cut inside a cell": (
        HEAD + '"Totaal";"Waarde";"Aalten";"15,1";"8,1"\n"Totaal";"Waarde";"Aa',
        "f.csv, line 3: the cells cannot be told apart (unexpected end of data); the file may be cut off, export the "
        "table again",
    ),
    "a quotation mark that nothing closes": (
        '"' + GOOD,
        "f.csv, line 1: a quotation mark that nothing closes (found: '\"Leeftijd;Marges;Regio\\'s;Rokers "
        "(%);Alcoholgebruik/Zware dri'); mend it, or fetch the file again",
    ),
    "cut by table layout": (
        layout(";Leeftijd;Totaal", ";Marges;Waarde", ";;Rokers", "Regio's;Geslacht;%", "Aalten;Totaal;15,1"),
        'f.csv, line 8: the last line is a row of figures (found: "Aalten"; expected: "Bron: CBS"); the file may be '
        "cut "
        "off, export the table again and leave its last line there",
    ),
    "titles and nothing else": (
        HEAD,
        "f.csv, line 1: no rows below the titles; export the table again",
    ),
    "latin-1": (
        GOOD.replace("Aalten", "Súdwest-Fryslân").encode("latin-1"),
        "f.csv, line 3: byte 0xfa is not UTF-8 (found: probably latin-1 or Windows-1252; allowed: UTF-8); save the "
        "file "
        "as UTF-8 or fetch it again",
    ),
    "a number to be read in two ways": (
        f"{HEAD}Totaal;Waarde;Aalten;1.234;12\n",
        "f.csv, line 2, column \"Rokers (%)\": '1.234' can be read with a decimal comma and with a decimal point, "
        "and no "
        "other cell tells which (allowed: one of the two); export a topic with decimals along with it, or give "
        "read.decimal",
    ),
    "two decimal marks": (
        GOOD.replace("15,1", "15.1"),
        "f.csv: '16,7' (line 2, column \"Rokers (%)\") has a decimal comma and '15.1' (line 3, column \"Rokers "
        '(%)") a '
        "decimal point; a file has one of the two, export the table again",
    ),
    "no number": (
        GOOD.replace("15,1", "15,1 %"),
        "f.csv, line 3, column \"Rokers (%)\": '15,1 %' is no number (allowed: digits with a decimal comma, or '', '.' "
        "for missing); mend that cell or export the table again",
    ),
    "a dash": (
        GOOD.replace("15,1", "-"),
        "f.csv, line 3, column \"Rokers (%)\": '-' is no number (found: a dash, in older tables none at all; allowed: "
        "0, or . or nothing where there is no figure); write what it stands for, or export the table again",
    ),
}


class TestRefusals:
    @pytest.mark.parametrize("name", REFUSED)
    def test_say_what_is_lacking(self, name, read):
        content, said = REFUSED[name]
        with pytest.raises(SourceError) as error:
            read(content)
        assert str(error.value) == said

    def test_of_what_is_refused_nothing_else_was_wrong(self, read):
        assert len(read(GOOD).frame) == 3

    def test_rounded_percentages(self, read):
        codes = sorted(REGIONS.gemeenten(2020))[:20]
        rows = "".join(f"Totaal;Waarde;{c};{n + 10};{n}\n" for n, c in enumerate(codes))
        with pytest.raises(SourceError) as error:
            read(HEAD + rows)
        assert str(error.value) == (
            "f.csv, line 2: all 40 percentages are whole numbers (found: 10, 11, 12; expected: one decimal, as "
            "85012NED "
            "has); they were rounded: export the table again, and do not open it in between"
        )
        assert len(read(HEAD + rows.replace(";19;9", ";19,5;9")).frame) == 20

    def test_names_of_buurten(self, read):
        content = "Wijken en buurten;Aantal inwoners (aantal)\nAalten;27120\n"
        with pytest.raises(SourceError) as error:
            read(content, source_of(region="WijkenEnBuurten", age="", margin=""), ["AantalInwoners"])
        assert str(error.value) == (
            'f.csv, line 2, column "Wijken en buurten": found "Aalten"; names of wijken and buurten are not unique, '
            "allowed: codes; choose the topic Codering along with the others when exporting"
        )

    def test_a_breakdown_whose_label_is_not_known(self, read):
        content = "Type maatwerkvoorziening;Regio's;Wmo-cliënten (aantal)\nHulp bij het huishouden;Aalten;120\n"
        source = source_of(age="", margin="", where={"TypeMaatwerkvoorziening": "A019507"})
        with pytest.raises(SourceError) as error:
            read(content, source, ["WmoClienten"])
        assert str(error.value) == (
            'f.csv, line 2, column "Type maatwerkvoorziening": found "Hulp bij het huishouden"; allowed: A019507, '
            "whose "
            "label is not known; choose it when exporting, or download the raw table, with codes"
        )

    def test_a_slip_of_the_pen_in_a_raw_download_stays_for_its_reader(self, read):
        form = read("ID;Leeftijd;Marges;RegioS;Rokers_1;ZwareDrinker_2\n0;Totaal;MW00000;GM0197;15,1;8.5\n")
        assert form.frame["Rokers_1"].tolist() == ["15,1"]


@pytest.mark.parametrize("write", [in_columns, in_rows, topics_down, old_site])
@pytest.mark.parametrize("gone", [1, 2, 7])
def test_a_layout_that_lost_its_end_is_refused(write, gone, young_2024, tmp_path):
    source, asked = asked_of("rivm_50140ned")
    path = tmp_path / "50140NED.csv"
    path.write_bytes(b"".join(write(young_2024).splitlines(keepends=True)[:-gone]))
    with pytest.raises(SourceError, match="the last line is a row of figures"):
        forms.recognised(path, source, asked, REGIONS)


def written(value: int, places: int, mark: str, thousands: str) -> str:
    """Write a number of units of the last place, with a decimal mark and between thousands what is asked."""
    whole, rest = divmod(abs(value), 10**places)
    text_ = f"{whole:,}".replace(",", thousands)
    return ("-" if value < 0 else "") + text_ + (f"{mark}{rest:0{places}d}" if places else "")


numbers = st.tuples(st.integers(-(10**9), 10**9), st.integers(0, 4))
styles = st.sampled_from([(",", ""), (",", "."), (",", " "), (".", ""), (".", ","), (".", " ")])


def plain_or_said(cells: list[str], mark: str = "") -> tuple[list[str], str]:
    """Return cells made plain, or why they were not."""
    column = digits.Column("Rokers", cells, range(2, len(cells) + 2))
    try:
        return digits.plain([column], Path("f.csv"), mark)[0].cells, ""
    except SourceError as error:
        return cells, str(error)


class TestNumbers:
    @given(st.lists(numbers, min_size=1, max_size=6), styles)
    def test_are_what_was_written_or_refused(self, values, style):
        cells = [written(value, places, *style) for value, places in values]
        got, said = plain_or_said(cells)
        if said:
            assert "can be read with a decimal comma and with a decimal point" in said
            assert not any(len(digits.marks(c)) == 1 for c in cells)
        else:
            assert [float(c) for c in got] == [value / 10**places for value, places in values]

    @given(numbers, styles)
    def test_with_the_mark_told_are_never_refused(self, number, style):
        cell = written(*number, *style)
        (plain,) = digits.plain([digits.Column("Rokers", [cell], [2])], Path("f.csv"), style[0])
        assert float(plain.cells[0]) == number[0] / 10 ** number[1]

    @given(st.text(alphabet="0123456789.,- *", max_size=10), st.sampled_from(".,"))
    def test_of_any_signs_are_numbers_or_refused(self, cell, mark):
        (got, *_), said = plain_or_said([cell], mark)
        bare = digits.without_marks(cell)[0]
        if said:
            assert said.startswith('f.csv, line 2, column "Rokers": ')
            assert mark not in digits.marks(bare)
        elif got in ("", "."):
            assert bare == got
        else:
            other = "," if mark == "." else "."
            assert float(got) == float(bare.replace(" ", "").replace(other, "").replace(mark, "."))

    def test_another_topic_tells_the_mark(self):
        column = digits.Column("Inkomen", ["1.234"], [2])
        assert digits.plain([column], Path("f.csv"), "", ["12", "8,5"])[0].cells == ["1234"]
        assert digits.plain([column], Path("f.csv"), "", ["12", "8.5"])[0].cells == ["1.234"]

    def test_no_figure_and_unknown_stay_apart(self):
        column = digits.Column("Rokers", ["", "       .", "x", "     0,0"], [2, 3, 4, 5])
        assert digits.plain([column], Path("f.csv"))[0].cells == ["", ".", ".", "0.0"]


class TestLabels:
    @pytest.mark.parametrize("label", ["Hengelo (O.)", "Hengelo"])
    def test_a_name_that_one_gemeente_has(self, label):
        assert labels.Names(source_of(), 2020, REGIONS).of(label).code == "GM0164"

    def test_every_gemeente_is_found_by_its_own_name(self):
        for year in (2016, 2020, 2024):
            names = labels.Names(source_of(), year, REGIONS)
            for code in REGIONS.gemeenten(year):
                name = REGIONS.name(code)
                said = f"{name} (gemeente)" if name in ("Groningen", "Utrecht") else name
                assert names.of(said).code == code

    def test_a_name_that_is_declared(self):
        names = labels.Names(source_of(names={"Den Haag": "GM0518", "GGD Haaglanden": "GG7014"}), 2020, REGIONS)
        assert (names.of("Den Haag").code, names.of("GGD Haaglanden").code) == ("GM0518", labels.OTHER)

    def test_a_label_of_an_age_group_with_codes_declared(self):
        word_of = labels.age(source_of(ages={"20300": "18+", "53115": "18-65", "80200": "65+"}))
        assert [word_of(c) for c in ("18 jaar of ouder", "18 tot 65 jaar", "65 jaar of ouder", "20300", "Totaal")] == [
            *("20300", "53115", "80200", "20300"),
            "",
        ]
