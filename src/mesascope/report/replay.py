"""Witness replays as boards: cells, the chosen one, and each objective's value under it."""

from dataclasses import dataclass

from mesascope.records.figures import Frame, Replay
from mesascope.report.format import number, short


@dataclass(frozen=True)
class Value:
    """One objective's value of one cell; `highest` where no shown value of the board is higher."""

    text: str
    highest: bool


@dataclass(frozen=True)
class Square:
    """One cell of a board."""

    text: str
    chosen: bool
    values: list[Value | None]


@dataclass(frozen=True)
class Board:
    """One frame: its cells, and the names of the objectives whose values stand in them."""

    rows: list[list[Square]]
    caption: str
    objectives: list[str]
    label: str


@dataclass(frozen=True)
class Game:
    """A replay, ready to be laid out."""

    title: str
    caption: str
    boards: list[Board]


def game(replay: Replay) -> Game:
    """Lay a replay out."""
    total = len(replay.frames)
    boards = [_board(frame, index, total) for index, frame in enumerate(replay.frames, 1)]
    return Game(replay.title, replay.caption, boards)


def _board(frame: Frame, index: int, total: int) -> Board:
    highest = {
        name: max((v for row in grid for v in row if v is not None), default=None)
        for name, grid in frame.values.items()
    }

    def value(name: str, row: int, column: int) -> Value | None:
        grid = frame.values[name]
        found = grid[row][column] if row < len(grid) and column < len(grid[row]) else None
        if found is None:
            return None
        best = highest[name]
        # What looks equal counts as equal: the reader compares what is printed.
        return Value(short(found), best is not None and number(found) == number(best))

    rows = [
        [
            Square(text, frame.chosen == (i, j), [value(name, i, j) for name in frame.values])
            for j, text in enumerate(row)
        ]
        for i, row in enumerate(frame.rows)
    ]
    label = f"Frame {index} of {total}"
    if frame.chosen is not None:
        label += f", chosen: row {frame.chosen[0] + 1}, column {frame.chosen[1] + 1}"
    return Board(rows, frame.caption, list(frame.values), label)
