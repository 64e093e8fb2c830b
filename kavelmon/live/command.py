"""`kavelmon update` and `kavelmon check --live` as their user sees them: how far it is, what changed, what to do."""

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from kavelmon import declarations, paths
from kavelmon.live import changes, questions
from kavelmon.live.archive import Archive
from kavelmon.live.update import Outcome, update


def run(only: Collection[str], *, dry_run: bool) -> int:
    """Bring what is new; return the exit code: 0 when every source was brought, 1 when one was not, 2 when none was."""
    try:
        with _progress() as (say, step):
            found = update(paths.user_store(), Archive(paths.answers()), only=only, dry_run=dry_run, say=say, step=step)
    except KeyboardInterrupt:
        print(
            "stopped; the figures are the old ones or, all of them, the new ones; run it again to go on",
            file=sys.stderr,
        )
        return 130
    print("\n".join(as_text(found)))
    return 0 if not found.failed else 1 if found.changed or found.unchanged else 2


def as_text(found: Outcome) -> list[str]:
    """Return what an update did, as lines."""
    lines = []
    for source, change in sorted(found.changed.items()):
        lines += changes.as_text(source, change)
    if found.unchanged:
        lines.append(f"unchanged since the last time: {', '.join(sorted(found.unchanged))}")
    for source, (_, text) in sorted(found.failed.items()):
        lines.append(f"NOT RENEWED {source}: {text}")
    if found.failed:
        lines.append(
            f"{len(found.failed)} of {len({*found.failed, *found.changed, *found.unchanged})} sources keep the "
            "figures that were held, if any; `kavelmon update` again brings only what lacks"
        )
    held = "nothing was written (dry run)" if found.dry else f"in {paths.user_store()}"
    renewed = f"{len(found.changed)} source(s) renewed, {held}" if found.changed else "nothing new"
    return [*lines, f"{renewed}; {found.asked} questions asked"]


@contextmanager
def _progress() -> Iterator[tuple]:
    """Show a bar for each table on a terminal; elsewhere lines."""
    if not sys.stderr.isatty():
        yield (lambda text: typer.echo(text, err=True)), _quiet
        return
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def step(what: str, done: int, of: int) -> None:
            if what not in tasks:
                for other in tasks.values():  # one at a time is on its way
                    bars.update(other, visible=False)
                tasks[what] = bars.add_task(what, total=None)
            bars.update(tasks[what], completed=done, total=of or None)

        yield (lambda text: console.print(text, highlight=False, markup=False)), step


def _quiet(what: str, done: int, of: int) -> None:
    """Leave the bar out where nobody watches."""


def check(only: Collection[str] = ()) -> int:
    """Ask each publisher whether it has the tables and topics that are declared; return 1 when one has not."""
    wrong = 0
    for answer in questions.ask(declarations.load(), only):
        wrong += not answer.right
        print(answer.text)
    return 1 if wrong else 0
