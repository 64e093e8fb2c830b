"""What others call is documented, the examples run, and the command line explains itself."""

import doctest
import importlib
import inspect
import pkgutil
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

import kavelmon as km
from kavelmon import cli, declarations, figures
from kavelmon.criteria import Proxy
from kavelmon.model import Area, Indicator
from kavelmon.source_model import Source

ROOT = Path(__file__).parents[2]
MODULES = ["kavelmon", *(m.name for m in pkgutil.walk_packages(km.__path__, "kavelmon."))]
SECTIONS = ("Parameters", "Attributes", "Returns", "Yields", "Raises", "See Also", "Notes", "References", "Examples")
COMMANDS = typer.main.get_command(cli.app).commands


def public_objects() -> Iterator[tuple[str, object]]:
    """Every public function, class and method that is written in kavelmon."""
    for name in MODULES:
        module = importlib.import_module(name)
        for key, item in vars(module).items():
            if key.startswith("_") or getattr(item, "__module__", None) != name:
                continue
            item = inspect.unwrap(item) if callable(item) else item
            if inspect.isfunction(item):
                yield f"{name}.{key}", item
            elif inspect.isclass(item):
                yield f"{name}.{key}", item
                yield from methods(f"{name}.{key}", item)


def methods(where: str, cls: type) -> Iterator[tuple[str, object]]:
    for key, item in vars(cls).items():
        item = getattr(item, "__func__", getattr(item, "fget", getattr(item, "func", item)))
        if not key.startswith("_") and inspect.isfunction(inspect.unwrap(item)):
            yield f"{where}.{key}", inspect.unwrap(item)


OBJECTS = dict(public_objects())


def sections(text: str) -> dict[str, str]:
    """The sections of a NumPy docstring by title; what comes before the first one stands under an empty title."""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}\n", inspect.cleandoc(text), flags=re.M)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def entries(section: str) -> list[str]:
    """The names that a section describes: its lines that are not indented."""
    lines = [line for line in section.splitlines() if line and not line.startswith(" ")]
    return [name.strip().lstrip("*") for line in lines for name in line.split(":")[0].split(",")]


def parameters(function: object) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name not in ("self", "cls")]


def described(text: str) -> str:
    return " ".join(text.split())


def test_the_walk_finds_the_package():
    assert {"kavelmon.figures.observations", "kavelmon.store.Store.groups", "kavelmon.model.Area"} <= set(OBJECTS)


@pytest.mark.parametrize("name", OBJECTS)
def test_docstring_is_numpy_style(name):
    item = OBJECTS[name]
    text = inspect.getdoc(item)
    assert text, f"{name} has no docstring"
    assert text.splitlines()[0].rstrip().endswith((".", ":")), "the first line is one sentence"
    found = sections(text)
    assert set(found) - {""} <= set(SECTIONS)
    assert list(found)[1:] == [s for s in SECTIONS if s in found], "sections in the order of the NumPy guide"
    for title, body in found.items():
        assert body.strip(), f"{name}: {title or 'summary'} is empty"
    if inspect.isfunction(item):
        assert set(entries(found.get("Parameters", ""))) <= set(parameters(item)), "a parameter that is not there"


@pytest.mark.parametrize("name", km.__all__)
def test_public_function_says_what_it_takes_gives_and_refuses(name):
    function = getattr(km, name)
    found = sections(inspect.getdoc(function))
    if taken := parameters(function):
        assert entries(found.get("Parameters", "")) == taken
        assert "Raises" in found
        assert "NotFoundError" in entries(found["Raises"])
    assert "Returns" in found


@pytest.mark.parametrize("name", km.__all__)
def test_public_function_is_annotated(name):
    signature = inspect.signature(getattr(km, name))
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(p.annotation is not inspect.Parameter.empty for p in signature.parameters.values())


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(AttributeError, match="observations"):
        _ = km.nothing
    assert dir(km) == sorted(km.__all__)


@pytest.fixture(autouse=True)
def no_own_store(monkeypatch, tmp_path):
    monkeypatch.setenv("KAVELMON_STORE", str(tmp_path / "none"))


def test_documented_columns_are_those_of_the_table():
    glossary = (ROOT / "docs" / "GLOSSARY.md").read_text(encoding="utf-8")
    table = glossary.split("## Columns of a figure")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.M) == figures.COLUMNS
    assert list(km.observations("inwoners", "ede").columns) == figures.COLUMNS
    assert "`COLUMNS`" in sections(inspect.getdoc(km.observations))["Returns"]


@pytest.mark.parametrize("level", ["", "WK"])
def test_indicators_asked_together_give_what_they_give_alone(level):
    wanted = [i.id for i in declarations.default().in_domain("aanbod") if figures.editions(i)]
    assert len(wanted) > 5
    together = km.observations(wanted, "ede", level=level)
    alone = pd.concat([km.observations(one, "ede", level=level) for one in wanted], ignore_index=True)
    assert "afstand_ziekenhuis_hemelsbreed" in set(alone["indicator"])
    pd.testing.assert_frame_equal(together, alone, check_dtype=False)


