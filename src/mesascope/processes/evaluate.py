"""Policy evaluation and occupancies, one linear solve each; batched over policies and rewards."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from mesascope.processes import check
from mesascope.processes.precision import in_float64
from mesascope.processes.process import Process
from mesascope.processes.reward import expected


def policy_of(process: Process, policy: Any, name: str = "policy") -> Float[np.ndarray, "s a"]:
    """Return π[s, a], checked; rows of terminal states are uniform, as nothing is done there.

    Raises:
        BadArray: another shape than (S, A), or rows that are no distributions.
    """
    s, a = process.states, process.actions
    given = check.numeric(name, policy)
    check.shape(name, given, (s, a), f"({s}, {a}), a distribution over actions for each state")
    ends = process.terminal[:, None]
    return check.distribution(name, np.where(ends, 1.0 / a, given))


def uniform(process: Process) -> Float[np.ndarray, "s a"]:
    """Return the policy that takes every action with the same probability."""
    return np.full((process.states, process.actions), 1.0 / process.actions)


@in_float64
def evaluate(process: Process, reward: Any, policy: Any) -> Float[np.ndarray, " s"]:
    """Return V^π[s] = E[Σ γ^t R], the solution of V = r_π + G_π V.

    Raises:
        BadArray: the reward or the policy does not fit the process.
    """
    r, pi = expected(process, reward), policy_of(process, policy)
    return np.asarray(values(jnp.asarray(process.going_on), jnp.asarray(r), jnp.asarray(pi)))


def expected_return(process: Process, reward: Any, policy: Any) -> float:
    """Return J(π) = E_μ[V^π].

    Raises:
        BadArray: the reward or the policy does not fit the process.
    """
    return float(process.initial @ evaluate(process, reward, policy))


@in_float64
def occupancy(process: Process, policy: Any) -> Float[np.ndarray, "s a"]:
    """Return η[s, a] = Σ γ^t P(s_t = s, a_t = a), so that J(π) = Σ η r.

    Nothing is occupied in terminal states, nor, exactly, in states that the policy never enters.
    The sum over all is 1 / (1 - γ) where no episode ends, and the expected discounted length of an
    episode otherwise.

    Raises:
        BadArray: the policy does not fit the process.
    """
    pi = policy_of(process, policy)
    going_on, start = jnp.asarray(process.going_on), jnp.asarray(process.start)
    state = np.asarray(visits(going_on, jnp.asarray(pi), start)) * entered(process, pi)
    return state[:, None] * pi


def entered(process: Process, policy: Any) -> Bool[np.ndarray, " s"]:
    """Return the states that are not terminal and that the policy enters with any probability.

    Found from what is possible, not from a linear solve, whose rounding enters every state.

    Raises:
        BadArray: the policy does not fit the process.
    """
    taken = policy_of(process, policy) > 0.0
    linked: np.ndarray = np.einsum("sa,sat->st", taken, process.going_on) > 0.0
    seen: np.ndarray = process.start > 0.0
    while True:
        more: np.ndarray = seen | linked[seen].any(axis=0)
        if (more == seen).all():
            return seen
        seen = more


def transition_occupancy(process: Process, policy: Any) -> Float[np.ndarray, "s a s"]:
    """Return η[s, a] T[s, a, s'], so that J(π) = Σ η T R.

    Raises:
        BadArray: the policy does not fit the process.
    """
    return occupancy(process, policy)[:, :, None] * process.transition


@jax.jit
def values(
    going_on: Float[Array, "s a s"], r: Float[Array, "*b s a"], policy: Float[Array, "*b s a"]
) -> Float[Array, "*b s"]:
    """Solve V = r_π + G_π V for every member of the batch."""
    step = jnp.einsum("...sa,sat->...st", policy, going_on)
    gain = (policy * r).sum(-1)
    eye = jnp.eye(step.shape[-1])
    return jnp.linalg.solve(eye - step, gain[..., None])[..., 0]


@jax.jit
def visits(
    going_on: Float[Array, "s a s"], policy: Float[Array, "*b s a"], start: Float[Array, "*b s"]
) -> Float[Array, "*b s"]:
    """Solve d = μ + G_πᵀ d: how often each state is occupied, discounted."""
    step = jnp.einsum("...sa,sat->...ts", policy, going_on)
    eye = jnp.eye(step.shape[-1])
    start = jnp.broadcast_to(start, step.shape[:-1])
    # Rounding may leave a state that is never entered at -1e-17, which no logarithm survives.
    return jnp.maximum(jnp.linalg.solve(eye - step, start[..., None])[..., 0], 0.0)
