"""Processes from Gymnasium environments that have a table, such as those of `toy_text`."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.core.errors import BadRequest, MissingExtra
from mesascope.core.names import unknown_name
from mesascope.processes.errors import BadArray
from mesascope.processes.process import Process


@dataclass(frozen=True, eq=False)
class Tabular:
    """An environment as arrays.

    Attributes:
        process: its states, and one more at the end where `added_end` says so.
        reward: R[s, a, s'], the mean where one step may give several.
        added_end: whether a state was added in which episodes end.
    """

    process: Process
    reward: Float[np.ndarray, "s a s"]
    added_end: bool


def from_gymnasium(env: Any, discount: float = 0.99) -> Tabular:
    """Return a tabular environment as a process and its reward.

    Gymnasium says of each step whether it ends the episode; here a state does. A state that is
    only ever entered by steps that end becomes terminal, as far as can be reached from the start.
    Where some state is entered both ways, all steps that end lead to a state that is added.

    Args:
        env: an environment, wrapped or not, or its id, such as `FrozenLake-v1`.
        discount: γ.

    Raises:
        MissingExtra: an id was given and Gymnasium is not installed.
        UnknownName: there is no environment of this id.
        BadRequest: the environment has no table.
        BadArray: its probabilities are none.
        NoTermination: nothing is discounted, and some policy never ends.
    """
    plain = (_make(env) if isinstance(env, str) else env).unwrapped
    table = getattr(plain, "P", None)
    if not isinstance(table, dict) or not table:
        raise BadRequest(
            f"{type(plain).__name__} has no table `P` of (probability, next state, reward, "
            "terminated), as the environments of gymnasium.envs.toy_text have. Give arrays instead"
        )
    states, actions = len(table), len(table[min(table)])
    rows = [
        (s, a, *row) for s in range(states) for a in range(actions) for row in _rows(table, s, a)
    ]
    s, a, t = (np.array([row[i] for row in rows], dtype=np.int64) for i in (0, 1, 3))
    chance, gain = (np.array([row[i] for row in rows], dtype=np.float64) for i in (2, 4))
    ending = np.array([bool(row[5]) for row in rows])
    _require_states(t, states)
    given = np.asarray(getattr(plain, "initial_state_distrib", np.full(states, 1.0 / states)))
    # Only what can be reached counts: tables also hold steps that are never taken.
    entered = given > 0.0
    going = ~ending & (chance > 0.0)
    while True:
        more = entered.copy()
        more[t[going & entered[s]]] = True
        if (more == entered).all():
            break
        entered = more
    ended = np.zeros(states, bool)
    ended[t[ending & (chance > 0.0) & entered[s]]] = True
    mixed = bool((ended & entered).any())
    if mixed:
        t = np.where(ending, states, t)
        terminal = np.arange(states + 1) == states
    else:
        terminal = ended
    size = states + mixed
    transition, total = np.zeros((2, size, actions, size))
    np.add.at(transition, (s, a, t), chance)
    np.add.at(total, (s, a, t), chance * gain)
    reward = np.divide(total, transition, out=np.zeros_like(total), where=transition > 0.0)
    initial = np.zeros(size)
    initial[:states] = given / given.sum()
    process = Process.of(transition, discount, initial=initial, terminal=terminal)
    return Tabular(process, reward * ~process.terminal[:, None, None], mixed)


def _make(name: str) -> Any:
    try:
        import gymnasium
    except ImportError as error:
        raise MissingExtra(
            f"{name!r} names a Gymnasium environment, and Gymnasium is not installed. Install it "
            "with: pip install 'mesascope[gymnasium]'"
        ) from error
    if name not in gymnasium.registry:
        raise unknown_name("Gymnasium environment", name, gymnasium.registry)
    try:
        return gymnasium.make(name)
    except (gymnasium.error.Error, ImportError) as error:
        raise BadRequest(f"{name!r} cannot be made: {error}") from error


def _rows(table: Any, state: int, action: int) -> Any:
    try:
        return table[state][action]
    except (KeyError, IndexError) as error:
        raise BadArray(
            f"P has no entry for action {action} in state {state}; every state needs the same "
            "actions, and states are numbered from 0",
            "P",
            (state, action),
        ) from error


def _require_states(following: np.ndarray, states: int) -> None:
    bad = (following < 0) | (following >= states)
    if bad.any():
        raise BadArray(
            f"P leads to state {following[bad.argmax()]}, and there are states 0 to {states - 1}",
            "P",
        )
