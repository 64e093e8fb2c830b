"""Titles of StatLine and the keys that the catalogue knows them by.

The key of a topic is its title in CamelCase, signs and accents left out, with ``k_`` before a digit, and with its place
behind it (``k_65JaarOfOuder_12``). All 239 keys whose titles were seen too (84799NED, 86165NED) follow that rule; RIVM
shortens some by hand. A title stands in an export with the titles of its groups before it, and in the flat forms with
its unit between brackets behind it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kavelmon.declarations import near
from kavelmon.model import SourceError
from kavelmon.source_model import Source

PLACE = re.compile(r"_\d+$")
_CUT = 30  # a key as long as this may be the beginning of a longer title
_UNIT = re.compile(
    r"%.*|procent.*|aantal.*|x \d.*|1 ?000 .*|(?:.* )?per .*|.*euro.*|km.*|m[²³23]?|ha|(?:uur|uren|ja(?:ar|ren))\b.*|"
    r"getal|score|index.*|naam|code|omschrijving",
    re.IGNORECASE,
)
_TEXT_UNITS = ("naam", "code", "omschrijving")


def key_of(title: str) -> str:
    """Return the key of a title, without its place.

    Examples
    --------
    >>> key_of("Ervaren gezondheid (goed/zeer goed)"), key_of("65 jaar of ouder"), key_of("Regio's")
    ('ErvarenGezondheidGoedZeerGoed', 'k_65JaarOfOuder', 'RegioS')
    """
    text = unicodedata.normalize("NFKD", title.replace("’", "'")).encode("ascii", "ignore").decode()
    key = "".join(word[0].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", text))
    return f"k_{key}" if key[:1].isdigit() else key


def split(title: str) -> list[str]:
    """Split a path of titles at its ``/`` and ``|``, not at those between brackets.

    Examples
    --------
    >>> split("Ervaren gezondheid (goed/zeer goed)"), split("Alcoholgebruik|Overmatige drinkers")
    (['Ervaren gezondheid (goed/zeer goed)'], ['Alcoholgebruik', 'Overmatige drinkers'])
    """
    parts, depth = [""], 0
    for sign in title:
        depth += (sign == "(") - (sign == ")")
        if sign in "/|" and depth <= 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [p.strip() for p in parts if p.strip()]


@dataclass(frozen=True)
class Topic:
    """A column of figures: its place in the table, its name in the file, its title with its groups, its unit."""

    column: int
    name: str
    path: str
    unit: str = ""

    @classmethod
    def flat(cls, column: int, name: str) -> "Topic":
        """Read the name of a column of a flat form: ``Group/Title (unit)``, or a key."""
        match = re.fullmatch(r"(.+?)\s*\(([^()]*)\)", name)
        if match and _UNIT.fullmatch(match[2].strip()):
            return cls(column, name, match[1], match[2].strip())
        return cls(column, name, PLACE.sub("", name) if re.fullmatch(r"\w+", name) else name)

    @property
    def textual(self) -> bool:
        """Whether it holds text (a name, a code), not figures."""
        return self.unit.lower() in _TEXT_UNITS or (self.path != self.name and not self.unit)

    def called(self, wanted: str, *, cut: bool = False) -> bool:
        """Tell whether this is the topic that is called `wanted`: a key, after as many groups as are given."""
        *groups, last = split(wanted)
        parts = split(self.path)
        for i in range(len(parts)):
            key = _key("/".join(parts[i:]))  # a title may have a / of its own: "lopen en/of fietsen"
            same = key.startswith(last) and len(last) >= _CUT if cut else key.lower() == _key(last).lower()
            if (same or (not cut and self.path == last)) and _in_order([key_of(g) for g in groups], parts[:i]):
                return True
        return False


def _key(text: str) -> str:
    return text if re.match(r"k_\d", text) else key_of(text)


def _in_order(groups: Sequence[str], parts: Sequence[str]) -> bool:
    rest = iter([key_of(p) for p in parts])
    return all(any(group == part for part in rest) for group in groups)


def names_of(source: Source, topic: str) -> list[str]:
    """Return the names by which a topic may stand in a table, the surest first."""
    mapped = source.read.columns.get(topic)
    asked = source.fetch.topics.get(topic, ()) if source.fetch else ()
    names = [mapped, *([asked] if isinstance(asked, str) else asked), topic]
    # a name with its place is that of one edition of a raw table, and a sum of topics is no topic
    return list(dict.fromkeys(n for n in names if n and not PLACE.search(n) and " + " not in n))


def found(
    source: Source, asked: Iterable[str], topics: Sequence[Topic], path: Path, line: int
) -> dict[str, list[Topic]]:
    """Return the columns of each topic that is asked: one, or in a layout with more headers one per combination.

    Raises
    ------
    SourceError
        When titles fit none of the asked topics, or one topic two titles.
    """
    out: dict[str, list[Topic]] = {}
    absent = []
    for name in asked:
        for cut in (False, True):
            for wanted in names_of(source, name):
                if hits := [t for t in topics if t.called(wanted, cut=cut)]:
                    out.setdefault(name, hits)
                    break
        paths = list(dict.fromkeys(t.path for t in out.get(name, [])))
        if len(paths) > 1:
            raise SourceError(
                f'{path.name}, line {line}: "{paths[0]}" and "{paths[1]}" are both called {name}; leave one of the two '
                f'out when exporting, or say which in [read.columns] of sources/{source.id}.toml: {name} = "its title"'
            )
        if not paths:
            absent.append(name)
    if absent:
        titles = {key_of(split(t.path)[-1]): t.path for t in topics if split(t.path)}
        more = f" (nor {len(absent) - 1} others: {', '.join(absent[1:4])})" if absent[1:] else ""
        raise SourceError(
            f"{path.name}, line {line}: no topic that is called {absent[0]}{more}; found {len(titles)} titles, "
            f"nearest: {_nearest(absent[0], titles)}; choose the topics when exporting, or say which "
            f'title it is in [read.columns] of sources/{source.id}.toml: {absent[0]} = "its title"'
        )
    return out


def _nearest(name: str, titles: dict[str, str]) -> str:
    """Return the titles whose keys are nearest to a name."""
    return ", ".join(f'"{titles.get(key, key)}"' for key in near(name, titles).split(", "))
