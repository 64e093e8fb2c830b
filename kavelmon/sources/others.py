"""Sources with a form of their own: OData v4 observations, registered offences, sites as points."""

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from kavelmon.model import COUNTRY, SourceError
from kavelmon.regions import COUNTRIES, FIRST_YEAR, Regions, level_of
from kavelmon.source_model import Source
from kavelmon.sources import files
from kavelmon.sources.tables import KEY, Wide

_LAGGED = re.compile(r"(\w+?)_(\d+)_jaar_eerder")


def odata4(source: Source, paths: Iterable[Path], topics: Iterable[str], regions: Regions) -> Wide:
    """Read pages of OData v4 observations: one record per measure, region and period.

    Topics are measure codes, or ``M000352_5_jaar_eerder`` for the count of the same area five years before.
    Cells that CBS marks as impossible (an abolished gemeente, a year to come) are left out.
    """
    pages, paths = [], list(paths)
    for path in paths:
        content = files.json_of(path)
        if not isinstance(content, dict) or not isinstance(content.get("value"), list) or not content["value"]:
            raise SourceError(f'{path.name}: no list "value" with observations; fetch the page again')
        if "@odata.nextLink" in content and len(paths) == 1:
            raise SourceError(f"{path.name}: this is not the last page (it has a nextLink); fetch the next ones too")
        page = pd.DataFrame(content["value"])
        files.require(page, [source.read.region], path)
        codes = {str(code).strip() for code in page[source.read.region]}
        if odd := sorted(c for c in codes - {*COUNTRIES, *source.read.drop} if c.startswith("NL")):
            raise SourceError(
                f"{path.name}: {odd[0]} is no country that is known; allowed: {', '.join(COUNTRIES)}; mend it, or "
                "declare it in [read] drop"
            )
        pages.append((path, page))
    return observations(source, pages, topics, regions)


def measures_of(topics: Iterable[str]) -> set[str]:
    """Return the measure codes that topics are made of."""
    return {match[1] if (match := _LAGGED.fullmatch(t)) else t for t in topics}


def observations(
    source: Source, pages: Iterable[tuple[Path, pd.DataFrame]], topics: Iterable[str], regions: Regions
) -> Wide:
    """Read pages of observations, each with the name it has in an error."""
    records = []
    for path, page in pages:
        files.require(page, ("Id", "Measure", "ValueAttribute", "Value", source.read.region, source.read.period), path)
        for key, code in source.read.where.items():
            page = page[page[key] == code] if key in page else page
        records.append(page.assign(_file=path.name))
    frame = pd.concat(records, ignore_index=True)
    lagged = {t: _LAGGED.fullmatch(t) for t in topics}
    measures = measures_of(topics)
    frame = frame[frame["Measure"].isin(measures) & (frame["ValueAttribute"] != "Impossible")]
    first = records[0]["_file"].iat[0]
    if absent := sorted(measures - set(frame["Measure"])):
        raise SourceError(f'{first}: measure "{absent[0]}" is not there; fetch the table with that measure')
    values = frame["Value"].astype("str").where(frame["Value"].notna(), "")
    named = ((Path(f"{file} (lines are Ids)"), frame["_file"] == file) for file in frame["_file"].unique())
    numbers = np.full(len(values), np.nan)
    for path, of in named:
        numbers[of] = files.to_numbers(values[of], path, lines=frame.loc[of, "Id"].to_numpy())
    frame = frame.assign(Value=numbers)
    region = frame[source.read.region].str.strip()
    region = region.mask(region.isin(COUNTRIES), COUNTRY)
    frame = frame.assign(region=region, period=frame[source.read.period].str[:4], age="")
    frame = frame[frame["region"].map(level_of) != ""]
    if frame.duplicated([*KEY, "Measure"]).any():
        twice = frame[frame.duplicated([*KEY, "Measure"])].iloc[0]
        raise SourceError(
            f"{twice['_file']}: {twice['Measure']} of {twice['region']} in {twice['period']} is there twice; keep one"
        )
    wide = frame.pivot(index=KEY, columns="Measure", values="Value").astype(float).sort_index()
    for period in wide.index.unique("period"):
        must = regions.gemeenten(source.indeling(str(period)))
        if absent := sorted(must - set(wide.xs(period, level="period").index.get_level_values("region"))):
            raise SourceError(
                f"{first}: {len(absent)} gemeenten of {period} are not there "
                f"({', '.join(absent[:4])}); the pages may be incomplete, fetch them again"
            )
    for topic, match in lagged.items():
        if match:
            wide[topic] = _earlier(wide[match[1]], int(match[2]), regions)
    return Wide.of(wide)


