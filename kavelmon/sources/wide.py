"""The wide table that every loader returns, and how it is put together of what was read page by page."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kavelmon import shelf
from kavelmon.model import SourceError
from kavelmon.sources.spool import Spool

KEY = ["region", "period", "age"]
IMPOSSIBLE, TAKEN_OUT = 1, 2  # there can be no figure; there was one, and it was wrong
_BLANK = " is blank"  # behind the name of a topic: whether its cell is
_ABOUT = (*KEY, "margin", "_line", "_file", "_provisional")
# of the numbers of texts: there are some twenty thousand regions in a year, and years in which their codes changed
_SIZES = {"region": np.uint32, "period": np.uint16, "age": np.uint16, "margin": np.uint16, "_file": np.uint16}
Columns = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Wide:
    """What a loader returns: one row per region, period and age, one column per topic.

    Columns may be read from the disk each time that they are asked for.

    Attributes
    ----------
    index
        Region, period and age of each row.
    value
        The figures by topic, floats; NaN is a missing one.
    lower, upper
        Margins of the topics that have them.
    reasons
        Of topics of which the source tells why there is no figure: `IMPOSSIBLE`, `TAKEN_OUT`, else 0.
    provisional
        Periods that the publisher calls provisional.
    """

    index: pd.MultiIndex
    value: Columns
    lower: Columns = field(default_factory=dict)
    upper: Columns = field(default_factory=dict)
    reasons: Columns = field(default_factory=dict)
    provisional: tuple[str, ...] = ()

    @classmethod
    def of(cls, frame: pd.DataFrame) -> "Wide":
        """Return figures without margins, a column per topic and indexed by `KEY`, as such a table."""
        assert isinstance(frame.index, pd.MultiIndex)
        return cls(frame.index, {str(topic): column.to_numpy(dtype=float) for topic, column in frame.items()})

    @property
    def frame(self) -> pd.DataFrame:
        """All figures at once, to look at."""
        return pd.DataFrame(dict(self.value), index=self.index)

    def row_of(self, region: str, period: str, age: str) -> int | None:
        """Return the number of the row of a key; None when there is none."""
        there = np.ones(len(self.index), dtype=bool)
        for text, level, codes in zip((region, period, age), self.index.levels, self.index.codes, strict=True):
            there &= codes == (level.get_loc(text) if text in level else -1)
        return int(np.flatnonzero(there)[0]) if there.any() else None


def is_blank(topic: str) -> str:
    """Return the name of the column that tells where a topic is blank."""
    return f"{topic}{_BLANK}"


@dataclass(frozen=True, eq=False)
class _Spooled(Mapping[str, np.ndarray]):
    """Some columns of a spool, as they are for some of its rows (-1: there is none).

    Margins lie in the same column as the value, and are asked after it: there are `more` to come.
    """

    spool: Spool
    topics: tuple[str, ...]
    rows: np.ndarray
    more: bool = False

    def __getitem__(self, topic: str) -> np.ndarray:
        if topic not in self.topics:
            raise KeyError(topic)
        return self._cells(topic)

    def _cells(self, topic: str) -> np.ndarray:
        found = self.spool.column(topic, keep=self.more)[self.rows]
        found[self.rows < 0] = np.nan
        return found

    def __contains__(self, topic: object) -> bool:
        return topic in self.topics  # without reading it

    def __iter__(self) -> Iterator[str]:
        return iter(self.topics)

    def __len__(self) -> int:
        return len(self.topics)


class _Blanks(_Spooled):
    """Why there is no figure, of the topics that are blank somewhere."""

    def _cells(self, topic: str) -> np.ndarray:
        return self.spool.column(is_blank(topic))[self.rows].astype(np.int8) * IMPOSSIBLE


def together(parts: Iterable[pd.DataFrame]) -> Wide:
    """Put what `cells` gave of each page or file of a source into one wide table; a key may stand there once.

    Its figures wait on the disk: what is held of a part that was taken is where its rows belong.
    """
    spool, keys = Spool(), _Keys()
    topics: tuple[str, ...] = ()
    blank: set[str] = set()
    provisional: set[str] = set()
    for part in parts:
        if not keys:
            topics = tuple(c for c in part if c not in _ABOUT and not c.endswith(_BLANK))
        figures = {topic: part[topic].to_numpy() for topic in topics}
        for topic in topics:
            # only some parts may tell where a cell is blank
            told = part[is_blank(topic)].to_numpy() if is_blank(topic) in part else np.zeros(len(part), dtype=bool)
            figures[is_blank(topic)] = told
            blank |= {topic} if told.any() else set()
        spool.add(figures)
        if "_provisional" in part:
            provisional |= {*part.loc[part["_provisional"], "period"].unique()}
        keys.add(part)
    return _of_keys(keys.frame(), spool, topics, tuple(t for t in topics if t in blank), tuple(sorted(provisional)))


def _of_keys(
    every: pd.DataFrame, spool: Spool, topics: tuple[str, ...], blank: tuple[str, ...], provisional: tuple[str, ...]
) -> Wide:
    rows = _rows_of(every)
    if "value" not in rows:
        name = next(iter(every["_file"].cat.categories), "a source")
        what = "with the value itself, only margins" if rows else "of a gemeente, wijk, buurt or the country"
        raise SourceError(f"{name}: no rows {what}; fetch it again")
    of_value = rows["value"]
    key = [every[column].array for column in KEY]
    index = pd.MultiIndex(levels=[c.categories for c in key], codes=[c.codes[of_value] for c in key], names=KEY)
    return Wide(
        index,
        **{kind: _Spooled(spool, topics, places, len(rows) > 1 and kind != "upper") for kind, places in rows.items()},
        reasons=_Blanks(spool, blank, of_value),
        provisional=provisional,
    )


class _Keys:
    """Where rows belong, part by part: a few bytes of each, since texts are numbered for all parts together."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[str, int]] = {name: {} for name in (*KEY, "margin", "_file")}
        self._lines, self._columns = bytearray(), {name: bytearray() for name in self._numbers}

    def __bool__(self) -> bool:
        return bool(self._lines)

    def add(self, part: pd.DataFrame) -> None:
        self._lines += part["_line"].to_numpy(dtype=np.uint32).tobytes()
        for name, known in self._numbers.items():
            column = part[name].array
            number = [known.setdefault(text, len(known)) for text in column.categories.tolist()]
            self._columns[name] += np.array(number, dtype=_SIZES[name])[column.codes].tobytes()

    def frame(self) -> pd.DataFrame:
        """Return all of them below each other, text as categories in alphabetical order; they are let go here."""
        made: dict[str, np.ndarray | pd.Categorical] = {"_line": np.frombuffer(self._lines, dtype=np.uint32)}
        for name, known in self._numbers.items():
            made[name] = shelf.coded(np.frombuffer(self._columns.pop(name), dtype=_SIZES[name]), [*known])
        return pd.DataFrame(made, copy=False)


