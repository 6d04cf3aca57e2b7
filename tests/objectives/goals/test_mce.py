"""Maximum causal entropy IRL, against imitation, enumerated paths and finite differences."""

import itertools
import json
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

from mesascope.core.errors import BadRequest
from mesascope.objectives.goals.attainable import nearest
from mesascope.objectives.goals.dual import Problem, dual
from mesascope.objectives.goals.equivalence import equivalent
from mesascope.objectives.goals.features import features_of
from mesascope.objectives.goals.mce import infer_reward
from mesascope.objectives.goals.sample import sample
from mesascope.objectives.goals.trajectories import Trajectories
from mesascope.processes import BadArray, Process
from mesascope.processes.evaluate import occupancy, uniform
from mesascope.processes.horizon import occupancy_finite, soften_finite
from mesascope.processes.plan import plan
from mesascope.processes.precision import in_float64
from mesascope.processes.soft import soften
from mesascope.processes.unroll import unroll
from mesascope.tasks.finite.cliff import cliff
from tests.objectives.goals.small import SEEDS, corridor, normal, world

ORACLE = Path(__file__).parents[2] / "oracles" / "imitation_cliffworld.json"


@pytest.fixture(scope="module")
def oracle():
    return json.loads(ORACLE.read_text(encoding="utf-8"))


def test_cliffworld_is_matched_to_rounding(oracle):
    process = cliff().process
    # imitation also counts the state after the last choice, where nothing is chosen any more.
    expert = np.sum(oracle["occupancy_by_time"][:-1], axis=0)
    found = infer_reward(process, expert)
    assert found.state == "matched"
    assert np.abs(found.occupancy.sum(axis=1) - expert).max() < 1e-10  # the oracle's digits
    assert found.gap < 1e-10
    assert found.gap < min(run["gap"] for run in oracle["irl"]) * 1e-6
    np.testing.assert_allclose(found.policy, oracle["policy"], atol=1e-7)
    assert found.blind == 1  # a constant
    assert abs(found.weights.sum()) < 1e-10  # so least norm leaves it out
    ahead = found.reward - found.reward.mean()
    truth = oracle["reward"] - np.mean(oracle["reward"])
    np.testing.assert_allclose(ahead, truth, atol=1e-6)


def test_the_discounted_cliffworld_too(oracle):
    long = oracle["stationary"]
    world_ = cliff().process
    process = Process.of(world_.transition, long["discount"], initial=world_.initial)
    found = infer_reward(process, long["occupancy"])
    assert found.state == "matched"
    np.testing.assert_allclose(found.policy, long["policy"], atol=1e-6)


def test_the_state_after_the_last_choice_is_not_to_be_counted(oracle):
    with pytest.raises(BadArray, match=r"sums to 9, and .* to 8. Leave out the state after"):
        infer_reward(cliff().process, oracle["occupancy"])


@pytest.mark.parametrize("horizon", [None, 5])
def test_the_gap_is_the_slope_of_the_dual(horizon):
    process = world(0, horizon=horizon)
    phi, theta, ridge = normal(1, 4, 3, 2), normal(2, 2), 0.3
    reward = phi @ theta
    if horizon:
        policy = soften_finite(process, reward, horizon).policy
        reached = occupancy_finite(process, policy).sum(0)
    else:
        reached = occupancy(process, soften(process, reward).policy)
    target = normal(3, 2)
    arrays = process.next_step, process.start, phi, target, ridge

    @in_float64
    def value(weights):
        problem = Problem(*map(jnp.asarray, arrays))
        return float(dual(jnp.asarray(weights), problem, horizon))

    step = 1e-5 * np.eye(2)
    by_differences = [(value(theta + h) - value(theta - h)) / 2e-5 for h in step]
    expected = np.einsum("sa,sak->k", reached, phi) - target + ridge * theta
    np.testing.assert_allclose(by_differences, expected, rtol=1e-8, atol=1e-8)


