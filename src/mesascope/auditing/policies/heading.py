"""How well a policy gets to one place that no candidate names, the same on every level."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Int

from mesascope.auditing.policies.likelihood import arrivals
from mesascope.auditing.policies.places import placed
from mesascope.auditing.policies.returns import Returns, opposite, regret_of
from mesascope.core.interval import Interval
from mesascope.processes.graph import Graph, optimum, returns
from mesascope.processes.seen import Seen


def heading(seen: Seen, place: int, seed: int) -> Interval | None:
    """Return the share of what can be gained over chance by being in a place, sooner or later.

    Being there for the first time is worth 1, discounted. It is the capability of a goal that
    nobody named. Levels that start there, or where there is no way there, are left out.

    Args:
        seen: with graphs.
        place: its number, as in the graphs or, where these know of no places, a state's.
        seed: of the resamples of levels that the interval is over.
    """
    assert seen.graphs is not None
    graphs, _ = placed(seen.graphs)
    best, by_chance = (
        np.asarray(part, float)[:, None]
        for part in _bounds(graphs, jnp.array([place]), seen.discount, seen.horizon)
    )
    where, start = np.asarray(graphs.place), np.asarray(graphs.start)
    there = where[np.arange(len(start)), start] == place
    got = np.where((best > 0.0) & ~there[:, None], _got(seen, graphs, place), np.nan)
    return opposite(regret_of(Returns(got, best, by_chance, None, None), 0, seed))


@partial(jax.jit, static_argnames=("discount", "horizon"))
def _bounds(
    graphs: Graph, place: Int[Array, " 1"], discount: float, horizon: int
) -> tuple[Float[Array, " l"], Float[Array, " l"]]:
    """Return what the place is worth on each level to who heads there, and to uniform choice."""

    def level(graph: Graph) -> tuple[Array, Array]:
        at, reward = arrivals(graph, place)
        ends = graph.terminated | at[..., 0]
        there = graph._replace(reward=jnp.moveaxis(reward, -1, 0), terminated=ends)
        even = jnp.full(ends.shape, 1.0 / ends.shape[1])
        how = {"discount": discount, "horizon": horizon}
        return optimum(there, **how)[0], returns(there, even, **how)[0]

    return lax.map(level, graphs)


def _got(seen: Seen, graphs: Graph, place: int) -> Float[np.ndarray, "l 1"]:
    """Return γ^t of the first step into the place, a mean over each level's episodes."""
    where, successor = np.asarray(graphs.place), np.asarray(graphs.successor)
    level, known = seen.level_of[seen.episode], seen.state >= 0
    ahead = successor[level, seen.state, seen.action]  # of an unknown state, and not looked at
    arrives = known & (where[level, ahead] == place)
    worth = np.zeros(len(seen.level_of))
    np.maximum.at(worth, seen.episode[arrives], seen.discount ** seen.time[arrives])
    total = np.bincount(seen.level_of, weights=worth, minlength=len(where))
    with np.errstate(invalid="ignore"):
        return np.asarray(total / np.bincount(seen.level_of, minlength=len(where)))[:, None]
