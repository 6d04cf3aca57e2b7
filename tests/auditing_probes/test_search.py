"""The search finds what listing all levels finds, and what it finds is of use."""

import jax
import numpy as np
import pytest

from mesascope.auditing.probes.cost import Cost
from mesascope.auditing.probes.search import design, score_graphs, score_levels
from mesascope.auditing.probes.sequential import episodes_to_tell
from mesascope.auditing.probes.space import entries_of, pick_diverse, take
from mesascope.core.errors import BadRequest, Interrupted
from mesascope.processes.graph import Graph
from mesascope.tasks.levels.buffer import draw_levels
from tests.auditing_probes.test_information import model
from tests.auditing_probes.worlds import SMALL, Mazes, every_level

SPACE, MODEL = Mazes(), model()
EVERY = every_level(SMALL)
_graphs = jax.jit(jax.vmap(SPACE.graph))
_plans = jax.jit(jax.vmap(MODEL.plans))


def test_variation_finds_the_best_of_all_levels() -> None:
    scores = score_levels(SPACE, MODEL, EVERY)
    assert scores == pytest.approx(score_graphs(MODEL, _graphs(EVERY)), abs=1e-6)
    listed = design(SPACE, MODEL, keep=4, every=EVERY)
    found = design(SPACE, MODEL, keep=4, budget=1024)
    again = design(SPACE, MODEL, keep=4, budget=1024)
    assert listed.exact
    assert listed.tried == 72 == len(scores)
    assert not found.exact
    assert listed.scores[0] == scores.max()
    assert found.scores == pytest.approx(listed.scores, abs=1e-6)
    assert (entries_of(found.levels) == entries_of(again.levels)).all()
    rows = entries_of(found.levels)
    assert all((a != b).sum() >= 2 for i, a in enumerate(rows) for b in rows[:i])


def test_the_costliest_level_has_the_mouse_beside_the_cheese_far_from_the_corner() -> None:
    cost = Cost(0, 1, discount=0.9, horizon=16)
    best = design(SPACE, cost, keep=1, every=EVERY)
    # 1 step there; 3 or 4 to the corner and back again: γ⁰ against γ⁶ at the cheese in (3, 3).
    assert best.scores[0] == pytest.approx(1.0 - 0.9**6, abs=1e-5)


def test_interruption_keeps_what_was_found() -> None:
    def stop(tried: int, best: float) -> None:
        raise KeyboardInterrupt

    found = design(SPACE, MODEL, keep=2, budget=1024, say=stop)
    assert found.stopped
    assert 0 < found.tried < 1024
    assert len(found.scores) == 2

    class Stopped(Mazes):
        def draw(self, key: object) -> object:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="start it again"):
        design(Stopped(), MODEL)


def test_refusals() -> None:
    with pytest.raises(BadRequest, match="0 levels"):
        design(SPACE, MODEL, keep=0)
    with pytest.raises(BadRequest, match=r"odds of 1\.0"):
        episodes_to_tell(np.ones((1, 1, 1)), _graphs(EVERY), MODEL, threshold=1.0)


def test_diverse_picks_fill_up_where_levels_are_alike() -> None:
    entries = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 2.0]])
    scores = np.array([4.0, 3.0, 1.0, 2.0])
    assert pick_diverse(scores, entries, 2, 2).tolist() == [0, 2]
    assert pick_diverse(scores, entries, 3, 2).tolist() == [0, 1, 2]
    assert pick_diverse(scores, entries, 9, 2).tolist() == [0, 1, 3, 2]


def test_designed_levels_tell_goals_apart_in_a_tenth_of_the_episodes() -> None:
    """Two goals that agree on 95 % of random levels, and a planner for each."""
    random = draw_levels(SMALL, jax.random.key(0), 256, 0.05)
    best = design(SPACE, MODEL, keep=4, every=EVERY).levels
    designed = take(best, np.arange(256) % 4)  # as many, so that nothing is compiled twice
    cost = Cost(0, 1, discount=0.9, horizon=16, kind=False)
    assert (score_levels(SPACE, cost, random) > 0.0).mean() <= 0.05

    def told(levels: object, goal: int) -> np.ndarray:
        graphs: Graph = _graphs(levels)
        policy = np.exp(np.asarray(_plans(graphs)[:, goal]))
        found = episodes_to_tell(policy, graphs, MODEL, runs=32, most=1024)
        assert (found.goal == goal).mean() > 0.9
        return found.episodes

    for goal in (0, 1):
        assert told(random, goal).mean() >= 10.0 * told(designed, goal).mean()
