"""The tables of a settled contract: in its report, on a terminal and as CSV the same ones."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from kavelmon import contract_texts, declarations, texts
from kavelmon import report_texts as shown
from kavelmon import settling_texts as said
from kavelmon.contracts.distribution import gates
from kavelmon.contracts.settlement import DESTINATIONS, YearResult
from kavelmon.contracts.sheet import Column, Kind, Sheet, decimals, summed
from kavelmon.settling import words
from kavelmon.settling.figures import Settled, title_of


def sheets(settled: Settled) -> dict[str, Sheet]:
    """Return every table that has rows, by name, in the order of the report."""
    found = (
        years(settled),
        divisible(settled),
        division(settled),
        parties_by_year(settled),
        loan_and_fund(settled),
        per_law(settled),
        words.sheet(settled.contract, settled.area),
        due(settled),
        indicators(settled),
        scores(settled),
        parties(settled),
        periods(settled),
        payments(settled),
        sources(settled),
    )
    return {sheet.name: sheet for sheet in found if sheet.rows}


def _sheet(
    name: str, columns: Iterable[tuple[str, Kind]], rows: Iterable[tuple[Any, ...]], total: bool = False
) -> Sheet:
    held = tuple(rows)
    heads = tuple(
        Column(shown.COLUMNS.get(key, key), kind, decimals(row[n] for row in held) if kind == "number" else 1)
        for n, (key, kind) in enumerate(columns)
    )
    return Sheet(name, shown.TITLES[name], heads, held, total, shown.NOTES.get(name, ""))


def _euros(*names: str) -> list[tuple[str, Kind]]:
    return [(name, "euro") for name in names]


def years(settled: Settled) -> Sheet:
    """Return what is known of each year; amounts from open data stand beside their verdict."""
    verdicts = {e.year: e.verdict.title for e in settled.estimates}
    columns: list[tuple[str, Kind]] = [("year", "year"), ("status", "text"), *_euros("expected", "actual", "saving")]
    columns += [("relative", "percent"), ("threshold", "euro"), ("quality", "share")]
    columns += [("verdict", "text")] if verdicts else []
    rows = []
    for one in settled.given:
        it = one.statement
        least = gates(settled.contract, [it])[it.year].threshold_cents
        row = (it.year, shown.STATUS[it.status], it.expected_cents, it.actual_cents, it.saving_cents, it.relative)
        verdict = (verdicts[it.year],) if verdicts else ()
        rows.append((*row, least, it.quality, *verdict, one.source))
    return _sheet("jaren", [*columns, ("source", "text")], rows)


def divisible(settled: Settled) -> Sheet:
    """Return what there is to divide each year, and what of it comes from another year."""
    rows = [(y.year, y.own_cents, y.true_up_cents, -y.claim_cents, _net(y)) for y in settled.result.years]
    columns: list[tuple[str, Kind]] = [("year", "year"), *_euros("own", "true_up", "claim", "divided")]
    return _sheet("te_verdelen", columns, [*rows, summed(rows, (shown.TOGETHER,))] if rows else [], total=True)


def _net(year: YearResult) -> int:
    """Return what there is to divide without what comes out of escrow: that was counted when it went in."""
    return year.distributable_cents - year.released_cents


def _destinations(year: YearResult) -> list[int]:
    back = {"escrow": year.released_cents}
    return [year.paid_cents(d) - back.get(d, 0) for d in DESTINATIONS]


def division(settled: Settled) -> Sheet:
    """Return who gets what each year, and over all years; escrow is what went in less what came out."""
    rows = [(y.year, _net(y), *_destinations(y)) for y in settled.result.years]
    columns: list[tuple[str, Kind]] = [("year", "year"), *_euros("divided", *DESTINATIONS)]
    return _sheet("verdeling", columns, [*rows, summed(rows, (shown.TOGETHER,))] if rows else [], total=True)


def totals(settled: Settled) -> list[int]:
    """Return what each of `DESTINATIONS` gets over all years, in cents."""
    by_year = [_destinations(y) for y in settled.result.years]
    return [sum(column) for column in zip(*by_year, strict=True)]


def parties_by_year(settled: Settled) -> Sheet:
    """Return what each organisation and law gets, a column for each year and one for all."""
    result = settled.result
    when = [y.year for y in result.years if y.status != "run_up"]
    rows = []
    for total in result.totals:
        key = total.destination, total.party
        by = [
            sum(p.amount_cents for p in result.payments if (p.destination, p.party) == key and p.year == y)
            for y in when
        ]
        if key[0] == "escrow":
            by = [a - y.released_cents for a, y in zip(by, (y for y in result.years if y.year in when), strict=True)]
        what = shown.REST if key[0] == "revolving" else contract_texts.DESTINATIONS[key[0]]
        rows.append((_party(total) or shown.RECEIVER[key[0]], what, *by, sum(by)))
    columns: list[tuple[str, Kind]] = [("party", "text"), ("for", "text"), *((str(y), "euro") for y in when)]
    columns += [(shown.TOGETHER, "euro")]
    return _sheet("naar_wie", columns, [*rows, summed(rows, (shown.TOGETHER, ""))] if rows else [], total=True)


def _party(one: Any) -> str:
    return contract_texts.LAWS[one.party] if one.destination == "payers" else one.party


def loan_and_fund(settled: Settled) -> Sheet:
    """Return what was due and paid of the loan each year, and where loan, arrears, fund and escrow then stood."""
    contract, fund, apart, rows = settled.contract, 0, 0, []
    schedule = contract.loan.schedule(contract.start) if contract.loan else None
    for y in settled.result.years:
        fund += y.revolving_cents
        apart += y.escrow_cents - y.released_cents
        drawn = schedule.of(y.year).drawn_cents if schedule else 0
        loan = (drawn, y.due_interest_cents, y.due_principal_cents, y.interest_cents, y.principal_cents)
        rows.append((y.year, *loan, y.arrears_cents, y.balance_cents, fund, apart, y.bank_cents))
    names = ("drawn", "due_interest", "due_principal", "paid_interest", "paid_principal", "arrears", "balance")
    columns: list[tuple[str, Kind]] = [("year", "year"), *_euros(*names, "fund", "apart", "bank")]
    if contract.deficit_banking:
        return _sheet("lening_en_fonds", columns, rows)
    return _sheet("lening_en_fonds", columns[:-1], (row[:-1] for row in rows))


def per_law(settled: Settled) -> Sheet:
    """Return for each law what it was expected to cost and did cost, and what it gets: who invests, who benefits."""
    latest = {one.statement.year: one for one in settled.given}.values()
    rows = []
    for law in settled.contract.laws:
        expected, actual = (sum(one.per_law[law][n] for one in latest) for n in (0, 1))
        gets = sum(p.amount_cents for p in settled.result.payments if (p.destination, p.party) == ("payers", law))
        less = expected - actual
        role = shown.ROLE[(less > 0) - (less < 0)]
        rows.append((contract_texts.LAWS[law], expected, actual, less, gets, role))
    columns: list[tuple[str, Kind]] = [("law", "text"), *_euros("expected", "actual", "saving", "receives")]
    return _sheet("per_wet", [*columns, ("role", "text")], rows)


def due(settled: Settled) -> Sheet:
    """Return the schedule of the loan, to its end."""
    contract = settled.contract
    rows = [
        (d.year, d.drawn_cents, d.interest_cents, d.principal_cents, d.balance_cents)
        for d in (contract.loan.schedule(contract.start).due if contract.loan else ())
    ]
    columns: list[tuple[str, Kind]] = [("year", "year"), *_euros("drawn", "interest", "principal", "balance")]
    return _sheet("aflossing", columns, rows)


def indicators(settled: Settled) -> Sheet:
    """Return the indicators of quality as they were agreed on."""
    agreed = settled.contract.quality.indicator
    rows = [(title_of(one.id), one.id, one.base, one.target, one.weight) for one in agreed]
    numbers: list[tuple[str, Kind]] = [("base", "number"), ("target", "number"), ("weight", "number")]
    return _sheet("indicatoren", [("indicator", "text"), ("id", "text"), *numbers], rows)


def scores(settled: Settled) -> Sheet:
    """Return the figure and the score of each indicator and year, where the figures are known."""
    rows = [
        (one.statement.year, shown.STATUS[one.statement.status], title_of(part.id), part.value, part.score)
        for one in settled.given
        if one.quality and one.quality.coverage
        for part in one.quality.indicators
    ]
    columns: list[tuple[str, Kind]] = [("year", "year"), ("status", "text"), ("indicator", "text")]
    return _sheet("kwaliteit", [*columns, ("figure", "number"), ("score", "share")], rows)


def parties(settled: Settled) -> Sheet:
    """Return the parties, and who of them sits in the integrator."""
    rows = [(p.name, said.ROLES[p.role], shown.YES[p.integrator]) for p in settled.contract.party]
    return _sheet("partijen", [("name", "text"), ("role", "text"), ("integrator", "text")], rows)


def periods(settled: Settled) -> Sheet:
    """Return what comes out with each admissible period before the start, per year; that of the contract is marked."""
    pre = settled.contract.pre_period
    rows = []
    for one in settled.estimates:
        for row in one.pre_periods.itertuples(index=False):
            amounts = round(100 * row.expected_eur), round(100 * row.saving_eur)
            chosen = (row.first, row.last) == (pre.first, pre.last)
            marks = (shown.YES[bool(row.holds)], shown.YES[bool(row.flagged)], shown.YES[chosen])
            rows.append((one.year, int(row.first), int(row.last), *amounts, float(row.share), float(row.p), *marks))
    columns: list[tuple[str, Kind]] = [
        ("year", "year"),
        ("first", "year"),
        ("last", "year"),
        *_euros("expected", "saving"),
    ]
    columns += [("relative", "percent"), ("p", "p"), ("holds", "text"), ("flagged", "text"), ("chosen", "text")]
    return _sheet("perioden_vooraf", columns, rows)


def payments(settled: Settled) -> Sheet:
    """Return every payment."""
    rows = [
        (
            p.year,
            p.of_year,
            contract_texts.LINES[p.line],
            contract_texts.DESTINATIONS[p.destination],
            _party(p),
            p.amount_cents,
        )
        for p in settled.result.payments
    ]
    columns: list[tuple[str, Kind]] = [("year", "year"), ("of_year", "year"), ("line", "text"), ("to", "text")]
    return _sheet("betalingen", [*columns, ("party", "text"), ("amount", "euro")], rows)


def sources(settled: Settled) -> Sheet:
    """Return the sources of the figures with their terms."""
    rows = []
    for name in settled.sources:
        one = declarations.default().source(name)
        on = texts.date(one.accessed) if isinstance(one.accessed, dt.date) else one.accessed
        rows.append((one.publisher, one.title, one.table, one.licence, on))
    names = ("publisher", "title", "table", "licence", "accessed")
    return _sheet("bronnen", [(name, "text") for name in names], rows)
