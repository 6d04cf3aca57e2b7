"""Graphs of different sizes side by side."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from mesascope.core.errors import BadRequest
from mesascope.processes.graph import Graph
from mesascope.processes.seen import Seen

_LEAST = 128  # states


def stacked(graphs: Sequence[Graph]) -> Graph:
    """Return graphs with a leading axis, filled up with ends in no place.

    They have as many actions and goals, and get as many states as the largest has, `rounded`.
    """
    size = rounded(max(len(graph.place) for graph in graphs))
    parts = [_filled(jax.tree.map(np.asarray, graph), size) for graph in graphs]
    return jax.tree.map(lambda *leaves: jnp.asarray(np.stack(leaves)), *parts)


def rounded(size: int) -> int:
    """Return a size at least as large, one of few: what is compiled for one serves others.

    They are powers of two, and halfway from one to the next, from 128 on: to compile for another
    size takes seconds, and what so few states more cost is less than one.
    """
    power = 1 << (max(size, _LEAST) - 1).bit_length()
    return power * 3 // 4 if _LEAST < size <= power * 3 // 4 else power


def _filled(graph: Any, size: int) -> Any:
    count, actions = graph.successor.shape
    more = size - count
    loops = np.repeat(np.arange(count, size, dtype=np.int32)[:, None], actions, axis=1)
    filled = (
        np.concatenate([graph.successor, loops]),
        np.pad(graph.reward, ((0, 0), (0, more), (0, 0))),
        np.pad(graph.terminated, ((0, more), (0, 0)), constant_values=True),
        graph.start,
        np.pad(graph.place, (0, more), constant_values=-1),
    )
    return Graph._make(filled)


def joined(parts: Sequence[Seen]) -> Seen:
    """Return what was seen on some levels and on others as one, named as the first.

    Raises:
        BadRequest: there is none, or some have graphs and others do not.
    """
    first = parts[0] if parts else None
    if first is None or len({part.graphs is None for part in parts}) > 1:
        raise BadRequest("only levels that all have graphs, or none, can be seen as one; give such")
    episodes = np.cumsum([0, *(len(part.level_of) for part in parts)])
    levels = np.cumsum([0, *(part.levels for part in parts)])
    numbered = list(zip(parts, episodes.tolist(), levels.tolist(), strict=False))
    graphs = [part.graphs for part in parts if part.graphs is not None]
    single = [one for some in graphs for one in _apart(some)]
    return replace(
        first,
        returns=np.concatenate([part.returns for part in parts]),
        level_of=np.concatenate([part.level_of + level for part, _, level in numbered]),
        episode=np.concatenate([part.episode + episode for part, episode, _ in numbered]),
        state=np.concatenate([part.state for part in parts]),
        action=np.concatenate([part.action for part in parts]),
        graphs=stacked(single) if single else None,
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        seeds=tuple(seed for part in parts for seed in part.seeds),
    )


def _apart(graphs: Graph) -> list[Graph]:
    """Return the graphs of a batch one by one."""
    leaves, shape = jax.tree.flatten(jax.tree.map(np.asarray, graphs))
    return [jax.tree.unflatten(shape, part) for part in zip(*leaves, strict=True)]
