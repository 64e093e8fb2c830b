"""All figures that the pages of some areas need, read in as few passes as there are editions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from kavelmon import declarations, figures, memberships, page_texts, store
from kavelmon.analysis.compare import by_edition
from kavelmon.analysis.peers import area_of, peers
from kavelmon.analysis.standard import of_all
from kavelmon.analysis.unequal import RANKINGS, ranking
from kavelmon.model import COUNTRY, Area, Edition, Indicator
from kavelmon.regions import gemeente_of

Key = tuple[str, str]  # indicator, edition
Frames = dict[Key, pd.DataFrame]
LEVELS = ("GM", "WK", "BU")
REGIONAL = "GG"  # the kind of region that stands between an area and the country
_ORDER = {"kavel": 0, "regio": 1, "netwerk": 2, "eigen": 3, "land": 4}


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
    peers
        Per area id: the gemeenten that are most like it, as `kavelmon.analysis.peers.peers` gives them.
    alike
        Per area id: the figures of its peers as one area.
    aged
        Per area id: its figures with the ages of the Netherlands, where an edition has ages.
    orders
        Per indicator that puts wijken in order: its newest figure, and its denominator, of every wijk in the areas.
    then
        Per area id of which the members changed: its figures as it was made up in each year.
    regional
        Per area id: the GGD-regio that most of its people live in, with its figures in `own`; none where it is that.
    """

    own: dict[str, Frames]
    units: dict[str, Frames]
    country: dict[str, Frames]
    peers: dict[str, pd.DataFrame] = field(default_factory=dict)
    alike: dict[str, Frames] = field(default_factory=dict)
    aged: dict[str, Frames] = field(default_factory=dict)
    orders: dict[str, pd.DataFrame] = field(default_factory=dict)
    then: dict[str, Frames] = field(default_factory=dict)
    regional: dict[str, Area] = field(default_factory=dict)
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
        small = {code for code in area.codes if not code.startswith("GM")}
        codes = set(area.codes) - small
        if level == "GM":
            codes |= {gemeente_of(code) for code in small}
        else:  # a wijk of an earlier indeling bears the code of the gemeente of then
            codes = {old for code in codes for year in years for old in known.predecessors(code, year)[0]}
        region = frame["region"]
        inside = region.map(gemeente_of).isin(codes) | region.isin(small)
        if level == "BU":
            inside |= ("WK" + region.str[2:8]).isin(small)
        found = frame[inside]
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


def collect(
    areas: Iterable[Area],
    say: Callable[[str], None] = lambda _: None,
    *,
    known: tuple[dict[str, Frames], Frames] | None = None,
) -> Collected:
    """Read the figures of some areas, of the units inside them and of the country.

    Parameters
    ----------
    areas
        Declared or own areas; the country among them is the comparison of all.
    say
        Called with a sentence at each step.
    known
        Figures that were collected before, of other areas and the country, and of every gemeente of the country.
    """
    areas = list(areas)
    say("gemeenten that are most like each area")
    alike = {area.id: peers(area) for area in areas if has_peers(area)}
    codes = sorted({code for area in areas for code in area.codes})
    gemeenten = sorted({*map(_gemeente, codes), *(code for found in alike.values() for code in found["region"])})
    levels = [] if known else ["GM", *(["WK"] if any(not area.codes for area in areas) else [])]
    asked: list[tuple[str, Any, str]] = [("country", COUNTRY, level) for level in levels]
    asked += [("units", gemeenten if level == "GM" else codes, level) for level in LEVELS if codes]
    asked += [(area.id, area, "") for area in areas]
    asked += [(name, area_of(found, page_texts.PAGE["peers"]), "PEERS") for name, found in alike.items()]
    asked += [(area.id, area, "AGED") for area in areas if area.codes]
    regional = {area.id: near for area in areas if (near := region_around(area)) is not None}
    held = {area.id for area in areas} | set(known[0] if known else ())
    asked += [(one.id, one, "") for one in {r.id: r for r in regional.values()}.values() if one.id not in held]
    asked += [(area.id, area, "THEN") for area in areas if any(m.valid_from or m.valid_to for m in area.member)]
    found = []
    for name, region, level in asked:
        say(f"figures: {name} {level.lower()}".rstrip())
        found.append(_frames(region, level))
    made = dict(zip([(name, level) for name, _, level in asked], found, strict=True))
    others, country = known or ({}, {})
    return Collected(
        own=others | {name: frames for (name, level), frames in made.items() if not level},
        units={level: made["units", level] for level in LEVELS if codes},
        country={level: made["country", level] for level in levels} or {"GM": country},
        peers=alike,
        alike={name: made[name, "PEERS"] for name in alike},
        aged={name: made[name, "AGED"] for name in alike},
        orders={name: ranking(name, codes) for name in RANKINGS} if codes else {},
        regional=regional,
        then={name: frames for (name, level), frames in made.items() if level == "THEN"},
    )


def has_peers(area: Area) -> bool:
    """Return whether there can be gemeenten like an area: it is made of gemeenten."""
    return bool(area.codes) and all(code.startswith("GM") for code in area.codes)


def region_around(area: Area) -> Area | None:
    """Return the GGD-regio that most people of an area live in; None where the area is that region, or has no codes."""
    if not area.codes:
        return None
    rows = memberships.of({*map(_gemeente, area.codes)})
    rows = rows[rows["kind"] == REGIONAL]
    found = memberships.region(rows.sort_values("inhabitants", ascending=False)["code"].iat[0]) if len(rows) else None
    return None if found is None or set(found.codes) == set(area.codes) else found


def _gemeente(code: str) -> str:
    return code if code.startswith("GM") else gemeente_of(code)


def _frames(region: str | Area | list[str], level: str) -> Frames:
    if level == "AGED":
        return of_all(items(), region if isinstance(region, str | Area) else tuple(region))
    if level == "THEN":
        return by_edition(items(), region, as_it_was=True)
    return by_edition(items(), region, level="" if level == "PEERS" else level)


def edition_of(item: Indicator, source: str) -> Edition:
    """Return the edition that a source gives of an indicator."""
    return item.editions(source)[0]
