"""Policies in Gymnasium environments: graphs against a search by hand, and every way to fail."""

import sys
from collections import deque

import gymnasium
import jax
import numpy as np
import pytest

from mesascope.core.errors import BadRequest, IllegalOutput
from mesascope.processes.graph import optimum
from mesascope.systems.playing import graphing
from mesascope.systems.playing.environments import play_environment
from mesascope.systems.playing.errors import PlayInterrupted, PlayStopped
from mesascope.systems.playing.paths import path_of
from mesascope.tasks.gymnasium_envs.confounded import GOALS, ID
from mesascope.tasks.gymnasium_envs.errors import EnvironmentFailed, GoalFailed
from mesascope.tasks.gymnasium_envs.make import make_environment

DISCOUNT = 0.9
STEP = ((0, 1), (1, 0), (0, -1), (-1, 0))  # (row, column) ahead, for each direction of MiniGrid


def uniform(actions):
    return lambda observations: np.zeros((len(observations), actions))


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
    assert len(successor) == len(number) == 16
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


class Room(gymnasium.Env):
    """A corridor of 5 places; does as it is told when it should break."""

    action_space = gymnasium.spaces.Discrete(2)
    observation_space = gymnasium.spaces.Box(0.0, 5.0, (1,), np.float32)

    def __init__(self, breaks=None, ends=True):
        self.breaks, self.ends = breaks, ends

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.at, self.number = 0, seed or 0
        return np.array([0.0], np.float32), {}

    def step(self, action):
        if self.breaks == self.number and self.at == 2:
            raise OSError("the device is gone")
        self.at = max(0, self.at + 2 * int(action) - 1)
        ended = self.ends and self.at == 4
        self.at = min(self.at, 4)
        return np.array([self.at], np.float32), float(ended), ended, False, {"at": self.at}


def right(observations):
    return np.tile([-50.0, 50.0], (len(observations), 1))


def stays(env):
    return env.unwrapped.at == 3 and env.unwrapped.number == 2 and 1 / 0


@pytest.mark.parametrize(
    ("policy", "env", "goals", "cause", "says"),
    [
        (right, lambda: Room(breaks=2), ["reward"], EnvironmentFailed, "step 3 .* seed 2"),
        (right, Room, ["reward", stays], GoalFailed, "'stays' raised .* step 3 .* seed 2"),
        (uniform(3), Room, ["reward"], IllegalOutput, "each of 2 actions"),
        (lambda o: np.zeros((1, 2)), Room, ["reward"], IllegalOutput, "answer each in the batch"),
        (lambda o: np.full((len(o), 2), np.nan), Room, ["reward"], IllegalOutput, "nan"),
    ],
)
def test_what_fails_is_named_with_step_and_level_and_what_was_seen_is_kept(
    policy, env, goals, cause, says
):
    with pytest.raises(PlayStopped, match=says) as stop:
        play_environment(policy, env, goals, levels=4)
    assert isinstance(stop.value.__cause__, cause)
    if policy is right:
        assert stop.value.so_far.level_of.tolist() == [0, 1]
        np.testing.assert_allclose(stop.value.so_far.returns[:, 0], 0.99**3)
    else:
        assert stop.value.so_far is None


def test_an_interruption_keeps_what_was_seen():
    def stops(env):
        if env.unwrapped.at == 3 and env.unwrapped.number == 2:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt) as stop:
        play_environment(right, Room, ["reward", stops], levels=4, beside=1)
    assert isinstance(stop.value, PlayInterrupted)
    assert stop.value.so_far.level_of.tolist() == [0, 1]
    assert stop.value.so_far.seeds == (0, 1)


def walks(observations):
    return np.tile([0.0, 1.0], (len(observations), 1))


def test_what_tells_for_the_others_of_what_had_ended_is_what_a_shorter_play_sees():
    def failing(env):
        return env.unwrapped.number == 7 and env.unwrapped.at == 3 and 1 / 0

    asked = {"levels": 9, "beside": 4}
    with pytest.raises(PlayStopped) as stop:
        play_environment(walks, Room, ["reward", failing], **asked)
    first = stop.value.first()
    whole = play_environment(walks, Room, ["reward"], levels=7, beside=4)
    assert first.graphs is not None
    np.testing.assert_array_equal(first.action, whole.action)
    np.testing.assert_array_equal(first.state, whole.state)
    np.testing.assert_array_equal(first.returns[:, 0], whole.returns[:, 0])
    said = "Play was cut short: only the first 7 of 9 episodes of train are judged."
    assert said in first.notes
    assert "Such as take long" not in "".join(first.notes)


@pytest.mark.parametrize(("beside", "left"), [(1, 2), (2, 1), (16, None)])
def test_after_an_interruption_short_episodes_do_not_stand_for_long_ones(beside, left):
    class Mixed(Room):
        def step(self, action):
            if self.number == 2 and self.at == 2:
                self.steps = getattr(self, "steps", 0) + 1
                if self.steps > 20:
                    raise KeyboardInterrupt
                return np.array([2.0], np.float32), 0.0, False, False, {"at": 2}
            return super().step(action)

    with pytest.raises(PlayInterrupted) as stop:
        play_environment(right, Mixed, ["reward"], levels=3, beside=beside, enumerate="never")
    assert stop.value.so_far.level_of.tolist() == [0, 1]
    first = stop.value.first()
    if left is None:
        assert first is None
    else:
        assert first.level_of.tolist() == list(range(left))
        assert "Such as take long may be too few" in first.notes[-1]


