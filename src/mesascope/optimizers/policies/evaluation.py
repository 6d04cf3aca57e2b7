"""What networks in training are worth: mean returns by goal, quickly, for curves."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from mesascope.optimizers.policies.ppo import begin
from mesascope.processes.graph import optimum
from mesascope.systems.networks.network import Network
from mesascope.tasks.levels.enumerate import graph_of
from mesascope.tasks.levels.world import Level, LevelWorld


@partial(jax.jit, static_argnames=("world", "discount"))
def returns_on(
    world: LevelWorld, networks: Network, levels: Level, key: PRNGKeyArray, discount: float
) -> Float[Array, "k n g"]:
    """Return the discounted return by each goal of an episode on each of N levels.

    Args:
        world: whose levels.
        networks: with a leading axis of K, as in the state of training.
        levels: with a leading axis of N; the same for all networks.
        key: of the actions, which are drawn from the policy.
        discount: γ.
    """
    return jax.vmap(lambda net: episodes(world, net, levels, key, discount)[0])(networks)


def episodes(
    world: LevelWorld, network: Network, levels: Level, key: PRNGKeyArray, discount: float
) -> tuple[Float[Array, "n g"], Int[Array, ""]]:
    """Return what one network gains on each of N levels, and the steps that were taken in all."""
    playing = begin(world, network, levels)
    rows = playing.fresh.shape[0]

    def on(carry: Any) -> Array:
        return ~carry[3].all()

    def step(carry: Any) -> Any:
        time, state, memory, over, gained, taken = carry
        for_world, for_action = jax.random.split(jax.random.fold_in(key, time))
        seen = jax.vmap(world.observe)(levels, state)
        logits, _, memory = network.step(seen, memory)
        action = jax.random.categorical(for_action, logits)
        moved = jax.vmap(world.step)(jax.random.split(for_world, rows), levels, state, action)
        rewards = jnp.stack([moved.info[goal] for goal in world.goals], axis=-1)
        gained = gained + jnp.where(over[:, None], 0.0, discount**time * rewards)
        taken = taken + (~over).sum()
        over = over | moved.terminated | moved.truncated
        return time + 1, moved.state, memory, over, gained, taken

    over = jnp.zeros(rows, bool)
    zero = jnp.int32(0)
    start = (zero, playing.state, playing.memory, over, playing.gained, zero)
    *_, gained, taken = jax.lax.while_loop(on, step, start)
    return gained, taken


@partial(jax.jit, static_argnames=("world", "discount"))
def best_on(world: LevelWorld, levels: Level, discount: float) -> Float[Array, " n"]:
    """Return the best return by the base objective on each of N levels, exactly."""

    def one(level: Level) -> Float[Array, ""]:
        graph = graph_of(world, level)
        base = graph._replace(reward=graph.reward[:1])
        return optimum(base, discount=discount, horizon=world.horizon)[0]

    return jax.vmap(one)(levels)
