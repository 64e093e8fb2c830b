"""One file of the kavelmonitor of an area, to pass on: it needs no server, no kernel and no network."""

import base64
import gzip
import hashlib
import html
import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

import nbformat
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from kavelmon import areas, declarations, licences, paths, serving, texts, vega
from kavelmon.dashboard import prepared, sharing
from kavelmon.dashboard.brand import MARK
from kavelmon.model import KavelmonError

NOTEBOOK = "kavelmonitor.ipynb"
_STATE = "application/vnd.jupyter.widget-state+json"
_DEEDS = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/deed.nl",
    "CC BY-NC 4.0": "https://creativecommons.org/licenses/by-nc/4.0/deed.nl",
}
_LEVEL = 6  # of the compression that a web server uses
_BEGIN = """
const box = document.getElementById("kavelmon-page");
published(box).catch((reason) => {
  console.error(reason);
  box.replaceChildren(document.getElementById("kavelmon-failure").content);
});
"""


@dataclass(frozen=True)
class Page:
    """What a page is made of, as the widget of the executed notebook has it.

    Attributes
    ----------
    common, core, units
        The document, unpacked.
    module, style, vega
        The JavaScript of the page, its style sheets, and the module that draws.
    """

    common: dict[str, Any]
    core: dict[str, Any]
    units: dict[str, Any]
    module: str
    style: str
    vega: str


@dataclass(frozen=True)
class Published:
    """A file that was written.

    Attributes
    ----------
    path, size, gzipped
        Where it is, and its size in bytes as it is and as a web server sends it.
    licence
        The licence of our texts and design in it.
    left
        What was left out, each with its reason.
    """

    path: Path
    size: int
    gzipped: int
    licence: str
    left: tuple[str, ...]


def publish(area: str, out: Path, say: Callable[[str], None] = lambda _: None, *, title: str = "") -> Published:
    """Write the kavelmonitor of an area as one HTML file into a folder, which is made when it is missing.

    Parameters
    ----------
    area
        Id of a declared area, code of a region, codes between commas, or a TOML file of an area.
    out
        The folder. A file of before is replaced at once: who reads meanwhile finds the old or the new one.
    say
        Called with a sentence when it takes long.
    title
        What an area of codes is called; of any other area its own title stands.

    Raises
    ------
    NotFoundError
        An area that is not declared, or codes that are unknown or abolished.
    KavelmonError
        A folder that cannot be written, a notebook that fails, or an area without a figure that may be passed on.
    """
    chosen = areas.find(area, title)
    declared = chosen.id in declarations.default().areas or chosen.kind == "regio"
    name = chosen.id if declared else ",".join(chosen.codes)
    _ready(out)
    if not prepared.ready():
        say("kavelmon prepares its pages; this is needed once and takes about a minute")
    page, left = to_share(executed(name))
    if not declared:
        page.core["area"] |= {"title": chosen.title, "given": chosen.title}
    content = assembled(page).encode("utf-8")
    path = out / f"kavelmon-{chosen.id}.html"
    _write(path, content)
    packed = len(gzip.compress(content, _LEVEL, mtime=0))
    return Published(path, len(content), packed, licence_of(page.core), left)


