"""Graphs without the states that cannot be reached, so that large levels are audited sooner."""

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool

from mesascope.auditing.policies.places import reachable
from mesascope.processes.graph import Graph
from mesascope.processes.seen import Seen

_LARGE = 1024  # states; below, compiling for another number of them costs more than is saved
_PARTS = 16  # numbers of states are rounded up to so many parts, for few of them to be compiled for


def compact(seen: Seen, *, large: int = _LARGE) -> Seen:
    """Return what was seen, on graphs of the states that can be reached on some level.

    A state has the same number on every level, as before. States beyond an ending are kept, for
    the sake of plans that overlook it. What remains is followed by states that nothing leads to,
    up to a number that other levels of the same world have, too.

    Args:
        seen: with graphs or without.
        large: how many states make it worth while.
    """
    if seen.graphs is None or seen.graphs.successor.shape[1] < large:
        return seen
    successor, reward, ends, start, place = (np.asarray(part) for part in seen.graphs)
    states = successor.shape[1]
    endless = seen.graphs._replace(terminated=jnp.zeros(ends.shape, bool))
    kept: Bool[np.ndarray, " s"] = np.array(reachable(endless).any(axis=0))
    kept[seen.state[seen.state >= 0]] = True
    step = -(-states // _PARTS)
    count = -(-int(kept.sum()) // step) * step
    if count >= states:
        return seen
    order = np.argsort(~kept, kind="stable")[:count]
    number = np.full(states, -1)
    number[order] = np.arange(count)
    idle = ~kept[order][:, None]
    after = number[successor[:, order]]
    # Where a state cannot be reached on a level, it does not matter what follows it there.
    after = np.where((after < 0) | idle, np.arange(count)[:, None], after)
    graphs = Graph(
        successor=jnp.asarray(after, jnp.int32),
        reward=jnp.asarray(np.where(idle, 0.0, reward[:, :, order]), jnp.float32),
        terminated=jnp.asarray(ends[:, order] | idle),
        start=jnp.asarray(number[start], jnp.int32),
        place=jnp.asarray(place[:, order]),
    )
    state = np.where(seen.state >= 0, number[seen.state], -1)
    return replace(seen, graphs=graphs, state=state)
