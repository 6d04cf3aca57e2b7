"""Scoring one program exactly."""

from mesascope.records.output import ScoreRecord
from mesascope.systems.programs.batch import Arena, BatchScorer
from mesascope.systems.programs.program import parse
from mesascope.systems.programs.system import ProgramSystem
from mesascope.tasks.tictactoe.exact import exact_outcome
from mesascope.tasks.tictactoe.graph import GameGraph, game_graph
from mesascope.tasks.tictactoe.opponent import Opponent, parse_opponent
from mesascope.tasks.tictactoe.play import optimal_play, replies
from mesascope.tasks.tictactoe.rules import parse_rules


def score_program(
    program: str, *, opponent: str = "random", rules: str = "standard"
) -> ScoreRecord:
    """Return the exact result of a program, moving first in half the games.

    Args:
        program: a program's text.
        opponent: as `parse_opponent` reads it.
        rules: as `parse_rules` reads them.

    Raises:
        MalformedProgram, BadOpponent, BadRules: something could not be read; says where.
    """
    system = ProgramSystem.of(parse(program))
    strength, ruleset = parse_opponent(opponent), parse_rules(rules)
    graph = game_graph(ruleset)
    result = exact_outcome(graph, system.policy(graph), strength)
    figures = {name: getattr(result, name) for name in ("win", "draw", "loss", "mean")}
    return ScoreRecord(
        program=str(system.program),
        size=system.program.size,
        rules=str(ruleset),
        opponent=str(strength),
        **{name: float(value) for name, value in figures.items()},
        exact={name: str(value) for name, value in figures.items()},
        optimum=optimal_play(ruleset, strength).value,
        evaluations=_evaluations(system, graph, strength),
    )


def _evaluations(system: ProgramSystem, graph: GameGraph, opponent: Opponent) -> float:
    scorer = BatchScorer([Arena(graph, (replies(graph, opponent),))], run_time=True)
    found = scorer.score_programs([system.program]).evaluations
    assert found is not None
    return float(found[0, 0])
