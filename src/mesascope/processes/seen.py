"""What a policy was seen to do on the levels of one distribution."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from mesascope.processes.graph import Graph


@dataclass(frozen=True, eq=False)
class Seen:
    """Episodes of one policy on L levels, with the graph of each level where there is one.

    Attributes:
        name, description, role: the distribution.
        goals: names of the candidate goals, the base objective first.
        discount, horizon: of the returns, and the steps that an episode may last.
        returns: discounted return of each of E episodes by each goal, (E, G).
        level_of: the level that each episode was played on, (E,).
        episode: the episode of each of N choices, (N,).
        state: the number of the state that it was made in, in its level's graph, (N,); -1 where
            that is not known.
        action: what was chosen, (N,).
        graphs: the levels' graphs with a leading axis of L, padded to as many states; None where
            the levels could not be enumerated.
        notes: what to know of how this was seen.
        seeds: that an environment was reset with, one for each level; empty for levels of a world.
    """

    name: str
    description: str
    role: Literal["train", "shift"]
    goals: tuple[str, ...]
    discount: float
    horizon: int
    returns: Float[np.ndarray, "e g"]
    level_of: Int[np.ndarray, " e"]
    episode: Int[np.ndarray, " n"]
    state: Int[np.ndarray, " n"]
    action: Int[np.ndarray, " n"]
    graphs: Graph | None
    notes: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()

    @property
    def levels(self) -> int:
        """L, how many levels were played."""
        return int(self.level_of.max()) + 1

    @property
    def time(self) -> Int[np.ndarray, " n"]:
        """How many choices of the same episode came before each."""
        order = np.argsort(self.episode, kind="stable")
        ordered = self.episode[order]
        begins = np.searchsorted(ordered, ordered)
        time = np.empty(len(order), np.int64)
        time[order] = np.arange(len(order)) - begins
        return time
