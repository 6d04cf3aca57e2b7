"""Unrolled, a process with a horizon has the policies and occupancies that it had."""

import numpy as np
import pytest

from mesascope.core.errors import BadRequest
from mesascope.core.randomness import stream
from mesascope.processes import Process
from mesascope.processes.evaluate import occupancy
from mesascope.processes.horizon import occupancy_finite, plan_finite, soften_finite
from mesascope.processes.plan import plan
from mesascope.processes.soft import soften
from mesascope.processes.unroll import unroll, unrolled

S, A, H = 4, 3, 5


@pytest.fixture(params=[(0.9, None), (1.0, None), (1.0, [3])])
def process(request):
    discount, terminal = request.param
    transition = stream(0, "unroll").dirichlet(np.ones(S), (S, A))
    return Process.of(transition, discount, terminal=terminal, horizon=H)


def test_policies_and_occupancies_are_those_of_the_recursion(process):
    reward = stream(1, "unroll").standard_normal((S, A, S))
    long, r = unroll(process), unrolled(process, reward)
    assert long.states == H * S + 1
    assert long.horizon is None
    finite, soft = soften_finite(process, reward, H), soften(long, r)
    np.testing.assert_allclose(soft.policy[:-1].reshape(H, S, A), finite.policy, atol=1e-12)
    hard = plan_finite(process, reward, H)
    live = ~process.terminal
    np.testing.assert_allclose(
        plan(long, r).values[:-1].reshape(H, S)[:, live], hard.values[:, live], atol=1e-12
    )
    np.testing.assert_allclose(
        occupancy(long, soft.policy)[:-1].reshape(H, S, A),
        occupancy_finite(process, finite.policy),
        atol=1e-12,
    )


def test_what_has_no_horizon_cannot_be_unrolled(process):
    endless = Process.of(process.transition + np.eye(S)[:, None] * process.terminal[:, None, None])
    for call in (unroll, lambda p: unrolled(p, np.zeros(S))):
        with pytest.raises(BadRequest, match="no horizon"):
            call(endless)
