"""Bad input is refused in one sentence, word for word: what was found and where, what is allowed, and what to do."""

import math

import numpy as np
import pandas as pd
import pytest

from kavelmon.model import KavelmonError
from kavelmon.stats import (
    checks,
    dispersion,
    funnel,
    inequality,
    intervals,
    margins,
    multiple,
    peers,
    samples,
    standardise,
    trend,
)

NAN, INF = math.nan, math.inf
TABLE = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [4.0, NAN, 6.0], "c": [1.0, 2.0, 4.0]}, index=["x", "y", "z"])
PARTS = {"values": [20, 30], "lower": [18, 27], "upper": [22, 33], "shares": [0.25, 0.75], "correlation": 0}
FRACTIONS = {"values": [0.2, 0.3, 0.4], "lower": [0.1, 0.2, 0.3], "upper": [0.3, 0.4, 0.5], "shares": [0.2, 0.2, 0.6]}


def parts(**changed):
    return margins.combined_margins(**{**PARTS, **changed})


def case(call, sentence, name):
    return pytest.param(call, sentence, id=name)


CASES = [
    # confidence
    case(
        lambda: intervals.wilson(65, 100, confidence=95),
        "confidence is 95, but it is a share between 0 and 1: write 0.95.",
        "confidence in per cent",
    ),
    case(
        lambda: intervals.poisson_exact(65, confidence=99.8),
        "confidence is 99.8, but it is a share between 0 and 1: write 0.998.",
        "confidence of 99.8 per cent",
    ),
    case(
        lambda: samples.mean_t([1, 2], confidence=1),
        "confidence is 1, but it is a share between 0 and 1: write for instance 0.95.",
        "confidence of one",
    ),
    case(
        lambda: intervals.quantile(0),
        "confidence is 0, but it is a share between 0 and 1: write for instance 0.95.",
        "confidence of nothing",
    ),
    case(
        lambda: trend.slope([2020, 2021], [1, 2], confidence=95),
        "confidence is 95, but it is a share between 0 and 1: write 0.95.",
        "confidence of a slope that is not there",
    ),
    case(
        lambda: intervals.wilson(65, 100, confidence=[0.95, 0.998]),
        "confidence has 2 values, but it is one number for all: give one number, or call once for each.",
        "two confidences",
    ),
    # numbers
    case(
        lambda: intervals.wilson([1, NAN], 100),
        "numerator is nan at position 1, but every value is a finite number: leave out what is not known.",
        "a missing value",
    ),
    case(
        lambda: intervals.wilson(pd.Series([1, None], dtype="Int64"), 100),
        "numerator is nan at position 1, but every value is a finite number: leave out what is not known.",
        "a missing value of pandas",
    ),
    case(
        lambda: intervals.byar(NAN),
        "count is nan, but every value is a finite number: leave out what is not known.",
        "a single missing value",
    ),
    case(
        lambda: intervals.rate(5, INF),
        "population is inf, but every value is a finite number: look for a division by zero.",
        "an infinite value",
    ),
    case(
        lambda: intervals.count_limits(["twaalf"]),
        "count holds something that is no number, but every value is a number: turn texts into numbers first.",
        "a text",
    ),
    case(
        lambda: trend.slope([2020, 2021, 2022], [1, INF, 2]),
        "values is inf at position 1, but every value is a finite number: look for a division by zero.",
        "infinite where missing is allowed",
    ),
    # counts and wholes
    case(
        lambda: intervals.rate([4, 7, -3], 100),
        "count is -3 at position 2, but it has to be 0 or more: correct it, or leave out what is not known.",
        "a negative count",
    ),
    case(
        lambda: intervals.wilson([3, 12], [10, 10]),
        "numerator is 12 at position 1 where denominator is 10, but a part is at most its whole: "
        "see whether the two are swapped or of different years.",
        "a numerator above its denominator",
    ),
    case(
        lambda: samples.newcombe(1, 2, 5, 4),
        "x2 is 5 where n2 is 4, but a part is at most its whole: "
        "see whether the two are swapped or of different years.",
        "the second of two proportions",
    ),
    case(
        lambda: intervals.wilson(0, 0),
        "denominator is 0, but it has to be above 0: leave that one out, or join it with a neighbour.",
        "a denominator of nobody",
    ),
    case(
        lambda: intervals.rate([1, 2], [100, -5]),
        "population is -5 at position 1, but it has to be above 0: leave that one out, or join it with a neighbour.",
        "a negative population",
    ),
    case(
        lambda: standardise.direct([[9, 9], [1, 0]], [[5, 5], [4, 0]], [1, 1]),
        "populations is 0 at position (1, 1), but it has to be above 0: "
        "leave that one out, or join it with a neighbour.",
        "a band of nobody",
    ),
    case(
        lambda: intervals.wilson([1, 2, 3], [10, 20]),
        "numerator has 3 values and denominator has 2 values, but their values belong together one by one: "
        "give both the same length.",
        "lengths that differ",
    ),
    case(
        lambda: intervals.rate(5, 100, per=0),
        "per is 0, but it has to be above 0: write for instance 100.",
        "a rate per nobody",
    ),
    # samples
    case(
        lambda: samples.mean_t([7]),
        "values holds 1 value, but at least 2 are needed: add what is lacking, or give no figure.",
        "a mean of one",
    ),
    case(
        lambda: samples.mean_t_summary([5, 6], 1, [10, 1]),
        "n is 1 at position 1, but a sample that says how much it varies has 2 or more: "
        "correct it, or leave that one out.",
        "a summary of one",
    ),
    case(
        lambda: samples.effective_n([]),
        "weights holds 0 values, but at least 1 is needed: add what is lacking, or give no figure.",
        "no weights",
    ),
    case(
        lambda: samples.weighted_wilson(65, [1, 1]),
        "proportion is 65, but it is a number from 0 to 1: divide it by 100 if it is a percentage.",
        "a proportion in per cent",
    ),
    # margins
    case(
        lambda: intervals.standard_error([27, 33], [33, 27]),
        "lower is 33 at position 1 where upper is 27, but a lower limit is at most the upper one: "
        "see whether the two are swapped.",
        "limits that are swapped",
    ),
    case(
        lambda: parts(correlation=1.5),
        "correlation is 1.5, but it is a number from 0 to 1: divide it by 100 if it is a percentage.",
        "a correlation above one",
    ),
    case(
        lambda: parts(shares=[1000, 3000]),
        "shares sum to 4000, but shares sum to 1: divide each by their sum.",
        "weights for shares",
    ),
    case(
        lambda: parts(scale="log"),
        'scale is "log", but it is one of "linear", "logit": choose one of them.',
        "an unknown scale",
    ),
    case(
        lambda: parts(lower=[0, 27], scale="logit"),
        "lower is 0 at position 0, but the logit scale has no 0 and no whole: "
        'use scale="linear", or per=1 for fractions.',
        "a limit of nothing on the logit scale",
    ),
    case(
        lambda: margins.combined_margins(**FRACTIONS, correlation=0, scale="logit"),
        "values, lower and upper are called percentages and none of them is above 0.5, "
        "but percentages run from 0 to 100: "
        "multiply fractions by 100, or say per=1.",
        "fractions for percentages",
    ),
    case(
        lambda: checks.percentages([20, 110], [18, 90], [22, 120]),
        "values is 110 at position 1, but a percentage lies from 0 to 100: correct it.",
        "more than everybody",
    ),
    # standardisation
    case(
        lambda: standardise.direct([20, 30], [100, 100], [1, 2, 3]),
        "weights has 3 values and there are 2 per unit, but there is one weight for each band: "
        "give counts, populations and weights the same bands.",
        "weights of other bands",
    ),
    case(
        lambda: standardise.direct([20, 30], [100, 100], [0, 0]),
        "weights are all 0, but a standard population has people: give the people, or the share, of each band.",
        "a standard population of nobody",
    ),
    case(
        lambda: standardise.indirect(5, [10, 20], [1, 2, 3], [10, 10, 10]),
        "reference_counts has 3 bands and populations has 2, but both have the same bands: "
        "cut the reference into the bands of the populations.",
        "a reference of other bands",
    ),
    case(
        lambda: standardise.indirect(5, [10, 20], [0, 0], [10, 10]),
        "the expected number of events is 0, but it has to be above 0: "
        "leave that one out, or join it with a neighbour.",
        "nothing is expected",
    ),
    case(
        lambda: standardise.indirect([1, 2, 3], [10, 20], [1, 1], [10, 10]),
        "observed has 3 values, but it is a total per unit or a count per band of populations: "
        "give it one of these two shapes.",
        "observed of another shape",
    ),
    case(
        lambda: standardise.direct_means([1, 2], [5, 5], [1, 1], [0.1, -0.2]),
        "standard_errors is -0.2 at position 1, but a standard error is 0 or more: give its size, without a sign.",
        "a negative standard error",
    ),
    # funnels
    case(
        lambda: funnel.proportion_limits(80, [100, 200]),
        "target is 80, but it is a number from 0 to 1: divide it by 100 if it is a percentage.",
        "a target in per cent",
    ),
    case(
        lambda: funnel.ratio_funnel([0, 3, 4], [2, 3, 4]),
        "observed is 0 at position 0, but 0 events have no logarithm: "
        'use scale="root", or join the unit with a neighbour.',
        "no events on the log scale",
    ),
    case(
        lambda: funnel.proportion_funnel([1, 2], [10, 10]),
        "z holds 2 values, but at least 3 are needed: add what is lacking, or give no figure.",
        "a funnel of two units",
    ),
    case(
        lambda: dispersion.overdispersion([1, 2, 3], [1, 1, 1], trim="truncate"),
        "z, after trimming, holds 1 value, but at least 3 are needed: add what is lacking, or give no figure.",
        "too few units after truncation",
    ),
    case(
        lambda: dispersion.overdispersion([1, 2, 3], [1, 1, 1], share=10),
        "share is 10, but less than half is trimmed at each end: write for instance 0.1.",
        "a share in per cent",
    ),
    # trends
    case(
        lambda: trend.slope([2020, 2021, 2021], [1, 2, 3]),
        "years holds 2021 more than once, but there is one value for each: keep one of them.",
        "a year that comes twice",
    ),
    case(
        lambda: trend.slope([2020, 2021, 2022], [1, 2, 3], [1, 0, 1]),
        "standard_errors is 0 at position 1, but it has to be above 0: "
        "leave that one out, or join it with a neighbour.",
        "a point without error",
    ),
    case(
        lambda: trend.slope([2020, 2021, 2022], [1, 2, 3], [1, NAN, 1]),
        "standard_errors is nan at position 1, but every value is a finite number: leave out what is not known.",
        "a point of unknown error",
    ),
    case(
        lambda: trend.fit_line([2020, 2020], [1, 2]),
        "x is 2020 for every point, but a slope needs two different ones: give points that differ.",
        "points above each other",
    ),
    case(
        lambda: trend.recent_trend(range(5), [1, 2, 3, 4, 5], [0, 1, 3, 3, 4], [2, 3, 3, 5, 6]),
        "lower is 3 at position 2 and upper is the same, but only an interval with a width has a standard error: "
        "ask the source for more decimals.",
        "margins that were rounded away",
    ),
    # inequality
    case(
        lambda: inequality.slope_index([1, 2], [10, 10], [1, 2]),
        "values holds 2 values, but at least 3 are needed: add what is lacking, or give no figure.",
        "two wijken",
    ),
    case(
        lambda: inequality.slope_index([1, 2, 3], [10, 10, 10], [5, 5, 5]),
        "ranking is the same for every unit, but it puts units in order: rank by something that differs.",
        "a ranking without order",
    ),
    case(
        lambda: inequality.spread([], []),
        "values holds 0 values, but at least 1 is needed: add what is lacking, or give no figure.",
        "a spread of nothing",
    ),
    # many comparisons
    case(
        lambda: multiple.benjamini_hochberg([0.02, 4]),
        "p is 4 at position 1, but a p-value lies from 0 to 1: correct it, or leave that one out.",
        "a p in per cent",
    ),
    case(
        lambda: multiple.p_of_difference(5, 4, 7, 3),
        "lower is 7 where upper is 3, but a lower limit is at most the upper one: see whether the two are swapped.",
        "limits of a difference that are swapped",
    ),
    # peers
    case(
        lambda: peers.distances(TABLE, "q"),
        'own is "q", but it is a row of the table: give one of its labels, or a Series.',
        "a row that is not there",
    ),
    case(
        lambda: peers.distances(TABLE, pd.Series({"a": 1.0, "b": 2.0})),
        'own has no "c", but it has every column of the table: add it, as NaN if unknown.',
        "a column that is not there",
    ),
    case(
        lambda: peers.distances(TABLE, pd.Series({"a": NAN, "b": NAN, "c": 2.0})),
        "own has 1 of 3 columns, but at least half of them (by weight) must be known: "
        "leave out the columns that it lacks.",
        "a row of which little is known",
    ),
    case(
        lambda: peers.distances(TABLE.assign(a=7.1), "x"),
        'column "a" is the same in every unit, but units differ in it: leave that column out.',
        "a column without difference",
    ),
    case(
        lambda: peers.distances(TABLE, "x", {"a": 1, "b": 1, "d": 1}),
        'weights names "d", but it names columns of the table: correct the name.',
        "a weight of no column",
    ),
    case(
        lambda: peers.distances(TABLE, "x", {"a": 1, "b": 1}),
        'weights has no "c", but it has every column of the table: add it, 0 if it is not to count.',
        "a column without weight",
    ),
    case(
        lambda: peers.distances(TABLE, "x", {"a": 0, "b": 0, "c": 0}),
        "weights are all 0, but at least one column counts: give a weight above 0.",
        "no column counts",
    ),
    case(
        lambda: peers.nearest(TABLE, "x", k=0),
        "k is 0, but at least one is asked for: write for instance 10.",
        "no neighbours",
    ),
]


@pytest.mark.parametrize(("call", "sentence"), CASES)
def test_bad_input_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(checks.StatisticsError) as refused:
        call()
    assert str(refused.value) == sentence
    assert isinstance(refused.value, KavelmonError)


@pytest.mark.parametrize(
    "call",
    [
        lambda: checks.percentages([0.2, 0.3], [0.1, 0.2], [0.3, 0.4]),  # two may be rare
        lambda: checks.percentages([0.2, 0.3, 0.9], [0.1, 0.2, 0.8], [0.3, 0.4, 1.1]),  # a rare thing in per cent
        lambda: margins.combined_margins(**FRACTIONS, correlation=0, scale="logit", per=1),
        lambda: margins.combined_margins(**FRACTIONS, correlation=0),
        lambda: intervals.rate(12, 10),  # more events than people
        lambda: intervals.wilson([], []),
        lambda: standardise.indirect(0, [10, 0], [1, 1], [10, 10]),
        lambda: trend.slope([], []),
        lambda: multiple.benjamini_hochberg([NAN]),
    ],
)
def test_what_is_unusual_but_sound_is_not_refused(call):
    with np.errstate(all="raise"):
        call()
