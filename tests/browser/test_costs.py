"""The page Kosten en verdeling in a real browser: its verdict comes first, and what it shows is what Python says."""

import base64
import copy
import csv
import gzip
import json
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest
from driving import Server, Visit, poll, visit
from monitoring import WIDTHS, axe, shot, window
from playwright.sync_api import Browser

from kavelmon import areas, cost_texts, declarations, figures, numerals, page_texts, savings_texts
from kavelmon.dashboard import cost_document, dividing, prepared
from kavelmon.numerals import NBSP

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SAYS = cost_texts.PAGE
PAGE = "/voila/render/kosten_en_verdeling.ipynb"
READY = "#kavelmon-cells:not(.kavelmon-unseen) .km-costs[data-drawn]:has(.km-panel[data-answered])"
OFFERED = [a.id for a in declarations.default().areas.values() if a.kind in ("kavel", "regio")]
PARTS = ("rente", "aflossing", "aanbieders", "bekostigers", "fonds")
ROWS = "rows => rows.map((row) => [...row.children].map((cell) => cell.innerText.replaceAll('\\n', ' ').trim()))"
BEFORE = """() => {
  const verdict = document.querySelector("#km-oordeel"), first = document.querySelector(".km-costs header");
  const walker = document.createTreeWalker(document.querySelector(".km-costs"), NodeFilter.SHOW_TEXT), said = [];
  while (walker.nextNode() && !verdict.contains(walker.currentNode)) said.push(walker.currentNode.data);
  return first ? said.join(" ") : "";
}"""
UNFOLD = "document.querySelectorAll('.km-costs details').forEach((one) => { one.open = true; })"
FOLD = "document.querySelectorAll('.km-costs details').forEach((one) => { one.open = false; })"
# What sticks out of the window or of its figure. The output of a cell scrolls by itself: the width of the document,
# which it never widens, says nothing
OUTSIDE = """() => {
  const right = document.documentElement.clientWidth + 0.5, found = [];
  for (const one of document.querySelectorAll(".km-costs *")) {
    const figure = one.closest(".km-figure"), box = one.getBoundingClientRect();
    if (!box.width || one.closest(".km-scroll table") || !one.checkVisibility()) continue;
    const edge = figure ? figure.getBoundingClientRect() : { left: 0, right };
    if (figure && one.tagName !== "text") continue;
    const out = box.right > edge.right + 1 || box.left < edge.left - 1;
    if (out) found.push(`${one.tagName} ${one.className?.baseVal ?? one.className} ${one.textContent}`.slice(0, 80));
  }
  return found;
}"""
# How high each mark of a figure stands, or how tall a bar is, in the order in which they are drawn
PLACES = "marks => marks.map((m) => Number(m.getAttribute('transform').match(/,([-\\d.]+)/)[1]))"
HEIGHTS = "marks => marks.map((m) => m.getBBox().height)"
# A page of another document in the same window: what a store with other areas or with cells would give
RENDER = """async ([common, cost]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const { costs } = await import(document.getElementById("kavelmon-monitor").href);
  const el = document.createElement("div"), held = { common: bytes(common), cost: bytes(cost), address: "", vega: "" };
  document.querySelector(".km-costs").parentElement.hidden = true;
  document.querySelector("main").append(el);
  el.id = "other";
  let tell;
  const send = ({ number }) => setTimeout(() => tell({ number, sorry: "Dat lukt nu niet." }));
  await costs.render({ model: { get: (name) => held[name], on(_, heard) { tell = heard; }, send }, el });
}"""


def link(**choice: str) -> str:
    return f"{PAGE}?{urlencode(choice)}"


@pytest.fixture(scope="module")
def doc() -> dict[str, Any]:
    return json.loads(gzip.decompress(prepared.cost()))


@pytest.fixture(scope="module")
def window_of_all(chromium: Browser, server: Server) -> Iterator[Visit]:
    """One page for the tests that can put back what they changed: a load takes longer than most of them."""
    with visit(chromium, server, **window(1280)) as found:
        yield found.open(PAGE, until=READY)


@pytest.fixture
def opened(window_of_all: Visit) -> Iterator[Visit]:
    page = window_of_all.page
    if page.locator("[name=second][aria-pressed=true]").count():
        answered(window_of_all, page.locator("[name=second]").click)
    answered(window_of_all, page.get_by_role("button", name=SAYS["fallReset"]).click)
    for law in ("Wmo", "Jeugdwet"):
        page.locator(f"#km-eenheid-{law}").fill("")
    choose(window_of_all, "km-reference", "NL")
    choose(window_of_all, "km-area", "achterhoek")
    yield window_of_all
    window_of_all.check()


def drawn(page: Visit, act: Callable[[], object]) -> None:
    """Do something and wait until an area is drawn."""
    page.page.evaluate("delete document.querySelector('.km-costs').dataset.drawn")
    act()
    page.page.locator(READY).wait_for()


