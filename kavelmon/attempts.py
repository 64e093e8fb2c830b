"""Sources that could not be renewed the last time: kept beside the user's own store, so that pages can say so."""

import datetime as dt
import json
from collections.abc import Collection, Mapping

from kavelmon import paths


def failed() -> dict[str, dict[str, str]]:
    """Return what is known of each source whose last attempt failed, by id: ``on`` (a date) and ``why``."""
    try:
        found = json.loads(paths.attempts().read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # a list that is not whole is worth less than the figures
        return {}
    return {name: one for name, one in found.items() if isinstance(one, dict) and {"on", "why"} <= set(one)}


def note(
    now_failed: Mapping[str, str], renewed: Collection[str], more: Mapping[str, dict[str, str]] | None = None
) -> None:
    """Keep that sources could not be renewed today, and forget that of the sources that now are.

    Parameters
    ----------
    now_failed
        The reason, by id of the source.
    renewed
        Ids of sources.
    more
        By id of the source, what else is known: ``kind`` of the fault, ``since`` (the day of the figures that stay).
    """
    path = paths.attempts()
    before = failed()
    kept = {name: one for name, one in before.items() if name not in renewed}
    today = dt.date.today().isoformat()
    kept |= {n: {"on": today, "why": why, **(more or {}).get(n, {})} for n, why in now_failed.items()}
    if kept == before:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(kept, indent=1, ensure_ascii=False), encoding="utf-8")
    draft.replace(path)
