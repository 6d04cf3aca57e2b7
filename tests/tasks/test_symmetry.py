"""The eight symmetries change nothing but the names of the cells."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesascope.tasks.tictactoe.features import FEATURE_NAMES
from mesascope.tasks.tictactoe.geometry import SYMMETRIES, mask_images, triple_orbits
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.locate import moves_as_edges
from mesascope.tasks.tictactoe.opponent import Opponent
from mesascope.tasks.tictactoe.rules import MISERE, STANDARD, Rules
from mesascope.tasks.tictactoe.task import TicTacToe
from mesascope.tasks.tictactoe.world import Instance, Position, TicTacToeWorld
from tests.tasks import plain

RULES = [STANDARD, MISERE, Rules(frozenset({1, 7, 12}), misere=True), Rules(frozenset({5, 9}))]
TASK = TicTacToe([])


def image(position: Position, symmetry: int) -> Position:
    row = mask_images()[symmetry]
    return Position(int(row[position.own]), int(row[position.other]))


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    rules = draw(st.sampled_from(RULES))
    graph = game_graph(rules, canonical=False)
    number = draw(st.integers(0, len(graph) - 1))
    position = Position(int(graph.own[number]), int(graph.other[number]))
    return Instance(rules, Opponent(draw(st.sampled_from([0.0, 0.5, 1.0]))), position)


def test_the_symmetries_are_those_of_the_square() -> None:
    ours = {tuple(permutation) for permutation in SYMMETRIES}
    assert ours == {tuple(m[c] for c in range(9)) for m in plain.symmetries()}


@given(st.integers(0, 511), st.integers(0, 7))
def test_images_of_masks_follow_the_cells(mask: int, symmetry: int) -> None:
    cells = {SYMMETRIES[symmetry][c] for c in range(9) if mask >> c & 1}
    assert mask_images()[symmetry, mask] == sum(1 << c for c in cells)


@given(st.integers(0, 15), st.integers(0, 7))
def test_orbits_are_closed(number: int, symmetry: int) -> None:
    orbit = triple_orbits()[number]
    assert {int(mask_images()[symmetry, mask]) for mask in orbit} == set(orbit)


@settings(max_examples=150)
@given(instances(), st.integers(0, 7))
def test_everything_said_of_a_position_moves_with_it(instance: Instance, symmetry: int) -> None:
    cells = SYMMETRIES[symmetry]
    moved = Instance(instance.rules, instance.opponent, image(instance.position, symmetry))
    graph = game_graph(instance.rules)
    assert graph.find(*moved.position) == graph.find(*instance.position)
    assert sorted(moved.moves) == sorted(cells[c] for c in instance.moves)
    utility = TASK.utility(instance)
    assert TASK.utility(moved) == {cells[c]: utility[c] for c in instance.moves}
    here, there = TicTacToeWorld(instance), TicTacToeWorld(moved)
    for feature in FEATURE_NAMES:
        assert here.score(instance.position, feature) == there.score(moved.position, feature)
    for cell in instance.moves:
        assert there.step(moved.position, cells[cell]) == image(
            here.step(instance.position, cell), symmetry
        )


@given(instances())
def test_equivalent_moves_are_worth_the_same(instance: Instance) -> None:
    graph, utility = game_graph(instance.rules), TASK.utility(instance)
    worth: dict[int, float] = {}
    for cell, edge in moves_as_edges(instance.rules, instance.position).items():
        assert utility[cell] == pytest.approx(
            worth.setdefault(int(graph.child[edge]), utility[cell]), abs=1e-12
        )


def test_a_position_out_of_reach_is_refused() -> None:
    with pytest.raises(KeyError):
        game_graph(STANDARD).find(0b11, 0)
    with pytest.raises(KeyError):
        moves_as_edges(STANDARD, Position(0b11, 0))
