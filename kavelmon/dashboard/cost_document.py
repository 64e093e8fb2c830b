"""The document of the page on cost: what care in an area cost, what was expected, and how sure a difference is."""

import logging
import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from kavelmon import areas as areas_
from kavelmon import cost_figures, cost_texts, declarations, savings_texts, store
from kavelmon.dashboard import dividing, heading
from kavelmon.dashboard.collect import ordered
from kavelmon.model import Area, KavelmonError, NotFoundError
from kavelmon.savings import estimate, parts
from kavelmon.savings.course import Course, course
from kavelmon.savings.panel import REFERENCES, SOURCE

LINES = 200  # of the areas in which nothing began, of which a line is drawn
_EXAMPLE = "GM0228"  # Ede: by its level alone it would save every year, whatever happens
_MILLION = 1e6
MOST = 600  # characters of what is said of codes that are wrong
_log = logging.getLogger(__name__)


def areas() -> list[Area]:
    """Return the areas that have a document of their cost before anybody asks: kavels and regions."""
    return ordered(a for a in declarations.default().areas.values() if a.kind in ("kavel", "regio"))


def common(offered: Iterable[Area]) -> dict[str, Any]:
    """Return what the page has for all areas: figures, words, fields of the form, and the sentence of the level."""
    level = estimate(_EXAMPLE, "level")
    regions = store.regions()
    towns = sorted((regions.name(code), code) for code in regions.gemeenten(regions.current_year))
    return {
        "specs": cost_figures.specs(),
        "colours": cost_figures.EURO,
        "texts": {
            **cost_texts.PAGE,
            "costNoCells": savings_texts.NO_CELLS,
            "stateGood": savings_texts.GOOD,
            "stateEdge": savings_texts.EDGE,
        },
        "fields": [[name, group, title, unit] for name, (group, title, unit, *_) in cost_texts.FIELDS.items()],
        "choices": cost_texts.CHOICES,
        "example": dividing.example(),
        "divided": dividing.divide(dividing.example()),
        "areas": [{"id": a.id, "title": a.title, "kind": a.kind} for a in offered],
        "towns": [[code, name] for name, code in towns],
        "first": {"example": level.title, "amount": savings_texts.euros(level.difference_eur)},
        "source": {name: heading.source_of(declarations.default().source(name)) for name in _sources()},
    }


def _sources() -> list[str]:
    """Return the ids of the sources that figures of the page can come from."""
    counts = (declarations.default().indicator(name) for name in parts.COUNTS.values())
    return list(dict.fromkeys([SOURCE, *(edition.source for item in counts for edition in item.edition)]))


def build(area: Area) -> dict[str, Any]:
    """Return what the page shows of the cost of one area, for both references."""
    return {
        "area": {"id": area.id, "title": area.title, "kind": area.kind},
        "of": {reference: _of(area, reference) for reference in REFERENCES},
        "laws": [[_plain(cell) for cell in row] for row in _laws(area)],
    }


def asked(codes: str) -> dict[str, Any] | str:
    """Return what `build` does of an area that a text of codes names, or the sentence (Dutch) that says why not."""
    given = areas_.split(codes)
    if not areas_.declared(given) and (faults := areas_.compose(given).faults):
        named = [remark.dutch for remark in faults if remark.kind != "empty"]
        said = " ".join(named or [remark.dutch for remark in faults])
        return said if len(said) <= MOST else f"{said[:MOST]}…"
    try:
        return build(areas_.find(codes))
    except KavelmonError as error:
        _log.warning("no cost of %s: %s", codes[:200], error)
        return cost_texts.NO_COST


def _laws(area: Area) -> list[tuple[Any, ...]]:
    """Return of each law its name, what is known, year, people, cost, remark and source."""
    table = parts.by_law(area)[["law", "basis", "year", "people", "cost_eur", "note", "source"]]
    return list(table.astype(object).itertuples(index=False, name=None))


def _of(area: Area, reference: str) -> dict[str, Any]:
    found = estimate(area, reference=reference)
    told: dict[str, Any] = {
        "start": found.start,
        "pre": list(found.pre),
        "whatIf": found.notes[0] if found.what_if else "",
        "verdict": found.verdict.title,
        "kind": found.verdict.kind,
        "said": list(found.reasons),
        "checks": [[check.name, check.state, check.text] for check in found.verdict.checks],
        "least": found.least,
        "luck": found.luck,
        "notes": list(found.notes[int(found.what_if) :]),
    }
    if math.isnan(found.expected_eur):  # too early: there is nothing to lay beside
        return told
    run = course(found, area)
    expected, actual = run.since(found.start)
    told |= {
        "years": run.years.tolist(),
        "actual": _rounded(run.actual / _MILLION, 8),  # to the cent
        "expected": _rounded(run.expected / _MILLION, 8),
        "share": _rounded(100 * run.share, 4),
        "how": cost_texts.how(found.theta, found.pre, reference, found.start),
        "sum": {"expected": round(expected), "actual": round(actual), "difference": round(expected - actual)},
    }
    if found.verdict.kind == "approximate":
        return told | {"how": told["how"][:-1]}  # it is laid beside no other area
    if math.isfinite(found.interval90[0]):
        others = [_rounded(100 * row, 1) for row in _some(run.others)]
        told |= {"band": _band(run), "others": others, "number": len(run.others)}
    else:  # too small: there are no areas of its size, so that nothing can be said of chance
        told["how"] = told["how"][:-1]
        found = replace(
            found, **{name: _unjudged(getattr(found, name)) for name in ("by_year", "pre_periods", "methods")}
        )
    return told | {
        "byYear": _table(found.by_year, ["year", "expected_eur", "actual_eur", "difference_eur", "share", "p"]),
        "pre_periods": _table(found.pre_periods, ["first", "last", "saving_eur", "share", "p", "holds", "flagged"]),
        "methods": [
            [savings_texts.METHODS[row[0]], *row[1:]]
            for row in _table(found.methods, ["method", "difference_eur", "share", "p", "payable"])
        ],
        "span": savings_texts.span(*run.span),
        "groups": _groups(area, reference),
    }


def _unjudged(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table without what was found of chance."""
    return frame.assign(**{name: math.nan for name in ("p", "holds") if name in frame.columns})


def _groups(area: Area, reference: str) -> list[list[Any]]:
    """Return of each care group what it differed from its own norm; nothing without the cells for it."""
    try:
        found = parts.by_group(area, reference)
    except NotFoundError:
        return []
    return _table(found, ["title", "pre", "difference_eur", "share", "p"])


def _some(others: np.ndarray) -> np.ndarray:
    """Return as many as are drawn; any of them will do, since they are in no order."""
    return others[:LINES]


def _band(run: Course) -> list[list[float]]:
    """Return the band in which 90 % of the others stay around what was expected, millions of euros."""
    half = run.band() * run.expected
    return [_rounded((run.expected - half) / _MILLION, 3), _rounded((run.expected + half) / _MILLION, 3)]


def _table(frame: pd.DataFrame, columns: list[str]) -> list[list[Any]]:
    rows = frame[columns].itertuples(index=False)
    return [[_plain(cell) for cell in row] for row in rows]


def _plain(cell: Any) -> Any:
    if isinstance(cell, float | np.floating):
        return None if math.isnan(cell) else round(float(cell), 6)
    return cell.item() if isinstance(cell, np.generic) else list(cell) if isinstance(cell, tuple) else cell


def _rounded(values: Iterable[float], decimals: int) -> list[float]:
    return [round(float(v), decimals) for v in values]
