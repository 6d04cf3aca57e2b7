"""The distance on large processes against the dense one, and its bound against every policy."""

from itertools import product

import numpy as np
import pytest

from mesascope.core.errors import BadRequest
from mesascope.objectives.rewards.large import val_apart
from mesascope.objectives.rewards.table import reward_distance
from mesascope.processes import Process, sparse
from mesascope.processes.evaluate import expected_return


def drawn(seed: int, states: int, actions: int, ends: bool = False) -> tuple[Process, np.ndarray]:
    """Return a random process and two rewards of its states and actions."""
    rng = np.random.default_rng(seed)
    transition = rng.dirichlet(np.full(states, 0.3), (states, actions))
    terminal = np.arange(states) == states - 1 if ends else None
    process = Process.of(transition, 0.9, initial=np.eye(states)[0], terminal=terminal)
    return process, rng.normal(size=(2, states, actions))


@pytest.mark.parametrize("ends", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_the_distance_is_that_of_the_tables(seed: int, ends: bool) -> None:
    process, (first, second) = drawn(seed, 7, 3, ends)
    found = val_apart(sparse.from_dense(process), first, 1e6 * second)
    assert found.distance == pytest.approx(reward_distance(process, first, second), abs=1e-7)


def test_shaping_and_scale_change_nothing_and_a_constant_is_nowhere() -> None:
    process, (first, _) = drawn(5, 7, 3)
    large = sparse.from_dense(process)
    potential = np.random.default_rng(0).normal(size=7)
    shaped = first + 0.9 * process.transition @ potential - potential[:, None]
    assert val_apart(large, first, 3.0 * shaped).distance < 1e-6
    assert val_apart(large, first, -first).distance == pytest.approx(2.0)
    assert val_apart(large, np.ones((7, 3)), first).distance == pytest.approx(1.0)
    assert val_apart(large, np.ones((7, 3)), first).loss == 0.0


@pytest.mark.parametrize("ends", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_no_policy_loses_more_than_the_bound(seed: int, ends: bool) -> None:
    process, (first, noise) = drawn(seed, 4, 2, ends)
    second = first + 0.6 * noise
    found = val_apart(sparse.from_dense(process), first, second)
    policies = [np.eye(2)[list(choice)] for choice in product(range(2), repeat=4)]
    worth = [[float(expected_return(process, r, p)) for r in (first, second)] for p in policies]
    losses = [a[0] - b[0] for a in worth for b in worth if b[1] >= a[1]]
    assert 0.0 < max(losses) <= found.loss


def test_a_process_without_a_discount_is_refused() -> None:
    transition = np.zeros((2, 1, 2))
    transition[:, :, 1] = 1.0
    process = sparse.from_dense(Process.of(transition, 1.0, terminal=[False, True]))
    with pytest.raises(BadRequest, match="the discount is 1"):
        val_apart(process, np.ones((2, 1)), np.ones((2, 1)))