def choose(page: Visit, name: str, value: str) -> None:
    drawn(page, lambda: page.page.locator(f"select[name={name}]").select_option(value))


def answered(page: Visit, act: Callable[[], object]) -> None:
    """Do something and wait until the division is worked out."""
    page.page.evaluate("delete document.querySelector('.km-panel').dataset.answered")
    act()
    page.page.locator(".km-panel[data-answered]").wait_for()


def fill(page: Visit, at: int = 0, **fields: str) -> None:
    """Fill in fields of a contract, one after another."""
    for name, text in fields.items():
        field = page.page.locator(f"#km-{at}-{name}")
        answered(page, lambda f=field, t=text, n=name: f.select_option(t) if n in cost_texts.CHOICES else f.fill(t))


def choices(page: Visit) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.page.url).query).items()}


def table(page: Visit, label: str, part: str = ".km-costs") -> list[list[str]]:
    """Return the cells of a table by its label; also of one that is folded away."""
    page.page.evaluate(UNFOLD)
    return page.page.locator(f"{part} [role=region][aria-label='{label}'] tbody tr").evaluate_all(ROWS)


def text(page: Visit, part: str = ".km-costs") -> str:
    return page.page.locator(part).inner_text().replace(NBSP, " ")


# as the page writes


def whole(value: float) -> int:
    return math.floor(value + 0.5)


def euro(value: float) -> str:
    return f"{'−' if value < 0 else ''}€{NBSP}{numerals.number(abs(whole(value)))}"


def millions(value: float) -> str:
    return f"{'−' if value < 0 else ''}€{NBSP}{numerals.number(abs(value) / 1e6, 1)} mln"


def percent(share: float) -> str:
    return f"{numerals.number(100 * share, 1, sign=True)}{NBSP}%"


def chance(p: float | None) -> str:
    if p is None:
        return "–"
    return f"< {numerals.number(0.001, 3)}" if p < 0.001 else numerals.number(p, 3 if p < 0.2 else 2)


def yes(is_so: bool) -> str:
    return SAYS["costYes" if is_so else "costNo"]


def worked_out(code: str, title: str = "") -> dict[str, Any]:
    """Return what the document of an area has for one reference: with both it takes twice as long."""
    area = areas.find(code, title)
    return {"area": {"title": area.title}, "of": {"NL": cost_document._of(area, "NL")}}


def shows(page: Visit, known: dict[str, Any], reference: str) -> None:
    """Fail unless every figure of one area stands on the page as the document has it."""
    found, said = known["of"][reference], text(page)
    assert page.page.locator("h1").inner_text() == known["area"]["title"]
    assert page.page.locator("#km-oordeel").inner_text() == found["verdict"]
    told = [*found["said"], *found["how"], *(c[2] for c in found["checks"]), *(found[k] for k in ("whatIf", "least"))]
    for sentence in [*told, found["luck"] if found["least"] else ""]:
        assert sentence.replace(NBSP, " ") in said, sentence
    sums = page.page.locator(".km-sums dd").all_inner_texts()
    actual, expected = (1e6 * found[name][-1] for name in ("actual", "expected")) if sums else (0, 0)
    money = [actual, expected, abs(expected - actual)]  # of the year that the verdict is of
    assert sums == [millions(value) for value in money[: len(sums)]]
    judged = {row[0]: row for row in found.get("byYear", [])}
    years = table(page, SAYS["costHead"])
    if found["start"] < found["years"][-1]:
        first, last, total = found["start"], found["years"][-1], found["sum"]
        *years, together = years
        told = [SAYS["costTogether"].format(first=first, last=last), euro(total["expected"]), euro(total["actual"])]
        told += [euro(total["difference"]), percent(total["difference"] / total["expected"]), ""]
        assert together == told[: len(together)]
    assert [row[0] for row in years] == [str(year) for year in found["years"]]
    for row, year, e, a in zip(years, found["years"], found["expected"], found["actual"], strict=True):
        if one := judged.get(year):
            _, expected, actual, difference, share, p = one
            assert row[1:] == [euro(expected), euro(actual), euro(difference), percent(share), chance(p)]
        else:
            assert row[1:3] == [euro(1e6 * e), euro(1e6 * a)]
            assert row[5:] in ([], ["–"])
    if "byYear" not in found:
        assert len(sums) == 2
        assert {len(row) for row in years} == {3}
        return
    assert len(sums) == (3 if "others" in found else 2)
    told = [
        [
            f"{first}–{last}{' ' + SAYS['costBreak'] if flagged else ''}",
            millions(d),
            percent(share),
            chance(p),
            yes(holds),
        ]
        for first, last, d, share, p, holds, flagged in found["pre_periods"]
    ]
    assert table(page, SAYS["costPre"]) == told
    told = [[name, millions(d), percent(s), chance(p), yes(pays)] for name, d, s, p, pays in found["methods"]]
    assert table(page, SAYS["costMethods"]) == told
    assert found["span"].replace(NBSP, " ") in said


