"""A process with a horizon as one without: its states hold the time."""

from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.core.errors import BadRequest
from mesascope.processes.process import Process
from mesascope.processes.reward import expected


def unroll(process: Process) -> Process:
    """Return the same process with H S + 1 states; state t S + s is state s at step t.

    The last state is terminal and follows every choice at step H - 1. So everything that takes a
    process takes one with a horizon too, at the price of H times the states.

    Raises:
        BadRequest: the process has no horizon.
    """
    s, a, steps = process.states, process.actions, _horizon(process)
    transition = np.zeros((steps * s + 1, a, steps * s + 1))
    for now in range(0, (steps - 1) * s, s):
        transition[now : now + s, :, now + s : now + 2 * s] = process.transition
    transition[(steps - 1) * s : -1, :, -1] = 1.0
    initial = np.zeros(steps * s + 1)
    initial[:s] = process.initial
    terminal = np.append(np.tile(process.terminal, steps), True)
    return Process.of(transition, process.discount, initial=initial, terminal=terminal)


def unrolled(process: Process, reward: Any) -> Float[np.ndarray, "z a"]:
    """Return the expected reward of every choice in `unroll(process)`, (H S + 1, A).

    Raises:
        BadArray: the reward does not fit the process.
        BadRequest: the process has no horizon.
    """
    r = expected(process, reward)
    return np.append(np.tile(r, (_horizon(process), 1)), np.zeros((1, r.shape[1])), axis=0)


def _horizon(process: Process) -> int:
    if process.horizon is None:
        raise BadRequest("the process has no horizon. Give one with Process.of(..., horizon=...)")
    return process.horizon