def executed(area: str) -> Page:
    """Execute the notebook of the page in a kernel of its own, and return the page that it shows.

    Parameters
    ----------
    area
        Id of a declared area.
    """
    book = nbformat.read(paths.notebooks() / NOTEBOOK, as_version=4)
    with tempfile.TemporaryDirectory(prefix="kavelmon-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        serving.write_profile(folder)
        env = serving.environment(folder) | {
            prepared.PAGES: str(prepared.folder()),
            "QUERY_STRING": f"gebied={quote(area)}",
        }
        del env[vega.SERVED]  # nothing is served: the page brings its own modules along
        kernel = AsyncKernelManager(kernel_spec_manager=_OwnKernel(), connection_file=str(folder / "kernel.json"))
        client = NotebookClient(
            book, km=kernel, timeout=serving.CELL_S, resources={"metadata": {"path": name}}, store_widget_state=True
        )
        try:
            client.execute(env=env)
        except CellExecutionError as error:
            raise KavelmonError(f"the notebook {NOTEBOOK} failed: {error.ename}: {error.evalue}") from None
        except (CellTimeoutError, DeadKernelError):
            late = f"the notebook {NOTEBOOK} gave no page within {serving.CELL_S} seconds"
            raise KavelmonError(f"{late}; close what else this machine does and try again") from None
    return of_state(book.metadata.get("widgets", {}).get(_STATE, {}).get("state", {}), area)


class _OwnKernel(KernelSpecManager):
    """The Python that runs us is the kernel, whatever kernels a user has."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(**get_kernel_dict())


def of_state(state: Mapping[str, Any], area: str) -> Page:
    """Return the page out of the state of the widgets of a notebook.

    Parameters
    ----------
    state
        The widgets by id, each with its buffers in base64.
    area
        Id of the area that the page must be of.
    """
    for widget in state.values():
        values = widget["state"]
        if values.get("area") != area:
            continue
        packed = {b["path"][0]: base64.b64decode(b["data"]) for b in widget.get("buffers", ())}
        common, core, units = (json.loads(gzip.decompress(packed[part])) for part in ("common", "core", "units"))
        return Page(common, core, units, values["_esm"], values["_css"], values["vega"])
    raise KavelmonError(f"the notebook {NOTEBOOK} shows no kavelmonitor of {area}; run it to see what it does show")


def to_share(page: Page) -> tuple[Page, tuple[str, ...]]:
    """Return the page with only what may be passed on, and what was left out, each with its reason.

    Parameters
    ----------
    page
        The page as the notebook shows it.
    """
    left = sharing.refused(page.core)
    core, units = sharing.shareable(page.core, page.units)
    if not core["items"]:
        raise KavelmonError(f"{core['area']['id']}: no figure of it may be passed on; see data_sources/LICENSES.md")
    names = {i: f"{one['publisher']}, {one['title']}" for i, one in left.items()}
    common = {**page.common, "left": list(names.values())}
    reasons = [f"{names[i]}: {_REASONS[licences.terms(one['licence'])]}" for i, one in left.items()]
    apart = Counter(licences.terms(one["licence"]) for one in sharing.withheld(page.units["sites"]))
    reasons += [f"{n} interventions and provisions: {_REASONS[terms]}" for terms, n in sorted(apart.items())]
    return Page(common, core, units, page.module, page.style, page.vega), tuple(reasons)


_REASONS = {
    "unknown": "its publisher states no licence",
    "agreement": "its figures are under an agreement",
}


def licence_of(core: Mapping[str, Any]) -> str:
    """Return the licence of our texts and design on a page: the strictest of the sources in it decides."""
    return licences.of_page(one["licence"] for one in core["sources"].values())


def assembled(page: Page) -> str:
    """Return the file; the same page gives the same text.

    Parameters
    ----------
    page
        What may be passed on.
    """
    document = {"common": page.common, "core": page.core, "units": page.units}
    script = in_script(f"{page.module}\n{_BEGIN}")
    face, style = _with_font(page.style)
    licence = licence_of(page.core)
    parts = {
        "about": in_comment(about(page)),
        "policy": policy(script),
        "title": html.escape(f"{page.core['area']['title']} – kavelmon"),
        "licence": licence,
        "deed": _DEEDS[licence],
        "font_face": face,
        "style": style,
        "mark": MARK,
        "brand": html.escape(texts.BRAND),
        "document": in_json(document),
        "vega": in_script(page.vega),
        "module": script,
    }
    return Template((paths.STATIC / "published.html").read_text(encoding="utf-8")).substitute(parts)


def policy(script: str) -> str:
    """Return what the file may do: run its one script, draw with what is in it, and ask nothing of anyone.

    The module that draws is imported from a blob of the text in the file. No other text becomes code.

    Parameters
    ----------
    script
        The script exactly as it stands in the file.
    """
    own = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'sha256-{own}' blob:",
            "style-src 'unsafe-inline'",
            "img-src data:",
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def about(page: Page) -> str:
    """Return what the file is, its sources and their terms, in Dutch, for whoever reads its source."""
    said = page.common["texts"]
    lines = [
        said["profileOf"].format(area=page.core["area"]["title"]) + f" – kavelmon {page.common['version']}",
        said["licenceOurs"].format(licence=licence_of(page.core)) + " " + said["figuresTerms"],
    ]
    for one in page.core["sources"].values():
        table = f" ({one['table']})" if one["table"] else ""
        terms = said[f"terms_{one['terms']}"].format(licence=one["licence"])
        lines.append(f"{said['source']}: {one['publisher']}, {one['title']}{table}. {terms}")
    return "\n".join(lines)


def in_json(content: Any) -> str:
    """Return JSON that can stand in a script element: no text in it ends or opens an element or a comment."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


def in_script(code: str) -> str:
    r"""Return code of ours that can stand in a script element.

    Such a text stands in strings and patterns, where ``\/`` and ``\!`` mean the same as without the backslash.
    """
    return re.sub(r"<(/script|!--)", lambda found: f"<\\{found[1]}", code, flags=re.IGNORECASE)


def in_comment(text: str) -> str:
    """Return a text that can stand in a comment: nothing in it ends the comment."""
    return re.sub(r"-{2,}", lambda found: "–" * len(found[0]), text).replace("<", "‹").replace(">", "›")


def _with_font(style: str) -> tuple[str, str]:
    """Return the font face with the font in it, and the other rules."""
    (face,) = re.findall(r"@font-face\s*\{[^}]*\}", style)
    name = re.search(r'url\("([\w.-]+)"\)', face)[1]  # type: ignore[index]
    folder = paths.STATIC / "share" / "jupyter" / "voila" / "templates" / "kavelmon" / "static"
    data = base64.b64encode((folder / name).read_bytes()).decode("ascii")
    rest = style.replace(face, "")
    if "</" in rest or "url(" in rest:
        raise ValueError("a style sheet of a file that is passed on holds neither markup nor an address")
    return face.replace(f'url("{name}")', f"url(data:font/woff2;base64,{data})"), rest


def _ready(out: Path) -> None:
    """Make the folder, and see before the work begins that a file can be written there."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise _unwritable(out, error) from None


def _write(path: Path, content: bytes) -> None:
    """Replace a file in one step; a fault leaves what was there."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        with suppress(OSError):
            draft.unlink()


def _unwritable(path: Path, error: OSError) -> KavelmonError:
    reason = error.strerror or str(error)
    return KavelmonError(f"{path} cannot be written ({reason}); name a folder of your own with --out")
