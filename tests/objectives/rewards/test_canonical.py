"""Each canonical form against a plain version, and what it must not notice."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesascope.objectives.rewards import canonical
from mesascope.objectives.rewards.coverage import Coverage
from mesascope.processes import shaped
from tests.objectives.rewards.toys import SHAPE, process, redistributed, reward

FORMS = {
    "epic": canonical.epic,
    "dard": canonical.dard,
    "val_potential": canonical.val_potential,
    "val": canonical.val,
    "minimal": canonical.minimal,
    "minimal_potential": canonical.minimal_potential,
}


def form(name, p, r, **options):
    with jax.enable_x64(True):
        arrays = Coverage.of(p, **options).arrays_and_visits
        return np.asarray(FORMS[name](jnp.asarray(r)[None], arrays))[0]


def test_epic_by_its_definition():
    p, r = process(0), reward(0)
    s, a, _ = SHAPE
    found = form("epic", p, r)
    for x, y, z in np.ndindex(SHAPE):
        other = np.mean([[0.9 * r[z, i, k] - r[x, i, k] for i in range(a)] for k in range(s)])
        last = np.mean([r[j, i, k] for j in range(s) for i in range(a) for k in range(s)])
        assert found[x, y, z] == pytest.approx(r[x, y, z] + other - 0.9 * last, abs=1e-12)


def test_dard_by_the_tensor_over_four_states():
    p, r = process(1), reward(1)
    a, t = SHAPE[1], p.transition
    joint = np.einsum("xau,zav->xzuav", t, t) / a  # s, s', S', A, S''
    last = np.einsum("xzuav,uav->xz", joint, r)
    mean = np.einsum("xau,xau->x", t, r) / a
    plain = r + 0.9 * mean[None, None, :] - mean[:, None, None] - 0.9 * last[:, None, :]
    assert np.allclose(form("dard", p, r), plain, atol=1e-12)


def test_val_by_value_iteration():
    p, r = process(2), reward(2)
    gain = (p.transition * r).sum(axis=2)
    v = np.zeros(SHAPE[0])
    for _ in range(600):
        v = (gain + 0.9 * p.transition @ v).mean(axis=1)
    assert np.allclose(form("val", p, r), gain + 0.9 * p.transition @ v - v[:, None], atol=1e-10)
    potential = r + 0.9 * v[None, None, :] - v[:, None, None]
    assert np.allclose(form("val_potential", p, r), potential, atol=1e-10)


@pytest.mark.parametrize("covered", [False, True])
def test_minimal_by_least_squares_over_everything_equivalent(covered):
    p, r = process(3, sparse=True), reward(3)
    s, a, _ = SHAPE
    weight = np.random.default_rng(5).uniform(0.1, 1.0, SHAPE) if covered else np.ones(SHAPE)
    root = np.sqrt(weight / weight.sum()).ravel()
    moves = []
    for i in range(s):  # potentials
        unit = np.zeros(s)
        unit[i] = 1.0
        moves.append((0.9 * unit[None, None, :] - unit[:, None, None]) * np.ones(SHAPE))
    potentials = len(moves)
    for x in range(s):  # redistributions: what has no mean under T(s, a)
        for y in range(a):
            null = np.linalg.svd(p.transition[x, y][None])[2][1:]
            for row in null:
                move = np.zeros(SHAPE)
                move[x, y] = row
                moves.append(move)
    for name, among in (("minimal", moves), ("minimal_potential", moves[:potentials])):
        design = np.stack([m.ravel() for m in among], axis=1)
        best = np.linalg.lstsq(design * root[:, None], -r.ravel() * root, rcond=None)[0]
        plain = r + (design @ best).reshape(SHAPE)
        found = form(name, p, r, transitions=weight)
        assert np.allclose(found, plain, atol=1e-9), name


@given(seed=st.integers(0, 2**16), size=st.floats(0.0, 100.0), ends=st.booleans())
@settings(max_examples=25)
@pytest.mark.parametrize("name", FORMS)
def test_shaping_leaves_no_trace(name, seed, size, ends):
    p, r = process(seed, ends=ends), reward(seed)
    potential = size * np.random.default_rng([seed, 3]).standard_normal(SHAPE[0])
    plain, again = form(name, p, r), form(name, p, shaped(p, r, potential))
    live = ~p.terminal
    constant = 0.0
    if name == "epic" and not ends:
        constant = (again - plain).mean()  # EPIC's form is fixed up to what Pearson removes
    assert np.abs(again[live] - plain[live] - constant).max() < 1e-10 * (1.0 + size)


@given(seed=st.integers(0, 2**16), ends=st.booleans())
@settings(max_examples=25)
@pytest.mark.parametrize("name", ["val", "minimal"])
def test_where_a_reward_lies_among_next_states_leaves_no_trace(name, seed, ends):
    p, r = process(seed, ends=ends), reward(seed)
    plain, again = form(name, p, r), form(name, p, redistributed(p, r, seed))
    assert np.abs((again - plain)[~p.terminal]).max() < 1e-10
