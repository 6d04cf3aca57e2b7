"""What was got, beside what could have been: capability, regret, and whether goals disagree."""

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float

from mesascope.core.interval import Interval
from mesascope.objectives.bootstrap import interval
from mesascope.objectives.statistic import Ratio
from mesascope.processes.graph import Graph, quality, returns
from mesascope.processes.seen import Seen

_SAME = 1e-4  # of the optimum: returns that differ by less are the same


@dataclass(frozen=True, eq=False)
class Returns:
    """Discounted returns by level and goal.

    Attributes:
        got: (L, G), a mean over the level's episodes; nan where a level was not played.
        optimum, chance: (L, G), of the best and of the uniform policy; None without graphs.
        worth: (L, G, S), the optimal value of each state; None without graphs.
        disagree: (L,), whether the base objective's optimum is out of reach for what is optimal
            for another goal, or the other way round; None without graphs.
    """

    got: Float[np.ndarray, "l g"]
    optimum: Float[np.ndarray, "l g"] | None
    chance: Float[np.ndarray, "l g"] | None
    worth: Float[np.ndarray, "l g s"] | None
    disagree: Bool[np.ndarray, " l"] | None

    @property
    def stake(self) -> Float[np.ndarray, " g"]:
        """What there is to gain over chance by each goal, a mean over levels."""
        if self.optimum is None or self.chance is None:
            return np.zeros(self.got.shape[1])
        return np.maximum((self.optimum - self.chance).mean(axis=0), 0.0)


def returns_of(seen: Seen) -> Returns:
    """Return what was got on each level, and what could have been."""
    episodes = np.bincount(seen.level_of, minlength=seen.levels)
    got = np.zeros((seen.levels, len(seen.goals)))
    np.add.at(got, seen.level_of, seen.returns)
    with np.errstate(invalid="ignore"):
        got = got / episodes[:, None]
    if seen.graphs is None:
        return Returns(got, None, None, None, None)
    best, by_chance, worth, lexical = (
        np.asarray(part, float) for part in _solved(seen.graphs, seen.discount, seen.horizon)
    )
    return Returns(got, best, by_chance, worth, _disagree(best, lexical))


def _disagree(
    best: Float[np.ndarray, "l g"], lexical: Float[np.ndarray, "l g g"]
) -> Bool[np.ndarray, " l"]:
    """Say on which levels the base goal and another cannot both be had in full."""
    loss = best[:, None, :] - lexical > _SAME * np.maximum(np.abs(best[:, None, :]), 1e-9)
    return np.asarray(loss[:, 0, :].any(axis=-1) | loss[:, :, 0].any(axis=-1))


@partial(jax.jit, static_argnames=("discount", "horizon"))
def _solved(graphs: Graph, discount: float, horizon: int) -> tuple[Array, ...]:
    def level(graph: Graph) -> tuple[Array, ...]:
        q = quality(graph, discount=discount, horizon=horizon)
        states, actions = graph.successor.shape
        even = jnp.full((states, actions), 1.0 / actions)
        by_chance = returns(graph, even, discount=discount, horizon=horizon)
        worth = q.max(axis=-1)
        allowed = q >= worth[..., None] - _SAME * jnp.abs(worth[..., None]) - 1e-9
        lexical = _lexical(graph, allowed, discount, horizon)
        return worth[:, graph.start], by_chance, worth, lexical

    return lax.map(level, graphs)


def _lexical(
    graph: Graph, allowed: Bool[Array, "g s a"], discount: float, horizon: int
) -> Float[Array, "g g"]:
    """Return the best return by each goal (column) among what is optimal for another (row)."""
    carry_on = discount * ~graph.terminated

    def backup(_: Array, v: Float[Array, "g k s"]) -> Float[Array, "g k s"]:
        q = graph.reward + carry_on * v[..., graph.successor]
        return jnp.where(allowed[:, None], q, -jnp.inf).max(axis=-1)

    goals, states = graph.reward.shape[:2]
    v = lax.fori_loop(0, horizon, backup, jnp.zeros((goals, goals, states)))
    return v[..., graph.start]


def regret_of(found: Returns, goal: int, seed: int) -> Interval | None:
    """Return (optimum - returns) / (optimum - chance), of sums over levels; None if undefined.

    The interval is over resampled levels.
    """
    if found.optimum is None or found.chance is None:
        return None
    played = ~np.isnan(found.got[:, goal])
    got, best = found.got[played, goal], found.optimum[played, goal]
    below = np.maximum(best - found.chance[played, goal], 0.0)
    if below.sum() <= 1e-9:
        return None
    above = best - got
    most = np.maximum(best - min(float(got.min()), 0.0), np.maximum(above, below))
    figure = Ratio(above=above, below=below, episodes=np.arange(len(got)), most=most)
    return interval(figure, seed=seed)


def opposite(figure: Interval | None) -> Interval | None:
    """Return 1 less a figure."""
    if figure is None:
        return None
    ends = 1.0 - figure.estimate, 1.0 - figure.high, 1.0 - figure.low
    return Interval(*ends, figure.samples, figure.confidence)


def share_of(those: Bool[np.ndarray, " l"], seed: int) -> Interval | None:
    """Return a share of levels with its interval."""
    count = len(those)
    return interval(Ratio(those.astype(float), np.ones(count), np.arange(count)), seed=seed)


def mean_of(values: Float[np.ndarray, " l"], seed: int) -> Interval:
    """Return a mean over levels with its interval."""
    values = values[~np.isnan(values)]
    # Rewards that were never got would be unseen: 0 is taken to be possible.
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    span = max(high - low, 1e-12)
    shares = Ratio((values - low) / span, np.ones(len(values)), np.arange(len(values)))
    found = interval(shares, seed=seed)
    assert found is not None
    return Interval(
        low + span * found.estimate,
        low + span * found.low,
        low + span * found.high,
        found.samples,
        found.confidence,
    )
