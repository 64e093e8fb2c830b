"""The numbered map of the start page: where each area lies, with labels that lie over nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString, Point, box

from kavelmon import colours, silhouettes, texts
from kavelmon.model import Area, KavelmonError

_MAP_SIZE = (400, 480)
# Labels keep their size while the map grows and shrinks; what does not collide at its narrowest does so nowhere.
_NARROWEST = 270
_BADGE, _GAP, _LETTER = 13, 5, 7.8  # radius, distance to the name, width of a letter


@dataclass(frozen=True)
class Label:
    """A number on the map, with the place that its line goes to and its name on one side; ``""`` when it has no room.

    Places are in the units in which the map is `_NARROWEST` wide.
    """

    number: int
    title: str
    spot: tuple[float, float]
    badge: tuple[float, float]
    side: str  # left, right or ""

    @property
    def box(self) -> shapely.Polygon:
        """The room that it takes."""
        x, y = self.badge
        name = _GAP + _LETTER * len(self.title)
        west = x - _BADGE - (name if self.side == "left" else 0)
        east = x + _BADGE + (name if self.side == "right" else 0)
        return box(west, y - _BADGE, east, y + _BADGE)

    @property
    def line(self) -> LineString:
        """The line from number to place."""
        return LineString([self.badge, self.spot])


def labels(
    areas: Sequence[tuple[str, shapely.Geometry, tuple[float, float]]],
    land: shapely.Geometry,
    size: tuple[float, float],
) -> list[Label]:
    """Find a place for a number and name near each area: inside the picture, and over no label, line or area.

    Parameters
    ----------
    areas
        Title, shape, and the point inside it that the line goes to.
    land
        What is better left free, but may be written on.
    size
        Width and height of the picture.
    """
    shapes = shapely.union_all([shape for _, shape, _ in areas]).simplify(1).buffer(3)
    land = shapely.MultiPolygon([part.simplify(2) for part in shapely.get_parts(land) if part.area > 50])
    for shape in (shapes, land):
        shapely.prepare(shape)
    given = range(len(areas))
    downward = sorted(given, key=lambda at: areas[at][2][1])
    # who comes first takes the best place; no order is the best one for every map
    tries = [_placed(order, areas, shapes, land, size) for order in (given, given[::-1], downward, downward[::-1])]
    return min(tries, key=lambda tried: tried[0])[1]


def _placed(
    order: Iterable[int],
    areas: Sequence[tuple[str, shapely.Geometry, tuple[float, float]]],
    shapes: shapely.Geometry,
    land: shapely.Geometry,
    size: tuple[float, float],
) -> tuple[float, list[Label]]:
    """Place the labels one after the other; return what that costs, and the labels by number."""
    width, height = size
    spots = [Point(spot).buffer(5) for *_, spot in areas]
    placed: list[Label] = []
    total = 0.0
    for at in order:
        title, _, spot = areas[at]
        best, cost = Label(at + 1, title, spot, spot, ""), 400.0
        others = shapely.union_all([s for other, s in enumerate(spots) if other != at])
        taken = shapely.union_all([others, *(label.box.buffer(4) for label in placed), *(p.line for p in placed)])
        shapely.prepare(taken)
        for reach, candidate in _candidates(at + 1, title, spot):
            if reach >= cost:  # none that is further away costs less
                break
            room = candidate.box
            west, north, east, south = room.bounds
            if west < 0 or north < 0 or east > width or south > height:
                continue
            if shapes.intersects(room) or taken.intersects(room) or taken.intersects(candidate.line):
                continue
            price = reach + (40 if land.intersects(room) else 0) + (0 if candidate.side else 200)
            if price < cost:
                best, cost = candidate, price
        placed.append(best)
        total += cost
    return total, sorted(placed, key=lambda label: label.number)


def _candidates(number: int, title: str, spot: tuple[float, float]) -> Iterator[tuple[int, Label]]:
    """Give the places to try, the nearest first: in all directions, with the name away from the area or left out."""
    ring = shapely.get_coordinates(Point(0, 0).buffer(1, quad_segs=6))[:-1]
    for reach in range(28, 168, 10):
        for x, y in ring:
            badge = (spot[0] + reach * x, spot[1] + reach * y)
            sides = ("left", "right") if abs(x) < 0.5 else ("left",) if x < 0 else ("right",)
            yield from ((reach, Label(number, title, spot, badge, side)) for side in (*sides, ""))


def numbered_map(areas: Sequence[Area]) -> str:
    """Return the map of the country with the areas of the cards and their numbers; empty without their shapes."""
    try:
        frame, country = silhouettes.national(*_MAP_SIZE), silhouettes.country(*_MAP_SIZE)
        drawn = [(area, frame.put(silhouettes.dissolved(area.codes))) for area in areas]
    except KavelmonError:
        return ""
    scale = frame.width / _NARROWEST
    fills, spots = {}, []
    for area, shape in drawn:
        within = [s for other, s in drawn if other is not area and s.area < shape.area and s.intersects(shape)]
        holds = any(s.intersection(shape).area > s.area / 2 for s in within)
        fills[area.id] = colours.KAVEL if area.kind == "kavel" else colours.MAP[2] if holds else colours.MEMBERS
        spots.append(silhouettes.inside(shape, shapely.union_all(within) if within else None))
    named = [
        (area.title, shapely.transform(shape, lambda at: at / scale), (spot.x / scale, spot.y / scale))
        for (area, shape), spot in zip(drawn, spots, strict=True)
    ]
    land = shapely.transform(frame.put(silhouettes.land()), lambda at: at / scale)
    found = labels(named, land, (_NARROWEST, frame.height / scale))
    largest_first = sorted(drawn, key=lambda pair: -pair[1].area)
    shapes = "".join(
        f'<path fill="{fills[a.id]}" stroke="white" d="{silhouettes.path(s, smallest=1)}"/>' for a, s in largest_first
    )
    lines = "".join(
        f'<path d="M{label.badge[0] * scale:.1f} {label.badge[1] * scale:.1f}L{spot.x:.1f} {spot.y:.1f}"/>'
        for label, spot in zip(found, spots, strict=True)
    )
    dots = "".join(f'<circle cx="{s.x:.1f}" cy="{s.y:.1f}" r="2.5" fill="{colours.INK}"/>' for s in spots)
    tags = "".join(
        f'<span class="kavelmon-tag {label.side}" style="left: {100 * label.badge[0] / _NARROWEST:.2f}%; '
        f'top: {100 * label.badge[1] * scale / frame.height:.2f}%"><b class="kavelmon-number">{label.number}</b>'
        + (f"<span>{plain(label.title)}</span>" if label.side else "")
        + "</span>"
        for label in found
    )
    return (
        f'<div class="kavelmon-map" role="img" aria-label="{plain(texts.map_of_areas([a.title for a in areas]))}">'
        f'<svg aria-hidden="true" focusable="false" viewBox="0 0 {frame.width} {frame.height}">'
        f'<path fill="{colours.RANGE}" fill-rule="evenodd" d="{country.border}"/>{shapes}'
        f'<g fill="none" stroke="{colours.INK}">{lines}</g>{dots}</svg>{tags}</div>'
    )


def plain(text: object) -> str:
    """Return text that is neither markup nor template."""
    return texts.escape(text).replace("{", "&#123;")
