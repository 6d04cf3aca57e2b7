"""Each named criterion against the program that says the same."""

from fractions import Fraction

import pytest

from mesascope.core.harness import Harness
from mesascope.core.lookahead import BACKUPS, Lookahead, mean
from mesascope.core.mesa_model import MesaModel
from mesascope.core.objective import MesaObjective
from mesascope.systems.programs.program import parse
from mesascope.systems.programs.system import ProgramStructure, ProgramSystem
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.opponent import RANDOM
from mesascope.tasks.tictactoe.rules import MISERE, STANDARD, Rules
from mesascope.tasks.tictactoe.world import Instance, Position, TicTacToeWorld

SAME = [
    (Lookahead("won", "best play", None), "sub(won, max(self))"),
    (Lookahead("line", "best play", None), "sub(line, max(self))"),
    (Lookahead("won", "average play", None), "sub(won, mean(self))"),
    (Lookahead("won", "average reply", None), "add(won, mean(sub(max(self), won)))"),
    (Lookahead("pair", "best play", 1), "pair"),
    (Lookahead("won", "best play", 2), "sub(won, max(won))"),
    (Lookahead("won", "best play", 3), "sub(won, max(sub(won, max(won))))"),
    (Lookahead("won", "average play", 3), "sub(won, mean(sub(won, mean(won))))"),
    (Lookahead("won", "average reply", 2), "sub(won, mean(won))"),
    (Lookahead("won", "average reply", 3), "add(won, mean(sub(max(won), won)))"),
]


def instances(rules: Rules, every: int) -> list[Instance]:
    graph = game_graph(rules, canonical=False)
    pairs = zip(graph.own.tolist(), graph.other.tolist(), strict=True)
    found = [Instance(rules, RANDOM, Position(*pair)) for pair in pairs]
    return [i for i in found if i.moves][::every]


@pytest.mark.parametrize("rules", [STANDARD, MISERE, Rules(frozenset({5, 9}))], ids=str)
@pytest.mark.parametrize(("criterion", "text"), SAME, ids=[t for _, t in SAME])
def test_values_are_the_programs(criterion: Lookahead, text: str, rules: Rules) -> None:
    structure = ProgramStructure(parse(text))
    for instance in instances(rules, 97):
        world = TicTacToeWorld(instance)
        assert criterion.values(instance, world) == structure.candidates(instance, world)


@pytest.mark.parametrize(("criterion", "text"), SAME[:4], ids=[t for _, t in SAME[:4]])
def test_to_the_end_its_size_is_the_programs(criterion: Lookahead, text: str) -> None:
    assert criterion.size == parse(text).size


@pytest.mark.parametrize("backup", BACKUPS)
@pytest.mark.parametrize("horizon", [1, 2, 3, 4, None])
def test_it_looks_no_further_than_it_says(backup: str, horizon: int | None) -> None:
    instance = Instance(STANDARD, RANDOM)
    harness = Harness(TicTacToeWorld(instance))
    Lookahead("won", backup, horizon).values(instance, harness)
    assert harness.log.horizon == (horizon or 9)


def test_a_longer_horizon_is_longer_to_say() -> None:
    sizes = [Lookahead("won", "best play", h).size for h in range(1, 5)]
    assert sizes == [1, 4, 7, 10]


def test_names_say_feature_reach_and_backup() -> None:
    assert Lookahead("won", "best play", 1).name == "`won` right after the move"
    assert "2 plies ahead, averaged over uniformly" in Lookahead("won", "average play", 2).name
    assert "to the end, assuming that both sides" in Lookahead("won", "best play", None).name


def test_means_are_exact() -> None:
    assert mean([1, 2]) == Fraction(3, 2)
    assert mean([1, 3]) == 2
    assert isinstance(mean([1, 3]), int)
    assert mean([Fraction(1, 2), 1]) == Fraction(3, 4)
    assert mean([0.5, 1.0]) == 0.75


def test_a_model_predicts_what_the_program_does() -> None:
    criterion = Lookahead("won", "best play", None)
    model = MesaModel(
        MesaObjective(criterion.name, criterion.values), "moves", "declared", None, 4, "here"
    )
    system = ProgramSystem.of("sub(lost, max(self))")
    for instance in instances(STANDARD, 211):
        world = TicTacToeWorld(instance)
        assert model.predict(instance, world) == system.respond(instance, world)
