"""Whether two loaders read the same."""

import numpy as np
import pandas as pd

from kavelmon.sources.tables import Wide


def same(one: Wide, other: Wide, *more: str) -> None:
    """Hold the figures and margins of two tables against each other, and what else of them is named."""
    pd.testing.assert_index_equal(one.index, other.index, exact="equiv")
    for kind in ("value", "lower", "upper", *more):
        a, b = getattr(one, kind), getattr(other, kind)
        assert {*a} == {*b}, kind
        for topic in a:
            np.testing.assert_array_equal(a[topic], b[topic], err_msg=f"{kind} of {topic}")
