"""A deterministic decision process as the graph of its states: exact for every level of a world.

A level of a world is a finite process without chance. Held as a table of successors it takes a few
numbers per state where a transition tensor would take a square of them, so that hundreds of levels
fit side by side, each with the rewards of several goals.
"""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int


class Graph(NamedTuple):
    """A deterministic finite decision process, with the rewards of G goals. A pytree.

    Functions here take one graph; `jax.vmap` them over a batch of levels.

    Attributes:
        successor: the number of the state that follows, (S, A).
        reward: of each goal for that step, (G, S, A).
        terminated: whether the episode ends with that step, (S, A). Its reward counts.
        start: the number of the state that the episode starts in.
        place: which place each state is in, (S,), or -1: states that differ in what has happened
            and not in where the agent stands share it.
    """

    successor: Int[Array, "s a"]
    reward: Float[Array, "g s a"]
    terminated: Bool[Array, "s a"]
    start: Int[Array, ""]
    place: Int[Array, " s"]


def quality(
    graph: Graph, *, discount: float, horizon: int, rationality: Float[Array, ""] | float = jnp.inf
) -> Float[Array, "g s a"]:
    """Return Q of each goal with `horizon` steps to go: optimal, or soft for a finite β.

    Q = r + γ V(s'), V = max_a Q; or V = (1/β) log mean_a exp(β Q), the value of the policy that
    maximises reward less 1/β times its divergence from the uniform policy, so that β = 0 is the
    value of uniform choice and time that changes nothing is worth nothing.
    (Todorov, *Linearly-solvable Markov decision problems*, NeurIPS 2006.)

    Args:
        graph: one level.
        discount: γ, from 0 to 1.
        horizon: steps to go; the values of a shortest path are those of any horizon beyond it.
        rationality: β, at least 0; infinite for the optimum.
    """
    carry_on = discount * ~graph.terminated

    def ahead(v: Float[Array, "g s"]) -> Float[Array, "g s a"]:
        return graph.reward + carry_on * v[:, graph.successor]

    def backup(carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        time, _, v = carry
        return time + 1, v, _value(ahead(v), rationality)

    def moving(carry: tuple[Array, Array, Array]) -> Array:
        # Values that a step left as they were stay so, to the last bit.
        time, before, v = carry
        return (time < horizon - 1) & (before != v).any()

    none = jnp.zeros(graph.reward.shape[:2])
    return ahead(lax.while_loop(moving, backup, (jnp.int32(0), none - 1.0, none))[2])


def _value(q: Float[Array, "g s a"], rationality: Float[Array, ""] | float) -> Float[Array, "g s"]:
    best = q.max(axis=-1)
    # Relative to the best, so that a large β cannot overflow; expm1 keeps a small one exact.
    spread = q - best[..., None]
    beta = jnp.asarray(rationality, q.dtype)
    safe = jnp.where(jnp.isfinite(beta) & (beta > 0.0), beta, 1.0)
    soft = best + jnp.log1p(jnp.expm1(safe * spread).mean(axis=-1)) / safe
    return jnp.where(beta == 0.0, q.mean(axis=-1), jnp.where(jnp.isfinite(beta), soft, best))


@partial(jax.jit, static_argnames=("discount", "horizon"))
def optimum(graph: Graph, *, discount: float, horizon: int) -> Float[Array, " g"]:
    """Return the best discounted return from the start, of each goal on its own."""
    return quality(graph, discount=discount, horizon=horizon)[:, graph.start].max(axis=-1)


@partial(jax.jit, static_argnames=("discount", "horizon"))
def returns(
    graph: Graph, policy: Float[Array, "s a"], *, discount: float, horizon: int
) -> Float[Array, " g"]:
    """Return the expected discounted return of a policy from the start, for each goal."""
    carry_on = discount * ~graph.terminated

    def backup(_: Int[Array, ""], v: Float[Array, "g s"]) -> Float[Array, "g s"]:
        return (policy * (graph.reward + carry_on * v[:, graph.successor])).sum(axis=-1)

    v = lax.fori_loop(0, horizon, backup, jnp.zeros(graph.reward.shape[:2]))
    return v[:, graph.start]


@partial(jax.jit, static_argnames=("discount", "horizon"))
def visits(
    graph: Graph, policy: Float[Array, "s a"], *, discount: float, horizon: int
) -> Float[Array, " s"]:
    """Return the expected discounted number of times that a policy acts in each state."""
    states = graph.successor.shape[0]
    now = jnp.zeros(states).at[graph.start].set(1.0)

    def step(
        carry: tuple[Float[Array, " s"], Float[Array, " s"]], _: None
    ) -> tuple[tuple[Float[Array, " s"], Float[Array, " s"]], None]:
        now, total = carry
        moved = now[:, None] * policy * ~graph.terminated
        after = jnp.zeros(states).at[graph.successor].add(discount * moved)
        return (after, total + now), None

    (_, total), _ = lax.scan(step, (now, jnp.zeros(states)), None, length=horizon)
    return total
