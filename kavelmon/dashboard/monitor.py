"""The kavelmonitor: one area, four domains, next to the Netherlands."""

import logging
from collections.abc import Callable, Iterable, Mapping

import ipywidgets as widgets

from kavelmon import charts, declarations, figures, numerals, texts
from kavelmon.dashboard import state
from kavelmon.model import Area
from kavelmon.texts import escape
from kavelmon.vega import VegaView

_log = logging.getLogger(__name__)


class Kavelmonitor:
    """The widgets of the page and what a choice changes; `page` is what the notebook shows."""

    def __init__(self, area: str = "") -> None:
        areas = state.areas()
        first = area or next(iter(areas))
        self.area = _dropdown("Gebied", areas, first)
        self.domain = _dropdown("Domein", texts.DOMAINS, next(iter(texts.DOMAINS)))
        self.indicator = _dropdown("Indicator", {})
        self.edition = _dropdown("Uitgave", {})
        self.level = _dropdown("Niveau", {})
        self.period = _dropdown("Jaar", {})
        self.header, self.overview, self.heading = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.map, self.table, self.origin, self.missing = (widgets.HTML() for _ in range(4))
        self.trend = VegaView()
        for name, change in (
            ("area", self._area_changed),
            ("domain", self._domain_changed),
            ("indicator", self._indicator_changed),
            ("edition", self._edition_changed),
            ("level", self._level_changed),
            ("period", self._period_changed),
        ):
            getattr(self, name).observe(self._guarded(change), "value")
        self._quiet = False
        self._guarded(self._area_changed)()
        self.page = widgets.VBox(
            [
                widgets.HBox([self.area, self.domain]).add_class("km-bar"),
                self.header,
                self.overview,
                self.heading,
                widgets.HBox([self.indicator, self.edition, self.level, self.period]).add_class("km-bar"),
                widgets.HBox(
                    [
                        widgets.VBox([self.map]).add_class("km-card"),
                        widgets.VBox([widgets.HTML("<h3>Verloop</h3>"), self.trend]).add_class("km-card"),
                    ]
                ).add_class("km-pair"),
                self.table,
                self.origin,
                self.missing,
            ]
        ).add_class("km-page")

    @property
    def chosen(self) -> Area:
        """The area that is chosen."""
        return declarations.default().area(self.area.value)

    def _guarded(self, change: Callable[[], None]) -> Callable[..., None]:
        """Run a change once, with the choices that it makes itself unheard; what fails is said inside the page."""

        def run(*_: object) -> None:
            if self._quiet:
                return
            self._quiet = True
            try:
                change()
            except Exception:  # a viewer gets a sentence, the log gets the cause
                _log.exception("the page could not show %s", change.__name__)
                self.heading.value = f'<p role="alert" class="km-warn">{escape(texts.PAGE_ERROR)}</p>'
            finally:
                self._quiet = False

        return run

    def _area_changed(self) -> None:
        self.header.value = header(self.chosen)
        self._domain_changed()

    def _domain_changed(self) -> None:
        rows = state.overview(self.domain.value, self.chosen)
        self.overview.value = overview(rows, self.chosen, texts.DOMAINS[self.domain.value])
        self.missing.value = missing(state.missing(self.domain.value))
        self._judged = {row.item.id: row for row in rows if row.comparison.judged}
        _offer(self.indicator, state.indicators(self.domain.value, self.chosen))
        self._indicator_changed()

    def _indicator_changed(self) -> None:
        self._choices = state.choices(self.indicator.value, self.chosen)
        sources = declarations.default().sources
        _offer(
            self.edition,
            {s: f"{sources[s].publisher} {sources[s].table}".strip() for s in self._choices},
            next(iter(self._choices)),
        )
        self._edition_changed()

    def _edition_changed(self) -> None:
        levels = self._choices[self.edition.value]
        small = "WK" if "WK" in levels and self.chosen.codes else "GM"
        _offer(self.level, {lv: texts.LEVELS[lv] for lv in levels}, small)
        self._show_trend()
        self._level_changed(newest=True)

    def _level_changed(self, *, newest: bool = False) -> None:
        periods = self._choices[self.edition.value].get(self.level.value, [])
        _offer(self.period, {p: p for p in periods}, periods[0] if newest and periods else None)
        self._period_changed()

    def _period_changed(self) -> None:
        row = state.detail(self.indicator.value, self.chosen, self.edition.value, self.period.value or "")
        self.heading.value = heading(row, self.chosen, self._judged.get(row.item.id))
        self.origin.value = origin(state.provenance(row))
        units = None
        if self.level.value and self.period.value:
            units = figures.observations(
                row.item.id, self.chosen, level=self.level.value, period=self.period.value, edition=row.source.id
            )
        self.table.value = units_table(row, units, self.level.value)
        self.map.value = units_map(row, units, self.level.value, self.chosen)

    def _show_trend(self) -> None:
        chart = charts.trend_chart(self.indicator.value, self.chosen, edition=self.edition.value)
        self.trend.label = chart.description
        self.trend.spec = chart.to_dict()


