"""Optimal values and policies of large processes, with a bound on their error."""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Float, Int

from mesascope.processes.precision import in_float64
from mesascope.processes.sparse.bound import Reach, reach_of
from mesascope.processes.sparse.greedy import Greedy
from mesascope.processes.sparse.process import SparseProcess
from mesascope.processes.sparse.reward import batch_of
from mesascope.processes.sparse.settle import TOLERANCE, Watch, settle

TIE = 1e-9  # of the spread of values, as for a dense process


@dataclass(frozen=True)
class Plan:
    """What an optimal policy is worth; with a last axis B for a batch of rewards.

    Attributes:
        values: V[s], of which |V - V*| ≤ bound.
        quality: Q[s, a], likewise; V is its maximum.
        actions: one policy whose value is nowhere further than 2 bound below V*.
        bound: the largest error that is possible, in units of the reward.
        products: the products with the transitions that it took.
    """

    values: Float[np.ndarray, " s *b"]
    quality: Float[np.ndarray, " s a *b"]
    actions: Int[np.ndarray, " s *b"]
    bound: Float[np.ndarray, "*b"]
    products: int

    @property
    def best(self) -> Bool[np.ndarray, " s a *b"]:
        """Which actions may be optimal: within 2 bound, or 1e-9 of the spread of Q, of the best."""
        spread = np.ptp(self.quality, axis=(0, 1))
        return self.quality >= self.values[:, None] - np.maximum(2 * self.bound, TIE * spread)

    @property
    def policy(self) -> Float[np.ndarray, " s a *b"]:
        """The policy that chooses uniformly among the actions that may be optimal."""
        return self.best / self.best.sum(axis=1, keepdims=True)


@in_float64
def plan(
    process: SparseProcess, reward: Any, *, tolerance: float = TOLERANCE, watch: Watch | None = None
) -> Plan:
    """Return the optimal values and actions for a reward, or for each of a batch.

    Rewards of a batch are solved one after the other: most of the work is on the transitions of
    each one's own policy, which they do not share.

    Args:
        process: where.
        reward: of any shape that `sparse.expected` takes; or (S, A, B).
        tolerance: the largest error of V, as a fraction of the largest |V| or |r|.
        watch: called after each round with the products so far and the error that is certain.

    Raises:
        BadArray: the reward does not fit the process.
        NotSettled: the tolerance cannot be met; the message says why, and what to ask for.
    """
    r = batch_of(process, reward)
    reach = reach_of(process, process.longest_row)
    plans = [_plan(process, reach, r[:, :, i], tolerance, watch) for i in range(r.shape[2])]
    if np.ndim(reward) != 3:
        return plans[0]
    return Plan(
        np.stack([one.values for one in plans], axis=-1),
        np.stack([one.quality for one in plans], axis=-1),
        np.stack([one.actions for one in plans], axis=-1),
        np.stack([one.bound for one in plans]),
        sum(one.products for one in plans),
    )


def _plan(
    process: SparseProcess,
    reach: Reach,
    r: Float[np.ndarray, "s a"],
    tolerance: float,
    watch: Watch | None,
) -> Plan:
    greedy = Greedy(process, r)
    judge = reach.judge(jnp.asarray([np.abs(r).max()]))
    end = settle(greedy, judge, jnp.zeros((process.states, 1)), tolerance, watch=watch)
    quality = np.asarray(greedy.quality(reach.middle(end)))
    return Plan(
        quality.max(axis=1),
        quality,
        np.asarray(greedy.actions),
        end.bound.reshape(()),
        end.products,
    )
