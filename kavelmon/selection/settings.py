"""What a selection is asked for: level, weights, scale, draws; kept as TOML, to get the same result again."""

import json
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kavelmon.declarations import near
from kavelmon.model import KavelmonError, NotFoundError
from kavelmon.selection.scores import LEAST_GROUPS

MOST = 1000  # of a weight


class Settings(BaseModel):
    """Everything that a selection depends on, beside the figures and the criteria.

    Attributes
    ----------
    level, year
        ``WK`` (wijken) or ``GM`` (gemeenten), and the indeling.
    weights
        Weight of a group by its id, not negative; a group that is not named has 1.
    scale
        How an indicator is scored: percentile, z or minmax.
    indicators
        Only these; empty for all that the criteria name.
    draws, concentration, seed
        Of the resampling of the weights; a concentration of 10 is moderate, 1 is any division.
    first
        How many units are "the top".
    store
        The version of the figures that a result was made with; empty before there is one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Literal["WK", "GM"] = "WK"
    year: int = 2020
    weights: dict[str, float] = {}
    scale: Literal["percentile", "z", "minmax"] = "percentile"
    indicators: tuple[str, ...] = ()
    draws: int = Field(default=2000, ge=100, le=10_000)
    concentration: float = Field(default=10.0, ge=0.1, le=10_000)
    seed: int = Field(default=21, ge=0)
    first: int = Field(default=21, ge=1)
    store: str = ""

    def weights_of(self, groups: Collection[str], measured: Collection[str]) -> np.ndarray:
        """Return the weight of each group, adding up to 1; a group that no indicator measures has 0.

        Raises
        ------
        NotFoundError
            A group that is not known.
        KavelmonError
            A weight below zero or no number; fewer groups than a total needs.
        """
        check_weights(self.weights, groups)
        found = np.array([self.weights.get(g, 1.0) if g in measured else 0.0 for g in groups])
        counting = int((found > 0).sum())
        if counting < LEAST_GROUPS:
            named = ", ".join(g for g, w in zip(groups, found, strict=True) if w > 0) or "none"
            raise KavelmonError(
                f"weights: groups with a weight above 0 and figures: {counting} ({named}); a total needs "
                f"{LEAST_GROUPS} of {len(groups)}. Give more groups a weight, or name more indicators; measured are "
                f"{', '.join(g for g in groups if g in measured)}"
            )
        return found / found.sum()


def check_weights(weights: Mapping[str, float], groups: Collection[str]) -> None:
    """Refuse weights of groups that are unknown, below zero, no number, or all zero.

    Raises
    ------
    NotFoundError, KavelmonError
    """
    for name, weight in weights.items():
        if name not in groups:
            raise NotFoundError(f'weights: no group "{name}"; nearest: {near(name, groups)}; use {", ".join(groups)}')
        if not 0 <= weight <= MOST:
            raise KavelmonError(
                f"weights: {name} = {weight:g}; a weight is a number from 0 to {MOST}, such as 1 or 2.5"
            )
    if weights and all(weights.get(g, 1.0) == 0 for g in groups):
        raise KavelmonError("weights: every group has weight 0; give at least one a weight above 0")


def parse_weights(text: str) -> dict[str, float]:
    """Read weights from one line, as ``urgentie=2,zorgkosten=0.5``.

    Raises
    ------
    KavelmonError
        A part that is not a name and a number.
    """
    found: dict[str, float] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, sign, number = (p.strip() for p in part.partition("="))
        try:
            if not name or not sign or name in found:
                raise ValueError
            found[name] = float(number)
        except ValueError:
            why = f'"{name}" stands there twice' if name in found else f'"{part}" is no name and number'
            raise KavelmonError(f"weights: {why}; write group=number, as urgentie=2,zorgkosten=0.5") from None
    return found


def read(path: Path) -> Settings:
    """Read settings that `text` wrote.

    Raises
    ------
    KavelmonError
        No file, no TOML, or a key that is wrong; every fault is named.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise KavelmonError(f"{path}: no such file; `kavelmon selection --save FILE` makes one") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KavelmonError(f"{path}: not valid TOML: {error}; mend that line (the file must be UTF-8)") from None
    try:
        return Settings.model_validate(found)
    except ValidationError as error:
        raise KavelmonError(f"{path.name}: {faults(error)}") from None


def faults(error: ValidationError) -> str:
    """Return what is wrong with settings as one sentence per key."""
    said = []
    for e in error.errors():
        key = ".".join(str(part) for part in e["loc"]) or "(all)"
        shown = "" if e["type"] == "missing" else f" = {e['input']!r:.60}"
        allowed = f"; allowed: {', '.join(Settings.model_fields)}" if e["type"] == "extra_forbidden" else ""
        said.append(f"{key}{shown}: {e['msg']}{allowed}")
    return "; ".join(said)


def made(**given: object) -> Settings:
    """Return settings, or say in one sentence what is wrong with them (`KavelmonError`)."""
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        raise KavelmonError(faults(error)) from None


def stale(settings: Settings, version: str) -> str:
    """Return a warning where settings were made with other figures than those of a version; empty where not."""
    if settings.store in ("", version):
        return ""
    return f"these settings were made with figures {settings.store}; now it is {version}, and the result may differ"


def text(settings: Settings) -> str:
    """Return settings as TOML."""
    lines = [
        "# A selection on the Delphi criteria: `kavelmon selection --settings FILE` gives the same result again,",
        "# as long as the figures are of the version named here.",
    ]
    for name, value in settings.model_dump().items():
        if name == "weights":
            continue
        lines.append(f"{name} = {json.dumps(value)}")  # words, numbers and lists of words look the same in TOML
    lines += ["", "[weights]", *(f"{json.dumps(name)} = {weight!r}" for name, weight in settings.weights.items())]
    return "\n".join(lines) + "\n"
