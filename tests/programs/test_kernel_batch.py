"""Batch scores against a plain recursion over boards that shares no code with the package."""

from fractions import Fraction
from functools import cache
from threading import Thread

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mesascope.systems.programs.batch import (
    Arena,
    BatchScorer,
    best_moves,
    pack,
    position_values,
)
from mesascope.systems.programs.compiled.kernel import (
    EXACT_BELOW,
    ROWS,
    compile_tokens,
    magnitude,
)
from mesascope.systems.programs.compiled.layout import lay_out
from mesascope.systems.programs.program import Program, parse
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.opponent import PERFECT, RANDOM, Opponent
from mesascope.tasks.tictactoe.play import replies
from mesascope.tasks.tictactoe.rules import MISERE, STANDARD, Rules
from tests.programs.terms import programs
from tests.tasks.plain import EMPTY, PlainGame, State, orbits
from tests.tasks.test_brute_force import read

RULES = [STANDARD, MISERE, Rules(frozenset({8, 12}))]
OPPONENTS = [RANDOM, Opponent(0.5), PERFECT]
TOP = "max(" + "add(self, " * 31 + "self" + ")" * 32  # doubles its value five times a ply


@cache
def plain(rules: Rules) -> PlainGame:
    numbered = orbits()
    return PlainGame({s for o in rules.orbits for s in numbered[o]}, misere=rules.misere)


read_once = cache(read)


@cache
def scorer(rules: Rules) -> BatchScorer:
    graph = game_graph(rules)
    opponents = tuple(replies(graph, o) for o in OPPONENTS)
    return BatchScorer([Arena(graph, opponents)], outcomes=True, run_time=True, values=True)


class Played:
    """A program played out by recursion: values are fractions, calls are counted one by one."""

    def __init__(self, program: Program, game: PlainGame) -> None:
        self.names, self.game = list(program.names()), game
        self.value = cache(lambda state: self._term(0, state)[0])
        self.calls = cache(lambda state: self._calls(0, state)[0])
        self.decision = cache(self._decision)

    def _children(self, state: State) -> list[State]:
        return [self.game.after(state, c) for c in self.game.open(state)]

    def _skip(self, at: int) -> int:
        pending = 1
        while pending:
            name = self.names[at]
            pending += (name in ("add", "sub")) - (
                name not in ("neg", "max", "min", "mean", "add", "sub")
            )
            at += 1
        return at

    def _term(self, at: int, state: State) -> tuple[Fraction, int]:
        name = self.names[at]
        if name in ("add", "sub"):
            left, middle = self._term(at + 1, state)
            right, end = self._term(middle, state)
            return left + (right if name == "add" else -right), end
        if name == "neg":
            part, end = self._term(at + 1, state)
            return -part, end
        if name in ("max", "min", "mean"):
            parts = [self._term(at + 1, child)[0] for child in self._children(state)] or [
                Fraction(0)
            ]
            value = {"max": max(parts), "min": min(parts), "mean": sum(parts) / len(parts)}[name]
            return Fraction(value), self._skip(at)
        if name == "self":
            return self.value(state), at + 1
        return Fraction(1 if name == "1" else read_once(self.game, state, name)), at + 1

    def _calls(self, at: int, state: State) -> tuple[int, int]:
        """Positions valued, beyond this one, to value the term that begins at a token."""
        name = self.names[at]
        if name in ("add", "sub"):
            left, middle = self._calls(at + 1, state)
            right, end = self._calls(middle, state)
            return left + right, end
        if name == "neg":
            return self._calls(at + 1, state)
        if name in ("max", "min", "mean"):
            total = sum(1 + self._calls(at + 1, child)[0] for child in self._children(state))
            return total, self._skip(at)
        return (self.calls(state) if name == "self" else 0), at + 1

    def _decision(self, state: State) -> tuple[list[State], int]:
        children = self._children(state)
        best = max(map(self.value, children))
        spent = sum(1 + self.calls(child) for child in children)
        return [child for child in children if self.value(child) == best], spent

    def against(self, perfect: Fraction) -> tuple[float, float, float]:
        """Win and loss probabilities, and evaluations per decision."""

        @cache
        def game(state: State, ours: bool) -> list[float]:
            result = self.game.result(state)
            if result is not None:
                ending = -result if ours else result
                return [float(ending > 0), float(ending < 0), 0.0, 0.0]
            if ours:
                best, spent = self.decision(state)
                after = [(1 / len(best), game(child, False)) for child in best]
                extra = [0.0, 0.0, float(spent), 1.0]
            else:
                reply = self.game.reply(state, perfect)
                after = [
                    (float(p), game(self.game.after(state, c), True)) for c, p in reply.items()
                ]
                extra = [0.0, 0.0, 0.0, 0.0]
            return [extra[k] + sum(p * x[k] for p, x in after) for k in range(4)]

        first, second = game(EMPTY, True), game(EMPTY, False)
        win, loss, spent, decisions = (a + b for a, b in zip(first, second, strict=True))
        return win / 2, loss / 2, spent / decisions


@settings(max_examples=5)
@given(programs(10), st.sampled_from(RULES), st.integers(0, 2))
@example(parse("sub(lost, max(self))"), STANDARD, 0)
@example(parse("add(max(sub(mean(self), max(self))), mean(corner))"), RULES[2], 1)
def test_batch_scores_equal_plain_recursion(program: Program, rules: Rules, column: int) -> None:
    scores = scorer(rules).score_programs([program])
    played = Played(program, plain(rules))
    win, loss, spent = played.against(Fraction(OPPONENTS[column].perfect))
    assert scores.win is not None
    assert scores.loss is not None
    assert scores.evaluations is not None
    assert scores.win[0, column] == pytest.approx(win, abs=1e-12)
    assert scores.loss[0, column] == pytest.approx(loss, abs=1e-12)
    assert scores.result[0, column] == pytest.approx(win - loss, abs=1e-12)
    assert scores.evaluations[0, column] == pytest.approx(spent, rel=1e-12)


