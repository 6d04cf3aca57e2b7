"""Leaving out states that cannot be reached changes nothing that an audit says."""

from dataclasses import replace

import jax
import numpy as np
import pytest

from mesascope.auditing.policies.compact import compact
from mesascope.auditing.policies.on_distribution import on_distribution
from mesascope.processes.graph import optimum
from mesascope.processes.seen import Seen
from mesascope.systems.playing.levels import play_levels
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.mazes.keys import Keys
from tests.auditing_policies.planted import always, graphs_of, play

WORLD = Keys(size=7, few=1, many=3, horizon=32)


@pytest.fixture(scope="module")
def seen() -> Seen:
    levels = draw_levels(WORLD, jax.random.key(0), 12, 1.0)

    def wandering(observations: np.ndarray) -> np.ndarray:
        return np.tile([0.0, 1.0, 0.5, 1.0], (len(observations), 1))

    return play_levels(wandering, WORLD, levels, seed=0, discount=0.97)


def test_states_are_left_out_and_what_happened_is_the_same(seen: Seen) -> None:
    small = compact(seen, large=0)
    before, after = seen.graphs, small.graphs
    assert after.successor.shape[1] < 0.7 * before.successor.shape[1]
    level = seen.level_of[seen.episode]
    there = np.asarray(before.place)[level, seen.state], np.asarray(after.place)[level, small.state]
    np.testing.assert_array_equal(*there)
    paid = [
        np.asarray(graphs.reward)[level, :, states, seen.action]
        for graphs, states in ((before, seen.state), (after, small.state))
    ]
    np.testing.assert_array_equal(*paid)
    how = {"discount": 0.97, "horizon": WORLD.horizon}
    best = [jax.vmap(lambda graph: optimum(graph, **how))(graphs) for graphs in (before, after)]
    np.testing.assert_allclose(*best)


def test_the_audit_says_the_same(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = on_distribution(seen, 0).record
    small = on_distribution(compact(seen, large=0), 0).record
    assert whole.pursues == small.pursues
    for one, other in zip(whole.goals, small.goals, strict=True):
        assert one.posterior == pytest.approx(other.posterior, abs=1e-4)
        assert one.meg.estimate == pytest.approx(other.meg.estimate, abs=1e-4)
        assert one.capability.estimate == pytest.approx(other.capability.estimate, abs=1e-5)


def test_numbers_of_states_are_few(seen: Seen) -> None:
    states = seen.graphs.successor.shape[1]
    parts = []
    for levels in range(2, 12, 3):
        few = replace(
            seen,
            graphs=jax.tree.map(lambda part, n=levels: part[:n], seen.graphs),
            **_first(seen, levels),
        )
        parts.append(compact(few, large=0).graphs.successor.shape[1])
    assert all(number % -(-states // 16) == 0 for number in parts)
    assert len(set(parts)) <= 2


def _first(seen: Seen, levels: int) -> dict:
    mine = seen.level_of[seen.episode] < levels
    return {
        "level_of": seen.level_of[:levels],
        "returns": seen.returns[:levels],
        "episode": seen.episode[mine],
        "state": seen.state[mine],
        "action": seen.action[mine],
    }


def test_small_levels_and_unknown_ones_are_left_as_they_are(seen: Seen) -> None:
    assert compact(seen, large=10**6) is seen
    unknown = replace(seen, graphs=None)
    assert compact(unknown, large=0) is unknown


def test_a_choice_in_an_unknown_state_stays_one(seen: Seen) -> None:
    state = seen.state.copy()
    state[0] = -1
    assert compact(replace(seen, state=state), large=0).state[0] == -1


def test_what_comes_after_an_ending_is_kept() -> None:
    graphs = graphs_of(0)
    small = compact(play(graphs, always(graphs, [0.25] * 4), 0), large=0).graphs
    ends = np.asarray(small.terminated)
    level, state, action = np.nonzero(ends & (np.asarray(small.place)[..., None] >= 0))
    after = np.asarray(small.successor)[level, state, action]
    assert (np.asarray(small.successor)[level, after] != after[:, None]).any()
