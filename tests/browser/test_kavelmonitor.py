"""The kavelmonitor as it is served: what it shows is what the figures say, and every choice works."""

import csv
import io
import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest
from driving import Server, Visit, poll, visit, voila
from monitoring import DRAWN, PAGE, SHAPES, address, choices, choose, settled, show
from playwright.sync_api import Browser, Download

import kavelmon as km
from kavelmon import declarations, figures, maps, numerals, page_texts, paths, serving, texts
from kavelmon.analysis import compare
from kavelmon.dashboard import collect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
AREAS = ("achterhoek", "ede", "mijnstreek", "zuid_limburg", "nl")
POINTS = ".km-card:has(h3:text-is('Verloop')) .km-figure .mark-symbol.role-mark path"


@pytest.fixture(scope="module")
def server(voila_server: Callable[[Path], Server]) -> Server:
    return voila_server(paths.notebooks())


@pytest.fixture(scope="module")
def window_of_all(chromium: Browser, server: Server) -> Iterator[Visit]:
    """One window for the tests that begin with an address: they are shown it there, or load it."""
    with visit(chromium, server, viewport={"width": 1280, "height": 1000}, accept_downloads=True) as page:
        page.page.on("dialog", lambda dialog: (page.errors.append(dialog.message), dialog.dismiss()))
        yield page.open(address(gebied="ede"), until=DRAWN)


@pytest.fixture
def monitor(window_of_all: Visit) -> Visit:
    window_of_all.errors.clear()  # of a test that failed
    return window_of_all


def pick(page: Visit, indicator: str) -> None:
    settled(page, lambda: page.page.locator(f".km-row[data-item={indicator}] button[aria-pressed]").click())


@cache
def known(area: str, edition: str) -> dict[tuple[str, str], dict]:
    """Every figure of an area in one edition, as the API gives it: the same function that answers `kavelmon value`."""
    ids = compare.ids_by_edition(collect.items())[edition]
    rows = figures.observations(ids, area, edition=edition).to_dict("records")
    return {(row["indicator"], row["period"]): row for row in rows}


def written(indicator: str, value: float | None) -> str:
    item = declarations.default().indicator(indicator)
    return numerals.with_unit(float("nan") if value is None else value, item.unit, item.decimals)


def loads() -> list[tuple[str, str]]:
    """Thirty areas and indicators in random order, the same at every run."""
    chance = random.Random(20260101)
    ids = sorted(item.id for item in collect.items())
    return [(AREAS[n % len(AREAS)], chance.choice(ids)) for n in range(30)]


PAGES, LOADED = 9, 3
"""Views compared row by row, and how many of them are loads with a kernel of their own."""


def test_nine_views_show_what_kavelmon_value_says(monitor: Visit) -> None:
    compared = 0
    for number, (area, indicator) in enumerate(random.Random(7).sample(loads(), PAGES)):
        if number < LOADED:
            monitor.open(address(gebied=area, indicator=indicator), until=DRAWN)
        else:
            show(monitor, gebied=area, indicator=indicator)
        assert monitor.page.locator("h2.km-select").inner_text() == declarations.default().indicator(indicator).title
        rows = monitor.page.locator(".km-row").evaluate_all(
            "rows => rows.map(r => [r.dataset.item, r.dataset.edition, r.dataset.period,"
            " r.querySelector('.km-own').innerText, r.querySelector('.km-nl').innerText])"
        )
        assert indicator in [row[0] for row in rows]
        for item, edition, period, own, reference in rows:
            assert own == written(item, known(area, edition)[item, period]["value"]), (area, item)
            assert reference == written(item, known("nl", edition)[item, period]["value"]), (area, item)
            compared += 1
        one = next(row for row in rows if row[0] == indicator)
        asked = km.value(indicator, area, one[2], edition=one[1])
        answer = monitor.page.locator(".km-lead").inner_text()
        assert (written(indicator, asked["value"]) if asked["value"] is not None else "Geen cijfer") in answer
        monitor.check()
    assert compared > 20 * PAGES  # some 28 rows a page


