"""How fast PPO learns here: steps a second, and seconds to 90 % of the optimum, against peers.

    python -m benchmarks.ppo            # everything, a few minutes on two cores
    python -m benchmarks.ppo --ours     # without the peers

Stable-Baselines3 and MiniGrid are measured here and now. jaxgmg's rate is a constant, measured on
two cores with the same world at the same size: corner, 9 × 9, an MLP.
"""

import sys
from collections.abc import Callable
from time import perf_counter
from unittest.mock import patch

import gymnasium
import jax
import minigrid
import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import DummyVecEnv

from mesascope.optimizers.policies.evaluation import best_on, returns_on
from mesascope.optimizers.policies.settings import Settings
from mesascope.optimizers.policies.training import MOST_STEPS, train
from mesascope.systems.networks import kinds
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.levels.gym import gymnasium_view
from mesascope.tasks.mazes.corner import Corner

JAXGMG = (51_000, 57_000)  # PPO steps/s, constant: see above
WORLD = Corner(size=9, region=7)
STAGES = 3
SEEDS = 4
SHARE = 1.0
ENVS = 8  # that SB3 steps in turn
GOAL = 0.9  # of the optimum


def seconds_per_stage(settings: Settings, seeds: list[int]) -> float:
    """Return the time of a stage once everything is compiled, the best of some."""
    stages = train(WORLD, settings, seeds=seeds, budget=MOST_STEPS)
    jax.block_until_ready(next(stages).state)
    taken = []
    for _ in range(STAGES):
        start = perf_counter()
        jax.block_until_ready(next(stages).state)
        taken.append(perf_counter() - start)
    return min(taken)


def rate(settings: Settings, seeds: int) -> float:
    """Return environment steps a second of PPO, of all seeds together."""
    per_stage = settings.rows * settings.steps * settings.updates
    return seeds * per_stage / seconds_per_stage(settings, list(range(seeds)))


def ours() -> float:
    """Print our rates; return that of one MLP."""
    single = 0.0
    for kind, width, depth in (("mlp", 64, 2), ("mlp", 256, 2), ("conv", 16, 2), ("gru", 64, 1)):
        settings = Settings(kind=kind, width=width, depth=depth)
        one, many = rate(settings, 1), rate(settings, SEEDS)
        single = single or one
        print(
            f"{kind:5}{depth} x {width:<5}{one:10,.0f} steps/s, one seed;{many:10,.0f} steps/s, "
            f"{SEEDS} side by side: {many / one:.2f} x as fast as in turn",
            flush=True,
        )
    print(f"against jaxgmg's {JAXGMG[0]:,} to {JAXGMG[1]:,}: {single / JAXGMG[1]:.2f} x at least")
    return single


def lax_convolve(x: jax.Array, kernel: jax.Array) -> jax.Array:
    """Return what `kinds.convolve` does, by XLA's own convolution."""
    shaped = kernel.reshape(3, 3, *kernel.shape[1:])
    sides = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(x, shaped, (1, 1), "SAME", dimension_numbers=sides)


def against_lax_conv() -> None:
    """Print how fast convolutions are as matrix products, and as `lax.conv` in the same loop."""
    settings = Settings(kind="conv", width=16, depth=2, updates=1)  # it is slow
    mine = rate(settings, 1)
    jax.clear_caches()  # what was compiled for ours looks the same from outside
    with patch.object(kinds, "convolve", lax_convolve):
        peer = rate(settings, 1)
    jax.clear_caches()
    print(
        f"conv 2 x 16, lax.conv in the same loop:{peer:8,.0f} steps/s; ours is {mine / peer:.0f} x "
        f"that, {mine:,.0f} steps/s in stages as short",
        flush=True,
    )


