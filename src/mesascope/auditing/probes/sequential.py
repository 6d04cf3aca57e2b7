"""How many episodes it takes until it can be said which goal a policy has."""

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from mesascope.auditing.probes.information import Information
from mesascope.auditing.probes.plans import only, spent_goals, told_until
from mesascope.core.errors import BadRequest
from mesascope.processes.graph import Graph

_ROUND = 16  # episodes of every run that are played in one go


ODDS = 99.0  # of a goal against all others, at which it is taken to be known


@dataclass(frozen=True, eq=False)
class Told:
    """When it could be said which goal a policy has, in each of R repetitions.

    Attributes:
        episodes: how many it took, (R,); of those that were never told, how many were played.
        goal: which of the remaining goals was said, (R,); -1 where none was.
    """

    episodes: Int[np.ndarray, " r"]
    goal: Int[np.ndarray, " r"]


def episodes_to_tell(
    policy: Float[np.ndarray, "l s a"],
    graphs: Graph,
    model: Information,
    *,
    threshold: float = ODDS,
    runs: int = 64,
    most: int = 4096,
    seed: int = 0,
) -> Told:
    """Return how many episodes pass until the odds of one goal reach a threshold.

    Each episode is played on one of the levels, drawn at random. The evidence starts from the
    model's prior, and is the choices until a goal has nothing left to give, each judged by the
    model's policies; a goal that has nothing to give on a level is not judged there. A mean over
    `episodes` is a lower bound where some were never told.

    Args:
        policy: what is tested: the probability of each action in each state of L levels.
        graphs: of the levels, with a leading axis.
        model: the remaining goals, and how they would be pursued.
        threshold: odds of a goal against all others, such as 99 to 1.
        runs: R, repetitions of the whole experiment.
        most: episodes after which one gives up.
        seed: of levels and choices.

    Raises:
        BadRequest: a threshold that says nothing, or nothing to do.
    """
    if not threshold > 1.0 or runs < 1 or most < 1:
        raise BadRequest(
            f"odds of {threshold}, {runs} runs and {most} episodes were asked for; odds above 1 "
            "and at least 1 of the others are expected"
        )
    return _told(policy, _prepared(model, graphs), model, threshold, runs, most, seed)


def planners_to_tell(
    graphs: Graph, model: Information, *, runs: int = 64, most: int = 4096, seed: int = 0
) -> list[Told]:
    """Return the same of a planner for each remaining goal, which plays as the model says."""
    prepared = _prepared(model, graphs)
    policies = np.exp(np.asarray(prepared[0]))
    return [
        _told(policies[:, goal], prepared, model, ODDS, runs, most, seed)
        for goal in range(len(model.goals))
    ]


def _told(
    policy: Float[np.ndarray, "l s a"],
    prepared: tuple[Array, Array, Graph],
    model: Information,
    threshold: float,
    runs: int,
    most: int,
    seed: int,
) -> Told:
    plans, unknown, seen = prepared
    key = jax.random.key(seed)
    belief = np.tile(np.log(np.asarray(model.prior)), (runs, 1))
    episodes, goal = np.full(runs, most), np.full(runs, -1)
    data = (
        jnp.cumsum(jnp.asarray(policy, jnp.float32), axis=-1),
        plans,
        unknown,
        seen,
        model.horizon,
    )
    for first in range(0, most, _ROUND):
        key, now = jax.random.split(key)
        gained = np.asarray(_round(now, *data, runs), np.float64)
        for i in range(min(_ROUND, most - first)):
            belief = belief + gained[:, i]
            said = _said(belief, threshold)
            just = (said >= 0) & (goal < 0)
            episodes[just], goal[just] = first + i + 1, said[just]
        if (goal >= 0).all():
            break
    return Told(episodes, goal)


def _said(belief: Float[np.ndarray, "r g"], threshold: float) -> Int[np.ndarray, " r"]:
    """Return the goal whose odds have reached the threshold, or -1."""
    share = np.exp(belief - belief.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    best = share.argmax(axis=1)
    against = share.sum(axis=1) - share[np.arange(len(share)), best]
    told: Bool[np.ndarray, " r"] = share.max(axis=1) >= threshold * against
    return np.where(told, best, -1)


@partial(jax.jit, static_argnames="model")
def _prepared(model: Information, graphs: Graph) -> tuple[Array, Array, Graph]:
    def level(graph: Graph) -> tuple[Array, Array, Graph]:
        remaining = only(graph, model.goals)
        spent = spent_goals(remaining, discount=model.discount, horizon=model.horizon)
        return model.plans(graph), spent[:, graph.start], told_until(remaining, spent)

    return jax.vmap(level)(graphs)


@partial(jax.jit, static_argnames=("horizon", "runs"))
def _round(
    key: PRNGKeyArray,
    below: Float[Array, "l s a"],
    plans: Float[Array, "l g s a"],
    unknown: Bool[Array, "l g"],
    graphs: Graph,
    horizon: int,
    runs: int,
) -> Float[Array, "r n g"]:
    """Return the log-likelihood of each goal that a round of episodes brings.

    `below` is the probability of an action or one before it.
    """
    last = below.shape[-1] - 1

    def episode(key: PRNGKeyArray) -> Float[Array, " g"]:
        which, rest = jax.random.split(key)
        level = jax.random.randint(which, (), 0, len(graphs.start))

        def step(
            carry: tuple[Array, Array, Array], chance: Float[Array, ""]
        ) -> tuple[tuple[Array, Array, Array], None]:
            state, over, sums = carry
            action = (chance >= below[level, state, :last]).sum()
            sums = sums + jnp.where(over, 0.0, plans[level, :, state, action])
            over = over | graphs.terminated[level, state, action]
            return (graphs.successor[level, state, action], over, sums), None

        first = (graphs.start[level], jnp.zeros((), bool), jnp.zeros(plans.shape[1]))
        (_, _, sums), _ = lax.scan(step, first, jax.random.uniform(rest, (horizon,)))
        # A goal that predicts nothing here is given what the best of the others earned.
        known = jnp.where(unknown[level], -jnp.inf, sums)
        best = jnp.where(unknown[level].all(), 0.0, known.max())
        return jnp.where(unknown[level], best, sums)

    keys = jax.random.split(key, (runs, _ROUND))
    return jax.vmap(jax.vmap(episode))(keys)
