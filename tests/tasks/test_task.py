"""The task's protocol: episodes, outputs, utilities, exact results and shift families."""

import numpy as np
import pytest

from mesascope.core.choice import Choice
from mesascope.core.errors import IllegalOutput
from mesascope.core.randomness import stream
from mesascope.core.task import ShiftFamily, Task
from mesascope.core.world import World
from mesascope.systems.controls import HardCodedMinimax
from mesascope.systems.programs.system import ProgramSystem
from mesascope.tasks.tictactoe.family import ArenaFamily
from mesascope.tasks.tictactoe.game import displaced, play, play_blindly
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.opponent import PERFECT, RANDOM, Opponent
from mesascope.tasks.tictactoe.play import replies, visits
from mesascope.tasks.tictactoe.rules import MISERE, STANDARD, Rules
from mesascope.tasks.tictactoe.task import Arena, TicTacToe, arena_distribution, arenas_of
from mesascope.tasks.tictactoe.world import EMPTY, Instance, Position, TicTacToeWorld

ARENAS = [Arena(STANDARD, RANDOM), Arena(MISERE, Opponent(0.5))]
TRAIN = arena_distribution("train", "two arenas", ARENAS)
TASK = TicTacToe([TRAIN])
PROGRAM = ProgramSystem.of("sub(lost, mean(self))")


def respond(instance: Instance) -> Choice[int]:
    return PROGRAM.respond(instance, TASK.world(instance))


def test_it_implements_the_protocols() -> None:
    assert isinstance(TASK, Task)
    assert isinstance(ArenaFamily(), ShiftFamily)
    assert isinstance(TASK.world(Instance(STANDARD, RANDOM)), World)


def test_episodes_repeat_under_the_same_seed_and_only_then() -> None:
    def games(seed: int) -> list[object]:
        rng = stream(seed, "games")
        return [TASK.episode(TRAIN, respond, rng) for _ in range(20)]

    assert games(1) == games(1)
    assert games(1) != games(2)


def test_sampled_games_agree_with_the_exact_result_and_the_exact_visits() -> None:
    single = arena_distribution("one", "one arena", ARENAS[:1])
    rng, games = stream(0, "sampled"), 4000
    results, met = [], np.zeros(len(game_graph(STANDARD)))
    for _ in range(games):
        instances, result = TASK.episode(single, respond, rng)
        results.append(result)
        for instance in instances:
            met[game_graph(STANDARD).find(*instance.position)] += 1 / games
    exact = TASK.exact_result(single, PROGRAM)
    assert exact is not None
    assert np.mean(results) == pytest.approx(exact.mean, abs=4 * np.std(results) / games**0.5)
    graph = game_graph(STANDARD)
    expected = visits(graph, PROGRAM.policy(graph), replies(graph, RANDOM))
    assert np.abs(met - expected).max() < 4 * 0.5 / games**0.5
    assert met.sum() == pytest.approx(expected.sum(), abs=0.1)


def test_an_exact_result_is_the_mean_over_arenas() -> None:
    both = TASK.exact_result(TRAIN, PROGRAM)
    each = [TASK.exact_result(arena_distribution("one", "", [arena]), PROGRAM) for arena in ARENAS]
    assert both is not None
    assert both.mean == pytest.approx(np.mean([o.mean for o in each if o]), abs=1e-12)
    assert TASK.exact_result(TRAIN, HardCodedMinimax()) is None
    assert TASK.optimum(TRAIN) >= both.mean


def test_the_optimum_is_reached_by_following_the_utility() -> None:
    def best(instance: Instance) -> Choice[int]:
        return Choice.among_best(TASK.utility(instance))

    rng = stream(5, "optimum")
    results = [TASK.episode(TRAIN, best, rng)[1] for _ in range(3000)]
    assert np.mean(results) == pytest.approx(
        TASK.optimum(TRAIN), abs=4 * np.std(results) / 3000**0.5
    )


def test_outputs_are_the_legal_cells() -> None:
    outputs = TASK.outputs(Instance(STANDARD, RANDOM, Position(0b1, 0b10)))
    assert outputs.items == (2, 3, 4, 5, 6, 7, 8)
    assert outputs.contains(2)
    assert not outputs.contains(0)


