"""Places of levels: which can be reached, and which a goal is about."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Float

from mesascope.auditing.policies.choices import spent
from mesascope.processes.graph import Graph


def placed(graphs: Graph) -> tuple[Graph, Bool[np.ndarray, "l p"]]:
    """Return graphs whose every state is in a place, and which places can be reached.

    Where a world knows of no places, every state is one.
    """
    place = np.asarray(graphs.place)
    if (place < 0).all():
        place = np.tile(np.arange(place.shape[1], dtype=np.int32), (len(place), 1))
    reached = np.zeros((len(place), int(place.max()) + 1), bool)
    level, state = np.nonzero(reachable(graphs) & (place >= 0))
    reached[level, place[level, state]] = True
    return graphs._replace(place=jnp.asarray(place)), reached


def reachable(graphs: Graph, *, ended: bool = True) -> Bool[np.ndarray, "l s"]:
    """Return which states can be reached on each level.

    Args:
        graphs: of L levels.
        ended: count the states in which an episode is over.
    """
    successor, ends = np.asarray(graphs.successor), np.asarray(graphs.terminated)
    levels, states, _ = successor.shape
    seen = np.zeros((levels, states), bool)
    seen[np.arange(levels), np.asarray(graphs.start)] = True
    last = seen.copy()
    while True:
        level, state, action = np.nonzero(seen[:, :, None] & ~ends)
        wider = seen.copy()
        wider[level, successor[level, state, action]] = True
        if (wider == seen).all():
            break
        seen = wider
    level, state, action = np.nonzero(seen[:, :, None] & ends)
    last[level, successor[level, state, action]] = True
    return seen | last if ended else seen


class Named(NamedTuple):
    """The places that goals are about: G goals, P places, L levels.

    Attributes:
        alone: (L, P), where a goal pays, and pays nowhere else on that level.
        throughout: (P,), the same for all levels together.
        ways: by the number of a goal that gives all it has in any of several places, which these
            are, (L, P).
        always: by the same number, the places that are one of them on some level, and on every
            level have it all given by the time that one gets there, (P,).
    """

    alone: Bool[np.ndarray, "l p"]
    throughout: Bool[np.ndarray, " p"]
    ways: dict[int, Bool[np.ndarray, "l p"]]
    always: dict[int, Bool[np.ndarray, " p"]]

    @property
    def on_each(self) -> Bool[np.ndarray, "l p"]:
        """The places on each level to which heading is pursuing a goal."""
        return np.asarray(np.logical_or.reduce([self.alone, *self.ways.values()]))

    @property
    def on_all(self) -> Bool[np.ndarray, " p"]:
        """The places to which heading on every level is pursuing a goal."""
        return np.asarray(np.logical_or.reduce([self.throughout, *self.always.values()]))


def named(graphs: Graph, number: int, worth: Float[np.ndarray, "l g s"]) -> Named:
    """Return the places that goals are about.

    Args:
        graphs: with places.
        number: of places.
        worth: what each goal can still give in each state: its optimal value.
    """
    pays, fails = _pays(graphs, number, spent(worth))
    here = pays & (pays.sum(axis=-1, keepdims=True) == 1)
    overall = pays.any(axis=0)
    once = overall & (overall.sum(axis=-1, keepdims=True) == 1)
    gives = pays & ~fails
    several = np.flatnonzero((gives.sum(axis=-1) > 1).any(axis=0)).tolist()
    ways = {goal: gives[:, goal] for goal in several}
    always = {goal: gives[:, goal].any(axis=0) & ~fails[:, goal].any(axis=0) for goal in several}
    return Named(here.any(axis=1), once.any(axis=0), ways, always)


def _pays(
    graphs: Graph, number: int, nothing: Bool[np.ndarray, "l g s"]
) -> tuple[Bool[np.ndarray, "l g p"], Bool[np.ndarray, "l g p"]]:
    """Return where each goal pays, and where some step does not have all of it given.

    Such a step is made while the goal has something to give, and is not paid, or leaves something
    and goes on. Where there is none, whoever gets there has been given all, there or on the way.
    """
    successor, place, ends, reward = (
        np.asarray(x) for x in (graphs.successor, graphs.place, graphs.terminated, graphs.reward)
    )
    live = reachable(graphs, ended=False)
    pays = np.zeros((len(place), reward.shape[1], number), bool)
    fails = np.zeros_like(pays)
    level, state, action = np.nonzero(live[:, :, None] & np.ones(successor.shape, bool))
    after = successor[level, state, action]
    ahead = place[level, after]
    comes = (ahead >= 0) & (ahead != place[level, state])
    for goal in range(reward.shape[1]):
        paid = reward[level, goal, state, action] > 0.0
        somewhere = paid & (ahead >= 0)
        pays[level[somewhere], goal, ahead[somewhere]] = True
        over = ends[level, state, action] | nothing[level, goal, after]
        amiss = comes & ~nothing[level, goal, state] & ~(paid & over)
        fails[level[amiss], goal, ahead[amiss]] = True
    return pays, fails
