"""A finite decision process: what can happen, where it starts, where it ends."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from mesascope.core.errors import BadRequest
from mesascope.processes import check
from mesascope.processes.errors import BadArray, NoTermination
from mesascope.processes.frame import discount_of, initial_of, terminal_of


@dataclass(frozen=True, eq=False)
class Process:
    """States, actions and what follows from them; rewards are held apart.

    Build one with `Process.of`, which checks. All probabilities are float64.

    Attributes:
        transition: T[s, a, s'], the probability of s' after action a in state s. Rows of
            terminal states are zero: nothing is done there.
        discount: γ, from 0 to 1. With γ = 1 every policy must reach a terminal state.
        initial: μ[s], where an episode starts.
        terminal: where it ends. The reward of the step into a terminal state counts; nothing
            after it does, and the value of a terminal state is 0.
        horizon: the number of steps after which every episode stops, for the solvers of
            `processes.horizon`; None where only terminal states end it.
    """

    transition: Float[np.ndarray, "s a s"]
    discount: float
    initial: Float[np.ndarray, " s"]
    terminal: Bool[np.ndarray, " s"]
    horizon: int | None = None

    @classmethod
    def of(
        cls,
        transition: Any,
        discount: float = 0.99,
        *,
        initial: Any = None,
        terminal: Any = None,
        horizon: int | None = None,
    ) -> "Process":
        """Return the process with these arrays.

        Args:
            transition: (S, A, S); rows sum to 1 within 1e-6 and are rescaled to do so exactly.
                Rows of terminal states are not looked at.
            discount: γ.
            initial: (S,); uniform over the states that are not terminal unless given.
            terminal: (S,) booleans, or the numbers of the terminal states; none unless given.
            horizon: the number of steps after which every episode stops; then γ may be 1 although
                no policy ever reaches a terminal state.

        Raises:
            BadArray: an array is malformed; the message names it, the index and the value.
            BadRequest: the discount is not between 0 and 1, or the horizon not at least 1.
            NoTermination: γ = 1, and some policy never ends.
        """
        given = check.numeric("transition", transition)
        if given.ndim != 3 or given.shape[0] != given.shape[2]:
            raise BadArray(
                f"transition has shape {given.shape}, and (S, A, S) is expected: states, actions, "
                "next states",
                "transition",
            )
        states = given.shape[0]
        if given.size == 0:
            raise BadArray(f"transition is empty: its shape is {given.shape}", "transition")
        ends = terminal_of(terminal, states)
        # A row that is not looked at may hold anything; zeros keep the index of an offence true.
        seen = check.nonnegative("transition", np.where(ends[:, None, None], 0, given))
        rows = seen + ends[:, None, None] * np.eye(states)[:, None, :]
        rows = check.distribution("transition", rows) * ~ends[:, None, None]
        start, gamma = initial_of(initial, ends), discount_of(discount)
        if horizon is not None and horizon < 1:
            raise BadRequest(f"horizon is {horizon}; at least 1 step is expected")
        process = cls(rows, gamma, start, ends, horizon)
        if gamma == 1.0 and horizon is None:
            _require_termination(process)
        return process

    @property
    def states(self) -> int:
        """S, the number of states."""
        return int(self.transition.shape[0])

    @property
    def actions(self) -> int:
        """A, the number of actions."""
        return int(self.transition.shape[1])

    @property
    def episodic(self) -> bool:
        """Whether there is a terminal state."""
        return bool(self.terminal.any())

    @cached_property
    def going_on(self) -> Float[np.ndarray, "s a s"]:
        """G = γ T[s, a, s'] where s' is not terminal, else 0: what the future is worth now.

        Raises:
            BadRequest: the process has a horizon, which the solvers that sum over all time ignore.
        """
        if self.horizon is not None:
            raise BadRequest(
                f"this process stops after {self.horizon} steps, and what was asked for knows no "
                "clock. Use the solvers of mesascope.processes.horizon, or `unroll(process)`, "
                "whose states hold the time"
            )
        return self.next_step

    @cached_property
    def next_step(self) -> Float[np.ndarray, "s a s"]:
        """G, whether or not there is a horizon: one step of a recursion over time."""
        return self.discount * self.transition * ~self.terminal

    @cached_property
    def start(self) -> Float[np.ndarray, " s"]:
        """μ on the states where something is done."""
        return self.initial * ~self.terminal

    @cached_property
    def reachable(self) -> Bool[np.ndarray, " s"]:
        """The states that some policy enters with positive probability."""
        linked = np.asarray((self.transition > 0.0).any(axis=1))
        seen: np.ndarray = self.initial > 0.0
        while True:
            more: np.ndarray = seen | linked[seen].any(axis=0)
            if (more == seen).all():
                return seen
            seen = more

    def at(self, discount: float) -> "Process":
        """Return the same process with another discount.

        Raises:
            BadRequest, NoTermination: as in `of`.
        """
        return Process.of(
            self.transition,
            discount,
            initial=self.initial,
            terminal=self.terminal,
            horizon=self.horizon,
        )


def _require_termination(process: Process) -> None:
    """Refuse γ = 1 where a policy can stay among the states that are not terminal for ever.

    The states from which that is possible are the largest set X of which every member has an
    action whose every successor is in X: found by deleting the others until none is left.
    """
    can_stay: np.ndarray = ~process.terminal
    while True:
        leaks: np.ndarray = (process.transition * ~can_stay).sum(axis=2) > 0.0
        staying = can_stay & (~leaks).any(axis=1)
        if (staying == can_stay).all():
            break
        can_stay = staying
    if can_stay.any():
        state = int(can_stay.argmax())
        action = int((~leaks[state]).argmax())
        raise NoTermination(
            f"discount is 1, and a policy that takes action {action} in state {state} can go on "
            "for ever without reaching a terminal state, so returns may be infinite. Give a "
            "discount below 1, or `terminal` states that every policy reaches"
        )
