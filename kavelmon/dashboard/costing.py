"""Kosten en verdeling: what care cost next to what was expected, and who would get what of a saving.

Cost is prepared; a viewer's kernel passes it on. The division is worked out by the kernel with the one waterfall there
is, for whatever somebody fills in: it needs neither pandas nor numpy to answer.
"""

import gzip
import json
import logging
from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from kavelmon import texts
from kavelmon.dashboard import prepared, scripts

_log = logging.getLogger(__name__)


class KostenEnVerdeling(anywidget.AnyWidget):
    """The page as one widget.

    Attributes
    ----------
    common, cost
        Compressed: what all pages share, and the cost of every area that is offered.
    address
        Where choices are kept: ``query`` in a served page, empty in a notebook.
    vega
        The module that draws; empty where the page around the widget has it as a file.
    """

    common = traitlets.Bytes().tag(sync=True)
    cost = traitlets.Bytes().tag(sync=True)
    address = traitlets.Unicode().tag(sync=True)
    vega = traitlets.Unicode().tag(sync=True)

    def __init__(self) -> None:
        served = scripts.served()
        self._esm = scripts.of_widget("costs")
        vega = ""
        if not served:
            from kavelmon.vega import module as vega_module

            self._css = scripts.style()
            vega = vega_module()
        address = "query" if served else ""
        super().__init__(common=prepared.common(), cost=prepared.cost(), address=address, vega=vega)
        self.on_msg(self._asked)

    def _asked(self, _: object, content: Mapping[str, Any], _buffers: object) -> None:
        number = content.get("number")
        try:
            if content.get("ask") == "area":
                found = area(str(content.get("codes"))[: prepared.LONGEST], str(content.get("title", ""))[:60])
                self.send({"number": number, **found})
            else:
                from kavelmon.dashboard.dividing import divide

                forms = [dict(form) for form in content.get("forms", [])][:2]
                self.send({"number": number, "divided": [divide(form) for form in forms]})
        except Exception:  # a viewer gets a sentence, the log gets the cause
            _log.exception("the page could not be given %s", str(content)[:200])
            self.send({"number": number, "sorry": texts.ERROR})


def area(codes: str, title: str) -> dict[str, Any]:
    """Return the cost of an area of codes as the document has areas (``area``), or why there is none (``said``)."""
    found = prepared.own_cost(codes)
    if isinstance(found, list):
        return {"said": " ".join(found)}
    made = json.loads(gzip.decompress(found[0]))
    if title and made["area"]["kind"] == "eigen":
        made["area"]["title"] = title
    return {"area": made}


def kosten_en_verdeling() -> KostenEnVerdeling:
    """Return the page on the cost of an area and the division of a saving."""
    return KostenEnVerdeling()
