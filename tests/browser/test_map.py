"""The map of real wijken, as a browser draws it from a file with no network."""

from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser

from kavelmon import geometry, maps

ACHTERHOEK = ["GM0197", "GM0222", "GM0294", "GM1509", "GM1586", "GM1859", "GM1876"]
EVIL = "<img src=x onerror=alert(1)></script>{{ 7 * 7 }}"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def figures(shared_data) -> dict[str, float]:
    """Severe overweight per wijk, 2020."""
    path = shared_data / "rivm" / "buurtvergelijker_2020_RIVM_gezondheid2020_18+.xlsx"
    table = pd.read_excel(path, engine="calamine", dtype=str)
    values = pd.to_numeric(table["ErnstigOvergewicht_10"], errors="coerce")
    inside = table["WijkenEnBuurten"].str.strip().str.startswith(tuple("WK" + code[2:] for code in ACHTERHOEK))
    return dict(zip(table["WijkenEnBuurten"].str.strip()[inside], values[inside], strict=True))


@pytest.mark.parametrize("width", [1280, 390])
def test_every_wijk_is_drawn_and_nothing_is_asked_of_anyone(chromium: Browser, figures, tmp_path: Path, width):
    shapes = geometry.shapes("WK", 2020, figures.keys())
    shapes.loc[shapes["code"] == "WK029400", "name"] = EVIL
    assert len(shapes) == len(figures) == 38
    sites = pd.DataFrame({"name": [EVIL], "lon": [6.29], "lat": [51.96], "kind": ["ziekenhuis"]})
    chart = maps.choropleth(
        shapes,
        figures | {"WK019701": float("nan")},
        title="Ernstig overgewicht, volwassenen, 2020",
        unit="%",
        outline=geometry.shapes("GM", 2022, ACHTERHOEK),
        points=sites,
    )
    file = tmp_path / "kaart.html"
    file.write_text(f"<!doctype html><html lang='nl'><meta charset='utf-8'><body>{maps.html(chart)}", encoding="utf-8")

    page = chromium.new_page(viewport={"width": width, "height": 800})
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.goto(file.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator("path.vorm").first.wait_for()
    assert frame.locator("path.vorm").count() == 38
    assert frame.locator("path.grens").count() == 7
    assert frame.locator("path.plek").count() == 1
    assert frame.locator('path.vorm[fill="url(#geen-cijfer)"]').count() == 1
    assert frame.locator('path.vorm:not([fill-rule="evenodd"])').count() == 0
    assert frame.get_by_role("region", name="Ernstig overgewicht, volwassenen, 2020 (%)").count() == 1

    wijk = shapes.loc[shapes["code"] != "WK019701", "code"].tolist().index("WK029400")
    for drawn in (frame.locator("path.vorm").nth(wijk), frame.locator("path.plek")):
        drawn.hover(force=True)
        assert EVIL in frame.locator(".leaflet-tooltip").last.inner_text()
    frame.get_by_role("button", name="Inzoomen").click()
    page.wait_for_timeout(500)

    shown = frame.locator(".naam span:visible")
    boxes = [shown.nth(i).bounding_box() for i in range(shown.count())]
    assert boxes
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            assert (
                a["x"] + a["width"] <= b["x"]
                or b["x"] + b["width"] <= a["x"]
                or (a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"])
            )
    assert not said
    assert [url for url in asked if not url.startswith(("file:", "about:"))] == []
    page.close()


def test_a_map_in_a_hidden_tab_fits_when_it_is_opened(chromium: Browser, tmp_path: Path):
    chart = maps.choropleth(geometry.shapes("GM", 2024, ACHTERHOEK), {}, title="x", unit="%")
    file = tmp_path / "kaart.html"
    file.write_text(f"<main style='display: none'>{maps.html(chart)}</main>", encoding="utf-8")
    page = chromium.new_page(viewport={"width": 600, "height": 800})
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_timeout(300)
    page.evaluate("document.querySelector('main').style.display = 'block'")
    largest = page.frame_locator("iframe").locator("path.vorm").nth(ACHTERHOEK.index("GM1876"))
    page.wait_for_timeout(300)
    assert largest.bounding_box()["width"] > 100
    assert not said
    page.close()
