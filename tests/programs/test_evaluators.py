"""The traced evaluator and the compiled one are the same function; so is a third, written here."""

from fractions import Fraction
from functools import cache
from math import factorial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mesascope.core.choice import Choice
from mesascope.core.harness import Harness, run
from mesascope.systems.programs.program import MAX_SIZE, Program, parse
from mesascope.systems.programs.system import ProgramStructure, ProgramSystem
from mesascope.systems.programs.table import program_policy, value_table
from mesascope.systems.programs.traced import TracedEvaluator
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.locate import moves_as_edges
from mesascope.tasks.tictactoe.opponent import RANDOM
from mesascope.tasks.tictactoe.rules import MISERE, STANDARD, Rules
from mesascope.tasks.tictactoe.world import Instance, Position, TicTacToeWorld
from tests.programs.terms import programs
from tests.tasks.plain import PlainGame, State, orbits
from tests.tasks.test_brute_force import position, read

RULES = [STANDARD, MISERE, Rules(frozenset({1, 7, 12}), misere=True), Rules(frozenset({2, 5}))]
UNIT = factorial(8)  # the compiled evaluator counts in these parts
MINIMAX = parse("sub(lost, max(self))")


def positions(rules: Rules) -> list[Position]:
    """Every position up to symmetry that a move leads to."""
    graph = game_graph(rules)
    pairs = zip(graph.own.tolist(), graph.other.tolist(), strict=True)
    return [Position(*pair) for pair in pairs][1:]


@settings(max_examples=40)
@given(programs(), st.sampled_from(RULES))
@example(MINIMAX, MISERE)
@example(parse("sub(lost, mean(self))"), STANDARD)
@example(parse("add(mean(mean(mean(mean(self)))), corner)"), STANDARD)
@example(parse("mean(add(self, mean(sub(self, mean(threat)))))"), MISERE)
def test_they_agree_on_every_position(program: Program, rules: Rules) -> None:
    table, graph = value_table(program, rules), game_graph(rules)
    traced = TracedEvaluator(program, TicTacToeWorld(Instance(rules, RANDOM)))
    for place in positions(rules):
        assert Fraction(float(table[graph.find(*place)])) == traced(place) * UNIT, place


def third(program: Program, game: PlainGame, state: State) -> Fraction:
    """The value by the meaning of the words, on sets of cells."""
    tokens = list(program.names())

    @cache
    def value(state: State) -> Fraction:
        return term(0, state)[0]

    def term(at: int, state: State) -> tuple[Fraction, int]:
        name = tokens[at]
        if name == "self":
            return value(state), at + 1
        if name == "1":
            return Fraction(1), at + 1
        if name == "neg":
            part, end = term(at + 1, state)
            return -part, end
        if name in ("add", "sub"):
            left, middle = term(at + 1, state)
            right, end = term(middle, state)
            return left + right if name == "add" else left - right, end
        if name in ("max", "min", "mean"):
            children = [game.after(state, c) for c in game.open(state)]
            parts = [term(at + 1, child)[0] for child in children]
            end = skip(at + 1)
            if not parts:
                return Fraction(0), end
            if name == "mean":
                return sum(parts, Fraction()) / len(parts), end
            return max(parts) if name == "max" else min(parts), end
        return Fraction(read(game, state, name)), at + 1

    def skip(at: int) -> int:
        arity = {"neg": 1, "max": 1, "min": 1, "mean": 1, "add": 2, "sub": 2}.get(tokens[at], 0)
        at += 1
        for _ in range(arity):
            at = skip(at)
        return at

    return value(state)


@settings(max_examples=25)
@given(programs(8), st.sampled_from(RULES), st.integers(0, 10**6))
def test_both_agree_with_the_words(program: Program, rules: Rules, pick: int) -> None:
    numbered = orbits()
    game = PlainGame({s for o in rules.orbits for s in numbered[o]}, misere=rules.misere)
    late = [s for s in game.states() if len(s[0] | s[1]) >= 4]
    traced = TracedEvaluator(program, TicTacToeWorld(Instance(rules, RANDOM)))
    for state in late[pick % 301 :: 301]:
        assert traced(position(state)) == third(program, game, state)


