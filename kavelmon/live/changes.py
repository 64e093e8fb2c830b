"""What an update changed: figures that came, changed or went, periods and topics."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kavelmon import store
from kavelmon.live import wire
from kavelmon.live.archive import Archive
from kavelmon.live.parts import Brought
from kavelmon.live.properties import Properties
from kavelmon.store import KEY, Store


@dataclass(frozen=True)
class Change:
    """What is different of one source.

    Attributes
    ----------
    first
        No figures of it were held before.
    figures
        How many there are now.
    came, changed, gone
        Figures that were not there, that are another number now, and that are not there any more.
    periods, periods_gone
        Periods that are new or not there any more.
    topics, topics_gone
        Topics that the publisher's tables have now and had not, or had.
    lacks
        Topics that the catalogue asks for and a table does not have, by table.
    areas
        How many areas came, of a source of boundaries or regions.
    """

    first: bool
    figures: int
    came: int
    changed: int
    gone: int
    periods: tuple[str, ...]
    periods_gone: tuple[str, ...]
    topics: tuple[str, ...]
    topics_gone: tuple[str, ...]
    lacks: dict[str, tuple[str, ...]]
    areas: int = 0


def of(
    source: str,
    indicators: Collection[str],
    before: Collection[Store],
    now: Store,
    brought: Brought,
    last: Brought | None,
    archive: Archive,
) -> Change:
    """Compare the figures of a source in two states, indicator by indicator, and its tables in two states."""
    came = changed = gone = figures = 0
    periods: set[str] = set()
    old_periods: set[str] = set()
    for indicator in sorted(indicators):
        new, old = (_figures(stores, indicator, source) for stores in ([now], before))
        if not len(new) and not len(old):
            continue
        figures += len(new)
        periods |= set(new.index.unique("period"))
        old_periods |= set(old.index.unique("period"))
        both = new.index.intersection(old.index)
        came += len(new) - len(both)
        gone += len(old) - len(both)
        changed += int((~np.isclose(new.loc[both], old.loc[both], rtol=1e-9, atol=1e-12)).sum())
    topics, was = _topics(brought, archive), _topics(last, archive) if last else set()
    return Change(
        not old_periods,
        figures,
        came,
        changed,
        gone,
        tuple(sorted(periods - old_periods)),
        tuple(sorted(old_periods - periods)),
        tuple(sorted(topics - was)) if was else (),
        tuple(sorted(was - topics)),
        {part.table: part.lacks for part in brought.parts if part.lacks},
        brought.parts[0].rows,
    )


def _figures(stores: Iterable[Store], indicator: str, source: str) -> pd.Series:
    """Return the known values of an indicator of a source, by key; of the first store that holds the source."""
    for one in stores:
        if source in one.sources:
            found = [t.filter(pc.equal(t.column("source"), source)) for t in one.groups([indicator], store.shelves([]))]
            frame = pa.concat_tables(found).to_pandas() if found else pd.DataFrame(columns=store.COLUMNS)
            frame = frame[frame["value"].notna()]
            return frame.set_index(KEY[2:])["value"].astype(float)
    return pd.DataFrame(columns=[*KEY[2:], "value"]).set_index(KEY[2:])["value"].astype(float)


def _topics(brought: Brought, archive: Archive) -> set[str]:
    """Return all topics of the tables of a source, as table and name with its groups."""
    found = set()
    for part in brought.parts:
        if "properties" not in part.answers or not archive.holds(part.answers["properties"]):
            continue
        rows = [r for a in part.answers["properties"] for r in wire.rows(wire.json_object(archive.body(a)))]
        for topic in Properties.of(part.table, rows).topics:
            found.add(f"{part.table} {'/'.join([*topic.groups[-1:], topic.base])}")
    return found


def as_text(source: str, change: Change) -> list[str]:
    """Return what is different of a source as sentences."""
    if not change.figures and not change.gone:
        return [f"{source}: {change.areas:,} areas"]
    said = [f"{source}: {change.figures:,} figures" + (", none were held before" if change.first else "")]
    if not change.first:
        counts = {"new": change.came, "changed": change.changed, "gone": change.gone}
        named = ", ".join(f"{number:,} {what}" for what, number in counts.items() if number)
        said[0] += f" ({named})" if named else " (all as before)"
    for what, names in (
        ("new periods", change.periods),
        ("periods gone", change.periods_gone),
        ("new topics", change.topics),
        ("topics that vanished", change.topics_gone),
    ):
        if names:
            more = f" and {len(names) - 8} more" if len(names) > 8 else ""
            said.append(f"  {what}: {', '.join(names[:8])}{more}")
    said += [f"  asked and not in {table}: {', '.join(names)}" for table, names in change.lacks.items()]
    return said
