"""The compiled inner loop: a program's value at every position of a game graph, recursion included.

Values are kept as whole numbers of 1/8! in float64. A mean over the children of a position with k
empty cells divides by k, each step down has one cell fewer, and a child has at most 8 empty cells,
so every value is a whole number of 1/8!; below 2**53 such numbers and their sums, differences and
quotients are exact in float64, and ties between moves are true ties. `magnitude` bounds what a
program can reach; one that could pass 2**53 is refused here and valued by `exact` instead.
"""

import numpy as np
from numba import njit

from mesascope.systems.programs.compiled.lanes import (
    LANES,
    divided,
    gather,
    larger,
    plus,
    smaller,
    store_run,
)
from mesascope.systems.programs.grammar import ARITY, TOKEN_OF
from mesascope.systems.programs.program import MAX_SIZE

SCALE = 40320.0  # 8!
EXACT_BELOW = 2.0**53

_CELLS = 9
_ONE = TOKEN_OF["1"]
_SELF = TOKEN_OF["self"]
_NEG = TOKEN_OF["neg"]
_MAX, _MIN, _MEAN = TOKEN_OF["max"], TOKEN_OF["min"], TOKEN_OF["mean"]
_ADD, _SUB = TOKEN_OF["add"], TOKEN_OF["sub"]
_ARITY = np.array(ARITY, dtype=np.int64)
_LEAVES = _ONE + 1
# Rows of the work space: leaves, then child operators (0 for ever where a game is over), then
# arithmetic.
_CHILD_ROW = _LEAVES
_ARITHMETIC_ROW = _LEAVES + MAX_SIZE
ROWS = _LEAVES + 2 * MAX_SIZE


@njit(nogil=True)
def compile_tokens(tokens, length, code):
    """Turn prefix tokens into instructions (operator, out row, left row, right row).

    At each ply child operators come first (they read the next ply alone), then the arithmetic
    that does not read `self`, whose last step is the program's value here, then the arithmetic
    that does. Equal terms share a row.

    Returns:
        The number of child operators, of all instructions, and the row of the program's value.
    """
    op = np.empty(MAX_SIZE, np.int64)
    first = np.empty(MAX_SIZE, np.int64)
    second = np.empty(MAX_SIZE, np.int64)
    row = np.empty(MAX_SIZE, np.int64)
    kind = np.empty(MAX_SIZE, np.int64)  # 0 child operator, 1 and 2 arithmetic, 3 leaf, 4 self
    stack = np.empty(MAX_SIZE + 1, np.int64)
    depth = 0
    terms = 0
    # Read backwards, a prefix term is postfix: a stack of terms suffices.
    for i in range(length - 1, -1, -1):
        token = np.int64(tokens[i])
        a, b = np.int64(-1), np.int64(-1)
        if _ARITY[token] >= 1:
            depth -= 1
            a = stack[depth]
        if _ARITY[token] == 2:
            depth -= 1
            b = stack[depth]
        term = -1
        for t in range(terms):
            if op[t] == token and first[t] == a and second[t] == b:
                term = t
                break
        if term < 0:
            term = terms
            terms += 1
            op[term], first[term], second[term] = token, a, b
            if token < _SELF:
                kind[term] = 3
                row[term] = token
            elif token == _SELF:
                kind[term] = 4
            elif token >= _MAX and token <= _MEAN:
                kind[term] = 0
            else:
                reads_self = kind[a] == 2 or kind[a] == 4
                if b >= 0:
                    reads_self = reads_self or kind[b] == 2 or kind[b] == 4
                kind[term] = 2 if reads_self else 1
        stack[depth] = term
        depth += 1
    root = stack[0]
    count = 0
    children = 0
    for phase in range(3):
        for t in range(terms):
            if kind[t] == phase:
                row[t] = (_CHILD_ROW if phase == 0 else _ARITHMETIC_ROW) + count
                code[count, 0] = op[t]
                code[count, 1] = row[t]
                code[count, 2] = t
                count += 1
        if phase == 0:
            children = count
    for t in range(terms):
        if kind[t] == 4:
            row[t] = row[root]
    for k in range(count):
        t = code[k, 2]
        code[k, 2] = row[first[t]]
        code[k, 3] = row[second[t]] if second[t] >= 0 else row[first[t]]
    return children, count, row[root]