# ------------------------------------------------------------------------------------------------------------- verdict


def test_the_areas_that_are_offered(opened: Visit, doc: dict) -> None:
    assert sorted(doc["of"]) == sorted(OFFERED)
    options = opened.page.locator("select[name=km-area] option").evaluate_all("all => all.map((one) => one.value)")
    assert options == [a["id"] for a in doc["areas"]] + [code for code, _ in doc["towns"]]


@pytest.mark.parametrize("area", OFFERED)
def test_the_verdict_stands_before_any_amount(opened: Visit, doc: dict, area: str) -> None:
    for reference in ("NL", "others"):
        choose(opened, "km-area", area)
        choose(opened, "km-reference", reference)
        shows(opened, doc["of"][area], reference)
        before = opened.page.evaluate(BEFORE).replace(NBSP, " ")
        example = SAYS["costFirst"].format(**doc["first"]).replace(NBSP, " ")  # what the level would be, of one area
        assert example in before
        assert not re.search(r"€|mln|miljoen", before.replace(example, ""))
        opened.check()


def test_a_difference_bears_its_verdict(opened: Visit, doc: dict) -> None:
    found = doc["of"]["achterhoek"]["of"]["NL"]
    label = opened.page.locator(".km-sums dt").last.inner_text()
    way = "costHigher" if found["expected"][-1] < found["actual"][-1] else "costLower"
    assert label == SAYS[way].format(verdict=found["verdict"].lower())
    assert savings_texts.NO_CELLS in text(opened)  # care groups are not shipped


def test_figures_have_a_name_and_marks(opened: Visit, doc: dict) -> None:
    found = doc["of"]["achterhoek"]["of"]["NL"]
    labels = opened.page.locator(".km-costs [role=img]").evaluate_all("all => all.map((e) => e.ariaLabel)")
    assert labels[0] == SAYS["costChartLabel"].format(area="Achterhoek")
    assert labels[1] == SAYS["costOthersLabel"].format(area="Achterhoek", n=numerals.number(found["number"]))
    assert labels[2].startswith(f"Jaar 1 in stappen: rente €{NBSP}200.000, ")
    assert labels[3] == SAYS["fallDecadeLabel"].format(n=10, of="")
    years, lines = len(found["years"]), len(found["others"])
    # the field since the start, the band, two lines with a dot each year; the others; the area itself
    numbers = (1 + 1 + 2 + 2 * years, 1 + lines + 1 + years, 6, 50)
    named = [f'[role=img][aria-label="{label}"]' for label in labels]
    for figure, number in zip(named, numbers, strict=True):
        assert opened.marks(number, figure) == number, figure
    of = opened.page.locator
    cost = of(f"{named[0]} .mark-symbol path").evaluate_all(PLACES)
    straight(cost, [*found["expected"], *found["actual"]])  # both on one scale, higher where more was spent
    straight(of(f"{named[1]} .mark-symbol path").evaluate_all(PLACES), found["share"])
    year = dividing.divide({})["years"]
    bars = [year[0]["divided"], *(year[0][kind] for kind in PARTS)]
    straight(of(f"{named[2]} .mark-rect path").evaluate_all(HEIGHTS), [-bar for bar in bars])
    heights = of(f"{named[3]} .mark-rect path").evaluate_all(HEIGHTS)
    straight(sorted(heights), sorted(-one[kind] for one in year for kind in PARTS)[::-1])


def straight(places: list[float], values: list[float]) -> None:
    """Fail unless marks stand, or bars reach, on one straight scale: the larger the value the smaller the place."""
    assert len(places) == len(values)
    slope, begin = np.polyfit(values, places, 1)
    assert slope < 0
    assert np.polyval((slope, begin), values) == pytest.approx(places, abs=1)  # pixels


# ------------------------------------------------------------------------------------------------- choices and address


def test_another_area_and_another_yardstick(opened: Visit, doc: dict) -> None:
    choose(opened, "km-area", "ede")
    assert choices(opened) == {"gebied": "ede"}
    assert opened.page.title().startswith("Ede – ")
    assert doc["of"]["ede"]["of"]["NL"]["whatIf"] in text(opened, ".km-verdict-box")
    assert opened.page.evaluate("document.activeElement.name") == "km-area"
    assert "geen cijfers van Ede" in text(opened, ".km-panel h2")
    before = opened.page.locator(".km-sums").inner_text()
    choose(opened, "km-reference", "others")
    assert choices(opened) == {"gebied": "ede", "vergeleken": "others"}
    assert opened.page.evaluate("document.activeElement.name") == "km-reference"
    assert opened.page.locator(".km-sums").inner_text() != before
    shows(opened, doc["of"]["ede"], "others")


