"""Interventions and provisions of an area as the page has them: marks on trends, points on the map, a list under it."""

import datetime as dt
from typing import Any

import pandas as pd

from kavelmon import local, page_texts, store, texts
from kavelmon.dashboard.shapes import Layers
from kavelmon.model import COUNTRY, Area, Event
from kavelmon.regions import gemeente_of

_TITLE = next(m.max_length for m in Event.model_fields["title"].metadata if hasattr(m, "max_length"))
_NAMED = 4  # places that are named; of more their number is said


def of(area: Area, layers: Layers) -> list[dict[str, Any]]:
    """Return the interventions and provisions of an area; on the page of the country those of the whole country.

    Parameters
    ----------
    layers
        After `Layers.packed`, whose frame the points are in.

    Returns
    -------
    list of dict
        id, title, kind, year (of the begin; None without), text, licence, and ``at``: x and y, or nothing.
    """
    found = local.interventions(area)
    if area.kind == "land":
        found = found[[COUNTRY in codes.split() for codes in found["codes"]]]
    return [_one(row, layers) for row in found.to_dict("records")]


def _one(row: dict[str, Any], layers: Layers) -> dict[str, Any]:
    begin, end = _moment(row["begin"]), _moment(row["end"])
    text = page_texts.intervention(row["kind"], begin, end, row["target"], _places(row), row["text"], row["source"])
    return {
        "id": f"{row['list']}/{row['id']}",
        "title": row["title"],
        "kind": row["kind"],
        "year": int(row["begin"][:4]) if row["begin"] else None,
        "text": text,
        "licence": row["licence"],
        "at": layers.at(row["lon"], row["lat"]) if pd.notna(row["lon"]) else [],
    }


def events(sites: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the marks on trends: interventions that began in some year, named by ``of``."""
    return [
        {"year": one["year"], "title": short(one["title"]), "text": one["text"], "of": one["id"]}
        for one in sites
        if one["kind"] == "interventie" and one["year"]
    ]


def short(title: str) -> str:
    """Return a title that fits beside a mark, cut between words where that leaves enough.

    Examples
    --------
    >>> short("Valpreventie"), short("Welzijn op recept in alle kernen")
    ('Valpreventie', 'Welzijn op recept in…')
    """
    if len(title) <= _TITLE:
        return title
    cut = title[: _TITLE - 1]
    whole = cut.rsplit(" ", 1)[0].rstrip() if title[_TITLE - 1] != " " else cut
    return f"{whole if len(whole) > _TITLE // 2 else cut}…"


def _moment(text: str) -> str:
    return texts.date(dt.date.fromisoformat(text)) if len(text) == 10 else text


def _places(row: dict[str, Any]) -> str:
    codes = row["codes"].split() or ([row["at"]] if row["at"] else [])
    if len(codes) > _NAMED:
        return f"{len(codes)} gebieden"
    return ", ".join(_name(code) for code in codes)


def _name(code: str) -> str:
    """Return the name of a region; of a wijk or buurt with its gemeente, since "Wijk 07" tells nobody where it is."""
    regions = store.regions()
    gemeente = regions.name(gemeente_of(code)) if code[:2] in ("WK", "BU") else ""
    return regions.name(code) + (f" ({gemeente})" if gemeente else "")
