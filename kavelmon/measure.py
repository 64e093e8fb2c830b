"""What the catalogue asks of each source, and observations with their denominators."""

from collections.abc import Callable, Collection, Iterator, Mapping

import numpy as np
import pandas as pd

from kavelmon import shelf
from kavelmon.counts import Counts, Lent, counted
from kavelmon.declarations import Catalogue
from kavelmon.expressions import names_in
from kavelmon.model import Edition, Indicator
from kavelmon.observe import Figures, Given
from kavelmon.regions import Regions
from kavelmon.source_model import Source


def asked_of(catalogue: Catalogue, source: Source) -> list[tuple[Indicator, Edition]]:
    """Return the indicators and denominators that have an edition from a source."""
    items = [*catalogue.denominators.values(), *catalogue.indicators.values()]
    return [(item, edition) for item in items for edition in item.editions(source.id)]


def topics_of(pairs: list[tuple[Indicator, Edition]]) -> set[str]:
    """Return the columns that formulas use."""
    return {name for _, e in pairs for formula in (e.value, e.numerator) if formula for name in names_in(formula)}


Lend = Callable[[str, Collection[str]], pd.DataFrame]


class Observed:
    """The observations of sources with their denominators, some of one indicator of one source at a time.

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

    def of(self, indicator: str, source: str) -> Iterator[pd.DataFrame]:
        """Yield the observations of an indicator of a source, as `Figures.observe` does; text as categories."""
        item, populations = self._catalogue.indicator(indicator), sorted(self.populations(indicator, source))
        for rows in self._figures[source].observe(item, item.editions(source)[0]):
            with_count = self._joined(rows, item, source, populations) if populations else rows
            yield _of_shares(with_count, item.per) if indicator in self._shares else with_count

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
        order = [e.source for e in self._catalogue.indicator(population).edition]
        pairs = [pair for pair in self.pairs if pair[0] == population]
        parts = [counted(rows, order) for pair in pairs for rows in self.of(*pair)]
        others = [name for name in order if name not in self._figures]
        if self._lend and others and not (parts and population in self._shares):
            parts.append(counted(self._lend(population, others), order))
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
            why[mine] = lent.why.codes[place[mine]].astype(np.int64) + len(reasons)
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
