"""The harness sees what is asked, can change the answers, and holds systems to the rules."""

import contextlib
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesascope.core.errors import IllegalOutput, StepLimitExceeded, SystemFailure
from mesascope.core.harness import Harness, noise, run
from mesascope.core.system import Scaffold, System, scaffold_plies
from mesascope.core.world import World
from mesascope.systems.controls import Constant, DepthLimitedMinimax, HardCodedMinimax
from mesascope.systems.programs.system import ProgramSystem
from mesascope.tasks.tictactoe.opponent import RANDOM
from mesascope.tasks.tictactoe.rules import STANDARD
from mesascope.tasks.tictactoe.world import EMPTY, Instance, Position, TicTacToeWorld

# Crosses to move have two in the top row; noughts have two in the middle one.
MID = Instance(STANDARD, RANDOM, Position(0b000_000_011, 0b000_011_000))


@dataclass(frozen=True)
class Asks:
    """A system that does as it is told."""

    what: Any
    name: str = "asks"

    def respond(self, instance: Any, world: World[Any, Any]) -> Any:
        return self.what(world)


def test_a_harness_is_a_world() -> None:
    assert isinstance(Harness(TicTacToeWorld(MID)), World)
    assert isinstance(TicTacToeWorld(MID), World)


def test_depth_is_counted_from_the_instance() -> None:
    harness = Harness(TicTacToeWorld(MID))
    first = harness.step(harness.root, 2)
    second = harness.step(harness.step(harness.root, 5), 2)
    harness.score(harness.root, "won")
    harness.score(second, "corner")
    assert harness.log.depth[first] == 1
    assert harness.log.depth[second] == 2
    assert harness.log.scored == {0: {harness.root}, 2: {second}}
    assert harness.log.features == {"won", "corner"}
    assert harness.log.horizon == 2
    assert harness.log.steps == 5
    assert first not in harness.log.scored.get(1, set())


@pytest.mark.parametrize("depth", range(1, 6))
def test_the_horizon_of_a_bounded_search_is_its_depth(depth: int) -> None:
    harness = Harness(TicTacToeWorld(Instance(STANDARD, RANDOM)))
    run(DepthLimitedMinimax(depth), Instance(STANDARD, RANDOM), harness)
    assert harness.log.horizon == depth


def test_full_search_scores_every_end_of_the_game_and_asks_each_state_once() -> None:
    harness = Harness(TicTacToeWorld(Instance(STANDARD, RANDOM)))
    run(HardCodedMinimax(), Instance(STANDARD, RANDOM), harness)
    assert sum(map(len, harness.log.scored.values())) == 5478 - 4520
    assert len(harness.log.depth) == 5478 - 1
    # One step a move, one `options` a state and one more at the root, one score an end.
    moves = sum(len(Instance(STANDARD, RANDOM, s).moves) for s in [EMPTY, *harness.log.depth])
    assert harness.log.steps == moves + 5478 + (5478 - 4520)


def test_who_asks_nothing_leaves_no_log() -> None:
    harness = Harness(TicTacToeWorld(MID))
    run(Constant(), MID, harness)
    assert (harness.log.steps, harness.log.horizon) == (0, 0)


PATHS = st.lists(st.lists(st.integers(0, 8), max_size=5), max_size=4)


@given(paths=PATHS, hidden=st.sampled_from([None, 0, 1, 2]), root=st.sampled_from([EMPTY, MID]))
def test_asking_at_once_is_asking_one_by_one(
    paths: list[list[int]], hidden: int | None, root: Any
) -> None:
    instance = Instance(STANDARD, RANDOM, getattr(root, "position", root))
    restrict = None if hidden is None else lambda s, d, o: o[1:] if d == hidden else o
    at_once, by_one = (Harness(TicTacToeWorld(instance), restrict=restrict) for _ in range(2))

    def plainly(state: Any) -> list[Any]:
        return [by_one.step(state, option) for option in by_one.options(state)]

    for path in paths:
        state = at_once.root
        for number in path:
            found = at_once.outcomes(state)
            assert list(found) == plainly(state)
            if not found:
                break
            state = found[number % len(found)]
    assert at_once.log == by_one.log
    assert list(at_once.log.tried) == list(by_one.log.tried)


def test_what_is_asked_at_once_counts_towards_the_limit() -> None:
    for limit in (6, 5):
        harness = Harness(TicTacToeWorld(MID), step_limit=limit)
        if limit == 6:  # the options, and what comes of each of the five
            assert len(harness.outcomes(harness.root)) == 5
        else:
            with pytest.raises(StepLimitExceeded):
                harness.outcomes(harness.root)


