"""What a visitor gets from the real Voilà with our template, and what nobody gets."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from driving import Server, Visit, notebook, poll, visit, voila
from playwright.sync_api import Browser, Route

from kavelmon import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

LIGHT = """
import ipywidgets as w
from kavelmon.vega import VegaView

def spec(n):
    values = [{"x": 1000.5 * i, "y": i} for i in range(n)]
    axes = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}}
    return {"width": "container", "height": 180, "mark": "point", "data": {"values": values}, "encoding": axes}

SPECS = {
    "vijf": spec(5),
    "zeven": spec(7),
    "negen": spec(9),
    "leeg": {},
    "onzin": {"mark": "bestaat niet"},
    "buiten": spec(3) | {"data": {"url": "http://example.org/a.json"}},
    "tijdens": spec(3) | {"transform": [{"calculate": "datum.a.b.c", "as": "x"}]},
}
first = VegaView(spec=SPECS["vijf"], label="Vijf punten op een rij.")
second = VegaView(spec=spec(3), label="Drie punten.")
choice = w.Dropdown(options=list(SPECS), description="Aantal")
heard = w.HTML("")

def choose(change):
    first.set_trait("spec", SPECS[change.new])
    first.label = change.new

def hear(change):
    heard.value = f"<p id='heard'>{change.new}</p>"

