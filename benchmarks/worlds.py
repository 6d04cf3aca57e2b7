"""Measure how fast worlds of levels are stepped at random, and print a table.

    python -m benchmarks.worlds

Every world of mazes at 9 x 9, and the corner at 13 x 13, with observations built and episodes
that start again, under `jit`, `vmap` and `scan`; beside them MiniGrid on Gymnasium, and CartPole of
gymnax where it is installed, in the same run. jaxgmg is not run: the constants below are rates of
its own corner world at 13 x 13, measured elsewhere on two cores.
"""

import importlib
import os
import platform
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from statistics import median
from time import perf_counter
from typing import Any

import gymnasium
import jax
import jax.numpy as jnp

from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.levels.world import LevelWorld
from mesascope.tasks.mazes.catalogue import WORLDS, make_world

REPEATS = 5
BATCH = 1024
STEPS = 512
MINIGRID = "MiniGrid-Empty-8x8-v0"
MINIGRID_STEPS = 10_000
JAXGMG = (2.3e6, 3.4e6)  # steps/s of jaxgmg's corner at 13 x 13: a stored figure, not of this run


@partial(jax.jit, static_argnames=("world", "steps"))
def play(world: LevelWorld, levels: Any, key: jax.Array, steps: int) -> tuple[Any, ...]:
    """Return the last observations and the rewards of random play, each level played anew."""
    first = jax.vmap(world.reset)(levels)
    count = jax.tree.leaves(levels)[0].shape[0]

    def one(carry: tuple[Any, ...], key: jax.Array) -> tuple[tuple[Any, ...], None]:
        state, _, total = carry
        actions = jax.random.randint(key, (count,), 0, len(world.actions))
        moved = jax.vmap(world.step, (None, 0, 0, 0))(key, levels, state, actions)
        ended = moved.terminated | moved.truncated

        def again(old: jax.Array, new: jax.Array) -> jax.Array:
            return jnp.where(ended.reshape(-1, *[1] * (new.ndim - 1)), old, new)

        state = jax.tree.map(again, first, moved.state)
        return (state, moved.observation, total + moved.reward), None

    seen = jax.vmap(world.observe)(levels, first)
    keys = jax.random.split(key, steps)
    return jax.lax.scan(one, (first, seen, jnp.zeros(count)), keys)[0]


def rate(count: int, run: Any, repeats: int = REPEATS) -> float:
    """Return `count` over the median time of a run, the first, which compiles, apart."""
    run()
    times = []
    for _ in range(repeats):
        started = perf_counter()
        run()
        times.append(perf_counter() - started)
    return count / median(times)


def ours(world: LevelWorld) -> float:
    """Return steps/s of random play on as many levels as there are rows."""
    levels = draw_levels(world, jax.random.key(0), BATCH, 0.5)
    key = jax.random.key(1)
    return rate(BATCH * STEPS, lambda: jax.block_until_ready(play(world, levels, key, STEPS)))


def minigrid() -> float:
    """Return steps/s of MiniGrid, one environment in one process."""
    importlib.import_module("minigrid")  # registers its environments
    env = gymnasium.make(MINIGRID)
    env.reset(seed=0)
    env.action_space.seed(0)

    def run() -> None:
        for _ in range(MINIGRID_STEPS):
            _, _, ended, cut, _ = env.step(env.action_space.sample())
            if ended or cut:
                env.reset()

    return rate(MINIGRID_STEPS, run, repeats=3)


def cartpole() -> float:
    """Return steps/s of gymnax's CartPole under the same loop."""
    gymnax = importlib.import_module("gymnax")  # measured where it is installed
    env, settings = gymnax.make("CartPole-v1")

    @jax.jit
    def run(key: jax.Array) -> Any:
        def one(carry: Any, key: jax.Array) -> tuple[Any, None]:
            keys = jax.random.split(key, BATCH)
            actions = jax.random.randint(key, (BATCH,), 0, 2)
            moved = jax.vmap(env.step, (0, 0, 0, None))(keys, carry[1], actions, settings)
            return (moved[0], moved[1]), None

        first = jax.vmap(env.reset, (0, None))(jax.random.split(key, BATCH), settings)
        return jax.lax.scan(one, first, jax.random.split(key, STEPS))[0]

    return rate(BATCH * STEPS, lambda: jax.block_until_ready(run(jax.random.key(0))))


def main() -> None:
    """Measure and print."""
    worlds = [(f"{name} 9 x 9", make_world(name)) for name in WORLDS]
    for layout in ("open", "tree"):
        worlds.append((f"corner 13 x 13, {layout}", make_world("corner", size=13, layout=layout)))
    rows = [(name, ours(world)) for name, world in worlds]
    peer = minigrid()
    rows.append((MINIGRID, peer))
    if find_spec("gymnax"):
        rows.append(("gymnax CartPole", cartpole()))
    packages = ", ".join(f"{p} {version(p)}" for p in ("jax", "gymnasium", "minigrid"))
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {jax.devices()[0].device_kind}; ",
        end="",
    )
    print(f"Python {platform.python_version()}, {packages}")
    print(f"random steps, {BATCH} at a time, observations included; median of {REPEATS}\n")
    print(f"{'world':<26}{'steps/s':>12}{'x MiniGrid':>12}{'x jaxgmg (stored)':>20}")
    for name, speed in rows:
        stored = f"{speed / JAXGMG[1]:.2f} to {speed / JAXGMG[0]:.2f}" if "13" in name else ""
        print(f"{name:<26}{speed:>12,.4g}{speed / peer:>12,.0f}{stored:>20}")
    if not find_spec("gymnax"):
        print("\ngymnax is not installed, and is left out.")
    print(f"jaxgmg's corner at 13 x 13: {JAXGMG[0]:,.2g} to {JAXGMG[1]:,.2g} steps/s, stored.")


if __name__ == "__main__":
    main()