def test_a_gemeente_that_is_not_offered_is_worked_out(opened: Visit) -> None:
    choose(opened, "km-area", "GM0344")
    shows(opened, worked_out("GM0344"), "NL")
    assert choices(opened) == {"gebied": "GM0344"}  # one that opens with it: the wijk below
    assert opened.page.locator("select[name=km-area]").input_value() == "GM0344"


def test_back_and_forward(opened: Visit) -> None:
    choose(opened, "km-area", "ede")
    for step, title in ((opened.page.go_back, "Achterhoek"), (opened.page.go_forward, "Ede")):
        step()
        opened.page.locator(f"h1:text-is('{title}')").wait_for()
        opened.page.locator(READY).wait_for()


def test_a_deep_link_opens_what_was_shared(page: Visit, doc: dict) -> None:
    given = {"payers": "20", "base": "gross", "saving": "2.500.000,50"}
    other = {"quality": "0,9", "loan2": "1000000"}
    parts = {n: "~".join(f"{k}:{v}" for k, v in f.items()) for n, f in (("contract", given), ("contract2", other))}
    page.open(link(gebied="ede", vergeleken="others", **parts), until=READY)
    assert poll(lambda: choices(page).get("contract2"), 5)
    assert choices(page) == {"gebied": "ede", "vergeleken": "others", **parts}
    shows(page, doc["of"]["ede"], "others")
    compared(page, given, other)
    for at, fields in enumerate((given, other)):
        for name, value in fields.items():
            assert page.page.locator(f"#km-{at}-{name}").input_value() == value
    page.check()


def test_a_tampered_link_opens_what_is_right_and_names_the_rest(page: Visit, doc: dict) -> None:
    asked = {"gebied": "GM9999", "vergeleken": "<b>", "contract": "payers:20~hack:1", "contract2": "kind:bullet"}
    page.open(link(**asked), until=READY)
    warned = page.page.locator(".km-warn[role=status]").inner_text()
    for name in asked:
        assert re.search(rf"\b{name}\b", warned), name
    assert "GM9999 is geen code van een gebied." in page.page.locator("[role=alert]").inner_text()
    shows(page, doc["of"][doc["areas"][0]["id"]], "NL")
    compared(page, {"payers": "20"}, {})  # what of it was right
    page.check()


# ------------------------------------------------------------------------------------------------------------ division


def plain(value: float) -> str:
    return numerals.number(whole(value))


def divided(page: Visit, given: dict[str, str]) -> None:
    """Fail unless the page shows what Python makes of a form."""
    found = dividing.divide(given)
    first, totals = found["years"][0], found["totals"]
    told = [[SAYS[f"part_{k}"], plain(first[k]), plain(totals[k])] for k in PARTS]
    told.append([SAYS["fallTogether"], plain(first["divided"]), plain(totals["divided"])])
    over = [max(0, year["saving"]) - year["divided"] for year in found["years"]]
    if any(abs(amount) >= 0.5 for amount in (over[0], sum(over))):
        told.append([SAYS["part_over"], plain(over[0]), plain(sum(over))])
    if (left := found["years"][-1]["arrears"]) >= 0.5:
        told.append([SAYS["part_open"].format(n=len(found["years"])), "", plain(left)])
    assert table(page, SAYS["fallTable"]) == told
    fund, rows = 0.0, []
    for k, year in enumerate(found["years"]):
        fund += year["fonds"]
        rows.append([str(k + 1), plain(year["balance"]), plain(year["arrears"]), plain(fund)])
    assert table(page, SAYS["fallLoan"]) == rows
    shared = ("aanbieders", "bekostigers", "fonds", "apart")
    told = [
        [
            f"{y['name']} {plain(y['saving'])}",
            plain(y["rente"] + y["aflossing"]),
            plain(sum(y[k] for k in shared)),
            plain(y["arrears"]),
        ]
        for y in found["whatIf"]
    ]
    assert table(page, SAYS["fallIf"]) == told
    said = text(page, ".km-panel")
    for sentence in [found["assumed"], found["quality"], *found["notes"]]:
        assert sentence.replace(NBSP, " ") in said


def compared(page: Visit, *given: dict[str, str]) -> None:
    """Fail unless the page shows what Python makes of two forms, side by side."""
    made = [dividing.divide(form) for form in given]
    first, second = (one["totals"] for one in made)
    names = {**{k: SAYS[f"part_{k}"] for k in PARTS}, "divided": SAYS["fallTogether"]}
    told = []
    for kind, name in names.items():
        gap = numerals.number(whole(second[kind] - first[kind]), sign=True)
        told.append([name, plain(first[kind]), plain(second[kind]), gap])
    over = [sum(max(0, year["saving"]) - year["divided"] for year in one["years"]) for one in made]
    if any(abs(amount) >= 0.5 for amount in over):
        told.append([SAYS["part_over"], *map(plain, over), numerals.number(whole(over[1] - over[0]), sign=True)])
    assert table(page, SAYS["fallTable"]) == told


