"""Every analysis a second time: trend, comparison, inequality, ages, funnel and peers, from the figures on.

What goes in are the frames of `km.observations`, which `test_recomputed` works out from the raw files, and the
declarations as they are written. From there on it is plain loops, with statsmodels and scipy for least squares, t and
normal; nothing of kavelmon.stats or kavelmon.analysis.
"""

import math
from collections import defaultdict
from statistics import NormalDist, median

import plainly
import pytest
import statsmodels.api as sm
from scipy import integrate, optimize
from scipy import stats as scipy_stats

import kavelmon as km
from kavelmon import declarations, figures, store
from kavelmon.analysis.compare import comparison, earlier, with_other
from kavelmon.analysis.funnel import funnel
from kavelmon.analysis.peers import peers
from kavelmon.analysis.standard import standardised
from kavelmon.analysis.trend import trend
from kavelmon.analysis.unequal import inequality
from kavelmon.model import Area, NotFoundError

AREAS = ("achterhoek", "ede", "mijnstreek", "zuid_limburg")
EVERYWHERE = ("NL", *AREAS)
ITEMS = plainly.declared("indicators")
SOURCES = plainly.declared("sources")
Z95, Z998 = NormalDist().inv_cdf(0.975), NormalDist().inv_cdf(0.999)
EDITIONS = [(name, edition["source"]) for name, item in ITEMS.items() for edition in item["edition"]]
PEOPLE = ("inwoners", "huishoudens", "mantelzorgers")


def edition_of(name, source):
    [found] = [e for e in ITEMS[name]["edition"] if e["source"] == source]
    return found


class Once:
    """`figures.observations` that reads an edition of a region once, for all its indicators at the same time."""

    def __init__(self, read):
        self.read, self.parts, self.frames, self.rows = read, {}, {}, {}
        self.members = defaultdict(list)
        for name, source in EDITIONS:
            self.members[source].append(name)

    def __call__(
        self, indicator, region="NL", *, level="", period="", edition="", age=None, latest=False, as_it_was=False
    ):
        assert not as_it_was  # today's area is what the analysis is about
        names = [indicator] if isinstance(indicator, str) else list(indicator)
        region = region if isinstance(region, str | Area) else tuple(region)
        if edition and age and all(age == plainly.default_age(edition_of(n, edition)) for n in names):
            age = None
        chosen = {"level": level, "edition": edition, "age": age}
        if not edition or period or latest or not set(names) <= set(self.members[edition]):
            key = tuple(names), region, period, latest, *chosen.values()
            if key not in self.frames:
                self.frames[key] = self.read(names, region, period=period, latest=latest, **chosen)
            return self.frames[key].copy()
        key = region, *chosen.values()
        if key not in self.parts:
            frame = self.read(self.members[edition], region, **chosen)
            self.parts[key] = {n: frame[frame["indicator"] == n].reset_index(drop=True) for n in self.members[edition]}
        frames = [self.parts[key][name] for name in names]
        found = [f for f in frames if len(f)] or frames[:1]
        return figures.pd.concat(found, ignore_index=True)


@pytest.fixture(scope="module", autouse=True)
def _read_once():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "observations", Once(figures.observations))
        yield


NEEDED = ["edition", "region", "period", "value", "numerator", "denominator", "lower", "upper", "status"]


def rows_of(name, source, region, *, newest=False, also=(), **more):
    """Return the figures of one edition as dicts, None for what is missing, in order of the periods.

    With `newest` only those of the last period that has a figure.
    """
    held, key = figures.observations.rows, (name, source, region, newest, also, *more.items())
    if key not in held:
        frame = figures.observations(name, region, edition=source, **more)[[*NEEDED, *also]]
        if newest:
            frame = frame[frame["period"] == frame.loc[frame["value"].notna(), "period"].max()]
        rows = [{k: None if v != v else v for k, v in row.items()} for row in frame.to_dict("records")]
        held[key] = sorted(rows, key=lambda row: row["period"])
    return [dict(row) for row in held[key]]


def same(mine, theirs, rel=1e-7, absolute=1e-9):
    """Tell whether two figures are equal; missing is None or NaN."""
    missing = [v is None or (isinstance(v, float) and math.isnan(v)) for v in (mine, theirs)]
    if any(missing):
        return all(missing)
    if isinstance(mine, str) or isinstance(theirs, str):
        return mine == theirs
    return math.isclose(mine, theirs, rel_tol=rel, abs_tol=absolute)


def differences(where, mine, theirs, **tolerance):
    return [
        f"{where}: {name} {mine[name]} here, {theirs[name]} in kavelmon"
        for name in mine
        if not same(mine[name], theirs[name], **tolerance)
    ]


def test_one_reading_for_all_indicators_is_the_same_as_one_for_each():
    for name, source, more in (
        ("roker", "rivm_50090ned", {}),
        ("roker", "ggd_85012ned", {"age": "65+"}),
        ("woninginbraak", "politie_misdrijven", {"level": "GM"}),
        ("aandeel_65plus", "cbs_85984ned", {"level": "WK"}),
    ):
        mine = figures.observations(name, "ede", edition=source, **more)
        figures.pd.testing.assert_frame_equal(
            mine, figures.observations.read(name, "ede", edition=source, **more), check_dtype=False
        )


