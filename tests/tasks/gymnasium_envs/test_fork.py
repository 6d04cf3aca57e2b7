"""Copies of a state go their own ways, however they are made, and what they draw is seen."""

import random

import gymnasium
import numpy as np
import pytest

from mesascope.tasks.gymnasium_envs import state
from mesascope.tasks.gymnasium_envs.fork import Fork
from tests.tasks.gymnasium_envs.test_chance import ENVS, Die, Plain


@pytest.mark.parametrize("kind", ENVS)
def test_what_a_copy_draws_is_seen(kind):
    fork = Fork(ENVS[kind]())
    for _ in range(2):
        copy, drawn = fork.copy()
        assert not drawn()
        copy.step(0)
        assert drawn()


class ByHand(Die):
    """Says itself what a copy of it is: nobody else knows what is in there."""

    def __deepcopy__(self, memo):
        return ByHand(np.random.Generator(np.random.PCG64(3)))


def test_copies_that_classes_make_by_hand_are_looked_into():
    copy, drawn = Fork(Plain(ByHand(np.random.default_rng(0)))).copy()
    first = np.random.Generator(np.random.PCG64(3)).random()
    assert not drawn()
    assert copy.step(0) == first
    assert drawn()


def test_spaces_that_copies_share_are_watched_where_they_are():
    env = Plain(None)
    env.observation_space = gymnasium.spaces.Dict({"a": gymnasium.spaces.Discrete(5)})
    env.observation_space.seed(0)
    env.action_space = gymnasium.spaces.Discrete(2)  # has no generator yet
    fork = Fork(env)
    for thing in (env.observation_space, env.observation_space["a"], env.action_space):
        copy, drawn = fork.copy()
        assert copy.observation_space is env.observation_space
        assert not drawn()
        thing.sample()
        assert drawn()


class Counts:
    def __init__(self):
        self.count, self.all = 0, []

    def __call__(self):
        self.count += 1
        self.all.append(self)
        return self.count


class Unwritten(Counts):
    """Cannot be written down, but can be copied."""

    def __init__(self):
        super().__init__()
        self.name = lambda: self.count


class Maker:
    """Makes a thing; it can be written down itself, but not read."""

    def __call__(self, count):
        made = Unread()
        made.count = count
        return made

    def __getstate__(self):
        return {"any": "state"}

    def __setstate__(self, state):
        raise KeyError(state)


class Unread(Counts):
    """Can be written down and copied, but not read: the pickle holds its maker."""

    def __reduce_ex__(self, protocol):
        return Maker(), (self.count,)


def test_what_can_be_written_and_not_read_is_found_out_when_it_is_read():
    fork = Fork(Plain(Unread()))
    assert fork._written is not None
    fork.copy()
    assert fork._written is None


@pytest.mark.parametrize("kind", [Counts, Unwritten, Unread])
def test_a_copy_changes_nothing_but_itself(kind):
    env = Plain(kind())
    env.step(0)
    fork = Fork(env)
    for _ in range(2):
        copy, drawn = fork.copy()
        assert [copy.step(0), copy.step(0)] == [2, 3]
        assert not drawn()
        assert copy.draw.all[-1] is copy.draw
    assert env.draw.count == 1


def test_what_holds_what_is_the_same_in_a_copy():
    env = Plain(None)
    env.dice = [Die(random.Random(0))] * 2
    env.table = {env.dice[0]: env}
    copy, _ = Fork(env).copy()
    assert copy.dice[0] is copy.dice[1] is not env.dice[0]
    assert copy.table == {copy.dice[0]: copy}
    assert state.key_of(copy) == state.key_of(env)


def test_what_cannot_be_copied_says_why():
    class Refuses(Die):
        def __reduce_ex__(self, protocol):
            raise ValueError("not me")

    with pytest.raises(ValueError, match="not me"):
        Fork(Plain(Refuses(random.Random(0)))).copy()
