"""What a click costs while an area is put together, as a ratio to the frames of the API for that area, in one run."""

import random
from collections.abc import Callable
from functools import partial

from benchmarks.reading import median_s
from kavelmon import store
from kavelmon.analysis.compare import by_edition
from kavelmon.dashboard import composing
from kavelmon.dashboard.collect import items


def areas() -> dict[str, list[str]]:
    """Return the areas that are measured: the same ones in every run."""
    regions, pick = store.regions(), random.Random(1)
    wijken = sorted(c for (c, year) in regions.small if year == 2024 and c.startswith("WK"))
    gemeenten = sorted(regions.gemeenten(regions.current_year))
    return {
        "3 wijken": pick.sample(wijken, 3),
        "40 wijken": pick.sample(wijken, 40),
        "20 gemeenten": pick.sample(gemeenten, 20),
        "340 gemeenten": pick.sample(gemeenten, 340),
    }


def click(codes: list[str]) -> None:
    composing.figures_of.cache_clear()  # a visitor who goes back to an area of before has it at once
    composing.profile(codes)


def main() -> None:
    """Print a row per area."""
    composing.profile([])
    for name, codes in areas().items():
        whole: Callable[[], object] = partial(by_edition, items(), codes)
        baseline, spent = median_s(whole), median_s(partial(click, codes))
        times = f"{spent * 1000:.0f} of {baseline * 1000:.0f} ms"
        print(f"{name}: {spent / baseline:.2f} of the frames of all years ({times})")


if __name__ == "__main__":
    main()
