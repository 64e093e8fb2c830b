"""Columns on the disk: written part by part as a table is read, and read back one at a time."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


class Spool:
    """Columns of a table of any length; what is held in memory is one part, and a column that was asked to be kept.

    They lie in a file without a name, so that nothing of it is left, however the process ends. Every part has the
    columns of the first one.
    """

    def __init__(self) -> None:
        self._writer: pq.ParquetWriter | None = None
        self._reader: pq.ParquetFile | None = None
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="kavelmon-")  # noqa: SIM115
        self._kept: tuple[str, np.ndarray] = ("", np.empty(0))

    def __del__(self) -> None:
        with contextlib.suppress(OSError, AttributeError):  # a disk that is full, or no folder, said so already
            if self._writer is not None:
                self._writer.close()
            self._file.close()

    def add(self, part: Mapping[str, np.ndarray]) -> None:
        """Put a part below what is there.

        Raises
        ------
        OSError
            There is no room for it; the folder is named (``TMPDIR`` names another one).
        """
        table = pa.table({name: pa.array(column) for name, column in part.items()})
        with _named():
            if self._writer is None:
                self._writer = pq.ParquetWriter(self._file, table.schema, compression="lz4", write_statistics=False)
            self._writer.write_table(table, row_group_size=max(len(table), 1))
            self._file.flush()

    def column(self, name: str, *, keep: bool = False) -> np.ndarray:
        """Return one column of all parts, and keep it for the next question or not; after that no part can be added."""
        if self._reader is None:
            assert self._writer is not None
            with _named():
                self._writer.close()
                self._file.flush()
            self._reader = pq.ParquetFile(self._file)
        kept, column = self._kept
        if kept != name:
            column = self._reader.read([name], use_threads=False).column(0).to_numpy()
        self._kept = (name, column) if keep else ("", np.empty(0))
        return column


@contextlib.contextmanager
def _named() -> Iterator[None]:
    """Say in which folder there was no room: the file has no name."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), tempfile.gettempdir()) from None
