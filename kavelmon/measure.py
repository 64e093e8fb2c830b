"""From a wide table to observations: evaluate the formulas of the catalogue, then give each row its denominator.

One indicator of one source at a time, so that what is at hand does not grow with how many there are.
"""

from collections.abc import Callable, Collection, Iterator, Mapping

import numpy as np
import pandas as pd

from kavelmon import shelf
from kavelmon.counts import PLACE, Counts, Lent
from kavelmon.declarations import Catalogue
from kavelmon.expressions import evaluate, names_in
from kavelmon.model import COUNTRY, Edition, Indicator
from kavelmon.regions import Regions, level_of
from kavelmon.source_model import Source
from kavelmon.sources.tables import IMPOSSIBLE, TAKEN_OUT, Wide

_OK, _PROVISIONAL, _SUPPRESSED, _MISSING, _NOT_ASKED, _IMPOSSIBLE = range(len(shelf.STATUSES))


def asked_of(catalogue: Catalogue, source: Source) -> list[tuple[Indicator, Edition]]:
    """Return the indicators and denominators that have an edition from a source."""
    items = [*catalogue.denominators.values(), *catalogue.indicators.values()]
    return [(item, edition) for item in items for edition in item.editions(source.id)]


def topics_of(pairs: list[tuple[Indicator, Edition]]) -> set[str]:
    """Return the columns that formulas use."""
    return {name for _, e in pairs for formula in (e.value, e.numerator) if formula for name in names_in(formula)}


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
        regions = pd.Index([*region.categories, *({COUNTRY} - {*region.categories})], dtype="str")
        moments = len(period.categories)
        self._period, self._age = period.codes.astype(np.int64), age.codes.astype(np.int64)
        country = regions.get_loc(COUNTRY) * moments + np.arange(moments)
        own = region.codes.astype(np.int64) * moments + self._period
        every, place = np.unique(np.concatenate([own, country]), return_inverse=True)
        self._place, self._country = place[: len(index)].astype(np.int32), place[len(index) :]
        where, when = every // moments, every % moments
        years = np.array([source.indeling(str(text)) for text in period.categories], dtype=np.int64)
        self.places = pd.DataFrame(
            {
                "level": shelf.coded(where, [level_of(code) for code in regions]),
                "region": shelf.coded(where, list(regions)),
                "region_year": years[when],
                "period": shelf.coded(when, list(period.categories)),
            }
        )
        self.ages = age.categories

    def observe(self, item: Indicator, edition: Edition) -> pd.DataFrame:
        """Return the observations of one indicator, still without denominators; `place` is the row in `places`.

        A topic that is empty for every region in a period was not asked then: that is said once, for the country. One
        that is empty for every region of a level is not published at that level, and has no rows there.
        """
        numbers = dict.fromkeys(("value", "numerator", "lower", "upper"), np.full(len(self._place), np.nan))
        formula = "value" if edition.value else "numerator"
        figure = np.asarray(evaluate(edition.value or edition.numerator, self._wide.value), dtype=float)
        numbers[formula] = np.broadcast_to(figure, len(self._place))
        for side, margins in (("lower", self._wide.lower), ("upper", self._wide.upper)):
            if edition.value and edition.value in margins:
                numbers[side] = margins[edition.value]
        rows, silent = self._kept(known := ~np.isnan(numbers[formula]), edition)
        at = np.concatenate([rows, silent])
        place = self._place[at]
        place[len(rows) :] = self._country[self._period[silent]]
        found = self.places.iloc[place].reset_index(drop=True)
        status = np.where(found["level"].isin(["WK", "BU"]), _SUPPRESSED, _MISSING)
        for told in self._told(edition):
            status[told[at] == IMPOSSIBLE] = _IMPOSSIBLE
        for told in self._told(edition):
            status[told[at] == TAKEN_OUT] = _MISSING
        status[known[at]] = _OK
        status[known[at] & found["period"].isin(self.source.provisional).to_numpy()] = _PROVISIONAL
        status[len(rows) :] = _NOT_ASKED
        numbers = {name: figures[at] for name, figures in numbers.items()}
        margins = ~np.isnan(numbers["lower"]) & ~np.isnan(numbers["upper"])
        return found.assign(
            indicator=shelf.constant(item.id, len(at)),
            source=shelf.constant(self.source.id, len(at)),
            age=pd.Categorical.from_codes(self._age[at], self.ages),
            **numbers,
            denominator=np.nan,
            method=shelf.coded(margins.astype(np.int8), ["", "bron"]),
            status=shelf.coded(status, shelf.STATUSES),
            estimated=shelf.constant(edition.estimated, len(at)),
            place=place,
        )

    def _told(self, edition: Edition) -> Iterator[np.ndarray]:
        """Yield what the source tells of the figures that are not there, of each topic that it tells something of."""
        for topic in names_in(edition.value or edition.numerator) & {*self._wide.reasons}:
            yield self._wide.reasons[topic]

    def _kept(self, known: np.ndarray, edition: Edition) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of what was published, and one row of each period and age of which nothing was asked."""
        kept = np.ones(len(known), dtype=bool)
        period, level = self.places["period"].array, self.places["level"].array
        if edition.periods:
            kept &= period.isin(list(edition.periods))[self._place]
        if edition.ages:
            kept &= self.ages.isin(list(edition.ages))[self._age]
        moment = self._period * len(self.ages) + self._age
        on = moment * len(level.categories) + level.codes[self._place]
        asked = np.zeros(moment.max(initial=0) + 1, dtype=bool)
        given = np.zeros(on.max(initial=0) + 1, dtype=bool)
        asked[moment[known & kept]] = given[on[known & kept]] = True
        silent = np.flatnonzero(kept & ~asked[moment])
        return np.flatnonzero(kept & given[on]), silent[np.unique(moment[silent], return_index=True)[1]]


class Given:
    """The rows of a region's own table, which are observations already; else as `Figures`."""

    def __init__(self, source: Source, rows: pd.DataFrame):
        self.source, self._rows = source, shelf.stacked([rows])
        self._rows["place"] = self._rows.groupby(PLACE, sort=False, observed=True).ngroup()
        self.places = self._rows[PLACE].drop_duplicates(ignore_index=True)
        self.ages = self._rows["age"].cat.categories
        self.indicators = set(rows["indicator"])

    def observe(self, item: Indicator, edition: Edition) -> pd.DataFrame:
        """Return the observations of one indicator, still without denominators."""
        return self._rows[self._rows["indicator"] == item.id].reset_index(drop=True)


