"""Devices predict as Dirichlet-multinomials do; agents are told from them, as often as said."""

import numpy as np
import pytest
import scipy.stats
from scipy.special import gammaln, logsumexp

from mesascope.core.errors import BadRequest
from mesascope.core.randomness import stream
from mesascope.objectives.goals.devices import agent_or_device
from mesascope.objectives.goals.posterior import infer_goal
from mesascope.objectives.goals.predictors import log_evidence, log_mixture
from mesascope.objectives.goals.rational import log_policies
from mesascope.objectives.goals.sample import sample
from mesascope.processes.evaluate import uniform
from tests.objectives.goals.small import normal, world

COUNTS = np.array([[3, 0, 5], [0, 0, 0], [1, 1, 0], [0, 7, 2]])
REWARDS = {"goal 0": normal(5, 4, 3), "goal 1": normal(6, 4, 3)}


def test_evidence_against_scipy():
    """SciPy's is of counts in any order; ours of one sequence, so its orders are divided out."""

    def one(n):
        orders = gammaln(n.sum() + 1) - gammaln(n + 1).sum()
        return scipy.stats.dirichlet_multinomial.logpmf(n, np.full(3, 0.5), n.sum()) - orders

    found = log_evidence(COUNTS.astype(float))
    assert found["habit"] == pytest.approx(sum(one(row) for row in COUNTS if row.any()))
    assert found["reflex"] == pytest.approx(one(COUNTS.sum(0)))
    assert found["uniform"] == pytest.approx(-19 * np.log(3))
    mixed = logsumexp(list(found.values())) - np.log(3)
    assert log_mixture(COUNTS.astype(float)) == pytest.approx(mixed)


def test_evidence_is_what_predicting_choice_by_choice_gives():
    """Krichevsky & Trofimov: (n_a + ½) / (n + A / 2), one choice after the other."""
    seen, total = np.zeros((4, 3)), 0.0
    for state, action in stream(0, "order").permutation(np.repeat(np.argwhere(COUNTS + 1), 2, 0)):
        total += np.log((seen[state, action] + 0.5) / (seen[state].sum() + 1.5))
        seen[state, action] += 1
    assert log_evidence(seen)["habit"] == pytest.approx(total)


def test_agents_are_told_from_devices():
    process = world(3)
    agent = np.exp(log_policies(process, [REWARDS["goal 0"]], [10.0])[0, 0])
    found = agent_or_device(process, sample(process, agent, 20, 10, seed=1), REWARDS)
    assert found.agent > 0.99
    assert found.agent + found.device == pytest.approx(1.0)
    assert "'goal 0' predicts them best" in found.sentence
    assert "after 200 choices" in found.sentence
    habit = np.eye(3)[[2, 0, 1, 0]]
    assert agent_or_device(process, sample(process, habit, 20, 10), REWARDS).device > 0.99
    reflex = np.tile([0.7, 0.2, 0.1], (4, 1))
    other = agent_or_device(process, sample(process, reflex, 20, 10, seed=2), REWARDS)
    assert other.device > 0.9
    assert "'reflex (a device)' predicts them best" in other.sentence


def test_a_policy_that_is_right_and_certain_is_an_agent_when_seen_enough():
    process = world(3)
    policy = np.exp(log_policies(process, [REWARDS["goal 1"]], [100.0])[0, 0])
    few = agent_or_device(process, policy, REWARDS, choices=1.0)
    many = agent_or_device(process, policy, REWARDS, choices=100.0)
    assert 0.3 < few.agent < many.agent
    assert "as if 100 choices" in many.sentence


def test_the_verdict_is_bayes_rule():
    process = world(3)
    data = sample(process, uniform(process), 2, 5, seed=3)
    for prior in (0.5, 0.2):
        found = agent_or_device(process, data, REWARDS, prior=prior)
        agents = np.exp(list(found.agents.values())).mean() * prior
        devices = np.exp(list(found.devices.values())).mean() * (1 - prior)
        assert found.agent == pytest.approx(agents / (agents + devices))
        factor = found.agent / found.device * (1 - prior) / prior
        assert found.log_bayes_factor == pytest.approx(np.log(factor))
    each = infer_goal(process, data, REWARDS).log_evidence
    np.testing.assert_allclose(list(found.agents.values()), each[:-1])


def test_certainty_does_not_round_the_other_one_away():
    process = world(3)
    policy = np.exp(log_policies(process, [-REWARDS["goal 0"]], [30.0])[0, 0])
    alone = {"goal 0": REWARDS["goal 0"]}
    found = agent_or_device(process, policy, alone, choices=60.0)
    assert found.device == 1.0
    assert 0.0 < found.agent < 1e-15


@pytest.mark.parametrize("prior", [0.0, 1.0, -1.0])
def test_priors_that_are_none_are_refused(prior):
    process = world(3)
    with pytest.raises(BadRequest, match="prior is"):
        agent_or_device(process, uniform(process), REWARDS, prior=prior)
