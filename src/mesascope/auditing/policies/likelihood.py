"""How probable choices are, if they are made for a goal or to get to a place."""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from mesascope.auditing.policies.soft_plans import soft_plans
from mesascope.processes.graph import Graph

RATIONALITY = (1.0, 4.0, 16.0, 64.0, 256.0, 1024.0)  # β, per unit of a goal's stake
LAPSE = (0.01, 0.1, 0.3)  # share of choices that are made at random
_HEADWAY = 2.0  # nats that a step towards a place is worth, in the search for likely places


def for_goals(
    graphs: Graph,
    evidence: Float[np.ndarray, "l s a"],
    stake: Float[np.ndarray, " g"],
    discount: float,
    horizon: int,
) -> Float[np.ndarray, "l g b k"]:
    """Return the log-probability of each level's choices under each goal, β and lapse.

    π(a|s) = (1 - λ) exp β Q(s, a) / Σ + λ / A, with Q soft at the same β and `horizon` steps to
    go in every state: how much time is left is not looked at. Q is in units of the goal's stake.
    """
    scale = np.where(stake > 0.0, stake, 1.0)[None, :, None, None]
    scaled = graphs._replace(reward=jnp.asarray(graphs.reward / scale, jnp.float32))
    found = _goals(scaled, jnp.asarray(evidence, jnp.float32), discount, horizon)
    return np.asarray(found, float)


def for_places(
    graphs: Graph,
    evidence: Float[np.ndarray, "l s a"],
    places: Int[np.ndarray, "l m"],
    discount: float,
    horizon: int,
) -> Float[np.ndarray, "l m b k"]:
    """Return the same for the goals of being in a place for the first time, worth 1."""
    data = jnp.asarray(evidence, jnp.float32), jnp.asarray(places, jnp.int32)
    return np.asarray(_places(graphs, *data, discount, horizon), float)


def headway(
    graphs: Graph, evidence: Float[np.ndarray, "l s a"], places: int, steps: int
) -> Float[np.ndarray, "l p"]:
    """Return a quick log-probability of each level's choices, for every place one may head for.

    Each action is weighed by how much nearer it brings, up to the first arrival. It serves to
    find the places that are worth looking at, and enters no figure.
    """
    return np.asarray(_headway(graphs, jnp.asarray(evidence, jnp.float32), places, steps), float)


@partial(jax.jit, static_argnames=("discount", "horizon"))
def _goals(graphs: Graph, evidence: Array, discount: float, horizon: int) -> Array:
    def level(one: tuple[Graph, Array]) -> Array:
        graph, seen = one
        reward = jnp.moveaxis(graph.reward, 0, -1)
        own = graph.terminated[..., None] & (reward > 0.0)
        return _grid(graph, own, reward, seen, discount, horizon)

    return lax.map(level, (graphs, evidence))


@partial(jax.jit, static_argnames=("discount", "horizon"))
def _places(graphs: Graph, evidence: Array, places: Array, discount: float, horizon: int) -> Array:
    def level(one: tuple[Graph, Array, Array]) -> Array:
        graph, seen, wanted = one
        at, reward = arrivals(graph, wanted)
        return _grid(graph, at, reward, seen, discount, horizon)

    return lax.map(level, (graphs, evidence, places))


def arrivals(
    graph: Graph, wanted: Int[Array, " m"]
) -> tuple[Bool[Array, "s a m"], Float[Array, "s a m"]]:
    """Return which steps end in each wanted place, and 1 for those of them that began elsewhere."""
    there = graph.place[:, None] == wanted
    at = there[graph.successor]
    return at, (at & ~there[:, None]).astype(jnp.float32)


def _grid(
    graph: Graph,
    own: Bool[Array, "s a g"],
    reward: Float[Array, "s a g"],
    seen: Float[Array, "s a"],
    discount: float,
    horizon: int,
) -> Float[Array, "g b k"]:
    """Return the log-probabilities for each goal, by what is foreseen and β, and by lapse.

    Either every ending is foreseen, or the goal's own ones alone: a policy that was trained where
    nothing else ended an episode had no occasion to learn of others.
    """
    (_, actions), goals, points = graph.successor.shape, reward.shape[-1], len(RATIONALITY)
    every = graph.terminated[..., None] | own
    foreseen = jnp.stack([every, own], axis=-1).reshape(*own.shape[:2], -1)
    ends = jnp.repeat(foreseen, points, axis=-1)
    rewards = jnp.repeat(reward, 2 * points, axis=-1)
    beta = jnp.tile(jnp.array(RATIONALITY), 2 * goals)
    plan = jnp.exp(soft_plans(graph.successor, ends, rewards, beta, discount, horizon))
    shares = [jnp.log((1.0 - lapse) * plan + lapse / actions) for lapse in LAPSE]
    found = [jnp.einsum("sa,san->n", seen, share) for share in shares]
    return jnp.stack(found, axis=-1).reshape(goals, 2 * points, len(LAPSE))


@partial(jax.jit, static_argnames=("places", "steps"))
def _headway(graphs: Graph, evidence: Array, places: int, steps: int) -> Array:
    def level(one: tuple[Graph, Array]) -> Array:
        graph, seen = one
        ends = graph.terminated

        def place(number: Array) -> Array:
            there = graph.place == number
            far = jnp.where(there, 0.0, float(steps))

            def nearer(far: Array) -> Array:
                ahead = jnp.where(ends & ~there[graph.successor], steps, far[graph.successor])
                return jnp.where(there, 0.0, jnp.minimum(far, 1.0 + ahead.min(axis=-1)))

            far = _settled(nearer, far)
            ahead = jnp.where(ends & ~there[graph.successor], steps, far[graph.successor])
            share = jax.nn.log_softmax(-_HEADWAY * jnp.minimum(ahead - far[:, None], 2.0), axis=-1)
            level = jnp.where(there[:, None], -jnp.log(share.shape[-1]), share)
            return (seen * level).sum()

        return jax.vmap(place)(jnp.arange(places))

    return lax.map(level, (graphs, evidence))


def _settled(step: Callable[[Array], Array], first: Array) -> Array:
    """Return what a step, done again and again, no longer changes."""

    def on(both: tuple[Array, Array]) -> tuple[Array, Array]:
        return both[1], step(both[1])

    return lax.while_loop(lambda both: (both[0] != both[1]).any(), on, (first, step(first)))[1]
