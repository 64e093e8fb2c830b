"""What care in an area cost, what it would have cost without a Kavelmodel, and what may be said of the difference."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from kavelmon import declarations
from kavelmon import savings_texts as texts
from kavelmon.model import Area, KavelmonError, NotFoundError
from kavelmon.regions import gemeente_of
from kavelmon.savings import luck, methods, others, panel, tables, verdict
from kavelmon.savings.case import Case, Pre
from kavelmon.savings.luck import MSR, Placebos
from kavelmon.savings.others import Rules
from kavelmon.savings.panel import Costs, Panel
from kavelmon.savings.result import Estimate
from kavelmon.savings.verdict import Check, Verdict

LAST_PRE = 2020  # of an area without a start: the year before the first kavel began
AHEAD = 3  # years after the start that what an area could show is told for
_NAN = float("nan")


def estimate(
    area: str | Area | Iterable[str],
    method: str = "own_norm",
    pre: Pre | None = None,
    reference: str = "NL",
    year: int | None = None,
    group: str = "",
    *,
    start: int | None = None,
    msr: float | str = MSR,
    rules: Rules | None = None,
) -> Estimate:
    """Return what care in an area cost less than expected, and what may be said of it.

    Parameters
    ----------
    area
        Id, code of a region, file, codes, or an `Area`.
    method
        ``own_norm`` (the ratio before the start, on which national rates put the trend), ``synthetic`` (a weighted mean
        of gemeenten that ran alike), ``trend`` (its own trend; a check) or ``level`` (the national norm; context).
    pre
        First and last year before the start; default: 2015 to the year before the start, and 2015 to 2020 for an area
        without one.
    reference
        National rates by age and sex: ``NL``, or ``others`` for the country without the declared kavels.
    year
        Default: the last one with figures.
    group
        A care group, as ``msz``; empty for all care. Only with the cells of Vektis in the user's own store.
    start
        First year with a Kavelmodel; default: as the area declares, else the year after `pre`.
    msr
        The least saving that counts, as a share of the expected cost, or ``placebo`` for 1.645 times the standard
        deviation of the placebos.
    rules
        Which gemeenten may be donors of a synthetic control.

    Raises
    ------
    NotFoundError
        An unknown area, method, reference, group or year.
    KavelmonError
        A period that is too short, holds a year with a Kavelmodel, or runs across a break in the figures.

    Examples
    --------
    >>> found = estimate("achterhoek")
    >>> round(found.theta, 4), round(found.saving_eur, 2), found.verdict.kind
    (0.9788, 30862315.61, 'none')
    """
    if method not in methods.METHODS:
        raise NotFoundError(f'method "{method}" is not known; use {", ".join(methods.METHODS)}')
    asked, held = panel.found(area), panel.panel(reference, group)
    declared = asked.start.year if asked.start else None
    begin = start or declared or ((pre[1] if pre else LAST_PRE) + 1)
    costs = panel.of_area(asked, held)
    notes = _notes(asked, declared, begin, costs, held)
    what_if = declared is None or declared != begin
    known = min(begin, declared or begin)  # the norm is of years without a Kavelmodel, whatever start is tried
    possible = verdict.admissible(held, known)
    named: dict[str, Any] = {"area": asked.id, "title": asked.title, "method": method}
    named |= {"reference": reference, "group": group, "start": begin, "what_if": what_if}
    if begin > held.years[-1] or not possible:
        early = Verdict("early", (texts.TOO_FEW.format(first=verdict.FIRST),))
        if not costs.approximate:
            more, said = _prospect(held, costs, msr, rules or Rules())
            named, notes = named | more, (*notes, *said)
        asked_for: dict[str, Any] = {"pre": pre or (verdict.FIRST, known - 1), "year": year or held.years[-1]}
        return Estimate(**named, **asked_for, verdict=early, notes=notes)
    pre = pre or possible[0]
    year = held.years[-1] if year is None else year
    column = held.column(year)
    _refuse(held, pre, known, begin, year)
    notes += _of_period(held, pre, year)
    given = {**named, "pre": pre, "year": year, "actual_eur": float(costs.actual[column])}
    given["insured"] = float(costs.insured[column])
    if costs.approximate:
        return _approximate(given, costs, held, pre, notes)
    case = case_of(held, costs, pre, year, rules or Rules())
    return _judged(given, case, possible, msr, notes)


def _prospect(held: Panel, costs: Costs, msr: float | str, rules: Rules) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what an area could show at all, told before it began: from what others did over the last years known."""
    year = held.years[-1]
    possible = verdict.admissible(held, year - AHEAD + 1)
    if not possible:
        return {}, ()
    case = case_of(held, costs, possible[0], year, rules)
    placebos = case.placebos(case.outcome("own_norm", possible[0]).share[:, held.column(year)])
    least = luck.least_saving(msr, placebos)
    known: dict[str, Any] = {"placebos": placebos, "apart": case.apart, "msr": least}
    if case.enough:
        known["detectable"] = placebos.detectable(least)
    known["actual_eur"] = float(costs.actual[held.column(year)])
    return known, _of_others(case, placebos)


