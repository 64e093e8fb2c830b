"""Units of what a publisher gives: nothing in a number shows that it is a share where a count was, or thousands."""

from collections.abc import Iterable

from kavelmon import measure
from kavelmon.declarations import Catalogue
from kavelmon.expressions import names_in
from kavelmon.live.parts import Brought, Part
from kavelmon.live.wire import FetchError
from kavelmon.model import Edition, Indicator
from kavelmon.source_model import Source

THOUSANDS = ("x 1 000", "x 1000", "1 000", "1000")


def accepted(catalogue: Catalogue, source: Source, before: Brought | None, parts: Iterable[Part]) -> list[Part]:
    """Return the tables of a source whose figures are in the units that the editions of the catalogue take them for.

    Of a series with a table for each year, a year that was never seen before is left out: the others are worth having.

    Raises
    ------
    FetchError
        Figures are in another unit than the last time, or than they are taken for; names table, topic and unit.
    """
    assert source.fetch
    found = []
    known = {(part.table, name): unit for part in before.parts for name, unit in part.units.items()} if before else {}
    for part in parts:
        for name, unit in part.units.items():
            if (was := known.get((part.table, name), unit)) != unit:
                raise FetchError(
                    f'{part.table}: "{name}" was in "{was}" and is in "{unit}" now; look whether its meaning changed, '
                    "and mend the formulas that use it; then delete what is kept of the source among the answers",
                    "renamed",
                )
        if faults := mistaken(catalogue, source, part.table, part.units):
            seen = any((part.table, name) in known for name in part.units)
            if not part.period or seen or source.fetch.sure_of(part.period):
                raise FetchError(faults[0], "unexpected")
            part = Part.none(part.period, part.table, faults[0])
        found.append(part)
    return found


def mistaken(catalogue: Catalogue, source: Source, table: str, units: dict[str, str]) -> list[str]:
    """Return a sentence for each edition that takes a topic of a table for what its unit says it is not.

    Parameters
    ----------
    units
        Of topics of the table, by the name that the catalogue has for them; "" where the publisher names none.
    """
    found = []
    for item, edition in measure.asked_of(catalogue, source):
        formula = edition.value or edition.numerator
        for name in sorted(names_in(formula)):
            unit = " ".join(units.get(name, "").split())
            if unit and (taken := _taken(item, edition, formula, unit)):
                found.append(
                    f'{table}: "{name}" is in "{unit}", and {item.id} takes it for {taken}; look at the table, and '
                    f"mend the edition from {source.id}"
                )
    return found


def _taken(item: Indicator, edition: Edition, formula: str, unit: str) -> str:
    """Return what an edition takes a topic for, where its unit says otherwise; "" where they agree."""
    if "/" in formula and len(names_in(formula)) > 1:
        return ""  # one topic by another: the unit goes out
    share = "%" in unit or "relatief" in unit.lower()
    rate = share or unit.startswith("per 1")
    thousands = unit.startswith(THOUSANDS)
    if thousands != ("* 1000" in formula and "* 10000" not in formula):
        return "thousands" if not thousands else "a number by itself"
    count = bool(edition.numerator) or not (edition.denominator or item.per != 1 or item.unit.startswith("per "))
    if count and rate:
        return "a count"
    if edition.value and edition.denominator and item.unit.startswith("%") and not share:
        return "a percentage"
    if edition.value and item.unit.startswith("per 1.000") and not unit.startswith("per 1 000"):
        return "a number per 1,000"
    return ""
