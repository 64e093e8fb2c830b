"""Charts as Altair charts; their `to_dict()` is what the page draws."""

from collections.abc import Iterable
from typing import Any

import altair as alt
import pandas as pd

from kavelmon import colours, declarations, figures, numerals, places, texts
from kavelmon.model import COUNTRY, Area, Break, Indicator
from kavelmon.vega import VegaView

_FONT = '"Source Sans 3", "Segoe UI", system-ui, Roboto, Arial, sans-serif'


class TrendChart(alt.LayerChart):
    """A trend that shows itself through `kavelmon.vega`: in JupyterLab and in Voilà, without a network."""

    def _repr_mimebundle_(self, *args: Any, **kwargs: Any) -> Any:
        return VegaView(spec=self.to_dict(), label=self.description)._repr_mimebundle_(*args, **kwargs)


def segment(period: str, breaks: Iterable[Break]) -> int:
    """Return the number of breaks up to and including a period; points of one number may be joined by a line.

    Examples
    --------
    >>> segment("2022", [Break(year=2022, text="andere methode")])
    1
    """
    return sum(int(period[:4]) >= b.year for b in breaks)


def trend_data(indicator: str, region: str | Area, *, edition: str = "", members: bool = True) -> pd.DataFrame:
    """Return the points of a trend: the region, the Netherlands and, in grey, the gemeenten of the region.

    Parameters
    ----------
    indicator, region, edition, members
        As in `trend_chart`.

    Returns
    -------
    pandas.DataFrame
        The columns of `kavelmon.observations`, with `role` (kavel, nl or member) and `segment` (points of one number
        may be joined by a line); only known values.

    Raises
    ------
    NotFoundError
        An unknown indicator, region or edition.
    """
    item = declarations.default().indicator(indicator)
    own = figures.observations(indicator, region, edition=edition)
    if own.empty:
        return own.assign(role="", segment=0)
    edition = own["edition"].iat[0]
    parts = [own.assign(role="kavel")]
    spot = places.place(region)
    if spot.level == "NL":
        parts = [own.assign(role="nl")]
    else:
        parts.append(figures.observations(indicator, COUNTRY, edition=edition).assign(role="nl"))
        if members and len(spot.codes) > 1:
            parts.append(figures.observations(indicator, region, level="GM", edition=edition).assign(role="member"))
    frame = pd.concat(parts, ignore_index=True)
    frame = frame[frame["value"].notna()]
    breaks = item.breaks_of(item.editions(edition)[0])
    return frame.assign(segment=[segment(p, breaks) for p in frame["period"]])


def trend_chart(
    indicator: str, region: str | Area, *, edition: str = "", members: bool = True, width: int | str = "container"
) -> TrendChart:
    """Draw the trend of an indicator: points on measured years only, and no line across a break.

    Parameters
    ----------
    indicator
        Id of an indicator.
    region
        Area id, region code or `Area`.
    edition
        Source id; empty for the default edition. Editions are never mixed in one chart.
    members
        Draw the gemeenten of the region as thin lines.
    width
        In pixels, or ``"container"`` for that of the place where it is shown.

    Returns
    -------
    TrendChart
        An Altair chart that shows itself without a network.

    Raises
    ------
    NotFoundError
        An unknown indicator, region or edition.
    """
    item = declarations.default().indicator(indicator)
    data = trend_data(indicator, region, edition=edition, members=members)
    breaks = item.breaks_of(item.editions(data["edition"].iat[0])[0]) if len(data) else ()
    area = declarations.default().areas.get(region) if isinstance(region, str) else region
    start = area.start if isinstance(area, Area) else None
    chart = draw(item, data, breaks, start.year if start else None, width)
    return chart.properties(description=texts.trend_label(item.title, places.place(region).title))


