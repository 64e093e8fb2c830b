"""Golden figures of the statistics: what others published or computed, to the digits that they give.

Sources, numbers only: PHEindicatormethods 2.1.0 (the test data of Public Health England's package), FunnelPlotR (its
tests), Newcombe 1998, FingertipsNext (the tests of its trend calculator), and the method notes of the project
(method notes), where they were recomputed by hand.

Left out on purpose: row `testdata_1976` of PHE's sheet, of which the four 99.8 % cells are ten times too large
(method notes 6.4).
"""

import math

import numpy as np
import pytest

from kavelmon.stats import dispersion, funnel, intervals, margins, samples, standardise, trend

WIDE = 0.998


def close(found, expected, digits):
    """Tell whether figures agree to the last of so many decimals; some of the sources cut off instead of rounding."""
    return np.allclose(found, expected, rtol=1e-14, atol=10.0**-digits)


# --------------------------------------------------------------------------------- method notes 6.2: margins of an area

PARTS = {"values": [20, 30], "lower": [18, 27], "upper": [22, 33], "shares": [0.25, 0.75]}  # N = 1000 and 3000


@pytest.mark.parametrize(
    ("correlation", "error", "lower", "upper"),
    [(0, 1.175984, 25.195, 29.805), (0.5, 1.294525, 24.963, 30.037), (1, 1.403087, 24.750, 30.250)],
)
def test_margins_of_an_area(correlation, error, lower, upper):
    found = margins.combined_margins(**PARTS, correlation=correlation)
    assert close(found, (lower, upper), 3)
    assert close(intervals.standard_error(*found), error, 6)


# -------------------------------------------------------------------------- method notes 6.3: samples with weights, two


def test_effective_number_of_a_weighted_sample():
    assert close(samples.effective_n([1, 1, 2, 4]), 2.909091, 6)


def test_difference_of_two_proportions():  # Newcombe 1998, Statistics in Medicine 17:873, table II, method 10
    assert close(samples.newcombe(56, 70, 48, 80), (0.2000, 0.0524, 0.3339), 4)


# ------------------------------------------------- method notes 6.4: PHEindicatormethods 2.1.0, testdata of its package


@pytest.mark.parametrize(
    ("numerator", "denominator", "confidence", "lower", "upper", "digits"),
    [
        (65, 100, 0.95, 0.5525444329688797, 0.7363575175690247, 15),
        (65, 100, WIDE, 0.4954946574070443, 0.7783540614089697, 15),
        (1045, 5000, 0.95, 0.19795549880013, 0.22049130373189, 14),
        (0.445, 1, 0.95, 0.04381744772, 0.93346212770, 11),
        (1, 100, 0.95, 0.0017674320641, 0.0544861961787, 13),
        (5, 100, 0.95, 0.0215436791544, 0.1117504692319, 13),
        # method notes has ...5831 in its last four of thirteen decimals; with 40 digits it is 0.28882916559315889705
        (20, 100, 0.95, 0.1333669333310, 0.2888291655932, 13),
        (9856, 12345, 0.95, 0.7912101752909, 0.8053640073615, 13),
    ],
)
def test_wilson(numerator, denominator, confidence, lower, upper, digits):
    assert close(intervals.wilson(numerator, denominator, confidence=confidence), (lower, upper), digits)


@pytest.mark.parametrize(
    ("count", "confidence", "lower", "upper"),
    [
        (65, 0.95, 50.163187710459, 82.849138545940),
        (65, WIDE, 42.880261471480, 94.000290844318),
        (1045, 0.95, 982.593201807333, 1110.331212985650),
        (10, WIDE, 2.916318374696, 24.193724927881),
    ],
)
def test_byar(count, confidence, lower, upper):
    assert close(intervals.byar(count, confidence=confidence), (lower, upper), 12)
    assert intervals.count_limits(count, confidence=confidence) == intervals.byar(count, confidence=confidence)


def test_exact_poisson():
    assert close(intervals.rate(1, 100, per=100), (0.025317807984, 5.571643390939), 12)
    assert close(intervals.rate(5, 100, per=100), (1.623486390118, 11.668332079323), 12)
    assert close(intervals.poisson_exact(0), (0, 3.688879454114), 12)
    assert close(intervals.count_limits(9), (4.115373097378, 17.084803451419), 12)


POPULATIONS = [636, 558, 609, 543, 384, 594, 669, 843, 660, 576, 606, 522, 426, 273, 300, 288, 153, 123, 207]
BIG = [127, 25, 18, 21, 12, 27, 48, 27, 29, 32, 32, 34, 45, 65, 38, 68, 74, 82, 91]
SMALL = [12, 4, 3, 2, 3, 4, 8, 2, 2, 3, 4, 5, 6, 8, 5, 6, 5, 5, 4]
TINY = [0] * 17 + [4, 5]  # nine events; how they are spread does not matter below ten
REFERENCE = [
    10303, 2824, 0, 3615, 3641, 3490, 3789, 3213, 3031, 2771, 3089, 3490, 3595, 4745, 5514, 7125, 5694, 6210, 5757,
]  # fmt: skip
REFERENCE_POPULATIONS = [
    50520, 57173, 60213, 54659, 44345, 50128, 62163, 67423, 62899, 55463,
    60479, 49974, 44140, 40888, 37239, 30819, 18136, 15325, 13918,
]  # fmt: skip


