"""Small processes and rewards for the tests, and plain versions of what is computed fast."""

import numpy as np

from mesascope.processes import Process

SHAPE = (5, 3, 5)  # one shape throughout, so that compiled code is compiled once


def process(seed: int, *, discount: float = 0.9, ends: bool = False, sparse: bool = False):
    rng = np.random.default_rng(seed)
    s, a, _ = SHAPE
    transition = rng.dirichlet(np.full(s, 0.4 if sparse else 1.0), size=(s, a))
    if sparse:
        transition = np.where(transition > 0.05, transition, 0.0)
        transition /= transition.sum(axis=2, keepdims=True)
    terminal = [s - 1] if ends else None
    return Process.of(transition, discount, initial=rng.dirichlet(np.ones(s)), terminal=terminal)


def reward(seed: int):
    return np.random.default_rng([seed, 7]).standard_normal(SHAPE)


def redistributed(p: Process, r, seed: int, size: float = 3.0):
    """Another reward with the same E[R | s, a] wherever something is done."""
    noise = size * np.random.default_rng([seed, 11]).standard_normal(SHAPE)
    mean = (p.transition * noise).sum(axis=2, keepdims=True)
    return r + noise - mean


def deterministic_policies(p: Process):
    """Every deterministic policy, one-hot."""
    s, a = p.states, p.actions
    for flat in range(a**s):
        choice = [(flat // a**i) % a for i in range(s)]
        yield np.eye(a)[choice]


def expected_return(p: Process, r, policy):
    """J by summing until nothing is left."""
    gain = ((p.transition * r).sum(axis=2) * policy).sum(axis=1)
    step = np.einsum("sa,sat->st", policy, p.going_on)
    at, total = p.start.copy(), 0.0
    for _ in range(2000):
        total += at @ gain
        at = at @ step
    return total
