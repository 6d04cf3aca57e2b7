"""Small graphs, and what can be known of them by listing every trajectory."""

from dataclasses import dataclass
from itertools import product
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from mesascope.processes.graph import Graph
from mesascope.tasks.levels.enumerate import graph_of
from mesascope.tasks.mazes.corner import Corner, CornerLevel

SMALL = Corner(size=5, horizon=16)


@dataclass(frozen=True)
class Mazes:
    """The levels of a maze, half of them with the cheese anywhere."""

    world: Corner = SMALL

    def draw(self, key: Any) -> Any:
        kind, rest = jax.random.split(key)
        return self.world.draw(rest, jax.random.bernoulli(kind))

    def mutate(self, key: Any, level: Any) -> Any:
        return self.world.mutate(key, level)

    def graph(self, level: Any) -> Graph:
        return graph_of(self.world, level)


def every_level(world: Corner) -> CornerLevel:
    """Every level of the open layout."""
    inner = [r * world.size + c for r in range(1, world.size - 1) for c in range(1, world.size - 1)]
    pairs = np.array([(m, c) for m, c in product(inner, inner) if m != c], np.int32)
    walls = np.ones((world.size, world.size), bool)
    walls[1:-1, 1:-1] = False
    every = np.tile(walls.ravel(), (len(pairs), 1)), pairs[:, 0], pairs[:, 1]
    return CornerLevel(*map(jnp.asarray, every))


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