Lend = Callable[[str, Collection[str]], pd.DataFrame]


class Observed:
    """The observations of sources with their denominators, one indicator of one source at a time; `add_denominators`.

    Attributes
    ----------
    pairs
        Each indicator or denominator with each source that has figures of it.
    """

    def __init__(
        self, catalogue: Catalogue, figures: Mapping[str, Figures | Given], regions: Regions, lend: Lend | None
    ):
        self._catalogue, self._figures, self._regions, self._lend = catalogue, figures, regions, lend
        self.pairs = [
            (item.id, name)
            for name, one in figures.items()
            for item, _ in asked_of(catalogue, one.source)
            if not isinstance(one, Given) or item.id in one.indicators
        ]
        self._shares = {i.id for i in catalogue.denominators.values() if any(e.denominator for e in i.edition)}
        self._lent: dict[tuple[str, str], Lent] = {}
        self._asking: dict[str, set[str]] = {}
        for pair in self.pairs:
            for population in self.populations(*pair):
                self._asking.setdefault(population, set()).add(pair[1])
        for population, sources in self._asking.items():
            for source in sources:
                self._count(population, source)

    def populations(self, indicator: str, source: str) -> set[str]:
        """Return what the figures of an indicator are divided by: a denominator, or one for each age group."""
        if indicator in self._catalogue.denominators and indicator not in self._shares:
            return set()
        return {p for age in self._figures[source].ages if (p := self._population(indicator, source, age))}

    def of(self, indicator: str, source: str) -> pd.DataFrame:
        """Return the observations of an indicator of a source, in no order; text as categories."""
        item, one = self._catalogue.indicator(indicator), self._figures[source]
        rows = one.observe(item, item.editions(source)[0])
        if populations := self.populations(indicator, source):
            rows = self._joined(rows, item, source, sorted(populations))
        return _of_shares(rows, item.per) if indicator in self._shares else rows

    def _population(self, indicator: str, source: str, age: str) -> str:
        edition = self._catalogue.indicator(indicator).editions(source)[0]
        by_age = {} if edition.ages else self._catalogue.source(source).denominators
        return by_age.get(age, edition.denominator) if edition.denominator else ""

    def _count(self, population: str, source: str) -> Lent:
        """Return the count of a population at the places of a source; made once for all that ask for it."""
        if (population, source) not in self._lent:
            counts = self._counts(population)
            for name in self._asking[population]:
                self._lent[population, name] = counts.at(self._figures[name].places, name)
        return self._lent[population, source]

    def _counts(self, population: str) -> Counts:
        parts = [self.of(indicator, source) for indicator, source in self.pairs if indicator == population]
        order = [e.source for e in self._catalogue.indicator(population).edition]
        others = [name for name in order if name not in self._figures]
        final = population in self._shares and any(len(part) for part in parts)
        if self._lend and others and not final:
            parts.append(self._lend(population, others))
        return Counts(parts, order, self._regions)

    def _joined(self, rows: pd.DataFrame, item: Indicator, source: str, populations: list[str]) -> pd.DataFrame:
        """Give rows their denominators, and those with a numerator their value; without a denominator there is none."""
        age, place = rows["age"].array, rows["place"].to_numpy()
        of_age = np.array([self._population(item.id, source, text) for text in age.categories], dtype=object)
        count, why = rows["denominator"].to_numpy(copy=True), np.zeros(len(rows), dtype=np.int64)
        joined, reasons = np.zeros(len(rows), dtype=bool), [""]
        for population in populations:
            lent, mine = self._count(population, source), (of_age == population)[age.codes]
            count[mine] = lent.count[place[mine]]
            why[mine] = lent.why.codes[place[mine]] + len(reasons)
            reasons += list(lent.why.categories)
            joined |= mine
        value, numerator = rows["value"].to_numpy(copy=True), rows["numerator"].to_numpy()
        made = joined & np.isnan(value) & ~np.isnan(numerator) & (count > 0)
        value[made] = numerator[made] / count[made] * item.per
        shown = rows["status"].isin(["ok", "provisional"]).to_numpy()
        status = rows["status"].cat.set_categories(pd.Index(shelf.STATUSES, dtype="str"))
        status[joined & np.isnan(value) & shown] = "missing"
        estimated = _reasons(rows["estimated"].array, why, reasons)
        return rows.assign(value=value, denominator=count, status=status, estimated=estimated)


