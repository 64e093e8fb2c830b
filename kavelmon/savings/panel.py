"""What care cost and what it should have cost, per gemeente or area and year, in one indeling.

The cost that national rates by age and sex predict is made where the cells are read (`kavelmon.sources.vektis`); here
it is only brought into the gemeenten of today, by the one roll-up: mergers are exact, of a gemeente that was divided
the share of its inhabitants counts and the figure says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from kavelmon import areas, cells, declarations, figures, savings_texts, store
from kavelmon.inhabitants import of_codes
from kavelmon.model import REST, Area, Edition, Indicator, KavelmonError, NotAggregable, NotFoundError
from kavelmon.places import Place, place
from kavelmon.regions import gemeente_of
from kavelmon.sources.vektis import GROUPS

SOURCE = "vektis_open"
COST, RATIO = "zvw_kosten_vergelijkbaar", "zvw_kosten_verhouding"
REFERENCES = {"NL": "zvw_kosten_verwacht", "others": "zvw_kosten_verwacht_zonder_kavels"}


@dataclass(frozen=True, eq=False)
class Panel:
    """Gemeenten of one indeling over years; arrays of shape (g, t), EUR of the year itself.

    Attributes
    ----------
    codes, years
        The gemeenten, sorted; the years, rising.
    actual, expected
        What care cost, and what the rates of `reference` predict for the ages and sexes of the gemeente.
    insured
        Insured years.
    estimated
        By gemeente that is partly made of one that was divided: the Dutch clause that says so.
    refused
        By gemeente without a figure in some year: why.
    indeling
        Year of the municipal division.
    """

    codes: tuple[str, ...]
    years: tuple[int, ...]
    actual: np.ndarray
    expected: np.ndarray
    insured: np.ndarray
    estimated: dict[str, str]
    refused: dict[str, str]
    indeling: int
    reference: str
    group: str

    @property
    def ratio(self) -> np.ndarray:
        """Actual over expected, shape (g, t)."""
        return self.actual / self.expected

    @cached_property
    def at(self) -> dict[str, int]:
        """The row of each gemeente."""
        return {code: row for row, code in enumerate(self.codes)}

    def column(self, year: int) -> int:
        """Return the column of a year; raises `NotFoundError` for one without figures."""
        if year not in self.years:
            raise NotFoundError(f"no costs of {year}; there are costs of {self.years[0]} to {self.years[-1]}")
        return self.years.index(year)

    @property
    def breaks(self) -> dict[int, str]:
        """The declared breaks that the ratio of actual to expected cannot be taken across: year and Dutch sentence."""
        item = declarations.default().indicator(f"zvw_kosten_{self.group}" if self.group else RATIO)
        found = {b.year: b.text for e in item.editions(SOURCE) for b in item.breaks_of(e)}
        return {year: text for year, text in found.items() if self.years[0] < year <= self.years[-1]}


@dataclass(frozen=True, eq=False)
class Costs:
    """One area over the years of a panel; arrays of shape (t,), EUR of the year itself, and insured years.

    Attributes
    ----------
    area
        What was asked for.
    gemeenten
        The whole gemeenten in it, and those that its wijken and buurten lie in.
    estimated
        Dutch clauses: what in the figures is an approximation; empty when nothing is.
    approximate
        Whether a part is smaller than a gemeente: then its ratio is that of the gemeente, and no verdict can be given.
    """

    area: Area
    gemeenten: tuple[str, ...]
    years: tuple[int, ...]
    actual: np.ndarray
    expected: np.ndarray
    insured: np.ndarray
    estimated: str
    approximate: bool

    @property
    def ratio(self) -> np.ndarray:
        """Actual over expected, shape (t,)."""
        return self.actual / self.expected


def panel(reference: str = "NL", group: str = "") -> Panel:
    """Return the cost of every gemeente of today, 2011 and later.

    Parameters
    ----------
    reference
        ``NL`` for the rates of the whole country, ``others`` for those of the country without the declared kavels.
    group
        A care group (``msz``, ``farmacie``); empty for all care. Only where the user's own store holds the cells.

    Raises
    ------
    NotFoundError
        An unknown reference or group; a group without cells.
    """
    _refuse(reference, group)
    return _panel(reference, group, figures.store.version())


@lru_cache(maxsize=8)
def _panel(reference: str, group: str, _held: str) -> Panel:
    regions = store.regions()
    codes = sorted(regions.gemeenten(regions.current_year))
    everywhere = Place("+".join(codes), "", "GEBIED", tuple(codes))
    frames = _read(everywhere, "GM", reference, group)
    years = tuple(sorted(int(p) for p in frames["expected"]["period"].unique()))
    arrays = {}
    for name, column in _COLUMNS.items():
        wide = frames[name].pivot(index="region", columns="period", values=column)
        arrays[name] = wide.reindex(index=codes, columns=list(map(str, years))).to_numpy(dtype=float)
    said = pd.concat(frames.values())
    told = said[said["estimated"] != ""].groupby("region")["estimated"].first()
    lacking = said[said["value"].isna()].groupby("region")["note"].agg(lambda notes: "; ".join(sorted({*notes} - {""})))
    for array in arrays.values():
        array.setflags(write=False)  # one panel serves every caller
    said_of = {"estimated": told.to_dict(), "refused": lacking.to_dict()}
    return Panel(
        tuple(codes), years, **arrays, **said_of, indeling=regions.current_year, reference=reference, group=group
    )


_COLUMNS = {"actual": "numerator", "expected": "value", "insured": "denominator"}


def _refuse(reference: str, group: str) -> None:
    if reference not in REFERENCES:
        raise NotFoundError(f'reference "{reference}" is not known; use {" or ".join(REFERENCES)}')
    if group and group not in GROUPS:
        raise NotFoundError(f'care group "{group}" is not known; use {", ".join(GROUPS)}, or leave it out for all care')


def _read(spot: Place | Area, level: str, reference: str, group: str) -> dict[str, pd.DataFrame]:
    """Return the observations that actual, expected and insured are columns of, for a place or the units inside it."""
    if not group:
        where = list(spot.codes) if isinstance(spot, Place) else spot
        actual = figures.observations(COST, where, level=level, edition=SOURCE)
        expected = figures.observations(REFERENCES[reference], where, level=level, edition=SOURCE)
        return {"actual": actual, "expected": expected, "insured": actual}
    found = _of_cells(reference, group, figures.store.version())
    spot = spot if isinstance(spot, Place) else place(spot)
    actual = figures.series(*_item("actual"), found["actual"], spot, level)
    expected = figures.series(*_item("expected"), found["expected"], spot, level)
    actual = actual.assign(numerator=actual["value"])
    insured = figures.series(*_item("insured"), found["insured"], spot, level)
    return {"actual": actual, "expected": expected, "insured": insured.assign(denominator=insured["value"])}


def _item(name: str) -> tuple[Indicator, Edition]:
    edition = Edition(source=SOURCE, value=name)
    return Indicator(id=name, title=name, unit="euro", rollup="sum", edition=(edition,)), edition


@lru_cache(maxsize=8)
def _of_cells(reference: str, group: str, _held: str) -> dict[str, list[cells.Cells]]:
    """Return sums per gemeente and year of one care group from the cells of the user's own store."""
    cost = f"kosten_{group}"
    frame = store.cells_of(["period", "region", "sex", "age", "years", cost])
    if frame is None:
        raise NotFoundError(
            f"care group {group}: there are no cells of Vektis by age and sex in your own store; take the files from "
            "Vektis and read them with `kavelmon build --from FOLDER`"
        )
    frame = frame[frame["region"] != REST]
    periods = declarations.default().indicator(f"zvw_kosten_{group}").editions(SOURCE)[0].periods
    frame = frame[frame["period"].isin(periods) if periods else frame[cost].notna()]
    outside = _kavels() if reference == "others" else frozenset()
    rates = frame[~frame["region"].isin(outside)].groupby(["period", "sex", "age"])[[cost, "years"]].sum()
    rates = (rates[cost] / rates["years"]).rename("rate").reset_index()
    frame = frame.merge(rates, on=["period", "sex", "age"], how="left")
    frame["expected"] = frame["years"] * frame["rate"]
    sums = frame.groupby(["period", "region"], as_index=False)[[cost, "expected", "years"]].sum()
    source = declarations.default().source(SOURCE)
    sums["region_year"] = sums["period"].map(source.indeling)
    blank = {"level": "GM", "age": "", "method": "", "status": "ok", "estimated": ""}
    empty = dict.fromkeys(("numerator", "denominator", "lower", "upper"), np.nan)
    made = {}
    for name, column in (("actual", cost), ("expected", "expected"), ("insured", "years")):
        rows = sums.assign(**blank, **empty, value=sums[column])
        made[name] = [cells.of_frame(part) for _, part in rows.groupby("period")]
    return made


