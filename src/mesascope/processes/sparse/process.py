"""A decision process as the list of its transitions: memory grows with them, not with S²."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import sparse

from mesascope.core.errors import BadRequest
from mesascope.processes import check
from mesascope.processes.errors import BadArray
from mesascope.processes.frame import discount_of, initial_of, terminal_of
from mesascope.processes.process import Process
from mesascope.processes.sparse.ending import require_termination


@dataclass(frozen=True, eq=False)
class SparseProcess:
    """States, actions and what follows from them, as in `Process`; rewards are held apart.

    Build one with `SparseProcess.of` or a function of `sparse.build`, which check. A transition
    takes 16 bytes: 4 for the pair it leaves, 4 for where it leads, 8 for its probability (24 where
    there are more than 2³¹ pairs).

    Attributes:
        pair: s A + a for every transition, ascending: the state that is left and what is done.
        next_state: s' for every transition.
        probability: T[s, a, s'] for every transition, or a part of it: the same s, a, s' may be
            listed more than once, with rewards of their own. 0 where s is terminal.
        actions: A, the number of actions.
        discount: γ, from 0 to 1. With γ = 1 every policy must reach a terminal state.
        initial: μ[s], where an episode starts.
        terminal: where it ends. The reward of the step into a terminal state counts; nothing
            after it does, and the value of a terminal state is 0.
    """

    pair: Int[np.ndarray, " n"]
    next_state: Int[np.ndarray, " n"]
    probability: Float[np.ndarray, " n"]
    actions: int
    discount: float
    initial: Float[np.ndarray, " s"]
    terminal: Bool[np.ndarray, " s"]

    @classmethod
    def of(
        cls,
        state: Any,
        action: Any,
        next_state: Any,
        probability: Any,
        discount: float = 0.99,
        *,
        shape: tuple[int, int] | None = None,
        initial: Any = None,
        terminal: Any = None,
    ) -> "SparseProcess":
        """Return the process with these transitions, in any order.

        They are stored in the order of `np.lexsort((action, state))`: by state, then by action,
        and otherwise as they were given, to which a reward of each transition has to conform.

        Args:
            state: (N,) integers, the state that is left.
            action: (N,) integers, what is done there.
            next_state: (N,) integers, where that leads.
            probability: (N,) with what probability. Those of a state and an action sum to 1 within
                1e-6 and are rescaled to do so exactly; in terminal states they are not looked at.
            discount: γ.
            shape: (S, A); one more than the largest numbers that occur unless given.
            initial: (S,); uniform over the states that are not terminal unless given.
            terminal: (S,) booleans, or the numbers of the terminal states; none unless given.

        Raises:
            BadArray: an array is malformed; the message names it, the index and the value.
            BadRequest: the discount is not between 0 and 1.
            NoTermination: γ = 1, and some policy never ends.
        """
        states, actions = (None, None) if shape is None else shape
        leaves, does = numbers("state", state, states), numbers("action", action, actions)
        leads = numbers("next_state", next_state, states)
        count = len(leaves)
        for name, array in (("action", does), ("next_state", leads)):
            check.shape(name, array, (count,), f"({count},), one for each transition, as state")
        s = int(max(leaves.max(), leads.max())) + 1 if states is None else states
        a = int(does.max()) + 1 if actions is None else actions
        gamma, ends = discount_of(discount), terminal_of(terminal, s)
        start = initial_of(initial, ends)
        index = np.int32 if max(s * a, count) < 2**31 else np.int64
        pair = (leaves.astype(np.int64) * a + does).astype(index)
        done = ends[leaves]
        given = check.numeric("probability", probability)
        check.shape("probability", given, (count,), f"({count},), one for each transition")
        weight = check.nonnegative("probability", np.where(done, 0, given))
        leads = leads.astype(index)
        if (pair[1:] < pair[:-1]).any():
            order = np.argsort(pair, kind="stable")
            pair, leads, weight = pair[order], leads[order], weight[order]
        sums = np.bincount(pair, weight, minlength=s * a)
        _require_sums(sums, ends, a)
        weight /= np.where(sums == 0.0, 1.0, sums)[pair]
        process = cls(pair, leads, weight, a, gamma, start, ends)
        if gamma == 1.0:
            require_termination(pair, leads, weight, ends, a)
        return process

    @property
    def states(self) -> int:
        """S, the number of states."""
        return len(self.terminal)

    @property
    def transitions(self) -> int:
        """N, the number of transitions that are listed."""
        return len(self.pair)

    @property
    def state(self) -> Int[np.ndarray, " n"]:
        """The state that every transition leaves."""
        return self.pair // self.pair.dtype.type(self.actions)

    @property
    def action(self) -> Int[np.ndarray, " n"]:
        """What is done in every transition."""
        return self.pair % self.pair.dtype.type(self.actions)

    @property
    def episodic(self) -> bool:
        """Whether there is a terminal state."""
        return bool(self.terminal.any())

    @property
    def longest_row(self) -> int:
        """The largest number of transitions that one state and action have."""
        return int(np.bincount(self.pair).max())

    @cached_property
    def start(self) -> Float[np.ndarray, " s"]:
        """μ on the states where something is done."""
        return self.initial * ~self.terminal

    @property
    def matrix(self) -> sparse.csr_matrix:
        """T as a SciPy matrix of shape (S A, S); rows of terminal states are empty."""
        shape = (self.states * self.actions, self.states)
        return sparse.csr_matrix((self.probability, (self.pair, self.next_state)), shape=shape)

    def dense(self) -> Process:
        """Return the same process as S² A numbers."""
        s, a = self.states, self.actions
        rows = self.matrix.toarray().reshape(s, a, s)
        return Process.of(rows, self.discount, initial=self.initial, terminal=self.terminal)


def numbers(name: str, values: Any, below: int | None) -> Int[np.ndarray, " n"]:
    """Return a list of integers from 0, and smaller than `below` where that is given.

    Raises:
        BadArray: no list, no integers, empty, or one out of range.
        BadRequest: `below` is not at least 1.
    """
    if below is not None and below < 1:
        raise BadRequest(f"the number of states and of actions is at least 1, not {below}")
    array = np.asarray(values)
    check.shape(name, array, (None,), "(N,), one number for each transition,")
    if array.size == 0:
        raise BadArray(f"{name} is empty. Give at least one transition", name)
    if array.dtype.kind not in "iu":
        raise BadArray(
            f"{name} has dtype {array.dtype}, and integers are expected. Convert it with "
            ".astype(int)",
            name,
        )
    outside = array < 0 if below is None else (array < 0) | (array >= below)
    if outside.any():
        i = int(outside.argmax())
        rule = "0 is the first" if below is None else f"it must be from 0 to {below - 1}"
        raise BadArray(f"{name}[{i}] is {array[i]}, and {rule}", name, (i,))
    return array


def _require_sums(
    sums: Float[np.ndarray, " z"], terminal: Bool[np.ndarray, " s"], actions: int
) -> None:
    off = (np.abs(sums - 1.0) > check.TOLERANCE).reshape(-1, actions) & ~terminal[:, None]
    if off.any():
        s, a = divmod(int(off.argmax()), actions)
        raise BadArray(
            f"probability of state {s}, action {a} sums to {sums[s * actions + a]:.9g}, and a "
            "distribution to 1. List every transition of the pair, or make the state terminal",
            "probability",
            (s, a),
        )
