"""The gemeenten that are most like an area: by how it is built up and who live there, not by how they are doing."""

from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd

from kavelmon import declarations, figures, places, store
from kavelmon.model import Area, Member, NotFoundError
from kavelmon.stats.peers import nearest

# What an area can do little about: size, density, age, income, households, growth. No outcome is among them, or
# gemeenten would be alike because they do equally well.
STRUCTURE = (
    "inwoners",
    "omgevingsadressendichtheid",
    "aandeel_0_14",
    "aandeel_65plus",
    "aandeel_80plus",
    "inkomen_per_inwoner",
    "laag_inkomen",
    "eenpersoonshuishoudens",
    "bevolkingsgroei_5jaar",
)
MOST_LIKE = 10


def peers(region: str | Area | Iterable[str], k: int = MOST_LIKE) -> pd.DataFrame:
    """Return the gemeenten that are most like a region.

    The columns of `STRUCTURE` are standardised over all gemeenten (mean 0, sd 1; inhabitants and density as logarithms,
    of a region the mean number of inhabitants of its gemeenten); the distance is the Euclidean one, divided by the root
    of the number of columns, so that 1 is one standard deviation in each. Gemeenten of the region itself and of
    declared kavels are left out: they do not show what happens without a kavel.

    Parameters
    ----------
    region
        Area id, gemeente code, `Area` or list of gemeente codes.
    k
        How many; ten by default, as in the comparisons with "similar local authorities" of CIPFA and NHS England.

    Returns
    -------
    pandas.DataFrame
        region, region_name, distance and the figures that were compared; nearest first.

    Raises
    ------
    NotFoundError
        An unknown region, or one that is not made of gemeenten.

    Examples
    --------
    >>> peers("ede", 3)["distance"].is_monotonic_increasing
    True
    """
    spot = places.place(region)
    if spot.level == "NL" or any(not code.startswith("GM") for code in spot.codes):
        raise NotFoundError(
            f"{spot.title}: only an area of gemeenten has peers; give gemeente codes or a declared area"
        )
    known = _structure()
    kavels = {c for area in declarations.default().areas.values() if area.kind == "kavel" for c in area.codes}
    own = pd.DataFrame([{name: _own(name, spot.codes) for name in STRUCTURE}])
    found = nearest(_scaled(known), _scaled(own).iloc[0], k=k, exclude=kavels | set(spot.codes))
    rows = known.loc[found.index].assign(distance=found).reset_index()
    rows["region_name"] = rows["region"].map(store.regions().name)
    return rows[["region", "region_name", "distance", *STRUCTURE]]


def area_of(found: pd.DataFrame, title: str) -> Area:
    """Return peers as one area, so that their figure is made as that of any other area."""
    return Area(id="vergelijkbaar", title=title, member=tuple(Member(code=c) for c in found["region"]))


@cache
def _structure() -> pd.DataFrame:
    """Return the newest figure of every column of `STRUCTURE` for today's gemeenten."""
    codes = sorted(store.regions().gemeenten(store.regions().current_year))
    columns = {}
    for name in STRUCTURE:
        frame = figures.observations(name, codes, level="GM", latest=True)
        columns[name] = frame.set_index("region")["value"]
    found = pd.DataFrame(columns)
    found.index.name = "region"
    return found


def _own(name: str, codes: tuple[str, ...]) -> float:
    value = figures.value(name, codes)["value"]
    if value is None:
        return np.nan
    return value / len(codes) if name == "inwoners" else value


def _scaled(table: pd.DataFrame) -> pd.DataFrame:
    logs = {name: np.log(table[name]) for name in ("inwoners", "omgevingsadressendichtheid")}
    return table.assign(**logs)
