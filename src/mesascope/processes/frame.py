"""What a process has beside its transitions: the discount, where it starts, where it ends."""

from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from mesascope.core.errors import BadRequest
from mesascope.processes import check
from mesascope.processes.errors import BadArray


def terminal_of(terminal: Any, states: int) -> Bool[np.ndarray, " s"]:
    """Return which states are terminal; none are where None is given.

    Raises:
        BadArray: neither a mask nor state numbers, or every state is terminal.
    """
    if terminal is None or np.shape(terminal) == (0,):
        return np.zeros(states, bool)
    ends = check.flags("terminal", terminal, states)
    if ends.all():
        raise BadArray("terminal holds every state, so nothing is ever done", "terminal")
    return ends


def initial_of(initial: Any, terminal: Bool[np.ndarray, " s"]) -> Float[np.ndarray, " s"]:
    """Return μ; uniform over the states that are not terminal where None is given.

    Raises:
        BadArray: no distribution over states, or one on terminal states only.
    """
    if initial is None:
        return ~terminal / (~terminal).sum()
    states = len(terminal)
    start = check.distribution("initial", initial)
    check.shape("initial", start, (states,), f"({states},), one for each state")
    if not (start * ~terminal).any():
        raise BadArray("initial lies on terminal states only", "initial")
    return start


def discount_of(discount: Any) -> float:
    """Return γ.

    Raises:
        BadRequest: it is not a number from 0 to 1.
    """
    try:
        gamma = float(discount)
    except (TypeError, ValueError):
        gamma = np.nan
    if not 0.0 <= gamma <= 1.0:
        raise BadRequest(f"discount is {discount!r}; a number from 0 to 1 is expected")
    return gamma
