"""Vectors of environments: their single ones are played, or an error says why not."""

import gymnasium
import numpy as np
import pytest

from mesascope.core.errors import BadRequest
from mesascope.systems.playing.environments import play_environment
from mesascope.tasks.gymnasium_envs.make import make_environment
from mesascope.tasks.gymnasium_envs.vectors import is_vector, singles_of
from tests.systems.policies.models import need_extras

LAKE = "FrozenLake-v1"


def lake(*, slippery=False):
    return lambda: gymnasium.make(LAKE, is_slippery=slippery)


def sync():
    return gymnasium.vector.SyncVectorEnv([lake(), lake()])


def made():
    return gymnasium.make_vec(LAKE, num_envs=3, vectorization_mode="sync", is_slippery=False)


def counted():
    return gymnasium.wrappers.vector.RecordEpisodeStatistics(sync())


def processes():
    """Return a vector with what makes its environments; no process is started."""
    vector = object.__new__(gymnasium.vector.AsyncVectorEnv)
    vector.env_fns, vector.closed, vector.num_envs = [lake()], True, 1
    vector.single_action_space = gymnasium.spaces.Discrete(4)
    return vector


def dummy():
    need_extras("stable_baselines3")
    from stable_baselines3.common.env_util import make_vec_env

    return make_vec_env(lake(), n_envs=2)  # each in a Monitor


def checked():
    from stable_baselines3.common.vec_env import VecCheckNan

    return VecCheckNan(dummy())


@pytest.mark.parametrize("vector", [sync, made, counted, processes, dummy, checked])
def test_a_vector_is_seen_as_its_single_environment_is(vector):
    def policy(observations):
        return np.tile([0.0, 1.0, 1.0, 0.0], (len(observations), 1))

    plain = play_environment(policy, lake(), ["reward"], levels=3, discount=0.9)
    seen = play_environment(policy, vector(), ["reward"], levels=3, discount=0.9)
    assert seen.notes == plain.notes
    np.testing.assert_array_equal(seen.action, plain.action)
    np.testing.assert_array_equal(seen.state, plain.state)
    np.testing.assert_array_equal(seen.returns, plain.returns)
    np.testing.assert_array_equal(seen.graphs.successor, plain.graphs.successor)


def test_a_factory_of_vectors_makes_an_environment():
    assert make_environment(sync).action_space == gymnasium.spaces.Discrete(4)
    assert is_vector(sync())
    assert not is_vector(lake()())
    assert len(singles_of(made())) == 3


def normalised():
    from stable_baselines3.common.vec_env import VecNormalize

    return VecNormalize(dummy(), norm_obs=False)


class Elsewhere:
    """As SubprocVecEnv: the environments are in other processes, and what made them is gone."""

    num_envs, action_space, observation_space = 2, gymnasium.spaces.Discrete(2), None

    def reset(self): ...

    def step(self): ...

    def env_method(self): ...


@pytest.mark.parametrize(
    ("vector", "says"),
    [
        (lambda: gymnasium.make_vec("CartPole-v1"), r"reached.* such as .*make\('CartPole-v1'\)"),
        (Elsewhere, "of a Elsewhere cannot be reached"),
        (lambda: gymnasium.vector.SyncVectorEnv([lake(), lake(slippery=True)]), "of 2 kinds"),
        (lambda: gymnasium.wrappers.vector.NormalizeReward(sync()), "NormalizeReward is wrapped"),
        (normalised, "VecNormalize is wrapped"),
    ],
)
def test_vectors_that_are_refused_say_what_to_give(vector, says):
    with pytest.raises(BadRequest, match=says) as refused:
        make_environment(vector())
    assert "give " in str(refused.value).lower()