def test_where_nothing_is_random_it_is_the_maximum_entropy_over_paths():
    """Ziebart et al. 2008: P(path) ∝ exp(θ · f(path)), here by enumerating all paths."""
    process = corridor(1.0, horizon=4)
    paths = list(itertools.product(range(2), repeat=4))
    visits = np.zeros((len(paths), 3))
    for p, actions in enumerate(paths):
        state = 1
        for action in actions:
            visits[p, state] += 1
            state = min(max(state + 2 * action - 1, 0), 2)
    expert = np.array([0.8, 1.9, 1.3])
    found = infer_reward(process, expert)
    odds = np.exp(visits @ found.weights)
    np.testing.assert_allclose(odds / odds.sum() @ visits, expert, atol=1e-10)
    first = np.array([path[0] for path in paths])
    np.testing.assert_allclose(odds[first == 1].sum() / odds.sum(), found.policy[0, 1, 1])


@settings(max_examples=30)
@given(seed=SEEDS)
def test_planted_rewards_are_recovered_up_to_what_no_choice_shows(seed):
    process = world(seed % 11, ends=bool(seed % 2))
    planted = 2.0 * normal(seed, 4, 3)
    expert = occupancy(process, soften(process, planted).policy)
    found = infer_reward(process, expert, np.eye(12).reshape(4, 3, 12))
    assert found.state == "matched"
    np.testing.assert_allclose(found.occupancy, expert, atol=1e-9)
    # What is hardly ever done says hardly anything of its reward.
    assert equivalent(process, planted, found.reward).difference < 1e-3
    live = ~process.terminal
    # The dimensions that no choice shows are those of a potential.
    assert found.blind == (4 if live.all() else 3 + 3)


@settings(max_examples=10)
@given(seed=SEEDS)
def test_of_all_weights_that_explain_it_the_least_are_given(seed):
    process = world(seed % 11)
    thrice = np.eye(4).repeat(3, axis=1)
    expert = occupancy(process, soften(process, normal(seed, 4)).policy).sum(1)
    once = infer_reward(process, expert)
    found = infer_reward(process, expert, thrice)
    np.testing.assert_allclose(found.weights, once.weights.repeat(3) / 3, atol=1e-7)
    assert found.blind == once.blind + 8


def test_a_horizon_is_a_process_whose_states_hold_the_time():
    process = world(5, horizon=4)
    planted = normal(1, 4)
    policy = soften_finite(process, planted, 4).policy
    expert = occupancy_finite(process, policy).sum((0, 2))
    found = infer_reward(process, expert)
    long = unroll(process)
    features = np.append(np.tile(np.eye(4), (4, 1)), np.zeros((1, 4)), axis=0)
    clocked = np.append(occupancy_finite(process, policy).sum(2).ravel(), 0.0)
    other = infer_reward(long, clocked, features)
    np.testing.assert_allclose(found.weights, other.weights, atol=1e-8)
    np.testing.assert_allclose(found.policy, other.policy[:-1].reshape(4, 4, 3), atol=1e-8)


def test_only_an_infinite_reward_is_never_mistaken():
    process = corridor()
    never = np.array([[0.0, 1.0], [0.0, 1.0], [0.0, 1.0]])
    found = infer_reward(process, occupancy(process, never))
    assert found.state == "limit"
    assert found.gap < 1e-8
    assert "Only an infinite reward" in found.sentence
    bounded = infer_reward(process, occupancy(process, never), ridge=0.1)
    assert bounded.state == "penalised"
    assert np.abs(bounded.weights).max() < np.abs(found.weights).max()
    assert bounded.gap > 1e-3
    random = world(8)
    best = plan(random, normal(4, 4))
    deterministic = infer_reward(random, occupancy(random, best.policy).sum(1))
    assert deterministic.state == "limit"


