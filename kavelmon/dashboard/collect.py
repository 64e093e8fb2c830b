"""All figures that the pages of some areas need, read in as few passes as there are editions."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

import numpy as np
import pandas as pd

from kavelmon import declarations, figures, store
from kavelmon.model import COUNTRY, Area, Edition, Indicator
from kavelmon.regions import gemeente_of

Key = tuple[str, str]  # indicator, edition
Frames = dict[Key, pd.DataFrame]
LEVELS = ("GM", "WK", "BU")
_ORDER = {"kavel": 0, "regio": 1, "eigen": 2, "land": 3}


@dataclass(frozen=True)
class Collected:
    """Figures by indicator and edition.

    Attributes
    ----------
    own
        Per area id: its own figures, every period.
    units
        Per level: the gemeenten, wijken and buurten of all the areas together.
    country
        Per level (GM, WK): every unit of the Netherlands, in the indeling that it was published in.
    """

    own: dict[str, Frames]
    units: dict[str, Frames]
    country: dict[str, Frames]
    _spread: dict[Key, dict[str, list[float]]] = field(default_factory=dict)

    def spread(self, item: Indicator, edition: str) -> dict[str, list[float]]:
        """Return per period the lowest, the quartiles and the highest figure of the gemeenten, and their number."""
        key = (item.id, edition)
        if key not in self._spread:
            frame = self.country["GM"].get(key)
            self._spread[key] = {} if frame is None else _spread(frame, item.decimals)
        return self._spread[key]

    def inside(self, area: Area, level: str, key: Key) -> pd.DataFrame | None:
        """Return the units of one level inside an area, of one indicator and edition; None without any."""
        frame = (self.units if area.codes else self.country).get(level, {}).get(key)
        if frame is None or not area.codes:
            return frame
        known = store.regions()
        years = {int(y) for y in frame["region_year"].unique()}
        codes = set(area.codes)
        if level != "GM":  # a wijk of an earlier indeling bears the code of the gemeente of then
            codes = {old for code in area.codes for year in years for old in known.predecessors(code, year)[0]}
        found = frame[frame["region"].map(gemeente_of).isin(codes)]
        return found if len(found) else None


def ordered(areas: Iterable[Area]) -> list[Area]:
    """Return areas as they are offered: kavels first, the country last."""
    return sorted(areas, key=lambda a: (_ORDER[a.kind], a.title))


def _spread(frame: pd.DataFrame, decimals: int) -> dict[str, list[float]]:
    known = frame[frame["value"].notna()]
    found = {}
    for period, values in known.groupby("period")["value"]:
        cuts = np.quantile(values.to_numpy(), [0, 0.25, 0.75, 1]).round(decimals).tolist()
        found[str(period)] = [*cuts, len(values)]
    return found


def items() -> list[Indicator]:
    """Return the indicators that figures are held of."""
    return [i for i in declarations.default().indicators.values() if figures.editions(i)]


def collect(areas: Iterable[Area], say: Callable[[str], None] = lambda _: None, *, workers: int = 1) -> Collected:
    """Read the figures of some areas, of the units inside them and of the country.

    Parameters
    ----------
    areas
        Declared or own areas; the country among them is the comparison of all.
    say
        Called with a sentence at each step.
    workers
        Processes that read; more than one only where the main module can be imported again, as that of a command can.
    """
    areas = list(areas)
    codes = sorted({code for area in areas for code in area.codes})
    levels = ["GM", *(["WK"] if any(not area.codes for area in areas) else [])]
    asked: list[tuple[str, object, str]] = [("country", COUNTRY, level) for level in levels]
    asked += [("units", codes, level) for level in LEVELS if codes]
    asked += [(area.id, area, "") for area in areas]
    found: list[Frames] = []
    with _mapping(workers) as spread_out:
        for (name, _, level), frames in zip(asked, spread_out(_frames, *zip(*asked, strict=True)), strict=True):
            say(f"figures: {name} {level}".rstrip())
            found.append(frames)
    made = dict(zip([(name, level) for name, _, level in asked], found, strict=True))
    return Collected(
        own={area.id: made[area.id, ""] for area in areas},
        units={level: made["units", level] for level in LEVELS if codes},
        country={level: made["country", level] for level in levels},
    )


@contextlib.contextmanager
def _mapping(workers: int) -> Iterator[Callable]:
    """Give a `map` that uses some processes, or this one."""
    if workers < 2:
        yield map
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield pool.map


def by_edition(found: Iterable[Indicator]) -> dict[str, list[str]]:
    """Return the ids of the indicators that each edition gives."""
    groups: dict[str, list[str]] = {}
    for item in found:
        for edition in figures.editions(item):
            groups.setdefault(edition.source, []).append(item.id)
    return groups


def _frames(_: str, region: str | Area | list[str], level: str) -> Frames:
    found: Frames = {}
    for name, ids in by_edition(items()).items():
        frame = figures.observations(ids, region, edition=name, level=level)
        found |= {(str(i), name): part for i, part in frame.groupby("indicator", sort=False)}
    return found


def chosen(item: Indicator, own: Frames) -> dict[str, tuple[int, int]]:
    """Return which edition and which of its periods stand for an indicator: newest (key "") and in each year.

    The first declared edition that has a value is the default. One with margins goes before it when it is not older,
    because only figures with margins are judged.
    """
    rows = []
    for number, edition in enumerate(figures.editions(item)):
        frame = own.get((item.id, edition.source))
        for n, one in enumerate(() if frame is None else frame.itertuples()):
            rows.append((number, n, one.period, pd.notna(one.value), pd.notna(one.lower)))
    return picked(rows)


def picked(rows: Sequence[tuple[int, int, str, bool, bool]]) -> dict[str, tuple[int, int]]:
    """Choose from rows of edition number, period number, period, has a value, has margins, as `chosen` says."""
    found = {}
    for year in ["", *sorted({r[2] for r in rows})]:
        asked = [r for r in rows if year in ("", r[2])]
        newest: dict[int, tuple] = {}
        for row in asked:
            if row[3] or row[0] not in newest:
                newest[row[0]] = row
        candidates = [r for r in newest.values() if r[3]] or list(newest.values())
        if not candidates:
            continue
        default = candidates[0]
        best = next((r for r in candidates if r[4] and r[2] >= default[2]), default)
        found[year] = (best[0], best[1])
    return found


def edition_of(item: Indicator, source: str) -> Edition:
    """Return the edition that a source gives of an indicator."""
    return item.editions(source)[0]
