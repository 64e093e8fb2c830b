"""How fast the kavelmonitor is in a real browser, in turns with an empty page with one widget on the same server."""

import argparse
import gzip
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks import browsing
from benchmarks.browsing import EMPTY, FIRST_VIEW, MONITOR, Server
from kavelmon.dashboard import prepared

TOTAL_S = 45 * 60
PAIR = (MONITOR, EMPTY)
POOL = 2
VISITORS = 10
ITEMS = 40
SCRIPT = Path(__file__).with_name("choices.js")


@dataclass
class Measured:
    """One row: what was measured, its baseline, and what it may be at most."""

    name: str
    unit: str
    values: list[float]
    baseline: list[float]
    aim: float | None = None
    of: str = "ratio"  # what the aim is for: `ratio` or `figure`
    best: str = "median"  # or p95

    @property
    def figure(self) -> float:
        return _p95(self.values) if self.best == "p95" else statistics.median(self.values)

    @property
    def ratio(self) -> float | None:
        below = statistics.median(self.baseline) if self.baseline else 0
        return self.figure / below if below else None

    @property
    def met(self) -> bool | None:
        if self.aim is None:
            return None
        return (self.ratio if self.of == "ratio" else self.figure) <= self.aim

    def cells(self) -> list[str]:
        """Return the row of the table."""
        figure = f"{self.figure:.{_digits(self.figure)}f}" if self.best == "p95" else _spread(self.values)
        aim = "" if self.aim is None else f"{self.aim:g}{'' if self.of == 'ratio' else f' {self.unit}'}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        met = {None: "", True: "yes", False: "NO"}[self.met]
        return [self.name, self.unit, figure, _spread(self.baseline), ratio, aim, met]


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def _digits(value: float) -> int:
    return 2 if value < 20 else 0


def _spread(values: list[float]) -> str:
    if not values:
        return ""
    middle = statistics.median(values)
    digits = _digits(middle)
    if len(values) < 3:
        return f"{middle:.{digits}f}"
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


Values = dict[str, list[float]]


def pairs(number: int, measure: Callable[[str], float]) -> Values:
    """Measure the kavelmonitor and the empty page in turns; one of each that is not counted goes before."""
    found: Values = {page: [] for page in PAIR}
    for turn in range(number + 1):
        for page in PAIR:
            value = measure(page)
            if turn:
                found[page].append(value)
    return found


def cold(browser: Browser, server: Server, number: int, kernels: int = 0) -> tuple[Values, Values]:
    """First view in a new window each time, and what its kernel takes."""
    memory: Values = {page: [] for page in PAIR}

    def measure(page: str) -> float:
        server.calm(kernels)
        with browsing.window(browser) as context, browsing.opened(context) as tab:
            seconds = browsing.visit(tab, server.url(page), FIRST_VIEW[page])
            if not kernels:
                server.calm(1)
                memory[page].append(browsing.pss_mb(server.kernels()[0]))
        return seconds

    return pairs(number, measure), memory


def warm(browser: Browser, server: Server, number: int) -> Values:
    """First view of who was here before: what its browser keeps, it keeps."""
    with browsing.window(browser) as one, browsing.window(browser) as other:
        windows = dict(zip(PAIR, (one, other), strict=True))

        def measure(page: str) -> float:
            server.calm()
            with browsing.opened(windows[page]) as tab:
                return browsing.visit(tab, server.url(page), FIRST_VIEW[page])

        return pairs(number, measure)


def crowd(browser: Browser, server: Server, number: int) -> tuple[Values, list[float], list[str]]:
    """Return when the last of some simultaneous visitors has its first view, how long kernels stay, and faults."""
    stays, faults = [], []

    def measure(page: str) -> float:
        server.calm()
        contexts = [browser.new_context(viewport=browsing.WINDOW) for _ in range(VISITORS)]
        try:
            tabs = [context.new_page() for context in contexts]
            seconds = browsing.together(tabs, server.url(page), FIRST_VIEW[page])
            browsing.leave(tabs)
            stays.append(server.calm())
        finally:
            for context in contexts:
                context.close()
        return seconds

    def patient(page: str) -> float:
        for _ in range(3):
            try:
                return measure(page)
            except browsing.UnseenError as fault:
                faults.append(str(fault))
                print(fault, file=sys.stderr, flush=True)
        raise TimeoutError(faults[-1])

    return pairs(number, patient), stays, faults


