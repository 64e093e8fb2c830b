"""How long one figure takes, as a ratio to reading the whole table with pandas and filtering it, in the same run."""

import statistics
import time
from collections.abc import Callable

import pandas as pd

from kavelmon import figures, paths, store

RUNS = 7


def median_s(work: Callable[[], object]) -> float:
    """Return the median of some runs after one that is not counted."""
    work()
    spent = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def whole() -> pd.DataFrame:
    frame = pd.read_parquet(paths.snapshot() / store.OPEN)
    return frame[(frame["indicator"] == "roker") & (frame["level"] == "GM")]


def main() -> None:
    """Print a row per measurement."""
    baseline = median_s(whole)
    print(f"baseline: pandas reads the whole table and filters it, {baseline * 1000:.0f} ms")
    for name, work in (
        ("a slice: one indicator, all gemeenten", lambda: store.read(["roker"], levels=["GM"])),
        ("a figure of an area", lambda: figures.value("roker", "achterhoek", "2020")),
        ("the wijken of an area", lambda: figures.observations("roker", "achterhoek", level="WK", period="2020")),
    ):
        spent = median_s(work)
        print(f"{name}: {spent / baseline:.3f} of the baseline ({spent * 1000:.0f} ms)")


if __name__ == "__main__":
    main()
