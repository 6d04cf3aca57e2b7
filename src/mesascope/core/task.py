"""Tasks: instances, their outputs, what each output is worth, and where instances come from."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from mesascope.core.choice import Choice, Number
from mesascope.core.system import Instance, System
from mesascope.core.world import World

Respond = Callable[[Instance], Choice[Any]]


@dataclass(frozen=True)
class Distribution:
    """A named distribution over instances.

    Attributes:
        name: `train` or the name of a shift.
        description: one sentence, for the report.
        parameters: what makes it up, as plain data the task understands.
    """

    name: str
    description: str
    parameters: Any


@dataclass(frozen=True)
class Outputs:
    """The outputs Y_x of an instance.

    Attributes:
        items: all of them where they are finite and few, else None.
        contains: whether something is an output.
        tolerance: the distance under which two outputs count as the same; 0 where discrete.
    """

    items: Sequence[Hashable] | None
    contains: Callable[[Any], bool]
    tolerance: float = 0.0

    @classmethod
    def finite(cls, items: Sequence[Hashable]) -> "Outputs":
        """Return a finite set of discrete outputs."""
        return cls(items=tuple(items), contains=frozenset(items).__contains__)


@runtime_checkable
class Task(Protocol):
    """T and R: instances, outputs, utilities and named distributions.

    An episode is what the system meets in one go: a list of instances, of length one where
    instances are independent. Sampling takes the system's own responses, because what a system
    meets in a sequential task depends on what it does.
    """

    @property
    def name(self) -> str: ...

    @property
    def distributions(self) -> Mapping[str, Distribution]:
        """`train` and every declared shift."""
        ...

    def episode(
        self, distribution: Distribution, respond: Respond, rng: np.random.Generator
    ) -> tuple[list[Instance], float]:
        """Return the instances that a system meets in one episode, and the episode's result."""
        ...

    def outputs(self, instance: Instance) -> Outputs:
        """Return Y_x."""
        ...

    def utility(self, instance: Instance) -> Mapping[Hashable, float]:
        """Return R_x(y) for every output: in a sequential task, the optimal action value."""
        ...

    def world(self, instance: Instance) -> World[Any, Any]:
        """Return the simulator and scorer for an instance."""
        ...

    def describe(self, instance: Instance) -> str:
        """Return the instance in a line of text."""
        ...


@runtime_checkable
class ShiftFamily(Protocol):
    """A family of distributions that an adversarial search may range over."""

    @property
    def description(self) -> str: ...

    def sample(self, rng: np.random.Generator) -> Distribution:
        """Draw a member."""
        ...

    def mutate(self, member: Distribution, rng: np.random.Generator) -> Distribution:
        """Return a neighbour of a member."""
        ...


@dataclass(frozen=True)
class Candidate:
    """A named objective that a system might pursue, as a value for each of an instance's outputs.

    Attributes:
        name: for the report.
        values: maps an instance and a world to the value of every inner candidate.
        horizon: plies looked ahead; None to the end.
        size: description length, in the units of the structures that it competes with.
    """

    name: str
    values: Callable[[Instance, World[Any, Any]], Mapping[Hashable, Number]]
    horizon: int | None
    size: int


@runtime_checkable
class HasCandidates(Protocol):
    """The task handle that lends named objectives to inference from behaviour."""

    def candidates(self) -> Sequence[Candidate]: ...


@runtime_checkable
class HasOpenLoop(Protocol):
    """The task handle for measuring what feedback is worth."""

    def episode(
        self, distribution: Distribution, respond: Respond, rng: np.random.Generator
    ) -> tuple[list[Instance], float]: ...

    def open_loop_episode(
        self, distribution: Distribution, respond: Respond, rng: np.random.Generator
    ) -> float:
        """Return the result when a plan made against simulated events is carried out blindly."""
        ...

    def disturbed(self, instance: Instance, rng: np.random.Generator) -> Instance | None:
        """Return the instance had the last event on its trajectory been another, or None."""
        ...


@runtime_checkable
class HasPictures(Protocol):
    """The task handle for replays."""

    def picture(self, instance: Instance) -> list[list[str]]:
        """Return the instance as a rectangle of short texts."""
        ...

    def place(self, output: Any) -> tuple[int, int]:
        """Return the row and column of an output in the picture."""
        ...


@runtime_checkable
class HasOptimum(Protocol):
    """The task handle for exact figures of merit."""

    def optimum(self, distribution: Distribution) -> float:
        """Return the best expected result that any system could have."""
        ...


@runtime_checkable
class HasExactValue(Protocol):
    """The task handle for exact results of systems that allow them."""

    def exact_value(self, distribution: Distribution, system: System) -> float | None:
        """Return the exact expected result of a system, or None where it must be sampled."""
        ...


@runtime_checkable
class HasGlossary(Protocol):
    """The task handle for saying in words what a feature means."""

    @property
    def glossary(self) -> Mapping[str, str]:
        """Return what each feature says, from the side of whoever brought the state about."""
        ...