# ---------------------------------------------------------------------------------------------------------- trend


def line(x, y, weights):
    """Return slope, limits and p of weighted least squares as statsmodels has them: variance from the residuals."""
    if max(y) - min(y) <= 1e-12 * max(map(abs, y)):  # float noise is no slope
        return 0.0, 0.0, 0.0, None
    fit = sm.WLS(y, sm.add_constant(x), weights=weights).fit()
    low, high = fit.conf_int()[1]
    return fit.params[1], low, high, fit.pvalues[1]


def recent_of(points):
    """Return the outcome of the five-point test: χ² of the slope, and its sign whichever of the five is left out."""
    last = points[-5:]
    if len(last) < 5:
        return "too few"

    def sums(chosen):
        weights = [(3.92 / (r["upper"] - r["lower"])) ** 2 for r in chosen]
        years, values = ([r[k] for r in chosen] for k in ("year", "value"))
        mean = math.fsum(w * x for w, x in zip(weights, years, strict=True)) / math.fsum(weights)
        square = math.fsum(w * (x - mean) ** 2 for w, x in zip(weights, years, strict=True))
        cross = math.fsum(w * (x - mean) * (y - values[0]) for w, x, y in zip(weights, years, values, strict=True))
        return cross / square, square

    rise, information = sums(last)
    signs = {math.copysign(1, sums([r for r in last if r is not out])[0]) for out in last}
    if rise**2 * information <= scipy_stats.chi2.ppf(0.998, 1) or signs != {math.copysign(1, rise)}:
        return "no change"
    return "up" if rise > 0 else "down"


def segments_of(name, source, rows):
    """Return the slope of each stretch between breaks; a year of a break begins the next stretch."""
    breaks = sorted({b["year"] for b in (*ITEMS[name].get("breaks", ()), *edition_of(name, source).get("breaks", ()))})
    stretches = defaultdict(list)
    for row in rows:
        if row["value"] is not None:
            row["year"] = int(row["period"][:4])
            stretches[sum(b <= row["year"] for b in breaks)].append(row)
    found = []
    for _, points in sorted(stretches.items()):
        out = {"start": points[0]["year"], "end": points[-1]["year"], "points": len(points)}
        out |= dict.fromkeys(("per_year", "lower", "upper", "p")) | {"word": "few", "recent": ""}
        out["provisional"] = points[-1]["status"] == "provisional"
        sure = all(r["lower"] is not None and r["upper"] is not None and r["upper"] > r["lower"] for r in points)
        if sure:
            out["recent"] = recent_of(points)
        if len(points) >= 3:
            weights = [((r["upper"] - r["lower"]) / 2 / Z95) ** -2 if sure else 1.0 for r in points]
            x, y = ([r[k] for r in points] for k in ("year", "value"))
            slope, low, high, p = line([v - x[0] for v in x], [float(v) for v in y], weights)
            out |= {"per_year": slope, "lower": low, "upper": high, "p": p}
            if len(points) >= 5:
                out["word"] = "up" if low > 0 else "down" if high < 0 else "similar"
        found.append(out)
    return found


@pytest.mark.parametrize("region", EVERYWHERE)
def test_trend(region):
    wrong, slopes, words = [], 0, set()
    for name, source in EDITIONS:
        mine = segments_of(name, source, rows_of(name, source, region))
        theirs = trend(name, region, edition=source).to_dict("records")
        where = f"{name}, {source}, {region}"
        if len(mine) != len(theirs):
            wrong.append(f"{where}: {len(mine)} segments here, {len(theirs)} in kavelmon")
            continue
        for one, other in zip(mine, theirs, strict=True):
            if one["p"] is None and one["per_year"] is not None:  # all on the line: nothing is said of chance
                one.pop("p")
            wrong += differences(f"{where}, {one['start']}-{one['end']}", one, other, rel=1e-6)
            slopes += one["per_year"] is not None
            words.add(one["word"])
    assert not wrong, "\n".join(wrong)
    assert slopes > 50
    assert {"up", "down", "few"} <= words


def test_no_slope_runs_over_a_break():
    crossed = 0
    for name, source in EDITIONS:
        breaks = [b["year"] for b in (*ITEMS[name].get("breaks", ()), *edition_of(name, source).get("breaks", ()))]
        for row in trend(name, "achterhoek", edition=source).to_dict("records"):
            crossed += any(row["start"] < year <= row["end"] for year in breaks)
            assert row["points"] >= 3 or math.isnan(row["per_year"]), (name, source)
            assert row["points"] >= 5 or row["word"] == "few", (name, source)
    assert crossed == 0


# ----------------------------------------------------------------------------------------------------- comparison


