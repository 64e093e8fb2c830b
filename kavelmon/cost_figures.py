"""The figures of the page on cost and its division: Vega specs without data, as `kavelmon.linked` has them."""

from typing import Any

import altair as alt

from kavelmon import colours
from kavelmon.linked import compiled, rows

EURO = {
    "rente": colours.INTEREST,
    "aflossing": colours.REPAYMENT,
    "aanbieders": colours.KAVEL,
    "bekostigers": colours.MEMBERS,
    "fonds": colours.FUND,
}
_WORDS: Any = {"fontSize": 14, "fontWeight": 600, "align": "left", "baseline": "middle", "lineBreak": "\n"}


def specs() -> dict[str, dict[str, Any]]:
    """Return the Vega specs of the page: ``cost``, ``others``, ``steps`` and ``decade``."""
    charts = {"cost": cost(), "others": others(), "steps": steps(), "decade": decade()}
    return {name: compiled(name, chart) for name, chart in charts.items()}


def _years(room: int) -> Any:
    axis = alt.Axis(
        values=alt.ExprRef("years"),
        format="d",
        grid=False,
        labelFlush=False,
        labelPadding=8,
        labelOverlap="parity",
        labelSeparation=3,
    )
    scale = alt.Scale(
        domain=[alt.ExprRef("years[0]"), alt.ExprRef("years[length(years) - 1]")],
        nice=False,
        zero=False,
        range=[16, alt.ExprRef(f"width - {room}")],
    )
    return alt.X("year:Q", title=None, axis=axis, scale=scale)


def _since(room: int) -> list[Any]:
    """Draw the start as a dashed line, and what comes after it on a field."""
    x = _years(room)
    field = rows("start").mark_rect(fill=colours.PANEL).encode(x=x, x2="end:Q")
    line = rows("start").mark_rule(color=colours.INK, strokeDash=[3, 3]).encode(x=x)
    return [field, line]


def _with_signals(chart: Any, **signals: Any) -> Any:
    return chart.add_params(*(alt.param(name=n, value=v) for n, v in signals.items()))


def cost() -> Any:
    """Draw actual and expected cost per year, with the band in which areas of this size stay.

    Data: ``band`` has year, low, high; ``lines`` has year, value, role (actual or expected), name, label; ``ends`` has
    value, name, role, dy; ``start`` has year, end. Signal: ``years``. Amounts are millions of euros.
    """
    x = _years(96)
    y = alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=5)).scale(zero=False, nice=True, padding=8)
    band = rows("band").mark_area(color=colours.BAND, opacity=1).encode(x=x, y=alt.Y("low:Q", title=None), y2="high:Q")
    tips = [
        alt.Tooltip("name:N", title="Wat"),
        alt.Tooltip("label:N", title="Bedrag"),
        alt.Tooltip("year:O", title="Jaar"),
    ]
    layers = [*_since(96), band]
    for role, ink, thick, dash in (("expected", colours.NL, 2, [6, 3]), ("actual", colours.KAVEL, 3, [1, 0])):
        part = rows("lines").transform_filter(f"datum.role === '{role}'").encode(x=x, y=y)
        layers.append(part.mark_line(color=ink, strokeWidth=thick, strokeDash=dash))
        if role == "actual":
            layers.append(part.mark_point(filled=True, size=60, opacity=1, color=ink).encode(tooltip=tips))
        else:
            layers.append(part.mark_point(filled=True, size=60, opacity=0, color=ink).encode(tooltip=tips))
    colour = alt.when("datum.role === 'actual'").then(alt.value(colours.KAVEL)).otherwise(alt.value(colours.NL))
    ends = rows("ends").mark_text(dy=alt.ExprRef("datum.dy"), clip=False, lineHeight=16, **_WORDS)
    layers.append(ends.encode(x=alt.value(alt.ExprRef("width - 84")), y="value:Q", text="name:N", color=colour))
    return _with_signals(alt.layer(*layers).properties(width=480, height=280), years=[])