def test_rescoring_is_told_state_depth_and_feature_and_changes_the_choice() -> None:
    told: set[tuple[int, str, Any]] = set()

    def punish_the_win(state: Hashable, depth: int, feature: str, value: Any) -> Any:
        told.add((depth, feature, value))
        return -1 if (depth, value) == (1, 1) else value

    system = ProgramSystem.of("lost")
    assert run(system, MID, Harness(TicTacToeWorld(MID))).support == {2}
    perturbed = Harness(TicTacToeWorld(MID), rescore=punish_the_win)
    assert run(system, MID, perturbed).support == {5, 6, 7, 8}
    assert told == {(1, "lost", 0), (1, "lost", 1)}


def test_a_system_deaf_to_the_world_ignores_rescoring() -> None:
    loud = Harness(TicTacToeWorld(MID), rescore=lambda s, d, f, v: -v)
    assert run(Constant(), MID, loud) == run(Constant(), MID, Harness(TicTacToeWorld(MID)))


def test_deleting_the_winner_yields_the_runner_up() -> None:
    def without_the_win(state: Hashable, depth: int, options: Any) -> list[Any]:
        return [o for o in options if not (depth == 0 and o == 2)]

    harness = Harness(TicTacToeWorld(MID), restrict=without_the_win)
    assert run(HardCodedMinimax(), MID, Harness(TicTacToeWorld(MID))).support == {2}
    assert run(HardCodedMinimax(), MID, harness).support == {5}  # blocks


def test_the_step_limit() -> None:
    enough = Harness(TicTacToeWorld(MID), step_limit=100_000)
    run(HardCodedMinimax(), MID, enough)
    short = Harness(TicTacToeWorld(MID), step_limit=enough.log.steps - 1)
    with pytest.raises(StepLimitExceeded, match="raise step_limit"):
        run(HardCodedMinimax(), MID, short)
    exact = Harness(TicTacToeWorld(MID), step_limit=enough.log.steps)
    run(HardCodedMinimax(), MID, exact)


def test_endless_asking_is_stopped_whatever_the_question() -> None:
    def forever(world: World[Any, Any]) -> None:
        while True:
            with contextlib.suppress(ValueError):
                world.options(world.root)

    with pytest.raises(StepLimitExceeded):
        run(Asks(forever), MID, Harness(TicTacToeWorld(MID), step_limit=100))


@pytest.mark.parametrize("error", [KeyError("x"), ZeroDivisionError(), RecursionError(), OSError()])
def test_a_system_that_raises_is_named_with_its_cause(error: Exception) -> None:
    def fail(world: Any) -> None:
        raise error

    with pytest.raises(
        SystemFailure, match=f"'asks' raised {type(error).__name__} on xx"
    ) as caught:
        run(Asks(fail), MID, TicTacToeWorld(MID))
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("answer", [None, 3, {2: 1.0}, "2"])
def test_a_system_that_returns_no_choice_is_refused(answer: Any) -> None:
    with pytest.raises(IllegalOutput, match="returns a Choice"):
        run(Asks(lambda world: answer), MID, TicTacToeWorld(MID))


def test_an_interrupt_is_nobodys_failure() -> None:
    def interrupt(world: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(Asks(interrupt), MID, TicTacToeWorld(MID))


def test_noise_depends_on_its_arguments_alone_and_covers_its_range() -> None:
    assert noise(1, MID.position, "won", 3) == noise(1, Position(*MID.position), "won", 3)
    drawn = [noise(seed, MID.position, "won", 3) for seed in range(2000)]
    assert set(drawn) == set(range(-3, 4))
    assert abs(sum(drawn) / len(drawn)) < 0.2
    others = [noise(seed, MID.position, "line", 3) for seed in range(2000)]
    assert 0.05 < sum(a == b for a, b in zip(drawn, others, strict=True)) / 2000 < 0.25


def test_the_scaffold_chooses_among_immediate_outcomes() -> None:
    class Corners:
        name = "corners"

        def value(self, state: Any, world: World[Any, Any]) -> int:
            return world.score(state, "corner")

    system = Scaffold(Corners())
    assert isinstance(system, System)
    harness = Harness(TicTacToeWorld(MID))
    assert run(system, MID, harness).support == {2, 6, 8}
    assert harness.log.horizon == 1
    assert scaffold_plies(system) == 1
    assert scaffold_plies(Constant()) == 1  # one ply ahead is credited to nobody
