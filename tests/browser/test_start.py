"""The start page, the bar and the font as a visitor gets them."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from driving import Server, Visit, notebook, poll, visit
from playwright.sync_api import Browser

import kavelmon
from kavelmon import declarations, numerals, paths
from kavelmon.dashboard.collect import ordered

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
GONE = "/voila/render/weg.ipynb"
FONT = "/voila/templates/kavelmon/static/source-sans-3.woff2"
CARDS = [
    area
    for area in map(declarations.default().area, [area.id for area in ordered(declarations.default().areas.values())])
    if area.kind not in ("land", "netwerk")
]
LOADED = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family.replaceAll('\"', ''))"
STRANGE = 'Vreemd & "anders" {{ 1 }}.ipynb'


@pytest.fixture(scope="module")
def server(voila_server: Callable[[Path], Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The notebooks of the project and two more; the real kavelmonitor is not needed to lead to it."""
    folder = tmp_path_factory.mktemp("notebooks")
    for path in paths.notebooks().glob("*.ipynb"):
        (folder / path.name).write_bytes(path.read_bytes())
    notebook(folder / "licht.ipynb", "import ipywidgets; ipywidgets.HTML('<h1>Licht</h1>')", title="Licht")
    notebook(folder / STRANGE, "1", title="Een lange titel van een werkblad dat nog niemand kent")
    return voila_server(folder)


def opened(page: Visit) -> Visit:
    page.open("/", until=".kavelmon-foot")
    page.page.evaluate("document.fonts.ready")
    return page


def test_every_card_leads_to_its_area_with_its_own_number_of_people(chromium: Browser, server: Server) -> None:
    with visit(chromium, server, viewport={"width": 1280, "height": 1000}) as page:
        cards = opened(page).page.locator(".kavelmon-card")
        assert cards.count() == len(CARDS) >= 4
        for number, area in enumerate(CARDS, 1):
            card = cards.nth(number - 1)
            text = card.inner_text().replace("\u00a0", " ")
            people = numerals.number(kavelmon.value("inwoners", area.id)["value"])
            assert f"{people} inwoners" in text
            assert f"{len(area.codes)} gemeente" in text
            assert card.get_by_role("heading", level=3).inner_text() == area.title
            link = card.get_by_role("link")
            assert link.get_attribute("href") == f"/voila/render/kavelmonitor.ipynb?gebied={area.id}"
            box = card.bounding_box()
            assert box
            for x, y in ((8, 8), (box["width"] - 8, box["height"] - 8), (60, box["height"] / 2)):
                # the whole card is the link
                hit = "([x, y]) => document.elementFromPoint(x, y).closest('a')?.getAttribute('href')"
                card.scroll_into_view_if_needed()
                now = card.bounding_box()
                assert now
                assert page.page.evaluate(hit, [now["x"] + x, now["y"] + y]) == link.get_attribute("href")
        page.page.get_by_role("link", name="heel Nederland").click()
        page.page.wait_for_url("**/kavelmonitor.ipynb?gebied=nl")


