"""Distance and regret along the way from one reward to another, for many pairs at once.

Canonical forms are linear, so those of the points between two rewards come from those of the two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mesascope.objectives.affine import NEGLIGIBLE, centred, norm, standard
from mesascope.objectives.rewards.coverage import Coverage
from mesascope.objectives.rewards.metric import Metric
from mesascope.objectives.rewards.table import directed, require_covered
from mesascope.processes.evaluate import values
from mesascope.processes.plan import solve
from mesascope.processes.precision import in_float64


@dataclass(frozen=True)
class Segments:
    """What was measured at K steps along N segments, from the first reward to each point.

    Attributes:
        distances: by the name of the metric.
        regret: the mean of two regrets, each in units of its own range of returns: that of the
            optimal policy of the point, judged by the first reward, and the reverse.
    """

    distances: Mapping[str, Float[np.ndarray, "n k"]]
    regret: Float[np.ndarray, "n k"]


@in_float64
def measure_segments(
    coverage: Coverage,
    firsts: Float[np.ndarray, "n s a s"],
    seconds: Float[np.ndarray, "n s a s"],
    steps: int,
    metrics: Sequence[Metric],
) -> Segments:
    """Return distances and regrets between each first reward and points towards the second.

    The points are R + t (R' - R), t = 1/K, 2/K, ..., 1, as in the experiment of Skalse et al.,
    *STARC*, ICLR 2024: random rewards alone are all far from each other. Where several policies
    are optimal one of them is taken.

    Raises:
        BadRequest: a metric does not exist under this coverage.
    """
    arrays = coverage.arrays
    both = jnp.asarray(np.concatenate([firsts, seconds]))
    found = {}
    for metric in metrics:
        require_covered(coverage, metric)
        found[metric.name] = np.asarray(_distances(both, metric.arrays(coverage), metric, steps))
    process = coverage.process
    regret = _regret(
        both, jnp.asarray(process.transition), arrays["going_on"], process.start, steps
    )
    return Segments(found, np.asarray(regret))


@partial(jax.jit, static_argnames=("metric", "steps"))
def _distances(both: Array, arrays: Mapping[str, Array], metric: Metric, steps: int) -> Array:
    forms = metric.form(both, arrays)
    weight = arrays["weight"]
    if forms.ndim == 3:
        weight = jnp.broadcast_to(weight, both.shape[1:]).sum(-1)
    if metric.pearson:
        forms = jax.vmap(lambda x: centred(x, weight))(forms)
    half = len(both) // 2
    n, m = metric.norms

    def along(x: Array, y: Array) -> Array:
        unit = standard(x, weight, n)

        def at(t: Array) -> Array:
            point = standard(x + t * (y - x), weight, n)
            if metric.directed:
                return directed(unit, point, weight)
            return norm(unit - point, weight, m) * (0.5 if metric.pearson else 1.0)

        return jax.vmap(at)(jnp.arange(1, steps + 1) / steps)

    return jax.vmap(along)(forms[:half], forms[half:])


@partial(jax.jit, static_argnames="steps")
def _regret(both: Array, transition: Array, going_on: Array, start: Array, steps: int) -> Array:
    gain = jnp.einsum("nsat,sat->nsa", both, transition)
    first, second = gain[: len(gain) // 2, None], gain[len(gain) // 2 :, None]
    t = jnp.arange(steps + 1)[None, :, None, None] / steps
    points = first + t * (second - first)
    # One solver at a time, each a batch of all that it is needed for: see processes.precision.
    value, _, policy = solve(going_on, jnp.stack([points, -points]))
    high, low = value[0] @ start, -(value[1] @ start)
    judges = jnp.stack([jnp.broadcast_to(first, points.shape), points])
    acting = jnp.stack([policy[0], jnp.broadcast_to(policy[0][:, :1], points.shape)])
    by_point, by_first = values(going_on, judges, acting) @ start
    spread = high - low
    real = spread > NEGLIGIBLE * jnp.abs(points).max((2, 3))
    forwards = _share(high[:, :1] - by_point, spread[:, :1], real[:, :1])
    backwards = _share(high - by_first, spread, real)
    return (forwards + backwards)[:, 1:] / 2.0


def _share(gap: Array, spread: Array, real: Array) -> Array:
    return jnp.where(real, jnp.clip(gap / jnp.where(real, spread, 1.0), 0.0, 1.0), 0.0)
