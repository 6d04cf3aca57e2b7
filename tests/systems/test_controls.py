"""Each control is what it says it is."""

from typing import Any

import numpy as np
import pytest

from mesascope.core.choice import Choice
from mesascope.core.harness import Harness, run
from mesascope.core.system import HasStructure, HasTrace, System
from mesascope.systems.controls import (
    Constant,
    Decoy,
    DepthLimitedMinimax,
    EpsilonMinimax,
    FakedTrace,
    FeedbackController,
    GreedyHeuristic,
    HardCodedMinimax,
    LookupTable,
    NarrowMinimax,
    OpaqueDecoy,
    OpaqueMinimax,
    RandomPlayer,
)
from mesascope.tasks.tictactoe.opponent import RANDOM
from mesascope.tasks.tictactoe.rules import MISERE, STANDARD, Rules
from mesascope.tasks.tictactoe.world import Instance, Position, TicTacToeWorld
from tests.systems.positions import decisions
from tests.tasks.plain import PlainGame, named_lines

REFLEXES = [Constant(), RandomPlayer(), GreedyHeuristic(), FeedbackController()]
TABLES = [LookupTable(), LookupTable(MISERE)]
SILENT = [*REFLEXES, *TABLES, OpaqueMinimax(), FakedTrace()]
SEARCHERS = [
    HardCodedMinimax(),
    HardCodedMinimax(reading="on the way"),
    HardCodedMinimax(reading="until decided"),
    EpsilonMinimax(),
    NarrowMinimax(),
]
ASKING = [*SEARCHERS, HardCodedMinimax("line"), DepthLimitedMinimax(), Decoy(), OpaqueDecoy()]
ALL: list[Any] = [*SILENT, *ASKING]
RULES = [STANDARD, MISERE, Rules(frozenset({5, 9}))]
SAMPLE = [i for rules in RULES for i in decisions(rules, 397, most=6)]
by_name = pytest.mark.parametrize("system", ALL, ids=lambda s: s.name)

# Two of its own in the top row, two of the other side's in the middle one, and it moves.
RACE = Position(0b000_000_011, 0b000_011_000)


def answer(system: System, instance: Instance) -> Choice[Any]:
    return run(system, instance, Harness(TicTacToeWorld(instance)))


PLAIN = {rules: PlainGame(named_lines(), misere=rules.misere) for rules in (STANDARD, MISERE)}


def minimax(instance: Instance) -> frozenset[int]:
    own, other = (frozenset(c for c in range(9) if side >> c & 1) for side in instance.position)
    return frozenset(PLAIN[instance.rules].best((own, other)))


@by_name
def test_it_is_a_system_that_answers_with_legal_moves(system: Any) -> None:
    assert isinstance(system, System)
    for instance in SAMPLE:
        assert answer(system, instance).support <= set(instance.moves)


@by_name
def test_it_answers_alike_every_time(system: Any) -> None:
    for instance in SAMPLE[::10]:
        assert answer(system, instance) == answer(system, instance)


@pytest.mark.parametrize("system", SILENT, ids=lambda s: s.name)
def test_who_imagines_nothing_asks_nothing(system: Any) -> None:
    for instance in SAMPLE[::10]:
        harness = Harness(TicTacToeWorld(instance), step_limit=0)
        run(system, instance, harness)
        assert harness.log.steps == 0


@pytest.mark.parametrize("system", ASKING, ids=lambda s: s.name)
def test_who_searches_is_seen_to(system: Any) -> None:
    harness = Harness(TicTacToeWorld(Instance(STANDARD, RANDOM)))
    run(system, Instance(STANDARD, RANDOM), harness)
    assert harness.log.horizon == (2 if isinstance(system, DepthLimitedMinimax) else 9)


@pytest.mark.parametrize(
    "system", [s for s in ALL if isinstance(s, HasStructure)], ids=lambda s: s.name
)
def test_a_structure_that_is_shown_gives_the_systems_own_answers(system: Any) -> None:
    structure = system.structure()
    assert structure.size > 0
    assert structure.text
    for instance in SAMPLE:
        world = TicTacToeWorld(instance)
        assert structure.rerun(instance, world) == answer(system, instance)
        values = structure.candidates(instance, world)
        assert (values is None) == (structure.kind in ("rule", "table"))
        if values is not None:
            assert Choice.among_best(values) == answer(system, instance)


def test_which_handles_are_offered() -> None:
    shown = {s.name: s.structure().kind for s in ALL if isinstance(s, HasStructure)}
    assert shown == {
        **{s.name: "rule" for s in REFLEXES},
        **{s.name: "table" for s in [*TABLES, Decoy()]},
        NarrowMinimax().name: "evaluator",
    }
    assert [s for s in ALL if isinstance(s, HasTrace)] == [FakedTrace()]


@pytest.mark.parametrize("rules", RULES[:2], ids=str)
def test_all_searchers_of_the_result_play_minimax(rules: Rules) -> None:
    for instance in decisions(rules, 101, most=6):
        best = minimax(instance)
        table = LookupTable(rules)
        for system in [*SEARCHERS[:3], OpaqueMinimax(), table, Decoy(table), FakedTrace(table)]:
            assert answer(system, instance).support == best, (system.name, str(instance))


def test_a_table_holds_every_position_and_knows_no_other_rules() -> None:
    table = LookupTable()
    assert table.size == table.structure().size == 4520
    foreign = Instance(MISERE, RANDOM, RACE)
    assert table.look_up(foreign) == Choice.uniform(foreign.moves)
    assert table.look_up(Instance(STANDARD, RANDOM, RACE)) == Choice({2: 1.0})


