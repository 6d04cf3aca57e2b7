"""A program's values and choices on a whole game graph at once, by the compiled evaluator."""

from functools import lru_cache

import numpy as np

from mesascope.systems.programs.batch import best_moves, position_values
from mesascope.systems.programs.program import Program
from mesascope.tasks.tictactoe.graph import GameGraph, game_graph
from mesascope.tasks.tictactoe.play import normalised
from mesascope.tasks.tictactoe.rules import Rules


@lru_cache(maxsize=4096)
def value_table(program: Program, rules: Rules) -> np.ndarray:
    """Return the program's value at every canonical position, exact in units of 1/8!, (n,)."""
    return position_values(program, game_graph(rules))


def program_policy(program: Program, graph: GameGraph) -> np.ndarray:
    """Return the policy uniform over the moves whose outcome the program values most, (m,)."""
    return normalised(graph, best_moves(program, graph).astype(float))
