"""Trains small policies by each method, two seeds side by side, and tries them on new levels."""

import jax
import numpy as np

from mesascope.optimizers.policies.evaluation import best_on, returns_on
from mesascope.optimizers.policies.settings import EvolutionSettings, ReplaySettings, Settings
from mesascope.optimizers.policies.stage import Stage
from mesascope.optimizers.policies.training import train
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.mazes.corner import Corner

WORLD = Corner(size=5, horizon=12)
SEEDS = (0, 1)
SMALL = {"width": 32, "rows": 64, "steps": 16, "levels": 256}
METHODS = {
    "PPO": Settings(**SMALL),
    "PPO, with a memory": Settings(**SMALL, kind="gru", depth=1),
    "PPO on replayed levels": ReplaySettings(**SMALL, mutations=0.5),
    "evolution strategies": EvolutionSettings(width=8, depth=1, rows=16, population=32),
}
LEVELS = draw_levels(WORLD, jax.random.key(7), 128, 1.0)  # cheese and corner apart on all


def shares(stage: Stage) -> np.ndarray:
    """Return what each seed gets of the cheese on new levels, as a share of the optimum, (K,)."""
    discount = stage.settings.discount
    networks = stage.state.learner.network
    got = returns_on(WORLD, networks, LEVELS, jax.random.key(8), discount)
    return (
        np.asarray(got)[..., 0].mean(axis=1) / np.asarray(best_on(WORLD, LEVELS, discount)).mean()
    )


if __name__ == "__main__":
    print(f"{'method':<24}{'steps of each':>13}   the optimum's share, by seed")
    for name, settings in METHODS.items():
        for stage in train(WORLD, settings, seeds=SEEDS, share=0.5, budget=60_000):
            last = stage
        by_seed = "  ".join(f"{share:.1f}" for share in shares(last))
        print(f"{name:<24}{last.steps:>13,}   {by_seed}", flush=True)
