"""Which goal explains choices: against sums by hand, under invariances, and calibrated."""

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.special import logsumexp

from mesascope.core.errors import BadRequest, UnknownName
from mesascope.core.randomness import stream
from mesascope.objectives.goals.choices import Choices
from mesascope.objectives.goals.posterior import NONE, infer_goal
from mesascope.objectives.goals.predictors import log_mixture
from mesascope.objectives.goals.rational import (
    RATIONALITY,
    log_policies,
    stake,
    standardised,
)
from mesascope.objectives.goals.sample import sample
from mesascope.objectives.goals.trajectories import Trajectories
from mesascope.processes import BadArray, Process, shaped
from mesascope.processes.evaluate import occupancy, uniform
from tests.objectives.goals.small import SEEDS, corridor, log_softmax, normal, swept, world

GRID = np.geomspace(0.3, 30.0, 7)


def candidates(seed=0, many=3):
    return {f"goal {k}": normal(seed + k, 4, 3) for k in range(many)}


@pytest.mark.parametrize("ends", [False, True])
def test_the_evidence_by_explicit_sums(ends):
    process, rewards = world(1, ends=ends), candidates()
    data = sample(process, uniform(process), 4, 6, seed=2)
    found = infer_goal(process, data, rewards, rationality=GRID)
    live = ~process.terminal
    evidence = []
    for reward in rewards.values():
        r = reward * live[:, None]
        q = swept(process, r, lambda x: x.max(-1))
        scale = (q.max(1) - q.min(1))[live].mean()
        totals = []
        for beta in GRID:
            soft = log_softmax(swept(process, beta * r / scale, lambda x: logsumexp(x, axis=-1)))
            total = 0.0
            for n, t in np.argwhere(data.chosen):
                total += soft[data.states[n, t], data.actions[n, t]]
            totals.append(total)
        evidence.append(logsumexp(totals) - np.log(len(GRID)))
    evidence.append(log_mixture(data.counts.astype(float)))
    np.testing.assert_allclose(found.log_evidence, evidence, rtol=1e-10)
    np.testing.assert_allclose(
        found.probability, np.exp(evidence) / np.exp(evidence).sum(), rtol=1e-9
    )
    np.testing.assert_allclose(found.rationality_posterior[2].sum(), 1.0)
    assert found.names == (*rewards, NONE)


@settings(max_examples=40)
@given(seed=SEEDS)
def test_neither_scale_nor_shaping_nor_a_constant_matters(seed):
    process = world(seed % 13)
    rng = stream(seed, "maps")
    rewards = candidates(seed % 100)
    policy = np.exp(log_policies(process, [normal(seed, 4)], [5.0])[0, 0])
    other = {}
    for name, reward in rewards.items():
        moved = shaped(process, reward, 10.0 * rng.standard_normal(4))
        other[name] = 10.0 ** rng.uniform(-3, 3) * moved + 100.0 * rng.standard_normal()
    before = infer_goal(process, policy, rewards)
    after = infer_goal(process, policy, other)
    np.testing.assert_allclose(after.log_evidence, before.log_evidence, rtol=1e-7, atol=1e-6)


def test_where_episodes_end_a_constant_is_a_wish():
    process = world(2, ends=True)
    reward = normal(0, 4, 3)
    potential = normal(1, 4)
    np.testing.assert_allclose(
        standardised(process, 7.0 * shaped(process, reward, potential)),
        standardised(process, reward),
        atol=1e-12,
    )
    assert np.abs(standardised(process, reward + 1) - standardised(process, reward)).max() > 0.1


def test_the_stake_by_hand():
    process = corridor(0.5)
    # Worth 1 in the right-hand state: V* = (.25+.125+..=.5, 1, 2) with γ = ½.
    # Q*: left (.25, .5), middle (.25, 1), right (1.5, 2).
    assert stake(process, [0, 0, 1]) == pytest.approx((0.25 + 0.75 + 0.5) / 3)
    assert stake(process, [3.0, 3.0, 3.0]) == 0.0
    assert stake(process, shaped(process, np.zeros(3), 1e6 * normal(0, 3))) == 0.0
    assert not standardised(process, np.ones(3)).any()


def test_a_goal_that_no_choice_matters_to_predicts_anything():
    process = world(1)
    data = sample(process, uniform(process), 2, 10)
    found = infer_goal(process, data, {"nothing": np.ones(4)})
    assert found.log_evidence[0] == pytest.approx(-20 * np.log(3))


def simulate(process, rewards, tables, episodes, seed):
    """One of the names, drawn from the prior, and choices of it; its β where it has one."""
    rng = stream(seed, "truth")
    truth, beta = rng.integers(len(rewards) + 1), int(rng.integers(len(GRID)))
    if truth < len(rewards):
        policy = np.exp(tables[truth, beta])
    else:
        half = np.full(3, 0.5)
        policy = (
            rng.dirichlet(half, 4),
            np.tile(rng.dirichlet(half), (4, 1)),
            uniform(process),
        )[rng.integers(3)]
    return truth, beta, sample(process, policy, episodes, 8, seed)


