"""What an update changed: figures that came, changed or went, periods and topics."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kavelmon.live import wire
from kavelmon.live.archive import Archive
from kavelmon.live.parts import Brought
from kavelmon.live.properties import Properties
from kavelmon.shelf import KEY, SCHEMA, TEXT
from kavelmon.store import ALWAYS, Store

_KEY = KEY[2:]  # of the figures of one indicator of one source
_NUMBERS = ("value", "lower", "upper")
_AT_ONCE = 2**16  # figures, as they are and as they were
_CODED = pa.dictionary(pa.int32(), pa.string())
_NOTHING = pa.schema(
    [(name, _CODED if name in TEXT else SCHEMA.field(name).type) for name in (*_KEY, *_NUMBERS, "status")]
).empty_table()


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
    came = changed = gone = otherwise = figures = 0
    periods: set[str] = set()
    old_periods: set[str] = set()
    held = next((one for one in before if source in one.sources), None)
    for new, old in (pair for indicator in sorted(indicators) for pair in _pieces(now, held, indicator, source)):
        figures += len(new)
        periods |= set(new["period"].unique().to_pylist())
        old_periods |= set(old["period"].unique().to_pylist())
        key = _keys(new, old)
        both, at_new, at_old = np.intersect1d(key[: len(new)], key[len(new) :], assume_unique=True, return_indices=True)
        came += len(new) - len(both)
        gone += len(old) - len(both)
        same = {name: _same(new[name].to_numpy()[at_new], old[name].to_numpy()[at_old]) for name in _NUMBERS}
        status = _codes(new, old, "status")[0]
        as_was = status[: len(new)][at_new] == status[len(new) :][at_old]
        changed += int((~same["value"]).sum())
        otherwise += int((same["value"] & ~(same["lower"] & same["upper"] & as_was)).sum())
    topics, was = _topics(brought, archive), _topics(last, archive) if last else set()
    return Change(
        not old_periods,
        figures,
        came,
        changed,
        gone,
        otherwise,
        tuple(sorted(periods - old_periods)),
        tuple(sorted(old_periods - periods)),
        tuple(sorted(topics - was)) if was else (),
        tuple(sorted(was - topics)),
        {part.table: part.lacks for part in brought.parts if part.lacks},
        brought.parts[0].rows,
    )


def _pieces(now: Store, before: Store | None, indicator: str, source: str) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Yield keys and known figures of an indicator of a source as they are and as they were, some periods at a time."""
    both = [one for one in (now, before) if one]
    spans = [ALWAYS]
    if sum(one.length(indicator) for one in both) > _AT_ONCE:
        rows: Counter[str] = Counter()
        for piece in (piece for one in both for piece in _known(one, indicator, source, ["period", "value"])):
            rows.update({one["values"]: one["counts"] for one in pc.value_counts(piece["period"]).to_pylist()})
        spans = _spans(rows)
    for span in spans:
        new, old = (_joined(one, indicator, source, span) if one else _NOTHING for one in (now, before))
        if len(new) or len(old):
            yield new, old


def _spans(rows: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return the first and last of as many periods as have so many rows together, of all of them."""
    spans: list[list[str]] = []
    held = 0
    for period, number in sorted(rows.items()):
        if not spans or held + number > _AT_ONCE:
            spans.append([])
            held = 0
        spans[-1].append(period)
        held += number
    return [(span[0], span[-1]) for span in spans]


def _joined(held: Store, indicator: str, source: str, span: tuple[str, str]) -> pa.Table:
    pieces = [*_known(held, indicator, source, _NOTHING.column_names, span)]
    return pa.concat_tables(pieces) if pieces else _NOTHING


def _known(
    held: Store, indicator: str, source: str, columns: list[str], span: tuple[str, str] = ALWAYS
) -> Iterator[pa.Table]:
    """Yield columns of the known figures of an indicator of a source, of the periods of a span."""
    for path in held.tables():
        for piece in held.pieces(path.name, indicator, ["source", *columns], span):
            mine = pc.and_(pc.equal(piece["source"], source), pc.is_valid(piece["value"]))
            if span != ALWAYS:
                period = piece["period"].cast(pa.string())
                mine = pc.and_(mine, pc.and_(pc.greater_equal(period, span[0]), pc.less_equal(period, span[1])))
            if len(known := piece.filter(mine)):
                yield known.select(columns)


def _same(new: np.ndarray, old: np.ndarray) -> np.ndarray:
    return np.isclose(new, old, rtol=1e-9, atol=1e-12, equal_nan=True)


def _keys(new: pa.Table, old: pa.Table) -> np.ndarray:
    """Return one number for the key of each figure, first of the new ones, then of the old ones."""
    key = np.zeros(len(new) + len(old), dtype=np.int64)
    for name in _KEY:
        codes, size = _codes(new, old, name)
        key = key * size + codes
    return key


def _codes(new: pa.Table, old: pa.Table, name: str) -> tuple[np.ndarray, int]:
    """Return the number of each word of a column, of the new figures and of the old ones, and how many there are."""
    words = pa.chunked_array([*new[name].chunks, *old[name].chunks], new[name].type)
    coded = words if name in TEXT else words.dictionary_encode()
    every = coded.unify_dictionaries()
    codes = [chunk.indices.to_numpy(zero_copy_only=False) for chunk in every.chunks]
    return np.concatenate(codes).astype(np.int64), max(len(every.chunk(0).dictionary), 1)


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
