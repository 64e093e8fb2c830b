"""The attack: everything that kavelmon shows of a region's own table is collected, and what it hid is looked for in it.

Nothing of `kavelmon.privacy` helps here. The attacker knows the numbers of inhabitants, that nobody is counted twice,
and every figure: of buurten, wijken and gemeenten, of both age groups and of all together, and of hundreds of areas
that he composed himself so that they overlap and lie in each other. A hidden number of persons counts as recovered when

- the equations have one answer for it;
- or what is possible, in whole persons too, lies closer together than cell_min less one (or than the number of
  inhabitants leaves possible anyway);
- or all that is possible would have been hidden, so that he is certain that it is below a threshold.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import null_space
from scipy.optimize import LinearConstraint, linprog, milp

from kavelmon import build, cells, declarations, figures, store
from kavelmon.declarations import Catalogue
from kavelmon.model import Edition, Indicator
from kavelmon.places import Place
from kavelmon.privacy import suppress
from kavelmon.regions import gemeente_of
from kavelmon.source_model import Disclosure, Reading, Source

YEAR, CBS = "2020", "cbs_84799ned"
BANDS = {"18-65": "inwoners_18_65", "65+": "inwoners_65plus"}
MADE_UP = Source(
    id="verzonnen",
    publisher="Niemand",
    title="VERZONNEN TABEL, alleen voor deze test",
    table="verzonnen",
    kind="table",
    licence="verzonnen",
    region_year=int(YEAR),
    period=YEAR,
    files=("VERZONNEN.csv",),
    denominators=BANDS,
    read=Reading(region="gebied", age="leeftijd", ages={"18+": "18+", **{a: a for a in BANDS}}, complete=False),
    disclosure=Disclosure(),
)
COMPLAINT = Indicator(
    id="verzonnen_klacht",
    title="Verzonnen klacht",
    domain="gezondheid",
    unit="%",
    edition=(Edition(source="verzonnen", numerator="n", denominator="inwoners_18plus"),),
)


@pytest.fixture
def knowing(monkeypatch, tmp_path):
    """The bundled catalogue with the made-up source and indicator, and a user's own store that is still empty."""
    monkeypatch.setenv("KAVELMON_STORE", str(tmp_path / "store"))
    real = declarations.default()

    def catalogue(rule: Disclosure) -> Catalogue:
        source = MADE_UP.model_copy(update={"disclosure": rule})
        known = dataclasses.replace(
            real, sources={**real.sources, source.id: source}, indicators={**real.indicators, COMPLAINT.id: COMPLAINT}
        )
        monkeypatch.setattr(declarations, "default", lambda: known)
        return known

    return catalogue


def made_up(seed: int) -> pd.DataFrame:
    """MADE UP numbers of persons with a complaint, in the real buurten of the Achterhoek; columns region, age, n."""
    random = np.random.default_rng(seed)
    people = store.read(list(BANDS.values()), sources=[CBS], levels=["BU"], periods=[YEAR])
    near = people["region"].map(gemeente_of).isin(declarations.default().area("achterhoek").codes)
    people = people[near].assign(age=people["indicator"].map({v: k for k, v in BANDS.items()}))
    common = people["region"].map(dict(zip(people["region"], random.lognormal(-1.5, 0.5, len(people)), strict=True)))
    chance = np.minimum(common * people["age"].map({"18-65": 1.0, "65+": 1.8}), 0.97)
    people = people.assign(n=random.binomial(np.floor(people["value"]).astype(int), chance))[["region", "age", "n"]]
    levels = [people, people.assign(region="WK" + people["region"].str[2:8])]
    levels.append(people.assign(region=people["region"].map(gemeente_of)))
    every = pd.concat(levels).groupby(["region", "age"], as_index=False)["n"].sum()
    both = every.groupby("region", as_index=False)["n"].sum().assign(age="18+")
    return pd.concat([every, both], ignore_index=True)


