"""Published counts and values of the standard game, exact."""

from fractions import Fraction

import numpy as np
import pytest

from mesascope.systems.programs.program import parse
from mesascope.systems.programs.system import ProgramSystem
from mesascope.systems.programs.traced import TracedEvaluator
from mesascope.tasks.tictactoe.geometry import draw, orbit_of, triple_orbits
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.opponent import PERFECT, RANDOM
from mesascope.tasks.tictactoe.play import (
    greedy_policy,
    minimax_values,
    optimal_play,
    outcome,
    replies,
    uniform_policy,
)
from mesascope.tasks.tictactoe.rules import STANDARD, STANDARD_ORBITS
from mesascope.tasks.tictactoe.world import EMPTY, Instance, TicTacToeWorld
from tests.tasks.plain import EMPTY as PLAIN_EMPTY
from tests.tasks.plain import PlainGame, State, mask, named_lines, orbits

GRAPH = game_graph(STANDARD)
FULL = game_graph(STANDARD, canonical=False)


def minimax_policy() -> np.ndarray:
    return greedy_policy(GRAPH, -minimax_values(GRAPH)[GRAPH.child])


def test_counts() -> None:
    assert len(FULL) == 5478
    assert len(GRAPH) == 765
    assert len(GRAPH.child) == 2270
    assert (~FULL.terminal).sum() == 4520


def test_orbits() -> None:
    ours = triple_orbits()
    assert len(ours) == 16
    assert sum(len(orbit) for orbit in ours) == 84
    assert (min(map(len, ours)), max(map(len, ours))) == (2, 8)
    assert [set(orbit) for orbit in ours] == [{mask(cells) for cells in o} for o in orbits()]


def test_the_standard_lines_are_three_orbits() -> None:
    assert set(STANDARD.lines) == {mask(line) for line in named_lines()}
    assert {orbit_of(mask(line)) for line in named_lines()} == STANDARD_ORBITS
    assert len(STANDARD_ORBITS) == 3


def test_a_drawing_shows_the_cells() -> None:
    assert draw(0b100_010_001) == "x..\n.x.\n..x"
    with pytest.raises(ValueError, match="three-cell"):
        orbit_of(0b11)


def test_plain_minimax_calls() -> None:
    world = TicTacToeWorld(Instance(STANDARD, PERFECT))
    plain_minimax = TracedEvaluator(parse("sub(lost, max(self))"), world, remember=False)
    assert plain_minimax(EMPTY) == 0
    assert plain_minimax.calls == 549_946


def test_plain_minimax_calls_without_the_package() -> None:
    # The number of move sequences; equal positions have equally many, so count each once.
    game = PlainGame(named_lines())
    known: dict[State, int] = {}

    def calls(state: State) -> int:
        if state not in known:
            known[state] = 1 + sum(calls(game.after(state, c)) for c in game.open(state))
        return known[state]

    assert calls(PLAIN_EMPTY) == 549_946
    assert game.value(PLAIN_EMPTY) == 0


def test_minimax_against_random_uniform_and_itself() -> None:
    random, perfect = replies(GRAPH, RANDOM), replies(GRAPH, PERFECT)
    assert outcome(GRAPH, minimax_policy(), random).mean == pytest.approx(0.8726, abs=5e-5)
    assert outcome(GRAPH, uniform_policy(GRAPH), perfect).mean == pytest.approx(-0.8726, abs=5e-5)
    assert outcome(GRAPH, minimax_policy(), perfect).mean == pytest.approx(0.0, abs=1e-12)
    assert outcome(GRAPH, minimax_policy(), random).loss == 0.0


def test_playout_beats_minimax_against_random_and_loses_to_perfect_play() -> None:
    policy = ProgramSystem.of("sub(lost, mean(self))").policy(GRAPH)
    assert outcome(GRAPH, policy, replies(GRAPH, RANDOM)).mean == pytest.approx(0.9279, abs=5e-5)
    assert outcome(GRAPH, policy, replies(GRAPH, PERFECT)).loss == pytest.approx(0.197, abs=5e-4)


def test_expectimax_is_the_optimum_against_random() -> None:
    policy = ProgramSystem.of("add(lost, mean(sub(max(self), lost)))").policy(GRAPH)
    best = optimal_play(STANDARD, RANDOM).value
    assert outcome(GRAPH, policy, replies(GRAPH, RANDOM)).mean == pytest.approx(best, abs=1e-12)
    assert best > 0.9279


def test_minimax_values_are_often_constant_over_moves() -> None:
    values = minimax_values(FULL)
    live = np.flatnonzero(~FULL.terminal)
    constant = [
        len(set(values[FULL.child[FULL.edge_start[p] : FULL.edge_start[p + 1]]])) == 1 for p in live
    ]
    assert np.mean(constant) == pytest.approx(0.294, abs=5e-4)


def test_ties_need_exact_arithmetic() -> None:
    """Naive floats take apart moves of the playout program that exact arithmetic ties."""
    game = PlainGame(named_lines())
    floats: dict[State, float] = {}
    exact: dict[State, Fraction] = {}
    for state in reversed(game.states()):
        children = [game.after(state, c) for c in game.open(state)]
        lost = game.result(state) or 0
        floats[state] = float(lost)
        exact[state] = Fraction(lost)
        if children:
            floats[state] -= sum(floats[c] for c in children) / len(children)
            exact[state] -= sum((exact[c] for c in children), Fraction()) / len(children)

    def best(values: dict[State, float] | dict[State, Fraction], state: State) -> list[int]:
        of = {c: values[game.after(state, c)] for c in game.open(state)}
        return [c for c in of if of[c] == max(of.values())]

    live = [state for state in game.states() if game.open(state)]
    assert len(live) == 4520
    program = ProgramSystem.of("sub(lost, mean(self))")
    split = 0
    for state in live:
        instance = Instance(
            STANDARD, RANDOM, EMPTY._replace(own=mask(state[0]), other=mask(state[1]))
        )
        ours = program.respond(instance, TicTacToeWorld(instance)).support
        assert ours == set(best(exact, state))
        split += best(floats, state) != best(exact, state)
    assert split == 40  # of 4,520; the figure is that of sums taken in reading order