def test_the_division_is_what_python_divides(opened: Visit) -> None:
    divided(opened, {})
    given = {"saving": "2.500.000,50", "quality": "0,9", "kind": "annuity", "loan2": "750000"}
    fill(opened, **given)
    divided(opened, given)
    assert choices(opened)["contract"] == "~".join(f"{k}:{v}" for k, v in given.items())
    answered(opened, opened.page.get_by_role("button", name=SAYS["fallReset"]).click)
    divided(opened, {})
    assert "contract" not in choices(opened)
    assert opened.page.locator("#km-0-saving").input_value() == "3.000.000"


def test_no_saving_is_only_arrears(opened: Visit) -> None:
    fill(opened, saving="−500.000")
    divided(opened, {"saving": "-500000"})
    assert {row[2] for row in table(opened, SAYS["fallTable"])[:6]} == {"0"}
    assert "Na jaar 10 is €" in text(opened, ".km-panel")  # what stays unpaid when the loan ends
    assert opened.marks(6, "[role=img][aria-label^='Jaar 1 in stappen']") == 6


def test_names_stand_beside_parts_that_are_there(opened: Visit) -> None:
    def beside() -> list[str]:
        """Return the names in the figure of ten years, which has no other words."""
        marks = opened.page.locator("[role=img][aria-label^='Verdeling per jaar'] text").all_text_contents()
        return [mark for mark in marks if not mark.replace(",", "").isdecimal()]

    assert beside() == [SAYS[f"part_{kind}"] for kind in PARTS]
    fill(opened, loan="20000000", grace="9")  # all is repaid in year 10, of which nothing else is left then
    assert beside() == [SAYS[f"part_{kind}"] for kind in PARTS if kind != "aflossing"]


def test_a_fault_is_said_and_what_was_right_stays(opened: Visit) -> None:
    fill(opened, payers="40")
    fill(opened, payers="80")
    warning = text(opened, "#km-fouten")
    [fault] = dividing.divide({"payers": "80"})["faults"]
    assert fault.replace(NBSP, " ") in warning
    assert SAYS["fallWrong"] in warning
    assert SAYS["fallStays"] in warning
    divided(opened, {"payers": "40"})
    assert choices(opened)["contract"] == "payers:40"  # a link opens what can be
    fill(opened, payers="veel")
    wrong = opened.page.locator("#km-0-payers")
    assert (wrong.get_attribute("aria-invalid"), wrong.get_attribute("aria-describedby")) == ("true", "km-fouten")
    assert "Deel bekostigers: „veel” is geen getal." in text(opened, "#km-fouten")
    fill(opened, payers="20")
    assert text(opened, "#km-fouten") == ""
    assert wrong.get_attribute("aria-invalid") is None
    divided(opened, {"payers": "20"})


def test_two_contracts_side_by_side(opened: Visit) -> None:
    fill(opened, payers="20")
    answered(opened, opened.page.locator("[name=second]").click)
    compared(opened, {"payers": "20"}, {"payers": "20"})
    assert opened.page.locator("#km-1-payers").input_value() == "20"  # the second begins as the first
    fill(opened, at=1, payers="40", first_euro="false")
    compared(opened, {"payers": "20"}, {"payers": "40", "first_euro": "false"})
    assert choices(opened)["contract2"] == "payers:40~first_euro:false"
    assert opened.marks(100, "[role=img][aria-label^='Verdeling per jaar']") == 100
    for name in ("fallFirst", "fallSecond"):  # tables and figures of two contracts have two names
        label = f"{SAYS['fallIf']} ({SAYS[name]})"
        assert len(table(opened, label)) == len(cost_texts.IF)
        assert opened.page.locator(f"[role=img][aria-label*='({SAYS[name]})']").count() == 1
    fill(opened, at=1, quality="9")
    assert text(opened, "#km-fouten").count(f"{SAYS['fallSecond']}: Kwaliteitsscore: 9 kan niet") == 1
    compared(opened, {"payers": "20"}, {"payers": "40", "first_euro": "false"})
    answered(opened, opened.page.locator("[name=second]").click)
    divided(opened, {"payers": "20"})
    assert "contract2" not in choices(opened)


# ---------------------------------------------------------------------------------------------------------------- laws


