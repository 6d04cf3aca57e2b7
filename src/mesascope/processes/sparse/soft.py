"""Soft-optimal policies of large processes, with a bound on the error of their values."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mesascope.processes.precision import in_float64
from mesascope.processes.sparse.bound import reach_of
from mesascope.processes.sparse.flow import AlongEach, Links, Step, backed, links_of
from mesascope.processes.sparse.process import SparseProcess
from mesascope.processes.sparse.reward import batch_of
from mesascope.processes.sparse.settle import TOLERANCE, Watch, settle


@dataclass(frozen=True)
class Soft:
    """A soft-optimal policy and its values, in units of β R; with a last axis B for a batch.

    Attributes:
        values: v[s] = log Σ_a exp q[s, a], within `bound` of the solution.
        quality: q[s, a] = β r[s, a] + Σ G[s, a, s'] v[s'], likewise.
        policy: π[s, a] = exp(q[s, a] - v[s]), each within a factor exp(±2 bound).
        bound: the largest error that is possible.
        products: the products with the transitions that it took.
    """

    values: Float[np.ndarray, " s *b"]
    quality: Float[np.ndarray, " s a *b"]
    policy: Float[np.ndarray, " s a *b"]
    bound: Float[np.ndarray, "*b"]
    products: int


@in_float64
def soften(
    process: SparseProcess,
    reward: Any,
    rationality: float = 1.0,
    *,
    tolerance: float = TOLERANCE,
    watch: Watch | None = None,
) -> Soft:
    """Return the policy that maximises β E[Σ γ^t R] plus discounted causal entropy.

    As `processes.soft.soften` defines it. A batch is solved at once.

    Args:
        process: where.
        reward: of any shape that `sparse.expected` takes; or (S, A, B).
        rationality: β.
        tolerance: the largest error of v, as a fraction of the largest |v|, |β r| or log A.
        watch: called after each round with the products so far and the error that is certain.

    Raises:
        BadArray: the reward does not fit the process.
        NotSettled: the tolerance cannot be met; the message says why, and what to ask for.
    """
    r = jnp.asarray(rationality * batch_of(process, reward))
    links = links_of(process)
    reach = reach_of(process, process.longest_row + process.actions)
    judge = reach.judge(jnp.maximum(jnp.abs(r).max((0, 1)), np.log(process.actions)))
    start = jnp.zeros((process.states, r.shape[2]))
    end = settle(_Backup(links, r), judge, start, tolerance, watch=watch)
    found = _look(links, r, reach.middle(end))
    values, quality, policy = (np.asarray(array) for array in found)
    bound = end.bound
    if np.ndim(reward) != 3:
        values, quality, policy = values[:, 0], quality[:, :, 0], policy[:, :, 0]
        bound = bound.reshape(())
    return Soft(values, quality, policy, bound, end.products)


class _Backup:
    """v ↦ log Σ_a exp(r + G v)."""

    settled = True  # the policy is a smooth function of v, and Newton's method converges from afar

    def __init__(self, links: Links, r: Float[Array, "s a b"]) -> None:
        self._links = links
        self._r = r
        self._policy = r

    def __call__(self, value: Float[Array, "s b"]) -> Float[Array, "s b"]:
        new, _, self._policy = _look(self._links, self._r, value)
        return new

    def step(self) -> Step:
        return AlongEach(self._links, self._policy)


@jax.jit
def _look(
    links: Links, r: Float[Array, "s a b"], value: Float[Array, "s b"]
) -> tuple[Array, Array, Array]:
    q = backed(links, r, value)
    return jax.nn.logsumexp(q, axis=1), q, jax.nn.softmax(q, axis=1)
