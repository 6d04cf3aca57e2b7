"""Levin's order: programs by length in bits plus the logarithm of their run time."""

import heapq
from collections.abc import Iterator
from functools import lru_cache
from math import log2

from mesascope.optimizers.objective import ProgramObjective
from mesascope.optimizers.ordered import OrderedSearch
from mesascope.systems.programs.compiled.layout import lay_out
from mesascope.systems.programs.grammar import SELF, TOKEN_OF, Grammar
from mesascope.tasks.tictactoe.geometry import CELLS

# A term's run time, as in `compiled.kernel.running_cost`: A and B as coefficients of S^0 … S^9.
Polynomial = tuple[int, ...]
Skeleton = tuple[Polynomial, Polynomial]
_NONE: Polynomial = (0,) * (CELLS + 1)
_UNIT: Polynomial = (1, *_NONE[1:])
_LEAF: Skeleton = (_NONE, _NONE)
_SELF: Skeleton = (_NONE, _UNIT)


class LevinSearch(OrderedSearch):
    """Programs by size·log2(primitives) + log2(evaluations), least first.

    Evaluations are those of the first decision of a game, known from the text before anything is
    run. All programs of one size and one run time come together, in the grammar's order.
    """

    def __init__(self, objective: ProgramObjective, grammar: Grammar, *, max_size: int) -> None:
        """Prepare to search all programs of a grammar up to a size."""
        super().__init__(objective)
        self.grammar = grammar
        self.max_size = max_size

    @property
    def name(self) -> str:
        """The method's name."""
        return "levin"

    def programs(self, seed: int) -> Iterator[bytes]:
        """Yield the programs; nothing here is random."""
        moves = [float(n) for n in _sequences(self.objective)]
        bits = log2(_primitives(self.grammar))
        groups: list[tuple[float, int, Skeleton]] = []
        size = 0
        while size < self.max_size or groups:
            # A longer program costs at least its length: what is cheaper than that may go first.
            while size < self.max_size and (not groups or groups[0][0] >= (size + 1) * bits):
                size += 1
                for skeleton in _skeletons(self.grammar, size, False):
                    cost = size * bits + log2(_evaluations(skeleton, moves))
                    heapq.heappush(groups, (cost, size, skeleton))
            if groups:
                _, group_size, skeleton = heapq.heappop(groups)
                yield from _terms(self.grammar, group_size, False, skeleton)


def _primitives(grammar: Grammar) -> int:
    parts = (grammar.leaves, grammar.unary, grammar.child, grammar.binary)
    return sum(len(part) for part in parts) + grammar.recursion


def _sequences(objective: ProgramObjective) -> list[float]:
    """Count the sequences of moves of each length from the empty board, mean over arenas."""
    paths = [lay_out(arena.graph).paths[:, 0] for arena in objective.arenas]
    return [sum(float(p[d]) for p in paths) / len(paths) for d in range(CELLS + 1)]


def _evaluations(skeleton: Skeleton, moves: list[float]) -> float:
    """Return the positions valued at the first decision: S(1 + A/(1−B)) on the empty board."""
    a, b = skeleton
    cost: list[int] = []
    for d in range(CELLS):
        cost.append(a[d] + sum(b[e] * cost[d - e] for e in range(1, d + 1)))
    return moves[1] + sum(cost[d] * moves[d + 1] for d in range(CELLS))


def _shift(skeleton: Skeleton) -> Skeleton:
    """Return the skeleton of a child operator over a term."""
    a, b = skeleton
    return (0, 1 + a[0], *a[1:-1]), (0, *b[:-1])


def _add(x: Skeleton, y: Skeleton) -> Skeleton:
    return (
        tuple(p + q for p, q in zip(x[0], y[0], strict=True)),
        tuple(p + q for p, q in zip(x[1], y[1], strict=True)),
    )


@lru_cache(maxsize=256)
def _skeletons(grammar: Grammar, size: int, beneath: bool) -> tuple[Skeleton, ...]:
    """Return the run times that terms of a size can have, sorted."""
    if size == 1:
        found = {_LEAF} if grammar.leaves else set()
        return tuple(sorted(found | ({_SELF} if beneath and grammar.recursion else set())))
    found = set(_skeletons(grammar, size - 1, beneath)) if grammar.unary else set()
    if grammar.child:
        found |= {_shift(s) for s in _skeletons(grammar, size - 1, True)}
    for left_size in range(1, size - 1) if grammar.binary else ():
        rights = _skeletons(grammar, size - 1 - left_size, beneath)
        found |= {_add(x, y) for x in _skeletons(grammar, left_size, beneath) for y in rights}
    return tuple(sorted(found))


def _terms(grammar: Grammar, size: int, beneath: bool, goal: Skeleton) -> Iterator[bytes]:
    """Yield the terms of a size and a run time, in the grammar's order."""
    if size == 1:
        if goal == _LEAF:
            yield from (bytes([TOKEN_OF[leaf]]) for leaf in grammar.leaves)
        if beneath and grammar.recursion and goal == _SELF:
            yield bytes([TOKEN_OF[SELF]])
        return
    if goal in _known(grammar, size - 1, beneath):
        for name in grammar.unary:
            head = bytes([TOKEN_OF[name]])
            yield from (head + t for t in _terms(grammar, size - 1, beneath, goal))
    for inner in _skeletons(grammar, size - 1, True) if grammar.child else ():
        if _shift(inner) == goal:
            for name in grammar.child:
                head = bytes([TOKEN_OF[name]])
                yield from (head + t for t in _terms(grammar, size - 1, True, inner))
    for name in grammar.binary:
        head = bytes([TOKEN_OF[name]])
        yield from (head + pair for pair in _pairs(grammar, size - 1, beneath, goal))


def _pairs(grammar: Grammar, size: int, beneath: bool, goal: Skeleton) -> Iterator[bytes]:
    """Yield two terms after one another, of a size and a run time between them."""
    for left_size in range(1, size):
        for x, y in _splits(grammar, left_size, size - left_size, beneath, goal):
            for left in _terms(grammar, left_size, beneath, x):
                for right in _terms(grammar, size - left_size, beneath, y):
                    yield left + right


@lru_cache(maxsize=256)
def _known(grammar: Grammar, size: int, beneath: bool) -> frozenset[Skeleton]:
    return frozenset(_skeletons(grammar, size, beneath))


@lru_cache(maxsize=8192)
def _splits(
    grammar: Grammar, left_size: int, right_size: int, beneath: bool, goal: Skeleton
) -> tuple[tuple[Skeleton, Skeleton], ...]:
    """Return the pairs of run times of two terms that add up to a run time."""
    pairs = []
    for x in _skeletons(grammar, left_size, beneath):
        y = (
            tuple(p - q for p, q in zip(goal[0], x[0], strict=True)),
            tuple(p - q for p, q in zip(goal[1], x[1], strict=True)),
        )
        if y in _known(grammar, right_size, beneath):
            pairs.append((x, y))
    return tuple(pairs)
