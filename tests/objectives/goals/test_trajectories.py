"""Demonstrations are counted right, and whatever cannot have happened is refused by name."""

import numpy as np
import pytest
from hypothesis import given

from mesascope.core.errors import BadRequest
from mesascope.objectives.goals.sample import sample
from mesascope.objectives.goals.trajectories import Trajectories
from mesascope.processes import BadArray, Process
from mesascope.processes.evaluate import occupancy, uniform
from mesascope.processes.horizon import occupancy_finite, soften_finite
from tests.objectives.goals.small import SEEDS, corridor, normal, world

PAD = (-1, -1)
TWO = [[(1, 1), (2, 0), (1, 1)], [(1, 0), (0, 1), PAD]]


def test_counts_and_discounted_occupancies_by_hand():
    seen = Trajectories.of(corridor(), np.array(TWO))
    assert (seen.episodes, seen.choices) == (2, 5)
    np.testing.assert_array_equal(seen.counts, [[0, 1], [1, 2], [1, 0]])
    np.testing.assert_allclose(
        seen.occupancy, [[0, 0.45], [0.5, 0.5 * (1 + 0.81)], [0.45, 0]], atol=1e-15
    )
    np.testing.assert_array_equal(seen.starts, [0, 1, 0])
    np.testing.assert_array_equal(seen.following, [[2, 1, -1], [0, -1, -1]])
    np.testing.assert_allclose(seen.missing, [0.9**3, 0.9**2])
    features = normal(0, 3, 2, 5)
    by_hand = np.zeros(5)
    for episode in TWO:
        for t, (s, a) in enumerate(episode):
            if a >= 0:
                by_hand += 0.9**t * features[s, a] / 2
    np.testing.assert_allclose(seen.expectations(features), by_hand, atol=1e-14)


def test_one_trajectory_and_transitions_in_any_order():
    one = Trajectories.of(corridor(), np.array(TWO[0]))
    rows = Trajectories.of(corridor(), np.array([(2, 0, 1), (1, 1, 2), (1, 1, 2)]))
    np.testing.assert_array_equal(one.counts, rows.counts)
    assert not rows.timed
    for figure in ("starts", "missing", "occupancy"):
        with pytest.raises(BadRequest, match="whole trajectories"):
            getattr(rows, figure)


def test_the_last_row_may_be_where_the_episode_was_left():
    process = corridor()
    ends = Process.of(process.transition, 0.9, terminal=[2])
    seen = Trajectories.of(ends, np.array([[(1, 1), (2, -1)], [(1, 0), (0, -1)]]))
    np.testing.assert_array_equal(seen.following, [[2, -1], [0, -1]])
    np.testing.assert_allclose(seen.missing, [0.0, 0.9])  # the first one was seen to end
    assert seen.choices == 2


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ([[(1, 1), (3, 0)]], r"\[0, 1, 0\] is 3, and states are 0 to 2"),
        ([(1, 1), (2, 7)], r"\[1, 1\] is 7, and actions are 0 to 1"),
        ([[(1, 1), (-2, 0)]], r"\[0, 1, 0\] is -2"),
        ([(1, 1, 3)], r"\[0, 2\] is 3, and states"),
        ([(1, 1, -1)], r"\[0, 2\] is -1"),
        ([[(1, 1), (-1, 0)]], "an action needs a state"),
        ([[PAD, (1, 1)]], "starts with a choice"),
        ([[(1, 1), PAD, (1, 1)]], "cannot follow padding"),
        ([[(1, 1), PAD, (1, -1)]], "ends a trajectory"),
        ([[(1, 1), (0, 0)]], "from state 1 by action 1 to state 0, which has probability 0"),
        ([(0, 0, 0), (2, 0, 0)], "row 1 goes from state 2 by action 0 to state 0"),
        ([[(1, 1, 1, 1)]], r"shape \(1, 1, 4\)"),
        (np.zeros((0, 2), int), "shape"),
        ([[(0.0, 1.0)]], "integers"),
    ],
)
def test_what_cannot_be_is_refused_by_name(given_, words):
    with pytest.raises(BadArray, match=words) as caught:
        Trajectories.of(corridor(), np.array(given_))
    assert caught.value.array == "demonstrations"


def test_nothing_is_chosen_in_a_terminal_state():
    ends = Process.of(corridor().transition, 0.9, terminal=[2])
    with pytest.raises(BadArray, match="trajectory 0 at step 1 chooses in state 2, which is term"):
        Trajectories.of(ends, np.array([[(1, 1), (2, 0)]]))


@given(seed=SEEDS)
def test_samples_are_what_they_say_they_are(seed):
    process = world(seed % 7, ends=True)
    drawn = sample(process, uniform(process), 20, 15, seed)
    again = sample(process, uniform(process), 20, 15, seed)
    np.testing.assert_array_equal(drawn.actions, again.actions)
    rows = np.stack([drawn.states, drawn.actions], axis=-1)
    checked = Trajectories.of(process, rows)
    np.testing.assert_array_equal(checked.counts, drawn.counts)
    ended = drawn.missing == 0.0
    assert (process.terminal[drawn.following[drawn.chosen]].sum()) == ended.sum()


def test_samples_visit_states_as_often_as_the_policy_does():
    process = world(3, ends=True)
    policy = np.exp(normal(1, 4, 3))
    policy /= policy.sum(1, keepdims=True)
    drawn = sample(process, policy, 20_000, 120, seed=5)
    exact = occupancy(process, policy) / process.start.sum()  # given that something is done
    # Each entry is a mean over 20,000 episodes of a sum that stays below 10.
    np.testing.assert_allclose(drawn.occupancy, exact, atol=4 * np.sqrt(10 * exact.max() / 20_000))
    assert np.abs(drawn.occupancy - exact).max() > 0.0


def test_a_policy_that_knows_the_time():
    process = world(4, horizon=5)
    policy = soften_finite(process, normal(2, 4), 5).policy
    drawn = sample(process, policy, 20_000, seed=1)
    assert drawn.actions.shape == (20_000, 5)
    assert not drawn.missing.any()
    exact = occupancy_finite(process, policy).sum(0)
    np.testing.assert_allclose(drawn.occupancy, exact, atol=4 * np.sqrt(5 / 20_000))


def test_unrolled_choices_are_the_same_at_their_step():
    process = world(4, horizon=5)
    drawn = sample(process, uniform(process), 30, seed=1)
    clocked = drawn.unrolled()
    np.testing.assert_array_equal(clocked.counts[:-1].reshape(5, 4, 3).sum(0), drawn.counts)
    np.testing.assert_array_equal(clocked.states % 4, drawn.states)
    assert not clocked.missing.any()
    rows = np.stack([clocked.states, clocked.actions], axis=-1)
    Trajectories.of(clocked.process, rows)  # every step of it is possible
    assert (clocked.following[:, -1] == clocked.process.states - 1).all()
    with pytest.raises(BadRequest, match="up to 6 steps"):
        sample(process, uniform(process), 2, 6).unrolled()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((0, 5), "episodes is 0"), ((5,), "length is None"), ((5, 0), "length is 0")],
)
def test_samples_of_nothing_are_refused(arguments, words):
    process = corridor()
    with pytest.raises(BadRequest, match=words):
        sample(process, uniform(process), *arguments)


def test_a_policy_that_does_not_fit_is_refused():
    process = corridor()
    with pytest.raises(BadArray, match="policy has shape"):
        sample(process, np.ones((2, 2)) / 2, 1, 1)
    with pytest.raises(BadRequest, match="2 steps only"):
        sample(process, np.ones((2, 3, 2)) / 2, 1, 3)
