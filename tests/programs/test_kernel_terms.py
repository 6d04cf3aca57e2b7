"""Enumerating terms: the counts are known, every term is well formed, and none comes twice."""

import pytest

from mesascope.systems.programs.grammar import GRAMMARS, REFLEXES, SMALL, Grammar
from mesascope.systems.programs.program import Program, parse
from mesascope.systems.programs.terms import count_terms, terms


def test_the_small_grammar_has_13860_programs_to_5_nodes() -> None:
    assert sum(count_terms(SMALL, size) for size in range(1, 6)) == 13_860


@pytest.mark.parametrize("grammar", GRAMMARS.values(), ids=list(GRAMMARS))
@pytest.mark.parametrize("beneath", [False, True])
def test_counts_and_terms_agree(grammar: Grammar, beneath: bool) -> None:
    for size in range(6):
        listed = list(terms(grammar, size, beneath=beneath)) if size else []
        assert len(set(listed)) == len(listed) == count_terms(grammar, size, beneath=beneath)
        assert all(len(tokens) == size for tokens in listed)


def test_every_value_is_a_program_and_every_reply_stands_beneath() -> None:
    for size in range(1, 5):
        for tokens in terms(SMALL, size):
            assert parse(str(Program(tokens))).tokens == tokens
        for tokens in terms(SMALL, size, beneath=True):
            assert parse(f"max({Program(tokens)})").tokens[1:] == tokens


def test_an_ablation_leaves_the_rest() -> None:
    without = REFLEXES.without("block", "self", "mean")
    left = {name for n in range(1, 5) for t in terms(without, n) for name in Program(t).names()}
    assert left.isdisjoint({"block", "self", "mean"})
    assert {"pair", "max", "add"} <= left


def test_long_terms_are_put_together_lazily() -> None:
    first = next(iter(terms(SMALL, 12)))
    assert len(first) == 12
