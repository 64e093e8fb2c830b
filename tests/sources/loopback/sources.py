"""Which tables there are, at which host, and what reads them."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.sources.loopback import exports, monitors, recorded, regional

TABLES: dict[str, dict[str, Any]] = {
    "opendata.cbs.nl": {
        "84799NED": exports.kwb_2020,
        "70072ned": regional.key_figures,
        "83674NED": monitors.of_2016,
        "85012NED": monitors.of_2020,
        "80137ned": recorded.labour_accounts,
        "83599NED": recorded.vacancies,
    },
    "dataderden.cbs.nl": {
        "50090NED": exports.per_neighbourhood,
        "50140NED": exports.young_adults,
        "50150NED": exports.perceived_health,
    },
    "datasets.cbs.nl": {"03759ned": recorded.population, "80072ned": recorded.sick_leave},
}


@lru_cache
def load(data: Path, host: str, table: str) -> Any:
    """Read a table once for all servers of a process, which change copies of it only."""
    return TABLES[host][table](data)


@lru_cache
def listed(data: Path) -> list[dict]:
    """Return the tables that the recorded catalog lists and that are not served."""
    path = data / "recorded" / "odata_v3" / "tables_1.json"
    rows = json.loads(path.read_text("utf-8"))["value"]
    return [row for row in rows if row["Identifier"] not in TABLES["opendata.cbs.nl"]]