@pytest.mark.parametrize("area", AREAS)
def test_map_trend_and_table_hold_every_unit(monitor: Visit, area: str) -> None:
    show(monitor, gebied=area, indicator="roker")
    level = "GM" if area == "nl" else "WK"
    units = figures.observations("roker", area, level=level, period="2020", edition="rivm_50090ned")
    _, lost = maps._shapes_of(units)
    coloured = monitor.page.locator(f"{SHAPES}[fill^='#']").count()
    assert coloured == (units["value"].notna() & ~units["region"].isin(lost)).sum() > 0
    fold = monitor.page.locator(".km-map-card details.km-fold")
    fold.locator("summary").click()
    fold.locator("tbody tr").first.wait_for()
    table = dict(
        fold.locator("tbody tr").evaluate_all("rows => rows.map(r => [r.cells[0].innerText, r.cells[1].innerText])")
    )
    assert len(fold.locator("tbody tr").all()) == len(units)
    highest = units.sort_values("value").iloc[-1]
    assert any(
        name.startswith(highest["region_name"]) and text == written("roker", highest["value"])
        for name, text in table.items()
    )
    fold.locator("summary").click()
    monitor.check()


def test_a_click_on_a_gemeente_makes_its_line_stand_out(monitor: Visit) -> None:
    show(monitor, gebied="achterhoek", indicator="roker", niveau="gemeente")
    purple = monitor.page.locator(".km-card:has(h3:text-is('Verloop')) .mark-line path[stroke='#8F2769']")
    assert purple.count() == 0
    settled(monitor, lambda: monitor.page.locator(SHAPES).nth(3).click())
    code = choices(monitor)["deel"]
    name = km.observations("inwoners", code)["region_name"].iat[0]
    assert poll(lambda: purple.count(), 5) == 1
    words = monitor.page.locator(".km-card:has(h3:text-is('Verloop')) svg text").all_text_contents()
    assert any(word.replace(" ", "").startswith(name.replace(" ", "")) for word in words)  # a long name has two lines
    ranking = monitor.page.locator(".km-stack .km-card").first.locator(f"svg text:text-is('{name}')")
    assert ranking.first.get_attribute("fill") == "#8F2769"
    settled(monitor, lambda: monitor.page.locator(SHAPES).nth(3).click())
    assert "deel" not in choices(monitor)
    assert purple.count() == 0
    monitor.check()


def test_level_year_edition_and_comparison_change_the_page(monitor: Visit) -> None:
    show(monitor, gebied="achterhoek", indicator="roker")
    head = monitor.page.locator(".km-map-card h3").first
    assert head.inner_text() == "Per wijk, 2020"
    choose(monitor, "niveau", "GM")
    assert head.inner_text() == "Per gemeente, 2020"
    choose(monitor, "periode", "2016")
    assert head.inner_text() == "Per gemeente, 2016"
    value = written("roker", km.value("roker", "achterhoek", "2016", edition="rivm_50090ned")["value"])
    assert value in monitor.page.locator(".km-answer").inner_text()
    choose(monitor, "niveau", "BU")
    assert page_texts.PAGE["noShapes"] in monitor.page.locator(".km-map-card").inner_text()
    choose(monitor, "uitgave", "ggd_85012ned")
    assert head.inner_text() == "Per gemeente, 2020"
    choose(monitor, "jaar", "2016")
    row = monitor.page.locator(".km-row[data-item=roker]")
    assert row.get_attribute("data-period") == "2016"
    silent = monitor.page.locator(".km-row[data-item=veel_stress]")
    assert "–" in silent.locator(".km-own").inner_text()
    assert silent.locator(".km-line .km-note").inner_text() == "Niet gevraagd in 2016."
    choose(monitor, "jaar", "")
    choose(monitor, "vergelijk", "ede")
    row = monitor.page.locator(".km-row[data-item=roker]")
    edition, period = row.get_attribute("data-edition"), row.get_attribute("data-period")
    assert row.locator(".km-nl:not(.km-peer)").inner_text() == written(
        "roker", km.value("roker", "ede", period, edition=edition)["value"]
    )
    assert row.locator(".km-verdict").inner_text().strip() in ("hoger", "lager", "ongeveer gelijk")
    monitor.check()


def test_a_figure_is_judged_only_with_margins(monitor: Visit) -> None:
    show(monitor, gebied="achterhoek")
    rows = monitor.page.locator(".km-row").evaluate_all(
        "rows => rows.map(r => [r.dataset.item, r.dataset.edition, r.dataset.period,"
        " r.querySelector('.km-verdict').innerText.trim()])"
    )
    judged = 0
    for item, edition, period, word in rows:
        figure = known("achterhoek", edition)[item, period]
        if word in ("gunstiger", "ongunstiger"):
            reference = known("nl", edition)[item, period]["value"]
            assert not figure["lower"] <= reference <= figure["upper"], item
            judged += 1
    assert judged >= 5


