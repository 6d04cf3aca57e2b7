"""What is told of designed levels: their figures, the two ways on the costliest, the finding."""

from functools import partial

import jax
import numpy as np
from jaxtyping import Float

from mesascope.auditing.probes.belief import NONE
from mesascope.auditing.probes.cost import Cost
from mesascope.auditing.probes.information import Information
from mesascope.auditing.probes.search import Designed
from mesascope.auditing.probes.space import Levels, count_of, take
from mesascope.records.policy import DesignedLevelRecord
from mesascope.studies.episodes import cells_of, path_along, quality_of
from mesascope.studies.probing.ground import Ground

_TIE = 1e-5  # of the largest value: actions that are this close are equally good, as for the cost
_BARRED = 1e6  # what an action costs that must not be taken


def designed(
    ground: Ground, telling: Designed, costly: Designed, scores: tuple[Information, Cost]
) -> list[DesignedLevelRecord]:
    """Return the records of the levels that tell goals apart, best first, then of the costliest.

    Args:
        ground: of the levels.
        telling, costly: what was found.
        scores: by which it was found.
    """
    model, cost = scores
    nats = float(ground.score(model, ground.random).mean())
    loss = float(ground.score(cost, ground.random).mean())
    beside = ground.score(cost, telling.levels)
    known = ground.score(model, costly.levels)
    found = [
        DesignedLevelRecord(
            purpose="information",
            information=float(telling.scores[i]),
            random=nats,
            regret=float(beside[i]),
            says=f"One episode brings at least {telling.scores[i]:.3f} nats; on random levels of "
            f"the shifted distribution {nats:.3f}.",
            **ground.shown(take(telling.levels, np.array([i]))),
        )
        for i in range(count_of(telling.levels))
    ]
    last = DesignedLevelRecord(
        purpose="regret",
        information=float(known[0]),
        random=None,
        regret=float(costly.scores[0]),
        says=f"The wrong goal costs {costly.scores[0]:.3f} of what there is to win or lose here; "
        f"on random levels of the shifted distribution {loss:.3f}.",
        ways=_ways(ground, costly.levels, cost),
        **ground.shown(costly.levels),
    )
    return [*found, last]


def _ways(ground: Ground, levels: Levels, cost: Cost) -> dict[str, list[tuple[int, int]]]:
    """Return the paths of the base objective and of the wrong goal on the first level of a batch.

    As for the cost, the wrong goal's choices are made in favour of the base objective where it
    leaves them.
    """
    picture = ground.shown(levels)["level"]
    if picture is None:
        return {}
    graph = jax.tree.map(lambda part: np.asarray(part)[0], ground.graphs(levels))
    exact = partial(quality_of, discount=cost.discount, horizon=cost.horizon)
    q = exact(graph)
    mine, theirs = q[cost.base], q[cost.wrong]
    good = theirs >= theirs.max(axis=1, keepdims=True) - _TIE * max(np.abs(theirs).max(), _TIE)
    barred = np.where(good, graph.reward[cost.base], -_BARRED)[None].astype(np.float32)
    kind = np.where(good, exact(graph._replace(reward=barred))[0], -np.inf)
    matters = mine.any(axis=1)
    paths = {
        ground.goals[cost.base]: (mine.argmax(axis=1), matters),
        ground.goals[cost.wrong]: (kind.argmax(axis=1), matters | theirs.any(axis=1)),
    }
    return {
        name: cells_of(graph.place[path_along(graph, *way, cost.horizon)], picture.cells)
        for name, way in paths.items()
    }


def finding(labels: tuple[str, ...], after: Float[np.ndarray, " g1"] | None) -> str:
    """Return in a sentence what a policy does on the designed levels.

    Args:
        labels: the remaining goals, and `none of these`.
        after: the probability of each; None where none was played.
    """
    if after is None:
        return "No policy was played on the levels."
    best = int(after.argmax())
    says = "random choice" if labels[best] == NONE else f"a policy for {labels[best]}"
    return f"On the designed levels it does as {says} would: probability {after[best]:.3f}."


def notes_on(base: str, wrong: str) -> list[str]:
    """Return what to know of the figures."""
    return [
        "The information is a lower bound, exact for Boltzmann-rational policies; what is done "
        "after a goal has nothing left to give is not counted, nor are goals that have nothing "
        "to give on a level.",
        f"The cost is the return by {base} that an optimal policy for {wrong} forgoes, wherever "
        f"{wrong} leaves a choice made in favour of {base}: it is certain, and can be more.",
    ]
