"""Wijken and buurten in another indeling: by an unchanged code, or by laying the shapes of two years over another."""

from functools import cache

import numpy as np
import pandas as pd

from kavelmon import geometry, region_texts, store
from kavelmon.inhabitants import known_of
from kavelmon.model import KavelmonError
from kavelmon.regions import gemeente_of, same_name

COLUMNS = ["from_code", "to_code", "share", "inhabitants", "estimated"]
LEAST_SHARE = 0.01  # of a wijk; less is the width of a drawn line
LEAST_WHOLE = 0.95  # of a wijk, to be taken for all of it
_METRES = "EPSG:28992"


def small_flows(
    level: str, from_year: int, to_year: int, *, overlay: bool
) -> tuple[pd.DataFrame, frozenset[str], frozenset[str], dict[str, str]]:
    """Return where wijken (WK) or buurten (BU) of one list went in another one.

    Parameters
    ----------
    overlay
        Whether changed wijken may be matched by their shapes: not for modelled estimates, that are made for the wijken
        of their own year.

    Returns
    -------
    flow : pandas.DataFrame
        `COLUMNS`; a code with the same name in both lists is the same region. The shares of a changed wijk add up to
        less than 1 where a part of it went to a wijk that is left out.
    sources, targets : frozenset of str
        The codes of both lists.
    reasons : dict
        Why nothing goes to a code of `to_year`.

    Raises
    ------
    KavelmonError
        A year without a list of this level.
    """
    old, new = _list(level, from_year), _list(level, to_year)
    same = sorted(c for c in old.keys() & new.keys() if same_name(old[c], new[c]))
    flow = pd.DataFrame({"from_code": same, "to_code": same, "share": 1.0, "estimated": ""})
    why = "another code or name in the other list"
    drawn = level == "WK" and _has_shapes(from_year) and _has_shapes(to_year)
    if overlay and drawn:
        laid = _overlay(from_year, to_year)
        laid = _whole(laid[~laid["from_code"].isin(same) & ~laid["to_code"].isin(same)])
        flow = pd.concat([flow, laid.assign(estimated=region_texts.OVERLAY)], ignore_index=True)
        why += "; by their borders, a part of it comes from or goes to a wijk that is called unchanged"
    elif drawn:
        why += "; a modelled estimate is not laid over other borders"
    elif level == "WK":
        why += "; borders of both years are not there"
    people = flow["from_code"].map(known_of(flow["from_code"], from_year)).astype(float)
    flow = flow.assign(inhabitants=people * flow["share"]).sort_values(COLUMNS[:2], ignore_index=True)[COLUMNS]
    reasons = {c: f"{new[c]} ({c}) has {why}" for c in sorted(new.keys() - set(flow["to_code"]))}
    return flow, frozenset(old), frozenset(new), reasons


def _whole(laid: pd.DataFrame) -> pd.DataFrame:
    """Keep the wijken that are made of what is left after the unchanged ones; what a drawn line takes is given back."""
    kept = laid.groupby("from_code")["share"].transform("sum")
    cover = laid.groupby("to_code")["cover"].transform("sum")
    bad = set(laid.loc[(kept < LEAST_WHOLE) | (cover < LEAST_WHOLE), "to_code"])
    return laid.assign(share=laid["share"] / kept)[~laid["to_code"].isin(bad)].drop(columns="cover")


def _list(level: str, year: int) -> dict[str, str]:
    """Return name by code of the wijken or buurten of a year."""
    small = store.regions().small
    found = {code: name for (code, when), name in small.items() if when == year and code.startswith(level)}
    if not found:
        years = sorted({when for code, when in small if code.startswith(level)})
        raise KavelmonError(
            f"no list of level {level} for {year}; there are lists of {', '.join(map(str, years))}: use one of these"
        )
    return found


def _has_shapes(year: int) -> bool:
    return geometry.shapes("WK", year, []).attrs["region_year"] == year


@cache
def _overlay(from_year: int, to_year: int) -> pd.DataFrame:
    """Lay the wijken of two years over each other: which share of the people of each lives in each other one.

    `cover` is the part of the land of the wijk of `to_year`.

    Inside a wijk people are spread as in the wijken of the other year: each piece has the density of the other side.
    """
    old, new = (geometry.shapes("WK", year).to_crs(_METRES)[["code", "geometry"]] for year in (from_year, to_year))
    pieces = old.overlay(new, how="intersection", keep_geom_type=True)
    pieces = pd.DataFrame(
        {"from_code": pieces["code_1"], "to_code": pieces["code_2"], "area": pieces.geometry.area.to_numpy()}
    )
    pieces = pieces[_one_gemeente(pieces, from_year, to_year)]
    people = pieces["to_code"].map(known_of(pieces["to_code"], to_year)).astype(float)
    density = people / pieces["to_code"].map(dict(zip(new["code"], new.geometry.area, strict=True)))
    pieces["cover"] = pieces["area"] / pieces["to_code"].map(dict(zip(new["code"], new.geometry.area, strict=True)))
    whole = pieces["from_code"].map(dict(zip(old["code"], old.geometry.area, strict=True)))
    pieces = pieces[(pieces["area"] / whole >= LEAST_SHARE) & density.notna()]
    # where nobody lives on the other side, land is all there is to go by
    weight = pieces["area"] * density.loc[pieces.index]
    total = weight.groupby(pieces["from_code"]).transform("sum")
    land = pieces["area"] / pieces.groupby("from_code")["area"].transform("sum")
    share = pd.Series(np.where(total > 0, weight / total.where(total > 0, 1.0), land), index=pieces.index)
    return pieces.assign(share=share)[share >= LEAST_SHARE][["from_code", "to_code", "share", "cover"]]


def _one_gemeente(pieces: pd.DataFrame, from_year: int, to_year: int) -> pd.Series:
    """Tell which pieces lie in one and the same gemeente of the later year: borders of gemeenten are not crossed."""
    late = max(from_year, to_year)
    later: dict[str, set[str]] = {}
    for year in (from_year, to_year):
        for code in store.regions().gemeenten(late):
            for part in store.regions().shares(code, year).weights if year < late else (code,):
                later.setdefault(part, set()).add(code)
    ends = [
        bool(later.get(gemeente_of(a), {gemeente_of(a)}) & later.get(gemeente_of(b), {gemeente_of(b)}))
        for a, b in zip(pieces["from_code"], pieces["to_code"], strict=True)
    ]
    return pd.Series(ends, index=pieces.index)
