"""What the package imports is declared, so that it runs where only its declared dependencies are installed."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.match(r"[A-Za-z0-9._-]+", r)[0].lower() for r in project["dependencies"]}
    return names | {"vl-convert-python"}  # altair[save]


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
            distributions = {d.lower() for d in where.get(module, [module])}
            assert distributions & declared(), f"{path.name} imports {module}, which pyproject.toml does not declare"


def test_what_runs_a_notebook_is_declared():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert nbformat.read(path, 4).metadata.kernelspec.name == "python3"
    assert {"ipykernel", "voila", "xstatic-leaflet"} <= declared()
