"""Which levels of an environment have a graph: those that it can be trusted on, or none."""

import gymnasium
import numpy as np

from mesascope.systems.playing import graphing
from mesascope.systems.playing.environments import play_environment
from tests.systems.playing.rooms import Room, right


def test_an_environment_that_cannot_be_copied_is_played_without_graphs():
    env = Room()
    env.lock = (one for one in "ab")
    seen = play_environment(right, env, ["reward"], levels=2)
    assert seen.graphs is None
    assert "No level could be enumerated: its states cannot be compared: it holds" in seen.notes[-1]
    np.testing.assert_allclose(seen.returns[:, 0], 0.99**3)


class Tired(Room):
    """Slides back with its fourth step, whatever the state: a graph without time is wrong."""

    def reset(self, *, seed=None, options=None):
        self.step_count = 0
        return super().reset(seed=seed, options=options)

    def step(self, action):
        self.step_count += 1
        return super().step(0 if self.step_count == 4 else action)


def test_a_graph_that_an_episode_contradicts_is_dropped():
    seen = play_environment(right, Tired, ["reward"], levels=2)
    assert seen.graphs is None
    assert "went where its graph does not lead" in seen.notes[-1]
    np.testing.assert_allclose(seen.returns[:, 0], 0.99**5)


class Locked(Room):
    """Its second level holds something that cannot be compared."""

    def reset(self, *, seed=None, options=None):
        self.lock = (one for one in "ab") if seed == 8 else None
        return super().reset(seed=seed, options=options)


def test_levels_without_a_graph_are_left_out_and_counted():
    seen = play_environment(right, Locked, ["reward"], levels=[7, 8, 9], episodes_per_level=2)
    assert seen.level_of.tolist() == [0, 0, 1, 1]
    assert seen.levels == len(seen.graphs.start) == 2
    assert "2 of 3 levels" in seen.notes[-1]
    assert "seed 8" in seen.notes[-1]
    assert np.bincount(seen.episode).tolist() == [4, 4, 4, 4]


class Counting(Room):
    """It counts its steps, which are no part of the states that are compared."""

    def reset(self, *, seed=None, options=None):
        self.current_step = 0
        return super().reset(seed=seed, options=options)

    def step(self, action):
        self.current_step += 1
        return super().step(action)


class Hidden(Counting):
    """It pays by the number of steps."""

    def step(self, action):
        seen, _, *rest = super().step(action)
        return seen, float(self.current_step == 2), *rest


def test_a_graph_that_pays_otherwise_than_the_episode_did_is_dropped():
    seen = play_environment(right, Hidden, ["reward"], levels=2, discount=0.9)
    assert seen.graphs is None
    assert "worth something else than in its graph" in seen.notes[-1]
    np.testing.assert_allclose(seen.returns[:, 0], 0.9)


class Hasty(Counting):
    """It cuts episodes short and says so to nobody."""

    def step(self, action):
        *rest, cut, info = super().step(action)
        return *rest, cut or self.current_step == 2, info


def test_a_limit_that_an_environment_keeps_to_itself_is_noticed_and_a_wrappers_is_read():
    seen = play_environment(right, Hasty, ["reward"], levels=1)
    assert seen.graphs is None
    assert "ended where its graph goes on" in seen.notes[-1]
    limited = gymnasium.wrappers.TimeLimit(Room(ends=False), 6)
    seen = play_environment(right, limited, ["info:at"], levels=1)
    assert (seen.horizon, len(seen.action)) == (6, 6)
    assert seen.graphs is not None


class Numbered(Room):
    """Every seed gives another level."""

    def reset(self, *, seed=None, options=None):
        self.level = seed
        return super().reset(seed=seed, options=options)


def test_a_level_more_may_be_enumerated_for_each_that_is_asked_for(monkeypatch):
    monkeypatch.setattr(graphing, "BUDGET", 40)
    monkeypatch.setattr(graphing, "PER_LEVEL", 0)
    seen = play_environment(right, Numbered, ["reward"], levels=5)
    assert seen.levels < 5
    assert "may be tried over all levels ran out" in seen.notes[-1]
    monkeypatch.setattr(graphing, "PER_LEVEL", 300)
    assert play_environment(right, Numbered, ["reward"], levels=5).levels == 5
