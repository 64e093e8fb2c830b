"""The gemeenten, wijken and buurten of a document: lists of units, and the figures of each list by period."""

import pandas as pd

from kavelmon import texts
from kavelmon.analysis.compare import records
from kavelmon.dashboard.collect import LEVELS, Collected
from kavelmon.dashboard.sentences import Sentences, numbers, remarks, rounded
from kavelmon.dashboard.shapes import Layers
from kavelmon.model import Area, Edition, Indicator
from kavelmon.stats.classes import class_breaks, class_labels


class Lists:
    """The lists of units that figures are of: each list is kept once."""

    def __init__(self, layers: Layers) -> None:
        self.all: list[dict] = []
        self._layers = layers
        self._number: dict[tuple, int] = {}

    def number(self, level: str, frame: pd.DataFrame) -> int:
        """Return the number of the list that the rows of one period are of."""
        year = int(frame["region_year"].iat[0])
        key = (level, year, tuple(frame["region"]))
        if key not in self._number:
            layer, lost = self._layers.place(level, year, frame)
            codes = frame["region"].tolist()
            self._number[key] = len(self.all)
            self.all.append(
                {
                    "level": level,
                    "year": year,
                    "codes": codes,
                    "names": frame["region_name"].tolist(),
                    "layer": layer,
                    "lost": [codes.index(code) for code in lost],
                }
            )
        return self._number[key]

    def newest(self, level: str) -> list[int]:
        """Return the number of units of a level in the newest indeling, and its year; nothing when unknown."""
        found = [(one["year"], len(one["codes"])) for one in self.all if one["level"] == level]
        return [max(found)[1], max(found)[0]] if found else []


def levels_of(
    item: Indicator, edition: Edition, area: Area, collected: Collected, lists: Lists, said: Sentences
) -> dict[str, dict]:
    """Return the figures inside the area per level: a list of periods, each with its units."""
    key = (item.id, edition.source)
    periods = collected.own[area.id][key]["period"].tolist()
    found = {}
    for level in LEVELS:
        frame = collected.inside(area, level, key)
        if frame is None or frame["value"].notna().sum() == 0:
            continue
        parts = {str(p): part for p, part in frame.groupby("period", sort=True) if part["value"].notna().any()}
        found[level] = {
            "periods": [_units(item, level, parts[p], lists, said) if p in parts else None for p in periods]
        }
    return found


def _units(item: Indicator, level: str, frame: pd.DataFrame, lists: Lists, said: Sentences) -> dict:
    frame = frame.sort_values("region", ignore_index=True)
    number = lists.number(level, frame)
    one = lists.all[number]
    values = rounded(frame["value"], item.decimals)
    out: dict = {"list": number, "value": values}
    if hidden := [
        n for n, (v, s) in enumerate(zip(values, frame["status"], strict=True)) if v is None and s == "suppressed"
    ]:
        out["hidden"] = hidden
    if frame["lower"].notna().any():
        out |= {side: rounded(frame[side], item.decimals) for side in ("lower", "upper")}
    if one["layer"]:
        lost = set(one["lost"])
        drawn = [v for n, v in enumerate(values) if v is not None and n not in lost]
        breaks = class_breaks(drawn)
        out |= {"breaks": breaks, "classes": numbers(said, class_labels(breaks, drawn))}
        names = [one["names"][n] for n in one["lost"] if values[n] is not None]
        if names:
            out["away"] = said.number(texts.without_shape(names, int(one["layer"][-4:])))
    out["said"] = _per_sentence(frame, said)
    return out


def _per_sentence(frame: pd.DataFrame, said: Sentences) -> dict[int, list[int]]:
    """Return which units each remark holds for; an empty list stands for all of them."""
    found: dict[int, list[int]] = {}
    columns = ["note", "status", "value", "estimated", "coverage"]
    remarkable = frame["note"].ne("") | frame["estimated"].ne("") | frame["status"].ne("ok")
    if not remarkable.any():
        return {}
    told = frame.loc[remarkable, columns]
    for n, row in zip(told.index, records(told), strict=True):
        for text in numbers(said, remarks(row)):
            found.setdefault(text, []).append(n)
    return {text: [] if len(units) == len(frame) else units for text, units in found.items()}