def test_every_notebook_is_linked_from_the_page_and_from_the_bar(chromium: Browser, server: Server) -> None:
    with visit(chromium, server) as page:
        opened(page)
        names = {path.name for path in paths.notebooks().glob("*.ipynb")} | {"licht.ipynb", STRANGE}
        for place in ("main", ".kavelmon-links"):
            found = page.page.locator(f"{place} a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
            linked = {unquote(Path(urlsplit(href).path).name) for href in found}
            assert linked - {""} == names
        for href in {href.partition("?")[0] for href in found} - {"/"}:
            assert server.ask("/voila/api/contents/" + href.partition("/render/")[2]).status == 200
        frame = page.page
        assert frame.locator("html").get_attribute("lang") == "nl"
        assert frame.locator("h1").count() == frame.locator("main").count() == frame.locator("header").count() == 1
        assert frame.locator("footer").count() == 1
        assert frame.locator("[aria-current=page]").all_inner_texts() == ["Start"]
        page.check()


def test_the_font_is_ours_and_is_used(chromium: Browser, server: Server) -> None:
    for path, until in (("/", "footer"), ("/voila/render/licht.ipynb", "#kavelmon-cells h1"), (GONE, "footer")):
        with visit(chromium, server) as page:
            page.open(path, until=until)
            assert poll(lambda page=page: page.page.evaluate(LOADED) == ["Source Sans 3"], 10), path
            assert page.paths.count(FONT) == 1, "preloaded and loaded under one address"
            assert page.hosts == {"localhost"}
            if path != GONE:  # a browser names an answer 404 as an error
                page.check()
    assert server.ask(FONT).status == 200


def test_a_notebook_has_the_bar_with_its_own_link_marked(chromium: Browser, server: Server) -> None:
    with visit(chromium, server) as page:
        page.open("/voila/render/licht.ipynb", until="#kavelmon-cells h1")
        current = page.page.locator("[aria-current=page]")
        assert current.all_inner_texts() == ["Licht"]
        assert current.evaluate("a => getComputedStyle(a).borderBottomWidth") == "3px"
        links = page.page.locator(".kavelmon-links a").evaluate_all(
            "all => all.map((a) => a.getBoundingClientRect().top)"
        )
        height = page.page.locator(".kavelmon-bar").bounding_box()["height"]  # type: ignore[index]
        assert (height - 1) % 56 == pytest.approx(0, abs=1)  # whole rows: the longest of these names is made up
        assert len(set(links[:6])) == 1  # what kavelmon has itself stands in one
        assert not page.page.get_by_role("button", name="Menu").is_visible()
        assert page.page.locator(".kavelmon-foot").count() == 0
        page.check()


@pytest.mark.parametrize("path", ["/", "/voila/render/licht.ipynb", GONE])
def test_the_menu_of_a_phone_works_by_keyboard(chromium: Browser, server: Server, path: str) -> None:
    with visit(chromium, server, viewport={"width": 390, "height": 844}) as page:
        page.open(path, until="main h1")
        frame = page.page
        frame.wait_for_load_state()  # its style hides the links, its script folds them out
        button, links = frame.get_by_role("button", name="Menu"), frame.locator(".kavelmon-links")
        assert (button.get_attribute("aria-expanded"), links.is_visible()) == ("false", False)
        for _ in range(3):  # past the link to the content and the name of the site
            frame.keyboard.press("Tab")
        assert frame.evaluate("document.activeElement.textContent") == "Menu"
        frame.keyboard.press("Enter")
        assert (button.get_attribute("aria-expanded"), links.is_visible()) == ("true", True)
        frame.keyboard.press("Tab")
        assert frame.evaluate("document.activeElement.textContent") == "Start"
        frame.keyboard.press("Escape")
        assert (button.get_attribute("aria-expanded"), links.is_visible()) == ("false", False)
        assert frame.evaluate("document.activeElement.textContent") == "Menu"
        frame.keyboard.press("Space")
        heights = [link.bounding_box()["height"] for link in links.locator("a").all()]  # type: ignore[index]
        assert min(heights) >= 44
        assert button.bounding_box()["height"] >= 44  # type: ignore[index]
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
        links.get_by_role("link", name="Start").click()
        frame.wait_for_url(server.url + "/")


def test_without_javascript_the_links_are_there(chromium: Browser, server: Server) -> None:
    with visit(chromium, server, viewport={"width": 390, "height": 844}, java_script_enabled=False) as page:
        page.open("/", until=".kavelmon-foot")
        assert page.page.locator(".kavelmon-links a").last.is_visible()
        assert page.page.locator(".kavelmon-card a").first.is_visible()


@pytest.mark.parametrize("width", [1280, 861, 390, 320])
def test_nothing_is_cut_off_and_no_labels_collide(chromium: Browser, server: Server, width: int) -> None:
    with visit(chromium, server, viewport={"width": width, "height": 844}) as page:
        frame = opened(page).page
        assert frame.evaluate("document.documentElement.scrollWidth") <= width
        cut = """() => [...document.querySelectorAll("body *")].filter(e => {
            const box = e.getBoundingClientRect();
            const seen = box.width && !e.closest(".kavelmon-skip");
            return seen && (box.right > document.documentElement.clientWidth + 1 || box.left < -1
                || e.scrollWidth > e.clientWidth + 1 && e.clientWidth && getComputedStyle(e).display !== "inline"
                && !e.closest("svg, .kavelmon-map"));
        }).map(e => e.outerHTML.slice(0, 120))"""
        assert frame.evaluate(cut) == []
        boxes = frame.locator(".kavelmon-tag > *").evaluate_all(
            "all => all.map(e => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; })"
        )
        picture = frame.locator(".kavelmon-map").bounding_box()
        assert picture
        assert len(boxes) == 2 * len(CARDS)
        for at, (left, top, right, bottom) in enumerate(boxes):
            assert left >= picture["x"] - 1
            assert right <= picture["x"] + picture["width"] + 1
            assert top >= picture["y"] - 1
            assert bottom <= picture["y"] + picture["height"] + 1
            for a, b, c, d in boxes[:at]:
                assert right <= a or c <= left or bottom <= b or d <= top, "two labels lie over each other"
        small = """() => [...document.querySelectorAll("body *")].filter(e =>
            [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
            && e.getClientRects().length && parseFloat(getComputedStyle(e).fontSize) < 13).map(e => e.outerHTML)"""
        assert frame.evaluate(small) == []
        page.check()