def test_what_the_mission_names_and_the_files_lack_is_listed(monitor: Visit) -> None:
    show(monitor, gebied="achterhoek", domein="aanbod")
    missing = [m for m in declarations.default().missing.values() if m.domain == "aanbod"]
    fold = monitor.page.locator(".km-domain > details.km-fold:has-text('Wat we hier nog niet kunnen laten zien')")
    fold.locator("summary").click()
    listed = fold.locator("li").all_inner_texts()
    assert len(listed) == len(missing) >= 5
    assert any("eefstijlcoaches" in text for text in listed)


# by keyboard, on a phone


def test_everything_can_be_done_by_keyboard(chromium: Browser, server: Server) -> None:
    with visit(chromium, server, viewport={"width": 1280, "height": 900}) as page:
        page.open(address(gebied="achterhoek", indicator="roker"), until=DRAWN)
        active = lambda text="document.activeElement.innerText": page.page.evaluate(text)  # noqa: E731
        press = page.page.keyboard.press

        def tab_to(reached: Callable[[], bool], most: int = 60) -> None:
            for _ in range(most):
                press("Tab")
                if reached():
                    return
            raise AssertionError(f"not reached by Tab; now at {active()!r}")

        press("Tab")
        assert active() == "Naar de inhoud"
        tab_to(lambda: active("document.activeElement.getAttribute('role')") == "tab")
        assert active().startswith("Gezondheid")
        settled(page, lambda: press("ArrowRight"))
        assert active().startswith("Zorg")
        assert choices(page)["domein"] == "zorg"
        settled(page, lambda: press("Home"))
        assert active().startswith("Gezondheid")
        tab_to(lambda: page.page.evaluate("!!document.activeElement.closest('.km-row')"))
        before = active()
        press("ArrowDown")
        after = active()
        assert after != before
        settled(page, lambda: press("Enter"))
        assert page.page.locator("h2.km-select").inner_text() == after
        assert page.page.locator(".km-row.km-chosen button[aria-pressed]").inner_text() == after
        spoken = page.page.locator(".km-page > [aria-live=polite]").text_content() or ""
        assert spoken.startswith(f"{after} gekozen: Achterhoek ")
        assert re.search(r"Nederland [\d,.]+", spoken)
        tab_to(lambda: page.page.evaluate("!!document.activeElement.closest('.km-ends')"))
        settled(page, lambda: press("Enter"))
        assert page.page.locator(".km-unit[aria-pressed=true]").count() == 1
        ring = page.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring == "solid"
        page.check()


@pytest.mark.parametrize("width", [390, 320])
def test_nothing_is_cut_off_on_a_phone(chromium: Browser, server: Server, width: int) -> None:
    with visit(chromium, server, viewport={"width": width, "height": 844}, has_touch=True) as page:
        page.open(address(gebied="zuid_limburg"), until=DRAWN)
        for domain in texts.DOMAINS:
            settled(page, lambda domain=domain: page.page.locator(f"#km-tab-{domain}").tap())
            if (more := page.page.locator(".km-more button")).count():
                more.tap()
            assert page.page.evaluate("document.documentElement.scrollWidth") <= width
            wide = page.page.evaluate(
                "[...document.querySelectorAll('.km-page *')].filter(x =>"
                " !x.closest('.km-scroll, svg, .km-hidden, pre') && x.getBoundingClientRect().right > innerWidth + 1)"
                ".map(x => x.outerHTML.slice(0, 120))"
            )
            assert wide == []
        page.check()


def test_a_tap_on_a_row_goes_to_its_figures_and_back(chromium: Browser, server: Server) -> None:
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "reduced_motion": "reduce"}
    with visit(chromium, server, **options) as page:
        page.open(address(gebied="achterhoek"), until=DRAWN)
        row = page.page.locator(".km-row:visible").nth(1)
        name = row.locator("button[aria-pressed]").inner_text()
        settled(page, row.tap)
        title = page.page.locator("h2.km-select")
        assert title.inner_text() == name
        assert poll(lambda: 0 <= title.evaluate("e => e.getBoundingClientRect().top") < 300, 5)
        page.page.get_by_role("button", name="Terug naar de lijst").tap()
        assert poll(
            lambda: 0 < page.page.locator(".km-row.km-chosen").evaluate("e => e.getBoundingClientRect().top") < 844, 5
        )
        page.check()


