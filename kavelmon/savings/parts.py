"""The cost of an area in parts: per care group, each with a norm of its own, and per law, as far as anything is known.

Only of the Zvw is cost published per gemeente. Of the Wmo and the Jeugdwet there are counts of people; what one of them
costs is nobody's published figure, so that it is given by whoever asks, with its source, and the amount is an estimate.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from kavelmon import declarations, figures
from kavelmon import savings_texts as texts
from kavelmon.model import Area, KavelmonError, NotAggregable, NotFoundError
from kavelmon.savings import panel
from kavelmon.savings.run import estimate
from kavelmon.sources.vektis import GROUPS

COUNTS = {"Wmo": "wmo_clienten", "Jeugdwet": "jeugdzorg"}  # indicators that count who uses something under a law
LAWS = ("Zvw", "Wlz", *COUNTS)
GROUP_COLUMNS = ["group", "title", "pre", "year", "expected_eur", "actual_eur", "difference_eur", "share", "p", "kind"]
LAW_COLUMNS = ["law", "basis", "year", "people", "unit_cost_eur", "cost_eur", "note", "source"]


def by_group(area: str | Area | Iterable[str], reference: str = "NL", **asked: Any) -> pd.DataFrame:
    """Return what every care group cost less than expected by its own norm; the amounts do not add up to all care.

    A group that was booked otherwise within the period before the start, or since, has no row.

    Parameters
    ----------
    area, reference
        As of `kavelmon.savings.estimate`.
    asked
        ``start``, ``msr`` and ``rules``, as there.

    Returns
    -------
    pandas.DataFrame
        `GROUP_COLUMNS`; euros, and shares of the expected cost. `kind` is that of the verdict.

    Raises
    ------
    NotFoundError
        Without the cells of Vektis in the user's own store.
    """
    known = panel.found(area)
    panel.panel(reference, next(iter(GROUPS)))  # says what to do without cells
    rows = []
    for group in sorted(GROUPS):
        try:
            found = estimate(known, reference=reference, group=group, **asked)
        except KavelmonError:  # no cost in some year, or no period without a break: there is nothing to say of it
            continue
        since = any(found.pre[1] < year <= found.year for year in panel.panel(reference, group).breaks)
        if found.verdict.kind != "early" and not since:
            # what is shown here is an amount, and not one per person
            title = declarations.default().indicator(f"zvw_kosten_{group}").title.partition(" per ")[0]
            amounts = (found.expected_eur, found.actual_eur, found.difference_eur, found.share, found.p)
            rows.append((group, title, found.pre, found.year, *amounts, found.verdict.kind))
    return pd.DataFrame(rows, columns=GROUP_COLUMNS)


def by_law(area: str | Area | Iterable[str], unit_costs: Mapping[str, tuple[float, str]] | None = None) -> pd.DataFrame:
    """Return what is known of cost under each law.

    Parameters
    ----------
    area
        As of `kavelmon.savings.estimate`.
    unit_costs
        By law (``Wmo``, ``Jeugdwet``): euros per person and year, and where that number comes from.

    Returns
    -------
    pandas.DataFrame
        `LAW_COLUMNS`, a row per law. `basis` is ``measured`` (cost as published), ``counted`` (people are counted; cost
        only with a unit cost, and then an estimate) or ``missing``; `note` is the Dutch sentence that says so.

    Raises
    ------
    NotFoundError
        A unit cost of a law of which nobody is counted.
    KavelmonError
        A unit cost below zero, or without a source.
    """
    given = dict(unit_costs or {})
    for law, (amount, source) in given.items():
        if law not in COUNTS:
            raise NotFoundError(f'unit cost of "{law}": nobody is counted under it; use {" or ".join(COUNTS)}')
        if not amount >= 0 or not source.strip():
            raise KavelmonError(
                f"unit cost of {law} = {amount}, source {source!r}; give euros per person and year, not below 0, and "
                "say where the number comes from"
            )
    known = panel.found(area)
    rows = [_measured(known)]
    rows += [("Wlz", "missing", None, None, None, None, texts.LAW_MISSING["Wlz"], "")]
    rows += [_counted(known, law, given.get(law)) for law in COUNTS]
    return pd.DataFrame(rows, columns=LAW_COLUMNS)


def _measured(area: Area) -> tuple:
    held = panel.panel()
    costs = panel.of_area(area, held)
    note = texts.LAW_APPROXIMATE if costs.approximate else texts.LAW_MEASURED
    source = declarations.default().source(panel.SOURCE)
    named = f"{source.publisher}, {source.title}"
    return ("Zvw", "measured", str(held.years[-1]), None, None, float(costs.actual[-1]), note, named)


def _counted(area: Area, law: str, unit: tuple[float, str] | None) -> tuple:
    try:
        found = figures.value(COUNTS[law], area)
    except (NotAggregable, NotFoundError):
        found = {}
    people = found.get("numerator")
    if not people:
        return (law, "missing", None, None, None, None, texts.LAW_MISSING[law], "")
    note = " ".join([texts.LAW_COUNTED[law], *([found["estimated"]] if found["estimated"] else [])])
    amount, said = unit if unit else (None, "")
    cost = None if amount is None else people * amount
    if unit:
        note = f"{note} {texts.LAW_ESTIMATED}"
    source = "; ".join([found["source"], *([said] if said else [])])
    return (law, "counted", found["period"], float(people), amount, cost, note, source)
