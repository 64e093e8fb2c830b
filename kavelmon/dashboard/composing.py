"""Put an area together: what is chosen goes to the kernel, and the newest figures of that area come back.

Everything else is done in the browser. Pandas is imported here by the first question, after the page is there.
"""

import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import anywidget
import traitlets

from kavelmon import texts
from kavelmon.dashboard import prepared, scripts

_log = logging.getLogger(__name__)
MOST = 4000  # parts of one area; the country has some 3,400 wijken


class Composer(anywidget.AnyWidget):
    """The page on which somebody puts an area together.

    Attributes
    ----------
    common, core, country
        Compressed: what all areas share, the document of the Netherlands, and its gemeenten with shapes and names.
    address
        Where choices are kept: ``query`` in a served page, empty in a notebook.
    """

    common = traitlets.Bytes().tag(sync=True)
    core = traitlets.Bytes().tag(sync=True)
    country = traitlets.Bytes().tag(sync=True)
    address = traitlets.Unicode().tag(sync=True)

    def __init__(self) -> None:
        served = scripts.served()
        self._esm = scripts.of_widget("composer")
        if not served:
            self._css = scripts.style()
        super().__init__(
            common=prepared.common(),
            core=prepared.read("nl")[0],
            country=prepared.country(),
            address="query" if served else "",
        )
        self.on_msg(self._asked)

    def _asked(self, _: object, content: Mapping[str, Any], _buffers: object) -> None:
        number = content.get("number")
        try:
            if content.get("ask") == "profile":
                codes = [str(code)[:10] for code in content.get("codes", [])][:MOST]
                self.send({"number": number, **profile(codes)})
            elif content.get("ask") == "wijken":
                self.send({"number": number}, buffers=[prepared.wijken(str(content.get("gemeente")))])
                _warm_wijken()  # while its map is looked at
            else:
                self.send({"number": number, "sorry": texts.ERROR})
        except Exception:  # a viewer gets a sentence, the log gets the cause
            _log.exception("the page could not be given %s", content.get("ask"))
            self.send({"number": number, "sorry": texts.ERROR})


def profile(codes: list[str]) -> dict[str, Any]:
    """Return the newest figures of the area that some codes are.

    Returns
    -------
    dict
        ``codes`` that are in the area, ``said`` about the others (Dutch), ``offer`` (codes that may be meant),
        ``people`` and ``peopleYear``, and ``rows``: per indicator its id, edition, period, value, word, whether margins
        judged it, and the sentences that go with it.
    """
    from kavelmon import areas

    found = areas.compose(codes)
    offer = [[c, n] for remark in found.faults for c, n in remark.others]
    said = [r.dutch for r in found.remarks if r.kind != "empty"]
    out: dict[str, Any] = {"codes": list(found.codes), "said": said, "offer": offer}
    if not found.codes:
        _warm()
        return out | {"people": None, "peopleYear": "", "rows": []}
    rows, people = figures_of(found.codes)
    return out | {"people": people["value"], "peopleYear": people["period"], "rows": rows}


def _warm() -> None:
    """Read what the first choice would otherwise wait for."""
    _country()
    figures_of(("GM0294",))


@lru_cache(maxsize=1)
def _country() -> dict[tuple[str, str], dict[str, float]]:
    """Return the figures of the Netherlands by indicator, edition and period, as they were prepared."""
    from kavelmon.dashboard import national

    return national.country(prepared.folder())


def _warm_wijken() -> None:
    """Read the figures of wijken before the first one is chosen."""
    from kavelmon import cells
    from kavelmon.dashboard.collect import items

    for item in items():
        cells.load(item.id, ("GM", "WK"))


@lru_cache(maxsize=64)
def figures_of(codes: tuple[str, ...]) -> tuple[list[list[Any]], dict[str, Any]]:
    """Return the rows of `profile`, and the number of people with its period."""
    import math

    from kavelmon import declarations, figures, places
    from kavelmon.analysis.compare import picked
    from kavelmon.dashboard.collect import items
    from kavelmon.dashboard.sentences import remarks
    from kavelmon.stats.compare import compare

    spot = places.Place("eigen", "", "GEBIED", codes)
    country, rows = _country(), []
    for item in items():
        editions = figures.editions(item)
        newest = [figures.newest(item, edition, spot) for edition in editions]
        known = [
            (n, 0, row["period"], not math.isnan(row["value"]), not math.isnan(row.get("lower", math.nan)))
            for n, row in enumerate(newest)
            if row is not None
        ]
        if not known:
            continue
        n, _ = picked(known)[""]
        row = newest[n]
        assert row is not None
        there = country[item.id, editions[n].source].get(row["period"], math.nan)
        apart = bool(item.incomparable) or item.rollup == "sum"
        against = math.nan if apart else there
        lower, upper = (row.get(side, math.nan) for side in ("lower", "upper"))
        result = compare(row["value"], lower, upper, against, better=item.better, threshold=item.threshold(there))
        value = None if math.isnan(row["value"]) else round(row["value"], item.decimals or None)
        words = remarks({"note": "", "estimated": "", "coverage": 0.0, "status": "missing"} | row)
        rows.append([item.id, editions[n].source, row["period"], value, result.word, int(result.judged), words])
    people = declarations.default().indicator("inwoners")
    counted = next((row for e in figures.editions(people) if _has(row := figures.newest(people, e, spot))), None)
    if counted is None:
        return rows, {"value": None, "period": ""}
    return rows, {"value": round(counted["value"]), "period": counted["period"]}


def _has(row: dict[str, Any] | None) -> bool:
    return row is not None and row["value"] == row["value"]


def samenstellen() -> Composer:
    """Return the page on which somebody puts an area together."""
    return Composer()
