"""Which choices only an infinite utility rules out: the face of a concave problem, exactly."""

import numpy as np
from jaxtyping import Bool, Float

from mesascope.objectives.separation import separated
from mesascope.processes import Process

NEVER = 1e8  # nats: a choice that costs as much is not made


def state_face(
    process: Process, occupancy: Float[np.ndarray, "s a"]
) -> tuple[Bool[np.ndarray, "s a"], Float[np.ndarray, " s"]]:
    """Return the choices that the best state utility leaves possible, and a direction of w.

    Along it, the differences of Σ G w between the choices that a policy makes stay 0, and those
    to the choices ruled out fall.
    """
    visited, taken = occupancy.sum(axis=1) > 0.0, occupancy > 0.0
    allowed = np.ones_like(taken)
    if taken[visited].all():
        return allowed, np.zeros(process.states)
    going_on, chosen = process.going_on[visited], taken[visited].argmax(axis=1)
    apart = going_on - going_on[np.arange(len(going_on)), chosen][:, None]
    below, direction = separated(apart.reshape(-1, process.states), taken[visited].ravel())
    allowed[visited] = ~below.reshape(-1, process.actions)
    return allowed, direction


def feature_face(
    process: Process,
    features: Float[np.ndarray, "s a k"],
    occupancy: Float[np.ndarray, "s a"],
) -> tuple[Bool[np.ndarray, "s a"], Float[np.ndarray, " k"]]:
    """Return the choices that the best reward φ·θ leaves possible, and a direction of θ.

    A choice is ruled out if it is not optimal for some φ·θ for which the policy is: if
    φ·θ + G V - V ≤ 0 for some V, with equality where the policy goes, and less there.
    """
    s, a, k = features.shape
    taken = occupancy > 0.0
    visited = taken.any(axis=1)
    if taken[visited].all() and (visited | ~process.reachable | process.terminal).all():
        return np.ones((s, a), dtype=bool), np.zeros(k)
    seen = process.reachable & ~process.terminal
    ahead = process.going_on - np.eye(s)[:, None, :]
    rows = np.concatenate([features, ahead], axis=2)[seen].reshape(-1, k + s)
    below, direction = separated(rows, taken[seen].ravel())
    allowed = np.ones((s, a), dtype=bool)
    allowed[seen] = ~below.reshape(-1, a)
    # Where nothing is left, the choices left elsewhere never lead.
    allowed |= ~allowed.any(axis=1, keepdims=True)
    return allowed, direction[:k]