def test_what_no_policy_does_is_said_with_how_near_one_comes():
    process = corridor()
    expert = np.array([0.0, 0.0, 10.0])  # but every episode starts in the middle
    found = infer_reward(process, expert)
    assert found.state == "unattainable"
    assert found.nearest == pytest.approx(1.0, abs=1e-6)
    assert found.gap >= 1.0 - 1e-6
    assert "No policy has these expectations: the nearest is 1 from them" in found.sentence
    assert infer_reward(process, expert, ridge=1.0).state == "penalised"


@pytest.mark.parametrize("horizon", [None, 3])
def test_the_nearest_expectations_by_enumeration(horizon):
    """A mixture of deterministic policies attains all that any policy does."""
    process = corridor(horizon=horizon)
    phi = features_of(process, normal(0, 3, 2, 1))
    steps = horizon or 1
    reach = []
    for choice in itertools.product(range(2), repeat=3 * steps):
        policy = np.eye(2)[np.array(choice).reshape(steps, 3)]
        if horizon:
            seen = occupancy_finite(process, policy).sum(0)
        else:
            seen = occupancy(process, policy[0])
        reach.append(np.einsum("sa,sak->k", seen, phi)[0])
    for target in (min(reach) - 0.7, np.mean(reach), max(reach) + 0.2):
        gap = max(min(reach) - target, target - max(reach), 0.0)
        found = nearest(process, phi, np.array([target]), process.start)
        assert found == pytest.approx(gap, abs=1e-6)


def test_trajectories_are_matched_as_far_as_the_prior_lets_them():
    process = world(3)
    planted = normal(5, 4)
    drawn = sample(process, soften(process, planted).policy, 5_000, 80, seed=1)
    found = infer_reward(process, drawn)
    assert found.state == "penalised"
    assert found.occupancy.sum() == pytest.approx(10.0)  # 1 / (1 - γ)
    gap = np.abs(found.occupancy.sum(1) - drawn.occupancy.sum(1) / drawn.occupancy.sum() * 10)
    assert gap.max() == pytest.approx(found.gap)
    assert found.gap < 0.01
    np.testing.assert_allclose(found.reward, planted - planted.mean(), atol=0.3)
    assert "cut with 0.00022 of the discounted time to go" in found.sentence
    ends = world(3, ends=True)
    done = sample(ends, uniform(ends), 50, 500, seed=1)
    assert not done.missing.any()
    assert "cut" not in infer_reward(ends, done).sentence


def test_the_same_data_give_the_same_answer_to_the_last_bit():
    process = world(3)
    expert = occupancy(process, soften(process, normal(5, 4)).policy)
    first, second = (infer_reward(process, expert) for _ in range(2))
    np.testing.assert_array_equal(first.weights, second.weights)


def test_features_that_never_vary_are_all_blind():
    process = world(3)
    found = infer_reward(process, occupancy(process, uniform(process)), np.ones((4, 1)))
    assert (found.state, found.blind, found.rounds) == ("matched", 1, 0)
    np.testing.assert_allclose(found.policy, 1 / 3)


def test_what_makes_no_sense_is_refused():
    process = world(0)
    expert = occupancy(process, uniform(process))
    with pytest.raises(BadRequest, match="ridge is -1"):
        infer_reward(process, expert, ridge=-1.0)
    with pytest.raises(BadArray, match="features has shape"):
        infer_reward(process, expert, np.ones((3, 2)))
    with pytest.raises(BadArray, match="expert has shape"):
        infer_reward(process, expert.sum(1), np.ones((4, 3, 2)))
    with pytest.raises(BadArray, match="terminal"):
        infer_reward(world(0, ends=True), expert)
    with pytest.raises(BadRequest, match="whole trajectories"):
        infer_reward(process, Trajectories.of(process, np.array([(0, 0, 0)])))
    timed = world(0, horizon=3)
    with pytest.raises(BadRequest, match="5 steps, and the horizon of the process is 3"):
        infer_reward(timed, sample(process, uniform(process), 2, 5))
