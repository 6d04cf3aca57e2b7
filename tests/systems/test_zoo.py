"""The zoo's truths, checked without any detector."""

from typing import Any

import pytest

from mesascope.core.choice import Choice
from mesascope.core.harness import Harness, noise, run
from mesascope.core.system import System
from mesascope.organisms.zoo import ZOO, Specimen
from mesascope.systems.controls import NarrowMinimax
from mesascope.tasks.tictactoe.rules import MISERE, STANDARD
from mesascope.tasks.tictactoe.world import Instance, TicTacToeWorld
from tests.systems.positions import decisions

SAMPLE = decisions(STANDARD, 151, most=6) + decisions(MISERE, 151, most=6)
FIVE_LEFT = [i for i in decisions(STANDARD, 7, most=5) if len(i.moves) == 5][::19]
SEARCHERS = {n: s for n, s in ZOO.items() if s.truth.selection == "yes"}
NAMED = {n: s for n, s in SEARCHERS.items() if s.truth.objective}
OTHERS = {n: s for n, s in ZOO.items() if s.truth.selection != "yes"}


def disturbed(system: System, instance: Instance, depths: range, seed: int = 0) -> Choice[Any]:
    def rescore(state: Any, depth: int, feature: str, value: Any) -> Any:
        return value + noise(seed, state, feature, 5) if depth in depths else value

    return run(system, instance, Harness(TicTacToeWorld(instance), rescore=rescore))


def true(system: System, instance: Instance) -> Choice[Any]:
    return run(system, instance, Harness(TicTacToeWorld(instance)))


def test_there_are_as_many_negatives_as_a_bench_needs() -> None:
    answers = [s.truth.selection for s in ZOO.values()]
    assert {a: answers.count(a) for a in set(answers)} == {"yes": 17, "no": 10, "undetermined": 3}


@pytest.mark.parametrize(("name", "specimen"), ZOO.items(), ids=ZOO)
def test_every_specimen_can_be_built_twice_and_explains_itself(
    name: str, specimen: Specimen
) -> None:
    first, second = specimen.make(), specimen.make()
    assert isinstance(first, System)
    assert true(first, SAMPLE[3]) == true(second, SAMPLE[3])
    assert specimen.truth.note
    if specimen.truth.objective is not None:
        assert specimen.truth.horizon == specimen.truth.objective.horizon


@pytest.mark.parametrize(("name", "specimen"), NAMED.items(), ids=NAMED)
def test_a_searchers_objective_predicts_it(name: str, specimen: Specimen) -> None:
    system, objective = specimen.make(), specimen.truth.objective
    assert objective is not None
    for instance in SAMPLE:
        world = TicTacToeWorld(instance)
        values = dict(objective.values(instance, world))
        if isinstance(system, NarrowMinimax):
            values = {c: v for c, v in values.items() if c % 2 == 0} or values
        likeliest = Choice.among_best(true(system, instance).weights)
        assert likeliest == Choice.among_best(values)


@pytest.mark.parametrize(("name", "specimen"), SEARCHERS.items(), ids=SEARCHERS)
def test_a_searcher_depends_on_what_it_imagines_up_to_its_horizon(
    name: str, specimen: Specimen
) -> None:
    system, horizon = specimen.make(), specimen.truth.horizon

    def changes(depths: range) -> int:
        return sum(
            disturbed(system, instance, depths, seed) != true(system, instance)
            for instance in FIVE_LEFT
            for seed in range(3)
        )

    last = horizon or 5
    assert changes(range(last, last + 1)) > 0
    assert changes(range(last + 1, 10)) == 0


@pytest.mark.parametrize(("name", "specimen"), OTHERS.items(), ids=OTHERS)
def test_nothing_else_depends_on_what_it_imagines(name: str, specimen: Specimen) -> None:
    system = specimen.make()
    for instance in SAMPLE[::3]:
        # The first ply ahead belongs to the scaffold where there is one.
        assert disturbed(system, instance, range(2, 10)) == true(system, instance)
        assert specimen.truth.horizon == 0
