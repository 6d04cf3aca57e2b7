"""The way that an episode took, read off from what was seen: for replays."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from mesascope.core.errors import BadRequest
from mesascope.processes.seen import Seen


class Path(NamedTuple):
    """One episode on one level.

    Attributes:
        level: which.
        states: where the agent was, the end included, (T + 1,): numbers in the level's graph.
        places: of these states, (T + 1,).
        actions: what it did, (T,).
    """

    level: int
    states: Int[np.ndarray, " t1"]
    places: Int[np.ndarray, " t1"]
    actions: Int[np.ndarray, " t"]


def path_of(seen: Seen, episode: int) -> Path:
    """Return the way of one episode.

    A level is deterministic: what follows from the last choice stands in its graph.

    Raises:
        BadRequest: no such episode, or its states are not known.
    """
    if not 0 <= episode < len(seen.level_of):
        raise BadRequest(f"there is no episode {episode}; there are {len(seen.level_of)}, from 0")
    mine = seen.episode == episode
    states, actions = seen.state[mine], seen.action[mine]
    if seen.graphs is None or not len(states) or (states < 0).any():
        raise BadRequest(
            f"the states of episode {episode} are not known: its level could not be enumerated. "
            "Show its actions alone"
        )
    level = int(seen.level_of[episode])
    last = np.asarray(seen.graphs.successor[level])[states[-1], actions[-1]]
    states = np.append(states, last)
    return Path(level, states, np.asarray(seen.graphs.place[level])[states], actions)