def shown(catalogue: Catalogue, truth: pd.DataFrame, folder, areas: int, seed: int) -> tuple[pd.DataFrame, list]:
    """Build a store from the table; return every figure of its regions, and (codes, age, figure) of composed areas."""
    folder.mkdir(exist_ok=True)
    file = truth.rename(columns={"region": "gebied", "age": "leeftijd"})
    file.to_csv(folder / "VERZONNEN.csv", index=False)
    build.build(catalogue, folder, store.paths.user_store(), say=lambda _: None)
    edition = COMPLAINT.edition[0]
    held = cells.load(COMPLAINT.id)
    singles, composed = [], []
    random = np.random.default_rng(seed)
    sets = list(compositions(sorted(truth["region"].unique()), areas, random))
    for age in ("18+", *BANDS):
        for level in ("GM", "WK", "BU"):
            found = figures.observations(COMPLAINT.id, "achterhoek", level=level, period=YEAR, age=age)
            singles.append(found[["region", "age", "value", "numerator", "denominator", "lower", "upper"]])
        rows = held[edition.source, age]
        for codes in sets:
            found = figures.series(
                COMPLAINT, edition, rows, Place("+".join(codes), "", "GEBIED", tuple(codes)), "", as_it_was=True
            )
            composed.append((codes, age, found.iloc[0]))
    return pd.concat(singles, ignore_index=True), composed


def compositions(codes, number, random):
    """Give areas that overlap and lie in each other: gemeenten, wijken and buurten mixed."""
    by_level = {level: [c for c in codes if c.startswith(level)] for level in ("GM", "WK", "BU")}
    before: list[str] = []
    for turn in range(number):
        if turn % 3 == 0 or not before:  # from scratch; a place that lies in another one of the area is left out
            gemeenten = random.choice(by_level["GM"], random.integers(0, 4), replace=False).tolist()
            wijken = [c for c in random.choice(by_level["WK"], 6, replace=False) if gemeente_of(c) not in gemeenten]
            within = {*gemeenten, *(c[2:] for c in wijken)}
            buurten = random.choice(by_level["BU"], 20, replace=False)
            before = [
                *gemeenten,
                *wijken,
                *(c for c in buurten if gemeente_of(c) not in within and c[2:8] not in within),
            ]
        elif turn % 3 == 1:  # all but one of those
            before = [c for n, c in enumerate(before) if n != turn % len(before)] or before
        else:  # one gemeente or wijk and its parts but one, by which it could be subtracted
            whole = by_level["WK"][turn % len(by_level["WK"])]
            parts = [c for c in by_level["BU"] if c[2:8] == whole[2:]]
            before = parts[1:] or [whole]
        yield [str(c) for c in before]


class Attacker:
    """Who sees `singles` and `composed` and knows the numbers of inhabitants, the thresholds and the program."""

    def __init__(self, rule: Disclosure, singles: pd.DataFrame, composed: list):
        self.rule, self.singles = rule, singles
        atoms = singles[singles["region"].str.startswith("BU") & singles["age"].isin(list(BANDS))]
        self.number = {key: n for n, key in enumerate(zip(atoms["region"], atoms["age"], strict=True))}
        self.most = atoms["denominator"].fillna(0).to_numpy()
        self.gemeente = np.array([gemeente_of(buurt) for buurt, _ in self.number])
        known = singles[singles["value"].notna()]
        self.public = set(zip(known["region"], known["age"], strict=True))
        self.equations = np.array([self.sum_of([r], a) for r, a in zip(known["region"], known["age"], strict=True)])
        self.right = known["numerator"].to_numpy()
        with_figure = [one for one in composed if not np.isnan(one[2]["value"])]
        # he knows the program: an area is the sum of those of its parts that are shown
        parts = [([c for c in codes if (c, age) in self.public], age) for codes, age, _ in with_figure]
        self.areas = np.array([self.sum_of(*one) for one in parts])
        self.totals = np.array([figure["numerator"] for _, _, figure in with_figure])

    def sum_of(self, codes, age) -> np.ndarray:
        """The numbers of persons that a figure adds up: one per buurt and age group."""
        line = np.zeros(len(self.number))
        for (buurt, band), n in self.number.items():
            inside = (buurt, "WK" + buurt[2:8], gemeente_of(buurt))
            line[n] = sum(c in inside for c in codes) * (age in (band, "18+"))
        return line

    def hidden(self) -> pd.DataFrame:
        """What is not shown, of places where somebody lives."""
        keys = zip(self.singles["region"], self.singles["age"], strict=True)
        closed = np.array([key not in self.public for key in keys])
        return self.singles[closed & (self.singles["denominator"] > 0)]

    def recovered(self) -> Iterator[tuple]:
        free = null_space(np.vstack([self.equations, self.areas]))
        for region, age, people in self.hidden()[["region", "age", "denominator"]].itertuples(index=False, name=None):
            line = self.sum_of([region], age)
            open_width = min(max(1, self.rule.cell_min - 1), people) - 1e-5
            edge = max(self.rule.cell_min, (1 - self.rule.p_max) * people)
            least, most = self.possible(line)
            if open_width <= most - least < 3 * self.rule.cell_min:  # persons are whole, which may leave less
                least, most = self.possible(line, whole=True)
                open_width = min(open_width, np.floor(people))
            certain = people >= max(self.rule.n_min, 2 * edge) and (most < edge - 1e-5 or least > people - edge + 1e-5)
            if np.abs(line @ free).max() < 1e-9 or most - least < open_width or certain:
                yield region, age, people, least, most

    def possible(self, line: np.ndarray, *, whole: bool = False) -> tuple[float, float]:
        """The least and the most that a sum can be: nobody counts for less than none or more than once.

        From the figures of single regions in the gemeenten that it lies in; those of areas follow from them (`attack`).
        """
        of = np.isin(self.gemeente, self.gemeente[line > 0])
        some = self.equations[:, of]
        use = some.any(axis=1)
        bounds = np.column_stack([np.zeros(of.sum()), self.most[of]])
        ends = []
        for sign in (1, -1):
            if whole:
                equal = LinearConstraint(some[use], self.right[use], self.right[use])
                limits = (bounds[:, 0], np.floor(bounds[:, 1]))
                answer = milp(sign * line[of], integrality=np.ones(of.sum()), bounds=limits, constraints=equal)
            else:
                answer = linprog(sign * line[of], A_eq=some[use], b_eq=self.right[use], bounds=bounds, method="highs")
            assert answer.status == 0, answer.message
            ends.append(sign * answer.fun)
        return ends[0], ends[1]


