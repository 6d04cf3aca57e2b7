"""What agents of every degree of rationality would choose, if they wanted a given reward."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from mesascope.core.errors import BadRequest
from mesascope.objectives.goals.equivalence import advantage
from mesascope.processes import Process
from mesascope.processes.plan import plan
from mesascope.processes.precision import in_float64
from mesascope.processes.reward import expected
from mesascope.processes.soft import soft_quality, soft_values

# Four decades, ten points in each: from choices that are all but random to choices that are all
# but free of mistakes. The prior over them is uniform, so log-uniform in β.
RATIONALITY: Float[np.ndarray, " b"] = np.geomspace(0.1, 1000.0, 41)


def stake(process: Process, reward: Any) -> float:
    """Return what the worst choice costs on average: the mean of V*(s) - min_a Q*(s, a).

    The mean is over the states that can be reached and are not terminal; 0 where no choice matters.
    It does not change with shaping and grows in proportion to the reward, so that β, once a reward
    is divided by it, says by about how many nats a best choice is preferred to a worst one.

    Raises:
        BadArray: the reward does not fit the process.
    """
    left = advantage(process, reward)
    best = plan(process, left)
    live = process.reachable & ~process.terminal
    scale = float((best.values - best.quality.min(axis=1))[live].mean())
    # Choices may matter in states alone that are never reached.
    return scale if scale > 1e-12 * np.abs(left).max() else 0.0


def standardised(process: Process, reward: Any) -> Float[np.ndarray, "s a"]:
    """Return the reward less its shaping, divided by its stake; 0 where it has none.

    Positive multiples and shaping leave it unchanged, and so do constants where no episode ends.
    (Where episodes end, a constant is a wish to stay alive or to die.)

    Raises:
        BadArray: the reward does not fit the process.
    """
    scale = stake(process, reward)
    return (
        advantage(process, reward) / scale if scale else np.zeros(expected(process, reward).shape)
    )


@in_float64
def log_policies(
    process: Process, rewards: Sequence[Any], rationality: Any = RATIONALITY
) -> Float[np.ndarray, "c b s a"]:
    """Return log π[c, b, s, a], soft-optimal for β_b times each reward, standardised.

    Args:
        process: where.
        rewards: C of them, each of any shape.
        rationality: β, of shape (B,), each 0 or more.

    Raises:
        BadArray: a reward does not fit the process.
        BadRequest: no rewards, or a negative β.
    """
    beta = np.asarray(rationality, dtype=np.float64)
    if not len(rewards) or beta.ndim != 1 or not beta.size or not (beta >= 0.0).all():
        raise BadRequest(
            f"{len(rewards)} rewards and rationality {beta} are given; at least one reward is "
            "expected, and a list of numbers that are 0 or more"
        )
    r = np.stack([standardised(process, reward) for reward in rewards])
    found = _log_policies(jnp.asarray(process.going_on), jnp.asarray(r), jnp.asarray(beta))
    return np.asarray(found)


@jax.jit
def _log_policies(
    going_on: Float[Array, "s a s"], r: Float[Array, "c s a"], beta: Float[Array, " b"]
) -> Float[Array, "c b s a"]:
    """Return log π; one solve after the other, as a batch of S x S systems may not fit."""
    each = (beta[None, :, None, None] * r[:, None]).reshape(-1, *r.shape[1:])

    def solve(one: Float[Array, "s a"]) -> Float[Array, "s a"]:
        q = soft_quality(going_on, one, soft_values(going_on, one))
        return jax.nn.log_softmax(q)

    return lax.map(solve, each).reshape(len(r), len(beta), *r.shape[1:])
