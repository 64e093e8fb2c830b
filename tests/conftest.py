import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real exports beside the checkout; without it a test is skipped, except in CI."""
    folder = Path(os.environ.get("KAVELMON_DATA") or Path(__file__).parents[2] / "shared" / "data")
    if not folder.is_dir():
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop("needs ../shared/data")
    return folder
