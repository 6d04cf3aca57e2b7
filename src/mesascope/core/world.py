"""The simulator and scorer that a harness lends to a system, and through which it sees inside.

A system that wants to imagine asks the world what could be done, what would come of it, and how
the outcome reads. Because it asks, every imagined state is seen, and the answer can be perturbed.
A system that simulates inside itself is a black box, and earns what a black box can earn.
"""

from collections.abc import Hashable, Sequence
from typing import Protocol, TypeVar, runtime_checkable

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
