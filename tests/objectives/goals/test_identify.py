"""What no choice tells apart is found exactly; what some would, with where and how many."""

import numpy as np
import pytest
from hypothesis import given, settings

from mesascope.core.errors import BadRequest
from mesascope.core.randomness import stream
from mesascope.objectives.goals.choices import Choices
from mesascope.objectives.goals.equivalence import advantage, equivalent
from mesascope.objectives.goals.identify import divergence, identify
from mesascope.objectives.goals.posterior import NONE, infer_goal
from mesascope.objectives.goals.rational import log_policies
from mesascope.objectives.goals.sample import sample
from mesascope.processes import Process, shaped
from mesascope.processes.evaluate import uniform
from mesascope.processes.soft import soften
from tests.objectives.goals.small import SEEDS, corridor, normal, world


def spread(process, reward, rng):
    """The same expected reward, spread otherwise over next states."""
    noise = rng.standard_normal((process.states, process.actions, process.states))
    mean = (noise * process.transition).sum(2, keepdims=True)
    return reward + noise - mean


@settings(max_examples=40)
@given(seed=SEEDS)
def test_what_is_equivalent_and_nothing_else(seed):
    process = world(seed % 13, ends=bool(seed % 2))
    rng = stream(seed, "equivalence")
    reward = rng.standard_normal((4, 3, 4))
    ratio = 10.0 ** rng.uniform(-4, 4)
    same = shaped(process, spread(process, ratio * reward, rng), 10.0 * rng.standard_normal(4))
    found = equivalent(process, reward, same)
    assert found.equal
    assert found.ratio == pytest.approx(ratio, rel=1e-6)
    np.testing.assert_allclose(
        soften(process, same / ratio).policy, soften(process, reward).policy, atol=1e-6
    )
    other = same.copy()
    other[0, 1] += 1e-4 * np.abs(same).max()
    found = equivalent(process, reward, other)
    assert not found.equal
    assert found.ratio is None
    assert not equivalent(process, reward, -same).equal


def test_constants_and_unreached_states():
    process = corridor()
    reward = np.array([0.0, 0.0, 1.0])
    assert equivalent(process, reward, 3 * reward + 5).ratio == pytest.approx(3.0)
    # Both are indifferent; and indifference is no goal.
    assert equivalent(process, np.ones(3), np.zeros(3)).equal
    assert equivalent(process, np.ones(3), np.zeros(3)).ratio is None
    assert not equivalent(process, np.ones(3), reward).equal
    ends = Process.of(process.transition, 0.9, terminal=[0], initial=[0, 1, 0])
    assert not equivalent(ends, reward, reward + 1).equal
    # In the right-hand state for ever, no policy is ever elsewhere.
    stuck = process.transition.copy()
    stuck[2, :, :] = [0, 0, 1]
    there = Process.of(stuck, 0.9, initial=[0, 0, 1])
    assert equivalent(there, reward, -reward).equal
    gone = equivalent(Process.of(stuck, 0.9), reward, -reward)
    assert not gone.equal
    assert gone.state in (0, 1)


def test_the_advantage_is_free_of_shaping():
    process = world(1)
    reward, potential = normal(0, 4, 3), normal(1, 4)
    found = advantage(process, reward)
    np.testing.assert_allclose(found.mean(1), 0.0, atol=1e-14)
    np.testing.assert_allclose(advantage(process, shaped(process, reward, potential)), found)
    assert not advantage(process, shaped(process, np.zeros(4), potential)).any()


LEFT, RIGHT, BOTH = np.eye(3)[0], np.eye(3)[2], np.array([1.0, 0.0, 1.0])


