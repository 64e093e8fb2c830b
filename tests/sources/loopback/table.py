"""One StatLine table of OData v3, as the service holds it, and what a publisher may do to it."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

MISSING, BLANK = "       .", ""  # of the UntypedDataSet: not known, and impossible
WIDTH = 8
INFO = (  # noqa: SIM905
    "ID Title ShortTitle Identifier Summary Modified MetaDataModified ReasonDelivery ExplanatoryText OutputStatus "
    "Source Language Catalog Frequency Period ShortDescription Description DefaultPresentation DefaultSelection "
    "GraphTypes SearchPriority"
).split()
PROPERTY = (  # noqa: SIM905
    "odata.type ID Position ParentID Type Key Title Description ReleasePolicy MapYear Datatype Unit Decimals Default "
    "PresentationType"
).split()


def base_of(key: str) -> str:
    """Return the name of a topic without its number: ``Roker_11`` is ``Roker``."""
    return re.sub(r"_\d+$", "", key)


def right(text: str) -> str:
    """Put the text of a number where the UntypedDataSet has it."""
    return text.rjust(WIDTH)


def typed(text: str, datatype: str) -> str | int | float | None:
    """Return the value in the TypedDataSet of what the UntypedDataSet writes as `text`."""
    if datatype == "String":
        return text
    bare = text.strip()
    if bare in ("", "."):
        return None
    return int(bare) if datatype in ("Long", "Integer") else float(bare)


@dataclass
class Table:
    """Rows as columns of text; `columns` holds the dimensions (padded keys) first, then the topics."""

    id: str
    host: str
    info: dict
    properties: list[dict]
    dimensions: dict[str, list[dict]]
    columns: dict[str, list[str]]
    groups: list[dict] = field(default_factory=list)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def copy(self) -> "Table":
        """Return a table that can be changed without changing this one."""
        return Table(
            self.id,
            self.host,
            dict(self.info),
            [dict(row) for row in self.properties],
            {name: [dict(row) for row in rows] for name, rows in self.dimensions.items()},
            dict(self.columns),  # the lists are replaced, never changed
            list(self.groups),
        )

    def topics(self) -> dict[str, dict]:
        """Return the rows of DataProperties that are topics, by key."""
        return {row["Key"]: row for row in self.properties if row["Type"] == "Topic"}

    def datatype(self, key: str) -> str:
        topic = self.topics().get(key)
        return topic["Datatype"] if topic else "String"

    def key_of(self, name: str) -> str:
        """Return the key of a topic, from itself or from its base name when that is unique."""
        keys = list(self.topics())
        found = [name] if name in keys else [key for key in keys if base_of(key) == name]
        if len(found) != 1:
            raise KeyError(f"{self.id}: {name!r} is {'no topic' if not found else 'one of ' + ', '.join(found)}")
        return found[0]

    def rows(self, names: Sequence[str], chosen: Sequence[int], *, as_typed: bool) -> Iterable[str]:
        """Return the JSON of each chosen row, with the columns of `names` (``ID`` among them)."""
        types = {key: topic["Datatype"] for key, topic in self.topics().items()}
        parts = []
        for name in names:
            if name == "ID":
                parts.append([f'"ID":{number}' for number in chosen])
                continue
            known = _Cells(name, types.get(name, "String") if as_typed else "String")
            column = self.columns[name]
            cells = column[chosen.start : chosen.stop] if isinstance(chosen, range) else [column[i] for i in chosen]
            parts.append([known[cell] for cell in cells])
        return ("{" + ",".join(cells) + "}" for cells in zip(*parts, strict=True))

    # What a publisher may do

    def set_value(self, where: dict[str, str], name: str, text: str) -> int:
        """Change the cells of one topic in the rows with the (unpadded) keys `where`; return how many."""
        key = self.key_of(name)
        wanted = [i for i, row in enumerate(self._keys()) if all(row[d] == code for d, code in where.items())]
        if not wanted:
            raise KeyError(f"{self.id}: no row {where}")
        column = list(self.columns[key])
        for i in wanted:
            column[i] = text if self.datatype(key) == "String" else right(text)
        self.columns[key] = column
        return len(wanted)

    def set_status(self, dimension: str, code: str, status: str | None) -> None:
        """Change what is said of a period: Definitief, Voorlopig, NaderVoorlopig or nothing."""
        next(row for row in self.dimensions[dimension] if row["Key"].strip() == code)["Status"] = status

    def drop_rows(self, predicate: Callable[[dict[str, str]], bool]) -> int:
        """Take out the rows for which `predicate` (of the unpadded keys of the dimensions) holds; return how many."""
        stay = [i for i, row in enumerate(self._keys()) if not predicate(row)]
        dropped = len(self) - len(stay)
        self.columns = {name: [column[i] for i in stay] for name, column in self.columns.items()}
        return dropped

    def add_rows(self, predicate: Callable[[dict[str, str]], bool], **codes: str) -> int:
        """Repeat rows with other keys, such as those of a new period; return how many."""
        like = [i for i, row in enumerate(self._keys()) if predicate(row)]
        for dimension, code in codes.items():
            width = len(self.dimensions[dimension][0]["Key"])
            if all(row["Key"].strip() != code for row in self.dimensions[dimension]):
                last = self.dimensions[dimension][-1]
                self.dimensions[dimension].append({**last, "Key": code.ljust(width), "Title": code})
        for name, column in self.columns.items():
            width = len(column[0])
            more = [codes[name].ljust(width)] * len(like) if name in codes else [column[i] for i in like]
            self.columns[name] = column + more
        return len(like)

    def rename_topic(self, name: str, new: str) -> None:
        """Give a topic another base name and title; its number stays."""
        key = self.key_of(name)
        self._rekey({key: new + key[len(base_of(key)) :]})
        self.topics()[new + key[len(base_of(key)) :]]["Title"] = new

    def shift_suffixes(self, by: int = 1, start: int = 1) -> None:
        """Renumber the topics from number `start` on, as when columns were put in before them."""
        changed = {}
        for key, topic in self.topics().items():
            number = int(key.rsplit("_", 1)[1])
            if number >= start:
                changed[key] = f"{base_of(key)}_{number + by}"
                topic["Position"] += by
        self._rekey(changed)

    def remove_topic(self, name: str) -> None:
        """Take out a topic; the numbers of the others stay."""
        key = self.key_of(name)
        self.properties = [row for row in self.properties if row["Key"] != key]
        del self.columns[key]

    def add_topic(self, base: str, texts: str | list[str] = ".", *, at: int = 0, **properties: object) -> str:
        """Put in a topic of numbers at number `at` (0: the last), with one text for all rows or one for each.

        Topics behind it are renumbered. It stands in the group of the topic that it follows. Returns its key.
        """
        numbers = {int(key.rsplit("_", 1)[1]): key for key in self.topics()}
        at = at or max(numbers) + 1
        self.shift_suffixes(1, at)
        before = numbers[max(n for n in numbers if n < at)] if min(numbers) < at else ""
        like = self.topics()[before] if before else next(iter(self.topics().values()))
        key = f"{base}_{at}"
        row = {
            **like,
            "ID": max(p["ID"] for p in self.properties) + 1,
            **{"Key": key, "Title": base, "Description": "", "Datatype": "Double", "Decimals": 1, "Position": at},
            **properties,
        }
        self.properties.insert(self.properties.index(like) + (1 if before else 0), row)
        cells = [right(texts)] * len(self) if isinstance(texts, str) else [right(text) for text in texts]
        columns = {}
        for name, column in self.columns.items():
            if not before and name == like["Key"]:
                columns[key] = cells
            columns[name] = column
            if name == before:
                columns[key] = cells
        self.columns = columns
        return key

    def _rekey(self, new: dict[str, str]) -> None:
        for row in self.properties:
            row["Key"] = new.get(row["Key"], row["Key"])
        self.columns = {new.get(name, name): column for name, column in self.columns.items()}

    def _keys(self) -> list[dict[str, str]]:
        names = list(self.dimensions)
        columns = [[code.strip() for code in self.columns[name]] for name in names]
        return [dict(zip(names, codes, strict=True)) for codes in zip(*columns, strict=True)]


class _Cells(dict):
    """The JSON of cells by their text; a column holds few different ones."""

    def __init__(self, name: str, datatype: str) -> None:
        super().__init__()
        self._name, self._datatype = json.dumps(name), datatype

    def __missing__(self, text: str) -> str:
        value = json.dumps(typed(text, self._datatype), ensure_ascii=False)
        self[text] = cell = f"{self._name}:{value}"
        return cell
