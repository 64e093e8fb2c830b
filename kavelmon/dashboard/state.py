"""What the kavelmonitor shows, without widgets: choices, rows, provenance. Tested without a browser."""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kavelmon import declarations, figures, numerals, store, texts
from kavelmon.model import COUNTRY, Area, Edition, Indicator, Source
from kavelmon.stats.compare import Comparison, compare

OLD_AFTER_YEARS = 3
_WHOLE = 0.995  # coverage that rounds to 100 %
_ORDER = {"kavel": 0, "regio": 1, "eigen": 2, "land": 3}


@dataclass(frozen=True)
class Row:
    """One indicator of one area next to the Netherlands, from one edition and period."""

    item: Indicator
    source: Source
    figure: Mapping
    country: Mapping
    comparison: Comparison

    @property
    def value(self) -> str:
        """The figure with its unit."""
        return numerals.with_unit(_number(self.figure["value"]), self.item.unit, self.item.decimals)

    @property
    def margins(self) -> str:
        """The 95 % margins as ``79,5–81,0``; empty when there are none."""
        lower, upper = _number(self.figure["lower"]), _number(self.figure["upper"])
        if math.isnan(lower) or math.isnan(upper):
            return ""
        return f"{numerals.number(lower, self.item.decimals)}–{numerals.number(upper, self.item.decimals)}"

    @property
    def reference(self) -> str:
        """The figure of the Netherlands with its unit."""
        return numerals.with_unit(_number(self.country["value"]), self.item.unit, self.item.decimals)

    @property
    def remarks(self) -> list[str]:
        """What must be known before reading the figure: provisional, approximated, incomplete, old."""
        # a note says more exactly why there is no figure than the status does
        found = [self.figure["note"] or texts.STATUSES.get(self.figure["status"], "")]
        if self.figure["estimated"]:
            found.append(texts.estimated(self.figure["estimated"]))
        if 0 < _number(self.figure["coverage"]) < _WHOLE:
            found.append(texts.covered(self.figure["coverage"]))
        if self.period and is_old(self.period):
            found.append(texts.older(self.period, newer(self.item, self.source)))
        return [f for f in found if f]

    @property
    def tags(self) -> list[str]:
        """The remarks in a word each, for the overview; the sentences stand with the indicator itself."""
        found = {
            texts.TAG_OLD: bool(self.period) and is_old(self.period),
            texts.TAG_PROVISIONAL: self.figure["status"] == "provisional",
            texts.TAG_ESTIMATED: bool(self.figure["estimated"]),
            texts.TAG_PART: 0 < _number(self.figure["coverage"]) < _WHOLE,
        }
        return [tag for tag, holds in found.items() if holds]

    @property
    def period(self) -> str:
        """Period of the figure."""
        return str(self.figure["period"])


def _number(value: object) -> float:
    return math.nan if value is None else float(value)  # type: ignore[arg-type]


def is_old(period: str) -> bool:
    """Tell whether the last year of a period is more than three years ago."""
    return dt.date.today().year - int(period[-4:]) > OLD_AFTER_YEARS


def newer(item: Indicator, source: Source) -> str:
    """Name the newer edition of a figure: one that is here, else the one that its publisher has."""
    catalogue = declarations.default()
    own = _last_period(item, item.editions(source.id)[0])
    later = [(p, e) for e in figures.editions(item) if (p := _last_period(item, e)) > own]
    if later:
        period, edition = max(later, key=lambda pair: pair[0])
        other = catalogue.source(edition.source)
        return f"{other.publisher} {other.table} ({period}, hier te kiezen)"
    return source.newer


def _last_period(item: Indicator, edition: Edition) -> str:
    held = store.held().get(edition.source, {"periods": []})["periods"]
    asked = [p for p in held if not edition.periods or p in edition.periods]
    return max(asked, default="")


def areas() -> dict[str, str]:
    """Return the title of each declared area by id: kavels first, the country last."""
    found = declarations.default().areas.values()
    ordered = sorted(found, key=lambda a: (_ORDER[a.kind], a.title))
    return {a.id: a.title for a in ordered}


def indicators(domain: str, area: Area) -> dict[str, str]:
    """Return the title of each indicator of a domain that has figures; those that the area chose go first."""
    items = [i for i in declarations.default().in_domain(domain) if figures.editions(i)]
    items.sort(key=lambda i: i.id not in area.kernset)
    return {i.id: i.title for i in items}


def overview(domain: str, area: Area) -> list[Row]:
    """Return a row for each indicator of a domain.

    Where an edition with margins is as new as the default one, that edition is shown and judged; editions are never
    mixed within a row.
    """
    items = [i for i in declarations.default().in_domain(domain) if figures.editions(i)]
    own, nl = {}, {}
    for name, at in _by_edition(items).items():
        own[name] = figures.observations([i.id for i in at], area, edition=name, latest=True)
        same = own[name].groupby("period")["indicator"]
        found = [figures.observations(list(ids), COUNTRY, edition=name, period=str(p)) for p, ids in same]
        nl[name] = pd.concat(found, ignore_index=True)
    rows = []
    for item in items:
        choices = []
        for edition in figures.editions(item):
            frame = own[edition.source]
            frame = frame[frame["indicator"] == item.id]
            if len(frame):
                choices.append((edition, frame.iloc[-1]))
        edition, figure = _judged(choices)
        rows.append(_row(item, edition, figure, nl[edition.source]))
    return rows