@njit(nogil=True)
def magnitude(code, count, root, reach, bound):
    """Bound what any step of an evaluation can reach in magnitude, sums within a mean included.

    A recursion over plies like the evaluation's own, on the largest leaf of each ply. Sums of
    whole numbers are exact below 2**53 and rounding is monotone, so a bound below it is true.
    """
    worst = 0.0
    above, here = 0, 1
    for row in range(ROWS):
        bound[above, row] = 0.0
    for ply in range(_CELLS, 0, -1):
        for leaf in range(_LEAVES):
            bound[here, leaf] = reach[ply, leaf]
        for k in range(count):
            token, left, right = code[k, 0], code[k, 2], code[k, 3]
            if token == _NEG:
                most = bound[here, left]
            elif token >= _ADD:
                most = bound[here, left] + bound[here, right]
            else:
                most = bound[above, left]
                if token == _MEAN:
                    worst = max(worst, most * (_CELLS - ply))
            bound[here, code[k, 1]] = most
            worst = max(worst, most)
        worst = max(worst, bound[here, root])
        above, here = here, above
    return worst


@njit(nogil=True)
def _arithmetic(code, begin, end, rows, start, stop):
    for k in range(begin, end):
        out = rows[code[k, 1], start:stop]
        a = rows[code[k, 2], start:stop]
        b = rows[code[k, 3], start:stop]
        own = 0.0 if code[k, 0] == _NEG else 1.0
        other = 1.0 if code[k, 0] == _ADD else -1.0
        for p in range(stop - start):
            out[p] = own * a[p] + other * b[p]


@njit(nogil=True, error_model="numpy")
def evaluate(code, ends, rows, live_start, block_start, by_rank):
    """Fill `rows` with the value of every instruction at every position, last ply first.

    The empty board is left out: nobody's move leads to it.
    """
    children, count = ends
    width = rows.shape[1]
    _arithmetic(code, children, count, rows, live_start[_CELLS], width)
    for ply in range(_CELLS - 1, 0, -1):
        start, stop = live_start[ply], live_start[ply + 1]
        n = stop - start
        fan = _CELLS - ply
        for k in range(children):
            token = code[k, 0]
            out = width * code[k, 1] + start
            a = width * code[k, 2]
            for p in range(0, n, LANES):
                at = block_start[ply] + p
                value = gather(rows, a, by_rank, at)
                if token == _MAX:
                    for j in range(1, fan):
                        value = larger(value, gather(rows, a, by_rank, at + j * n))
                elif token == _MIN:
                    for j in range(1, fan):
                        value = smaller(value, gather(rows, a, by_rank, at + j * n))
                else:
                    for j in range(1, fan):
                        value = plus(value, gather(rows, a, by_rank, at + j * n))
                    value = divided(value, fan)
                store_run(rows, out + p, value)
        _arithmetic(code, children, count, rows, start, stop)


@njit(nogil=True)
def running_cost(tokens, length, series, lane):
    """Write the generating function of a program's run time into a column of `series`, (10, 8).

    Plain recursion values Σ_d series[d, lane]·N_d(x) positions to decide at x, where N_d(x) counts
    the sequences of d moves from x. Let S sum over children. A child operator costs S(1 + its
    argument's cost) and `self` the program's own, so a program's cost is A(S)·1 + B(S)·cost with
    B free of a constant term: cost = A/(1−B) as a power series in S, and S^d·1 = N_d. Deciding
    costs S(1 + cost).
    """
    a = np.zeros((MAX_SIZE + 1, _CELLS + 1))
    b = np.zeros((MAX_SIZE + 1, _CELLS + 1))
    depth = 0
    for i in range(length - 1, -1, -1):
        token = tokens[i]
        if token <= _SELF:
            for d in range(_CELLS + 1):
                a[depth, d] = 0.0
                b[depth, d] = 0.0
            b[depth, 0] = 1.0 if token == _SELF else 0.0
            depth += 1
        elif token >= _ADD:
            depth -= 1
            for d in range(_CELLS + 1):
                a[depth - 1, d] += a[depth, d]
                b[depth - 1, d] += b[depth, d]
        elif token != _NEG:
            top = depth - 1
            for d in range(_CELLS, 0, -1):
                a[top, d] = a[top, d - 1]
                b[top, d] = b[top, d - 1]
            a[top, 0] = 0.0
            b[top, 0] = 0.0
            a[top, 1] += 1.0
    cost = np.zeros(_CELLS + 1)
    for d in range(_CELLS + 1):
        cost[d] = a[0, d]
        for e in range(1, d + 1):
            cost[d] += b[0, e] * cost[d - e]
    series[1, lane] = 1.0
    for d in range(2, _CELLS + 1):
        series[d, lane] = cost[d - 1]
