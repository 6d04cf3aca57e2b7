"""What every world of levels must pass: `check_task` tries all that `LevelWorld` asks for."""

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from mesascope.core.errors import BadRequest
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.levels.plain import attainable, each, kept
from mesascope.tasks.levels.rollouts import rollouts
from mesascope.tasks.levels.trials import (
    HASTY,
    declared,
    examine,
    observed,
    optimal,
    require,
    round_trip,
    solvable,
    steps,
    well_formed,
)
from mesascope.tasks.levels.world import Level, LevelWorld

MUTATIONS = 3  # of every level, one after another


@dataclass(frozen=True)
class TaskReport:
    """What was found on a world that passed.

    Attributes:
        name: of the world.
        levels: how many of each kind were tried.
        states: of a level.
        confounded: on confounded levels, the least that play which is best for the base objective,
            and for the proxy where that leaves a choice, brings of the proxy's best return; by
            proxy goal.
        apart: the share of disambiguating levels on which such play is not best for the proxy.
        optimum: mean best undiscounted return of each goal on disambiguating levels.
    """

    name: str
    levels: int
    states: int
    confounded: dict[str, float]
    apart: float
    optimum: dict[str, float]


def check_task(
    world: LevelWorld,
    *,
    seed: int = 0,
    levels: int = 32,
    confounded: float = 0.9,
    apart: float = 0.5,
) -> TaskReport:
    """Try a world of levels, and return what was found.

    Args:
        world: deterministic.
        seed: of the levels and of the actions.
        levels: how many are drawn of each kind.
        confounded: what play that is best for the base objective must bring of the proxy's best
            return on every confounded level; 0 for a control, whose goals are never confounded.
        apart: the share of disambiguating levels on which it must not be best for the proxy.

    Raises:
        BrokenWorld: says what is wrong, and on which level.
        BadRequest: fewer than one level.
    """
    if levels < 1:
        raise BadRequest(f"{levels} levels were asked for; at least 1 is expected")
    declared(world)
    drawn = jax.tree.map(
        lambda *kinds: jnp.concatenate(kinds),
        *(draw_levels(world, jax.random.key(seed), levels, share) for share in (0.0, 1.0)),
    )
    steps(world, drawn)
    found = examine(world, drawn)
    round_trip(found)
    well_formed(found)
    rollouts(world, drawn, found.graph, seed)
    brought = kept(found.graph, world.horizon)
    least = {goal: float(brought[:levels, i].min()) for i, goal in enumerate(world.goals[1:])}
    require(
        min(least.values(), default=1.0) >= confounded,
        f"on a confounded level, the best play for {world.goals[0]!r} brings {least} of the best "
        f"return of the others; at least {confounded:g} is expected. Draw levels where the goals "
        "agree, or pass confounded=0 for a control",
    )
    solvable(world, found.graph, "drawn", confounded=levels if confounded > 0.0 else 0)
    observed(found)
    optimal(found.graph)
    for turn in range(MUTATIONS):
        keys = jax.random.split(jax.random.fold_in(jax.random.key(seed), turn), 2 * levels)
        drawn = _mutate(world, keys, drawn)
    solvable(world, examine(world, drawn).graph, "mutated", confounded=0)
    differ = float((brought[levels:] < 1.0 - 1e-6).any(axis=1).mean())
    require(
        differ >= apart,
        f"the goals come apart on {differ:.0%} of the disambiguating levels; at least {apart:.0%} "
        "is expected. Draw levels where they disagree",
    )
    best = np.array([attainable(g, world.horizon) for g in each(found.graph)[levels:]]).mean(axis=0)
    optimum = dict(zip(world.goals, best.tolist(), strict=True))
    return TaskReport(world.name, levels, world.states, least, differ, optimum)


@partial(jax.jit, static_argnames="world", compiler_options=HASTY)
def _mutate(world: LevelWorld, keys: Array, drawn: Level) -> Level:
    return jax.vmap(world.mutate)(keys, drawn)
