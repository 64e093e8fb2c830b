"""The figures of the page as Vega specs without data: made once with Altair, filled by the browser.

Each chart names its data sets; the page puts rows in and sends choices as signals, so that another indicator costs no
kernel and no compilation.
"""

from typing import Any

import altair as alt
import vl_convert

from kavelmon import colours

FONT = '"Source Sans 3", "Segoe UI", system-ui, Roboto, Arial, sans-serif'
HATCH = "url(#km-hatch)"  # the pattern stands in the page and in every picture that is saved
_BREAK_FIELD = "url(#km-break)"
_HALO: Any = {"stroke": "white", "strokeWidth": 3.6, "strokeJoin": "round"}


def specs() -> dict[str, dict[str, Any]]:
    """Return the Vega specs of the page: ``map``, ``ranking``, ``trend``, ``funnel`` and ``profile``."""
    charts = {"map": area_map(), "ranking": ranking(), "trend": trend(), "funnel": funnel(), "profile": profile()}
    made = {name: compiled(name, chart) for name, chart in charts.items()}
    for mark in made["map"]["marks"][1:-1]:  # who points at a unit does not mean the borders and names over it
        mark["interactive"] = False
    return made


def compiled(name: str, chart: Any) -> dict[str, Any]:
    """Return a chart in the type and colours of the pages, as a Vega spec."""
    return vl_convert.vegalite_to_vega(_dressed(name, chart).to_dict())


def _dressed(name: str, chart: Any) -> Any:
    # Of a map all must fit; elsewhere rows keep their height, and who places names in a trend has to know that of it.
    fit: Any = "fit" if name == "map" else "fit-x"
    return (
        chart.properties(autosize=alt.AutoSizeParams(type=fit, contains="padding"))
        .configure(font=FONT, background="white", padding=2)
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=13, labelColor=colours.INK_2, gridColor=colours.RULE, domain=False, ticks=False)
        .configure_text(font=FONT)
    )


def rows(name: str) -> alt.Chart:
    """Return a chart of rows that the page puts in under a name."""
    return alt.Chart(alt.NamedData(name))


def _tooltip() -> list[alt.Tooltip]:
    pairs = (("name", "Gebied"), ("label", "Cijfer"), ("reference", "Nederland"), ("period", "Jaar"))
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in pairs]


def area_map() -> Any:
    """Draw shapes in classes.

    Data: ``shapes`` and ``lines`` are GeoJSON features with `code`, in flat coordinates; ``values`` has code, fill,
    name, label, reference, period; ``names`` has x, y, name; ``sites`` has x, y, title, text. Signal ``chosen``: the
    code that is marked.
    """
    found = alt.LookupData(
        alt.NamedData("values"), key="code", fields=["fill", "stroke", "name", "label", "reference", "period"]
    )
    flat: dict[str, Any] = {"type": "identity"}
    shapes = rows("shapes").transform_lookup(lookup="code", from_=found)
    areas = shapes.mark_geoshape(strokeWidth=0.7, cursor="pointer").encode(
        fill=alt.Fill("fill:N", scale=None, legend=None),
        stroke=alt.Stroke("stroke:N", scale=None, legend=None),
        tooltip=_tooltip(),
    )
    lines = rows("lines").mark_geoshape(filled=False, stroke=colours.INK, strokeWidth=1.3)
    chosen = (
        rows("shapes")
        .transform_filter("datum.code === chosen")
        .mark_geoshape(filled=False, stroke=colours.SELECT, strokeWidth=3)
    )
    texts = []
    styles: list[Any] = [{"fill": "white", **_HALO}, {"fill": colours.INK}]
    for style in styles:
        mark = rows("names").mark_text(fontSize=14, fontWeight=600, lineBreak="\n", lineHeight=15, **style)
        texts.append(mark.encode(longitude="x:Q", latitude="y:Q", text="name:N"))
    dots = rows("sites").mark_point(shape="diamond", size=120, filled=True, opacity=1, stroke="white", strokeWidth=1.6)
    sites = dots.encode(
        longitude="x:Q",
        latitude="y:Q",
        fill=alt.value(colours.SITE),
        tooltip=[alt.Tooltip("title:N", title="Wat"), alt.Tooltip("text:N", title="Uitleg")],
    )
    chart = alt.layer(areas, lines, chosen, *texts, sites).project(**flat)
    return chart.add_params(alt.param(name="chosen", value="")).properties(width=480, height=400)


