"""Selection on a task that is no game: what counts is what imagination changes, and where."""

from typing import Any

import numpy as np
import pytest

from mesascope.core.choice import Choice
from mesascope.core.randomness import stream
from mesascope.core.system import System
from mesascope.evidence.probe import Subject, cut_off, gather, noise_at, noise_beyond, reach
from mesascope.evidence.selection import Selection, selection
from tests.evidence.orchard import (
    LENGTH,
    SHADE,
    Boaster,
    Canceller,
    Fickle,
    Orchard,
    OrchardTask,
    Planner,
)

TASK = OrchardTask()
TRAIN = TASK.distributions["train"]


def found(system: System, seed: int = 0, count: int = 48) -> Selection:
    subject = Subject(system, TASK)
    return selection(subject, gather(subject, TRAIN, count, stream(seed, "test")), seed)


@pytest.mark.parametrize("plies", [2, 3])
def test_a_planner_is_found_with_its_horizon(plies: int) -> None:
    # Two plies ahead there is no fruit to see, so that planner looks for shade.
    result = found(Planner(plies, "fruit" if plies == LENGTH else "shade"))
    assert result.evidence.score is not None
    assert result.evidence.score.low > 0.5
    assert result.horizon == plies
    assert result.to_the_end == (plies == LENGTH)
    assert result.searched


def test_a_choice_one_ply_ahead_is_credited_to_nobody() -> None:
    for system in (SHADE, Planner(1, "shade")):
        result = found(system)
        assert result.evidence.score is not None
        assert (result.evidence.score.estimate, result.horizon) == (0.0, 0)
        assert not result.searched


@pytest.mark.parametrize("system", [Canceller(), Boaster()], ids=lambda s: s.name)
def test_what_is_discarded_or_merely_told_counts_for_nothing(system: Any) -> None:
    result = found(system)
    assert result.evidence.score is not None
    assert result.evidence.score.estimate == 0.0
    assert result.searched == isinstance(system, Canceller)


@pytest.mark.parametrize("one_in", [1, 3, 50])
@pytest.mark.parametrize("seed", range(2))
def test_throwing_dice_does_not_look_like_search(one_in: int, seed: int) -> None:
    system = Fickle(one_in, rng=np.random.default_rng(seed))
    result = found(system, seed)
    assert result.evidence.score is not None
    assert result.evidence.score.side_of(0.1) <= 0, result.evidence.finding


class Hesitant(Planner):
    """A planner that answers with a probability for every way, most for the best."""

    def respond(self, instance: Orchard, world: Any) -> Choice[Any]:
        best = super().respond(instance, world)
        return Choice({way: 0.1 + 0.7 * best[way] for way in range(3)})


def test_a_searcher_that_answers_by_distribution_is_found() -> None:
    result = found(Hesitant())
    assert result.evidence.score is not None
    assert result.evidence.score.low > 0.5


def test_the_same_seed_gives_the_same_finding() -> None:
    assert found(Planner(), 3) == found(Planner(), 3)


def test_no_instances_settle_nothing() -> None:
    result = selection(Subject(Planner(), TASK), [], 0)
    assert result.evidence.score is None
    assert result.evidence.missing


def test_noise_stays_where_it_is_put() -> None:
    subject = Subject(Planner(), TASK)
    (orchard,) = gather(subject, TRAIN, 1, stream(0, "test"))
    true = OrchardTask().world(orchard)
    for rescore, touched in ((noise_at(2, 5), {2}), (noise_beyond(1, 5), {2, 3})):
        changed = set()
        for depth in range(1, LENGTH + 1):
            for way in range(27):
                state = tuple(int(d) for d in np.base_repr(way, 3).zfill(3))[:depth]
                value = true.score(state, "fruit")
                if rescore(state, depth, "fruit", value) != value:
                    changed.add(depth)
        assert changed == touched


def test_a_budget_is_imposed_from_outside() -> None:
    subject = Subject(Planner(), TASK)
    (orchard,) = gather(subject, TRAIN, 1, stream(0, "test"))
    for depth in (1, 2, 3):
        _, harness = subject.watch(orchard, restrict=cut_off(depth))
        assert harness.log.horizon == depth
    assert reach(TASK.world(orchard)) == LENGTH


def test_gathered_instances_are_distinct_and_offer_a_choice() -> None:
    subject = Subject(Planner(), TASK)
    instances = gather(subject, TRAIN, 30, stream(0, "test"))
    assert len(instances) == len(set(instances)) == 30