def sb3(envs: DummyVecEnv, discount: float) -> PPO:
    """Return SB3's PPO with our settings as far as it has them, on eight environments."""
    return PPO(
        "MlpPolicy", envs, n_steps=128, batch_size=256, n_epochs=4, learning_rate=1e-3,
        ent_coef=0.01, gamma=discount, device="cpu", seed=0,
    )  # fmt: skip


def empty_room() -> gymnasium.Env:
    """Return MiniGrid's empty room of 8 × 8; the picture alone, without the mission's text."""
    env = minigrid.wrappers.ImgObsWrapper(gymnasium.make("MiniGrid-Empty-8x8-v0"))
    return gymnasium.wrappers.FlattenObservation(env)


def sb3_rate(steps: int = 16384) -> float:
    """Return environment steps a second of SB3's PPO on MiniGrid."""
    model = sb3(DummyVecEnv([empty_room] * ENVS), Settings().discount)
    model.learn(1024)
    start = perf_counter()
    model.learn(steps, reset_num_timesteps=False)
    return steps / (perf_counter() - start)


def until(
    reached: Callable[[], float], learn: Callable[[], int], limit: float
) -> tuple[float, int]:
    """Return seconds of learning, and steps, until what is reached is the goal or time is up."""
    spent, steps = 0.0, 0
    while spent < limit:
        start = perf_counter()
        steps = learn()
        spent += perf_counter() - start
        if reached() >= GOAL:
            break
    return spent, steps


def to_goal(limit: float = 240.0) -> None:
    """Print seconds to 90 % of the optimum, evaluation apart, ours with its compilation."""
    levels = draw_levels(WORLD, jax.random.key(1), 200, SHARE)
    settings = Settings()
    jax.clear_caches()  # what was compiled for the rates is compiled again
    best = float(np.asarray(best_on(WORLD, levels, settings.discount)).mean())
    stages = train(WORLD, settings, seeds=[0], share=SHARE, budget=MOST_STEPS)
    reached = {}

    def learn() -> int:
        stage = jax.block_until_ready(next(stages).state)
        reached["now"] = stage
        return int(stage.steps[0])

    def share_of_best() -> float:
        network = reached["now"].learner.network
        got = returns_on(WORLD, network, levels, jax.random.key(2), settings.discount)
        return float(np.asarray(got)[..., 0].mean() / best)

    mine, my_steps = until(share_of_best, learn, limit)
    print(f"to {GOAL:.0%} of the optimum: ours {mine:.1f} s, {my_steps:,} steps", flush=True)

    views = [lambda i=i: gymnasium_view(WORLD, share=SHARE, seed=i) for i in range(ENVS)]
    model = sb3(DummyVecEnv(views), settings.discount)

    def sb3_learn() -> int:
        model.learn(8192, reset_num_timesteps=False)
        return int(model.num_timesteps)

    test = gymnasium_view(WORLD, share=SHARE, levels=200, seed=1)

    def sb3_share() -> float:
        gained = []
        for level in range(200):
            seen, _ = test.reset(options={"level": level})
            weight, over = 1.0, False
            while not over:
                action, _ = model.predict(seen)
                seen, reward, ended, cut, _ = test.step(int(action))
                gained.append(weight * reward)
                weight, over = weight * settings.discount, ended or cut
        return float(np.sum(gained) / 200 / best)

    theirs, their_steps = until(sb3_share, sb3_learn, limit)
    print(
        f"to {GOAL:.0%} of the optimum: SB3 {theirs:.1f} s, {their_steps:,} steps "
        f"(given up at {limit:.0f} s): ours takes 1/{theirs / mine:.0f} of the time"
    )


def main() -> None:
    """Print everything."""
    torch.set_num_threads(1)  # more of them slow down networks this small
    single = ours()
    if "--ours" in sys.argv:
        return
    against_lax_conv()
    peer = sb3_rate()
    print(f"SB3 on MiniGrid-Empty-8x8: {peer:,.0f} steps/s; ours is {single / peer:.0f} x that")
    to_goal()


if __name__ == "__main__":
    main()
