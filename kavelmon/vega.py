"""One thin widget that shows a Vega-Lite spec, offline, in Voilà, JupyterLab and an exported file."""

import contextlib
import functools
import json
import os
import tempfile
import zlib
from importlib import metadata
from pathlib import Path

import anywidget
import platformdirs
import traitlets

from kavelmon import paths

# Set by `kavelmon.serving` for its kernels: its pages carry the module once, as a file that browsers keep.
SERVED = "KAVELMON_VEGA_SERVED"
_FROM_PAGE = """
const {default: view} = await import(document.getElementById("kavelmon-vega").href);
export default view;
"""


@functools.cache
def module() -> str:
    """Return the JavaScript module of the widget, with Vega, Vega-Lite and Vega-Embed in it.

    vl-convert needs more than a second to make it, so it is kept in the cache folder of the user. Where that cannot be
    written it lives in memory only.
    """
    source = (paths.STATIC / "vega_view.js").read_text(encoding="utf-8")
    name = f"vega-{metadata.version('vl-convert-python')}-{zlib.crc32(source.encode()):08x}.js"
    kept = Path(platformdirs.user_cache_dir("kavelmon")) / name
    try:
        return kept.read_text(encoding="utf-8")
    except OSError:
        text = _bundle(source)
    with contextlib.suppress(OSError):  # no cache is slower, not wrong
        _write(kept, text)
    return text


def _bundle(source: str) -> str:
    import vl_convert

    locales = {
        "FORMAT_LOCALE": vl_convert.get_format_locale("nl-NL"),
        "TIME_FORMAT_LOCALE": vl_convert.get_time_format_locale("nl-NL"),
    }
    constants = "\n".join(f"const {name} = {json.dumps(locale)};" for name, locale in locales.items())
    return vl_convert.javascript_bundle(f"{constants}\n{source}")


def _write(path: Path, text: str) -> None:
    """Write a file at once, so that another kernel never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(draft, path)


class VegaView(anywidget.AnyWidget):
    """A figure made from a Vega-Lite spec, redrawn in place when its spec changes.

    Attributes
    ----------
    spec
        The Vega-Lite spec with its data; empty shows nothing.
    label
        One Dutch sentence that says what the figure shows, for people who do not see it.
    error
        Why the browser could not show the last spec; empty when it could.

    Examples
    --------
    >>> view = VegaView(spec={"mark": "point", "data": {"values": [{}]}}, label="Eén punt.")
    >>> view.error
    ''
    """

    spec = traitlets.Dict().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)

    def __init__(self, **kwargs: object) -> None:
        self._esm = _FROM_PAGE if SERVED in os.environ else module()
        super().__init__(**kwargs)
