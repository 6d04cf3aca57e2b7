"""Policies of Stable-Baselines3 that were trained in the Gymnasium view of a world of ours."""

from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from mesascope.core.errors import BadRequest
from mesascope.studies.policy import audit_policy
from mesascope.studies.probe_levels import probe_levels
from mesascope.systems.playing.levels import play_levels
from mesascope.systems.policies import from_actions, load_policy
from mesascope.tasks.levels.gym import gymnasium_view
from mesascope.tasks.mazes.catalogue import make_world
from tests.systems.policies.models import need_extras, normal, save_model, truth

need_extras("torch", "stable_baselines3")

WORLD = make_world("corner", size=5)


def test_a_policy_of_the_view_plays_the_world_as_it_played_the_view(tmp_path: Path) -> None:
    env = gymnasium_view(WORLD, share=1.0, levels=3)
    model, path = save_model(tmp_path, "PPO", env)
    loaded: Any = load_policy(path)
    given = []

    def watched(observations: np.ndarray) -> Any:
        given.append(np.array(observations))
        return loaded(observations)

    seen = play_levels(watched, WORLD, jax.device_get(env.levels), seed=0, discount=0.99)
    assert len(seen.returns) == 3
    for level in range(3):  # the way that the policy took, in the view
        row = np.flatnonzero(seen.episode == level)
        row = row[np.argsort(seen.time[row])]
        shown, _ = env.reset(seed=0, options={"level": level})
        for time, action in enumerate(seen.action[row].tolist()):
            np.testing.assert_array_equal(shown, given[time][level])
            now = given[time][level : level + 1]
            np.testing.assert_allclose(normal(loaded(now)), truth(model, shown[None]), atol=1e-5)
            shown, *_ = env.step(action)


def test_a_world_of_another_size_is_refused_before_anything_is_played(tmp_path: Path) -> None:
    _, path = save_model(tmp_path, "PPO", gymnasium_view(WORLD, levels=1))
    for policy, says in (
        (load_policy(path), r"\(5, 5, \d\), and corner gives \(9, 9, \d\); give the world"),
        (load_policy(from_actions(lambda x: x, 3)), "among 3 actions, and corner has 4"),
    ):
        with pytest.raises(BadRequest, match=says):
            audit_policy(policy, "corner", levels=2)
        with pytest.raises(BadRequest, match=says):
            probe_levels(policy, "corner")
