"""Episodes side by side: what is seen is what a plain loop sees, however many there are."""

import gymnasium
import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesascope.core.randomness import stream
from mesascope.systems.playing import copies
from mesascope.systems.playing.environments import play_environment
from mesascope.systems.playing.errors import PlayStopped
from mesascope.tasks.gymnasium_envs.confounded import GOALS, ID

LAKE = "FrozenLake-v1"


class Corridor(gymnasium.Env):
    """As long as its seed says, and windy; raises at the far end of a level if it is told to."""

    action_space = gymnasium.spaces.Discrete(2)
    observation_space = gymnasium.spaces.Box(0.0, 99.0, (2,), np.float32)

    def __init__(self, breaks=()):
        self.breaks = breaks

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.number, self.at, self.long = seed, 0, 2 + seed % 5
        return self._seen(), {}

    def step(self, action):
        wind = int(self.np_random.integers(2))
        self.at = max(0, self.at + 2 * int(action) - 1 + wind)
        ended = self.at >= self.long
        if ended and self.number in self.breaks:
            raise OSError("gone")
        return self._seen(), float(ended), ended, False, {"at": self.at}

    def _seen(self):
        return np.array([self.at, self.long], np.float32)


def leaning(observations):
    return np.stack([observations[:, 0], 3.0 - observations[:, 1]], axis=1)


class Remembers:
    """Leans by the sum of all that it saw; writes down how many rows it was asked about."""

    def __init__(self):
        self.sizes = []

    def reset(self, count):
        return np.zeros(count)

    def step(self, observations, carry):
        self.sizes.append(len(observations))
        carry = carry + observations[:, 0]
        return np.stack([np.sin(carry), np.cos(carry)], axis=1), carry

    def forget(self, carry, ended):
        return np.where(ended, 0.0, carry)


def same(one, other):
    for name in ("returns", "level_of", "episode", "state", "action"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert (one.notes, one.goals, one.horizon) == (other.notes, other.goals, other.horizon)
    assert (one.graphs is None) == (other.graphs is None)
    jax.tree.map(np.testing.assert_array_equal, one.graphs, other.graphs)


@pytest.mark.parametrize("policy", [leaning, Remembers()])
@settings(max_examples=15, deadline=None)
@given(
    levels=st.lists(st.integers(0, 50), min_size=1, max_size=7, unique=True),
    again=st.integers(1, 3),
    beside=st.integers(2, 9),
    seed=st.integers(0, 9),
)
def test_what_is_seen_does_not_depend_on_how_many_play(policy, levels, again, beside, seed):
    asked = {"levels": levels, "episodes_per_level": again, "seed": seed, "horizon": 9}
    goals = ["reward", "info:at"]
    alone = play_environment(policy, Corridor, goals, beside=1, enumerate="never", **asked)
    same(
        alone, play_environment(policy, Corridor, goals, beside=beside, enumerate="never", **asked)
    )


def test_what_is_seen_is_what_a_loop_by_hand_sees():
    policy = Remembers()
    seen = play_environment(policy, Corridor, ["reward"], levels=9, horizon=12, seed=4, beside=4)
    assert set(policy.sizes) == {4}, "a memory keeps its rows"
    for row in range(9):
        env, rng, carry = Corridor(), stream(4, "choices", "train", row), np.zeros(1)
        observation, actions, worth = env.reset(seed=row)[0], [], 0.0
        for time in range(12):
            logits, carry = policy.step(observation[None], carry)
            actions.append(int((logits[0] + rng.gumbel(size=2)).argmax()))
            observation, reward, ended, _, _ = env.step(actions[-1])
            worth += 0.99**time * reward
            if ended:
                break
        assert seen.action[seen.episode == row].tolist() == actions
        assert seen.returns[row, 0] == pytest.approx(worth)


@pytest.mark.parametrize(
    ("env", "goals", "actions"),
    [(f"{ID}?apart=True&size=5", GOALS, 3), (LAKE, ["reward"], 4)],
)
def test_with_graphs_and_with_chance_it_is_the_same(env, goals, actions):
    def policy(observations):
        return np.tile(np.arange(actions) / 2, (len(observations), 1))

    asked = {"levels": 5, "episodes_per_level": 2, "discount": 0.9}
    alone = play_environment(policy, env, goals, beside=1, **asked)
    assert (alone.graphs is None) == (env == LAKE)
    same(alone, play_environment(policy, env, goals, beside=16, **asked))


@pytest.mark.parametrize("beside", [1, 2, 16])
def test_where_levels_fail_the_first_is_told_and_what_came_before_it_is_kept(beside):
    def right(observations):
        return np.tile([0.0, 50.0], (len(observations), 1))

    with pytest.raises(PlayStopped, match="seed 4") as stop:
        play_environment(
            right, lambda: Corridor(breaks=(4, 5, 7)), ["reward"], levels=9, beside=beside
        )
    assert stop.value.so_far.level_of.tolist() == [0, 1, 2, 3]


def asked_at_once(env):
    """Return the largest batch that a policy is asked about."""
    sizes = []

    def policy(observations):
        sizes.append(len(observations))
        return np.zeros((len(observations), 2))

    play_environment(policy, env, ["reward"], levels=6, horizon=20, beside=6, enumerate="never")
    assert set(sizes) <= {1, 2, 4, 6}, "few sizes, for compiled policies"
    return max(sizes)


class Shared(Corridor):
    """What it changes belongs to all of them."""

    @property
    def at(self):
        return Shared.there

    @at.setter
    def at(self, value):
        Shared.there = value


class Tally(Corridor):
    """Shows how often it was reset, which a reset should undo."""

    resets = 0

    def reset(self, *, seed=None, options=None):
        self.resets += 1
        super().reset(seed=seed)
        return self._seen(), {}

    def _seen(self):
        return super()._seen() + self.resets


def looking_back():
    """Return an environment that is shown by a function bound to it, which a copy is not."""
    env = Corridor()
    shown = gymnasium.wrappers.TransformObservation(env, lambda _: env._seen(), None)
    assert isinstance(shown, gymnasium.Env)
    return shown


def locked(env=None):
    env = env or Corridor()
    env.lock = (one for one in "ab")
    return env


ONE = locked()


@pytest.mark.parametrize(
    ("env", "count"),
    [
        (Corridor, 6),
        (Corridor(), 6),
        (locked, 6),  # cannot be copied, and is made
        (locked(), 1),
        (lambda: ONE, 1),
        (Shared, 1),
        (Tally, 1),
        (looking_back, 6),
        (looking_back(), 1),
    ],
)
def test_environments_that_are_not_the_same_do_not_play_side_by_side(env, count):
    assert asked_at_once(env) == count


def test_environments_that_are_slow_to_make_are_not_waited_for(monkeypatch):
    monkeypatch.setattr(copies, "_PATIENCE", 0.0)
    assert asked_at_once(Corridor) == 1
