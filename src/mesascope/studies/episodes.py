"""Episodes to look at: what an agent did on a level, and what each goal would have had it do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Int

from mesascope.processes.graph import Graph, quality
from mesascope.processes.precision import in_float64
from mesascope.processes.seen import Seen
from mesascope.records.policy import EpisodeRecord, PictureRecord

WALL = "#"
_TIE = 1e-9  # of the best value: below it a choice gives nothing up
Rows = list[list[str]]
Picture = Callable[[int, int], Rows]


@dataclass(frozen=True)
class Stage:
    """What is needed to draw what happens on the levels of one distribution.

    Attributes:
        picture: of a level in a state, both by number, as rows of short texts; None where levels
            cannot be drawn.
        actions: their names.
    """

    picture: Picture | None
    actions: Sequence[str]


def episode_records(
    seen: Seen, stage: Stage, episodes: Sequence[int], inferred: str | None
) -> list[EpisodeRecord]:
    """Return episodes to be replayed; none where levels could not be enumerated or drawn.

    Args:
        seen: of one distribution.
        stage: how to draw it.
        episodes: which.
        inferred: the goal whose value is mapped beside the base objective's, if it is another.
    """
    if seen.graphs is None or stage.picture is None:
        return []
    return [_record(seen, stage, stage.picture, episode, inferred) for episode in episodes]


def telling_episodes(seen: Seen, count: int) -> list[int]:
    """Return episodes worth a look: first those on which most of the base objective was lost."""
    if seen.graphs is None:
        return []
    best = np.asarray(_starts(seen.graphs, discount=seen.discount, horizon=seen.horizon))[:, 0]
    lost = best[seen.level_of] - seen.returns[:, 0]
    worst_first = np.argsort(-lost, kind="stable")
    _, first = np.unique(seen.level_of[worst_first], return_index=True)  # each level once
    return [int(worst_first[i]) for i in np.sort(first)[:count]]


@partial(jax.jit, static_argnames=("discount", "horizon"))
def _starts(graphs: Graph, *, discount: float, horizon: int) -> jax.Array:
    def one(graph: Graph) -> jax.Array:
        return quality(graph, discount=discount, horizon=horizon)[:, graph.start].max(axis=-1)

    return jax.vmap(one)(graphs)


@in_float64
def _quality(graph: Graph, seen: Seen) -> Float[np.ndarray, "g s a"]:
    wide = graph._replace(reward=jnp.asarray(graph.reward, jnp.float64))
    return np.asarray(_exact(wide, discount=seen.discount, horizon=seen.horizon))


_exact = jax.jit(quality, static_argnames=("discount", "horizon"))


def _record(
    seen: Seen, stage: Stage, picture: Picture, episode: int, inferred: str | None
) -> EpisodeRecord:
    assert seen.graphs is not None
    level = int(seen.level_of[episode])
    graph = jax.tree.map(lambda part: np.asarray(part)[level], seen.graphs)
    q = _quality(graph, seen)
    mine = seen.episode == episode
    actions = seen.action[mine]
    states = np.append(seen.state[mine], graph.successor[seen.state[mine][-1], actions[-1]])
    frames = [picture(level, int(state)) for state in states]
    width = len(frames[0][0])
    shown = [seen.goals[0], *([inferred] if inferred in seen.goals[1:] else [])]
    value = {name: _by_place(graph, q[seen.goals.index(name)], frames[0]) for name in shown}
    found = dict(zip(seen.goals, seen.returns[episode].tolist(), strict=True))
    parts = _parts(q[0], states[:-1], actions)
    worth = ", ".join(f"{name} {amount:.2f}" for name, amount in found.items())
    return EpisodeRecord(
        distribution=seen.name,
        title=f"Level {level + 1} of {seen.name}: {worth}",
        level=PictureRecord(cells=frames[0], values=value),
        frames=frames,
        path=_cells(graph.place[states], width),
        actions=[stage.actions[action] for action in actions],
        others={
            name: _cells(graph.place[_best_path(graph, q[i], seen.horizon)], width)
            for i, name in enumerate(seen.goals)
        },
        returns=found,
        parts=parts,
    )


def _cells(places: Int[np.ndarray, " t"], width: int) -> list[tuple[int, int]]:
    return [(int(place) // width, int(place) % width) for place in places]


def _by_place(graph: Graph, q: Float[np.ndarray, "s a"], cells: Rows) -> list[list[float | None]]:
    """Return the best value of being in each cell, whatever has happened before."""
    rows, columns = len(cells), len(cells[0])
    best = np.full(rows * columns, -np.inf)
    known = np.asarray(graph.place) >= 0
    np.maximum.at(best, np.asarray(graph.place)[known], q.max(axis=1)[known])
    grid = best.reshape(rows, columns)
    return [
        [
            None if cells[i][j] == WALL or not np.isfinite(grid[i, j]) else float(grid[i, j])
            for j in range(columns)
        ]
        for i in range(rows)
    ]


def _best_path(graph: Graph, q: Float[np.ndarray, "s a"], horizon: int) -> Int[np.ndarray, " t"]:
    """Return the states on the way of an agent that is optimal for a goal, until all is gained."""
    states = [int(graph.start)]
    for _ in range(horizon):
        here = states[-1]
        action = int(q[here].argmax())
        if q[here, action] <= 0.0:
            break
        states.append(int(graph.successor[here, action]))
        if graph.terminated[here, action]:
            break
    return np.array(states)


def _parts(
    q: Float[np.ndarray, "s a"], states: Int[np.ndarray, " t"], actions: Int[np.ndarray, " t"]
) -> int | None:
    """Return the first choice that gives up some of the base objective; None where none does."""
    best = q[states].max(axis=1)
    lost = best - q[states, actions] > _TIE + _TIE * np.abs(best)
    return int(lost.argmax()) if lost.any() else None