def test_at_200_percent_nothing_is_lost(chromium: Browser, server: Server) -> None:
    """What a browser does at 200 % zoom is to give the page half the width, in larger pixels."""
    with visit(chromium, server, viewport={"width": 640, "height": 500}, device_scale_factor=2) as page:
        page.open(address(gebied="achterhoek"), until=DRAWN)
        assert page.page.evaluate("document.documentElement.scrollWidth") <= 640
        assert page.page.locator(SHAPES).first.is_visible()
        page.check()


# the address


def test_a_deep_link_opens_the_same_view(monitor: Visit, chromium: Browser, server: Server) -> None:
    show(monitor, gebied="mijnstreek", domein="gezondheid", indicator="roker")
    choose(monitor, "periode", "2016")
    settled(monitor, lambda: monitor.page.locator(".km-ends .km-unit").first.click())
    seen = "e => e.innerText"
    here = {
        part: monitor.page.locator(part).evaluate(seen)
        for part in ("h1", ".km-lead", ".km-map-card", ".km-bar >> nth=1")
    }
    link = monitor.page.url.removeprefix(server.url)
    assert {"gebied", "domein", "indicator", "niveau", "periode", "deel"} <= set(choices(monitor))
    with visit(chromium, server, viewport={"width": 1280, "height": 1000}) as other:
        other.open(link, until=DRAWN)
        assert {part: other.page.locator(part).evaluate(seen) for part in here} == here
        other.check()


def test_back_and_forward_go_through_what_was_opened(monitor: Visit) -> None:
    title = monitor.page.locator("h2.km-select")
    show(monitor, gebied="achterhoek", indicator="roker")
    first = title.inner_text()
    settled(monitor, lambda: monitor.page.locator(".km-row[data-item=obesitas] button").click())
    second = title.inner_text()
    choose(monitor, "periode", "2016")  # a choice inside a figure is no step
    settled(monitor, lambda: monitor.page.locator("#km-tab-zorg").click())
    settled(monitor, monitor.page.go_back)
    assert title.inner_text() == second != first
    assert choices(monitor)["periode"] == "2016"
    assert monitor.page.locator("#km-tab-gezondheid").get_attribute("aria-selected") == "true"
    settled(monitor, monitor.page.go_back)
    assert title.inner_text() == first
    settled(monitor, monitor.page.go_forward)
    assert title.inner_text() == second
    monitor.page.locator("select[name=gebied]").select_option("ede")
    monitor.page.get_by_role("heading", level=1, name="Ede").wait_for()
    monitor.page.go_back()
    monitor.page.get_by_role("heading", level=1, name="Achterhoek").wait_for()
    assert title.inner_text() == second
    monitor.check()


def test_a_unit_that_is_pointed_out_says_its_figure_and_its_gemeente(monitor: Visit) -> None:
    show(monitor, gebied="achterhoek", indicator="roker", uitgave="rivm_50090ned")
    assert page_texts.PAGE["tapMap"] in monitor.page.locator(".km-map-card").inner_text()
    button = monitor.page.locator(".km-ends .km-unit").first
    settled(monitor, button.click)
    code = choices(monitor)["deel"]
    value = km.value("roker", code, "2020", edition="rivm_50090ned")
    told = monitor.page.locator(".km-picked").inner_text()
    assert f"{numerals.number(value['value'], 1)}\u00a0%" in told
    assert value["region_name"] in told
    gemeente = km.value("roker", f"GM{code[2:6]}", "2020")["region_name"]
    marked = monitor.page.locator(".km-stack .km-card:first-child text[fill='#8F2769']").all_text_contents()
    assert gemeente in marked
    monitor.check()


