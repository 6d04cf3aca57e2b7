"""How near any policy comes to given expectations of features: a linear program."""

import numpy as np
import scipy.optimize
import scipy.sparse as sp
from jaxtyping import Float

from mesascope.processes import Process


def nearest(
    process: Process,
    features: Float[np.ndarray, "s a k"],
    target: Float[np.ndarray, " k"],
    start: Float[np.ndarray, " s"],
) -> float:
    """Return min_π max_k |E_π[Σ γ^t φ_k] - target_k|, over all policies, stationary or not.

    The variables are discounted occupancies, which the flow of probability constrains linearly
    (Puterman, *Markov Decision Processes*, 1994, section 6.9); where the process has a horizon
    there is one occupancy for each step.

    Raises:
        RuntimeError: the solver gave up.
    """
    s, a, k = features.shape
    steps = process.horizon or 1
    leaving = sp.kron(sp.eye(s), np.ones((1, a)))
    entering = sp.csr_matrix(process.next_step.reshape(s * a, s).T)
    if process.horizon is None:
        flow = leaving - entering
    else:
        flow = sp.kron(sp.eye(steps), leaving) - sp.kron(sp.eye(steps, k=-1), entering)
    inflow = np.zeros(steps * s)
    inflow[:s] = start
    phi = np.tile(features.reshape(s * a, k), (steps, 1)).T
    slack = np.full((k, 1), -1.0)
    found = scipy.optimize.linprog(
        np.append(np.zeros(steps * s * a), 1.0),
        A_ub=np.block([[phi, slack], [-phi, slack]]),
        b_ub=np.concatenate([target, -target]),
        A_eq=sp.hstack([flow, sp.csr_matrix((steps * s, 1))]),
        b_eq=inflow,
        method="highs",
    )
    if found.x is None:
        raise RuntimeError(f"the linear program of expectations was not solved: {found.message}")
    return max(0.0, float(found.fun))
