"""From a position on the board to its place in the canonical graph, and its moves to edges."""

from functools import lru_cache

import numpy as np

from mesascope.tasks.tictactoe.geometry import CELLS, SYMMETRIES, mask_images
from mesascope.tasks.tictactoe.graph import GameGraph, game_graph
from mesascope.tasks.tictactoe.rules import Rules
from mesascope.tasks.tictactoe.world import Position


@lru_cache(maxsize=200_000)
def moves_as_edges(rules: Rules, position: Position) -> dict[int, int]:
    """Return the canonical graph's edge number for every cell that may be filled.

    Raises:
        KeyError: the position cannot be reached under these rules.
    """
    graph = game_graph(rules)
    images = mask_images()
    codes = images[:, position.own] | images[:, position.other] << CELLS
    permutation = SYMMETRIES[int(np.argmin(codes))]
    number = int(graph.index[codes.min()])
    if number < 0:
        raise KeyError(position)
    return {permutation.index(cell): edge for cell, edge in _edges(graph, number)}


def _edges(graph: GameGraph, number: int) -> list[tuple[int, int]]:
    edges = range(int(graph.edge_start[number]), int(graph.edge_start[number + 1]))
    return [(int(graph.cell[e]), e) for e in edges]
