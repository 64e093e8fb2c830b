"""The document of a page: all that the kavelmonitor of one area shows, as data that a browser needs no kernel for.

It has two parts. `core` holds the area next to the Netherlands for every indicator, edition and period; `units` holds
the gemeenten, wijken and buurten with their shapes. Figures are rounded as they are shown, so that page, picture and
CSV cannot differ in the last digit.
"""

import math
from collections.abc import Sequence

import pandas as pd

from kavelmon import (
    declarations,
    figures,
    method_texts,
    numerals,
    page_texts,
    store,
    texts,
)
from kavelmon.analysis.compare import chosen, records, with_other
from kavelmon.dashboard import findings, heading, interventions, standouts
from kavelmon.dashboard.collect import Collected, edition_of, items
from kavelmon.dashboard.findings import firm_up
from kavelmon.dashboard.sentences import Sentences, numbers, remarks, rounded
from kavelmon.dashboard.shapes import Layers
from kavelmon.dashboard.units import Lists, levels_of
from kavelmon.model import COUNTRY, Area, Edition, Indicator
from kavelmon.source_model import Source
from kavelmon.stats.compare import compare
from kavelmon.stats.multiple import p_of_difference

PEERS = "vergelijkbaar"  # what stands for the gemeenten that are most like the area
_PEOPLE = ("inwoners", "huishoudens", "mantelzorgers", "woningen")


def build(area: Area, collected: Collected, areas: Sequence[Area]) -> tuple[dict, dict]:
    """Return the document of one area.

    Parameters
    ----------
    area
        The area of the page; its figures are in `collected`.
    areas
        The areas that can be chosen and compared with.

    Returns
    -------
    core, units : dict
        JSON values only.
    """
    said, layers = Sentences(), Layers(area.codes)
    own = collected.own[area.id]
    alike = collected.peers.get(area.id)
    found = sorted(items(), key=lambda i: (texts.group_rank(i.domain, i.theme), i.title))
    core_items, unit_items, beside, used = [], [], [], set()
    lists, funnels = Lists(layers), findings.Funnels()
    nl = collected.own[COUNTRY.lower()]
    regional = [collected.regional[area.id]] if area.id in collected.regional else []
    compared = [*areas, *(one for one in regional if one.id not in {a.id for a in areas})]
    for item in found:
        editions = figures.editions(item)
        used |= {e.source for e in editions}
        core_items.append(
            {
                "id": item.id,
                "title": item.title,
                "domain": item.domain,
                "group": texts.group_of(item.domain, item.theme)[0],
                "unit": numerals.added_unit(item.unit),
                "sign": numerals.sign_of(item.unit),
                "decimals": item.decimals,
                "better": item.better,
                "sum": item.rollup == "sum",
                "apart": _apart(item),
                "why": item.why,
                "pick": chosen(item, own),
                "editions": [_edition(item, e, area, collected, compared, said) for e in editions],
            }
        )
        unit_items.append([levels_of(item, e, area, collected, lists, said) for e in editions])
        keys = [(item.id, e.source) for e in editions]
        beside.append(
            [
                {
                    "peers": _series(item, e, area, collected),
                    "funnel": funnels.of(item, e, collected.country["GM"].get(key), own[key], nl[key]),
                }
                for e, key in zip(editions, keys, strict=True)
            ]
            if alike is not None
            else []
        )
    sources = {name: heading.source_of(declarations.default().source(name)) for name in sorted(used)}
    geo = layers.packed()
    sites = interventions.of(area, layers)
    core = {
        "area": heading.described(area, lists),
        "kernset": [name for name in area.kernset if name in {i["id"] for i in core_items}],
        "domains": heading.domains(core_items),
        "sources": sources,
        "items": core_items,
        "regional": [[one.id, one.title] for one in regional],
        "events": sorted(heading.events(area, areas) + interventions.events(sites), key=lambda mark: mark["year"]),
    }
    firm_up(core_items)
    core["peers"] = [] if alike is None else _peers(alike)
    core["standouts"] = standouts.of(core_items, sources)
    core["said"] = said.all
    units = {"lists": lists.all, "geo": geo, "items": unit_items, "beside": beside, "gemeenten": funnels.lists}
    units["sites"] = sites
    return core, units