def kavelmonitor(area: str = "") -> widgets.VBox:
    """Return the page; `area` is the id of the area to begin with."""
    return Kavelmonitor(area).page


def _dropdown(label: str, options: Mapping[str, str], value: str | None = None) -> widgets.Dropdown:
    box = widgets.Dropdown(description=label, layout=widgets.Layout(width="auto"))
    _offer(box, options, value)
    return box


def _offer(box: widgets.Dropdown, options: Mapping[str, str], value: str | None = None) -> None:
    """Offer other options; what was chosen stays chosen when it is among them, unless another value is asked for."""
    kept = value or box.value
    box.options = [(text, key) for key, text in options.items()]
    box.value = kept if kept in options else next(iter(options), None)
    box.disabled = len(options) < 2


def header(area: Area) -> str:
    """Return name, kind, inhabitants and members of an area."""
    found = figures.value("inwoners", area)
    people = f"{numerals.number(found['value'])} inwoners ({found['period']})" if found["value"] else ""
    names = ", ".join(sorted(figures.store.regions().name(c) for c in area.codes))
    count = f"{len(area.codes)} gemeenten" if len(area.codes) > 1 else ""
    start = f"start {area.start:%Y}" if area.start else ""
    facts = " · ".join(filter(None, [area.kind, people, count, start]))
    lines = [f"<h1>{escape(area.title)}</h1>", f"<p class='km-facts'>{escape(facts)}</p>"]
    lines += [f"<p>{escape(names)}.</p>"] if len(area.codes) > 1 else []
    return "".join([*lines, f"<p>{escape(area.description)}</p>"])


