"""A contract settled on open cost data or on figures of its parties: what is refused, said first, and written."""

import datetime as dt
import itertools
import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from kavelmon import cli, contract_texts, declarations, paths, report_texts, settling_texts
from kavelmon.contracts import contract as contracts
from kavelmon.contracts.clauses import Contract, Role
from kavelmon.contracts.contract import NotFrozen
from kavelmon.contracts.sheet import Column, Sheet, summed
from kavelmon.model import CatalogueError, KavelmonError, NotFoundError
from kavelmon.savings import estimate
from kavelmon.savings.verdict import Verdict
from kavelmon.settling import command, figures, report, settle, tables, words

TEMPLATES = paths.templates()
CONTRACT, YEARS = "contract_voorbeeld.toml", "contract_voorbeeld_jaren.toml"
INDICATORS = "contract_voorbeeld_indicatoren.toml"
TODAY = dt.date(2026, 1, 31)
# the example, for the open cost data: the Zvw only, from the start of the Achterhoek
OPEN = (
    (r"(?m)^laws = \[.*?\] ", 'laws = ["Zvw"] '),
    (r"(?m)^start = 2023", "start = 2021"),
    (r"(?m)^last = 2020", "last = 2020"),
    (r"(?m)^date = 2022-11-15", "date = 2020-11-15"),
    (r"(?m)^year = 2023", "year = 2021"),
    (r"(?m)^year = 2024", "year = 2022"),
)