def case_of(held: Panel, costs: Costs, pre: Pre, year: int, rules: Rules) -> Case:
    """Return an area with its placebos and donors, as an estimate of a year is made of them."""
    pool = others.donors(held, costs, pre[1], rules)
    return Case(held, costs, others.stack(held, costs, pool, year), pool, rules)


def _refuse(held: Panel, pre: Pre, known: int, begin: int, year: int) -> None:
    first, last = pre
    if not (held.years[0] <= first and last <= held.years[-1] and last - first + 1 >= verdict.LEAST):
        raise KavelmonError(
            f"period {first}-{last} before the start; give two years or more between {held.years[0]} and "
            f"{held.years[-1]}, the first one first"
        )
    if last >= known:
        raise KavelmonError(
            f"period {first}-{last} holds years with a Kavelmodel, which began in {known}; end it in {known - 1} or "
            "before"
        )
    if wrong := verdict.crossed(held, pre):
        raise KavelmonError(
            f"period {first}-{last} runs across a break: {held.breaks[wrong[-1]]} Begin in {wrong[-1]} or later"
        )
    if year < begin:
        raise KavelmonError(f"year {year} lies before the start, {begin}; give {begin} to {held.years[-1]}")


def _notes(asked: Area, declared: int | None, begin: int, costs: Costs, held: Panel) -> tuple[str, ...]:
    said = []
    if declared is None and (whole := _kavel_of(asked)):
        said.append(texts.PART_OF.format(kavel=whole.title, year=whole.start and whole.start.year))
    elif declared is None:
        said.append(texts.WHAT_IF.format(year=begin))
    elif declared != begin:
        said.append(texts.OTHER_START.format(declared=declared, year=begin))
    if costs.estimated:
        said.append(f"{costs.estimated[:1].upper()}{costs.estimated[1:]}.")
    if any(m.valid_to is not None for m in costs.area.member):
        said.append(texts.TODAY)
    if held.group:
        said.append(texts.NOT_ADDABLE)
    return (*said, texts.ONLY_ZVW)


def _kavel_of(area: Area) -> Area | None:
    """Return the kavel with a declared start of which an area is a part, if it is one."""
    mine = {code if code.startswith("GM") else gemeente_of(code) for code in area.codes}
    kavels = (one for one in declarations.default().areas.values() if one.kind == "kavel" and one.start)
    return next((one for one in kavels if mine <= {*one.codes}), None)


def _of_period(held: Panel, pre: Pre, year: int) -> tuple[str, ...]:
    said = [texts.FLAGGED.format(years=y, text=held.breaks[y]) for y in verdict.flagged(held.breaks, pre)]
    item = declarations.default().indicator(f"zvw_kosten_{held.group}" if held.group else panel.COST)
    across = {b.year: b.text for e in item.editions(panel.SOURCE) for b in item.breaks_of(e)}
    # one that the ratio can be taken across is no reason to refuse a period, but is told when it lies in it
    over = [texts.FLAGGED.format(years=y, text=t) for y, t in sorted(across.items()) if pre[0] < y <= pre[1]]
    over += [texts.ACROSS.format(year=year, when=y, text=t) for y, t in sorted(across.items()) if pre[1] < y <= year]
    return (*said, *over, *([texts.ACROSS_BOTH] if over else []))


