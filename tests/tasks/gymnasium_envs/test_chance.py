"""Every generator that an environment may draw from is found, watched, begun anew and put back."""

import random
import sys
from functools import partial

import gymnasium
import numpy as np
import pytest

from mesascope.tasks.gymnasium_envs import state
from mesascope.tasks.gymnasium_envs.chance import Watch, chance_outside, reseed, undisturbed


class Die:
    """Holds a generator that numbers are drawn from."""

    def __init__(self, generator):
        self.generator = generator

    def __call__(self):
        return self.generator.random()


class SlottedDie(Die):
    __slots__ = ("hidden",)

    def __init__(self, generator):
        self.hidden = [generator]

    def __call__(self):
        return self.hidden[0].random()


class Plain(gymnasium.Env):
    """Draws by what it is given."""

    def __init__(self, draw):
        self.draw = draw

    def step(self, action):
        return self.draw()


class ItsClass(Plain):
    dice = random.Random(0)


class Around(gymnasium.Wrapper):
    """Has chance of its own."""

    def __init__(self, env):
        super().__init__(env)
        self.mine = np.random.default_rng(0)

    def step(self, action):
        return self.mine.random()


HERE = np.random.default_rng(0)  # an environment of this module may draw from it


def here_draws():
    return HERE.random()


def class_draws():
    return ItsClass.dice.random()


def captured(generator):
    def draw():
        return generator.random()

    return draw


def of_a_space():
    env = Plain(None)
    env.action_space = gymnasium.spaces.Discrete(10**9)
    env.draw = env.action_space.sample
    return env


def of_torch(held):
    torch = pytest.importorskip("torch")
    generator = torch.Generator()
    return Plain(lambda: float(torch.rand((), generator=generator if held else None)))


ENVS = {
    "random.Random": lambda: Plain(Die(random.Random(0))),
    "Generator": lambda: Plain(Die(np.random.default_rng(0))),
    "another Generator": lambda: Plain(Die(np.random.Generator(np.random.MT19937(0)))),
    "RandomState": lambda: Plain(Die(np.random.RandomState(0))),
    "in slots": lambda: Plain(SlottedDie(random.Random(0))),
    "bound": lambda: Plain(np.random.RandomState(0).random_sample),
    "a method": lambda: Plain(Die(random.Random(0)).__call__),
    "partial": lambda: Plain(partial(Die.__call__, Die(random.Random(0)))),
    "captured": lambda: Plain(captured(random.Random(0))),
    "wrapper": lambda: Around(Plain(None)),
    "class": lambda: ItsClass(class_draws),
    "module": lambda: Plain(here_draws),
    "space": of_a_space,
    "random": lambda: Plain(random.random),
    "numpy.random": lambda: Plain(np.random.rand),
    "torch": lambda: of_torch(held=False),
    "torch.Generator": lambda: of_torch(held=True),
}


def begun(env):
    watch = Watch(env)
    return watch.begin(env, watch.sources)


@pytest.mark.parametrize("kind", ENVS)
def test_what_is_drawn_from_is_seen_and_begun_anew(kind):
    env = ENVS[kind]()
    drawn = begun(env)
    assert not drawn()
    before = state.key_of(env)
    env.step(0)
    assert drawn()
    assert state.key_of(env) == before, "where a generator stands is no part of the state"
    told = {}
    for seed in ((1,), (2,), (1, 1), (1,)):
        reseed(env, *seed)
        told.setdefault(seed, []).append([env.step(0) for _ in range(3)])
    assert told[1,][0] == told[1,][1]
    assert len({str(one[0]) for one in told.values()}) == 3


def test_generators_of_one_environment_go_ways_of_their_own():
    env = Plain(None)
    env.dice = [Die(np.random.default_rng(0)), Die(np.random.default_rng(0))]
    reseed(env, 7)
    assert env.dice[0]() != env.dice[1]()


def test_gymnasiums_own_generator_begins_as_numpys_with_that_seed():
    env = Plain(None)
    env.dice = Die(random.Random(0))
    env.np_random = np.random.default_rng(0)
    reseed(env, 5, 2)
    assert env.np_random.random() == np.random.default_rng((5, 2)).random()


def test_what_the_system_draws_cannot_be_watched_and_counts_as_drawn():
    env = Plain(Die(random.SystemRandom()))
    assert begun(env)()
    reseed(env, 1)


def test_generators_outside_are_left_as_they_were():
    env = Plain(Die(random.Random(0)))
    before = chance_outside(env)
    with undisturbed(env):
        reseed(env, 99)
        assert chance_outside(env) != before
    assert chance_outside(env) == before
    assert len(before) == 3 + ("torch" in sys.modules)  # random, numpy.random, HERE
