"""Environments that are no `gymnasium.Env`: without `unwrapped`, in slots, handing questions on."""

import copy
from typing import Any

import gymnasium
import numpy as np
import pytest

from mesascope.auditing.policies.places import reachable
from mesascope.core.errors import BadRequest
from mesascope.systems.playing.environments import play_environment
from mesascope.tasks.gymnasium_envs import state
from mesascope.tasks.gymnasium_envs.fork import Fork
from mesascope.tasks.gymnasium_envs.layers import bare, held_by, layers
from mesascope.tasks.gymnasium_envs.make import make_environment
from mesascope.tasks.gymnasium_envs.shift import shift_named

SEEN = gymnasium.spaces.Box(0.0, 6.0, (1,), np.float32)


class Line(gymnasium.Env):
    """From 3 to 0 or 6, where the reward is."""

    observation_space, action_space = SEEN, gymnasium.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.x = 3
        return np.array([3.0], np.float32), {}

    def step(self, action):
        self.x += 2 * action - 1
        here = np.array([self.x], np.float32)
        return here, float(self.x == 6), self.x in (0, 6), False, {}


class Slotted:
    """The same, but derived from nothing, without `__dict__`, `unwrapped` or `close`."""

    __slots__ = ("step_count", "x")
    observation_space, action_space = SEEN, gymnasium.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        self.x, self.step_count = 3, 0
        return np.array([3.0], np.float32), {}

    def step(self, action):
        self.step_count += 1
        return Line.step(self, action)


class Around:
    """A wrapper that knows no `unwrapped`, and may wrap one of its kind."""

    observation_space, action_space = SEEN, gymnasium.spaces.Discrete(2)

    def __init__(self, env: Any = None) -> None:
        self.env = env or Slotted()

    def reset(self, **options):
        return self.env.reset(**options)

    def step(self, action):
        return self.env.step(action)


class HandsOn:
    """A wrapper in slots that lets what it wraps answer for it."""

    __slots__ = ("env",)

    def __init__(self) -> None:
        self.env = Line()

    def __getattr__(self, name):
        if name.startswith("__") or name == "env":
            raise AttributeError(name)
        return getattr(self.env, name)


class Second(gymnasium.Wrapper):
    """Pays at the second step alone, which it counts in a slot."""

    __slots__ = ("left",)

    def reset(self, **options):
        self.left = 2
        return self.env.reset(**options)

    def step(self, action):
        self.left = max(self.left - 1, 0)
        seen, _, over, cut, info = self.env.step(action)
        return seen, float(self.left == 0), over, cut, info


def right(observations):
    return np.tile([0.0, 5.0], (len(observations), 1))


def two_around():
    return Around(Around())


@pytest.mark.parametrize("make", [Line, Slotted, Around, two_around, HandsOn])
def test_it_is_played_and_enumerated_like_any_other(make):
    given = (make, make())  # what makes one, or one that is made: copied, and alone
    for env in given:
        seen = play_environment(right, env, "reward", levels=3, horizon=30, beside=3)
        assert seen.graphs is not None, seen.notes
        assert (np.asarray(seen.graphs.place) == -1).all()
        assert reachable(seen.graphs).sum(axis=1).tolist() == [7] * 3  # 0 to 6
        assert seen.returns.ravel() == pytest.approx([0.99**2] * 3, abs=0.1)


def test_the_layers_are_found_without_unwrapped():
    env = two_around()
    assert [type(layer).__name__ for layer in layers(env)] == ["Around", "Around", "Slotted"]
    assert isinstance(bare(env), Slotted)
    assert isinstance(bare(HandsOn()), Line)


def test_what_is_held_in_slots_is_part_of_the_state_and_counters_are_not():
    env = Second(Line())
    env.reset(seed=0)
    other, _ = Fork(env).copy()
    assert state.key_of(other) == state.key_of(env)
    other.left = 0
    assert state.key_of(other) != state.key_of(env)
    plain = Slotted()
    plain.reset()
    before, counters = state.key_of(plain), state.counters_of(plain)
    plain.step_count = 9
    assert state.key_of(plain) == before
    state.wind_back(plain, counters)
    assert plain.step_count == 0
    assert held_by(copy.deepcopy(plain)) == {"x": 3, "step_count": 0}
    assert held_by(object()) == {}


def test_what_must_be_wrapped_must_be_an_environment_of_gymnasium():
    with pytest.raises(BadRequest, match=r"Slotted is no gymnasium\.Env, and TransformAction"):
        make_environment(Slotted, actions=1)
    pytest.importorskip("minigrid")
    room = gymnasium.make("MiniGrid-Empty-5x5-v0")

    class Odd(Around):
        observation_space, action_space = room.observation_space, room.action_space

    with pytest.raises(BadRequest, match=r"Odd is no gymnasium\.Env, and ImgObsWrapper"):
        make_environment(lambda: Odd(room))


def test_a_shift_need_not_be_closable(monkeypatch):
    monkeypatch.setattr(gymnasium, "Slotted", Slotted, raising=False)
    assert shift_named("slots=gymnasium:Slotted").name == "slots"
