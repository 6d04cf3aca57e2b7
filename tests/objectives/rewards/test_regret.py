"""True regret by enumeration, worst regret by linear programming, and the bound above both."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from mesascope.objectives.rewards.bound import regret_bound, why_no_bound
from mesascope.objectives.rewards.coverage import Coverage
from mesascope.objectives.rewards.metric import metric
from mesascope.objectives.rewards.regret import regret, worst_regret
from mesascope.objectives.rewards.table import distances
from mesascope.processes import expected, shaped
from tests.objectives.rewards.toys import (
    SHAPE,
    deterministic_policies,
    expected_return,
    process,
    reward,
)

BOUNDED = (
    "epic", "starc-val", "starc-valpotential", "starc-minimal", "none",
    "starc-val-1-inf", "starc-val-inf-1", "starc-minimal-1-2",
)  # fmt: skip


def gains(p, *rewards):
    return np.stack([expected(p, r) for r in rewards])


def largest_loss(p, a, b):
    """The linear program over two occupancies of which `worst_regret` solves the dual."""
    s, n = p.states, a.size
    flow = (np.repeat(np.eye(s), p.actions, axis=0) - p.going_on.reshape(n, s)).T
    zero = np.zeros_like(flow)
    both = {"A_eq": np.block([[flow, zero], [zero, flow]]), "b_eq": np.tile(p.start, 2)}
    improve = np.r_[b.ravel(), -b.ravel()][None]
    loss = linprog(np.r_[-a.ravel(), a.ravel()], A_ub=improve, b_ub=[0.0], **both).fun
    ends = [linprog(sign * a.ravel(), A_eq=flow, b_eq=p.start).fun for sign in (-1, 1)]
    return -loss / -(ends[0] + ends[1])


@pytest.mark.parametrize("ends", [False, True])
def test_regret_by_trying_every_policy(ends):
    p, a, b = process(6, ends=ends), reward(6), reward(9)
    returns = [(expected_return(p, a, q), expected_return(p, b, q)) for q in policies(p)]
    of_a, of_b = np.array(returns).T
    spread = of_a.max() - of_a.min()
    found = regret(p, gains(p, a, b))
    assert found.uniform[0, 1] == pytest.approx((of_a.max() - of_a[of_b.argmax()]) / spread)
    assert found.highest == pytest.approx([of_a.max(), of_b.max()])
    assert found.lowest == pytest.approx([of_a.min(), of_b.min()])
    assert np.diag(found.uniform) == pytest.approx([0.0, 0.0], abs=1e-12)


def policies(p):
    return list(deterministic_policies(p))


def test_ties_are_broken_for_against_and_evenly():
    p, a = process(7), reward(7)
    found = regret(p, gains(p, a, np.zeros(SHAPE)))
    assert found.best[0, 1] == pytest.approx(0.0, abs=1e-12)
    assert found.worst[0, 1] == pytest.approx(1.0)
    even = expected_return(p, a, np.full(SHAPE[:2], 1 / 3))
    share = (found.highest[0] - even) / (found.highest[0] - found.lowest[0])
    assert found.uniform[0, 1] == pytest.approx(share)
    assert (found.uniform[1] == 0.0).all()  # nothing is at stake under a constant


@given(seed=st.integers(0, 2**16), mix=st.floats(0.0, 1.0), ends=st.booleans())
@settings(max_examples=20)
def test_the_worst_regret_is_what_a_linear_program_finds(seed, mix, ends):
    p, a = process(seed, ends=ends), reward(seed)
    b = mix * a + (1 - mix) * reward(seed + 1)
    pair = gains(p, a, b)
    found = worst_regret(p, pair)
    assert found[0, 1] == pytest.approx(largest_loss(p, *pair), abs=1e-8)
    assert found[1, 0] == pytest.approx(largest_loss(p, *pair[::-1]), abs=1e-8)
    assert np.diag(found) == pytest.approx([0.0, 0.0], abs=1e-9)


@given(seed=st.integers(0, 2**16), mix=st.floats(0.5, 1.0), ends=st.booleans())
@settings(max_examples=20)
@pytest.mark.parametrize("name", BOUNDED)
def test_the_bound_is_above_every_regret(name, seed, mix, ends):
    p, a = process(seed, ends=ends), reward(seed)
    potential = np.random.default_rng(seed).standard_normal(SHAPE[0])
    b = shaped(p, mix * a + (1 - mix) * reward(seed + 1), potential)
    over, one, pair = Coverage.of(p), metric(name), np.stack([a, b])
    if why_no_bound(over, one):
        assert name == "epic"
        assert ends
        return
    true = regret(p, gains(p, a, b))
    table = distances(over, pair, one)
    bound = regret_bound(over, pair, table, true.highest - true.lowest, one)
    worst = worst_regret(p, gains(p, a, b))
    assert (worst <= bound + 1e-8).all()
    assert (true.worst <= worst + 1e-8).all()


def test_a_bound_can_say_something():
    p, a = process(0), reward(0)
    b = a + 1e-4 * reward(1)
    over, one, pair = Coverage.of(p), metric("starc-minimal"), np.stack([a, b])
    true = regret(p, gains(p, a, b))
    spread = true.highest - true.lowest
    bound = regret_bound(over, pair, distances(over, pair, one), spread, one)
    assert 0.0 < bound[0, 1] < 0.05


@pytest.mark.parametrize(
    ("name", "reason"),
    [("dard", "return of different policies"), ("npec", "one direction"), ("none-0-2", "scales")],
)
def test_why_there_is_no_bound(name, reason):
    assert reason in why_no_bound(Coverage.of(process(0)), metric(name))


def test_there_is_no_bound_where_the_coverage_is_blind():
    weight = np.ones(SHAPE)
    weight[0] = 0.0
    over = Coverage.of(process(0), weight)
    assert "coverage is 0 on 20%" in why_no_bound(over, metric("starc-val"))