def chosen_row(name, region, period=""):
    """Return the row that stands for an indicator: of the default edition, or of one with margins as new as that."""
    newest = {}
    for edition in ITEMS[name]["edition"]:
        rows = [r for r in rows_of(name, edition["source"], region) if period in ("", r["period"])]
        known = [r for r in rows if r["value"] is not None]
        if rows:
            newest[edition["source"]] = (known or rows)[-1]
    with_value = [r for r in newest.values() if r["value"] is not None]
    if not with_value:
        return next(iter(newest.values()), None)
    for row in with_value:
        if row["lower"] is not None and row["period"] >= with_value[0]["period"]:
            return row
    return with_value[0]


def word_of(item, value, low, high, reference):
    """Return the word, and whether it is a judgement."""
    if value is None or reference is None:
        return "none", False
    judged = low is not None and high is not None
    by = 1.0 if item["unit"].startswith("%") else 0.025 * abs(reference)
    by = item.get("relevance") or by
    if abs(value - reference) < by or (judged and low <= reference <= high):
        return "similar", judged
    up = value > reference
    better = item.get("better", "none")
    if not judged or better == "none":
        return ("higher" if up else "lower"), judged
    return ("better" if up == (better == "higher") else "worse"), judged


def stands(chances):
    """Return which of many p stand by Benjamini and Hochberg, q = 5 %: up to the last rank k with p <= k/m · q."""
    tested = sorted(p for p in chances if p is not None)
    line = max((p for k, p in enumerate(tested, 1) if p <= k / len(tested) * 0.05), default=-1.0)
    return [p is not None and p <= line for p in chances]


def against(item, row, there, *, fixed):
    """Return the row of a comparison; unless the other one is taken as fixed, with the errors of both."""
    reference = there["value"] if there else None
    if item.get("incomparable") or item.get("rollup") == "sum":
        reference = None
    low, high = row["lower"], row["upper"]
    if not fixed:
        bounds = [row["lower"], row["upper"], *((there["lower"], there["upper"]) if there else (None, None))]
        low = high = None
        if None not in bounds:
            own, other = (bounds[1] - bounds[0]) / (2 * Z95), (bounds[3] - bounds[2]) / (2 * Z95)
            half = Z95 * math.sqrt(own**2 + other**2)
            low, high = row["value"] - half, row["value"] + half
    word, judged = word_of(item, row["value"], low, high, reference)
    out = {"edition": row["edition"], "period": row["period"], "value": row["value"], "reference": reference}
    gap = row["value"] - reference if None not in (row["value"], reference) else None
    out |= {"word": word, "judged": judged, "difference": gap, "p": None}
    if judged and high > low:
        out["p"] = math.erfc(abs(gap) / ((high - low) / 2 / Z95) / math.sqrt(2))
    if judged:
        out |= {"difference_lower": low - reference, "difference_upper": high - reference}
    return out


def compared(region, reference, period=""):
    """Return the whole table: the Netherlands taken as fixed, of another area both margins."""
    rows = {}
    for name, item in ITEMS.items():
        row = chosen_row(name, region, period)
        if row is None:
            continue
        [there] = [r for r in rows_of(name, row["edition"], reference) if r["period"] == row["period"]] or [None]
        rows[name] = against(item, row, there, fixed=reference == "NL")
    for row, sure in zip(rows.values(), stands([r["p"] for r in rows.values()]), strict=True):
        row["firm"] = sure and row["word"] != "similar"
    return rows


@pytest.mark.parametrize(
    ("region", "reference", "period"),
    [
        *((area, "NL", "") for area in AREAS),
        ("achterhoek", "NL", "2016"),
        ("zuid_limburg", "NL", "2020"),
        ("achterhoek", "mijnstreek", ""),
        ("ede", "achterhoek", ""),
        ("mijnstreek", "zuid_limburg", "2020"),
        ("zuid_limburg", "ede", ""),
    ],
)
def test_comparison(region, reference, period):
    mine = compared(region, reference, period)
    theirs = {
        row["indicator"]: row for row in comparison(region, reference=reference, period=period).to_dict("records")
    }
    assert list(mine) == list(theirs)
    wrong = []
    for name, row in mine.items():
        if row["value"] is None:  # which year then stands is a test of its own
            assert theirs[name]["word"] == "none"
            continue
        wrong += differences(f"{name}, {region} against {reference}, {period}", row, theirs[name])
    assert not wrong, "\n".join(wrong)
    assert sum(row["judged"] for row in mine.values()) >= 5
    assert any(row["firm"] for row in mine.values())


def test_the_netherlands_are_fixed_however_they_are_named():
    [mine] = comparison("achterhoek", "zware_drinker").to_dict("records")
    for named in ("nl", km.area("nl")):
        [theirs] = comparison("achterhoek", "zware_drinker", reference=named).to_dict("records")
        assert not differences("zware_drinker", mine, theirs)


