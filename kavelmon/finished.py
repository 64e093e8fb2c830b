"""What a store is made of: observations with their denominators, without what must not be shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from kavelmon import privacy
from kavelmon.declarations import Catalogue
from kavelmon.measure import Observed
from kavelmon.regions import gemeente_of
from kavelmon.source_model import Source


@dataclass(frozen=True)
class Finished:
    """Observations as they are written, one indicator at a time.

    Attributes
    ----------
    whole
        Those that disclosure control looked at, by indicator and source; the others are made when they are asked for.
    areas
        Only buurten of these gemeenten are kept; None for all.
    """

    catalogue: Catalogue
    observed: Observed
    whole: Mapping[tuple[str, str], pd.DataFrame]
    areas: frozenset[str] | None

    def sources(self, indicator: str) -> list[Source]:
        """Return the sources that have figures of an indicator."""
        return [self.catalogue.source(source) for name, source in self.observed.pairs if name == indicator]

    def of(self, indicator: str, source: str) -> Iterator[pd.DataFrame]:
        """Yield the observations of an indicator of a source, frame after frame in the order of `Figures.observe`."""
        pair = (indicator, source)
        for rows in [self.whole[pair]] if pair in self.whole else self.observed.of(*pair):
            if self.areas is None:
                yield rows
            else:
                yield rows[(rows["level"] != "BU") | rows["region"].map(gemeente_of).isin(self.areas)]


def together(observed: Observed, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Return the observations that disclosure control must see at once, as pairs of indicator and source.

    Those of guarded sources, and of any source what is divided by a count of these: where that is hidden, the figure
    over it is hidden too.
    """
    guarded = privacy.guarded({source for _, source in observed.pairs}, catalogue)
    counts = {i for i, source in observed.pairs if source in guarded and i in catalogue.denominators}
    return [
        (indicator, source)
        for indicator, source in observed.pairs
        if source in guarded or counts & observed.populations(indicator, source)
    ]
