"""Pages of areas that nobody prepared: gemeenten, wijken and buurten, a region, and a region's own figures."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from driving import Server, Visit, poll, visit, voila
from monitoring import DRAWN, SHAPES, address, axe, shot, window
from playwright.sync_api import Browser

from kavelmon import areas, declarations, page_texts, paths
from kavelmon.analysis import compare
from kavelmon.dashboard import collect, documents, prepared

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SAYS = page_texts.PAGE
MADE_S = 100  # an area that nobody asked for before is made first, while other tests use the machine
# Prepare the pages as a server does, without what only other pages show
OF_THE_MONITOR = "from kavelmon.dashboard import documents as d; d.selection = d.cost = dict; d.main([])"
ROWS = (
    "rows => rows.map(r => [r.dataset.item, r.dataset.edition, r.dataset.period, r.querySelector('.km-own').innerText])"
)
AREAS = {
    "three wijken": "WK029400,WK029401,WK019704",
    "one buurt": "BU02940102",
    "a gemeente, wijken of its neighbour, and a wijk that lies in it": "GM0294,WK019704,WK019703,WK029401",
    "over two GGD-regio's": "GM0200,GM0228",
    "a region": "GG6106",
}


MADE_BY_THE_SERVER = AREAS["three wijken"]
OFTEN = ("one buurt", "a region")  # kinds that other tests open, too


def make_here(text: str) -> None:
    """Make the document of an area as a server does, but in this process, which has read the figures already."""

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess:
        return subprocess.CompletedProcess(command, documents.main(command[3:]), "", "")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared, "subprocess", SimpleNamespace(run=run))
        prepared.own(text)


@pytest.mark.parametrize(
    "text",
    [pytest.param(text, id=name, marks=[pytest.mark.slow] if name in OFTEN else []) for name, text in AREAS.items()],
)
def test_any_area_has_a_page_with_what_can_be_shown(page: Visit, text: str) -> None:
    if text != MADE_BY_THE_SERVER:
        make_here(text)
    area = areas.find(text)
    page.open(address(gebied=text), until=DRAWN, deadline_s=MADE_S)
    assert page.page.locator("h1").inner_text() == area.title
    assert SAYS["kind_regio" if text.startswith("GG") else "kind_eigen"] in page.page.locator(".km-kicker").inner_text()
    found = page.page.locator(".km-row").evaluate_all(ROWS)
    frames = compare.by_edition(collect.items(), area)
    shown = 0
    for item, edition, period, figure in found:
        there = frames[item, edition].set_index("period")["value"][period]
        if figure == "–":
            assert there != there
            continue
        shown += 1
        decimals = declarations.default().indicator(item).decimals
        value = float(re.sub(r"[^\d,−]", "", figure).replace(",", ".").replace("−", "-"))
        assert value == pytest.approx(there, abs=0.51 * 10**-decimals), item
    assert shown >= 8
    if "WK029401" in text and text.startswith("GM"):
        assert (
            "Wijk 01 Land (WK029401) ligt in Winterswijk (GM0294) en telt één keer."
            in page.page.locator(".km-header").inner_text()
        )
    if "GM0228" in text:
        assert axe(page) == []
        page.page.locator(".km-lies summary").click()
        assert re.search(
            r"Noord- en Oost-Gelderland \(\d+ %\) en Gelderland-Midden \(\d+ %\)",
            page.page.locator(".km-lies").inner_text(),
        )
    page.check()


@pytest.fixture(scope="module")
def local_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for somebody who added the examples of own tables; no region gave us real ones."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(paths.data_sources() / "local" / "templates", folder / "tables")
    few = shutil.copytree(paths.data_sources(), folder / "data_sources")
    for kavel in (few / "kavels").glob("*.toml"):  # pages of one area are enough, and are ready sooner
        if kavel.stem not in ("achterhoek", "nl"):
            kavel.unlink()
    own: dict[str, Any] = {"KAVELMON_STORE": str(folder / "store"), "KAVELMON_LOCAL": str(folder / "tables")}
    own |= {"KAVELMON_DATA_SOURCES": str(few), "XDG_CACHE_HOME": str(folder / "cache")}
    for command in (["-m", "kavelmon", "local", "add"], ["-c", OF_THE_MONITOR]):
        subprocess.run([sys.executable, *command], check=True, env=os.environ | own, capture_output=True, timeout=120)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in own.items():
            patch.setenv(name, value)
        with voila(paths.notebooks(), folder / "voila.log") as found:
            yield found


@pytest.mark.slow
def test_a_local_intervention_appears_on_map_and_trend(chromium: Browser, local_server: Server) -> None:
    with visit(chromium, local_server, **window(1280)) as page:
        page.open(address(gebied="achterhoek", indicator="aandeel_65plus"), until=DRAWN, deadline_s=MADE_S)
        assert page.page.locator(SHAPES).count() >= 8
        marks = page.page.locator(".km-map-card .km-figure [aria-roledescription='symbol mark container'] path")
        assert poll(marks.count, 10) == 1
        listed = page.page.locator(".km-map-card details:has-text('Interventies en voorzieningen (2)')")
        assert "Beweegtuin" in listed.inner_text()
        assert "Valpreventie" in listed.inner_text()
        page.open(address(gebied="achterhoek", indicator="mishandeling"), until=DRAWN)
        trend = page.page.locator(".km-stack .km-card:nth-child(2)").inner_text()
        assert "Valpreventie 2023: Interventie vanaf 2023, voor 65-plussers" in trend
        assert axe(page) == []
        shot(page, "eigen-interventies", ".km-pair")
        core = json.dumps(page.page.locator(".km-page").inner_text())
        assert "Gemeente Winterswijk" in core
        page.check()
