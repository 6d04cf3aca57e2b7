"""Keeping what a policy does, so that it is there as `Seen`, whole or as far as play came."""

from dataclasses import dataclass, field
from typing import Literal

import jax
import numpy as np
from jaxtyping import Bool, Float, Int

from mesascope.processes.graph import Graph
from mesascope.processes.seen import Seen

Role = Literal["train", "shift"]


@dataclass(frozen=True)
class About:
    """What is to be said of a distribution, whatever is seen there.

    Attributes:
        name, description, role: of the distribution.
        goals: names of the candidates, the base objective first.
        discount, horizon: of the returns, and the steps that an episode may last.
        seeds: that an environment is reset with, one for each level; empty for levels of a world.
    """

    name: str
    description: str
    role: Role
    goals: tuple[str, ...]
    discount: float
    horizon: int
    seeds: tuple[int, ...] = ()


@dataclass(eq=False)
class Recorder:
    """What has been seen of E episodes until now.

    Attributes:
        about: the distribution.
        level_of: the level of each episode, (E,).
        returns: discounted returns until now, (E, G).
        ended: which episodes are over, (E,).
        cut: the episode that failed, all before which were played to the end; None where none did.
    """

    about: About
    level_of: Int[np.ndarray, " e"]
    returns: Float[np.ndarray, "e g"] = field(init=False)
    ended: Bool[np.ndarray, " e"] = field(init=False)
    cut: int | None = field(init=False, default=None)
    _chosen: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.level_of)
        self.returns = np.zeros((count, len(self.about.goals)))
        self.ended = np.zeros(count, bool)
        self._chosen = []

    def add(
        self,
        rows: Int[np.ndarray, " n"],
        states: Int[np.ndarray, " n"],
        actions: Int[np.ndarray, " n"],
        rewards: Float[np.ndarray, "n g"],
        time: int,
    ) -> None:
        """Keep one choice in each of some episodes, made at `time`, and what it was worth."""
        self._chosen.append((rows, states, actions))
        self.returns[rows] += self.about.discount**time * rewards

    def fail(self, row: int) -> None:
        """Let every episode from one that failed on count as not played."""
        self.ended[row:] = False
        self.cut = row

    def first(self, beside: int) -> int:
        """Return how many episodes, from the first on, tell for the others too.

        Those before the one that failed; else those before the first that was still under way.
        The last `beside` that had begun are none of them: these were played at once, and such as
        had ended are the short ones.
        """
        if self.cut is not None:
            return self.cut
        if self.ended.all():
            return len(self.ended)
        begun = 1 + max((int(rows.max()) for rows, _, _ in self._chosen), default=-1)
        return max(0, min(int(self.ended.argmin()), begun - beside))

    def seen(self, graphs: Graph | None, first: int | None = None) -> Seen | None:
        """Return the episodes that are over; None where none is.

        Levels of which no episode is over are left out, so that the others are counted from 0.

        Args:
            graphs: of all levels, with a leading axis.
            first: only of so many episodes, from the first on.
        """
        kept = np.flatnonzero(self.ended[:first])
        if not len(kept):
            return None
        levels, level_of = np.unique(self.level_of[kept], return_inverse=True)
        number = np.full(len(self.ended), -1)
        number[kept] = np.arange(len(kept))
        episode, state, action = (
            np.concatenate([part[i] for part in self._chosen]) for i in range(3)
        )
        mine = number[episode] >= 0
        episode, state, action = number[episode[mine]], state[mine], action[mine]
        order = np.argsort(episode, kind="stable")  # an episode's choices side by side, in time
        whole = graphs is not None and len(levels) == len(graphs.start)
        return Seen(
            name=self.about.name,
            description=self.about.description,
            role=self.about.role,
            goals=self.about.goals,
            discount=self.about.discount,
            horizon=self.about.horizon,
            returns=self.returns[kept],
            level_of=level_of,
            episode=episode[order],
            state=state[order],
            action=action[order],
            graphs=graphs if whole else jax.tree.map(lambda part: part[levels], graphs),
            seeds=tuple(self.about.seeds[level] for level in levels) if self.about.seeds else (),
        )
