"""Disclosure control: what of a region's own table may be shown, and whether what is hidden can be found again.

Figures that a publisher has made public under its own control are never touched. For a source with a ``[disclosure]``
table, `protect` hides cells before anything is written, so that everything shown later (page, map, file, API, command
line) is made of what is left; `audit` and `check` work on what is shown only, as somebody does who wants to find the
rest. What is promised, and what is not: `docs/decisions/010-disclosure-control.md`.
"""

from collections.abc import Iterable

import pandas as pd

from kavelmon.declarations import Catalogue
from kavelmon.source_model import Disclosure

HIDDEN = ("value", "numerator", "lower", "upper")


def protect(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Hide the cells of guarded sources that could tell of single persons, and those that would give them away.

    Parameters
    ----------
    rows
        Observations (`kavelmon.store.COLUMNS`) with their denominators, of any sources; all rows of a source together,
        since a total that is not there cannot be seen to give a part away.

    Returns
    -------
    pandas.DataFrame
        The same rows in the same order; a hidden one has no value, numerator and margins, and the status
        ``suppressed``. Its denominator stays: it is a public count. The very same frame when nothing is guarded.

    Raises
    ------
    KavelmonError
        When a source does not say what its thresholds need: whose answers they count, which ages add up.
    """
    sources = guarded(catalogue.sources, catalogue)
    if not sources or not rows["source"].isin(list(sources)).any():
        return rows
    from kavelmon.privacy import suppress  # scipy: only who has such a source waits for it

    return suppress.protect(rows, catalogue)


def guarded(sources: Iterable[str], catalogue: Catalogue) -> dict[str, Disclosure]:
    """Return the thresholds of the sources that have them, by id."""
    declared = {s: catalogue.source(s).disclosure for s in sources}
    return {s: d for s, d in declared.items() if isinstance(d, Disclosure)}


def audit(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return what can be deduced of each hidden cell from the shown ones.

    Parameters
    ----------
    rows
        Observations as they are published.

    Returns
    -------
    pandas.DataFrame
        One row per hidden cell of a guarded source: its key, `lower` and `upper` (the numerators, or counts, that are
        possible), `exact` (whether the equations alone have one answer) and `exposed` (whether that is too much).
    """
    from kavelmon.privacy import deduce

    return deduce.audit(rows, catalogue)


def check(rows: pd.DataFrame, catalogue: Catalogue, totals: pd.DataFrame) -> pd.DataFrame:
    """Return the hidden cells that are exposed once the totals of some areas are known beside the shown cells.

    An area's figure that kavelmon makes is a sum of shown cells and exposes nothing. This is for a total that comes
    from elsewhere: a region's own count of an area that overlaps with others.

    Parameters
    ----------
    rows
        Observations as they are published.
    totals
        Columns indicator, source, period, age, codes (a collection of region codes) and numerator (persons, or the
        count).

    Returns
    -------
    pandas.DataFrame
        As of `audit`, only what is exposed; empty when the totals can be published.

    Raises
    ------
    NotFoundError
        A code that the source has no row of.
    """
    from kavelmon.privacy import deduce

    found = deduce.audit(rows, catalogue, totals)
    return found[found["exposed"]].reset_index(drop=True)
