"""The choices of a policy as evidence: which of them count, and how much."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from mesascope.processes.graph import Graph
from mesascope.processes.seen import Seen


@dataclass(frozen=True, eq=False)
class Choices:
    """What was chosen where, on L levels of S states with A actions.

    Attributes:
        evidence: (L, S, A). A state that was met on a level counts 1, split among the actions as
            they were chosen there. What a policy does when it is in the same state again says
            little that is new, and an episode spent in a loop must not outvote all others.
        discounted: (L, S, A). Σ γ^t of the choices, a mean over the level's episodes: an estimate
            of the discounted visits.
        made: how many choices were made in states that are known.
        counted: how many of those the evidence is made of.
    """

    evidence: Float[np.ndarray, "l s a"]
    discounted: Float[np.ndarray, "l s a"]
    made: int
    counted: int

    @property
    def total(self) -> float:
        """How much evidence there is: states met, summed over levels."""
        return float(self.evidence.sum())


def tally(seen: Seen, graphs: Graph, worth: Float[np.ndarray, "l g s"]) -> Choices:
    """Return the choices of every level, as evidence and as visits.

    An episode's evidence ends where one of the goals has nothing left to give that had something
    at the start. After that this goal predicts nothing, and whatever habit fills the time until
    the end would be held against it. All candidates are judged by the same choices.

    Args:
        seen: in the order in which the choices were made.
        graphs: of its levels.
        worth: what each goal can still give in each state: its optimal value.
    """
    known = seen.state >= 0
    level, state, action = seen.level_of[seen.episode], seen.state, seen.action
    over = _over(seen, np.asarray(graphs.start), worth, known)
    shape = (worth.shape[0], *graphs.successor.shape[1:])

    def spread(weight: Float[np.ndarray, " n"], use: Bool[np.ndarray, " n"]) -> np.ndarray:
        table = np.zeros(shape)
        np.add.at(table, (level[use], state[use], action[use]), weight[use])
        return table

    counts = spread(np.ones(len(state)), known & ~over)
    met = counts.sum(axis=-1, keepdims=True)
    played = np.bincount(seen.level_of, minlength=shape[0])[:, None, None]
    faded = spread(seen.discount**seen.time, known) / np.maximum(played, 1)
    return Choices(
        evidence=np.divide(counts, met, out=np.zeros(shape), where=met > 0.0),
        discounted=faded,
        made=int(known.sum()),
        counted=int((known & ~over).sum()),
    )


def spent(worth: Float[np.ndarray, "l g s"]) -> Bool[np.ndarray, "l g s"]:
    """Return in which states a goal has nothing left to give: its optimal value is 0."""
    nothing = worth <= 1e-6 * np.maximum(worth.max(axis=(0, 2), keepdims=True), 1e-12)
    return np.asarray(nothing)


def _over(
    seen: Seen,
    start: Int[np.ndarray, " l"],
    worth: Float[np.ndarray, "l g s"],
    known: Bool[np.ndarray, " n"],
) -> Bool[np.ndarray, " n"]:
    """Return which choices were made after a goal had given all that it had."""
    level = seen.level_of[seen.episode]
    nothing = spent(worth)
    begun = ~nothing[np.arange(len(start)), :, start]
    done = known & (nothing[level, :, seen.state] & begun[level]).any(axis=1)
    first = np.full(int(seen.episode.max(initial=-1)) + 1, len(done))
    np.minimum.at(first, seen.episode[done], np.flatnonzero(done))
    return np.asarray(np.arange(len(done)) >= first[seen.episode])
