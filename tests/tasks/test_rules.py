import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesascope.core.errors import BadOpponent, BadRules, MesascopeError
from mesascope.tasks.tictactoe.opponent import PERFECT, RANDOM, Opponent, parse_opponent
from mesascope.tasks.tictactoe.rules import MISERE, STANDARD, Rules, parse_rules

rule_sets = st.builds(Rules, st.frozensets(st.integers(0, 15), min_size=1), st.booleans())
HOSTILE = [
    "orbits:" + " " * 100_000 + "!",
    "orbits:" + "9" * 100_000,
    "orbits:" + "9" * 5_000,
    "orbits:" + "0," * 100_000 + "x",
    "random" + " " * 100_000 + "!",
    "random:" + "1" * 100_000 + "x",
    "random:" + "9" * 100_000,
    "random:1," * 100_000 + "perfec",
    "é" * 100_000,
    "\0" * 100_000,
]


@given(rule_sets)
def test_rules_are_read_back(rules: Rules) -> None:
    assert parse_rules(str(rules)) == rules


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (" Standard ", STANDARD),
        ("misère", MISERE),
        ("orbits:0,10,13", STANDARD),
        ("orbits: 0 , 10,13 /misere", MISERE),
        ("orbits:3,", Rules(frozenset({3}))),
    ],
)
def test_rules_forgive_what_is_clear(text: str, rules: Rules) -> None:
    assert parse_rules(text) == rules


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("standrad", "Did you mean 'standard'"),
        ("misre", "Did you mean 'misere'"),
        ("orbits:", "no line that could be completed"),
        ("orbits:/misere", "no line that could be completed"),
        ("orbits:,", "give at least one orbit"),
        ("orbits:16", "orbits are numbered 0 to 15"),
        ("orbits:1 2", "cannot read"),
        ("orbits:-1", "cannot read"),
        ("orbits:٣", "cannot read"),
        ("/misere", "Expected"),
        ("", "Expected 'standard'"),
        ("0,10,13", "orbits:0,10,13"),
    ],
)
def test_bad_rules_say_what_was_expected(text: str, says: str) -> None:
    with pytest.raises(BadRules, match=says):
        parse_rules(text)


@given(st.integers(0, 1000))
def test_opponents_are_read_back(thousandths: int) -> None:
    opponent = Opponent(thousandths / 1000)
    assert parse_opponent(str(opponent)).perfect == pytest.approx(opponent.perfect, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "opponent"),
    [
        ("random", RANDOM),
        (" PERFECT ", PERFECT),
        ("random:1,perfect:3", Opponent(0.75)),
        ("random, perfect", Opponent(0.5)),
        ("random:.5,perfect:5e-1", Opponent(0.5)),
        ("random:0,perfect:2", PERFECT),
    ],
)
def test_opponents_forgive_what_is_clear(text: str, opponent: Opponent) -> None:
    assert parse_opponent(text) == opponent


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("perfct", "Did you mean 'perfect'"),
        ("random:1,perfect:x", "at 'perfect:x'"),
        ("random:-1", "cannot read"),
        ("random:nan", "cannot read"),
        ("random:", "cannot read"),
        ("random:0", "add up to 0; give one above 0"),
        ("random:1e999", "add up to inf"),
        ("", "Expected"),
        ("random,,perfect", "Expected 'random'"),
    ],
)
def test_bad_opponents_say_what_was_expected(text: str, says: str) -> None:
    with pytest.raises(BadOpponent, match=says):
        parse_opponent(text)


@pytest.mark.parametrize("perfect", [-0.1, 1.1, float("nan")])
def test_a_mixture_is_a_probability(perfect: float) -> None:
    with pytest.raises(BadOpponent, match="from 0 to 1"):
        Opponent(perfect)


@pytest.mark.parametrize("read", [parse_rules, parse_opponent])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_long_hostile_texts_are_refused_in_few_words_and_do_not_hang(read, text: str) -> None:
    start = time.process_time()
    with pytest.raises(MesascopeError) as caught:
        read(text)
    assert time.process_time() - start < 30.0  # what is not linear takes minutes
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("read", [parse_rules, parse_opponent])
@given(text=st.text(alphabet=":,/. 0123456789eorbitsmandpfcx-", max_size=30))
def test_no_text_raises_anything_else(read, text: str) -> None:
    with contextlib.suppress(BadRules, BadOpponent):
        read(text)
