import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mesascope.core.interval import Interval

THRESHOLD = 0.5


@pytest.mark.parametrize(
    ("low", "high", "side"),
    [(0.1, 0.4, -1), (0.1, 0.5, -1), (0.1, 0.6, 0), (0.5, 0.6, 0), (0.51, 0.6, 1)],
)
def test_side_of_a_threshold(low: float, high: float, side: int) -> None:
    assert Interval((low + high) / 2, low, high, samples=10).side_of(THRESHOLD) == side


def test_an_exact_figure_is_always_on_one_side() -> None:
    assert Interval.exact(0.5).side_of(0.5) == -1
    assert Interval.exact(0.6).side_of(0.5) == 1
    assert Interval.exact(0.6).samples_to_settle(0.5) == 0


def test_samples_by_hand() -> None:
    # Half-width 0.5 at 100 samples; the gap is 0.25, so the width must halve: 400 samples in all.
    for interval in (Interval(0.25, 0.0, 0.75, 100), Interval(0.75, 0.25, 1.0, 100)):
        assert interval.samples_to_settle(THRESHOLD) == 300


def test_no_number_of_samples_helps_on_the_threshold() -> None:
    assert Interval(0.5, 0.4, 0.6, samples=100).samples_to_settle(THRESHOLD) is None


def test_no_number_of_samples_is_known_to_help_where_nothing_was_sampled() -> None:
    assert Interval(0.4, 0.2, 0.6).samples_to_settle(THRESHOLD) is None


@given(st.floats(0.0, 1.0), st.floats(0.01, 0.5), st.integers(2, 10_000))
def test_that_many_more_samples_do_settle_it(estimate: float, half: float, samples: int) -> None:
    assume(0.005 < abs(estimate - THRESHOLD) < half)
    interval = Interval(estimate, estimate - half, estimate + half, samples, 0.95)
    more = interval.samples_to_settle(THRESHOLD)
    assert more is not None
    narrower = half * (samples / (samples + more)) ** 0.5 * (1 - 1e-12)
    settled = Interval(estimate, estimate - narrower, estimate + narrower, samples + more)
    assert settled.side_of(THRESHOLD) != 0
