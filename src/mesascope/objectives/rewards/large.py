"""STARC's VAL distance of two rewards on a large process, in memory that grows with its states."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from mesascope.core.errors import BadRequest
from mesascope.processes import sparse

_ROUNDING = 10.0 * sparse.TOLERANCE  # of the largest value, below which an advantage is none


@dataclass(frozen=True)
class Apart:
    """How far two rewards are from each other.

    Attributes:
        distance: `starc-val`, from 0 to 2.
        loss: what a policy may lose by the first reward against any that the second ranks no
            higher, at most; in units of the first reward.
    """

    distance: float
    loss: float


def val_apart(process: sparse.SparseProcess, first: Any, second: Any) -> Apart:
    """Return the distance under the uniform policy and uniform coverage, as `reward_distance` has.

    VAL of a reward is its advantage A[s, a] = E[R + γ V(S') - V(s)] (Skalse et al., *STARC*, ICLR
    2024, definition 5), which takes one evaluation and no table of S². With uniform coverage, and
    â = A / |A| over all s and a, the distance is |â_1 - â_2|. By the argument of `regret_bound`,

        J_1(π) - J_1(π') ≤ |A_1| ⟨â_1 - â_2, η - η'⟩ ≤ |A_1| |â_1 - â_2| √2 H,

    as an occupancy has |η| ≤ H and no negative part, H being 1 / (1 - γ), which the discounted
    length of no episode exceeds. Coverage is of s and a here, and not of s' too as in a table: that
    makes the bound smaller by the root of the number of states.

    Args:
        process: where; discounted.
        first, second: (S, A), or any shape that `sparse.expected` takes.

    Raises:
        BadArray: a reward does not fit the process.
        BadRequest: the process is not discounted.
        NotSettled: values cannot be computed to the tolerance.
    """
    if not 0.0 < process.discount < 1.0:
        raise BadRequest(
            f"the discount is {process.discount:g}, and one between 0 and 1 is expected"
        )
    live = ~process.terminal
    given = [sparse.expected(process, reward) for reward in (first, second)]
    sizes = [float(np.abs(one[live]).max(initial=0.0)) or 1.0 for one in given]
    forms = _advantages(process, np.stack(given, axis=2) / sizes, live)
    norms = [float(np.linalg.norm(form)) for form in forms]
    left, right = (form / size if size else form for form, size in zip(forms, norms, strict=True))
    distance = float(np.linalg.norm(left - right))
    loss = np.sqrt(2.0) / (1.0 - process.discount) * sizes[0] * norms[0] * distance
    return Apart(distance, float(loss))


def _advantages(
    process: sparse.SparseProcess, rewards: Float[np.ndarray, "s a 2"], live: Bool[np.ndarray, " s"]
) -> list[Float[np.ndarray, "n a"]]:
    """Return the advantages in states that are not terminal; 0 where all of them are noise."""
    uniform = np.full((process.states, process.actions), 1.0 / process.actions)
    values = sparse.evaluate(process, rewards, uniform).values
    forms = []
    for k in range(2):
        value = values[:, k]
        ahead = (process.matrix @ value).reshape(uniform.shape)
        form = (rewards[:, :, k] + process.discount * ahead - value[:, None])[live]
        size = max(1.0, float(np.abs(value).max()))
        forms.append(form if np.abs(form).max(initial=0.0) > _ROUNDING * size else 0.0 * form)
    return forms
