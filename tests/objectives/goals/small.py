"""Small random processes; of few sizes, so that compiled code is shared by the tests."""

import numpy as np
from hypothesis import strategies as st

from mesascope.core.randomness import stream
from mesascope.processes import Process

SEEDS = st.integers(0, 10**6)


def world(seed, states=4, actions=3, discount=0.9, ends=False, **more):
    """A process whose next states are Dirichlet draws; its last state may be terminal."""
    rng = stream(seed, "world")
    transition = rng.dirichlet(np.full(states, 0.5), (states, actions))
    terminal = [states - 1] if ends else None
    initial = rng.dirichlet(np.ones(states))
    return Process.of(transition, discount, initial=initial, terminal=terminal, **more)


def normal(seed, *shape):
    return stream(seed, "normal").standard_normal(shape)


def corridor(discount=0.9, **more):
    """Three states in a row; action 1 goes right, action 0 left, and the ends hold."""
    transition = np.zeros((3, 2, 3))
    for state in range(3):
        for action, to in enumerate((max(state - 1, 0), min(state + 1, 2))):
            transition[state, action, to] = 1.0
    return Process.of(transition, discount, initial=[0.0, 1.0, 0.0], **more)


def log_softmax(q):
    top = q.max(axis=-1, keepdims=True)
    return q - top - np.log(np.exp(q - top).sum(axis=-1, keepdims=True))


def swept(process, reward, backup, sweeps=600):
    """Q by value iteration in plain NumPy, for rewards (..., S, A) and a backup of their Q."""
    on = process.discount * process.transition * ~process.terminal
    q = np.zeros_like(reward)
    for _ in range(sweeps):
        q = reward + np.einsum("sat,...t->...sa", on, backup(q) * ~process.terminal)
    return q
