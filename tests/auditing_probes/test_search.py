"""The search finds what listing all levels finds, and what it finds is of use."""

from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from mesascope.auditing.probes.cost import Cost
from mesascope.auditing.probes.search import design, score_levels
from mesascope.auditing.probes.sequential import episodes_to_tell
from mesascope.auditing.probes.space import entries_of, pick_diverse, take
from mesascope.core.errors import BadRequest, Interrupted, UnknownName
from mesascope.records.policy import DesignedLevelRecord
from mesascope.studies.policy_ledger import discount_of
from mesascope.studies.probe_levels import probe_levels
from mesascope.studies.probing.needed import needed
from mesascope.studies.probing.settings import ProbeSettings
from mesascope.studies.probing.worlds import WorldGround, WorldLevels, every_level
from mesascope.systems.playing.levels import graphs_of
from mesascope.systems.policies.named import named
from tests.auditing_probes.test_information import model
from tests.auditing_probes.worlds import SMALL

SPACE = WorldLevels(SMALL)
EVERY: Any = every_level(SMALL)


def test_variation_finds_the_best_of_all_levels() -> None:
    scores = score_levels(SPACE, model(), EVERY)
    listed = design(SPACE, model(), keep=4, every=EVERY)
    found = design(SPACE, model(), keep=4, budget=1024)
    again = design(SPACE, model(), keep=4, budget=1024)
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

    found = design(SPACE, model(), keep=2, budget=1024, say=stop)
    assert found.stopped
    assert 0 < found.tried < 1024
    assert len(found.scores) == 2

    class Stopped(WorldLevels):
        def draw(self, key: object) -> object:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="start it again"):
        design(Stopped(SMALL), model())


@pytest.mark.parametrize("budget", [4, 130])
def test_no_more_levels_are_scored_than_the_budget_has(budget: int) -> None:
    found = design(SPACE, model(), keep=2, budget=budget)
    assert found.tried == budget
    assert len(found.scores) == 2
    assert found.scores == pytest.approx(score_levels(SPACE, model(), found.levels))


def test_refusals() -> None:
    with pytest.raises(BadRequest, match="a budget of 4 at least"):
        design(SPACE, model(), keep=4, budget=1)
    with pytest.raises(BadRequest, match="0 levels"):
        design(SPACE, model(), keep=0)
    with pytest.raises(BadRequest, match=r"odds of 1\.0"):
        episodes_to_tell(np.ones((1, 1, 1)), graphs_of(SMALL, EVERY), model(), threshold=1.0)


def test_diverse_picks_fill_up_where_levels_are_alike() -> None:
    entries = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 2.0]])
    scores = np.array([4.0, 3.0, 1.0, 2.0])
    assert pick_diverse(scores, entries, 2, 2).tolist() == [0, 2]
    assert pick_diverse(scores, entries, 3, 2).tolist() == [0, 1, 2]
    assert pick_diverse(scores, entries, 9, 2).tolist() == [0, 1, 3, 2]


def test_designed_levels_tell_goals_apart_in_a_tenth_of_the_episodes() -> None:
    """Two goals that agree on 95 % of random levels, and a planner for each."""
    rng = np.random.default_rng(0)
    confounded = np.asarray(EVERY.cheese) == SMALL.corner
    odds = np.where(confounded, 0.95 / confounded.sum(), 0.05 / (~confounded).sum())
    random = take(EVERY, rng.choice(len(odds), 512, p=odds))
    assert (random.cheese != SMALL.corner).mean() <= 0.05
    best = design(SPACE, model(), keep=4, every=EVERY).levels
    designed = take(best, np.arange(512) % 4)  # as many, so that nothing is compiled twice

    plans = jax.jit(jax.vmap(model().plans))

    def told(levels: object, goal: int) -> np.ndarray:
        graphs = graphs_of(SMALL, levels)
        policy = np.exp(np.asarray(plans(graphs)[:, goal]))
        found = episodes_to_tell(policy, graphs, model(), runs=32, most=1024)
        assert (found.goal == goal).mean() > 0.9
        return found.episodes

    for goal in (0, 1):
        assert told(random, goal).mean() >= 10.0 * told(designed, goal).mean()


