"""Bring the newest figures of every declared source, and put them in the user's own store in one step.

First all that is published is brought, source by source; then what came is read; then one new store is written. Until
that last step the store is the old one. A source that fails, at any of these steps, keeps the figures that are held.
"""

import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from kavelmon import attempts, declarations, measure, paths, put, store
from kavelmon.build import Say, Work, write
from kavelmon.declarations import Catalogue, near
from kavelmon.live import changes, compared, sources
from kavelmon.live.archive import Archive
from kavelmon.live.changes import Change
from kavelmon.live.parts import Brought, Step
from kavelmon.live.wire import FetchError, Patience, Wire
from kavelmon.model import Edition, Indicator, KavelmonError, NotFoundError
from kavelmon.paths import version_of
from kavelmon.source_model import Source


@dataclass
class Outcome:
    """What an update did.

    Attributes
    ----------
    changed
        What is different now, by source.
    unchanged
        Sources of which nothing new was published.
    failed
        Sources that could not be brought or read, with the kind of fault and a sentence.
    asked
        How many questions went over the wire.
    dry
        Nothing was written.
    """

    changed: dict[str, Change] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    failed: dict[str, tuple[str, str]] = field(default_factory=dict)
    asked: int = 0
    dry: bool = False


def chosen(catalogue: Catalogue, only: Collection[str] = ()) -> list[Source]:
    """Return the sources that are published somewhere, or those of them that are named.

    Raises
    ------
    NotFoundError
        A name that is none of them.
    """
    known = {s.id: s for s in catalogue.sources.values() if s.fetch}
    for name in only:
        if name not in known:
            why = "is brought by a file only" if name in catalogue.sources else "is no source"
            raise NotFoundError(f'"{name}" {why}; nearest that is published: {near(name, known)}')
    # boundaries and lists of regions first: they are small, and whoever watches sees that it works
    order = sorted(known.values(), key=lambda s: (s.kind not in ("boundaries", "regions"), s.id))
    return [s for s in order if not only or s.id in only]


def update(
    target: Path,
    archive: Archive,
    *,
    only: Collection[str] = (),
    dry_run: bool = False,
    hosts: Mapping[str, str] | None = None,
    patience: Patience | None = None,
    say: Say = print,
    step: Step = lambda what, done, of: None,
) -> Outcome:
    """Bring what is new of every published source into a user's own store.

    Parameters
    ----------
    target
        The user's own store; it need not be there.
    only
        Ids of sources; all of them when none is named.
    dry_run
        Bring and compare, and write no store. The answers are kept, so that they need not be asked again.
    hosts
        Mirrors of publishers, by host.
    say, step
        Called with a sentence, and with how far a table is.

    Returns
    -------
    Outcome
        Faults of single sources are in it; the store then holds their old figures.

    Raises
    ------
    KavelmonError
        Another run is writing the store, or it cannot be written. It stays as it was.
    """
    catalogue = declarations.load().joined(declarations.kept(version_of(target)).values())
    todo = chosen(catalogue, only)
    outcome = Outcome(dry=dry_run)
    wire = Wire(archive, hosts, patience)
    with put.locked(target), _sparing():
        brought = _bring(catalogue, todo, wire, outcome, say, step)
        new = _new(catalogue, target, archive, brought, outcome)
        if new:
            _renew(catalogue, target, archive, new, brought, outcome, say)
        if not dry_run:
            try:
                _keep(target, archive, todo, brought, outcome)
            except OSError as error:  # the figures are in place: what is lost is only what spares the next run work
                say(
                    f"{error.filename}: {error.strerror}; the figures are in place; the next run asks more than it must"
                )
    outcome.asked = wire.asked
    return outcome


@contextmanager
def _sparing() -> Iterator[None]:
    """Give memory back when it is free: the allocator that pyarrow takes by itself holds on to some 40 MB."""
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


def _keep(target: Path, archive: Archive, todo: list[Source], brought: "_Pairs", outcome: Outcome) -> None:
    """Keep what was brought of each source, and which could not be renewed."""
    for one, _ in brought.values():
        if one.source not in outcome.failed:
            archive.complete(one.source, one.content())
            archive.ended(one.answers)
    if target != paths.user_store():
        return  # what pages say is of the store that they show
    why = {name: text for name, (_, text) in outcome.failed.items()}
    since = declarations.fetched(version_of(target))
    more = {name: {"kind": kind, "since": since.get(name, "")} for name, (kind, _) in outcome.failed.items()}
    attempts.note(why, [s.id for s in todo if s.id not in why], more)


