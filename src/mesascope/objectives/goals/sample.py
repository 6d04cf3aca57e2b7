"""Trajectories drawn from a policy."""

from typing import Any

import numpy as np
from jaxtyping import Float, Int

from mesascope.core.errors import BadRequest
from mesascope.core.randomness import stream
from mesascope.objectives.goals.trajectories import NONE, Trajectories
from mesascope.processes import Process, check


def sample(
    process: Process, policy: Any, episodes: int, length: int | None = None, seed: int = 0
) -> Trajectories:
    """Return trajectories of a policy; the same seed gives the same ones.

    They start where the process does, given that this is no terminal state.

    Args:
        process: where.
        policy: π, of shape (S, A), or (T, S, A) with one policy for each step.
        episodes: N.
        length: the number of choices after which a trajectory is cut, if it has not ended in a
            terminal state before; T or the horizon of the process unless given.
        seed: of the draws.

    Raises:
        BadArray: the policy does not fit the process.
        BadRequest: no episodes, no steps, more steps than the policy has, or no length can be told.
    """
    s, a = process.states, process.actions
    given = np.asarray(policy)
    steps = given.shape[0] if given.ndim == 3 else process.horizon
    length = steps if length is None else length
    if length is None or length < 1 or episodes < 1:
        raise BadRequest(
            f"episodes is {episodes} and length is {length}; at least 1 of each is expected"
        )
    if given.ndim == 3 and length > given.shape[0]:
        raise BadRequest(f"length is {length}, and the policy has {given.shape[0]} steps only")
    by_step = given[None] if given.ndim == 2 else given
    check.shape("policy", by_step, (None, s, a), f"({s}, {a}), or (T, {s}, {a}) for T steps,")
    # Nothing is chosen in terminal states, so their rows may hold anything.
    acting = check.distribution("policy", np.where(process.terminal[:, None], 1.0 / a, by_step))
    chance = stream(seed, "trajectories").random((length + 1, 2, episodes))
    at = _draw(np.tile(process.start / process.start.sum(), (episodes, 1)), chance[length, 0])
    seen = np.full((3, episodes, length), NONE)
    on = np.ones(episodes, dtype=bool)
    for t in range(length):
        now = at[on]
        done = _draw(acting[min(t, len(acting) - 1), now], chance[t, 0, on])
        at[on] = _draw(process.transition[now, done], chance[t, 1, on])
        seen[:, on, t] = now, done, at[on]
        on &= ~process.terminal[at]
    return Trajectories(process, seen[0], seen[1], seen[2], timed=True)


def _draw(
    distributions: Float[np.ndarray, "n k"], chance: Float[np.ndarray, " n"]
) -> Int[np.ndarray, " n"]:
    """Return one outcome of each row, the first whose cumulated probability exceeds the chance."""
    total = distributions.cumsum(axis=1)
    # Divided, or rounding could leave a chance beyond the last outcome.
    return (chance[:, None] >= total / total[:, -1:]).sum(axis=1)
