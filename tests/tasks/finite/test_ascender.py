import numpy as np
import pytest

from mesascope.core.errors import BadRequest
from mesascope.processes.plan import plan
from mesascope.tasks.finite.ascender import ascender, near_optimal


def test_deterministic_by_hand():
    process, reward = ascender(6)
    following = process.transition.argmax(axis=2)
    assert following.tolist() == [[5, 5], [0, 2], [1, 3], [2, 4], [5, 5], [5, 5]]
    assert (process.transition.max(axis=2) == 1.0).all()
    assert reward.tolist() == [-10, 0, 0, 0, 10, 0]
    assert process.initial.tolist() == [0, 0, 1, 0, 0, 0]
    assert process.discount == 0.9
    assert not process.episodic


def test_stochastic_swaps_the_ways():
    process, _ = ascender(6, slip=0.1)
    assert process.transition[2, 1, [1, 3]].tolist() == [0.1, 0.9]
    assert process.transition[2, 0, [1, 3]].tolist() == [0.9, 0.1]
    assert process.transition[[0, 4, 5], :, 5].tolist() == [[1, 1]] * 3


@pytest.mark.parametrize("states", [4, 10])
def test_climbing_is_optimal(states):
    process, reward = ascender(states)
    found = plan(process, reward)
    top = states - 2
    chain = np.arange(1, top)
    assert found.best[chain].tolist() == [[False, True]] * len(chain)
    assert found.values[chain] == pytest.approx(10 * 0.9 ** (top - chain))
    odds = near_optimal(process, reward)
    assert odds[chain, 1] / odds[chain, 0] == pytest.approx(np.exp(10))
    assert odds[[0, top, states - 1]].tolist() == [[0.5, 0.5]] * 3


@pytest.mark.parametrize(("states", "slip"), [(2, 0.0), (7, 0.0), (6, 1.5), (6, -0.1)])
def test_refused(states, slip):
    with pytest.raises(BadRequest, match="expected"):
        ascender(states, slip=slip)