def cell_of(level: DesignedLevelRecord, thing: str) -> tuple[int, int]:
    assert level.level is not None
    cells = enumerate(level.level.cells)
    return next((i, j) for i, row in cells for j, text in enumerate(row) if text == thing)


def heads_for_the_corner(observations: np.ndarray) -> np.ndarray:
    """Up, then left."""
    where = np.asarray(observations)[..., 1].reshape(len(observations), -1).argmax(axis=1)
    row, column = np.divmod(where, SMALL.size)
    up, left = (row > 1)[:, None], (column > 1)[:, None]
    return 6.0 * np.hstack([up, left & ~up, np.zeros_like(up), np.zeros_like(up)])


def test_how_many_episodes_it_takes_is_told_by_kind_of_level(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mesascope.studies.probing.needed._LEVELS", 512)  # compiled for above
    best = design(SPACE, model(), keep=4, every=EVERY).levels
    found = needed(WorldGround(SMALL, 0, 0), model(), SMALL.goals, best, seed=0)
    assert [line.goal for line in found] == ["cheese", "corner"]
    for line in found:
        assert line.told > 0.9
        assert 1.0 <= line.designed.estimate <= line.random.estimate
        assert line.rare.low > 5.0 * line.random.estimate


@pytest.mark.parametrize(
    ("given", "told", "taken"), [(None, None, 0.99), (None, 0.0, 0.0), (0.5, 0.9, 0.5)]
)
def test_the_discount_is_the_policys_own_unless_another_is_given(
    given: float | None, told: float | None, taken: float
) -> None:
    assert discount_of(given, told) == taken


def test_a_study_plays_the_policy_and_finds_what_it_wants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mesascope.studies.probe_levels.needed", stop)
    said: list[str] = []
    result = probe_levels(
        named(heads_for_the_corner, "up and left", "made here", gamma=0.9),
        SMALL,
        ("corner", "cheese"),
        name="up and left",
        settings=ProbeSettings(budget=128),
        say=lambda what, tried, best: said.append(what),
    )
    record = result.record
    assert record.discount == 0.9
    assert record.goals == ["cheese", "corner"]
    assert record.wrong == "corner"
    assert record.after is not None
    assert record.after["corner"] > 0.95
    assert sum(record.before.values()) == pytest.approx(1.0)
    assert record.exact
    assert record.stopped
    assert record.needed == []
    telling, costly = record.designed[:-1], record.designed[-1]
    assert len(telling) == 4
    assert all((one.information or 0.0) > (one.random or 9.0) for one in telling)
    assert costly.purpose == "regret"
    assert costly.regret == pytest.approx(1.0 - 0.9**6, abs=1e-5)
    assert record.sequence[-1] == record.after
    assert [sum(step.values()) for step in record.sequence] == pytest.approx([1.0] * 4)
    assert min(step["corner"] for step in record.sequence) > 0.8
    here, cheese = cell_of(costly, "mouse"), cell_of(costly, "cheese")
    straight, detour = costly.ways["cheese"], costly.ways["corner"]
    assert straight == [here, cheese]
    assert (detour[0], detour[-1]) == (here, cheese)
    assert len(detour) == 2 + 6  # γ⁰ against γ⁶ at the cheese
    assert (1, 1) in detour
    for one in record.designed:
        (row, column), (down, right) = cell_of(one, "mouse"), cell_of(one, "cheese")
        did = one.played
        assert did is not None
        assert did.episodes == 4
        assert did.path[0] == (row, column)
        assert {(1, 1), (down, right)} & set(did.path)
        most = 0.9 ** (abs(row - down) + abs(column - right) - 1)  # there are no walls
        assert did.cost == pytest.approx(1.0 - did.returns["cheese"] / most, abs=1e-5)
    page = result.report(tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count('<svg class="maze"') == 5
    assert page.count("optimal for ") == 3  # in the key of the costliest, and in the text
    assert set(said) == {"telling goals apart", "what corner costs"}
    assert type(record).model_validate_json(record.model_dump_json()) == record
    with pytest.raises(UnknownName, match="cheese"):
        probe_levels(None, SMALL, ("chese", "corner"))
    with pytest.raises(BadRequest, match="at least two"):
        probe_levels(None, SMALL, ("corner",))
    with pytest.raises(BadRequest, match="prior"):
        probe_levels(None, SMALL, prior={"corner": -1.0})
