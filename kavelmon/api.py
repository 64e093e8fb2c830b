"""The rest of the public API: areas, the catalogue as a table, maps."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from kavelmon import areas, declarations, figures
from kavelmon.model import Area

if TYPE_CHECKING:
    import folium


def area(region: str | Iterable[str], title: str = "") -> Area:
    """Return an area: a declared one, a region, one from a file, or a new one made of codes.

    Parameters
    ----------
    region
        Id (``"achterhoek"``), code of a region (``"GG1413"``), TOML file (``"mijn_kavel.toml"``) or gemeente, wijk and
        buurt codes (``["GM0222", "WK029401"]``); what lies in another part counts once.
    title
        Name of a new area.

    Returns
    -------
    Area
        Its `codes` are those of today; `kavelmon.areas.write` keeps it as a file.

    Raises
    ------
    NotFoundError
        An id or code that is not known, or that was abolished; its successors are named.
    CatalogueError
        A file that is not one of an area.
    """
    return areas.find(region, title) if isinstance(region, str) else areas.own(region, title)[0]


def catalogue() -> pd.DataFrame:
    """Return every indicator with its editions.

    Returns
    -------
    pandas.DataFrame
        One row per indicator and edition: indicator, title, domain, theme, unit, better, edition, publisher, table,
        method, licence, periods, in_store (whether figures are held).
    """
    known = declarations.default()
    held = figures.store.held()
    rows = []
    for item in known.indicators.values():
        for edition in item.edition:
            source = known.source(edition.source)
            rows.append(
                {
                    "indicator": item.id,
                    "title": item.title,
                    "domain": item.domain,
                    "theme": item.theme,
                    "unit": item.unit,
                    "better": item.better,
                    "edition": source.id,
                    "publisher": source.publisher,
                    "table": source.table,
                    "method": source.method,
                    "licence": source.licence,
                    "periods": ", ".join(edition.periods or held.get(source.id, {}).get("periods", [])),
                    "in_store": source.id in held,
                }
            )
    return pd.DataFrame(rows)


def choropleth(
    indicator: str, region: str | Area | Iterable[str], *, level: str = "WK", period: str = "", edition: str = ""
) -> "folium.Map":
    """Draw the units inside a region on a map that needs no network.

    Parameters
    ----------
    indicator
        Id of an indicator.
    region
        Area id, region code, `Area` or list of codes.
    level
        ``GM`` or ``WK``.
    period
        Empty for the latest period with figures at this level.
    edition
        Source id; empty for the default edition.

    Returns
    -------
    folium.Map
        A map that shows itself without a network.

    Raises
    ------
    NotFoundError
        An unknown indicator, region or edition, or no figures at this level.
    """
    from kavelmon import maps

    frame = figures.observations(indicator, region, level=level, period=period, edition=edition)
    frame = frame[frame["period"] == frame.loc[frame["value"].notna(), "period"].max()]
    return maps.of_figures(declarations.default().indicator(indicator), frame)