def test_the_funnel_is_drawn_when_it_is_opened_and_holds_every_gemeente(monitor: Visit) -> None:
    show(monitor, gebied="achterhoek", indicator="roker")
    fold = f"details:has(h3:text-is('{page_texts.PAGE['funnel']}'))"
    card = monitor.page.locator(fold)
    assert card.locator("svg.marks").count() == 0
    card.locator("summary h3").click()
    made = km.funnel("roker", edition="ggd_85012ned")
    drawn = card.locator(".mark-symbol.role-mark path")
    assert poll(lambda: drawn.count() == len(made.points) + 1, 10), (drawn.count(), len(made.points))
    assert page_texts.PAGE["funnel_in"].format(area="Achterhoek") in card.inner_text()
    name, content = keep(monitor, fold, "CSV")
    assert name == "kavelmon-achterhoek-roker-trechter.csv"
    remarks, rows = rows_of(content)
    assert any("85012NED" in line for line in remarks)
    figures_of = {row["code"]: row["cijfer"] for row in rows}
    assert len(figures_of) == len(made.points) + 1
    for point in made.points.itertuples():
        assert figures_of[point.region] == numerals.number(point.value, 1)
    # modelled estimates have none
    choose(monitor, "uitgave", "ggd_85012ned")
    pick(monitor, "eenzaam")
    assert card.is_hidden()
    monitor.check()


def test_the_picture_of_a_funnel_names_its_own_year(monitor: Visit) -> None:
    show(monitor, gebied="achterhoek", indicator="woninginbraak", periode="2015")
    fold = f"details:has(h3:text-is('{page_texts.PAGE['funnel']}'))"
    settled(monitor, lambda: monitor.page.locator(f"{fold} summary h3").click())
    _, picture = keep(monitor, fold, "SVG")
    nodes = ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")
    words = " ".join("".join(node.itertext()) for node in nodes)
    newest = km.value("woninginbraak", "nl")["period"]
    assert newest > "2015"
    assert page_texts.PAGE["funnelOf_ratio"].format(year=newest).split(";")[0] in words
    assert "2015" not in words
    monitor.check()


def test_the_method_of_a_figure_can_be_opened(monitor: Visit) -> None:
    show(monitor, gebied="achterhoek", indicator="woninginbraak")
    monitor.page.locator(".km-method summary").click()
    said = monitor.page.locator(".km-method dl").inner_text()
    people = km.value("woninginbraak", "achterhoek")["denominator"]
    assert f"{numerals.number(people)} inwoners (2025)." in said
    assert "Byar" in said
    assert "Een verschil telt vanaf 0,03." in said
    monitor.check()


def test_gemeenten_that_are_like_the_area_stand_beside_it(monitor: Visit) -> None:
    alike = km.peers("achterhoek")
    codes = alike["region"].tolist()
    show(monitor, gebied="achterhoek", indicator="zware_drinker")
    row = monitor.page.locator(".km-row[data-item=zware_drinker]")
    value = km.value("zware_drinker", codes, "2020", edition="ggd_85012ned")["value"]
    assert row.locator(".km-peer").inner_text() == written("zware_drinker", value)
    monitor.page.get_by_text(page_texts.PAGE["peersWhich"].format(n=10)).click()
    listed = monitor.page.locator(".km-peers li").all_inner_texts()
    assert listed == [
        f"{n} ({numerals.number(d, 2)})" for n, d in zip(alike["region_name"], alike["distance"], strict=True)
    ]
    choose(monitor, "vergelijk", "vergelijkbaar")
    found = km.comparison("achterhoek", "zware_drinker", reference=codes).iloc[0]
    assert row.locator(".km-nl").first.inner_text().endswith(written("zware_drinker", found["reference"]))
    assert texts.WORDS[found["word"]] in row.locator(".km-verdict").inner_text()
    lines = monitor.page.locator(".km-stack .km-card:last-child .mark-line.role-mark path")
    assert lines.count() == 10 + 3  # the ten, together, the area and the Netherlands
    assert monitor.page.locator(".km-row .km-peer").count() == 0
    monitor.check()


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_words_in_a_trend_do_not_lie_over_each_other(chromium: Browser, server: Server, width: int) -> None:
    with visit(chromium, server, viewport={"width": width, "height": 900}, reduced_motion="reduce") as page:
        page.open(address(gebied="achterhoek", deel="WK158604", vergelijk="zuid_limburg"), until=DRAWN)
        for item in ("roker", "zware_drinker", "obesitas", "zvw_kosten_ggz", "zvw_kosten_vergelijkbaar"):
            tab = "zorg" if item.startswith("zvw") else "gezondheid"
            if page.page.locator(f"#km-tab-{tab}").get_attribute("aria-selected") != "true":
                settled(page, page.page.locator(f"#km-tab-{tab}").click)
            if (more := page.page.locator(".km-more button:visible")).count() and re.match(
                r"Toon alle \d", more.inner_text()
            ):
                more.click()
            row = page.page.locator(f".km-row[data-item={item}]")
            if "km-chosen" not in (row.get_attribute("class") or ""):
                settled(page, row.click)
            over = page.page.evaluate(OVERLAPS, ".km-stack .km-card:last-child svg.marks")
            assert over == [], item
        page.check()