_Pairs = dict[str, tuple[Brought, Brought | None]]
# whatever one publisher sends that nobody thought of: the others are renewed all the same
MALFORMED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def _bring(catalogue: Catalogue, todo: list[Source], wire: Wire, outcome: Outcome, say: Say, step: Step) -> _Pairs:
    found: _Pairs = {}
    for number, source in enumerate(todo, 1):
        say(f"[{number}/{len(todo)}] {source.id}: {source.publisher}, {source.table}")
        try:
            found[source.id] = sources.bring(catalogue, source, wire, step)
        except (KavelmonError, *MALFORMED) as error:
            _fail(outcome, source, error, say)
    return found


def _fail(outcome: Outcome, source: Source, error: Exception, say: Say) -> None:
    kind = error.kind if isinstance(error, FetchError) else "unreadable"
    text = str(error)
    if not isinstance(error, KavelmonError):
        text = (
            f"{source.table}: what came is of another form than its publisher gives ({type(error).__name__}: "
            f"{str(error)[:120]}); run `kavelmon update` again, and look at the table when it stays so"
        )
    outcome.failed[source.id] = (kind, text)
    say(f"{source.id}: not renewed: {text}")


def _new(catalogue: Catalogue, target: Path, archive: Archive, brought: _Pairs, outcome: Outcome) -> list[Source]:
    """Return the sources whose answers give other figures than those that the store in `target` holds.

    When counts are new, what is divided by them is read again from the answers that are kept, also of sources that were
    not asked now or failed; those join `brought`.
    """
    own = store.Store(version_of(target))
    made = {s["name"]: s.get("made") for s in own.package["sources"]} if own.exists() else {}
    new = [name for name, (one, _) in brought.items() if made.get(name) != sources.made_of(catalogue, one)]
    asked = [*brought]
    for name in _borrowers(catalogue, new, {n for n, how in made.items() if how} - set(new)):
        known = archive.last(name)
        one = brought[name][0] if name in brought else Brought.of(known) if known else None
        if one and archive.holds(one.answers):
            brought[name] = (one, one)
            new.append(name)
    outcome.unchanged = [name for name in asked if name not in new]
    return [catalogue.source(name) for name in new]


def _borrowers(catalogue: Catalogue, lenders: Collection[str], held: Collection[str]) -> list[str]:
    """Return the sources that have a figure divided by a count of one of the lenders, or by what is made of such."""
    found: list[str] = []
    lent = {i.id for name in lenders for i, _ in _asked(catalogue, name)} & {*catalogue.denominators}
    while True:
        more = [
            name
            for name in sorted(set(held) & set(catalogue.sources) - set(found))
            if lent
            & ({*catalogue.source(name).denominators.values()} | {e.denominator for _, e in _asked(catalogue, name)})
        ]
        if not more:
            return found
        found += more
        lent |= {i.id for name in more for i, _ in _asked(catalogue, name)} & {*catalogue.denominators}


def _asked(catalogue: Catalogue, name: str) -> list[tuple[Indicator, Edition]]:
    return measure.asked_of(catalogue, catalogue.source(name))


def _renew(
    catalogue: Catalogue,
    target: Path,
    archive: Archive,
    new: list[Source],
    brought: _Pairs,
    outcome: Outcome,
    say: Say,
) -> None:
    """Read what is new, write a store of it and of what stays, and tell what is different."""
    work = Work(catalogue, archive.folder, store.regions())
    for source in new:
        say(f"reading {source.id}")
        try:
            sources.read(work, source, brought[source.id][0], archive, say)
        except (KavelmonError, *MALFORMED) as error:
            archive.forget(brought[source.id][0].answers)  # what came may be to blame: the next run asks it anew
            _fail(outcome, source, error, say)
            continue
        work.brought[source.id] = sources.described(catalogue, brought[source.id][0])
        pa.default_memory_pool().release_unused()
    if not work.brought:
        return
    before = [one for one in (store.Store(version_of(target)), store.Store(paths.snapshot())) if one.exists()]
    with tempfile.TemporaryDirectory(prefix="kavelmon-dry-") as temporary:
        there = _shadow(target, Path(temporary)) if outcome.dry else target
        write(work, there, False, say)
        pa.default_memory_pool().release_unused()
        made = store.Store(version_of(there))
        asked = {name: {item.id for item, _ in _asked(catalogue, name)} for name in work.brought}
        for name, told in compared.figures(asked, before, made).items():
            outcome.changed[name] = changes.of(told, *brought[name], archive)


def _shadow(target: Path, temporary: Path) -> Path:
    """Return a place that stands for `target`: what is written there is read from it, and gone afterwards."""
    shadow = temporary / "store"
    shadow.mkdir()
    if store.Store(version_of(target)).exists():
        (shadow / paths.POINTER).write_text(str(version_of(target).resolve()), encoding="utf-8")
    return shadow
