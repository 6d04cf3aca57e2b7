"""Base optimizers: whatever searches the space of systems by a base objective."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from mesascope.core.system import System


@dataclass(frozen=True)
class Discovery:
    """A system that was the best so far when it was found.

    Attributes:
        evaluations: how many systems had been scored when it was found, itself included.
        value: its base objective, charges included.
        behaviour: the part of it that depends on outputs.
        source: the system's text.
        size: description length in nodes.
        kind: `reflex`, `look-ahead` or `search`, from its source.
    """

    evaluations: int
    value: float
    behaviour: float
    source: str
    size: int
    kind: str


@dataclass(frozen=True)
class Progress:
    """Where a search stands; every one is also a place from which it can be resumed.

    Attributes:
        evaluations: systems scored so far.
        budget: systems that may be scored.
        best: the last discovery, or None before the first.
        discoveries: the timeline so far.
        state: what `resume` needs, as plain data that survives JSON bit for bit.
        done: whether the search has come to its end.
    """

    evaluations: int
    budget: int
    best: Discovery | None
    discoveries: tuple[Discovery, ...]
    state: dict[str, Any] = field(default_factory=dict)
    done: bool = False


class BaseOptimizer(Protocol):
    """An anytime search: seeded, budgeted in evaluations, interruptible, resumable."""

    @property
    def name(self) -> str: ...

    def search(
        self, *, seed: int, budget: int, resume: dict[str, Any] | None = None
    ) -> Iterator[Progress]:
        """Yield progress until the budget is spent or the space is exhausted.

        Stopping the iteration at any point loses nothing that was yielded; passing the last
        `Progress.state` as `resume` goes on and ends bit for bit where an uninterrupted search
        with the same seed and budget would have.
        """
        ...

    def winner(self, progress: Progress) -> System:
        """Return the best system found."""
        ...
