"""A game graph laid out for compiled sweeps: positions in play by ply, finished games at the end.

Within a ply every position in play has the same number of moves, so a sweep is a few loops of
fixed shape over contiguous memory. Plies are filled up with empty slots to whole vectors. What
never changes from program to program is worked out here.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mesascope.systems.programs.compiled.kernel import SCALE
from mesascope.systems.programs.compiled.lanes import LANES
from mesascope.systems.programs.grammar import ONE, TOKEN_OF
from mesascope.tasks.tictactoe.features import feature_table
from mesascope.tasks.tictactoe.geometry import CELLS
from mesascope.tasks.tictactoe.graph import GameGraph

__all__ = ["SCALE", "Layout", "lay_out"]


@dataclass(frozen=True, eq=False)
class Layout:
    """A game graph's positions and moves in slots. The empty board has slot 0.

    Attributes:
        graph: the graph that was laid out.
        slot: the slot of each of the graph's positions, (n,) int64.
        live_start: where each ply's positions in play begin, (10,) int64; finished games fill
            the slots from the last entry on.
        block_start: where each ply's moves begin in `by_rank`, (9,) int64.
        by_rank: the slot that each move leads to; in a ply, all first moves, then all second
            moves, and so on, uint32.
        edge_start: where each slot's moves begin in `by_slot`, (live + 1,) int64.
        by_slot: the slot that each move leads to, position by position, moves to equal positions
            merged, (merged,) uint32.
        merged: the row of `by_slot` for each of the graph's moves, (m,) int64.
        weight: moves merged in each row, (merged,) float64.
        leaves: scaled features and ones, by token number, (leaves, slots) float64.
        reach: the largest magnitude of each leaf on each ply, (10, leaves) float64.
        paths: the number of sequences of each number of moves from each slot, (10, slots).
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

    def __len__(self) -> int:
        return self.leaves.shape[1]

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Put values of the graph's positions, (..., n), into slots; 0 in the empty ones."""
        slots = np.zeros((*values.shape[:-1], len(self)))
        slots[..., self.slot] = values
        return slots


@lru_cache(maxsize=512)
def lay_out(graph: GameGraph) -> Layout:
    """Lay a graph out (once)."""
    ply = np.repeat(np.arange(CELLS + 1), np.diff(graph.ply_start))
    live = [np.flatnonzero((ply == k) & ~graph.terminal) for k in range(CELLS)]
    widths = [-(-len(positions) // LANES) * LANES for positions in live]
    live_start = np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)
    slot = np.empty(len(graph), dtype=np.int64)
    for positions, start in zip(live, live_start, strict=False):
        slot[positions] = start + np.arange(len(positions))
    slot[graph.terminal] = live_start[-1] + np.arange(graph.terminal.sum())

    blocks = []
    for k, (positions, width) in enumerate(zip(live, widths, strict=True)):
        # The moves of an empty slot lead to some finished game; nothing reads what comes of it.
        block = np.full((CELLS - k, width), live_start[-1])
        moves = graph.edge_start[positions][None, :] + np.arange(CELLS - k)[:, None]
        block[:, : len(positions)] = slot[graph.child[moves]]
        blocks.append(block.ravel())

    slots = int(live_start[-1] + graph.terminal.sum())
    owner = np.repeat(slot, np.diff(graph.edge_start))
    pairs, merged, weight = np.unique(
        owner * slots + slot[graph.child], return_inverse=True, return_counts=True
    )
    features = feature_table(graph) * SCALE
    leaves = np.full((TOKEN_OF[ONE] + 1, slots), SCALE)
    leaves[: TOKEN_OF[ONE]] = 0.0
    leaves[: TOKEN_OF[ONE], slot] = features
    reach = np.full((CELLS + 1, TOKEN_OF[ONE] + 1), SCALE)
    for k in range(CELLS + 1):
        reach[k, : TOKEN_OF[ONE]] = np.abs(features[:, ply == k]).max(axis=1, initial=0.0)
    paths = np.zeros((CELLS + 1, slots))
    paths[:, slot] = _paths(graph)
    return Layout(
        graph=graph,
        slot=slot,
        live_start=live_start,
        block_start=np.concatenate([[0], np.cumsum([len(b) for b in blocks])[:-1]]),
        by_rank=np.concatenate(blocks).astype(np.uint32),
        edge_start=np.searchsorted(pairs // slots, np.arange(live_start[-1] + 1)),
        by_slot=(pairs % slots).astype(np.uint32),
        merged=merged,
        weight=weight.astype(np.float64),
        leaves=leaves,
        reach=reach,
        paths=paths,
    )


def _paths(graph: GameGraph) -> np.ndarray:
    """Count the move sequences of each length from every position, (10, n)."""
    paths = np.zeros((CELLS + 1, len(graph)))
    paths[0] = 1.0
    owner = np.repeat(np.arange(len(graph)), np.diff(graph.edge_start))
    for length in range(1, CELLS + 1):
        np.add.at(paths[length], owner, paths[length - 1][graph.child])
    return paths
