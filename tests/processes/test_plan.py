"""Optimal values against linear programs, all deterministic policies, and closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesascope.processes import BadArray, Process
from mesascope.processes.evaluate import evaluate, expected_return
from mesascope.processes.plan import longest, plan, return_range
from tests.processes.worlds import (
    best_occupancy,
    deterministic_policies,
    garnet,
    garnets,
    going_on,
    plan_by_linear_program,
    reward_of,
)


@settings(max_examples=50)
@given(world=garnets())
def test_values_are_those_of_the_linear_program(
    world: tuple[Process, np.random.Generator],
) -> None:
    process, rng = world
    r = reward_of(process, rng)
    found = plan(process, r)
    np.testing.assert_allclose(found.values, plan_by_linear_program(process, r), atol=1e-6)
    np.testing.assert_allclose(found.quality, r + going_on(process) @ found.values, atol=1e-10)
    assert expected_return(process, r, found.policy) == pytest.approx(
        best_occupancy(process, r)[0], abs=1e-6
    )


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6), ends=st.integers(0, 1))
def test_no_policy_does_better_in_any_state(seed: int, ends: int) -> None:
    process = garnet(seed, states=4, actions=3, discount=1.0 if ends else 0.95, ends=ends)
    r = reward_of(process, np.random.default_rng(seed))
    every = np.array([evaluate(process, r, p) for p in deterministic_policies(process)])
    np.testing.assert_allclose(plan(process, r).values, every.max(axis=0), atol=1e-10)
    returns = every @ process.initial
    assert return_range(process, r) == pytest.approx((returns.min(), returns.max()), abs=1e-10)


@settings(max_examples=50)
@given(world=garnets())
def test_every_action_called_best_is(world: tuple[Process, np.random.Generator]) -> None:
    process, rng = world
    # Few values of the reward make ties, which the policy shares.
    r = rng.integers(0, 2, (process.states, process.actions)).astype(float)
    found = plan(process, r)
    np.testing.assert_allclose(evaluate(process, r, found.policy), found.values, atol=1e-6)
    assert found.best[process.terminal].all()
    assert (found.values[process.terminal] == 0.0).all()


def test_ties_are_all_named() -> None:
    rows = np.zeros((4, 3, 4))
    rows[0, 0, 1] = rows[0, 1, 2] = rows[0, 2, 3] = 1.0
    rows[1:, :, 3] = 1.0
    reward = np.array([[0.1 + 0.2, 0.3, 0.29], [1, 1, 1], [1, 1, 1], [0, 0, 0]])
    process = Process.of(rows, 0.9, terminal=[3])
    found = plan(process, reward)
    assert found.best[0].tolist() == [True, True, False]
    assert found.policy[0].tolist() == [0.5, 0.5, 0.0]


@pytest.mark.parametrize("reward", [0.0, 1.0, -1e6, 1e-12])
def test_a_constant_reward_makes_every_action_best(reward: float) -> None:
    process = garnet(5, discount=0.99)
    found = plan(process, np.full(6, reward))
    assert found.best.all()
    np.testing.assert_allclose(found.values, reward * 100.0, rtol=1e-11)


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_scale_does_not_change_what_is_best(scale: float) -> None:
    process = garnet(6, discount=0.99)
    r = reward_of(process, np.random.default_rng(6))
    np.testing.assert_array_equal(plan(process, r).best, plan(process, scale * r).best)


def test_discounts_close_to_one() -> None:
    process = garnet(7, discount=1 - 1e-7)
    r = reward_of(process, np.random.default_rng(7))
    found = plan(process, r)
    wrong = found.values - (r + going_on(process) @ found.values).max(axis=1)
    assert np.abs(wrong).max() < 1e-12 * np.abs(found.values).max()


def test_without_a_future_the_best_is_the_best_now() -> None:
    process = garnet(8, discount=0.0)
    r = reward_of(process, np.random.default_rng(8))
    np.testing.assert_array_equal(plan(process, r).values, r.max(axis=1))


def test_the_longest_episode() -> None:
    assert longest(garnet(9, discount=0.9)) == pytest.approx(10.0)
    chain = np.zeros((4, 2, 4))
    for s in range(3):
        chain[s, 0, s + 1] = chain[s, 1, 3] = 1.0
    start = np.eye(4)[0]
    process = Process.of(chain, 1.0, initial=start, terminal=[3])
    assert longest(process) == pytest.approx(3.0)
    assert longest(process.at(0.5)) == pytest.approx(1.75)


def test_what_does_not_fit_is_refused() -> None:
    process = garnet(1)
    for function in (plan, return_range):
        with pytest.raises(BadArray, match=r"reward has shape \(7,\)"):
            function(process, np.zeros(7))
