"""The figures of the page on cost: specs that take rows and draw them, in the colours that are declared."""

import copy
import re

import pytest
import vl_convert

from kavelmon import colours, cost_figures, cost_texts

DECLARED = {
    shade.lower()
    for value in vars(colours).values()
    for shade in ((value,) if isinstance(value, str) else value if isinstance(value, tuple) else ())
    if isinstance(shade, str) and re.fullmatch(r"#[0-9A-Fa-f]{6}", shade)
}
YEARS = list(range(2015, 2024))
ROWS = {
    "cost": {
        "band": [{"year": y, "low": 90, "high": 110} for y in YEARS],
        "lines": [
            {"year": y, "value": 100 + n, "role": role, "name": role, "label": "x"}
            for n, role in enumerate(("expected", "actual"))
            for y in YEARS
        ],
        "ends": [{"value": 100, "name": "een\nnaam", "role": "actual", "dy": 0}],
        "start": [{"year": 2020.5, "end": 2023}],
    },
    "others": {
        "others": [{"year": y, "value": n, "part": n} for n in range(5) for y in YEARS],
        "zero": [{"value": 0}],
        "lines": [{"year": y, "value": 1, "name": "een", "label": "x"} for y in YEARS],
        "ends": [{"value": 1, "name": "een\nnaam"}],
        "said": [{"value": 6, "text": "minder"}, {"value": -2, "text": "meer"}],
        "start": [{"year": 2020.5, "end": 2023}],
    },
    "steps": {
        "steps": [
            {"order": n, "name": kind, "from": n, "to": n + 1, "kind": kind, "label": str(n)}
            for n, kind in enumerate(("alles", *cost_figures.EURO))
        ],
        "ground": [{"value": 0}],
    },
    "decade": {
        "parts": [
            {"year": y, "value": 1, "kind": kind, "order": n, "name": kind, "label": "x"}
            for y in range(1, 11)
            for n, kind in enumerate(cost_figures.EURO)
        ],
        "ends": [{"value": 1, "name": "fonds"}],
    },
}
SIGNALS = {"cost": {"years": YEARS}, "others": {"years": YEARS}, "steps": {"top": 7}, "decade": {"top": 5, "room": 124}}


@pytest.fixture(scope="module")
def specs():
    return cost_figures.specs()


def drawn(spec, rows, signals):
    """Return the picture of a spec with rows and signals put in, as the page does."""
    full = copy.deepcopy(spec)
    named = {one["name"]: one for one in full["data"]}
    assert set(rows) <= set(named)
    for name, values in rows.items():
        named[name]["values"] = values
    known = {one["name"]: one for one in full["signals"]}
    assert set(signals) <= set(known)
    for name, value in signals.items():
        known[name]["value"] = value
    full["width"] = 480
    return vl_convert.vega_to_svg(full)


def shapes(picture, mark):
    groups = re.findall(rf'<g class="mark-{mark} role-mark[^"]*"[^>]*>(.*?)</g>', picture, re.DOTALL)
    return sum(len(re.findall(r"<(?:path|line|text)\b", group)) for group in groups)


def test_every_figure_is_there(specs):
    assert set(specs) == {"cost", "others", "steps", "decade"} == set(ROWS)
    for spec in specs.values():
        assert "vega/v" in spec["$schema"]
        assert not any(one.get("values") for one in spec["data"])  # rows come from the page


def test_rows_and_signals_are_drawn(specs):
    made = {name: drawn(spec, ROWS[name], SIGNALS[name]) for name, spec in specs.items()}
    for picture in made.values():
        assert "NaN" not in picture
    assert shapes(made["cost"], "symbol") == 2 * len(YEARS)
    assert shapes(made["cost"], "line") == 2
    assert shapes(made["cost"], "area") == 1
    assert shapes(made["others"], "line") == 5 + 1
    assert shapes(made["others"], "symbol") == len(YEARS)
    assert shapes(made["steps"], "rect") == 1 + len(cost_figures.EURO)
    assert shapes(made["decade"], "rect") == 10 * len(cost_figures.EURO)
    assert "minder" in made["others"]
    assert "revolving" not in made["decade"]  # names come with the rows


def test_the_years_stand_on_the_axis(specs):
    for name in ("cost", "others"):
        picture = drawn(specs[name], ROWS[name], SIGNALS[name])
        assert all(f">{year}<" in picture for year in (YEARS[0], YEARS[-1]))


def test_every_colour_is_a_declared_one(specs):
    for name, spec in specs.items():
        found = {shade.lower() for shade in re.findall(r"#[0-9A-Fa-f]{6}\b", repr(spec))}
        assert found
        assert found <= DECLARED, (name, found - DECLARED)
    named = {shade.lower() for shade in cost_figures.EURO.values()}
    assert len(named) == len(cost_figures.EURO)  # no two destinations look alike
    for name in ("steps", "decade"):
        picture = drawn(specs[name], ROWS[name], SIGNALS[name]).lower()
        assert all(shade in picture for shade in named), name


def test_actual_and_expected_are_the_colours_of_an_area_and_of_the_country(specs):
    picture = drawn(specs["cost"], ROWS["cost"], SIGNALS["cost"])
    assert f'fill="{colours.BAND}"'.lower() in picture.lower()
    lines = re.findall(r'<g class="mark-line role-mark[^"]*"[^>]*>(.*?)</g>', picture, re.DOTALL)
    height = {}
    for line in lines:
        ink = re.search(r'stroke="(#\w+)"', line)[1].upper()
        height[ink] = float(re.search(r'd="M[\d.-]+,([\d.-]+)', line)[1])
    assert height.keys() == {colours.KAVEL, colours.NL}
    assert height[colours.KAVEL] < height[colours.NL]  # what it cost is the higher one of these rows: 101 above 100


def test_every_destination_has_a_name():
    for kind in (*cost_figures.EURO, "alles", "apart"):
        assert cost_texts.PAGE[f"part_{kind}"]


def test_the_same_figures_every_time(specs):
    assert cost_figures.specs() == specs
