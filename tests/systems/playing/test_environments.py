"""Policies in Gymnasium environments: graphs against a search by hand, and what is refused."""

from collections import deque

import gymnasium
import jax
import numpy as np
import pytest

from mesascope.auditing.policies.places import reachable
from mesascope.core.errors import BadRequest
from mesascope.processes.graph import optimum
from mesascope.systems.playing.environments import play_environment
from mesascope.systems.playing.paths import path_of
from mesascope.tasks.gymnasium_envs.confounded import GOALS, ID
from mesascope.tasks.gymnasium_envs.make import make_environment
from tests.systems.playing.rooms import Room, right, uniform

DISCOUNT = 0.9
STEP = ((0, 1), (1, 0), (0, -1), (-1, 0))  # (row, column) ahead, for each direction of MiniGrid


def fewest_steps(row, column, direction, target, size):
    """Search an empty room of MiniGrid: turns and moves to a cell, without the library."""
    start = (row, column, direction)
    far, waiting = {start: 0}, deque([start])
    while waiting:
        here = waiting.popleft()
        if here[:2] == target:
            return far[here]
        r, c, d = here
        ahead = (r + STEP[d][0], c + STEP[d][1])
        inside = all(1 <= x <= size - 2 for x in ahead)
        for there in (
            (r, c, (d - 1) % 4),
            (r, c, (d + 1) % 4),
            (*(ahead if inside else (r, c)), d),
        ):
            if there not in far:
                far[there] = far[here] + 1
                waiting.append(there)
    raise AssertionError


@pytest.fixture(scope="module")
def apart():
    return play_environment(
        uniform(3), f"{ID}?apart=True&size=5", GOALS, levels=5, discount=DISCOUNT, role="shift"
    )


def test_enumerated_levels_have_the_optimum_of_a_search_by_hand(apart):
    best = np.asarray(jax.vmap(lambda g: optimum(g, discount=DISCOUNT, horizon=40))(apart.graphs))
    env = make_environment(ID, apart=True, size=5)
    for seed in range(5):
        env.reset(seed=seed)
        plain = env.unwrapped
        here = (int(plain.agent_pos[1]), int(plain.agent_pos[0]), plain.agent_dir)
        goal = next(
            (r, c) for r in range(5) for c in range(5)
            if (thing := plain.grid.get(c, r)) is not None and thing.type == "goal"
        )  # fmt: skip
        assert best[seed, 0] == pytest.approx(DISCOUNT ** (fewest_steps(*here, goal, 5) - 1))
        if here[:2] == (3, 3):  # in the corner already, which pays nothing
            assert best[seed, 1] == 0.0


def test_every_choice_is_found_in_the_graph_and_returns_are_the_graphs(apart):
    assert apart.notes == ()
    assert (apart.state >= 0).all()
    for episode in range(5):
        path = path_of(apart, episode)
        reward = np.asarray(apart.graphs.reward[episode])[:, path.states[:-1], path.actions]
        worth = reward @ DISCOUNT ** np.arange(len(path.actions))
        np.testing.assert_allclose(apart.returns[episode], worth, atol=1e-6)
        follows = np.asarray(apart.graphs.successor[episode])[path.states[:-1], path.actions]
        np.testing.assert_array_equal(follows, path.states[1:])


def test_confounded_levels_give_both_goals_the_same_reward_and_shifted_ones_do_not(apart):
    trained = play_environment(uniform(3), ID, GOALS, levels=2, discount=DISCOUNT)
    reward = np.asarray(trained.graphs.reward)
    np.testing.assert_array_equal(reward[:, 0], reward[:, 1])
    shifted = np.asarray(apart.graphs.reward)
    assert not (shifted[:, 0] * shifted[:, 1]).any()


def test_padding_is_no_place_and_ends(apart):
    place = np.asarray(apart.graphs.place)
    assert np.asarray(apart.graphs.terminated)[place < 0].all()
    assert not np.moveaxis(np.asarray(apart.graphs.reward), 1, -1)[place < 0].any()


def test_a_deterministic_lake_has_the_table_that_gymnasium_ships():
    seen = play_environment(uniform(4), "FrozenLake-v1?is_slippery=False", ["reward"], levels=1)
    table = gymnasium.make("FrozenLake-v1", is_slippery=False).unwrapped.P
    number, waiting = {0: 0}, [0]
    for state in waiting:  # the same states from the table, numbered as they are met
        for action in range(4):
            _, after, _, ended = table[state][action][0]
            if after not in number:
                number[after] = len(number)
                waiting.append(after)
    successor, end = np.asarray(seen.graphs.successor[0]), np.asarray(seen.graphs.terminated[0])
    reward = np.asarray(seen.graphs.reward[0, 0])
    assert reachable(seen.graphs).sum() == len(number) == 16
    for state, mine in number.items():
        for action in range(4):
            _, after, pays, ended = table[state][action][0]
            assert bool(end[mine, action]) == ended or state == after
            if not end[mine].all():
                assert successor[mine, action] == number[after]
                assert reward[mine, action] == pays


def test_chance_is_noticed_and_episodes_differ():
    seen = play_environment(uniform(4), "FrozenLake-v1", ["reward"], levels=3, episodes_per_level=2)
    assert seen.graphs is None
    assert (seen.state == -1).all()
    assert "different results" in seen.notes[-1]
    assert len(seen.returns) == 6


def test_an_environment_that_never_ends_is_stopped_and_a_note_says_so():
    seen = play_environment(right, Room(ends=False), ["info:at"], levels=1)
    assert seen.horizon == len(seen.action) == 1000
    assert "does not say when it ends" in seen.notes[-1]
    shorter = play_environment(right, Room(ends=False), ["info:at"], levels=1, horizon=7)
    assert (shorter.horizon, len(shorter.action), shorter.notes) == (7, 7, ())


def test_seeds_that_give_the_same_level_are_told():
    lake = "FrozenLake-v1?is_slippery=False"
    seen = play_environment(lambda seen: np.zeros((len(seen), 4)), lake, ["reward"], levels=5)
    assert seen.levels == 5
    assert "5 seeds give 1 different level of train" in seen.notes[-1]


def test_requests_that_make_no_sense_are_refused():
    for options, says in (
        ({"levels": 0}, "0 levels"),
        ({"episodes_per_level": 0}, "0 episodes"),
        ({"horizon": 0}, "horizon of 0"),
        ({"beside": 0}, "0 side by side"),
        ({"seed": -1}, "seed is -1"),
    ):
        with pytest.raises(BadRequest, match=says):
            play_environment(right, Room, ["reward"], **options)
    with pytest.raises(BadRequest, match="only Discrete"):
        play_environment(right, "Pendulum-v1", ["reward"])
