"""A program's values and choices on a whole game graph at once, by the compiled evaluator."""

from functools import lru_cache

import numpy as np

from mesascope.systems.programs.kernel import compile_tokens, evaluate, work_space
from mesascope.systems.programs.program import MAX_SIZE, Program
from mesascope.tasks.tictactoe.features import feature_table
from mesascope.tasks.tictactoe.graph import GameGraph, game_graph
from mesascope.tasks.tictactoe.play import greedy_policy
from mesascope.tasks.tictactoe.rules import Rules


@lru_cache(maxsize=4096)
def value_table(program: Program, rules: Rules) -> np.ndarray:
    """Return the program's value at every canonical position, in units of 1/8!, (n,)."""
    graph = game_graph(rules)
    rows = work_space(feature_table(graph))
    op, left, right = (np.zeros(MAX_SIZE, dtype=np.int64) for _ in range(3))
    tokens = np.frombuffer(program.tokens, dtype=np.uint8)
    count, root = compile_tokens(tokens, len(tokens), op, left, right)
    evaluate(count, op, left, right, rows, graph.ply_start, graph.edge_start, graph.child)
    return rows[root].copy()


def program_policy(program: Program, graph: GameGraph) -> np.ndarray:
    """Return the policy uniform over the moves whose outcome the program values most, (m,)."""
    return greedy_policy(graph, value_table(program, graph.rules)[graph.child])
