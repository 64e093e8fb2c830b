"""Work on one thing while the next one is read."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

Item = TypeVar("Item")


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """Yield items one after another; while somebody works with one, the next one is made in a thread."""
    source, none = iter(items), object()
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, source, none)
        while (found := coming.result()) is not none:
            coming = thread.submit(next, source, none)
            yield cast(Item, found)
