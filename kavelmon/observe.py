"""From a wide table to observations without denominators: the formulas of the catalogue, one indicator at a time.

Observations are made some periods at a time, so that what is at hand grows neither with the number of indicators nor
with that of periods. What is kept of each row of a table is where it belongs, in some tens of bytes.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from kavelmon import shelf
from kavelmon.counts import PLACE
from kavelmon.expressions import evaluate, names_in
from kavelmon.model import COUNTRY, Edition, Indicator
from kavelmon.regions import level_of
from kavelmon.source_model import Source
from kavelmon.sources.wide import IMPOSSIBLE, TAKEN_OUT, Wide

_OK, _PROVISIONAL, _SUPPRESSED, _MISSING, _NOT_ASKED, _IMPOSSIBLE = range(len(shelf.STATUSES))
AT_ONCE = 2**16  # rows, or one age group in one period where that has more


class Figures:
    """The figures of one source, of which the observations of one indicator at a time are made.

    Attributes
    ----------
    places
        Level, region, region_year and period of all that it has figures of, and of the country in each period.
    ages
        Its age groups.
    """

    def __init__(self, source: Source, wide: Wide):
        self.source, self._wide = source, wide
        index = wide.index.remove_unused_levels()
        texts = dict(zip(index.names, zip(index.codes, index.levels, strict=True), strict=True))
        region, period, age = (
            shelf.coded(codes, list(level)) for codes, level in (texts[name] for name in ("region", "period", "age"))
        )
        self._period, self._age, self.ages = period.codes, age.codes, age.categories
        self._blocks = _blocks(self._age.astype(np.int32) * len(period.categories) + self._period)
        regions = pd.Index([*region.categories, *({COUNTRY} - {*region.categories})], dtype="str")
        own = self._period.astype(np.int32) * len(regions) + region.codes
        country = np.arange(len(period.categories)) * len(regions) + regions.get_loc(COUNTRY)
        there = np.zeros(len(period.categories) * len(regions), dtype=bool)
        there[own] = there[country] = True
        number = np.cumsum(there, dtype=np.int32) - np.int32(1)
        self._place, self._country = number[own], number[country]
        when, where = np.divmod(np.flatnonzero(there).astype(np.int32), np.int32(len(regions)))
        years = np.array([source.indeling(str(text)) for text in period.categories], dtype=np.int16)
        self.places = pd.DataFrame(
            {
                "level": shelf.coded(where, [level_of(code) for code in regions]),
                "region": shelf.coded(where, list(regions)),
                "region_year": years[when],
                "period": shelf.coded(when, list(period.categories)),
            }
        )

    def observe(self, item: Indicator, edition: Edition) -> Iterator[pd.DataFrame]:
        """Yield the observations of one indicator, still without denominators; `place` is the row in `places`.

        A topic that is empty for every region in a period was not asked then: that is said once, for the country. One
        that is empty for every region of a level is not published at that level, and has no rows there.

        Yields
        ------
        pandas.DataFrame
            All of some age groups and periods, in their order; within it in no order.
        """
        formula = "value" if edition.value else "numerator"
        with np.errstate(divide="ignore", invalid="ignore"):  # a share of nobody is no number
            figure = np.asarray(evaluate(edition.value or edition.numerator, self._wide.value), dtype=float)
        numbers = {formula: np.broadcast_to(figure, len(self._place))}
        for side, margins in (("lower", self._wide.lower), ("upper", self._wide.upper)):
            if edition.value and edition.value in margins:
                numbers[side] = margins[edition.value]
        topics = names_in(edition.value or edition.numerator)
        told = [self._wide.reasons[topic] for topic in sorted(topics) if topic in self._wide.reasons]
        for block in self._blocks:
            rows, silent = self._kept(block, np.isnan(numbers[formula][block]), edition)
            if len(rows) or len(silent):
                yield self._observed(rows, silent, numbers, told, formula, item, edition)

    def _observed(
        self,
        rows: np.ndarray,
        silent: np.ndarray,
        figures: dict[str, np.ndarray],
        told: list[np.ndarray],
        formula: str,
        item: Indicator,
        edition: Edition,
    ) -> pd.DataFrame:
        at = np.concatenate([rows, silent])
        place = self._place[at]
        place[len(rows) :] = self._country[self._period[silent]]
        where = {name: self.places[name].array[place] for name in PLACE}
        none = np.full(len(at), np.nan)
        numbers = {
            name: figures[name][at] if name in figures else none for name in ("value", "numerator", "lower", "upper")
        }
        known = ~np.isnan(numbers[formula])
        small = where["level"].categories.isin(["WK", "BU"])[where["level"].codes]
        status = np.where(small, np.int8(_SUPPRESSED), np.int8(_MISSING))
        for reason, named in ((IMPOSSIBLE, _IMPOSSIBLE), (TAKEN_OUT, _MISSING)):
            for reasons in told:
                status[reasons[at] == reason] = named
        status[known] = _OK
        status[known & where["period"].isin(self.source.provisional)] = _PROVISIONAL
        status[len(rows) :] = _NOT_ASKED
        margins = ~np.isnan(numbers["lower"]) & ~np.isnan(numbers["upper"])
        return pd.DataFrame(
            {
                "indicator": shelf.constant(item.id, len(at)),
                "source": shelf.constant(self.source.id, len(at)),
                **where,
                "age": pd.Categorical.from_codes(self._age[at], self.ages),
                **numbers,
                "denominator": none,
                "method": shelf.coded(margins.astype(np.int8), ["", "bron"]),
                "status": shelf.coded(status, shelf.STATUSES),
                "estimated": shelf.constant(edition.estimated, len(at)),
                "place": place,
            },
            copy=False,
        )

    def _kept(self, block: np.ndarray, unknown: np.ndarray, edition: Edition) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of what was published, and one row of each period and age of which nothing was asked."""
        kept = np.ones(len(block), dtype=bool)
        period, level, place = self.places["period"].array, self.places["level"].array, self._place[block]
        if edition.periods:
            kept &= period.isin(list(edition.periods))[place]
        if edition.ages:
            kept &= self.ages.isin(list(edition.ages))[self._age[block]]
        moment = self._period[block].astype(np.int64) * len(self.ages) + self._age[block]
        on = moment * len(level.categories) + level.codes[place]
        asked = np.zeros(moment.max() + 1, dtype=bool)
        given = np.zeros(on.max() + 1, dtype=bool)
        asked[moment[kept & ~unknown]] = given[on[kept & ~unknown]] = True
        silent = np.flatnonzero(kept & ~asked[moment])
        silent = silent[np.unique(moment[silent], return_index=True)[1]]
        return block[kept & given[on]], block[silent]


