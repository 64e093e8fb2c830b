"""What today's area is made of in the gemeenten of another year: the answer of `kavelmon.regions.Regions.shares`."""

import datetime as dt
from dataclasses import dataclass

from kavelmon import texts


@dataclass(frozen=True)
class Divided:
    """A gemeente that was split, of which only a part is in an area.

    Attributes
    ----------
    share
        The part of its inhabitants, on the day of the split, that went to the area (between 0 and 1).
    heirs
        Over how many gemeenten it was split.
    """

    code: str
    name: str
    date: dt.date
    share: float
    heirs: int

    @property
    def text(self) -> str:
        """The sentence that a reader sees."""
        return texts.divided(self.name, self.date, self.heirs, self.share)


@dataclass(frozen=True)
class Shares:
    """Today's area in the gemeenten of another year.

    Attributes
    ----------
    weights
        By gemeente of then, the share of its inhabitants that is in the area now: above 0, exactly 1.0 for a whole
        one. Kept and handed out again; not to be changed.
    divided
        The splits that made a share smaller than 1, newest first.
    """

    weights: dict[str, float]
    divided: tuple[Divided, ...]
