"""How much an episode on a level says about the goal: mutual information, between two bounds."""

from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from mesascope.auditing.probes.plans import log_plans, only, spent_goals, told_until
from mesascope.processes.graph import Graph, visits


class Bounds(NamedTuple):
    """Mutual information between goal and trajectory in nats: at least `low`, at most `high`."""

    low: Float[Array, ""]
    high: Float[Array, ""]


def divergences(
    graph: Graph, log_policies: Float[Array, "g s a"], *, horizon: int
) -> Float[Array, "g g"]:
    """Return KL(P_g ‖ P_h) in nats between the trajectories of every two policies.

    Levels are deterministic and policies have no memory, so that the log-ratio of a trajectory is
    a sum over its choices: KL = Σ_s visits_g(s) KL(π_g(·|s) ‖ π_h(·|s)).

    Args:
        graph: one level.
        log_policies: log π_g(a|s).
        horizon: choices per episode.
    """
    policies = jnp.exp(log_policies)

    def local(one: Array, log_one: Array, log_other: Array) -> Float[Array, " s"]:
        return jnp.where(one > 0.0, one * (log_one - log_other), 0.0).sum(axis=-1)

    over = jax.vmap(jax.vmap(local, (None, None, 0)), (0, 0, None))
    apart = over(policies, log_policies, log_policies)
    met = jax.vmap(lambda one: visits(graph, one, discount=1.0, horizon=horizon))(policies)
    # A state that is never met says nothing, even where the policies share no action there.
    return jnp.where(met[:, None] > 0.0, met[:, None] * apart, 0.0).sum(axis=-1)


def overlaps(
    graph: Graph, log_policies: Float[Array, "g s a"], *, horizon: int
) -> Float[Array, "g g"]:
    """Return Σ_τ √(P_g(τ) P_h(τ)), the Bhattacharyya coefficient, of every two policies.

    It is a product along a trajectory, so that it obeys
    B_t(s) = Σ_a √(π_g(a|s) π_h(a|s)) B_{t-1}(s'), with B = 1 where the episode is over.
    """
    half = 0.5 * log_policies
    weight = jnp.exp(half[:, None] + half[None])

    def backup(_: Int[Array, ""], b: Float[Array, "g g s"]) -> Float[Array, "g g s"]:
        after = jnp.where(graph.terminated, 1.0, b[..., graph.successor])
        return (weight * after).sum(axis=-1)

    first = jnp.ones(weight.shape[:-1], weight.dtype)
    return lax.fori_loop(0, horizon, backup, first)[..., graph.start]


def bounds(
    graph: Graph,
    log_policies: Float[Array, "g s a"],
    prior: Float[Array, " g"],
    *,
    horizon: int,
    unknown: Bool[Array, " g"] | None = None,
) -> Bounds:
    """Return bounds on the mutual information between the goal and one episode's trajectory.

    -Σ_g p_g ln Σ_h p_h B_gh ≤ I ≤ -Σ_g p_g ln Σ_h p_h exp(-KL_gh), with both B and KL exact.
    (Kolchinsky and Tracey, *Estimating mixture entropy with pairwise distances*, Entropy 2017:
    the entropy of a trajectory given the goal drops out of both sides.) Neither is ever above the
    entropy of the prior, and both are 0 where all goals lead to the same behaviour.

    Args:
        graph: one level.
        log_policies: log π_g(a|s).
        prior: of the goals, of sum 1.
        horizon: choices per episode.
        unknown: goals whose policy is not to be relied on: the lower bound takes them to behave
            as every other goal, which can only lower it.
    """
    near = overlaps(graph, log_policies, horizon=horizon)
    if unknown is not None:
        near = jnp.where(unknown[:, None] | unknown[None], 1.0, near)
    kl = divergences(graph, log_policies, horizon=horizon)
    return Bounds(-(prior @ jnp.log(near @ prior)), -(prior @ jnp.log(jnp.exp(-kl) @ prior)))


@dataclass(frozen=True)
class Information:
    """A score of levels: the nats about the goal that one episode brings at least.

    Attributes:
        goals: which of the graph's goals remain, by number.
        prior: their probabilities, of sum 1.
        stakes: what each has to give, in its own units.
        discount, horizon: of the returns, and the steps of an episode.
        rationality: β of the policies that are to be told apart, per unit of stake.
        lapse: the share of their choices that are made at random.
    """

    goals: tuple[int, ...]
    prior: tuple[float, ...]
    stakes: tuple[float, ...]
    discount: float
    horizon: int
    rationality: float = 30.0
    lapse: float = 0.05

    def __call__(self, graph: Graph) -> Float[Array, ""]:
        """Return the lower bound."""
        return self.bounds(graph).low

    def bounds(self, graph: Graph) -> Bounds:
        """Return both bounds, of what is seen until a goal has nothing left to give.

        A goal that has nothing to give to begin with predicts nothing.
        """
        remaining = only(graph, self.goals)
        plans = self.plans(graph)
        spent = spent_goals(remaining, discount=self.discount, horizon=self.horizon)
        seen, unknown = told_until(remaining, spent), spent[:, graph.start]
        prior = jnp.asarray(self.prior, plans.dtype)
        return bounds(seen, plans, prior, horizon=self.horizon, unknown=unknown)

    def plans(self, graph: Graph) -> Float[Array, "g s a"]:
        """Return log π of each remaining goal."""
        return log_plans(
            only(graph, self.goals),
            rationality=self.rationality,
            lapse=self.lapse,
            discount=self.discount,
            horizon=self.horizon,
            stakes=self.stakes,
        )
