"""Goal-directedness on graphs: how much better than chance a goal predicts the choices made."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from mesascope.auditing.policies.choices import spent
from mesascope.auditing.policies.soft_plans import soft_plans
from mesascope.core.interval import Interval
from mesascope.objectives.bootstrap import interval
from mesascope.objectives.statistic import Ratio
from mesascope.processes.graph import Graph

_ROUNDS = 4  # of narrowing down on the best β
_POINTS = 5  # tried in each
_FIRST, _LAST = 0.3, 3000.0  # β per unit of stake


def directedness(
    graphs: Graph,
    visits: Float[np.ndarray, "l s a"],
    stake: Float[np.ndarray, " g"],
    worth: Float[np.ndarray, "l g s"],
    *,
    discount: float,
    horizon: int,
    seed: int,
) -> list[tuple[Interval | None, float]]:
    """Return MEG towards each goal, 0 to 1, and the β, per unit of stake, that attains it.

    max over β ≥ 0 of Σ d(s, a) log(|A| π_β(a|s)) / (log|A| Σ d), with π_β soft-optimal as in
    `processes.graph.quality`. The sum below the line is over the states in which the goal still
    has something to give; in the others π_β is uniform. The sum above is concave in β, so that
    halving the bracket around the best point is safe; β = 0 is the uniform policy and has 0, so it
    is never negative. A goal that is avoided has 0 here. (MacDermott et al., NeurIPS 2024;
    `objectives.goals.meg` is the same on processes with chance, exactly and for β of either sign.)

    Args:
        graphs: of L levels.
        visits: d, discounted state-action visits on each.
        stake: of each goal, the unit of β.
        worth: the optimal value of each state by each goal.
        discount, horizon: of the soft-optimal policies.
        seed: of the intervals, over levels at the best β.
    """
    scale = np.where(stake > 0.0, stake, 1.0)[None, :, None, None]
    scaled = graphs._replace(reward=jnp.asarray(graphs.reward / scale, jnp.float32))
    data = jnp.asarray(visits, jnp.float32)
    low = np.full(len(stake), np.log(_FIRST))
    high = np.full(len(stake), np.log(_LAST))
    gain, best = np.zeros((len(visits), len(stake))), np.zeros(len(stake))
    for _ in range(_ROUNDS):
        points = np.linspace(low, high, _POINTS, axis=-1)
        found = np.asarray(
            _gains(scaled, data, jnp.asarray(np.exp(points), jnp.float32), discount, horizon),
            float,
        )
        sums = found.sum(axis=0)
        for g, k in enumerate(sums.argmax(axis=-1)):
            if sums[g, k] > gain[:, g].sum():
                gain[:, g], best[g] = found[:, g, k], np.exp(points[g, k])
            low[g], high[g] = points[g, max(k - 1, 0)], points[g, min(k + 1, _POINTS - 1)]
    open_ = ~spent(worth)
    bound = np.log(visits.shape[-1]) * np.einsum("lsa,lgs->lg", visits, open_)
    figures = [_figure(gain[:, g], bound[:, g], seed) for g in range(len(stake))]
    return list(zip(figures, best.tolist(), strict=True))


def _figure(
    gain: Float[np.ndarray, " l"], bound: Float[np.ndarray, " l"], seed: int
) -> Interval | None:
    found = interval(Ratio(gain, bound, np.arange(len(gain))), seed=seed)
    if found is None:
        return None
    estimate, low, high = np.clip([found.estimate, found.low, found.high], 0.0, 1.0).tolist()
    return Interval(estimate, low, high, found.samples, found.confidence)


@partial(jax.jit, static_argnames=("discount", "horizon"))
def _gains(
    graphs: Graph, visits: Array, beta: Float[Array, "g k"], discount: float, horizon: int
) -> Float[Array, "l g k"]:
    goals, points = beta.shape

    def level(one: tuple[Graph, Array]) -> Array:
        graph, seen = one
        reward = jnp.repeat(jnp.moveaxis(graph.reward, 0, -1), points, axis=-1)
        plans = soft_plans(
            graph.successor, graph.terminated, reward, beta.ravel(), discount, horizon
        )
        gain = jnp.einsum("sa,san->n", seen, plans + jnp.log(graph.successor.shape[1]))
        return gain.reshape(goals, points)

    return lax.map(level, (graphs, visits))
