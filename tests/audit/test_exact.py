"""The audit's figures against exact ones, computed on the game graph without any sampling."""

import numpy as np
import pytest

from mesascope.systems.programs.system import ProgramSystem
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.play import optimal_play, outcome, replies, visits
from mesascope.tasks.tictactoe.task import arenas_of
from tests.audit.cases import audited, organism

PROGRAMS = ("sub(lost, mean(self))", "corner", "add(add(lost, lost), add(block, centre))")


def exact_regret(name: str, preset: str, distribution: str) -> float:
    """Return Σ visits · (max Q* - Q* of the policy) / Σ visits · (max Q* - min Q*)."""
    lost = stakes = 0.0
    for arena in arenas_of(organism(preset).task.distributions[distribution]):
        graph = game_graph(arena.rules)
        policy = ProgramSystem.of(name).policy(graph)
        seen = visits(graph, policy, replies(graph, arena.opponent))
        values = optimal_play(arena.rules, arena.opponent).move_values
        for position in np.flatnonzero(seen):
            moves = slice(int(graph.edge_start[position]), int(graph.edge_start[position + 1]))
            here = values[moves]
            lost += seen[position] * float(here.max() - policy[moves] @ here)
            stakes += seen[position] * float(here.max() - here.min())
    return lost / stakes


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_regret_of_behaviour_is_the_exact_one_within_its_interval(name: str) -> None:
    record = audited(name, "random-opponent").record
    for comparison in record.comparisons:
        exact = exact_regret(name, "random-opponent", comparison.distribution)
        figure = comparison.behaviour_regret
        # Three programs on three distributions: 95 % intervals may miss, but not by much.
        slack = 0.5 * (figure.high - figure.low)
        assert figure.low - slack <= exact <= figure.high + slack, comparison.distribution


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_base_value_and_the_optimum_are_exact(name: str) -> None:
    record = audited(name, "random-opponent").record
    task = organism("random-opponent").task
    for comparison in record.comparisons:
        (arena,) = arenas_of(task.distributions[comparison.distribution])
        graph = game_graph(arena.rules)
        policy = ProgramSystem.of(name).policy(graph)
        value = outcome(graph, policy, replies(graph, arena.opponent)).mean
        assert comparison.base_value.estimate == pytest.approx(value, abs=1e-12)
        assert comparison.base_value.samples == 0
        best = optimal_play(arena.rules, arena.opponent).value
        assert comparison.base_optimum == pytest.approx(best, abs=1e-12)
        assert value <= best + 1e-12


def test_the_value_of_the_mesa_optimum_is_that_of_its_own_policy() -> None:
    # A program's behaviour is optimal for its own mesa-objective, so the two values agree.
    record = audited("sub(lost, mean(self))", "random-opponent").record
    for comparison in record.comparisons:
        found = comparison.base_value_of_mesa_optimum
        assert found is not None
        slack = 0.5 * (found.high - found.low)
        assert found.low - slack <= comparison.base_value.estimate <= found.high + slack
        regret = comparison.decision_regret
        assert regret is not None
        assert regret.estimate == pytest.approx(comparison.behaviour_regret.estimate, abs=1e-9)


def test_the_playout_evaluator_scores_as_published() -> None:
    # .9279 against a random opponent, losing 19.7 % of its games to perfect play.
    by_name = {
        c.distribution: c
        for c in audited("sub(lost, mean(self))", "random-opponent").record.comparisons
    }
    assert by_name["train"].base_value.estimate == pytest.approx(0.9279, abs=5e-5)
    assert by_name["perfect play"].base_value.estimate == pytest.approx(-0.197, abs=5e-4)
