"""What the package imports is declared, so that it runs where only its declared dependencies are installed."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]


def name(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace("_", "-")


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {name(r) for r in project["dependencies"]}
    direct = {name(r) for d in names for r in requires(d) or ()}  # numpy comes with pandas, traitlets with ipywidgets
    return names | direct


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name.split(".")[0] for a in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
    return found - {"kavelmon"} - set(sys.stdlib_module_names)


def test_every_import_is_declared():
    where = packages_distributions()
    for path in (ROOT / "kavelmon").rglob("*.py"):
        for module in imported(path):
            distributions = {name(d) for d in where.get(module, [module])}
            assert distributions & declared(), f"{path.name} imports {module}, which pyproject.toml does not declare"


def test_what_runs_a_notebook_is_declared():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert nbformat.read(path, 4).metadata.kernelspec.name == "python3"
    assert {"ipykernel", "voila", "xstatic-leaflet"} <= declared()
