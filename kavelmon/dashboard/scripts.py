"""The JavaScript and the style of the pages: served as files that all pages share, or brought along by a widget."""

import os
from functools import cache

from kavelmon import paths

SERVED = "KAVELMON_VEGA_SERVED"  # as `kavelmon.vega` has it, whose import a viewer's kernel does without
MONITOR = ("words", "state", "profile", "linked", "save", "app", "main")
OTHERS = (
    "monitor/compose",
    *(f"selection/{name}" for name in ("scores", "wijkmap", "parts", "page")),
    *(f"cost/{name}" for name in ("area", "division", "page")),
)
STYLES = ("kavelmon", "monitor", "compose", "selection", "cost")
_DEFAULT = "export default { render };"


def served() -> bool:
    """Tell whether a server shows the notebook: its page then has the files that a widget needs."""
    return SERVED in os.environ


@cache
def module(*, others: bool = True) -> str:
    """Return the JavaScript of the pages as one module: its files share one scope, in this order.

    Parameters
    ----------
    others
        With the pages on composing, selection and cost; a file of one area has no use for them.
    """
    names = (*(f"monitor/{name}" for name in MONITOR), *(OTHERS if others else ()))
    return "\n".join((paths.STATIC / f"{name}.js").read_text(encoding="utf-8") for name in names)


def of_widget(page: str = "") -> str:
    """Return the module of a widget that shows a page: in a served page it takes that from the file which is there.

    Parameters
    ----------
    page
        The name under which the module exports the page; empty for the kavelmonitor, its default.
    """
    if served():
        name = page or "default"
        take = f'const {{{name}: page}} = await import(document.getElementById("kavelmon-monitor").href);'
        return f"\n{take}\nexport default page;\n"
    return module().replace(_DEFAULT, f"export {{ {page} as default }};") if page else module(others=False)


@cache
def style() -> str:
    """Return the style sheets of the pages, for places that have no template of ours around them."""
    folder = paths.STATIC / "share" / "jupyter" / "voila" / "templates" / "kavelmon" / "static"
    return "\n".join((folder / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)
