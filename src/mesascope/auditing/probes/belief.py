"""Which of the remaining goals a policy has, given what it did on designed levels."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float

from mesascope.auditing.probes.information import Information
from mesascope.auditing.probes.plans import log_plans, only, spent_goals
from mesascope.core.errors import BadRequest
from mesascope.processes.graph import Graph
from mesascope.processes.seen import Seen

NONE = "none of these"
RATIONALITY = (3.0, 10.0, 30.0, 100.0, 300.0)  # β, per unit of a goal's stake


def beliefs(seen: Seen, model: Information) -> Float[np.ndarray, "l g1"]:
    """Return the posterior of each remaining goal, and of choices made at random, last.

    Row l is what is believed after the first l + 1 levels; the last row after all of them.

    The prior is the model's, with as much for chance as a goal has on the average. One β holds on
    all levels and is averaged over. A state that was met on a level counts once, split among the
    actions as they were chosen there, as long as no goal has nothing left to give. A goal that
    has nothing to give on a level is given what the best of the others earned there.

    Args:
        seen: what the policy did, on levels that could be enumerated.
        model: the remaining goals, and how they would be pursued; its β is not looked at.

    Raises:
        BadRequest: the states are not known.
    """
    if seen.graphs is None or (seen.state < 0).any():
        raise BadRequest(
            "the levels that were played could not be enumerated, so that choices cannot be "
            "judged; play levels of a world whose states are numbered"
        )
    counts = np.zeros((seen.levels, *seen.graphs.successor.shape[1:]), np.float32)
    np.add.at(counts, (seen.level_of[seen.episode], seen.state, seen.action), 1.0)
    met = counts.sum(axis=-1, keepdims=True)
    evidence = np.divide(counts, met, out=np.zeros_like(counts), where=met > 0.0)
    logs, unknown, chance = (
        np.asarray(part, np.float64)
        for part in _evidence(model, seen.graphs, jnp.asarray(evidence))
    )
    earned = np.where(unknown[:, None] > 0.0, -np.inf, logs)  # (L, B, G)
    best = earned.max(axis=-1, keepdims=True)
    best = np.where(np.isfinite(best), best, chance[:, None, None])
    each = np.where(unknown[:, None] > 0.0, best, logs).cumsum(axis=0)
    goals = np.logaddexp.reduce(each, axis=1) - np.log(len(RATIONALITY))
    prior = np.array([*model.prior, 1.0 / len(model.prior)])
    with np.errstate(divide="ignore"):  # a goal that was ruled out beforehand stays so
        total = np.hstack([goals, chance.cumsum()[:, None]]) + np.log(prior / prior.sum())
    share = np.exp(total - total.max(axis=1, keepdims=True))
    return np.asarray(share / share.sum(axis=1, keepdims=True))


@partial(jax.jit, static_argnames="model")
def _evidence(
    model: Information, graphs: Graph, evidence: Float[Array, "l s a"]
) -> tuple[Float[Array, "l b g"], Bool[Array, "l g"], Float[Array, " l"]]:
    """Return log-probabilities by β and goal, which goals are idle, and those of chance."""

    def level(one: tuple[Graph, Array]) -> tuple[Array, Array, Array]:
        graph, seen = only(one[0], model.goals), one[1]
        spent = spent_goals(graph, discount=model.discount, horizon=model.horizon)
        unknown = spent[:, graph.start]
        counted = jnp.where((spent & ~unknown[:, None]).any(axis=0)[:, None], 0.0, seen)

        def at(beta: Array) -> Float[Array, " g"]:
            plans = log_plans(
                graph,
                rationality=beta,
                lapse=model.lapse,
                discount=model.discount,
                horizon=model.horizon,
                stakes=model.stakes,
            )
            return (counted * plans).sum(axis=(-2, -1))

        chance = -counted.sum() * jnp.log(counted.shape[-1])
        return jax.vmap(at)(jnp.array(RATIONALITY)), unknown, chance

    return lax.map(level, (graphs, evidence))