def add_denominators(
    catalogue: Catalogue, figures: Mapping[str, Figures | Given], regions: Regions, lend: Lend | None = None
) -> Observed:
    """Give the observations of sources their denominators, and make the values that are numerator / denominator.

    What each figure is divided by is looked up here, once per source and denominator (`kavelmon.counts`). Such a row is
    marked: "noemer van 2020" and the reason of a denominator that is itself an approximation.

    Parameters
    ----------
    lend
        Returns observations of a denominator of sources that are not in `figures`, of the stores that are there.
    """
    return Observed(catalogue, figures, regions, lend)


def _of_shares(rows: pd.DataFrame, per: float) -> pd.DataFrame:
    """Turn a denominator that is a share of another one (mantelzorgers: per cent of adults) into counts."""
    return rows.assign(value=rows["value"] * rows["denominator"] / per, denominator=np.nan, lower=np.nan, upper=np.nan)


def _reasons(estimated: pd.Categorical, why: np.ndarray, reasons: list[str]) -> pd.Categorical:
    """Put the reason of a denominator behind that of the figure itself, where they are not the same."""
    pair = estimated.codes.astype(np.int64) * len(reasons) + why
    kinds, which = np.unique(pair, return_inverse=True)
    texts = []
    for kind in kinds:
        mine, other = estimated.categories[kind // len(reasons)], reasons[kind % len(reasons)]
        texts.append("; ".join(filter(None, (mine, other if other != mine else ""))))
    return shelf.coded(which, texts)
