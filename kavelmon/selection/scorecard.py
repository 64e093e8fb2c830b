"""What only people can judge of an area: a card of judgements, each with its evidence, and never one number."""

from collections.abc import Iterable

import pandas as pd

from kavelmon import declarations, local
from kavelmon.criteria import read_criteria
from kavelmon.local import listing
from kavelmon.local.judgements import KIND, UNKNOWN, VALUES
from kavelmon.model import Area

COLUMNS = ["code", "criterion", "short", "ask", "judgement", "evidence", "date", "assessor", "earlier"]


def judgements() -> pd.DataFrame:
    """Return every judgement that is kept in the user's own store.

    Returns
    -------
    pandas.DataFrame
        list, row, area (id, or codes with blanks between them), criterion (id), judgement (0, 1, 2 or onbekend, as
        text), evidence, date (ISO), assessor (a function or an organisation); no rows when nothing is kept.
    """
    return local.kept(KIND)


def scorecard(area: str | Area | Iterable[str], held: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the card of an area: one row per criterion that people judge, with the latest judgement.

    There is no total: a shared vision does not make up for insurers that will not pay in another way. The judgements
    are categories without order, so that pandas refuses to add them up as well.

    Parameters
    ----------
    area
        Area id, id of an example (``voorbeeld_01``), code, `Area` or codes.
    held
        The judgements; default: those that are kept (`judgements`).

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, in order of the criteria: code, criterion (id), short, ask, judgement (0, 1, 2 or onbekend; onbekend
        where there is none), evidence, date, assessor, and earlier: how many older judgements there are.

    Raises
    ------
    NotFoundError
        An unknown area.
    """
    held = judgements() if held is None else held
    keys = listing.keys_of(area if isinstance(area, str | Area) else tuple(area), declarations.default())
    mine = held[held["area"].isin(keys)].sort_values("date", kind="stable")
    rows = []
    for one in read_criteria().asked:
        found = mine[mine["criterion"] == one.id].to_dict("records")
        last = found[-1] if found else {"judgement": UNKNOWN, "evidence": "", "date": "", "assessor": ""}
        rows.append(
            {
                "code": one.code,
                "criterion": one.id,
                "short": one.short,
                "ask": one.ask,
                **{name: last[name] for name in ("judgement", "evidence", "date", "assessor")},
                "earlier": max(len(found) - 1, 0),
            }
        )
    card = pd.DataFrame(rows, columns=COLUMNS)
    card["judgement"] = pd.Categorical(card["judgement"], categories=VALUES)
    return card
