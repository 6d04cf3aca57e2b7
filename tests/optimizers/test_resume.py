"""Stopped anywhere and resumed through JSON, every search ends bit for bit where it would have."""

from itertools import islice

import pytest

from mesascope.core.optimizer import BaseOptimizer
from mesascope.optimizers.enumeration import Enumeration
from mesascope.optimizers.evolution import Evolution, Settings
from mesascope.optimizers.levin import LevinSearch
from mesascope.systems.programs.grammar import REFLEXES, SMALL
from tests.optimizers.stages import against, last, through_json

OBJECTIVE = against(0.0, 1.0, aggregation="worst-case", size_charge=1e-3, evaluation_charge=1e-9)
BUDGET = 9_000
SEARCHES: list[BaseOptimizer] = [
    Enumeration(OBJECTIVE, SMALL, max_size=6),
    Enumeration(OBJECTIVE, SMALL, max_size=6, prune=True),
    Enumeration(OBJECTIVE, REFLEXES, max_size=6, shuffle=True),
    LevinSearch(OBJECTIVE, SMALL, max_size=8),
    Evolution(OBJECTIVE, SMALL, Settings(migration=3, patience=4)),
]
LABELS = ["enumeration", "pruned", "shuffled", "levin", "evolution"]


@pytest.mark.parametrize("search", SEARCHES, ids=LABELS)
@pytest.mark.parametrize("steps", [1, 3])
def test_resumed_bit_for_bit(search: BaseOptimizer, steps: int) -> None:
    whole = last(search, seed=7, budget=BUDGET)
    *_, stopped = islice(search.search(seed=7, budget=BUDGET), steps)
    assert 0 < stopped.evaluations < BUDGET
    resumed = last(search, seed=7, budget=BUDGET, resume=through_json(stopped.state))
    assert resumed == whole
    assert whole.evaluations == BUDGET
    assert whole.done


@pytest.mark.parametrize("search", SEARCHES, ids=LABELS)
def test_resuming_what_is_done_changes_nothing(search: BaseOptimizer) -> None:
    whole = last(search, seed=7, budget=5_000)
    again = last(search, seed=7, budget=5_000, resume=through_json(whole.state))
    assert again.discoveries == whole.discoveries
    assert again.evaluations == whole.evaluations
    assert again.done


def test_classes_are_whole_after_a_resume() -> None:
    search = Enumeration(OBJECTIVE, SMALL, max_size=5)
    *_, stopped = islice(search.search(seed=0, budget=10**6), 2)
    last(search, budget=10**6, resume=through_json(stopped.state))
    assert len(search.classes) == 3_393
    assert len(search.members("sub(lost, max(self))")) == 6


@pytest.mark.parametrize("search", SEARCHES, ids=LABELS)
def test_progress_comes_often_in_order_and_small(search: BaseOptimizer) -> None:
    seen = list(search.search(seed=1, budget=BUDGET))
    evaluations = [progress.evaluations for progress in seen]
    assert evaluations == sorted(evaluations)
    assert max(b - a for a, b in zip([0, *evaluations], evaluations, strict=False)) <= 2_048
    assert [progress.done for progress in seen] == [False] * (len(seen) - 1) + [True]
    assert all(len(str(progress.state)) < 1_000_000 for progress in seen)
    values = [d.value for d in seen[-1].discoveries]
    assert values == sorted(values)


def test_a_state_of_another_search_is_refused() -> None:
    whole = last(Enumeration(OBJECTIVE, SMALL, max_size=5), budget=10**6)
    with pytest.raises(ValueError, match="belongs to another one"):
        last(Enumeration(OBJECTIVE, SMALL, max_size=4), resume=through_json(whole.state))
