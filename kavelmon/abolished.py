"""Gemeente codes that are gone: a declared area must not hold one any longer than it was there."""

import datetime as dt
from collections.abc import Mapping
from functools import cache

from kavelmon import paths
from kavelmon.model import Area

Ended = Mapping[str, tuple[dt.date, tuple[str, ...]]]


def faults(area: Area, ended: Ended) -> list[str]:
    """Return a fault for each member of an area whose code was abolished before its membership ends.

    Parameters
    ----------
    ended
        By abolished code the day since when it is gone, and the codes that it became.
    """
    found = []
    for member in area.member:
        day, became = ended.get(member.code, (None, ()))
        if day and member.last_day >= day:
            found.append(
                f"kavels/{area.id}.toml: member {member.code}: valid_to = {member.valid_to or '(none)'}, but this code "
                f"was abolished on {day} and became {', '.join(became)}; give valid_to = {day - dt.timedelta(1)}, and "
                f"a [[member]] with valid_from = {day} for what is in the area since"
            )
    return found


@cache
def codes() -> Ended:
    """Return the abolished codes of the bundled list of herindelingen; none when no snapshot is there yet."""
    import pyarrow.parquet as pq  # it takes longer to import than a catalogue takes to read

    path = paths.snapshot() / "herindelingen.parquet"
    found: dict[str, tuple[dt.date, tuple[str, ...]]] = {}
    if path.is_file():
        columns = pq.read_table(path, columns=["date", "from_code", "to_code"]).to_pydict()
        for date, old, new in zip(columns["date"], columns["from_code"], columns["to_code"], strict=True):
            found[old] = (dt.date.fromisoformat(date), (*found.get(old, (None, ()))[1], new))
    return found