def others() -> Any:
    """Draw by how much cost was less than expected, of the area and of others in which nothing began.

    Data: ``others`` has year, value, part (one line each); ``lines`` has year, value, name, label; ``ends`` has value,
    name; ``start`` has year, end. Signal: ``years``. Values are percentages of the expected cost.
    """
    x = _years(96)
    y = alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=5)).scale(nice=True)
    grey = rows("others").mark_line(color=colours.NL, opacity=0.2, strokeWidth=1).encode(x=x, y=y, detail="part:N")
    zero = rows("zero").mark_rule(color=colours.INK, strokeWidth=1.2).encode(y=y)
    tips = [
        alt.Tooltip("name:N", title="Wat"),
        alt.Tooltip("label:N", title="Verschil"),
        alt.Tooltip("year:O", title="Jaar"),
    ]
    own = rows("lines").encode(x=x, y=y)
    line = own.mark_line(color=colours.KAVEL, strokeWidth=3)
    dots = own.mark_point(filled=True, size=60, opacity=1, color=colours.KAVEL).encode(tooltip=tips)
    ends = rows("ends").mark_text(color=colours.KAVEL, clip=False, lineHeight=16, **_WORDS)
    name = ends.encode(x=alt.value(alt.ExprRef("width - 84")), y=y, text="name:N")
    said = rows("said").mark_text(align="left", fontSize=13, color=colours.INK_2, dx=6)
    words = said.encode(x=alt.value(12), y=alt.Y("value:Q"), text="text:N")
    drawn = alt.layer(*_since(96), grey, zero, line, dots, name, words)
    return _with_signals(drawn.properties(width=480, height=280), years=[])


def _euro(field: str) -> Any:
    return alt.Color(
        f"{field}:N", legend=None, scale=alt.Scale(domain=[*EURO, "alles"], range=[*EURO.values(), colours.RULE])
    )


def steps() -> Any:
    """Draw one year as steps: what there is to divide, and where it goes.

    Data: ``steps`` has order, name, from, to, label, kind (one of `EURO`, or ``alles``). Signals: ``top``, the end of
    the axis, and ``apart``, by how many pixels every other name stands lower.
    """
    x = alt.X("order:O", title=None, axis=None).scale(paddingInner=0.3, paddingOuter=0.1)
    scale = alt.Scale(domain=[0, alt.ExprRef("top")], nice=False)
    y = alt.Y("from:Q", title=None, axis=None, scale=scale)
    bars = rows("steps").mark_bar().encode(x=x, y=y, y2="to:Q", color=_euro("kind"))
    figures = (
        rows("steps")
        .mark_text(dy=-9, fontSize=14, fontWeight=600, color=colours.INK)
        .encode(x=x, y=alt.Y("to:Q", title=None, axis=None, scale=scale), text="label:N")
    )
    floor = alt.Y("value:Q", title=None, axis=None, scale=scale)
    ground = rows("ground").mark_rule(color=colours.INK, strokeWidth=1.2).encode(y=floor)
    names = rows("steps").mark_text(
        fontSize=13,
        color=colours.INK_2,
        baseline="top",
        lineBreak="\n",
        lineHeight=15,
        clip=False,
        dy=alt.ExprRef("datum.order % 2 * apart"),
    )
    under = names.encode(x=x, y=alt.value(alt.ExprRef("height + 8")), text="name:N")
    return _with_signals(alt.layer(bars, ground, figures, under).properties(width=480, height=240), top=1, apart=0)


def decade() -> Any:
    """Draw every year as a stack: interest, repayment, providers, payers, revolving fund.

    Data: ``parts`` has year, value, kind (one of `EURO`), order, name, label; ``ends`` has value (where a name stands
    beside the last bar) and name. Signals: ``top``, the end of the axis, and ``room``, the pixels for those names.
    """
    axis = alt.Axis(labelAngle=0, grid=False)
    span = alt.Scale(paddingInner=0.25, range=[0, alt.ExprRef("width - room")])
    x = alt.X("year:O", title=None, axis=axis, scale=span)
    scale = alt.Scale(domain=[0, alt.ExprRef("top")], nice=True)
    y = alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=4), stack="zero", scale=scale)
    tips = [
        alt.Tooltip("name:N", title="Wat"),
        alt.Tooltip("label:N", title="Bedrag"),
        alt.Tooltip("year:O", title="Jaar"),
    ]
    bars = rows("parts").mark_bar(stroke="white", strokeWidth=0.7)
    drawn = bars.encode(x=x, y=y, color=_euro("kind"), order="order:Q", tooltip=tips)
    names = rows("ends").mark_text(align="left", fontSize=13, color=colours.INK_2, clip=False)
    beside = names.encode(
        x=alt.value(alt.ExprRef("width - room + 8")), y=alt.Y("value:Q", stack=None, scale=scale), text="name:N"
    )
    return _with_signals(alt.layer(drawn, beside).properties(width=480, height=260), room=4, top=1)
