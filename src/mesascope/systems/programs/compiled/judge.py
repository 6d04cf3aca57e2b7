"""Compiled judging: eight policies at a time, what each earns against every opponent, exactly."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# ruff: noqa: PLR0913 - Numba compiles no objects of ours: what a function needs is passed singly

import numpy as np
from numba import njit

from mesascope.systems.programs.compiled.lanes import (
    LANES,
    add_product,
    add_scaled,
    larger,
    load,
    mix_where_equal,
    plus,
    quotient,
    store,
    where_equal,
    zero,
)

_CELLS = 9
NOTHING, ONE_EACH, RUN_TIME = 0, 1, 2  # what a channel adds at every decision


@njit(nogil=True, error_model="numpy")
def judge(
    values, edge_start, by_slot, weight, reply, adds, series, paths, words, to_move, waiting, mix
):
    """Sweep eight policies back from the ends of the game.

    A policy chooses uniformly among the moves with the highest value, ties included. A channel is
    something that accumulates over a game: the result, or the run time of each decision.

    Args:
        values: eight programs' values, (slots, 8).
        edge_start, by_slot, weight: the moves of the layout.
        reply: the opponent's probability of each (merged) move in each channel, (channels, merged).
        adds: what each channel adds at a decision, (channels,) int64.
        series: generating functions of the programs' run time, (10, 8).
        paths: sequences of moves from each slot, (10, slots).
        words: random words that stand for each move being among the best, (2, merged) uint64.
        to_move, waiting: each channel's expectation with the system or its opponent to move,
            (channels, slots, 8); finished games are given, the others are written.
        mix: the words of all best moves, xored, are written here, (2, 8) as bits.
    """
    slots = len(values)
    best_weight = np.zeros((_CELLS, LANES))
    first, second = zero(), zero()
    for p in range(len(edge_start) - 2, -1, -1):
        begin, end = edge_start[p], edge_start[p + 1]
        if begin == end:
            continue
        best = load(values, np.intp(by_slot[begin]))
        for e in range(begin + 1, end):
            best = larger(best, load(values, np.intp(by_slot[e])))
        ties = zero()
        for e in range(begin, end):
            value = load(values, np.intp(by_slot[e]))
            chosen = where_equal(value, best, weight[e])
            store(best_weight, e - begin, chosen)
            ties = plus(ties, chosen)
            first = mix_where_equal(first, value, best, words[0, e])
            second = mix_where_equal(second, value, best, words[1, e])
        for c in range(len(reply)):
            base = c * slots
            own, theirs = zero(), zero()
            for e in range(begin, end):
                after = base + np.intp(by_slot[e])
                own = add_product(own, load(waiting, after), load(best_weight, e - begin))
                theirs = add_scaled(theirs, load(to_move, after), reply[c, e])
            own = quotient(own, ties)
            if adds[c] == RUN_TIME:
                for d in range(1, _CELLS + 1):
                    own = add_scaled(own, load(series, d), paths[d, p])
            elif adds[c] == ONE_EACH:
                own = add_scaled(own, load(series, 1), 1.0)
            store(to_move, base + p, own)
            store(waiting, base + p, theirs)
    store(mix, 0, first)
    store(mix, 1, second)
