"""A level, enumerated: every state, what follows from it, and what an agent sees there."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Int

from mesascope.processes.graph import Graph
from mesascope.tasks.levels.world import Level, LevelWorld, State


def states_of(world: LevelWorld, level: Level) -> State:
    """Return every state of a level, as one pytree whose arrays have a leading axis of S."""
    return jax.vmap(lambda i: world.state_at(level, i))(jnp.arange(world.states))


def graph_of(world: LevelWorld, level: Level) -> Graph:
    """Return the graph of a level; `jax.vmap` it over many.

    The world must be deterministic: `check_task` finds out whether it is.
    """
    key = jax.random.key(0)

    def after(state: State, action: Int[Array, ""]) -> tuple[Array, Array, Array]:
        moved = world.step(key, level, state, action)
        reward = jnp.stack([moved.info[goal] for goal in world.goals])
        return world.index_of(level, moved.state), reward, moved.terminated

    states, actions = states_of(world, level), jnp.arange(len(world.actions))
    successor, reward, ended = jax.vmap(jax.vmap(after, (None, 0)), (0, None))(states, actions)
    return Graph(
        successor=successor.astype(jnp.int32),
        reward=jnp.moveaxis(reward, -1, 0).astype(jnp.float32),
        terminated=ended,
        start=world.index_of(level, world.reset(level)).astype(jnp.int32),
        place=jax.vmap(lambda s: world.place_of(level, s))(states).astype(jnp.int32),
    )


def observations_of(world: LevelWorld, level: Level) -> Array:
    """Return what an agent sees in every state of a level, (S, …)."""
    return jax.vmap(lambda s: world.observe(level, s))(states_of(world, level))