@pytest.mark.parametrize("rules", RULES[:2], ids=str)
@pytest.mark.parametrize(
    "text",
    [
        "add(" * 15 + "lost" + ", max(self))" * 15,
        "add(corner, " + "add(" * 15 + "centre" + ", mean(self))" * 15 + ")",
        "sub(lost, " * 20 + "max(self)" + ")" * 20,
        "neg(" * 62 + "max(self)" + ")" * 62,
        "add(corner, mean(" + "add(self, " * 30 + "self" + ")" * 32,
        "add(threat, mean(" + "sub(max(self), " * 20 + "self" + ")" * 22,
    ],
    ids=["max", "mean", "sub", "deep", "beyond 2**53", "steep"],
)
def test_large_and_deep_programs_choose_alike(text: str, rules: Rules) -> None:
    program = parse(text)
    assert program.size <= MAX_SIZE
    graph = game_graph(rules)
    policy = program_policy(program, graph)
    for place in positions(rules)[::29]:
        instance = Instance(rules, RANDOM, place)
        if instance.moves:
            world = TicTacToeWorld(instance)
            evaluator = TracedEvaluator(program, world)
            best = Choice.among_best({o: evaluator(world.step(place, o)) for o in instance.moves})
            edges = moves_as_edges(rules, place)
            assert {o for o in instance.moves if policy[edges[o]] > 0} == best.support


@settings(max_examples=30)
@given(programs(8), st.sampled_from(RULES), st.integers(0, 10**6))
def test_the_system_its_structure_and_its_policy_choose_alike(
    program: Program, rules: Rules, pick: int
) -> None:
    live = [p for p in positions(rules) if Instance(rules, RANDOM, p).moves]
    instance = Instance(rules, RANDOM, live[pick % len(live)])
    system = ProgramSystem.of(program)
    seen = run(system, instance, Harness(TicTacToeWorld(instance)))
    assert system.respond(instance, TicTacToeWorld(instance)) == seen
    assert system.structure().rerun(instance, TicTacToeWorld(instance)) == seen
    edges, policy = moves_as_edges(rules, instance.position), system.policy(game_graph(rules))
    assert {o: policy[edges[o]] for o in seen.support} == pytest.approx(dict(seen.weights))
    assert ProgramStructure(program).size == program.size


@given(programs(10), st.sampled_from(RULES))
def test_remembering_changes_nothing(program: Program, rules: Rules) -> None:
    graph = game_graph(rules, canonical=False)
    late = [
        Position(own, other)
        for own, other in zip(graph.own.tolist(), graph.other.tolist(), strict=True)
        if (own | other).bit_count() >= 6
    ][::53]
    world = TicTacToeWorld(Instance(rules, RANDOM))
    remembers = TracedEvaluator(program, world)
    for place in late:
        assert remembers(place) == TracedEvaluator(program, world, remember=False)(place)


def test_the_traced_evaluator_asks_the_world_it_is_given() -> None:
    instance = Instance(STANDARD, RANDOM)
    world = TicTacToeWorld(instance)
    told_wins = Harness(world, rescore=lambda state, depth, feature, value: 1)
    first = world.step(world.root, 0)
    assert TracedEvaluator(parse("lost"), told_wins)(first) == 1
    assert TracedEvaluator(parse("mean(corner)"), told_wins)(first) == 1
    no_replies = Harness(world, restrict=lambda state, depth, options: ())
    assert TracedEvaluator(parse("max(corner)"), no_replies)(first) == 0
    assert TracedEvaluator(parse("add(1, min(1))"), no_replies)(first) == 1