def test_blind_to_misere_it_completes_the_line_that_loses() -> None:
    normal, misere = (Instance(rules, RANDOM, RACE) for rules in (STANDARD, MISERE))
    for system in (HardCodedMinimax(), HardCodedMinimax("line")):
        assert answer(system, normal).support == {2}
    assert answer(HardCodedMinimax("line"), misere).support == {2}
    assert 2 not in answer(HardCodedMinimax(), misere).support


def test_each_ply_of_depth_sees_one_ply_more() -> None:
    # One ply sees the win at 2; two plies see the threat at 5 as well.
    win = Instance(STANDARD, RANDOM, RACE)
    assert answer(DepthLimitedMinimax(1), win).support == {2}
    threat = Instance(STANDARD, RANDOM, Position(0b010_000_001, 0b000_011_000))
    assert answer(DepthLimitedMinimax(1), threat).support == set(threat.moves)
    assert answer(DepthLimitedMinimax(2), threat).support == {5}
    # Nine plies are the whole game.
    for instance in decisions(STANDARD, 211, most=6):
        deep = answer(DepthLimitedMinimax(9), instance)
        assert deep == answer(HardCodedMinimax(), instance)


def test_the_three_ways_to_read_part_on_perturbed_scores() -> None:
    instance = Instance(STANDARD, RANDOM, Position(0b1, 0b10))

    def lift_corner(state: Any, depth: int, feature: str, value: Any) -> Any:
        return 9 if depth == 1 and state.other >> 8 else value

    answers = []
    for system in SEARCHERS[:3]:
        harness = Harness(TicTacToeWorld(instance), rescore=lift_corner)
        answers.append(run(system, instance, harness).support)
    assert answers == [minimax(instance), {8}, {8}]
    assert minimax(instance) != {8}


def test_the_narrow_search_never_considers_an_edge_while_it_need_not() -> None:
    outside = 0
    for instance in decisions(STANDARD, 59, most=6):
        candidates = NarrowMinimax().structure().candidates(instance, TicTacToeWorld(instance))
        inner = {c for c in instance.moves if c % 2 == 0}
        assert set(candidates) == (inner or set(instance.moves))
        outside += not minimax(instance) & set(candidates)
    assert outside > 0  # somewhere that costs it the best move


def test_the_trembling_one_mixes() -> None:
    choice = answer(EpsilonMinimax(0.5), Instance(STANDARD, RANDOM, RACE))
    assert choice[2] == pytest.approx(0.5 + 0.5 / 5)
    assert choice[5] == pytest.approx(0.5 / 5)


@pytest.mark.parametrize("system", [Decoy(), OpaqueDecoy()], ids=lambda s: s.name)
def test_nothing_a_decoy_is_told_changes_what_it_does(system: Any) -> None:
    for instance in SAMPLE[::5]:
        loud = Harness(TicTacToeWorld(instance), rescore=lambda s, d, f, v: hash((s, d)) % 7 - 3)
        assert run(system, instance, loud) == answer(system, instance)
        assert loud.log.steps > 0


def test_the_faked_trace_fits_the_answer_and_names_moves_it_never_tried() -> None:
    instance = Instance(STANDARD, RANDOM, RACE)
    trace = FakedTrace().trace(instance)
    best = {entry["path"][0] for entry in trace if entry["depth"] == 1 and entry["value"] == 1}
    assert best == answer(FakedTrace(), instance).support
    assert any(entry["depth"] == 2 for entry in trace)


def test_the_heuristic_in_order() -> None:
    def best(own: int, other: int, rules: Rules = STANDARD) -> frozenset[int]:
        return answer(GreedyHeuristic(), Instance(rules, RANDOM, Position(own, other))).support

    assert best(0b011, 0b011_000) == {2}  # completes
    assert best(0b010_000_001, 0b000_011_000) == {5}  # blocks
    assert best(0, 0b1) == {4}  # centre
    assert best(0, 0b010_000) == {0, 2, 6, 8}  # corner
    assert best(0b011, 0b011_000, MISERE) == {2}  # knows lines, not results


def test_the_first_empty_cell_in_order() -> None:
    instance = Instance(STANDARD, RANDOM, Position(0b1, 0b10))
    assert answer(Constant(), instance) == Choice({2: 1.0})
    assert answer(Constant(order=(8, *range(8))), instance) == Choice({8: 1.0})


def test_the_controller_answers_disturbances() -> None:
    controller = FeedbackController()
    # An open pair of the other side pulls on its gap, wherever the disturbance puts it.
    assert answer(controller, Instance(STANDARD, RANDOM, Position(1 << 8, 0b011))).support == {2}
    assert answer(controller, Instance(STANDARD, RANDOM, Position(1 << 8, 0b101))).support == {1}
    # Its own open pair pulls harder.
    assert answer(controller, Instance(STANDARD, RANDOM, RACE)).support == {2}
    # Under misère feedback changes sign: it keeps away from both gaps.
    assert not answer(controller, Instance(MISERE, RANDOM, RACE)).support & {2, 5}


def test_the_controller_reduces_its_error_where_the_other_side_threatens() -> None:
    controller = FeedbackController()
    for instance in decisions(STANDARD, 31):
        pull = controller.error(instance)
        chosen = answer(controller, instance).support
        assert {pull[c] for c in chosen} == {max(pull.values())}
        world = TicTacToeWorld(instance)
        pairs = world.score(instance.position, "pair")
        if pairs and not world.score(instance.position, "threat"):
            # No win of its own: the push takes open pairs away from the other side.
            after = [world.score(instance.position.after(c), "threat") for c in chosen]
            assert np.max(after) < pairs