def traffic(browser: Browser, server: Server) -> dict[str, list[float]]:
    """Return the kB of a first visit and of a second one, for each page."""
    found: Values = {}
    for page in PAIR:
        with browsing.window(browser) as context:
            for _ in range(2):
                server.calm()
                with browsing.opened(context) as tab:
                    moved = browsing.moved(tab)
                    browsing.visit(tab, server.url(page), FIRST_VIEW[page])
                    tab.wait_for_timeout(500)
                    found.setdefault(page, []).append(moved() / 1000)
    server.calm()
    return found


def with_wijken(area: str) -> list[tuple[str, str, int]]:
    """Return domain, id and number of years of the indicators that have wijken in an area and can be ranked."""
    core, units = (json.loads(gzip.decompress(part)) for part in prepared.read(area))
    both = zip(core["items"], units["items"], strict=True)
    found = [(item, levels[0]["WK"]["periods"]) for item, levels in both if levels and "WK" in levels[0]]
    return [(item["domain"], item["id"], sum(map(bool, years))) for item, years in found if not item["sum"]]


def redraws(browser: Browser, server: Server, area: str, most: int) -> dict[str, list[list[float]]]:
    """Return the milliseconds of other choices: until the draw is complete, and until that has been painted."""
    items = with_wijken(area)
    domain, item, _ = max(items, key=lambda one: one[2])
    found: dict[str, list[list[float]]] = {}
    with browsing.window(browser) as context:

        def choose(query: str, *calls: tuple[str, object]) -> None:
            with browsing.opened(context) as tab:
                browsing.visit(tab, server.url(f"{MONITOR}?gebied={area}{query}"), FIRST_VIEW[MONITOR][:2])
                tab.wait_for_timeout(1000)
                tab.evaluate(SCRIPT.read_text(encoding="utf-8"))
                for name, argument in calls:
                    found.setdefault(name, []).extend(tab.evaluate(f"a => measured.{name}(a)", argument))
            server.calm()

        choose("", ("nothing", 20), ("items", [one[:2] for one in items[:most]]))
        at = f"&domein={domain}&indicator={item}&niveau=wijk"
        choose(at, ("picks", ["periode", most // 2]))
        found["years"] = found.pop("picks")
        choose(at, ("picks", ["niveau", most // 2]))
        found["levels"] = found.pop("picks")
    return found


def published(browser: Browser, area: str, folder: Path, number: int) -> list[Measured]:
    """Measure the one file of an area, without a server and without a network."""
    call = [sys.executable, "-m", "kavelmon", "publish", area, "--out", str(folder)]
    subprocess.run(call, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    file = next(folder.glob(f"*{area}*.html"))
    content = file.read_bytes()
    size, packed = len(content) / 1e6, len(gzip.compress(content, 9)) / 1e6
    spent = []
    for _ in range(number + 1):
        with browsing.window(browser, offline=True) as context, browsing.opened(context) as tab:
            spent.append(browsing.visit(tab, file.as_uri(), [browsing.MAP_MARKS]))
    return [
        Measured(f"file of {area}, gzipped (baseline: as it is)", "MB", [packed], [size], 2.5, "figure"),
        Measured(f"file of {area}, map visible, offline", "s", spent[1:], [], 1, "figure"),
    ]


def measure(browser: Browser, folder: Path, repetitions: int, say: Callable[[str], None]) -> list[Measured]:
    """Measure everything, one after the other."""
    rows = []

    def first(name: str, values: Values) -> None:
        rows.append(Measured(f"first view, {name}", "s", values[MONITOR], values[EMPTY], 1.25))

    with browsing.server(folder / "cold") as server:
        say("first view, cold")
        values, memory = cold(browser, server, repetitions)
        first("cold", values)
        rows.append(Measured("memory of a kernel (PSS)", "MB", memory[MONITOR], memory[EMPTY], 60, "figure"))
        say("first view, warm HTTP cache")
        first("warm HTTP cache", warm(browser, server, repetitions))
        say(f"{VISITORS} visitors at once")
        values, stays, faults = crowd(browser, server, max(1, repetitions // 3))
        rows.append(Measured(f"{VISITORS} visitors at once, the last one", "s", values[MONITOR], values[EMPTY], 1.25))
        rows.append(Measured("their kernels are gone after", "s", stays, [], browsing.GONE_S, "figure"))
        rows.append(Measured("crowds in which somebody saw nothing", "", [len(faults)], [], 0, "figure"))
        say("bytes")
        kilobytes = traffic(browser, server)
        for turn, name in enumerate(("a first visit", "a second visit")):
            rows.append(Measured(f"moved by {name}", "kB", [kilobytes[MONITOR][turn]], [kilobytes[EMPTY][turn]]))
        for area, aim in (("achterhoek", 50), ("nl", 150)):
            say(f"other choices in {area}")
            rows += _choices(area, aim, redraws(browser, server, area, ITEMS if repetitions > 3 else 10))
    with browsing.server(folder / "preheated", preheat=POOL) as server:
        say("first view, preheated kernels")
        first(f"kernels preheated ({POOL})", cold(browser, server, repetitions, kernels=POOL * len(PAIR))[0])
    if importlib.util.find_spec("kavelmon.publish"):
        for area in ("achterhoek", "nl"):
            say(f"published file of {area}")
            rows += published(browser, area, folder / "published", repetitions)
    return rows


def _choices(area: str, aim: float, found: dict[str, list[list[float]]]) -> list[Measured]:
    frames = [painted for _, painted in found["nothing"]]
    rows = []
    for kind, name in (("items", "another indicator"), ("years", "another year"), ("levels", "another level")):
        drawn, painted = ([one[n] for one in found[kind]] for n in (0, 1))
        named = f"{area}, {name} (n={len(painted)})"
        rows.append(Measured(f"{named}: painted", "ms", painted, frames, aim, "figure"))
        rows.append(Measured(f"{named}: painted, p95", "ms", painted, frames, None, "figure", "p95"))
        rows.append(Measured(f"{named}: of which work", "ms", drawn, []))
    return rows


def table(rows: list[Measured]) -> str:
    """Return the table."""
    heads = ["what", "unit", "kavelmonitor (quartiles)", "baseline (quartiles)", "ratio", "aim", "met"]
    cells = [heads, *(row.cells() for row in rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(len(heads))]
    lines = ("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in cells)
    return "\n".join(line.rstrip() for line in lines)


def main() -> None:
    """Print a row per measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="3 repetitions instead of 9")
    parser.add_argument("--json", type=Path, help="also write every single value to this file")
    asked = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each kernel compiles what it imports, every time
    prepared.folder()  # made once, before anything is measured

    def say(text: str) -> None:
        print(f"... {text}", file=sys.stderr, flush=True)

    with (
        browsing.deadline(TOTAL_S),
        tempfile.TemporaryDirectory(prefix="kavelmon-bench-") as name,
        browsing.chromium() as browser,
    ):
        about = browsing.machine(browser)
        rows = measure(browser, Path(name), 3 if asked.quick else 9, say)
    print(about)
    print("Absolute times are of this machine and noisy; what counts is the ratio of the two pages in one run.")
    print("Baseline: an empty page with one widget; of other choices: two frames in which nothing is drawn.")
    print(table(rows))
    if asked.json:
        found = [asdict(row) | {"figure": row.figure, "ratio": row.ratio, "met": row.met} for row in rows]
        asked.json.write_text(json.dumps({"machine": about, "rows": found}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
