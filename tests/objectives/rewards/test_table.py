"""Distances: axioms, normalisations, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from mesascope.core.errors import BadRequest, UnknownName
from mesascope.objectives.rewards.coverage import Coverage
from mesascope.objectives.rewards.metric import METRICS, every_norm_pair, metric
from mesascope.objectives.rewards.table import distances, reward_distance, standardised
from mesascope.processes import shaped
from tests.objectives.rewards.toys import SHAPE, process, redistributed, reward

SYMMETRIC = [name for name, m in METRICS.items() if not m.directed]


@given(seed=st.integers(0, 2**16))
@settings(max_examples=15)
@pytest.mark.parametrize("name", [*SYMMETRIC, "starc-val-1-inf", "starc-minimal-inf-1"])
def test_a_distance_is_a_pseudometric(name, seed):
    p = process(seed)
    three = np.stack([reward(3 * seed + i) for i in range(3)])
    table = distances(Coverage.of(p), three, metric(name))
    assert np.abs(np.diag(table)).max() < 1e-14
    assert np.allclose(table, table.T, atol=1e-14)
    assert table.min() >= 0.0
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        assert table[i, k] <= table[i, j] + table[j, k] + 1e-12


@given(seed=st.integers(0, 2**16), scale=st.floats(1e-3, 1e3), ends=st.booleans())
@settings(max_examples=15)
@pytest.mark.parametrize("name", [n for n in METRICS if n != "none"])
def test_scale_and_shaping_do_not_matter(name, seed, scale, ends):
    p, r = process(seed, ends=ends), reward(seed)
    potential = np.random.default_rng([seed, 3]).standard_normal(SHAPE[0])
    other = shaped(p, scale * r, scale * potential)
    assert reward_distance(p, r, other, metric=name) < 1e-10
    assert reward_distance(p, r, reward(seed + 1), metric=name) == pytest.approx(
        reward_distance(p, other, reward(seed + 1), metric=name), abs=1e-10
    )


@given(seed=st.integers(0, 2**16))
@settings(max_examples=15)
@pytest.mark.parametrize("name", [n for n, m in METRICS.items() if m.sound])
def test_the_sound_ones_are_zero_exactly_where_rewards_are_equivalent(name, seed):
    p, r = process(seed), reward(seed)
    potential = np.random.default_rng([seed, 3]).standard_normal(SHAPE[0])
    alike = redistributed(p, 4.0 * shaped(p, r, potential), seed)
    assert reward_distance(p, r, alike, metric=name) < 1e-10
    nearly = alike.copy()
    nearly[1, 1] += 1e-3  # no shaping changes one action of one state alone
    assert reward_distance(p, r, nearly, metric=name) > 1e-6


@pytest.mark.parametrize("one", every_norm_pair("starc-valpotential"), ids=lambda m: m.name)
def test_every_pair_of_norms_by_numpy(one):
    p, pair = process(4), np.stack([reward(4), reward(5)])
    weight = np.random.default_rng(1).uniform(size=SHAPE)
    over = Coverage.of(p, weight)
    found = distances(over, pair, one)[0, 1]
    raw, _ = standardised(over, pair, metric("starc-valpotential-0-2"))
    share = weight / weight.sum()

    def size(x, order):
        if order == np.inf:
            return np.abs(x).max()
        return (share * np.abs(x) ** order).sum() ** (1.0 / order)

    n, m = one.norms
    plain = size(raw[0] / size(raw[0], n) - raw[1] / size(raw[1], n), m)
    assert found == pytest.approx(plain, abs=1e-12)


@given(seed=st.integers(0, 2**16))
@settings(max_examples=20)
def test_npec_by_nonnegative_least_squares(seed):
    p, a, b = process(seed), reward(seed), reward(seed + 1)
    columns = [a.ravel(), np.ones(a.size), -np.ones(a.size)]
    for i in range(SHAPE[0]):
        unit = np.eye(SHAPE[0])[i]
        move = ((0.9 * unit[None, None, :] - unit[:, None, None]) * np.ones(SHAPE)).ravel()
        columns += [move, -move]
    _, far = nnls(np.stack(columns, axis=1), b.ravel(), maxiter=10_000)
    _, zero = nnls(np.stack(columns[1:], axis=1), b.ravel(), maxiter=10_000)
    assert reward_distance(p, a, b, metric="npec") == pytest.approx(far / zero, abs=1e-6)


def test_constant_rewards_are_as_far_from_all_others_as_zero_is():
    p, r = process(0), reward(0)
    nothing = shaped(p, np.full(SHAPE, 3.0), np.arange(SHAPE[0]) * 1.0)
    assert reward_distance(p, nothing, np.zeros(SHAPE), metric="epic") == 0.0
    assert reward_distance(p, nothing, r, metric="epic") == pytest.approx(0.5)
    assert reward_distance(p, nothing, np.zeros(SHAPE), metric="starc-val") == 0.0
    assert reward_distance(p, nothing, r, metric="starc-val") == pytest.approx(1.0)


def test_a_reward_of_states_or_of_actions_is_a_reward():
    p = process(0)
    state, action = np.arange(5.0), np.arange(15.0).reshape(5, 3)
    full = np.broadcast_to(state[:, None, None], SHAPE)
    assert reward_distance(p, state, full, metric="epic") < 1e-14
    full = np.broadcast_to(action[:, :, None], SHAPE)
    assert reward_distance(p, action, full, metric="starc-val") < 1e-14


def test_names_that_mean_nothing_are_refused():
    with pytest.raises(UnknownName, match="Did you mean 'starc-val'"):
        metric("starc-vall")
    with pytest.raises(BadRequest, match="normalisation of its own"):
        metric("epic-1-2")
    with pytest.raises(UnknownName):
        metric("starc-val-3-2")


def test_minimal_is_refused_where_everything_could_be_hidden():
    p = process(0)
    weight = np.ones(SHAPE)
    weight[2, 1, 3] = 0.0
    with pytest.raises(BadRequest, match=r"transition \(2, 1, 3\) can happen and has coverage 0"):
        reward_distance(p, reward(0), reward(1), metric="starc-minimal", transitions=weight)
    assert reward_distance(p, reward(0), reward(1), metric="starc-val", transitions=weight) > 0.0
