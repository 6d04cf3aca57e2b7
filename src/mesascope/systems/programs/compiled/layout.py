"""A game graph laid out for compiled sweeps: positions in play by ply, finished games at the end.

Within a ply every position in play has the same number of moves, so a sweep is a few loops of
fixed shape over contiguous memory. What never changes from program to program is worked out here.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mesascope.systems.programs.grammar import ONE, TOKEN_OF
from mesascope.tasks.tictactoe.features import feature_table
from mesascope.tasks.tictactoe.geometry import CELLS
from mesascope.tasks.tictactoe.graph import GameGraph

SCALE = 40320.0  # 8!; why is told in `kernel`


@dataclass(frozen=True, eq=False)
class Layout:
    """A game graph's positions and moves in slots. A position keeps its ply, a move its position.

    Attributes:
        graph: the graph that was laid out.
        slot: the slot of each of the graph's positions, (n,) int64.
        live_start: where the positions in play of each ply begin, (10,) int64; the finished
            games fill the slots from the last entry on.
        block_start: where each ply's moves begin in `by_rank`, (9,) int64.
        by_rank: the slot that each move leads to; in a ply, all first moves, then all second
            moves, and so on; (m,) uint32.
        edge_start: where each slot's moves begin in `by_slot`, (live + 1,) int64.
        by_slot: the slot that each move leads to, position by position, moves to equal positions
            merged, (merged,) uint32.
        merged: the row of `by_slot` for each of the graph's moves, (m,) int64.
        weight: moves merged in each row, (merged,) float64.
        leaves: scaled features and ones, by token number, (leaves, n) float64.
        reach: the largest magnitude of each leaf on each ply, (10, leaves) float64.
        paths: the number of move sequences of each length from each position in play, (10, live).
    """

    graph: GameGraph
    slot: np.ndarray
    live_start: np.ndarray
    block_start: np.ndarray
    by_rank: np.ndarray
    edge_start: np.ndarray
    by_slot: np.ndarray
    merged: np.ndarray
    weight: np.ndarray
    leaves: np.ndarray
    reach: np.ndarray
    paths: np.ndarray

    @property
    def live(self) -> int:
        """The number of positions in play."""
        return int(self.live_start[-1])


@lru_cache(maxsize=512)
def lay_out(graph: GameGraph) -> Layout:
    """Lay a graph out (once)."""
    ply = np.repeat(np.arange(CELLS + 1), np.diff(graph.ply_start))
    order = np.lexsort((ply, graph.terminal))  # stable: in play first, each part by ply
    slot = np.empty(len(order), dtype=np.int64)
    slot[order] = np.arange(len(order))
    live_of_ply = np.bincount(ply[~graph.terminal], minlength=CELLS)[:CELLS]
    live_start = np.concatenate([[0], np.cumsum(live_of_ply)]).astype(np.int64)

    by_rank = []
    for k in range(CELLS):
        live = order[live_start[k] : live_start[k + 1]]
        moves = graph.edge_start[live][None, :] + np.arange(CELLS - k)[:, None]
        by_rank.append(slot[graph.child[moves]].ravel())
    block_start = np.concatenate([[0], np.cumsum([len(b) for b in by_rank])[:-1]])

    owner = np.repeat(slot, np.diff(graph.edge_start))
    pairs, merged, weight = np.unique(
        owner * len(graph) + slot[graph.child], return_inverse=True, return_counts=True
    )
    live_count = int(live_start[-1])
    edge_start = np.searchsorted(pairs // len(graph), np.arange(live_count + 1))

    leaves = np.full((TOKEN_OF[ONE] + 1, len(graph)), SCALE)
    leaves[: TOKEN_OF[ONE]] = feature_table(graph)[:, order] * SCALE
    reach = np.array([np.abs(leaves[:, ply[order] == k]).max(axis=1) for k in range(CELLS + 1)])
    return Layout(
        graph=graph,
        slot=slot,
        live_start=live_start,
        block_start=block_start.astype(np.int64),
        by_rank=np.concatenate(by_rank).astype(np.uint32),
        edge_start=edge_start.astype(np.int64),
        by_slot=(pairs % len(graph)).astype(np.uint32),
        merged=merged.astype(np.int64),
        weight=weight.astype(np.float64),
        leaves=leaves,
        reach=reach,
        paths=_paths(graph, order)[:, :live_count].copy(),
    )


def _paths(graph: GameGraph, order: np.ndarray) -> np.ndarray:
    """Count the move sequences of each length from every position, (10, n) in slot order."""
    paths = np.zeros((CELLS + 1, len(graph)))
    paths[0] = 1.0
    owner = np.repeat(np.arange(len(graph)), np.diff(graph.edge_start))
    for length in range(1, CELLS + 1):
        np.add.at(paths[length], owner, paths[length - 1][graph.child])
    return paths[:, order]
