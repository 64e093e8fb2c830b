import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kavelmon.stats.compare import compare

NO = math.nan


@pytest.mark.parametrize(
    ("value", "margins", "better", "word", "judged"),
    [
        (80.3, (79.5, 81.0), "higher", "better", True),
        (80.3, (79.5, 81.0), "lower", "worse", True),
        (80.3, (79.5, 81.0), "none", "higher", True),
        (80.3, (78.0, 82.0), "higher", "similar", True),
        (79.9, (79.5, 80.3), "higher", "similar", True),
        (80.3, (NO, NO), "higher", "higher", False),
        (77.0, (NO, NO), "higher", "lower", False),
        (79.5, (NO, NO), "lower", "similar", False),
        (NO, (NO, NO), "lower", "none", False),
    ],
)
def test_a_judgement_needs_margins_a_good_side_and_a_relevant_difference(value, margins, better, word, judged):
    found = compare(value, *margins, 79.1, better=better, threshold=1)
    assert (found.word, found.judged) == (word, judged)


@given(st.floats(0, 100), st.floats(0, 100), st.sampled_from(["higher", "lower", "none"]))
def test_without_margins_nothing_is_ever_judged(value, reference, better):
    found = compare(value, NO, NO, reference, better=better, threshold=1)
    assert found.word in {"higher", "lower", "similar"}
    assert not found.judged


@given(st.floats(0, 100), st.floats(0.1, 20), st.floats(0, 100))
def test_turning_the_good_side_around_turns_the_judgement(value, half, reference):
    pair = {
        compare(value, value - half, value + half, reference, better=b, threshold=1).word for b in ("higher", "lower")
    }
    assert pair in ({"similar"}, {"better", "worse"})
