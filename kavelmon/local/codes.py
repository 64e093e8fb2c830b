"""Whether a region code is right in the indeling of its year, and what to write when it is not."""

import re
from collections.abc import Collection

from kavelmon.declarations import near
from kavelmon.local.grid import shown
from kavelmon.model import COUNTRY
from kavelmon.regions import FIRST_YEAR, Regions, gemeente_of, level_of


def fault_of(code: str, year: int, regions: Regions, areas: Collection[str] = ()) -> str:
    """Return what is wrong with a region code in the indeling of `year`, and what to write; empty when it is right.

    Parameters
    ----------
    code
        As written, in capitals.
    areas
        Ids of declared areas, of which no figure can be given.
    """
    if code == COUNTRY:
        return ""
    if code.lower() in areas or re.fullmatch(r"(GG|GGD|PV|CR|LD)[\s-]?\d+", code):
        return (
            f"{shown(code) if code.lower() not in areas else code.lower()} is an area of several gemeenten; its figure "
            "is made of theirs: give a row per gemeente, and leave this row out"
        )
    if year < FIRST_YEAR:
        return f"the indeling of {year} is not known (from {FIRST_YEAR}); give region_year, the indeling of the codes"
    level = level_of(code)
    if not level or code == "REST":
        return _no_code(code, year, regions)
    gemeente = gemeente_of(code) if level in ("WK", "BU") else code
    if wrong := _gemeente(gemeente, year, regions):
        return wrong if level == "GM" else f"{code} lies in {gemeente}, and {wrong}"
    return _small(code, level, year, regions) if level in ("WK", "BU") else ""


def _no_code(code: str, year: int, regions: Regions) -> str:
    valid = regions.valid(year)
    if re.fullmatch(r"\d{1,4}", code) and f"GM{int(code):04d}" in valid:
        return f"{shown(code)} is no region code; write GM{int(code):04d}"
    named = sorted(c for c in valid if regions.name(c).upper() == code)
    if named:
        return f"a name in place of a code; write {' or '.join(named)} for {regions.name(named[0])}"
    return f"{shown(code)} is no region code; write codes as GM0294, WK029400 or BU02940000, or NL for the country"


def _gemeente(code: str, year: int, regions: Regions) -> str:
    valid = regions.valid(year)
    if code in valid:
        return ""
    if code not in regions.names:
        return f"there is no gemeente {code}; nearest: {near(code, valid)}"
    name = regions.name(code)
    after = sorted(successors(code, year, regions) & valid)
    if after:
        offered = " and ".join(f"{c} ({regions.name(c)})" for c in after)
        how = "write" if len(after) == 1 else "it was divided over"
        return f"{code} ({name}) does not exist in the indeling of {year}; {how} {offered}, or mend region_year"
    return f"{code} ({name}) does not exist in the indeling of {year}; mend the code, or region_year"


def successors(code: str, year: int, regions: Regions) -> frozenset[str]:
    """Return the gemeenten that an abolished one went into, as they are called in `year`."""
    moves = regions.transfers[["date", "from_code", "to_code"]].sort_values("date")
    found = {code}
    for date, old, new in moves.itertuples(index=False):
        if old in found and str(date) <= f"{year}-12-31":
            found.add(new)
    return frozenset(found - {code})


def _small(code: str, level: str, year: int, regions: Regions) -> str:
    """Judge a wijk or buurt by the lists at hand: of its own year, or of the years around it."""
    gemeente = gemeente_of(code)
    listed: dict[int, set[str]] = {}
    for known, of in regions.small:
        if known.startswith(level) and gemeente_of(known) == gemeente:
            listed.setdefault(of, set()).add(known)
    if not listed:
        return ""  # buurten are listed of some gemeenten only
    before, after = [y for y in listed if y <= year], [y for y in listed if y >= year]
    around = {max(before, default=min(listed)), min(after, default=max(listed))}
    if any(code in listed[y] for y in around):
        return ""
    word = "wijk" if level == "WK" else "buurt"
    others = sorted(y for y, codes in listed.items() if code in codes)
    if others:
        return (
            f"{code} is a {word} in the indeling of {', '.join(map(str, others))}, not of {year}; give the codes of "
            f"{year}, or region_year = {others[-1]}"
        )
    nearest = near(code, listed[max(around)])
    return f"there is no {word} {code} in {gemeente} ({regions.name(gemeente)}); nearest: {nearest}"
