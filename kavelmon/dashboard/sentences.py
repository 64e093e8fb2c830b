"""What documents are written with: figures as they are shown, and sentences that are kept once."""

import pandas as pd

from kavelmon import texts

_WHOLE = 0.995  # coverage that rounds to 100 %


class Sentences:
    """Sentences that many figures share: each is kept once, and named by its number."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._number: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of a sentence."""
        if text not in self._number:
            self._number[text] = len(self.all)
            self.all.append(text)
        return self._number[text]


def rounded(values: pd.Series, decimals: int) -> list[float | int | None]:
    """Return figures as they are shown, None where one is missing."""
    return [None if pd.isna(v) else round(float(v), decimals or None) for v in values]


def numbers(said: Sentences, found: list[str]) -> list[int]:
    """Return the numbers of some sentences."""
    return [said.number(text) for text in found]


def remarks(row: dict) -> list[str]:
    """Return what must be known before reading a figure: why there is none, provisional, approximated, incomplete."""
    # a note says more exactly why there is no figure than the status does
    found = [row["note"] or texts.STATUSES.get(row["status"], "")]
    if pd.notna(row["value"]):
        if row["estimated"]:
            found.append(texts.estimated(row["estimated"]))
        if 0 < row["coverage"] < _WHOLE:
            found.append(texts.covered(row["coverage"]))
    return [text for text in found if text]