def test_what_one_person_costs_gives_an_estimate(opened: Visit, doc: dict, tmp_path: Path) -> None:
    laws = {row[0]: row for row in doc["of"]["achterhoek"]["laws"]}
    people = figures.value("wmo_clienten", "achterhoek")["numerator"]
    box = opened.page.locator(".km-laws > div", has=opened.page.locator("#km-eenheid-Wmo"))
    field, out = opened.page.locator("#km-eenheid-Wmo"), box.locator("[aria-live]")
    assert SAYS["costPeople"].format(n=numerals.number(round(people)), year=laws["Wmo"][2]) in box.inner_text()
    assert out.inner_text() == ""
    for typed, amount in (("3.500", 3_500), ("3500,5", 3_500.5), ("1.234.567", 1_234_567), ("0", 0)):
        field.fill(typed)
        assert out.inner_text() == SAYS["costCounted"].format(amount=millions(people * amount))
    for wrong in ("veel", "-1", "1,2,3"):
        field.fill(wrong)
        assert out.inner_text() == SAYS["costNoNumber"]
    field.fill("4000")
    choose(opened, "km-reference", "others")
    assert field.input_value() == "4000"
    assert out.inner_text() == SAYS["costCounted"].format(amount=millions(people * 4_000))
    [row] = [row for row in saved(opened, SAYS["costCsv"], tmp_path)[2] if row[0] == "geraamd"]
    assert row[1].startswith("Wmo 2021: ")
    assert SAYS["fallAssumption"] in row[1]  # an amount that somebody filled in says so in the file as well
    assert number(row[3]) == pytest.approx(people * 4_000, abs=0.0051)
    told = text(opened, ".km-laws")
    for _, _, _, _, cost, note, source in laws.values():
        assert note in told
        assert source in told  # nobody sees a figure without its source
        assert cost is None or millions(cost).replace(NBSP, " ") in told


# ---------------------------------------------------------------------------------------------------------------- CSV


def saved(page: Visit, name: str, folder: Path) -> tuple[str, list[str], list[list[str]]]:
    """Return the file name, the lines before the table, and its rows."""
    with page.page.expect_download() as waiting:
        page.page.get_by_role("button", name=name).click()
    waiting.value.save_as(folder / "saved.csv")
    lines = (folder / "saved.csv").read_text(encoding="utf-8-sig").splitlines()
    rows = list(csv.reader((line for line in lines if not line.startswith("#")), delimiter=";"))
    return waiting.value.suggested_filename, [line for line in lines if line.startswith("#")], rows


def number(cell: str) -> float | None:
    return float(cell.replace(",", ".")) if cell else None


def test_costs_are_saved_as_they_are_shown(opened: Visit, doc: dict, tmp_path: Path) -> None:
    name, said, rows = saved(opened, SAYS["costCsv"], tmp_path)
    known = doc["of"]["achterhoek"]
    found = known["of"]["NL"]
    assert name == "kosten_achterhoek.csv"
    top = "\n".join(said)
    assert said[0] == f"# Achterhoek: {found['verdict']}"  # here too the verdict comes first
    for sentence in [*found["said"], *found["notes"], found["least"], *(row[5] for row in known["laws"] if row[6])]:
        assert sentence in top
    assert "Bron: Vektis" in top
    assert page_texts.PAGE["terms_non_commercial"] in top
    assert all(row[6] in top for row in known["laws"])
    kinds = {kind: [row[1:] for row in rows if row[0] == kind] for kind in ("jaar", "jaren vooraf", "methode", "wet")}
    assert len(rows) == 1 + sum(map(len, kinds.values()))
    assert [row[0] for row in kinds["jaar"]] == [str(year) for year in found["years"]]
    judged = {row[0]: row for row in found["byYear"]}
    for (_, *cells), year, e, a in zip(kinds["jaar"], found["years"], found["expected"], found["actual"], strict=True):
        assert [number(cell) for cell in cells[:2]] == pytest.approx([1e6 * e, 1e6 * a], abs=0.011)
        if year in judged:
            _, _, _, difference, share, p = judged[year]
            assert [number(c) for c in cells[2:]] == pytest.approx([difference, 100 * share, p], abs=0.0051)
    for row, told in zip(kinds["jaren vooraf"], found["pre_periods"], strict=True):
        assert row[0] == f"{told[0]}-{told[1]}"
        assert [number(c) for c in row[3:]] == pytest.approx([told[2], 100 * told[3], told[4]], abs=0.0051)
    for row, told in zip(kinds["methode"], found["methods"], strict=True):
        assert row[0] == told[0]
        assert number(row[3]) == pytest.approx(told[1], abs=0.0051)
    assert number(kinds["wet"][0][2]) == pytest.approx(known["laws"][0][4], abs=0.0051)


