import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax

from mesascope.objectives.goals.meg import meg, meg_by_start, unknown_meg
from mesascope.objectives.goals.meg_features import feature_scores
from mesascope.objectives.goals.meg_states import state_scores
from mesascope.processes import BadArray, Process
from mesascope.processes.evaluate import occupancy, uniform
from mesascope.processes.plan import plan
from mesascope.processes.soft import soften
from mesascope.tasks.finite.ascender import ascender, near_optimal
from tests.objectives.goals.worlds import (
    ACTIONS,
    STATES,
    least_informative,
    literal,
    policy,
    soft_policy,
    world,
)

SEEDS = st.integers(0, 10_000)
EYE = np.eye(STATES)


def check(*args, **kwargs):
    return lambda test: settings(max_examples=8)(given(*args, **kwargs)(test))


def some_features(seed):
    return np.random.default_rng(seed + 3).standard_normal((STATES, ACTIONS, 2))


@pytest.mark.parametrize(("slip", "value"), [(0.0, 2.38217), (0.1, 2.77928)])
def test_the_published_chain(slip, value):
    process, reward = ascender(10, slip=slip)
    found = unknown_meg(process, near_optimal(process, reward))
    assert round(found.value, 5) == value
    assert found.bound == pytest.approx(np.log(2) / (1 - 0.9))
    assert found.attained
    assert unknown_meg(process, uniform(process)).value == 0.0


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("episodic", [False, True])
def test_is_the_most_that_any_state_utility_predicts(seed, episodic):
    process, made = world(seed, episodic), policy(seed, 0.7)

    def loss(utility):
        return -literal(process, made, soft_policy(process, utility))

    free = STATES - 1  # where no episode ends a constant is free; where it does, the last state is
    best = scipy.optimize.minimize(
        lambda u: loss(np.append(u, 0.0)), np.zeros(free), method="BFGS", options={"gtol": 1e-6}
    )
    found = unknown_meg(process, made)
    assert found.value == pytest.approx(-best.fun, abs=1e-7)
    assert found.value == pytest.approx(-loss(found.utility), abs=1e-10)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("episodic", [False, True])
@pytest.mark.parametrize("of_states", [False, True])
def test_is_the_least_information_that_the_expectations_need(seed, episodic, of_states):
    process, made = world(seed, episodic), policy(seed)
    seen = occupancy(process, made)
    features = EYE if of_states else some_features(seed)
    phi = np.repeat(EYE[:, None], ACTIONS, axis=1) if of_states else features
    primal = least_informative(process, seen, phi)
    assert unknown_meg(process, made, features).value == pytest.approx(primal, abs=1e-7)


@check(SEEDS, st.booleans())
def test_state_utilities_are_one_feature_for_each_state(seed, episodic):
    process, made = world(seed, episodic), policy(seed)
    found, other = unknown_meg(process, made), unknown_meg(process, made, EYE)
    assert other.value == pytest.approx(found.value, abs=1e-11)
    # The utility predicts as well as is said, at its own scale.
    for each in (found, other):
        known = meg(process, made, each.utility)
        assert known.value == pytest.approx(found.value, abs=1e-10)
        assert known.rationality == pytest.approx(1.0, abs=1e-4)
    assert np.allclose(other.utility, other.weights)


@check(SEEDS, st.booleans())
def test_knows_no_less_than_any_state_utility(seed, episodic):
    process, made = world(seed, episodic), policy(seed)
    found = unknown_meg(process, made)
    utility = np.random.default_rng(seed).standard_normal(STATES)
    assert meg(process, made, utility).value <= found.value + 1e-12
    assert 0.0 <= found.value <= found.bound
    pair = np.stack([utility, np.arange(STATES)], axis=1)
    some = unknown_meg(process, made, pair)
    assert meg(process, made, utility).value <= some.value + 1e-11
    assert some.value <= found.value + 1e-11


@check(SEEDS, st.booleans())
def test_the_uniform_policy_has_exactly_none(seed, episodic):
    process = world(seed, episodic)
    for features in (None, some_features(seed)):
        found = unknown_meg(process, uniform(process), features)
        assert (found.value, found.normalised) == (0.0, 0.0)
        assert found.utility == pytest.approx(0.0, abs=1e-9)


@check(SEEDS, st.booleans())
def test_a_soft_optimal_policy_is_predicted_perfectly(seed, episodic):
    process = world(seed, episodic)
    utility = 3.0 * np.random.default_rng(seed).standard_normal(STATES)
    made = soften(process, utility - np.log(ACTIONS)).policy
    perfect = literal(process, made, made)
    assert unknown_meg(process, made).value == pytest.approx(perfect, abs=1e-10)
    assert meg(process, made, utility).value == pytest.approx(perfect, abs=1e-10)


