"""How far the goal that is pursued is from the base objective, as rewards on enumerated levels."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Float

from mesascope.auditing.policies.places import reachable
from mesascope.core.interval import Interval
from mesascope.objectives.rewards.large import val_apart
from mesascope.processes import sparse
from mesascope.processes.graph import Graph, optimum
from mesascope.processes.seen import Seen

_LEVELS = 3  # that are compared
_STATES = 10_000  # of a level, which take about a second


class Confusion(NamedTuple):
    """How the goal that is pursued and the base objective differ as rewards.

    Attributes:
        distance: `starc-val`; None where it was not computed.
        bound: on the regret, as the distance implies it.
        note: why there is none, where there could have been.
    """

    distance: Interval | None = None
    bound: Interval | None = None
    note: str = ""


def confusion(seen: Seen, pursues: str | None) -> Confusion:
    """Return the STARC distance of the pursued goal from the base, and the regret it bounds.

    Of the first few levels; the interval is the range over them, and no more than that. None
    where no goal is named or there are no graphs; and, with a note, where levels are too large,
    returns are not discounted, or values do not settle.
    """
    if seen.graphs is None or pursues not in seen.goals:
        return Confusion()
    number = seen.goals.index(pursues)
    if not 0.0 < seen.discount < 1.0:
        why = f"the discount is {seen.discount:g}, and one between 0 and 1 is needed"
        return Confusion() if number == 0 else _without(why)
    if number == 0:
        return Confusion(Interval.exact(0.0), Interval.exact(0.0))
    graphs = _first(seen.graphs, min(_LEVELS, seen.levels))
    live = reachable(graphs, ended=False)
    most = int(live.sum(axis=1).max())
    if most > _STATES:
        return _without(f"a level has {most:,} states, at most {_STATES:,} are compared")
    size = max(32, 1 << most.bit_length())  # few different ones, as each is compiled for
    spread = _spread(graphs, seen)[:, 0]
    found = []
    for k in range(len(live)):
        process, rewards = process_of(_level(graphs, k), live[k], size, seen.discount)
        try:
            found.append(val_apart(process, rewards[0], rewards[number]))
        except sparse.NotSettled as error:
            return _without(str(error).rstrip("."))
    bounds = [
        min(1.0, one.loss / gap) if gap > 0.0 else 0.0
        for one, gap in zip(found, spread.tolist(), strict=True)
    ]
    return Confusion(_range([one.distance for one in found]), _range(bounds))


def _without(why: str) -> Confusion:
    return Confusion(note=f"The reward distance was not computed: {why}.")


def _first(graphs: Graph, count: int) -> Graph:
    parts: Graph = jax.tree.map(lambda part: np.asarray(part)[:count], graphs)
    return parts


def _level(graphs: Graph, k: int) -> Graph:
    one: Graph = jax.tree.map(lambda part: part[k], graphs)
    return one


def process_of(
    graph: Graph, live: Bool[np.ndarray, " s"], size: int, discount: float
) -> tuple[sparse.SparseProcess, np.ndarray]:
    """Return a level as a process of `size` states, and its rewards, (G, size, A).

    States that are not live are left out, and steps that end the episode lead to the last state,
    which is terminal. What is left of `size` leads nowhere and is out of reach; nothing pays there.
    """
    states = np.flatnonzero(live)
    index = np.full(len(live), size - 1)
    index[states] = np.arange(len(states))
    actions = graph.successor.shape[1]
    to = np.repeat(np.arange(size)[:, None], actions, axis=1)
    ahead = index[np.asarray(graph.successor)[states]]
    to[: len(states)] = np.where(graph.terminated[states], size - 1, ahead)
    reward = np.zeros((len(graph.reward), size, actions))
    reward[:, : len(states)] = np.asarray(graph.reward)[:, states]
    initial = (np.arange(size) == index[int(graph.start)]).astype(float)
    process = sparse.from_successors(to, discount, initial=initial, terminal=[size - 1])
    return process, reward


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


def _range(values: list[float]) -> Interval | None:
    if not values or not np.isfinite(values).all():
        return None
    return Interval(float(np.mean(values)), min(values), max(values), len(values), 0.0)
