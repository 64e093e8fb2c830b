"""The page Kavelselectie in a real browser: what it shows is what Python says, under any weights."""

import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
from driving import Server, Visit, poll, visit
from monitoring import WIDTHS, axe, shot, window
from playwright.sync_api import Browser

from kavelmon import colours, memberships, numerals, selection_texts, store
from kavelmon.selection import candidates, command
from kavelmon.selection.run import Selection, select_kavels

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SAYS = selection_texts.PAGE
PAGE = "/voila/render/kavelselectie.ipynb"
READY = "#kavelmon-cells:not(.kavelmon-unseen) .km-selection[data-drawn]"
MOVED_MS = 150  # from a move of a weight to the country in its new colours, as promised
MOVES = """async (times) => {
  const inputs = [...document.querySelectorAll(".km-slider input")], took = [];
  for (let k = 0; k < times; k++) {
    const input = inputs[k % inputs.length], start = performance.now();
    input.value = String(((k * 0.5) % 4.5) + 0.5);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    took.push(performance.now() - start);
  }
  return took;
}"""
ROWS = """rows => rows.map((row) => [...row.children].map((cell) => cell.innerText.replaceAll("\\u00a0", " ")))"""
INK = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height), found = new Set();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 255) found.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
  }
  return [...found];
}"""


@pytest.fixture(scope="module")
def window_of_all(chromium: Browser, server: Server) -> Iterator[Visit]:
    """One page for the tests that can put back what they changed: a load takes longer than most of them."""
    with visit(chromium, server, **window(1280)) as found:
        yield found.open(PAGE, until=READY)


@pytest.fixture
def opened(window_of_all: Visit) -> Iterator[Visit]:
    page = window_of_all.page
    page.get_by_role("button", name=SAYS["selReset"]).click()
    for name, value in (("PV", "-1"), ("GG", "-1"), ("ZK", "-1"), ("people", "0"), ("colour", "total")):
        page.locator(f"select[name=km-{name}]").select_option(value)
    page.locator("#km-find").fill("")
    while page.locator(".km-compared thead button").count():
        page.locator(".km-compared thead button").first.click()
    page.locator(".km-areas-table tbody tr").first.wait_for()
    yield window_of_all
    window_of_all.check()


def link(**choice: str) -> str:
    return f"{PAGE}?{urlencode(choice)}"


def rows(page: Visit) -> list[list[str]]:
    return page.page.locator(".km-wijken tbody tr").evaluate_all(ROWS)


def set_weight(page: Visit, group: str, value: float) -> None:
    page.page.locator(f"#km-weight-{group}").evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }", value
    )


def expected(found: Selection, number: int) -> list[list[str]]:
    """Return the rows of the list as they should be written."""
    told = []
    for row in found.frame.head(number).itertuples():
        share, at = 100 * row.p_top, found.number(row.code)
        notes = [SAYS["selSmall"]] if row.inhabitants < 1000 else []
        if (np.isnan(found.scored[at]) & (found.weights[found.group] > 0)).any():
            notes.append(SAYS["selGaps"])
        top = "< 1 %" if 0 < share < 1 else "> 99 %" if 99 < share < 100 else f"{round(share)} %"
        told.append(
            [
                numerals.number(row.rank, 0),
                f"{row.name} {row.gemeente} {', '.join(notes)}".rstrip(),
                numerals.number(row.score, 1),
                f"{numerals.number(row.rank_low, 0)}–{numerals.number(row.rank_high, 0)}",
                top,
                numerals.number(row.inhabitants, 0),
            ]
        )
    return told


def plain(told: list[list[str]]) -> list[list[str]]:
    return [[" ".join(cell.replace("\u00a0", " ").split()).replace("<1", "< 1") for cell in row] for row in told]


def test_the_list_is_what_python_ranks(opened: Visit) -> None:
    found = select_kavels()
    opened.page.get_by_role("button", name=SAYS["selMore"]).click()
    assert plain(rows(opened)) == plain(expected(found, 125))
    head = opened.page.locator(".km-facts").inner_text()
    assert numerals.number(len(found.units.codes), 0) in head
    assert numerals.number(int((~np.isnan(found.rank)).sum()), 0) in head
    assert opened.page.get_by_text(SAYS["selOwn"]).is_visible()


def test_other_weights_rank_and_are_as_sure_as_python_says(opened: Visit) -> None:
    for group, weight in {"urgentie": 3, "zorgkosten": 0.5, "participatie": 0}.items():
        set_weight(opened, group, weight)
    found = select_kavels(weights={"urgentie": 3, "zorgkosten": 0.5, "participatie": 0})
    order = [row[:3] for row in expected(found, 25)]
    assert [row[:3] for row in plain(rows(opened))] == plain(order)
    assert all(row[3] == "–" for row in rows(opened))  # nothing is called sure that was not drawn with these weights
    assert poll(lambda: rows(opened)[0][3] != "–", 30, 0.1)
    assert plain(rows(opened)) == plain(expected(found, 25))
    assert "gewichten=1,3,0.5,1,0,0" in opened.page.url
    opened.page.reload()
    opened.page.locator(READY).wait_for()
    assert [row[:3] for row in plain(rows(opened))] == plain(order)
    opened.page.get_by_role("button", name=SAYS["selReset"]).click()
    assert plain(rows(opened)) == plain(expected(select_kavels(), 25))


def test_moving_a_weight_colours_the_country_anew_at_once(opened: Visit) -> None:
    before = opened.page.locator(".km-wijkmap canvas").evaluate("canvas => canvas.toDataURL()")
    took = opened.page.evaluate(MOVES, 41)
    print(f"a move of a weight: median {statistics.median(took):.0f} ms, longest {max(took):.0f} ms")
    assert statistics.median(took) < MOVED_MS
    assert opened.page.locator(".km-wijkmap canvas").evaluate("canvas => canvas.toDataURL()") != before


def above(value: float) -> str:
    return "> 99 %" if 99 < value < 100 else "< 1 %" if 0 < value < 1 else f"{numerals.number(value, 0)} %"


def test_too_few_groups_give_a_sentence_and_no_score(opened: Visit) -> None:
    for group in ("urgentie", "zorgkosten"):
        set_weight(opened, group, 0)
    warning = opened.page.locator(".km-weights .km-warn")
    assert "maar 3 groepen" in warning.inner_text()
    assert opened.page.locator(".km-list").get_by_text(SAYS["selNeeds"]).is_visible()
    opened.page.locator(".km-field-niet li").first.wait_for()
    for field in ("kansrijk", "waarom", "gemist", "niet"):  # of an area without a score nothing is said
        assert opened.page.locator(f".km-field-{field} li").all_inner_texts() == [SAYS["selFourNone"]]
    for group in ("gezondheidswinst", "overzicht", "participatie"):
        set_weight(opened, group, 0)
    assert warning.inner_text() == SAYS["selAllZero"]
    opened.page.reload()
    opened.page.locator(READY).wait_for()
    assert warning.inner_text() == SAYS["selAllZero"]  # such a link is no fault
    assert opened.page.get_by_text(SAYS["selGone"]).count() == 0  # nothing was asked that failed
    for group in ("gezondheidswinst", "overzicht", "participatie", "zorgkosten"):
        set_weight(opened, group, 1)
    assert "te weinig groepen over" in warning.inner_text()
    assert len(rows(opened)) == 25


def test_filters_narrow_the_list_to_a_region_and_a_size(opened: Visit) -> None:
    found = select_kavels().frame
    opened.page.locator("select[name=km-PV]").select_option(label="Zeeland")
    opened.page.locator("select[name=km-people]").select_option("5000")
    shown = rows(opened)
    zeeland = {store.regions().name(code) for code in memberships.region("PV29").codes}
    assert all(any(name in row[1] for name in zeeland) for row in shown)
    assert all(int(row[5].replace(".", "")) >= 5000 for row in shown)
    assert "provincie=Zeeland" in opened.page.url
    opened.page.locator("select[name=km-PV]").select_option("-1")
    opened.page.locator("select[name=km-people]").select_option("0")
    opened.page.locator("#km-find").fill("bellingwolde")
    assert ["Bellingwolde" in row[1] for row in rows(opened)] == [True]
    assert rows(opened)[0][0] == numerals.number(found.loc[found["code"] == "WK195000", "rank"].iat[0], 0)
    opened.page.locator("#km-find").fill("bestaat niet")
    assert opened.page.get_by_text(SAYS["selNothing"]).is_visible()


def test_a_wijk_shows_what_lifts_and_what_sinks_it(opened: Visit) -> None:
    found = select_kavels()
    code = found.frame["code"].iat[3]
    opened.page.locator(".km-wijken .km-unit").nth(3).click()
    card = opened.page.locator(".km-wijk-card")
    assert f"wijk={code}" in opened.page.url
    parts = found.of(code)
    up = parts[parts["contribution"] >= 0.25].sort_values("contribution", ascending=False).head(4)
    down = parts[parts["contribution"] <= -0.25].sort_values("contribution").head(4)
    sides = [side.inner_text().replace("\u00a0", " ") for side in card.locator(".km-drivers").all()]
    for text, side in zip(sides, (up, down), strict=False):
        for row in side.itertuples():
            assert row.title in text
            near = (row.contribution, row.contribution - 0.01, row.contribution + 0.01)  # of scores to one decimal
            assert any(f"{numerals.number(v, 1, sign=True)} punten" in text for v in near)
    groups = card.locator(".km-groups tr").evaluate_all(ROWS)
    at = found.number(code)
    for cells, score, group in zip(groups, found.grouped[at], found.criteria.groups, strict=True):
        assert group.title in cells[0]
        assert cells[2] == ("" if np.isnan(score) else numerals.number(score, 0))
    assert "geen open cijfers" in groups[-1][1]


def test_what_is_missing_is_said_with_the_room_it_leaves(page: Visit) -> None:
    found = select_kavels()
    frame = found.frame
    row = frame[frame["rank"].notna() & (frame["score_low"] < frame["score_high"] - 5)].iloc[0]
    page.open(link(wijk=row["code"]), until=READY)
    told = page.page.locator(".km-wijk-card .km-warn").inner_text()
    for end in ("score_low", "score_high"):
        assert numerals.number(row[end], 1) in told
    lost = frame[frame["rank"].isna() & (frame["inhabitants"] > 0)]["code"].iat[0]
    page.open(link(wijk=lost), until=READY)
    assert "Te weinig cijfers voor een score" in page.page.locator(".km-wijk-card").inner_text()
    page.check()


def test_back_and_the_way_back_lead_to_what_was(opened: Visit) -> None:
    opened.page.locator(".km-wijken .km-unit").nth(1).click()
    first = opened.page.locator(".km-wijk-card h3").inner_text()
    opened.page.locator(".km-wijken .km-unit").nth(4).click()
    assert opened.page.locator(".km-wijk-card h3").inner_text() != first
    opened.page.go_back()
    assert poll(lambda: opened.page.locator(".km-wijk-card h3").inner_text() == first, 5)
    opened.page.get_by_role("button", name=SAYS["selBack"]).click()
    assert first.startswith(opened.page.evaluate("document.activeElement.textContent"))


def test_the_map_takes_a_click_and_the_keyboard(opened: Visit) -> None:
    canvas = opened.page.locator(".km-wijkmap canvas")
    assert canvas.get_attribute("aria-label") == SAYS["selMap"].format(n="3.177", what="Score")
    canvas.focus()
    opened.page.keyboard.press("+")
    opened.page.keyboard.press("+")
    box = canvas.bounding_box()
    assert box is not None
    opened.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    name = opened.page.locator(".km-wijk-card h3").inner_text()
    assert "wijk=WK" in opened.page.url
    assert name
    for value in ("gezondheidswinst", "sure"):
        before = canvas.evaluate("canvas => canvas.toDataURL()")
        opened.page.locator("select[name=km-colour]").select_option(value)
        assert canvas.evaluate("canvas => canvas.toDataURL()") != before
    assert "kleur=zekerheid" in opened.page.url


def test_the_country_has_five_colours_and_hatching(opened: Visit) -> None:
    there = set(opened.page.locator(".km-wijkmap canvas").evaluate(INK))
    for colour in (*colours.MAP, colours.MAP_HATCH):
        assert int(colour[1:], 16) in there, colour


def test_four_things_stand_side_by_side_and_a_fifth_is_refused(opened: Visit) -> None:
    areas = opened.page.locator(".km-areas-table")
    opened.page.locator(".km-wijken .km-unit").first.click()
    opened.page.locator(".km-wijk-card").get_by_role("button", name=SAYS["selCompare"], exact=True).click()
    for _ in range(3):
        areas.get_by_role("button", name=SAYS["selCompare"], exact=True).first.click()
    assert opened.page.locator(".km-compared thead th").count() == 4
    assert areas.get_by_role("button", name=SAYS["selCompare"], exact=True).count() == 0
    assert areas.get_by_role("button", name=SAYS["selFullShort"]).first.is_disabled()
    assert (
        opened.page.evaluate("document.activeElement.textContent") == SAYS["selInCompare"]
    )  # nobody loses their place
    opened.page.locator(".km-compared thead button").first.click()
    assert opened.page.locator(".km-compared thead th").count() == 3


def test_areas_stand_where_python_puts_them(opened: Visit) -> None:
    found = select_kavels()
    for name in ("achterhoek", "ede"):
        one = candidates.candidate(found, name)
        row = opened.page.locator(
            ".km-areas-table tbody tr", has=opened.page.get_by_role("button", name=one.title, exact=True)
        )
        cells = row.evaluate_all(ROWS)[0]
        assert [cell.replace(">\u00a0", "> ") for cell in cells[1:5]] == [
            numerals.number(one.people, 0),
            numerals.number(one.total, 1),
            above(one.above),
            above(one.stands),
        ]
    assert "Achterhoek" in opened.page.locator(".km-field-kansrijk").inner_text()
    assert "Ede" in opened.page.locator(".km-field-waarom").inner_text()
    assert opened.page.locator(".km-field-gemist li").count() > 3


def test_an_area_of_ones_own_is_placed(page: Visit) -> None:
    page.open(link(gebied="GM0222,GM1509", naam="Proef"), until=READY)
    page.page.locator(".km-compared").wait_for()
    assert "Uw gebied: Proef" in page.page.locator(".km-answer[role=status]").inner_text()
    assert page.page.locator(".km-four").get_by_text("Proef").count() == 0  # nobody judges what somebody tries
    assert "gebied=GM0222,GM1509" in page.page.url
    one = candidates.candidate(select_kavels(), ["GM0222", "GM1509"], "Proef")
    text = page.page.locator(".km-areas-table tbody tr").first.evaluate_all(ROWS)[0]
    assert text[0].startswith("Proef eigen gebied")
    assert text[2] == numerals.number(one.total, 1)
    page.open(link(gebied="GM9999"), until=READY)
    assert "GM9999" in page.page.get_by_role("alert").first.inner_text()
    page.check()


def test_a_tampered_link_opens_what_is_right_and_names_the_rest(page: Visit) -> None:
    page.open(link(gewichten="1,-3,2,1,1,0", kleur="<b>", provincie="Atlantis", wijk="WK999999"), until=READY)
    told = page.page.locator(".km-warn[role=status]").inner_text()
    for name in ("gewichten", "kleur", "provincie", "wijk"):
        assert name in told
    assert plain(rows(page)) == plain(expected(select_kavels(), 25))
    page.check()


def test_what_is_saved_gives_the_same_result_again(opened: Visit, tmp_path: Path) -> None:
    set_weight(opened, "overzicht", 2.5)
    poll(lambda: rows(opened)[0][3] != "–", 30, 0.1)
    with opened.page.expect_download() as waiting:
        opened.page.get_by_role("button", name=SAYS["selToml"]).click()
    waiting.value.save_as(tmp_path / "kavelselectie.toml")
    asked = command.settings_of(tmp_path / "kavelselectie.toml", "", "", "", None)
    found = select_kavels(asked)
    assert asked.store == found.settings.store
    assert plain(rows(opened)) == plain(expected(found, 25))
    table = of_csv(opened, tmp_path)
    assert len(table) == 1 + len(found.units.codes)
    assert [row[1] for row in table[1 : 1 + 3000]] == found.frame["code"].head(3000).tolist()
    opened.page.locator("select[name=km-PV]").select_option(label="Zeeland")
    assert 1 < len(of_csv(opened, tmp_path)) < 200


def of_csv(page: Visit, folder: Path) -> list[list[str]]:
    """Save the list and return its rows, with the head first."""
    with page.page.expect_download() as waiting:
        page.page.get_by_role("button", name=SAYS["selCsv"]).click()
    waiting.value.save_as(folder / "kavelselectie.csv")
    lines = (folder / "kavelselectie.csv").read_text(encoding="utf-8-sig").splitlines()
    assert any(SAYS["selOwn"] in line for line in lines)
    assert sum(line.startswith("# Bron") for line in lines) == len({c.edition for c in select_kavels().columns})
    return [line.split(";") for line in lines if not line.startswith("#")]


def test_the_page_works_on_when_its_kernel_is_gone(page: Visit) -> None:
    page.open(PAGE, until=READY)
    page.server.ask(f"/api/kernels/{page.kernel}", "DELETE")
    set_weight(page, "urgentie", 4)
    found = select_kavels(weights={"urgentie": 4})
    assert [row[:3] for row in plain(rows(page))] == plain([row[:3] for row in expected(found, 25)])


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off_and_everybody_can_use_it(chromium: Browser, server: Server, width: int) -> None:
    with visit(chromium, server, **window(width)) as page:
        page.open(link(wijk="WK195000", vergelijk="WK195000;WK011432;Achterhoek"), until=READY)
        page.page.locator(".km-areas-table").wait_for()
        assert page.page.evaluate("document.documentElement.scrollWidth") <= width
        shot(page, "kavelselectie")
        assert axe(page) == []
        page.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.page.evaluate("document.documentElement.scrollWidth") <= width
        assert axe(page) == []
        if width < 860:
            page.page.set_viewport_size({"width": 320, "height": 700})
            assert page.page.evaluate("document.documentElement.scrollWidth") <= 320
        text = page.page.locator(".km-selection").inner_text()
        assert not {word for word in ("undefined", "NaN", "null", "sel_", "[object") if word in text}
        page.check()


def test_every_word_on_the_page_is_in_one_place(opened: Visit) -> None:
    text = json.dumps(opened.page.locator(".km-selection").inner_text(), ensure_ascii=False)
    assert "sel" not in {word[:3] for word in text.split() if word[3:4].isupper()}  # a key that has no text
