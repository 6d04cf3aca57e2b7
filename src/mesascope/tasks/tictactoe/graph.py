"""The exact game graph of a rule set, as flat arrays ordered by ply.

A position is a pair of masks: `own`, the cells of the side to move, and `other`, the cells of the
side that just moved. Every move adds one piece, so the positions of a ply depend only on those of
the next one, and anything defined by recursion over the game is a single backward sweep.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mesascope.tasks.tictactoe.geometry import CELLS, FULL, mask_images, popcounts
from mesascope.tasks.tictactoe.rules import Rules

PLIES = CELLS + 1
ABSENT = -1


@dataclass(frozen=True, eq=False)
class GameGraph:
    """All positions reachable under a rule set, up to symmetry if `canonical`.

    Attributes:
        rules: the rule set.
        canonical: one position for each class under the eight symmetries, or all of them.
        own, other: cells of the side to move and of the side that just moved, (n,) int32.
        ply_start: where each ply's positions begin, (11,) int32; ply k is the slice k to k+1.
        edge_start: where each position's moves begin, (n+1,) int32; none where the game is over.
        child: the position that each move leads to, (m,) int32.
        cell: the cell that each move fills, (m,) int8.
        result: result for the side that just moved where the game is over, else 0; (n,) int8.
        terminal: whether the game is over, (n,) bool.
        index: the number of every position code, (2**18,) int32, `ABSENT` where unreachable.
    """

    rules: Rules
    canonical: bool
    own: np.ndarray
    other: np.ndarray
    ply_start: np.ndarray
    edge_start: np.ndarray
    child: np.ndarray
    cell: np.ndarray
    result: np.ndarray
    terminal: np.ndarray
    index: np.ndarray

    def __len__(self) -> int:
        return len(self.own)

    def find(self, own: int, other: int) -> int:
        """Return the number of a position, or of its representative in a canonical graph.

        Raises:
            KeyError: the position cannot be reached under these rules.
        """
        codes = np.array([own | other << CELLS], dtype=np.int32)
        number = int(self.index[(_representatives(codes) if self.canonical else codes)[0]])
        if number == ABSENT:
            raise KeyError((own, other))
        return number


@lru_cache(maxsize=512)
def game_graph(rules: Rules, canonical: bool = True) -> GameGraph:
    """Build (once) the graph of a rule set: 5,478 positions, 765 canonical, for standard rules."""
    plies, parents = _expand(rules, canonical)
    codes = np.concatenate(plies)
    ply_start = np.cumsum([0, *(len(p) for p in plies)], dtype=np.int32)
    index = np.full(1 << 2 * CELLS, ABSENT, dtype=np.int32)
    index[codes] = np.arange(len(codes), dtype=np.int32)

    own, other = codes & FULL, codes >> CELLS
    made_line = rules.completed[other]
    terminal = made_line | ((own | other) == FULL)
    fan_out = np.where(terminal, 0, CELLS - popcounts()[own | other])
    edge_start = np.concatenate([[0], np.cumsum(fan_out)]).astype(np.int32)
    child_codes = np.concatenate([c for c, _ in parents])
    cells = np.concatenate([c for _, c in parents])
    return GameGraph(
        rules=rules,
        canonical=canonical,
        own=own,
        other=other,
        ply_start=ply_start,
        edge_start=edge_start,
        child=index[child_codes],
        cell=cells.astype(np.int8),
        result=(made_line * rules.sign).astype(np.int8),
        terminal=terminal,
        index=index,
    )


def _expand(
    rules: Rules, canonical: bool
) -> tuple[list[np.ndarray], list[tuple[np.ndarray, np.ndarray]]]:
    """Return the position codes of each ply, and the (child code, cell) of each ply's moves."""
    frontier = np.zeros(1, dtype=np.int32)
    plies, moves = [], []
    for _ in range(PLIES):
        plies.append(frontier)
        own, other = frontier & FULL, frontier >> CELLS
        live = ~rules.completed[other]
        empty = ((own | other)[:, None] >> np.arange(CELLS) & 1 == 0) & live[:, None]
        rows, cells = np.nonzero(empty)
        children = (other[rows] | (own[rows] | 1 << cells) << CELLS).astype(np.int32)
        if canonical:
            children = _representatives(children)
        moves.append((children, cells))
        frontier = np.unique(children)
    return plies, moves


def _representatives(codes: np.ndarray) -> np.ndarray:
    """Return the smallest code among the eight images of each code, (n,) int32."""
    images = mask_images()
    if len(codes) == 0:
        return codes
    return (images[:, codes & FULL] | images[:, codes >> CELLS] << CELLS).min(axis=0)
