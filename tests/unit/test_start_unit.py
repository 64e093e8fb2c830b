"""The start page, the bar and the footer as text, without a server."""

import json
import math
import random
import re
from html import unescape
from pathlib import Path

import jinja2
import pytest
import shapely

from kavelmon import declarations, figures, geometry, serving, silhouettes, store, texts
from kavelmon.dashboard import start, start_map
from kavelmon.model import KavelmonError, NotFoundError

HOSTILE = "<img src=x onerror=alert(1)>\"'{{ 7 * 191 }}{% include 'x' %}{# weg #}</script>"
MONITOR_ADDRESS = "/hier/voila/render/kavelmonitor.ipynb"
MONITOR = start.Workbook(start.MONITOR, "Kavelmonitor", "Eén gebied.", "Voor iedereen")


@pytest.fixture(scope="module")
def counts() -> dict[str, dict]:
    return start.inhabitants()


def rendered(fragment: str, page: str = "") -> str:
    """What the server makes of a fragment, with and without its own escaping."""
    plain, escaping = (
        jinja2.Environment(autoescape=escape, undefined=jinja2.StrictUndefined)
        .from_string(fragment)
        .render(base_url="/hier/", page=page)
        for escape in (False, True)
    )
    assert plain == escaping
    return plain


def links(text: str) -> dict[str, str]:
    found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(?:<svg.*?</svg>)?(.*?)</a>', text)
    return {unescape(name): unescape(href) for href, name in found}


