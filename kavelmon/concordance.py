"""From one indeling to another: which gemeenten and wijken went where, and figures that go along.

Mergers are exact for sums; of a split gemeente the inhabitants that moved say how much goes where, and that is marked.
What was merged is never taken apart again.
"""

import datetime as dt
from collections.abc import Collection
from functools import cache

import numpy as np
import pandas as pd

from kavelmon import declarations, store
from kavelmon.declarations import near
from kavelmon.inhabitants import known_of
from kavelmon.model import KavelmonError, NotAggregable, NotFoundError
from kavelmon.redivided import small_flows
from kavelmon.regions import Step, level_of
from kavelmon.shares import Divided

COLUMNS = ["from_code", "to_code", "share", "inhabitants", "estimated"]
MAX_UNMAPPED = 0.02  # of the inhabitants; more without a figure is a wrong file, not a gap
_KEY = ["indicator", "source", "period", "age"]


def flows(from_year: int, to_year: int, present: Collection[str] | None = None) -> pd.DataFrame:
    """Return to which gemeenten of one indeling those of another one went.

    Parameters
    ----------
    from_year, to_year
        Indelingen, of 1 January. Backwards only gemeenten are there that are the same or were renamed: the others
        cannot be taken out of what they were merged into.
    present
        The codes that the figures of `from_year` hold; they tell whether a merger in the middle of that year counts.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, sorted. `share` (above 0, at most 1) is of the inhabitants of `from_code`, and adds up to 1 for each
        of them; `inhabitants` are how many people that is in `from_year` (NaN where no count is known); `estimated`
        says in Dutch of which division it is a part, empty for a whole gemeente.

    Raises
    ------
    NotFoundError
        A year before the first known indeling.
    """
    regions = store.regions()
    for year in (from_year, to_year):
        regions.gemeenten(year)
    halfway = regions.gemeenten(from_year) - regions.gemeenten(from_year, month_day="12-31")
    return _flows(from_year, to_year, None if present is None else halfway & frozenset(present)).copy()


@cache
def _flows(from_year: int, to_year: int, present: frozenset[str] | None) -> pd.DataFrame:
    early, late = sorted((from_year, to_year))
    moved = _forward(early, late, present if from_year <= to_year else None)
    rows = [(old, new, share, "; ".join(said)) for old, went in moved.items() for new, (share, said) in went.items()]
    found = pd.DataFrame(rows, columns=["from_code", "to_code", "share", "estimated"])
    if from_year > to_year:
        found = found[_same(found)].rename(columns={"from_code": "to_code", "to_code": "from_code"})
    people = found["from_code"].map(known_of(found["from_code"], from_year)).astype(float)
    return found.assign(inhabitants=people * found["share"]).sort_values(COLUMNS[:2], ignore_index=True)[COLUMNS]


def _forward(early: int, late: int, present: frozenset[str] | None) -> dict[str, dict[str, tuple[float, tuple]]]:
    """Return per gemeente of `early` where it went: share, and sentences about divisions, by gemeente of `late`."""
    regions = store.regions()
    start = set(regions.gemeenten(early))
    for step in regions.between(early, early + 1):
        if step.date < f"{early + 1}-01-01" and step not in regions.between(early, early + 1, present):
            start = (start - step.ended) | step.born  # the figures have it already
    moved: dict[str, dict[str, tuple[float, tuple]]] = {code: {code: (1.0, ())} for code in sorted(start)}
    for step in regions.between(early, late, present):
        for went in moved.values():
            for old in [code for code in went if code in step.heirs]:
                share, said = went.pop(old)
                for new, part, text in _parts(old, step):
                    more, before = went.get(new, (0.0, ()))
                    total = share * part + more
                    whole = abs(total - 1) < 1e-12
                    went[new] = (1.0, ()) if whole else (total, (*before, *said, *text))
    return moved


def _parts(old: str, step: Step) -> list[tuple[str, float, tuple[str, ...]]]:
    heirs = step.heirs[old]
    total = sum(people for _, people in heirs)
    found: list[tuple[str, float, tuple[str, ...]]] = []
    for new, people in heirs:
        if people:
            one = Divided(old, store.regions().name(old), dt.date.fromisoformat(step.date), people / total, len(heirs))
            found.append((new, people / total, (one.text.rstrip("."),) if people < total else ()))
    return found


