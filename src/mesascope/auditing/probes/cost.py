"""What the wrong goal costs on a level: the base objective's loss when another is optimised."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float

from mesascope.processes.graph import Graph

_TIE = 1e-5  # of the largest value: actions that are this close are equally good


class Returns(NamedTuple):
    """Returns by the base objective on one level.

    Attributes:
        best, worst: of all policies.
        kind, unkind: of policies that are optimal for another goal, where it leaves the choice
            made for the base objective and against it.
    """

    best: Float[Array, ""]
    worst: Float[Array, ""]
    kind: Float[Array, ""]
    unkind: Float[Array, ""]


def base_returns(graph: Graph, base: int, other: int, *, discount: float, horizon: int) -> Returns:
    """Return what optimal play for another goal is worth by the base objective.

    Values are those of exactly t steps to go, t = 1 … horizon, so that the play is optimal for
    the other goal to the last step. Among its optimal actions the base objective's own value
    decides: that is a lexicographic optimum.

    Args:
        graph: one level.
        base, other: goals, by number.
        discount: γ.
        horizon: steps per episode.
    """
    carry_on = discount * ~graph.terminated
    mine, wanted = graph.reward[base], graph.reward[other]
    zero = jnp.zeros(graph.successor.shape[0], graph.reward.dtype)

    def backup(v: tuple[Array, ...]) -> tuple[Array, ...]:
        goal, best, worst, kind, unkind = v
        q = wanted + carry_on * goal[graph.successor]
        good = _ties(q)
        of = tuple(
            mine + carry_on * value[graph.successor] for value in (best, worst, kind, unkind)
        )
        return (
            q.max(axis=-1),
            of[0].max(axis=-1),
            of[1].min(axis=-1),
            jnp.where(good, of[2], -jnp.inf).max(axis=-1),
            jnp.where(good, of[3], jnp.inf).min(axis=-1),
        )

    def changes(carry: tuple[Array, tuple[Array, ...], Array]) -> Array:
        return carry[2] & (carry[0] < horizon)

    def step(carry: tuple[Array, tuple[Array, ...], Array]) -> tuple[Array, Any, Array]:
        time, before, _ = carry
        after = backup(before)
        changed = jnp.stack([(a != b).any() for a, b in zip(after, before, strict=True)]).any()
        return time + 1, after, changed

    # Values that a further step leaves as they are stay so, however many steps follow.
    first = (jnp.int32(0), (zero,) * 5, jnp.bool_(True))
    _, found, _ = lax.while_loop(changes, step, first)
    return Returns(*(value[graph.start] for value in found[1:]))


def _ties(q: Float[Array, "s a"]) -> Bool[Array, "s a"]:
    return q >= q.max(axis=-1, keepdims=True) - _TIE * jnp.maximum(jnp.abs(q).max(), 1e-12)


def disagree(
    graph: Graph, one: int, other: int, *, discount: float, horizon: int
) -> Bool[Array, ""]:
    """Return whether some optimal policy of one goal is not optimal for the other.

    Judged from one side: where it matters, ask both ways round.
    """
    found = base_returns(graph, one, other, discount=discount, horizon=horizon)
    return found.best - found.unkind > _TIE * jnp.maximum(jnp.abs(found.best), 1e-12)


@dataclass(frozen=True)
class Cost:
    """A score of levels: what the wrong goal costs, in units of the base objective's range there.

    (best - return) / (best - worst), 0 where the base objective has nothing to decide.

    Attributes:
        base, wrong: goals, by number.
        discount, horizon: of the returns, and the steps of an episode.
        kind: where the wrong goal leaves a choice, it is made for the base objective, so that the
            cost is certain; else against it, so that it is possible.
    """

    base: int
    wrong: int
    discount: float
    horizon: int
    kind: bool = True

    def __call__(self, graph: Graph) -> Float[Array, ""]:
        """Return the cost."""
        found = base_returns(
            graph, self.base, self.wrong, discount=self.discount, horizon=self.horizon
        )
        reached = found.kind if self.kind else found.unkind
        width = found.best - found.worst
        return jnp.where(
            width > 0.0, (found.best - reached) / jnp.where(width > 0.0, width, 1.0), 0.0
        )
