"""Evolution strategies learn, and what replay scores levels by is what it says."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mesascope.optimizers.policies import ppo, replay
from mesascope.optimizers.policies.evaluation import best_on, returns_on
from mesascope.optimizers.policies.settings import EvolutionSettings, ReplaySettings
from mesascope.optimizers.policies.training import train
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.mazes.corner import Corner

WORLD = Corner(size=5, horizon=12)


def test_evolution_strategies_learn_without_a_gradient():
    settings = EvolutionSettings(width=8, depth=1, rows=16, population=32, updates=40)
    stages = train(WORLD, settings, seeds=[0], share=0.0, budget=10**9)
    levels = draw_levels(WORLD, jax.random.key(7), 64, 0.0)
    best = np.asarray(best_on(WORLD, levels, 0.99)).mean()

    def share_of_best() -> float:
        network = next(stages).state.learner.network
        got = returns_on(WORLD, network, levels, jax.random.key(8), 0.99)
        return float(np.asarray(got)[0, :, 0].mean() / best)

    early, later = share_of_best(), [share_of_best() for _ in range(3)][-1]
    assert early < later
    assert 0.85 < later <= 1.0 + 1e-5


@pytest.mark.parametrize("kind", ["exact", "maxmc", "value"])
def test_levels_are_scored_by_what_is_left_to_gain(kind):
    rng = np.random.default_rng(3)
    ended = rng.random((9, 5)) < 0.3
    ended[:, 0] = False  # an episode that is not over counts as it stands
    gained = rng.random((9, 5, 2)).astype(np.float32)
    value, advantage = (rng.normal(size=(9, 5)).astype(np.float32) for _ in range(2))
    best = rng.random(5).astype(np.float32)
    steps = ppo.Steps(
        observation=jnp.zeros((9, 5, 1), bool),
        fresh=jnp.zeros((9, 5), bool),
        action=jnp.zeros((9, 5), int),
        value=jnp.asarray(value),
        chance=jnp.zeros((9, 5)),
        reward=jnp.zeros((9, 5)),
        terminated=jnp.asarray(ended),
        truncated=jnp.zeros((9, 5), bool),
        gained=jnp.asarray(gained),
    )
    settings = ReplaySettings(score=kind)
    score, known = replay.scores(steps, jnp.asarray(advantage), jnp.asarray(best), settings)
    for n in range(5):
        seen = max(best[n], gained[:, n, 0].max())
        over = [gained[t, n, 0] for t in range(9) if ended[t, n]] or [gained[-1, n, 0]]
        expected = {
            "exact": best[n] - np.mean(over),
            "maxmc": np.mean([seen - value[t, n] for t in range(9)]),
            "value": np.mean([max(0.0, advantage[t, n]) for t in range(9)]),
        }
        np.testing.assert_allclose(score[n], expected[kind], atol=1e-5)
        np.testing.assert_allclose(known[n], best[n] if kind == "exact" else seen, atol=1e-6)
