"""Soft-optimal policies of one level for many goals and many β at once."""

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

_SETTLED = 1e-3  # nats by which values may still change when the recursion is stopped


def soft_plans(
    successor: Int[Array, "s a"],
    ends: Bool[Array, "s a *n"],
    reward: Float[Array, "s a n"],
    beta: Float[Array, " n"],
    discount: float,
    horizon: int,
) -> Float[Array, "s a n"]:
    """Return log π(a|s) of the soft-optimal policy for each of n pairs of a goal and a β.

    π ∝ exp β Q with Q as in `processes.graph.quality`, here in nats: w = β r + γ v(s'),
    v = log mean_a exp w. The same with two differences that are about speed. The goals are the
    last axis, so that looking up successors copies whole rows; and the recursion stops before
    `horizon` steps once values have settled, as they do at about the length of the longest way.

    Args:
        successor: of each state and action.
        ends: which steps end the episode, for all goals alike or for each.
        reward: of each goal.
        beta: of each goal, above 0.
        discount: γ.
        horizon: steps to go.
    """
    gain = beta * reward
    carry_on = discount * ~(ends if ends.ndim == 3 else ends[..., None])
    actions = jnp.log(jnp.float32(successor.shape[1]))

    def ahead(v: Float[Array, "s n"]) -> Float[Array, "s a n"]:
        return gain + carry_on * v[successor]

    def on(carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        time, _, v = carry
        w = ahead(v)
        best = w.max(axis=1)
        after = best + jnp.log(jnp.exp(w - best[:, None]).sum(axis=1)) - actions
        return time + 1, jnp.abs(after - v).max(), after

    def unsettled(carry: tuple[Array, Array, Array]) -> Array:
        return (carry[0] < horizon - 1) & (carry[1] > _SETTLED)

    start = jnp.zeros((successor.shape[0], reward.shape[-1]), jnp.float32)
    _, _, v = lax.while_loop(unsettled, on, (jnp.int32(0), jnp.float32(jnp.inf), start))
    return jax.nn.log_softmax(ahead(v), axis=1)
