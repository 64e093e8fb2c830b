"""The rules by which a difference may, or may not, be called a saving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kavelmon import savings_texts as texts
from kavelmon.savings import luck
from kavelmon.savings.luck import ALPHA, MAX_FIT
from kavelmon.savings.panel import Panel

FIRST = 2015  # the first year in which the Zvw holds what it holds now
LEAST = 2  # years before the start
SURE = 0.05  # p in space
GOOD_FIT, PERFECT_FIT = 0.01, 1e-4  # RMSPE before the start, of the mean
BACK = (2, 3)  # years by which the start is moved
Kind = Literal["none", "possible", "shown", "higher", "lower", "early", "context", "approximate"]


@dataclass(frozen=True)
class Check:
    """One check: its name, its state (`savings_texts.GOOD`, `EDGE` or `BAD`) and what was found, in Dutch."""

    name: str
    state: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """What may be said.

    Attributes
    ----------
    kind
        Only ``shown`` and ``possible`` call it a saving; ``lower`` and ``higher`` are above chance too.
    reasons
        Dutch sentences: why.
    checks
        Space, time, and the course before the start; empty where nothing could be checked.
    holds, of
        In how many of the periods before the start it comes out above chance with the same sign.
    over
        Whether cost was higher than expected.
    """

    kind: Kind
    reasons: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    holds: int = 0
    of: int = 0
    over: bool = False

    @property
    def title(self) -> str:
        """The verdict in a few Dutch words."""
        return texts.NOT_HIGHER if self.kind == "none" and self.over else texts.VERDICTS[self.kind]

    @property
    def text(self) -> str:
        """The verdict, its reasons, and the state of each check."""
        return " ".join([f"{self.title}.", *self.reasons, *self.checked])

    @property
    def checked(self) -> tuple[str, ...]:
        """The sentence that names each check with its state; none where nothing was checked."""
        return (texts.checked([(c.name, c.state) for c in self.checks]),) if self.checks else ()


def admissible(held: Panel, start: int) -> list[tuple[int, int]]:
    """Return the periods before a start that may be a norm: from 2015 on, to the year before it, of two years or more.

    One that runs across a declared break is none. All of them go with a result, so that nobody can pick one.
    """
    first = max(FIRST, held.years[0])
    found = [(year, start - 1) for year in range(first, start - LEAST + 1) if start - 1 <= held.years[-1]]
    return [pre for pre in found if not crossed(held, pre)]


def crossed(held: Panel, pre: tuple[int, int]) -> list[int]:
    """Return the declared breaks within a period: the years from which figures are others than before."""
    return [year for year in sorted(held.breaks) if pre[0] < year <= pre[1]]


def flagged(breaks: Mapping[int, str], pre: tuple[int, int]) -> list[int]:
    """Return the years of a period that lie on a break: the first year after a change, when not all had settled."""
    return [year for year in sorted(breaks) if pre[0] <= year <= pre[1]]


def worst(checks: Sequence[Check]) -> Check:
    """Return the first of the checks whose state is the worst."""
    return max(checks, key=lambda check: (texts.GOOD, texts.EDGE, texts.BAD).index(check.state))


def in_space(p: float, number: int, apart: float, *, alike: bool = True) -> Check:
    """Check the area against others: good up to p = 0.05, an edge case up to 0.10 and where the draw decides.

    The areas that are drawn overlap. No p can be surer than that of `apart` areas side by side, 1 / (1 + `apart`): an
    area of which few fit in the country is never told from chance as surely as its p says. Nor is one whose p lies so
    near to a limit that other areas, drawn in the same way, could put it on the other side. Where the others are not
    `alike` in size, but gemeenten of any size, it is bad whatever p is: small areas move more by chance than they do.
    """
    if p != p:
        return Check(texts.SPACE, texts.BAD, texts.NO_OTHERS)
    if not alike:
        return Check(texts.SPACE, texts.BAD, texts.ONLY_SINGLE.format(number=number))
    least = surest(apart)
    worst = max(p, least)
    close = [limit for limit in (SURE, ALPHA) if luck.near(p, limit, number)]
    state = texts.GOOD if worst <= SURE else texts.EDGE if worst <= ALPHA else texts.BAD
    if close and least <= ALPHA:
        state = texts.EDGE
    said = [texts.space(p, number)]
    if least > SURE:
        said.append(texts.no_room(apart))
    if close:
        said.append(texts.CLOSE.format(limit=texts.percent(close[-1], 0)))
    return Check(texts.SPACE, state, " ".join(said))


def surest(apart: float) -> float:
    """Return the smallest p that areas side by side can give."""
    return 1 / (1 + max(apart, 0.0))


def in_time(found: Sequence[tuple[int, float, float]], msr: float) -> Check:
    """Check that a start that was none shows nothing: year, share and p of each.

    Bad when one of them is large enough to count and above chance, an edge case when it is one of both, or when there
    are too few years to tell.
    """
    signs = [(abs(share) >= msr) + (p <= ALPHA) for _, share, p in found]
    state = texts.EDGE if not signs else (texts.GOOD, texts.EDGE, texts.BAD)[max(signs)]
    return Check(texts.TIME, state, texts.time(found))


def in_advance(fit: float, slope: float, p: float) -> Check:
    """Check the course before the start: an RMSPE up to 1 % is good, above 2 % nothing is read from the result.

    A trend before the start that few others have is as bad: the norm takes the area to stand still beside the country.
    NaN for `slope` leaves that out, for methods that follow a trend. A fit without any gap, which more donors than
    years nearly always have, tells nothing and is an edge case.
    """
    if fit <= PERFECT_FIT:
        return Check(texts.BEFORE, texts.EDGE, texts.PERFECT)
    states = [0 if fit <= GOOD_FIT else 1 if fit <= MAX_FIT else 2]
    if slope == slope and p == p:
        states.append(2 if p <= SURE else 1 if p <= ALPHA else 0)
    return Check(texts.BEFORE, (texts.GOOD, texts.EDGE, texts.BAD)[max(states)], texts.before(fit, slope, p, GOOD_FIT))


def above(share: float, p: float, msr: float) -> bool:
    """Tell whether a saving is told from chance: p at most 0.10, and at least the least saving that counts."""
    return p <= ALPHA and abs(share) >= msr


def judge(
    share: float,
    p: float,
    msr: float,
    checks: Sequence[Check],
    periods: Sequence[tuple[float, float, float]],
    *,
    fit: float = 0.0,
    apart: float = float("inf"),
    payable: bool = True,
    declared: bool = True,
    spans_zero: bool = False,
    alike: bool = True,
    p_higher: float = 0.0,
) -> Verdict:
    """Return the verdict on a saving.

    Parameters
    ----------
    share, p, msr
        The saving and the least one that counts, of the expected cost; its p among areas of the same size.
    checks
        Space, time, and the course before the start.
    periods
        Share, p and msr with every admissible period before the start.
    fit
        RMSPE before the start, as a share of the mean.
    apart
        How many areas of this size fit side by side; see `in_space`.
    payable
        Whether the figures may be the basis of a payout; those that may not never show a saving.
    declared
        Whether the start was declared. A what-if is never called a saving: nothing began that it could come from, and
        of many areas and years that are tried some come out by chance.
    spans_zero
        Whether other weights that fit equally well give the other sign.
    alike
        Whether the others are areas of the same size; see `in_space`.
    p_higher
        Of cost that is higher, on its own side of the placebos; see `Placebos.p_higher`.

    Notes
    -----
    Above chance and higher, also on its own side of the placebos: the cost is higher than expected. Above chance and
    lower: shown when all three checks are good and every period has the same sign; none when a check is bad, when it
    comes out above chance in no admissible period (but in one that was picked), when the course before the start does
    not fit, or when other weights say the opposite; possible otherwise. Without a declared start neither of the two:
    then it is lower, and no more. The rest is none, and not told from chance.
    """
    same = all((other > 0) == (share > 0) for other, _, _ in periods)
    holds = sum(above(*one) and (one[0] > 0) == (share > 0) for one in periods)
    bad = [check.name for check in checks if check.state == texts.BAD]
    room, told = surest(apart) <= ALPHA, above(share, p, msr)
    fair = room and alike
    reasons = [] if told else [texts.by_chance(p, share, msr)]
    if not room:
        reasons.append(texts.no_room(apart))
    if fit > MAX_FIT:
        reasons.append(texts.NO_FIT)
    if told and bad:
        reasons.append(texts.BAD_CHECK.format(names=", ".join(bad)))
    if told and spans_zero:
        reasons.append(texts.SPANS)
    kind: Kind
    if not (told and fair) or fit > MAX_FIT or spans_zero:
        kind = "none"
    elif share < 0:
        kind = "higher" if p_higher <= ALPHA else "none"
    elif bad or not holds:
        kind = "none"
    elif not declared:
        kind = "lower"
    elif payable and same and all(check.state == texts.GOOD for check in checks):
        kind = "shown"
    else:
        kind = "possible"
    if told and share < 0 and p_higher > ALPHA:
        reasons.append(texts.ONE_SIDE.format(part=texts.part(p_higher / 2)))
    if kind == "lower":
        reasons.append(texts.NOT_DECLARED)
    if fair:
        reasons.append(texts.holds(holds, len(periods), same))
    return Verdict(kind, tuple(reasons), tuple(checks), holds, len(periods), share < 0)
