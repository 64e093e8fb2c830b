"""Every notebook is thin, holds no saved outputs, and runs with no network."""

import ast
import asyncio
import base64
import gzip
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import kavelmon
from kavelmon import dashboard, texts

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
DEADLINE_S = 120  # of a whole run; a kernel that hangs keeps its heart beating
WIDGET = "application/vnd.jupyter.widget-view+json"
# All that a thin cell is made of: names from kavelmon, called with plain values.
ALLOWED = (
    *(ast.Module, ast.ImportFrom, ast.Import, ast.alias, ast.Expr, ast.Assign, ast.Call, ast.keyword),
    *(ast.Attribute, ast.Name, ast.Load, ast.Store, ast.Constant, ast.List, ast.Tuple),
)
PUBLIC = {"km": set(kavelmon.__all__), "dashboard": set(dashboard.__all__)}
SIZES = {"width", "height"}
TEXTS = {
    "an address": r"(?i)\b(https?|ftp|file):|\bwww\.",
    "a table id": r"(?i)\b\d{5}ned\b",
    "a colour": r"#(?:[0-9a-fA-F]{3,4}){1,2}\b",
    "a path": r"[\w.~]*[/\\]\w|\.(csv|json|parquet|xlsx|toml|geojson|py|ipynb|html)\b",
}
MARKUP = r"(?i)<\s*(script|style|iframe|img|link|svg|html|div|span)\b|javascript:|\bon\w+\s*="


def faults_of_code(code: str) -> list[str]:
    """What stands in a cell of code that belongs in the package."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # also magics and shell commands
        return ["no plain Python"]
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ALLOWED):
            found.append(type(node).__name__)
        elif isinstance(node, ast.Import):
            found += [f"import {a.name}" for a in node.names if (a.name, a.asname) != ("kavelmon", "km")]
        elif isinstance(node, ast.ImportFrom):
            if node.module != "kavelmon" or [(a.name, a.asname) for a in node.names] != [("dashboard", None)]:
                found.append(f"from {node.module} import")
        elif isinstance(node, ast.Call):
            where = node.func
            known = isinstance(where, ast.Attribute) and isinstance(where.value, ast.Name)
            if not known or where.attr not in PUBLIC.get(where.value.id, ()):
                found.append(f"call of {ast.unparse(where)}")
            sizes = {id(k.value) for k in node.keywords if k.arg in SIZES}
            values = [v for a in [*node.args, *(k.value for k in node.keywords)] for v in ast.walk(a)]
            numbers = [v for v in values if isinstance(v, ast.Constant) and not isinstance(v.value, str | bool)]
            found += [f"number {v.value!r}" for v in numbers if v.value is not None and id(v) not in sizes]
        elif isinstance(node, ast.Assign):
            if not all(isinstance(t, ast.Name) for t in node.targets) or not isinstance(node.value, ast.Call):
                found.append("an assignment of something that is no figure")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [what for what, pattern in TEXTS.items() if re.search(pattern, node.value)]
    return found


def faults_of_text(text: str) -> list[str]:
    """What stands in a cell of text that belongs in the package; a command between backticks is text."""
    found = [what for what, pattern in TEXTS.items() if what != "a path" and re.search(pattern, text)]
    return found + (["markup"] if re.search(MARKUP, text) else [])


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def test_there_are_notebooks():
    assert {"kavelmonitor", "verkennen"} <= {p.stem for p in NOTEBOOKS}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_is_valid_and_has_a_title(path):
    raw = json.loads(path.read_text(encoding="utf-8"))
    nbformat.validate(raw)
    assert raw["nbformat"] == 4
    title = raw["metadata"]["title"]
    assert title.strip() == title != ""
    headings = re.findall(r"^# (.+)$", "\n".join(c.source for c in read(path).cells if c.cell_type == "markdown"), re.M)
    assert headings in ([], [title]), "the page and its notebook have one title"
    assert not re.search(r"(?i)\b(the|and|explore|monitoring|of)\b", title), "titles are Dutch"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_holds_nothing_of_a_run(path):
    book = read(path)
    assert set(book.metadata) <= {"kernelspec", "language_info", "title", "summary", "public"}
    assert book.metadata.kernelspec.name == "python3"
    assert "version" not in book.metadata.get("language_info", {})
    for cell in book.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert not cell.get("attachments")
        assert not cell.metadata


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_is_thin(path):
    checks = {"code": faults_of_code, "markdown": faults_of_text}
    assert {cell.id: found for cell in read(path).cells if (found := checks[cell.cell_type](cell.source))} == {}


@pytest.mark.parametrize(
    "code",
    [
        "def f(): pass",
        "class A: pass",
        "f = lambda x: x",
        "import pandas as pd",
        "import kavelmon",
        "from kavelmon import figures",
        "from kavelmon.dashboard import kavelmonitor",
        "import sys\nsys.path.append('x')",
        "km.catalogue().groupby('domain')",
        "km.observations('roker').merge(other)",
        "km.observations('roker')['value']",
        "km.observations('roker').value > 5",
        "km.value('roker', threshold=0.8)",
        "limit = 5",
        "colours = ['red']",
        "km.trend_chart('roker', 'ede', colour='#1f77b4')",
        "km.value('roker', '50090NED')",
        "km.value('https://example.org')",
        "km.area('data/kavel.csv')",
        "km.area('../data')",
        "km.area(r'C:\\data')",
        "km.place('ede')",
        "_ = [km.value(i) for i in ids]",
        "for i in ids: km.value(i)",
        "try:\n    km.value('x')\nexcept:\n    pass",
        "with out: km.value('x')",
        "f'{km}'",
        "%matplotlib inline",
        "!pip install x",
        "%%javascript\nalert(1)",
        "display(km.catalogue())",
        "print(km.value('roker'))",
        "x = 1 + 1",
    ],
)
def test_rule_sees_what_does_not_belong_in_a_notebook(code):
    assert faults_of_code(code)


@pytest.mark.parametrize(
    "text", ["zie https://x.nl", "tabel 50090NED", "kleur #ff0000", "<script>", "<div style='x'>", "[x](javascript:y)"]
)
def test_rule_sees_what_does_not_belong_in_text(text):
    assert faults_of_text(text)


@pytest.fixture
def offline(tmp_path) -> dict[str, str]:
    """An environment in which Python reaches nothing but this machine, and writes down what it tried to reach."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "def _watch(event, args):\n"
        "    if event == 'socket.getaddrinfo':\n"
        "        host = args[0]\n"
        "    elif event in ('socket.connect', 'socket.sendto') and isinstance(args[1], tuple):\n"
        "        host = args[1][0]\n"
        "    else:\n"
        "        return\n"
        "    host = host.decode() if isinstance(host, bytes) else host\n"
        "    if host and host != 'localhost' and host != '::1' and not host.startswith('127.'):\n"
        f"        with open({str(tmp_path / 'asked')!r}, 'a') as log:\n"
        "            log.write(f'{event} {host}\\n')\n"
        "        raise OSError(f'no network in this test: {host}')\n"
        "sys.addaudithook(_watch)\n",
        encoding="utf-8",
    )
    own = {
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "KAVELMON_STORE": "none",
    }
    env = {k: v for k, v in os.environ.items() if k != "KAVELMON_DATA_SOURCES"}
    env |= {name: str(tmp_path / folder) for name, folder in own.items()}
    return env | {"PYTHONPATH": os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))}


