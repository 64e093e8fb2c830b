"""The kavelmonitor as a test drives it: its addresses, its choices, and documents that another store would give."""

import gzip
import json
import os
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from axe_playwright_python.sync_playwright import Axe
from driving import Visit
from PIL import Image
from playwright.sync_api import Error

from kavelmon.dashboard import prepared

PAGE = "/voila/render/kavelmonitor.ipynb"
SHAPES = ".km-map-card .km-figure .layer_0_marks path"
DRAWN = "#kavelmon-cells:not(.kavelmon-unseen) .km-page[data-drawn]"
FORWARD = "(address) => { history.pushState(null, '', address); dispatchEvent(new PopStateEvent('popstate')); }"
SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
WIDTHS = (1280, 390)
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # to describe thousands of parts that are right takes longer than to check them
}
# What others bring along: pandas leaves the cell above the index of a DataFrame empty
NOT_OURS = {"empty-table-header"}


def address(**choice: str) -> str:
    return f"{PAGE}?{urlencode(choice)}"


def choices(page: Visit) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.page.url).query).items()}


def settled(page: Visit, act: Callable[[], object], most_ms: int = 15_000) -> None:
    """Do something and wait until the figures are drawn anew."""
    page.page.evaluate("delete document.querySelector('.km-page').dataset.drawn")
    act()
    page.page.locator(DRAWN).wait_for(timeout=most_ms)


def show(page: Visit, **choice: str) -> None:
    """Bring an open kavelmonitor to the view of an address, as forward does, in a page of which nothing was touched.

    A load with a kernel of its own takes four times as long. It is done when a test before left no page that can go.
    """
    here = choices(page)
    if page.page.locator(DRAWN).count() and here.get("gebied") and urlsplit(page.page.url).path == PAGE:
        # what somebody opened and unfolded stays as long as the area does
        away = [{"gebied": "ede" if choice["gebied"] != "ede" else "achterhoek"}]
        try:
            for step in [*(away if here["gebied"] == choice["gebied"] else []), choice]:
                settled(page, lambda step=step: page.page.evaluate(FORWARD, address(**step)), 5_000)
            return
        except Error:
            pass
    page.anew().open(address(**choice), until=DRAWN)


def choose(page: Visit, name: str, value: str) -> None:
    settled(page, lambda: page.page.locator(f"select[name={name}]").select_option(value))


def altered(folder: Path, change: Callable[[dict, dict], None]) -> Path:
    """Prepare the pages with a document of the Achterhoek that was changed, as another store would have made it."""
    shutil.copytree(prepared.folder(), folder)
    core, units = (json.loads(gzip.decompress(part)) for part in prepared.read("achterhoek"))
    change(core, units)
    for name, content in zip(prepared.PARTS, (core, units), strict=True):
        (folder / f"achterhoek.{name}.json.gz").write_bytes(prepared.packed(content))
    return folder


def shot(page: Visit, name: str, part: str = "") -> None:
    """Keep a picture of a page, or of a part of it, at the width that it has now.

    With KAVELMON_SCREENSHOTS=1 it goes in docs/screenshots, in 256 colours; else it is only seen that it can be made.
    """
    if os.environ.get("KAVELMON_SCREENSHOTS") != "1":
        assert page.page.locator(part or "body").first.is_visible(), part
        return
    width = page.page.viewport_size["width"]  # type: ignore[index]
    page.page.mouse.move(0, 0)
    page.page.evaluate("document.fonts.ready")
    content = page.page.locator(part).first.screenshot() if part else page.page.screenshot(full_page=True)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    full = Image.open(BytesIO(content)).convert("RGB")
    picture = full.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    picture.save(SCREENSHOTS / f"{name}-{width}.png", optimize=True)


def window(width: int) -> dict[str, Any]:
    return {"viewport": {"width": width, "height": 900 if width > 860 else 844}, "reduced_motion": "reduce"}


def axe(page: Visit) -> list[str]:
    """Return what axe-core finds, but for what others bring along."""
    found = Axe().run(page.page, options=RULES).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found if v["id"] not in NOT_OURS]
