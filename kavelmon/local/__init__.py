"""A region's own figures and lists: read, checked and refused before anything of them is kept.

`read` brings what lies in a folder; `kavelmon.build.add` puts it in the user's own store, after which it is read like
any other source. `interventions` and `kept` return the lists that are kept there.
"""

import datetime as dt
import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from kavelmon import paths, places, store
from kavelmon.declarations import Catalogue, Local
from kavelmon.local import declared, grid, kinds, lists
from kavelmon.local.listing import Context, Kind
from kavelmon.local.tables import Table
from kavelmon.local.tables import read as read_table
from kavelmon.model import Area, CatalogueError, KavelmonError, SourceError

__all__ = ["Brought", "interventions", "kept", "read"]


@dataclass(frozen=True)
class Brought:
    """What a folder of a region's own holds.

    Attributes
    ----------
    tables
        Its tables of figures, by id.
    lists
        Its lists (interventions, judgements, transitions), by id, with the columns of their kind.
    """

    tables: dict[str, Table] = field(default_factory=dict)
    lists: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of tables and lists."""
        return (*self.tables, *self.lists)


def read(folder: Path, catalogue: Catalogue, before: Iterable[Local] = (), today: dt.date | None = None) -> Brought:
    """Read and check every table and list in a folder (not below it); nothing is written.

    Parameters
    ----------
    catalogue
        The bundled catalogue.
    before
        What the tables in the store declare already; a table of this folder takes the place of the one with its id.
    today
        No period or date lies after it; None for the day of today.

    Raises
    ------
    KavelmonError
        No folder, or nothing in it.
    SourceError
        Every fault of every file, with its row and column; what looks personal first.
    """
    if not folder.is_dir():
        raise KavelmonError(f"{folder}: no such folder; `kavelmon local templates FOLDER` makes one with examples")
    found = sorted(
        p for p in folder.iterdir() if p.suffix.lower() in grid.SUFFIXES and not p.name.startswith(("~", "."))
    )
    if not found:
        raise KavelmonError(f"{folder}: no .csv or .xlsx in it; put the tables there, each with its .toml beside it")
    ids = [p.stem for p in found]
    others = [one for one in before if one.source.id not in ids]
    at_hand = {*catalogue.indicators, *(name for one in others for name in one.indicators)}
    # what adds to an indicator of a table that is being brought again is judged when they are put together
    catalogue = catalogue.joined(one for one in others if at_hand.issuperset(one.editions))
    faults = [
        f"{p.name}: {p.stem}{other.suffix} is there too; keep one of the two"
        for p, other in itertools.pairwise(found)
        if p.stem == other.stem
    ]
    toml = _declarations(found, catalogue, faults)
    grid.refuse(faults)
    references = _references(catalogue)
    day, known = today or dt.date.today(), store.regions()
    context = Context(catalogue, known, day)
    made = Brought()
    for path in sorted(found, key=lambda p: p.stem not in toml or not _new(toml[p.stem], catalogue)):
        try:
            if kind := kinds.of(path.stem):
                made.lists[path.stem] = kind.read(path, context)
            else:
                table = read_table(path, toml[path.stem], catalogue, known, references, day)
                made.tables[path.stem] = table
                catalogue = catalogue.joined([table.local])
        except (SourceError, CatalogueError) as error:
            faults += [line for line in str(error).splitlines() if not line.endswith("nothing was stored:")]
    grid.refuse([*faults, *kinds.faults(made.lists)])
    return made


def _new(table: declared.LocalTable, catalogue: Catalogue) -> set[str]:
    """Return the indicators that a table brings; such a table goes before those that only add to one."""
    return table.indicator.keys() - catalogue.indicators.keys()


def _declarations(found: list[Path], catalogue: Catalogue, faults: list[str]) -> dict[str, declared.LocalTable]:
    toml = {}
    for path in found:
        if kinds.of(path.stem):
            continue
        beside = path.with_suffix(".toml")
        if not declared.is_id(path.stem):
            faults.append(f"{path.name}: the file name is the id of the source; use small letters, digits and _")
        elif path.stem in catalogue.sources:
            faults.append(f"{path.name}: {path.stem} is a source of the catalogue; give the file another name")
        elif not beside.is_file():
            faults.append(
                f"{path.name}: no {beside.name} beside it, which says whose figures these are; "
                "`kavelmon local templates FOLDER` makes an example"
            )
        elif one := declared.read(beside, catalogue, faults):
            toml[path.stem] = one
    return toml


def _references(catalogue: Catalogue) -> dict[str, float]:
    """Return the latest value of the country of each percentage."""
    names = [i.id for i in catalogue.indicators.values() if i.unit.startswith("%")]
    rows = store.read(names, levels=["NL"])
    rows = rows[(rows["level"] == "NL") & rows["value"].notna()].sort_values("period")
    return {str(i): float(v) for i, v in rows.groupby("indicator")["value"].last().items() if not math.isnan(v)}


def interventions(area: str | Area | Iterable[str] | None = None) -> pd.DataFrame:
    """Return the interventions and provisions that are kept, all of them or those of one area.

    Parameters
    ----------
    area
        Area id, code (GM, WK, BU, NL), `Area` or list of codes; None for all.

    Returns
    -------
    pandas.DataFrame
        One row per intervention or provision, by begin and title: list, id, title, domain, kind (``interventie`` or
        ``voorziening``), codes (of regions, with blanks between them), lon and lat (WGS84 degrees, NaN without), at
        (the wijk of that point), begin and end (``2022`` or ``2022-03-01``), target, text, source, licence. Of an
        area: what lies in it, or is for all or part of it.

    Raises
    ------
    NotFoundError
        An unknown area.
    """
    found = kept(lists.KIND).sort_values(["begin", "title", "id"], ignore_index=True)
    if area is None:
        return found
    return lists.inside(found, places.place(area).codes).reset_index(drop=True)


def kept(kind: Kind) -> pd.DataFrame:
    """Return every row of one kind of list that is kept, in the order in which it is; no rows when there is none."""
    path = paths.version_of(paths.user_store()) / kind.file
    return pq.read_table(path).to_pandas() if path.is_file() else pd.DataFrame(columns=kind.columns)