def _kavels() -> frozenset[str]:
    declared = declarations.default().areas.values()
    return frozenset(code for area in declared if area.kind == "kavel" for code in area.codes)


def kavels() -> frozenset[str]:
    """Return the gemeenten of declared kavels, and those that their wijken lie in: no yardstick for another area."""
    return frozenset(code if code.startswith("GM") else gemeente_of(code) for code in _kavels())


def found(area: str | Area | Iterable[str]) -> Area:
    """Return an area from an id, a code of a region, a file, codes or an `Area`; raises `NotFoundError`."""
    asked = area if isinstance(area, Area) else areas.find(area) if isinstance(area, str) else areas.own(area)[0]
    if not asked.codes:
        raise NotFoundError(
            f"{asked.title}: the whole country is its own yardstick; give an area of gemeenten, wijken or buurten"
        )
    return asked


def of_area(area: Area, held: Panel) -> Costs:
    """Return the cost of an area over the years of a panel.

    An area of gemeenten has its own sums, as every page shows them. Of a wijk or buurt no cost is published: its share
    of the inhabitants of the gemeente stands for its share of cost, expected cost and insured years, so that its ratio
    is that of the gemeente.

    Raises
    ------
    KavelmonError
        Years without a figure; inhabitants of a wijk that are not known.
    """
    large = [c for c in area.codes if c.startswith("GM")]
    small = [c for c in area.codes if not c.startswith("GM")]
    sums, said, why = np.zeros((3, len(held.years))), [], ""
    if large:
        whole = area if not small else Area(id=area.id, title=area.title, member=_members(area, large))
        try:
            frames = _read(whole, "", held.reference, held.group)
        except NotAggregable as refusal:
            raise KavelmonError(f"{area.title}: {refusal}") from None
        for row, (name, column) in enumerate(_COLUMNS.items()):
            by_year = frames[name].set_index("period")
            sums[row] += by_year[column].reindex([str(y) for y in held.years]).to_numpy(dtype=float)
            said += [text for text in by_year["estimated"] if text]
            why = why or next((f" ({note})" for note in by_year["note"] if note), "")
    if small:
        sums += _shared(small, held)
        said.append(savings_texts.APPROXIMATE)
    lacking = [y for y, column in zip(held.years, sums.T, strict=True) if not (column > 0).all()]
    if lacking:
        raise KavelmonError(
            f"{area.title}: no cost above zero in {', '.join(map(str, lacking))}, in the indeling of {held.indeling}"
            f"{why}; give an area of gemeenten that have figures in every year"
        )
    gemeenten = tuple(sorted({*large, *map(gemeente_of, small)}))
    estimated = "; ".join(dict.fromkeys(said))
    return Costs(area, gemeenten, held.years, sums[0], sums[1], sums[2], estimated, bool(small))


def _members(area: Area, codes: Sequence[str]) -> tuple:
    return tuple(m for m in area.member if m.code in codes and m.valid_to is None)


def _shared(small: Sequence[str], held: Panel) -> np.ndarray:
    """Return cost, expected cost and insured years of wijken by their share of inhabitants, shape (3, t)."""
    total = np.zeros((3, len(held.years)))
    for code in small:
        gemeente = gemeente_of(code)
        if gemeente not in held.at:
            raise NotFoundError(f"{code} lies in no gemeente of {held.indeling}; give a wijk or buurt of today")
        people = of_codes([code, gemeente])
        share = people[code] / people[gemeente]
        row = held.at[gemeente]
        total += share * np.array([held.actual[row], held.expected[row], held.insured[row]])
    return total
