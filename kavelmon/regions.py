"""Gemeenten through time: which codes exist in which year, and from what they were merged.

The indeling of a year is that of 1 January. A merger in the middle of a year (Weesp into Amsterdam, 24 March 2022)
may or may not be in a file of that year; the codes that the file holds tell which.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache, cached_property

import pandas as pd

from kavelmon.model import COUNTRY, REST, NotFoundError
from kavelmon.shares import Divided, Shares

FIRST_YEAR, BASE_YEAR = 2011, 2016
# CBS hands out new codes upwards; the transfers begin in 2011, when GM1900 was the next one.
_FIRST_NEW_CODE = "GM1900"
COUNTRIES = (COUNTRY, "NL00", "NL01")  # how publishers write the Netherlands; other codes with NL are something else
_LEVELS = {"NL": "NL", "GM": "GM", "WK": "WK", "BU": "BU", "RE": "REST"}
_PATTERNS = {"GM": r"GM\d{4}", "WK": r"WK\d{4}[0-9A-Z]{2}", "BU": r"BU\d{4}[0-9A-Z]{4}"}
# regions that are lists of gemeenten: GGD, zorgkantoor, COROP, provincie, veiligheidsregio
_KINDS = {"GG": r"GG\d{4}", "ZK": r"ZK\d\d", "CR": r"CR\d\d", "PV": r"PV\d\d", "VR": r"VR\d\d"}


@cache  # asked for every row of a table
def level_of(code: str) -> str:
    """Return the level of a region code: NL, GM, WK, BU or REST; empty when it is none of these.

    Examples
    --------
    >>> level_of("WK029401")
    'WK'
    """
    level = _LEVELS.get(code[:2], "")
    if level in _PATTERNS:
        return level if re.fullmatch(_PATTERNS[level], code) else ""
    return level if code in (COUNTRY, REST) else ""


def region_kind(code: str) -> str:
    """Return which kind of region a code is of: GG, ZK, CR, PV or VR; empty when it is none of these.

    No table of figures is read by these codes, so `level_of` does not know them.

    Examples
    --------
    >>> region_kind("GG1413"), region_kind("GM0294")
    ('GG', '')
    """
    kind = code[:2]
    return kind if kind in _KINDS and re.fullmatch(_KINDS[kind], code) else ""


def same_name(one: str, other: str) -> bool:
    """Tell whether two names of a wijk or buurt are one name: signs, accents and "Wijk 01" in front do not count.

    A name on one side only ("Wijk 03" became "Kloosterburen") counts as another: most of those areas did change.

    Examples
    --------
    >>> same_name("Wijk 03 Assen Oost", "Assen-Oost"), same_name("Wijk 03 Bodegraven Zuid", "Nieuwerbrug")
    (True, False)
    """
    plain = [_plain(one), _plain(other)]
    return plain[0] == plain[1] or SequenceMatcher(None, plain[0], plain[1]).ratio() >= _ALIKE


_ALIKE = 0.8


def _plain(name: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"^wijk \d+|[^a-z0-9]", "", ascii_name)


def gemeente_of(code: str) -> str:
    """Return the gemeente code that a wijk or buurt code begins with."""
    return "GM" + code[2:6]


@dataclass(frozen=True)
class Step:
    """What happens on one date: `born` codes come to be, `pairs` are (from, to).

    `heirs` has by ended code (to, inhabitants); of a rename, for which nobody moved, 1.
    """

    date: str
    born: frozenset[str]
    pairs: tuple[tuple[str, str], ...]
    heirs: dict[str, tuple[tuple[str, float], ...]]

    @property
    def ended(self) -> frozenset[str]:
        """The codes that are gone from this date on."""
        return frozenset(old for old, _ in self.pairs)


@dataclass(frozen=True, eq=False)
class Regions:
    """The history of the gemeenten.

    Attributes
    ----------
    base
        The codes on 1 January 2016.
    transfers
        One row per transfer: date (``YYYY-MM-DD``), from_code, to_code, kind (merge, split or rename), inwoners.
    names
        Name by gemeente code, also of abolished ones.
    small
        Name by wijk or buurt code and year of the indeling.
    """

    base: frozenset[str]
    transfers: pd.DataFrame
    names: dict[str, str]
    small: dict[tuple[str, int], str] = field(default_factory=dict)

    @cached_property
    def _steps(self) -> list[Step]:
        """Per date: the codes that come to be on it, and its transfers; oldest first."""
        steps: list[Step] = []
        seen: set[str] = set()
        for date, rows in self.transfers.sort_values("date").groupby("date"):
            known = self.base if date > f"{BASE_YEAR}-01-01" else None
            fresh = set(rows["to_code"]) - seen
            born = {c for c in fresh if (c not in known if known is not None else c >= _FIRST_NEW_CODE)}
            seen |= set(rows["to_code"])
            pairs = tuple(zip(rows["from_code"], rows["to_code"], strict=True))
            moved: dict[str, tuple[tuple[str, float], ...]] = {}
            for (old, new), people in zip(pairs, rows["inwoners"].fillna(1.0), strict=True):
                moved[old] = (*moved.get(old, ()), (new, float(people)))
            steps.append(Step(str(date), frozenset(born), pairs, moved))
        return steps

    @cache  # noqa: B019
    def gemeenten(self, year: int, *, month_day: str = "01-01") -> frozenset[str]:
        """Return the gemeente codes of the indeling of `year` (2011 or later), on 1 January or another day."""
        if year < FIRST_YEAR:
            raise NotFoundError(f"the indeling of {year} is not known; {FIRST_YEAR} is the first year")
        codes, day, base_day = set(self.base), f"{year}-{month_day}", f"{BASE_YEAR}-01-01"
        for step in self._steps:
            if base_day < step.date <= day:
                codes = (codes - step.ended) | step.born
        for step in reversed(self._steps):
            if day < step.date <= base_day:
                codes = (codes - step.born) | step.ended
        return frozenset(codes)

    @cached_property
    def current_year(self) -> int:
        """The year since which no gemeente has changed."""
        return int(self._steps[-1].date[:4]) + 1

    def valid(self, year: int) -> frozenset[str]:
        """Return the gemeente codes that a file in the indeling of `year` may hold."""
        return self.gemeenten(year) | self.gemeenten(year, month_day="12-31")

    def predecessors(
        self, codes: str | Collection[str], year: int, present: Collection[str] | None = None
    ) -> tuple[frozenset[str], str]:
        """Return the gemeenten of the indeling of `year` that are today's gemeente, or gemeenten together.

        Parameters
        ----------
        present
            The codes that the figures at hand hold; a merger in the middle of `year` counts only when the abolished
            gemeente is among them.

        Returns
        -------
        codes : frozenset of str
            Whole gemeenten when `reason` is empty.
        reason : str
            Why the two areas are not the same: the codes of a split; empty when they are.
        """
        together = frozenset([codes] if isinstance(codes, str) else codes)
        return self._predecessors(together, year, self._kept(year, present))

    def shares(self, codes: str | Collection[str], year: int, present: Collection[str] | None = None) -> Shares:
        """Return what today's gemeente, or gemeenten together, are made of in the indeling of `year`.

        Parameters
        ----------
        codes
            Gemeente codes of today.
        present
            As in `predecessors`.

        Returns
        -------
        Shares
            Through merges and renames a gemeente counts whole. Of one that was split counts the share of its
            inhabitants that the area got, which is 1.0 when the area got all of them; along a chain of splits that
            is a product. A gemeente of which only land came along is left out.

        Raises
        ------
        NotFoundError
            For a code that is no gemeente code.
        """
        together = frozenset([codes] if isinstance(codes, str) else codes)
        return self._shares(together, year, self._kept(year, present))

    def between(self, early: int, late: int, present: Collection[str] | None = None) -> tuple[Step, ...]:
        """Return what happened from the indeling of one year to that of a later one, oldest first.

        Parameters
        ----------
        present
            As in `predecessors`, for the first of the two years.
        """
        kept = self._kept(early, present)
        return tuple(s for s in reversed([*self._undone(early, kept)]) if s.date <= f"{late}-01-01")

    def _kept(self, year: int, present: Collection[str] | None) -> frozenset[str] | None:
        """Return the gemeenten that ended halfway `year` and that the figures at hand still hold."""
        return None if present is None else frozenset(c for c in self._ended_halfway.get(year, ()) if c in present)

    @cached_property
    def _ended_halfway(self) -> dict[int, frozenset[str]]:
        found: dict[int, frozenset[str]] = {}
        for step in self._steps:
            if not step.date.endswith("-01-01"):
                year = int(step.date[:4])
                found[year] = found.get(year, frozenset()) | step.ended
        return found

    def _undone(self, year: int, kept: frozenset[str] | None) -> Iterator[Step]:
        """Yield the steps between today and the indeling of `year`, newest first."""
        for step in reversed(self._steps):
            if step.date <= f"{year}-01-01":
                return
            if kept is None or step.date[:4] != str(year) or step.ended <= kept:
                yield step

    @cache  # noqa: B019 - one instance lives as long as the process
    def _predecessors(
        self, codes: frozenset[str], year: int, kept: frozenset[str] | None
    ) -> tuple[frozenset[str], str]:
        parts, reasons = set(codes), []
        for step in self._undone(year, kept):
            into = {old for old, new in step.pairs if new in parts}
            for old in sorted(into):
                if not {new for o, new in step.pairs if o == old} <= parts:
                    reasons.append(f"{self.name(old)} is op {step.date} verdeeld")
            parts = (parts - step.born) | into
        return frozenset(parts), "; ".join(reasons)

    @cache  # noqa: B019
    def _shares(self, codes: frozenset[str], year: int, kept: frozenset[str] | None) -> Shares:
        if wrong := sorted(c for c in codes if level_of(c) != "GM"):
            raise NotFoundError(f'"{wrong[0]}" is no gemeente code; shares are of gemeenten: use codes as GM0294')
        weights, divided = dict.fromkeys(sorted(codes), 1.0), []
        for step in self._undone(year, kept):
            came = {}
            for old, heirs in step.heirs.items():
                held = [(people, weights.get(new, 0.0)) for new, people in heirs]
                share = sum(people * weight for people, weight in held) / sum(people for people, _ in held)
                came[old] = max(share, weights.get(old, 0.0))
                if 0 < share < max(weight for _, weight in held):  # the split itself took a part away
                    day = dt.date.fromisoformat(step.date)
                    divided.append(Divided(old, self.name(old), day, share, len(heirs)))
            weights = {c: w for c, w in weights.items() if c not in step.born} | {c: w for c, w in came.items() if w}
        return Shares(weights, tuple(divided))

    def existing(self, codes: Collection[str], year: int) -> frozenset[str]:
        """Return an area as it was: codes that the indeling of `year` has stay, others become what they are made of.

        Codes of wijken and buurten stay too. Of a gemeente that was split only the heir that got most of its
        inhabitants takes it along.
        """
        known = self.gemeenten(year) | {c for c in codes if not c.startswith("GM")}
        made = {
            old
            for code in set(codes) - known
            for old, share in self.shares(code, year).weights.items()
            if share > 0.5 or share == max(self.shares(h, year).weights.get(old, 0.0) for h in self._heirs(old, year))
        }
        return frozenset({*(set(codes) & known), *made})

    def _heirs(self, code: str, year: int) -> frozenset[str]:
        """Return today's gemeenten in which a gemeente of `year` lies."""
        now = {code}
        for step in self._steps:
            if step.date > f"{year}-01-01":
                now = (now - step.ended) | {new for old, new in step.pairs if old in now}
        return frozenset(now)

    def changed(self, year: int, other: int) -> frozenset[str]:
        """Return the gemeente codes that do not stand for the same area in two indelingen."""
        early, late = sorted((year, other))
        steps = [s for s in self._steps if f"{early}-01-01" < s.date <= f"{late}-01-01"]
        return frozenset(code for step in steps for pair in step.pairs for code in pair)

    @cached_property
    def wijken(self) -> dict[str, frozenset[str]]:
        """The codes of wijken, of any year, by gemeente."""
        found: dict[str, set[str]] = {}
        for code, _ in self.small:
            if code.startswith("WK"):
                found.setdefault(gemeente_of(code), set()).add(code)
        return {gemeente: frozenset(codes) for gemeente, codes in found.items()}

    @cached_property
    def _any_year(self) -> dict[str, str]:
        return {code: name for (code, _), name in sorted(self.small.items())}

    @cached_property
    def _by_year(self) -> dict[str, dict[int, str]]:
        found: dict[str, dict[int, str]] = {}
        for (code, year), name in sorted(self.small.items()):
            found.setdefault(code, {})[year] = name
        return found

    @cache  # noqa: B019
    def stands(self, code: str, year: int) -> bool:
        """Tell whether the code of a wijk or buurt stands for today's area in the indeling of `year`.

        It does not where the list of that year gives it quite another name, the name of its gemeente left aside; a year
        without a list tells nothing.
        """
        names = self._by_year.get(code, {})
        if year not in names:
            return True
        return self._alike(code, names[year], names[max(names)])

    def same(self, code: str, year: int, other: int) -> bool:
        """Tell whether the code of a wijk or buurt stands for one area in two indelingen; both must have a list."""
        names = [self.small.get((code, when)) for when in (year, other)]
        return names[0] is not None and names[1] is not None and self._alike(code, names[0], names[1])

    def _alike(self, code: str, one: str, other: str) -> bool:
        """Tell whether two names are of one wijk or buurt, as they are or with the name of its gemeente left aside."""
        if same_name(one, other):
            return True
        town = re.compile(rf"\b{re.escape(self.name(gemeente_of(code)))}\b", re.IGNORECASE)  # Doetinchem Centrum
        return same_name(*(town.sub("", name).strip(" -") or name for name in (one, other)))

    def name(self, code: str, year: int = 0) -> str:
        """Return the name of a region (of a wijk or buurt in the indeling of `year`), or its code if none is known."""
        fixed = {COUNTRY: "Nederland", REST: "Restcategorie"}.get(code) or self.names.get(code)
        return fixed or self.small.get((code, year)) or self._any_year.get(code, code)
