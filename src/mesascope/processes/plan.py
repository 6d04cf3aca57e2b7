"""Optimal policies, exactly: policy iteration after a warm start, batched over rewards."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float

from mesascope.processes.evaluate import values
from mesascope.processes.precision import in_float64
from mesascope.processes.process import Process
from mesascope.processes.reward import expected

TIE = 1e-9  # of the spread of values: below it two actions are equally good
_SWEEPS = 30  # of value iteration, matrix products all, before the first linear solve
_ROUNDS = 10_000


@dataclass(frozen=True)
class Plan:
    """What an optimal policy is worth.

    Attributes:
        values: V*[s].
        quality: Q*[s, a].
        best: which actions are optimal, within 1e-9 of the spread of Q*; all in terminal states.
    """

    values: Float[np.ndarray, " s"]
    quality: Float[np.ndarray, "s a"]
    best: Bool[np.ndarray, "s a"]

    @property
    def policy(self) -> Float[np.ndarray, "s a"]:
        """The policy that chooses uniformly among the optimal actions."""
        return self.best / self.best.sum(axis=1, keepdims=True)


@in_float64
def plan(process: Process, reward: Any) -> Plan:
    """Return the optimal values and actions for a reward.

    Policy iteration, so the answer is that of an exact solve for a policy that no action
    improves on (Howard, *Dynamic Programming and Markov Processes*, 1960).

    Raises:
        BadArray: the reward does not fit the process.
    """
    r = jnp.asarray(expected(process, reward))
    going_on = jnp.asarray(process.going_on)
    value, quality, _ = solve(going_on, r)
    best = optimal(value, quality) | process.terminal[:, None]
    return Plan(np.asarray(value), np.asarray(quality), np.asarray(best))


@jax.jit
def solve(
    going_on: Float[Array, "s a s"], r: Float[Array, "*b s a"]
) -> tuple[Float[Array, "*b s"], Float[Array, "*b s a"], Float[Array, "*b s a"]]:
    """Return V*, Q* and one optimal deterministic policy, for every reward of the batch."""

    def quality(value: Array) -> Array:
        return r + jnp.einsum("sat,...t->...sa", going_on, value)

    def choose(q: Array) -> Array:
        return jax.nn.one_hot(q.argmax(-1), q.shape[-1], dtype=r.dtype)

    def sweep(_: int | Array, value: Array) -> Array:
        return quality(value).max(-1)

    def improve(state: tuple[Array, Array, Array, Array]) -> tuple[Array, Array, Array, Array]:
        policy, _, _, rounds = state
        value = values(going_on, r, policy)
        q = quality(value)
        # A policy changes where that gains more than rounding can feign, or it might cycle.
        room = 1e-12 * jnp.abs(q).max((-2, -1), keepdims=True)
        better = q.max(-1, keepdims=True) > (q * policy).sum(-1, keepdims=True) + room
        return jnp.where(better, choose(q), policy), value, better.any(), rounds + 1

    warm = lax.fori_loop(0, _SWEEPS, sweep, jnp.zeros(r.shape[:-1]))
    first = (choose(quality(warm)), warm, jnp.array(True), jnp.array(0))
    policy, value, _, _ = lax.while_loop(lambda s: s[2] & (s[3] < _ROUNDS), improve, first)
    return value, quality(value), policy


def optimal(value: Float[Array, "*b s"], quality: Float[Array, "*b s a"]) -> Bool[Array, "*b s a"]:
    """Return which actions are within 1e-9 of the best, relative to the spread of Q."""
    spread = quality.max((-2, -1), keepdims=True) - quality.min((-2, -1), keepdims=True)
    scale = jnp.maximum(spread, 1e-6 * jnp.abs(quality).max((-2, -1), keepdims=True))
    return quality >= value[..., None] - TIE * scale


@in_float64
def return_range(process: Process, reward: Any) -> tuple[float, float]:
    """Return min_π J(π) and max_π J(π).

    Raises:
        BadArray: the reward does not fit the process.
    """
    r = expected(process, reward)
    both, _, _ = solve(jnp.asarray(process.going_on), jnp.asarray(np.stack([-r, r])))
    low, high = np.asarray(both) @ process.initial
    return -float(low), float(high)


def longest(process: Process) -> float:
    """Return Σ γ^t for an episode that lasts as long as any policy can make it, from μ.

    That is 1 / (1 - γ) where no episode ends.
    """
    if not process.episodic:
        return 1.0 / (1.0 - process.discount)
    steps = np.ones((process.states, process.actions))
    return float(process.initial @ plan(process, steps).values)