def attack(catalogue, tmp_path, *, seed: int, areas: int) -> tuple[Attacker, Iterator[tuple]]:
    truth = made_up(seed)
    rule = catalogue.source(MADE_UP.id).disclosure
    attacker = Attacker(rule, *shown(catalogue, truth, tmp_path / "in", areas, seed))
    # the attack is a fair one: what he takes for true is true
    exact = truth.set_index(["region", "age"])["n"]
    atoms = np.array([exact[key] for key in attacker.number], dtype=float)
    np.testing.assert_allclose(attacker.equations @ atoms, attacker.right, rtol=1e-9)
    np.testing.assert_allclose(attacker.areas @ atoms, attacker.totals, rtol=1e-9)
    # the theorem: an area is a combination of shown cells, whichever are hidden
    assert np.abs(attacker.areas @ null_space(attacker.equations)).max() < 1e-9
    return attacker, attacker.recovered()


def test_nothing_that_is_hidden_can_be_recovered(knowing, tmp_path, capsys):
    attacker, found = attack(knowing(Disclosure()), tmp_path, seed=1, areas=100)
    recovered = list(found)
    hidden, buurten = attacker.hidden(), {region for region, _ in attacker.number}
    assert len(buurten) >= 300
    assert len(attacker.areas) >= 200
    assert 50 < len(hidden) < len(attacker.singles) / 2
    with capsys.disabled():
        print(
            f"\nrecovered {len(recovered)} of {len(hidden)} ({len(attacker.public)} shown, {len(attacker.areas)} areas)"
        )
    assert recovered == []


def test_without_secondary_suppression_the_same_attack_succeeds(knowing, tmp_path, monkeypatch):
    monkeypatch.setattr(suppress.Table, "secondary", lambda self: None)
    _, recovered = attack(knowing(Disclosure()), tmp_path, seed=1, areas=30)
    assert next(recovered, None)  # one is enough


def test_what_is_hidden_is_kept_nowhere(knowing, tmp_path):
    truth = made_up(2)
    shown(knowing(Disclosure()), truth, tmp_path / "in", 0, 2)
    kept = store.read([COMPLAINT.id])
    hidden = kept[kept["value"].isna() & (kept["denominator"] > 0)]
    assert len(hidden) > 50
    assert hidden[["value", "numerator", "lower", "upper"]].isna().all().all()
    assert set(hidden["status"]) == {"suppressed"}
    assert len(kept) == len(truth)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 9))
@pytest.mark.parametrize("rule", [Disclosure(), Disclosure(p_max=1, cell_min=10), Disclosure(p_max=0.8, n_min=100)])
def test_nothing_is_recovered_from_other_tables(knowing, tmp_path, rule, seed):
    attacker, recovered = attack(knowing(rule), tmp_path, seed=seed, areas=1200)
    assert len(attacker.hidden()) > 50
    assert list(recovered) == []
