"""The kinds of lists that a region can bring: how each is known by its file name, read, and kept in one table."""

from collections.abc import Mapping, Sequence

import pandas as pd
import pyarrow as pa

from kavelmon.local import grid, judgements, lists, stages
from kavelmon.local.listing import Kind

KINDS: tuple[Kind, ...] = (lists.KIND, judgements.KIND, stages.KIND)


def of(name: str) -> Kind | None:
    """Return the kind of list that a file of this name is; None for a table of figures.

    Examples
    --------
    >>> of("kavelselectie_traject_2020").called, of("wmo_lokaal")
    ('transitions', None)
    """
    return next((kind for kind in KINDS if name.startswith(kind.prefix)), None)


def faults(found: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return what is wrong with lists as one, by kind."""
    return [text for kind in KINDS if (same := _same(kind, found)) for text in kind.together(pd.concat(same))]


def tables(brought: Mapping[str, pd.DataFrame], stays: Mapping[str, pd.DataFrame]) -> dict[str, pa.Table]:
    """Return the tables of a store that hold all lists, by file.

    Parameters
    ----------
    brought
        Lists, by id.
    stays
        What stays of the store that is there, by file.

    Raises
    ------
    SourceError
        Lists that are right by themselves, and do not go together.
    """
    made = {}
    for kind in KINDS:
        found = [*_same(kind, brought), *([stays[kind.file]] if kind.file in stays else [])]
        if not found:
            continue
        every = pd.concat(found).sort_values(list(kind.order))
        grid.refuse(kind.together(every))
        made[kind.file] = pa.Table.from_pandas(every, schema=kind.schema, preserve_index=False)
    return made


def _same(kind: Kind, found: Mapping[str, pd.DataFrame]) -> Sequence[pd.DataFrame]:
    return [rows for name, rows in found.items() if of(name) is kind]
