"""Whether a table has the gemeenten of its years, and no others."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from kavelmon.model import SourceError
from kavelmon.regions import Regions, gemeente_of
from kavelmon.source_model import Source


def checked(
    pages: Iterable[pd.DataFrame], source: Source, path: Path, topics: list[str], regions: Regions
) -> Iterator[pd.DataFrame]:
    """Yield the pages of a table, as `tables.cells` reads them, without the empty rows of abolished gemeenten.

    Raises
    ------
    SourceError
        For a figure of an unknown gemeente, and behind the last page for a table that lacks gemeenten of its year.
    """
    present: defaultdict[str, set[str]] = defaultdict(set)
    for page in pages:
        region, period = page["region"].array, page["period"].array
        names = [_gemeente(code) for code in region.categories.tolist()]
        keep = np.zeros(len(page), dtype=bool)
        for label in map(str, period.unique()):
            year, here = source.indeling(label), period == label
            valid = regions.valid(year)
            known = np.array([name in valid or not name for name in names], dtype=bool)[region.codes]
            stray = page[here & ~known]
            stray = stray[stray[topics].notna().any(axis=1)] if topics else stray
            if len(stray):
                raise SourceError(
                    f"{path.name}, line {stray['_line'].iat[0]}: {stray['region'].iat[0]} does not exist in the "
                    f"indeling of {year} (period {label}); mend the code, or region_year in sources/{source.id}.toml"
                )
            keep |= here & known
            present[label] |= {code for code in region[here & known].unique() if code.startswith("GM")}
        yield page[keep]
    if source.read.complete:
        for label, found in present.items():
            _refuse_incomplete(label, found, source, path, regions)


def _refuse_incomplete(label: str, found: set[str], source: Source, path: Path, regions: Regions) -> None:
    year = source.indeling(label)
    must = regions.gemeenten(year) & regions.gemeenten(year, month_day="12-31")
    if found and (absent := sorted(must - found)):
        raise SourceError(
            f"{path.name}: {len(absent)} gemeenten of {label} are not there ({', '.join(absent[:4])}"
            f"{', ...' if len(absent) > 4 else ''}; found {len(found)}, expected {len(must)}); the file may be cut "
            "off, fetch it again"
        )


def _gemeente(code: str) -> str:
    """Return the gemeente that a region is or lies in; "" for the country and what is no place."""
    return code if code.startswith("GM") else gemeente_of(code) if code[:2] in ("WK", "BU") else ""
