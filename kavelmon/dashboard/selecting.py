"""Kavelselectie: every wijk of the country on the criteria for a kavel.

Weights, map, list and cards live in the browser. Only how sure a rank is under other weights is asked of the kernel,
which draws them as `kavelmon.selection` does; it needs numpy for that, and no pandas.
"""

import gzip
import json
import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import anywidget
import traitlets

from kavelmon import texts
from kavelmon.dashboard import prepared, scripts

_log = logging.getLogger(__name__)


class Kavelselectie(anywidget.AnyWidget):
    """The page as one widget.

    Attributes
    ----------
    common, selection
        Compressed: what all pages share, and the document of this one.
    address
        Where choices are kept: ``query`` in a served page, empty in a notebook.
    """

    common = traitlets.Bytes().tag(sync=True)
    selection = traitlets.Bytes().tag(sync=True)
    address = traitlets.Unicode().tag(sync=True)

    def __init__(self) -> None:
        served = scripts.served()
        self._esm = scripts.of_widget("selection")
        if not served:
            self._css = scripts.style()
        super().__init__(common=prepared.common(), selection=prepared.selection(), address="query" if served else "")
        self.on_msg(self._asked)

    def _asked(self, _: object, content: Mapping[str, Any], _buffers: object) -> None:
        number = content.get("number")
        try:
            if content.get("ask") == "area":
                self.send({"number": number, **area(str(content.get("codes")), str(content.get("title", ""))[:60])})
            else:
                weights = [float(w) for w in content.get("weights", [])]
                self.send({"number": number, "sure": certainty(weights)})
        except Exception:  # a viewer gets a sentence, the log gets the cause
            _log.exception("the page could not be given %s", str(content)[:200])
            self.send({"number": number, "sorry": texts.ERROR})


@lru_cache(maxsize=1)
def _document() -> tuple[list[list[float | None] | None], dict[str, Any], int]:
    """Return the scores of the groups, the settings, and how many groups a total needs."""
    found = json.loads(gzip.decompress(prepared.selection()))
    return [group["scores"] for group in found["groups"]], found["settings"], found["least"]


def certainty(weights: Sequence[float]) -> dict[str, list]:
    """Return the certainty of the ranks under other weights of the groups, as the document has it for equal ones.

    Raises
    ------
    ValueError
        Weights that are not one number of 0 or more for each group, with enough of them above 0.
    """
    import numpy as np

    from kavelmon.selection.resampling import resample, shown

    scores, settings, least = _document()
    if len(weights) != len(scores) or not all(0 <= w <= 1e6 for w in weights):
        raise ValueError(f"{len(weights)} weights for {len(scores)} groups, or one out of bounds")
    size = next(len(one) for one in scores if one)
    groups = np.array(
        [[np.nan] * size if one is None else [np.nan if v is None else v for v in one] for one in scores]
    ).T
    counting = np.array([w if one else 0.0 for w, one in zip(weights, scores, strict=True)])
    if (counting > 0).sum() < least:
        raise ValueError(f"{(counting > 0).sum()} groups count; {least} are needed")
    how = {name: settings[name] for name in ("draws", "concentration", "seed", "first")}
    return shown(resample(groups, counting / counting.sum(), least=least, **how))


def area(codes: str, title: str) -> dict[str, Any]:
    """Return an area of codes as the document has areas, or what is wrong with the codes: ``area`` or ``said``."""
    from kavelmon import areas, selection_texts
    from kavelmon.dashboard.selection_document import own

    found = areas.compose(areas.split(codes[: prepared.LONGEST]))
    if found.faults:
        return {"said": " ".join(remark.dutch for remark in found.faults)}
    return own(found.codes, title or selection_texts.OWN_AREA)


def kavelselectie() -> Kavelselectie:
    """Return the page with every wijk of the Netherlands on the criteria for a kavel."""
    return Kavelselectie()