def _rows_of(every: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return of each kind of margin the rows in the order of the keys of the values; -1 where a value has none.

    Raises
    ------
    SourceError
        Two rows of one kind have the same key.
    """
    sizes = [len(every[name].cat.categories) for name in KEY]
    key = np.zeros(len(every), dtype=np.min_scalar_type(int(np.prod(sizes, dtype=object))))
    for name, size in zip(KEY, sizes, strict=True):
        key *= key.dtype.type(size)
        key += every[name].cat.codes.to_numpy().astype(key.dtype)
    margin = every["margin"].cat
    rows: dict[str, np.ndarray] = {}
    for code, kind in enumerate(margin.categories):
        mine = (margin.codes == code).to_numpy()
        if mine.any():
            order = np.argsort(key if mine.all() else key[mine]).astype(np.int32)
            rows[str(kind)] = places = order if mine.all() else np.flatnonzero(mine).astype(np.int32)[order]
            _refuse_double(every, places, key[places])
    if "value" not in rows:
        return rows
    wanted = key[rows["value"]]
    for kind in {*rows} - {"value"}:
        of_kind = key[places := rows[kind]]
        near_ = np.minimum(np.searchsorted(of_kind, wanted), len(places) - 1).astype(np.int32)
        rows[kind] = np.where(of_kind[near_] == wanted, places[near_], np.int32(-1))
    return rows


def _refuse_double(every: pd.DataFrame, places: np.ndarray, ordered: np.ndarray) -> None:
    double = np.flatnonzero(ordered[1:] == ordered[:-1])
    if len(double):
        first = every.iloc[np.sort(places[double[0] : double[0] + 2])]
        where = " and ".join(f"{f}, line {n}" for f, n in zip(first["_file"], first["_line"], strict=True))
        key = ", ".join(str(v) for v in first.iloc[0][KEY] if v)
        raise SourceError(f"{where}: the same key twice ({key}); keep one of the two rows or files")
