"""What an update changed: figures that came, changed or went, periods and topics."""

from dataclasses import dataclass

from kavelmon.live import wire
from kavelmon.live.archive import Archive
from kavelmon.live.compared import Tally
from kavelmon.live.parts import Brought
from kavelmon.live.properties import Properties


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
    otherwise
        Figures of which the number stays and the margins or the status (provisional) do not.
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
    otherwise: int
    periods: tuple[str, ...]
    periods_gone: tuple[str, ...]
    topics: tuple[str, ...]
    topics_gone: tuple[str, ...]
    lacks: dict[str, tuple[str, ...]]
    areas: int = 0


def of(told: Tally, brought: Brought, last: Brought | None, archive: Archive) -> Change:
    """Return what is different of the figures of a source and of its tables."""
    topics, was = _topics(brought, archive), _topics(last, archive) if last else set()
    return Change(
        not told.old_periods,
        told.figures,
        told.came,
        told.changed,
        told.gone,
        told.otherwise,
        tuple(sorted(told.periods - told.old_periods)),
        tuple(sorted(told.old_periods - told.periods)),
        tuple(sorted(topics - was)) if was else (),
        tuple(sorted(was - topics)),
        {part.table: part.lacks for part in brought.parts if part.lacks},
        brought.parts[0].rows,
    )


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
        counts["the same with another status or margin"] = change.otherwise
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
