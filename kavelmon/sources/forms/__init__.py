"""The forms in which StatLine hands out a table, recognised and brought to one: keys for names, codes for labels.

How sure each form is:

===================  ====================================================================  =============================
form                 what it looks like                                                    seen
===================  ====================================================================  =============================
raw                  first line ``ID;RegioS;...;Rokers_11``, codes padded with blanks,     three real downloads (typed:
                     decimal point, ``       .`` or nothing where there is no figure       bare; untyped: quoted)
raw with labels      the same keys, labels in place of codes (what clients make of it)     two real files
flat                 first line ``"Leeftijd";"Marges";"Regio's";"Group/Rokers (%)"``;      one real download, and the
(CSV met / zonder    labels, decimal comma, ``2024**``; with symbols ``       .`` for      code of several clients that
symbolen)            unknown, without them nothing; no title and no last line              read such files
by table layout      title, two blank lines, one line per breakdown or group in the        two real files without their
(CSV volgens         columns, then the names of the breakdowns in the rows with the units  first lines, and the code of
tabelindeling)       (or Onderwerp, with the units in a column); ``Group|Title``; last     three clients; which corner
                     line ``Bron: CBS``                                                    cell holds a name: inferred
the site until 2018  as by table layout, ``Onderwerpen`` before each line of groups, last  printed in two repositories;
                     line ``© Centraal Bureau voor de Statistiek, Den Haag/Heerlen``       its Windows-1252 is refused
xlsx                 one of these, opened and saved in a spreadsheet                       seven real files (raw)
===================  ====================================================================  =============================

Symbols: nothing = cannot exist on logical grounds; ``.`` = unknown, unreliable or secret; ``*`` provisional, ``**``
revised provisional, behind a period (seen), seldom behind a figure (not seen); ``x`` secret and ``-`` none in older
tables (not seen; a dash is refused); 0 (0,0) = less than half of the unit, a number as any other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from kavelmon.regions import Regions
from kavelmon.source_model import Source
from kavelmon.sources import files
from kavelmon.sources.forms import coded, grid, layout, made

__all__ = ["Recognised", "recognised"]


@dataclass(frozen=True)
class Recognised:
    """A file of a StatLine table, as a raw download with codes would have it.

    Attributes
    ----------
    frame
        One row per region, period and breakdown, without those of regions that no area is built from. Columns as
        `source.read` names them; text, as read, with "." and "" for what has no figure. Of a file in the form that its
        source declares: the frame of `kavelmon.sources.files.table_of`, untouched.
    source
        The source, with the `read` that fits `frame`.
    lines
        The line of each row in the file.
    form
        ``raw``, ``flat`` or ``layout``.
    provisional
        Periods that bear an asterisk in the file, as they are kept ("2024").
    """

    frame: pd.DataFrame
    source: Source
    lines: np.ndarray
    form: str
    provisional: tuple[str, ...] = ()


def recognised(path: Path, source: Source, topics: Iterable[str], regions: Regions) -> Recognised:
    """Read a file of a source, in whichever form it was downloaded.

    Parameters
    ----------
    topics
        Base names of the columns that the catalogue asks for.

    Raises
    ------
    SourceError
        For a file in no form that is known, and for one that lacks what is asked; the message names file, line and
        column, what was found, what is allowed and what to do.
    """
    asked = sorted(set(topics))
    kind, read = path.suffix.lower(), source.read
    if source.kind != "statline" or kind not in (".csv", ".xlsx") or read.periods:
        return _as_declared(files.table_of(path, read), source)
    if kind == ".xlsx":
        frame = files.table_of(path, read)
        raw = coded.has_keys([str(c) for c in frame.columns], read)
    else:
        text = files.text_of(path)
        if not (sign := grid.delimiter(text)):
            return _as_declared(files.table_of(path, read), source)
        if raw := coded.has_keys(grid.header(text, sign), read):
            known = (
                read if sign == read.delimiter or not read.delimiter else read.model_copy(update={"delimiter": sign})
            )
            frame = files.table_of(path, known)
    if raw:
        out, fitting, kept, provisional = coded.declared(frame, source, path, asked, regions)
        return Recognised(out, fitting, np.arange(2, len(kept) + 2)[kept], "raw", provisional)
    found = layout.table(grid.read(path), source, asked, path)
    out, fitting, lines, provisional = made.codes(found, source, asked, path, regions)
    return Recognised(out, fitting, lines, "layout" if found.pivoted else "flat", provisional)


def _as_declared(frame: pd.DataFrame, source: Source) -> Recognised:
    return Recognised(frame, source, np.arange(2, len(frame) + 2), "raw")