def test_minimax_values_549946_positions_from_the_empty_board() -> None:
    # Deciding values every child and, by recursion, everything below: all sequences of moves but
    # the empty one. Minimax called on the empty board itself is one call more.
    _, spent = Played(parse("sub(lost, max(self))"), plain(STANDARD)).decision(EMPTY)
    by_length = lay_out(game_graph(STANDARD)).paths[:, 0].tolist()
    assert by_length[:4] == [1, 9, 72, 504]
    assert sum(by_length[1:]) == spent == 549_945
    assert 1 + spent == 549_946


@pytest.mark.parametrize(
    ("text", "against_random", "against_perfect"),
    [
        ("1", 0.0, -0.8726),
        ("sub(lost, max(self))", 0.8726, 0.0),
        ("sub(lost, mean(self))", 0.9279, -0.1971),
        ("add(lost, mean(sub(max(self), lost)))", 0.9598, -0.2381),
    ],
)
def test_published_scores(text: str, against_random: float, against_perfect: float) -> None:
    scores = scorer(STANDARD).score_programs([parse(text)])
    assert scores.result[0, [0, 2]] == pytest.approx([against_random, against_perfect], abs=5e-5)


@settings(max_examples=12)
@given(st.lists(programs(12), min_size=1, max_size=20), st.sampled_from(RULES))
def test_a_score_does_not_depend_on_the_batch(batch: list[Program], rules: Rules) -> None:
    together = scorer(rules).score_programs(batch)
    for i, program in enumerate(batch):
        alone = scorer(rules).score_programs([program])
        assert (together.result[i] == alone.result[0]).all()
        assert together.policy_keys()[i] == alone.policy_keys()[0]
        assert together.value_keys()[i] == alone.value_keys()[0]


@settings(max_examples=40)
@given(programs(7), programs(7), st.sampled_from(RULES))
def test_fingerprints_are_equal_where_behaviour_is(a: Program, b: Program, rules: Rules) -> None:
    graph = game_graph(rules)
    policies, values = (getattr(scorer(rules).score_programs([a, b]), k)() for k in KEYS)
    same_moves = (best_moves(a, graph) == best_moves(b, graph)).all()
    same_values = (position_values(a, graph) == position_values(b, graph)).all()
    assert (policies[0] == policies[1]) == same_moves
    assert (values[0] == values[1]) == same_values


KEYS = ("policy_keys", "value_keys")


def test_equal_programs_have_equal_fingerprints() -> None:
    twins = [parse("sub(lost, max(self))"), parse("add(lost, min(neg(self)))")]
    scores = scorer(STANDARD).score_programs(twins)
    assert len(set(scores.policy_keys())) == len(set(scores.value_keys())) == 1


@settings(max_examples=40)
@given(programs(40), st.sampled_from(RULES))
@example(parse(TOP), STANDARD)
@example(parse(TOP.replace("max", "mean")), MISERE)
def test_the_bound_holds(program: Program, rules: Rules) -> None:
    layout = lay_out(game_graph(rules))
    code = np.zeros((64, 4), dtype=np.int64)
    (row,), (length,) = pack([program])
    _, count, root = compile_tokens(row.copy(), length, code)
    bound = magnitude(code, count, root, layout.reach, np.zeros((2, ROWS)))
    values = position_values(program, layout.graph)
    assert max(abs(int(v)) for v in values) <= bound
    assert (values.dtype == object) == (bound >= EXACT_BELOW)


def test_values_beyond_floating_point_are_exact() -> None:
    # 31 copies of self and one that is told apart only in the last place.
    text = "add(corner, max(" + "add(self, " * 29 + "self" + ")" * 31
    program, graph = parse(text), game_graph(STANDARD)
    values = position_values(program, graph)
    assert values.dtype == object
    assert max(abs(v) for v in values) > 2**53
    played = Played(program, plain(STANDARD))
    for state in plain(STANDARD).states()[1::97]:
        number = graph.find(*(sum(1 << c for c in side) for side in state))
        assert values[number] == played.value(state) * 40320
    scores = scorer(STANDARD).score_programs([parse("1"), program, parse("1")])
    win, loss, _ = played.against(Fraction(0))
    assert scores.result[1, 0] == pytest.approx(win - loss, abs=1e-12)
    assert (scores.result[0] == scores.result[2]).all()


def test_threads_may_share_a_scorer() -> None:
    batch = pack([parse("sub(lost, mean(self))"), parse("corner"), parse("threat")] * 400)
    expected = scorer(STANDARD).score(*batch).result
    seen: list[np.ndarray] = []
    threads = [
        Thread(target=lambda: seen.append(scorer(STANDARD).score(*batch).result)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 4
    assert all((result == expected).all() for result in seen)


def test_a_payoff_of_the_callers_own() -> None:
    graph = game_graph(STANDARD)
    arena = Arena(graph, (replies(graph, RANDOM),), payoff=-graph.result)
    own = BatchScorer([arena]).score_programs([parse("1"), parse("corner")]).result[:, 0]
    usual = scorer(STANDARD).score_programs([parse("1"), parse("corner")]).result[:, 0]
    assert own == pytest.approx(-usual, abs=1e-15)


def test_nothing_to_score_and_nowhere_to_play() -> None:
    assert len(scorer(STANDARD).score_programs([])) == 0
    with pytest.raises(ValueError, match="at least one arena"):
        BatchScorer([])
