"""What every placebo of the Achterhoek costs, as a ratio to plain loops over areas, gemeenten and years, in one run."""

import numpy as np
from scipy.optimize import nnls

from benchmarks.reading import median_s
from kavelmon.savings import estimate, others, panel
from kavelmon.savings.case import Case

PRE, YEAR = (2015, 2020), 2023
FEW = 5  # areas of the plain synthetic control; its time is scaled


def plain(members: list[list[int]], actual: list[list[float]], expected: list[list[float]], years: list[int]) -> list:
    """Return the saving by the own norm of each area in the last year, one gemeente and one year at a time."""
    found = []
    for area in members:
        spent = predicted = last_spent = last_predicted = 0.0
        for gemeente in area:
            for column, year in enumerate(years):
                if PRE[0] <= year <= PRE[1]:
                    spent += actual[gemeente][column]
                    predicted += expected[gemeente][column]
                if year == YEAR:
                    last_spent += actual[gemeente][column]
                    last_predicted += expected[gemeente][column]
        found.append(1 - last_spent / (spent / predicted * last_predicted))
    return found


def one_by_one(treated: np.ndarray, donors: np.ndarray) -> list[np.ndarray]:
    """Return synthetic weights of a few areas by non-negative least squares, the sum as a heavy row, one at a time."""
    number = donors.shape[1]
    ridge = np.sqrt(1e-4 * donors.shape[0]) * donors.std() * np.eye(number)
    rows = np.vstack([donors, ridge, np.full((1, number), 1e3)])
    return [nnls(rows, np.concatenate([y, ridge.sum(axis=1) / number, [1e3]]))[0] for y in treated]


def main() -> None:
    """Print a row per measurement."""
    held = panel.panel()
    costs = panel.of_area(panel.found("achterhoek"), held)
    pool = others.donors(held, costs, PRE[1], others.Rules())
    stack = others.stack(held, costs, pool, YEAR)
    members = [np.flatnonzero(row).tolist() for row in stack.members]
    actual, expected = held.actual.tolist(), held.expected.tolist()
    baseline = median_s(lambda: plain(members, actual, expected, list(held.years)))
    print(f"baseline: own norm by plain loops over {len(members)} areas, {baseline * 1000:.1f} ms")

    def case() -> Case:
        return Case(held, costs, stack, pool, others.Rules())

    took = median_s(lambda: case().outcome("own_norm", PRE))
    print(f"own norm of all of them: {took / baseline:.4f} of the baseline ({took * 1000:.2f} ms)")
    before = (np.array(held.years) >= PRE[0]) & (np.array(held.years) <= PRE[1])
    treated = (stack.actual / stack.expected)[:FEW, before]
    slow = median_s(lambda: one_by_one(treated, held.ratio[pool].T[before])) * len(members) / FEW
    print(f"baseline: synthetic control one by one, {slow:.2f} s ({FEW} areas, times {len(members) / FEW:.0f})")
    took = median_s(lambda: case().outcome("synthetic", PRE, single=True))
    print(f"synthetic control of all of them: {took / slow:.4f} of the baseline ({took:.2f} s)")
    for method in ("own_norm", "synthetic"):
        took = median_s(lambda method=method: estimate("achterhoek", method))
        print(f"one estimate with every period and check, {method}: {took / slow:.4f} of the baseline ({took:.2f} s)")


if __name__ == "__main__":
    main()
