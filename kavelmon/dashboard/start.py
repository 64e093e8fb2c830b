"""The start page, the bar with links and the footer, as fragments that the template of the server includes.

The fragments are made once, when the server starts. They are read as Jinja templates: that gives them the address of
the server (`base_url`) and the page that is shown (`page`); text from elsewhere is never read as one.
"""

import contextlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.geometry import LineString, Point, box

from kavelmon import colours, declarations, figures, licences, numerals, silhouettes, store, texts
from kavelmon.dashboard.brand import MARK
from kavelmon.dashboard.collect import ordered
from kavelmon.model import Area, KavelmonError

MONITOR = "kavelmonitor.ipynb"
START = "start"  # the value of `page` on the start page itself
BAR, PAGE, FOOT = "bar.html", "start.html", "foot.html"
Counts = dict[str, dict]  # figure by area
_MAP_SIZE = (400, 480)
# Labels keep their size while the map grows and shrinks; what does not collide at its narrowest does so nowhere.
_NARROWEST = 270
_BADGE, _GAP, _LETTER = 13, 5, 7.8  # radius, distance to the name, width of a letter


@dataclass(frozen=True)
class Workbook:
    """A notebook that is served: its file name and what its metadata say of it."""

    file: str
    title: str
    summary: str = ""
    public: str = ""

    @property
    def link(self) -> str:
        """Its address, as a piece of template."""
        return f"{{{{ base_url }}}}voila/render/{{{{ {json.dumps(self.file, ensure_ascii=False)} | urlencode }}}}"


def workbooks(folder: Path) -> list[Workbook]:
    """Return the notebooks of a folder: the kavelmonitor first, the others by title.

    A notebook that cannot be read is listed by the name of its file: its page says what is wrong.
    """
    found = []
    for path in folder.glob("*.ipynb"):
        if path.name.startswith(".") or not path.name.isprintable() or not path.is_file():
            continue
        try:
            metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
            said = {key: str(metadata.get(key) or "") for key in ("title", "summary", "public")}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            said = {"title": ""}
        title = said.pop("title") or path.stem.replace("_", " ").capitalize()
        found.append(Workbook(path.name, title, **said))
    return sorted(found, key=lambda book: (book.file != MONITOR, book.title.casefold(), book.file))


def bar(books: Sequence[Workbook]) -> str:
    """Return the content of the bar on top of every page: the name of the site and a link to each notebook."""
    links = [_link("{{ base_url }}", texts.BAR_START, START), *(_link(b.link, b.title, b.file) for b in books)]
    return (
        f'<div class="kavelmon-bar-inner"><a class="kavelmon-brand" href="{{{{ base_url }}}}">{MARK}{texts.BRAND}</a>'
        f'<button type="button" class="kavelmon-menu" aria-expanded="false" aria-controls="kavelmon-links">'
        f'{texts.MENU}</button><nav id="kavelmon-links" class="kavelmon-links" aria-label="{texts.MENU_LABEL}">'
        f"<ul>{''.join(links)}</ul></nav></div>\n"
    )


def _link(address: str, title: str, page: str) -> str:
    current = f'{{% if page == {json.dumps(page, ensure_ascii=False)} %}} aria-current="page"{{% endif %}}'
    return f'<li><a href="{address}"{current}>{_text(title)}</a></li>'


def foot(counts: Counts) -> str:
    """Return the content of the footer: whose figures these are, under which terms, and what is kept of a visitor."""
    catalogue = declarations.default()
    held = [catalogue.sources[s] for s in store.held() if s in catalogue.sources]
    sources = [f"{', '.join(publishers(s.publisher for s in held))}.", *_sources_of_page(counts)]
    closed = sorted({s.publisher for s in held if licences.terms(s.licence) == "non_commercial"})
    terms = [texts.FOOT_LICENCES, *map(texts.not_commercial, closed)]
    parts = (
        (texts.FOOT_SOURCES, sources),
        (texts.FOOT_LICENCE, terms),
        (texts.FOOT_PRIVACY, [texts.FOOT_PRIVATE]),
    )
    inner = "".join(f"<div><h2>{_text(head)}</h2><p>{_text(' '.join(lines))}</p></div>" for head, lines in parts)
    return f'<div class="kavelmon-foot-inner">{inner}</div>\n'


