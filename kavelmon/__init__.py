"""kavelmon: monitoring for the Kavelmodel.

>>> import kavelmon as km                                              # doctest: +SKIP
>>> km.observations("ervaren_gezondheid", "achterhoek")                # doctest: +SKIP
"""

import importlib
from typing import Any

# Loaded when first asked for: a viewer's kernel needs neither charts nor maps to begin with.
_WHERE = {
    "area": "kavelmon.api",
    "catalogue": "kavelmon.api",
    "choropleth": "kavelmon.api",
    "comparison": "kavelmon.analysis.compare",
    "convert": "kavelmon.concordance",
    "funnel": "kavelmon.analysis.funnel",
    "inequality": "kavelmon.analysis.unequal",
    "interventions": "kavelmon.local",
    "observations": "kavelmon.figures",
    "overlap": "kavelmon.overlapping",
    "peers": "kavelmon.analysis.peers",
    "select_kavels": "kavelmon.selection.run",
    "standardised": "kavelmon.analysis.standard",
    "trend": "kavelmon.analysis.trend",
    "trend_chart": "kavelmon.charts",
    "trend_data": "kavelmon.charts",
    "value": "kavelmon.figures",
}
__all__ = list(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module kavelmon has no attribute {name!r}; it has {', '.join(_WHERE)}")
    return getattr(importlib.import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted(_WHERE)
