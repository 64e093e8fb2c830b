"""The map to walk around in: a choropleth in Leaflet that needs no network, no kernel and no second file."""

import html as markup
import json
import math
import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from pathlib import Path

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kavelmon import colours, geometry, paths, store
from kavelmon import texts as texts_of
from kavelmon.model import Indicator, NotFoundError
from kavelmon.numerals import with_unit
from kavelmon.regions import gemeente_of
from kavelmon.stats.classes import class_breaks, class_labels

_VERTICES = 20_000  # a map of more is drawn with the detail that can be seen when it opens
_NAMES = 30  # so many areas get their name on the map
_MARKERS = (("white", colours.INK), (colours.INK, "white"), (colours.BORDER, colours.INK))  # fill and line, per kind
_HATCH = (
    '<pattern id="geen-cijfer" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="6" height="6" fill="{colours.MAP_NONE}"/><rect width="2" height="6" fill="{colours.MAP_HATCH}"/>'
    "</pattern>"
)
# The frame may run its own script and reach nothing: no network, no page around it
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
_VARIABLES = f"--ink:{colours.INK};--ink-2:{colours.INK_2};--border:{colours.BORDER};--select:{colours.SELECT}"


class AreaMap(folium.Map):
    """A folium map that brings Leaflet and a legend along, in a notebook too."""

    default_js: list = []  # noqa: RUF012 - as folium has it
    default_css: list = []  # noqa: RUF012
    title = legend = dressing = ""
    ratio = 1.0  # height to width of what is drawn

    def _repr_html_(self, **_: object) -> str:
        return html(self)


def choropleth(
    shapes: gpd.GeoDataFrame,
    values: Mapping[str, float],
    *,
    title: str,
    unit: str,
    decimals: int = 1,
    texts: Mapping[str, str] | None = None,
    outline: gpd.GeoDataFrame | None = None,
    points: pd.DataFrame | None = None,
    highlight: Collection[str] = (),
) -> AreaMap:
    """Draw shapes in at most five classes with round breaks; a shape without a figure is hatched.

    Parameters
    ----------
    shapes
        Columns code, name, region_year, geometry (lon/lat), as `kavelmon.geometry.shapes` gives them.
    values, unit, decimals
        The figure of each code (NaN or absent: "geen cijfer") and how it is written. Classes are made of the figures
        as written, so that none seems to stand in the wrong class.
    texts
        One more line per code in the tooltip, plain text.
    outline
        Areas whose borders and names are drawn over the shapes, such as gemeenten over wijken.
    points
        Sites: columns name, lon, lat, kind.
    highlight
        Codes with the border of a selection.

    Raises
    ------
    NotFoundError
        No shapes.
    """
    if shapes.empty:
        raise NotFoundError(f'map "{title}": no shapes; kavelmon.geometry.missing_shapes names the codes without one')
    known = {code: round(float(v), decimals) for code, v in values.items() if v is not None and math.isfinite(v)}
    known = {code: known[code] for code in shapes["code"] if code in known}
    # Shapes without a figure come last, or the white borders of others lie over their grey ones
    shapes = shapes.sort_values("code", key=lambda codes: ~codes.isin(list(known)), kind="stable")
    breaks = class_breaks(known.values())
    fills = [colours.MAP[round(4 * i / len(breaks))] for i in range(len(breaks) + 1)] if breaks else [colours.MAP[2]]
    chart = AreaMap(tiles=None, zoom_control=False, attribution_control=False, zoom_snap=0.1, scroll_wheel_zoom=False)

    styles, told = [], []
    for code, name in shapes[["code", "name"]].to_numpy():
        fill = fills[bisect_right(breaks, known[code])] if code in known else "url(#geen-cijfer)"
        line = "white" if code in known else colours.BORDER
        styles.append({"fillColor": fill, "fillOpacity": 1, "color": line, "weight": 0.7})
        figure = with_unit(known[code], unit, decimals) if code in known else "geen cijfer"
        told.append((name or code, figure, (texts or {}).get(code, "")))
    _draw(chart, shapes, styles, told, class_name="vorm")
    if outline is not None:
        ink = {"color": colours.INK, "weight": 1.3, "fill": False}
        _draw(chart, outline, [ink] * len(outline), class_name="grens", interactive=False)
    chosen = shapes[shapes["code"].isin(list(highlight))]
    ring = {"color": colours.SELECT, "weight": 3, "fill": False}
    _draw(chart, chosen, [ring] * len(chosen), class_name="keuze", interactive=False)
    markers = {}
    if points is not None:
        markers = {kind: _MARKERS[min(i, 2)] for i, kind in enumerate(points["kind"].unique())}
        sites = gpd.GeoDataFrame(points, geometry=gpd.points_from_xy(points["lon"], points["lat"]), crs=shapes.crs)
        looks = [{"fillColor": fill, "color": line} for fill, line in points["kind"].map(markers)]
        marker = folium.CircleMarker(radius=6, weight=2, fill=True, fill_opacity=1, class_name="plek")
        _draw(chart, sites, looks, points[["name", "kind"]].to_numpy(), marker=marker)

    chart.title = markup.escape(f"{title} ({unit})")
    chart.legend = _legend(breaks, fills if known else [], list(known.values()), len(known) < len(shapes), markers)
    west, south, east, north = shapes.total_bounds.tolist()
    chart.ratio = (north - south) / (east - west) / math.cos(math.radians((north + south) / 2))
    credit = f"Grenzen {shapes['region_year'].iloc[0]}: CBS en Kadaster"
    names = _names(outline if outline is not None and len(outline) > 1 else shapes)
    chart.dressing = json.dumps([[[south, west], [north, east]], credit, names]).replace("<", "\\u003c")
    return chart


