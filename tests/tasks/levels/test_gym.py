"""The Gymnasium view is what Gymnasium's own checker asks for, and plays the world itself."""

import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from mesascope.core.errors import MissingExtra
from mesascope.processes.graph import optimum
from mesascope.systems.playing.environments import play_environment
from mesascope.tasks.levels.enumerate import graph_of
from mesascope.tasks.levels.gym import gymnasium_view
from mesascope.tasks.mazes.catalogue import make_world


def test_gymnasiums_checker_is_content():
    check_env(gymnasium_view(make_world("corner", size=5), levels=4), skip_render_check=True)


def test_the_view_plays_the_world():
    world = make_world("corner", size=5)
    env = gymnasium_view(world, share=1.0, levels=8, seed=3)
    seen, info = env.reset(seed=1, options={"level": 5})
    assert info["level"] == 5
    level, state = env.unwrapped.level, world.reset(env.unwrapped.level)
    for action in (1, 0, 3, 2):
        moved = world.step(jax.random.key(0), level, state, action)
        seen, reward, ended, _, info = env.step(action)
        np.testing.assert_array_equal(seen, moved.observation)
        assert (reward, ended) == (float(moved.reward), bool(moved.terminated))
        assert {goal: info[goal] for goal in world.goals} == {
            goal: float(moved.info[goal]) for goal in world.goals
        }
        if ended:
            break
        state = moved.state
    assert "mouse" in env.render()


def test_the_view_of_a_world_has_the_graph_of_the_world():
    world = make_world("corner", size=5)
    env = gymnasium_view(world, share=1.0, levels=4, seed=3)
    goals = [f"info:{goal}" for goal in world.goals]
    seen = play_environment(
        lambda shown: np.zeros((len(shown), len(world.actions))), env, goals, levels=3
    )
    assert seen.graphs is not None, seen.notes
    for number in range(3):
        env.reset(seed=seen.seeds[number])
        whole = graph_of(world, jax.tree.map(jnp.asarray, env.level))
        mine = jax.tree.map(lambda part, n=number: part[n], seen.graphs)
        for discount in (0.5, 0.9):
            np.testing.assert_allclose(
                *(optimum(graph, discount=discount, horizon=30) for graph in (mine, whole)),
                rtol=1e-5,
            )


class Windy(type(make_world("corner"))):
    """A world whose moves are left to chance."""

    def step(self, key, level, state, action):
        blown = jax.random.randint(key, (), 0, len(self.actions))
        return super().step(key, level, state, blown)


def test_chance_in_a_world_is_told_and_comes_from_the_seed():
    env = gymnasium_view(Windy(size=5), levels=4)
    seen = play_environment(lambda shown: np.zeros((len(shown), 4)), env, "reward", levels=2)
    assert seen.graphs is None
    assert "different results" in seen.notes[-1]
    ways = []
    for _ in range(2):
        env.reset(seed=5)
        ways.append([env.step(0)[0].tolist() for _ in range(8)])
    assert ways[0] == ways[1]


def test_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(MissingExtra, match=r"mesascope\[gymnasium\]"):
        gymnasium_view(make_world("corner"))
