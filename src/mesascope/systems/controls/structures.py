"""What the controls are made of, as data that the harness can run for itself."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mesascope.core.choice import Choice, Number
from mesascope.core.world import World
from mesascope.tasks.tictactoe.world import Instance


@dataclass(frozen=True)
class RuleStructure:
    """Outputs computed from the instance alone. Implements `mesascope.core.system.Structure`.

    Attributes:
        clauses: the rules in words, in the order in which they apply; their number is the size.
        apply: the rules themselves.
    """

    clauses: tuple[str, ...]
    apply: Callable[[Instance], Choice[int]]
    kind: Literal["rule"] = "rule"

    @property
    def text(self) -> str:
        """The rules in words."""
        return "; ".join(self.clauses)

    @property
    def size(self) -> int:
        """The number of rules."""
        return len(self.clauses)

    def rerun(self, instance: Instance, world: World[Any, Any]) -> Choice[int]:
        """Return what the rules give; the world is not asked."""
        return self.apply(instance)

    def candidates(self, instance: Instance, world: World[Any, Any]) -> None:
        """Return None: rules value nothing."""
        return


@dataclass(frozen=True)
class TableStructure:
    """Outputs that are stored. Implements `mesascope.core.system.Structure`.

    Attributes:
        text: what the table holds, in words.
        size: its number of entries.
        look_up: reads an entry.
    """

    text: str
    size: int
    look_up: Callable[[Instance], Choice[int]]
    kind: Literal["table"] = "table"

    def rerun(self, instance: Instance, world: World[Any, Any]) -> Choice[int]:
        """Return the stored output; the world is not asked."""
        return self.look_up(instance)

    def candidates(self, instance: Instance, world: World[Any, Any]) -> None:
        """Return None: a table values nothing."""
        return


@dataclass(frozen=True)
class EvaluatorStructure:
    """Outputs that are the best of some valued candidates; implements `Structure` of `core.system`.

    Attributes:
        text: how candidates are valued, readable.
        size: description length in nodes of the program language.
        values: the value of every candidate of an instance, in a world.
    """

    text: str
    size: int
    values: Callable[[Instance, World[Any, Any]], Mapping[Hashable, Number]]
    kind: Literal["evaluator"] = "evaluator"

    def rerun(self, instance: Instance, world: World[Any, Any]) -> Choice[Any]:
        """Return the uniform choice among the best candidates in a world."""
        return Choice.among_best(self.values(instance, world))

    def candidates(self, instance: Instance, world: World[Any, Any]) -> Mapping[Hashable, Number]:
        """Return the value of every candidate in a world."""
        return self.values(instance, world)
