"""How many episodes it takes to tell a goal, on designed levels and on random ones."""

import jax
import numpy as np
from jaxtyping import Int

from mesascope.auditing.probes.information import Information
from mesascope.auditing.probes.sequential import planners_to_tell
from mesascope.auditing.probes.space import count_of, join, take
from mesascope.records.figures import Figure
from mesascope.records.probes import NeededRecord
from mesascope.systems.playing.levels import graphs_of
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.levels.world import Level, LevelWorld

_RUNS = 32
_MOST = 1024  # episodes, after which a run gives up
_LEVELS = 256  # of each kind at most
_RARE = 0.02  # share of levels of the shift where it is seldom met
_NORMAL = 1.96  # of a 95 % interval
_KINDS = ("designed", "random", "rare")


def needed(
    world: LevelWorld,
    model: Information,
    names: tuple[str, ...],
    designed: Level,
    random: Level,
    *,
    seed: int,
) -> list[NeededRecord]:
    """Return how many episodes a planner for each goal plays until its goal is told.

    As many levels of each kind are played on, so that nothing is compiled twice.

    Args:
        world: whose levels.
        model: the remaining goals, and how they are pursued: so does the planner.
        names: of these goals.
        designed, random: levels to play on.
        seed: of levels and choices.
    """
    count = min(count_of(random), _LEVELS)
    apart = max(1, round(_RARE * count))
    random = take(random, np.arange(count))
    alike = draw_levels(world, jax.random.key(seed), count - apart, 0.0)
    kinds = (
        take(designed, np.arange(count) % count_of(designed)),
        random,
        join(take(random, np.arange(apart)), take(alike, np.arange(count - apart))),
    )
    told = [
        planners_to_tell(graphs_of(world, levels), model, runs=_RUNS, most=_MOST, seed=seed)
        for levels in kinds
    ]
    found = []
    for goal, name in enumerate(names):
        mine = [one[goal] for one in told]
        means = {kind: _figure(one.episodes) for kind, one in zip(_KINDS, mine, strict=True)}
        right = min(float((one.goal == goal).mean()) for one in mine)
        found.append(NeededRecord(goal=name, told=right, **means))
    return found


def _figure(episodes: Int[np.ndarray, " r"]) -> Figure:
    mean = float(episodes.mean())
    half = _NORMAL * float(episodes.std(ddof=1)) / len(episodes) ** 0.5
    return Figure(
        estimate=mean,
        low=max(1.0, mean - half),
        high=mean + half,
        samples=len(episodes),
        confidence=0.95,
    )
