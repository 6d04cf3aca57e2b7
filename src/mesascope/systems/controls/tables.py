"""A table of an optimizer's moves: plays like one, and is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from mesascope.core.choice import Choice
from mesascope.core.world import World
from mesascope.systems.controls.structures import TableStructure
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.play import greedy_policy, minimax_values
from mesascope.tasks.tictactoe.rules import STANDARD, Rules
from mesascope.tasks.tictactoe.world import Instance, Position


@dataclass(frozen=True)
class LookupTable:
    """Minimax's moves, stored for every reachable position of one rule set where one can move.

    It was computed by a search, once, before it was built; nothing is searched when it answers.
    Under any other rule set it knows nothing and fills any empty cell, all alike.

    Attributes:
        rules: the rule set that it was built for.
    """

    rules: Rules = STANDARD

    @property
    def name(self) -> str:
        """What it holds."""
        return f"lookup table of minimax's moves under {self.rules} rules"

    @property
    def size(self) -> int:
        """The number of entries."""
        return len(minimax_moves(self.rules))

    def respond(self, instance: Instance, world: World[Any, Any]) -> Choice[int]:
        """Return the entry of the instance's position; the world is not asked."""
        return self.look_up(instance)

    def structure(self) -> TableStructure:
        """Show the table."""
        text = f"{self.size} positions under {self.rules} rules, each with minimax's moves"
        return TableStructure(text, self.size, self.look_up)

    def look_up(self, instance: Instance) -> Choice[int]:
        """Return the stored choice, or the uniform one where there is no entry."""
        entries = minimax_moves(self.rules) if instance.rules == self.rules else {}
        return Choice.uniform(entries.get(instance.position, instance.moves))


@lru_cache(maxsize=16)
def minimax_moves(rules: Rules) -> Mapping[Position, tuple[int, ...]]:
    """Return the minimax-optimal cells of every reachable position where the game goes on."""
    graph = game_graph(rules, canonical=False)
    policy = greedy_policy(graph, -minimax_values(graph)[graph.child])
    entries = {}
    for number in np.flatnonzero(~graph.terminal):
        moves = slice(int(graph.edge_start[number]), int(graph.edge_start[number + 1]))
        best = graph.cell[moves][policy[moves] > 0.0]
        entries[Position(int(graph.own[number]), int(graph.other[number]))] = tuple(best.tolist())
    return entries
