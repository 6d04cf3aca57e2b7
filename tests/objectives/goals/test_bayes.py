"""Draws of reward weights, against the same posterior on a grid."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logsumexp

from mesascope.core.errors import BadRequest
from mesascope.objectives.goals.bayes import RewardDraws, Sampling, draw_rewards
from mesascope.objectives.goals.choices import Choices
from mesascope.objectives.goals.sample import sample
from mesascope.processes import BadArray
from mesascope.processes.evaluate import uniform
from mesascope.processes.soft import soften
from tests.objectives.goals.small import log_softmax, normal, swept, world

FEATURES = normal(0, 4, 3, 2) * [1.0, 10.0]
PLANTED = np.array([0.8, -0.1])
PROCESS = world(3)
HOW = Sampling(chains=4, warmup=300, draws=500, seed=0)


@pytest.fixture(scope="module")
def data():
    policy = soften(PROCESS, FEATURES @ PLANTED).policy
    return sample(PROCESS, policy, 6, 10, seed=4)


@pytest.fixture(scope="module")
def drawn(data):
    return draw_rewards(PROCESS, data, FEATURES, scale=2.0, sampling=HOW)


def test_draws_are_those_of_the_posterior_on_a_grid(data, drawn):
    size = np.sqrt((FEATURES**2).mean((0, 1)))
    np.testing.assert_allclose(drawn.scale, 2.0 / size)
    axes = [np.linspace(-1.2, 1.6, 57), np.linspace(-0.24, 0.12, 49)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    reward = np.einsum("sak,nk->nsa", FEATURES, points)
    soft = log_softmax(swept(PROCESS, reward, lambda q: logsumexp(q, axis=-1), 300))
    log = (data.counts * soft).sum((1, 2)) - 0.5 * ((points / drawn.scale) ** 2).sum(1)
    weight = np.exp(log - logsumexp(log))
    edge = weight.reshape(57, 49)
    assert max(edge[[0, -1]].sum(), edge[:, [0, -1]].sum()) < 1e-3  # the grid holds all of it
    mean = weight @ points
    spread = np.sqrt(weight @ (points - mean) ** 2)
    error = spread / np.sqrt(drawn.effective)  # of a mean of draws
    assert (np.abs(drawn.mean - mean) < 4 * error).all()
    np.testing.assert_allclose(drawn.weights.std((0, 1)), spread, rtol=0.15)
    np.testing.assert_allclose(
        drawn.policy, np.einsum("n,nsa->sa", weight, np.exp(soft)), atol=0.02
    )
    low, high = drawn.interval(0.9)
    for k in range(2):
        inside = (points[:, k] >= low[k]) & (points[:, k] <= high[k])
        assert weight[inside].sum() == pytest.approx(0.9, abs=0.05)


def test_planted_weights_lie_within_the_draws(drawn):
    low, high = drawn.interval(0.99)
    assert ((low < PLANTED) & (high > PLANTED)).all()
    assert drawn.converged
    assert "The chains agree" in drawn.sentence
    assert drawn.weights.shape == (4, 500, 2)
    assert drawn.weights.dtype == np.float64


def test_the_same_seed_gives_the_same_draws(data):
    few = Sampling(chains=2, warmup=20, draws=10, seed=7)
    first, second = (
        draw_rewards(PROCESS, Choices.of(PROCESS, data), FEATURES, sampling=few) for _ in range(2)
    )
    np.testing.assert_array_equal(first.weights, second.weights)
    assert not first.converged  # ten draws are too few for anything
    assert "Draw more, or warm up longer" in first.sentence


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"r_hat": np.array([1.0, 1.3])}, r"split R-hat is 1.300 \(1.01 at most is expected\)"),
        ({"r_hat": np.array([1.0, np.nan])}, "split R-hat is nan"),
        ({"effective": np.array([900.0, 30.0])}, r"30 effective draws \(400 are expected\)"),
        ({"divergences": 3}, "3 steps diverged"),
    ],
)
def test_what_did_not_converge_says_so(fault, words):
    fine = RewardDraws(
        np.zeros((4, 500, 2)),
        np.ones(2),
        uniform(PROCESS),
        Choices(np.zeros((4, 3)), False),
        np.array([1.0, 1.0]),
        np.array([900.0, 900.0]),
        0,
    )
    assert fine.converged
    poor = replace(fine, **fault)
    assert not poor.converged
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(poor.sentence)


def test_what_makes_no_sense_is_refused(data, drawn):
    with pytest.raises(BadRequest, match="scale is 0"):
        draw_rewards(PROCESS, data, FEATURES, scale=0.0)
    with pytest.raises(BadRequest, match="chains is 1"):
        Sampling(chains=1)
    with pytest.raises(BadArray, match="features has shape"):
        draw_rewards(PROCESS, data, np.ones((4, 2, 2)))
    with pytest.raises(BadRequest, match="level is 1"):
        drawn.interval(1.0)
