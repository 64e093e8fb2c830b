"""What of a document may be passed on: figures whose terms do not allow that are taken out, and named."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from kavelmon import declarations, licences, local, paths, texts
from kavelmon.analysis.compare import picked
from kavelmon.dashboard import standouts
from kavelmon.dashboard.findings import firm_up


def refused(core: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the sources of a document that may not be passed on: unknown licence, or under an agreement."""
    return {i: one for i, one in core["sources"].items() if not licences.may_be_published(one["licence"])}


def kept_back() -> list[str]:
    """Return what the user's own store holds of a region's own that goes into no file to pass on, with its terms."""
    found = [
        f"{one.source.publisher}, {one.source.title} ({one.source.id}): {one.source.licence}"
        for one in declarations.kept(paths.version_of(paths.user_store())).values()
        if not licences.may_be_published(one.source.licence)
    ]
    apart = withheld(local.interventions().to_dict("records"))
    counts = Counter((one["source"], one["licence"]) for one in apart)
    return found + [
        f"{n} interventions and provisions of {name}: {terms}" for (name, terms), n in sorted(counts.items())
    ]


def withheld(sites: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return which interventions and provisions may not be passed on, by the licence of each."""
    return [one for one in sites if not licences.may_be_published(one["licence"])]


def shareable(core: dict[str, Any], units: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the parts of a document without anything of the sources that may not be passed on.

    An indicator that keeps no edition disappears; what was counted, chosen or said over all editions is counted, chosen
    and said anew, and lists, shapes and sentences that nothing refers to any more go too. The given parts stay as they
    are.

    Parameters
    ----------
    core, units
        The two parts, as `kavelmon.dashboard.document` makes them and JSON gives them back.
    """
    left = refused(core)
    items: list[dict[str, Any]] = []
    inside: list[list[dict[str, Any]]] = []
    beside: list[list[dict[str, Any]]] = []  # peers and funnels: they name no sentence and no list of the area
    for item, levels, others in zip(core["items"], units["items"], units["beside"], strict=True):
        kept = [k for k, e in enumerate(item["editions"]) if e["source"] not in left]
        if not kept:
            continue
        editions = [item["editions"][k] for k in kept]
        items.append({**item, "editions": editions})
        inside.append([levels[k] for k in kept])
        beside.append([others[k] for k in kept if others])
        if len(kept) < len(item["editions"]):
            items[-1]["pick"] = {year: list(pair) for year, pair in picked(_rows(editions)).items()}
    sentences = list(core["said"])
    if left:
        firm_up(items)
    _correct(items, left, sentences)
    said, lists = _Kept(sentences), _Kept(units["lists"])
    for _ in range(2):  # the first time what is used is noted, the second time it gets its new number
        new_items = [{**i, "editions": [_edition(e, said.number) for e in i["editions"]]} for i in items]
        new_inside = [[_levels(e, said.number, lists.number) for e in editions] for editions in inside]
        said.close()
        lists.close()
    items, inside = new_items, new_inside
    apart = {one["id"] for one in withheld(units["sites"])}
    sites = [one for one in units["sites"] if one["id"] not in apart]
    domains = [{**d, "count": sum(i["domain"] == d["id"] for i in items)} for d in core["domains"]]
    ids = {i["id"] for i in items}
    first = {
        **core,
        "area": {**core["area"], "wijken": _wijken(lists.all) if left else core["area"]["wijken"]},
        "kernset": [k for k in core["kernset"] if k in ids],
        "domains": domains,
        "sources": {k: v for k, v in core["sources"].items() if k not in left},
        "items": items,
        "standouts": standouts.of(items, core["sources"]) if left else core["standouts"],
        "said": said.all,
        "events": [mark for mark in core["events"] if mark.get("of") not in apart],
    }
    geo = _shapes(units["geo"], lists.all)
    return first, {**units, "lists": lists.all, "geo": geo, "items": inside, "beside": beside, "sites": sites}


def _rows(editions: list[dict[str, Any]]) -> list[tuple[int, int, str, bool, bool]]:
    return [
        (number, n, period, edition["value"][n] is not None, edition["lower"][n] is not None)
        for number, edition in enumerate(editions)
        for n, period in enumerate(edition["periods"])
    ]


def _correct(items: list[dict[str, Any]], left: dict[str, dict[str, Any]], sentences: list[str]) -> None:
    """Let no figure name an edition that was taken out as the newer one, "hier te kiezen"."""
    named = [f"{one['publisher']} {one['table']}".strip() + " (" for one in left.values()]
    wrong = {n for n, text in enumerate(sentences) if any(name in text for name in named)}
    for item in items:
        for k, edition in enumerate(item["editions"]):
            if not wrong.intersection(edition["older"]):
                continue
            older = list(edition["older"])
            for at, period in enumerate(edition["periods"]):
                if older[at] in wrong:
                    older[at] = len(sentences)
                    sentences.append(texts.older(period, ""))
            item["editions"][k] = {**edition, "older": older}


class _Kept:
    """Things that are referred to by number: first it notes which are, then it gives them new numbers, in order."""

    def __init__(self, known: list[Any]) -> None:
        self.all: list[Any] = []
        self._known = known
        self._used: set[int] = set()
        self._number: dict[int, int] | None = None

    def number(self, old: Any) -> Any:
        """Return the new number of what had an old one, or the old one as long as it is only noted."""
        if old is None:
            return None
        if self._number is not None:
            return self._number[old]
        self._used.add(old)
        return old

    def close(self) -> None:
        """Give the new numbers."""
        if self._number is None:
            self._number = {old: new for new, old in enumerate(sorted(self._used))}
            self.all = [self._known[old] for old in sorted(self._used)]


Number = Callable[[Any], Any]


def _edition(edition: dict[str, Any], said: Number) -> dict[str, Any]:
    return {
        **edition,
        "nlSaid": [[said(n) for n in one] for one in edition["nlSaid"]],
        "people": [said(n) for n in edition["people"]],
        "said": [[said(n) for n in one] for one in edition["said"]],
        "older": [said(n) for n in edition["older"]],
        "since": said(edition["since"]),
        "trend": said(edition["trend"]),
        "sample": [said(n) for n in edition["sample"]],
        "aged": [said(n) for n in edition["aged"]],
        "unequal": [[said(n) for n in one] for one in edition["unequal"]],
        "breaks": [[year, said(n)] for year, n in edition["breaks"]],
        "origin": {name: said(n) for name, n in edition["origin"].items()},
    }


def _levels(levels: dict[str, Any], said: Number, lists: Number) -> dict[str, Any]:
    return {
        level: {**one, "periods": [_part(part, said, lists) if part else None for part in one["periods"]]}
        for level, one in levels.items()
    }


def _part(part: dict[str, Any], said: Number, lists: Number) -> dict[str, Any]:
    out = {**part, "list": lists(part["list"])}
    if "classes" in part:
        out["classes"] = [said(n) for n in part["classes"]]
    if "away" in part:
        out["away"] = said(part["away"])
    out["said"] = {str(said(int(n))): found for n, found in part["said"].items()}
    return out


def _wijken(lists: list[dict[str, Any]]) -> list[int]:
    found = [(one["year"], len(one["codes"])) for one in lists if one["level"] == "WK"]
    return [max(found)[1], max(found)[0]] if found else []


def _shapes(geo: dict[str, Any], lists: list[dict[str, Any]]) -> dict[str, Any]:
    drawn = {one["layer"] for one in lists}
    drawn |= {f"GM-{name[3:]}" for name in drawn if name.startswith("WK-")}  # the borders over the wijken
    return {**geo, "layers": {name: one for name, one in geo["layers"].items() if name in drawn}}
