"""A contract in words: every term, and whether the Kavelmodel fixes it or the parties assume it."""

from collections.abc import Iterator

from kavelmon import contract_texts, texts
from kavelmon import settling_texts as said
from kavelmon.contracts.clauses import Contract, Loan
from kavelmon.contracts.loan import TERM
from kavelmon.contracts.sheet import Column, Sheet
from kavelmon.model import Area

Term = tuple[str, str, str]  # what it is called, what was agreed, and `FIXED`, `ASSUMED` or `GIVEN_BY`


def terms(contract: Contract, area: Area) -> tuple[Term, ...]:
    """Return every term of a contract in words; those that the Kavelmodel fixes come first."""
    return (*((name, text, said.FIXED) for name, text in said.FIXED_TERMS), *_agreed(contract, area))


def sheet(contract: Contract, area: Area) -> Sheet:
    """Return the terms as a table."""
    columns = (Column("Onderdeel"), Column("Afspraak"), Column("Soort"))
    return Sheet("contract", "Het contract in woorden", columns, terms(contract, area))


def recorded(contract: Contract) -> str:
    """Return where and when the indicators were recorded."""
    frozen = contract.quality.frozen
    if frozen is None or frozen.date is None:
        return ""
    return said.recorded(frozen.file, frozen.sha256, texts.date(frozen.date))


def _agreed(contract: Contract, area: Area) -> Iterator[Term]:
    part, pre = said.PARTS, contract.pre_period
    codes, reference = ", ".join(area.codes), said.REFERENCES[contract.reference]
    yield part["area"], f"{area.title} ({codes})." if codes else f"{area.title}.", said.GIVEN_BY
    assumed = [
        ("laws", f"{contract_texts.listed(contract.laws)}."),
        ("start", f"{contract.start}."),
        ("method", said.METHODS[contract.method]),
        ("pre_period", f"{pre.first} tot en met {pre.last}."),
        ("reference", f"{reference[:1].upper()}{reference[1:]}."),
        ("minimum_savings_rate", said.minimum(contract.minimum_savings_rate)),
        ("first_euro", said.FIRST_EURO[contract.first_euro]),
        ("deficit_banking", said.DEFICITS[contract.deficit_banking]),
        ("base", said.BASES[contract.base]),
    ]
    yield from ((part[name], text, said.ASSUMED) for name, text in assumed)
    yield from _loan(contract.loan)
    terms, payers = contract.providers, contract.payers
    yield part["providers"], said.curve(terms.p_min, terms.p_max, terms.q_lo, terms.q_hi), said.ASSUMED
    split = contract_texts.listed(f"{name} {said.percent(share)}" for name, share in terms.split.items())
    yield part["split"], f"{split}.", said.ASSUMED
    yield part["payers"], f"{said.percent(payers.share)}.", said.ASSUMED
    yield part["payers_split"], said.PRO_RATA, said.ASSUMED
    yield part["quality"], said.indicators(len(contract.quality.indicator)), said.ASSUMED
    yield part["rounding"], said.ROUNDINGS[contract.rounding], said.ASSUMED


def _loan(loan: Loan | None) -> Iterator[Term]:
    part = said.PARTS
    if loan is None:
        yield part["loan"], said.NO_LOAN, said.ASSUMED
        return
    for draw in loan.draw:
        amount = contract_texts.money(int(draw.amount * 100))
        yield part["draw"], said.drawn(draw.year, amount, contract_texts.USES[draw.use]), said.ASSUMED
    yield part["term"], said.term(loan.term), said.FIXED if loan.term == TERM else said.ASSUMED
    assumed = [
        ("term_from", said.TERM_FROM[loan.term_from]),
        ("rate", said.per_year(loan.rate)),
        ("kind", said.KINDS[loan.kind]),
        ("grace", f"{loan.grace}."),
        ("arrears_rate", said.per_year(loan.arrears_rate)),
    ]
    yield from ((part[name], text, said.ASSUMED) for name, text in assumed)
