"""Environments are fitted to what is known of a policy, and others refused with the remedy."""

from functools import partial

import gymnasium
import minigrid  # noqa: F401 - it registers its environments
import numpy as np
import pytest

from mesascope.core.errors import BadRequest
from mesascope.core.interface import UNKNOWN, Interface
from mesascope.systems.playing.environments import environment_of
from mesascope.tasks.gymnasium_envs.fitting import fitted
from mesascope.tasks.gymnasium_envs.make import make_environment
from mesascope.tasks.gymnasium_envs.shift import shift_named

ROOM = "MiniGrid-Empty-6x6-v0"
FLAT = Interface(((2835,),), 7)


class Square(gymnasium.Env):
    observation_space = gymnasium.spaces.Box(0.0, 1.0, (2, 2))
    action_space = gymnasium.spaces.Discrete(2)


@pytest.mark.parametrize(
    "source",
    [
        ROOM,
        f"{ROOM}?max_steps=9",
        partial(gymnasium.make, ROOM),
        gymnasium.make(ROOM),
        gymnasium.make_vec(ROOM, 2, vectorization_mode="sync"),
        shift_named(f"it={ROOM}").make_env,
        partial(make_environment, ROOM, max_steps=9),
    ],
)
def test_minigrid_gives_what_the_policy_takes(source):
    found = fitted(source, FLAT)
    for _ in range(2):  # it may be made again
        env = environment_of(found)
        assert env.reset(seed=0)[0].shape == (2835,)
    assert fitted(source, UNKNOWN) is source
    assert environment_of(source).observation_space.shape == (7, 7, 3)


def test_what_fits_as_it_is_stays_as_it_is():
    vector = gymnasium.make_vec("CartPole-v1", 2, vectorization_mode="sync")
    single = gymnasium.make("CartPole-v1")
    for thing in (vector, single):
        assert fitted(thing, Interface(((4,),), 2)) is thing
    assert fitted(f"{ROOM}?actions=3", Interface(((3, 7, 7), (7, 7, 3)), 3))().action_space.n == 3


@pytest.mark.parametrize(
    ("source", "takes", "says"),
    [
        (
            f"{ROOM}?observation=image",
            FLAT,
            r"\(2835,\), .* gives \(7, 7, 3\)\..* \?observation=flat",
        ),
        (f"{ROOM}?shape=(6,6,3)", FLAT, r"\(2835,\), .* gives \(6, 6, 3\)\..* \?observation=flat"),
        (ROOM, Interface(((8, 8, 3),)), r"\(8, 8, 3\), .* It can give .*'full' \(6, 6, 3\).*Wrap"),
        (ROOM, Interface((), 3), r"3 actions, .* 7\. .*\(left, right, forward\), .* \?actions=3 "),
        (f"{ROOM}?actions=3", FLAT, r"7 actions, and .* has 3 of 7\. Leave out \?actions=3"),
        ("CartPole-v1", Interface((), 5), r"5 actions, and .* has 2\. Give the environment"),
        ("CartPole-v1", Interface(((5,),)), r"\(5,\), and .* gives \(4,\)\. Wrap"),
        (Square(), Interface(((4,),)), r"gives \(2, 2\)\. .*FlattenObservation"),
    ],
)
def test_what_does_not_fit_is_told_with_the_remedy(source, takes, says):
    with pytest.raises(BadRequest, match=says):
        fitted(source, takes)


def test_the_remedies_help():
    for text in (f"{ROOM}?observation=flat", f"{ROOM}?observation=flat&actions=3"):
        count = 3 if "actions" in text else 7
        assert fitted(text, Interface(((2835,),), count))().action_space.n == count
    flat = gymnasium.wrappers.FlattenObservation(Square())
    assert fitted(flat, Interface(((4,),), 2)) is flat
    some = fitted(ROOM, Interface(((None, None, 3),)))().reset(seed=0)[0]
    np.testing.assert_array_equal(some, make_environment(ROOM).reset(seed=0)[0])