def _earlier(counts: pd.Series, years: int, regions: Regions) -> pd.Series:
    """Return the count of the same area some years before, for periods in today's gemeenten."""
    known = {(r, p): v for (r, p, _), v in counts.dropna().items()}
    today = regions.gemeenten(max(int(p) for _, p in known))
    found = {}
    for region, period in known:
        before = str(int(period) - years)
        if region == COUNTRY:
            parts = frozenset({COUNTRY})
        elif regions.gemeenten(int(period)) == today and int(before) >= FIRST_YEAR:
            parts, reason = regions.predecessors(region, int(before))
            parts = frozenset() if reason else parts
        else:
            continue
        if parts and all((p, before) in known for p in parts):
            found[(region, period, "")] = sum(known[(p, before)] for p in parts)
    return pd.Series(found, dtype=float).reindex(counts.index)


def offences(source: Source, paths: Iterable[Path], topics: Iterable[str], regions: Regions) -> Wide:
    """Read registered offences with the average population: counts recalculated to today's gemeenten.

    The population stands there in the indeling of each year, so that of merged gemeenten is summed first. A gemeente
    that got a part of a divided one has no population here for the years before; its rate borrows the nearest one.

    Topics are the codes of the offences (``1.1.1``), and ``population``.
    """
    paths = list(paths)
    if len(paths) != 1:
        raise SourceError(f"{', '.join(p.name for p in paths)}: {len(paths)} files with offences; keep the newest one")
    content = files.json_of(paths[0])
    for key in ("counts", "population"):
        if not isinstance(content, dict) or not isinstance(content.get(key), dict):
            raise SourceError(f'{paths[0].name}: key "{key}" is not there; fetch the file again')
    population = _by_year(content["population"], "population", paths[0])
    columns = {"population": _population_today(population, regions)}
    for topic in sorted(set(topics) - {"population"}):
        if topic not in content["counts"]:
            raise SourceError(
                f"{paths[0].name}: offence {topic} is not there (found: {', '.join(content['counts'])}); "
                "change the formula, or fetch a file that holds it"
            )
        columns[topic] = _by_year(content["counts"][topic], topic, paths[0])
    today = regions.gemeenten(source.region_year)
    for topic, counts in columns.items():
        found = set(counts.index.get_level_values("region")) - {"GM0000", COUNTRY}
        if stray := sorted(found - today):
            raise SourceError(
                f"{paths[0].name}, {topic}: {stray[0]} is no gemeente of {source.region_year}; the counts are expected "
                "in today's gemeenten; mend region_year in the declaration or fetch the file again"
            )
        if topic != "population":
            if absent := sorted(today - found):
                raise SourceError(
                    f"{paths[0].name}, {topic}: {len(absent)} gemeenten are not there ({', '.join(absent[:4])}); the "
                    "file may be cut off, fetch it again"
                )
            columns[topic] = _with_country(counts.drop("GM0000", level="region", errors="ignore"))
    frame = pd.DataFrame(columns).reset_index().assign(age="")
    return Wide.of(frame.set_index(KEY).sort_index())


def _by_year(content: dict, name: str, path: Path) -> pd.Series:
    """Return counts by region and period."""
    frame = pd.DataFrame.from_dict(content, orient="index").rename_axis("region")
    long = frame.melt(ignore_index=False, var_name="period", value_name=name).set_index("period", append=True)[name]
    text = long.astype("str").where(long.notna(), "")
    return pd.Series(files.to_numbers(text, path), index=long.index, name=name)


def _with_country(counts: pd.Series) -> pd.Series:
    country = counts.groupby("period").sum(min_count=1)
    country.index = pd.MultiIndex.from_product([[COUNTRY], country.index], names=counts.index.names)
    return pd.concat([counts, country])


def _population_today(population: pd.Series, regions: Regions) -> pd.Series:
    """Sum the population of each year over what is one gemeente today."""
    rows = {}
    last = int(max(population.index.get_level_values("period")))
    for period, counts in population.groupby("period"):
        known = counts.droplevel("period").dropna().to_dict()
        for code in regions.gemeenten(last):
            parts, reason = regions.predecessors(code, int(str(period)), known)
            if not reason and all(p in known for p in parts):
                rows[(code, period)] = sum(known[p] for p in parts)
        rows[(COUNTRY, period)] = sum(known.values())
    return pd.Series(rows).rename_axis(["region", "period"])
