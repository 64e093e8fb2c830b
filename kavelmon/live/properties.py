"""What a table of StatLine (OData v3) says of itself: its topics with their groups, and its dimensions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kavelmon.declarations import near
from kavelmon.live.wire import FetchError

Row = dict[str, object]
_DIMENSIONS = ("Dimension", "TimeDimension", "GeoDimension", "GeoDetail")


@dataclass(frozen=True)
class Topic:
    """One column of figures.

    Attributes
    ----------
    key
        Of the column, with the number of its place, that moves whenever a column is put in before it.
    base
        The key without that number.
    groups
        Titles of the groups it lies in, the outermost first.
    """

    key: str
    base: str
    groups: tuple[str, ...]
    unit: str


@dataclass(frozen=True)
class Properties:
    """Topics and dimensions of one table."""

    table: str
    topics: tuple[Topic, ...]
    dimensions: dict[str, str]  # key: type

    @classmethod
    def of(cls, table: str, rows: Iterable[Row]) -> "Properties":
        """Read the rows of DataProperties."""
        rows = list(rows)
        groups = {row.get("ID"): row for row in rows if row.get("Type") == "TopicGroup"}

        def path(row: Row) -> tuple[str, ...]:
            titles: list[str] = []
            parent = groups.get(row.get("ParentID"))
            while parent is not None and len(titles) <= len(groups):
                titles.insert(0, str(parent.get("Title") or "").strip())
                parent = groups.get(parent.get("ParentID"))
            return tuple(titles)

        topics = [
            Topic(str(row["Key"]), base_of(str(row["Key"])), path(row), str(row.get("Unit") or ""))
            for row in rows
            if row.get("Type") == "Topic" and row.get("Key")
        ]
        dimensions = {str(row["Key"]): str(row["Type"]) for row in rows if row.get("Type") in _DIMENSIONS}
        if not topics or not dimensions:
            raise FetchError(
                f"{table}: its DataProperties name no topics or no dimensions; look at the table", "unexpected"
            )
        return cls(table, tuple(topics), dimensions)

    def resolve(self, name: str, declared: str | tuple[str, ...] | None) -> tuple[Topic, ...]:
        """Return the topic that the catalogue calls `name`, by its base name and groups, never by its number.

        Parameters
        ----------
        declared
            What ``fetch.topics`` says of it: one or more names, with groups before them; the first that is there.

        Returns
        -------
        tuple
            More than one topic when it is declared as their sum, none when the table does not have it.

        Raises
        ------
        FetchError
            More than one topic fits a name.
        """
        wanted = (name,) if declared is None else (declared,) if isinstance(declared, str) else declared
        for one in wanted:
            parts = [self._one(name, part.strip()) for part in one.split(" + ")]
            found = tuple(topic for topic in parts if topic)
            if len(found) == len(parts):
                return found
        return ()

    def _one(self, name: str, wanted: str) -> Topic | None:
        groups, _, base = wanted.rpartition("/")
        fits = [t for t in self.topics if t.base == base and (not groups or _within(groups, t.groups))]
        if len(fits) > 1:
            where = "; ".join(f'"{" / ".join(t.groups)}" ({t.key})' for t in fits[:4])
            raise FetchError(
                f'{self.table}: "{name}" stands there {len(fits)} times: {where}; tell in [fetch.topics] of the '
                f'source which one, as "title of its group/{base}"',
                "unexpected",
            )
        return fits[0] if fits else None

    def nearest(self, name: str) -> str:
        """Return the names of topics that look like `name`."""
        return near(name, sorted({t.base for t in self.topics}))


def base_of(key: str) -> str:
    """Return the key of a topic without the number of its place."""
    return re.sub(r"_\d+$", "", key)


def _within(wanted: str, groups: tuple[str, ...]) -> bool:
    """Tell whether titles of groups, joined by "/", lie among the groups of a topic, in that order."""
    return f"/{wanted}/" in f"/{'/'.join(groups)}/"
