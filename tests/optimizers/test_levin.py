"""Levin's order charges run time: cheap programs come before short ones that search."""

from itertools import islice
from math import log2

import pytest

from mesascope.optimizers.levin import LevinSearch
from mesascope.systems.programs.grammar import REFLEXES, SMALL, Grammar
from mesascope.systems.programs.program import Program, parse
from mesascope.systems.programs.terms import terms
from mesascope.tasks.tictactoe.rules import STANDARD
from tests.optimizers.stages import against, last
from tests.programs.test_kernel_batch import Played, plain
from tests.tasks.plain import EMPTY


@pytest.mark.parametrize("grammar", [SMALL, REFLEXES.without("neg"), SMALL.without("self")])
def test_nothing_is_left_out_and_nothing_comes_twice(grammar: Grammar) -> None:
    search = LevinSearch(against(0.0), grammar, max_size=5)
    listed = list(search.programs(0))
    every = {t for size in range(1, 6) for t in terms(grammar, size)}
    assert len(listed) == len(every)
    assert set(listed) == every


def test_programs_come_by_length_and_run_time() -> None:
    listed = list(LevinSearch(against(0.0), SMALL, max_size=4).programs(0))
    primitives = len(SMALL.leaves) + 7  # neg, max, min, mean, add, sub and self

    def charge(tokens: bytes) -> float:
        _, spent = Played(Program(tokens), plain(STANDARD)).decision(EMPTY)
        return len(tokens) * log2(primitives) + log2(spent)

    charges = [charge(tokens) for tokens in listed[::97]]
    assert charges == sorted(charges)


def test_reflexes_come_before_search_of_the_same_length() -> None:
    listed = list(islice(LevinSearch(against(0.0), SMALL, max_size=6).programs(0), 60_000))
    order = {tokens: i for i, tokens in enumerate(listed)}
    longer_reflex, shorter_search = parse("sub(centre, sub(threat, lost))"), parse("mean(self)")
    assert order[longer_reflex.tokens] < order[shorter_search.tokens]


def test_it_finds_reflexes_before_search() -> None:
    progress = last(LevinSearch(against(0.5), SMALL, max_size=5))
    assert progress.done
    assert progress.evaluations == 13_860
    kinds = [d.kind for d in progress.discoveries]
    assert kinds[0] == "reflex"
    assert kinds[-1] == "search"
    assert "reflex" not in kinds[kinds.index("search") :]
