"""What was brought of a source: its tables, files or layers, and the answers that each of them is made of."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from kavelmon.live.archive import Answer

# what is being brought, how many of its rows are there, and how many are expected (0: not known)
Step = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Part:
    """One table, file or layer of a source.

    Attributes
    ----------
    period
        Of a publisher that has a table or file per period; "" elsewhere.
    table
        Its id, address or layer.
    version
        What names its state.
    answers
        By what they are answers to: ``info``, ``properties``, a dimension, ``pages``.
    lacks
        Topics that were asked and that it does not have.
    rows
        How many rows came.
    keys, units
        Keys in the table (more than one: their sum) and unit of each topic that is there.
    """

    period: str
    table: str
    version: str
    answers: dict[str, tuple[Answer, ...]]
    lacks: tuple[str, ...] = ()
    rows: int = 0
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)

    @classmethod
    def none(cls, period: str, table: str, why: str) -> "Part":
        """Return the part of a table that cannot be had."""
        return cls(period, table, "", {}, (f"the table itself ({why})",))

    @classmethod
    def of(cls, known: dict[str, Any]) -> "Part":
        """Return a part from what the archive kept of it."""
        answers = {role: tuple(Answer(**one) for one in found) for role, found in known["answers"].items()}
        keys = {name: tuple(found) for name, found in known["keys"].items()}
        return cls(**{**known, "answers": answers, "lacks": tuple(known["lacks"]), "keys": keys})


@dataclass(frozen=True)
class Brought:
    """All parts of one source."""

    source: str
    parts: tuple[Part, ...]
    at: str = field(default="")

    def content(self) -> dict[str, Any]:
        """Return it as the archive keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, known: dict[str, Any]) -> "Brought":
        """Return what the archive kept."""
        return cls(known["source"], tuple(Part.of(part) for part in known["parts"]), known["at"])

    @property
    def answers(self) -> list[Answer]:
        """Every answer."""
        return [answer for part in self.parts for found in part.answers.values() for answer in found]
