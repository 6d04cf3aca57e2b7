"""Finite horizons against all plans of a small process, and recursions written out plainly."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

from mesascope.core.errors import BadRequest
from mesascope.processes import Process
from mesascope.processes.horizon import occupancy_finite, plan_finite, soften_finite
from mesascope.processes.plan import plan
from mesascope.processes.soft import soften
from tests.processes.worlds import garnet, garnets, going_on, reward_of


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6), ends=st.integers(0, 1))
def test_no_plan_gets_more_in_the_time(seed: int, ends: int) -> None:
    process = garnet(seed, states=3, actions=2, discount=1.0, ends=1) if ends else garnet(
        seed, states=3, actions=2, discount=0.7
    )  # fmt: skip
    r = reward_of(process, np.random.default_rng(seed))
    step, best = going_on(process), np.full(3, -np.inf)
    choices = list(product(range(2), repeat=3))
    for first, second, third in product(choices, repeat=3):
        value = np.zeros(3)
        for choice in (third, second, first):
            value = np.array([r[s, a] + step[s, a] @ value for s, a in enumerate(choice)])
        best = np.maximum(best, value)
    found = plan_finite(process, r, 3)
    np.testing.assert_allclose(found.values[0], best, atol=1e-12)
    assert found.policy.shape == (3, 3, 2)


@settings(max_examples=20)
@given(world=garnets(), horizon=st.sampled_from([1, 4]))
def test_soft_values_are_the_recursion(
    world: tuple[Process, np.random.Generator], horizon: int
) -> None:
    process, rng = world
    r = reward_of(process, rng)
    found = soften_finite(process, r, horizon, 1.5)
    value = np.zeros(process.states)
    for t in reversed(range(horizon)):
        q = 1.5 * r + going_on(process) @ value
        value = logsumexp(q, axis=1)
        np.testing.assert_allclose(found.values[t], value, atol=1e-12)
        np.testing.assert_allclose(found.policy[t], np.exp(q - value[:, None]), atol=1e-12)


@settings(max_examples=20)
@given(world=garnets(), horizon=st.sampled_from([1, 4]))
def test_occupancies_are_the_recursion(
    world: tuple[Process, np.random.Generator], horizon: int
) -> None:
    process, rng = world
    policy = rng.dirichlet(np.ones(process.actions), (horizon, process.states))
    found = occupancy_finite(process, policy)
    now = process.initial * ~process.terminal
    for t in range(horizon):
        np.testing.assert_allclose(found[t], now[:, None] * policy[t], atol=1e-14)
        now = np.einsum("s,sa,sat->t", now, policy[t], going_on(process))


def test_a_long_horizon_is_none() -> None:
    process = garnet(1, discount=0.8)
    r = reward_of(process, np.random.default_rng(1))
    hard, soft = plan_finite(process, r, 200), soften_finite(process, r, 200)
    np.testing.assert_allclose(hard.values[0], plan(process, r).values, atol=1e-10)
    np.testing.assert_allclose(soft.policy[0], soften(process, r).policy, atol=1e-10)


def test_ties_are_shared_and_ends_are_worth_nothing() -> None:
    rows = np.zeros((2, 2, 2))
    rows[0, :, 1] = 1.0
    process = Process.of(rows, 1.0, terminal=[1])
    found = plan_finite(process, [[5.0, 5.0], [9.0, 9.0]], 2)
    assert found.values.tolist() == [[5.0, 0.0], [5.0, 0.0]]
    assert found.policy.tolist() == [[[0.5, 0.5], [0.5, 0.5]]] * 2


@pytest.mark.parametrize("horizon", [0, -3])
def test_horizons_that_are_refused(horizon: int) -> None:
    for function in (plan_finite, soften_finite):
        with pytest.raises(BadRequest, match=f"horizon is {horizon}; at least 1 step is expected"):
            function(garnet(1), np.ones(6), horizon)


def test_policies_that_are_refused() -> None:
    process = garnet(2)
    with pytest.raises(BadRequest, match=r"policy has shape \(6, 3\), and \(T, 6, 3\) is expected"):
        occupancy_finite(process, np.full((6, 3), 1 / 3))
