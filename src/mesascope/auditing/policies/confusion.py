"""How far the goal that is pursued is from the base objective, as rewards on enumerated levels."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Float

from mesascope.auditing.policies.places import reachable
from mesascope.core.interval import Interval
from mesascope.objectives.rewards.bound import regret_bound
from mesascope.objectives.rewards.coverage import Coverage
from mesascope.objectives.rewards.metric import metric
from mesascope.objectives.rewards.table import distances, sizes_of, stacked
from mesascope.processes import Process
from mesascope.processes.graph import Graph, optimum
from mesascope.processes.seen import Seen

_LEVELS = 3  # that are compared
_STATES = 200  # beyond which tables of all transitions would take too long


def confusion(seen: Seen, pursues: str | None) -> tuple[Interval | None, Interval | None]:
    """Return the STARC distance of the pursued goal from the base, and the regret it bounds.

    Of the first few levels; the interval is the range over them, and no more than that. None
    where no goal is named, levels are too large, or returns are not discounted.
    """
    if seen.graphs is None or pursues not in seen.goals or not 0.0 < seen.discount < 1.0:
        return None, None
    number = seen.goals.index(pursues)
    if number == 0:
        return Interval.exact(0.0), Interval.exact(0.0)
    graphs = _first(seen.graphs, min(_LEVELS, seen.levels))
    live = reachable(graphs, ended=False)
    # Few different sizes, as each is compiled for.
    size = -(-(int(live.sum(axis=1).max()) + 1) // 32) * 32
    if size > _STATES:
        return None, None
    spread = _spread(graphs, seen)
    found = []
    for k in range(len(live)):
        process, rewards = process_of(_level(graphs, k), live[k], size, seen.discount)
        found.append(_compare(process, rewards[[0, number]], spread[k, [0, number]]))
    far = [distance for distance, _ in found]
    bounds = [bound for _, bound in found if bound is not None]
    return _range(far), _range(bounds) if len(bounds) == len(far) else None


def _first(graphs: Graph, count: int) -> Graph:
    parts: Graph = jax.tree.map(lambda part: np.asarray(part)[:count], graphs)
    return parts


def _level(graphs: Graph, k: int) -> Graph:
    one: Graph = jax.tree.map(lambda part: part[k], graphs)
    return one


def process_of(
    graph: Graph, live: Bool[np.ndarray, " s"], size: int, discount: float
) -> tuple[Process, np.ndarray]:
    """Return a level as a process of `size` states, and its rewards, (G, size, A).

    States that are not live are left out, and steps that end the episode lead to a terminal state;
    what is left of `size` is terminal too, and out of reach.
    """
    states = np.flatnonzero(live)
    index = np.full(len(live), size - 1)
    index[states] = np.arange(len(states))
    actions = graph.successor.shape[1]
    transition = np.zeros((size, actions, size))
    to = np.where(graph.terminated[states], size - 1, index[np.asarray(graph.successor)[states]])
    rows, columns = np.indices(to.shape)
    transition[rows, columns, to] = 1.0
    reward = np.zeros((len(graph.reward), size, actions))
    reward[:, : len(states)] = np.asarray(graph.reward)[:, states]
    initial = np.arange(size) == index[int(graph.start)]
    terminal = np.arange(size) >= len(states)
    return (
        Process.of(transition, discount, initial=initial.astype(float), terminal=terminal),
        reward,
    )


def _spread(graphs: Graph, seen: Seen) -> Float[np.ndarray, "k g"]:
    """Return the greatest less the least return by each goal."""
    goals = len(seen.goals)
    both = np.concatenate([graphs.reward, -np.asarray(graphs.reward)], axis=1)
    signed: Graph = jax.tree.map(jnp.asarray, graphs._replace(reward=jnp.asarray(both)))
    best = [
        optimum(_level(signed, k), discount=seen.discount, horizon=seen.horizon)
        for k in range(len(both))
    ]
    ends = np.asarray(best, float)
    return np.asarray(ends[:, :goals] + ends[:, goals:])


def _compare(
    process: Process, rewards: Float[np.ndarray, "2 s a"], spread: Float[np.ndarray, "2"]
) -> tuple[float, float | None]:
    over, how = Coverage.of(process, None), metric("starc-val")
    stack = stacked(process, {"base": rewards[0], "pursued": rewards[1]})
    scale = sizes_of(stack)
    far = distances(over, stack, how)
    bound = regret_bound(over, stack / scale, far, spread / scale.ravel(), how)
    return float(far[0, 1]), None if bound is None else float(bound[0, 1])


def _range(values: list[float]) -> Interval | None:
    if not values or not np.isfinite(values).all():
        return None
    return Interval(float(np.mean(values)), min(values), max(values), len(values), 0.0)
