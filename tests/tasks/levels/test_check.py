"""A world that keeps every promise passes; one that breaks a promise is told which."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import pytest

from examples.corridor import Corridor as Shown
from mesascope.core.errors import BadRequest, BrokenWorld
from mesascope.tasks.levels.check import check_task

LEVELS = 4


@dataclass(frozen=True)
class Corridor(Shown):
    """The corridor of the documentation, and where the goals disagree in training already."""

    control: bool = False

    def draw(self, key, apart):
        return super().draw(key, apart | self.control)


@dataclass(frozen=True)
class Nameless(Corridor):
    goals = ("prize", "prize")


@dataclass(frozen=True)
class Misnumbered(Corridor):
    def index_of(self, level, state):
        return jnp.minimum(super().index_of(level, state) + 1, self.states - 1)


@dataclass(frozen=True)
class Generates(Corridor):
    def step(self, key, level, state, action):
        moved = super().step(key, level, state, action)
        fresh = jax.random.uniform(key, ()) < 0.5
        return moved._replace(terminated=moved.terminated | fresh)


@dataclass(frozen=True)
class Counting(Corridor):
    """What a step pays depends on the time, which no state number tells."""

    def step(self, key, level, state, action):
        moved = super().step(key, level, state, action)
        late = (state.time > 5).astype(jnp.float32)
        return moved._replace(reward=late, info=moved.info | {"prize": late})


@dataclass(frozen=True)
class OtherReward(Corridor):
    def step(self, key, level, state, action):
        moved = super().step(key, level, state, action)
        return moved._replace(reward=moved.reward + 1.0)


@dataclass(frozen=True)
class Endless(Corridor):
    def step(self, key, level, state, action):
        moved = super().step(key, level, state, action)
        return moved._replace(truncated=jnp.array(False))


@dataclass(frozen=True)
class Stale(Corridor):
    """Gives the observation of the state before."""

    def step(self, key, level, state, action):
        moved = super().step(key, level, state, action)
        return moved._replace(observation=self.observe(level, state))


@dataclass(frozen=True)
class Forgetful(Corridor):
    def step(self, key, level, state, action):
        moved = super().step(key, level, state, action)
        return moved._replace(info={"prize": moved.reward})


@dataclass(frozen=True)
class Walled(Corridor):
    """The prize lies beyond the walls."""

    def draw(self, key, apart):
        return super().draw(key, apart)._replace(prize=jnp.int32(9))


@dataclass(frozen=True)
class Breaks(Corridor):
    def mutate(self, key, level):
        return level._replace(prize=jnp.int32(9))


@dataclass(frozen=True)
class Blind(Corridor):
    """Where the agent is, is not shown."""

    def observe(self, level, state):
        return super().observe(level, state).at[..., 0].set(False)


@dataclass(frozen=True)
class NeverConfounded(Corridor):
    def draw(self, key, apart):
        return super().draw(key, jnp.array(True))


@dataclass(frozen=True)
class NeverApart(Corridor):
    def draw(self, key, apart):
        return super().draw(key, jnp.array(False))


def test_a_sound_world_passes_and_is_described():
    report = check_task(Corridor(), levels=LEVELS)
    assert report.confounded == {"end": pytest.approx(1.0)}
    assert report.apart == 1.0
    assert report.optimum == {"prize": 1.0, "end": 1.0}
    assert report.states == 10


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Nameless, "all different"),
        (Misnumbered, "number states in the same way"),
        (Generates, "draws random numbers"),
        (Counting, "differs from what it should be"),
        (OtherReward, "reward, which is the first goal's"),
        (Endless, "truncation"),
        (Stale, "observation"),
        (Forgetful, "every goal"),
        (Walled, "cannot be solved"),
        (Breaks, "mutated"),
        (Blind, "look alike"),
        (NeverConfounded, "confounded"),
        (NeverApart, "come apart on 0%"),
    ],
)
def test_a_broken_world_is_told_what_it_breaks(kind, words):
    with pytest.raises(BrokenWorld, match=words):
        check_task(kind(), levels=LEVELS)


def test_a_control_passes_when_it_says_so_and_fails_when_not():
    control = Corridor(control=True)
    with pytest.raises(BrokenWorld, match="confounded=0 for a control"):
        check_task(control, levels=LEVELS)
    assert check_task(control, levels=LEVELS, confounded=0.0).confounded["end"] < 0.9


def test_no_level_is_refused():
    with pytest.raises(BadRequest, match="at least 1"):
        check_task(Corridor(), levels=0)
