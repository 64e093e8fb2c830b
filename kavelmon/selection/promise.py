"""Two promises side by side: an area that was nominated, and an area of which the figures are high."""

from collections.abc import Sequence
from typing import Literal

from kavelmon import declarations
from kavelmon.local.listing import MADE_UP
from kavelmon.selection import stages
from kavelmon.selection.candidates import Candidate
from kavelmon.selection.result import Selection

THRESHOLD = 75.0  # higher than this share of the areas of its size: a quantitative promise
OVERLAP = 0.5  # of the inhabitants of a found area that live in a nominated one: it was nominated already
Field = Literal["kansrijk", "waarom", "gemist", "niet"]


def field(nominated: bool, stands: float, threshold: float = THRESHOLD) -> Field:
    """Return the field of an area in the two by two.

    Parameters
    ----------
    nominated
        The qualitative promise: HealthKIC assumed it of every area that somebody nominated.
    stands
        The quantitative promise: higher than this share (0 to 100) of areas of the same size. NaN is not high: what is
        not known promises nothing.
    threshold
        From which share on a promise counts.

    Examples
    --------
    >>> field(True, 95.0), field(True, 47.0), field(False, 95.0), field(False, 47.0)
    ('kansrijk', 'waarom', 'gemist', 'niet')
    """
    high = stands >= threshold
    if nominated:
        return "kansrijk" if high else "waarom"
    return "gemist" if high else "niet"


def preferred() -> list[str]:
    """Return the ids of the areas that were nominated: the declared kavels, and what the region's own log holds.

    Made-up areas of an example are none.
    """
    declared = [a.id for a in declarations.default().areas.values() if a.kind == "kavel"]
    logged = [str(area) for area in stages.log()["area"].unique() if not str(area).startswith(MADE_UP)]
    return list(dict.fromkeys([*declared, *logged]))


def beside(selection: Selection, nominated: Sequence[Candidate], found: Sequence[Candidate]) -> list[Candidate]:
    """Return the found areas that were not nominated already, in their order."""
    inside = {int(n) for one in nominated for n in one.units}
    people = selection.units.people
    return [
        one
        for one in found
        if sum(float(people[n]) for n in one.units if int(n) in inside) <= OVERLAP * max(one.people, 1.0)
    ]