def draw(
    item: Indicator, data: pd.DataFrame, breaks: Iterable[Break], start: int | None, width: int | str
) -> TrendChart:
    """Draw trend data; see `trend_chart`."""
    points = pd.DataFrame(
        {
            "jaar": data["period"].str[:4].astype(int),
            "waarde": data["value"],
            "gebied": data["region_name"],
            "rol": data["role"],
            "deel": data["region"] + "-" + data["segment"].astype(str),
            "voorlopig": data["status"].eq("provisional"),
            "tekst": [numerals.with_unit(v, item.unit, item.decimals) for v in data["value"]],
        }
    )
    years = sorted({*points["jaar"], *(b.year for b in breaks), *([start] if start else [])})
    x = alt.X("jaar:Q", title=None, axis=alt.Axis(values=years, format="d", grid=False, labelOverlap=True)).scale(
        domain=[years[0], years[-1]] if years else [2012, 2024], nice=False, padding=24
    )
    y = alt.Y("waarde:Q", title=None, axis=alt.Axis(tickCount=5)).scale(zero=False, nice=True, padding=28)
    style = {"kavel": (colours.KAVEL, 3.0), "nl": (colours.NL, 2.0), "member": (colours.MEMBER, 1.2)}
    layers: list[alt.Chart] = []
    for role in ("member", "nl", "kavel"):
        colour, thick = style[role]
        part = points[points["rol"] == role]
        if part.empty:
            continue
        base = alt.Chart(alt.Data(values=part.to_dict("records"))).encode(
            x=x, y=y, detail="deel:N", tooltip=[alt.Tooltip(f"{c}:N", title=t) for c, t in _TOOLTIP]
        )
        layers.append(base.mark_line(color=colour, strokeWidth=thick))
        size = 24 if role == "member" else 60
        layers.append(
            base.mark_point(filled=True, color=colour, size=size, opacity=1, strokeWidth=1.5).encode(
                fill=alt.condition("datum.voorlopig", alt.value("white"), alt.value(colour)), stroke=alt.value(colour)
            )
        )
    layers += _labels(points)
    if len(points):
        layers += _marks(breaks, start, years)
    return (
        TrendChart(layer=layers)
        .properties(width=width, height=400, autosize=alt.AutoSizeParams(type="fit", contains="padding"))
        .configure(font=_FONT, background="white", padding={"left": 4, "right": 4, "top": 4, "bottom": 4})
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=13, labelColor=colours.INK_2, gridColor=colours.RULE, domain=False, ticks=False)
    )


_TOOLTIP = (("gebied", "Gebied"), ("jaar", "Jaar"), ("tekst", "Waarde"))


def _labels(points: pd.DataFrame) -> list[alt.Chart]:
    """Write name and value at the last point of the region and of the Netherlands: the higher above, the lower below.

    The words run to the left of the point, so that they stay inside a narrow chart; a white edge parts them from lines.
    """
    ends = points[points["rol"] != "member"].sort_values("jaar").drop_duplicates("rol", keep="last")
    ends = ends.sort_values("waarde", ascending=False)
    layers = []
    for number, (_, row) in enumerate(ends.iterrows()):
        data = alt.Data(values=[{**row.to_dict(), "naam": f"{row['gebied']} {row['tekst']}"}])
        colour = colours.KAVEL if row["rol"] == "kavel" else colours.NL
        place: dict[str, Any] = {
            "align": "right",
            "dx": 6,
            "dy": (-16, 18)[number],
            "fontSize": 14,
            "fontWeight": 600,
            "clip": False,
        }
        styles: list[dict[str, Any]] = [{"stroke": "white", "strokeWidth": 4, "color": "white"}, {"color": colour}]
        for style in styles:
            mark = alt.Chart(data).mark_text(**place, **style)
            layers.append(mark.encode(x="jaar:Q", y="waarde:Q", text="naam:N"))
    return layers


def _marks(breaks: Iterable[Break], start: int | None, years: list[int]) -> list[alt.Chart]:
    """Mark breaks and the start of a kavel; the words of marks that lie close stand one above the other."""
    marks = [(b.year - 0.5, f"Breuk {b.year}", colours.INK, [3, 3]) for b in breaks]
    marks += [(float(start), "Start kavel", colours.KAVEL, [6, 3])] if start else []
    close = max(years[-1] - years[0], 1) / 4
    layers, free = [], [-1e9, -1e9, -1e9]
    for year, text, colour, dash in sorted(marks):
        row = next((n for n, end in enumerate(free) if year >= end), len(free) - 1)
        free[row] = year + close
        data = alt.Data(values=[{"jaar": year, "naam": text}])
        layers.append(alt.Chart(data).mark_rule(color=colour, strokeDash=dash).encode(x="jaar:Q"))
        words = alt.Chart(data).mark_text(align="left", dx=4, color=colour, fontSize=12, clip=False)
        layers.append(words.encode(x="jaar:Q", y=alt.value(-8 - 15 * row), text="naam:N"))
    return layers
