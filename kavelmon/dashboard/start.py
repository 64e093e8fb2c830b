"""The start page, the bar with links and the footer, as fragments that the template of the server includes.

The fragments are made once, when the server starts. They are read as Jinja templates: that gives them the address of
the server (`base_url`) and the page that is shown (`page`); text from elsewhere is never read as one.
"""

import contextlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kavelmon import colours, declarations, figures, licences, numerals, silhouettes, store, texts
from kavelmon.dashboard.brand import MARK
from kavelmon.dashboard.collect import ordered
from kavelmon.dashboard.start_map import numbered_map, plain
from kavelmon.model import Area, KavelmonError

MONITOR, COMPOSE = "kavelmonitor.ipynb", "samenstellen.ipynb"
START = "start"  # the value of `page` on the start page itself
BAR, PAGE, FOOT = "bar.html", "start.html", "foot.html"
Counts = dict[str, dict]  # figure by area


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
    return f'<li><a href="{address}"{current}>{plain(title)}</a></li>'


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
    inner = "".join(f"<div><h2>{plain(head)}</h2><p>{plain(' '.join(lines))}</p></div>" for head, lines in parts)
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
    cards, land = [a for a in areas if a.kind not in ("land", "netwerk")], [a for a in areas if a.kind == "land"]
    networks = [a for a in areas if a.kind == "netwerk"]
    compose = next((book for book in books if book.file == COMPOSE), None)

    def address(area: Area) -> str:
        return f"{monitor.link}?gebied={area.id}" if monitor else ""

    pieces = [f'<h1>{plain(texts.START_TITLE)}</h1><p class="kavelmon-lead">{plain(texts.START_LEAD)}</p>']
    if cards:
        choice = _choice(cards, [*networks, *land], address, counts, compose.link if compose else "")
        pieces.append(f'<div class="kavelmon-choose">{choice}{numbered_map(cards)}</div>')
    if others:
        head = texts.START_OTHERS if monitor else texts.START_SHEETS
        pieces.append(f'<section class="kavelmon-part"><h2>{head}</h2>{_sheets(others)}</section>')
    return "\n".join([*pieces, _domains()]) + "\n"


def _choice(
    cards: Sequence[Area], others: Sequence[Area], address: Callable[[Area], str], counts: Counts, compose: str
) -> str:
    items = "".join(_card(number, area, address(area), counts.get(area.id)) for number, area in enumerate(cards, 1))
    links = [
        f'<a href="{address(area)}">{plain(texts.START_COUNTRY if area.kind == "land" else area.title)}</a>'
        for area in others
        if address(area)
    ]
    more = f"<p>{texts.START_ALSO} {', '.join(links)}</p>" if links else ""
    own = f'<p><a class="kavelmon-own" href="{compose}">{texts.START_COMPOSE}</a></p>' if compose else ""
    return f'<section><h2>{texts.START_CHOOSE}</h2><ul class="kavelmon-cards">{items}</ul>{own}{more}</section>'


def _card(number: int, area: Area, address: str, count: dict | None) -> str:
    facts = [texts.inhabitants(numerals.number(count["value"]), bool(count["estimated"]))] if count else []
    facts.append(texts.counted(str(len(area.codes)), texts.LEVELS["GM"], texts.LEVELS_PLURAL["GM"]))
    title = plain(area.title)
    name = f'<a href="{address}">{title}</a>' if address else title
    about = f"<p>{plain(area.description)}</p>" if area.description else ""
    return (
        f'<li class="kavelmon-card"><span class="kavelmon-number" aria-hidden="true">{number}</span>'
        f'<div class="kavelmon-outline">{_outline(area)}</div><div><p class="kavelmon-kind">{texts.KINDS[area.kind]}'
        f'</p><h3>{name}</h3>{about}<p class="kavelmon-facts">{plain(" · ".join(facts))}</p></div></li>'
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
        about = f"<p>{plain(book.summary)}</p>" if book.summary else ""
        public = f'<p class="kavelmon-facts">{plain(book.public)}</p>' if book.public else ""
        items.append(f'<li><h3><a href="{book.link}">{plain(book.title)}</a></h3>{about}{public}</li>')
    return f'<ul class="kavelmon-sheets">{"".join(items)}</ul>'


def _domains() -> str:
    items = []
    for domain, title in texts.DOMAINS.items():
        number = sum(bool(figures.editions(item)) for item in declarations.default().in_domain(domain))
        counted = texts.counted(numerals.number(number), "indicator", "indicatoren")
        line = f'<p>{plain(texts.DOMAIN_LINES[domain])}</p><p class="kavelmon-facts">{counted}</p>'
        items.append(f"<li><h3>{plain(title)}</h3>{line}</li>")
    return (
        f'<section class="kavelmon-part"><h2>{texts.START_FOUND}</h2><ul class="kavelmon-domains">{"".join(items)}</ul>'
        f'<p class="kavelmon-about">{plain(texts.START_ABOUT)}</p></section>'
    )


def write(folder: Path, notebooks: Path) -> None:
    """Write the fragments into a template folder, for the notebooks that are in another one."""
    books, counts = workbooks(notebooks), inhabitants()
    for name, text in ((BAR, bar(books)), (PAGE, page(books, counts)), (FOOT, foot(counts))):
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    try:
        write(Path(sys.argv[1]), Path(sys.argv[2]))
    except KavelmonError as fault:
        sys.exit(str(fault))
