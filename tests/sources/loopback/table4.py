"""One table of OData v4: rows that are single observations."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Table4:
    """A table with its code lists; `observations` are as on the wire."""

    id: str
    info: dict
    dimensions: list[dict]
    measures: list[dict]
    codes: dict[str, list[dict]]
    groups: dict[str, list[dict]]
    observations: list[dict]
    columns: dict[str, list] = field(default_factory=dict)  # of the observations, for filters

    def copy(self) -> "Table4":
        """Return a table that can be changed without changing this one."""
        measures = [dict(row) for row in self.measures]
        codes = {name: [dict(row) for row in rows] for name, rows in self.codes.items()}
        return Table4(self.id, dict(self.info), self.dimensions, measures, codes, self.groups, list(self.observations))

    def names(self) -> list[str]:
        return [row["Identifier"] for row in self.dimensions]

    def column(self, name: str) -> list:
        if name not in self.columns:
            self.columns[name] = [row[name] for row in self.observations]
        return self.columns[name]

    def set_value(self, where: dict[str, str], name: str, text: str) -> int:
        """Change the values of a measure; ``""`` makes them impossible. Returns how many there were."""
        wanted = {"Measure": name, **where}
        value = (float(text) if "." in text else int(text)) if text else None
        changed = {"ValueAttribute": "None" if text else "Impossible", "Value": value}
        found = [i for i, row in enumerate(self.observations) if all(row[k] == v for k, v in wanted.items())]
        if not found:
            raise KeyError(f"{self.id}: no observation {wanted}")
        for i in found:
            self.observations[i] = {**self.observations[i], **changed}
        self.columns = {}
        return len(found)

    def set_status(self, dimension: str, code: str, status: str | None) -> None:
        """Change what is said of a period: Definitief, Voorlopig, NaderVoorlopig or nothing."""
        next(row for row in self.codes[f"{dimension}Codes"] if row["Identifier"] == code)["Status"] = status

    def drop_rows(self, predicate: Callable[[dict], bool]) -> int:
        """Take out the observations for which `predicate` holds; return how many."""
        before = len(self.observations)
        self.observations = [row for row in self.observations if not predicate(row)]
        self.columns = {}
        return before - len(self.observations)

    def rename_topic(self, name: str, new: str) -> None:
        """Give a measure another identifier."""
        self.observations = [{**r, "Measure": new} if r["Measure"] == name else r for r in self.observations]
        for row in self.measures:
            row["Identifier"] = new if row["Identifier"] == name else row["Identifier"]
        self.columns = {}
