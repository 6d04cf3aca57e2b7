"""Features of states or of choices, in which a reward may be linear."""

from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.processes import Process, check


def features_of(process: Process, features: Any) -> Float[np.ndarray, "s a k"]:
    """Return φ[s, a, k] for features of shape (S, K) or (S, A, K), 0 in terminal states.

    Raises:
        BadArray: another shape, or a value that is not finite.
    """
    phi = check.real("features", features)
    s, a = process.states, process.actions
    words = f"({s}, K) or ({s}, {a}, K), features of states or of choices,"
    if phi.ndim == 2:
        check.shape("features", phi, (s, None), words)
        phi = np.repeat(phi[:, None, :], a, axis=1)
    check.shape("features", phi, (s, a, None), words)
    return phi * ~process.terminal[:, None, None]