def test_probabilities_are_as_often_right_as_they_say():
    """Simulated from the prior, every figure below has mean 0 and variance 1, exactly."""
    process, rewards = world(3), candidates(5)
    tables = log_policies(process, list(rewards.values()), GRID)
    hits = np.zeros((2, 4))
    score = np.zeros(2)
    ranks = []
    for seed in range(400):
        truth, beta, data = simulate(process, rewards, tables, 1 + seed % 3, seed)
        found = infer_goal(process, data, rewards, rationality=GRID)
        p = found.probability
        hits += (np.arange(4) == truth) - p, p * (1 - p)
        surprise = -np.log(np.maximum(p, 1e-300))
        score += surprise[truth] - p @ surprise, p @ surprise**2 - (p @ surprise) ** 2
        if truth < len(rewards):
            after = found.rationality_posterior[truth]
            # Where the β is, in its posterior: uniform on average, half of its own weight counted.
            middle = after[:beta].sum() + after[beta] / 2
            spread = (after * (np.cumsum(after) - after / 2 - 0.5) ** 2).sum()
            ranks.append((middle - 0.5, spread))
    rank, spread = np.sum(ranks, axis=0)
    figures = np.append(hits[0] / np.sqrt(hits[1]), [score[0] / np.sqrt(score[1])])
    figures = np.append(figures, rank / np.sqrt(spread))
    assert np.abs(figures).max() < 3.5  # six normal figures: exceeded in 3 of 1,000 cases
    assert hits[1].sum() > 20  # and it was far from certain


@pytest.mark.parametrize("name", ["goal 0", "goal 1", "goal 2"])
def test_planted_goals_are_found(name):
    process, rewards = world(3), candidates(5)
    policy = np.exp(log_policies(process, [rewards[name]], [10.0])[0, 0])
    found = infer_goal(process, sample(process, policy, 20, 10, seed=1), rewards)
    assert found.of(name) > 0.99
    best = found.rationality[found.rationality_posterior[found.names.index(name)].argmax()]
    assert 3.0 < best < 30.0
    assert name in found.sentence
    assert "after 200 choices" in found.sentence
    np.testing.assert_allclose(found.predictive(name), policy, atol=0.1)


def test_what_none_of_the_candidates_wants_is_none_of_these():
    process, rewards = world(3), candidates(5)
    policy = np.exp(log_policies(process, [-rewards["goal 0"]], [30.0])[0, 0])
    alone = {"goal 0": rewards["goal 0"]}
    found = infer_goal(process, sample(process, policy, 40, 10, seed=1), alone)
    assert found.of(NONE) > 0.99


def test_a_policy_is_as_if_choices_had_been_seen():
    process, rewards = world(3), candidates(5)
    policy = np.exp(log_policies(process, [rewards["goal 0"]], [3.0])[0, 0])
    found = infer_goal(process, policy, rewards, choices=40.0)
    share = occupancy(process, policy)
    mean = np.einsum("sa,cbsa->cb", share / share.sum(), found.log_policies)
    np.testing.assert_allclose(found.log_likelihood, 40.0 * mean, rtol=1e-12)
    assert found.choices.as_if
    assert "as if 40 choices had been seen" in found.sentence
    # Given its own rationality nothing predicts a policy better than itself.
    itself = infer_goal(process, policy, rewards, rationality=[3.0])
    assert itself.log_likelihood[0, 0] == itself.log_likelihood.max()
    again = infer_goal(process, Choices.of(process, policy, 40.0), rewards)
    np.testing.assert_array_equal(again.probability, found.probability)


def test_priors_multiply():
    process, rewards = world(3), candidates(5, 2)
    data = sample(process, uniform(process), 3, 4)
    even = infer_goal(process, data, rewards)
    odd = infer_goal(process, data, rewards, prior={"goal 0": 3.0, "goal 1": 1.0})
    assert odd.of(NONE) == 0.0
    shift = odd.log_odds("goal 0", "goal 1") - even.log_odds("goal 0", "goal 1")
    assert shift == pytest.approx(np.log(3))
    assert odd.log_odds("goal 0", NONE) == np.inf
    assert even.log_odds("goal 0", "goal 1") == even.log_bayes_factor("goal 0", "goal 1")
    assert odd.prior.sum() == pytest.approx(1.0)


def test_the_rationality_of_the_prior_is_log_uniform():
    steps = np.diff(np.log(RATIONALITY))
    np.testing.assert_allclose(steps, steps[0])
    process, rewards = world(3), candidates(5, 1)
    nothing = infer_goal(process, Choices(np.zeros((4, 3)), False), rewards)
    np.testing.assert_allclose(nothing.rationality_posterior, 1 / len(RATIONALITY))
    np.testing.assert_allclose(nothing.probability, 0.5)


def test_what_makes_no_sense_is_refused():
    process, rewards = world(3), candidates(5, 2)
    data = sample(process, uniform(process), 3, 4)
    with pytest.raises(BadRequest, match="at least one is expected"):
        infer_goal(process, data, {})
    with pytest.raises(BadRequest, match="none may be called 'none of these'"):
        infer_goal(process, data, {NONE: np.zeros(4)})
    with pytest.raises(UnknownName, match=r"the prior names \['goal 0'\]"):
        infer_goal(process, data, rewards, prior={"goal 0": 1.0})
    with pytest.raises(UnknownName, match="no candidate 'goal 7'; there are goal 0, goal 1, none"):
        infer_goal(process, data, rewards).of("goal 7")
    with pytest.raises(UnknownName, match="no candidate 'none of these'"):
        infer_goal(process, data, rewards).predictive(NONE)
    with pytest.raises(BadRequest, match="numbers that are 0 or more"):
        infer_goal(process, data, rewards, rationality=[-1.0])
    with pytest.raises(BadRequest, match="choices is 0"):
        infer_goal(process, uniform(process), rewards, choices=0.0)
    with pytest.raises(BadArray, match="3 states and 2 actions, and this one has 4 and 3"):
        infer_goal(process, Trajectories.of(corridor(), np.array([(1, 1)])), rewards)
    timed = Process.of(process.transition, 1.0, horizon=3)
    with pytest.raises(BadRequest, match="unroll"):
        infer_goal(timed, sample(timed, uniform(process), 3), rewards)