@pytest.mark.parametrize(("region", "reference"), [("achterhoek", "ede"), ("mijnstreek", "achterhoek")])
def test_comparison_with_another_area_in_every_year(region, reference):
    wrong, judged = [], 0
    for name, source in EDITIONS:
        there = {row["period"]: row for row in rows_of(name, source, reference)}
        mine = [against(ITEMS[name], r, there.get(r["period"]), fixed=False) for r in rows_of(name, source, region)]
        item = declarations.default().indicator(name)
        own, other = (figures.observations(name, place, edition=source) for place in (region, reference))
        theirs = with_other(item, own, other)
        assert len(mine) == len(theirs)
        for one, (word, surely) in zip(mine, theirs, strict=True):
            judged += surely
            if (one["word"], one["judged"]) != (word, surely):
                wrong.append(f"{name}, {source}, {one['period']}: {one}; {word}, {surely} in kavelmon")
    assert not wrong, "\n".join(wrong)
    assert judged > 60


@pytest.mark.parametrize("region", AREAS)
def test_comparison_with_an_earlier_year(region):
    """The last figure against the first one after the last break before it."""
    wrong, judged = [], 0
    for name, source in EDITIONS:
        item = declarations.default().indicator(name)
        frame = figures.observations(name, region, edition=source)
        theirs = earlier(item, frame, item.breaks_of(item.editions(source)[0]))
        breaks = [b["year"] for b in (*ITEMS[name].get("breaks", ()), *edition_of(name, source).get("breaks", ()))]
        known = [r for r in rows_of(name, source, region) if r["value"] is not None]
        after = max((b for b in breaks if known and b <= int(known[-1]["period"][:4])), default=0)
        known = [r for r in known if int(r["period"][:4]) >= after]
        if len(known) < 2 or ITEMS[name].get("rollup") == "sum":
            assert theirs is None, (name, source)
            continue
        mine = against(ITEMS[name], known[-1], known[0], fixed=False) | {"since": known[0]["period"]}
        wrong += differences(f"{name}, {source}, {region}", mine, theirs)
        judged += mine["judged"]
    assert not wrong, "\n".join(wrong)
    assert judged == 5  # offences: of nothing else an edition has margins in more than one year


@pytest.mark.parametrize("name", ["leefbaarheid_klasse", "vermogen_mediaan"])
def test_without_any_figure_the_newest_year_stands(name):
    """As in `km.value`: no figure of an area, but a newest year of which that is so."""
    newest = km.value(name, "achterhoek")
    assert newest["value"] is None
    [row] = comparison("achterhoek", name).to_dict("records")
    assert (row["edition"], row["period"]) == (newest["edition"], newest["period"])
    assert row["period"] == chosen_row(name, "achterhoek")["period"]


def test_counts_and_what_is_incomparable_are_never_compared():
    apart = {n for n, item in ITEMS.items() if item.get("incomparable") or item.get("rollup") == "sum"}
    assert apart >= {"zvw_kosten_totaal", "ziekenhuislocaties", "buitenpoliklinieken"}
    for reference in ("NL", "ede"):
        rows = comparison("achterhoek", reference=reference).set_index("indicator").loc[sorted(apart)]
        assert set(rows["word"]) == {"none"}
        assert not rows["judged"].any()
        assert not rows["firm"].any()
        assert rows[["reference", "difference", "p"]].isna().all(axis=None)


# ----------------------------------------------------------------------------------------------------- inequality


def quarter(pairs, share):
    """Return the lowest value at or below which at least this share of the people live."""
    total, seen = math.fsum(w for _, w in pairs), 0.0
    for value, weight in sorted(pairs):
        seen += weight
        if seen >= share * total * (1 - 1e-12):
            return value
    raise AssertionError


def unequal_of(name, rows, orders, own):
    """Return spread and slope index over the wijken of one period; `own` says how much of the area they are."""
    known = [r for r in rows if r["value"] is not None and r["denominator"]]
    out = dict.fromkeys(("lowest", "q1", "q3", "highest", "sd", "sii", "sii_lower", "sii_upper", "rii", "ranked_known"))
    everybody = math.fsum(r["denominator"] for r in rows if r["denominator"])
    if own["coverage"]:  # of an area that is hardly known no denominator is given
        there = own["denominator"] or math.fsum(r["denominator"] for r in known)
        everybody = max(everybody, there / own["coverage"])
    out |= {"by": "", "ranked": 0, "units": len(known)}
    out["known"] = math.fsum(r["denominator"] for r in known) / everybody if everybody else 0.0
    if len(known) < 5 or out["known"] < 0.8:
        return out
    pairs = [(float(r["value"]), r["denominator"]) for r in known]
    people = math.fsum(w for _, w in pairs)
    mean = math.fsum(v * w for v, w in pairs) / people
    out |= {"lowest": min(pairs)[0], "highest": max(pairs)[0], "q1": quarter(pairs, 0.25), "q3": quarter(pairs, 0.75)}
    out["sd"] = math.sqrt(math.fsum(w * (v - mean) ** 2 for v, w in pairs) / people)
    for by, order in orders.items():
        ranked = [] if by == name else [r for r in known if r["region"] in order]
        ranked = [(r, r["denominator"] / order[r["region"]]["denominator"]) for r in ranked]
        usual = median(ratio for _, ratio in ranked) if ranked else 1.0
        ranked = [r for r, ratio in ranked if 1 / 1.5 < ratio / usual < 1.5]  # else its code was of another area
        order = {code: r["value"] for code, r in order.items()}
        here = math.fsum(r["denominator"] for r in ranked)
        if len(ranked) < 5 or here / everybody < 0.8:
            continue
        middles, before = {}, 0.0
        for rank in sorted({order[r["region"]] for r in ranked}):
            group = math.fsum(r["denominator"] for r in ranked if order[r["region"]] == rank)
            middles[rank] = (before + group / 2) / here
            before += group
        x = [middles[order[r["region"]]] for r in ranked]
        y, weights = [float(r["value"]) for r in ranked], [r["denominator"] for r in ranked]
        sii, low, high, _ = line(x, y, weights)
        middle = math.fsum(v * w for v, w in zip(y, weights, strict=True)) / here
        out |= {
            "by": by,
            "ranked": len(ranked),
            "ranked_known": here / everybody,
            "sii": sii,
            "sii_lower": low,
            "sii_upper": high,
            "rii": sii / middle if middle else None,
        }
        break
    return out