def publishers(named: Iterable[str]) -> list[str]:
    """Return each publisher once, those of most sources first; ``CBS en Politie`` are two, a longer name is one.

    Examples
    --------
    >>> publishers(["Politie en CBS", "CBS", "Ministerie van Werk, Zorg en Wonen"])
    ['CBS', 'Ministerie van Werk, Zorg en Wonen', 'Politie']
    """
    found: Counter[str] = Counter()
    for name in named:
        parts = re.split(r", via |, | en ", name)
        found.update([name] if any(" " in part for part in parts) else parts)
    return sorted(found, key=lambda name: (-found[name], name))


def _sources_of_page(counts: Counts) -> list[str]:
    """Name the sources of what the start page itself shows."""
    catalogue, said = declarations.default(), []
    for edition in sorted({count["edition"] for count in counts.values()}):
        source = catalogue.source(edition)
        periods = sorted({str(count["period"]) for count in counts.values() if count["edition"] == edition})
        said.append(texts.source_of_inhabitants(source.publisher, source.title, periods))
    try:
        year = silhouettes.year()
    except KavelmonError:
        return said
    drawn = [s for s in catalogue.sources.values() if s.kind == "boundaries" and s.region_year == year]
    return [*said, *(texts.source_of_boundaries(s.publisher, year) for s in drawn[:1])]


def inhabitants() -> Counts:
    """Return the number of people in each declared area, as `kavelmon.value` gives it; without one it is absent."""
    found = {}
    for area in ordered(declarations.default().areas.values()):
        with contextlib.suppress(KavelmonError):
            count = figures.value("inwoners", area)
            if count["value"] is not None:
                found[area.id] = count
    return found


def page(books: Sequence[Workbook], counts: Counts) -> str:
    """Return the content of the start page: the areas, the other notebooks, and what this site is."""
    areas = ordered(declarations.default().areas.values())
    monitor = next((book for book in books if book.file == MONITOR), None)
    others = [book for book in books if book is not monitor]
    cards, land = [a for a in areas if a.kind != "land"], [a for a in areas if a.kind == "land"]

    def address(area: Area) -> str:
        return f"{monitor.link}?gebied={area.id}" if monitor else ""

    pieces = [f'<h1>{_text(texts.START_TITLE)}</h1><p class="kavelmon-lead">{_text(texts.START_LEAD)}</p>']
    if cards:
        pieces.append('<div class="kavelmon-choose">' + _choice(cards, land, address, counts) + _map(cards) + "</div>")
    if others:
        head = texts.START_OTHERS if monitor else texts.START_SHEETS
        pieces.append(f'<section class="kavelmon-part"><h2>{head}</h2>{_sheets(others)}</section>')
    return "\n".join([*pieces, _domains()]) + "\n"


def _choice(cards: Sequence[Area], land: Sequence[Area], address: Callable[[Area], str], counts: Counts) -> str:
    items = "".join(_card(number, area, address(area), counts.get(area.id)) for number, area in enumerate(cards, 1))
    country = "".join(
        f'<p><a href="{address(area)}">{_text(texts.START_COUNTRY)}</a></p>' for area in land if address(area)
    )
    return f'<section><h2>{texts.START_CHOOSE}</h2><ul class="kavelmon-cards">{items}</ul>{country}</section>'


def _card(number: int, area: Area, address: str, count: dict | None) -> str:
    facts = [texts.inhabitants(numerals.number(count["value"]), bool(count["estimated"]))] if count else []
    facts.append(texts.counted(str(len(area.codes)), texts.LEVELS["GM"], texts.LEVELS_PLURAL["GM"]))
    title = _text(area.title)
    name = f'<a href="{address}">{title}</a>' if address else title
    about = f"<p>{_text(area.description)}</p>" if area.description else ""
    return (
        f'<li class="kavelmon-card"><span class="kavelmon-number" aria-hidden="true">{number}</span>'
        f'<div class="kavelmon-outline">{_outline(area)}</div><div><p class="kavelmon-kind">{texts.KINDS[area.kind]}'
        f'</p><h3>{name}</h3>{about}<p class="kavelmon-facts">{_text(" · ".join(facts))}</p></div></li>'
    )


def _outline(area: Area) -> str:
    try:
        shape = silhouettes.area(area.codes)
    except KavelmonError:
        return ""
    parts = f'<path fill="{colours.MAP[0]}" stroke="white" stroke-width="2.5" d="{"".join(shape.parts)}"/>'
    border = f'<path fill="none" stroke="{colours.KAVEL}" stroke-width="3" stroke-linejoin="round" d="{shape.border}"/>'
    return (
        f'<svg aria-hidden="true" focusable="false" viewBox="-2 -2 {shape.width + 4} {shape.height + 4}">'
        f"{parts}{border}</svg>"
    )


