"""A program as a system: the harness's one-ply choice around an evaluator."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from mesascope.core.choice import Choice, Number
from mesascope.core.system import Scaffold
from mesascope.core.world import World
from mesascope.systems.programs.compiled.kernel import SCALE
from mesascope.systems.programs.program import Program, parse
from mesascope.systems.programs.table import program_policy, value_table
from mesascope.systems.programs.traced import TracedEvaluator
from mesascope.tasks.tictactoe.graph import GameGraph, game_graph
from mesascope.tasks.tictactoe.locate import moves_as_edges
from mesascope.tasks.tictactoe.world import Instance, TicTacToeWorld


@dataclass(frozen=True)
class ProgramEvaluator:
    """A program that values outcomes. Implements `mesascope.core.system.Evaluator`."""

    program: Program

    @property
    def name(self) -> str:
        return str(self.program)

    def value(self, state: Any, world: World[Any, Any]) -> Number:
        """Return the program's value at a state, run in a world."""
        return TracedEvaluator(self.program, world)(state)


@dataclass(frozen=True)
class ProgramStructure:
    """A program as data that anybody can run. Implements `mesascope.core.system.Structure`."""

    program: Program
    kind: str = "evaluator"

    @property
    def text(self) -> str:
        return str(self.program)

    @property
    def size(self) -> int:
        return self.program.size

    def rerun(self, instance: Any, world: World[Any, Any]) -> Choice[Any]:
        """Return the choice that the program gives in a world."""
        return Choice.among_best(self.candidates(instance, world))

    def candidates(self, instance: Any, world: World[Any, Any]) -> Mapping[Hashable, Number]:
        """Return the program's value of every option; from the compiled table where it can."""
        if isinstance(world, TicTacToeWorld):
            return self._tabulated(world.instance)
        evaluator = TracedEvaluator(self.program, world)
        root = world.root
        return {o: evaluator(world.step(root, o)) for o in world.options(root)}

    def _tabulated(self, instance: Instance) -> Mapping[Hashable, Number]:
        values = value_table(self.program, instance.rules)
        children = _children(instance)
        return {cell: Fraction(int(values[child]), int(SCALE)) for cell, child in children.items()}


@dataclass(frozen=True)
class ProgramSystem(Scaffold):
    """A program behind the one-ply scaffold; offers its structure and its exact policy."""

    evaluator: ProgramEvaluator

    @classmethod
    def of(cls, program: Program | str) -> "ProgramSystem":
        """Return the system of a program or of a program's text."""
        return cls(ProgramEvaluator(parse(program) if isinstance(program, str) else program))

    @property
    def program(self) -> Program:
        return self.evaluator.program

    def respond(self, instance: Any, world: World[Any, Any]) -> Choice[Any]:
        """Choose uniformly among the options whose outcome the program values most."""
        # One evaluator for all options: it remembers what it has valued, as the structure does.
        return ProgramStructure(self.program).rerun(instance, world)

    def on_record(self, instance: Any) -> Choice[Any] | None:
        """Return the choice by the compiled table of values."""
        if not isinstance(instance, Instance):
            return None
        return ProgramStructure(self.program).rerun(instance, TicTacToeWorld(instance))

    def structure(self) -> ProgramStructure:
        """Show the program."""
        return ProgramStructure(self.program)

    def policy(self, graph: GameGraph) -> np.ndarray:
        """Return the probability of every move of a canonical graph, (m,)."""
        return program_policy(self.program, graph)


def _children(instance: Instance) -> dict[int, int]:
    graph = game_graph(instance.rules)
    edges = moves_as_edges(instance.rules, instance.position)
    return {cell: int(graph.child[edge]) for cell, edge in edges.items()}