def _approximate(given: dict[str, Any], costs: Costs, held: Panel, pre: Pre, notes: tuple[str, ...]) -> Estimate:
    """Return the figures of an area smaller than a gemeente: those of its gemeente, never with a verdict."""
    years, column = np.array(held.years), held.column(given["year"])
    before = (years >= pre[0]) & (years <= pre[1])
    actual, expected = costs.actual, costs.expected
    ratio = {
        "level": lambda: methods.level(actual),
        "own_norm": lambda: methods.own_norm(actual, expected, before),
        "trend": lambda: methods.trend(actual, expected, years, before),
    }.get(given["method"])
    if ratio is None:
        raise KavelmonError(
            f"{given['title']}: a synthetic control is of gemeenten, and a part of this area is smaller; use own_norm, "
            "or give the whole gemeenten"
        )
    theta = float(ratio()[column])
    said = Verdict("approximate", (texts.APPROXIMATE_VERDICT,))
    amount = theta * float(expected[column])
    return Estimate(**given, verdict=said, theta=theta, expected_eur=amount, notes=notes)


def _judged(
    given: dict[str, Any], case: Case, possible: list[Pre], msr: float | str, notes: tuple[str, ...]
) -> Estimate:
    method, pre, year = given["method"], given["pre"], given["year"]
    column = case.held.column(year)
    found = case.outcome(method, pre, single=True)
    expected = float(found.ratio[0, column] * case.costs.expected[column])
    share = float(found.share[0, column])
    placebos = case.placebos(found.share[:, column])
    least = luck.least_saving(msr, placebos)
    more: dict[str, Any] = {"theta": float(found.ratio[0, column]), "expected_eur": expected, "fit": found.fit}
    more |= {
        "methods": tables.side_by_side(case, pre, column),
        "by_year": tables.by_year(case, found, given["start"], method),
    }
    if method == "level":
        return Estimate(**given, **more, verdict=Verdict("context", (texts.LEVEL,)), notes=notes)
    periods = tables.periods(case, method, possible, column, msr)
    more |= {"pre_periods": periods, "placebos": placebos, "msr": least, "apart": case.apart}
    more |= {"p": placebos.p(share), "p_single": case.singles(found.share[:, column]).p(share)}
    # single gemeenten of any size tell nothing of how far an area of this size moves by chance
    levels = (("interval90", 0.90), ("interval95", 0.95)) if case.enough else ()
    if case.enough:
        more |= {"detectable": placebos.detectable(least)}
    for name, level in levels:
        half = placebos.margin(level) * expected
        more[name] = (
            expected - float(case.costs.actual[column]) - half,
            expected - float(case.costs.actual[column]) + half,
        )
    notes = (*notes, *_of_others(case, placebos))
    zero = False
    if method == "synthetic":
        more["weights"], more["span"] = tables.weights(case, found), tables.span(case, pre, year)
        low, high = more["span"]
        zero = low < 0 < high
        notes = (*notes, texts.span(low, high))
    if method not in methods.PAYABLE:
        notes = (*notes, texts.NOT_PAID)
    told = list(zip(periods["share"], periods["p"], periods["msr"], strict=True))
    checks = _checks(case, method, (pre, possible[0]), placebos, share, least)
    known: dict[str, Any] = {"fit": found.fit, "apart": case.apart, "p_higher": placebos.p_higher(share)}
    # what is made of a part of a divided gemeente is an approximation, however well it fits
    known |= {"payable": method in methods.PAYABLE and not case.costs.estimated}
    known |= {"alike": case.enough, "declared": not given["what_if"], "spans_zero": zero}
    said = verdict.judge(share, more["p"], least, checks, told, **known)
    return Estimate(**given, **more, verdict=said, notes=notes)


def _checks(
    case: Case, method: str, periods: tuple[Pre, Pre], placebos: Placebos, share: float, msr: float
) -> tuple[Check, ...]:
    """Return the checks: by the period that was asked for and by the longest one, of which the worse counts.

    A short period sees no trend, and one that ends early leaves out the very years in which there was one: were it
    checked by itself, whoever may choose it could choose the checks away.
    """
    time, before = [], []
    for pre in dict.fromkeys(periods):
        moved = [one for back in verdict.BACK if (one := case.in_time(method, pre, back)) is not None]
        slope = case.slope(pre) if method == "own_norm" else (_NAN, _NAN)
        time.append(verdict.in_time(moved, msr))
        before.append(verdict.in_advance(case.outcome(method, pre).fit, *slope))
    space = verdict.in_space(placebos.p(share), len(placebos), case.apart, alike=case.enough)
    return space, verdict.worst(time), verdict.worst(before)


def _of_others(case: Case, placebos: Placebos) -> tuple[str, ...]:
    if not len(placebos):
        return (texts.NO_OTHERS,)
    if case.enough:
        return (texts.spread(len(placebos), case.different(len(placebos)), case.apart),)
    return (texts.ONLY_SINGLE.format(number=len(placebos)),)
