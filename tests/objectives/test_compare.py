import numpy as np
import pytest

from mesascope.core.interval import Interval
from mesascope.objectives.compare import compare
from mesascope.objectives.errors import BadPair
from mesascope.objectives.pair import Pair
from tests.objectives.strategies import INSIDE, check, samples

FIGURES = (
    "decision_regret",
    "menu_regret",
    "behaviour_regret",
    "rank_distance",
    "cardinal_distance",
    "coverage",
)


def test_every_figure_by_hand():
    several = [
        Pair.of([2, 1, 0], [5, 6, 1], episode=0, probability=[0, 1, 0]),
        Pair.of([1, 1], [0, 1], episode=0, probability=[0, 1]),
        Pair.of([3, 0], [None, 4], episode=7, probability=[1, 0]),
    ]
    found = compare(several, mu="train", sampled=False)
    assert (found.mu, found.nu) == ("train", "all outputs alike")
    assert (found.instances, found.episodes) == (3, 2)
    assert (found.constant, found.indifferent) == (1, 1)
    assert found.decision_regret == Interval.exact((1 + 0 + 3) / (2 + 0 + 3))
    assert found.menu_regret.estimate == pytest.approx((2 / 4 + 3) / (6 / 4 + 3))
    assert found.behaviour_regret == Interval.exact((1 + 0 + 0) / 5)
    assert found.rank_distance.estimate == pytest.approx(1 / 3)
    assert found.rank_undefined == 2
    # R centred (1, 0, -1), Õ centred (1, 2, -3): ρ = 4/3 over the root of 2/3 · 14/3, and of
    # the others only the second has a spread, of Õ alone: 1/4.
    rho = (4 / 3) / np.sqrt((2 / 3) * (14 / 3 + 1 / 4))
    assert found.cardinal_distance.estimate == pytest.approx(np.sqrt((1 - rho) / 2))
    assert found.cardinal_undefined == 2
    assert found.coverage == Interval.exact(2.5 / 3)
    assert found.loss_outside == Interval.exact(1.0)
    assert found.scale == 5 / 3
    assert found.visited is None
    assert set(found.missing) == {"visited"}


def test_what_is_missing_says_why():
    found = compare([Pair.of([1, 1], [1, 0])], mu="train")
    for name in ("decision_regret", "menu_regret", "rank_distance", "cardinal_distance"):
        assert getattr(found, name) is None
        assert "constant" in found.missing[name] or "distinct" in found.missing[name]
    assert found.behaviour_regret is None
    assert "1 instances carry no behaviour" in found.missing["behaviour_regret"]
    with pytest.raises(BadPair):
        compare([], mu="train")


def test_what_was_visited_stands_beside_what_could_be_represented():
    pair = Pair.of([1, 0, 0, 0], [1, 2, 3, None], visited=[True, False, False, False])
    found = compare([pair], mu="train", sampled=False)
    assert (found.coverage.estimate, found.visited.estimate) == (0.75, 0.25)


@check(samples())
def test_bounds_and_intervals(several):
    found = compare(several, mu="train", resamples=50)
    for name in FIGURES:
        figure = getattr(found, name)
        assert (figure is None) == (name in found.missing)
        if figure is not None:
            assert 0.0 <= figure.low <= figure.estimate <= figure.high <= 1.0 + 1e-12
            assert figure.samples == found.episodes
    assert 0.0 <= found.loss_outside.low <= found.loss_outside.estimate <= found.loss_outside.high


@check(samples(values=INSIDE))
def test_an_objective_is_at_no_distance_from_itself(several):
    same = [Pair(pair.utility, pair.utility) for pair in several]
    found = compare(same, mu="train", sampled=False)
    for name in ("decision_regret", "menu_regret", "rank_distance", "cardinal_distance"):
        assert getattr(found, name) in (None, Interval.exact(0.0))
