"""The kavelmonitor as it is served: every area, every domain, three indicators each, next to what the API says."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from driving import Server, Visit, poll, visit, voila
from playwright.sync_api import Browser, Locator

from kavelmon import charts, declarations, figures, maps, paths, serving, texts
from kavelmon.dashboard import state

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PAGE = "/voila/render/kavelmonitor.ipynb"
AREAS = ("achterhoek", "ede", "mijnstreek", "zuid_limburg", "nl")


@pytest.fixture(scope="module")
def server(voila_server: Callable[[Path], Server]) -> Server:
    return voila_server(paths.notebooks())


@pytest.fixture(scope="module")
def monitor(chromium: Browser, server: Server) -> Iterator[Visit]:
    with visit(chromium, server, viewport={"width": 1280, "height": 1000}) as page:
        yield page.open(PAGE, until=".km-overview")


def box(page: Visit, label: str) -> Locator:
    return page.page.locator(".km-bar .widget-dropdown", has=page.page.get_by_text(label, exact=True)).locator("select")


def choose(page: Visit, label: str, text: str) -> None:
    if chosen(page, label) != text:
        box(page, label).select_option(label=text)


def chosen(page: Visit, label: str) -> str:
    return box(page, label).evaluate("s => s.selectedOptions[0]?.label ?? ''")


def shown(locator: Locator, holds: Callable[[str], bool], deadline_s: float = 30) -> str:
    """Return the text of something once it holds, or its last text."""
    poll(lambda: holds(locator.inner_text()), deadline_s)
    return locator.inner_text()


def three(ids: list[str]) -> list[str]:
    return [ids[0], ids[len(ids) // 2], ids[-1]]


@pytest.mark.parametrize("area_id", AREAS)
@pytest.mark.parametrize("domain", texts.DOMAINS)
def test_what_is_shown_is_what_the_figures_say(monitor: Visit, area_id: str, domain: str) -> None:
    area = declarations.default().area(area_id)
    choose(monitor, "Gebied", area.title)
    assert shown(monitor.page.locator("h1"), lambda t: t == area.title) == area.title
    choose(monitor, "Domein", texts.DOMAINS[domain])
    overview = monitor.page.locator(".km-overview")
    titles = state.indicators(domain, area)
    first = next(iter(titles.values()))
    assert first in shown(overview, lambda t: first in t)
    assert overview.locator("tbody tr:not(.km-theme)").count() == len(titles)
    assert monitor.page.get_by_role("alert").count() == 0
    for indicator in three(list(titles)):
        choose(monitor, "Indicator", titles[indicator])
        one_indicator(monitor, indicator, titles[indicator], area_id)
    monitor.check()


def one_indicator(monitor: Visit, indicator: str, title: str, area_id: str) -> None:
    area = declarations.default().area(area_id)
    heading = monitor.page.locator("h2.km-select")
    assert shown(heading, lambda t: t == title) == title
    edition, levels = next(iter(state.choices(indicator, area).items()))
    level = "WK" if "WK" in levels and area.codes else "GM"
    level = level if level in levels else next(iter(levels), "")
    if not level:
        assert texts.NO_DATA in monitor.page.locator(".km-card").first.inner_text()
        return
    period = levels[level][0]
    wanted = (texts.LEVELS[level], period)
    assert poll(lambda: (chosen(monitor, "Niveau"), chosen(monitor, "Jaar")) == wanted, 15), wanted
    figure = state.detail(indicator, area, edition, period)
    said = monitor.page.locator(".km-page > div", has=heading).inner_text()
    for text in (figure.value, figure.reference, figure.source.publisher):
        assert text in said, (indicator, text, said)
    units = figures.observations(indicator, area, level=level, period=period, edition=edition)
    shapes, _ = maps._shapes_of(units)
    drawn = monitor.page.frame_locator(".km-card iframe").locator("path.vorm")
    assert poll(lambda: drawn.count() == len(shapes), 20), (indicator, drawn.count(), len(shapes))
    points = charts.trend_data(indicator, area, edition=edition)
    marks = monitor.page.locator("[role=img] .mark-symbol.role-mark path")
    assert poll(lambda: marks.count() == len(points), 10), (indicator, marks.count(), len(points))
    rows = monitor.page.locator(".km-page details", has=monitor.page.get_by_text("Toon als tabel")).locator("tbody tr")
    assert rows.count() == len(units)
    origin = monitor.page.locator(".km-origin").inner_text()
    assert figure.source.licence in origin
    assert figure.source.table in origin


def test_another_level_and_year_change_the_map(monitor: Visit) -> None:
    choose(monitor, "Gebied", "Achterhoek")
    choose(monitor, "Domein", "Gezondheid")
    choose(monitor, "Indicator", declarations.default().indicator("roker").title)
    heading = monitor.page.locator(".km-card h3").first
    assert shown(heading, lambda t: t == "Per wijk, 2020") == "Per wijk, 2020"
    choose(monitor, "Niveau", "gemeente")
    assert shown(heading, lambda t: t == "Per gemeente, 2020") == "Per gemeente, 2020"
    choose(monitor, "Jaar", "2016")
    assert shown(heading, lambda t: t == "Per gemeente, 2016") == "Per gemeente, 2016"
    drawn = monitor.page.frame_locator(".km-card iframe").locator("path.vorm")
    assert poll(lambda: drawn.count() == 8, 10)
    choose(monitor, "Niveau", "buurt")
    assert texts.NO_SHAPES in shown(monitor.page.locator(".km-card").first, lambda t: texts.NO_SHAPES in t)
    monitor.check()


def test_a_figure_is_judged_only_with_margins(monitor: Visit) -> None:
    choose(monitor, "Gebied", "Achterhoek")
    choose(monitor, "Domein", "Gezondheid")
    rows = monitor.page.locator(".km-overview tbody tr:not(.km-theme)")
    assert shown(rows.first, lambda t: "gezond voelen" in t)
    judged = 0
    for text in rows.all_inner_texts():
        word = re.search(r"\b(gunstiger|ongunstiger)\b", text)
        assert not word or re.search(r"\(\d+,\d–\d+,\d\)", text), text
        judged += bool(word)
    assert judged >= 5


def test_what_the_mission_names_and_the_files_lack_is_listed(monitor: Visit) -> None:
    choose(monitor, "Domein", "Aanbod")
    heading = monitor.page.locator("h2", has_text="Aanbod")
    assert shown(heading, lambda t: t == "Aanbod") == "Aanbod"
    assert poll(lambda: "afstand" in monitor.page.locator("h2.km-select").inner_text().lower(), 20)
    folded = monitor.page.locator(".km-page details", has_text="Wat we hier nog niet kunnen laten zien")
    folded.locator("summary").click()
    listed = folded.locator("li").all_inner_texts()
    assert len(listed) == len(state.missing("aanbod")) >= 5
    assert any("eefstijlcoaches" in text for text in listed)


@pytest.mark.parametrize("width", [390, 320])
def test_nothing_is_cut_off_on_a_phone(chromium: Browser, server: Server, width: int) -> None:
    with visit(chromium, server, viewport={"width": width, "height": 844}) as page:
        page.open(PAGE, until=".km-overview")
        assert poll(lambda: page.page.locator("[role=img] .mark-symbol.role-mark path").count(), 20)
        assert page.page.evaluate("document.documentElement.scrollWidth") <= width
        wide = (
            "e => [...e.querySelectorAll('.km-page *')].filter(x => x.getBoundingClientRect().right > innerWidth + 1)"
        )
        assert page.page.locator("main").evaluate(f"e => ({wide})(e).map(x => x.outerHTML.slice(0, 120))") == []
        page.check()


def loads(chromium: Browser, server: Server, number: int) -> None:
    for _ in range(number):
        with visit(chromium, server) as page:
            page.open(PAGE, until=".km-overview")
            assert poll(lambda page=page: page.page.locator("[role=img] .mark-symbol.role-mark path").count(), 20)
            kernel = page.kernel
            page.check()
        assert poll(lambda kernel=kernel: not server.knows(kernel), 60), "its kernel stayed"


def test_loads_of_the_real_page(chromium: Browser, server: Server) -> None:
    loads(chromium, server, 3)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_fifty_loads_of_the_real_page_none_hangs_and_none_leaves_a_kernel(chromium: Browser, tmp_path: Path) -> None:
    with voila(paths.notebooks(), tmp_path / "log") as own:
        loads(chromium, own, 50)
        assert poll(lambda: not own.kernels(), serving.IDLE_S), "a kernel process stayed"


def test_the_start_page_links_every_notebook_of_the_project(chromium: Browser, server: Server) -> None:
    with visit(chromium, server) as page:
        page.open("/", until="main a")
        links = page.page.locator("main a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert {Path(href.partition("?")[0]).name for href in links} >= {
            p.name for p in paths.notebooks().glob("*.ipynb")
        }
        page.check()


def test_the_page_of_the_researcher_runs(chromium: Browser, server: Server) -> None:
    with visit(chromium, server) as page:
        page.open("/voila/render/verkennen.ipynb", until="table")
        assert poll(lambda: page.page.locator("iframe").count(), 30)
        page.check()
