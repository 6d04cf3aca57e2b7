"""Rewards of a sparse process: of a state, of a state and an action, of each transition."""

from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.processes import check
from mesascope.processes.errors import BadArray
from mesascope.processes.sparse.process import SparseProcess


def expected(process: SparseProcess, reward: Any) -> Float[np.ndarray, "s a"]:
    """Return r[s, a] = Σ T[s, a, s'] R, 0 in terminal states.

    Args:
        process: where.
        reward: (S,), of the state that is left; (S, A); or (N,), of every transition, in the
            order in which the process stores them. Where S = N a list is taken only if both
            readings of it say the same.

    Raises:
        BadArray: another shape, a value that is not finite, or a list that can be read twice.
    """
    array = check.real("reward", reward)
    s, a, n = process.states, process.actions, process.transitions
    going = ~process.terminal[:, None]
    of_states = np.broadcast_to(array[:, None], (s, a)) if array.shape == (s,) else None
    if array.shape == (n,):
        weights = process.probability * array
        of_transitions = np.bincount(process.pair, weights, minlength=s * a).reshape(s, a)
        if of_states is not None and not np.allclose(of_states * going, of_transitions):
            raise BadArray(
                f"reward has shape ({s},), and there are {s} states and as many transitions, so "
                f"it can be read as of either. Give it as ({s}, {a})",
                "reward",
            )
        return of_transitions
    if of_states is not None:
        return of_states * going
    if array.shape != (s, a):
        raise BadArray(
            f"reward has shape {array.shape}, and ({s},), ({s}, {a}) or ({n},) is expected, as "
            f"the process has {s} states, {a} actions and {n} transitions",
            "reward",
        )
    return array * going


def batch_of(process: SparseProcess, reward: Any) -> Float[np.ndarray, "s a b"]:
    """Return rewards r[s, a, b], checked: of any one shape that `expected` takes, or (S, A, B).

    Raises:
        BadArray: as `expected`.
    """
    if np.ndim(reward) != 3:
        return expected(process, reward)[:, :, None]
    array = check.real("reward", reward)
    s, a = process.states, process.actions
    check.shape("reward", array, (s, a, None), f"({s}, {a}, B), a reward for each member of B,")
    return array * ~process.terminal[:, None, None]