def orders_of(area):
    """Return the newest income and value of dwellings per wijk, in the order in which they are tried."""
    found = {}
    for by in ("inkomen_per_inwoner", "woningwaarde"):
        for edition in ITEMS[by]["edition"]:
            rows = rows_of(by, edition["source"], area, level="WK", newest=True)
            if rows:
                found[by] = {r["region"]: r for r in rows if r["value"] is not None}
                break
    return found


@pytest.fixture(scope="module")
def of_wijken():
    """Return the editions that give figures of wijken."""
    held = store.read([name for name, _ in EDITIONS], levels=["WK"])
    found = set(zip(held["indicator"], held["source"], strict=True))
    return [pair for pair in EDITIONS if pair in found]


def test_without_figures_of_wijken_there_is_no_inequality(of_wijken):
    without = [pair for pair in EDITIONS if pair not in of_wijken]
    assert len(without) > 40
    for name, source in [*without[::20], without[-1]]:
        with pytest.raises(NotFoundError, match=f"{name}: no figures per wijk"):
            inequality(name, "ede", edition=source)


@pytest.mark.parametrize("area", AREAS)
def test_inequality(area, of_wijken):
    orders, wrong, sloped = orders_of(area), [], 0
    for name, source in of_wijken:
        rows = rows_of(name, source, area, level="WK", newest=True)
        try:
            [theirs] = inequality(name, area, edition=source).to_dict("records")
        except NotFoundError:
            assert not rows, (name, source)
            continue
        [own] = rows_of(name, source, area, period=theirs["period"], also=("coverage",))
        mine = unequal_of(name, rows, orders, own)
        mine = {k: v for k, v in mine.items() if k not in KNOWN}  # tests of their own
        wrong += differences(f"{name}, {source}, {area}, {theirs['period']}", mine, theirs, rel=1e-6)
        sloped += mine["sii"] is not None
    assert not wrong, "\n".join(wrong)
    assert sloped >= 10


# of files with all wijken, income is known of 33 of the 41 in the Achterhoek; the others lack some wijken altogether
KNOWN = ("known", "ranked_known")
NOT_ALL = ("cbs_wmo_wijk_jads", "cbs_kwb_wijk_jads")


@pytest.mark.parametrize("area", ["achterhoek", "mijnstreek"])
def test_people_in_wijken_without_a_figure_are_not_known(area, of_wijken):
    orders, wrong, least = orders_of(area), [], 1.0
    for name, source in of_wijken:
        rows = rows_of(name, source, area, level="WK", newest=True)
        if source in NOT_ALL or not rows:
            continue
        [theirs] = inequality(name, area, edition=source).to_dict("records")
        [own] = rows_of(name, source, area, period=theirs["period"], also=("coverage",))
        mine = unequal_of(name, rows, orders, own)
        wrong += differences(f"{name}, {source}, {area}", {k: mine[k] for k in KNOWN}, theirs, rel=2e-3)
        least = min(least, mine["known"])
    assert not wrong, "\n".join(wrong)
    assert least < 0.98


@pytest.mark.parametrize("area", ["achterhoek", "zuid_limburg"])
@pytest.mark.parametrize(
    ("name", "source"),
    [("wmo_clienten", "cbs_wmo_wijk_jads"), ("huishoudens_sociaal_minimum", "cbs_kwb_wijk_jads")],
)
def test_people_in_wijken_that_the_file_lacks_are_not_known(name, source, area):
    """These files hold wijken of some gemeenten only: in 2015 of Zuid-Limburg those of 34 % of the people.

    The figure of the area itself says how many are known; it is not given under 80 %, nor is what wijken differ.
    """
    wrong = []
    for own in rows_of(name, source, area, also=("coverage",)):
        if own["coverage"] == 0:
            continue
        [theirs] = inequality(name, area, period=own["period"], edition=source).to_dict("records")
        where = f"{name}, {area}, {own['period']}"
        wrong += differences(where, {"known": own["coverage"]}, theirs, rel=0.01)
        if own["coverage"] < 0.8:
            assert own["value"] is None
            wrong += differences(where, dict.fromkeys(("lowest", "q1", "q3", "highest", "sd", "sii")), theirs)
    assert not wrong, "\n".join(wrong)