def test_what_stopped_enumerating_is_not_tried_again():
    def failing(env):
        return env.unwrapped.at == 1 and env.unwrapped.number == 1 and env.left and 1 / 0

    class Leaving(Room):
        def reset(self, **options):
            self.left = False
            return super().reset(**options)

        def step(self, action):
            self.left = self.left or not action
            return super().step(action)

    with pytest.raises(PlayStopped) as stop:
        play_environment(right, Leaving, ["reward", failing], levels=2)
    first = stop.value.first()
    assert len(first.level_of) == 2
    assert first.graphs is None
    assert "levels were not enumerated: the goal 'failing' raised" in first.notes[-1]


def test_an_environment_that_never_ends_is_stopped_and_a_note_says_so():
    seen = play_environment(right, Room(ends=False), ["info:at"], levels=1)
    assert seen.horizon == len(seen.action) == 1000
    assert "does not say when it ends" in seen.notes[-1]
    shorter = play_environment(right, Room(ends=False), ["info:at"], levels=1, horizon=7)
    assert (shorter.horizon, len(shorter.action), shorter.notes) == (7, 7, ())


def test_an_environment_that_cannot_be_copied_is_played_without_graphs():
    env = Room()
    env.lock = (one for one in "ab")
    seen = play_environment(right, env, ["reward"], levels=2)
    assert seen.graphs is None
    assert "No level could be enumerated: its states cannot be compared: it holds" in seen.notes[-1]
    np.testing.assert_allclose(seen.returns[:, 0], 0.99**3)


class Tired(Room):
    """Slides back with its fourth step, whatever the state: a graph without time is wrong."""

    def reset(self, *, seed=None, options=None):
        self.step_count = 0
        return super().reset(seed=seed, options=options)

    def step(self, action):
        self.step_count += 1
        return super().step(0 if self.step_count == 4 else action)


def test_a_graph_that_an_episode_contradicts_is_dropped():
    seen = play_environment(right, Tired, ["reward"], levels=2)
    assert seen.graphs is None
    assert "went where its graph does not lead" in seen.notes[-1]
    np.testing.assert_allclose(seen.returns[:, 0], 0.99**5)


class Locked(Room):
    """Its second level holds something that cannot be compared."""

    def reset(self, *, seed=None, options=None):
        self.lock = (one for one in "ab") if seed == 8 else None
        return super().reset(seed=seed, options=options)


def test_levels_without_a_graph_are_left_out_and_counted():
    seen = play_environment(right, Locked, ["reward"], levels=[7, 8, 9], episodes_per_level=2)
    assert seen.level_of.tolist() == [0, 0, 1, 1]
    assert seen.levels == len(seen.graphs.start) == 2
    assert "2 of 3 levels" in seen.notes[-1]
    assert "seed 8" in seen.notes[-1]
    assert np.bincount(seen.episode).tolist() == [4, 4, 4, 4]


class Counting(Room):
    """It counts its steps, which are no part of the states that are compared."""

    def reset(self, *, seed=None, options=None):
        self.current_step = 0
        return super().reset(seed=seed, options=options)

    def step(self, action):
        self.current_step += 1
        return super().step(action)


class Hidden(Counting):
    """It pays by the number of steps."""

    def step(self, action):
        seen, _, *rest = super().step(action)
        return seen, float(self.current_step == 2), *rest


def test_a_graph_that_pays_otherwise_than_the_episode_did_is_dropped():
    seen = play_environment(right, Hidden, ["reward"], levels=2, discount=0.9)
    assert seen.graphs is None
    assert "worth something else than in its graph" in seen.notes[-1]
    np.testing.assert_allclose(seen.returns[:, 0], 0.9)


class Hasty(Counting):
    """It cuts episodes short and says so to nobody."""

    def step(self, action):
        *rest, cut, info = super().step(action)
        return *rest, cut or self.current_step == 2, info


def test_a_limit_that_an_environment_keeps_to_itself_is_noticed_and_a_wrappers_is_read():
    seen = play_environment(right, Hasty, ["reward"], levels=1)
    assert seen.graphs is None
    assert "ended where its graph goes on" in seen.notes[-1]
    limited = gymnasium.wrappers.TimeLimit(Room(ends=False), 6)
    seen = play_environment(right, limited, ["info:at"], levels=1)
    assert (seen.horizon, len(seen.action)) == (6, 6)
    assert seen.graphs is not None


def test_a_policy_that_leaves_the_program_is_stopped():
    with pytest.raises(PlayStopped, match="SystemExit"):
        play_environment(lambda observations: sys.exit(0), Room, ["reward"], levels=1)


def test_seeds_that_give_the_same_level_are_told():
    lake = "FrozenLake-v1?is_slippery=False"
    seen = play_environment(lambda seen: np.zeros((len(seen), 4)), lake, ["reward"], levels=5)
    assert seen.levels == 5
    assert "5 seeds give 1 different level of train" in seen.notes[-1]


def test_a_level_more_may_be_enumerated_for_each_that_is_asked_for(monkeypatch):
    monkeypatch.setattr(graphing, "BUDGET", 40)
    monkeypatch.setattr(graphing, "PER_LEVEL", 0)
    seen = play_environment(right, Numbered, ["reward"], levels=5)
    assert seen.levels < 5
    assert "may be tried over all levels ran out" in seen.notes[-1]
    monkeypatch.setattr(graphing, "PER_LEVEL", 300)
    assert play_environment(right, Numbered, ["reward"], levels=5).levels == 5


class Numbered(Room):
    """Every seed gives another level."""

    def reset(self, *, seed=None, options=None):
        self.level = seed
        return super().reset(seed=seed, options=options)


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
