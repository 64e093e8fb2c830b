"""The report of a settled contract in a Chromium that is offline: readable on a phone, and nothing asked of anyone."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from kavelmon import paths
from kavelmon.settling import report, settle

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    templates = paths.templates()
    found = settle(templates / "contract_voorbeeld.toml", templates / "contract_voorbeeld_jaren.toml")
    report.write(found, folder := tmp_path_factory.mktemp("verdeling") / "rapport")
    return folder / report.NAME


@pytest.mark.parametrize("width", [1280, 390])
def test_report(chromium: Browser, page_file: Path, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=False)
    context.set_offline(True)
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_file.as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [page_file.as_uri()]
    assert said == []
    page.locator("h2:text-is('Wie krijgt wat?')").wait_for(timeout=10_000)
    context.close()
    # axe is a script, which the file itself does not allow
    context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"Source Sans 3\"'))")
    assert [v["id"] for v in Axe().run(page).response["violations"]] == []
    context.close()