def of_figures(item: Indicator, units: pd.DataFrame) -> AreaMap:
    """Draw one indicator in one period, from the rows that `kavelmon.figures.observations` gives per GM or WK.

    Figures that were made of sites (hospitals) are drawn with those sites.

    Raises `NotFoundError` without rows, and for a level that has no shapes.
    """
    shapes, lost = _shapes_of(units)
    drawn = units[~units["region"].isin(lost)].set_index("region")
    names = {**dict(zip(shapes["code"], shapes["name"], strict=True)), **drawn["region_name"]}
    shapes = shapes.assign(name=shapes["code"].map(names))
    gemeenten = {gemeente_of(code) for code in shapes["code"]}
    outline = shapes if gemeenten == set(shapes["code"]) else None
    lines = drawn["status"].map(texts_of.STATUSES).fillna("").to_dict()
    if outline is None:  # "Wijk 07" tells nobody where it lies
        outline = geometry.shapes("GM", shapes.attrs["region_year"], gemeenten)
        town = dict(zip(outline["code"], outline["name"], strict=True))
        lines = {c: " · ".join(filter(None, (town[gemeente_of(c)], lines.get(c)))) for c in shapes["code"]}
    return choropleth(
        shapes,
        drawn["value"].to_dict(),
        title=f"{item.title}, {units['period'].iloc[0]}",
        unit=item.unit,
        decimals=item.decimals,
        texts=lines,
        outline=outline if len(outline) <= _NAMES else None,
        points=_sites_in(store.sites(units["edition"].iloc[0]), shapes),
    )


def _sites_in(sites: pd.DataFrame, shapes: gpd.GeoDataFrame) -> pd.DataFrame | None:
    """Return the sites inside the frame of the map, with the columns that `choropleth` asks; None without any."""
    west, south, east, north = shapes.total_bounds
    inside = sites[sites["lon"].between(west, east) & sites["lat"].between(south, north)]
    return inside.assign(kind=inside["type"].map(texts_of.SITES).fillna(texts_of.SITES[2])) if len(inside) else None


def without_shape(units: pd.DataFrame) -> str:
    """Return the sentence that names the units with a figure and no place on the map; empty when there are none."""
    shapes, lost = _shapes_of(units)
    names = units.loc[units["region"].isin(lost) & units["value"].notna(), "region_name"].tolist()
    return texts_of.without_shape(names, shapes.attrs["region_year"]) if names else ""