def test_the_european_standard_population():  # Eurostat 2013: 100 000 people in 19 bands
    assert len(standardise.ESP2013) == len(standardise.ESP2013_BANDS) == 19
    assert sum(standardise.ESP2013) == 100_000
    assert dict(zip(standardise.ESP2013_BANDS, standardise.ESP2013, strict=True)).items() >= {
        ("0-4", 5000), ("5-9", 5500), ("35-39", 7000), ("65-69", 5500), ("85-89", 1500), ("90+", 1000)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "confidence", "value", "lower", "upper"),
    [
        (BIG, 0.95, 10430.247991469423, 9717.709067985681, 11178.94091547925),
        (BIG, WIDE, 10430.247991469423, 9323.287880219903, 11620.595999522058),
        (SMALL, 0.95, 1103.212025300104, 877.455767536709, 1367.0882227251795),
    ],
)
def test_directly_standardised_rate(counts, confidence, value, lower, upper):
    found = standardise.direct(counts, POPULATIONS, standardise.ESP2013, confidence=confidence)
    assert (found.events, found.reason) == (sum(counts), "")
    assert close((found.value, found.lower, found.upper), (value, lower, upper), 10)


def test_no_directly_standardised_rate_of_nine_events():
    found = standardise.direct(TINY, POPULATIONS, standardise.ESP2013)
    assert all(math.isnan(x) for x in (found.value, found.lower, found.upper))
    assert (found.events, found.reason) == (9, "fewer than 10 events")


@pytest.mark.parametrize(
    ("counts", "ratio", "lower", "upper", "digits"),
    [
        (BIG, 1.0707232939020275, 1.0017147712553987, 1.143233287249895, 14),
        (SMALL, 0.10886683770400503, 0.08765040101829, 0.13366576328419, 14),
        (TINY, 0.010767049882814, 0.004923380825, 0.020439214556, 12),
    ],
)
def test_indirectly_standardised_ratio(counts, ratio, lower, upper, digits):
    found = standardise.indirect(counts, POPULATIONS, REFERENCE, REFERENCE_POPULATIONS)
    assert close(found.expected, 835.8835612311743, 12)
    assert close(found.ratio, ratio, 15)
    assert close((found.lower, found.upper), (lower, upper), digits)
    assert standardise.indirect(sum(counts), POPULATIONS, REFERENCE, REFERENCE_POPULATIONS) == found


def test_mean():
    values = [33.09375, 48.38596, 64.83495, 67.98475, 22.93556, 71.23587, 38.78465, 82.37927]
    assert close(np.mean(values), 53.704345, 6)
    assert close(samples.mean_t(values), (36.168325241336504, 71.24036475866352), 12)


# --------------------------------------------------------------------------------------- method notes 6.5: funnel plots


@pytest.mark.parametrize(  # PHEindicatormethods 2.1.0, funnel of proportions, per cent
    ("size", "lower", "upper"),
    [
        (5, 46.011039, 100),
        (30, 66.504234, 94.780661),
        (1886, 78.859313, 82.425583),
        (110_000, 80.408963, 80.875933),
    ],
)
def test_funnel_of_proportions(size, lower, upper):
    assert close(np.multiply(funnel.proportion_limits(0.80642448, size), 100), (lower, upper), 6)


@pytest.mark.parametrize(  # FunnelPlotR, tests of its unadjusted limits
    ("expected", "confidence", "lower", "upper"),
    [
        (15, 0.95, 0.5596924, 1.649348),
        (20, 0.95, 0.6108260, 1.544419),
        (30, 0.95, 0.6746958, 1.427562),
        (15, WIDE, 0.3862650, 2.082907),
        (20, WIDE, 0.4479107, 1.902094),
        (30, WIDE, 0.5289724, 1.702771),
    ],
)
def test_funnel_of_ratios(expected, confidence, lower, upper):
    found = funnel.ratio_limits(expected, confidence=confidence)
    assert close(found.lower, lower, 7)
    assert close(found.upper, upper, 6)


def test_over_dispersion():  # FunnelPlotR gives phi, method notes tau2
    y, error = dispersion.log_ratio([100, 150, 180, 80, 120, 225], [108, 112, 165, 95, 100, 220])
    found = dispersion.overdispersion(dispersion.z_scores(y, error, 0), error, trim="none")
    assert close(found.phi, 2.948033, 6)
    assert close(found.tau2, 0.01947753057802157, 16)


# ------------------------------------------------------------------------ FingertipsNext: tests of its trend calculator

DIABETES = {  # QOF diabetes prevalence 2020-2024
    "values": [7.0826, 7.1085, 7.2571, 7.4528, 7.6554],
    "lower": [7.0754, 7.1013, 7.2499, 7.4456, 7.6481],
    "upper": [7.094, 7.1199, 7.2684, 7.4643, 7.6669],
}
MMR = {  # Yorkshire and the Humber
    "values": [92.6254, 92.3221, 90.8708, 90.017, 90.1013],
    "lower": [92.4168, 92.1072, 90.6358, 89.7694, 89.8578],
    "upper": [92.8288, 92.5315, 91.1004, 90.2594, 90.3396],
}
DIABETIC_EYE_DISEASE = {
    "values": [2.935, 1.93028, 2.7567, 2.8701, 3.0121],
    "lower": [2.7841, 1.8085, 2.6113, 2.7225, 2.8616],
    "upper": [3.0919, 2.058, 2.9082, 3.0237, 3.1683],
}


@pytest.mark.parametrize(
    ("series", "word"), [(DIABETES, "up"), (MMR, "down"), (DIABETIC_EYE_DISEASE, "up")], ids=["qof", "mmr", "eyes"]
)
def test_recent_trend(series, word):
    found = trend.recent_trend(range(2020, 2025), **series)
    assert (found.word, found.steady) == (word, True)
