"""Whether every policy ends, in time proportional to the number of transitions."""

import numpy as np
from jaxtyping import Bool, Float, Int

from mesascope.processes.errors import NoTermination


def require_termination(
    pair: Int[np.ndarray, " n"],
    next_state: Int[np.ndarray, " n"],
    probability: Float[np.ndarray, " n"],
    terminal: Bool[np.ndarray, " s"],
    actions: int,
) -> None:
    """Refuse γ = 1 where a policy can stay among the states that are not terminal for ever.

    As for a dense process, the states from which that is possible are the largest set of which
    every member has an action whose every successor is in it. A state is deleted when its last
    such action leaks, and only the actions that lead into it are looked at then, so that each
    transition is looked at once.

    Raises:
        NoTermination: there is such a state; the message names one, and the action.
    """
    possible = probability > 0.0
    pair, next_state = pair[possible], next_state[possible]
    order = np.argsort(next_state, kind="stable")
    source = pair[order]  # sorted by where they lead
    entries = np.concatenate(([0], np.cumsum(np.bincount(next_state, minlength=len(terminal)))))
    stays = np.repeat(~terminal, actions)
    ways_to_stay = np.where(terminal, 0, actions)
    gone = np.flatnonzero(terminal)
    while gone.size:
        leaking = np.unique(source[_ranges(entries[gone], entries[gone + 1])])
        leaking = leaking[stays[leaking]]
        stays[leaking] = False
        state, fewer = np.unique(leaking // actions, return_counts=True)
        ways_to_stay[state] -= fewer
        gone = state[ways_to_stay[state] == 0]
    if ways_to_stay.any():
        s = int((ways_to_stay > 0).argmax())
        a = int(stays[s * actions : (s + 1) * actions].argmax())
        raise NoTermination(
            f"discount is 1, and a policy that takes action {a} in state {s} can go on for ever "
            "without reaching a terminal state, so returns may be infinite. Give a discount below "
            "1, or `terminal` states that every policy reaches"
        )


def _ranges(first: Int[np.ndarray, " k"], last: Int[np.ndarray, " k"]) -> Int[np.ndarray, " m"]:
    """Return first[0], …, last[0] - 1, first[1], …, as one array."""
    sizes = last - first
    offsets = np.repeat(first - (np.cumsum(sizes) - sizes), sizes)
    return offsets + np.arange(len(offsets))
