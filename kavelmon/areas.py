"""Areas that anybody puts together: from codes or names of regions to one exact area, with what is wrong said."""

import functools
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from kavelmon import area_texts, declarations, memberships, store
from kavelmon.declarations import near
from kavelmon.model import Area, CatalogueError, Member, NotFoundError
from kavelmon.places import around
from kavelmon.regions import Regions, gemeente_of, level_of, region_kind

Kind = Literal["unknown", "abolished", "inside", "double", "empty"]
OWN = "eigen"
_LEVEL_ORDER = {"GM": 0, "WK": 1, "BU": 2}


@dataclass(frozen=True)
class Remark:
    """Something about a code that whoever puts an area together must know.

    Attributes
    ----------
    kind
        ``unknown`` and ``abolished`` codes are not in the area; what lies ``inside`` another part of it, or was given
        ``double``, counts once.
    others
        For an unknown code those nearest to it, for an abolished one its successors, for an inner one what it lies in.
    """

    kind: Kind
    code: str
    name: str = ""
    others: tuple[tuple[str, str], ...] = ()

    @property
    def fault(self) -> bool:
        """Whether the area is another one than was asked for because of this."""
        return self.kind in ("unknown", "abolished", "empty")

    @property
    def dutch(self) -> str:
        """The sentence that a reader sees."""
        return area_texts.remark(self.kind, self.code, self.name, [f"{n} ({c})" for c, n in self.others])

    @property
    def english(self) -> str:
        """The sentence of an error."""
        listed = ", ".join(f"{c} ({n})" if n else c for c, n in self.others)
        named = f"{self.code} ({self.name})" if self.name else self.code
        return {
            "unknown": f"there is no region with code {self.code}; nearest: {listed}",
            "abolished": f"{named} does not exist any more; use {listed}",
            "inside": f"{named} lies in {listed} and counts once",
            "double": f"{named} stands there twice and counts once",
            "empty": "an area of no codes; give at least one gemeente, wijk or buurt code",
        }[self.kind]


@dataclass(frozen=True)
class Composition:
    """What codes come to: those of the area, in order, and what is to be said of them."""

    codes: tuple[str, ...]
    remarks: tuple[Remark, ...]

    @property
    def faults(self) -> tuple[Remark, ...]:
        """The remarks because of which this is not the area that was asked for."""
        return tuple(remark for remark in self.remarks if remark.fault)


def split(text: str) -> list[str]:
    """Return the codes in a text: between commas, semicolons, plus signs, blanks or new lines; in capitals.

    Examples
    --------
    >>> split("gm0294, WK029401+BU02220100")
    ['GM0294', 'WK029401', 'BU02220100']
    """
    return [part.upper() for part in re.split(r"[\s,;+]+", text) if part]


def compose(codes: Iterable[str]) -> Composition:
    """Return the area that some codes are: each part counted once, and what is to be said of them.

    A region or a declared area among them stands for its parts.

    Examples
    --------
    >>> compose(["GM0294", "WK029401"]).codes
    ('GM0294',)
    """
    kept: list[str] = []
    remarks: list[Remark] = []
    for code in _expanded(codes):
        if code in kept:
            remarks.append(Remark("double", code, _name(code)))
        elif (remark := _fault(code)) is not None:
            remarks.append(remark)
        else:
            kept.append(code)
    whole = set(kept)
    for code in list(kept):
        if outer := next((o for o in around(code) if o in whole), ""):
            kept.remove(code)
            remarks.append(Remark("inside", code, _name(code), ((outer, _name(outer)),)))
    if not kept:
        remarks.append(Remark("empty", ""))
    order = sorted(kept, key=lambda c: (_LEVEL_ORDER[c[:2]], c))
    return Composition(tuple(order), tuple(remarks))


def _expanded(codes: Iterable[str]) -> Iterator[str]:
    """Yield codes in capitals; a region or declared area as those of its parts."""
    known = declarations.default().areas
    for code in (code.strip() for code in codes):
        if code.lower() in known and known[code.lower()].codes:
            yield from known[code.lower()].codes
        elif region_kind(code.upper()):
            try:
                yield from memberships.region(code).codes
            except NotFoundError:
                yield code.upper()
        else:
            yield code.upper()


def own(codes: Iterable[str], title: str = "") -> tuple[Area, Composition]:
    """Return codes as one area, with what is to be said of them.

    Raises
    ------
    NotFoundError
        When a code is unknown or abolished: each of them is named, with what may be meant.
    """
    found = compose(codes)
    if found.faults:
        raise NotFoundError("; ".join(remark.english for remark in found.faults))
    area = Area(
        id=identity(found.codes),
        title=title or title_of(found.codes),
        kind="eigen",
        description=" ".join(
            [
                *([area_texts.composed_of(counts(found.codes))] if len(found.codes) > 1 else []),
                *(r.dutch for r in found.remarks),
            ]
        ),
        member=tuple(Member(code=code) for code in found.codes),
    )
    return area, found


def find(text: str, title: str = "") -> Area:
    """Return the area that a text names.

    Parameters
    ----------
    text
        The id of a declared area, the code of a region (``GG1413``), codes between commas, or a TOML file of an area.

    Raises
    ------
    NotFoundError
        An id that is not declared, or codes that are unknown or abolished.
    CatalogueError
        A file that is not one of an area; the message names every fault.
    """
    if text.endswith(".toml"):
        return read(Path(text))
    catalogue = declarations.default()
    if text.lower() in catalogue.areas:
        return catalogue.areas[text.lower()]
    codes = split(text)
    if len(codes) == 1 and region_kind(codes[0]):
        return memberships.region(codes[0])
    if len(codes) == 1 and not level_of(codes[0]):
        return catalogue.area(text)
    return own(codes, title)[0]