def _sheets(books: Sequence[Workbook]) -> str:
    items = []
    for book in books:
        about = f"<p>{_text(book.summary)}</p>" if book.summary else ""
        public = f'<p class="kavelmon-facts">{_text(book.public)}</p>' if book.public else ""
        items.append(f'<li><h3><a href="{book.link}">{_text(book.title)}</a></h3>{about}{public}</li>')
    return f'<ul class="kavelmon-sheets">{"".join(items)}</ul>'


def _domains() -> str:
    items = []
    for domain, title in texts.DOMAINS.items():
        number = sum(bool(figures.editions(item)) for item in declarations.default().in_domain(domain))
        counted = texts.counted(numerals.number(number), "indicator", "indicatoren")
        line = f'<p>{_text(texts.DOMAIN_LINES[domain])}</p><p class="kavelmon-facts">{counted}</p>'
        items.append(f"<li><h3>{_text(title)}</h3>{line}</li>")
    return (
        f'<section class="kavelmon-part"><h2>{texts.START_FOUND}</h2><ul class="kavelmon-domains">{"".join(items)}</ul>'
        f'<p class="kavelmon-about">{_text(texts.START_ABOUT)}</p></section>'
    )


@dataclass(frozen=True)
class Label:
    """A number on the map, with the place that its line goes to and its name on one side; ``""`` when it has no room.

    Places are in the units in which the map is `_NARROWEST` wide.
    """

    number: int
    title: str
    spot: tuple[float, float]
    badge: tuple[float, float]
    side: str  # left, right or ""

    @property
    def box(self) -> shapely.Polygon:
        """The room that it takes."""
        x, y = self.badge
        name = _GAP + _LETTER * len(self.title)
        west = x - _BADGE - (name if self.side == "left" else 0)
        east = x + _BADGE + (name if self.side == "right" else 0)
        return box(west, y - _BADGE, east, y + _BADGE)

    @property
    def line(self) -> LineString:
        """The line from number to place."""
        return LineString([self.badge, self.spot])


def labels(
    areas: Sequence[tuple[str, shapely.Geometry, tuple[float, float]]],
    land: shapely.Geometry,
    size: tuple[float, float],
) -> list[Label]:
    """Find a place for a number and name near each area: inside the picture, and over no label, line or area.

    Parameters
    ----------
    areas
        Title, shape, and the point inside it that the line goes to.
    land
        What is better left free, but may be written on.
    size
        Width and height of the picture.
    """
    shapes = shapely.union_all([shape for _, shape, _ in areas]).simplify(1).buffer(3)
    land = shapely.MultiPolygon([part.simplify(2) for part in shapely.get_parts(land) if part.area > 50])
    for shape in (shapes, land):
        shapely.prepare(shape)
    given = range(len(areas))
    downward = sorted(given, key=lambda at: areas[at][2][1])
    # who comes first takes the best place; no order is the best one for every map
    tries = [_placed(order, areas, shapes, land, size) for order in (given, given[::-1], downward, downward[::-1])]
    return min(tries, key=lambda tried: tried[0])[1]


def _placed(
    order: Iterable[int],
    areas: Sequence[tuple[str, shapely.Geometry, tuple[float, float]]],
    shapes: shapely.Geometry,
    land: shapely.Geometry,
    size: tuple[float, float],
) -> tuple[float, list[Label]]:
    """Place the labels one after the other; return what that costs, and the labels by number."""
    width, height = size
    spots = [Point(spot).buffer(5) for *_, spot in areas]
    placed: list[Label] = []
    total = 0.0
    for at in order:
        title, _, spot = areas[at]
        best, cost = Label(at + 1, title, spot, spot, ""), 400.0
        others = shapely.union_all([s for other, s in enumerate(spots) if other != at])
        taken = shapely.union_all([others, *(label.box.buffer(4) for label in placed), *(p.line for p in placed)])
        shapely.prepare(taken)
        for reach, candidate in _candidates(at + 1, title, spot):
            if reach >= cost:  # none that is further away costs less
                break
            room = candidate.box
            west, north, east, south = room.bounds
            if west < 0 or north < 0 or east > width or south > height:
                continue
            if shapes.intersects(room) or taken.intersects(room) or taken.intersects(candidate.line):
                continue
            price = reach + (40 if land.intersects(room) else 0) + (0 if candidate.side else 200)
            if price < cost:
                best, cost = candidate, price
        placed.append(best)
        total += cost
    return total, sorted(placed, key=lambda label: label.number)


