"""Charts as Altair charts; their `to_dict()` is what the page draws."""

from collections.abc import Iterable

import altair as alt
import pandas as pd

from kavelmon import colours, declarations, figures, numerals
from kavelmon.model import COUNTRY, Area, Break, Indicator

_FONT = '"Source Sans 3", "Segoe UI", system-ui, Roboto, Arial, sans-serif'


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

    Returns
    -------
    pandas.DataFrame
        The columns of `kavelmon.observations`, with `role` (kavel, nl or member) and `segment`; only known values.
    """
    item = declarations.default().indicator(indicator)
    own = figures.observations(indicator, region, edition=edition)
    edition = own["edition"].iat[0]
    parts = [own.assign(role="kavel")]
    spot = figures.place(region)
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
) -> alt.LayerChart:
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

    Raises
    ------
    NotFoundError
        An unknown indicator, region or edition.
    """
    item = declarations.default().indicator(indicator)
    data = trend_data(indicator, region, edition=edition, members=members)
    breaks = item.breaks_of(item.editions(data["edition"].iat[0])[0]) if len(data) else ()
    start = (
        region.start if isinstance(region, Area) else getattr(declarations.default().areas.get(region), "start", None)
    )
    return draw(item, data, breaks, start.year if start else None, width)


def draw(
    item: Indicator, data: pd.DataFrame, breaks: Iterable[Break], start: int | None, width: int | str
) -> alt.LayerChart:
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
    y = alt.Y("waarde:Q", title=None, axis=alt.Axis(tickCount=5)).scale(zero=False, nice=True)
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
    for broken in breaks if len(points) else ():
        layers += _rule(broken.year - 0.5, f"Breuk {broken.year}", colours.INK, [3, 3])
    if start and len(points):
        layers += _rule(start, "start kavel", colours.KAVEL, [6, 3])
    return (
        alt.layer(*layers)
        .properties(width=width, height=340, autosize=alt.AutoSizeParams(type="fit", contains="padding"))
        .configure(font=_FONT, background="white", padding={"left": 4, "right": 4, "top": 20, "bottom": 4})
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=13, labelColor=colours.INK_2, gridColor=colours.RULE, domain=False, ticks=False)
    )


_TOOLTIP = (("gebied", "Gebied"), ("jaar", "Jaar"), ("tekst", "Waarde"))


def _labels(points: pd.DataFrame) -> list[alt.Chart]:
    """Write name and value at the last point of the region and of the Netherlands, apart when they lie close."""
    ends = points[points["rol"] != "member"].sort_values("jaar").drop_duplicates("rol", keep="last")
    ends = ends.sort_values("waarde", ascending=False)
    spread = (points["waarde"].max() - points["waarde"].min()) or 1
    close = len(ends) == 2 and abs(ends["waarde"].diff().iat[1]) < spread / 8
    layers = []
    for number, (_, row) in enumerate(ends.iterrows()):
        shift = (-8, 8)[number] if close else 0
        text = {**row.to_dict(), "naam": f"{row['gebied']} {row['tekst']}"}
        colour = colours.KAVEL if row["rol"] == "kavel" else colours.NL
        mark = alt.Chart(alt.Data(values=[text])).mark_text(
            align="left", dx=8, dy=shift, color=colour, fontSize=14, fontWeight=600, clip=False
        )
        layers.append(mark.encode(x="jaar:Q", y="waarde:Q", text="naam:N"))
    return layers


def _rule(year: float, text: str, colour: str, dash: list[int]) -> list[alt.Chart]:
    data = alt.Data(values=[{"jaar": year, "naam": text}])
    rule = alt.Chart(data).mark_rule(color=colour, strokeDash=dash).encode(x="jaar:Q")
    words = alt.Chart(data).mark_text(align="left", dx=4, y=-8, color=colour, fontSize=12)
    return [rule, words.encode(x="jaar:Q", text="naam:N")]
