"""What the page of any area takes from the country and from the declared areas, kept beside the prepared documents."""

from pathlib import Path

import pandas as pd

from kavelmon.dashboard.collect import Collected, Frames
from kavelmon.model import COUNTRY

FILE = "national.parquet"


def write(collected: Collected, folder: Path) -> None:
    """Keep the figures of the declared areas, and of every gemeente of the country."""
    parts = [("", f) for f in collected.country["GM"].values()]
    parts += [(area, f) for area, frames in collected.own.items() for f in frames.values()]
    whole = pd.concat([frame.assign(_of=name) for name, frame in parts], ignore_index=True)
    whole.to_parquet(folder / FILE, compression="zstd")


def read(folder: Path) -> tuple[dict[str, Frames], Frames]:
    """Return the figures of the declared areas by id, and those of every gemeente of the country."""
    whole = pd.read_parquet(folder / FILE)
    found: dict[str, Frames] = {}
    for (name, indicator, edition), frame in whole.groupby(["_of", "indicator", "edition"], sort=False):
        key = (str(indicator), str(edition))
        found.setdefault(str(name), {})[key] = frame.drop(columns="_of").reset_index(drop=True)
    country = found.pop("")
    return found, country


def country(folder: Path) -> dict[tuple[str, str], dict[str, float]]:
    """Return the figures of the Netherlands by indicator and edition, and by period."""
    names = ["indicator", "edition", "period", "value"]
    rows = pd.read_parquet(folder / FILE, columns=names, filters=[("_of", "==", COUNTRY.lower())])
    found: dict[tuple[str, str], dict[str, float]] = {}
    for indicator, edition, period, value in rows.itertuples(index=False):
        found.setdefault((indicator, edition), {})[period] = value
    return found
