import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kavelmon.expressions import ExpressionError, evaluate, names_in


def test_a_formula_computes_over_columns():
    columns = {"a": np.array([1.0, 2.0]), "65plus": np.array([10.0, math.nan])}
    assert evaluate("0.5 * a + `65plus`", columns).tolist()[0] == 10.5
    assert math.isnan(evaluate("a + `65plus`", columns)[1])


def test_names_between_backticks_may_hold_anything():
    assert names_in("`Low income threshold (%)` / 100 * pop") == {"Low income threshold (%)", "pop"}


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os')",
        "a.b",
        "a[0]",
        "a ** 2",
        "a if b else c",
        "lambda: 1",
        "f(a)",
        "'x'",
        "a +",
        "",
        "a; b",
        "True",
        "a < b",
    ],
)
def test_anything_but_columns_numbers_and_the_four_operators_is_refused(formula):
    with pytest.raises(ExpressionError, match="column names, numbers"):
        names_in(formula)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0.1, 1e3))
def test_precedence_is_that_of_arithmetic(a, b, c):
    assert evaluate("a + b / c - (a - 2) * 3", {"a": a, "b": b, "c": c}) == a + b / c - (a - 2) * 3
