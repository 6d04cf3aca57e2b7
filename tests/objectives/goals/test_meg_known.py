import math
from itertools import pairwise

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

from mesascope.core.errors import BadRequest
from mesascope.objectives.goals.meg import meg, meg_by_start
from mesascope.processes import BadArray, Process, shaped
from mesascope.processes.evaluate import expected_return, occupancy, uniform
from mesascope.processes.plan import plan
from mesascope.processes.soft import soften
from tests.objectives.goals.worlds import (
    ACTIONS,
    STATES,
    least_informative,
    literal,
    policy,
    soft_policy,
    table,
    world,
)

SEEDS = st.integers(0, 10_000)
SHAPES = st.sampled_from([(STATES,), (STATES, ACTIONS), (STATES, ACTIONS, STATES)])


def check(*args, **kwargs):
    return lambda test: settings(max_examples=10)(given(*args, **kwargs)(test))


def goal(seed, shape=(STATES,)):
    return np.random.default_rng(seed + 2).standard_normal(shape)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("episodic", [False, True])
def test_is_the_most_that_any_rationality_predicts(seed, episodic):
    process, made, utility = world(seed, episodic), policy(seed, 1.0), goal(seed)
    found = meg(process, made, utility)

    def loss(beta):
        return -literal(process, made, soft_policy(process, beta * utility))

    grid = np.linspace(-6, 6, 13)
    best = grid[np.argmin([loss(beta) for beta in grid])]
    refined = scipy.optimize.minimize_scalar(
        loss, bounds=(best - 1, best + 1), method="bounded", options={"xatol": 1e-7}
    )
    assert abs(best) < 6
    assert found.value == pytest.approx(-refined.fun, abs=1e-9)
    assert found.rationality == pytest.approx(refined.x, abs=1e-4)
    assert found.attained
    assert found.avoids == (refined.x < 0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("episodic", [False, True])
def test_is_the_least_information_that_the_return_needs(seed, episodic):
    process, made, utility = world(seed, episodic), policy(seed), goal(seed)
    r = table(process, utility)
    primal = least_informative(process, occupancy(process, made), r[:, :, None])
    assert meg(process, made, utility).value == pytest.approx(primal, abs=1e-7)


def test_one_decision_by_hand():
    # Nothing that is done matters later: everything about the policy is its odds.
    process = Process.of(np.full((STATES, ACTIONS, STATES), 1 / STATES), 0.5)
    chosen = np.tile([0.6, 0.2, 0.2], (STATES, 1))
    found = meg(process, chosen, np.tile([1.0, 0.0, 0.0], (STATES, 1)))
    entropy = -(0.6 * math.log(0.6) + 0.4 * math.log(0.2))
    assert found.value == pytest.approx((math.log(3) - entropy) / (1 - 0.5), abs=1e-13)
    assert found.bound == pytest.approx(2 * math.log(3), abs=1e-14)
    assert found.rationality == pytest.approx(math.log(3), abs=1e-12)
    assert found.normalised == found.value / found.bound
    reverse = meg(process, chosen, np.tile([-3.0, 0.0, 0.0], (STATES, 1)))
    assert reverse.value == pytest.approx(found.value, abs=1e-13)
    assert reverse.rationality == pytest.approx(-math.log(3) / 3, abs=1e-12)
    assert reverse.avoids


@check(SEEDS, SHAPES, st.booleans())
def test_between_chance_and_the_bound(seed, shape, episodic):
    process = world(seed, episodic)
    made = policy(seed)
    found = meg(process, made, goal(seed, shape))
    assert 0.0 <= found.value <= found.bound
    assert 0.0 <= found.normalised <= 1.0
    assert found.bound == pytest.approx(np.log(ACTIONS) * occupancy(process, made).sum())
    if not episodic:
        assert found.bound == pytest.approx(np.log(ACTIONS) / (1 - process.discount))


@check(SEEDS, SHAPES, st.booleans())
def test_the_best_rationality_earns_what_the_policy_earns(seed, shape, episodic):
    process, made, utility = world(seed, episodic), policy(seed), goal(seed, shape)
    beta = meg(process, made, utility).rationality
    soft = soften(process, beta * table(process, utility) - np.log(ACTIONS)).policy
    wanted = expected_return(process, utility, made)
    assert expected_return(process, utility, soft) == pytest.approx(wanted, abs=1e-9)


@check(SEEDS, SHAPES, st.booleans())
def test_the_uniform_policy_has_exactly_none(seed, shape, episodic):
    process = world(seed, episodic)
    found = meg(process, uniform(process), goal(seed, shape))
    assert (found.value, found.normalised, found.rationality) == (0.0, 0.0, 0.0)
    assert found.attained


@check(SEEDS, SHAPES, st.floats(0.01, 100), st.floats(-100, 100), st.booleans())
def test_affine_maps_of_the_utility_change_nothing(seed, shape, scale, shift, flipped):
    process, made, utility = world(seed), policy(seed), goal(seed, shape)
    factor = -scale if flipped else scale
    before, after = meg(process, made, utility), meg(process, made, factor * utility + shift)
    assert after.value == pytest.approx(before.value, abs=1e-9)
    assert after.rationality * factor == pytest.approx(before.rationality, rel=1e-6, abs=1e-7)


@check(SEEDS)
def test_shaping_changes_nothing(seed):
    process, made, utility = world(seed, True), policy(seed), goal(seed)
    other = shaped(process, utility, goal(seed + 1))
    before, after = meg(process, made, utility), meg(process, made, other)
    assert after.value == pytest.approx(before.value, abs=1e-10)


@check(SEEDS, st.permutations(range(STATES)), st.permutations(range(ACTIONS)), st.booleans())
def test_names_do_not_matter(seed, states, actions, episodic):
    process, made, utility = world(seed, episodic), policy(seed), goal(seed)
    renamed = Process.of(
        process.transition[np.ix_(states, actions, states)],
        process.discount,
        initial=process.initial[states],
        terminal=process.terminal[states],
    )
    other = meg(renamed, made[np.ix_(states, actions)], utility[states])
    assert other.value == pytest.approx(meg(process, made, utility).value, abs=1e-11)


@pytest.mark.parametrize("episodic", [False, True])
def test_an_optimal_policy_is_at_infinity_where_the_limit_is_exact(episodic):
    process, utility = world(3, episodic), goal(3)
    best, worst = plan(process, utility).policy, plan(process, -utility).policy
    for made, sign in ((best, 1.0), (worst, -1.0)):
        found = meg(process, made, utility)
        assert found.rationality == sign * math.inf
        assert not found.attained
        # One optimal action everywhere: nothing about the policy is left to chance.
        assert found.value == pytest.approx(found.bound, rel=1e-14)
        gaps = [
            found.value - literal(process, made, soft_policy(process, sign * beta * utility))
            for beta in (20.0, 80.0)
        ]
        assert gaps[0] > gaps[1] > -1e-9


def test_a_choice_among_optimal_actions_is_soft_in_the_limit():
    # Two roads are equally good and the third is worse; then nothing is left to choose.
    transition = np.zeros((STATES, ACTIONS, STATES))
    transition[0, [0, 1, 2], [1, 2, 2]] = 1.0
    transition[1:, :, 3] = 1.0
    process = Process.of(transition, 0.5, initial=[1, 0, 0, 0])
    utility = np.zeros((STATES, ACTIONS))
    utility[0, 2] = -1.0
    for first in ([1, 0, 0], [0.5, 0.5, 0]):
        made = uniform(process)
        made[0] = first
        found = meg(process, made, utility)
        # π_∞ takes either road with probability 1/2, and does anything after that.
        assert found.value == pytest.approx(math.log(3 / 2), abs=1e-12)
        assert found.rationality == math.inf


def test_nearly_optimal_policies_tend_to_the_limit():
    process, utility = world(5), goal(5)
    best = plan(process, utility).policy
    found = [
        meg(process, (1 - e) * best + e * uniform(process), utility)
        for e in (1e-3, 1e-6, 1e-9, 1e-12)
    ]
    gaps = [f.bound - f.value for f in found]
    assert all(a > 10 * b for a, b in pairwise(gaps))
    assert gaps[-1] < 1e-8
    betas = [f.rationality for f in found]
    assert betas == sorted(betas)
    assert math.isfinite(betas[-1])


def test_an_action_where_the_policy_never_goes_does_not_matter():
    # From state 0 the policy goes to state 1 and stays; what it does in state 2 is never seen.
    transition = np.zeros((STATES, ACTIONS, STATES))
    transition[0, 0, 1] = transition[0, 1:, 2] = 1.0
    transition[[1, 2, 3], :, [1, 2, 3]] = 1.0
    process = Process.of(transition, 0.9, initial=[1, 0, 0, 0])
    utility = np.zeros((STATES, ACTIONS))
    utility[0, 1], utility[2, 0] = -1.0, 0.05
    made = uniform(process)
    made[0] = [1, 0, 0]
    usual = meg(process, made, utility)
    for elsewhere in ([1, 0, 0], [0, 1, 0], [0.3, 0.3, 0.4]):
        made[2] = elsewhere
        assert meg(process, made, utility).value == usual.value


@pytest.mark.parametrize("scale", [1e-200, 1e200])
@pytest.mark.parametrize("episodic", [False, True])
def test_extreme_scales_are_the_same_goal(scale, episodic):
    process, made, utility = world(7, episodic), policy(7), goal(7)
    before, after = meg(process, made, utility), meg(process, made, scale * utility)
    assert after.value == pytest.approx(before.value, abs=1e-12)
    assert after.rationality * scale == pytest.approx(before.rationality, rel=1e-9)


@pytest.mark.parametrize("constant", [0.0, 0.1, -1e9])
def test_a_utility_that_nothing_changes_predicts_nothing(constant):
    found = meg(world(1), policy(1), np.full((STATES, ACTIONS, STATES), constant))
    assert (found.value, found.rationality) == (0.0, 0.0)


def test_a_constant_counts_where_episodes_end():
    # Staying earns the constant again: its sign says whether to stay.
    transition = np.zeros((STATES, ACTIONS, STATES))
    transition[0, 0, 0] = transition[0, 1:, 3] = transition[1, :, 1] = transition[2, :, 2] = 1.0
    process = Process.of(transition, 0.9, initial=[1, 0, 0, 0], terminal=[3])
    made = uniform(process)
    made[0] = [0.75, 0.125, 0.125]
    found = meg(process, made, np.ones(STATES))
    assert found.rationality > 0.0
    assert found.value == meg(process, made, -np.ones(STATES)).value
    assert meg(process, made, -np.ones(STATES)).rationality < 0.0
    assert meg(process, made, np.zeros(STATES)).value == 0.0
    assert found.bound == pytest.approx(math.log(3) / (1 - 0.9 * 0.75))


@pytest.mark.parametrize(("discount", "sweeps"), [(0.0, 2), (1.0, 800)])
def test_extreme_discounts(discount, sweeps):
    process = world(2, episodic=True, discount=discount)
    made, utility = policy(2), goal(2, (STATES, ACTIONS))
    found = meg(process, made, utility)
    best = scipy.optimize.minimize_scalar(
        lambda b: -literal(process, made, soft_policy(process, b * utility, sweeps), sweeps),
        bounds=(found.rationality - 1, found.rationality + 1),
        method="bounded",
        options={"xatol": 1e-7},
    )
    assert found.value == pytest.approx(-best.fun, abs=1e-9)
    assert found.rationality == pytest.approx(best.x, abs=1e-4)
    assert meg(process, uniform(process), utility).value == 0.0


def test_starts():
    process, made, utility = world(4, True), policy(4), goal(4)
    corners = {f"state {s}": np.eye(STATES)[s] for s in range(STATES - 1)}
    found = meg_by_start(process, made, {"usual": process.initial, **corners}, utility)
    assert list(found) == ["usual", "state 0", "state 1", "state 2"]
    assert found["usual"].value == meg(process, made, utility).value
    moved = Process.of(
        process.transition, process.discount, initial=corners["state 1"], terminal=[STATES - 1]
    )
    assert found["state 1"].value == meg(moved, made, utility).value
    assert found["state 1"].value == meg(process, made, utility, start=[0, 1, 0, 0]).value


def test_mistakes_are_named():
    process, made, utility = world(0, True), policy(0), goal(0)
    with pytest.raises(BadArray, match=r"policy\[1\] sums to 1.5"):
        meg(process, np.where(np.arange(STATES)[:, None] == 1, 0.5, made), utility)
    with pytest.raises(BadArray, match="utility has shape"):
        meg(process, made, utility[:2])
    with pytest.raises(BadArray, match=r"utility\[0\] is nan"):
        meg(process, made, [np.nan, 0, 0, 0])
    with pytest.raises(BadArray, match="start lies on terminal states only"):
        meg(process, made, utility, start=[0, 0, 0, 1])
    with pytest.raises(BadArray, match=r"start 'x'\[1\] is -1"):
        meg_by_start(process, made, {"x": [2, -1, 0, 0]}, utility)
    with pytest.raises(BadRequest, match="no start distributions"):
        meg_by_start(process, made, {}, utility)
    with pytest.raises(BadRequest, match="both a utility and features"):
        meg_by_start(process, made, {"x": process.initial}, utility, np.eye(STATES))
    clock = Process.of(process.transition, 0.9, terminal=[STATES - 1], horizon=3)
    with pytest.raises(BadRequest, match="unroll"):
        meg(clock, made, utility)