@pytest.fixture(scope="module", autouse=True)
def bundled_figures_only(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KAVELMON_STORE", str(tmp_path_factory.mktemp("none") / "store"))
        declarations.default.cache_clear()
        yield
    declarations.default.cache_clear()


def written(folder, *changes, name="eigen.toml"):
    """Write the example with patterns in its text replaced, beside its indicators."""
    text = (TEMPLATES / CONTRACT).read_text(encoding="utf-8")
    for old, new in changes:
        text, number = re.subn(old, new, text)
        assert number, old
    shutil.copy(TEMPLATES / INDICATORS, folder)
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def given():
    return settle(TEMPLATES / CONTRACT, TEMPLATES / YEARS)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    return settle(written(tmp_path_factory.mktemp("open"), *OPEN))


# ------------------------------------------------------------------------------------------------ open cost data


def test_the_years_are_those_of_the_estimate(opened):
    assert [one.statement.year for one in opened.given] == [2021, 2022, 2023]
    found = estimate("achterhoek", "own_norm", (2015, 2020), "others", 2023, start=2021, msr=0.02)
    last = opened.given[-1].statement
    assert last.expected_cents == round(found.expected_eur * 100)
    assert last.actual_cents == round(found.actual_eur * 100)
    assert (last.status, last.quality) == ("definite", None)
    assert opened.result.years[-1].escrow_cents > 0 == opened.result.years[-1].providers_cents


def test_what_may_be_said_goes_before_every_amount(opened):
    """The Achterhoek shows no saving; whoever divides it is told so first."""
    sentence = (
        "Dit is geen aantoonbare besparing. Met de cijfers van 2021 tot en met 2023 zouden partijen verdelen wat niet "
        "te onderscheiden is van toeval, of van wat er zonder Kavelmodel ook was gebeurd."
    )
    assert opened.weak == (2021, 2022, 2023)
    assert opened.first == (sentence,)
    assert command.as_text(opened).splitlines()[0] == sentence
    assert json.loads(command.as_json(opened))["first"] == [sentence]
    page = report.files(opened, TODAY)
    body = page[report.NAME].split("<body>")[1]
    assert body.index(sentence) < min(body.index(amount) for amount in ("€", "miljoen", ",00"))
    for name, text in page.items():
        if name.endswith(".csv"):
            assert sentence in text.split("\r\n", 3)[1:4] or f"# {sentence}" in text


def judged(settled, *kinds, **changed):
    """Return the same years with other verdicts."""
    pairs = zip(settled.estimates, kinds, strict=True)
    return replace(settled, estimates=tuple(replace(e, verdict=Verdict(kind), **changed) for e, kind in pairs))


def test_only_years_without_a_saving_are_named(opened):
    first = judged(opened, "shown", "none", "possible").first
    assert first[0].startswith(
        "Dit is geen aantoonbare besparing. Met de cijfers van 2022 zouden partijen verdelen wat"
    )
    assert judged(opened, "shown", "possible", "shown").first == ("2023: Aantoonbare besparing.",)


def test_nothing_to_divide_and_what_if_are_said_at_once(opened):
    years = tuple(replace(y, own_cents=0) for y in opened.result.years)
    nothing = replace(opened, result=replace(opened.result, years=years))
    assert judged(nothing, "none", "none", "higher").first == (
        "2023: Kosten hoger dan verwacht.",
        "Er is niets te verdelen.",
    )
    what_if = judged(opened, "possible", "possible", "possible", what_if=True, notes=("Dit is een wat-als.",))
    assert what_if.first == ("2023: Mogelijk een besparing, nog onzeker.", "Dit is een wat-als.")


def test_why_there_is_no_quality(opened):
    notes = opened.notes
    assert (
        "2022: Geen cijfer voor Inwoners die zich gezond voelen: er is alleen een modelschatting, en die is niet "
        "geschikt voor effectmeting." in notes
    )
    assert (
        "2021 tot en met 2023: Geen cijfer voor ziekenhuisopnamen_vermijdbaar: kavelmon kent deze indicator niet."
        in notes
    )
    assert (
        "2021 tot en met 2023: De kwaliteitsscore is nog niet bekend. Het deel van de aanbieders staat apart." in notes
    )


def test_a_figure_of_the_store_is_the_quality(tmp_path):
    """Of a register and of that year; its source goes with the report."""
    indicator = '[[quality.indicator]]\nid = "zvw_kosten_vergelijkbaar"\nbase = 3300\ntarget = 3200\n\n'
    text = re.sub(r"(?s)\[\[quality\.indicator\]\].*?(?=# Vastgelegd: vooraf)", indicator, _open_text())
    file = tmp_path / "eigen.toml"
    file.write_text(text, encoding="utf-8")
    contract = contracts.read(file)
    found, remarks, sources = figures.quality_of(contract, figures.area_of(contract), 2023)
    assert float(found.score) == pytest.approx((3300 - 3210.8412907355) / 100)
    assert (remarks, sources) == ((), ("vektis_open",))


def _open_text():
    text = (TEMPLATES / CONTRACT).read_text(encoding="utf-8")
    for old, new in OPEN:
        text = re.sub(old, new, text)
    return text


def test_a_minimum_of_chance_is_that_of_the_placebos(tmp_path):
    file = written(tmp_path, *OPEN, ("(?m)^minimum_savings_rate = 0.02 ", 'minimum_savings_rate = "placebo" '))
    found = settle(file)
    for one, told in zip(found.estimates, found.given, strict=True):
        assert float(told.statement.placebo_sd) == pytest.approx(one.placebos.sd)
        assert found.result.years[one.year - 2021].threshold_cents == pytest.approx(
            1.645 * one.placebos.sd * told.statement.expected_cents, abs=1
        )


def test_admissible_periods_are_all_there(opened):
    sheet = tables.sheets(opened)["perioden_vooraf"]
    assert [row[1:3] for row in sheet.rows if row[0] == 2023] == [(year, 2020) for year in range(2015, 2020)]
    assert [row[-1] for row in sheet.rows if row[0] == 2023] == ["ja", "nee", "nee", "nee", "nee"]


GIVE = "give the figures of the parties with --years YEARS.toml"
LAWS = (
    "eigen.toml: laws = Zvw, Wlz, Wmo: of Wlz, Wmo no cost per gemeente is public, and kavelmon does not guess it; "
    f"{GIVE}, or count Zvw only"
)
PERIODS = (
    "a period before the start of a Kavelmodel (2021) runs to the year before it, from 2015 or later, across no break; "
    "use one of 2015-2020, 2016-2020, 2017-2020, 2018-2020, 2019-2020"
)
REFUSALS = {
    "a law without public cost": (OPEN[1:], LAWS),
    "smaller than a gemeente": (
        (*OPEN, ('area = "achterhoek"', 'area = ["GM1876", "WK158607"]')),
        'eigen.toml: area = "GM1876", "WK158607": WK158607: smaller than a gemeente, of which no cost is public; take '
        f"whole gemeenten, or {GIVE}",
    ),
    "after the last year": (
        (OPEN[0], ("(?m)^start = 2023", "start = 2025")),
        "eigen.toml: start = 2025: the open cost data end in 2023, so that there is no performance year to settle; "
        f"wait for newer figures, or {GIVE}",
    ),
    "too early": (
        (*OPEN, ("(?m)^start = 2021", "start = 2016"), ("(?m)^first = 2015", "first = 2014"), ("= 2020", "= 2015")),
        "eigen.toml: start = 2016: before 2016 there are no two years that can be compared (2015 is the first one); "
        f"begin later, or {GIVE}",
    ),
    "a period that ends early": (
        (*OPEN, ("(?m)^last = 2020", "last = 2019")),
        f"eigen.toml: pre_period = 2015-2019: {PERIODS}",
    ),
    "a period across a break": (
        (*OPEN, ("(?m)^first = 2015", "first = 2013")),
        f"eigen.toml: pre_period = 2013-2020: {PERIODS}",
    ),
    "two things at once": (
        (*OPEN[1:], ("(?m)^last = 2020", "last = 2019")),
        f"{LAWS}\neigen.toml: pre_period = 2015-2019: {PERIODS}",
    ),
    "the whole country": (
        (*OPEN, ('area = "achterhoek"', 'area = "nl"')),
        "eigen.toml: 2021: Nederland: the whole country is its own yardstick; give an area of gemeenten, wijken or "
        "buurten",
    ),
    "no such area": (
        (*OPEN, ('area = "achterhoek"', 'area = ["GM9999"]')),
        'eigen.toml: area = "GM9999": there is no region with code GM9999; nearest: ',
    ),
}


@pytest.mark.parametrize(("changes", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_refusals(tmp_path, changes, sentence):
    with pytest.raises(KavelmonError) as error:
        settle(written(tmp_path, *changes))
    assert str(error.value) == sentence or (sentence.endswith(": ") and str(error.value).startswith(sentence))


# ------------------------------------------------------------------------------- what may never pass, word for word

DONE = {
    "shares above 1": (
        ("p_max = 0.5 ", "p_max = 0.8 "),
        "eigen.toml: providers.p_max = '0.8': with payers.share (0.3) more than 1; lower one of the two, p_max to at "
        "most 0.7",
    ),
    "a rate of 400 %": (
        ("\nrate = 0.03 ", "\nrate = 4.0 "),
        "eigen.toml: loan.rate = 4.0: a rate per year is a number from 0 to 0.25; write 4 % as 0.04",
    ),
    "a draw after the term": (
        ("(?m)^year = 2024", "year = 2033"),
        "eigen.toml: loan.draw.2.year = 2033: a draw after the term, which ends in 2032; draw earlier",
    ),
}


@pytest.mark.parametrize(("change", "sentence"), DONE.values(), ids=DONE)
def test_a_contract_that_cannot_be_is_refused_with_key_and_reason(tmp_path, change, sentence):
    with pytest.raises(CatalogueError) as error:
        settle(written(tmp_path, change), TEMPLATES / YEARS)
    assert str(error.value).splitlines()[1:] == [sentence]


def test_indicators_that_were_recorded_after_the_year_began_are_refused(tmp_path):
    with pytest.raises(NotFrozen) as error:
        settle(written(tmp_path, ("date = 2022-11-15", "date = 2023-02-01")), TEMPLATES / YEARS)
    assert str(error.value) == (
        "eigen.toml: quality.frozen: indicatoren niet vooraf vastgesteld: in [quality.frozen] is date 2023-02-01, en "
        "prestatiejaar 2023 begon op 1 januari. Er wordt niets uitgekeerd; leg ze vast vóór 1 januari 2023, of laat "
        "het eerste prestatiejaar later beginnen."
    )


def test_indicators_that_were_changed_are_refused(tmp_path):
    file = written(tmp_path)
    with (tmp_path / INDICATORS).open("a", encoding="utf-8") as record:
        record.write("# iets\n")
    with pytest.raises(NotFrozen, match=f"quality.frozen: .*{INDICATORS} is veranderd"):
        settle(file, TEMPLATES / YEARS)


def test_missing_years_are_refused(tmp_path):
    text = (TEMPLATES / YEARS).read_text(encoding="utf-8").replace("year = 2025", "year = 2026")
    (tmp_path / "jaren.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        settle(TEMPLATES / CONTRACT, tmp_path / "jaren.toml")
    assert str(error.value).splitlines()[1:] == [
        "jaren.toml: year.3.year = 2026: the next year to settle is 2025; give every year from the start (2023) on, in "
        "order"
    ]


# ------------------------------------------------------------------------------------------------- tables and words


def test_tables_add_up(given):
    """What went into escrow and came out of it counts once."""
    sheets = tables.sheets(given)
    *rows, total = sheets["verdeling"].rows
    for _, divided, *parts in (*rows, total):
        assert divided == sum(parts)
    assert total[1] == sum(row[1] for row in rows) == 685_000_000
    assert total[1:] == sheets["naar_wie"].rows[-1][-1:] + total[2:]
    assert list(total[2:]) == tables.totals(given)
    assert sum(row[-1] for row in sheets["naar_wie"].rows[:-1]) == total[1]
    assert sheets["te_verdelen"].rows[-1] == ("Samen", 705_000_000, 0, -20_000_000, 685_000_000)
    fund = [row[-2] for row in sheets["lening_en_fonds"].rows]
    assert fund[-1] == total[-1]
    assert sheets["lening_en_fonds"].rows[-1][-1] == sum(given.result.state.escrow.values())


def test_who_invests_and_who_benefits(given):
    rows = {row[0]: (row[3], row[-1]) for row in tables.sheets(given)["per_wet"].rows}
    # of 2024 the definite figures: 1.75, 1.15 and -0.2 million
    assert rows == {
        "zorgverzekeraars (Zvw)": (385_000_000, "profiteert: minder kosten dan verwacht"),
        "zorgkantoor (Wlz)": (305_000_000, "profiteert: minder kosten dan verwacht"),
        "gemeenten (Wmo)": (-55_000_000, "investeert: meer kosten dan verwacht"),
    }


OTHER = {
    "area": ('area = "achterhoek"', 'area = "ede"'),
    "laws": ('"Zvw", "Wlz", "Wmo"', '"Zvw", "Wlz"'),
    "start": ("(?m)^start = 2023", "start = 2024"),
    "method": ('method = "own_norm"', 'method = "synthetic"'),
    "reference": ('reference = "others"', 'reference = "NL"'),
    "minimum": ("minimum_savings_rate = 0.02", "minimum_savings_rate = 0.03"),
    "chance": ("minimum_savings_rate = 0.02", 'minimum_savings_rate = "placebo"'),
    "first euro": ("first_euro = true", "first_euro = false"),
    "deficits": ("deficit_banking = false", "deficit_banking = true"),
    "base": ('base = "net_of_debt"', 'base = "gross"'),
    "first": ("(?m)^first = 2015", "first = 2016"),
    "last": ("(?m)^last = 2020", "last = 2021"),
    "rate": ("(?m)^rate = 0.03", "rate = 0.0325"),
    "kind": ('kind = "annuity"', 'kind = "linear"'),
    "grace": ("(?m)^grace = 2", "grace = 3"),
    "term": ("(?m)^term = 10", "term = 12"),
    "term_from": ('term_from = "first_draw"', 'term_from = "start"'),
    "arrears": ("arrears_rate = 0.03", "arrears_rate = 0.05"),
    "year of a draw": ("(?m)^year = 2024", "year = 2025"),
    "amount of a draw": ("2_500_000", "2_600_000"),
    "use of a draw": ('use = "aanloop_data"', 'use = "interventie"'),
    "p_min": ("p_min = 0.2", "p_min = 0.1"),
    "p_max": ("p_max = 0.5", "p_max = 0.6"),
    "q_lo": ("q_lo = 0.0", "q_lo = 0.1"),
    "q_hi": ("q_hi = 1.0", "q_hi = 0.9"),
    "split": (
        '"Ziekenhuis Voorbeeld" = 0.3\n"Thuiszorg Voorbeeld" = 0.25',
        '"Ziekenhuis Voorbeeld" = 0.25\n"Thuiszorg Voorbeeld" = 0.3',
    ),
    "payers": ("(?m)^share = 0.3", "share = 0.2"),
}


@pytest.mark.parametrize("change", OTHER.values(), ids=OTHER)
def test_every_term_is_in_the_words(tmp_path, change):
    def said(file: Path) -> tuple:
        contract = contracts.read(file)
        return words.terms(contract, figures.area_of(contract))

    assert said(written(tmp_path, change)) != said(TEMPLATES / CONTRACT)


def test_terms_say_whether_they_are_fixed_or_assumed(given):
    agreed = words.terms(given.contract, given.area)
    assert {kind for _, _, kind in agreed} == {"vastgelegd", "aanname", "gegeven"}
    assert ("Looptijd", "Tien jaar.", "vastgelegd") in agreed
    other = given.contract.loan.model_copy(update={"term": 12})
    changed = words.terms(given.contract.model_copy(update={"loan": other}), given.area)
    assert ("Looptijd", "12 jaar. In het Kavelmodel is dat tien jaar.", "aanname") in changed
    without = words.terms(given.contract.model_copy(update={"loan": None}), given.area)
    assert ("Lening", "Geen lening.", "aanname") in without


def test_every_choice_of_a_contract_has_words():
    fields = Contract.model_fields
    assert set(settling_texts.METHODS) == {"own_norm", "synthetic"}
    assert set(settling_texts.REFERENCES) == set(fields["reference"].annotation.__args__)
    assert set(settling_texts.BASES) == set(fields["base"].annotation.__args__)
    assert set(settling_texts.ROLES) == set(get_args(Role))


def test_words_of_the_house():
    """The house word is relatieve kostenreductie; what a verdict calls a saving comes from the verdict."""
    said = [v for module in (settling_texts, report_texts, contract_texts) for v in vars(module).values()]
    texts = [t for v in said for t in (v.values() if isinstance(v, dict) else [v]) if isinstance(t, str)]
    files = [path.read_text(encoding="utf-8") for path in TEMPLATES.glob("contract_*.toml")]
    assert not [text for text in (*texts, *files) if re.search("bespa", text)]


# ------------------------------------------------------------------------------------------------------- the report


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def tags(page):
    parser = _Tags()
    parser.feed(page)
    return parser.found


@pytest.mark.parametrize("which", ["given", "opened"])
def test_the_page_asks_nothing_of_anyone(which, request):
    page = report.files(request.getfixturevalue(which), TODAY)[report.NAME]
    found = tags(page)
    assert [t for t, _ in found if t in ("script", "img", "iframe", "object", "form")] == []
    links = [a.get("href") or a.get("src") for _, a in found if "href" in a or "src" in a]
    assert all(link.startswith(("#", "data:")) for link in links)
    assert not re.search(r"url\((?!data:)|@import|https?://", page)
    assert ("html", {"lang": "nl"}) in found


@pytest.mark.parametrize("which", ["given", "opened"])
def test_headings_are_in_order_and_tables_have_heads(which, request):
    found = tags(report.files(request.getfixturevalue(which), TODAY)[report.NAME])
    levels = [int(tag[1]) for tag, _ in found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(attrs.get("scope") in ("col", "row") for tag, attrs in found if tag == "th")
    ids = [attrs["id"] for _, attrs in found if "id" in attrs]
    assert len(ids) == len({*ids})
    there = {a["href"][1:] for _, a in found if a.get("href", "").startswith("#")}
    assert there <= {*ids}


def test_who_reads_it_knows_whose_figures_these_are(opened, given):
    page = report.files(opened, TODAY)[report.NAME]
    assert '<meta name="license" content="CC BY-NC 4.0">' in page
    assert "Niet-commercieel, bron: Vektis." in page
    assert "Gemaakt op 31 januari 2026 met kavelmon" in page
    page = report.files(given, TODAY)[report.NAME]
    assert '<meta name="license" content="CC BY 4.0">' in page
    assert "Vektis" not in page
    assert "De cijfers zijn van de partijen" in page
    assert "Dit is een rekenvoorbeeld met verzonnen getallen." in page


def test_names_of_parties_are_text_and_no_markup(tmp_path):
    name = 'Huisartsen <script>alert("x")</script>'
    file = written(tmp_path, ('"Huisartsen Voorbeeld" = 0.3', f"'{name}' = 0.3"))
    page = report.files(settle(file, TEMPLATES / YEARS), TODAY)[report.NAME]
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_csv_for_every_table(given):
    content = report.files(given, TODAY)
    sheets = tables.sheets(given)
    assert set(content) == {report.NAME, *(f"{name}.csv" for name in sheets)}
    lines = content["verdeling.csv"].removeprefix("\ufeff").split("\r\n")
    told = [line for line in lines if line.startswith("#")]
    assert told[2] == "# Dit is een rekenvoorbeeld met verzonnen getallen. Het zegt niets over een echte kavel."
    head, *rows = [line for line in lines if line and not line.startswith("#")]
    assert head == (
        "Jaar;Te verdelen (euro);Rente (euro);Aflossing (euro);Aanbieders (euro);Apart gezet (euro);Bekostigers (euro);"
        "Revolving fund (euro)"
    )
    assert rows[1] == "2024;2900000,00;135900,00;0,00;0,00;1382050,00;829230,00;552820,00"


def test_a_report_is_there_whole_or_not_at_all(tmp_path, given, monkeypatch):
    made = report.write(given, tmp_path / "onder" / "rapport", TODAY)
    assert {path.name for path in made} == {p.name for p in (tmp_path / "onder" / "rapport").iterdir()}
    with pytest.raises(KavelmonError) as error:
        report.write(given, tmp_path / "onder" / "rapport", TODAY)
    assert str(error.value) == f"{tmp_path / 'onder' / 'rapport'}: is there already; name a new folder with --out"

    def full(self, *_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(KavelmonError) as error:
        report.write(given, tmp_path / "half", TODAY)
    assert str(error.value) == (
        f"{tmp_path / 'half'} cannot be written (No space left on device); name a folder of your own with --out"
    )
    assert [p.name for p in tmp_path.iterdir()] == ["onder"]


def test_the_same_day_gives_the_same_report(given):
    assert report.files(given, TODAY) == report.files(given, TODAY)


def test_a_cell_that_a_spreadsheet_would_run_is_text():
    sheet = Sheet("x", "X", (Column("Naam"), Column("Bedrag", "euro")), (("=1+1", -5), ('a;"b"', None)))
    assert sheet.as_csv().split("\r\n")[2:4] == ["'=1+1;-0,05", '"a;""b""";']


def test_sums_leave_out_what_is_not_known():
    assert summed([("a", 1, None), ("b", 2, None)], ("Samen",)) == ("Samen", 3, None)


# ----------------------------------------------------------------------------------------------------- command line


def called(*arguments):
    found = CliRunner().invoke(cli.app, [*map(str, arguments)])
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found


def test_the_templates_work_as_they_are(tmp_path):
    folder = tmp_path / "eigen"
    called("local", "templates", folder)
    found = called("waterfall", folder / CONTRACT, "--years", folder / YEARS, "--out", tmp_path / "rapport")
    first, second, *_ = found.stdout.splitlines()
    assert first == "Dit is een rekenvoorbeeld met verzonnen getallen. Het zegt niets over een echte kavel."
    assert second.startswith("Deze cijfers geven de partijen zelf. Kavelmon heeft niet getoetst")
    assert (tmp_path / "rapport" / report.NAME).is_file()
    for said in (
        "Achterstand",
        "Revolving fund",
        "Vastgelegd door het Kavelmodel",
        "Aannamen van de partijen",
        "Let op",
    ):
        assert said in found.stdout


def test_json(given):
    found = json.loads(command.as_json(given))
    assert found["totals"]["revolving"] == 1_882_897.22
    assert sum(found["totals"].values()) == pytest.approx(6_850_000)
    assert [y["year"] for y in found["years"]] == [2023, 2024, 2025]
    assert found["years"][0]["arrears_eur"] == 30_000
    assert found["given"][1]["source"] == "rekenvoorbeeld, verzonnen"
    assert (found["estimates"], found["made_up"]) == ([], True)


def test_json_of_open_data_has_verdicts(opened):
    found = json.loads(command.as_json(opened))
    assert [e["verdict"]["kind"] for e in found["estimates"]] == ["none"] * 3
    assert found["weak_years"] == [2021, 2022, 2023]
    assert any("Vektis" in text for text in found["sources"])


def test_no_such_contract(tmp_path):
    with pytest.raises(CatalogueError, match=r"geen\.toml: no such file; `kavelmon local templates FOLDER` writes"):
        called("waterfall", tmp_path / "geen.toml")


def test_an_unknown_area_is_said_with_its_key(tmp_path):
    file = written(tmp_path, ('area = "achterhoek"', 'area = "achterhook"'))
    with pytest.raises(NotFoundError, match=r'^eigen\.toml: area = "achterhook": unknown area "achterhook"; nearest: '):
        settle(file, TEMPLATES / YEARS)
