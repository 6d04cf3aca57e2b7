"""Values too large for the compiled evaluator, in Python's whole numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mesascope.systems.programs.compiled.kernel import SCALE
from mesascope.systems.programs.grammar import ARITY, CHILD, ONE, SELF, TOKEN_OF, TOKENS
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
        at = _Position(tokens, parts, rows, child[edges[position] : edges[position + 1]])
        leaves = [row[position] for row in features]
        for i, row in enumerate(rows):
            row[position] = at.value(i, leaves)
    return rows[0]


@dataclass
class _Position:
    """The values of a program's terms at one position, worked out as they are asked for.

    Attributes:
        tokens: the program.
        parts: where each term's arguments begin.
        rows: every term's value at the positions of later plies.
        children: the positions that moves lead to.
    """

    tokens: bytes
    parts: list[list[int]]
    rows: list[list[int]]
    children: list[int]

    def __post_init__(self) -> None:
        self._known: dict[int, int] = {}

    def value(self, i: int, leaves: list[int]) -> int:
        """Return the value of the term that begins at token `i`."""
        if i not in self._known:
            self._known[i] = self._work_out(i, leaves)
        return self._known[i]

    def _work_out(self, i: int, leaves: list[int]) -> int:
        name = TOKENS[self.tokens[i]]
        if name == SELF:
            return self.value(0, leaves)
        if name == ONE:
            return _UNIT
        if ARITY[self.tokens[i]] == 0:
            return int(leaves[TOKEN_OF[name]]) * _UNIT
        if name in CHILD:
            row = self.rows[self.parts[i][0]]
            return _over_children(name, [row[c] for c in self.children])
        operands = [self.value(j, leaves) for j in self.parts[i]]
        if name == "neg":
            return -operands[0]
        return operands[0] + operands[1] if name == "add" else operands[0] - operands[1]


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
