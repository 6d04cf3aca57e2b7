"""CliffWorld is that of seals; a process with a horizon is never solved as one without."""

import json
from pathlib import Path

import numpy as np
import pytest

from mesascope.core.errors import BadRequest
from mesascope.processes import Process
from mesascope.processes.horizon import occupancy_finite, soften_finite
from mesascope.processes.plan import plan
from mesascope.processes.soft import soften
from mesascope.tasks.finite.cliff import cliff

ORACLE = Path(__file__).parents[2] / "oracles" / "imitation_cliffworld.json"


@pytest.fixture(scope="module")
def oracle():
    return json.loads(ORACLE.read_text(encoding="utf-8"))


def test_the_world_is_that_of_seals(oracle):
    made = cliff()
    np.testing.assert_array_equal(made.process.transition, oracle["transition"])
    np.testing.assert_array_equal(made.process.initial, oracle["initial"])
    np.testing.assert_array_equal(made.reward, oracle["reward"])
    assert (made.horizon, made.process.horizon) == (oracle["horizon"], oracle["horizon"])
    assert made.process.discount == oracle["discount"]
    assert (made.width, made.height) == (oracle["width"], oracle["height"])


def test_soft_optimal_policies_are_those_of_imitation(oracle):
    made = cliff()
    soft = soften_finite(made.process, made.reward, made.horizon)
    np.testing.assert_allclose(soft.policy, oracle["policy"], atol=1e-11)
    np.testing.assert_allclose(soft.values, oracle["values"], atol=1e-9)
    by_time = occupancy_finite(made.process, soft.policy).sum(axis=2)
    np.testing.assert_allclose(by_time, oracle["occupancy_by_time"][:-1], atol=1e-11)


def test_without_a_horizon_it_is_the_discounted_world(oracle):
    long = oracle["stationary"]
    made = cliff()
    process = Process.of(made.process.transition, long["discount"], initial=made.process.initial)
    np.testing.assert_allclose(soften(process, made.reward).policy, long["policy"], atol=1e-11)


def test_a_horizon_is_never_forgotten():
    made = cliff()
    assert made.process.at(0.5).horizon == made.horizon
    for solver in (plan, soften):
        with pytest.raises(BadRequest, match=r"stops after 8 steps.*unroll"):
            solver(made.process, made.reward)


def test_boards_that_are_none_are_refused():
    with pytest.raises(BadRequest, match="2 x 4"):
        cliff(2)
    with pytest.raises(BadRequest, match="horizon is 0"):
        cliff(horizon=0)


def test_other_sizes():
    made = cliff(15, 6, 18, discount=0.99)
    assert made.process.transition.shape == (90, 4, 90)
    assert made.reward[14] == 10.0
    assert (made.reward[1:14] == -10.0).all()
