"""Compiled scoring of a batch of programs on one game graph."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# ruff: noqa: PLR0913 - Numba compiles no objects of ours: what a function needs is passed singly
# ruff: noqa: PLR0912 - calls inside the innermost loop are slow: branches stay where they are taken

import hashlib
from pathlib import Path

import numpy as np
from numba import njit

from mesascope.systems.programs.compiled.judge import judge
from mesascope.systems.programs.compiled.kernel import (
    EXACT_BELOW,
    ROWS,
    compile_tokens,
    evaluate,
    magnitude,
    running_cost,
)
from mesascope.systems.programs.compiled.lanes import LANES
from mesascope.systems.programs.program import MAX_SIZE

_CELLS = 9
_HERE = Path(__file__).parent
_SOURCES = sorted([*_HERE.glob("*.py"), *(_HERE.parent / n for n in ("grammar.py", "program.py"))])


def _source_digest() -> int:
    """Hash the sources that are compiled together.

    Numba's cache looks at one file alone; as a variable that the compiled function closes over,
    the digest becomes part of the cache's key, and no stale code is ever run.
    """
    text = b"\0".join(path.read_bytes() for path in _SOURCES)
    return int.from_bytes(hashlib.sha256(text).digest()[:7], "little")


def _build(digest, cache):
    @njit(cache=cache, nogil=True, error_model="numpy")
    def score(
        tokens,
        lengths,
        given,
        live_start,
        block_start,
        by_rank,
        edge_start,
        by_slot,
        weight,
        leaves,
        reach,
        paths,
        reply,
        adds,
        words,
        value_words,
        to_move,
        waiting,
        totals,
        policy,
        hashes,
        values,
        refused,
    ):
        """Score programs on one graph; `compiled.arena` prepares the arguments.

        Args:
            tokens, lengths: the programs, (N, L) uint8 and (N,) int64.
            given: values to judge in place of the programs' own, (N, slots), or no rows.
            live_start to paths: the layout.
            reply, adds, words, to_move, waiting: see `judge`; no channels, no judging.
            value_words: random words for hashing values, (2, slots) uint64, or no rows.
            totals: written: each channel's expectation over a game, (N, channels).
            policy: written over: words of the best moves are xored in, (N, 2) uint64.
            hashes: written over: hashes of the values are added, (N, 2) uint64.
            values: written: the programs' values, (N, slots), or no rows.
            refused: written over: set where values could pass 2**53; the rest is then void.
        """
        version = digest  # see _source_digest
        width = leaves.shape[1]
        rows = np.zeros((ROWS, width))
        for leaf in range(len(leaves)):
            for p in range(width):
                rows[leaf, p] = leaves[leaf, p]
        bound = np.zeros((2, ROWS))
        code = np.zeros((MAX_SIZE, 4), np.int64)
        own = np.zeros((LANES, width))
        side_by_side = np.zeros((width, LANES))
        series = np.zeros((_CELLS + 1, LANES))
        mix = np.zeros((2, LANES))
        mix_words = mix.view(np.uint64)
        counting = False
        for c in range(len(adds)):
            counting = counting or adds[c] != 0
        for base in range(0, len(tokens), LANES):
            lanes = min(LANES, len(tokens) - base)
            for lane in range(lanes):
                i = base + lane
                source = given[i] if len(given) > 0 else own[lane]
                if len(given) == 0:
                    children, count, root = compile_tokens(tokens[i], lengths[i], code)
                    if magnitude(code, count, root, reach, bound) >= EXACT_BELOW:
                        refused[i] = True
                        continue
                    evaluate(code, (children, count), rows, live_start, block_start, by_rank)
                    source = rows[root]
                for p in range(width):
                    own[lane, p] = source[p]
                if counting:
                    running_cost(tokens[i], lengths[i], series, lane)
                for p in range(values.shape[1] if len(values) > 0 else 0):
                    values[i, p] = source[p]
                for w in range(len(value_words)):
                    total = np.uint64(0)
                    for p in range(width):
                        total += np.uint64(np.int64(own[lane, p])) * value_words[w, p]
                    hashes[i, w] += total
            if len(reply) == 0 and words.shape[1] == 0:
                continue
            for p in range(width):
                for lane in range(LANES):
                    side_by_side[p, lane] = own[lane, p]
            judge(
                side_by_side,
                edge_start,
                by_slot,
                weight,
                reply,
                adds,
                series,
                paths,
                words,
                to_move,
                waiting,
                mix,
            )
            for lane in range(lanes):
                i = base + lane
                for c in range(len(reply)):
                    totals[i, c] = 0.5 * (to_move[c, 0, lane] + waiting[c, 0, lane])
                policy[i, 0] ^= mix_words[0, lane]
                policy[i, 1] ^= mix_words[1, lane]
        return version

    return score


try:
    score = _build(_source_digest(), cache=True)
except (RuntimeError, OSError):  # nowhere to write: compile anew in every process
    score = _build(_source_digest(), cache=False)