def executed(book: nbformat.NotebookNode, env: dict[str, str], folder: Path) -> nbformat.NotebookNode:
    client = NotebookClient(book, timeout=None, kernel_name="python3", resources={"metadata": {"path": str(folder)}})

    def run() -> None:
        asyncio.run(asyncio.wait_for(client.async_execute(env=env), DEADLINE_S))

    with ThreadPoolExecutor(1) as other:  # where a browser was driven before, this thread has a loop of its own
        other.submit(run).result()
    return book


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_runs_with_no_network(path, offline, tmp_path):
    book = executed(read(path), offline, tmp_path)
    assert not (tmp_path / "asked").exists(), (tmp_path / "asked").read_text()
    outputs = [o for cell in book.cells for o in cell.get("outputs", [])]
    assert outputs
    assert [o for o in outputs if o.output_type not in ("execute_result", "display_data")] == []
    last = [cell for cell in book.cells if cell.cell_type == "code"][-1]
    assert last.outputs, "a notebook ends with something to see"
    if "dashboard." in "".join(cell.source for cell in book.cells):
        assert WIDGET in last.outputs[0].data
        state = book.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
        held = {b["path"][0]: b["data"] for w in state.values() for b in w.get("buffers", [])}
        name = {"kavelselectie": "selection", "kosten_en_verdeling": "cost"}.get(path.stem, "core")
        document = json.loads(gzip.decompress(base64.b64decode(held[name])))
        if name == "selection":
            assert len(document["codes"]) > 3000
            assert len(document["criteria"]) == 17
        elif name == "cost":
            assert "achterhoek" in document["of"]
            assert len(document["towns"]) > 300
        else:
            assert texts.DOMAINS["gezondheid"] in [domain["title"] for domain in document["domains"]]
            assert len(document["items"]) > 100


def test_network_is_refused_and_written_down(offline, tmp_path):
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import socket; socket.create_connection(('10.255.255.1', 80), 1)")]
    )
    with pytest.raises(Exception, match="no network in this test"):
        executed(book, offline, tmp_path)
    assert "10.255.255.1" in (tmp_path / "asked").read_text()