# ----------------------------------------------------------------------------------------------- ages of the country


def bands_of(name, source, region, period):
    """Return value, people and standard error of 18 to 65 and of 65 and over; of the first what remains, if need be."""
    ages = list(SOURCES[source]["read"]["ages"].values())
    found = {}
    for age in ages:
        [found[age]] = [r for r in rows_of(name, source, region, age=age) if r["period"] == period] or [None]
    whole, old = found["18+"], found["65+"]
    if not whole or not old or None in (whole["value"], old["value"]):
        return None
    young = found.get("18-65")
    if young and young["value"] is not None:
        bands = [young, old]
    else:
        rest = whole["denominator"] - old["denominator"]
        value = (whole["value"] * whole["denominator"] - old["value"] * old["denominator"]) / rest
        bands = [{"value": value, "denominator": rest, "lower": None, "upper": None}, old]
    return [
        (b["value"], b["denominator"], None if b["lower"] is None else (b["upper"] - b["lower"]) / 2 / Z95)
        for b in bands
    ]


def aged_of(name, source, region, period):
    """Return the figure with the ages of the Netherlands, and its limits."""
    nothing = dict.fromkeys(("standardised", "lower", "upper"))
    own, country = bands_of(name, source, region, period), bands_of(name, source, "NL", period)
    if own is None or country is None:
        return nothing
    people = math.fsum(n for _, n, _ in country)
    value = math.fsum(n / people * v for (_, n, _), (v, _, _) in zip(country, own, strict=True))
    found = nothing | {"standardised": value}
    if all(error is not None for _, _, error in own):
        squares = ((n / people * error) ** 2 for (_, n, _), (_, _, error) in zip(country, own, strict=True))
        half = Z95 * math.sqrt(math.fsum(squares))
        found |= {"lower": value - half, "upper": value + half}
    return found


@pytest.mark.parametrize("region", [*AREAS, "GM0294"])
def test_standardised_directly(region):
    wrong, made, rest = [], 0, 0
    for name, source in EDITIONS:
        if source not in ("rivm_50090ned", "ggd_85012ned") or "ages" in edition_of(name, source):
            continue
        rows = {row["period"]: row for row in rows_of(name, source, region)}
        country = {row["period"]: row["value"] for row in rows_of(name, source, "NL")}
        theirs = standardised(name, region, edition=source).to_dict("records")
        assert [row["period"] for row in theirs] == list(rows)
        for row in theirs:
            mine = aged_of(name, source, region, row["period"])
            mine |= {"value": rows[row["period"]]["value"], "reference": country[row["period"]]}
            wrong += differences(f"{name}, {source}, {region}, {row['period']}", mine, row)
            made += mine["standardised"] is not None
            rest += "verschil" in row["note"]
    assert not wrong, "\n".join(wrong)
    assert made > 60
    assert 0 < rest < made


def test_the_country_with_its_own_ages_is_nearly_what_it_is():
    """Weighted with its own people, the two bands of the Netherlands give what is published for all adults."""
    for name in ("roker", "zware_drinker", "ervaren_gezondheid", "obesitas"):
        for row in standardised(name, "NL", edition="ggd_85012ned").to_dict("records"):
            assert row["standardised"] == pytest.approx(row["value"], abs=0.15), name
            young, old = row["weights"]
            assert young + old == pytest.approx(1, abs=1e-4)
            assert old == pytest.approx(0.241, abs=0.003)  # CBS: 3,391,000 of 14,072,000 adults on 1 January 2020


@pytest.mark.parametrize("region", AREAS)
def test_standardised_indirectly(region):
    ratio = {r["period"]: r["value"] for r in rows_of("zvw_kosten_verhouding", "vektis_open", region)}
    country = {r["period"]: r["value"] for r in rows_of("zvw_kosten_vergelijkbaar", "vektis_open", "NL")}
    own = {r["period"]: r["value"] for r in rows_of("zvw_kosten_vergelijkbaar", "vektis_open", region)}
    theirs = standardised("zvw_kosten_vergelijkbaar", region).to_dict("records")
    assert [row["period"] for row in theirs] == list(own)
    for row in theirs:
        period = row["period"]
        assert row["standardised"] == pytest.approx(ratio[period] * country[period], rel=1e-12)
        assert (row["value"], row["reference"]) == (own[period], country[period])
        assert row["method"] == "indirect"


# --------------------------------------------------------------------------------------------------------- funnel


