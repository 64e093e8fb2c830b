"""Every state that a visitor can meet: the sentence that it says, a picture at two widths, and what axe finds."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from driving import Server, Visit, poll, visit, voila
from monitoring import DRAWN, PAGE, WIDTHS, address, altered, axe, settled, shot, show, window
from playwright.sync_api import Browser, Route

from kavelmon import attempts, declarations, page_texts, paths, serving, texts

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SAYS = page_texts.PAGE


@pytest.fixture(scope="module", params=WIDTHS)
def window_of_all(request: pytest.FixtureRequest, chromium: Browser, server: Server) -> Iterator[Visit]:
    """One window of each width for the tests that only look: they are shown an address there, or load it."""
    with visit(chromium, server, **window(request.param)) as found:
        yield found


@pytest.fixture
def page(window_of_all: Visit) -> Visit:
    window_of_all.errors.clear()  # of a page that was not found
    return window_of_all


@pytest.fixture(params=WIDTHS)
def alone(request: pytest.FixtureRequest, chromium: Browser, server: Server) -> Iterator[Visit]:
    """A window for a test that changes what its page is given."""
    with visit(chromium, server, **window(request.param)) as found:
        yield found


def unfold(page: Visit) -> None:
    page.page.evaluate("document.querySelectorAll('.km-page details').forEach(e => { e.open = true; })")


# pages


def test_start(page: Visit) -> None:
    page.open("/", until="main a")
    assert "gezondheid" in page.page.locator("h1").inner_text()
    shot(page, "start")
    assert axe(page) == []
    page.check()


def test_kavelmonitor(page: Visit) -> None:
    page.open(address(gebied="achterhoek"), until=DRAWN)
    shot(page, "kavelmonitor")
    for domain in texts.DOMAINS:
        settled(page, lambda domain=domain: page.page.locator(f"#km-tab-{domain}").click())
        unfold(page)
        assert axe(page) == [], domain
    assert page.page.locator("html").get_attribute("lang") == "nl"
    assert page.page.locator("h1").count() == 1
    page.check()


def test_zorg_of_a_regio(page: Visit) -> None:
    show(page, gebied="zuid_limburg", domein="zorg", indicator="zvw_kosten_vergelijkbaar")
    notes = page.page.locator(".km-stack .km-card:nth-child(2)").inner_text()
    assert "Breuk 2015: Vanaf 2015 vallen wijkverpleging" in notes
    shot(page, "kavelmonitor-zorg")
    assert SAYS["nonCommercial"] in page.page.locator(".km-footer").inner_text()
    page.check()


def test_country(page: Visit) -> None:
    show(page, gebied="nl", indicator="roker", niveau="wijk")
    assert page.page.locator(".km-map-card .layer_0_marks path").count() > 3000
    shot(page, "nederland", ".km-panel")
    page.check()


def test_verkennen(page: Visit) -> None:
    page.open("/voila/render/verkennen.ipynb", until="table")
    assert poll(lambda: page.page.locator("iframe").count(), 30)
    assert axe(page) == []
    wide = page.page.viewport_size["width"]  # type: ignore[index]
    assert page.page.evaluate("document.documentElement.scrollWidth") <= wide
    shot(page, "verkennen")
    page.check()


def test_the_funnel_and_the_method_opened(page: Visit) -> None:
    show(page, gebied="zuid_limburg", indicator="zvw_kosten_verhouding", vergelijk="vergelijkbaar")
    for fold in (f".km-panel details.km-origin:has(h3:text-is('{SAYS['funnel']}'))", ".km-method"):
        page.page.locator(f"{fold} summary").first.click()
    page.page.locator(".km-panel details.km-origin .mark-symbol.role-mark path").first.wait_for()
    assert axe(page) == []
    shot(page, "trechter", ".km-panel")
    page.check()


# states of a figure


def test_one_point(page: Visit) -> None:
    show(page, gebied="achterhoek", indicator="jongvolwassenen_steun")
    card = page.page.locator(".km-stack .km-card:nth-child(2)")
    assert SAYS["onePoint"].format(year="2024") in card.inner_text()
    assert "alleen 2024" in page.page.locator(".km-row[data-item=jongvolwassenen_steun]").inner_text() or (
        page.page.viewport_size["width"] < 860  # type: ignore[index]
    )
    assert SAYS["onlyGemeente"] in page.page.locator(".km-map-card").inner_text()
    shot(page, "een-meting", ".km-pair")


def test_not_at_this_level(page: Visit) -> None:
    show(page, gebied="achterhoek", indicator="roker", niveau="buurt")
    assert SAYS["noShapes"] in page.page.locator(".km-map-card").inner_text()
    shot(page, "niet-op-dit-niveau", ".km-map-card")
    page.check()


def test_older_than_three_years(page: Visit) -> None:
    show(page, gebied="achterhoek", indicator="eenzaam")
    assert re.search(
        r"Dit cijfer is ouder dan drie jaar \(2020\)\. Nieuwer: ", page.page.locator(".km-lead").inner_text()
    )
    assert page.page.locator(".km-row[data-item=eenzaam] .km-year.km-old").count() == 1
    shot(page, "ouder-dan-drie-jaar", ".km-lead")


def test_no_figure_for_the_area(page: Visit) -> None:
    show(page, gebied="achterhoek", indicator="leefbaarheid_klasse")
    lead = page.page.locator(".km-lead").inner_text()
    assert "Geen cijfer voor Achterhoek" in lead
    shot(page, "geen-cijfer", ".km-lead")


def test_unknown_area(page: Visit) -> None:
    page.open(address(gebied="atlantis"), until=".km-areas button")
    assert page.page.locator("h1").inner_text() == SAYS["unknownArea"]
    shot(page, "onbekend-gebied")
    assert axe(page) == []


def test_wrong_link(page: Visit) -> None:
    page.open(address(gebied="achterhoek", indicator="geluk"), until=DRAWN)
    assert SAYS["badLink"].format(names="indicator") in page.page.locator("main").inner_text()
    shot(page, "kapotte-link", ".km-width")


# states of a store: what the documents and the list of failed attempts would say


def another_store(core: dict, units: dict) -> None:
    """Make a document as a kavel with a kernset, no supply, a hidden area and hidden wijken would have."""
    kept = [n for n, item in enumerate(core["items"]) if item["domain"] != "aanbod"]
    core["items"] = [core["items"][n] for n in kept]
    units["items"] = [units["items"][n] for n in kept]
    core["domains"][-1]["count"] = 0
    core["standouts"] = []
    core["kernset"] = ["roker", "eenzaam"]
    said = core["said"]
    said += [texts.STATUSES["suppressed"], texts.too_little(0.62)]
    numbers = {item["id"]: n for n, item in enumerate(core["items"])}
    edition = core["items"][numbers["eenzaam"]]["editions"][0]
    edition["value"][-1], edition["word"][-1], edition["said"][-1] = None, "none", [len(said) - 1]
    edition["lower"][-1] = edition["upper"][-1] = edition["people"][-1] = None
    edition["status"][-1] = "missing"
    wijken = units["items"][numbers["roker"]][0]["WK"]["periods"][-1]
    for n in (3, 17, 21):
        wijken["value"][n] = None
    wijken["said"] = {str(len(said) - 2): [3, 17, 21]}


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("other")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KAVELMON_STORE", str(folder / "store"))
        attempts.note({"rivm_50090ned": "not there (404)"}, (), {"rivm_50090ned": {"kind": "gone"}})
        made = altered(folder / "pages", another_store)
        patch.setattr(serving, "_pages", lambda: str(made))
        with voila(paths.notebooks(), folder / "log") as found:
            yield found


@pytest.fixture(scope="module", params=WIDTHS)
def changed(request: pytest.FixtureRequest, chromium: Browser, other: Server) -> Iterator[Visit]:
    with visit(chromium, other, **window(request.param)) as found:
        yield found


def test_suppressed_failed_attempt_and_kernset(changed: Visit) -> None:
    changed.open(address(gebied="achterhoek", indicator="roker", uitgave="rivm_50090ned"), until=DRAWN)
    assert changed.page.locator(".km-map-card .layer_0_marks path[fill='url(#km-hatch)']").count() == 3
    assert SAYS["noFigureShort"] in changed.page.locator(".km-legend").inner_text()
    shot(changed, "onderdrukt", ".km-map-card")
    unfold(changed)
    table = changed.page.locator(".km-map-card tbody")
    assert table.get_by_text(texts.STATUSES["suppressed"]).count() == 3
    said = changed.page.locator(".km-lead").inner_text()
    assert re.search(
        r"RIVM, GGD'en en CBS: laatste poging op \d+ \w+ \d{4} mislukt: de tabel .* U ziet de cijfers die er al", said
    )
    shot(changed, "bijwerken-mislukt", ".km-lead")
    assert SAYS["nothingStandsOut"] in changed.page.locator(".km-standing").inner_text()
    first = changed.page.locator("[role=tab]").first
    assert first.inner_text().split()[0] == SAYS["kernset"]
    settled(changed, first.click)
    rows = changed.page.locator(".km-row")
    assert rows.evaluate_all("all => all.map(r => r.dataset.item)") == ["roker", "eenzaam"]
    assert texts.too_little(0.62) in rows.nth(1).inner_text()
    shot(changed, "kernset", ".km-domain")
    changed.check()


def test_empty_domain(changed: Visit) -> None:
    show(changed, gebied="achterhoek", domein="aanbod")
    assert SAYS["emptyDomain"].format(domain="Aanbod") in changed.page.locator(".km-domain").inner_text()
    shot(changed, "leeg", ".km-domain")
    changed.check()


HOSTILE = "<img src=x onerror=window.hit=1>\"'</script><b>"


def hostile(core: dict, units: dict) -> None:
    """Put markup wherever a text of a TOML file, a CSV or a name can stand."""
    core["area"] |= {
        "title": HOSTILE,
        "description": HOSTILE,
        "members": [[c, HOSTILE] for c, _ in core["area"]["members"]],
    }
    core["said"] = [HOSTILE for _ in core["said"]]
    core["events"] = [{"year": 2020, "title": HOSTILE, "text": HOSTILE}]
    core["standouts"] = [{**one, "text": HOSTILE} for one in core["standouts"]]
    for item in core["items"]:
        item |= {"title": HOSTILE, "unit": HOSTILE, "why": HOSTILE, "group": HOSTILE}
    for source in core["sources"].values():
        source |= {"publisher": HOSTILE, "title": HOSTILE, "table": HOSTILE, "licence": HOSTILE, "accessed": HOSTILE}
    for domain in core["domains"]:
        domain |= {"title": HOSTILE, "missing": [[HOSTILE, HOSTILE]], "groups": [[HOSTILE, HOSTILE]]}
    for one in units["lists"]:
        one["names"] = [HOSTILE for _ in one["names"]]
    for layer in units["geo"]["layers"].values():
        layer["names"] = [[x, y, size, HOSTILE] for x, y, size, _ in layer["names"]]


def test_no_text_becomes_markup(chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = altered(tmp_path / "pages", hostile)
    monkeypatch.setattr(serving, "_pages", lambda: str(made))
    with voila(paths.notebooks(), tmp_path / "log") as own, visit(chromium, own, **window(1280)) as found:
        found.open(address(gebied="achterhoek", indicator="roker", domein="gezondheid"), until=DRAWN)
        unfold(found)
        found.page.locator(".km-ends .km-unit").first.click()
        assert HOSTILE in found.page.locator("main").inner_text()
        assert found.page.locator(".km-page :is(img, script, b:empty)").count() == 0
        assert found.page.evaluate("window.hit") is None
        found.check()


# states of the page


def test_loading(alone: Visit) -> None:
    held: list[Route] = []
    alone.page.route("**/static/monitor.js*", lambda route: held.append(route))
    alone.open(PAGE, until="#kavelmon-loading .kavelmon-frame:not([hidden])")
    assert "Cijfers laden" in alone.page.locator("[role=status]").first.inner_text()
    shot(alone, "laden")
    for route in held:
        route.continue_()
    alone.page.locator(DRAWN).wait_for()


def test_a_figure_that_cannot_be_drawn(alone: Visit) -> None:
    alone.page.route("**/static/vega.js*", lambda route: route.abort())
    alone.open(address(gebied="achterhoek", indicator="roker"), until=".km-warning")
    assert texts.ERROR in alone.page.locator(".km-warning").inner_text()
    unfold(alone)
    assert alone.page.locator(".km-map-card tbody tr").count() == 41, "the figures stand in the table all the same"
    shot(alone, "figuur-mislukt", ".km-lead + .km-warning")


@pytest.mark.parametrize("silent", [False, True])
def test_a_page_that_its_widgets_give_up_is_asked_for_once_more(
    chromium: Browser, server: Server, silent: bool
) -> None:
    with visit(chromium, server, **window(1280)) as found:
        gone: list[str] = []
        found.page.clock.install()

        def withhold(route: Route) -> None:
            if gone:
                route.continue_()
            else:
                gone.append(route.request.url)

        found.page.route("**/static/monitor.js*", withhold)
        found.open(PAGE, until="#kavelmon-loading")
        assert poll(lambda: gone and found.page.evaluate("document.body.dataset.kernelId"), 20)
        if silent:  # an output that never gets its place
            output = "e = document.createElement('script'); e.type = 'application/vnd.voila.cell-output+json';"
            found.page.evaluate(f"{output} document.getElementById('kavelmon-cells').append(e)")
            found.page.clock.fast_forward(80_000)
        else:
            found.page.evaluate("console.error(new Error('widget model not found'))")
        found.page.locator(DRAWN).wait_for()
        assert found.page.evaluate("sessionStorage.length") == 0
        found.page.evaluate("window.still = true; console.error(new Error('widget model not found'))")
        assert found.page.evaluate("window.still"), "a page that is there is not loaded again"


def test_kernel_lost(chromium: Browser, server: Server) -> None:
    with visit(chromium, server, **window(WIDTHS[0])) as page:
        page.open(address(gebied="achterhoek"), until=DRAWN)
        banner = page.page.locator("[role=alert]")
        assert banner.count() == 0
        [pid] = [p for p in server.kernels() if page.kernel in Path(f"/proc/{p}/cmdline").read_text()]
        os.kill(pid, signal.SIGKILL)
        assert poll(lambda: banner.count(), 25), "nothing says that the kernel is gone"
        for text in ("verbinding", "opnieuw laden"):
            assert text in banner.inner_text()
        settled(page, lambda: page.page.locator(".km-row[data-item=roker] button[aria-pressed]").click())
        assert page.page.locator("h2.km-select").inner_text() == declarations.default().indicator("roker").title
        settled(page, lambda: page.page.locator("#km-tab-zorg").click())
        for width in WIDTHS:
            page.page.set_viewport_size(window(width)["viewport"])
            page.page.evaluate("scrollTo(0, 0)")
            shot(page, "kernel-weg", "body")
            assert axe(page) == []


def test_too_many_visitors(chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(serving.MAX_VISITORS_ENV, "1")
    with voila(paths.notebooks(), tmp_path / "log") as small, visit(chromium, small) as first:
        first.open(PAGE, until=DRAWN)
        with visit(chromium, small, **window(WIDTHS[0])) as second:
            second.open(PAGE, until="h1")
            for width in WIDTHS:
                second.page.set_viewport_size(window(width)["viewport"])
                assert "Er zijn nu te veel bezoekers" in second.page.locator("main").inner_text()
                shot(second, "te-veel-bezoekers")
                assert axe(second) == []


def test_page_not_found(page: Visit) -> None:
    page.open("/voila/render/weg.ipynb", until="h1")
    shot(page, "bestaat-niet")
    assert axe(page) == []


# the file


@pytest.mark.slow  # what is in the file is looked at by itself
def test_published(chromium: Browser, server: Server, tmp_path: Path) -> None:
    call = [sys.executable, "-m", "kavelmon", "publish", "achterhoek", "--out", str(tmp_path)]
    subprocess.run(call, check=True, capture_output=True, timeout=240)
    for width in WIDTHS:
        with visit(chromium, server, **window(width)) as found:
            found.page.context.set_offline(True)
            found.page.goto((tmp_path / "kavelmon-achterhoek.html").as_uri())
            found.page.locator(".km-page[data-drawn]").wait_for()
            shot(found, "bestand")
            unfold(found)
            assert axe(found) == []
            found.check()