def overview(rows: Iterable[state.Row], area: Area, domain: str) -> str:
    """Return the table of a domain: each indicator next to the Netherlands, by theme."""
    titles = ("Indicator", area.title, "Nederland", "Vergelijking", "Jaar", "Bron")
    body, theme = [], ""
    for row in rows:
        if row.item.theme != theme:
            theme = row.item.theme
            named = escape(theme[:1].upper() + theme[1:])
            body.append(f"<tr class='km-theme'><th scope='rowgroup' colspan='6'>{named}</th></tr>")
        body.append(_overview_row(row, titles))
    head = "".join(f"<th scope='col'>{escape(t)}</th>" for t in titles)
    return (
        f"<h2>{escape(domain)}</h2><p>{escape(texts.OVERVIEW)}</p><div class='km-scroll' tabindex='0' role='region' "
        f"aria-label='{escape(domain)}, overzicht'><table class='km-table km-overview'><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _overview_row(row: state.Row, titles: tuple[str, ...]) -> str:
    word = row.comparison.word
    symbol = f"<span aria-hidden='true' class='km-{word}'>{texts.SYMBOLS[word]}</span>"
    margins = f" <small>({escape(row.margins)})</small>" if row.margins else ""
    edition = f"{row.source.publisher}, {texts.METHODS[row.source.method]}"
    cells = (
        f"<b>{escape(row.value)}</b>{margins}",
        escape(row.reference),
        f"{symbol} {escape(texts.WORDS[word])}",
        escape(row.period),
        f"{escape(edition)}{''.join(f' <small class=km-tag>{escape(t)}</small>' for t in row.tags)}",
    )
    kinds = ("km-number", "km-number", "km-word", "", "km-source")
    tds = "".join(
        f"<td class='{kind}' data-label='{escape(title)}'>{cell}</td>"
        for kind, title, cell in zip(kinds, titles[1:], cells, strict=True)
    )
    unit = _unit(row.item.unit)
    added = f" <small>{escape(unit)}</small>" if unit not in row.item.title else ""
    return f"<tr><th scope='row'>{escape(row.item.title)}{added}</th>{tds}</tr>"


def _unit(unit: str) -> str:
    """Return what a unit adds to the figure, which has its own %, € or km sign."""
    return unit.removeprefix("%").removeprefix("euro").removeprefix("km ").strip()


def heading(row: state.Row, area: Area, judged: state.Row | None) -> str:
    """Return the title of the chosen indicator with its figure in a sentence, and the edition that is judged."""
    said = [_sentence(row, area)]
    if judged and judged.source.id != row.source.id:
        said.append(f"{texts.WITH_MARGINS} {_sentence(judged, area)}")
    lines = "".join(f"<p>{escape(text)}</p>" for text in said)
    remarks = "".join(f"<p class='km-warn'>{escape(r)}</p>" for r in row.remarks if row.value != texts.NO_VALUE)
    return f"<h2 class='km-select'>{escape(row.item.title)}</h2>{lines}{remarks}"


def _sentence(row: state.Row, area: Area) -> str:
    unit = f" {_unit(row.item.unit)}" if _unit(row.item.unit) else ""
    named = f" ({row.source.publisher} {row.source.table}, {row.period})".replace(" ,", ",")
    if area.kind == "land":
        return f"Nederland: {row.reference}{unit}{named}."
    if row.value == texts.NO_VALUE:
        return f"{area.title}: geen cijfer{named}. {' '.join(row.remarks)} Nederland: {row.reference}."
    margins = f", marge {row.margins}" if row.margins else ""
    word = texts.WORDS[row.comparison.word]
    last = f" Vergelijking: {word}{'' if row.comparison.judged else '; de bron geeft geen marges'}."
    return f"{area.title}: {row.value}{unit}{margins}{named}. Nederland: {row.reference}.{last}"


def units_table(row: state.Row, units, level: str) -> str:
    """Return the figures of the gemeenten, wijken or buurten as a table, highest first."""
    if units is None or units.empty:
        return f"<p>{escape(texts.NO_DATA)}</p>"
    ordered = units.sort_values("value", ascending=False, na_position="last")
    cells = []
    for one in ordered.itertuples():
        shown = numerals.with_unit(one.value, row.item.unit, row.item.decimals)
        estimated = texts.estimated(one.estimated) if one.estimated else ""
        remark = one.note or texts.STATUSES.get(one.status, "") or estimated
        cells.append(
            f"<tr><th scope='row'>{escape(one.region_name)}</th><td class='km-number'>{escape(shown)}</td>"
            f"<td><small>{escape(remark)}</small></td></tr>"
        )
    title = f"Toon als tabel: {len(units)} {texts.LEVELS_PLURAL[level] if len(units) > 1 else texts.LEVELS[level]}"
    head = "".join(
        f"<th scope='col'>{escape(t)}</th>" for t in ("Naam", _unit(row.item.unit) or "procent", "Opmerking")
    )
    return (
        f"<details><summary>{escape(title)}</summary>"
        f"<div class='km-scroll' tabindex='0' role='region' aria-label='Tabel'><table class='km-table'>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(cells)}</tbody></table></div></details>"
    )


def units_map(row: state.Row, units, level: str, area: Area) -> str:
    """Return the map of the gemeenten or wijken; a sentence where there is none."""
    title = f"<h3>Per {texts.LEVELS.get(level, 'gemeente')}, {escape(row.period)}</h3>"
    if units is None or units.empty:
        return f"{title}<p>{escape(texts.NO_DATA)}</p>"
    if level == "BU":
        return f"{title}<p>{escape(texts.NO_SHAPES)}</p>"
    from kavelmon import maps

    drawn = maps.of_figures(row.item, units)
    note = f"<p><small>{escape(texts.MODEL)}</small></p>" if row.source.method == "model" else ""
    absent = maps.without_shape(units)
    said = f"<p><small>{escape(absent)}</small></p>" if absent else ""
    return f"{title}{maps.html(drawn)}{note}{said}"


def origin(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the fold-out that says where a figure comes from."""
    body = "".join(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in pairs)
    return f"<details open class='km-origin'><summary>Waar komt dit vandaan?</summary><dl>{body}</dl></details>"


def missing(found: Iterable[tuple[str, str]]) -> str:
    """Return the list of what the mission names and these files lack."""
    body = "".join(f"<li>{escape(title)}: {escape(note)}</li>" for title, note in found)
    if not body:
        return ""
    return f"<details><summary>Wat we hier nog niet kunnen laten zien</summary><ul>{body}</ul></details>"
