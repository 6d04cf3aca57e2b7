"""Every sweep over the game graph against plain recursion over sets of cells."""

from collections import defaultdict
from fractions import Fraction

import numpy as np
import pytest

from mesascope.tasks.tictactoe.features import FEATURE_NAMES, feature_table
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.locate import moves_as_edges
from mesascope.tasks.tictactoe.opponent import Opponent
from mesascope.tasks.tictactoe.play import (
    minimax_values,
    normalised,
    optimal_play,
    outcome,
    replies,
    visits,
)
from mesascope.tasks.tictactoe.rules import Rules
from mesascope.tasks.tictactoe.world import Instance, Position, TicTacToeWorld
from tests.tasks.plain import CELLS, EMPTY, PlainDecision, PlainGame, State, mask, orbits

RULES = [
    Rules(frozenset(numbers), misere=misere)
    for numbers, misere in [
        ({0, 10, 13}, False),
        ({0, 10, 13}, True),
        ({3}, False),
        ({1, 7, 12}, True),
        ({2, 5, 9, 15}, False),
        ({14}, True),
        (set(range(16)), False),
    ]
]
rule_sets = pytest.mark.parametrize("rules", RULES, ids=str)


def plain(rules: Rules) -> PlainGame:
    numbered = orbits()
    return PlainGame({s for o in rules.orbits for s in numbered[o]}, misere=rules.misere)


def position(state: State) -> Position:
    return Position(mask(state[0]), mask(state[1]))


@rule_sets
def test_positions_moves_and_results(rules: Rules) -> None:
    game, graph, full = plain(rules), game_graph(rules), game_graph(rules, canonical=False)
    states = game.states()
    assert len(full) == len(states)
    seen = set()
    for state in states:
        number = graph.find(*position(state))
        seen.add(number)
        result = game.result(state)
        assert graph.result[number] == (result or 0)
        assert graph.terminal[number] == (result is not None)
        edges = moves_as_edges(rules, position(state))
        assert sorted(edges) == game.open(state)
        for cell, edge in edges.items():
            assert graph.child[edge] == graph.find(*position(game.after(state, cell)))
    assert seen == set(range(len(graph)))


@rule_sets
def test_minimax_values(rules: Rules) -> None:
    game, graph = plain(rules), game_graph(rules)
    values = minimax_values(graph)
    for state in game.states():
        assert values[graph.find(*position(state))] == game.value(state)


def read(game: PlainGame, state: State, feature: str) -> int:
    """What a feature means, in sets; `other` has just moved."""
    own, other = state
    empty = CELLS - own - other

    def lines(two: frozenset[int], third: frozenset[int]) -> int:
        return sum(len(s & two) == 2 and len(s & third) == 1 for s in game.lines)

    line = any(s <= other for s in game.lines)
    return {
        "line": int(line),
        "won": game.sign * line,
        "lost": game.sign * line,
        "full": int(not empty),
        "centre": int(4 in other),
        "corner": len(other & {0, 2, 6, 8}),
        "threat": lines(own, empty),
        "pair": lines(other, empty),
        "block": lines(own, other),
    }[feature]


@rule_sets
def test_features(rules: Rules) -> None:
    game, graph = plain(rules), game_graph(rules)
    table = feature_table(graph)
    for state in game.states():
        number = graph.find(*position(state))
        for row, feature in zip(table, FEATURE_NAMES, strict=True):
            assert row[number] == read(game, state, feature), (state, feature)


@rule_sets
def test_the_world_answers_the_same(rules: Rules) -> None:
    game = plain(rules)
    world = TicTacToeWorld(Instance(rules, Opponent(0.0)))
    for state in game.states()[::7]:
        assert list(world.options(position(state))) == game.open(state)
        for feature in FEATURE_NAMES:
            assert world.score(position(state), feature) == read(game, state, feature)


@pytest.mark.parametrize("perfect", [Fraction(0), Fraction(1, 3)], ids=str)
@pytest.mark.parametrize("rules", [*RULES[:5:2], RULES[1]], ids=str)
def test_replies_and_optimal_play(rules: Rules, perfect: Fraction) -> None:
    game, graph = plain(rules), game_graph(rules)
    decision, opponent = PlainDecision(game, perfect), Opponent(float(perfect))
    solved, reply = optimal_play(rules, opponent), replies(graph, opponent)
    assert solved.value == pytest.approx(float(decision.value()), abs=1e-12)
    for state in game.states():
        edges = moves_as_edges(rules, position(state))
        expected = decision.move_values(state)
        theirs = game.reply(state, perfect) if edges else {}
        for cell, edge in edges.items():
            assert solved.move_values[edge] == pytest.approx(float(expected[cell]), abs=1e-12)
            assert reply[edge] == pytest.approx(float(theirs[cell]), abs=1e-12)


@rule_sets
def test_outcome_and_visits_over_all_games(rules: Rules) -> None:
    """Push probability forward through every game of an arbitrary symmetric policy."""
    game, graph = plain(rules), game_graph(rules)
    opponent = Opponent(0.25)
    policy = normalised(graph, np.random.default_rng(7).random(len(graph.child)))
    reply = replies(graph, opponent)
    met = np.zeros(len(graph))
    wins = losses = 0.0
    for system_first in (True, False):
        layer = {EMPTY: 0.5}
        system_moves = system_first
        while layer:
            following: dict[State, float] = defaultdict(float)
            for state, reached in layer.items():
                result = game.result(state)
                if result is not None:
                    mine = -result if system_moves else result
                    wins += reached * (mine > 0)
                    losses += reached * (mine < 0)
                    continue
                if system_moves:
                    met[graph.find(*position(state))] += reached
                mover = policy if system_moves else reply
                for cell, edge in moves_as_edges(rules, position(state)).items():
                    following[game.after(state, cell)] += reached * mover[edge]
            layer, system_moves = following, not system_moves
    exact = outcome(graph, policy, reply)
    assert (exact.win, exact.loss) == pytest.approx((wins, losses), abs=1e-12)
    assert exact.mean == pytest.approx(wins - losses, abs=1e-12)
    assert exact.draw == pytest.approx(1 - wins - losses, abs=1e-12)
    np.testing.assert_allclose(visits(graph, policy, reply), met, atol=1e-12)
