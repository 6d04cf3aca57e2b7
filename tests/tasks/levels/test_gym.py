"""The Gymnasium view is what Gymnasium's own checker asks for, and plays the world itself."""

import sys

import jax
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from mesascope.core.errors import MissingExtra
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


def test_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(MissingExtra, match=r"mesascope\[gymnasium\]"):
        gymnasium_view(make_world("corner"))