def ranking() -> Any:
    """Draw names, dots and figures, highest first.

    Data: ``rows`` has order, code, name, value, label, role (kavel, nl or unit), reference, period. Signals: ``chosen``
    and ``nl``, the figure of the Netherlands or null.
    """
    x = alt.X("value:Q", axis=None).scale(
        zero=False, nice=False, padding=0, range=[alt.ExprRef("width * 0.42"), alt.ExprRef("width - 84")]
    )
    y = alt.Y("order:O", axis=None).scale(paddingInner=0, paddingOuter=0)
    base = rows("rows").encode(y=y)
    colour = alt.when("datum.code === chosen").then(alt.value(colours.SELECT)).otherwise(alt.value(colours.INK))
    weight = "datum.role === 'kavel' || datum.code === chosen ? 700 : 400"
    words: Any = {"fontSize": 15, "baseline": "middle", "fontWeight": alt.ExprRef(weight)}
    names = base.mark_text(align="left", limit=alt.ExprRef("width * 0.4"), cursor="pointer", **words).encode(
        x=alt.value(0), text="name:N", color=colour, tooltip=_tooltip()
    )
    figures = base.mark_text(align="right", **words).encode(
        x=alt.value(alt.ExprRef("width")), text="label:N", color=colour
    )
    guide = base.mark_rule(color=colours.RULE).encode(
        x=alt.value(alt.ExprRef("width * 0.42 - 8")), x2=alt.value(alt.ExprRef("width - 76"))
    )
    ruler = rows("ruler").mark_rule(color=colours.INK, strokeWidth=1.5).encode(x=x)
    shape = alt.when("datum.role === 'kavel'").then(alt.value("square")).otherwise(alt.value("circle"))
    fill = (
        alt.when("datum.code === chosen")
        .then(alt.value(colours.SELECT))
        .when("datum.role === 'kavel'")
        .then(alt.value(colours.KAVEL))
        .when("datum.role === 'nl'")
        .then(alt.value(colours.NL))
        .when("datum.role === 'other'")
        .then(alt.value(colours.INK))
        .otherwise(alt.value(colours.MEMBERS))
    )
    dots = (
        base.transform_filter("isValid(datum.value)")
        .mark_point(size=110, filled=True, opacity=1, stroke="white", strokeWidth=1.4, cursor="pointer")
        .encode(x=x, shape=shape, fill=fill, tooltip=_tooltip())
    )
    chart = alt.layer(guide, ruler, names, dots, figures)
    return chart.add_params(alt.param(name="chosen", value="")).properties(width=400, height=alt.Step(28))


