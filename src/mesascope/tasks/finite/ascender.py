"""AscenderLong: a chain to climb, on which public measures of goal-directedness were compared."""

import numpy as np
from jaxtyping import Float

from mesascope.core.errors import BadRequest
from mesascope.processes import Process
from mesascope.processes.plan import plan

UP, DOWN = 1, 0


def ascender(
    states: int = 10, discount: float = 0.9, slip: float = 0.0
) -> tuple[Process, Float[np.ndarray, " s"]]:
    """Return the chain and the reward of the state that is left.

    States 1 to n - 3 are a chain on which action 1 leads up and action 0 down. Its ends, 0 and
    n - 2, both lead to n - 1, which is never left. The reward is 10 at the upper end and -10 at
    the lower, and an episode starts in the middle, at (n - 1) // 2. (AscenderLong of the public
    repository tbuckworth/goal-misgen.)

    Args:
        states: n, even and at least 4.
        discount: γ.
        slip: the probability that a step on the chain goes the other way; .1 in the stochastic
            variant.

    Raises:
        BadRequest: the number of states is odd or below 4, or slip is no probability.
    """
    if states < 4 or states % 2:
        raise BadRequest(
            f"states is {states}; an even number from 4 is expected, so that the start lies "
            "midway between the ends of the chain"
        )
    if not 0.0 <= slip <= 1.0:
        raise BadRequest(f"slip is {slip}; a probability from 0 to 1 is expected")
    rest, top = states - 1, states - 2
    transition = np.zeros((states, 2, states))
    for state in range(1, top):
        transition[state, UP, state + 1] = transition[state, DOWN, state - 1] = 1.0 - slip
        transition[state, UP, state - 1] = transition[state, DOWN, state + 1] = slip
    transition[[0, top, rest], :, rest] = 1.0
    initial = np.zeros(states)
    initial[rest // 2] = 1.0
    reward = np.zeros(states)
    reward[top], reward[0] = 10.0, -10.0
    return Process.of(transition, discount, initial=initial), reward


def near_optimal(process: Process, reward: Float[np.ndarray, " s"]) -> Float[np.ndarray, "s a"]:
    """Return the policy whose goal-directedness is published: e¹⁰ to 1 for each optimal choice.

    The public code takes a softmax of 1000 Q*, and where that underflows, as it does wherever
    choices differ in chains of up to about 20 states, the softmax of ten times the result.
    """
    odds = np.exp(10.0 * plan(process, reward).policy)
    return odds / odds.sum(axis=1, keepdims=True)