def test_what_is_undecided_and_where_it_would_be_decided():
    """In the middle, left is the goal: whether the right would do as well is seen in the right."""
    process = corridor()
    data = Choices(np.array([[30.0, 0.0], [0, 0], [0, 0]]), False)
    goals = {"left": LEFT, "both": BOTH, "right": RIGHT, "left again": 2 * LEFT - 1}
    found = identify(process, data, goals)
    assert set(found.undecided) == {"left", "both", "left again"}
    by_names = {frozenset((p.first, p.second)): p for p in found.pairs}
    assert len(by_names) == 3
    twins = by_names[frozenset(("left", "left again"))]
    assert twins.equivalent
    assert twins.alike
    assert twins.needed is None
    assert not twins.information.any()
    apart = by_names[frozenset(("left", "both"))]
    assert not apart.equivalent
    assert apart.state == 2
    assert apart.information.argmax() == 2
    assert apart.needed is not None
    assert (
        f"{apart.needed} choices in state 2"
        in identify(process, data, {"left": LEFT, "both": BOTH}).sentence
    )
    assert "No state of this process tells" in found.sentence


def test_the_number_of_choices_is_enough_and_one_less_is_not():
    process = world(3)
    data = Choices(normal(7, 4, 3).round().clip(0.0), False)
    goals = {"one": normal(5, 4, 3), "two": normal(6, 4, 3)}
    found = identify(process, data, goals)
    (pair,) = found.pairs
    assert 3 < pair.needed < 1000
    reached = []
    for n in (pair.needed - 1, pair.needed):
        # n choices as each goal predicts them are added to what was seen.
        odds = []
        for truth, other in (("one", "two"), ("two", "one")):
            counts = data.counts.copy()
            counts[pair.state] += n * found.posterior.predictive(truth)[pair.state]
            odds.append(infer_goal(process, Choices(counts, True), goals).log_odds(truth, other))
        reached.append(min(odds) >= np.log(20.0))
    assert reached == [False, True]


def test_so_many_choices_do_decide_when_they_are_made():
    process, goals = world(3), {"goal 0": normal(5, 4, 3), "goal 1": normal(6, 4, 3)}
    tables = log_policies(process, list(goals.values()), [5.0])[:, 0]
    start = Choices(np.zeros((4, 3)), False)
    (pair,) = identify(process, start, goals, rationality=[5.0]).pairs
    right = 0
    for seed in range(200):
        truth = seed % 2
        row = np.exp(tables[truth, pair.state])
        counts = np.zeros((4, 3))
        counts[pair.state] = stream(seed, "more").multinomial(pair.needed, row / row.sum())
        after = infer_goal(process, Choices(counts, False), goals, rationality=[5.0])
        names = ("goal 0", "goal 1")
        right += after.log_odds(names[truth], names[1 - truth]) > 0.0
    assert right > 180  # expected odds of 20:1 are right nearly always, if not 20 times in 21


def test_one_goal_is_left_when_it_is_identified():
    process, goals = world(3), {"goal 0": normal(5, 4, 3), "goal 1": normal(6, 4, 3)}
    policy = np.exp(log_policies(process, [goals["goal 1"]], [10.0])[0, 0])
    found = identify(process, sample(process, policy, 30, 10, seed=1), goals)
    assert found.undecided == ("goal 1",)
    assert found.pairs == ()
    assert found.sentence.startswith("Only goal 1 is left at odds of 20:1, after 300 choices")
    neither = identify(process, np.eye(3)[[1, 0, 2, 2]], goals, choices=400.0)
    assert neither.posterior.of(NONE) > 0.5
    assert "none of these is more probable than any" in neither.sentence


def test_the_divergence_is_the_smaller_of_two():
    first, second = np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([[0.9, 0.1], [0.5, 0.5]])
    one = 0.5 * np.log(0.5 / 0.9) + 0.5 * np.log(0.5 / 0.1)
    two = 0.9 * np.log(0.9 / 0.5) + 0.1 * np.log(0.1 / 0.5)
    np.testing.assert_allclose(divergence(first, second), [min(one, two), np.log(2)])


def test_odds_that_are_none_are_refused():
    process = corridor()
    with pytest.raises(BadRequest, match=r"odds are 1\.0"):
        identify(process, uniform(process), {"left": LEFT}, odds=1.0)
