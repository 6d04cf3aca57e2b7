"""Random play on a world's levels, held against what the levels' graphs say."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from mesascope.processes.graph import Graph
from mesascope.tasks.levels.trials import HASTY, require
from mesascope.tasks.levels.world import Level, LevelWorld


def rollouts(world: LevelWorld, drawn: Level, graphs: Graph, seed: int) -> None:
    """Random play agrees with the graph, whatever the key, and is cut at the horizon."""
    keys = jax.random.split(jax.random.key(seed), len(graphs.start))
    one, other = (jax.device_get(_play(world, jax.random.key(k), keys, drawn)) for k in (1, 2))
    same = jax.tree.map(lambda a, b: bool(np.array_equal(a, b)), one, other)
    require(all(jax.tree.leaves(same)), "two runs with the same actions differ by the key")
    before, action, after, rewards, reward, ended, cut, sees, info_first = one
    row = np.arange(len(before))[:, None]
    live = np.cumsum(ended, axis=1) - ended == 0
    expected = {
        "state": (after, np.asarray(graphs.successor)[row, before, action]),
        "end": (ended, np.asarray(graphs.terminated)[row, before, action]),
        "rewards": (
            rewards,
            np.moveaxis(np.asarray(graphs.reward), 1, -1)[row, before, action],
        ),
        "reward, which is the first goal's in info,": (reward, info_first),
        "truncation, which is due at the horizon alone,": (
            cut,
            np.broadcast_to(np.arange(1, world.horizon + 1) >= world.horizon, cut.shape),
        ),
        "observation, which is that of the state reached,": (sees, np.ones_like(sees)),
    }
    for what, (got, due) in expected.items():
        wrong = (got != due).reshape(*live.shape, -1).any(axis=-1) & live
        require(
            not wrong.any(),
            f"in a rollout on level {int(np.argmax(wrong.any(axis=1)))}, the {what} differs from "
            "what it should be. A step may depend on level, state and action alone",
        )


@partial(jax.jit, static_argnames="world", compiler_options=HASTY)
def _play(world: LevelWorld, key: Array, of_actions: Array, drawn: Level) -> tuple[Array, ...]:
    return jax.vmap(partial(_episode, world, key))(of_actions, drawn)


def _episode(world: LevelWorld, key: Array, of_actions: Array, level: Level) -> tuple[Array, ...]:
    """Return what `world.horizon` random actions lead to, an array over time for each thing."""

    def one(state: Level, action: Array) -> tuple[Level, tuple[Array, ...]]:
        moved = world.step(key, level, state, action)
        same = moved.observation == world.observe(level, moved.state)
        before, after = world.index_of(level, state), world.index_of(level, moved.state)
        goals = jnp.stack([moved.info[goal] for goal in world.goals])
        return moved.state, (
            *(before, action, after, goals, moved.reward, moved.terminated, moved.truncated),
            *(same.all(), moved.info[world.goals[0]]),
        )

    actions = jax.random.randint(of_actions, (world.horizon,), 0, len(world.actions))
    return jax.lax.scan(one, world.reset(level), actions)[1]