def _candidates(number: int, title: str, spot: tuple[float, float]) -> Iterator[tuple[int, Label]]:
    """Give the places to try, the nearest first: in all directions, with the name away from the area or left out."""
    ring = shapely.get_coordinates(Point(0, 0).buffer(1, quad_segs=6))[:-1]
    for reach in range(28, 168, 10):
        for x, y in ring:
            badge = (spot[0] + reach * x, spot[1] + reach * y)
            sides = ("left", "right") if abs(x) < 0.5 else ("left",) if x < 0 else ("right",)
            yield from ((reach, Label(number, title, spot, badge, side)) for side in (*sides, ""))


def _map(areas: Sequence[Area]) -> str:
    """Return the map of the country with the areas of the cards and their numbers; empty without their shapes."""
    try:
        frame, country = silhouettes.national(*_MAP_SIZE), silhouettes.country(*_MAP_SIZE)
        drawn = [(area, frame.put(silhouettes.dissolved(area.codes))) for area in areas]
    except KavelmonError:
        return ""
    scale = frame.width / _NARROWEST
    fills, spots = {}, []
    for area, shape in drawn:
        within = [s for other, s in drawn if other is not area and s.area < shape.area and s.intersects(shape)]
        holds = any(s.intersection(shape).area > s.area / 2 for s in within)
        fills[area.id] = colours.KAVEL if area.kind == "kavel" else colours.MAP[2] if holds else colours.MEMBERS
        spots.append(silhouettes.inside(shape, shapely.union_all(within) if within else None))
    named = [
        (area.title, shapely.transform(shape, lambda at: at / scale), (spot.x / scale, spot.y / scale))
        for (area, shape), spot in zip(drawn, spots, strict=True)
    ]
    land = shapely.transform(frame.put(silhouettes.land()), lambda at: at / scale)
    found = labels(named, land, (_NARROWEST, frame.height / scale))
    largest_first = sorted(drawn, key=lambda pair: -pair[1].area)
    shapes = "".join(
        f'<path fill="{fills[a.id]}" stroke="white" d="{silhouettes.path(s, smallest=1)}"/>' for a, s in largest_first
    )
    lines = "".join(
        f'<path d="M{label.badge[0] * scale:.1f} {label.badge[1] * scale:.1f}L{spot.x:.1f} {spot.y:.1f}"/>'
        for label, spot in zip(found, spots, strict=True)
    )
    dots = "".join(f'<circle cx="{s.x:.1f}" cy="{s.y:.1f}" r="2.5" fill="{colours.INK}"/>' for s in spots)
    tags = "".join(
        f'<span class="kavelmon-tag {label.side}" style="left: {100 * label.badge[0] / _NARROWEST:.2f}%; '
        f'top: {100 * label.badge[1] * scale / frame.height:.2f}%"><b class="kavelmon-number">{label.number}</b>'
        + (f"<span>{_text(label.title)}</span>" if label.side else "")
        + "</span>"
        for label in found
    )
    return (
        f'<div class="kavelmon-map" role="img" aria-label="{_text(texts.map_of_areas([a.title for a in areas]))}">'
        f'<svg aria-hidden="true" focusable="false" viewBox="0 0 {frame.width} {frame.height}">'
        f'<path fill="{colours.RANGE}" fill-rule="evenodd" d="{country.border}"/>{shapes}'
        f'<g fill="none" stroke="{colours.INK}">{lines}</g>{dots}</svg>{tags}</div>'
    )


def write(folder: Path, notebooks: Path) -> None:
    """Write the fragments into a template folder, for the notebooks that are in another one."""
    books, counts = workbooks(notebooks), inhabitants()
    for name, text in ((BAR, bar(books)), (PAGE, page(books, counts)), (FOOT, foot(counts))):
        (folder / name).write_text(text, encoding="utf-8")


def _text(text: object) -> str:
    """Return text that is neither markup nor template."""
    return texts.escape(text).replace("{", "&#123;")


if __name__ == "__main__":
    try:
        write(Path(sys.argv[1]), Path(sys.argv[2]))
    except KavelmonError as fault:
        sys.exit(str(fault))
