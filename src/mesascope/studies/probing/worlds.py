"""A world's levels as a space to design in: drawn, varied, listed where possible, and shown."""

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, PRNGKeyArray

from mesascope.auditing.probes.search import Designed, design, score_levels
from mesascope.auditing.probes.space import Score
from mesascope.core.policy import Policy, RecurrentPolicy
from mesascope.processes.graph import Graph
from mesascope.processes.seen import Seen
from mesascope.records.policy import PictureRecord
from mesascope.studies.probing.ground import Say
from mesascope.systems.playing.levels import graphs_of, play_levels
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.levels.enumerate import graph_of
from mesascope.tasks.levels.world import Level, LevelWorld
from mesascope.tasks.mazes.corner import Corner, CornerLevel
from mesascope.tasks.mazes.grid import border

_RANDOM = 512  # levels drawn for the mean of random levels


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


@dataclass(frozen=True)
class WorldGround:
    """A world as the ground that levels are designed on.

    Attributes:
        world: whose levels, and whose first goal is the base objective.
        budget: how many levels each search scores at most.
        seed: of what is drawn, searched and played.
    """

    world: LevelWorld
    budget: int
    seed: int

    @property
    def name(self) -> str:
        return self.world.name

    @property
    def goals(self) -> tuple[str, ...]:
        return tuple(self.world.goals)

    @property
    def horizon(self) -> int:
        return self.world.horizon

    @cached_property
    def random(self) -> Level:
        return draw_levels(self.world, jax.random.key(self.seed), _RANDOM, 1.0)

    def usual(self, count: int) -> Level:
        return draw_levels(self.world, jax.random.key(self.seed), count, 0.0)

    def graphs(self, levels: Level) -> Graph:
        return graphs_of(self.world, levels)

    def score(self, score: Score, levels: Level) -> Float[np.ndarray, " n"]:
        return score_levels(self._space, score, levels)

    def search(self, score: Score, *, keep: int, say: Say | None) -> Designed:
        return design(
            self._space,
            score,
            keep=keep,
            budget=self.budget,
            seed=self.seed,
            every=every_level(self.world),
            say=say,
        )

    def play(
        self, policy: Policy | RecurrentPolicy, levels: Level, *, episodes: int, discount: float
    ) -> Seen:
        return play_levels(
            policy,
            self.world,
            levels,
            seed=self.seed,
            discount=discount,
            episodes_per_level=episodes,
            name="designed",
            role="shift",
        )

    def shown(self, levels: Level) -> dict[str, Any]:
        level = jax.tree.map(lambda part: jnp.asarray(part[0]), levels)
        picture = getattr(self.world, "picture", None)
        if picture is not None:
            return {"level": PictureRecord(cells=picture(level, self.world.reset(level)))}
        fields = level._asdict() if hasattr(level, "_asdict") else {"level": level}
        plain = {
            key: jax.tree.map(lambda part: np.asarray(part).tolist(), fields[key]) for key in fields
        }
        return {"level": None, "parameters": plain}

    def notes(self) -> tuple[str, ...]:
        return ()

    @property
    def _space(self) -> WorldLevels:
        return WorldLevels(self.world)
