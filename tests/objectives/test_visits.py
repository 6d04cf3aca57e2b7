import numpy as np
import pytest

from mesascope.core.interval import Interval
from mesascope.objectives.errors import BadPair
from mesascope.objectives.visits import performance_difference_gap


def chain(chance_of_wrong):
    """Two steps; a wrong one costs 1 then 2, and a wrong first leaves the second worth 1 only.

    Returns V*, O(s) by following the tree, and each path's summed regret with its probability.
    """
    p = chance_of_wrong
    # Q*(start, right) = 3, Q*(start, wrong) = 1; then 3 or 1 after right, 1 or 0 after wrong.
    paths = [
        ((1 - p) * (1 - p), 3.0, 0.0),
        ((1 - p) * p, 1.0, 2.0),
        (p * (1 - p), 1.0, 2.0),
        (p * p, 0.0, 2.0 + 1.0),
    ]
    return 3.0, sum(q * result for q, result, _ in paths), paths


@pytest.mark.parametrize("p", [0.0, 0.25, 0.5, 1.0])
def test_the_identity_on_a_tree(p):
    optimum, value, paths = chain(p)
    regrets = np.repeat([regret for *_, regret in paths], [round(16 * q) for q, *_ in paths])
    found = performance_difference_gap(optimum, value, regrets, exact=True)
    assert found.gap == pytest.approx(0.0, abs=1e-12)
    assert found.holds
    assert "agree" in str(found)


def test_sampled_regrets_agree_within_their_interval():
    optimum, value, paths = chain(0.3)
    rng = np.random.default_rng(0)
    picks = rng.choice(4, size=400, p=[q for q, *_ in paths])
    regrets = [paths[pick][2] for pick in picks]
    found = performance_difference_gap(optimum, value, regrets)
    assert found.holds
    assert found.predicted.low < found.predicted.estimate < found.predicted.high
    assert found.predicted.samples == 400


def test_a_wrong_utility_does_not_account_for_the_value():
    found = performance_difference_gap(3.0, 1.0, [0.5] * 100)
    assert not found.holds
    assert found.gap == pytest.approx(-1.5)
    assert "disagree" in str(found)
    sampled = Interval(1.0, 0.2, 2.6, 20, 0.95)
    assert performance_difference_gap(3.0, sampled, [0.5] * 100).holds


@pytest.mark.parametrize("regrets", [[], [1.0, -0.5]])
def test_bad_regrets_are_refused(regrets):
    with pytest.raises(BadPair, match="at least 0"):
        performance_difference_gap(1.0, 1.0, regrets)