def test_a_division_is_saved_as_it_is_shown(opened: Visit, tmp_path: Path) -> None:
    fill(opened, payers="20")
    answered(opened, opened.page.locator("[name=second]").click)
    fill(opened, at=1, base="gross")
    name, said, rows = saved(opened, SAYS["fallCsv"], tmp_path)
    assert name == "verdeling.csv"
    top = "\n".join(said)
    assert SAYS["fallTag"].format(area="Achterhoek") in top  # invented figures say so in the file as well
    assert SAYS["fallFixed"] in top
    for contract, terms in (("A", "Deel bekostigers: 20"), ("B", "Delen van: de hele besparing")):
        line = next(line for line in said if line.startswith(f"# {contract}: "))
        assert terms in line
        assert all(title in line for _, title, *_ in cost_texts.FIELDS.values())
    heads, body = rows[0], rows[1:]
    assert heads[:4] == ["contract", "jaar", "besparing", "verdeeld"]
    names = ["saving", "divided", *PARTS, "apart", "arrears", "balance"]
    told = []
    for contract, form in (("A", {"payers": "20"}), ("B", {"payers": "20", "base": "gross"})):
        for k, year in enumerate(dividing.divide(form)["years"]):
            told.append([contract, str(k + 1), *(f"{year[n]:.2f}".replace(".", ",") for n in names)])
    assert body == told


# -------------------------------------------------------------------------------------------------------- other states


def another(page: Visit, doc: dict, change: Callable[[dict], None]) -> None:
    """Show beside the page what it would show of another document."""
    altered = copy.deepcopy(doc)
    change(altered)
    parts = [base64.b64encode(part).decode() for part in (prepared.common(), prepared.packed(altered))]
    page.page.evaluate(RENDER, parts)
    page.page.locator("#other .km-costs[data-drawn]").wait_for()


@pytest.fixture
def beside(opened: Visit) -> Iterator[Visit]:
    yield opened
    opened.page.evaluate("document.querySelector('#other').remove()")
    opened.page.evaluate("document.querySelector('.km-costs').parentElement.hidden = false")


def test_too_early_shows_what_would_be_seen_and_no_amount(beside: Visit, doc: dict) -> None:
    least = doc["of"]["achterhoek"]["of"]["NL"]["least"]

    def early(altered: dict) -> None:
        said = [savings_texts.TOO_FEW.format(first=2015)]
        told = {"start": 2024, "pre": [2015, 2023], "whatIf": "", "kind": "early", "said": said, "checks": []}
        told |= {"verdict": savings_texts.VERDICTS["early"], "least": least, "notes": [savings_texts.ONLY_ZVW]}
        altered["of"]["achterhoek"]["of"]["NL"] = told

    another(beside, doc, early)
    said = text(beside, "#other .km-costs")
    assert savings_texts.VERDICTS["early"] in said
    assert least.replace(NBSP, " ") in said
    assert "Zorgkosten uit de Zorgverzekeringswet (Zvw)." in said
    assert beside.page.locator("#other .km-sums").count() == 0
    assert beside.page.locator("#other .km-panel").count() == 1  # the division can be tried all the same
    assert not {word for word in ("undefined", "NaN", "null", "[object") if word in said}


def test_without_areas_of_the_same_size_there_is_nothing_to_draw_them_with(beside: Visit, doc: dict) -> None:
    def alone(altered: dict) -> None:
        found = altered["of"]["achterhoek"]["of"]["NL"]
        for name in ("band", "others", "number"):
            del found[name]
        found["least"] = ""

    another(beside, doc, alone)
    said = text(beside, "#other .km-costs")
    assert beside.page.locator("#other .km-costs > .km-width [role=img]").count() == 1
    assert SAYS["costOthers"] not in said
    assert SAYS["costLeast"] not in said
    assert len(table(beside, SAYS["costPre"], "#other")) == len(doc["of"]["achterhoek"]["of"]["NL"]["pre_periods"])
    assert not {word for word in ("undefined", "NaN", "null", "[object") if word in said}


def test_a_kernel_that_gives_no_answer_is_said(beside: Visit, doc: dict) -> None:
    another(beside, doc, lambda altered: None)
    page = beside.page
    page.locator("#other #km-0-saving").fill("2000000")
    page.locator("#other .km-panel").get_by_text(SAYS["fallGone"]).wait_for()
    assert table(beside, SAYS["fallTable"], "#other")[0][1] == "200.000"  # what was there stays
    page.locator("#other select[name=km-area]").select_option("GM0344")
    page.locator("#other [role=alert]").get_by_text("Dat lukt nu niet.").wait_for()
    assert page.locator("#other h1").inner_text() == doc["of"][doc["areas"][0]["id"]]["area"]["title"]
    assert page.locator("#other select[name=km-area]").input_value() == doc["areas"][0]["id"]


def test_care_groups_of_a_store_with_cells(beside: Visit, doc: dict) -> None:
    rows = [
        ["Ziekenhuis <b>", [2015, 2020], 8_125_002.3, 0.0157, 0.43],
        ["Apotheek", [2015, 2020], -1.3e6, -0.0124, 0.1],
    ]
    another(beside, doc, lambda altered: altered["of"]["achterhoek"]["of"]["NL"].update(groups=rows))
    told = [[n, f"{a}–{b}", millions(d), percent(s), chance(p)] for n, (a, b), d, s, p in rows]
    assert table(beside, SAYS["costGroups"], "#other") == told
    assert SAYS["costGroupsHow"] in text(beside, "#other")
    assert savings_texts.NO_CELLS not in text(beside, "#other")
    assert beside.page.locator("#other b:text-is('undefined')").count() == 0