def _same(flow: pd.DataFrame) -> pd.Series:
    """Tell which rows are of a region that is one whole region of the other indeling."""
    alone = ~flow["from_code"].duplicated(keep=False) & ~flow["to_code"].duplicated(keep=False)
    return alone & (flow["share"] == 1.0) & (flow["estimated"] == "")


def convert(
    rows: pd.DataFrame, to_year: int, *, rollup: str = "", per: float = 0.0, codes: Collection[str] = ()
) -> pd.DataFrame:
    """Return observations of gemeenten, wijken or buurten in another indeling.

    Parameters
    ----------
    rows
        Columns as `kavelmon.store.COLUMNS`, of one level and one `region_year`.
    to_year
        The indeling that is wanted, of 1 January.
    rollup, per
        "sum", "mean" (a rate: numerators and denominators move, `per` times their ratio is the value) or "none"; left
        out: as the indicator declares.
    codes
        The regions of `to_year` that are wanted; none: every one.

    Returns
    -------
    pandas.DataFrame
        The columns of `rows`, `region_year` being `to_year`, one row per wanted region for each indicator, source,
        period and age. A region that did not change has its row as it was. Of others the margins are NaN, and the value
        is NaN when that of a part is. `estimated` names every division and overlay behind a figure.

    Raises
    ------
    NotAggregable
        For "none" (medians, ranks, classes), unless no wanted region changed; for a region that would have to be taken
        out of the one that it was merged into.
    KavelmonError
        Rows of several levels or indelingen; when more than `MAX_UNMAPPED` of the inhabitants has no row.
    NotFoundError
        A code that is not in the indeling.
    """
    if rows.empty:
        return rows.assign(region_year=to_year)
    level, year = _one(rows["region"].map(level_of), "level"), int(_one(rows["region_year"], "region_year"))
    flow, wanted, reasons = _asked(rows, level, year, to_year, codes)
    found = []
    for key, part in rows.groupby(_KEY, sort=False):
        twice = part["region"].duplicated()
        if twice.any():
            raise KavelmonError(f"{part.loc[twice, 'region'].iat[0]} stands twice among the rows of {key}; keep one")
        how, times, reason = rollup, per, ""
        if not rollup or (rollup == "mean" and not per):
            item = declarations.default().indicator(str(key[0]))
            how, times, reason = rollup or item.rollup, per or item.per, item.rollup_reason
        if how == "none":
            _unchanged(flow, wanted, reason)
        found.append(_moved(part, flow, wanted, reasons, how, times, to_year))
    return pd.concat(found, ignore_index=True)[[*rows.columns]]


def _one(column: pd.Series, name: str):
    if column.nunique() != 1 or not column.iat[0]:
        raise KavelmonError(
            f"rows of {name} {', '.join(sorted(map(str, column.unique())))}; give rows of one {name} at a time"
        )
    return column.iat[0]


def _asked(rows, level, year, to_year, codes):
    """Return the flow, the wanted codes, and a reason for each wanted code that nothing flows to."""
    regions = store.regions()
    present = frozenset(rows["region"])
    if level == "GM":
        flow, targets = flows(year, to_year, present), regions.gemeenten(to_year)
        sources, reasons = frozenset(regions.valid(year)), {}
        if to_year < year:
            reasons = _merged(year, to_year, set(flow["to_code"]))
    else:
        models = {s for s in rows["source"].unique() if declarations.default().source(s).method == "model"}
        flow, sources, targets, reasons = small_flows(level, year, to_year, overlay=not models)
    for found, known, when in ((present, sources, year), (frozenset(codes), targets, to_year)):
        if wrong := sorted(found - known):
            raise NotFoundError(f'"{wrong[0]}" is not in the indeling of {when}; nearest: {near(wrong[0], known)}')
    wanted = sorted(codes or targets)
    if level == "GM" and (refused := [c for c in wanted if c in reasons]):
        others = f" (and {len(refused) - 1} others)" if len(refused) > 1 else ""
        raise NotAggregable(f"{reasons[refused[0]]}{others}; leave it out of codes")
    flow = flow[flow["to_code"].isin(wanted)]
    _enough(flow, wanted, reasons, present, level, to_year)
    return flow, wanted, reasons


