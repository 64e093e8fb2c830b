"""The kavelmonitor: one area, four domains, next to the Netherlands.

A viewer's kernel passes prepared documents on, as bytes. It imports neither pandas nor altair for that; only the map to
walk around in asks for them, when somebody opens it.
"""

import datetime as dt
import logging
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import anywidget
import traitlets

from kavelmon import attempts, page_texts, texts
from kavelmon.dashboard import prepared, scripts

_log = logging.getLogger(__name__)


def failed() -> dict[str, str]:
    """Return, by source, that its figures could not be renewed and why (Dutch)."""
    return {
        name: page_texts.attempt(dt.date.fromisoformat(one["on"]), one.get("kind", ""), one.get("since", ""))
        for name, one in attempts.failed().items()
    }


class Kavelmonitor(anywidget.AnyWidget):
    """The page as one widget: the document goes to the browser once, and every choice is made there.

    Attributes
    ----------
    common, core, units
        The compressed document: what all areas share, the area itself, the parts of the area.
    area
        Id of the area of the document.
    address
        Where choices are kept: ``query`` in a served page, empty in a notebook.
    failed
        The day on which a source could not be renewed, by id.
    vega
        The module that draws; empty where the page around the widget has it as a file.
    """

    common = traitlets.Bytes().tag(sync=True)
    core = traitlets.Bytes().tag(sync=True)
    units = traitlets.Bytes().tag(sync=True)
    area = traitlets.Unicode().tag(sync=True)
    address = traitlets.Unicode().tag(sync=True)
    vega = traitlets.Unicode().tag(sync=True)
    failed = traitlets.Dict().tag(sync=True)

    def __init__(self, area: str = "") -> None:
        served = scripts.served()
        self._esm = scripts.of_widget()
        if not served:
            self._css = scripts.style()
        known = [one["id"] for one in prepared.areas()]
        area = area or asked_area()
        if area not in known and not served and area:  # nobody can ask for it later: a file, or a notebook
            found = parts(area)
            if isinstance(found, list):
                from kavelmon.model import NotFoundError

                raise NotFoundError(" ".join(found))
            core, units = found
        else:
            area = area if area in known else known[0]  # an area that is no declared one is asked for by the page
            core, units = prepared.read(area)
        if served:
            vega = ""
        else:
            from kavelmon.vega import module as vega_module

            vega = vega_module()
        super().__init__(
            common=prepared.common(),
            core=core,
            units=units,
            area=area,
            address="query" if served else "",
            vega=vega,
            failed=failed(),
        )
        self.on_msg(self._asked)

    def _asked(self, _: object, content: Mapping[str, Any], _buffers: object) -> None:
        """Answer a question of the page; what cannot be answered is said there, and its cause logged here."""
        number = content.get("number")
        try:
            if content.get("ask") == "area":
                found = parts(str(content.get("id")))
                if isinstance(found, list):
                    self.send({"number": number, "faults": found})
                else:
                    self.send({"number": number, "id": content.get("id")}, buffers=list(found))
            elif content.get("ask") == "map":
                self.send({"number": number, "html": walk(content)})
            else:
                self.send({"number": number, "sorry": texts.ERROR})
        except Exception:  # a viewer gets a sentence, the log gets the cause
            _log.exception("the page could not be given %s", content.get("ask"))
            self.send({"number": number, "sorry": texts.ERROR})


def parts(area: str) -> tuple[bytes, bytes] | list[str]:
    """Return the two parts of the document of an area, or what is wrong with the codes that are given for one."""
    return prepared.read(area) if area in {one["id"] for one in prepared.areas()} else prepared.own(area)


def asked_area() -> str:
    """Return the area that the address of the page names; empty when it names none."""
    return parse_qs(os.environ.get("QUERY_STRING", "")[: prepared.LONGEST]).get("gebied", [""])[0]


def walk(choice: Mapping[str, Any]) -> str:
    """Return the map to walk around in of what is chosen, as HTML."""
    from kavelmon import areas, declarations, figures, maps

    item = declarations.default().indicator(str(choice["item"]))
    units = figures.observations(
        item.id,
        areas.find(str(choice["area"])),
        level=str(choice["level"]),
        period=str(choice["period"]),
        edition=str(choice["edition"]),
    )
    return maps.html(maps.of_figures(item, units))


def kavelmonitor(area: str = "") -> Kavelmonitor:
    """Return the page.

    Parameters
    ----------
    area
        Id of the area to begin with; empty for the one that the address names, else the first one declared.
    """
    return Kavelmonitor(area)
