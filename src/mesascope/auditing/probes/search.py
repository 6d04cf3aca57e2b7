"""The search for levels: all of them where they can be listed, variation and selection beyond."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from mesascope.auditing.probes.space import (
    Levels,
    Score,
    Space,
    count_of,
    entries_of,
    first_of_each,
    join,
    pick_diverse,
    take,
)
from mesascope.core.errors import BadRequest, Interrupted
from mesascope.processes.graph import Graph

BATCH = 128  # levels that are scored in one go
_FRESH = 0.125  # share of a generation that is drawn anew
_APART = 2  # entries in which two designed levels differ

Say = Callable[[int, float], None]


@dataclass(frozen=True, eq=False)
class Designed:
    """The best levels that were found.

    Attributes:
        levels: K of them, no two the same, best first.
        scores: of each, (K,).
        tried: how many were scored.
        exact: whether these were all that there are.
        stopped: whether the search was interrupted.
    """

    levels: Levels
    scores: Float[np.ndarray, " k"]
    tried: int
    exact: bool
    stopped: bool


def design(
    space: Space,
    score: Score,
    *,
    keep: int = 8,
    budget: int = 4096,
    seed: int = 0,
    every: Levels | None = None,
    say: Say | None = None,
) -> Designed:
    """Return levels with large scores.

    Where `every` lists all levels and the budget is enough for them, the result is exact. Else
    the best of a generation are varied, once or twice, and compete with what comes of it; levels
    that differ in a single entry count as one while there are others. An interruption (Ctrl-C)
    ends the search, and what was found until then is the result.

    Args:
        space: of the levels.
        score: what is to be large.
        keep: how many levels are wanted.
        budget: how many are scored at most, `keep` or more.
        seed: the same seed, the same levels.
        every: all levels, as one batch.
        say: is told how many were scored, and the best score so far.

    Raises:
        BadRequest: nothing is asked for, or more levels than may be scored.
        Interrupted: before anything was scored.
    """
    if keep < 1 or budget < 1:
        raise BadRequest(
            f"{keep} levels of {budget} tries were asked for; at least 1 of each is expected"
        )
    if budget < keep:
        raise BadRequest(
            f"the best {keep} levels of {budget} that are scored were asked for; give a budget of "
            f"{keep} at least, or ask for fewer levels"
        )
    exact = every is not None and count_of(every) <= budget
    pool = _Pool(keep if exact else max(BATCH // 2, 4 * keep), say)
    stopped = False
    try:
        if exact:
            _list(space, score, every, pool)
        else:
            _evolve(space, score, jax.random.key(seed), budget, pool)
    except KeyboardInterrupt:
        stopped = True
    levels, scores = pool.best
    if not len(scores):
        raise Interrupted("the search was stopped before a level was scored; start it again")
    best = pick_diverse(scores, entries_of(levels), keep, _APART)
    complete = exact and not stopped
    return Designed(take(levels, best), scores[best], pool.tried, complete, stopped)


def score_levels(space: Space, score: Score, levels: Levels) -> Float[np.ndarray, " n"]:
    """Return the score of each level of a batch."""
    found, count = [], count_of(levels)
    for first in range(0, count, BATCH):
        # The last batch is filled up with its last level: a compiled search sees one shape.
        which = np.minimum(np.arange(first, first + BATCH), count - 1)
        found.append(np.asarray(_scores(space, score, take(levels, which)), np.float64))
    return np.concatenate(found)[:count]


def score_graphs(score: Score, graphs: Graph) -> Float[np.ndarray, " n"]:
    """Return the score of each graph of a batch, such as those of a list of settings."""
    return np.asarray(_of_graphs(score, graphs), np.float64)


class _Pool:
    """The best levels so far."""

    def __init__(self, size: int, say: Say | None) -> None:
        self.best: tuple[Levels, Float[np.ndarray, " n"]] = (None, np.zeros(0))
        self.tried = 0
        self._size = size
        self._say = say

    def add(self, levels: Levels, scores: Float[np.ndarray, " n"]) -> None:
        self.tried += len(scores)
        before, their_scores = self.best
        if before is not None:
            levels, scores = join(before, levels), np.concatenate([their_scores, scores])
        scores = np.where(np.isfinite(scores), scores, -np.inf)
        new = np.flatnonzero(first_of_each(entries_of(levels)))
        levels, scores = take(levels, new), scores[new]
        best = pick_diverse(scores, entries_of(levels), self._size, _APART)
        # In one assignment, so that an interruption finds levels and scores in step.
        self.best = (take(levels, best), scores[best])
        if self._say is not None:
            self._say(self.tried, float(scores[best[0]]))


def _list(space: Space, score: Score, every: Levels, pool: _Pool) -> None:
    count = count_of(every)
    for first in range(0, count, BATCH):
        part = take(every, np.arange(first, min(first + BATCH, count)))
        pool.add(part, score_levels(space, score, part))


def _evolve(space: Space, score: Score, key: PRNGKeyArray, budget: int, pool: _Pool) -> None:
    while pool.tried < budget:
        key, now = jax.random.split(key)
        if pool.tried:
            # Always as many parents, so that nothing is compiled twice.
            parents, scores = pool.best
            which = np.resize(np.arange(len(scores)), BATCH)
            levels = _vary(space, now, take(parents, which))
        else:
            levels = _draw(space, now)
        levels = take(levels, np.arange(min(BATCH, budget - pool.tried)))
        pool.add(levels, score_levels(space, score, levels))


@partial(jax.jit, static_argnames=("space", "score"))
def _scores(space: Space, score: Score, levels: Levels) -> Float[Array, " n"]:
    return jax.vmap(lambda level: score(space.graph(level)))(levels)


@partial(jax.jit, static_argnames="score")
def _of_graphs(score: Score, graphs: Graph) -> Float[Array, " n"]:
    return jax.vmap(score)(graphs)


@partial(jax.jit, static_argnames="space")
def _draw(space: Space, key: PRNGKeyArray) -> Levels:
    return jax.vmap(space.draw)(jax.random.split(key, BATCH))


@partial(jax.jit, static_argnames="space")
def _vary(space: Space, key: PRNGKeyArray, parents: Levels) -> Levels:
    def one(key: PRNGKeyArray, level: Levels) -> Levels:
        kind, fresh, first, second = jax.random.split(key, 4)
        chance = jax.random.uniform(kind)
        once = space.mutate(first, level)
        twice = space.mutate(second, once)
        drawn = space.draw(fresh)
        return jax.tree.map(
            lambda a, b, c: jnp.where(chance < _FRESH, c, jnp.where(chance < 0.5, b, a)),
            once,
            twice,
            drawn,
        )

    return jax.vmap(one)(jax.random.split(key, BATCH), parents)
