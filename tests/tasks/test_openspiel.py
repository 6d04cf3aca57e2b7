"""OpenSpiel's tic-tac-toe as the oracle of the standard game, on every reachable position."""

import pytest

from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.opponent import PERFECT
from mesascope.tasks.tictactoe.play import minimax_values
from mesascope.tasks.tictactoe.rules import STANDARD
from mesascope.tasks.tictactoe.world import Instance, Position, TicTacToeWorld

pyspiel = pytest.importorskip("pyspiel")


def to_position(state: "pyspiel.State") -> Position:
    board = str(state).replace("\n", "")
    crosses = sum(1 << c for c, mark in enumerate(board) if mark == "x")
    noughts = sum(1 << c for c, mark in enumerate(board) if mark == "o")
    crosses_to_move = board.count("x") == board.count("o")
    return Position(crosses, noughts) if crosses_to_move else Position(noughts, crosses)


def test_every_reachable_position_agrees() -> None:
    graph, full = game_graph(STANDARD), game_graph(STANDARD, canonical=False)
    ours = minimax_values(graph)
    world = TicTacToeWorld(Instance(STANDARD, PERFECT))
    values: dict[str, float] = {}  # minimax for crosses, by board

    def walk(state: "pyspiel.State") -> float:
        board = str(state)
        if board in values:
            return values[board]
        position = to_position(state)
        crosses_to_move = board.count("x") == board.count("o")
        legal = [] if state.is_terminal() else state.legal_actions()
        assert list(world.options(position)) == legal
        if state.is_terminal():
            value = state.returns()[0]
            winner_moved_last = world.score(position, "won")
            assert winner_moved_last == (-value if crosses_to_move else value)
        else:
            assert world.score(position, "won") == 0
            after = [walk(state.child(action)) for action in legal]
            value = max(after) if crosses_to_move else min(after)
        assert ours[graph.find(*position)] == (value if crosses_to_move else -value)
        values[board] = value
        return value

    assert walk(pyspiel.load_game("tic_tac_toe").new_initial_state()) == 0.0
    assert len(values) == len(full) == 5478