def _shapes_of(units: pd.DataFrame) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Return the shapes of the units, and the codes that have none or whose code is now another area."""
    if units.empty:
        raise NotFoundError("a map of no figures; ask for another level, or leave out the period")
    year = int(units["region_year"].iloc[0])
    shapes = geometry.shapes(units["level"].iloc[0], year, units["region"])
    lost = geometry.missing_shapes(units["region"], shapes)
    if shapes.attrs["region_year"] != year:
        lost += geometry.renamed(dict(zip(units["region"], units["region_name"], strict=True)), shapes)
    return shapes, lost


def html(chart: AreaMap) -> str:
    """Return a map of `choropleth` as one piece of HTML that asks nothing of any server."""
    leaflet = Path(import_module("xstatic.pkg.leaflet").BASE_DIR)
    script = (leaflet / "leaflet.js").read_text("utf-8").replace("//# sourceMappingURL=leaflet.js.map", "")
    style = (leaflet / "leaflet.css").read_text("utf-8") + (paths.STATIC / "map.css").read_text("utf-8")
    dress = (paths.STATIC / "map.js").read_text("utf-8")
    # Put in after rendering: folium reads all that goes through it as a template
    page = chart.get_root().render()
    for mark, text in (
        ("<html>", '<html lang="nl">'),
        (
            "<head>",
            f'<head><meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>{chart.title}</title>',
        ),
        ("</head>", f"<style>:root {{{_VARIABLES}}} {style}</style><script>{script}</script></head>"),
        ("<body>", f'<body><div class="legenda"><p id="titel">{chart.title}</p>{chart.legend}</div>'),
        ("</html>", f"<script>{dress}dress({chart.get_name()}, ...{chart.dressing});</script></html>"),
    ):
        page = page.replace(mark, text, 1)
    numbers: dict[str, str] = {}
    page = re.sub(r"(?<=_)[0-9a-f]{32}", lambda name: numbers.setdefault(name[0], str(len(numbers))), page)
    frame = f'<iframe title="Kaart: {chart.title}" sandbox="allow-scripts" srcdoc="{markup.escape(page)}"'
    # As high as the shapes ask at this width, with room for the legend
    height = f"clamp(340px, calc(170px + {chart.ratio:.2f} * 100cqw), 680px)"
    style = f"display: block; width: 100%; height: {height}; border: 0"
    return f'<div style="container-type: inline-size">{frame} style="{style}"></iframe></div>'


def _safe(text: object) -> str:
    # folium renders what it was given twice: a brace in a name would be run as a Jinja template
    return markup.escape(str(text)).replace("{", "&#123;")


def _draw(chart: AreaMap, areas: gpd.GeoDataFrame, styles: list[dict], told: Sequence = (), **options) -> None:
    if areas.empty:
        return
    lines = ["<br>".join([f"<b>{_safe(first)}</b>", *map(_safe, filter(None, rest))]) for first, *rest in told]
    drawn = gpd.GeoDataFrame({"tekst": lines or [""] * len(areas)}, geometry=areas.geometry.array, crs=areas.crs)
    if shapely.get_num_coordinates(drawn.geometry.array).sum() > _VERTICES:
        _, south, _, north = drawn.total_bounds
        drawn["geometry"] = drawn.simplify_coverage((north - south) / 1200)
    tooltip = folium.GeoJsonTooltip(["tekst"], labels=False, class_name="uitleg", opacity=1) if lines else None
    folium.GeoJson(
        drawn.to_geo_dict(),
        style_function=lambda feature: styles[int(feature["id"])],
        tooltip=tooltip,
        smooth_factor=0,  # Leaflet's own simplification knows no neighbours and leaves gaps
        **options,
    ).add_to(chart)


def _names(areas: gpd.GeoDataFrame) -> list[tuple[float, float, str]]:
    """Return where to write which name, largest area first; none when there are too many."""
    if len(areas) > _NAMES:
        return []
    centres = shapely.get_point(shapely.maximum_inscribed_circle(areas.geometry.array), 0)
    names = areas["name"].str.replace(r"^Wijk \d+:?\s+", "", regex=True).tolist()
    order = np.argsort(-shapely.area(areas.geometry.array))
    return [(centres[i].y, centres[i].x, names[i]) for i in order if names[i]]


def _legend(breaks, fills, figures, some_without, markers) -> str:
    labels = [markup.escape(label).replace("–", "–<wbr>") for label in class_labels(breaks, figures)]
    swatch = '<rect width="100%" height="14" fill="{}" stroke="{}"/>'
    classes = [(swatch.format(fill, fill), label) for fill, label in zip(fills, labels, strict=True)]
    others = [(_HATCH + swatch.format("url(#geen-cijfer)", colours.BORDER), "geen cijfer")] if some_without else []
    for kind, (fill, line) in markers.items():
        circle = f'<circle cx="50%" cy="7" r="5" fill="{fill}" stroke="{line}" stroke-width="2"/>'
        others.append((circle, markup.escape(str(kind))))
    parts = []
    for kind, row in (("klassen", classes), ("overig", others)):
        items = "".join(f'<li><svg aria-hidden="true">{svg}</svg><span>{text}</span></li>' for svg, text in row)
        parts.append(f'<ul class="{kind}">{items}</ul>' if row else "")
    return "".join(parts)