@check(SEEDS, st.permutations(range(STATES)), st.permutations(range(ACTIONS)), st.booleans())
def test_names_do_not_matter(seed, states, actions, episodic):
    process, made = world(seed, episodic), policy(seed)
    renamed = Process.of(
        process.transition[np.ix_(states, actions, states)],
        process.discount,
        initial=process.initial[states],
        terminal=process.terminal[states],
    )
    other = unknown_meg(renamed, made[np.ix_(states, actions)])
    assert other.value == pytest.approx(unknown_meg(process, made).value, abs=1e-11)


@check(SEEDS, st.lists(st.floats(0.01, 100), min_size=2, max_size=2), st.floats(-100, 100))
def test_the_scale_of_features_does_not_matter(seed, scales, shift):
    process, made, features = world(seed), policy(seed), some_features(seed)
    before = unknown_meg(process, made, features)
    after = unknown_meg(process, made, features * scales + shift)
    assert after.value == pytest.approx(before.value, abs=1e-9)


def test_features_of_every_choice_predict_everything():
    process, made = world(6), policy(6)
    features = np.eye(STATES * ACTIONS).reshape(STATES, ACTIONS, -1)
    found = unknown_meg(process, made, features)
    assert found.value == pytest.approx(literal(process, made, made), abs=1e-11)
    assert found.utility.shape == (STATES, ACTIONS)


def test_far_goals_are_found_by_features_too():
    # Only utilities that grow like γ^-t reach from the end of the chain to its start.
    process, reward = ascender(10, discount=0.15)
    made = near_optimal(process, reward)
    found = unknown_meg(process, made).value
    assert found > 0.0
    assert unknown_meg(process, made, np.eye(10)).value == pytest.approx(found, abs=1e-10)


def test_a_feature_that_no_choice_changes_is_left_alone():
    process, made = world(9), policy(9)
    idle = some_features(9)
    idle[..., 0] = 1.0
    found = unknown_meg(process, made, idle)
    assert found.value == pytest.approx(meg(process, made, idle[..., 1]).value, abs=1e-12)
    assert found.weights[0] == 0.0


def test_doubled_features_change_nothing():
    process, made, features = world(6), policy(6), some_features(6)
    doubled = np.concatenate([features, features @ [[1.0, 2], [0, 1]]], axis=2)
    found = unknown_meg(process, made, features)
    assert unknown_meg(process, made, doubled).value == pytest.approx(found.value, abs=1e-11)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("episodic", [False, True])
def test_an_optimal_policy_needs_an_infinite_utility(seed, episodic):
    process = world(seed, episodic)
    made = plan(process, np.random.default_rng(seed).standard_normal(STATES)).policy
    for features in (None, EYE):
        found = unknown_meg(process, made, features)
        assert not found.attained
        assert found.value == pytest.approx(found.bound, rel=1e-14)
        predicted = literal(process, made, soft_policy(process, found.utility))
        assert predicted == pytest.approx(found.value, abs=1e-9)


def first_choice(odds):
    """State 0 chooses among 1, 2 and 3, where nothing is left to choose; then comes nothing."""
    transition = np.zeros((STATES, ACTIONS, STATES))
    transition[0, [0, 1, 2], [1, 2, 3]] = 1.0
    transition[[1, 2, 3], :, [1, 2, 3]] = 1.0
    made = np.full((STATES, ACTIONS), 1 / ACTIONS)
    made[0] = odds
    return Process.of(transition, 0.5, initial=[1, 0, 0, 0]), made


@pytest.mark.parametrize("odds", [[1, 0, 0], [0.5, 0.5, 0], [0.9, 0.1, 0], [0.9, 0.06, 0.04]])
def test_limits_by_hand(odds):
    process, made = first_choice(odds)
    entropy = -sum(p * np.log(p) for p in odds if p > 0)
    for features in (None, EYE):
        found = unknown_meg(process, made, features)
        assert found.value == pytest.approx(np.log(3) - entropy, abs=1e-13)
        assert found.attained == (min(odds) > 0)
        predicted = literal(process, made, soft_policy(process, found.utility))
        assert predicted == pytest.approx(found.value, abs=1e-9)


def test_a_choice_without_consequence_is_no_choice_of_a_state():
    # Actions 0 and 1 lead to the same state: no utility of states tells them apart.
    process, made = first_choice([1, 0, 0])
    transition = process.transition.copy()
    transition[0, 1] = transition[0, 0]
    same = Process.of(transition, 0.5, initial=[1, 0, 0, 0])
    found = unknown_meg(same, made)
    assert found.value == pytest.approx(np.log(3 / 2), abs=1e-13)
    assert not found.attained


