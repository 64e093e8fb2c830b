"""The raw download: keys for names. Its cells may be labels where codes are declared, or codes where labels are."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from kavelmon.model import SourceError
from kavelmon.regions import Regions
from kavelmon.source_model import Reading, Source
from kavelmon.sources import periods
from kavelmon.sources.forms import digits, labels
from kavelmon.sources.forms.titles import PLACE


def has_keys(names: Sequence[str], read: Reading) -> bool:
    """Tell whether the names of the columns are keys, as a raw download has them, and not titles."""
    known = all(re.fullmatch(r"\w*", n) for n in names)
    return known and (read.columns.get(read.region, read.region) in names or any(PLACE.search(n) for n in names))


def declared(frame: pd.DataFrame, source: Source, path: Path, topics: Sequence[str], regions: Regions) -> tuple:
    """Turn what is not as declared in a raw table into what is, where it is certain what it stands for.

    What cannot be turned stays as it is: the reader of the table refuses it.

    Returns
    -------
    tuple
        The frame, the source with what its `read` must be, the rows of `frame` that were kept, provisional periods.
    """
    read = source.read
    columns = _by_base(frame.columns) | read.columns
    place = {
        name: columns.get(name, name) for name in (read.region, read.period, read.age, read.margin, *topics) if name
    }
    kept = np.ones(len(frame), dtype=bool)
    if any(column not in frame.columns for column in place.values()):
        return frame, source, kept, ()
    changed: dict[str, pd.Series] = {}
    provisional: set[str] = set()
    if read.period:
        column = place[read.period]
        bare = frame[column].astype("str").map(lambda c: digits.without_marks(c)[0])
        if (marked := bare != frame[column].astype("str").str.strip()).any():
            provisional |= {periods.parse(c).label for p in set(bare[marked]) if (c := labels.period(p))}
        _turned(changed, column, bare, lambda c: c if _known(c) else labels.period(c), marked.any())
    if read.age:
        word_of = labels.age(source)
        _turned(changed, place[read.age], frame[place[read.age]], word_of)
    if read.margin:
        cells = frame[place[read.margin]]
        _turned(changed, place[read.margin], cells, lambda c: c if c in _AS_DECLARED else labels.margin(c))
    for key, wanted in read.where.items():
        if (column := columns.get(key, key)) in frame.columns:
            _turned(changed, column, frame[column], _chosen(frame[column], wanted))
    decimal = _numbers(frame, [place[t] for t in topics], path, read, changed)
    out = frame.assign(**changed) if changed else frame
    update: dict = {"decimal": "."} if decimal else {}
    cells = frame[place[read.region]].astype("str").str.strip()
    coded = cells.map(lambda c: bool(labels.CODE.fullmatch(c))).mean() > 0.5
    if coded and read.region_labels:
        update |= {"region_labels": False}
    elif not coded and not read.region_labels and not read.region_prefix and _named(cells):
        codes = _codes(out, cells, place, source, path, regions)
        kept = (codes != labels.OTHER).to_numpy()
        out = out.assign(**{place[read.region]: codes})[kept].reset_index(drop=True)
    if update:
        source = source.model_copy(update={"read": read.model_copy(update=update)})
    return out, source, kept, tuple(sorted(provisional))


_AS_DECLARED = ("Waarde", "Ondergrens 95%-interval", "Bovengrens 95%-interval")  # words the reader knows


def _by_base(names: Sequence[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name in map(str, names):
        found.setdefault(PLACE.sub("", name), []).append(name)
    return {base: full[0] for base, full in found.items() if len(full) == 1}


def _known(text: str) -> bool:
    try:
        return bool(periods.parse(text))
    except ValueError:
        return False


def _turned(
    changed: dict[str, pd.Series], column: str, cells: pd.Series, word_of: Callable[[str], str], anyway: bool = False
) -> None:
    """Note a column whose cells all have a word, when at least one of them has another word than its own."""
    text = cells.astype("str").str.strip()
    words: Mapping[str, str] = {c: word_of(c) or c for c in text.unique()}
    if anyway or any(word != c for c, word in words.items()):
        changed[column] = text.map(words)


def _chosen(cells: pd.Series, wanted: str) -> Callable[[str], str]:
    """Return what makes the label of a total its code, when one total is wanted and one is there."""
    totals = [c for c in cells.astype("str").str.strip().unique() if labels.total(c)]
    return lambda c: wanted if labels.total(wanted) and totals == [c] else c


def _named(cells: pd.Series) -> bool:
    """Tell whether cells are names: text without a digit, Nederland among them or a name with its level."""
    return bool(cells.str.contains(r"^Nederland$|\((?:gemeente|PV|GG|LD)\)$").any())


def _numbers(frame: pd.DataFrame, names: list[str], path: Path, read: Reading, changed: dict[str, pd.Series]) -> bool:
    """Write decimal commas as points where all of them are commas; tell whether there were any."""
    if read.decimal == ",":
        return False
    texts = {name: frame[name].astype("str").str.strip() for name in names if frame[name].dtype.kind not in "fiu"}
    commas = any(cells.str.contains(",", regex=False).any() for cells in texts.values())
    if not commas or any(cells.str.contains(r"\d\.\d").any() for cells in texts.values()):
        return False  # one comma among points is a slip of the pen, and is refused where it stands
    lines = range(2, len(frame) + 2)
    plain = digits.plain([digits.Column(n, cells.tolist(), lines) for n, cells in texts.items()], path)
    changed |= {name: pd.Series(p.cells, index=frame.index) for name, p in zip(texts, plain, strict=True)}
    return True


def _codes(
    frame: pd.DataFrame, cells: pd.Series, place: dict[str, str], source: Source, path: Path, regions: Regions
) -> pd.Series:
    """Turn names of regions into codes, each in the indeling of its period."""
    if source.read.period:
        found = frame[place[source.read.period]].astype("str").str.strip()
    else:
        found = pd.Series(labels.period_of_file(source, path), index=cells.index)
    found = found.map({p: source.indeling(periods.parse(p).label) for p in found.unique() if _known(p)})
    if found.isna().any():
        return cells  # the reader of the table refuses the period
    names = {year: labels.Names(source, year, regions) for year in map(int, found.unique())}
    pairs = list(zip(found.astype(int), cells, strict=True))
    known = {(year, label): names[year].of(label) for year, label in set(pairs)}
    out = [known[pair] for pair in pairs]
    for i, region in enumerate(out):
        if not region.code:
            raise unknown(path, i + 2, source.read.region, cells.iloc[i], region.why)
    return pd.Series([region.code for region in out], index=cells.index)


def unknown(path: Path, line: int, column: str, label: str, why: str) -> SourceError:
    """Return the refusal of a label that fits no region, or two."""
    return SourceError(
        f'{path.name}, line {line}, column "{column}": {label!r} {why}; allowed: names as StatLine writes them, '
        "Groningen (gemeente), Bergen (L.), or codes as GM0294; mend it, or declare it in [read.names]"
    )