def _edition(
    item: Indicator, edition: Edition, area: Area, collected: Collected, areas: Sequence[Area], said: Sentences
) -> dict:
    key = (item.id, edition.source)
    own = collected.own[area.id][key]
    nl = collected.own[COUNTRY.lower()][key].set_index("period")
    source = declarations.default().source(edition.source)
    periods = own["period"].tolist()
    out: dict = {"source": edition.source, "periods": periods, "years": own["region_year"].astype(int).tolist()}
    out["value"], out["lower"], out["upper"] = (rounded(own[c], item.decimals) for c in ("value", "lower", "upper"))
    reference, rows = nl.reindex(periods), records(own)
    out["nl"] = rounded(reference["value"], item.decimals)
    if then := _then(item, collected.then.get(area.id, {}).get(key), out["value"], periods):
        out["then"] = then
    out["nlSaid"] = [numbers(said, _country_remarks(row)) for row in records(reference)]
    out["people"] = [said.number(people) if people else None for people in _people(item, edition, own)]
    words, differs, thresholds, chances = [], [], [], []
    comparable = area.kind != "land" and not _apart(item)
    for row, other in zip(rows, reference["value"], strict=True):
        threshold = item.threshold(other)
        against = other if comparable else math.nan
        result = compare(row["value"], row["lower"], row["upper"], against, better=item.better, threshold=threshold)
        words.append(result.word)
        differs.append(int(result.judged))
        thresholds.append(None if math.isnan(threshold) else round(threshold, item.decimals + 2))
        p = p_of_difference(row["value"], against, row["lower"], row["upper"]) if result.judged else math.nan
        chances.append(None if math.isnan(p) else float(f"{p:.3g}"))
    out |= {"word": words, "judged": differs, "p": chances, "threshold": thresholds, "comparable": comparable}
    silent = (own["value"].isna() & reference["status"].eq("not_asked").to_numpy()).tolist()
    out["status"] = ["not_asked" if s else one for s, one in zip(silent, own["status"], strict=True)]
    out["said"] = [
        numbers(said, [texts.not_asked(row["period"], source.method)] if s else remarks(row))
        for s, row in zip(silent, rows, strict=True)
    ]
    newer_one = newer(item, source)
    out["older"] = [said.number(texts.older(p, newer_one)) for p in periods]
    found = collected.spread(item, edition.source)
    out["spread"] = [] if _apart(item) else [found.get(p) for p in periods]
    out["breaks"] = [[b.year, said.number(b.text)] for b in item.breaks_of(edition)]
    out["others"] = {
        a.id: rounded(collected.own[a.id][key].set_index("period")["value"].reindex(periods), item.decimals)
        for a in areas
        if a.id != area.id and a.kind != "land"
    }
    if area.codes:
        others = {a: collected.own[a][key] for a in out["others"]}
        if area.id in collected.alike:
            alike = others[PEERS] = collected.alike[area.id][key]
            out["others"][PEERS] = rounded(alike.set_index("period")["value"].reindex(periods), item.decimals)
        out["against"] = {
            name: [[word, int(judged)] for word, judged in with_other(item, own, other)]
            for name, other in others.items()
        }
    else:
        out["against"] = {}
    number = said.number
    out["since"] = findings.since(item, edition, own, number)
    out["trend"] = findings.trend(item, edition, own, nl.reset_index(), number)
    counted = edition.denominator and declarations.default().indicator(edition.denominator).unit != "euro"
    out["n"] = [None if math.isnan(n) or not counted else round(n) for n in own["denominator"]]
    out["sample"] = findings.sample(item, own, number)
    out["aged"] = findings.aged(item, collected.aged.get(area.id, {}).get(key), periods, number)
    wijken = collected.inside(area, "WK", key) if area.codes else None
    found = findings.unequal(item, edition, own, wijken, collected.orders, number)
    out["unequal"] = [found.get(p, []) for p in periods]
    out["origin"] = _origin(item, edition, source, own, said, whole=area.kind == "land")
    return out


