"""Means with Student's interval, against SciPy's own, by counting, and by the rule of three."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mesascope.evidence.means import mean

VALUES = st.lists(st.floats(-50.0, 50.0), min_size=2, max_size=12)


@given(VALUES)
def test_the_interval_is_scipys(values: list[float]) -> None:
    found = mean(values)
    spread = stats.sem(values)
    assert found.samples == len(values)
    assert found.estimate == pytest.approx(np.mean(values), abs=1e-9)
    if spread > 1e-9:
        low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), spread)
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-6)


@given(VALUES, st.floats(0.1, 9.0), st.floats(-9.0, 9.0))
def test_it_moves_with_the_units(values: list[float], scale: float, shift: float) -> None:
    found, moved = mean(values), mean([scale * value + shift for value in values])
    for one in ("estimate", "low", "high"):
        assert getattr(moved, one) == pytest.approx(scale * getattr(found, one) + shift, abs=1e-6)


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=12))
def test_bounds_keep_it_in_and_make_it_no_narrower_than_what_may_have_been_missed(
    values: list[float],
) -> None:
    free, bound = mean(values), mean(values, floor=0.0, ceiling=1.0)
    assert 0.0 <= bound.low <= bound.estimate <= bound.high <= 1.0
    assert bound.low <= max(free.low, 0.0) + 1e-12
    assert bound.high >= min(free.high, 1.0) - 1e-12


@pytest.mark.parametrize("count", [2, 3, 10])
def test_values_that_are_all_alike_reach_as_far_as_none_of_so_many(count: int) -> None:
    # A share p of policies is missed by all of them with probability (1 - p)^K = .05.
    clopper_pearson = stats.beta.ppf(0.95, 1, count)
    found = mean([0.0] * count, floor=0.0, ceiling=1.0)
    assert (found.low, found.high) == pytest.approx((0.0, clopper_pearson))
    assert mean([1.0] * count, floor=0.0, ceiling=1.0).low == pytest.approx(1.0 - clopper_pearson)


def test_it_holds_the_mean_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    drawn = rng.normal(3.0, 2.0, size=(2000, 4))
    held = [one.low <= 3.0 <= one.high for one in map(mean, drawn)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)  # three standard errors


@pytest.mark.parametrize("values", [[], [0.5]])
def test_fewer_than_two_tell_nothing(values: list[float]) -> None:
    with pytest.raises(ValueError, match="does not tell"):
        mean(values)
