"""States with what each goal remembers: whether it has been paid already."""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Float, Int

from mesascope.processes.graph import Graph
from mesascope.tasks.gymnasium_envs.enumerate import Explored, NotEnumerable, Step


@dataclass(frozen=True, eq=False)
class Level:
    """An enumerated level: the graph of pairs of an environment's state and goals' memories.

    Attributes:
        keys: the number of an environment's state by its digest.
        node: the environment's state of each of S states, (S,).
        observations: of each state of the environment.
        successor, terminated: (S, A); reward: (G, S, A); place: (S,). The start is state 0.
    """

    keys: dict[bytes, int]
    node: Int[np.ndarray, " s"]
    observations: list[Any]
    successor: Int[np.ndarray, "s a"]
    reward: Float[np.ndarray, "g s a"]
    terminated: Bool[np.ndarray, "s a"]
    place: Int[np.ndarray, " s"]

    @property
    def graph(self) -> Graph:
        """The level as a graph."""
        return Graph(
            successor=jnp.asarray(self.successor, jnp.int32),
            reward=jnp.asarray(self.reward, jnp.float32),
            terminated=jnp.asarray(self.terminated),
            start=jnp.int32(0),
            place=jnp.asarray(self.place, jnp.int32),
        )


def remembered(found: Explored, cap: int) -> Level:
    """Return the level whose states know which goals were reached.

    Raises:
        NotEnumerable: these are more than `cap`.
    """
    actions = len(found.steps[0])
    start = (0, tuple(bool(o and w) for w, o in found.at_start))
    number: dict[tuple[int, tuple[bool, ...]], int] = {start: 0}
    after, reward, final = [], [], []
    for node, paid in (waiting := [start]):
        here = found.steps.get(node) or [_stay(node, len(paid))] * actions
        row = []
        for step in here:
            now = tuple(
                bool(p or (o and w)) for p, o, w in zip(paid, step.once, step.worth, strict=True)
            )
            pair = (step.after, now)
            if pair not in number:
                if len(number) == cap:
                    raise NotEnumerable(
                        f"with what the goals remember it has more than {cap} states"
                    )
                number[pair] = len(number)
                waiting.append(pair)
            row.append(number[pair])
        after.append(row)
        reward.append([paying(step.worth, step.once, paid) for step in here])
        final.append([step.ended for step in here])
    nodes = np.array([node for node, _ in waiting])
    return Level(
        keys=found.keys,
        node=nodes,
        observations=found.observations,
        successor=np.array(after, np.int32),
        reward=np.moveaxis(np.array(reward), -1, 0),
        terminated=np.array(final, bool),
        place=np.array(found.place, np.int32)[nodes],
    )


def paying(
    worth: list[float], once: list[bool], paid: tuple[bool, ...] | list[bool]
) -> list[float]:
    """Return what each goal pays, given which were paid before."""
    return [0.0 if o and p else w for w, o, p in zip(worth, once, paid, strict=True)]


def _stay(node: int, goals: int) -> Step:
    """Return a step of a state where episodes end, in which nobody acts."""
    return Step(node, [0.0] * goals, [True] * goals, True)
