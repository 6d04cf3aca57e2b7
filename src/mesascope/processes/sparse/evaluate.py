"""Policy evaluation and occupancies of large processes, with a bound on their error."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mesascope.core.errors import BadRequest
from mesascope.processes import check
from mesascope.processes.precision import in_float64
from mesascope.processes.sparse.bound import reach_of
from mesascope.processes.sparse.flow import (
    Against,
    AgainstEach,
    Along,
    AlongEach,
    Step,
    chain_of,
    links_of,
)  # fmt: skip
from mesascope.processes.sparse.process import SparseProcess
from mesascope.processes.sparse.reward import batch_of
from mesascope.processes.sparse.settle import TOLERANCE, Watch, settle


@dataclass(frozen=True)
class Evaluation:
    """What a policy is worth; with a last axis B for a batch.

    Attributes:
        values: V[s], of which |V - V^π| ≤ bound.
        bound: the largest error that is possible, in units of the reward.
        products: the products with the transitions that it took.
    """

    values: Float[np.ndarray, " s *b"]
    bound: Float[np.ndarray, "*b"]
    products: int


@dataclass(frozen=True)
class Occupancy:
    """How often a policy does what; with a last axis B for a batch.

    Attributes:
        visits: η[s, a] = Σ γ^t P(s_t = s, a_t = a), so that J(π) = Σ η r. Exactly 0 where the
            policy never goes.
        bound: the largest possible Σ |η - η^π|, so that J is known within bound · max |r|.
        products: the products with the transitions that it took.
    """

    visits: Float[np.ndarray, " s a *b"]
    bound: Float[np.ndarray, "*b"]
    products: int


@in_float64
def evaluate(
    process: SparseProcess,
    reward: Any,
    policy: Any,
    *,
    tolerance: float = TOLERANCE,
    watch: Watch | None = None,
) -> Evaluation:
    """Return V^π[s] = E[Σ γ^t R], the solution of V = r_π + G_π V.

    Args:
        process: where.
        reward: of any shape that `sparse.expected` takes; or (S, A, B).
        policy: (S, A), for all rewards; or (S, A, B), one for each, or B of them for one reward.
            Rows of terminal states are not looked at.
        tolerance: the largest error of V, as a fraction of the largest |V| or |r|.
        watch: called after each round with the products so far and the error that is certain.

    Raises:
        BadArray: the reward or the policy does not fit the process.
        BadRequest: there are B rewards and another number of policies.
        NotSettled: the tolerance cannot be met; the message says why, and what to ask for.
    """
    r, pi = batch_of(process, reward), policies_of(process, policy)
    if 1 not in (r.shape[2], pi.shape[2]) and r.shape[2] != pi.shape[2]:
        raise BadRequest(
            f"there are {r.shape[2]} rewards and {pi.shape[2]} policies; give as many of the one "
            "as of the other, or one of either"
        )
    gain = jnp.asarray(np.einsum("sab,sab->sb", *np.broadcast_arrays(r, pi)))
    backup = _Affine(gain, _forward(process, pi))
    reach = reach_of(process, process.longest_row * process.actions)
    judge = reach.judge(jnp.abs(gain).max(0))
    end = settle(backup, judge, jnp.zeros_like(gain), tolerance, watch=watch)
    values = np.array(reach.middle(end))
    values[process.terminal] = 0.0
    if np.ndim(reward) != 3 and np.ndim(policy) != 3:
        return Evaluation(values[:, 0], end.bound.reshape(()), end.products)
    return Evaluation(values, end.bound, end.products)


def expected_return(
    process: SparseProcess, reward: Any, policy: Any, *, tolerance: float = TOLERANCE
) -> Float[np.ndarray, "*b"]:
    """Return J(π) = E_μ[V^π], within the error of V^π.

    Raises:
        BadArray, BadRequest, NotSettled: as `evaluate`.
    """
    values = evaluate(process, reward, policy, tolerance=tolerance).values
    return np.asarray(process.initial @ values)


@in_float64
def occupancy(
    process: SparseProcess,
    policy: Any,
    *,
    tolerance: float = TOLERANCE,
    watch: Watch | None = None,
) -> Occupancy:
    """Return η[s, a] = Σ γ^t P(s_t = s, a_t = a), from d = μ + G_πᵀ d.

    Args:
        process: where.
        policy: (S, A); or (S, A, B). Rows of terminal states are not looked at.
        tolerance: the largest Σ |η - η^π|, as a fraction of Σ η.
        watch: called after each round with the products so far and the error that is certain.

    Raises:
        BadArray: the policy does not fit the process.
        NotSettled: the tolerance cannot be met; the message says why, and what to ask for.
    """
    pi = policies_of(process, policy)
    start = jnp.asarray(np.repeat(process.start[:, None], pi.shape[2], axis=1))
    incoming = int(np.bincount(process.next_state).max())
    reach = reach_of(process, incoming)
    backup = _Affine(start, _backward(process, pi))
    end = settle(backup, reach.judge_of_visits, start, tolerance, watch=watch)
    # Rounding may leave a state that is hardly ever entered at -1e-17, which no logarithm survives.
    visits = np.maximum(np.asarray(end.new), 0.0)[:, None, :] * pi
    if np.ndim(policy) != 3:
        return Occupancy(visits[:, :, 0], end.bound.reshape(()), end.products)
    return Occupancy(visits, end.bound, end.products)


def policies_of(process: SparseProcess, policy: Any) -> Float[np.ndarray, "s a b"]:
    """Return π[s, a, b], checked; rows of terminal states are uniform, as nothing is done there.

    Raises:
        BadArray: another shape than (S, A) or (S, A, B), or rows that are no distributions.
    """
    s, a = process.states, process.actions
    given = check.numeric("policy", policy)
    words = f"({s}, {a}) or ({s}, {a}, B), a distribution over actions for each state,"
    check.shape("policy", given, (s, a, None) if given.ndim == 3 else (s, a), words)
    seen = np.where(process.terminal.reshape(-1, *[1] * (given.ndim - 1)), 1.0 / a, given)
    if given.ndim == 2:
        return check.distribution("policy", seen)[:, :, None]
    each = [check.distribution(f"policy[:, :, {i}]", seen[:, :, i]) for i in range(seen.shape[2])]
    return np.stack(each, axis=2)


class _Affine:
    """v ↦ b + G v."""

    settled = True  # it is its own derivative

    def __init__(self, b: Float[Array, "s b"], step: Step) -> None:
        self._b = b
        self._step = step

    def __call__(self, value: Float[Array, "s b"]) -> Float[Array, "s b"]:
        return _affine(self._b, self._step, value)

    def step(self) -> Step:
        return self._step


@jax.jit
def _affine(b: Array, step: Step, value: Array) -> Array:
    return b + step(value)


def _forward(process: SparseProcess, pi: Float[np.ndarray, "s a b"]) -> Step:
    if pi.shape[2] == 1:
        return Along(chain_of(process, pi[:, :, 0]))
    return AlongEach(links_of(process), jnp.asarray(pi))


def _backward(process: SparseProcess, pi: Float[np.ndarray, "s a b"]) -> Step:
    if pi.shape[2] == 1:
        return Against(chain_of(process, pi[:, :, 0]))
    return AgainstEach(links_of(process), jnp.asarray(pi))