def declared(codes: Sequence[str]) -> bool:
    """Return whether what was given for codes is one declared area or region, by its id or code."""
    return len(codes) == 1 and (codes[0].lower() in declarations.default().areas or bool(region_kind(codes[0])))


def read(path: Path) -> Area:
    """Return the area of a TOML file, as `write` makes it and as they lie in ``data_sources/kavels/``.

    Raises
    ------
    CatalogueError
        With one line per fault: file, key, what was found, what is allowed.
    """
    if not path.is_file():
        raise CatalogueError(f"{path}: no such file; give a TOML file of an area, such as data_sources/kavels/ede.toml")
    faults: list[str] = []
    area = declarations.read_area(path, faults)
    if area is not None:
        wrong = compose(m.code for m in area.member if m.valid_to is None).faults
        faults += [f"{path.name}: member: {remark.english}" for remark in wrong]
    if faults or area is None:
        raise CatalogueError(f"{len(faults)} fault(s) in {path}:\n" + "\n".join(faults))
    return area


def write(area: Area, path: Path) -> None:
    """Write an area as a TOML file that `read` gives back; an existing file is replaced at once.

    Raises
    ------
    CatalogueError
        A name that cannot be the id of an area.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*\.toml", path.name):
        raise CatalogueError(f"{path.name}: the file name is the id of the area: use small letters, digits and _")
    quoted = functools.partial(json.dumps, ensure_ascii=False)
    lines = [
        f"{key} = {quoted(text)}" for key in ("title", "kind", "description", "source") if (text := getattr(area, key))
    ]
    lines += [f"start = {area.start.isoformat()}"] if area.start else []
    lines += [f"kernset = {quoted(list(area.kernset))}"] if area.kernset else []
    for member in area.member:
        lines += ["", "[[member]]", f'code = "{member.code}" # {_name(member.code)}']
        lines += [
            f"{key} = {moment}" for key in ("valid_from", "valid_to") if (moment := getattr(member, key)) is not None
        ]
    for event in area.event:
        lines += ["", "[[event]]", *(f"{k} = {quoted(v)}" for k, v in event.model_dump().items() if v != "")]
    draft = path.with_name(f".{path.name}")
    draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
    draft.replace(path)


def identity(codes: Iterable[str]) -> str:
    """Return the id of an area of codes: the same codes have the same id."""
    return f"{OWN}_{hashlib.sha256(','.join(codes).encode()).hexdigest()[:12]}"


def title_of(codes: tuple[str, ...]) -> str:
    """Return a name for an area that was given none: its gemeenten, of many the first two; or how many wijken where."""
    towns = [_name(code) for code in sorted({gemeente_of(c) if c[:2] in ("WK", "BU") else c for c in codes})]
    if all(code.startswith("GM") for code in codes):
        return area_texts.several(towns)
    if len(codes) == 1:
        return f"{_name(codes[0])} ({towns[0]})"
    return area_texts.inside(area_texts.counted(counts(codes)), towns)


def counts(codes: Iterable[str]) -> dict[str, int]:
    """Return how many gemeenten, wijken and buurten there are among some codes."""
    found: dict[str, int] = {}
    for code in codes:
        found[code[:2]] = found.get(code[:2], 0) + 1
    return found


def _name(code: str) -> str:
    found = store.regions().name(code)
    return "" if found == code else found


def _fault(code: str) -> Remark | None:
    """Return what is wrong with a code; None when it is one of today's, or a wijk or buurt with figures."""
    regions = store.regions()
    today = regions.gemeenten(regions.current_year)
    level = level_of(code)
    if level not in _LEVEL_ORDER:
        known = today if len(code) < 8 else [c for codes in _inner(regions, "WK").values() for c in codes]
        return Remark("unknown", code, "", _named(near(code, known).split(", ")))
    gemeente = code if level == "GM" else gemeente_of(code)
    if gemeente not in today:
        heirs = _heirs(gemeente)
        if heirs:
            return Remark("abolished", code, _name(code), _named(heirs))
        return Remark("unknown", code, "", _named(near(gemeente, today).split(", ")))
    if level == "GM":
        return None
    inside = _inner(regions, level).get(gemeente, frozenset())
    if code in inside:
        return None
    return Remark("unknown", code, "", _named(near(code, inside).split(", ") if inside else [gemeente]))


@lru_cache(maxsize=8)
def _inner(regions: Regions, level: str) -> dict[str, frozenset[str]]:
    """Return the wijken or buurten that any year knows, by gemeente."""
    found: dict[str, set[str]] = {}
    for code, _ in regions.small:
        if code.startswith(level):
            found.setdefault(gemeente_of(code), set()).add(code)
    return {gemeente: frozenset(codes) for gemeente, codes in found.items()}


def _named(codes: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((code, _name(code)) for code in codes)


def _heirs(gemeente: str) -> list[str]:
    """Return the gemeenten of today that an abolished one went to, the largest part first."""
    regions = store.regions()
    today = regions.gemeenten(regions.current_year)
    found: dict[str, None] = {}
    todo = [gemeente]
    seen = set()
    while todo:
        code = todo.pop(0)
        if code in seen:
            continue
        seen.add(code)
        rows = regions.transfers[regions.transfers["from_code"] == code]
        for heir in rows.sort_values("inwoners", ascending=False)["to_code"]:
            if heir in today:
                found[heir] = None
            else:
                todo.append(heir)
    return list(found)
