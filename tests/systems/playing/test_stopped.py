"""Play that comes to a stop: what failed is named, and what was seen until then is kept."""

import sys

import numpy as np
import pytest

from mesascope.core.errors import IllegalOutput
from mesascope.systems.playing.environments import play_environment
from mesascope.systems.playing.errors import PlayInterrupted, PlayStopped
from mesascope.tasks.gymnasium_envs.errors import EnvironmentFailed, GoalFailed
from tests.systems.playing.rooms import Room, right, uniform


def stays(env):
    return env.unwrapped.at == 3 and env.unwrapped.number == 2 and 1 / 0


@pytest.mark.parametrize(
    ("policy", "env", "goals", "cause", "says"),
    [
        (right, lambda: Room(breaks=2), ["reward"], EnvironmentFailed, "step 3 .* seed 2"),
        (right, Room, ["reward", stays], GoalFailed, "'stays' raised .* step 3 .* seed 2"),
        (uniform(3), Room, ["reward"], IllegalOutput, "each of 2 actions"),
        (lambda o: np.zeros((1, 2)), Room, ["reward"], IllegalOutput, "answer each in the batch"),
        (lambda o: np.full((len(o), 2), np.nan), Room, ["reward"], IllegalOutput, "nan"),
    ],
)
def test_what_fails_is_named_with_step_and_level_and_what_was_seen_is_kept(
    policy, env, goals, cause, says
):
    with pytest.raises(PlayStopped, match=says) as stop:
        play_environment(policy, env, goals, levels=4)
    assert isinstance(stop.value.__cause__, cause)
    if policy is right:
        assert stop.value.so_far.level_of.tolist() == [0, 1]
        np.testing.assert_allclose(stop.value.so_far.returns[:, 0], 0.99**3)
    else:
        assert stop.value.so_far is None


def test_an_interruption_keeps_what_was_seen():
    def stops(env):
        if env.unwrapped.at == 3 and env.unwrapped.number == 2:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt) as stop:
        play_environment(right, Room, ["reward", stops], levels=4, beside=1)
    assert isinstance(stop.value, PlayInterrupted)
    assert stop.value.so_far.level_of.tolist() == [0, 1]
    assert stop.value.so_far.seeds == (0, 1)


def walks(observations):
    return np.tile([0.0, 1.0], (len(observations), 1))


def test_what_tells_for_the_others_of_what_had_ended_is_what_a_shorter_play_sees():
    def failing(env):
        return env.unwrapped.number == 7 and env.unwrapped.at == 3 and 1 / 0

    asked = {"levels": 9, "beside": 4}
    with pytest.raises(PlayStopped) as stop:
        play_environment(walks, Room, ["reward", failing], **asked)
    first = stop.value.first()
    whole = play_environment(walks, Room, ["reward"], levels=7, beside=4)
    assert first.graphs is not None
    np.testing.assert_array_equal(first.action, whole.action)
    np.testing.assert_array_equal(first.state, whole.state)
    np.testing.assert_array_equal(first.returns[:, 0], whole.returns[:, 0])
    said = "Play was cut short: only the first 7 of 9 episodes of train are judged."
    assert said in first.notes
    assert "Such as take long" not in "".join(first.notes)


@pytest.mark.parametrize(("beside", "left"), [(1, 2), (2, 1), (16, None)])
def test_after_an_interruption_short_episodes_do_not_stand_for_long_ones(beside, left):
    class Mixed(Room):
        def step(self, action):
            if self.number == 2 and self.at == 2:
                self.steps = getattr(self, "steps", 0) + 1
                if self.steps > 20:
                    raise KeyboardInterrupt
                return np.array([2.0], np.float32), 0.0, False, False, {"at": 2}
            return super().step(action)

    with pytest.raises(PlayInterrupted) as stop:
        play_environment(right, Mixed, ["reward"], levels=3, beside=beside, enumerate="never")
    assert stop.value.so_far.level_of.tolist() == [0, 1]
    first = stop.value.first()
    if left is None:
        assert first is None
    else:
        assert first.level_of.tolist() == list(range(left))
        assert "Such as take long may be too few" in first.notes[-1]


def test_what_stopped_enumerating_is_not_tried_again():
    def failing(env):
        return env.unwrapped.at == 1 and env.unwrapped.number == 1 and env.left and 1 / 0

    class Leaving(Room):
        def reset(self, **options):
            self.left = False
            return super().reset(**options)

        def step(self, action):
            self.left = self.left or not action
            return super().step(action)

    with pytest.raises(PlayStopped) as stop:
        play_environment(right, Leaving, ["reward", failing], levels=2)
    first = stop.value.first()
    assert len(first.level_of) == 2
    assert first.graphs is None
    assert "levels were not enumerated: the goal 'failing' raised" in first.notes[-1]


def test_a_policy_that_leaves_the_program_is_stopped():
    with pytest.raises(PlayStopped, match="SystemExit"):
        play_environment(lambda observations: sys.exit(0), Room, ["reward"], levels=1)
