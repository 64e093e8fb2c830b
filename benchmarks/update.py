"""What an update takes in time and memory, as a ratio to cbsodata and pandas on the same server, in one run.

Whatever is measured is a process of its own, and so is the server. This module imports little by itself: the peak of a
process is never below what its parent held when it was started.
"""

import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

RUNS = 3
CBS, THIRD = "opendata.cbs.nl", "dataderden.cbs.nl"
TABLES = {  # the source that brings each table, and its host
    "84799NED": ("cbs_84799ned", CBS),
    "70072ned": ("cbs_70072ned", CBS),
    "83674NED": ("ggd_83674ned", CBS),
    "85012NED": ("ggd_85012ned", CBS),
    "50090NED": ("rivm_50090ned", THIRD),
    "50140NED": ("rivm_50140ned", THIRD),
    "50150NED": ("rivm_50150ned_live", THIRD),
}
GROWING, TIMES = "50150NED", (1, 2, 4, 8, 16)
FULL = 2  # so many times the table fill every buffer: what still grows from there on is what each row takes
LITTLE = 0.1  # of what the baseline takes for a row: so much is noise
Hosts = Mapping[str, str]
Measured = dict[str, float]  # seconds, and megabytes where the name ends in MB


def peak_mb() -> float:
    """Return the most memory that this process has held until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# What is measured: each imports first, and tells its seconds without that


def pandas_only(hosts: Hosts, folder: Path) -> Measured:
    import cbsodata  # noqa: F401
    import pandas  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    return {}


def kavelmon_only(hosts: Hosts, folder: Path) -> Measured:
    import pandas  # noqa: F401

    from kavelmon import declarations
    from kavelmon.live import update  # noqa: F401

    declarations.load()
    return {}


def plain(hosts: Hosts, folder: Path) -> Measured:
    """Download each table with cbsodata, make numbers of its topics, and keep it as Parquet."""
    import cbsodata
    import pandas as pd
    import pyarrow.parquet  # noqa: F401

    cbsodata.options.use_https = False
    bring = 0.0
    start = time.perf_counter()
    for table, (_, host) in TABLES.items():
        asked = time.perf_counter()
        # version 1.3.5 has `typed` the wrong way round: this is the untyped table
        rows = cbsodata.get_data(table, catalog_url=hosts[host].removeprefix("http://"), typed=True)
        bring += time.perf_counter() - asked
        frame = pd.DataFrame(rows)
        for name in frame.columns[frame.columns.str.contains(r"_\d+$")]:
            frame[name] = pd.to_numeric(frame[name], errors="coerce")
        frame.to_parquet(folder / f"{table}.parquet")
    return {"all": time.perf_counter() - start, "bring": bring}


def ours(hosts: Hosts, folder: Path, tables: tuple[str, ...] = tuple(TABLES)) -> Measured:
    """Update an own store in `folder`; tell when each part of it began, and the peak at the end of each."""
    os.environ["KAVELMON_STORE"] = str(folder / "store")
    from kavelmon.live.archive import Archive
    from kavelmon.live.update import update

    at = {"bring": time.perf_counter()}
    peaks = {}

    def note(text: str) -> None:
        for part, begins in (("read", "reading "), ("finish", "denominators"), ("write", "writing ")):
            if text.startswith(begins) and part not in at:
                peaks[[*at][-1]] = peak_mb()
                at[part] = time.perf_counter()

    named = [TABLES[table][0] for table in tables]
    outcome = update(folder / "store", Archive(folder / "answers"), only=named, hosts=hosts, say=note)
    ends = [*at.values(), time.perf_counter()]
    peaks[[*at][-1]] = peak_mb()
    assert not outcome.failed, outcome.failed
    spent = {part: ends[i + 1] - ends[i] for i, part in enumerate(at)}
    return {"all": ends[-1] - ends[0], **spent, **{f"{part} MB": peak for part, peak in peaks.items()}}


def plain_bring(hosts: Hosts, folder: Path) -> Measured:
    import cbsodata
    import pandas  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    cbsodata.options.use_https = False
    start = time.perf_counter()
    rows = cbsodata.get_data(GROWING, catalog_url=hosts[TABLES[GROWING][1]].removeprefix("http://"), typed=True)
    return {"all": time.perf_counter() - start, "rows": len(rows)}


def our_bring(hosts: Hosts, folder: Path) -> Measured:
    from kavelmon import declarations
    from kavelmon.live import sources
    from kavelmon.live.archive import Archive
    from kavelmon.live.wire import Wire

    catalogue = declarations.load()
    start = time.perf_counter()
    wire = Wire(Archive(folder / "answers"), hosts)
    brought, _ = sources.bring(catalogue, catalogue.source(TABLES[GROWING][0]), wire, lambda *_: None)
    return {"all": time.perf_counter() - start, "rows": brought.parts[0].rows}


# The processes


def serve(pipe: Connection) -> None:
    """Serve the tables, and one of them with some times its rows; then tell the processor time spent when asked."""
    from tests.sources.loopback import Loopback

    beside = Path(__file__).parents[2] / "shared" / "data"
    data = Path(os.environ.get("KAVELMON_DATA") or beside)
    servers = {times: Loopback(data) for times in TIMES}
    for times, server in servers.items():
        for name in TABLES if times == 1 else [GROWING]:
            server.table(name)
        held = server.table(GROWING)
        known = [dict(row) for row in held.dimensions["Perioden"]]
        old, columns = held.columns["Perioden"], held.columns
        held.columns = {name: column * times for name, column in columns.items()}
        for number in range(1, times):
            later = {row["Key"]: f"{int(row['Key'][:4]) + 20 * number}{row['Key'][4:]}" for row in known}
            held.dimensions["Perioden"] += [{**row, "Key": later[row["Key"]]} for row in known]
            held.columns["Perioden"][number * len(old) : (number + 1) * len(old)] = [later[key] for key in old]
    with ExitStack() as running:
        for server in servers.values():
            running.enter_context(server)
        pipe.send({times: server.hosts for times, server in servers.items()})
        while pipe.recv():
            pipe.send(time.process_time())


def _inside(pipe: Connection, work: Callable[[Hosts, Path], Measured], hosts: Hosts, folder: Path) -> None:
    found = work(hosts, folder)
    pipe.send({**found, "MB": peak_mb()})


def apart(work: Callable[[Hosts, Path], Measured], hosts: Hosts, folder: Path) -> Measured:
    """Run `work` in a process of its own; return what it tells and its peak."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_inside, args=(there, work, hosts, folder))
    process.start()
    there.close()
    try:
        return here.recv()  # EOFError when it failed; its own words are on the screen
    finally:
        process.join()