def trend() -> Any:
    """Draw points on measured years, lines inside a segment, marks for breaks and events.

    Data: ``points`` has year, value, role (kavel, nl, unit, other or chosen), part (one line each), name, label,
    reference, period, provisional; ``ends`` has value, name, role, dy; ``breaks`` has year, end, title;
    ``events`` has year, title, row. Signals: ``years`` with a label on the axis,
    ``span`` the first and last, ``room`` in px right of the last for the names.
    """
    x = alt.X("year:Q", title=None)
    x = x.axis(
        values=alt.ExprRef("years"), format="d", grid=False, labelOverlap="greedy", labelSeparation=6, labelFlush=False
    )
    room: Any = [22, alt.ExprRef("width - room")]  # names and figures stand right of the last year
    x = x.scale(domain=[alt.ExprRef("span[0]"), alt.ExprRef("span[1]")], nice=False, zero=False, range=room)
    y = alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=5)).scale(zero=False, nice=False, padding=26)
    layers: list[alt.Chart] = []
    field = rows("breaks").mark_rect(fill=_BREAK_FIELD).encode(x="year:Q", x2="end:Q")
    layers.append(field)
    style = {
        "unit": (colours.MEMBER, 1.2, 18),
        "nl": (colours.NL, 2.0, 50),
        "other": (colours.MEMBERS, 2.0, 50),
        "chosen": (colours.SELECT, 2.4, 55),
        "kavel": (colours.KAVEL, 3.0, 64),
    }
    for role, (ink, thick, size) in style.items():
        part = rows("points").transform_filter(f"datum.role === '{role}'").encode(x=x, y=y, detail="part:N")
        layers.append(part.mark_line(color=ink, strokeWidth=thick))
        fill = alt.when("datum.provisional").then(alt.value("white")).otherwise(alt.value(ink))
        dots = part.mark_point(filled=True, size=size, opacity=1, strokeWidth=1.5, stroke=ink)
        layers.append(dots.encode(fill=fill, tooltip=_tooltip()))
    colour = (
        alt.when("datum.role === 'kavel'")
        .then(alt.value(colours.KAVEL))
        .when("datum.role === 'chosen'")
        .then(alt.value(colours.SELECT))
        .when("datum.role === 'other'")
        .then(alt.value(colours.MEMBERS))
        .otherwise(alt.value(colours.NL))
    )
    ends = rows("ends").encode(x=alt.value(alt.ExprRef("width - room + 12")), y="value:Q", text="name:N")
    words: Any = {
        "align": "left",
        "baseline": "middle",
        "dy": alt.ExprRef("datum.dy"),
        "lineBreak": "\n",
        "lineHeight": 17,
        "limit": alt.ExprRef("room - 12"),
        "fontSize": 14,
        "fontWeight": 600,
        "clip": False,
    }
    layers.append(ends.mark_text(fill="white", **_HALO, **words))
    layers.append(ends.mark_text(**words).encode(color=colour))
    rule = rows("breaks").mark_rule(color=colours.INK, strokeDash=[3, 3]).encode(x="year:Q")
    start = rows("events").mark_rule(color=colours.KAVEL, strokeDash=[6, 3]).encode(x="year:Q")
    layers += [rule, start]
    for name, ink in (("breaks", colours.INK), ("events", colours.KAVEL)):
        text = rows(name).mark_text(
            align=alt.ExprRef("datum.align"), dx=alt.ExprRef("datum.dx"), color=ink, fontSize=13, clip=False
        )
        layers.append(text.encode(x="year:Q", y=alt.value(alt.ExprRef("-8 - 16 * datum.row")), text="title:N"))
    chart = alt.layer(*layers).resolve_scale(color="independent")
    signals = {"years": [], "span": [2012, 2024], "room": 90}
    return chart.add_params(*(alt.param(name=n, value=v) for n, v in signals.items())).properties(width=400, height=240)


