"""Which rewards no choice can tell apart, in a given process."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.processes import Process
from mesascope.processes.evaluate import evaluate, uniform
from mesascope.processes.reward import expected

_SAME = 1e-9  # relative: below it two advantages are one
_ROUNDING = 1e-12  # of the numbers that an advantage is the difference of


@dataclass(frozen=True)
class Equivalence:
    """Whether two rewards rank all policies alike, from every state that can be reached.

    Attributes:
        equal: whether they do.
        ratio: c > 0 where second = c first + shaping; None where they are not equal, or both are
            indifferent to every choice.
        difference: the largest difference between their advantages, each divided by its largest
            entry; rounding where they are equal.
        state: where it lies; None where they are equal.
    """

    equal: bool
    ratio: float | None
    difference: float
    state: int | None


def equivalent(process: Process, first: Any, second: Any) -> Equivalence:
    """Test whether no choices that are made in this process can tell two rewards apart.

    They cannot if and only if one reward is a positive multiple of the other, up to potential
    shaping and the way in which E[R | s, a] is spread over next states (Cao, Cohen & Szpruch,
    *Identifiability in inverse reinforcement learning*, NeurIPS 2021, theorem 1; Skalse et al.,
    *Invariance in policy optimisation and partial identifiability in reward learning*, ICML 2023).
    The advantage under the uniform policy is 0 on average in each state and no shaping changes it,
    so there is one for each class; and the classes are compared in the states that some policy
    reaches.

    Raises:
        BadArray: a reward does not fit the process.
    """
    live = process.reachable & ~process.terminal
    sizes, units, slack = [], [], _SAME
    for reward, name in ((first, "first"), (second, "second")):
        whole, noise = _advantage(process, expected(process, reward, name))
        part = whole[live]
        size = float(np.abs(part).max())
        real = size > noise
        sizes.append(size if real else 0.0)
        units.append(part / size if real else np.zeros_like(part))
        slack += noise / size if real else 0.0
    apart = np.abs(units[0] - units[1])
    difference = float(apart.max())
    if difference > slack:
        state = int(np.flatnonzero(live)[apart.max(axis=1).argmax()])
        return Equivalence(False, None, difference, state)
    return Equivalence(True, sizes[1] / sizes[0] if sizes[0] else None, difference, None)


def advantage(process: Process, reward: Any) -> Float[np.ndarray, "s a"]:
    """Return A[s, a] = r + G V - V under the uniform policy: all that choices depend on.

    Shaping does not change it; it is the reward itself, shaped by -V. It is exactly 0 where
    nothing but rounding is left.

    Raises:
        BadArray: the reward does not fit the process.
    """
    whole, noise = _advantage(process, expected(process, reward))
    return np.where(np.abs(whole).max() > noise, whole, 0.0)


def _advantage(
    process: Process, r: Float[np.ndarray, "s a"]
) -> tuple[Float[np.ndarray, "s a"], float]:
    """Return the advantage and the size of its rounding errors."""
    value = evaluate(process, r, uniform(process))
    noise = _ROUNDING * float(np.abs(r).max() + np.abs(value).max())
    return r + process.going_on @ value - value[:, None], noise