choice.observe(choose, "value")
first.observe(hear, "error")
w.VBox([w.HTML("<h1>Punten</h1>"), choice, first, second, heard])
"""
FAILING = ('print("dit gaat goed")', 'open("/srv/geheim/pad.csv")', 'print("dit komt niet meer")')
FIRST, SECOND = "[aria-label='Vijf punten op een rij.']", "[aria-label='Drie punten.']"
SORRY = "Deze figuur kan niet worden getoond. De cijfers staan in de tabel."
FAILURE = "De pagina werkt even niet. Probeer het opnieuw."
LIGHT_PATH = "/voila/render/twee_figuren.ipynb"
FAILING_PATH = "/voila/render/fout.ipynb"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of notebooks, with next to them what nobody may read."""
    folder = tmp_path_factory.mktemp("site") / "notebooks"
    (folder / "dieper").mkdir(parents=True)
    notebook(folder / "twee_figuren.ipynb", LIGHT, title="Twee figuren")
    notebook(folder / "fout.ipynb", *FAILING)
    notebook(folder / "hangt.ipynb", "import time; time.sleep(600)")
    (folder / "stuk.ipynb").write_text("{geen json: geheim", encoding="utf-8")
    for name in ("geheim.py", "geheim.toml", "geheim.csv", "geheim.png", "dieper/geheim.svg", "../geheim.csv"):
        (folder / name).write_text("geheim", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def server(folder: Path, voila_server: Callable[[Path], Server]) -> Server:
    return voila_server(folder)


def light(page: Visit) -> Visit:
    """Open the light notebook and wait until both figures are there."""
    page.open(LIGHT_PATH, until=f"{SECOND} svg")
    assert page.marks(5, FIRST) == 5
    assert page.marks(3, SECOND) == 3
    return page


def loads(chromium: Browser, server: Server, number: int) -> tuple[float, float]:
    """Load the light notebook a number of times; return the longest load and the longest goodbye, in seconds."""
    load = goodbye = 0.0
    for _ in range(number):
        start = time.monotonic()
        with visit(chromium, server) as page:
            kernel = light(page).kernel
            assert server.knows(kernel)
            load = max(load, time.monotonic() - start)
            page.check()
        closed = time.monotonic()
        assert poll(lambda kernel=kernel: not server.knows(kernel), 60), "the kernel of a closed page stayed"
        goodbye = max(goodbye, time.monotonic() - closed)
    return load, goodbye


def test_the_start_page_links_every_notebook_and_nothing_else(chromium: Browser, server: Server) -> None:
    with visit(chromium, server) as page:
        page.open("/", until="main")
        links = {link.inner_text(): link.get_attribute("href") for link in page.page.locator("main a").all()}
        assert links == {
            "Fout": FAILING_PATH,
            "Hangt": "/voila/render/hangt.ipynb",
            "Stuk": "/voila/render/stuk.ipynb",
            "Twee figuren": LIGHT_PATH,
        }
        assert page.page.locator("h1").inner_text() == "Hoe gaat het met de gezondheid in uw kavel?"
        assert page.page.locator("html").get_attribute("lang") == "nl"
        page.check()


def test_a_page_has_the_frame_that_readers_of_every_kind_need(chromium: Browser, server: Server) -> None:
    with visit(chromium, server) as page:
        light(page)
        frame = page.page
        assert frame.locator("html").get_attribute("lang") == "nl"
        assert frame.title() == "Twee figuren – kavelmon"
        assert frame.locator("main").count() == frame.locator("h1").count() == 1
        assert frame.locator("main h1").is_visible()
        assert frame.locator("#kavelmon-loading").count() == 0
        frame.keyboard.press("Tab")
        assert frame.evaluate("document.activeElement.textContent") == "Naar de inhoud"
        frame.keyboard.press("Enter")
        assert frame.evaluate("document.activeElement.tagName") == "MAIN"
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.check()


def test_a_choice_redraws_the_figure_in_its_place(chromium: Browser, server: Server) -> None:
    with visit(chromium, server) as page:
        light(page)
        frame = page.page
        assert page.paths.count("/voila/templates/kavelmon/static/vega.js") == 1  # two figures, one bundle
        assert "1.000" in (frame.locator(f"{FIRST} svg").text_content() or "")  # Dutch thousands
        assert frame.locator(f"{FIRST} canvas, .vega-actions").count() == 0
        frame.evaluate(
            """selector => {
                const figure = document.querySelector(selector).parentElement;
                window.lowest = figure.offsetHeight;
                const look = () => { lowest = Math.min(lowest, figure.offsetHeight); requestAnimationFrame(look); };
                look();
            }""",
            FIRST,
        )
        height = frame.evaluate("lowest")
        frame.locator("select").select_option("zeven")
        assert page.marks(7, "[aria-label=zeven]") == 7
        assert frame.evaluate("lowest") == height > 180
        for option in ("vijf", "zeven", "leeg", "vijf", "zeven", "negen"):
            frame.locator("select").select_option(option)
        assert page.marks(9, "[aria-label=negen]") == 9  # chosen once, so that no state in between looks like it
        assert poll(lambda: frame.locator("svg.marks").count() == 2, 5), "an old figure stayed behind"
        assert page.marks(3, SECOND) == 3
        page.check()


def test_a_spec_that_fails_says_so_and_the_next_one_is_shown(chromium: Browser, server: Server) -> None:
    with visit(chromium, server) as page:
        light(page)
        heard = page.page.locator("#heard")
        for option in ("onzin", "buiten", "tijdens"):
            page.page.locator("select").select_option(option)
            page.page.get_by_text(SORRY).wait_for()
            assert poll(lambda: heard.count() and heard.inner_text(), 10), "Python does not know that the figure failed"
            page.page.locator("select").select_option("zeven")
            assert page.marks(7, "[aria-label=zeven]") == 7
            assert poll(lambda: heard.inner_text() == "", 10)
        assert page.hosts <= {"localhost"}


def test_loads_do_not_hang_and_closing_ends_the_kernel(chromium: Browser, server: Server) -> None:
    _, goodbye = loads(chromium, server, 3)
    assert goodbye < serving.IDLE_S, "the pages did not say goodbye; their kernels were culled"


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_fifty_loads_do_not_hang_and_leave_no_kernel(chromium: Browser, folder: Path, tmp_path: Path) -> None:
    with voila(folder, tmp_path / "log") as server:
        load, goodbye = loads(chromium, server, 50)
        assert poll(lambda: not server.kernels(), 10), "a kernel process stayed"
    assert goodbye < serving.IDLE_S
    print(f"longest load {load:.1f} s, longest goodbye {goodbye:.1f} s")


def stays_or_goes(chromium: Browser, server: Server, wait_s: float) -> None:
    """Leave a page alone, and lose others without a word: only the kernel of the first may stay."""
    with visit(chromium, server) as kept:
        light(kept)
        with visit(chromium, server) as lost:
            gone = light(lost).kernel
            lost.page.context.close()  # as a browser that crashes
        with visit(chromium, server) as busy:
            busy.open("/voila/render/hangt.ipynb", until="#kavelmon-loading p:not(:empty)")
            busy.page.context.close()  # as a visitor who does not wait
        assert len(server.kernels()) >= 3, "the tab before may still have its own"
        assert poll(lambda: len(server.kernels()) == 1, 60)
        assert not server.knows(gone)
        time.sleep(wait_s)  # that an open page keeps its kernel shows only in time
        kept.page.locator("select").select_option("zeven")
        assert kept.marks(7, "[aria-label=zeven]") == 7
        kept.check()


@pytest.fixture
def impatient(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The same server with shorter limits."""
    for name, seconds in {"IDLE_S": 6, "CULL_EVERY_S": 1, "CELL_S": 3}.items():
        monkeypatch.setattr(serving, name, seconds)
    with voila(folder, tmp_path / "log") as server:
        yield server


@pytest.mark.slow
def test_the_limits_hold(chromium: Browser, impatient: Server) -> None:
    with visit(chromium, impatient) as hanging:  # a cell that hangs is given up, and the visitor is told
        hanging.open("/voila/render/hangt.ipynb")
        hanging.page.get_by_role("status").get_by_text("Cijfers laden…").wait_for()
        hanging.page.get_by_role("alert").get_by_text(FAILURE).wait_for()
        assert hanging.page.locator("#kavelmon-loading").count() == 0
        hanging.check()
    stays_or_goes(chromium, impatient, 2)


@pytest.mark.slow
def test_no_kernel_is_left_after_a_minute_but_that_of_an_open_page(
    chromium: Browser, folder: Path, tmp_path: Path
) -> None:
    with voila(folder, tmp_path / "log") as server:
        stays_or_goes(chromium, server, serving.IDLE_S + serving.CULL_EVERY_S)


def test_a_failing_cell_shows_a_sentence_and_no_traceback(chromium: Browser, server: Server) -> None:
    with visit(chromium, server) as page:
        page.open(FAILING_PATH).page.get_by_text(FAILURE).wait_for()
        text = page.page.locator("body").inner_text()
        assert "dit gaat goed" in text
        assert "Opnieuw proberen" in text
        assert page.page.get_by_role("link", name="Opnieuw proberen").evaluate("a => a.href === location.href")
        page.check()
    sent = server.ask(FAILING_PATH).text
    assert FAILURE in sent
    for secret in ("Traceback", "FileNotFoundError", "geheim", "/srv", "site-packages", "komt niet meer", "print("):
        assert secret not in sent


@pytest.mark.parametrize(("path", "status"), [("/voila/render/stuk.ipynb", 400), ("/voila/render/weg.ipynb", 404)])
def test_an_error_page_is_dutch_and_tells_nothing(server: Server, path: str, status: int) -> None:
    answer = server.ask(path)
    assert answer.status == status
    assert '<html lang="nl">' in answer.text
    assert (FAILURE if status == 400 else "Deze pagina bestaat niet") in answer.text
    for secret in ("Traceback", "geheim", "JSON", "weg.ipynb", "site0"):
        assert secret not in answer.text
    below_bar = answer.text.partition("</header>")[2]  # the bar links every notebook
    assert "stuk.ipynb" not in below_bar
    assert "</main>" in below_bar


@pytest.mark.parametrize(
    "path",
    [
        "/voila/files/geheim.py",
        "/voila/files/geheim.toml",
        "/voila/files/geheim.csv",
        "/voila/files/geheim.png",
        "/voila/files/dieper/geheim.svg",
        "/voila/files/../geheim.csv",
        "/voila/files/%2e%2e/geheim.csv",
        "/voila/files/..%2f..%2f..%2fetc%2fpasswd",
        "/voila/files/twee_figuren.ipynb",
        "/voila/static/../../geheim.csv",
        "/voila/static/%2e%2e/%2e%2e/%2e%2e/pyvenv.cfg",
        "/voila/templates/kavelmon/static/../../../../../../serving.py",
        "/voila/templates/kavelmon/static/%2e%2e/index.html.j2",
        "/voila/templates/kavelmon/index.html.j2",
        "/voila/templates/..%2f..%2f/static/x",
        "/voila/labextensions/../../pyvenv.cfg",
        "/voila/api/themes/../templates/kavelmon/tree.html",
        "/voila/static/../templates/kavelmon/tree.html",
        "/voila/render/geheim.py",
        "/voila/render/../geheim.csv",
        "/voila/tree/../geheim.csv",
        "/voila/tree/geheim.csv",
        "/geheim.csv",
        "/files/geheim.csv",
        "/api/contents",
        "/api/contents/geheim.csv",
        "/api/kernels",
        "/api/sessions",
        "/api/terminals",
        "/terminals/websocket/1",
        "/api/kernelspecs",
        "/metrics",
    ],
)
def test_nothing_but_notebooks_is_served(server: Server, path: str) -> None:
    answer = server.ask(path)
    while answer.status == 302:
        answer = server.ask(answer.headers["Location"])
    assert answer.status in (400, 403, 404, 500)
    for secret in ("geheim", "root:", "home =", "{%", "import ", "Traceback", str(Path.home())):
        assert secret not in answer.text.replace(path, "")


def test_the_list_of_files_names_notebooks_only(server: Server) -> None:
    listing = server.ask("/voila/api/contents").text
    assert "geheim" not in listing
    assert server.ask("/voila/api/contents/geheim.csv").status == 404
    assert "VegaView" not in server.ask("/voila/api/contents/twee_figuren.ipynb").text


def test_a_shutdown_needs_the_cookie_of_the_page_and_a_page_that_lost_its_kernel_reloads(
    chromium: Browser, server: Server
) -> None:
    with visit(chromium, server) as page:
        kernel = light(page).kernel
        path = f"/voila/api/shutdown/{kernel}"
        assert server.ask(path, "POST").status == 403
        assert server.ask(path, "POST", "_xsrf=1", Origin="http://example.org").status in (403, 404)
        assert server.ask(f"/api/kernels/{kernel}", "DELETE").status == 403
        assert server.knows(kernel)
        cookie = {c["name"]: c["value"] for c in page.page.context.cookies()}["_xsrf"]
        form = {"Cookie": f"_xsrf={cookie}", "Content-Type": "application/x-www-form-urlencoded"}
        assert server.ask(path, "POST", f"_xsrf={cookie}", **form).status == 204
        assert not server.knows(kernel)
        with page.page.expect_navigation(timeout=10_000, wait_until="commit"):  # as a phone that wakes up
            page.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.page.locator(f"{SECOND} svg").wait_for()
        assert page.kernel != kernel


@pytest.mark.parametrize("path", ["/", "/voila/tree", FAILING_PATH, "/voila/render/weg.ipynb", "/weg"])
def test_an_address_changes_nothing_and_is_not_repeated(server: Server, path: str) -> None:
    query = "?template=lab&theme=dark&classic-tree=false&q=%3Cscript%3Ealert(7)%3C/script%3E&x='\"><img/src=y>"
    answer = server.ask(path + query.replace('"', "%22").replace("<", "%3C").replace(">", "%3E"))
    ids = r"cell-id=\w+|[0-9a-f]{8}-[0-9a-f-]{27}|\?v=\w+"
    for text in (
        "alert(7)",
        "img/src",
        "template=lab",
        "theme-dark",
        "JupyterLab Dark",
        "treepage.js",
        "cdn",
        "FontAwesome",
    ):
        assert text not in answer.text
    assert re.sub(ids, "", answer.text) == re.sub(ids, "", server.ask(path).text)


def test_only_this_machine_can_reach_it(server: Server) -> None:
    tables = [Path(f"/proc/net/{name}") for name in ("tcp", "tcp6")]
    if not tables[0].exists():
        pytest.skip("this system does not list its sockets in /proc/net")
    rows = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    bound = {
        local.partition(":")[0]
        for _, local, _, state, *_ in rows
        if local.endswith(f":{server.port:04X}") and state == "0A"
    }
    assert bound
    assert bound <= {"0100007F", "00000000000000000000000001000000"}
    for path in ("/", LIGHT_PATH, "/voila/api/contents"):
        assert server.ask(path, Host="kwaad.example").status == 403


CROWDED = "Er zijn nu te veel bezoekers. Probeer het over een minuut opnieuw."
LOST = (
    "De verbinding met de server is verbroken. Wat u ziet klopt nog; voor een ander gebied of de kaart om in te zoomen "
)
LOST += "laadt u de pagina opnieuw."
RELOAD = "Pagina opnieuw laden"


@pytest.mark.slow  # that a visitor too many is told so is seen among the states of the page, too
def test_a_visitor_too_many_is_told_so_and_fits_when_another_leaves(
    chromium: Browser, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(serving.MAX_VISITORS_ENV, "2")
    with (
        voila(folder, tmp_path / "log") as server,
        visit(chromium, server) as stays,
        visit(chromium, server) as waits,
    ):
        stays.open(LIGHT_PATH, until=f"{SECOND} svg")
        with visit(chromium, server) as leaves:
            leaves.open(LIGHT_PATH, until=f"{SECOND} svg")
            answer = waits.page.goto(server.url + LIGHT_PATH)
            assert answer
            assert answer.status == 503
            assert waits.page.get_by_role("alert").get_by_text(CROWDED).is_visible()
            assert FAILURE not in waits.page.locator("body").inner_text()
            assert len(server.kernels()) == 2
            leaves.page.reload()  # the old kernel of who comes back takes no place
            assert leaves.marks(3, SECOND) == 3
            leaves.check()
        waits.page.get_by_role("link", name="Opnieuw proberen").click()
        assert waits.marks(3, SECOND) == 3
        assert len(server.kernels()) == 2
        stays.check()


def heard(page: Visit, answer: Callable[[], bool], deadline_s: float) -> bool:
    """Wait until what a page did makes `answer` true; it is heard only while the page is waited for."""
    end = time.monotonic() + deadline_s
    while not answer() and time.monotonic() < end:
        page.page.wait_for_timeout(100)
    return answer()


def kills(server: Server, page: Visit) -> None:
    """Open the light notebook and kill its kernel, which nothing announces."""
    before = set(server.kernels())
    light(page)
    (process,) = set(server.kernels()) - before
    os.kill(process, signal.SIGKILL)


@pytest.mark.slow  # that it says so is seen among the states of the page, too
def test_a_page_that_lost_its_kernel_says_so_and_loads_again(chromium: Browser, server: Server) -> None:
    phone = {"width": 320, "height": 568}
    with visit(chromium, server) as healthy, visit(chromium, server, viewport=phone) as page:
        light(healthy)
        kills(server, page)
        gone, banner = page.kernel, page.page.get_by_role("alert")
        banner.wait_for(timeout=15_000)
        assert LOST in banner.inner_text()
        assert not server.knows(gone)
        page.page.evaluate("kavelmon.lost()")
        assert banner.count() == 1
        assert page.page.locator(".jp-Dialog").count() == 0
        assert page.page.locator(f"{SECOND} svg").is_visible()
        assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        box, header = banner.bounding_box(), page.page.locator("header").bounding_box()
        assert box
        assert header
        assert box["y"] + box["height"] <= header["y"], "the banner covers the page"
        page.page.evaluate("scrollTo(0, document.body.scrollHeight)")
        assert banner.get_by_role("button").is_visible()
        for expected in ("Naar de inhoud", RELOAD):
            page.page.keyboard.press("Tab")
            assert page.page.evaluate("document.activeElement.textContent") == expected
        with page.page.expect_navigation(timeout=10_000, wait_until="commit"):
            page.page.keyboard.press("Enter")
        assert page.marks(3, SECOND) == 3
        assert banner.count() == 0
        assert page.kernel != gone
        asked = f"/api/kernels/{healthy.kernel}"
        assert heard(healthy, lambda: healthy.paths.count(asked) > 1, 11), (
            "a page does not ask whether its kernel is there"
        )
        healthy.page.locator("select").select_option("zeven")
        assert healthy.marks(7, "[aria-label=zeven]") == 7
        assert healthy.page.get_by_role("alert").count() == 0
        healthy.check()


def test_a_page_without_a_server_says_so_and_one_that_leaves_does_not(chromium: Browser, server: Server) -> None:
    hasty = "const every = setInterval; setInterval = (what, ms) => every(what, ms === 5000 ? 300 : ms)"
    with visit(chromium, server) as page:
        page.page.add_init_script(hasty)
        light(page)
        answers, banner = "/api/kernels/", page.page.locator(".kavelmon-lost")
        refused: list[str] = []

        def refuse(route: Route) -> None:
            refused.append(route.request.url)
            route.abort() if len(refused) in (1, 2) or len(refused) > 4 else route.continue_()

        page.page.route(f"**{answers}*", refuse)
        assert heard(page, lambda: len(refused) > 3, 5)
        assert banner.count() == 0, "a moment without an answer is not the end"
        banner.wait_for(timeout=5000)
        number = len(refused)
        page.page.wait_for_timeout(700)
        assert len(refused) == number, "it goes on asking"
    with visit(chromium, server) as page:
        page.page.add_init_script(hasty)
        kernel = light(page).kernel
        page.page.evaluate("() => { dispatchEvent(new Event('beforeunload')); }")  # as when the next page takes long
        assert heard(page, lambda: not server.knows(kernel), 10)
        asked = page.paths.count(f"/api/kernels/{kernel}")
        page.page.wait_for_timeout(1500)  # five times as long as it waits between two questions
        assert page.paths.count(f"/api/kernels/{kernel}") <= asked + 1, "a page that goes asks nothing more"
        assert page.page.locator(".kavelmon-lost").count() == 0, "a page that goes away has not lost its server"


def test_a_page_whose_kernel_dies_before_it_is_there_says_that_it_does_not_work(
    chromium: Browser, server: Server
) -> None:
    with visit(chromium, server) as page:
        before = set(server.kernels())
        page.open("/voila/render/hangt.ipynb", until="#kavelmon-loading p:not(:empty)")
        page.page.wait_for_function("document.body.textContent.includes('kernelId')", timeout=20_000)  # the cell runs
        (process,) = poll(lambda: set(server.kernels()) - before, 5)
        os.kill(process, signal.SIGKILL)
        page.page.get_by_role("alert").get_by_text(FAILURE).wait_for(timeout=15_000)
        assert page.page.locator(".kavelmon-lost").count() == 0
