"""What stands out in an area: at most five figures, chosen by a rule."""

import math

from kavelmon import numerals, texts

MOST, PER_DOMAIN = 5, 3
RECENT_YEARS = 6  # before the newest figure of all: an older one is history, not what stands out now
# How many people live somewhere is not a finding, and of the bill it is the whole that stands out or does not.
_LEFT_OUT = ("Bevolking", "Zorgkosten per soort zorg")
_ORDER = {"worse": 0, "better": 1, "higher": 2, "lower": 2}


def of(items: list[dict], sources: dict[str, dict]) -> list[dict]:
    """Choose the figures that a page opens with: relevant, surer than chance, and recent.

    A figure stands out when its margins exclude the Netherlands, the difference is relevant, and it still is more than
    chance when all the comparisons of the page are allowed for (`firm`). Ungunstig first, then gunstig, then what has
    no good side; inside that by the distance to the Netherlands in units of the interquartile range of the gemeenten.
    At most three of one domain and one of one group.

    Parameters
    ----------
    items, sources
        The indicators and the sources of a document, as `kavelmon.dashboard.document` makes them.

    Returns
    -------
    list of dict
        ``item`` (number), ``edition``, ``period`` (numbers), ``text``.
    """
    newest = max((_year(i) for i in items if i["pick"]), default=0)
    ranked = []
    for number, item in enumerate(items):
        if not item["pick"] or item["group"] in _LEFT_OUT or _year(item) < newest - RECENT_YEARS:
            continue
        edition_number, at = item["pick"][""]
        edition = item["editions"][edition_number]
        word = edition["word"][at]
        spread = edition["spread"][at] if edition["spread"] else None
        if word not in _ORDER or not spread or not edition["judged"][at] or not item["firm"].get(""):
            continue
        distance = abs(edition["value"][at] - edition["nl"][at])
        width = spread[2] - spread[1]
        ranked.append((_ORDER[word], -distance / width if width else -math.inf, number, edition_number, at))
    found: list[dict] = []
    domains: dict[str, int] = {}
    groups: set[tuple[str, str]] = set()
    for _, _, number, edition_number, at in sorted(ranked):
        item = items[number]
        group = (item["domain"], item["group"])
        if group in groups or domains.get(item["domain"], 0) == PER_DOMAIN:
            continue
        groups.add(group)
        domains[item["domain"]] = domains.get(item["domain"], 0) + 1
        edition = item["editions"][edition_number]
        text = _text(item, edition, at, sources[edition["source"]]["publisher"])
        found.append({"item": number, "edition": edition_number, "period": at, "text": text})
    return found[:MOST]


def _year(item: dict) -> int:
    edition, at = item["pick"][""]
    return int(item["editions"][edition]["periods"][at][-4:])


def _text(item: dict, edition: dict, at: int, publisher: str) -> str:
    unit = {"€": "euro", "": item["unit"]}.get(item["sign"], item["sign"])
    value, reference = (numerals.with_unit(edition[k][at], unit, item["decimals"]) for k in ("value", "nl"))
    low, high = (numerals.number(edition[k][at], item["decimals"]) for k in ("lower", "upper"))
    up = edition["value"][at] > edition["nl"][at]
    since = _since(edition, at)
    change = "" if since else _change(item, edition, at)
    if edition["status"][at] == "provisional":
        change += f" {texts.STATUSES['provisional']}"
    figures = texts.against(value, f"{low}–{high}", reference)
    return texts.stands_out(item["title"], up, figures, publisher, edition["periods"][at], since + change)


def _since(edition: dict, at: int) -> str:
    """Say since when the figure is on this side of the Netherlands: the years just before it, not over a break."""
    after = max((year for year, _ in edition["breaks"] if year <= int(edition["periods"][at][-4:])), default=0)
    first = at
    for n in range(at - 1, -1, -1):
        if int(edition["periods"][n][-4:]) < after or edition["value"][n] is None:
            break
        if edition["word"][n] != edition["word"][at] or not edition["judged"][n]:
            break
        first = n
    return texts.already_since(edition["periods"][first]) if first < at else ""


def _change(item: dict, edition: dict, at: int) -> str:
    """Say the change since the first comparable year; only for percentages, and never across a break."""
    after = max((year for year, _ in edition["breaks"] if year <= int(edition["periods"][at][-4:])), default=0)
    known = [
        n
        for n in range(at)
        if int(edition["periods"][n][-4:]) >= after and edition["value"][n] is not None and edition["nl"][n] is not None
    ]
    if item["sign"] != "%" or not known:
        return ""
    first = known[0]
    here, there = (
        numerals.number(edition[k][at] - edition[k][first], item["decimals"], sign=True) for k in ("value", "nl")
    )
    return texts.changed(edition["periods"][first], here, there)
