import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kavelmon import store


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real exports beside the checkout; without it a test is skipped, except in CI."""
    folder = Path(os.environ.get("KAVELMON_DATA") or Path(__file__).parents[2] / "shared" / "data")
    if not folder.is_dir():
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop("needs ../shared/data")
    return folder


@pytest.fixture(scope="module")
def keep_cells(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Put cells of Vektis before the bundled store, as they are in a user's own after `kavelmon build`."""
    held = store.stores()
    with pytest.MonkeyPatch.context() as patch:

        def keep(cells: pd.DataFrame) -> None:
            folder = tmp_path_factory.mktemp("own")
            pq.write_table(pa.Table.from_pandas(cells, preserve_index=False), folder / store.CELLS)
            (folder / "datapackage.json").write_text(json.dumps({"sources": []}))
            patch.setattr(store, "stores", lambda: [store.Store(folder), *held])

        yield keep


def pytest_terminal_summary(terminalreporter) -> None:
    """Print what tests counted: faults tried, updates killed."""
    counted: dict[str, int] = {}
    for report in terminalreporter.getreports("passed"):
        for name, number in report.user_properties:
            counted[name] = counted.get(name, 0) + number
    for name, number in sorted(counted.items()):
        terminalreporter.write_line(f"{name}: {number}")