# words that are drawn twice, as a halo and as themselves, lie over each other on purpose
OVERLAPS = """(selector) => {
    const words = [...document.querySelector(selector).querySelectorAll("text")]
        .filter((t) => t.textContent && t.getAttribute("opacity") !== "0"); // so Vega hides years that do not fit
    const boxes = words.map((t) => [t.textContent, t.getBoundingClientRect()]);
    const found = [];
    boxes.forEach(([one, a], n) => boxes.slice(n + 1).forEach(([other, b]) => {
        const apart = a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 3 || b.bottom <= a.top + 3;
        if (one !== other && !apart) found.push([one, other]);
    }));
    return found;
}"""


HOSTILE = "<img src=x onerror=window.hit=1>"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("gebied=amsterdam", "Dit gebied kennen we niet"),
        (f"gebied={quote(HOSTILE)}", "Dit gebied kennen we niet"),
        ("gebied=achterhoek&indicator=bestaat_niet", "indicator"),
        (f"gebied=achterhoek&indicator={quote(HOSTILE)}&deel={quote(HOSTILE)}", "indicator"),
        (
            "gebied=achterhoek&domein=x&niveau=straat&periode=1066&uitgave=krant&jaar=0&vergelijk=maan&deel=GM9999",
            "niveau",
        ),
        (f"gebied=achterhoek&indicator={'a' * 10_000}", "indicator"),
        ("gebied=achterhoek&indicator=__proto__&domein=constructor", "indicator"),
    ],
)
def test_a_tampered_link_gives_a_sentence_and_runs_nothing(monitor: Visit, query: str, says: str) -> None:
    monitor.open(f"{PAGE}?{query}", until="#kavelmon-cells:not(.kavelmon-unseen) :is(.km-page[data-drawn], .km-areas)")
    text = monitor.page.locator("main").inner_text()
    assert says in text
    assert "klopt niet helemaal" in text or "kennen we niet" in text
    assert monitor.page.evaluate("window.hit") is None
    assert monitor.page.locator("main img").count() == 0
    if "kennen we niet" in text:
        monitor.page.get_by_role("button", name="Ede", exact=True).click()
        monitor.page.locator(DRAWN).wait_for()
        assert monitor.page.locator("h1").inner_text() == "Ede"
    monitor.check()


def test_another_area_opens_without_a_new_page(monitor: Visit) -> None:
    show(monitor, gebied="achterhoek", domein="zorg")
    monitor.page.evaluate("window.same = true")
    monitor.page.locator("select[name=gebied]").select_option("ede")
    assert poll(lambda: monitor.page.locator("h1").inner_text() == "Ede", 10)
    assert monitor.page.locator("#km-tab-zorg").get_attribute("aria-selected") == "true"
    assert choices(monitor)["gebied"] == "ede"
    assert monitor.page.evaluate("window.same") is True
    monitor.check()


# to take away


def saved(page: Visit, act: Callable[[], object]) -> tuple[str, bytes]:
    with page.page.expect_download(timeout=15_000) as waiting:
        act()
    found: Download = waiting.value
    return found.suggested_filename, Path(found.path()).read_bytes()


def keep(page: Visit, card: str, kind: str) -> tuple[str, bytes]:
    menu = page.page.locator(f"{card} details:has(.km-save)").first
    menu.locator("summary").click()
    return saved(page, menu.get_by_role("button", name=kind, exact=True).click)


