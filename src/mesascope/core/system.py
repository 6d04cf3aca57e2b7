"""Systems, and the handles that a system may offer to whoever looks inside."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

from mesascope.core.choice import Choice, Number
from mesascope.core.world import World

Instance = Any
Output = Hashable


@runtime_checkable
class System(Protocol):
    """Anything that maps an instance to a distribution over outputs."""

    @property
    def name(self) -> str:
        """What to call the system in a report."""
        ...

    def respond(self, instance: Instance, world: World[Any, Any]) -> Choice[Any]:
        """Return the distribution over outputs; `world` answers what the system imagines."""
        ...


@runtime_checkable
class Evaluator(Protocol):
    """A system that only values outcomes; the harness's one-ply scaffold makes the choice."""

    @property
    def name(self) -> str:
        """What to call the evaluator in a report."""
        ...

    def value(self, state: Any, world: World[Any, Any]) -> Number:
        """Return the value of a state for whoever brought it about."""
        ...


@runtime_checkable
class Structure(Protocol):
    """What a system is made of, as data that the harness runs for itself.

    A structure counts as evidence only after the harness has run it, in worlds that it perturbed,
    and seen the system's own outputs come out.

    Attributes:
        kind: `evaluator` (candidates are valued), `table` (outputs are stored), `rule` (outputs
            are computed from the instance alone).
        text: the structure, readable.
        size: description length in nodes or entries.
    """

    @property
    def kind(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def size(self) -> int: ...

    def rerun(self, instance: Instance, world: World[Any, Any]) -> Choice[Any]:
        """Return the output that this structure gives, in the world given."""
        ...

    def candidates(
        self, instance: Instance, world: World[Any, Any]
    ) -> Mapping[Hashable, Number] | None:
        """Return each inner candidate's value, or None where nothing is valued."""
        ...


@runtime_checkable
class HasStructure(Protocol):
    """The handle for systems that can show what they are made of."""

    def structure(self) -> Structure: ...


@runtime_checkable
class HasTrace(Protocol):
    """The handle for systems that report their own search. Such a report proves nothing."""

    def trace(self, instance: Instance) -> Sequence[Mapping[str, Any]]: ...


@runtime_checkable
class HasRecord(Protocol):
    """The handle of systems whose answers in the true world are on file.

    It saves time where nothing is perturbed or watched, and is no evidence of anything.
    """

    def on_record(self, instance: Instance) -> Choice[Any] | None:
        """Return the answer that `respond` gives in the instance's own world, if it is known."""
        ...


@dataclass(frozen=True)
class Scaffold:
    """The harness's own choice among immediate outcomes, around an evaluator.

    The argmax over moves is the scaffold's, not the system's: one ply of whatever is seen through
    it is no evidence of search.
    """

    evaluator: Evaluator
    plies: ClassVar[int] = 1

    @property
    def name(self) -> str:
        """The evaluator's name."""
        return self.evaluator.name

    def respond(self, instance: Instance, world: World[Any, Any]) -> Choice[Any]:
        """Choose uniformly among the options whose outcome the evaluator values most."""
        root = world.root
        return Choice.among_best(
            {o: self.evaluator.value(world.step(root, o), world) for o in world.options(root)}
        )


def scaffold_plies(system: System) -> int:
    """Return how many plies of look-ahead are no evidence of search in the system.

    One: to choose among immediate outcomes is what the scaffold does, and a system that does so
    for itself, one ply ahead, is judged alike.
    """
    return Scaffold.plies
