"""Whose levels are designed: a world of ours, or the settings of somebody's environment."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from jaxtyping import Float

from mesascope.auditing.probes.search import Designed
from mesascope.auditing.probes.space import Levels, Score
from mesascope.core.policy import Policy, RecurrentPolicy
from mesascope.processes.graph import Graph
from mesascope.processes.seen import Seen

Say = Callable[[int, float], None]


class Ground(Protocol):
    """Levels that can be searched, enumerated, played and shown. A batch has a leading axis."""

    @property
    def name(self) -> str:
        """Of the world or environment."""
        ...

    @property
    def goals(self) -> tuple[str, ...]:
        """Names of the candidates, the base objective first."""
        ...

    @property
    def horizon(self) -> int:
        """Steps per episode."""
        ...

    @property
    def random(self) -> Levels:
        """Levels of the shifted distribution, as they are drawn."""
        ...

    def usual(self, count: int) -> Levels:
        """Return levels of training, so many or fewer.

        Raises:
            BadRequest: they cannot be enumerated.
        """
        ...

    def graphs(self, levels: Levels) -> Graph:
        """Return the graphs of levels, with a leading axis."""
        ...

    def score(self, score: Score, levels: Levels) -> Float[np.ndarray, " n"]:
        """Return how good levels are."""
        ...

    def search(self, score: Score, *, keep: int, say: Say | None) -> Designed:
        """Return levels with large scores, of as many as may be scored; see `design`."""
        ...

    def play(
        self, policy: Policy | RecurrentPolicy, levels: Levels, *, episodes: int, discount: float
    ) -> Seen:
        """Return what a policy does on levels, so many episodes on each."""
        ...

    def shown(self, levels: Levels) -> dict[str, Any]:
        """Return the picture of the first level of a batch, and its parameters if it has some."""
        ...

    def notes(self) -> tuple[str, ...]:
        """Return what to know of how the levels were had."""
        ...
