"""Rewards of every shape, and shaping that changes no ranking of policies."""

import numpy as np
import pytest
from hypothesis import given, settings

from mesascope.processes import BadArray, Process, expected, full, shaped
from mesascope.processes.evaluate import expected_return
from mesascope.processes.plan import plan
from tests.processes.worlds import deterministic_policies, garnet, garnets

WORLD = garnet(0, states=3, actions=2, ends=1)


def test_every_shape_says_the_same() -> None:
    of_state = np.array([1.0, 2.0, 3.0])
    of_choice = np.broadcast_to(of_state[:, None], (3, 2))
    whole = np.broadcast_to(of_state[:, None, None], (3, 2, 3))
    for reward in (of_state, of_choice, whole, of_state.astype(int)):
        np.testing.assert_array_equal(full(WORLD, reward), whole)
        np.testing.assert_allclose(expected(WORLD, reward), [[1, 1], [2, 2], [0, 0]], atol=1e-15)


def test_expectation_is_over_the_next_state() -> None:
    rows = np.array([[[0.25, 0.75]], [[0.0, 1.0]]])
    reward = np.array([[[4.0, 8.0]], [[5.0, 7.0]]])
    assert expected(Process.of(rows), reward).tolist() == [[7.0], [7.0]]
    assert expected(Process.of(rows, terminal=[1]), reward).tolist() == [[7.0], [0.0]]


@pytest.mark.parametrize(
    ("reward", "message"),
    [
        (np.zeros(4), r"reward has shape \(4,\), and \(3,\), \(3, 2\) or \(3, 2, 3\) is expected"),
        (np.zeros((3, 3)), r"reward has shape \(3, 3\)"),
        (np.zeros((3, 2, 2)), r"reward has shape \(3, 2, 2\)"),
        (np.zeros((2, 3, 2, 3)), r"reward has shape \(2, 3, 2, 3\)"),
        (1.0, r"reward has shape \(\)"),
        (np.zeros((0,)), r"reward is empty"),
        ([0.0, np.nan, 0.0], r"^reward\[1\] is nan, and every value must be finite"),
        (np.full((3, 2), -np.inf), r"^reward\[0, 0\] is -inf"),
        (["a", "b", "c"], r"^reward has dtype <U1"),
        (np.full((3, 2), None), r"^reward has dtype object"),
    ],
)
def test_rewards_that_are_refused(reward: object, message: str) -> None:
    for function in (full, expected):
        with pytest.raises(BadArray, match=message) as caught:
            function(WORLD, reward)
        assert caught.value.array == "reward"


@settings(max_examples=30)
@given(world=garnets())
def test_shaping_adds_the_potential_of_the_start_and_nothing_else(
    world: tuple[Process, np.random.Generator],
) -> None:
    process, rng = world
    s, a = process.states, process.actions
    reward, potential = rng.normal(size=(s, a, s)), 10.0 * rng.normal(size=s)
    other = shaped(process, reward, potential)
    # Where nothing is terminal and γ < 1, J changes by -E_μ[Φ]; Φ is 0 where an episode is over.
    shift = -process.start @ potential
    for _ in range(3):
        policy = rng.dirichlet(np.ones(a), s)
        gap = expected_return(process, other, policy) - expected_return(process, reward, policy)
        assert gap == pytest.approx(shift, abs=1e-8)


@settings(max_examples=30)
@given(world=garnets())
def test_shaping_keeps_what_is_optimal(world: tuple[Process, np.random.Generator]) -> None:
    process, rng = world
    s, a = process.states, process.actions
    # Whole rewards and potentials of a few values, so that there are ties to be kept as well.
    reward = rng.integers(0, 2, (s, a, s)).astype(float)
    before = plan(process, reward)
    after = plan(process, 3.0 * shaped(process, reward, rng.integers(-5, 6, s).astype(float)))
    gap = before.values[:, None] - before.quality
    clear = (gap < 1e-12) | (gap > 1e-6)  # neither a tie nor a choice
    assert (before.best == after.best)[clear].all()


def test_shaping_that_forgets_the_end_can_change_what_is_optimal() -> None:
    rows = np.zeros((3, 2, 3))
    rows[0, 0, 1] = rows[0, 1, 2] = 1.0
    process = Process.of(rows, 0.9, terminal=[1, 2])
    reward, potential = np.array([[1.0, 0.0], [0, 0], [0, 0]]), np.array([0.0, -9.0, 9.0])
    assert plan(process, reward).best[0].tolist() == [True, False]
    assert plan(process, shaped(process, reward, potential)).best[0].tolist() == [True, False]
    forgot = shaped(process, reward, potential, ends=False)
    assert plan(process, forgot).best[0].tolist() == [False, True]


def test_a_potential_is_of_states() -> None:
    with pytest.raises(BadArray, match=r"potential has shape \(2,\), and \(3,\), one for each"):
        shaped(WORLD, np.zeros(3), np.zeros(2))
    with pytest.raises(BadArray, match=r"potential\[2\] is nan"):
        shaped(WORLD, np.zeros(3), [0.0, 0.0, np.nan])


def test_shaping_in_all_policies_of_a_small_process() -> None:
    process = garnet(3, states=4, actions=2)
    rng = np.random.default_rng(0)
    reward = rng.normal(size=(4, 2))
    other = shaped(process, reward, rng.normal(size=4))
    policies = deterministic_policies(process)
    order = [
        np.argsort([expected_return(process, r, p) for p in policies]) for r in (reward, other)
    ]
    assert order[0].tolist() == order[1].tolist()