def middle(found: list[Measured]) -> Measured:
    """Return the median of each number."""
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


def whole(hosts: Hosts, server: Callable[[], float]) -> None:
    """Print what all tables take."""
    taken: dict[str, list[Measured]] = {"plain": [], "ours": [], "again": []}
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            for name, work in (("plain", plain), ("ours", ours), ("again", ours)):
                before = server()
                found = apart(work, hosts, folder)
                taken[name].append({**found, "server": server() - before})
    base, full, again = (middle(found) for found in taken.values())
    print(
        f"baseline: cbsodata, pandas and Parquet, {len(TABLES)} tables, {base['all']:.1f} s "
        f"(bringing {base['bring']:.1f} s; the server {base['server']:.1f} s), {base['MB']:.0f} MB"
    )
    parts = ", ".join(f"{part} {full[part]:.1f} s" for part in ("bring", "read", "finish", "write"))
    print(row("a full update", full["all"] / base["all"], f"{full['all']:.1f} s", 1))
    print(f"  {parts}; the server {full['server']:.1f} s")
    print(row("its memory", full["MB"] / base["MB"], f"{full['MB']:.0f} MB", 1))
    print("  until the end of " + ", ".join(f"{p} {full[f'{p} MB']:.0f} MB" for p in ("bring", "read", "finish")))
    print(row("an update when nothing changed", again["all"] / base["all"], f"{again['all']:.1f} s", 0.1))


def row(name: str, ratio: float, told: str, aim: float) -> str:
    """Return one line: the ratio, the number itself, the aim and whether it is met."""
    return f"{name}: {ratio:.2f} of the baseline ({told}); aim at most {aim:g}: {'met' if ratio <= aim else 'NOT MET'}"


def growth(hosts: Mapping[int, Hosts]) -> None:
    """Print what memory does when a table grows."""
    works: dict[str, tuple[Callable, Callable]] = {
        "cbsodata, bringing": (plain_bring, pandas_only),
        "kavelmon, bringing": (our_bring, kavelmon_only),
        "kavelmon, a whole update": (partial(ours, tables=(GROWING,)), kavelmon_only),
    }
    slopes, number = {}, {}
    for name, (work, nothing) in works.items():
        found: dict[int, Measured] = {}
        for times in TIMES:
            with tempfile.TemporaryDirectory() as folder:
                found[times] = apart(work, hosts[times], Path(folder))
        number = number or {times: one["rows"] for times, one in found.items()}
        fixed = apart(nothing, {}, Path())["MB"]
        first, last = FULL, TIMES[-1]
        slopes[name] = (found[last]["MB"] - found[first]["MB"]) / (number[last] - number[first]) * 1e6
        held = ", ".join(f"{one['MB']:.0f}" for one in found.values())
        more = (found[last]["MB"] - fixed) / (found[first]["MB"] - fixed)
        print(
            f"{name}: {held} MB for {', '.join(f'{n:,.0f}' for n in number.values())} rows; {fixed:.0f} MB without "
            f"any; {last // first} times the rows take {more:.1f} times the rest; {slopes[name]:.0f} MB more per "
            "million rows"
        )
    base, *mine = slopes.items()
    for name, slope in mine:
        print(row(f"growth of {name}", slope / base[1], f"{slope:.0f} MB per million rows", LITTLE))


def main() -> None:
    """Print a row per measurement."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    server = spawn.Process(target=serve, args=(there,), daemon=True)
    server.start()
    there.close()
    hosts: dict[int, dict[str, Any]] = here.recv()

    def spent() -> float:
        here.send(True)
        return here.recv()

    try:
        whole(hosts[1], spent)
        growth(hosts)
    finally:
        here.send(False)
        server.join()


if __name__ == "__main__":
    main()