@check(SEEDS, st.integers(0, 3), st.booleans())
def test_where_choices_are_never_made(seed, zeros, episodic):
    """Against the limit of policies that make them ever more rarely."""
    process, rng = world(seed, episodic), np.random.default_rng(seed)
    made = policy(seed)
    made[rng.integers(0, 3, zeros), rng.integers(0, ACTIONS, zeros)] = 0.0
    made = made / made.sum(axis=1, keepdims=True)
    found, other = unknown_meg(process, made), unknown_meg(process, made, EYE)
    assert other.value == pytest.approx(found.value, abs=1e-10)
    assert other.attained == found.attained
    near = unknown_meg(process, (1 - 1e-9) * made + 1e-9 * uniform(process))
    assert near.value == pytest.approx(found.value, abs=1e-5)
    seen = occupancy(process, made)
    assert state_scores(process, seen[None])[0] == pytest.approx(found.value, abs=1e-9)
    phi = np.repeat(EYE[:, None], ACTIONS, axis=1)
    phi[process.terminal] = 0.0
    assert feature_scores(process, phi, seen[None])[0] == pytest.approx(found.value, abs=1e-9)


def sparse(seed):
    """Few next states, a long horizon and choices never made: absorbing states, hard to leave."""
    rng = np.random.default_rng(seed)
    transition = np.zeros((STATES, ACTIONS, STATES))
    for s in range(STATES):
        for a in range(ACTIONS):
            n = rng.integers(1, 3)
            transition[s, a, rng.choice(STATES, n, replace=False)] = rng.dirichlet(np.ones(n))
    made = rng.dirichlet(np.full(ACTIONS, 0.5), STATES) * (rng.random((STATES, ACTIONS)) < 0.6)
    made[made.sum(axis=1) == 0] = [1, 0, 0]
    made /= made.sum(axis=1, keepdims=True)
    terminal = [STATES - 1] if seed % 2 else None
    return Process.of(transition, 0.99, initial=[1, 0, 0, 0], terminal=terminal), made


@pytest.mark.parametrize("seeds", [range(0, 20), range(40, 60)])
def test_two_ways_agree_where_long_horizons_make_it_hard(seeds):
    for seed in seeds:
        process, made = sparse(seed)
        found, other = unknown_meg(process, made), unknown_meg(process, made, EYE)
        assert other.value == pytest.approx(found.value, abs=1e-9 * found.bound)
        assert other.attained == found.attained
        known = meg(process, made, found.utility)
        assert known.value == pytest.approx(found.value, abs=1e-9 * found.bound)


@pytest.mark.parametrize("seed", range(3))
def test_the_regression_by_another_solver(seed):
    process, made = world(seed, discount=0.95), policy(seed, 3.0)
    seen = occupancy(process, made)

    def loss(w):
        return -(seen * (log_softmax(process.going_on @ w, axis=1) + np.log(ACTIONS))).sum()

    best = scipy.optimize.minimize(loss, np.zeros(STATES), method="Nelder-Mead", tol=1e-9)
    best = scipy.optimize.minimize(loss, best.x, method="BFGS", options={"gtol": 1e-8})
    assert unknown_meg(process, made).value == pytest.approx(-best.fun, abs=1e-8)


def test_extreme_discounts():
    process, made = world(2, True, discount=0.0), policy(2)
    # Nothing follows, so no utility of the state that is left says what to do in it.
    assert unknown_meg(process, made).value == 0.0
    assert unknown_meg(process, plan(process, made).policy).value == 0.0
    endless = world(2, True, discount=1.0)
    found = unknown_meg(endless, made)
    primal = least_informative(
        endless, occupancy(endless, made), np.repeat(EYE[:, None], ACTIONS, axis=1)
    )
    assert found.value == pytest.approx(primal, abs=1e-7)


def test_starts():
    process, made = world(4), policy(4)
    starts = {"here": [1, 0, 0, 0], "there": [0, 0, 0, 1]}
    found = meg_by_start(process, made, starts)
    assert found["there"].value == unknown_meg(process, made, start=[0, 0, 0, 1]).value
    assert found["here"].value != found["there"].value
    by_feature = meg_by_start(process, made, starts, features=EYE)
    assert by_feature["here"].value == pytest.approx(found["here"].value, abs=1e-11)


def test_the_same_twice():
    process, made = world(8), policy(8)
    first, second = (unknown_meg(process, made, some_features(8)) for _ in range(2))
    assert first.value == second.value
    assert (first.weights == second.weights).all()


def test_mistakes_are_named():
    process, made = world(0), policy(0)
    with pytest.raises(BadArray, match="features has shape"):
        unknown_meg(process, made, np.ones(STATES))
    with pytest.raises(BadArray, match=r"features\[0, 1\] is inf"):
        unknown_meg(process, made, [[0, np.inf], [0, 0], [0, 0], [0, 0]])
    with pytest.raises(BadArray, match=r"policy has shape \(2, 3\)"):
        unknown_meg(process, made[:2])
