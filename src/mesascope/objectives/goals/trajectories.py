"""Demonstrations: which choices were made where, checked against the process they come from."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from mesascope.core.errors import BadRequest
from mesascope.objectives.goals.features import features_of
from mesascope.processes import BadArray, Process
from mesascope.processes.unroll import unroll

NONE = -1  # no state, or no choice: what pads a trajectory at its end
_NAME = "demonstrations"


@dataclass(frozen=True, eq=False)
class Trajectories:
    """Choices that were observed. Build one with `Trajectories.of`, which checks, or `sample`.

    Attributes:
        process: where they were made.
        states: s[n, t], -1 after the last choice of a trajectory.
        actions: a[n, t], what was chosen there.
        following: s'[n, t], where it led; -1 where that was not observed.
        timed: whether column t is the t-th step of an episode; False for rows of transitions, which
            may come from any step.
    """

    process: Process
    states: Int[np.ndarray, "n l"]
    actions: Int[np.ndarray, "n l"]
    following: Int[np.ndarray, "n l"]
    timed: bool

    @classmethod
    def of(cls, process: Process, demonstrations: Any) -> "Trajectories":
        """Return demonstrations, checked.

        Args:
            process: where they come from.
            demonstrations: integers, of shape (N, L, 2) for N trajectories of (state, action),
                padded with -1 at the end; (M, 2) for one trajectory; or (M, 3) for transitions
                (state, action, next state) in any order. The row after the last choice of a
                trajectory may be (state, -1), the state that was reached in the end.

        Raises:
            BadArray: another shape or dtype, a state or action that does not exist, a choice in a
                terminal state, a gap in a trajectory, or a transition that cannot happen.
        """
        given = np.asarray(demonstrations)
        if given.dtype.kind not in "iu":
            raise BadArray(
                f"{_NAME} have dtype {given.dtype}, and integers are expected: numbers of states "
                "and actions. Convert them with .astype(int)",
                _NAME,
            )
        rows = given.ndim == 2 and given.shape[1] == 3
        if not given.size or not (rows or (given.ndim in (2, 3) and given.shape[-1] == 2)):
            raise BadArray(
                f"{_NAME} have shape {given.shape}, and (N, L, 2) or (M, 2), (state, action) step "
                "by step, or (M, 3), (state, action, next state), is expected",
                _NAME,
            )
        given = given.astype(np.int64)
        _require_known(process, given, padded=not rows)
        if rows:
            state, action, following = given.T[..., None]
        else:
            state, action, following = _split(given)
        made = cls(process, state, action, following, timed=not rows)
        _require_possible(made)
        return made

    @property
    def episodes(self) -> int:
        """N, the number of trajectories (of transitions, where they are not timed)."""
        return int(self.states.shape[0])

    @property
    def choices(self) -> int:
        """How many choices were observed."""
        return int(self.chosen.sum())

    @cached_property
    def chosen(self) -> Bool[np.ndarray, "n l"]:
        """Where a choice was observed; elsewhere there is padding."""
        return self.actions != NONE

    @cached_property
    def counts(self) -> Int[np.ndarray, "s a"]:
        """N[s, a], how often each choice was made."""
        return self._tally(np.ones(self.actions.shape)).astype(np.int64)

    @cached_property
    def starts(self) -> Float[np.ndarray, " s"]:
        """The share of the trajectories that start in each state.

        Raises:
            BadRequest: rows of transitions do not tell where an episode starts.
        """
        self._require_time("where episodes start")
        return np.bincount(self.states[:, 0], minlength=self.process.states) / self.episodes

    @cached_property
    def missing(self) -> Float[np.ndarray, " n"]:
        """γ^L of each trajectory that was cut after L choices; 0 where it was seen to end.

        Raises:
            BadRequest: as `starts`.
        """
        self._require_time("when episodes end")
        length = self.chosen.sum(axis=1)
        reached = self.following[np.arange(self.episodes), length - 1]
        ended = (reached != NONE) & self.process.terminal[reached]
        if self.process.horizon is not None:
            ended = ended | (length >= self.process.horizon)
        return np.where(ended, 0.0, self.process.discount**length)

    @cached_property
    def occupancy(self) -> Float[np.ndarray, "s a"]:
        """η[s, a] = Σ_t γ^t 1[s_t = s, a_t = a], averaged over the trajectories.

        Raises:
            BadRequest: rows of transitions do not tell at which step they were made.
        """
        self._require_time("discounted occupancies")
        weights = self.process.discount ** np.arange(self.actions.shape[1])
        return self._tally(np.broadcast_to(weights, self.actions.shape)) / self.episodes

    def expectations(self, features: Any) -> Float[np.ndarray, " k"]:
        """Return Σ_t γ^t φ(s_t, a_t), averaged over the trajectories.

        Args:
            features: φ, of shape (S, K) or (S, A, K).

        Raises:
            BadArray: the features have another shape.
            BadRequest: as `occupancy`.
        """
        return np.einsum("sa,sak->k", self.occupancy, features_of(self.process, features))

    def unrolled(self) -> "Trajectories":
        """Return the same choices in `unroll(process)`, whose states hold the time.

        Raises:
            BadRequest: the process has no horizon, a trajectory is longer, or as `starts`.
        """
        self._require_time("at which step a choice was made")
        process, steps = unroll(self.process), self.actions.shape[1]
        if steps * self.process.states >= process.states:
            raise BadRequest(
                f"the trajectories have up to {steps} steps, and the horizon of the process is "
                f"{self.process.horizon}"
            )
        clock = self.process.states * np.arange(steps + 1)
        after = np.where(self.following == NONE, NONE, self.following + clock[1:])
        after[:, (self.process.horizon or 0) - 1 :] = process.states - 1
        return Trajectories(
            process,
            np.where(self.chosen, self.states + clock[:-1], NONE),
            self.actions,
            np.where(self.chosen, after, NONE),
            timed=True,
        )

    def _tally(self, weights: Float[np.ndarray, "n l"]) -> Float[np.ndarray, "s a"]:
        s, a = self.process.states, self.process.actions
        pair = (self.states * a + self.actions)[self.chosen]
        return np.bincount(pair, weights[self.chosen], minlength=s * a).reshape(s, a)

    def _require_time(self, what: str) -> None:
        if not self.timed:
            raise BadRequest(
                f"rows of transitions do not tell {what}. Give whole trajectories, of shape "
                "(N, L, 2); `counts` needs no time"
            )


def _require_known(process: Process, given: Int[np.ndarray, "*n c"], padded: bool) -> None:
    """Refuse numbers that name no state or action."""
    sizes = (("state", process.states), ("action", process.actions), ("state", process.states))
    for column in range(given.shape[-1]):
        noun, size = sizes[column]
        values = given[..., column]
        low = NONE if padded else 0
        _refuse(
            given,
            (values < low) | (values >= size),
            f"{noun}s are 0 to {size - 1}" + (", with -1 for padding" if padded else ""),
            column,
        )


def _split(
    given: Int[np.ndarray, "*n two"],
) -> tuple[Int[np.ndarray, "n l"], Int[np.ndarray, "n l"], Int[np.ndarray, "n l"]]:
    """Return states, actions and next states of trajectories, padded alike."""
    state, action = given[..., 0], given[..., 1]
    chosen = (state != NONE) & (action != NONE)
    before = np.zeros_like(chosen)
    before[..., 1:] = chosen[..., :-1]
    _refuse(given, (state == NONE) & (action != NONE), "an action needs a state", 0)
    first = np.zeros_like(chosen)
    first[..., 0] = True
    _refuse(given, first & ~chosen, "a trajectory starts with a choice", 1)
    _refuse(given, chosen & ~before & ~first, "a choice cannot follow padding", 0)
    stray = (state != NONE) & ~chosen & ~before
    _refuse(given, stray, "a state without an action ends a trajectory", 1)
    following = np.full_like(state, NONE)
    following[..., :-1] = state[..., 1:]
    parts = (np.where(chosen, x, NONE) for x in (state, action, following))
    state, action, following = (x.reshape(-1, given.shape[-2]) for x in parts)
    return state, action, following


def _refuse(given: np.ndarray, bad: np.ndarray, rule: str, column: int) -> None:
    if bad.any():
        index = (*(int(i) for i in np.argwhere(bad)[0]), column)
        where = ", ".join(map(str, index))
        raise BadArray(f"{_NAME}[{where}] is {given[index]}, and {rule}", _NAME, index)


def _require_possible(made: Trajectories) -> None:
    """Refuse a choice where none is made, and a step that has probability 0."""
    process, chosen = made.process, made.chosen
    ended = chosen & process.terminal[made.states]
    steps = process.transition[made.states, made.actions, made.following]
    never = chosen & (made.following != NONE) & (steps == 0.0)
    for bad, rule in (
        (ended, "chooses in state {0}, which is terminal: nothing is done there"),
        (never, "goes from state {0} by action {1} to state {2}, which has probability 0 here"),
    ):
        if bad.any():
            n, t = (int(i) for i in np.argwhere(bad)[0])
            triple = (x[n, t] for x in (made.states, made.actions, made.following))
            where = f"trajectory {n} at step {t}" if made.timed else f"row {n}"
            raise BadArray(
                f"{_NAME}: {where} {rule.format(*triple)}. Check that states and actions are "
                "numbered as in the process",
                _NAME,
                (n, t),
            )