def test_documented_columns_of_the_catalogue_are_its_columns():
    columns = ", ".join(km.catalogue().columns)
    assert columns in described(sections(inspect.getdoc(km.catalogue))["Returns"])


def test_documented_keys_of_a_figure_are_its_keys():
    found = km.value("inwoners", "ede", "2020")
    assert list(found) == [*figures.COLUMNS, "source", "licence"]
    returns = sections(inspect.getdoc(km.value))["Returns"]
    assert {"source", "licence"} <= set(re.findall(r"`(\w+)`", returns))
    assert "accessed" not in returns or "accessed" in found


def test_a_wijk_has_the_name_of_the_year_that_its_figure_is_of():
    one = figures.value("roker", "WK022202", "2020", edition="rivm_50090ned")
    all_of_them = figures.observations("roker", "achterhoek", level="WK", period="2020", edition="rivm_50090ned")
    assert one["region_name"] == all_of_them.set_index("region")["region_name"]["WK022202"] == "Wijk 02"


def test_documented_columns_of_a_trend_are_its_columns():
    assert list(km.trend_data("roker", "ede").columns) == [*figures.COLUMNS, "role", "segment"]
    assert {"role", "segment"} <= set(re.findall(r"`(\w+)`", sections(inspect.getdoc(km.trend_data))["Returns"]))


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [t for name in MODULES for t in finder.find(importlib.import_module(name)) if t.examples]
    assert len(found) >= 5


def test_declarations_shown_to_contributors_are_valid():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = re.findall(r"```toml\n(.*?)```", text, re.S)
    for block, declared in zip(shown[:3], (Indicator, Source, Area), strict=True):
        assert declared.model_validate({"id": "shown", **tomllib.loads(block)}).title
    [block] = shown[3:]  # an indicator of a criterion
    assert [Proxy.model_validate(one).why for one in tomllib.loads(block)["indicator"]]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_is_complete(name):
    command = COMMANDS[name]
    assert command.help
    shown = described(CliRunner().invoke(cli.app, [name, "--help"], env={"COLUMNS": "300", "NO_COLOR": "1"}).stdout)
    assert described(command.help) in shown
    for parameter in command.params:
        if parameter.name == "help":
            continue
        assert getattr(parameter, "help", None), f"{name} {parameter.name} has no help"
        assert described(parameter.help) in shown
        assert any(option in shown for option in parameter.opts) or parameter.name in shown.lower()


def test_help_of_the_program_names_every_command():
    shown = CliRunner().invoke(cli.app, ["--help"], env={"COLUMNS": "300"}).stdout
    assert set(COMMANDS) <= set(shown.split())


@pytest.fixture
def refusal(monkeypatch, capsys):
    """Run the command line as the script does, and give the sentence with which it refuses."""

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["kavelmon", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        said = capsys.readouterr()
        assert stopped.value.code == 2
        assert said.out == ""
        assert "Traceback" not in said.err
        return said.err

    return run


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["rokerz", "ede"], ["indicator", "rokerz", "roker"]),
        (["roker", "Utopia"], ["region", "Utopia", "achterhoek", "GM0294"]),
        (["roker", "GM9999"], ["GM9999", "nearest"]),
        (["roker", "WK999900"], ["GM9999", "nearest"]),
        (["roker", ""], ["region", "achterhoek"]),
        (["roker", "ede", "1900"], ["roker", "1900", "2020"]),
        (["roker", "ede", "--edition", "niets"], ["roker", "niets", "rivm_50090ned"]),
        (["roker", "ede", "2020", "--edition", "vektis_open"], ["roker", "vektis_open", "rivm_50090ned"]),
        (["roker", "ede", "--age", "7-9"], ["roker", "7-9", "18+"]),
    ],
    ids=lambda part: " ".join(part),
)
def test_refusal_is_one_sentence_that_names_what_is_known(refusal, arguments, named):
    said = refusal("value", *arguments)
    assert re.fullmatch(r"kavelmon: \S[^\n]+\n", said)
    assert all(word in said for word in named), said


def test_a_folder_that_is_not_there_is_refused_in_a_sentence(refusal, tmp_path):
    said = refusal("build", "--from", str(tmp_path / "niets"))
    assert re.fullmatch(r"kavelmon: \S[^\n]+\n", said)
    assert "no such folder" in said


def test_a_folder_without_any_export_is_refused_in_a_sentence(refusal, tmp_path):
    said = refusal("build", "--from", str(tmp_path))
    assert re.fullmatch(r"kavelmon: \S[^\n]+\n", said)
    assert "kavelmon check" in said


def test_a_buurt_inside_a_wijk_of_the_area_is_counted_once():
    both, wijk = (km.value("inwoners", codes)["value"] for codes in (["WK022202", "BU02220201"], ["WK022202"]))
    assert both == wijk
