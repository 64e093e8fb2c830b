"""What `kavelmon selection` prints and writes."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from kavelmon import licences
from kavelmon.declarations import default
from kavelmon.model import KavelmonError
from kavelmon.selection import candidates, settings, wording
from kavelmon.selection.candidates import Candidate
from kavelmon.selection.result import Selection
from kavelmon.selection.settings import Settings

LEVELS = {"wijk": "WK", "gemeente": "GM"}
_COLUMNS = ("rank", "code", "name", "gemeente", "inhabitants", "score", "rank_low", "rank_high", "p_top", "coverage")


def settings_of(file: Path | None, weights: str, level: str, scale: str, seed: int | None) -> Settings:
    """Return the settings in a file, with what was asked for beside it.

    Raises
    ------
    KavelmonError
        A file, weight, level or scale that is wrong.
    """
    given = settings.read(file).model_dump() if file else {}
    if level:
        if level not in LEVELS:
            raise KavelmonError(f'level "{level}" is not known; use {" or ".join(LEVELS)}')
        given["level"] = LEVELS[level]
    given |= {"weights": settings.parse_weights(weights)} if weights else {}
    given |= {"scale": scale} if scale else {}
    given |= {"seed": seed} if seed is not None else {}
    return settings.made(**given)


def sizes(text: str) -> tuple[float, float]:
    """Read two sizes, as ``30000-300000``; raises `KavelmonError`."""
    low, dash, high = text.partition("-")
    if not (dash and low.strip().isdecimal() and high.strip().isdecimal()):
        raise KavelmonError(f'sizes "{text}"; write two numbers of inhabitants, as 30000-300000')
    return float(low), float(high)


def summary(found: Selection) -> list[str]:
    """Return what a run must say of itself: how many were scored, what is lacking, which criteria have no number."""
    coverage, what = found.coverage, "wijken" if found.units.level == "WK" else "gemeenten"
    scored = int(found.frame["rank"].notna().sum())
    said = [
        f"{scored} of {len(found.units.codes)} {what} of {found.units.year} scored"
        + ("; the others have figures on too few groups" if scored < len(found.units.codes) else ""),
        "no figure of: " + ", ".join(f"{r.indicator} {r.missing}" for r in coverage.itertuples() if r.missing),
        "figures of whole gemeenten: " + (", ".join(coverage.loc[coverage["inherited"], "indicator"]) or "none"),
        "criteria without a number: " + ", ".join(f"{c.code} {c.short}" for c in found.without_number),
    ]
    said += [
        f"{r.indicator} and {r.other} tell nearly the same (r = {r.pearson:.2f}): together they count twice"
        for r in found.doubles.itertuples()
    ]
    said += [
        f"{r.indicator}: the {what} come to {r.mean:.4g}, the Netherlands to {r.national:.4g}"
        for r in coverage.itertuples()
        if r.apart
    ]
    said.append(
        "the order with another scale (Spearman), and the top: "
        + ", ".join(
            f"{scale} {rho:.2f}, {shared} of the {found.settings.first} highest are the same"
            for scale, (rho, shared) in found.other_scales.items()
        )
    )
    said.append(
        "of the differences between totals comes from: "
        + ", ".join(
            f"{g} {share:.0%}" for g, share in zip(found.groups, found.influence, strict=True) if share == share
        )
    )
    said.append("an operationalisation of kavelmon's own, not HealthKIC's list")
    return said


def as_json(found: Selection, top: int, areas: list[Candidate]) -> str:
    """Return the best units, the areas and everything that `summary` says, as one JSON object."""
    groups = list(found.groups)
    rows = []
    for row in found.frame.head(top).to_dict("records"):
        plain = {k: _plain(v) for k, v in row.items() if k not in groups}
        rows.append(plain | {"groups": {g: _plain(row[g]) for g in groups}})
    coverage = found.coverage
    content = {
        "settings": found.settings.model_dump(),
        "units": len(found.units.codes),
        "scored": int(found.frame["rank"].notna().sum()),
        "missing": dict(zip(coverage["indicator"], map(int, coverage["missing"]), strict=True)),
        "without_number": [one.code for one in found.without_number],
        "doubles": found.doubles.to_dict("records"),
        "other_scales": {k: {"spearman": r, "top_shared": n} for k, (r, n) in found.other_scales.items()},
        "influence": {g: _plain(v) for g, v in zip(found.groups, found.influence.tolist(), strict=True)},
        "rows": rows,
        "areas": [_area(found, one) for one in areas],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _area(found: Selection, one: Candidate) -> dict:
    return {
        "title": one.title,
        "units": [found.units.codes[n] for n in one.units],
        "inhabitants": one.people,
        "score": _plain(one.total),
        "above_units": _plain(one.above),
        "mean_of_units": _plain(one.mean),
        "above_areas_of_its_size": _plain(one.stands),
        "groups": {g: _plain(v) for g, v in zip(found.groups, one.groups.tolist(), strict=True)},
        "left_out": list(one.left_out),
    }


def _plain(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value


def as_text(found: Selection, top: int, areas: list[Candidate], words: int) -> str:
    """Return the best units and the areas as tables, and `words` of the units in words."""
    first = f"p_top{found.settings.first}"
    shown = found.frame.head(top)[[*_COLUMNS, *found.groups]].rename(columns={"p_top": first})
    whole = ("rank", "inhabitants", "rank_low", "rank_high")
    form: dict[str, Callable] = dict.fromkeys(whole, "{:.0f}".format)
    form |= {first: "{:.2f}".format, "coverage": "{:.0%}".format, "score": "{:.1f}".format}
    form |= dict.fromkeys(found.groups, "{:.0f}".format)
    parts = [shown.to_string(index=False, formatters=form, na_rep="-")]
    if areas:
        table = pd.DataFrame(
            {
                "area": [one.title for one in areas],
                "units": [len(one.units) for one in areas],
                "inhabitants": [f"{one.people:.0f}" for one in areas],
                "score": [f"{one.total:.1f}" for one in areas],
                "above_units": [f"{one.above:.0f} %" for one in areas],
                "above_areas_of_its_size": [f"{one.stands:.0f} %" for one in areas],
            }
        )
        parts += [table.to_string(index=False), "averaging shrinks extremes: compare an area with those of its size"]
        parts += [text for one in areas for text in one.left_out]
    parts += [wording.text(found, code) for code in found.frame["code"].head(words)]
    return "\n\n".join(parts)


def write_csv(found: Selection, path: Path) -> None:
    """Write every unit with rank, certainty and groups as CSV, with the sources above it (lines that begin with #)."""
    sources = {c.edition for c in found.columns}
    lines = ["# An operationalisation of kavelmon's own, not HealthKIC's list"]
    for name in sorted(sources):
        source = default().source(name)
        lines.append(f"# {source.publisher}, {source.title}: {source.licence}")
    lines.append(f"# licence of this table: {licences.of_page(default().source(n).licence for n in sources)}")
    content = "\n".join(lines) + "\n" + found.frame.to_csv(index=False, lineterminator="\n")
    _write(path, content)


def write_settings(found: Selection, path: Path) -> None:
    """Write the settings that give this result again."""
    _write(path, settings.text(found.settings))


def _write(path: Path, content: str) -> None:
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(content, encoding="utf-8")
    draft.replace(path)


def areas_of(found: Selection, named: list[str], search: str) -> list[Candidate]:
    """Return the areas that are named, and those that are searched for."""
    listed = [candidates.candidate(found, name) for name in named]
    return listed + (candidates.search(found, *sizes(search)) if search else [])
