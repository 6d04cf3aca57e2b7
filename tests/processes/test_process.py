"""A process is checked when it is made, and knows where its policies can go."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesascope.core.errors import BadRequest
from mesascope.processes import BadArray, NoTermination, Process
from mesascope.processes.frame import discount_of
from tests.processes.worlds import deterministic_policies, garnet, garnets

STAY = np.eye(2)[:, None, :]  # two states, one action, nothing moves
SWAP = np.eye(2)[::-1][:, None, :]


def test_defaults_are_uniform_and_endless() -> None:
    process = Process.of(SWAP)
    assert (process.states, process.actions, process.discount) == (2, 1, 0.99)
    assert process.initial.tolist() == [0.5, 0.5]
    assert not process.episodic
    assert process.transition.dtype == np.float64


def test_rows_are_rescaled_and_terminal_rows_are_not_looked_at() -> None:
    rows = np.array([[[0.5, 0.5 + 9e-7]], [[np.nan, -3.0]]])
    process = Process.of(rows, terminal=[False, True])
    assert process.transition[0].sum() == pytest.approx(1.0, abs=1e-15)
    assert not process.transition[1].any()
    assert process.initial.tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("given_rows", "message"),
    [
        (np.eye(2), r"transition has shape \(2, 2\), and \(S, A, S\) is expected"),
        (np.ones((2, 1, 3)), r"transition has shape \(2, 1, 3\)"),
        (np.ones((0, 1, 0)), r"transition is empty: its shape is \(0, 1, 0\)"),
        (np.ones((2, 0, 2)), r"transition is empty: its shape is \(2, 0, 2\)"),
        (np.full((2, 1, 2), 0.4), r"^transition\[0, 0\] sums to 0.8, and a distribution to 1"),
        ([[[1, 0]], [[1.5, -0.5]]], r"^transition\[1, 0, 1\] is -0.5"),
        ([[[1, 0]], [[np.inf, 0]]], r"^transition\[1, 0, 0\] is inf"),
        ([[["a", "b"]], [["c", "d"]]], r"^transition has dtype <U"),
        (np.full((2, 1, 2), None), r"^transition has dtype object"),
        (np.full((2, 1, 2), 0.5 + 0j), r"^transition has dtype complex128"),
    ],
)
def test_transitions_that_are_refused(given_rows: object, message: str) -> None:
    with pytest.raises(BadArray, match=message) as caught:
        Process.of(given_rows)
    assert caught.value.array == "transition"


@pytest.mark.parametrize(
    ("initial", "message"),
    [
        ([0.5, 0.4], r"^initial sums to 0.9"),
        ([1.5, -0.5], r"^initial\[1\] is -0.5"),
        ([np.nan, 1.0], r"^initial\[0\] is nan"),
        ([1.0], r"^initial has shape \(1,\), and \(2,\), one for each state is expected"),
        ([[0.5, 0.5]], r"^initial has shape \(1, 2\)"),
        (["a", "b"], r"^initial has dtype"),
        ([0.0, 1.0], r"^initial lies on terminal states only"),
    ],
)
def test_starts_that_are_refused(initial: object, message: str) -> None:
    with pytest.raises(BadArray, match=message):
        Process.of(STAY, initial=initial, terminal=[1])


def test_no_terminal_states_may_be_said_by_an_empty_list() -> None:
    assert not Process.of(STAY, terminal=[]).episodic


def test_a_process_that_is_over_before_it_begins_is_refused() -> None:
    with pytest.raises(BadArray, match="terminal holds every state, so nothing is ever done"):
        Process.of(STAY, terminal=[True, True])


@pytest.mark.parametrize("discount", [None, "often", [0.9, 0.9]])
def test_discounts_that_are_no_numbers(discount: object) -> None:
    with pytest.raises(BadRequest, match="a number from 0 to 1 is expected"):
        discount_of(discount)


@pytest.mark.parametrize("discount", [-0.1, 1.1, np.nan, np.inf])
def test_discounts_that_are_refused(discount: float) -> None:
    with pytest.raises(BadRequest, match="discount is"):
        Process.of(STAY, discount)


def test_without_discount_every_policy_must_end() -> None:
    chain = np.zeros((3, 2, 3))
    chain[0, :, 1] = chain[1, 0, 2] = 1.0
    chain[2, :, 2] = chain[1, 1, 0] = 1.0  # back and forth for ever
    with pytest.raises(NoTermination, match=r"takes action \d in state [01] can go on for ever"):
        Process.of(chain, 1.0, terminal=[2])
    chain[1, 1] = [0.9, 0.0, 0.1]
    assert Process.of(chain, 1.0, terminal=[2]).discount == 1.0
    with pytest.raises(NoTermination):
        Process.of(chain, 1.0)


@given(seed=st.integers(0, 10**6))
def test_termination_is_told_as_by_trying_every_policy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = np.zeros((4, 2, 4))
    for s in range(3):
        for a in range(2):
            rows[s, a, rng.permutation(4)[: rng.integers(1, 3)]] = 1.0
    rows /= np.maximum(rows.sum(axis=2, keepdims=True), 1.0)
    process = Process.of(rows, 0.5, terminal=[3])
    # A policy ends from everywhere when the matrix of what goes on has no power that stays.
    ends = [
        np.linalg.matrix_power(np.einsum("sa,sat->st", p, rows)[:3, :3], 200).sum(axis=1).max()
        < 0.9
        for p in deterministic_policies(process)
    ]
    if all(ends):
        assert process.at(1.0).discount == 1.0
    else:
        with pytest.raises(NoTermination):
            process.at(1.0)


@given(world=garnets())
def test_what_is_reachable_is_what_a_uniform_walk_visits(
    world: tuple[Process, np.random.Generator],
) -> None:
    process, rng = world
    start = np.eye(process.states)[rng.integers(process.states - process.terminal.sum())]
    process = Process.of(
        process.transition + np.where(process.terminal, 1.0, 0.0)[:, None, None] * 0,
        0.9,
        initial=start,
        terminal=process.terminal,
    )
    walk, seen = start, start > 0.0
    for _ in range(process.states):
        walk = walk @ process.transition.mean(axis=1)
        seen = seen | (walk > 0.0)
    assert process.reachable.tolist() == seen.tolist()


def test_another_discount_changes_nothing_else() -> None:
    process = garnet(0, ends=1)
    other = process.at(0.5)
    assert other.discount == 0.5
    np.testing.assert_array_equal(other.initial, process.initial)
    np.testing.assert_allclose(other.transition, process.transition, atol=1e-15)
    np.testing.assert_array_equal(other.terminal, process.terminal)


def test_a_horizon_stands_in_for_an_end_and_is_not_ignored() -> None:
    process = Process.of(STAY, 1.0, horizon=3)
    assert process.horizon == process.at(0.9).horizon == 3
    with pytest.raises(BadRequest, match="this process stops after 3 steps"):
        _ = process.going_on
    with pytest.raises(BadRequest, match="horizon is 0; at least 1 step is expected"):
        Process.of(STAY, horizon=0)
