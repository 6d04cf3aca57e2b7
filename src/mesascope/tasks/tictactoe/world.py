"""Positions, instances, and the simulator and scorer that a system may ask about them."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from mesascope.core.errors import IllegalOutput
from mesascope.tasks.tictactoe.features import FEATURE_NAMES, feature_table
from mesascope.tasks.tictactoe.geometry import CELLS
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.opponent import Opponent
from mesascope.tasks.tictactoe.rules import Rules


class Position(NamedTuple):
    """A position: cells of the side to move, and of the side that just moved, as 9-bit masks."""

    own: int
    other: int

    @property
    def board(self) -> str:
        """Nine characters in reading order: `x` own, `o` the other side's, `.` empty."""
        return "".join(
            "x" if self.own >> c & 1 else "o" if self.other >> c & 1 else "." for c in range(CELLS)
        )

    def after(self, cell: int) -> "Position":
        """Return the position after the side to move fills a cell."""
        return Position(self.other, self.own | 1 << cell)


EMPTY = Position(0, 0)


@dataclass(frozen=True)
class Instance:
    """A decision: a position with the system to move, the rules, and who it plays against."""

    rules: Rules
    opponent: Opponent
    position: Position = EMPTY

    @property
    def board(self) -> str:
        """Nine characters in reading order: `x` the system's, `o` the opponent's, `.` empty."""
        return self.position.board

    @cached_property
    def moves(self) -> tuple[int, ...]:
        """The cells that may be filled."""
        return _book(self.rules).options.get(self.position, ())

    def __str__(self) -> str:
        rows = "/".join(self.board[r : r + 3] for r in (0, 3, 6))
        return f"{rows} under {self.rules} against {self.opponent}"


@dataclass(frozen=True)
class _Book:
    """Every reachable position of a rule set, with its moves and features."""

    options: dict[Position, tuple[int, ...]]
    outcomes: dict[Position, dict[int, Position]]
    together: dict[Position, tuple[Position, ...]]
    features: dict[str, dict[Position, int]]
    memory: dict[Hashable, Any] = field(default_factory=dict)


@lru_cache(maxsize=128)
def _book(rules: Rules) -> _Book:
    graph = game_graph(rules, canonical=False)
    positions = [
        Position(*pair) for pair in zip(graph.own.tolist(), graph.other.tolist(), strict=True)
    ]
    starts, cells = graph.edge_start.tolist(), graph.cell.tolist()
    options = {
        position: tuple(cells[starts[i] : starts[i + 1]]) for i, position in enumerate(positions)
    }
    outcomes = {
        position: {cell: position.after(cell) for cell in cells_there}
        for position, cells_there in options.items()
    }
    together = {position: tuple(after.values()) for position, after in outcomes.items()}
    table = feature_table(graph).tolist()
    features = {
        name: dict(zip(positions, row, strict=True))
        for name, row in zip(FEATURE_NAMES, table, strict=True)
    }
    return _Book(options, outcomes, together, features)


class TicTacToeWorld:
    """The true simulator and scorer of an instance. Implements `mesascope.core.world.World`."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._book = _book(instance.rules)

    @property
    def root(self) -> Position:
        return self.instance.position

    @property
    def memory(self) -> dict[Hashable, Any]:
        """What is remembered of all positions under these rules, see `core.world.memory_of`."""
        return self._book.memory

    @property
    def features(self) -> Sequence[str]:
        return FEATURE_NAMES

    def options(self, state: Position) -> Sequence[int]:
        try:
            return self._book.options[state]
        except KeyError:
            raise self._unreachable(state) from None

    def step(self, state: Position, option: int) -> Position:
        try:
            return self._book.outcomes[state][option]
        except (KeyError, TypeError):
            if state not in self._book.options:
                raise self._unreachable(state) from None
            raise IllegalOutput(
                f"cell {option!r} cannot be filled in {state}; ask options(state) for what can"
            ) from None

    def outcomes(self, state: Position) -> Sequence[Position]:
        """Return the positions that the moves lead to, in the moves' order."""
        try:
            return self._book.together[state]
        except KeyError:
            raise self._unreachable(state) from None

    def score(self, state: Position, feature: str) -> int:
        try:
            return self._book.features[feature][state]
        except KeyError:
            if feature in self._book.features:
                raise self._unreachable(state) from None
            raise KeyError(f"no feature {feature!r}; there is {', '.join(FEATURE_NAMES)}") from None

    def _unreachable(self, state: Position) -> IllegalOutput:
        return IllegalOutput(
            f"{state!r} is no position that play under {self.instance.rules} can reach; "
            "start from world.root and use step"
        )
