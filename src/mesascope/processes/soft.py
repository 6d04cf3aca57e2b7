"""Soft-optimal policies: the maximum of return plus causal entropy, by Newton's method."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from mesascope.processes.evaluate import values
from mesascope.processes.precision import in_float64
from mesascope.processes.process import Process
from mesascope.processes.reward import expected

_ROUNDS = 200


@dataclass(frozen=True)
class Soft:
    """A soft-optimal policy and its values, in units of β R.

    Attributes:
        values: v[s] = log Σ_a exp q[s, a].
        quality: q[s, a] = β r[s, a] + Σ G[s, a, s'] v[s'].
        policy: π[s, a] = exp(q[s, a] - v[s]).
    """

    values: Float[np.ndarray, " s"]
    quality: Float[np.ndarray, "s a"]
    policy: Float[np.ndarray, "s a"]


@in_float64
def soften(process: Process, reward: Any, rationality: float = 1.0) -> Soft:
    """Return the policy that maximises β E[Σ γ^t R] plus discounted causal entropy.

    (Ziebart, *Modeling purposeful adaptive behavior with the principle of maximum causal
    entropy*, 2010; Haarnoja et al., *Reinforcement learning with deep energy-based policies*,
    ICML 2017.) The next value of Newton's method on the soft Bellman equation is the value of the
    current softmax policy, entropy included, so it converges quadratically and from below.

    Args:
        process: where.
        reward: of any shape.
        rationality: β; 0 gives the uniform policy, below 0 what the reward is avoided with.

    Raises:
        BadArray: the reward does not fit the process.
    """
    r = jnp.asarray(rationality * expected(process, reward))
    value = soft_values(jnp.asarray(process.going_on), r)
    q = soft_quality(jnp.asarray(process.going_on), r, value)
    return Soft(*(np.asarray(x) for x in (value, q, jax.nn.softmax(q))))


def soft_quality(
    going_on: Float[Array, "s a s"], r: Float[Array, "*b s a"], value: Float[Array, "*b s"]
) -> Float[Array, "*b s a"]:
    """Return q = r + G v."""
    return r + jnp.einsum("sat,...t->...sa", going_on, value)


@jax.custom_jvp
@jax.jit
def soft_values(going_on: Float[Array, "s a s"], r: Float[Array, "*b s a"]) -> Float[Array, "*b s"]:
    """Solve v = log Σ_a exp(r + G v) for every reward of the batch, to rounding.

    Differentiable in both arguments: the derivative of v is the value, under the soft-optimal
    policy, of the derivative of r + G v (the implicit function theorem).
    """

    def improve(state: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        value, _, rounds = state
        q = soft_quality(going_on, r, value)
        log_policy = jax.nn.log_softmax(q)
        policy = jnp.exp(log_policy)
        # 0 log 0 = 0, where an action is so bad that its probability underflows.
        surprise = -jnp.where(policy > 0.0, log_policy, 0.0)
        new = values(going_on, r + surprise, policy)
        moved = jnp.abs(new - value).max()
        return new, moved > 1e-13 * (1.0 + jnp.abs(new).max()), rounds + 1

    start = values(going_on, r, jnp.full(r.shape, 1.0 / r.shape[-1]))
    first = (start, jnp.array(True), jnp.array(0))
    value, _, _ = lax.while_loop(lambda s: s[1] & (s[2] < _ROUNDS), improve, first)
    return value


@soft_values.defjvp
def _soft_values_jvp(
    primals: tuple[Array, Array], tangents: tuple[Array, Array]
) -> tuple[Array, Array]:
    going_on, r = primals
    d_going_on, d_r = tangents
    value = soft_values(going_on, r)
    policy = jax.nn.softmax(soft_quality(going_on, r, value))
    gain = d_r + jnp.einsum("sat,...t->...sa", d_going_on, value)
    return value, values(going_on, gain, policy)
