"""Reading and printing programs, and what malformed ones are told."""

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesascope.core.errors import MalformedProgram
from mesascope.systems.programs.grammar import GRAMMARS, SMALL, TOKENS
from mesascope.systems.programs.program import MAX_SIZE, Program, parse
from tests.programs.terms import programs


@settings(max_examples=150)
@given(programs(MAX_SIZE))
def test_what_is_printed_is_read_back(program: Program) -> None:
    assert parse(str(program)) == program
    assert parse(str(program)).size == program.size == len(list(program.names()))


@given(programs(), st.sampled_from(["", " ", "\n", "\t  "]))
def test_white_space_means_nothing(program: Program, space: str) -> None:
    text = str(program).replace(" ", "")
    for mark in "(),":
        text = text.replace(mark, f"{space}{mark}{space}")
    assert parse(f"{space}{text}{space}") == program


def test_the_printed_form() -> None:
    program = parse(" add(lost,mean(sub(max(self) , lost ) ) )")
    assert str(program) == "add(lost, mean(sub(max(self), lost)))"
    assert program.size == 7
    assert program.recursive
    assert program.looks_ahead


@pytest.mark.parametrize(
    ("text", "looks_ahead", "recursive"),
    [("corner", False, False), ("max(lost)", True, False), ("min(neg(self))", True, True)],
)
def test_what_kind_of_program(text: str, looks_ahead: bool, recursive: bool) -> None:
    assert parse(text).looks_ahead is looks_ahead
    assert parse(text).recursive is recursive


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("", 1, "a leaf or an operator"),
        ("sub", 4, "'('"),
        ("sub(", 5, "a leaf or an operator"),
        ("sub(lost", 9, "','"),
        ("sub(lost,", 10, "a leaf or an operator"),
        ("sub(lost, max(self)", 20, "')'"),
        ("sub(lost)", 9, "','"),
        ("max(lost, lost)", 9, "')'"),
        ("lost lost", 6, "the end of the program"),
        ("sub(lost, max(self)))", 21, "the end of the program"),
        ("self", 1, "a term other than 'self'"),
        ("add(1, self)", 8, "only beneath max, min or mean"),
        ("sub(lost, mxa(self))", 11, "Did you mean 'max'"),
        ("sub(lsot, 1)", 5, "Did you mean 'lost'"),
        ("2", 1, "a leaf or an operator"),
        ("11", 1, "a leaf or an operator"),
        ("lost\n, 1", 6, "the end of the program"),
        ("LOST", 1, "a leaf or an operator"),
        ("sub[lost, 1]", 4, "'('"),
        ("sub(lost; 1)", 9, "','"),
        ("мax(lost)", 1, "a leaf or an operator"),
        ("__import__('os')", 1, "a leaf or an operator"),
    ],
)
def test_the_error_says_where_and_what_was_expected(text: str, column: int, expected: str) -> None:
    with pytest.raises(MalformedProgram) as caught:
        parse(text)
    message = str(caught.value)
    assert f"column {column}, " in message
    assert expected in message
    assert all(token in message for token in TOKENS)


def test_the_size_limit() -> None:
    def chain(nodes: int) -> str:
        return "neg(" * (nodes - 1) + "1" + ")" * (nodes - 1)

    assert parse(chain(MAX_SIZE)).size == MAX_SIZE
    with pytest.raises(MalformedProgram, match=f"at most {MAX_SIZE} nodes"):
        parse(chain(MAX_SIZE + 1))


@pytest.mark.parametrize(
    "text",
    [
        "neg(" * 100_000,
        "add(1, " * 100_000,
        "(" * 100_000,
        "1" * 100_000,
        "a" * 100_000,
        " " * 100_000,
        " " * 100_000 + "!",
        "lost" + " " * 100_000 + "x",
        "neg(" * 50_000 + "1" + ")" * 50_000,
        "\0" * 100_000,
        "lost " * 20_000,
        "é" * 100_000,
    ],
    ids=range(12),
)
def test_long_hostile_texts_are_refused_in_few_words_and_do_not_hang(text: str) -> None:
    start = time.process_time()
    with pytest.raises(MalformedProgram) as caught:
        parse(text)
    assert time.process_time() - start < 30.0  # what is not linear takes minutes
    assert len(str(caught.value)) < 2000


@settings(max_examples=400)
@given(st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    with contextlib.suppress(MalformedProgram):
        parse(text)


@settings(max_examples=400)
@given(st.lists(st.sampled_from([*TOKENS, "(", ")", ",", " ", "x", "max("]), max_size=40))
def test_no_jumble_of_the_right_words_raises_anything_else(words: list[str]) -> None:
    with contextlib.suppress(MalformedProgram):
        program = parse("".join(words))
        assert parse(str(program)) == program


@settings(max_examples=200)
@given(programs(), st.integers(0, 80), st.sampled_from("(),x1 "))
def test_a_program_with_a_flaw_is_read_or_refused(program: Program, at: int, mark: str) -> None:
    text = str(program)
    flawed = text[: at % len(text)] + mark + text[at % len(text) + 1 :]
    with contextlib.suppress(MalformedProgram):
        assert parse(str(parse(flawed))) == parse(flawed)


def test_an_ablation_is_one_line() -> None:
    smaller = SMALL.without("mean", "threat", "self")
    assert "mean" not in smaller.child
    assert "threat" not in smaller.leaves
    assert not smaller.recursion
    assert SMALL.recursion
    assert smaller.binary == SMALL.binary


def test_no_grammar_has_an_atomic_search() -> None:
    for grammar in GRAMMARS.values():
        names = {*grammar.leaves, *grammar.unary, *grammar.child, *grammar.binary}
        assert names <= set(TOKENS)
        assert not any("minimax" in name or "search" in name for name in TOKENS)
