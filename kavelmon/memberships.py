"""Regions that are lists of gemeenten (GGD, zorgkantoor, COROP, provincie, veiligheidsregio), as areas of today.

Of a gemeente that only a derived list divides between two regions, the region with most of its inhabitants counts it
whole; the description of both says so.
"""

from collections.abc import Collection
from functools import cache

import numpy as np
import pandas as pd

from kavelmon import declarations, region_texts, store
from kavelmon.declarations import near
from kavelmon.inhabitants import of_codes
from kavelmon.model import Area, KavelmonError, Member, NotFoundError
from kavelmon.regions import region_kind

COLUMNS = ["kind", "code", "name", "inhabitants", "share_of_area", "share_of_region", "derived"]


def kinds() -> dict[str, str]:
    """Return the kinds of regions that lists are held of: title in Dutch by GG, ZK, CR, PV and VR."""
    held = set(store.memberships()["kind"])
    return {kind: title for kind, title in region_texts.KINDS.items() if kind in held}


@cache
def newest() -> pd.DataFrame:
    """Return the rows of the newest list of each kind, as `kavelmon.store.memberships` gives them, with `counts`.

    `counts` tells whether the gemeente is counted with the region: that of its largest share.

    Raises
    ------
    KavelmonError
        For a list that is older than the last herindeling.
    """
    every = store.memberships()
    rows = every[every["year"] == every.groupby("kind")["year"].transform("max")].reset_index(drop=True)
    today = store.regions().gemeenten(store.regions().current_year)
    for (kind, year), part in rows.groupby(["kind", "year"]):
        if odd := sorted(set(part["gemeente"]) ^ today):
            raise KavelmonError(
                f"the newest list of {kind} is of {year} and does not hold today's gemeenten ({odd[0]}); add the list "
                f"of {store.regions().current_year} or later to data_sources/sources/, and make the snapshot again"
            )
    # what a list is not certain of is the only region that it gives for that gemeente
    order = rows.assign(share=rows["share"].fillna(1.0)).sort_values(["share", "code"], ascending=[False, True])
    first = order.drop_duplicates(["kind", "gemeente"]).index
    return rows.assign(counts=rows.index.isin(first))


def region(code: str) -> Area:
    """Return a region as an area of today's gemeenten, by the newest list of its kind.

    Parameters
    ----------
    code
        As ``GG1413`` or ``gg1413``.

    Returns
    -------
    Area
        Of kind "regio", its id the code in lower case; the description names the list, what it is derived from and
        the gemeenten that it divides.

    Raises
    ------
    NotFoundError
        A code that the lists do not hold.
    """
    return _region(code.upper())


@cache
def _region(code: str) -> Area:
    rows = newest()
    own = rows[rows["code"] == code]
    if own.empty:
        kind = region_kind(code)
        known = sorted(rows.loc[rows["kind"] == kind, "code"].unique() if kind else rows["code"].unique())
        raise NotFoundError(f'no list holds a region "{code}"; nearest: {near(code, known)}')
    kind, derived = own["kind"].iat[0], bool(own["derived"].any())
    divided = own[own["share"] < 1]
    sources = declarations.default().sources
    publishers = dict.fromkeys(f"{sources[s].publisher}, {sources[s].title}" for s in own["source"] if s in sources)
    said = [
        region_texts.listed(kind, int(own["year"].iat[0]), _first_year(kind), derived),
        region_texts.counted_here(_named(divided[divided["counts"]])),
        region_texts.counted_elsewhere(_named(divided[~divided["counts"]])),
        region_texts.not_certain([store.regions().name(c) for c in own.loc[own["share"].isna(), "gemeente"]]),
    ]
    return Area(
        id=code.lower(),
        title=f"{region_texts.KINDS[kind]} {own['name'].iat[0]}",
        kind="regio",
        description=" ".join(filter(None, said)),
        member=tuple(Member(code=c) for c in sorted(own.loc[own["counts"], "gemeente"])),
        source="; ".join(publishers),
    )


def _first_year(kind: str) -> int:
    """Return the year of the official list that a derived one of this kind comes from: the oldest."""
    every = store.memberships()
    return int(every.loc[(every["kind"] == kind) & ~every["derived"], "year"].min())


def _named(rows: pd.DataFrame) -> list[tuple[str, float]]:
    return [(store.regions().name(c), s) for c, s in zip(rows["gemeente"], rows["share"], strict=True)]


@cache
def regions(kind: str = "") -> tuple[Area, ...]:
    """Return the regions of one kind (GG, ZK, CR, PV or VR; empty: of all kinds), by code."""
    rows = newest()
    if kind and kind not in kinds():
        raise NotFoundError(f'unknown kind of region "{kind}"; use {", ".join(kinds())}')
    codes = rows.loc[(rows["kind"] == kind) | (kind == ""), "code"].unique()
    return tuple(_region(code) for code in sorted(codes))


def of(codes: Collection[str]) -> pd.DataFrame:
    """Return the regions that today's gemeenten together lie in.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, by kind and then by most inhabitants. `inhabitants` live in both; `share_of_area` and
        `share_of_region` (0 to 1) are what that is of each.

    Raises
    ------
    NotFoundError
        A code that is no gemeente of today.
    """
    today = store.regions().gemeenten(store.regions().current_year)
    if wrong := sorted(set(codes) - today):
        raise NotFoundError(f'"{wrong[0]}" is no gemeente of today; nearest: {near(wrong[0], today)}')
    rows = newest()
    rows = rows[rows["counts"]]
    rows = rows.assign(people=rows["gemeente"].map(of_codes(today)), inside=rows["gemeente"].isin(set(codes)))
    rows = rows.assign(inhabitants=np.where(rows["inside"], rows["people"], 0.0))
    by = rows.groupby(["kind", "code", "name"], as_index=False)
    found = by.agg(inhabitants=("inhabitants", "sum"), region=("people", "sum"), derived=("derived", "any"))
    found = found[found["code"].isin(rows.loc[rows["inside"], "code"])]
    area = float(rows.drop_duplicates("gemeente").query("inside")["people"].sum())
    found = found.assign(
        share_of_area=found["inhabitants"] / area, share_of_region=found["inhabitants"] / found["region"]
    )
    return found.sort_values(["kind", "inhabitants"], ascending=[True, False], ignore_index=True)[COLUMNS]
