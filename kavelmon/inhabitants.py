"""How many people live in gemeenten, wijken and buurten: one count for all of them, of one source and period."""

from collections.abc import Collection
from functools import cache

import pandas as pd

from kavelmon import declarations, store
from kavelmon.model import KavelmonError
from kavelmon.regions import level_of

INDICATOR = "inwoners"


def of_codes(codes: Collection[str], year: int = 0) -> dict[str, float]:
    """Return the inhabitants of gemeenten, wijken or buurten on 1 January.

    Parameters
    ----------
    year
        The indeling that the codes are of, and the period of the count; 0: the newest count that knows every code.

    Returns
    -------
    dict
        By code; all of one source and period, so that parts and wholes add up.

    Raises
    ------
    KavelmonError
        When no count knows every code.
    """
    wanted, levels = frozenset(codes), frozenset(map(level_of, codes))
    counts = [(key, known) for key, known in _counts(levels) if not year or key == (year, year)]
    for _, known in counts:
        if wanted <= known.keys():
            return {code: known[code] for code in sorted(wanted)}
    if not wanted:
        return {}
    lacking = min((sorted(wanted - known.keys()) for _, known in counts), key=len, default=sorted(wanted))
    raise KavelmonError(
        f"no count of inhabitants{f' of {year}' if year else ''} knows {len(lacking)} of {len(wanted)} regions "
        f"({', '.join(lacking[:3])}); add a source of {INDICATOR} that does, or leave them out"
    )


def known_of(codes: Collection[str], year: int) -> dict[str, float]:
    """Return the inhabitants of regions in the indeling of `year`, as far as any count knows them.

    That is the count of that year; else, for a gemeente that did not change in between, the nearest one.
    """
    wanted, levels = frozenset(codes), frozenset(map(level_of, codes))
    found: dict[str, float] = {}
    for (_, indeling), known in sorted(_counts(levels), key=lambda count: abs(count[0][0] - year)):
        changed = store.regions().changed(year, indeling)
        small = indeling != year and levels != {"GM"}
        if not small:
            found = {**{c: known[c] for c in wanted & known.keys() - changed}, **found}
    return found


@cache
def _counts(levels: frozenset[str]) -> list[tuple[tuple[int, int], dict[str, float]]]:
    """Return each count ((period, indeling), inhabitants by code): the newest first, of one period as declared."""
    rows = store.read([INDICATOR], levels=levels) if levels else pd.DataFrame(columns=store.COLUMNS)
    rows = rows[(rows["age"] == "") & rows["value"].notna()]
    order = [e.source for e in declarations.default().indicator(INDICATOR).edition]
    found = []
    for (source, period, year), part in rows.groupby(["source", "period", "region_year"]):
        people = dict(zip(part["region"], part["value"].astype(float), strict=True))
        found.append((-int(str(period)[:4]), order.index(source), (int(str(period)[:4]), int(year)), people))
    return [(key, people) for _, _, key, people in sorted(found, key=lambda one: one[:2])]
