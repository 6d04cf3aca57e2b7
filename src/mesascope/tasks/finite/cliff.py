"""CliffWorld: the world on which maximum causal entropy IRL is usually shown."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from mesascope.core.errors import BadRequest
from mesascope.processes import Process

_SLIP = 0.3  # how often the wind carries the agent one cell further up than it meant to go
_PLAIN, _GOAL, _CLIFF = -1.0, 10.0, -10.0


@dataclass(frozen=True, eq=False)
class Cliff:
    """A world and its reward.

    Attributes:
        process: where; with the horizon of the world.
        reward: R[s], of the state that is left.
        horizon: the number of choices of an episode.
        width, height: of the board; state = row * width + column, and row 0 is the cliff's.
    """

    process: Process
    reward: Float[np.ndarray, " s"]
    horizon: int
    width: int
    height: int


def cliff(width: int = 7, height: int = 4, horizon: int = 8, *, discount: float = 1.0) -> Cliff:
    """Return seals' CliffWorld (version 0.2.1): from one corner along a cliff to a goal.

    The agent starts in the first cell of the top row; the last one is the goal (reward 10), those
    between are the cliff (-10), all others are plain (-1). The four actions are diagonal: up-left,
    up-right, down-left, down-right, each coordinate held at the edge of the board. With
    probability 0.3 the wind carries the agent one row further up. Nothing ends an episode but its
    horizon.

    Args:
        width, height: at least 3 and 2 cells.
        horizon: the number of choices.
        discount: γ.

    Raises:
        BadRequest: the board is too small, or the horizon or discount makes no sense.
    """
    if width < 3 or height < 2:
        raise BadRequest(f"the board is {width} x {height}; at least 3 x 2 cells are expected")
    row, column = np.divmod(np.arange(width * height), width)
    state = np.arange(width * height)
    transition = np.zeros((width * height, 4, width * height))
    for action, (down, right) in enumerate(((-1, -1), (-1, 1), (1, -1), (1, 1))):
        across = np.clip(column + right, 0, width - 1)
        for wind, chance in ((0, 1.0 - _SLIP), (1, _SLIP)):
            to = np.clip(row + down - wind, 0, height - 1) * width + across
            transition[state, action, to] += chance
    reward = np.full(width * height, _PLAIN)
    reward[1 : width - 1] = _CLIFF
    reward[width - 1] = _GOAL
    process = Process.of(transition, discount, initial=state == 0, horizon=horizon)
    return Cliff(process, reward, horizon, width, height)