# ---------------------------------------------------------------------------------------------- everybody, every width


def test_all_can_be_done_with_the_keyboard(opened: Visit) -> None:
    page = opened.page
    page.locator("select[name=km-area]").focus()
    drawn(opened, lambda: page.keyboard.press("ArrowDown"))
    assert page.locator("h1").inner_text() == "Ede"
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.name"))
        if reached[-1] == "km-0-saving":
            break
    assert {"km-reference", "km-eenheid-Wmo", "km-eenheid-Jeugdwet"} <= set(reached)
    assert reached[-1] == "km-0-saving"
    page.keyboard.press("Control+a")
    answered(opened, lambda: page.keyboard.type("2600000"))
    divided(opened, {"saving": "2600000"})
    assert page.evaluate("document.activeElement.id") == "km-0-saving"  # who types keeps the place
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    assert not page.locator("#km-0-saving").is_visible()


def inside(page: Visit) -> None:
    """Fail on what sticks out, when figures have had the time to take a new width."""
    poll(lambda: not page.page.evaluate(OUTSIDE), 5)
    assert page.page.evaluate(OUTSIDE) == []


def words(page: Visit) -> set[str]:
    return set(re.findall(r"[A-Za-z\[\]_]+", page.page.locator("main").inner_text()))


ENGLISH = {"the", "and", "with", "year", "years", "saving", "expected", "actual", "error", "validation", "must", "give"}
ENGLISH |= {"undefined", "NaN", "null", "None", "object", "nan", "Infinity", "true", "false"}


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off_and_everybody_can_use_it(chromium: Browser, server: Server, width: int) -> None:
    def fits(page: Visit) -> None:
        inside(page)
        assert page.page.evaluate("document.documentElement.scrollWidth") <= page.page.viewport_size["width"]
        assert not words(page) & ENGLISH
        assert not {word for word in words(page) if re.fullmatch(r"(cost|fall|part_)[A-Z]\w*", word)}  # without a text

    with visit(chromium, server, **window(width)) as page:
        page.open(PAGE, until=READY)
        assert page.marks(50, "[role=img][aria-label^='Verdeling per jaar']") == 50
        fits(page)
        shot(page, "kosten")
        page.page.evaluate(FOLD)
        assert axe(page) == []
        page.page.evaluate(UNFOLD)
        fits(page)
        assert axe(page) == []
        fill(page, payers="80")
        assert dividing.divide({"payers": "80"})["faults"][0] in page.page.locator("#km-fouten").inner_text()
        fits(page)
        shot(page, "kosten-fout", ".km-panel")
        answered(page, lambda: page.page.locator("#km-0-payers").fill("20"))
        answered(page, page.page.locator("[name=second]").click)
        fill(page, at=1, base="gross")
        assert page.marks(100, "[role=img][aria-label^='Verdeling per jaar']") == 100
        fits(page)
        shot(page, "kosten-twee", ".km-panel")
        fill(page, at=1, payers="veel")
        fits(page)
        assert axe(page) == []
        choose(page, "km-area", "ede")
        page.page.evaluate(FOLD)
        shot(page, "kosten-wat-als", ".km-costs > .km-width")
        if width < 860:
            page.page.set_viewport_size({"width": 320, "height": 700})
            page.page.evaluate(UNFOLD)
            fits(page)
        page.check()


def test_a_wijk_is_an_approximation_without_a_verdict(page: Visit) -> None:
    page.open(link(gebied="WK022801", naam="Mijn wijk"), until=READY)
    shows(page, worked_out("WK022801", "Mijn wijk"), "NL")
    assert choices(page) == {"gebied": "WK022801", "naam": "Mijn wijk"}
    assert page.page.locator("select[name=km-area]").input_value() == "WK022801"
    said = text(page, ".km-costs > .km-width")
    assert savings_texts.VERDICTS["approximate"] in said
    assert savings_texts.APPROXIMATE_VERDICT in said
    for name in ("costOthers", "costPre", "costMethods", "costLeast"):
        assert SAYS[name] not in said
    assert page.page.locator(".km-costs > .km-width [role=img]").count() == 1
    page.page.evaluate(FOLD)
    for width in WIDTHS:
        page.page.set_viewport_size(window(width)["viewport"])
        shot(page, "kosten-wijk")
        assert axe(page) == []
        inside(page)
        assert page.page.evaluate("document.documentElement.scrollWidth") <= width
    assert not words(page) & ENGLISH
    page.check()
