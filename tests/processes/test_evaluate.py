"""Values and occupancies against sums over time, simulated episodes and the flow they obey."""

import numpy as np
import pytest
from hypothesis import given, settings

from mesascope.core.errors import BadRequest
from mesascope.processes import BadArray, Process
from mesascope.processes.evaluate import (
    entered,
    evaluate,
    expected_return,
    occupancy,
    transition_occupancy,
    uniform,
)
from tests.processes.worlds import (
    best_occupancy,
    garnet,
    garnets,
    going_on,
    policy_of,
    reward_of,
    values_by_sums,
)


@settings(max_examples=40)
@given(world=garnets())
def test_values_are_what_is_got_over_time(world: tuple[Process, np.random.Generator]) -> None:
    process, rng = world
    r, policy = reward_of(process, rng), policy_of(process, rng)
    found = evaluate(process, r, policy)
    np.testing.assert_allclose(found, values_by_sums(process, r, policy, 3000), atol=1e-9)
    assert expected_return(process, r, policy) == pytest.approx(process.initial @ found)


@settings(max_examples=40)
@given(world=garnets())
def test_occupancies_are_visits_over_time(world: tuple[Process, np.random.Generator]) -> None:
    process, rng = world
    policy = policy_of(process, rng)
    step = np.einsum("sa,sat->st", policy, going_on(process))
    now, total = process.initial * ~process.terminal, np.zeros(process.states)
    for _ in range(3000):
        total, now = total + now, now @ step
    found = occupancy(process, policy)
    np.testing.assert_allclose(found, total[:, None] * policy, atol=1e-9)
    r = reward_of(process, rng)
    assert (found * r).sum() == pytest.approx(expected_return(process, r, policy), abs=1e-9)
    whole = rng.normal(size=(process.states, process.actions, process.states))
    assert (transition_occupancy(process, policy) * whole).sum() == pytest.approx(
        expected_return(process, whole, policy), abs=1e-9
    )


@settings(max_examples=40)
@given(world=garnets())
def test_the_best_occupancy_is_that_of_its_policy(
    world: tuple[Process, np.random.Generator],
) -> None:
    process, rng = world
    _, flow = best_occupancy(process, reward_of(process, rng))
    visits = flow.sum(axis=1, keepdims=True)
    policy = np.where(visits > 1e-9, flow / np.maximum(visits, 1e-300), 1.0 / process.actions)
    policy /= policy.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(occupancy(process, policy), flow, atol=1e-6)


def test_occupancies_are_what_episodes_show() -> None:
    process = garnet(11, states=5, actions=2, discount=0.8, ends=1)
    rng = np.random.default_rng(12)
    policy = policy_of(process, rng)
    episodes = 40_000
    state = rng.choice(5, episodes, p=process.initial)
    seen, weight = np.zeros((5, 2)), 1.0
    for _ in range(60):
        state = state[~process.terminal[state]]
        action = (rng.random(len(state)) > policy[state, 0]).astype(int)
        np.add.at(seen, (state, action), weight / episodes)
        rows = process.transition[state, action].cumsum(axis=1)
        state = (rng.random(len(state))[:, None] > rows).sum(axis=1).clip(max=4)
        weight *= process.discount
    np.testing.assert_allclose(seen, occupancy(process, policy), atol=0.02)


def test_mass_is_the_discounted_length() -> None:
    endless = garnet(13, discount=0.9)
    assert occupancy(endless, uniform(endless)).sum() == pytest.approx(10.0)
    chain = np.zeros((3, 1, 3))
    chain[0, 0, 1] = chain[1, 0, 2] = 1.0
    process = Process.of(chain, 1.0, initial=[1, 0, 0], terminal=[2])
    assert occupancy(process, uniform(process)).ravel().tolist() == [1.0, 1.0, 0.0]


def test_what_is_never_entered_is_exactly_zero() -> None:
    rng = np.random.default_rng(14)
    rows = np.zeros((8, 2, 8))
    rows[:4, :, :4] = rng.dirichlet(np.ones(4), (4, 2))
    rows[4:] = rng.dirichlet(np.ones(8), (4, 2))
    process = Process.of(rows, 0.999, initial=np.eye(8)[0])
    policy = np.eye(2)[rng.integers(0, 2, 8)]
    found = occupancy(process, policy)
    assert (found[4:] == 0.0).all()
    assert (found >= 0.0).all()
    assert entered(process, policy).tolist() == [True] * 4 + [False] * 4


def test_policies_of_terminal_states_are_not_looked_at() -> None:
    process = garnet(15, ends=2)
    policy = uniform(process)
    strange = policy.copy()
    strange[process.terminal] = np.nan
    r = np.ones(6)
    np.testing.assert_array_equal(evaluate(process, r, policy), evaluate(process, r, strange))
    assert (evaluate(process, r, policy)[process.terminal] == 0.0).all()


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (np.ones((6, 2)), r"policy has shape \(6, 2\), and \(6, 3\), a distribution over actions"),
        (np.zeros(6, int), r"policy has shape \(6,\)"),
        (np.ones((6, 3)), r"^policy\[0\] sums to 3, and a distribution to 1"),
        (np.full((6, 3), np.nan), r"^policy\[0, 0\] is nan"),
        (np.tile([1.5, -0.5, 0.0], (6, 1)), r"^policy\[0, 1\] is -0.5"),
        (np.full((6, 3), "a"), r"^policy has dtype <U1"),
        (np.full((6, 3), None), r"^policy has dtype object"),
    ],
)
def test_policies_that_are_refused(policy: object, message: str) -> None:
    process = garnet(16, ends=1)
    for call in (lambda: evaluate(process, np.ones(6), policy), lambda: occupancy(process, policy)):
        with pytest.raises(BadArray, match=message):
            call()


def test_a_process_with_a_horizon_is_refused() -> None:
    process = Process.of(garnet(17).transition, horizon=4)
    with pytest.raises(BadRequest, match="stops after 4 steps"):
        evaluate(process, np.ones(6), uniform(process))
