"""The criteria of an area that can become a kavel: what they say, which figures stand for them, what people judge.

They are declared in ``criteria/`` and ``groups/`` beside the catalogue, and every fault in them is reported at once.
Which figures stand for a criterion, and with which weight, is a choice of this package: nobody published the first one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kavelmon import declarations, paths
from kavelmon.declarations import Catalogue, near
from kavelmon.model import CatalogueError, Identifier, NotFoundError

Kind = Literal["delphi", "voorwaarde"]
Measured = Literal["ja", "deels", "nee"]
Direction = Literal["higher", "lower"]
Confidence = Literal["A", "B", "C"]

_Reference = Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$")]
_Sentence = Annotated[str, Field(min_length=1)]
_KINDS: dict[str, Kind] = {"D": "delphi", "K": "voorwaarde"}


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Group(_Declared):
    """Criteria whose figures make one score.

    Attributes
    ----------
    order
        Its place among the groups, from 1.
    title, why
        Dutch, as people read them.
    """

    id: Identifier
    order: int = Field(ge=1)
    title: _Sentence
    why: _Sentence


class Proxy(_Declared):
    """An indicator that stands for a criterion.

    Attributes
    ----------
    id
        Of the indicator.
    direction
        Whether a higher or a lower figure raises the promise as a kavel; not whether it is good for people.
    confidence
        How well it stands for the criterion: A well, B weakly, C as background only.
    source, period, age
        The edition that is used, and which figures of it; empty to leave the choice to who asks.
    weight
        In its group.
    why
        The Dutch sentence that says so.
    """

    id: Identifier
    direction: Direction
    confidence: Confidence
    source: _Reference = ""
    period: Annotated[str, Field(pattern=r"^((19|20)\d\d)?$")] = ""
    age: str = ""
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    why: _Sentence


class Criterion(_Declared):
    """One criterion, as the Delphi study or the preconditions of a kavel have it.

    Attributes
    ----------
    code
        D1 to D11 for the Delphi criteria, K1 to K6 for the preconditions.
    text, short
        The literal sentence, and a title of a few words.
    measured
        Whether figures can stand for it: "ja", "deels", or "nee" when only people can judge.
    group
        The group whose score its figures make.
    same_as
        The criterion that says the same: that one holds the figures, or the question.
    note
        What a figure can and cannot say of it.
    missing
        What would fill the gap, by file in ``missing/``.
    ask
        The question for people who judge.
    """

    id: Identifier
    code: Annotated[str, Field(pattern=r"^[DK][1-9]\d?$")]
    order: int = Field(ge=1)
    text: _Sentence
    short: _Sentence
    kind: Kind
    measured: Measured
    group: _Reference = ""
    same_as: _Reference = ""
    note: _Sentence
    missing: tuple[Identifier, ...] = ()
    ask: str = ""
    indicator: tuple[Proxy, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        letter, number = self.id.split("_")[0][:1], self.id.split("_")[0][1:]
        if not number.isdigit() or f"{letter.upper()}{int(number)}" != self.code:
            raise ValueError(f'code = "{self.code}" is not that of the file name; the name begins with the code')
        if self.kind != _KINDS[self.code[0]]:
            raise ValueError(f'kind = "{self.kind}"; {self.code[0]} is for "{_KINDS[self.code[0]]}"')
        if self.same_as and (self.group or self.ask or self.indicator or self.missing):
            raise ValueError("same_as, and group, ask, missing or indicator too; give these in the other criterion")
        if self.same_as:
            return self
        if (self.measured == "nee") != bool(self.ask):
            raise ValueError('ask: give the question where measured = "nee", and only there: a judgement is no number')
        if self.indicator and self.measured == "nee":
            raise ValueError('indicator: there is one, and measured = "nee"; use "ja" or "deels"')
        if (self.measured != "nee") != bool(self.group):
            raise ValueError('group: give it where measured = "ja" or "deels", and only there')
        if self.measured != "nee" and not (self.indicator or self.missing):
            raise ValueError("no indicator, and missing names nothing that would be one; give either")
        return self


@dataclass(frozen=True)
class Criteria:
    """All criteria and groups, each in its own order."""

    groups: tuple[Group, ...]
    criteria: tuple[Criterion, ...]

    @cached_property
    def by_group(self) -> dict[str, tuple[Criterion, ...]]:
        """The criteria of each group, by its id, in order of the groups."""
        return {g.id: tuple(c for c in self.criteria if c.group == g.id) for g in self.groups}

    @cached_property
    def proxies(self) -> dict[str, Proxy]:
        """Every indicator that stands for a criterion, by its id, in order of groups and criteria."""
        return {p.id: p for criteria in self.by_group.values() for c in criteria for p in c.indicator}

    @cached_property
    def group_of(self) -> dict[str, str]:
        """The id of the group of each indicator."""
        return {p.id: group for group, criteria in self.by_group.items() for c in criteria for p in c.indicator}

    @cached_property
    def without_number(self) -> tuple[Criterion, ...]:
        """The criteria that no figure stands for, neither here nor in the criterion that says the same."""
        return tuple(c for c in self.criteria if not self.meant(c).indicator)

    @cached_property
    def asked(self) -> tuple[Criterion, ...]:
        """The criteria that people judge."""
        return tuple(c for c in self.criteria if c.ask)

    def meant(self, criterion: Criterion) -> Criterion:
        """Return the criterion that holds the figures or the question: another one where that says the same."""
        return self.criterion(criterion.same_as) if criterion.same_as else criterion

    def criterion(self, key: str) -> Criterion:
        """Return a criterion by its id or code.

        Raises
        ------
        NotFoundError
            When there is none; the message names the nearest.
        """
        for one in self.criteria:
            if key in (one.id, one.code):
                return one
        known = [name for one in self.criteria for name in (one.id, one.code)]
        raise NotFoundError(f'unknown criterion "{key}"; nearest: {near(key, known)}')


def read_criteria(folder: Path | None = None, catalogue: Catalogue | None = None) -> Criteria:
    """Read and check every criterion and group.

    Parameters
    ----------
    folder
        Holds ``criteria/`` and ``groups/``; default: the bundled ones, read once.
    catalogue
        The indicators and sources that they refer to; default: those of `kavelmon.declarations.default`.

    Raises
    ------
    CatalogueError
        With one line per fault: file, key, what was found, what is allowed.
    """
    if folder is None and catalogue is None:
        return _default(paths.data_sources())
    return _read(folder or paths.data_sources(), catalogue or declarations.default())


@cache
def _default(folder: Path) -> Criteria:
    return _read(folder, declarations.default())


def _read(folder: Path, catalogue: Catalogue) -> Criteria:
    faults: list[str] = []
    groups = _files(folder, "groups", Group, faults)
    criteria = _files(folder, "criteria", Criterion, faults)
    if not faults and not criteria:
        faults.append(f"{folder}: no TOML file found in the folder criteria; put the criteria there, one file each")
    if not faults:  # what refers to a file that could not be read would be a second message of the same fault
        faults += [*_references(groups, criteria), *_figures(criteria, catalogue)]
    if faults:
        raise CatalogueError(f"{len(faults)} fault(s) in the criteria:\n" + "\n".join(faults))
    return Criteria(
        tuple(sorted(groups.values(), key=lambda g: g.order)), tuple(sorted(criteria.values(), key=lambda c: c.order))
    )


_T = TypeVar("_T", Group, Criterion)


def _files(folder: Path, sub: str, cls: type[_T], faults: list[str]) -> dict[str, _T]:
    found = {}
    for path in sorted((folder / sub).glob("*.toml")):
        item = declarations.read_file(path, f"{sub}/{path.name}", cls, faults)
        if item is not None:
            found[path.stem] = item
    return found


def _references(groups: Mapping[str, Group], criteria: Mapping[str, Criterion]) -> list[str]:
    """Return what is wrong between the files: double places and codes, and names of groups and criteria."""
    faults = _twice("groups", "order", ((g.id, g.order) for g in groups.values()))
    faults += _twice("criteria", "order", ((c.id, c.order) for c in criteria.values()))
    faults += _twice("criteria", "code", ((c.id, c.code) for c in criteria.values()))
    used = {c.group for c in criteria.values()}
    faults += [f"groups/{g}.toml: no criterion names this group; take it out, or name it" for g in groups.keys() - used]
    for one in criteria.values():
        where = f"criteria/{one.id}.toml"
        if one.group and one.group not in groups:
            faults.append(
                f'{where}: group = "{one.group}": no such file in groups/; nearest: {near(one.group, groups)}'
            )
        if not one.same_as:
            continue
        other = criteria.get(one.same_as)
        if other is None:
            nearest = near(one.same_as, criteria)
            faults.append(f'{where}: same_as = "{one.same_as}": no such file in criteria/; nearest: {nearest}')
        elif other.same_as:
            faults.append(f'{where}: same_as = "{one.same_as}": that one is the same as another too; name the last one')
        elif other.measured != one.measured:
            faults.append(
                f'{where}: measured = "{one.measured}": criteria/{other.id}.toml says the same and has '
                f'"{other.measured}"; give both the same value'
            )
    return faults


def _twice(sub: str, key: str, held: Iterable[tuple[str, object]]) -> list[str]:
    first: dict[object, str] = {}
    return [
        f"{sub}/{name}.toml: {key} = {value!r}: {sub}/{first[value]}.toml has it too; give each its own"
        for name, value in held
        if first.setdefault(value, name) != name
    ]


def _figures(criteria: Mapping[str, Criterion], catalogue: Catalogue) -> list[str]:
    """Return what is wrong with the indicators that criteria name, and with what they say is missing."""
    faults = []
    first: dict[str, str] = {}
    for one in criteria.values():
        where = f"criteria/{one.id}.toml"
        faults += [
            f'{where}: missing: "{name}": no such file in missing/; nearest: {near(name, catalogue.missing)}'
            for name in one.missing
            if name not in catalogue.missing
        ]
        for number, proxy in enumerate(one.indicator):
            key = f"{where}: indicator.{number}"
            if proxy.id in first:
                faults.append(
                    f'{key}.id = "{proxy.id}": {first[proxy.id]} has it too, so that it would count twice; keep one'
                )
            first.setdefault(proxy.id, where)
            if proxy.id not in catalogue.indicators:
                nearest = near(proxy.id, catalogue.indicators)
                faults.append(f'{key}.id = "{proxy.id}": no such file in indicators/; nearest: {nearest}')
                continue
            sources = [e.source for e in catalogue.indicators[proxy.id].edition]
            if proxy.source and proxy.source not in sources:
                faults.append(
                    f'{key}.source = "{proxy.source}": no edition of {proxy.id}; allowed: {", ".join(sources)}'
                )
            elif proxy.age:
                of = [proxy.source] if proxy.source else sources
                ages = sorted({age for s in of for age in catalogue.sources[s].read.ages.values()})
                if proxy.age not in ages:
                    allowed = ", ".join(ages) or "none, it has no age groups"
                    faults.append(f'{key}.age = "{proxy.age}": no age group of {", ".join(of)}; allowed: {allowed}')
    return faults