def _then(item: Indicator, found: pd.DataFrame | None, now: list, periods: list[str]) -> list:
    """Return the figures of the area as it was in each year; nothing where they are those of today's area."""
    if found is None:
        return []
    values = rounded(found.set_index("period")["value"].reindex(periods), item.decimals)
    return values if values != now else []


def _apart(item: Indicator) -> str:
    """Return why an area is not compared with the country; empty when it is."""
    return item.incomparable or (page_texts.PAGE["countOnly"] if item.rollup == "sum" else "")


def _peers(alike: pd.DataFrame) -> list[list]:
    """Return the peers of an area: code, name and distance, nearest first."""
    return [[row.region, row.region_name, round(row.distance, 2)] for row in alike.itertuples()]


def _series(item: Indicator, edition: Edition, area: Area, collected: Collected) -> dict[str, list]:
    """Return the figures of each peer, by period of the area's own series."""
    key = (item.id, edition.source)
    frame = collected.units["GM"].get(key)
    if frame is None or item.rollup == "sum":
        return {}
    periods = collected.own[area.id][key]["period"].tolist()
    wanted = set(collected.peers[area.id]["region"])
    by_code: dict[str, dict[str, float]] = {}
    for code, period, value in zip(frame["region"], frame["period"], frame["value"], strict=True):
        if code in wanted:
            by_code.setdefault(code, {})[period] = value
    rows = {code: pd.Series([known.get(p, math.nan) for p in periods]) for code, known in sorted(by_code.items())}
    return {code: rounded(values, item.decimals) for code, values in rows.items()}


def _country_remarks(row: dict) -> list[str]:
    return [texts.estimated(row["estimated"])] if pd.notna(row["value"]) and row["estimated"] else []


def _people(item: Indicator, edition: Edition, own: pd.DataFrame) -> list[str]:
    """Return how many people a percentage stands for, in words; empty where a percentage is not of people."""
    catalogue = declarations.default()
    noun = catalogue.indicator(edition.denominator).unit if edition.denominator else ""
    if not item.unit.startswith("%") or item.rollup != "mean" or noun not in _PEOPLE:
        return [""] * len(own)
    return [
        texts.people(numerals.about(n), noun) if v == v else ""
        for n, v in zip(own["numerator"], own["value"], strict=True)
    ]


def newer(item: Indicator, source: Source) -> str:
    """Name the newer edition of a figure: one that is here, else the one that its publisher has."""
    own = _last_period(edition_of(item, source.id))
    later = [(p, e) for e in figures.editions(item) if (p := _last_period(e)) > own]
    if later:
        period, edition = max(later, key=lambda pair: pair[0])
        other = declarations.default().source(edition.source)
        return f"{f'{other.publisher} {other.table}'.strip()} ({period}, hier te kiezen)"
    return source.newer


def _last_period(edition: Edition) -> str:
    held = store.held().get(edition.source, {"periods": []})["periods"]
    return max((p for p in held if not edition.periods or p in edition.periods), default="")


def _origin(
    item: Indicator, edition: Edition, source: Source, own: pd.DataFrame, said: Sentences, *, whole: bool
) -> dict:
    """Return the parts of "Waar komt dit vandaan?" that hold for an edition as a whole, by number of sentence."""
    catalogue = declarations.default()
    denominator = catalogue.indicator(edition.denominator).title if edition.denominator else ""
    formula = (edition.value or f"{edition.numerator} gedeeld door {denominator}").replace("`", "")
    methods = {m for m in own["method"] if m}
    margins = [method_texts.MARGINS[m] for m in sorted(methods) if m in method_texts.MARGINS]
    computed = item.rollup_reason if item.rollup == "none" else texts.computed(item.rollup, denominator)
    computed = texts.OF_COUNTRY if whole else computed
    parts = {
        "formula": formula,
        "computed": computed,
        "judged": texts.JUDGED if methods else texts.NO_MARGINS,
        "interval": f"{'; '.join(margins)}." if margins else "",
        "people": denominator,
        "notes": " ".join([*source.notes, *edition.notes]).strip(),
    }
    return {name: said.number(text) for name, text in parts.items() if text}