def _by_edition(items: list[Indicator]) -> dict[str, list[Indicator]]:
    by_edition: dict[str, list[Indicator]] = {}
    for item in items:
        for edition in figures.editions(item):
            by_edition.setdefault(edition.source, []).append(item)
    return by_edition


def _judged(choices: list[tuple[Edition, pd.Series]]) -> tuple[Edition, pd.Series]:
    """Choose the edition with margins when it is not older than the default one, the first that has a value."""
    with_value = [c for c in choices if pd.notna(c[1]["value"])] or choices
    default = with_value[0]
    for choice in with_value:
        if pd.notna(choice[1]["lower"]) and choice[1]["period"] >= default[1]["period"]:
            return choice
    return default


def _row(item: Indicator, edition: Edition, figure: pd.Series, nl: pd.DataFrame) -> Row:
    same = nl[(nl["indicator"] == item.id) & (nl["period"] == figure["period"])]
    country = same.iloc[0] if len(same) else figure.drop(["value"])
    reference = _number(country.get("value"))
    # the country is not compared with itself, nor the number of sites in an area with that of the country
    comparable = figure["level"] != "NL" and item.rollup != "sum"
    comparison = compare(
        _number(figure["value"]),
        _number(figure["lower"]),
        _number(figure["upper"]),
        reference if comparable else math.nan,
        better=item.better,
        threshold=item.threshold(reference),
    )
    source = declarations.default().source(edition.source)
    return Row(item, source, figure.to_dict(), {"value": math.nan, **country.to_dict()}, comparison)


def detail(indicator: str, area: Area, edition: str, period: str = "") -> Row:
    """Return one indicator of an area from one edition; the latest period when none is given."""
    item = declarations.default().indicator(indicator)
    chosen = item.editions(edition)[0]
    figure = figures.observations(indicator, area, edition=edition, period=period, latest=True).iloc[-1]
    nl = figures.observations(indicator, COUNTRY, edition=edition, period=str(figure["period"]))
    return _row(item, chosen, figure, nl)


def choices(indicator: str, area: Area) -> dict[str, dict[str, list[str]]]:
    """Return, per edition and level, the periods that have a figure inside the area, newest first."""
    item = declarations.default().indicator(indicator)
    found: dict[str, dict[str, list[str]]] = {}
    for edition in figures.editions(item):
        rows = store.read([indicator], sources=[edition.source], levels=["GM", "WK", "BU"])
        rows = rows[rows["value"].notna() & (rows["age"] == figures.default_age(edition))]
        if area.codes and len(rows):
            old = {c for code in area.codes for y in set(rows["region_year"]) for c in _old(code, int(y))}
            inside = rows["region"].str[2:6].isin({c[2:] for c in old})
            rows = rows[inside]
        by_level = {level: sorted(part["period"].unique(), reverse=True) for level, part in rows.groupby("level")}
        found[edition.source] = {level: by_level[level] for level in ("GM", "WK", "BU") if level in by_level}
    return found


def _old(code: str, year: int) -> frozenset[str]:
    return store.regions().predecessors(code, year)[0]


def provenance(row: Row) -> list[tuple[str, str]]:
    """Return what the fold-out "Waar komt dit vandaan?" says: pairs of label and plain text."""
    item, source = row.item, row.source
    edition = item.editions(source.id)[0]
    catalogue = declarations.default()
    others = [catalogue.source(e.source) for e in figures.editions(item) if e.source != source.id]
    denominator = catalogue.indicator(edition.denominator).title if edition.denominator else ""
    formula = (edition.value or f"{edition.numerator} gedeeld door {denominator}").replace("`", "")
    accessed = source.accessed.strftime("%d-%m-%Y") if isinstance(source.accessed, dt.date) else source.accessed
    breaks = {b.year: b.text for b in item.breaks_of(edition)}
    margins = texts.MARGINS.get(str(row.figure["method"]), "")
    pairs = [
        ("Waarom", item.why),
        ("Bron", f"{source.publisher}, {source.title}" + (f", tabel {source.table}" if source.table else "")),
        ("Soort", texts.METHODS[source.method]),
        ("Onderwerp in de bron", formula),
        ("Peiljaar", row.period),
        ("Indeling", f"gemeenten en wijken van {row.figure['region_year']}" if row.figure.get("region_year") else ""),
        ("Berekend", _computed(item, denominator)),
        ("Oordeel", f"{texts.JUDGED} {margins}." if row.comparison.judged else texts.NO_MARGINS),
        ("Let op", " ".join([*source.notes, *edition.notes, texts.breaks(breaks), *row.remarks]).strip()),
        ("Andere uitgaven", "; ".join(f"{s.publisher} {s.table}".strip() for s in others)),
        ("Opgehaald", accessed),
        ("Licentie", source.licence),
    ]
    return [(label, text) for label, text in pairs if text]


def _computed(item: Indicator, denominator: str) -> str:
    if item.rollup == "none":
        return item.rollup_reason
    if item.rollup == "sum":
        return "Som van de delen van het gebied."
    return f"Gemiddelde van de delen van het gebied, gewogen met: {denominator}. De leden van nu, in alle jaren."


def missing(domain: str) -> list[tuple[str, str]]:
    """Return what the mission names in a domain and these files lack: pairs of title and remark."""
    found = [m for m in declarations.default().missing.values() if m.domain == domain]
    return [(m.title, f"{m.note} ({m.publisher}{', ' + m.table if m.table else ''})") for m in found]
