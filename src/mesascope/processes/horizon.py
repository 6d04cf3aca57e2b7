"""Processes that stop after a fixed number of steps: backwards for values, forwards for visits."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from mesascope.core.errors import BadRequest
from mesascope.processes.precision import in_float64
from mesascope.processes.process import Process
from mesascope.processes.reward import expected


@dataclass(frozen=True)
class Finite:
    """A policy that knows how many steps are left.

    Attributes:
        values: V[t, s], before step t.
        policy: π[t, s, a].
    """

    values: Float[np.ndarray, "t s"]
    policy: Float[np.ndarray, "t s a"]


@in_float64
def soften_finite(process: Process, reward: Any, horizon: int, rationality: float = 1.0) -> Finite:
    """Return the soft-optimal policy over `horizon` steps, in units of β R.

    Raises:
        BadArray: the reward does not fit the process.
        BadRequest: the horizon is not at least 1.
    """
    r = rationality * expected(process, reward)
    value, q = soft_backward(jnp.asarray(process.next_step), jnp.asarray(r), steps(horizon))
    return Finite(np.asarray(value), np.asarray(jax.nn.softmax(q)))


@in_float64
def plan_finite(process: Process, reward: Any, horizon: int) -> Finite:
    """Return the optimal policy over `horizon` steps; ties are shared among the best actions.

    Raises:
        BadArray: the reward does not fit the process.
        BadRequest: the horizon is not at least 1.
    """
    r = expected(process, reward)
    quality = np.empty((steps(horizon), *r.shape))
    value = np.zeros(process.states)
    for t in reversed(range(horizon)):
        quality[t] = r + process.next_step @ value
        value = quality[t].max(axis=1)
    top = quality.max(axis=2, keepdims=True)
    best = quality >= top - 1e-9 * np.ptp(quality)
    return Finite(top[..., 0], best / best.sum(axis=2, keepdims=True))


@in_float64
def occupancy_finite(process: Process, policy: Any) -> Float[np.ndarray, "t s a"]:
    """Return η[t, s, a] = γ^t P(s_t = s, a_t = a) for a policy of shape (T, S, A).

    Raises:
        BadRequest: the policy has another shape.
    """
    pi = np.asarray(policy, dtype=np.float64)
    if pi.ndim != 3 or pi.shape[1:] != (process.states, process.actions):
        raise BadRequest(
            f"policy has shape {pi.shape}, and (T, {process.states}, {process.actions}) is "
            "expected: one policy for each step"
        )
    start, going_on = jnp.asarray(process.start), jnp.asarray(process.next_step)
    return np.asarray(visits_forward(going_on, jnp.asarray(pi), start)[..., None] * pi)


def steps(horizon: int) -> int:
    """Return a horizon, checked.

    Raises:
        BadRequest: it is not at least 1.
    """
    if horizon < 1:
        raise BadRequest(f"horizon is {horizon}; at least 1 step is expected")
    return int(horizon)


@partial(jax.jit, static_argnames="horizon")
def soft_backward(
    going_on: Float[Array, "s a s"], r: Float[Array, "s a"], horizon: int
) -> tuple[Float[Array, "t s"], Float[Array, "t s a"]]:
    """Return v[t] = log Σ_a exp q[t] and q[t] = r + G v[t + 1], with v[T] = 0."""

    def back(value: Array, _: None) -> tuple[Array, tuple[Array, Array]]:
        q = r + going_on @ value
        value = jax.nn.logsumexp(q, axis=-1)
        return value, (value, q)

    start = jnp.zeros(r.shape[0])
    _, (value, q) = lax.scan(back, start, None, length=horizon, reverse=True)
    return value, q


@jax.jit
def visits_forward(
    going_on: Float[Array, "s a s"], policy: Float[Array, "t s a"], start: Float[Array, " s"]
) -> Float[Array, "t s"]:
    """Return d[t, s] = γ^t P(s_t = s)."""

    def ahead(state: Array, pi: Array) -> tuple[Array, Array]:
        return jnp.einsum("s,sa,sat->t", state, pi, going_on), state

    _, state = lax.scan(ahead, start, policy)
    return state