def _merged(year: int, to_year: int, fine: set[str]) -> dict[str, str]:
    """Return why former gemeenten cannot be taken out of today's."""
    forward = flows(to_year, year)
    names = store.regions().name
    found = {}
    for old, part in forward[~forward["from_code"].isin(fine)].groupby("from_code"):
        heirs = [f"{names(c)} ({c})" for c in part["to_code"]]
        how = f"lies in {heirs[0]}, which holds more" if len(heirs) == 1 else f"was divided over {', '.join(heirs)}"
        found[str(old)] = (
            f"{names(str(old))} ({old}) of {to_year} {how} in {year}; what is of it cannot be told from those figures"
        )
    return found


def _enough(flow, wanted, reasons, present, level, to_year):
    """Refuse when too many people live in regions that nothing, or not everything, is known of."""
    lacking = set(flow.loc[~flow["from_code"].isin(present), "to_code"]) | (set(wanted) - set(flow["to_code"]))
    if not lacking:
        return
    people = known_of(wanted, to_year)
    total = sum(people.get(c, np.nan) for c in wanted)
    gone = sum(people.get(c, np.nan) for c in lacking)
    share = gone / total if total else 1.0
    if np.isnan(share):
        share = len(lacking) / len(wanted)
    if share > MAX_UNMAPPED:
        first = min(lacking)
        why = reasons.get(first, f"{first} is made of regions without a row")
        raise KavelmonError(
            f"{share:.1%} of the inhabitants of {to_year} (level {level}, {len(lacking)} of {len(wanted)} regions) "
            f"have no figure to go along; at most {MAX_UNMAPPED:.0%} is allowed. The first: {why}. Complete the rows, "
            "or name in codes the regions that are wanted"
        )


def _unchanged(flow: pd.DataFrame, wanted: list[str], reason: str) -> None:
    changed = sorted(set(wanted) - set(flow.loc[_same(flow), "to_code"]))
    if changed:
        names = store.regions().name
        raise NotAggregable(
            f"{reason or 'A median, rank or class has no sum.'} {names(changed[0])} ({changed[0]}) is not one whole "
            f"region of the other indeling ({len(changed)} such); name in codes those that are"
        )


def _moved(part, flow, wanted, reasons, rollup, per, to_year):
    """Return one group of rows in the other indeling."""
    if rollup == "mean":
        part = store.with_numerators(part, per)
    same = flow[_same(flow)]
    new_code = dict(zip(same["from_code"], same["to_code"], strict=True))
    kept = part[part["region"].isin(list(new_code))]
    kept = kept.assign(region=kept["region"].map(new_code))
    joined = flow[~flow.index.isin(same.index)].merge(part, left_on="from_code", right_on="region", how="left")
    joined["said"] = joined["estimated_x"].where(joined["estimated_x"] != "", np.nan)
    first = part.iloc[0]
    made = []
    for code, rows in joined.groupby("to_code"):
        sums = {c: float((rows[c] * rows["share"]).sum(skipna=False)) for c in ("value", "numerator", "denominator")}
        if rollup == "mean":
            sums["value"] = per * sums["numerator"] / sums["denominator"] if sums["denominator"] else np.nan
        states = [*rows["status"].dropna().unique()] if rows["region"].notna().all() else ["missing"]
        worst = next((s for s in ("suppressed", "not_asked", "missing") if s in states), "missing")
        good = "provisional" if "provisional" in states else "ok"
        said = [*rows["said"].dropna(), *rows["estimated_y"].dropna()]
        made.append(
            {
                **sums,
                "region": code,
                "status": worst if np.isnan(sums["value"]) else good,
                "estimated": "; ".join(dict.fromkeys(filter(None, said))),
            }
        )
    there = {*kept["region"], *(row["region"] for row in made)}
    gaps = [{"region": c, "status": "missing", "estimated": reasons.get(c, "")} for c in wanted if c not in there]
    every = pd.DataFrame([*made, *gaps]).reindex(columns=part.columns.difference(_KEY))
    every = every.assign(**{k: first[k] for k in _KEY}, level=first["level"], method="")
    every = pd.concat([kept, every]) if len(every) else kept
    return every.assign(region_year=to_year).sort_values("region", ignore_index=True)
