"""environment.yml, constraints.txt and CITATION.cff say the same as pyproject.toml."""

import importlib.metadata
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler import MatchSpec

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOT_ON_CONDA_FORGE = {"cbsodata", "xstatic-leaflet"}


def requirements(*extras: str) -> dict[str, Requirement]:
    """The direct requirements by name; what an extra of one of them asks (altair[save]) is direct too."""
    texts = [*PROJECT["dependencies"], *(t for extra in extras for t in PROJECT["optional-dependencies"][extra])]
    found = {canonicalize_name(r.name): r for r in map(Requirement, texts)}
    return found | _asked_by({name: r for name, r in found.items() if r.extras})


def _asked_by(found: dict[str, Requirement]) -> dict[str, Requirement]:
    """What distributions ask under the extras that are wanted of them, without what they ask in any case."""
    asked = {}
    for name, requirement in found.items():
        for r in map(Requirement, importlib.metadata.requires(name) or []):
            if (
                r.marker
                and not r.marker.evaluate()
                and any(r.marker.evaluate({"extra": e}) for e in requirement.extras)
            ):
                asked[canonicalize_name(r.name)] = r
    return asked


def all_below(found: Iterable[Requirement]) -> set[str]:
    """The names of everything that is installed for these requirements on this machine."""
    todo, seen = list(found), set()
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            below = map(Requirement, importlib.metadata.requires(name) or [])
            todo += [r for r in below if not r.marker or r.marker.evaluate({"extra": extra})]
    return {name for name, _ in seen}


@pytest.fixture(scope="module")
def environment() -> dict:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def constraints() -> dict[str, Requirement]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split("\n")
    found = [Requirement(line) for line in lines if line]
    by_name = {canonicalize_name(r.name): r for r in found}
    assert len(by_name) == len(found), "a name stands there twice"
    return by_name


def test_conda_gets_every_requirement_with_its_bound_and_nothing_else(environment):
    expected = {n: str(r.specifier) for n, r in requirements("lab").items() if n not in NOT_ON_CONDA_FORGE}
    expected |= {"python": PROJECT["requires-python"], "pip": "None"}
    specs = [MatchSpec(text) for text in environment["dependencies"] if isinstance(text, str)]
    assert {s.name.normalized: str(s.version) for s in specs} == expected
    assert all(s.channel is None and s.build is None and s.name.normalized == str(s).split()[0] for s in specs)


def test_pip_gets_what_conda_forge_lacks_and_kavelmon_itself(environment):
    (section,) = [part for part in environment["dependencies"] if isinstance(part, dict)]
    assert list(section) == ["pip"]
    expected = {str(r) for n, r in requirements("lab").items() if n in NOT_ON_CONDA_FORGE}
    assert set(section["pip"]) == expected | {"-e ."}
    assert len(section["pip"]) == len(expected) + 1


def test_environment_takes_one_channel(environment):
    assert set(environment) == {"name", "channels", "dependencies"}
    assert environment["name"] == PROJECT["name"]
    assert environment["channels"] == ["conda-forge", "nodefaults"]


def test_constraints_are_plain_pins(constraints):
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert "@" not in text
    for name, pin in constraints.items():
        (specifier,) = pin.specifier
        assert specifier.operator == "==", name
        assert "*" not in specifier.version, name
        assert not pin.extras, name
        assert pin.marker is None, name


def test_every_direct_dependency_is_pinned_within_its_bound(constraints):
    for name, requirement in requirements(*PROJECT["optional-dependencies"]).items():
        assert name in constraints, f"{name} has no pin"
        (pin,) = constraints[name].specifier
        assert requirement.specifier.contains(pin.version), f"{requirement}, but pinned {pin.version}"


def test_everything_below_the_direct_dependencies_is_pinned(constraints):
    direct = [Requirement(t) for t in PROJECT["dependencies"]]
    direct += [Requirement(t) for texts in PROJECT["optional-dependencies"].values() for t in texts]
    assert all_below(direct) - set(constraints) <= {"setuptools"}  # comes along with Python, never imported by us


def test_citation_names_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert (citation["version"], citation["license"]) == (PROJECT["version"], PROJECT["license"])
    assert [a["name"] for a in citation["authors"]] == [a["name"] for a in PROJECT["authors"]]
    assert citation["message"]
    assert citation["type"] == "software"
    assert not {"doi", "url", "repository-code"} & set(citation), "name an address only when there is one"
