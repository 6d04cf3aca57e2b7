"""The 3 × 3 gridworld on which rewards are compared in the papers on EPIC and STARC."""

from typing import Literal

import numpy as np
from jaxtyping import Float

from mesascope.processes import Process, shaped

_SIDE = 3
_MOVES = ((0, 0), (0, -1), (-1, 0), (0, 1), (1, 0))  # stay, left, up, right, down
_DISTANCE = np.add.outer(range(2, -1, -1), range(2, -1, -1)).astype(float)  # from the goal

Name = Literal["sparse", "dense", "transformed", "centre", "penalty", "path", "cliff"]


def gridworld(discount: float = 0.99, slip: float = 0.0) -> Process:
    """Return the world: nine cells, five moves; a move off the board leaves the agent in place.

    Args:
        discount: γ.
        slip: the probability that the agent lands on another cell than the one it moved to, each
            of the eight being equally likely.
    """
    cells = _SIDE * _SIDE
    transition = np.zeros((cells, len(_MOVES), cells))
    for state in range(cells):
        row, column = divmod(state, _SIDE)
        for action, (down, right) in enumerate(_MOVES):
            inside = 0 <= row + down < _SIDE and 0 <= column + right < _SIDE
            to = (row + down) * _SIDE + column + right if inside else state
            transition[state, action] = slip / (cells - 1)
            transition[state, action, to] = 1.0 - slip
    return Process.of(transition, discount)


def rewards(process: Process) -> dict[Name, Float[np.ndarray, "s a s"]]:
    """Return the rewards of figure 2 of the paper on EPIC, each of the state that is left.

    `sparse`, `dense` and `transformed` are equivalent: shaped by the distance from the goal, and
    the last one also scaled and shifted. (Gleave et al., *Quantifying differences in reward
    functions*, ICLR 2021, section 6.2; the numbers are those of its printed figure.)
    """
    goal = np.array([[0, 0, 0], [0, 0, 0], [0, 0, 1.0]])
    centre = np.array([[0, 0, 0], [0, 1.0, 0], [0, 0, 0]])
    path = np.array([[0, -1, -1], [0, 0, 0], [-1, -1, 4.0]])
    cliff = np.array([[0, -1, -1], [0, 0, 0], [-4, -4, 4.0]])
    nothing = np.zeros((_SIDE, _SIDE))
    parts: dict[Name, tuple[np.ndarray, np.ndarray]] = {
        "sparse": (goal, nothing),
        "dense": (goal, -_DISTANCE),
        "transformed": (10 * goal - 1, -10 * _DISTANCE),
        "centre": (centre, nothing),
        "penalty": (-goal, nothing),
        "path": (path, nothing),
        "cliff": (cliff, nothing),
    }
    return {
        name: shaped(process, state.ravel(), potential.ravel())
        for name, (state, potential) in parts.items()
    }
