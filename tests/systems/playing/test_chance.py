"""Chance that is not Gymnasium's is told as such, and no luck decides which levels are kept."""

import random

import gymnasium
import jax.numpy as jnp
import numpy as np
import pytest

from mesascope.auditing.policies.places import reachable
from mesascope.systems.playing.environments import play_environment
from mesascope.systems.playing.repeating import repeat_episode
from mesascope.tasks.gymnasium_envs import enumerate
from mesascope.tasks.gymnasium_envs.goal_names import goals_of

FAR, BREAKS = 5, 0.15
LEVELS = 200


class Walk(gymnasium.Env):
    """A corridor; a step to the right may break it."""

    action_space = gymnasium.spaces.Discrete(2)
    observation_space = gymnasium.spaces.Box(0.0, FAR, (1,), np.float32)
    at_0 = 0

    def __init__(self, draw=None, breaks=BREAKS):
        self.draw, self.breaks = draw, breaks

    def reset(self, *, seed=None, options=None):
        self.at = self.at_0
        return np.array([float(self.at)], np.float32), {}

    def step(self, action):
        self.at = self.at + (2 * int(action) - 1 if action or self.at > 0 else 0)
        broken = bool(action) and self.draw() < self.breaks
        there = int(self.at) == FAR
        seen = np.array([float(self.at)], np.float32)
        return seen, float(there and not broken), there or broken, False, {}


class Held(Walk):
    """Its generator begins with the seed."""

    def reset(self, *, seed=None, options=None):
        self.rng = random.Random(seed)
        self.draw = self.rng.random
        return super().reset(seed=seed)


class Kept(Walk):
    """Its generator goes on from level to level, and is that of NumPy's past."""

    def __init__(self):
        self.rng = np.random.RandomState(0)
        super().__init__(self._drawn)

    def _drawn(self):
        return self.rng.rand()


class Wrapped(gymnasium.Wrapper):
    """Chance is in a wrapper."""

    def __init__(self):
        super().__init__(Walk(lambda: 1.0))
        self.rng = np.random.default_rng(0)

    def step(self, action):
        seen, reward, over, cut, info = self.env.step(action)
        broken = bool(action) and self.rng.random() < BREAKS
        return seen, reward * (not broken), over or broken, cut, info


def right(observations):
    return np.tile([-50.0, 50.0], (len(observations), 1))


def walked(make, levels=LEVELS, **options):
    return play_environment(
        right, make, ["reward"], levels=levels, horizon=30, discount=1.0, **options
    )


def standing():
    return random.getstate(), str(np.random.get_state())  # noqa: NPY002 - everyone's is what is tried


MAKERS = {
    "held": Held,
    "kept": Kept,
    "wrapped": Wrapped,
    "random": lambda: Walk(random.random),
    "numpy.random": lambda: Walk(np.random.rand),
}


@pytest.mark.parametrize("kind", MAKERS)
def test_chance_is_told_and_returns_are_about_the_truth(kind):
    before = standing()
    seen = walked(MAKERS[kind])
    assert seen.graphs is None
    assert "led to different results" in seen.notes[-1]
    truth = (1 - BREAKS) ** FAR
    error = (truth * (1 - truth) / LEVELS) ** 0.5
    assert abs(seen.returns.mean() - truth) < 4 * error
    assert standing() == before


@pytest.mark.parametrize("kind", MAKERS)
def test_what_is_seen_depends_on_the_seeds_alone(kind):
    one = walked(MAKERS[kind], levels=30, episodes_per_level=2, enumerate="never")
    random.random()
    np.random.rand()  # noqa: NPY002 - everyone's is what is tried
    other = walked(MAKERS[kind], levels=30, episodes_per_level=2, enumerate="never", beside=1)
    np.testing.assert_array_equal(one.returns, other.returns)
    assert (one.returns[::2] != one.returns[1::2]).any(), "played again, chance is another"
    for episode in (0, 1, 31):
        repeat_episode(one, episode, MAKERS[kind](), goals_of(["reward"]), lambda env: None)


def test_chance_that_was_missed_leaves_no_graph_at_all(monkeypatch):
    monkeypatch.setattr(enumerate, "_REPEATS", 0)
    monkeypatch.setattr(enumerate, "_ALWAYS", 0)
    seen = walked(Held, levels=60)
    assert 0 < seen.returns.mean() < 1
    assert (seen.graphs, seen.levels) == (None, 60)
    assert "luck would decide which are" in seen.notes[-1]


class Later(Walk):
    """The first levels are without chance, as far as was tried."""

    def reset(self, *, seed=None, options=None):
        self.breaks = BREAKS * (seed >= 3)
        return super().reset(seed=seed)


def test_chance_on_one_level_leaves_no_graph_of_others():
    seen = walked(lambda: Later(random.random), levels=6)
    assert (seen.graphs, seen.levels) == (None, 6)
    assert "different results (seed 3)" in seen.notes[-1]


@pytest.mark.parametrize("library", ["jax", "torch"])
def test_a_place_that_is_a_tensor_is_part_of_the_state(library):
    class Tensor(Walk):
        at_0 = jnp.array(0) if library == "jax" else pytest.importorskip("torch").tensor(0)

    seen = walked(lambda: Tensor(lambda: 1.0), levels=2)
    assert seen.graphs is not None, seen.notes
    assert reachable(seen.graphs).sum(axis=1).tolist() == [FAR + 1] * 2
    successor = np.asarray(seen.graphs.successor[0])[:FAR]
    ways = [[max(here - 1, 0), here + 1] for here in range(FAR)]
    assert successor.tolist() == ways
    assert seen.returns.tolist() == [[1.0], [1.0]]
