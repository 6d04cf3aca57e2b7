"""What a policy did on designed levels: its way, its returns, what it gave up."""

from collections.abc import Sequence
from functools import partial
from itertools import takewhile

import jax
import numpy as np

from mesascope.auditing.probes.cost import Cost, base_returns
from mesascope.processes.graph import Graph
from mesascope.processes.seen import Seen
from mesascope.records.policy import DesignedLevelRecord, PlayedRecord
from mesascope.studies.episodes import cells_of
from mesascope.systems.playing.paths import path_of


def played_on(
    levels: Sequence[DesignedLevelRecord], seen: Seen, cost: Cost, goals: tuple[str, ...]
) -> list[DesignedLevelRecord]:
    """Return the records of designed levels with what was done there.

    Args:
        levels: as many as were played.
        seen: of these, in their order; they could be enumerated.
        cost: in whose units, and of which base objective, is told what was given up.
        goals: whose returns are told.
    """
    assert seen.graphs is not None
    best, worst = _ends(seen.graphs, cost)
    found = []
    for number, level in enumerate(levels):
        episodes = np.flatnonzero(seen.level_of == number)
        mean = seen.returns[episodes].mean(axis=0)
        width = float(best[number] - worst[number])
        # Best and worst are in single precision: nothing lost may look a little less than nothing.
        lost = max(float(best[number] - mean[cost.base]), 0.0)
        rows = None if level.level is None else level.level.cells
        what = PlayedRecord(
            episodes=len(episodes),
            path=_moves(cells_of(path_of(seen, int(episodes[0])).places, rows)) if rows else [],
            returns={goal: float(mean[seen.goals.index(goal)]) for goal in goals},
            cost=lost / width if width > 0.0 else None,
        )
        found.append(level.model_copy(update={"played": what}))
    return found


def _moves(way: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return a way without the steps at its end that lead nowhere."""
    still = sum(1 for _ in takewhile(lambda cell: cell == way[-1], reversed(way)))
    return way[: len(way) - still + 1]


def _ends(graphs: Graph, cost: Cost) -> tuple[np.ndarray, np.ndarray]:
    """Return the best and the worst return by the base objective on each level."""
    of = partial(
        base_returns,
        base=cost.base,
        other=cost.wrong,
        discount=cost.discount,
        horizon=cost.horizon,
    )
    found = jax.jit(jax.vmap(of))(graphs)
    return np.asarray(found.best), np.asarray(found.worst)
