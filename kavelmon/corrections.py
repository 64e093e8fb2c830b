"""Known errors of sources: a wrong figure is replaced, or left out, as long as the source still holds it."""

from collections import ChainMap
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import replace
from typing import cast

import numpy as np

from kavelmon.model import Correction, SourceError
from kavelmon.sources.tables import TAKEN_OUT, Wide
from kavelmon.sources.wide import Columns


def applied(corrections: Iterable[Correction], wide: Wide, say: Callable[[str], None]) -> Wide:
    """Return the figures of one source without its known errors.

    Parameters
    ----------
    say
        Called with a sentence when a publisher mended an error: then nothing is changed, and the correction can go.

    Raises
    ------
    SourceError
        The source holds neither the error nor what is right: somebody has to look.
    """
    figures: dict[str, np.ndarray] = {}  # the topics in which something is corrected, whole
    reasons: dict[str, np.ndarray] = {}
    for correction in corrections:
        mended = []
        for cell in correction.cell:
            row = wide.row_of(cell.region, cell.period, cell.age)
            if row is None or cell.topic not in wide.value:
                continue  # this file or period was not brought
            column = _over(figures, wide.value)[cell.topic]
            found, right = float(column[row]), np.nan if cell.use is None else cell.use
            if np.isclose(found, cell.expect, rtol=1e-9, atol=0):
                figures.setdefault(cell.topic, column.copy())[row] = right
                if cell.use is None:
                    told = _over(reasons, wide.reasons).get(cell.topic, np.zeros(len(column), dtype=np.int8))
                    reasons.setdefault(cell.topic, told.copy())[row] = TAKEN_OUT
            elif (np.isnan(found) and cell.use is None) or np.isclose(found, right, rtol=1e-9, atol=0):
                mended.append(cell)
            else:
                raise SourceError(
                    f"corrections/{correction.id}.toml: {cell.topic} of {cell.region} in {cell.period} is {found:g}; "
                    f"expected the error {cell.expect:g} or, once it is mended, {right:g}; look what the publisher "
                    "changed, and mend or delete the correction"
                )
        if mended:
            say(
                f"corrections/{correction.id}.toml: the publisher mended {len(mended)} of {len(correction.cell)} "
                "figures; delete the correction"
            )
    return replace(wide, value=_over(figures, wide.value), reasons=_over(reasons, wide.reasons))


def _over(some: dict[str, np.ndarray], others: Columns) -> Columns:
    """Put columns in place of others; those are not read for it."""
    return ChainMap(some, cast(MutableMapping[str, np.ndarray], others)) if some else others