@pytest.mark.parametrize("answer", [{9: 1.0}, {0: 0.5, None: 0.5}, {"0": 1.0}])
def test_an_illegal_move_stops_the_game_with_the_position(answer: dict) -> None:
    rng = stream(0, "illegal")
    with pytest.raises(IllegalOutput, match=r"no legal move on .../.../... under standard"):
        play(Instance(STANDARD, RANDOM), lambda i: Choice(answer), rng, system_first=True)


def test_a_game_alternates_and_ends_in_its_result() -> None:
    first = Instance(STANDARD, PERFECT)
    met, filled, result = play(first, respond, stream(3, "game"), system_first=True)
    assert met[0].position == EMPTY
    assert len(met) == len(filled)
    assert all(cell in instance.moves for instance, cell in zip(met, filled, strict=True))
    assert [i.position.own.bit_count() for i in met] == list(range(len(met)))
    assert result in (-1.0, 0.0, 1.0)


def test_completing_a_line_wins_and_under_misere_loses() -> None:
    # Crosses have two in a row, noughts two elsewhere; whoever completes decides.
    position = Position(0b000_000_011, 0b000_011_000)
    for rules, sign in ((STANDARD, 1), (MISERE, -1)):
        world = TicTacToeWorld(Instance(rules, RANDOM, position))
        after = world.step(position, 2)
        assert world.options(after) == ()
        assert (world.score(after, "line"), world.score(after, "won")) == (1, sign)


def test_the_world_refuses_what_play_cannot_reach() -> None:
    world = TicTacToeWorld(Instance(STANDARD, RANDOM))
    with pytest.raises(IllegalOutput, match=r"start from world\.root"):
        world.options(Position(0b111, 0))
    with pytest.raises(IllegalOutput, match="cannot be filled"):
        world.step(Position(0, 1), 0)
    with pytest.raises(KeyError, match="no feature 'wno'"):
        world.score(EMPTY, "wno")


def test_playing_blindly_fills_what_is_still_free() -> None:
    rng = stream(1, "blind")
    results = {
        play_blindly(Instance(STANDARD, RANDOM), [4, 0, 8], rng, system_first=True)
        for _ in range(50)
    }
    assert results <= {-1.0, 0.0, 1.0}
    assert 1.0 in results


def test_a_disturbed_instance_differs_in_one_piece_of_the_opponent() -> None:
    instance = Instance(STANDARD, RANDOM, Position(0b1, 0b10))
    rng = stream(0, "disturb")
    for _ in range(20):
        moved = displaced(instance, rng)
        assert moved is not None
        assert moved.position.own == 0b1
        assert moved.position.other not in (0b1, 0b10)
        assert moved.position.other.bit_count() == 1
    assert displaced(Instance(STANDARD, RANDOM), rng) is None


def test_a_family_stays_within_its_bounds_and_moves() -> None:
    rng = stream(0, "family")
    narrow = ArenaFamily(rules=False, misere=False, weakest=0.25, strongest=0.75)
    for family in (ArenaFamily(), narrow):
        member = family.sample(rng)
        members = []
        for _ in range(200):
            member = family.mutate(member, rng)
            members.append(arenas_of(member)[0])
        assert all(family.weakest <= a.opponent.perfect <= family.strongest for a in members)
        assert len(set(members)) > 1
        if family is narrow:
            assert {a.rules for a in members} == {STANDARD}
        else:
            assert {a.rules.misere for a in members} == {True, False}
            assert len({a.rules.orbits for a in members}) > 10
    assert "standard lines" in narrow.description


def test_a_mutation_changes_one_thing() -> None:
    rng = stream(1, "neighbours")
    family = ArenaFamily()
    member = family.sample(rng)
    for _ in range(100):
        neighbour = family.mutate(member, rng)
        (old,), (new,) = arenas_of(member), arenas_of(neighbour)
        changed = [
            len(old.rules.orbits ^ new.rules.orbits),
            old.rules.misere != new.rules.misere,
            old.opponent != new.opponent,
        ]
        assert sum(changed) <= 1
        member = neighbour


def test_a_position_draws_itself() -> None:
    instance = Instance(Rules(frozenset({3})), Opponent(0.25), Position(0b1, 0b10))
    assert str(instance) == "xo./.../... under orbits:3 against perfect:0.25,random:0.75"
    assert TASK.describe(instance) == str(instance)
    assert TASK.picture(instance)[0] == ["×", "○", ""]
    assert TASK.place(5) == (1, 2)
