"""What 2,000 resamplings of all wijken cost, as a ratio to plain loops over units and draws, in the same run."""

import math

from benchmarks.reading import median_s
from kavelmon.selection import resampling, scores
from kavelmon.selection.run import select_kavels
from kavelmon.selection.settings import Settings

ASKED = Settings()
FEW = 20  # draws of the plain loop; its time is scaled, for all of them would take a minute


def plain(groups: list[list[float]], drawn: list[list[float]]) -> list[tuple[int, int, int]]:
    """Return the rank of each unit at 5, 50 and 95 % of the draws, one unit and one draw at a time."""
    known = [[(g, value) for g, value in enumerate(row) if not math.isnan(value)] for row in groups]
    known = [row for row in known if len(row) >= scores.LEAST_GROUPS]
    ranks: list[list[int]] = [[] for _ in known]
    for weights in drawn:
        total = [sum(weights[g] * v for g, v in row) / sum(weights[g] for g, _ in row) for row in known]
        rank, before = 0, math.inf
        for place, unit in enumerate(sorted(range(len(total)), key=total.__getitem__, reverse=True), 1):
            if before - total[unit] > scores.TIE:
                rank = place
            before = total[unit]
            ranks[unit].append(rank)
    last = len(drawn) - 1
    return [tuple(sorted(held)[round(share * last)] for share in (0.05, 0.5, 0.95)) for held in ranks]


def main() -> None:
    """Print a row per measurement."""
    selection = select_kavels(ASKED)
    groups, weights = selection.grouped, selection.weights
    how = {"concentration": ASKED.concentration, "seed": ASKED.seed}
    drawn = resampling.draw_weights(weights, FEW, **how).tolist()
    rows = groups[:, weights > 0].tolist()
    columns = [[weight for weight, counts in zip(line, weights > 0, strict=True) if counts] for line in drawn]
    spent = median_s(lambda: plain(rows, columns))
    baseline = spent * ASKED.draws / FEW
    print(
        f"baseline: plain loops over {len(rows)} wijken, {baseline:.1f} s for {ASKED.draws} draws "
        f"({spent * 1000:.0f} ms for {FEW}, times {ASKED.draws // FEW})"
    )
    every = {**how, "draws": ASKED.draws, "first": ASKED.first, "least": scores.LEAST_GROUPS}
    for name, work in (
        (f"{ASKED.draws} resamplings", lambda: resampling.resample(groups, weights, **every)),
        ("one selection, figures already read", lambda: select_kavels(ASKED)),
    ):
        took = median_s(work)
        print(f"{name}: {took / baseline:.4f} of the baseline ({took:.3f} s)")


if __name__ == "__main__":
    main()