def funnel() -> Any:
    """Draw units by size, with the limits between which chance and the usual spread put them.

    Data: ``curves`` has size, low95, high95, low998, high998; ``points`` has size, value, code, role (unit, member,
    kavel or chosen), name, label, reference, period; ``centre`` has value, name.
    """
    x = alt.X("size:Q", title=None).scale(type="log", nice=False, padding=12)
    thousands = "replace(format(datum.value, ',d'), /,/g, '.')"
    x = x.axis(grid=False, tickCount=5, labelExpr=thousands, labelOverlap="greedy", labelSeparation=8)
    y = alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=5)).scale(zero=False, nice=False, padding=12)
    bands = [
        rows("curves").mark_area(color=ink, opacity=1).encode(x=x, y=alt.Y(f"{low}:Q", title=None), y2=f"{high}:Q")
        for low, high, ink in (("low998", "high998", colours.PANEL), ("low95", "high95", colours.RANGE))
    ]
    centre = rows("centre").mark_rule(color=colours.INK, strokeWidth=1.5).encode(y=y)
    named = rows("centre").mark_text(align="right", dy=-8, fontSize=13, color=colours.INK)
    style = {
        "unit": (colours.IQR, 26, "circle"),
        "member": (colours.MEMBERS, 60, "circle"),
        "kavel": (colours.KAVEL, 130, "square"),
        "chosen": (colours.SELECT, 90, "circle"),
    }
    dots = []
    for role, (ink, size, shape) in style.items():
        part = rows("points").transform_filter(f"datum.role === '{role}'")
        mark = part.mark_point(filled=True, size=size, opacity=1, color=ink, shape=shape, cursor="pointer")
        dots.append(mark.encode(x=x, y=y, tooltip=_tooltip()))
    own = rows("points").transform_filter("datum.role === 'kavel' || datum.role === 'chosen'")
    words: list[Any] = [{"fill": "white", **_HALO}, {"fill": colours.INK}]
    labels = [
        own.mark_text(dy=-14, fontSize=14, fontWeight=600, align=alt.ExprRef("datum.align"), **one).encode(
            x=x, y=y, text="name:N"
        )
        for one in words
    ]
    line = named.encode(x=alt.value(alt.ExprRef("width")), y=y, text="name:N")
    chart = alt.layer(*bands, centre, line, *dots, *labels)
    return chart.properties(width=800, height=320)


def profile() -> Any:
    """Draw the profile for a picture: a row each, the Netherlands one line through all of them.

    Data: ``rows`` has order, name, value, reference, word, fill, line, shape, and as a share of the width (0 to 100,
    the Netherlands at 50): x, low, q1, q3, high; x and low are null without figures.
    """
    y = alt.Y("order:O", axis=None).scale(paddingInner=0, paddingOuter=0)
    base = rows("rows").encode(y=y)
    scale = alt.Scale(domain=[0, 100], range=[alt.ExprRef("width * 0.63"), alt.ExprRef("width - 125")])

    def words(field: str, at: str, **style: Any) -> alt.Chart:
        mark = base.mark_text(fontSize=13, baseline="middle", **style)
        return mark.encode(x=alt.value(alt.ExprRef(at)), text=f"{field}:N")

    known = base.transform_filter("isValid(datum.low)")
    bars = [
        known.mark_bar(height=8, color=colour).encode(x=alt.X(f"{a}:Q", scale=scale, axis=None), x2=f"{b}:Q")
        for a, b, colour in (("low", "high", colours.RANGE), ("q1", "q3", colours.IQR))
    ]
    ruler = known.mark_tick(color=colours.INK, thickness=1.5, bandSize=30, orient="vertical")
    marker = (
        base.transform_filter("isValid(datum.x)")
        .mark_point(size=150, filled=True, opacity=1, strokeWidth=1.6)
        .encode(
            x=alt.X("x:Q", scale=scale),
            shape=alt.Shape("shape:N", scale=None, legend=None),
            fill=alt.Fill("fill:N", scale=None, legend=None),
            stroke=alt.Stroke("line:N", scale=None, legend=None),
        )
    )
    chart = alt.layer(
        *bars,
        ruler.encode(x=alt.X(datum=50, scale=scale)),
        marker,
        words("name", "0", align="left", limit=alt.ExprRef("width * 0.43"), color=colours.INK),
        words("value", "width * 0.53", align="right", color=colours.INK, fontWeight=700),
        words("reference", "width * 0.61", align="right", color=colours.INK_2),
        words("word", "width - 115", align="left", color=colours.INK),
    )
    return chart.properties(width=860, height=alt.Step(30))
