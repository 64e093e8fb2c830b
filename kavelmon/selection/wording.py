"""What the figures of one wijk or gemeente come to, as a short Dutch text."""

import numpy as np

from kavelmon import numerals, selection_texts, store
from kavelmon.selection.result import Selection
from kavelmon.selection.scores import LEAST_GROUPS

_NAMED = 3  # so many figures are named that lift the score, and that pull it down
_LEAST = 0.25  # points; less is hardly anything


def text(selection: Selection, code: str) -> str:
    """Return a text of some six sentences about one unit, each of them made from its figures.

    Parameters
    ----------
    code
        A wijk or gemeente of the selection.

    Raises
    ------
    NotFoundError
        A code that is none.
    """
    at = selection.number(code)
    base, sure = selection.units, selection.certainty
    if np.isnan(selection.rank[at]):
        known = int((~np.isnan(selection.grouped[at]) & (selection.weights > 0)).sum())
        return selection_texts.NO_SCORE.format(known=known, least=LEAST_GROUPS)
    ranked = int((~np.isnan(selection.rank)).sum())
    gemeente = store.regions().name(base.gemeenten[at])
    said = [
        selection_texts.place(
            base.names[at],
            gemeente,
            numerals.number(base.people[at], 0),
            _whole(selection.rank[at]),
            _whole(ranked),
            numerals.number(selection.total[at], 1),
        ),
        selection_texts.sure(
            _whole(sure.low[at]), _whole(sure.high[at]), _whole(sure.draws), _share(sure.top[at]), sure.first
        ),
        _groups(selection, at),
    ]
    rows = selection.of(code)
    rows = rows[rows["contribution"].abs() >= _LEAST]
    up = rows[rows["contribution"] > 0].sort_values("contribution", ascending=False)
    down = rows[rows["contribution"] < 0].sort_values("contribution")
    said += [selection_texts.lifts(_figures(selection, up, at)), selection_texts.sinks(_figures(selection, down, at))]
    missing = [
        c.item.title
        for n, c in enumerate(selection.columns)
        if np.isnan(selection.x[at, n]) and selection.weights[selection.group[n]] > 0
    ]
    if missing:
        low, high = (numerals.number(v[at], 1) for v in (selection.low, selection.high))
        said.append(selection_texts.lacking(missing, low, high))
    moved = np.nanmax(np.abs(selection.without_one[at]))
    said.append(selection_texts.caution(base.people[at], "1 plaats" if moved == 1 else f"{_whole(moved)} plaatsen"))
    return " ".join(said)


def _whole(value: float) -> str:
    return numerals.number(value, 0)


def _share(part: float) -> str:
    """Return a share as a percentage; one that is nearly nothing, or everything, is not called that."""
    if 0 < part < 0.01:
        return "minder dan 1 %"
    if 0.99 < part < 1:
        return "meer dan 99 %"
    return f"{numerals.number(100 * part, 0)} %"


def _groups(selection: Selection, at: int) -> str:
    """Say which groups score highest and lowest."""
    found = [
        (score, group.title)
        for score, group, weight in zip(
            selection.grouped[at], selection.criteria.groups, selection.weights, strict=True
        )
        if not np.isnan(score) and weight > 0
    ]
    found.sort(key=lambda pair: -pair[0])
    named = [f"{title[:1].lower()}{title[1:]} ({numerals.number(score, 0)})" for score, title in found]
    return selection_texts.groups(named[:2], named[-1:])


def _figures(selection: Selection, rows, at: int) -> list[str]:
    by_id = {c.item.id: (n, c) for n, c in enumerate(selection.columns)}
    said = []
    for name in rows["indicator"].head(_NAMED):
        n, c = by_id[name]
        value, national = (
            numerals.with_unit(v, c.item.unit, c.item.decimals) for v in (selection.x[at, n], c.national)
        )
        unit = numerals.added_unit(c.item.unit)
        if not (unit.startswith("verhouding") or c.item.title.lower().startswith(unit.lower())):
            value = f"{value} {unit}".rstrip()
        said.append(selection_texts.measured(c.item.title, value, national, c.inherited))
    return said
