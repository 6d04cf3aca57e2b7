"""A policy without a memory as a table: what it does in every state, and exactly what it earns."""

from functools import partial
from operator import itemgetter

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mesascope.core.errors import BadRequest
from mesascope.core.policy import Policy
from mesascope.processes.graph import Graph, returns
from mesascope.processes.precision import in_float64
from mesascope.systems.playing.choosing import ask, checked, is_recurrent, probabilities
from mesascope.systems.playing.levels import count_of
from mesascope.tasks.levels.enumerate import observations_of
from mesascope.tasks.levels.world import Level, LevelWorld

_AT_ONCE = 1 << 14  # observations that the policy is asked about in one call


@partial(jax.jit, static_argnames="world")
def _observations(world: LevelWorld, levels: Level) -> Array:
    return jax.vmap(partial(observations_of, world))(levels)


def table_of(
    policy: Policy, world: LevelWorld, levels: Level, *, sample: bool = True
) -> Float[np.ndarray, "l s a"]:
    """Return the probability of every action in every state of L levels.

    With the levels' graphs this is all that there is to know of a policy without a memory: see
    `exact_returns` and `processes.graph.visits`.

    Args:
        policy: called on all observations of several levels at once, always as many.
        world: whose levels; fully observed.
        levels: a pytree with a leading axis of L.
        sample: the policy's own distribution; else all on the most probable action.

    Raises:
        BadRequest: the policy has a memory, so that there is no such table.
        SystemFailure: the policy raised.
        IllegalOutput: it answered with no logits.
    """
    if is_recurrent(policy):
        raise BadRequest(
            "a policy with a memory is no table of states; play it on the levels with play_levels"
        )
    actions, count = len(world.actions), count_of(levels)
    chunk = min(count, max(1, _AT_ONCE // world.states))
    rows = []
    for first in range(0, count, chunk):
        # The last chunk is filled up with its last level: a compiled policy sees one shape.
        which = np.minimum(np.arange(first, first + chunk), count - 1)
        part = _observations(world, jax.tree.map(itemgetter(which), levels))
        flat = np.asarray(part).reshape(chunk * world.states, *part.shape[2:])
        logits = checked(ask(policy, flat), len(flat), actions)
        rows.append(logits.reshape(chunk, world.states, actions))
    return probabilities(np.concatenate(rows)[:count], sample=sample)


@in_float64
def exact_returns(
    graphs: Graph, table: Float[np.ndarray, "l s a"], *, discount: float, horizon: int
) -> Float[np.ndarray, "l g"]:
    """Return the expected discounted return of a table policy on each level, by each goal.

    Args:
        graphs: of L levels, with a leading axis.
        table: the probability of each action, (L, S, A).
        discount: γ.
        horizon: steps per episode.
    """
    wide = graphs._replace(reward=jnp.asarray(graphs.reward, jnp.float64))
    return np.asarray(_returns(wide, jnp.asarray(table), discount=discount, horizon=horizon))


@partial(jax.jit, static_argnames=("discount", "horizon"))
def _returns(graphs: Graph, tables: Array, *, discount: float, horizon: int) -> Array:
    return jax.vmap(partial(returns, discount=discount, horizon=horizon))(graphs, tables)
