"""How much the regions weigh of which a source has no figure: their denominators, from wherever they are known."""

from collections.abc import Collection
from functools import lru_cache

import numpy as np

from kavelmon import cells, declarations, store
from kavelmon.cells import Cells
from kavelmon.model import Edition
from kavelmon.rollup import Weigh


def weighing(edition: Edition, part: Cells) -> Weigh:
    """Return what gives the denominators of gemeenten that a source lacks: of the nearest period, of the same area."""

    def weigh(codes: Collection[str]) -> dict[str, float]:
        if not edition.denominator:
            return {}
        found = {code: _nearest(edition.denominator, code, int(part.period[:4]), part.year) for code in codes}
        return {code: count for code, count in found.items() if count is not None}

    return weigh


def _nearest(denominator: str, code: str, year: int, indeling: int) -> float | None:
    """Return the count of a region in the period nearest to a year in which its code stands for the same area.

    Of a gemeente the area of then; of a wijk or buurt today's, because that is what a composed area lacks.
    """
    gemeente = code.startswith("GM")
    order = {e.source: n for n, e in enumerate(declarations.default().indicator(denominator).edition)}
    best: tuple[tuple[int, int, str], float] | None = None
    for (source, _), periods in cells.load(denominator, (code[:2],)).items():
        for one in periods:
            row = one.at.get(code)
            if row is None or np.isnan(one.value[row]):
                continue
            same = code not in changed(one.year, indeling) if gemeente else store.regions().stands(code, one.year)
            if not same:
                continue
            rank = (abs(int(one.period[:4]) - year), order[source], one.period)
            if best is None or rank < best[0]:
                best = (rank, float(one.value[row]))
    return best[1] if best else None


@lru_cache(maxsize=512)
def changed(year: int, other: int) -> frozenset[str]:
    """Return the gemeente codes that do not stand for the same area in two indelingen; as `Regions.changed`, kept."""
    return store.regions().changed(year, other)
