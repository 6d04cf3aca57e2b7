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
    for instance in instances(rules, 397):
        world = TicTacToeWorld(instance)
        assert criterion.values(instance, world) == structure.candidates(instance, world)


@pytest.mark.parametrize("criterion", [criterion for criterion, _ in SAME], ids=str)
def test_what_a_world_remembers_answers_no_question_in_a_harness(criterion: Lookahead) -> None:
    for instance in instances(STANDARD, 597):
        world = TicTacToeWorld(instance)
        first, again = Harness(world), Harness(world)
        fresh = criterion.values(instance, first)
        assert criterion.values(instance, world) == fresh
        assert criterion.values(instance, again) == fresh
        assert again.log == first.log
        assert again.log.steps >= len(instance.moves)


@pytest.mark.parametrize(("criterion", "text"), SAME[:4], ids=[t for _, t in SAME[:4]])
def test_to_the_end_its_size_is_the_programs(criterion: Lookahead, text: str) -> None:
    assert criterion.size == parse(text).size


@pytest.mark.parametrize("backup", BACKUPS)
@pytest.mark.parametrize("horizon", [1, 2, 3, 4, None])
def test_it_looks_no_further_than_it_says(backup: str, horizon: int | None) -> None:
    instance = Instance(STANDARD, RANDOM, Position(0b1, 0b100))
    harness = Harness(TicTacToeWorld(instance))
    Lookahead("won", backup, horizon).values(instance, harness)
    assert harness.log.horizon == (horizon or 7)


def test_a_longer_horizon_is_longer_to_say() -> None:
    sizes = [Lookahead("won", "best play", h).size for h in range(1, 5)]
    assert sizes == [1, 4, 7, 10]


def test_names_say_feature_reach_and_backup() -> None:
    assert Lookahead("won", "best play", 1).name == "`won` right after the move"
    assert "2 plies ahead, averaged over uniformly" in Lookahead("won", "average play", 2).name
    assert "to the end, assuming that both sides" in Lookahead("won", "best play", None).name


def test_reading_only_the_ends_differs_only_where_something_is_read_on_the_way() -> None:
    start = Instance(STANDARD, RANDOM, Position(0b1, 0b10))
    won = [Lookahead("won", "best play", None, only_ends=e) for e in (False, True)]
    corner = [Lookahead("corner", "best play", 3, only_ends=e) for e in (False, True)]
    world = TicTacToeWorld(start)
    assert won[0].values(start, world) == won[1].values(start, world)
    assert corner[0].values(start, world) != corner[1].values(start, world)
    harness = Harness(world)
    won[1].values(start, harness)
    assert not any(world.options(s) for states in harness.log.scored.values() for s in states)
    assert "at the end, assuming" in won[1].name
    assert "at the end or 3 plies ahead" in corner[1].name


def test_only_the_ends_at_a_horizon_is_the_program_that_reads_there() -> None:
    criterion = Lookahead("pair", "best play", 3, only_ends=True)
    # Late enough that no game ends before the horizon, early enough for three more plies.
    for instance in instances(STANDARD, 1)[:40]:
        world = TicTacToeWorld(instance)
        program = ProgramStructure(parse("neg(max(neg(max(pair))))"))
        assert criterion.values(instance, world) == program.candidates(instance, world)


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
