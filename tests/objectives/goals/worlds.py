"""Random small processes of one shape, and goal-directedness by its definition, slowly."""

import numpy as np
import scipy.optimize
from scipy.special import logsumexp

from mesascope.processes import Process

STATES, ACTIONS = 4, 3


def world(seed, episodic=False, discount=0.8):
    """A random process; `episodic` makes the last state terminal."""
    rng = np.random.default_rng(seed)
    weights = rng.gamma(0.5, size=(STATES, ACTIONS, STATES)) + 1e-3
    transition = weights / weights.sum(axis=2, keepdims=True)
    initial = rng.dirichlet(np.ones(STATES))
    return Process.of(
        transition, discount, initial=initial, terminal=[STATES - 1] if episodic else None
    )


def policy(seed, sharpness=2.0):
    logits = sharpness * np.random.default_rng(seed + 1).standard_normal((STATES, ACTIONS))
    return np.exp(logits - logsumexp(logits, axis=1, keepdims=True))


def forever(process):
    """T with terminal states that go on for ever, to no effect: the literal reading."""
    ends = process.terminal[:, None, None]
    return np.where(ends, np.eye(process.states)[:, None, :], process.transition)


def table(process, utility):
    """r[s, a] of a reward of any shape, 0 in terminal states."""
    u = np.asarray(utility)
    s, a = process.states, process.actions
    if u.ndim == 3:
        r = (u * process.transition).sum(axis=2)
    else:
        r = np.broadcast_to(u[:, None] if u.ndim == 1 else u, (s, a))
    return r * ~process.terminal[:, None]


def soft_policy(process, utility, sweeps=150):
    """The policy of most entropy, by soft value iteration where nothing ever ends."""
    transition, r = forever(process), table(process, utility)
    value = np.zeros(process.states)
    for _ in range(sweeps):
        q = r + process.discount * transition @ value
        value = logsumexp(q, axis=1)
    return np.exp(q - value[:, None])


def literal(process, made, predicted, sweeps=150):
    """E_π Σ γ^t log(|A| π'(a|s)), step by step."""
    transition = forever(process)
    with np.errstate(divide="ignore"):
        logs = np.where(made > 0.0, np.log(predicted * process.actions), 0.0)
    state, total, weight = process.initial, 0.0, 1.0
    for _ in range(sweeps):
        here = state[:, None] * made * ~process.terminal[:, None]
        total += weight * float((here * logs).sum())
        state = np.einsum("s,sa,sat->t", state, made, transition)
        weight *= process.discount
    return total


def least_informative(process, target, features):
    """min over π' of E_π' Σ γ^t log(|A| π'), of those with the expected features of an occupancy.

    The primal of maximum causal entropy, over occupancies, by sequential quadratic programming.
    """
    s, a = process.states, process.actions
    phi = features.reshape(s * a, -1)
    flow = np.repeat(np.eye(s), a, axis=0) - process.going_on.reshape(s * a, s)
    acting = np.repeat(~process.terminal, a)
    phi, flow = phi[acting], flow[acting][:, ~process.terminal]
    # A redundant constraint stops the solver: keep a basis of them.
    rows = np.concatenate([flow, phi], axis=1)
    left, size, _ = np.linalg.svd(rows, full_matrices=False)
    basis = left[:, size > 1e-10 * size[0]]
    occupancy = target.ravel()[acting]

    def information(x):
        visits = x.reshape(-1, a).sum(axis=1, keepdims=True)
        return float((x * np.log(a * x / np.repeat(visits, a, axis=1).ravel())).sum())

    def slope(x):
        visits = np.repeat(x.reshape(-1, a).sum(axis=1), a)
        return np.log(a * x / visits)

    begin = np.repeat(occupancy.reshape(-1, a).mean(axis=1), a)
    found = scipy.optimize.minimize(
        information,
        begin,
        jac=slope,
        method="SLSQP",
        bounds=[(1e-12, None)] * len(begin),
        constraints={
            "type": "eq",
            "fun": lambda x: basis.T @ (x - occupancy),
            "jac": lambda x: basis.T,
        },
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert np.abs(basis.T @ (found.x - occupancy)).max() < 1e-7
    return found.fun
