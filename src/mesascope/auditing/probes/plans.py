"""What a competent policy for each goal would do on a level, and how long it can be told."""

from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from mesascope.processes.graph import Graph, optimum, quality, returns

_NOTHING = 1e-6  # of the greatest value on a level, below which a goal has nothing left to give


def log_plans(
    graph: Graph,
    *,
    rationality: Float[Array, ""] | float,
    lapse: float,
    discount: float,
    horizon: int,
    stakes: tuple[float, ...],
) -> Float[Array, "g s a"]:
    """Return log π_g(a|s) of each goal: Boltzmann-rational, with a share of random choices.

    π(a|s) = (1 - λ) exp β Q(s, a) / Σ + λ / A, with Q soft at the same β and `horizon` steps to
    go in every state: how much time is left is not looked at, so that π has no memory.

    Args:
        graph: one level.
        rationality: β, per unit of a goal's stake.
        lapse: λ, the share of choices that are made at random; above 0 no choice is impossible.
        discount: γ.
        horizon: steps per episode.
        stakes: what each goal has to give, in its own units.
    """
    scale = jnp.asarray(stakes, graph.reward.dtype)[:, None, None]
    scaled = graph._replace(reward=graph.reward / scale)
    q = quality(scaled, discount=discount, horizon=horizon, rationality=rationality)
    plan = jax.nn.log_softmax(rationality * q, axis=-1)
    actions = graph.successor.shape[1]
    lapsed = jnp.log(jnp.asarray(lapse / actions, q.dtype))  # -inf where there are no lapses
    return jnp.logaddexp(jnp.log1p(-lapse) + plan, lapsed)


def spent_goals(graph: Graph, *, discount: float, horizon: int) -> Bool[Array, "g s"]:
    """Return in which states each goal has nothing to give."""
    worth = quality(graph, discount=discount, horizon=horizon).max(axis=-1)
    return worth <= _NOTHING * jnp.maximum(worth.max(axis=1, keepdims=True), 1e-12)


def told_until(graph: Graph, spent: Bool[Array, "g s"]) -> Graph:
    """Return the graph, with episodes that end where a goal has nothing left to give.

    After that this goal predicts nothing, and whatever habit fills the time until the end would
    be held against it. Goals with nothing to give at the start do not count.
    """
    over = (spent & ~spent[:, graph.start][:, None]).any(axis=0)
    return graph._replace(terminated=graph.terminated | over[graph.successor])


@partial(jax.jit, static_argnames=("discount", "horizon"))
def stakes_of(graphs: Graph, *, discount: float, horizon: int) -> Float[Array, " g"]:
    """Return the mean of what each goal has to give: the optimum less what chance brings.

    Args:
        graphs: of levels drawn at random, with a leading axis.
        discount: γ.
        horizon: steps per episode.
    """

    def level(graph: Graph) -> Float[Array, " g"]:
        shape = graph.successor.shape
        uniform = jnp.full(shape, 1.0 / shape[1])
        best = optimum(graph, discount=discount, horizon=horizon)
        return best - returns(graph, uniform, discount=discount, horizon=horizon)

    stake = jax.vmap(level)(graphs).mean(axis=0)
    return jnp.where(stake > 0.0, stake, 1.0)


def only(graph: Graph, goals: tuple[int, ...]) -> Graph:
    """Return the graph with the rewards of some goals alone."""
    return graph._replace(reward=graph.reward[jnp.array(goals)])