def cut(values, share):
    """Return a quantile, linear between the two neighbours."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (at - below) * (ordered[above] - ordered[below])


def trimmed_square(z, trim):
    """Return the mean square of z with a tenth at each end set back to the quantile there, or left out."""
    low, high = cut(z, 0.1), cut(z, 0.9)
    if trim == "winsorise":
        return math.fsum(min(max(v, low), high) ** 2 for v in z) / len(z)
    kept = [v for v in z if low <= v <= high]
    return math.fsum(v * v for v in kept) / len(kept)


def by_chance(trim):
    """Return that mean square for a standard normal z, by adding up its density."""
    edge = NormalDist().inv_cdf(0.9)
    inside, _ = integrate.quad(lambda z: z * z * NormalDist().pdf(z), -edge, edge)
    return inside / 0.8 if trim == "truncate" else inside + 0.2 * edge**2


def between(scaled, errors, centre, trim):
    """Return φ, and the τ² at which the trimmed mean square of (y - centre) / √(s² + τ²) is that of chance."""
    usual = by_chance(trim)

    def excess(tau):
        z = [(y - centre) / math.hypot(s, tau) for y, s in zip(scaled, errors, strict=True)]
        return trimmed_square(z, trim) / usual - 1

    phi = excess(0.0) + 1
    if phi <= 1:
        return phi, 0.0
    widest = 2 * max(abs(y - centre) for y in scaled)
    return phi, optimize.brentq(excess, 0.0, widest, xtol=1e-12, rtol=1e-12) ** 2


def kind_of(name, source):
    """Return what sort of funnel plot an edition allows; empty for none."""
    item, edition = ITEMS[name], edition_of(name, source)
    if SOURCES[source].get("method", "register") == "model":
        return ""
    if name == "zvw_kosten_verhouding":
        return "cost"
    if edition.get("interval") == "byar":
        return "ratio"
    declared = edition.get("denominator") and plainly.declared("denominators")[edition["denominator"]]
    of_people = declared and declared["unit"] in PEOPLE
    share = item["unit"].startswith("%") and plainly.scale_of(item) == 100 and item.get("rollup", "mean") == "mean"
    return "proportion" if of_people and share else ""


def funnel_of(name, source, level):
    """Return centre, φ, τ² and the points of a funnel plot; None where one cannot be made."""
    kind, scale = kind_of(name, source), plainly.scale_of(ITEMS[name])
    rows = rows_of(name, source, "NL", level=level, newest=True)
    rows = [r for r in rows if r["value"] is not None and r["denominator"] and r["denominator"] > 0]
    if not kind or not rows:
        return None
    period = rows[0]["period"]
    centre = next((r["value"] for r in rows_of(name, source, "NL") if r["period"] == period), None)
    survey = SOURCES[source].get("method") == "survey"
    if kind == "proportion":
        if any(r["value"] < 0 for r in rows):
            return None
        if survey:
            rows = [r for r in rows if 0 < r["value"] < 100 and r["lower"] is not None and r["upper"] > r["lower"]]
    if kind == "cost":
        rows = [r for r in rows if r["value"] > 0]
        [each] = [r["value"] for r in rows_of("zvw_kosten_vergelijkbaar", source, "NL") if r["period"] == period]
    if len(rows) < 20 or not centre or centre <= 0:
        return None
    points = {}
    for r in rows:
        size = r["denominator"]
        if kind == "cost":
            size, ratio = r["denominator"] / each, r["value"] / centre
            y, s, middle = math.log(ratio), 2.1 / math.sqrt(size), 0.0
        elif kind == "ratio":
            expected = size * centre / scale
            y, s, middle = math.sqrt(r["numerator"] / expected), 0.5 / math.sqrt(expected), 1.0
        else:
            share = r["value"] / 100
            if survey:
                size = share * (1 - share) / ((r["upper"] - r["lower"]) / 2 / Z95 / 100) ** 2
            y, s = math.asin(math.sqrt(share)), 0.5 / math.sqrt(size)
            middle = math.asin(math.sqrt(min(centre / 100, 1)))
        points[r["region"]] = {"value": r["value"], "size": size, "y": y, "s": s}
    scaled, errors = ([p[k] for p in points.values()] for k in "ys")
    phi, tau2 = between(scaled, errors, middle, "winsorise" if kind == "proportion" else "truncate")
    back = {
        "proportion": lambda b: 100 * math.sin(min(max(b, 0), math.pi / 2)) ** 2,
        "ratio": lambda b: centre * max(b, 0) ** 2,
        "cost": lambda b: centre * math.exp(b),
    }[kind]
    for p in points.values():
        spread = math.sqrt(p.pop("s") ** 2 + tau2)
        p["z"] = (p.pop("y") - middle) / spread
        for z, mark in ((Z95, "95"), (Z998, "998")):
            p |= {f"lower{mark}": back(middle - z * spread), f"upper{mark}": back(middle + z * spread)}
        out = [not p[f"lower{m}"] <= p["value"] <= p[f"upper{m}"] for m in ("95", "998")]
        p["outside"] = "99.8" if out[1] else "95" if out[0] else ""
    return {"kind": kind, "period": period, "centre": centre, "phi": phi, "tau2": tau2, "points": points}


def funnels_differ(name, source, level):
    mine, where = funnel_of(name, source, level), f"{name}, {source}, {level}"
    try:
        made = funnel(name, level=level, edition=source)
    except NotFoundError as refusal:
        told = str(refusal)
        assert told.startswith(name)
        assert len(told) > 50, told
        return [f"{where}: a funnel here, refused by kavelmon: {told}"] if mine else [], ""
    if mine is None:
        return [f"{where}: no funnel here, one in kavelmon"], ""
    found = {k: getattr(made, k) for k in ("kind", "period", "centre", "phi", "tau2")}
    wrong = differences(where, {k: mine[k] for k in found}, found)
    theirs = made.points.set_index("region").to_dict("index")
    assert not made.points.isna().any(axis=None), where
    if set(theirs) != set(mine["points"]):
        return [*wrong, f"{where}: other units, {sorted(set(theirs) ^ set(mine['points']))[:5]}"], mine["kind"]
    for code, point in mine["points"].items():
        wrong += differences(f"{where}, {code}", point, theirs[code])
    return wrong, mine["kind"]


def test_funnel_of_gemeenten():
    """Of every indicator and edition: the same funnel plot, or in both none."""
    wrong, kinds = [], []
    for name, source in EDITIONS:
        lines, kind = funnels_differ(name, source, "GM")
        wrong += lines
        kinds.append(kind)
    assert not wrong, "\n".join(wrong[:40])
    assert (kinds.count("cost"), kinds.count("ratio")) == (1, 5)
    assert kinds.count("proportion") >= 15
    assert kinds.count("") >= 60


@pytest.mark.parametrize(
    ("name", "source"),
    [("aandeel_65plus", "cbs_85984ned"), ("koopwoningen", "cbs_85984ned"), ("woninginbraak", "politie_misdrijven")],
)
def test_funnel_of_wijken(name, source):
    wrong, _ = funnels_differ(name, source, "WK")
    assert not wrong, "\n".join(wrong[:40])


# ---------------------------------------------------------------------------------------------------------- peers

STRUCTURE = (
    "inwoners", "omgevingsadressendichtheid", "aandeel_0_14", "aandeel_65plus", "aandeel_80plus",
    "inkomen_per_inwoner", "laag_inkomen", "eenpersoonshuishoudens", "bevolkingsgroei_5jaar",
)  # fmt: skip
LOGS = STRUCTURE[:2]


@pytest.fixture(scope="module")
def structure():
    """Return the newest figure per gemeente of today of each column, and the period that it is of."""
    today = tuple(r["region"] for r in rows_of("bevolkingsgroei_5jaar", "cbs_03759ned", "NL", level="GM"))
    found, periods = defaultdict(dict), {}
    for name in STRUCTURE:
        frame = km.observations(name, sorted(set(today)), level="GM")
        frame = frame[frame["value"].notna()]
        periods[name] = frame["period"].max()
        for row in frame[frame["period"] == periods[name]].to_dict("records"):
            found[row["region"]][name] = math.log(row["value"]) if name in LOGS else row["value"]
    return found, periods


def peers_of(region, codes, structure):
    """Return the ten gemeenten at the smallest distance in standard deviations, nearest first."""
    table, periods = structure
    own = {}
    for name in STRUCTURE:
        value = km.value(name, region, periods[name])["value"]
        if value is not None:
            value = value / len(codes) if name == "inwoners" else value
            own[name] = math.log(value) if name in LOGS else value
    scale = {}
    for name in STRUCTURE:
        values = [row[name] for row in table.values() if name in row]
        mean = math.fsum(values) / len(values)
        scale[name] = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / len(values))
    kavels = {
        m["code"]
        for area in plainly.declared("kavels").values()
        if area["kind"] == "kavel"
        for m in area["member"]
        if "valid_to" not in m
    }
    found = []
    for code, row in table.items():
        shared = [n for n in STRUCTURE if n in row and n in own]
        if code in kavels or code in codes or len(shared) < len(STRUCTURE) / 2:
            continue
        square = math.fsum(((row[n] - own[n]) / scale[n]) ** 2 for n in shared)
        found.append((math.sqrt(square / len(shared)), code))
    return sorted(found)[:10]


@pytest.mark.parametrize("region", [*AREAS, "GM0917"])
def test_peers(region, structure):
    codes = plainly.declared("kavels").get(region, {}).get("member", [{"code": region}])
    codes = {m["code"] for m in codes if "valid_to" not in m}
    mine = peers_of(region, codes, structure)
    theirs = peers(region)
    assert theirs["region"].tolist() == [code for _, code in mine]
    assert theirs["distance"].tolist() == pytest.approx([distance for distance, _ in mine], rel=1e-9)
    assert theirs["distance"].is_monotonic_increasing
    kavels = {c for a in ("achterhoek", "ede") for c in declarations.default().area(a).codes}
    assert not set(theirs["region"]) & (codes | kavels)
    for row in theirs.to_dict("records"):
        assert row["region_name"] == km.value("inwoners", row["region"])["region_name"]
        for name in STRUCTURE:
            value = structure[0][row["region"]].get(name)
            assert same(math.exp(value) if value is not None and name in LOGS else value, row[name]), (region, name)
