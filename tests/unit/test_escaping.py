"""What comes from TOML, CSV or a name is text on the page, never markup."""

import math
import re

from kavelmon import declarations
from kavelmon.dashboard import monitor as page
from kavelmon.dashboard import state
from kavelmon.stats.compare import compare

HOSTILE = "<img src=x onerror=alert(1)>\"'</script><b>"


def row() -> state.Row:
    item = declarations.default().indicator("roker")
    source = declarations.default().source("rivm_50090ned")
    item = item.model_copy(update={"title": HOSTILE, "unit": HOSTILE, "theme": HOSTILE, "why": HOSTILE})
    texts = {"publisher": HOSTILE, "title": HOSTILE, "table": HOSTILE, "licence": HOSTILE, "notes": (HOSTILE,)}
    source = source.model_copy(update=texts)
    figure = {
        "value": 16.3, "lower": math.nan, "upper": math.nan, "status": "ok", "note": HOSTILE, "estimated": HOSTILE,
        "coverage": 0.9, "period": "2020", "region_year": 2020, "method": "", "level": "GEBIED",
    }  # fmt: skip
    comparison = compare(16.3, math.nan, math.nan, 17.9, better="lower", threshold=1)
    return state.Row(item, source, figure, {"value": 17.9}, comparison)


def test_no_text_becomes_markup():
    area = declarations.default().area("achterhoek").model_copy(update={"title": HOSTILE, "description": HOSTILE})
    hostile = row()
    pieces = [
        page.overview([hostile], area, HOSTILE),
        page.heading(hostile, area, None),
        page.origin([(HOSTILE, HOSTILE), *state.provenance(hostile)]),
        page.missing([(HOSTILE, HOSTILE)]),
        page.header(area),
    ]
    units = state.figures.observations("roker", "ede", level="WK", period="2020")
    units = units.assign(region_name=HOSTILE, note=HOSTILE)
    pieces += [page.units_table(hostile, units, "WK")]
    for piece in pieces:
        assert "&lt;img" in piece
        assert not re.search(r"<(img|script|b>\"|/script)", piece)
        assert "onerror=alert(1)>" not in piece
