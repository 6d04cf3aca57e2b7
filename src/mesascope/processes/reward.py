"""Rewards of every shape: of a state, of a state and an action, of a whole transition."""

from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.processes import check
from mesascope.processes.errors import BadArray
from mesascope.processes.process import Process


def full(process: Process, reward: Any, name: str = "reward") -> Float[np.ndarray, "s a s"]:
    """Return R[s, a, s'] for a reward given as (S,), (S, A) or (S, A, S).

    (S,) is the reward of the state that is left, R[s, a, s'] = r[s], as in the definition of a
    state reward in most of the literature on inverse reinforcement learning.

    Raises:
        BadArray: another shape, or a value that is not finite.
    """
    array = check.real(name, reward)
    s, a = process.states, process.actions
    shapes = {(s,): array.reshape(-1, 1, 1), (s, a): array[..., None], (s, a, s): array}
    if array.shape not in shapes:
        raise BadArray(
            f"{name} has shape {array.shape}, and ({s},), ({s}, {a}) or ({s}, {a}, {s}) is "
            f"expected, as the process has {s} states and {a} actions",
            name,
        )
    return np.broadcast_to(shapes[array.shape], (s, a, s))


def expected(process: Process, reward: Any, name: str = "reward") -> Float[np.ndarray, "s a"]:
    """Return r[s, a] = Σ_s' T[s, a, s'] R[s, a, s'], 0 in terminal states.

    Raises:
        BadArray: as `full`.
    """
    array = check.real(name, reward)
    if array.ndim == 3:
        return np.einsum("ijk,ijk->ij", process.transition, full(process, array, name))
    return full(process, array, name)[:, :, 0] * ~process.terminal[:, None]


def shaped(
    process: Process, reward: Any, potential: Any, *, ends: bool = True
) -> Float[np.ndarray, "s a s"]:
    """Return R[s, a, s'] + γ Φ[s'] - Φ[s], which ranks policies as R does.

    (Potential shaping: Ng, Harada & Russell, *Policy invariance under reward transformations*,
    ICML 1999.)

    Args:
        process: gives γ and the terminal states.
        reward: of any shape that `full` takes.
        potential: Φ, of shape (S,).
        ends: take Φ as 0 in terminal states, without which the return of a policy would change by
            more than a constant.

    Raises:
        BadArray: as `full`.
    """
    phi = check.real("potential", potential)
    check.shape("potential", phi, (process.states,), f"({process.states},), one for each state")
    if ends:
        phi = phi * ~process.terminal
    shaping = process.discount * phi[None, None, :] - phi[:, None, None]
    return full(process, reward) + shaping
