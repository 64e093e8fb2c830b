"""Known errors of sources: a wrong figure is replaced, or left out, as long as the source still holds it."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from kavelmon.model import Correction, SourceError
from kavelmon.sources.tables import TAKEN_OUT, Wide


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
    frame, reasons = wide.frame, None if wide.reasons is None else wide.reasons.copy()
    for correction in corrections:
        mended = []
        for cell in correction.cell:
            key = (cell.region, cell.period, cell.age)
            if key not in frame.index or cell.topic not in frame.columns:
                continue  # this file or period was not brought
            found, right = float(frame.loc[key, cell.topic]), np.nan if cell.use is None else cell.use
            if np.isclose(found, cell.expect, rtol=1e-9, atol=0):
                frame = frame.copy() if frame is wide.frame else frame
                frame.loc[key, cell.topic] = right
                if cell.use is None:
                    reasons = _none(frame) if reasons is None else reasons
                    reasons.loc[key, cell.topic] = TAKEN_OUT
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
    return wide if frame is wide.frame else replace(wide, frame=frame, reasons=reasons)


def _none(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(0, index=frame.index, columns=frame.columns, dtype="int8")
