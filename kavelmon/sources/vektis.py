"""Vektis, Open Databestand Zorgverzekeringswet: cost per gemeente, sex and age class, 2011-2023.

Columns change by year and are cut at 32 characters in 2023; one rest row (cells under ten persons and what could not be
placed) stands anywhere in the file and belongs to no gemeente; costs may be negative; gemeenten have names only.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from kavelmon.model import COUNTRY, REST, SourceError
from kavelmon.regions import Regions
from kavelmon.source_model import Source
from kavelmon.sources import files
from kavelmon.sources.tables import KEY, Wide, codes_by_name

AGES = (
    *(f"{a} t/m {a + 4} jaar" for a in range(0, 90, 5)),
    "90+",
)
SEXES = ("M", "V")
_DIMENSIONS = ("geslacht", "leeftijdsklasse", "gemeentenaam")
_YEARS = "aantal_verzekerdejaren"
# stable care groups: the columns of every year that hold them, without "kosten_"; a name of 2023 is cut off
GROUPS: dict[str, tuple[str, ...]] = {
    "farmacie": ("farmacie",),
    "geboortezorg": ("integrale_geboortezorg", "kraamzorg", "verloskundige_zorg"),
    "ggz": (
        "consulten_ggz",
        "eerstelijns_psychologische_zorg",
        "generalistische_basis_ggz",
        "innovatiegelden_ggz",
        "intramuraal_verblijf_ggz",
        "langdurige_ggz",
        "overige_prestaties_ggz",
        "specialistische_ggz",
        "tweedelijns_ggz",
    ),
    "grensoverschrijdend": ("grensoverschrijdende_zorg",),
    "herstel_en_kortdurend_verblijf": ("eerstelijnsverblijf", "geriatrische_revalidatiezorg", "gzsp"),
    "huisarts": ("huisarts_consult", "huisarts_inschrijftarief", "huisarts_mdz", "huisarts_overig"),
    "hulpmiddelen": ("hulpmiddelen",),
    "mondzorg": ("mondzorg",),
    "msz": ("medisch_specialistische_zorg",),
    "overig": ("eerstelijns_ondersteuning", "overig"),
    "paramedisch": ("paramedische_zorg_fysiotherapie", "paramedische_zorg_overig"),
    "wijkverpleging": ("verpleging_en_verzorging",),
    "ziekenvervoer": ("ziekenvervoer_liggend", "ziekenvervoer_zittend"),
}
_EVERY_YEAR = (
    *GROUPS["farmacie"],
    *GROUPS["grensoverschrijdend"],
    *GROUPS["hulpmiddelen"],
    *GROUPS["mondzorg"],
    *GROUPS["msz"],
    *GROUPS["overig"],
    *GROUPS["paramedisch"],
    *GROUPS["ziekenvervoer"],
    "huisarts_consult",
    "huisarts_inschrijftarief",
    "huisarts_overig",
    "kraamzorg",
    "verloskundige_zorg",
)
# sexes and age classes of the groups whose insured years are kept
_AGE_GROUPS = {
    "50_74": (SEXES, AGES[10:15]),
    "65plus": (SEXES, AGES[13:]),
    "80plus": (SEXES, AGES[16:]),
    "85plus": (SEXES, AGES[17:]),
    "vrouwen_15_49": (("V",), AGES[3:10]),
}
_CUT = 32


@dataclass(frozen=True)
class Cells:
    """The cells of every year: period, region, sex, age, years (insured years), kosten_<group>, kosten_totaal.

    Region is REST, with empty sex and age, for the rest row.
    """

    frame: pd.DataFrame


def read(source: Source, paths: Iterable[Path], regions: Regions) -> Cells:
    """Read the yearly files.

    Raises
    ------
    SourceError
        A column that is unknown or absent, a name that is no gemeente of that year, a class, a cell or a year that
        stands there twice, no rest row, a number that is none.
    """
    seen: dict[str, Path] = {}
    parts = []
    for path in paths:
        found = re.search(r"(?<!\d)(20\d\d)(?!\d)", path.name)
        if not found:
            raise SourceError(f"{path.name}: no year in the file name; allowed: vektis_2023_gemeente.csv; rename it")
        if found[1] in seen:
            raise SourceError(
                f"{path.name}: {found[1]} was read already from {seen[found[1]].name}; keep one of the two"
            )
        seen[found[1]] = path
        parts.append(_one(source, path, found[1], regions))
    return Cells(pd.concat(parts, ignore_index=True))


def _one(source: Source, path: Path, period: str, regions: Regions) -> pd.DataFrame:
    raw = files.table_of(path, source.read).rename(columns=str.lower)
    files.require(raw, (*_DIMENSIONS, _YEARS), path)
    groups = _groups_of(raw.columns, path)
    frame = pd.DataFrame({"period": period, "sex": raw["geslacht"].str.strip()})
    frame["age"] = raw["leeftijdsklasse"].str.split().str.join(" ")
    names = raw["gemeentenaam"].str.strip()
    rest = (frame["sex"] == "") & (frame["age"] == "") & (names == "")
    if int(rest.sum()) != 1:
        raise SourceError(
            f"{path.name}: {int(rest.sum())} rows without sex, age and gemeente; each file has exactly one (the rest "
            "category); the file may be cut off, fetch it again"
        )
    frame["region"] = _codes(names.mask(rest), source, path, period, regions).mask(rest, REST)
    for column, allowed in (("sex", SEXES), ("age", AGES)):
        wrong = frame.index[~frame[column].isin(allowed) & ~rest]
        if len(wrong):
            raise SourceError(
                f"{path.name}, line {wrong[0] + 2}: {column} {frame[column][wrong[0]]!r} is not known; "
                f"allowed: {', '.join(allowed)}; mend it or fetch the file again"
            )
    twice = frame.index[frame.duplicated(["region", "sex", "age"])]
    if len(twice):
        row = frame.loc[twice[0]]
        raise SourceError(
            f"{path.name}, line {twice[0] + 2}: {row.region}, {row.sex}, {row.age} stands there twice; keep one"
        )
    _refuse_incomplete(frame, source, path, period, regions)
    frame["years"] = files.to_numbers(raw[_YEARS], path)
    for group, columns in groups.items():
        frame[f"kosten_{group}"] = sum(files.to_numbers(raw[c], path) for c in columns) if columns else np.nan
    frame["kosten_totaal"] = sum(files.to_numbers(raw[c], path) for columns in groups.values() for c in columns)
    empty = frame.index[frame[["years", "kosten_totaal"]].isna().any(axis=1)]
    if len(empty):
        raise SourceError(
            f"{path.name}, line {empty[0] + 2}: an empty cell; every column holds a number; fetch it again"
        )
    return frame


def _groups_of(columns: Iterable[str], path: Path) -> dict[str, list[str]]:
    """Return the columns of each group in this file; every cost column belongs to exactly one."""
    by_name = {f"kosten_{name}"[:_CUT]: group for group, names in GROUPS.items() for name in names}
    groups: dict[str, list[str]] = {group: [] for group in GROUPS}
    for column in (c for c in columns if c.startswith("kosten")):
        group = by_name.get(column[:_CUT])
        if group is None:
            raise SourceError(
                f'{path.name}, line 1: cost column "{column}" belongs to no care group; '
                "when Vektis added or renamed it, add it to GROUPS in kavelmon/sources/vektis.py"
            )
        groups[group].append(column)
    found = {c[:_CUT] for columns in groups.values() for c in columns}
    if absent := [n for n in _EVERY_YEAR if f"kosten_{n}"[:_CUT] not in found]:
        raise SourceError(
            f'{path.name}, line 1: column "kosten_{absent[0]}" is not there; every year has it; fetch the file again'
        )
    return groups


def _codes(names: pd.Series, source: Source, path: Path, period: str, regions: Regions) -> pd.Series:
    codes = names.map(codes_by_name(source, period, regions))
    wrong = names.index[codes.isna() & names.notna()]
    if len(wrong):
        raise SourceError(
            f"{path.name}, line {wrong[0] + 2}: {names[wrong[0]]!r} is no gemeente of the indeling of "
            f"{source.indeling(period)}; add its code to [read.names] in sources/{source.id}.toml"
        )
    return codes


def _refuse_incomplete(frame: pd.DataFrame, source: Source, path: Path, period: str, regions: Regions) -> None:
    year = source.indeling(period)
    must = regions.gemeenten(year) & regions.gemeenten(year, month_day="12-31")
    if absent := sorted(must - set(frame["region"])):
        raise SourceError(
            f"{path.name}: {len(absent)} of {len(must)} gemeenten are not there ({', '.join(absent[:4])}"
            f"{', ...' if len(absent) > 4 else ''}); the file may be cut off, fetch it again"
        )


def rates(cells: Cells, without: Iterable[str] = ()) -> pd.DataFrame:
    """Return the national cost per insured year by period, sex and age class, rest row excluded.

    Parameters
    ----------
    without
        Gemeente codes that the reference leaves out.

    Returns
    -------
    pandas.DataFrame
        Columns period, sex, age, years (insured years), cost_eur, rate_eur (EUR per insured year).
    """
    frame = cells.frame[~cells.frame["region"].isin([REST, *without])]
    sums = frame.groupby(["period", "sex", "age"], as_index=False)[["years", "kosten_totaal"]].sum()
    return sums.rename(columns={"kosten_totaal": "cost_eur"}).assign(rate_eur=lambda d: d["cost_eur"] / d["years"])


def expected(cells: Cells, reference: pd.DataFrame) -> pd.Series:
    """Return the cost per period and gemeente that the reference rates predict (indirect standardisation).

    Returns
    -------
    pandas.Series
        EUR, indexed by period and region.
    """
    frame = cells.frame[cells.frame["region"] != REST]
    merged = frame.merge(reference[["period", "sex", "age", "rate_eur"]], on=["period", "sex", "age"], how="left")
    return (merged["years"] * merged["rate_eur"]).groupby([merged["period"], merged["region"]]).sum()


def wide(cells: Cells, references: Mapping[str, pd.DataFrame]) -> Wide:
    """Return the results per period and gemeente, NL and the rest row; no cell of sex and age is among them.

    The country's ``kosten_totaal`` and ``verzekerdejaren`` hold the rest row, every other column is without it.

    Parameters
    ----------
    references
        Reference rates by the name of the column that gets the cost they predict.
    """
    frame = cells.frame
    by = ["period", "region"]
    costs = [c for c in frame.columns if c.startswith("kosten_")]
    out = frame.groupby(by)[["years", *costs]].sum(min_count=1).rename(columns={"years": "verzekerdejaren"})
    incomplete = {}
    for name, (sexes, ages) in _AGE_GROUPS.items():
        group = frame[frame["sex"].isin(sexes) & frame["age"].isin(ages)].groupby(by)["years"]
        out[f"verzekerdejaren_{name}"] = group.sum()
        incomplete[f"verzekerdejaren_{name}"] = group.size().reindex(out.index, fill_value=0) < len(sexes) * len(ages)
    for column, reference in references.items():
        out[column] = expected(cells, reference)
    out["kosten_vergelijkbaar"], out["verzekerdejaren_vergelijkbaar"] = out["kosten_totaal"], out["verzekerdejaren"]
    rest = out.xs(REST, level="region", drop_level=False)
    country = out.drop(index=rest.index).groupby("period").sum(min_count=1)
    for column in ("kosten_totaal", "verzekerdejaren"):
        country[column] += rest[column].droplevel("region")
    # A group of which a cell is absent (under ten persons) would be too low, and may be one cell, not ours to pass on.
    for column, lacking in incomplete.items():
        out.loc[lacking, column] = np.nan
    country.index = pd.MultiIndex.from_product([country.index, [COUNTRY]], names=by)
    rest = rest[["kosten_totaal", "verzekerdejaren"]].reindex(columns=out.columns)
    out = pd.concat([out.drop(index=rest.index), rest, country]).reset_index().assign(age="")
    return Wide.of(out.set_index(KEY).sort_index())
