"""Serve until killed: `python -m tests.sources.loopback --data FOLDER` prints the addresses as one line of JSON."""

import argparse
import json
import os
import threading
from pathlib import Path

from tests.sources.loopback import Loopback


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.sources.loopback", description=__doc__)
    beside = Path(__file__).parents[4] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("KAVELMON_DATA") or beside))
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    if not given.data.is_dir():
        parser.error(f"{given.data} is no folder; give one with --data or KAVELMON_DATA")
    with Loopback(given.data, given.port) as server:
        print(json.dumps(server.hosts), flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
