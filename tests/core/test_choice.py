import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesascope.core.choice import Choice
from mesascope.core.errors import IllegalOutput

distributions = st.dictionaries(
    st.integers(0, 8), st.integers(0, 20), min_size=1
).filter(lambda d: sum(d.values()) > 0).map(
    lambda d: Choice({k: v / sum(d.values()) for k, v in d.items()})
)  # fmt: skip


@pytest.mark.parametrize(
    "weights",
    [
        {},
        {0: 0.5},
        {0: 1.1},
        {0: 1.5, 1: -0.5},
        {0: math.nan},
        {0: math.inf},
        {0: 0.5, 1: math.nan},
        {0: math.inf, 1: -math.inf},
    ],
)
def test_only_distributions_are_choices(weights: dict[int, float]) -> None:
    with pytest.raises(IllegalOutput, match="probabilities that add up to 1"):
        Choice(weights)


def test_rounding_passes() -> None:
    assert Choice(dict.fromkeys(range(3), 0.3333333)).support == {0, 1, 2}


def test_ties_share_alike() -> None:
    best = Choice.among_best({0: Fraction(1, 3), 1: 0, 2: Fraction(2, 6)})
    assert dict(best.weights) == {0: 0.5, 2: 0.5}
    assert Choice.uniform([4, 4, 2]).weights == {4: 0.5, 2: 0.5}


def test_weightless_outputs_are_not_in_the_support() -> None:
    choice = Choice({0: 0.0, 1: 1.0})
    assert choice.support == {1}
    assert choice[0] == choice[7] == 0.0


def test_distance_by_hand() -> None:
    assert Choice({0: 1.0}).distance(Choice({1: 1.0})) == 1.0
    assert Choice({0: 0.5, 1: 0.5}).distance(Choice({0: 1.0})) == 0.5


@given(distributions, distributions, distributions)
def test_distance_is_a_metric(a: Choice[int], b: Choice[int], c: Choice[int]) -> None:
    assert a.distance(a) == 0.0
    assert a.distance(b) == pytest.approx(b.distance(a))
    assert 0.0 <= a.distance(b) <= 1.0 + 1e-12
    assert a.distance(c) <= a.distance(b) + b.distance(c) + 1e-12
    # Total variation is the largest difference that any event can show.
    event = [y for y in range(9) if a[y] > b[y]]
    assert a.distance(b) == pytest.approx(sum(a[y] - b[y] for y in event), abs=1e-12)
