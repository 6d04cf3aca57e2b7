"""Soft-optimal policies against long sweeps, limits, closed forms and finite differences."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import minimize

from mesascope.processes import BadArray, Process, shaped
from mesascope.processes.evaluate import evaluate, occupancy
from mesascope.processes.plan import plan
from mesascope.processes.soft import soft_values, soften
from tests.processes.worlds import garnet, garnets, going_on, reward_of


def by_sweeps(process: Process, r: np.ndarray, sweeps: int = 3000) -> np.ndarray:
    value, step = np.zeros(process.states), going_on(process)
    for _ in range(sweeps):
        value = np.logaddexp.reduce(r + step @ value, axis=1)
    return value


@settings(max_examples=30)
@given(world=garnets())
def test_values_are_where_sweeps_end(world: tuple[Process, np.random.Generator]) -> None:
    process, rng = world
    r, rationality = reward_of(process, rng), float(rng.choice([-3.0, 0.0, 0.1, 1.0, 10.0]))
    found = soften(process, r, rationality)
    np.testing.assert_allclose(found.values, by_sweeps(process, rationality * r), atol=1e-8)
    np.testing.assert_allclose(
        found.policy, np.exp(found.quality - found.values[:, None]), atol=1e-12
    )
    np.testing.assert_allclose(found.policy.sum(axis=1), 1.0, atol=1e-12)


def test_the_policy_is_the_best_compromise_with_entropy() -> None:
    process = garnet(1, states=4, actions=2, discount=0.8)
    r = reward_of(process, np.random.default_rng(1))

    def compromise(logits: np.ndarray) -> float:
        odds = np.stack([logits, np.zeros(4)], axis=1)
        policy = np.exp(odds - np.logaddexp.reduce(odds, axis=1, keepdims=True))
        return -float(process.initial @ evaluate(process, r - np.log(policy), policy))

    found = soften(process, r)
    best = minimize(compromise, np.zeros(4), method="BFGS", options={"gtol": 1e-7})
    assert -best.fun == pytest.approx(process.initial @ found.values, abs=1e-8)
    logits = np.log(found.policy[:, 0] / found.policy[:, 1])
    np.testing.assert_allclose(best.x, logits, atol=1e-4)


def test_limits() -> None:
    process = garnet(2, discount=0.9)
    r = reward_of(process, np.random.default_rng(2))
    np.testing.assert_allclose(soften(process, r, 0.0).policy, 1.0 / 3.0, atol=1e-14)
    hard = plan(process, r)
    found = soften(process, r, 1e5)
    np.testing.assert_allclose(found.policy, hard.policy, atol=1e-6)
    np.testing.assert_allclose(found.values / 1e5, hard.values, atol=1e-3)
    avoiding = soften(process, r, -1e5)
    np.testing.assert_allclose(avoiding.policy, plan(process, -r).policy, atol=1e-6)


def test_one_choice_is_a_softmax() -> None:
    rows = np.zeros((2, 3, 2))
    rows[0, :, 1] = 1.0
    process = Process.of(rows, 1.0, terminal=[1])
    reward = np.array([[1.0, 2.0, 4.0], [0, 0, 0]])
    found = soften(process, reward, 0.5)
    np.testing.assert_allclose(found.policy[0], np.exp([0.5, 1, 2]) / np.exp([0.5, 1, 2]).sum())
    assert found.values[0] == pytest.approx(np.log(np.exp([0.5, 1, 2]).sum()))


@settings(max_examples=30)
@given(world=garnets())
def test_shaping_does_not_change_the_policy(world: tuple[Process, np.random.Generator]) -> None:
    process, rng = world
    r = reward_of(process, rng)
    other = shaped(process, r, rng.normal(size=process.states))
    before, after = soften(process, r, 2.0), soften(process, other, 2.0)
    live = ~process.terminal
    np.testing.assert_allclose(after.policy[live], before.policy[live], atol=1e-8)


@pytest.mark.parametrize(("ends", "discount"), [(0, 0.95), (1, 1.0)])
def test_derivatives_are_finite_differences(ends: int, discount: float) -> None:
    process = garnet(3, states=5, actions=3, discount=discount, ends=ends)
    rng = np.random.default_rng(3)
    r, dr = reward_of(process, rng), reward_of(process, rng)
    step = going_on(process)
    # A direction in which rows stay rows: towards another process of the same shape.
    dstep = going_on(garnet(4, states=5, actions=3, discount=discount, ends=ends)) - step
    with jax.enable_x64(True):
        at, along = (jnp.asarray(step), jnp.asarray(r)), (jnp.asarray(dstep), jnp.asarray(dr))
        value, tangent = jax.jvp(soft_values, at, along)
        h = 1e-6
        up, down = (by_sweeps_of(step + x * dstep, r + x * dr) for x in (h, -h))
    np.testing.assert_allclose(value, by_sweeps_of(step, r), atol=1e-9)
    np.testing.assert_allclose(tangent, (up - down) / (2 * h), atol=1e-5)


def by_sweeps_of(step: np.ndarray, r: np.ndarray) -> np.ndarray:
    value = np.zeros(len(r))
    for _ in range(2000):
        value = np.logaddexp.reduce(r + step @ value, axis=1)
    return value


def test_the_gradient_of_the_start_is_the_occupancy() -> None:
    process = garnet(5, states=5, discount=0.9, ends=1)
    r = reward_of(process, np.random.default_rng(5))
    with jax.enable_x64(True):
        step, start = jnp.asarray(process.going_on), jnp.asarray(process.start)
        gradient = jax.grad(lambda x: start @ soft_values(step, x))(jnp.asarray(r))
    visits = occupancy(process, soften(process, r).policy)
    np.testing.assert_allclose(gradient, visits, atol=1e-10)


def test_a_batch_is_its_members_and_so_is_its_derivative() -> None:
    process = garnet(6, states=5)
    rng = np.random.default_rng(6)
    r = np.stack([reward_of(process, rng) for _ in range(3)])
    with jax.enable_x64(True):
        step = jnp.asarray(process.going_on)
        value, tangent = jax.jvp(
            lambda x: soft_values(step, x), (jnp.asarray(r),), (jnp.ones(r.shape),)
        )
        for i in range(3):
            single = jnp.asarray(r[i])
            one, along = jax.jvp(
                lambda x: soft_values(step, x), (single,), (jnp.ones(single.shape),)
            )
            np.testing.assert_allclose(value[i], one, atol=1e-12)
            np.testing.assert_allclose(tangent[i], along, atol=1e-12)
            np.testing.assert_allclose(along, 10.0, atol=1e-10)  # Σ γ^t


@pytest.mark.parametrize("discount", [0.999, 1 - 1e-6])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e4])
def test_hard_cases_meet_the_equation(discount: float, scale: float) -> None:
    process = garnet(7, states=8, discount=discount)
    r = scale * reward_of(process, np.random.default_rng(7))
    found = soften(process, r)
    wrong = found.values - np.logaddexp.reduce(r + going_on(process) @ found.values, axis=1)
    assert np.abs(wrong).max() <= 1e-12 * np.abs(found.values).max()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(BadArray, match=r"reward\[0, 1\] is inf"):
        soften(garnet(8, states=2, actions=2), [[0.0, np.inf], [0.0, 0.0]])
