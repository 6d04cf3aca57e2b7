"""The levels that can be designed: drawn, varied and enumerated by whoever knows the world."""

from typing import Any, Protocol, runtime_checkable

import jax
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from mesascope.processes.graph import Graph

Levels = Any  # a pytree of arrays; a batch of levels has a leading axis


@runtime_checkable
class Space(Protocol):
    """A space of levels. Hashable, so that `jax.jit` may take it as static.

    Functions work on one level, and are mapped over many with `jax.vmap`.
    """

    def draw(self, key: PRNGKeyArray) -> Levels:
        """Return a random level."""
        ...

    def mutate(self, key: PRNGKeyArray, level: Levels) -> Levels:
        """Return a neighbour of a level."""
        ...

    def graph(self, level: Levels) -> Graph:
        """Return a level as a graph."""
        ...


@runtime_checkable
class Score(Protocol):
    """What is to be made large. Hashable, for the same reason."""

    def __call__(self, graph: Graph) -> Float[Array, ""]:
        """Return how good a level is."""
        ...


def count_of(levels: Levels) -> int:
    """Return how many levels a batch holds."""
    return len(jax.tree.leaves(levels)[0])


def take(levels: Levels, which: Int[np.ndarray, " n"]) -> Levels:
    """Return some levels of a batch, as arrays of NumPy."""
    return jax.tree.map(lambda part: np.asarray(part)[which], levels)


def join(one: Levels, other: Levels) -> Levels:
    """Return two batches as one."""
    return jax.tree.map(lambda a, b: np.concatenate([a, b]), one, other)


def entries_of(levels: Levels) -> Float[np.ndarray, "n d"]:
    """Return every number that a level is made of, one row a level."""
    parts = [np.asarray(part, np.float64) for part in jax.tree.leaves(levels)]
    return np.concatenate([part.reshape(len(part), -1) for part in parts], axis=1)


def first_of_each(entries: Float[np.ndarray, "n d"]) -> Bool[np.ndarray, " n"]:
    """Return which rows have not been there before."""
    _, first = np.unique(entries, axis=0, return_index=True)
    new = np.zeros(len(entries), bool)
    new[first] = True
    return new


def pick_diverse(
    scores: Float[np.ndarray, " n"], entries: Float[np.ndarray, "n d"], keep: int, apart: int
) -> Int[np.ndarray, " k"]:
    """Return the best levels, each of which differs in `apart` entries from those before it.

    Best first. Where too few are so different, the best of the others fill up; no level is there
    twice.

    Args:
        scores: of each level.
        entries: of each level, all of them different.
        keep: how many are wanted.
        apart: in how many entries two of them differ at least.
    """
    order = np.argsort(-scores, kind="stable")
    chosen: list[int] = []
    for i in order:
        if len(chosen) == keep:
            break
        if not chosen or ((entries[chosen] != entries[i]).sum(axis=1) >= apart).all():
            chosen.append(int(i))
    rest = [int(i) for i in order if int(i) not in set(chosen)]
    every = np.array(chosen + rest[: keep - len(chosen)], np.int64)
    return every[np.argsort(-scores[every], kind="stable")]
