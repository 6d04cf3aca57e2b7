"""The compiled inner loop: a program's value at every position of a game graph, recursion included.

Values are kept as whole numbers of 1/8! in float64. A mean over the children of a position with k
empty cells divides by k, each step down has one cell fewer, and a child has at most 8 empty cells,
so every value is a whole number of 1/8!; below 2**53 such numbers and their sums, differences and
quotients are exact in float64, and ties between moves are true ties.
"""

import numpy as np
from numba import njit

from mesascope.systems.programs.grammar import ARITY, TOKEN_OF
from mesascope.systems.programs.program import MAX_SIZE
from mesascope.tasks.tictactoe.features import FEATURE_NAMES

SCALE = 40320.0  # 8!
EXACT_BELOW = 2.0**53

_FEATURES = len(FEATURE_NAMES)
_ROWS = _FEATURES + 1 + MAX_SIZE  # features, the constant, and one row for each operator
_ONE = TOKEN_OF["1"]
_SELF = TOKEN_OF["self"]
_NEG = TOKEN_OF["neg"]
_MAX, _MIN, _MEAN = TOKEN_OF["max"], TOKEN_OF["min"], TOKEN_OF["mean"]
_ADD, _SUB = TOKEN_OF["add"], TOKEN_OF["sub"]
_ARITY = np.array(ARITY, dtype=np.int8)
_ROW_OF_SELF = -1


def work_space(features: np.ndarray) -> np.ndarray:
    """Return the rows that `evaluate` works in: scaled features, ones, and room for operators.

    Args:
        features: every feature at every position, (features, n) int64.
    """
    rows = np.zeros((_ROWS, features.shape[1]))
    rows[:_FEATURES] = features * SCALE
    rows[_ONE] = SCALE
    return rows


@njit(cache=True, nogil=True)
def compile_tokens(tokens, length, op, left, right):
    """Turn prefix tokens into instructions in an order that suits a backward sweep.

    At each ply the child operators come first (they read the next ply alone), then the arithmetic
    outside of them, whose last step is the program's value here, then the arithmetic beneath
    them, which may read that value as `self`.

    Returns:
        The number of instructions and the row that holds the program's value.
    """
    # Read backwards, a prefix term is postfix: a stack of rows suffices.
    row_of = np.empty(length, np.int64)
    first = np.empty(length, np.int64)
    second = np.empty(length, np.int64)
    stack = np.empty(length, np.int64)
    depth = 0
    for i in range(length - 1, -1, -1):
        arity = _ARITY[tokens[i]]
        if arity >= 1:
            depth -= 1
            first[i] = stack[depth]
        if arity == 2:
            depth -= 1
            second[i] = stack[depth]
        stack[depth] = i
        depth += 1
    # Which terms lie beneath a child operator: in prefix order a parent comes before its parts.
    beneath = np.zeros(length, np.bool_)
    for i in range(length):
        token = tokens[i]
        inside = beneath[i] or (token >= _MAX and token <= _MEAN)
        if _ARITY[token] >= 1:
            beneath[first[i]] = inside
        if _ARITY[token] == 2:
            beneath[second[i]] = inside
    count = 0
    for i in range(length):
        token = tokens[i]
        if token < _SELF:
            row_of[i] = token
        elif token == _SELF:
            row_of[i] = _ROW_OF_SELF
        elif token >= _MAX and token <= _MEAN:
            row_of[i] = _ONE + 1 + count
            op[count] = token
            left[count] = first[i]
            count += 1
    for phase in range(2):
        for i in range(length - 1, -1, -1):
            token = tokens[i]
            arithmetic = token == _NEG or token >= _ADD
            if arithmetic and beneath[i] == (phase == 1):
                row_of[i] = _ONE + 1 + count
                op[count] = token
                left[count] = first[i]
                right[count] = second[i] if token >= _ADD else first[i]
                count += 1
    root = row_of[0]
    for k in range(count):
        left[k] = row_of[left[k]]
        left[k] = root if left[k] == _ROW_OF_SELF else left[k]
        if op[k] == _NEG or op[k] >= _ADD:
            right[k] = row_of[right[k]]
            right[k] = root if right[k] == _ROW_OF_SELF else right[k]
    return count, root


@njit(cache=True, nogil=True)
def evaluate(count, op, left, right, rows, ply_start, edge_start, child):
    """Fill `rows` with the value of every instruction at every position, last ply first."""
    for ply in range(len(ply_start) - 2, -1, -1):
        start, stop = ply_start[ply], ply_start[ply + 1]
        for k in range(count):
            token = op[k]
            out = rows[_ONE + 1 + k]
            a = rows[left[k]]
            if token == _MAX:
                for p in range(start, stop):
                    e, last = edge_start[p], edge_start[p + 1]
                    best = 0.0
                    if e < last:
                        best = a[child[e]]
                        for i in range(e + 1, last):
                            best = max(best, a[child[i]])
                    out[p] = best
            elif token == _MIN:
                for p in range(start, stop):
                    e, last = edge_start[p], edge_start[p + 1]
                    best = 0.0
                    if e < last:
                        best = a[child[e]]
                        for i in range(e + 1, last):
                            best = min(best, a[child[i]])
                    out[p] = best
            elif token == _MEAN:
                for p in range(start, stop):
                    e, last = edge_start[p], edge_start[p + 1]
                    total = 0.0
                    if e < last:
                        for i in range(e, last):
                            total += a[child[i]]
                        total /= last - e
                    out[p] = total
            elif token == _NEG:
                for p in range(start, stop):
                    out[p] = -a[p]
            elif token == _ADD:
                b = rows[right[k]]
                for p in range(start, stop):
                    out[p] = a[p] + b[p]
            else:
                b = rows[right[k]]
                for p in range(start, stop):
                    out[p] = a[p] - b[p]


@njit(cache=True, nogil=True)
def best_moves(values, ply_start, edge_start, child, chosen):
    """Mark the moves with the highest value, ties included; return a hash of the whole choice."""
    h = np.uint64(1469598103934665603)
    for p in range(len(edge_start) - 1):
        e, last = edge_start[p], edge_start[p + 1]
        if e == last:
            continue
        best = values[child[e]]
        for i in range(e + 1, last):
            best = max(best, values[child[i]])
        bits = np.uint64(0)
        for i in range(e, last):
            chosen[i] = values[child[i]] == best
            bits = (bits << np.uint64(1)) | np.uint64(chosen[i])
        h = (h ^ bits) * np.uint64(0x9E3779B97F4A7C15)
        h ^= h >> np.uint64(29)
    return h


@njit(cache=True, nogil=True)
def expected_result(chosen, reply, payoff, edge_start, child, to_move, waiting):
    """Expected payoff for a policy that moves first in half the games, and its opponent.

    Args:
        chosen: whether the policy may make each move (uniform among those), (m,) bool.
        reply: the opponent's probability of each move, (m,) float64.
        payoff: for the system where the game is over on its own move, (n,) float64; the negative
            of it where the opponent made the last move.
        to_move, waiting: work space, (n,) float64 each.
    """
    for p in range(len(edge_start) - 2, -1, -1):
        e, last = edge_start[p], edge_start[p + 1]
        if e == last:
            waiting[p] = payoff[p]
            to_move[p] = -payoff[p]
            continue
        total, ties, theirs = 0.0, 0, 0.0
        for i in range(e, last):
            c = child[i]
            if chosen[i]:
                total += waiting[c]
                ties += 1
            theirs += reply[i] * to_move[c]
        to_move[p] = total / ties
        waiting[p] = theirs
    return 0.5 * (to_move[0] + waiting[0])
