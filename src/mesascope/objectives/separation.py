"""Directions along which a likelihood rises for ever: what makes a maximum lie at infinity."""

import numpy as np
import scipy.optimize
import scipy.sparse as sp
from jaxtyping import Bool, Float


def separated(
    rows: Float[np.ndarray, "n d"], tight: Bool[np.ndarray, " n"]
) -> tuple[Bool[np.ndarray, " n"], Float[np.ndarray, " d"]]:
    """Return the rows that a direction can push below 0 while tight ones stay at 0 and none rises.

    All of them are pushed below by one direction, as directions add up: the linear program that
    maximises Σ min(1, -row · direction) finds it. A likelihood has a maximum if and only if there
    are none (Albert & Anderson, *On the existence of maximum likelihood estimates in logistic
    regression models*, Biometrika 71, 1984).

    Returns:
        Which rows those are, and a direction that takes each of them to -1 or below.

    Raises:
        RuntimeError: the solver gave up.
    """
    size = np.abs(rows).max(axis=0)
    size = np.where(size > 0.0, size, 1.0)
    scaled, (n, d) = sp.csr_matrix(rows / size), rows.shape
    free = np.flatnonzero(~tight)
    if not len(free):
        return np.zeros(n, dtype=bool), np.zeros(d)
    found = scipy.optimize.linprog(
        np.concatenate([np.zeros(d), -np.ones(len(free))]),
        A_ub=sp.hstack([scaled[free], sp.identity(len(free))]),
        b_ub=np.zeros(len(free)),
        A_eq=sp.hstack([scaled[tight], sp.csr_matrix((n - len(free), len(free)))]),
        b_eq=np.zeros(n - len(free)),
        bounds=[(None, None)] * d + [(0.0, 1.0)] * len(free),
        method="highs",
    )
    if found.x is None:
        raise RuntimeError(f"the linear program of separation was not solved: {found.message}")
    below = np.zeros(n, dtype=bool)
    below[free[found.x[d:] > 0.5]] = True
    return below, found.x[:d] / size
