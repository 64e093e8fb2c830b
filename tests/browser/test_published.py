"""A published file in a real Chromium that is offline: the same page, every choice, and nothing asked of anyone."""

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from driving import poll
from playwright.sync_api import Browser, ConsoleMessage, Page

import kavelmon as km
from kavelmon import declarations, figures, licences, maps, numerals, publish, store, texts
from kavelmon.dashboard import prepared, scripts
from kavelmon.model import KavelmonError

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
AREA = "achterhoek"
DRAWN = ".km-page[data-drawn]"
SHAPES = ".km-map-card .km-figure .mark-shape path"
RANKING = ".km-stack .km-card:first-child .km-figure .mark-symbol.role-mark path"
TREND = ".km-card:has(h3:text-is('Verloop')) .km-figure .mark-symbol.role-mark path"
ROWS = (
    "rows => rows.map(r => [r.dataset.item, r.dataset.edition, r.dataset.period,"
    " r.querySelector('.km-own').innerText, r.querySelector('.km-nl').innerText])"
)
WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (e) => refused.push(`${e.violatedDirective} ${e.blockedURI}`));
new MutationObserver(() => {
  if (!window.seen && document.querySelector(".km-figure svg .role-mark path")) window.seen = performance.now();
}).observe(document, { childList: true, subtree: true });
"""
MOST_BYTES, MOST_MS = 2_500_000, 1000


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> publish.Published:
    return publish.publish(AREA, tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def written(published: publish.Published) -> str:
    return published.path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def inside(written: str) -> dict:
    return json.loads(re.search(r'id="kavelmon-document">(.*?)</script>', written, re.S)[1])


@dataclass
class Sheet:
    """The file in a browser that has no network, and all that it did."""

    page: Page
    path: Path
    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(WATCH)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def open(self, until: str = DRAWN, **choice: str) -> "Sheet":
        self.page.goto("about:blank")  # else another fragment is no other page
        self.page.goto(f"{self.path.as_uri()}#{urlencode(choice)}" if choice else self.path.as_uri())
        self.page.locator(until).wait_for(timeout=15_000)
        return self

    def settled(self, act: Callable[[], object]) -> None:
        self.page.evaluate("document.querySelectorAll('.km-page').forEach((page) => delete page.dataset.drawn)")
        act()
        self.page.locator(DRAWN).wait_for(timeout=15_000)

    def choose(self, name: str, value: str) -> None:
        self.settled(lambda: self.page.locator(f"select[name={name}]").select_option(value))

    @property
    def choice(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.url).fragment).items()}

    def rows(self) -> list[list[str]]:
        return self.page.locator(".km-row").evaluate_all(ROWS)

    def check(self) -> None:
        assert self.errors == []
        assert self.page.evaluate("refused") == []
        own = self.path.as_uri()
        strange = [
            url for url in self.asked if url.split("#")[0] != own and not url.startswith(("blob:", "data:", "about:"))
        ]
        assert strange == []
        assert any(url.startswith(own) for url in self.asked), "nothing was watched"


@contextmanager
def opened(browser: Browser, path: Path, **options: object) -> Iterator[Sheet]:
    settings = {"viewport": {"width": 1280, "height": 1000}, "accept_downloads": True} | options
    context = browser.new_context(**settings)
    context.set_offline(True)
    page = context.new_page()
    page.set_default_timeout(15_000)
    try:
        yield Sheet(page, path)
    finally:
        context.close()


@pytest.fixture
def sheet(chromium: Browser, published: publish.Published) -> Iterator[Sheet]:
    with opened(chromium, published.path) as found:
        yield found
        found.check()


@cache
def known(area: str, edition: str, indicator: str) -> dict[str, dict]:
    rows = figures.observations(indicator, area, edition=edition).to_dict("records")
    return {row["period"]: row for row in rows}


def shown(indicator: str, value: float | None) -> str:
    item = declarations.default().indicator(indicator)
    return numerals.with_unit(float("nan") if value is None else value, item.unit, item.decimals)


def refused() -> dict[str, list[str]]:
    """The indicators of each source that may not be passed on."""
    catalogue = declarations.default()
    figures_of = [s for s in catalogue.sources.values() if s.kind not in ("regions", "boundaries")]
    closed = [s.id for s in figures_of if not licences.may_be_published(s.licence)]
    return {s: [i.id for i in catalogue.indicators.values() if i.editions(s)] for s in closed}


def test_map_ranking_and_trend_are_drawn(sheet: Sheet) -> None:
    choice = {"indicator": "roker", "uitgave": "rivm_50090ned", "periode": "2020"}
    sheet.open(gebied=AREA, **choice, niveau="wijk")
    asked = {"edition": "rivm_50090ned"}
    units = figures.observations("roker", AREA, level="WK", period="2020", **asked)
    _, lost = maps._shapes_of(units)
    drawn = (units["value"].notna() & ~units["region"].isin(lost)).sum()
    assert sheet.page.locator(f"{SHAPES}[fill^='#']").count() == drawn > 0
    gemeenten = figures.observations("roker", AREA, level="GM", **asked)
    now = (gemeenten[gemeenten["period"] == "2020"]["value"].notna()).sum()
    assert sheet.page.locator(RANKING).count() == now + 2
    whole = sum(figures.observations("roker", area, **asked)["value"].notna().sum() for area in (AREA, "NL"))
    assert sheet.page.locator(TREND).count() == gemeenten["value"].notna().sum() + whole


@pytest.mark.parametrize("domain", texts.DOMAINS)
def test_figures_are_those_of_kavelmon_value(sheet: Sheet, domain: str) -> None:
    sheet.open(gebied=AREA, domein=domain)
    rows = sheet.rows()
    gone = {name for ids in refused().values() for name in ids}
    held = set().union(*(one.indicators() for one in store.stores()))
    assert {row[0] for row in rows} == {i.id for i in declarations.default().in_domain(domain)} & held - gone
    for item, edition, period, own, reference in rows[:: max(1, len(rows) // 8)]:
        assert own == shown(item, km.value(item, AREA, period, edition=edition)["value"]), item
        assert reference == shown(item, km.value(item, "NL", period, edition=edition)["value"]), item


def test_the_command_says_the_same(sheet: Sheet) -> None:
    item, edition, period, own, _ = sheet.open(gebied=AREA, domein="zorg", indicator="zvw_kosten_totaal").rows()[0]
    call = [sys.executable, "-m", "kavelmon", "value", item, AREA, period, "--edition", edition, "--json"]
    said = json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)
    assert own == shown(item, said["value"])


def test_every_choice_works(sheet: Sheet) -> None:
    sheet.open()
    first = sheet.rows()
    sheet.settled(lambda: sheet.page.locator("[role=tab]:has-text('Zorg')").click())
    assert {row[0] for row in sheet.rows()}.isdisjoint(row[0] for row in first)
    sheet.settled(lambda: sheet.page.locator("[role=tab]:has-text('Gezondheid')").click())
    sheet.settled(lambda: sheet.page.locator(".km-row[data-item=roker] button[aria-pressed]").click())
    assert sheet.page.locator("h2.km-select").inner_text() == declarations.default().indicator("roker").title
    head = sheet.page.locator(".km-map-card h3").first
    sheet.choose("uitgave", "rivm_50090ned")
    sheet.choose("niveau", "GM")
    assert head.inner_text() == "Per gemeente, 2020"
    sheet.choose("periode", "2016")
    assert head.inner_text() == "Per gemeente, 2016"
    sheet.choose("jaar", "2016")
    assert sheet.page.locator(".km-row[data-item=roker]").get_attribute("data-period") == "2016"
    sheet.choose("vergelijk", "ede")
    row = next(row for row in sheet.rows() if row[0] == "roker")
    assert row[4] == shown("roker", km.value("roker", "ede", row[2], edition=row[1])["value"])
    assert sheet.choice == {
        "gebied": AREA, "domein": "gezondheid", "indicator": "roker", "niveau": "gemeente", "periode": "2016",
        "jaar": "2016", "vergelijk": "ede",
    } | ({"uitgave": "rivm_50090ned"} if "uitgave" in sheet.choice else {})  # fmt: skip


def test_a_click_on_a_gemeente_makes_its_line_stand_out(sheet: Sheet, inside: dict) -> None:
    sheet.open(indicator="roker", uitgave="rivm_50090ned", niveau="gemeente", periode="2020")
    lines = sheet.page.locator(".km-card:has(h3:text-is('Verloop')) .mark-line path")
    before = set(lines.evaluate_all("paths => paths.map(p => p.getAttribute('stroke'))"))
    sheet.settled(lambda: sheet.page.locator(SHAPES).nth(3).click())
    names = dict(inside["core"]["area"]["members"])
    code = sheet.choice["deel"]
    found = poll(lambda: lines.evaluate_all("paths => paths.map(p => p.getAttribute('stroke'))"), 5)
    assert len(set(found) - before) == 1, "one line has a colour of its own"
    value = shown("roker", known(code, "rivm_50090ned", "roker")["2020"]["value"])
    labels = sheet.page.locator(".km-card:has(h3:text-is('Verloop')) svg text").all_text_contents()
    assert f"{names[code]}{value}".replace(" ", "") in [label.replace(" ", "") for label in labels]  # lines apart
    assert names[code] in sheet.page.locator("[role=status].km-hidden").inner_text()


def test_a_click_on_a_wijk_is_not_caught_by_the_border_of_its_gemeente(sheet: Sheet) -> None:
    sheet.open(indicator="roker", uitgave="rivm_50090ned", niveau="wijk", periode="2020")
    sheet.settled(lambda: sheet.page.locator(SHAPES).nth(3).click())
    assert sheet.choice["deel"].startswith("WK")


def test_a_link_opens_the_same_view(sheet: Sheet, chromium: Browser) -> None:
    choice = {"domein": "zorg", "indicator": "zvw_kosten_totaal", "niveau": "gemeente", "periode": "2019"}
    sheet.open(gebied=AREA, **choice)
    parts = "h2.km-select, .km-map-card h3, .km-answer, select, [role=tab][aria-selected=true], .km-figure text"
    read = f"[...document.querySelectorAll('{parts}')].map((e) => e.value ?? e.textContent)"
    plain = sheet.page.evaluate(read)
    assert "Per gemeente, 2019" in plain
    sheet.settled(lambda: sheet.page.locator(SHAPES).nth(2).click())
    seen, address = sheet.page.evaluate(read), sheet.page.url
    assert seen != plain
    assert choice.items() <= sheet.choice.items()
    with opened(chromium, sheet.path) as other:
        other.page.goto(address)
        other.page.locator(DRAWN).wait_for()
        assert other.page.evaluate(read) == seen
        other.check()


def test_another_fragment_in_the_address_bar_changes_the_view(sheet: Sheet) -> None:
    sheet.open(indicator="roker")
    sheet.settled(lambda: sheet.page.evaluate("location.hash = 'indicator=zvw_kosten_totaal'"))
    title = declarations.default().indicator("zvw_kosten_totaal").title
    assert sheet.page.locator("h2.km-select").inner_text() == title
    sheet.page.locator(".kavelmon-skip").focus()
    sheet.page.keyboard.press("Enter")
    assert sheet.page.evaluate("document.activeElement.id") == "inhoud"
    assert sheet.page.locator("h2.km-select").inner_text() == title


def test_a_link_to_another_area_is_said_to_be_wrong(sheet: Sheet) -> None:
    sheet.open(gebied="ede", indicator="roker")
    assert sheet.page.locator("h1").inner_text() == "Achterhoek"
    assert "(gebied)" in sheet.page.locator(".km-warn[role=status]").inner_text()


def test_sources_licence_and_citation_stand_in_it(sheet: Sheet, inside: dict, published: publish.Published) -> None:
    sheet.open()
    footer = sheet.page.locator(".km-footer")
    footer.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    said = footer.inner_text()
    for source in inside["core"]["sources"].values():
        assert f"{source['publisher']}, {source['title']}" in said
    assert published.licence == "CC BY-NC 4.0"
    for text in ("Tekst en vormgeving: CC BY-NC 4.0.", "niet-commercieel, bron: Vektis", "@misc{kavelmon_achterhoek"):
        assert text in said
    assert inside["common"]["version"] in said
    assert sheet.page.locator("meta[name=license]").get_attribute("content") == "CC BY-NC 4.0"
    assert sheet.page.title() == "Achterhoek – kavelmon"
    assert sheet.page.locator("html").get_attribute("lang") == "nl"


def test_nothing_of_a_refused_source_is_in_it(sheet: Sheet, written: str, inside: dict) -> None:
    catalogue, gone = declarations.default(), refused()
    assert sum(map(len, gone.values())) > 0, "no source is refused: nothing is tested"
    core = json.loads(gzip.decompress(prepared.read(AREA)[0]))
    rest = written.replace(json.dumps(inside["common"]["left"], ensure_ascii=False, separators=(",", ":")), "")
    for name, ids in gone.items():
        source = catalogue.source(name)
        left = f"{source.publisher}, {source.title}"
        assert left in inside["common"]["left"]
        for text in (
            source.publisher,
            source.title,
            source.table,
            f'"{name}"',
            *(catalogue.indicator(i).title for i in ids),
        ):
            assert text in json.dumps(core, ensure_ascii=False)
            assert text not in rest, text
        for edition in (e for i in core["items"] for e in i["editions"] if e["source"] == name):
            values = json.dumps([edition["value"], *edition["others"].values()], separators=(",", ":"))
            assert values not in rest
    left = sheet.open().page.locator(".km-footer").inner_text()
    assert f"omdat de bron delen niet toestaat of geen licentie noemt: {'; '.join(inside['common']['left'])}." in left


def test_it_is_the_page_of_the_notebook(written: str, inside: dict) -> None:
    assert publish.in_script(scripts.module(others=False)) in written
    common = json.loads(gzip.decompress(prepared.common()))
    assert {k: v for k, v in inside["common"].items() if k != "left"} == common
    kept = {i["id"]: i["title"] for i in inside["core"]["items"]}
    core = json.loads(gzip.decompress(prepared.read(AREA)[0]))
    assert kept.items() <= {i["id"]: i["title"] for i in core["items"]}.items()


def test_pictures_and_tables_are_saved_offline(sheet: Sheet) -> None:
    sheet.open(indicator="roker")
    for kind, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG"), ("CSV", b"\xef\xbb\xbf#")):
        sheet.page.locator(".km-map-card summary:has-text('Bewaar')").first.click()
        with sheet.page.expect_download() as download:
            sheet.page.locator(".km-map-card .km-save button", has_text=kind).first.click()
        content = Path(download.value.path()).read_bytes()
        assert content.startswith(start), kind
        if kind == "SVG":
            assert b"data:font/woff2;base64," in content
            assert b"CC BY" in content


def test_without_javascript_it_says_so(chromium: Browser, published: publish.Published) -> None:
    with opened(chromium, published.path, java_script_enabled=False) as plain:
        plain.open(until="noscript p")
        assert plain.page.locator("main").inner_text().strip() == "Deze pagina heeft JavaScript nodig."


def test_a_page_that_cannot_be_shown_says_so(chromium: Browser, written: str, tmp_path: Path) -> None:
    broken = tmp_path / "kapot.html"
    broken.write_text(written.replace('id="kavelmon-document">{', 'id="kavelmon-document">{{'), encoding="utf-8")
    with opened(chromium, broken) as found:
        found.open(until="main .kavelmon-failure[role=alert]")
        assert "kan niet worden getoond" in found.page.locator("main").inner_text()


def test_code_from_elsewhere_does_not_run(chromium: Browser, written: str, tmp_path: Path) -> None:
    other = tmp_path / "ander.html"
    added = "<script>window.stranger = 1</script><img src=x onerror='window.stranger = 2'></main>"
    other.write_text(written.replace("</main>", added), encoding="utf-8")
    with opened(chromium, other) as found:
        found.open()
        assert found.page.evaluate("window.stranger ?? 0") == 0
        assert len(found.page.evaluate("refused")) >= 2


@pytest.mark.parametrize("width", [390, 320])
def test_nothing_is_cut_off_on_a_phone(chromium: Browser, published: publish.Published, width: int) -> None:
    with opened(chromium, published.path, viewport={"width": width, "height": 844}) as phone:
        phone.open()
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= width
        phone.check()


def test_the_same_store_gives_the_same_file(published: publish.Published, tmp_path: Path) -> None:
    again = publish.publish(AREA, tmp_path)
    assert again.path.read_bytes() == published.path.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("area", sorted(declarations.default().areas))
def test_every_area_is_small_and_soon_visible(chromium: Browser, tmp_path: Path, area: str) -> None:
    made = publish.publish(area, tmp_path)
    assert made.gzipped <= MOST_BYTES
    seen = []
    for _ in range(5):
        with opened(chromium, made.path) as found:
            found.open()
            seen.append(found.page.evaluate("window.seen"))
            found.check()
    assert sorted(seen)[2] <= MOST_MS, seen


@pytest.mark.slow
def test_an_area_of_codes_is_a_file_with_the_name_that_it_was_given(tmp_path: Path, chromium: Browser) -> None:
    # the area of other tests of pages: its document is made once
    made = publish.publish("WK029400,WK029401,WK019704", tmp_path, title="Oostrand <b>")
    assert re.fullmatch(r"kavelmon-eigen_[0-9a-f]{12}\.html", made.path.name)
    with opened(chromium, made.path) as page:
        page.open()
        assert page.page.locator("h1").inner_text() == "Oostrand <b>"
        assert "Oostrand <b>" in page.page.title()
        assert page.page.locator(SHAPES).count() >= 2
        page.check()
    with pytest.raises(KavelmonError, match=r"GM0951 \(Nuth\) does not exist any more"):
        publish.publish("GM0951", tmp_path)
