"""The simulator and scorer that a harness lends to a system, and through which it sees inside.

A system that wants to imagine asks the world what could be done, what would come of it, and how
the outcome reads. Because it asks, every imagined state is seen, and the answer can be perturbed.
A system that simulates inside itself is a black box, and earns what a black box can earn.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol, TypeVar, runtime_checkable

from mesascope.core.choice import Number

State = TypeVar("State", bound=Hashable)
Option = TypeVar("Option", bound=Hashable)


@runtime_checkable
class World(Protocol[State, Option]):
    """What may be asked about one task instance."""

    @property
    def root(self) -> State:
        """The state that the instance is in."""
        ...

    @property
    def features(self) -> Sequence[str]:
        """The names that `score` understands."""
        ...

    def options(self, state: State) -> Sequence[Option]:
        """Return what could be done in a state; empty where nothing can."""
        ...

    def step(self, state: State, option: Option) -> State:
        """Return the state that an option would lead to."""
        ...

    def score(self, state: State, feature: str) -> Number:
        """Return a feature of a state, seen from whoever brought it about."""
        ...


def asker(world: World[Any, Any]) -> Callable[[Any], Sequence[Any]]:
    """Return what tells the states that the options of a state lead to, in the options' order.

    A search spends most of its time on this question. A world that answers it at once offers
    `outcomes`; of any other the options are asked for, and then the outcome of each.
    """
    at_once: Callable[[Any], Sequence[Any]] | None = getattr(world, "outcomes", None)
    if at_once is not None:
        return at_once
    return lambda state: [world.step(state, option) for option in world.options(state)]


def memory_of(world: World[Any, Any]) -> dict[Hashable, Any]:
    """Return where to keep what was worked out about a world's states.

    A world whose answers do not depend on its root may offer `memory`, a dict that it shares with
    every other world that answers as it does. Any other gets one of its own: a harness, for one,
    whose answers may be perturbed, and who wants to be asked.
    """
    memory: dict[Hashable, Any] | None = getattr(world, "memory", None)
    return {} if memory is None else memory
