"""How many episodes it takes to tell a goal, on designed levels and on random ones."""

import numpy as np
from jaxtyping import Int

from mesascope.auditing.probes.information import Information
from mesascope.auditing.probes.sequential import planners_to_tell
from mesascope.auditing.probes.space import Levels, count_of, join, take
from mesascope.records.figures import Figure
from mesascope.records.probes import NeededRecord
from mesascope.studies.probing.ground import Ground

_RUNS = 32
_MOST = 1024  # episodes, after which a run gives up
_LEVELS = 256  # of each kind; some of them more than once where there are not as many
_RARE = 0.02  # share of levels of the shift where it is seldom met
_NORMAL = 1.96  # of a 95 % interval
_KINDS = ("designed", "random", "rare")


def needed(
    ground: Ground, model: Information, names: tuple[str, ...], designed: Levels, *, seed: int
) -> list[NeededRecord]:
    """Return how many episodes a planner for each goal plays until its goal is told.

    As many levels of each kind are played on, so that nothing is compiled twice.

    Args:
        ground: of the levels.
        model: the remaining goals, and how they are pursued: so does the planner.
        names: of these goals.
        designed: levels to play on, beside random ones.
        seed: of choices.

    Raises:
        BadRequest: levels of training cannot be enumerated.
    """
    apart = max(1, round(_RARE * _LEVELS))
    random = _as_many(ground.random, _LEVELS)
    usual = ground.usual(_LEVELS - apart)
    kinds = (
        _as_many(designed, _LEVELS),
        random,
        join(_as_many(random, apart), _as_many(usual, _LEVELS - apart)),
    )
    told = [
        planners_to_tell(ground.graphs(levels), model, runs=_RUNS, most=_MOST, seed=seed)
        for levels in kinds
    ]
    found = []
    for goal, name in enumerate(names):
        mine = [one[goal] for one in told]
        means = {kind: _figure(one.episodes) for kind, one in zip(_KINDS, mine, strict=True)}
        right = min(float((one.goal == goal).mean()) for one in mine)
        found.append(NeededRecord(goal=name, told=right, **means))
    return found


def _as_many(levels: Levels, count: int) -> Levels:
    return take(levels, np.arange(count) % count_of(levels))


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
