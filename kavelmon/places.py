"""What figures can be asked of: the country, a declared area, a code, or a list of codes."""

import dataclasses
from collections.abc import Iterable

from kavelmon import declarations, memberships, store
from kavelmon.declarations import Catalogue, near
from kavelmon.model import COUNTRY, REST, Area, NotFoundError
from kavelmon.regions import gemeente_of, level_of, region_kind


@dataclasses.dataclass(frozen=True)
class Place:
    """Something that figures are asked of: the country, an area or one code."""

    id: str
    title: str
    level: str  # NL, GM, WK, BU, REST or GEBIED
    codes: tuple[str, ...]
    area: Area | None = None

    def codes_on(self, year: int) -> tuple[str, ...]:
        """Return the codes on 1 January of a year, in the indeling of that year."""
        codes = self.area.codes_on(year) if self.area else self.codes
        return tuple(sorted(store.regions().existing(codes, year)))


def place(region: str | Area | Iterable[str], catalogue: Catalogue | None = None) -> Place:
    """Return what an area id, a region code, an `Area` or a list of codes stands for.

    Raises
    ------
    NotFoundError
        For an id that is not declared or a code that does not exist (any more).
    """
    catalogue = catalogue or declarations.default()
    if isinstance(region, Area):
        return _area(region)
    if isinstance(region, str):
        if region in catalogue.areas:
            return _area(catalogue.areas[region])
        if region.upper() == COUNTRY:
            return _NEDERLAND
        code = region.upper()
        if region_kind(code):
            return _area(memberships.region(code))
        if not (level := level_of(code)):
            known = [*catalogue.areas, COUNTRY]
            raise NotFoundError(
                f'unknown region "{region}"; use {", ".join(sorted(known))}, '
                "or a code such as GM0294, WK029400 or GG1413"
            )
        return Place(code, store.regions().name(_existing(code)), level, () if code == REST else (code,))
    given = {_existing(c.upper()) for c in region}
    codes = tuple(sorted(c for c in given if not given & set(around(c))))  # what lies in another part counts once
    if not codes:
        raise NotFoundError("an area of no codes; give at least one gemeente, wijk or buurt code")
    return Place("+".join(codes), f"Gebied van {len(codes)} delen", "GEBIED", codes)


def around(code: str) -> tuple[str, ...]:
    """Return the gemeente, and of a buurt the wijk, that a code lies in.

    Examples
    --------
    >>> around("BU02940102")
    ('GM0294', 'WK029401')
    """
    if code[:2] not in ("WK", "BU"):
        return ()
    return (gemeente_of(code), f"WK{code[2:8]}") if code.startswith("BU") else (gemeente_of(code),)


_NEDERLAND = Place(COUNTRY, "Nederland", "NL", ())


def _area(area: Area) -> Place:
    if area.kind == "land":
        return _NEDERLAND
    return Place(area.id, area.title, "GEBIED", area.codes, area)


def _existing(code: str) -> str:
    gemeente = gemeente_of(code) if code[:2] in ("WK", "BU") else code
    names = store.regions().names
    if gemeente not in names and gemeente not in (COUNTRY, REST):
        raise NotFoundError(f"there is no gemeente with code {gemeente}; nearest: {near(gemeente, names)}")
    wijken = store.regions().wijken.get(gemeente, frozenset()) if code.startswith("WK") else frozenset()
    if wijken and code not in wijken:
        raise NotFoundError(f"there is no wijk with code {code}; nearest: {near(code, wijken)}")
    return code