def write(path: Path, **metadata: str) -> None:
    path.write_text(json.dumps({"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))


def test_the_notebooks_of_a_folder_are_listed_by_what_they_say_of_themselves(tmp_path: Path) -> None:
    write(tmp_path / "zebra.ipynb", title="Aap", summary="Kort.", public="Voor u")
    write(tmp_path / "eigen_werk.ipynb")
    write(tmp_path / start.MONITOR, title="Kavelmonitor")
    write(tmp_path / ".verborgen.ipynb", title="Verborgen")
    (tmp_path / "stuk.ipynb").write_text("{geen json")
    (tmp_path / "lijst.ipynb").write_text("[]")
    (tmp_path / "ander.txt").write_text("")
    (tmp_path / "map.ipynb").mkdir()
    found = start.workbooks(tmp_path)
    assert [book.title for book in found] == ["Kavelmonitor", "Aap", "Eigen werk", "Lijst", "Stuk"]
    assert found[1] == start.Workbook("zebra.ipynb", "Aap", "Kort.", "Voor u")


def test_nothing_becomes_markup_or_template(counts: dict[str, dict], monkeypatch: pytest.MonkeyPatch) -> None:
    books = [MONITOR, start.Workbook(HOSTILE.replace("/", "") + ".ipynb", HOSTILE, HOSTILE, HOSTILE)]
    achterhoek = declarations.default().area("achterhoek")
    hostile = achterhoek.model_copy(update={"title": HOSTILE, "description": HOSTILE})
    catalogue = declarations.Catalogue(
        **{**vars(declarations.default()), "areas": {**declarations.default().areas, "achterhoek": hostile}}
    )
    monkeypatch.setattr(declarations, "default", lambda: catalogue)
    for text in (rendered(start.bar(books)), rendered(start.page(books, counts))):
        assert "&lt;img" in text
        assert HOSTILE in unescape(text)
        assert "1337" not in text
        assert not re.search(r"<(img|/script)", text)


def test_a_link_leads_to_its_notebook_whatever_its_name_is() -> None:
    book = start.Workbook('één "twee" %}{{ drie }} \\ 🙂.ipynb', "Vreemd")
    address = links(rendered(start.bar([book])))["Vreemd"]
    path = "%C3%A9%C3%A9n%20%22twee%22%20%25%7D%7B%7B%20drie%20%7D%7D%20%5C%20%F0%9F%99%82.ipynb"
    assert address == f"/hier/voila/render/{path}"


@pytest.mark.parametrize(("page", "name"), [("start", "Start"), ("kavelmonitor.ipynb", "Kavelmonitor"), ("", "")])
def test_the_bar_says_which_page_this_is(page: str, name: str) -> None:
    text = rendered(start.bar([MONITOR, start.Workbook("start.ipynb", "Ander")]), page)
    assert re.findall(r'aria-current="page">([^<]*)<', text) == ([name] if name else [])
    assert links(text) == {
        "kavelmon": "/hier/",
        "Start": "/hier/",
        "Kavelmonitor": "/hier/voila/render/kavelmonitor.ipynb",
        "Ander": "/hier/voila/render/start.ipynb",
    }


def test_every_area_has_a_card_that_leads_to_it(counts: dict[str, dict]) -> None:
    text = rendered(start.page([MONITOR], counts))
    areas = declarations.default().areas.values()
    assert links(text) == {
        texts.START_COUNTRY if area.kind == "land" else area.title: f"{MONITOR_ADDRESS}?gebied={area.id}"
        for area in areas
    }
    for area in areas:
        if area.kind in ("land", "netwerk"):
            continue
        card = unescape(re.sub("<[^>]+>", " ", next(p for p in text.split("<li ") if f"gebied={area.id}" in p)))
        rows = store.read(["inwoners"], sources=["cbs_03759ned"], levels=["GM"], regions=area.codes, periods=["2026"])
        assert sorted(rows["region"]) == list(area.codes)
        people = f"{round(rows['value'].sum()):,}".replace(",", ".")
        assert f"{people}\u00a0inwoners · {len(area.codes)}\u00a0gemeente" in card
        assert area.description in card
    assert text.count("<h1") == 1


def test_the_start_page_leads_to_where_an_area_is_put_together(counts: dict[str, dict]) -> None:
    compose = start.Workbook(start.COMPOSE, "Stel uw kavel samen")
    assert links(rendered(start.page([MONITOR, compose], counts)))[texts.START_COMPOSE].endswith("/samenstellen.ipynb")
    assert texts.START_COMPOSE not in start.page([MONITOR], counts)


def test_without_the_kavelmonitor_nothing_leads_to_it(counts: dict[str, dict]) -> None:
    text = rendered(start.page([start.Workbook("een.ipynb", "Een")], counts))
    assert links(text) == {"Een": "/hier/voila/render/een.ipynb"}
    assert "Achterhoek" in text
    assert texts.START_OTHERS not in text


def test_an_area_without_a_figure_shows_none(counts: dict[str, dict]) -> None:
    text = rendered(start.page([], {}))
    assert "\u00a0inwoners" not in text
    assert "8\u00a0gemeenten" in text
    assert "Inwoners" not in start.foot({})


def test_the_domains_say_how_many_indicators_have_figures(counts: dict[str, dict]) -> None:
    text = start.page([], counts)
    for domain, title in texts.DOMAINS.items():
        items = [i for i in declarations.default().indicators.values() if i.domain == domain]
        number = len([i for i in items if figures.editions(i)])
        assert re.search(rf"<h3>{title}</h3>.*?>{number}\u00a0indicatoren<", text)


def test_the_footer_names_whose_figures_these_are(counts: dict[str, dict]) -> None:
    text = unescape(rendered(start.foot(counts)))
    for name in ("CBS", "RIVM", "GGD'en", "Vektis", "Politie", "Kadaster"):
        assert name in text
    assert str(counts["achterhoek"]["period"]) in text
    assert f"({geometry.shapes('GM', 9999).attrs['region_year']})" in text
    assert "niet voor commercieel gebruik" in text


@pytest.mark.parametrize("seed", range(6))
def test_labels_on_the_map_do_not_collide(seed: int) -> None:
    chance, (width, height) = random.Random(seed), (288, 345)
    areas = []
    for number in range(9):
        x, y, size = chance.uniform(20, 250), chance.uniform(20, 310), chance.uniform(4, 20)
        shape = shapely.box(x, y, x + size, y + size)
        areas.append((f"Gebied {number}" + "lang" * (number % 3), shape, (x + size / 2, y + size / 2)))
    found = start_map.labels(areas, shapely.box(80, 20, 270, 300), (width, height))
    assert [label.number for label in found] == list(range(1, 10))
    named = [label for label in found if label.badge != label.spot]
    assert len(named) >= 7
    for at, label in enumerate(named):
        assert shapely.box(0, 0, width, height).contains(label.box)
        assert not any(shape.intersects(label.box) for _, shape, _ in areas)
        for other in named[:at]:
            assert not other.box.intersects(label.box)
            assert not other.line.intersects(label.line)
            assert not other.line.intersects(label.box)
            assert not other.box.intersects(label.line)


def test_the_map_gives_every_declared_area_a_number_and_a_name(counts: dict[str, dict]) -> None:
    tags = re.findall(
        r'kavelmon-tag (left|right|)" .*?>(\d+)</b>(?:<span>(.*?)</span>)?</span>', start.page([], counts)
    )
    cards = [a for a in declarations.default().areas.values() if a.kind not in ("land", "netwerk")]
    assert [(number, name) for _, number, name in tags] == [(str(n), a.title) for n, a in enumerate(cards, 1)]


def test_the_fragments_are_written_for_the_template(tmp_path: Path) -> None:
    write(tmp_path / "een.ipynb", title="Een")
    start.write(tmp_path, tmp_path)
    for name in (start.BAR, start.PAGE, start.FOOT):
        assert rendered((tmp_path / name).read_text(encoding="utf-8"))


def test_a_catalogue_with_a_fault_stops_the_server_with_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAVELMON_DATA_SOURCES", str(tmp_path))
    with pytest.raises(KavelmonError, match=r"^no start page: .*no TOML file found; expected the folders"):
        serving._write_start(tmp_path, tmp_path)


def test_a_silhouette_is_as_wide_as_it_is_on_the_ground() -> None:
    outline = silhouettes.country(1000, 1000)
    # in the grid of the Dutch survey the land reaches from x = 13.5 to 278 km and from y = 306.8 to 619.5 km
    assert math.isclose(outline.height / outline.width, (619.5 - 306.8) / (278 - 13.5), rel_tol=0.03)
    assert outline.height <= 1000


def test_a_path_is_small_whole_numbers_and_loses_only_specks() -> None:
    shape = shapely.union_all([shapely.box(0, 0, 50, 40), shapely.box(60, 0, 61, 1), shapely.box(70, 0, 80, 10)])
    hole, speck = shapely.box(10, 10, 20, 20), shapely.box(30, 30, 31, 31)
    data = silhouettes.path(shape - hole - speck)
    assert data.count("M") == 3
    assert set(data) <= set("MlHVZ0123456789 -")
    assert silhouettes.path(shapely.box(0.1, 0.2, 3.2, 3.1)) == "M3 0V3H0V0Z"


def test_what_is_drawn_of_an_area_covers_it() -> None:
    codes = declarations.default().area("zuid_limburg").codes
    outline = silhouettes.area(codes)
    assert len(outline.parts) == len(codes) == 16
    drawn = sum(surface(part) for part in outline.parts)
    assert math.isclose(drawn, surface(outline.border), rel_tol=0.02)
    squeeze = math.cos(math.radians(50.88))
    west, south, east, north = geometry.shapes("GM", 9999, codes).total_bounds
    unit = (outline.height - 4) / (north - south)
    true = geometry.shapes("GM", 9999, codes).geometry.union_all().area * squeeze * unit**2
    assert math.isclose(surface(outline.border), true, rel_tol=0.02)
    assert math.isclose(outline.width - 4, (east - west) * squeeze * unit, rel_tol=0.03)


def surface(data: str) -> float:
    """The surface of a path, read as a drawing program reads it."""
    total = 0.0
    for ring in data.split("Z")[:-1]:
        x = y = 0
        points = []
        for letter, numbers in re.findall(r"([MlHV])([^MlHVZ]*)", ring):
            values = [int(n) for n in re.findall(r"-?\d+", numbers)]
            if letter == "H":
                x = values[0]
                points.append((x, y))
            elif letter == "V":
                y = values[0]
                points.append((x, y))
            else:
                for dx, dy in zip(values[::2], values[1::2], strict=True):
                    x, y = (dx, dy) if letter == "M" else (x + dx, y + dy)
                    points.append((x, y))
        total += shapely.Polygon(points).area
    return total


def test_a_locator_is_small_and_never_shows_another_area() -> None:
    country = silhouettes.locator(())
    for area in declarations.default().areas.values():
        text = silhouettes.locator(area.codes)
        assert len(text) < 12_000
        assert text.startswith('<svg aria-hidden="true"')
        assert not re.search(r'\b(width|height|style)="', text)
        assert (text == country) == (area.kind == "land")
    assert silhouettes.locator(["GM0294", "GM9999"]) == country
    with pytest.raises(NotFoundError, match="GM9999"):
        silhouettes.area(["GM0294", "GM9999"])
    with pytest.raises(NotFoundError, match="no codes"):
        silhouettes.area([])
    assert silhouettes.area(["WK029400"]).parts
