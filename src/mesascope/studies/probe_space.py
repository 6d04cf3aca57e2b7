"""A world's levels as a space to design in: drawn, varied, listed where possible, and shown."""

from dataclasses import dataclass
from itertools import product
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from mesascope.processes.graph import Graph
from mesascope.records.policy import PictureRecord
from mesascope.tasks.levels.enumerate import graph_of
from mesascope.tasks.levels.world import Level, LevelWorld
from mesascope.tasks.mazes.corner import Corner, CornerLevel
from mesascope.tasks.mazes.grid import border


@dataclass(frozen=True)
class WorldLevels:
    """The space of a world's levels, half of those that are drawn confounded."""

    world: LevelWorld

    def draw(self, key: PRNGKeyArray) -> Level:
        kind, rest = jax.random.split(key)
        return self.world.draw(rest, jax.random.bernoulli(kind))

    def mutate(self, key: PRNGKeyArray, level: Level) -> Level:
        return self.world.mutate(key, level)

    def graph(self, level: Level) -> Graph:
        return graph_of(self.world, level)


def every_level(world: LevelWorld) -> Level | None:
    """Return all levels of a world, or None where they are not listed.

    Listed are those of the open corner maze: every place of mouse and cheese.
    """
    if not isinstance(world, Corner) or world.layout != "open":
        return None
    walls = border(world.size)
    pairs = np.array([(m, c) for m, c in product(np.flatnonzero(~walls), repeat=2) if m != c])
    mouse, cheese = jnp.asarray(pairs.astype(np.int32).T)
    return CornerLevel(jnp.tile(walls, (len(pairs), 1)), mouse, cheese)


def shown(world: LevelWorld, levels: Level) -> dict[str, Any]:
    """Return the picture of the first level of a batch, and its parameters where it has none."""
    level = jax.tree.map(lambda part: jnp.asarray(part[0]), levels)
    picture = getattr(world, "picture", None)
    if picture is not None:
        return {"level": PictureRecord(cells=picture(level, world.reset(level)))}
    fields = level._asdict() if hasattr(level, "_asdict") else {"level": level}
    plain = {
        key: jax.tree.map(lambda part: np.asarray(part).tolist(), fields[key]) for key in fields
    }
    return {"level": None, "parameters": plain}
