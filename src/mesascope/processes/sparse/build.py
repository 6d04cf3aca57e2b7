"""A sparse process from what people have: a SciPy matrix, dense arrays, a successor function."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse

from mesascope.core.errors import BadRequest
from mesascope.processes import check
from mesascope.processes.errors import BadArray
from mesascope.processes.frame import terminal_of
from mesascope.processes.process import Process
from mesascope.processes.sparse.process import SparseProcess


def from_matrix(
    transition: Any, discount: float = 0.99, *, initial: Any = None, terminal: Any = None
) -> SparseProcess:
    """Return the process of a SciPy matrix of shape (S A, S); row s A + a is T[s, a, :].

    Transitions are stored row by row and by ascending column; entries that are stored twice are
    added up, as SciPy reads them, and stored zeros are kept.

    Args:
        transition: a sparse matrix or array of any format.
        discount: γ.
        initial: (S,); uniform over the states that are not terminal unless given.
        terminal: (S,) booleans, or the numbers of the terminal states; none unless given.

    Raises:
        BadArray: no sparse matrix, another shape, or no probabilities.
        BadRequest, NoTermination: as `SparseProcess.of`.
    """
    if not sparse.issparse(transition):
        raise BadArray(
            f"transition is a {type(transition).__name__}, and a SciPy sparse matrix is expected. "
            "Dense arrays make a Process, which `from_dense` takes",
            "transition",
        )
    rows = transition.tocsr().copy()
    rows.sum_duplicates()
    height, states = rows.shape
    if states == 0 or height == 0 or height % states:
        raise BadArray(
            f"transition has shape {rows.shape}, and (S A, S) is expected: a row for every state "
            "and action",
            "transition",
        )
    entries = rows.tocoo()
    actions = height // states
    state, action = entries.row // actions, entries.row % actions
    try:
        return SparseProcess.of(
            state,
            action,
            entries.col,
            entries.data,
            discount,
            shape=(states, actions),
            initial=initial,
            terminal=terminal,
        )
    except BadArray as error:
        if error.array != "probability" or error.index is None or len(error.index) != 1:
            raise
        i = error.index[0]
        index = int(entries.row[i]), int(entries.col[i])
        raise BadArray(
            str(error).replace(f"probability[{i}]", f"transition[{index[0]}, {index[1]}]"),
            "transition",
            index,
        ) from None


def from_dense(process: Process) -> SparseProcess:
    """Return the same process as a list of its possible transitions.

    Raises:
        BadRequest: the process has a horizon.
    """
    if process.horizon is not None:
        raise BadRequest(
            f"the process stops after {process.horizon} steps, and a sparse process has no "
            "horizon. Give it `unroll(process)`"
        )
    state, action, next_state = np.nonzero(process.transition)
    return SparseProcess.of(
        state,
        action,
        next_state,
        process.transition[state, action, next_state],
        process.discount,
        shape=(process.states, process.actions),
        initial=process.initial,
        terminal=process.terminal,
    )


def from_successors(
    successor: Any,
    discount: float = 0.99,
    *,
    shape: tuple[int, int] | None = None,
    initial: Any = None,
    terminal: Any = None,
) -> SparseProcess:
    """Return a process in which every action leads to one state for certain.

    Args:
        successor: (S, A) integers, the state that follows; or a function that returns (S,) of
            them for all states at once, np.arange(S), and an action, an int.
        discount: γ.
        shape: (S, A), for a function.
        initial: (S,); uniform over the states that are not terminal unless given.
        terminal: (S,) booleans, or the numbers of the terminal states, of which the successors are
            not looked at; none unless given.

    Raises:
        BadArray: another shape, no integers, or no state.
        BadRequest: a function without a shape, or as `SparseProcess.of`.
        NoTermination: as `SparseProcess.of`.
    """
    table = np.asarray(_tabulated(successor, shape) if callable(successor) else successor)
    check.shape("successor", table, (None, None) if shape is None else shape, "(S, A)")
    states, actions = table.shape
    if table.size == 0 or table.dtype.kind not in "iu":
        raise BadArray(
            f"successor has shape {table.shape} and dtype {table.dtype}, and (S, A) integers are "
            "expected",
            "successor",
        )
    ends = terminal_of(terminal, states)
    table = np.where(ends[:, None], 0, table)
    outside = (table < 0) | (table >= states)
    if outside.any():
        s, a = divmod(int(outside.argmax()), actions)
        raise BadArray(
            f"successor[{s}, {a}] is {table[s, a]}, and states are 0 to {states - 1}",
            "successor",
            (s, a),
        )
    going = np.flatnonzero(np.repeat(~ends, actions))
    return SparseProcess.of(
        going // actions,
        going % actions,
        table.ravel()[going],
        np.ones(len(going)),
        discount,
        shape=(states, actions),
        initial=initial,
        terminal=terminal,
    )


def _tabulated(
    successor: Callable[[np.ndarray, int], Any], shape: tuple[int, int] | None
) -> np.ndarray:
    if shape is None:
        raise BadRequest("successor is a function, so shape=(S, A) has to say where it is asked")
    states = np.arange(shape[0])
    columns = [np.asarray(successor(states, action)) for action in range(shape[1])]
    for action, column in enumerate(columns):
        if column.shape != states.shape:
            raise BadArray(
                f"successor(states, {action}) has shape {column.shape}, and {states.shape} is "
                "expected: the state that follows each of them",
                "successor",
            )
    return np.stack(columns, axis=1)
