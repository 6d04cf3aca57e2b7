"""Distances between many rewards at once, under every metric asked for."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from mesascope.core.errors import BadRequest
from mesascope.objectives.affine import centred, norm, standard
from mesascope.objectives.rewards.coverage import Coverage
from mesascope.objectives.rewards.metric import Metric
from mesascope.objectives.rewards.metric import metric as named
from mesascope.processes import Process, full
from mesascope.processes.precision import in_float64

_WRITTEN_OUT = 3  # rewards, up to which every pair is compiled on its own: nothing is then copied


def reward_distance(
    process: Process, first: Any, second: Any, *, metric: str = "starc-val", **coverage: Any
) -> float:
    """Return the distance of two rewards on a process.

    Args:
        process: where.
        first, second: of shape (S,), (S, A) or (S, A, S).
        metric: `epic`, `dard`, `starc-val`, `starc-valpotential`, `starc-minimal`, `npec`, `none`,
            or one with norms, such as `starc-val-1-inf`.
        coverage: as keywords of `Coverage.of`.

    Raises:
        BadArray: an array does not fit the process.
        UnknownName: there is no such metric.
        BadRequest: the metric does not exist under this coverage; the message says why.
    """
    over = Coverage.of(process, **coverage)
    stack = stacked(process, {"first": first, "second": second})
    return float(distances(over, stack, named(metric))[0, 1])


def stacked(process: Process, rewards: Mapping[str, Any]) -> Float[np.ndarray, "k s a s"]:
    """Return named rewards as one array.

    Raises:
        BadArray: one does not fit the process; the message names it.
        BadRequest: there are none.
    """
    if not rewards:
        raise BadRequest("there are no rewards; give at least one")
    return np.stack([full(process, reward, name) for name, reward in rewards.items()])


@in_float64
def distances(
    coverage: Coverage, rewards: Float[np.ndarray, "k s a s"], metric: Metric
) -> Float[np.ndarray, "k k"]:
    """Return the distance from each reward (row) to each (column).

    Raises:
        BadRequest: the metric does not exist under this coverage; the message says why.
    """
    require_covered(coverage, metric)
    if metric.norms[0]:
        rewards = rewards / sizes_of(rewards)  # squares of very large or small numbers do not fit
    return np.asarray(_distances(jnp.asarray(rewards), metric.arrays(coverage), metric))


@in_float64
def standardised(
    coverage: Coverage, rewards: Float[np.ndarray, "k s a s"], metric: Metric
) -> tuple[Float[np.ndarray, "k ..."], Float[np.ndarray, "..."]]:
    """Return the canonical, normalised rewards and the weights under which they are compared.

    Raises:
        BadRequest: the metric does not exist under this coverage.
    """
    require_covered(coverage, metric)
    unit, weight = _standardised(jnp.asarray(rewards), metric.arrays(coverage), metric)
    return np.asarray(unit), np.asarray(weight)


def sizes_of(rewards: Float[np.ndarray, "k ..."]) -> Float[np.ndarray, "k ..."]:
    """Return the largest number of each reward, 1 where all are 0; it broadcasts against them."""
    axes = tuple(range(1, rewards.ndim))
    size = np.abs(rewards).max(axis=axes, keepdims=True)
    return np.where(size > 0.0, size, 1.0)


def require_covered(coverage: Coverage, metric: Metric) -> None:
    """Refuse a metric that the coverage leaves undefined.

    Raises:
        BadRequest: with the transition that is not covered.
    """
    if metric.name.startswith("starc-minimal") and coverage.missed:
        hidden = (coverage.process.transition > 0.0) & (coverage.transitions == 0.0)
        index = tuple(int(i) for i in np.unravel_index(int(hidden.argmax()), hidden.shape))
        raise BadRequest(
            f"{metric.name} does not exist under this coverage: transition {index} can happen and "
            "has coverage 0, so every reward is equivalent to one that is 0 wherever it counts. "
            "Cover all that can happen, or use starc-val"
        )


@partial(jax.jit, static_argnames="metric")
def _distances(rewards: Array, arrays: Mapping[str, Array], metric: Metric) -> Array:
    unit, weight = _standardised(rewards, arrays, metric)
    if metric.directed:
        return jax.vmap(lambda x: jax.vmap(lambda y: directed(x, y, weight))(unit))(unit)
    order = metric.norms[1]

    first, second = np.triu_indices(len(rewards), 1)
    if len(rewards) <= _WRITTEN_OUT:
        gaps = [norm(unit[i] - unit[j], weight, order) for i, j in zip(first, second, strict=True)]
        found = jnp.array(gaps) if gaps else jnp.zeros(0)
    else:
        # One by one: a table of differences would fill the memory.
        found = lax.map(
            lambda at: norm(unit[at[0]] - unit[at[1]], weight, order),
            (jnp.asarray(first), jnp.asarray(second)),
        )
    table = jnp.zeros((len(rewards), len(rewards))).at[first, second].set(found)
    table = table + table.T
    return 0.5 * table if metric.pearson else table


def _standardised(
    rewards: Array, arrays: Mapping[str, Array], metric: Metric
) -> tuple[Array, Array]:
    forms = metric.form(rewards, arrays)
    weight = arrays["weight"]
    if forms.ndim == 3:
        weight = jnp.broadcast_to(weight, rewards.shape[1:]).sum(-1)
    scale = jnp.abs(rewards).max((1, 2, 3)) / (1.0 - 0.999 * arrays["gamma"])

    def unit(x: Array, size: Array) -> Array:
        if metric.pearson:
            x = centred(x, weight)
        return standard(x, weight, metric.norms[0], size)

    if len(rewards) <= _WRITTEN_OUT:
        return jnp.stack([unit(x, s) for x, s in zip(forms, scale, strict=True)]), weight
    return jax.vmap(unit)(forms, scale), weight


def directed(x: Array, y: Array, weight: Array) -> Array:
    """Return NPEC from x to y, both the residuals of a regression on shaping, of norm 1 or 0.

    min over λ ≥ 0 of |λ x - y| / |y| is sqrt(1 - max(0, ⟨x, y⟩)²): a projection onto a ray (the
    definition of Gleave et al., ICLR 2021, section 4.3, at p = 2, where it is convex). Computed
    from x - y, which keeps the digits near 0; 0 from anything to a reward that is all shaping.
    """
    gap = norm(x - y, weight, 2.0) ** 2
    real = norm(x, weight, 2.0) > 0.0
    cosine = jnp.where(real, 1.0 - gap / 2.0, 0.0)
    sine = jnp.sqrt(jnp.maximum(gap * (1.0 - gap / 4.0), 0.0))
    away = jnp.where(cosine > 0.0, sine, 1.0)
    return jnp.where(norm(y, weight, 2.0) > 0.0, away, 0.0)
