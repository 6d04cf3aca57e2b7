"""Small graphs, and what can be known of them by listing every trajectory."""

import jax.numpy as jnp
import numpy as np

from mesascope.processes.graph import Graph
from mesascope.tasks.mazes.corner import Corner

SMALL = Corner(size=5, horizon=16)


def random_graph(seed: int, goals: int = 3, states: int = 4, actions: int = 2) -> Graph:
    rng = np.random.default_rng(seed)
    return Graph(
        successor=jnp.array(rng.integers(0, states, (states, actions)), jnp.int32),
        reward=jnp.array(rng.integers(0, 2, (goals, states, actions)), jnp.float32),
        terminated=jnp.array(rng.random((states, actions)) < 0.2),
        start=jnp.int32(0),
        place=jnp.arange(states, dtype=jnp.int32),
    )


def trajectories(graph: Graph, horizon: int) -> list[list[tuple[int, int]]]:
    """Every trajectory from the start, as (state, action) pairs."""
    found: list[list[tuple[int, int]]] = []
    successor, ended = np.asarray(graph.successor), np.asarray(graph.terminated)

    def go(state: int, so_far: list[tuple[int, int]]) -> None:
        if len(so_far) == horizon:
            found.append(so_far)
            return
        for action in range(successor.shape[1]):
            now = [*so_far, (state, action)]
            if ended[state, action]:
                found.append(now)
            else:
                go(int(successor[state, action]), now)

    go(int(graph.start), [])
    return found
