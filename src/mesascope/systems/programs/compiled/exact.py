"""Values too large for the compiled evaluator, in Python's whole numbers."""

from collections.abc import Sequence

import numpy as np

from mesascope.systems.programs.compiled.kernel import SCALE
from mesascope.systems.programs.grammar import ARITY, ONE, SELF, TOKEN_OF, TOKENS
from mesascope.tasks.tictactoe.features import feature_table
from mesascope.tasks.tictactoe.graph import GameGraph

_UNIT = int(SCALE)


def exact_values(tokens: bytes, graph: GameGraph) -> list[int]:
    """Return a program's value at every position in units of 1/8!; 0 at the empty board.

    The empty board is never valued: nobody's move leads to it.
    """
    parts = _parts(tokens)
    features = feature_table(graph).tolist()
    rows: list[list[int]] = [[0] * len(graph) for _ in tokens]
    edges, child = graph.edge_start.tolist(), graph.child.tolist()
    for position in range(len(graph) - 1, 0, -1):
        children = child[edges[position] : edges[position + 1]]
        known: dict[int, int] = {}

        def term(
            i: int,
            known: dict[int, int] = known,
            children: list[int] = children,
            position: int = position,
        ) -> int:
            if i not in known:
                known[i] = value(i, known, children, position)
            return known[i]

        def value(i: int, known: dict[int, int], children: list[int], position: int) -> int:
            name = TOKENS[tokens[i]]
            if name == SELF:
                return term(0, known, children, position)
            if name == ONE:
                return _UNIT
            if ARITY[tokens[i]] == 0:
                return int(features[TOKEN_OF[name]][position]) * _UNIT
            if name in ("max", "min", "mean"):
                return _over_children(name, [rows[parts[i][0]][c] for c in children])
            operands = [term(j, known, children, position) for j in parts[i]]
            if name == "neg":
                return -operands[0]
            return operands[0] + operands[1] if name == "add" else operands[0] - operands[1]

        for i in range(len(tokens)):
            rows[i][position] = term(i)
    return rows[0]


def ranks(values: Sequence[int]) -> np.ndarray:
    """Return whole numbers, as float64, in the same order and with the same ties."""
    order = {value: rank for rank, value in enumerate(sorted(set(values)))}
    return np.array([order[value] for value in values], dtype=np.float64)


def _over_children(name: str, values: list[int]) -> int:
    if not values:
        return 0
    if name == "mean":
        quotient, rest = divmod(sum(values), len(values))
        assert rest == 0, "a value is a whole number of 1/8!"
        return quotient
    return max(values) if name == "max" else min(values)


def _parts(tokens: bytes) -> list[list[int]]:
    """Return where each term's arguments begin."""
    parts: list[list[int]] = [[] for _ in tokens]
    stack: list[int] = []
    for i in range(len(tokens) - 1, -1, -1):
        parts[i] = [stack.pop() for _ in range(ARITY[tokens[i]])]
        stack.append(i)
    return parts