def _blocks(moment: np.ndarray) -> list[np.ndarray]:
    """Return the numbers of the rows of as many whole moments as are handled at once, block after block in order."""
    ends = np.cumsum(np.bincount(moment))
    cuts, taken = [0], 0
    for number, end in enumerate(ends[:-1], 1):
        if ends[number] - taken > AT_ONCE:
            cuts.append(number)
            taken = end
    some = ((moment >= first) & (moment < last) for first, last in pairwise([*cuts, len(ends)]))
    return [np.flatnonzero(mine).astype(np.int32) for mine in some if mine.any()]


class Given:
    """The rows of a region's own table, which are observations already; else as `Figures`."""

    def __init__(self, source: Source, rows: pd.DataFrame):
        self.source, self._rows = source, shelf.stacked([rows])
        self._rows["place"] = self._rows.groupby(PLACE, sort=False, observed=True).ngroup()
        self.places = self._rows[PLACE].drop_duplicates(ignore_index=True)
        self.ages = self._rows["age"].cat.categories
        self.indicators = set(rows["indicator"])

    def observe(self, item: Indicator, edition: Edition) -> Iterator[pd.DataFrame]:
        """Yield the observations of one indicator, still without denominators."""
        rows = self._rows[self._rows["indicator"] == item.id]
        if len(rows):
            yield rows.reset_index(drop=True)