def rows_of(content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    lines = content.decode("utf-8-sig").splitlines()
    remarks = [line for line in lines if line.startswith("# ")]
    return remarks, list(csv.DictReader(io.StringIO("\n".join(lines[len(remarks) :])), delimiter=";"))


def test_the_csv_of_an_indicator_holds_its_units_and_its_source(monitor: Visit) -> None:
    show(monitor, gebied="achterhoek", indicator="roker")
    name, content = keep(monitor, ".km-map-card", "CSV")
    assert name == "kavelmon-achterhoek-roker-kaart.csv"
    remarks, rows = rows_of(content)
    assert any("50090NED" in line and "CC BY 4.0" in line for line in remarks)
    units = figures.observations("roker", "achterhoek", level="WK", period="2020", edition="rivm_50090ned")
    inside = {row["code"]: row for row in rows if row["niveau"] == "wijk"}
    assert set(inside) == set(units["region"])
    for unit in units.itertuples():
        assert inside[unit.region]["cijfer"] == (
            "" if unit.value != unit.value else f"{unit.value:.1f}".replace(".", ",")
        )
    own = next(row for row in rows if row["code"] == "achterhoek")
    assert own["nederland"] == numerals.number(km.value("roker", "nl", "2020", edition="rivm_50090ned")["value"], 1)


def test_the_csv_of_the_area_holds_every_figure(monitor: Visit) -> None:
    show(monitor, gebied="ede")
    _, content = saved(monitor, monitor.page.get_by_role("button", name="Cijfers (CSV)").click)
    remarks, rows = rows_of(content)
    expected = sum(len(known("ede", edition)) for edition in compare.ids_by_edition(collect.items()))
    assert len(rows) == expected
    assert any("Vektis" in line and "niet-commercieel" in line for line in remarks)
    hidden = [row for row in rows if row["cijfer"] == ""]
    assert all(row["status"] not in ("bekend", "voorlopig") or row["opmerking"] for row in hidden)


@pytest.mark.parametrize(
    "card", [".km-map-card", ".km-stack .km-card:nth-child(1)", ".km-stack .km-card:nth-child(2)", ".km-below"]
)
def test_a_picture_bears_title_source_and_licence(monitor: Visit, card: str) -> None:
    show(monitor, gebied="achterhoek", domein="zorg", indicator="zvw_kosten_vergelijkbaar")
    _, drawing = keep(monitor, card, "SVG")
    tree = ET.fromstring(drawing)
    words = " ".join(text.strip() for text in tree.itertext())
    for wanted in ("Achterhoek", "Bron: Vektis", "niet-commercieel", "CC BY-NC 4.0", "kavelmon"):
        assert wanted in words, wanted
    assert "http://www.w3.org/2000/svg" in tree.tag
    assert not re.search(r"""(href|src)=["'](?!#|data:)""", drawing.decode())
    _, picture = keep(monitor, card, "PNG")
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") >= 700
    monitor.check()


def test_the_link_can_be_shared(chromium: Browser, server: Server) -> None:
    with visit(chromium, server, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.open(address(gebied="achterhoek", indicator="roker"), until=DRAWN)
        page.page.get_by_role("button", name="Deel").click()
        assert poll(lambda: page_texts.PAGE["shared"] in page.page.locator(".km-buttons").inner_text(), 5)
        link = page.page.evaluate("navigator.clipboard.readText()")
        assert link.startswith(f"{server.url}{PAGE}?")
        assert "indicator=roker" in link


def test_the_map_to_walk_around_in_is_made_when_it_is_opened(monitor: Visit) -> None:
    show(monitor, gebied="achterhoek", domein="aanbod", indicator="afstand_ziekenhuis_hemelsbreed")
    assert monitor.page.locator("iframe").count() == 0
    monitor.page.get_by_role("button", name=page_texts.PAGE["walk"]).click()
    shapes = monitor.page.frame_locator(".km-walk iframe").locator("path.vorm")
    assert poll(lambda: shapes.count(), 30) >= 8
    assert monitor.page.frame_locator(".km-walk iframe").locator("path.plek").count() > 0
    monitor.check()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_fifty_loads_of_the_real_page_none_hangs_and_none_leaves_a_kernel(chromium: Browser, tmp_path: Path) -> None:
    with voila(paths.notebooks(), tmp_path / "log") as own:
        for _ in range(50):
            with visit(chromium, own) as page:
                page.open(PAGE, until=DRAWN)
                kernel = page.kernel
                page.check()
            assert poll(lambda kernel=kernel: not own.knows(kernel), 60), "its kernel stayed"
        assert poll(lambda: not own.kernels(), serving.IDLE_S), "a kernel process stayed"
