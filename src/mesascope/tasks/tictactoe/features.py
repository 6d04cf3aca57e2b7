"""What a program can read off a position: the leaves of the language, one integer each.

Every feature is about a position as it stands after a move, seen from the side that made it: a
system values the position that a move leads to. `line` and `won` agree on every position of every
rule set without misère and are opposite with it.
"""

from collections.abc import Callable

import numpy as np

from mesascope.tasks.tictactoe.geometry import CENTRE, CORNERS, FULL, popcounts
from mesascope.tasks.tictactoe.graph import GameGraph
from mesascope.tasks.tictactoe.rules import Rules

Feature = Callable[[np.ndarray, np.ndarray, Rules], np.ndarray]


def _line(own: np.ndarray, other: np.ndarray, rules: Rules) -> np.ndarray:
    return rules.completed[other].astype(np.int64)


def _won(own: np.ndarray, other: np.ndarray, rules: Rules) -> np.ndarray:
    return rules.sign * _line(own, other, rules)


def _full(own: np.ndarray, other: np.ndarray, rules: Rules) -> np.ndarray:
    return ((own | other) == FULL).astype(np.int64)


def _centre(own: np.ndarray, other: np.ndarray, rules: Rules) -> np.ndarray:
    return (other & CENTRE != 0).astype(np.int64)


def _corner(own: np.ndarray, other: np.ndarray, rules: Rules) -> np.ndarray:
    return popcounts()[other & CORNERS].astype(np.int64)


def _count_lines(two: np.ndarray, third: np.ndarray, rules: Rules) -> np.ndarray:
    """Count the lines that hold two cells of `two` and have their last cell in `third`."""
    count = np.zeros(len(two), dtype=np.int64)
    for line in rules.lines:
        count += (popcounts()[two & line] == 2) & (third & line != 0)
    return count


def _threat(own: np.ndarray, other: np.ndarray, rules: Rules) -> np.ndarray:
    return _count_lines(own, FULL & ~(own | other), rules)


def _pair(own: np.ndarray, other: np.ndarray, rules: Rules) -> np.ndarray:
    return _count_lines(other, FULL & ~(own | other), rules)


def _block(own: np.ndarray, other: np.ndarray, rules: Rules) -> np.ndarray:
    return _count_lines(own, other, rules)


FEATURES: dict[str, tuple[Feature, str]] = {
    "line": (_line, "it has just completed a line"),
    "won": (_won, "it has won, by the rules in force; -1 if it has lost"),
    "lost": (_won, "the other side has lost, by the rules in force; -1 if it has won"),
    "full": (_full, "the board is full"),
    "centre": (_centre, "it holds the centre"),
    "corner": (_corner, "corners it holds"),
    "threat": (_threat, "open lines on which the other side has two"),
    "pair": (_pair, "open lines on which it has two"),
    "block": (_block, "lines on which it has stopped two of the other side"),
}
FEATURE_NAMES = tuple(FEATURES)


def feature_table(graph: GameGraph) -> np.ndarray:
    """Return every feature at every position of a graph, shape (features, n), int64."""
    return np.stack([f(graph.own, graph.other, graph.rules) for f, _ in FEATURES.values()])
